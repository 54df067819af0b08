//! Parts that all forms of the message share: the place, and what to do about a false positive.

use crate::finding::{Finding, SourceKind, printable};
use crate::policy::{Decision, Stage};
use crate::report::layout::{Layout, Style, chars};
use crate::report::path_display::{path_word, position, seen_from, short};

/// The label of what to do now.
pub(super) const FIX: &str = "Fix now";

/// The place and the masked value.
pub(super) fn place(page: &mut Layout<'_>, indent: usize, decision: &Decision, f: &Finding) {
    let commit = f.source.commit.as_deref().map(|id| {
        let summary = decision.reading.history.iter().find(|c| c.id == id).map_or("", |c| &c.summary);
        let id = short(id);
        // A message that is itself at fault is not repeated.
        if summary.is_empty() || f.source.kind == SourceKind::CommitMessage {
            format!("{id}  ")
        } else {
            format!("{id} \"{}\"  ", summary.chars().take(30).collect::<String>())
        }
    });
    let at = position(f, &page.look().prefix);
    let masked = f.secret.masked();
    let commit = commit.unwrap_or_default();
    let width = indent + chars(&commit) + chars(&at) + 3 + chars(&masked);
    if width <= page.width() {
        page.row(
            indent,
            &[(Style::Plain, &commit), (Style::Strong, &at), (Style::Plain, "   "), (Style::Plain, &masked)],
        );
    } else {
        page.row(indent, &[(Style::Plain, &commit), (Style::Strong, &at)]);
        page.row(indent, &[(Style::Plain, &masked)]);
    }
    if let Some(layer) = &f.source.layer {
        let style = if layer.hidden.is_some() { Style::Warning } else { Style::Plain };
        page.paragraph(indent, style, &layer.text());
    }
}

/// What to do about a false positive, as far as the policy permits, and whom to ask.
pub(super) fn not_a_secret(page: &mut Layout<'_>, decision: &Decision, f: &Finding, fingerprint: &str) {
    const LABEL: &str = "Not a secret?";
    let reading = &decision.reading;
    let server = decision.stage == Stage::Receive;
    if reading.ways.allow && !server {
        page.command(LABEL, &format!("stanch allow {fingerprint} --reason \"WHY\""), "");
    } else if reading.ways.inline {
        page.command(LABEL, &format!("stanch:allow {} -- WHY", f.rule.id), "on its line");
    } else {
        page.prose(LABEL, "The policy here does not let one person allow it; ask for a change of the rule.");
    }
    if reading.contact.is_some() || reading.link.is_some() {
        let texts: Vec<&str> =
            [&reading.contact, &reading.link].into_iter().flatten().map(String::as_str).collect();
        page.prose("Questions?", &texts.join("   "));
    }
}

/// The command that lists all findings.
pub(super) fn listing(decision: &Decision) -> &'static str {
    match decision.stage {
        Stage::Commit => "stanch scan --staged",
        _ if decision.findings.iter().any(|d| d.finding.source.kind == SourceKind::Image) => {
            "stanch image --output FILE IMAGE"
        }
        _ => "stanch scan",
    }
}

/// A finding's file for a reader.
pub(super) fn file(page: &Layout<'_>, f: &Finding) -> String {
    printable(&seen_from(&page.look().prefix, f.source.path.as_bytes()))
}

/// The files for a reader, each once.
pub(super) fn files<'f>(page: &Layout<'_>, of: impl Iterator<Item = &'f Finding>) -> Vec<String> {
    let mut names: Vec<String> = of.map(|f| file(page, f)).collect();
    names.dedup();
    names
}

/// The same as shell words.
pub(super) fn words<'f>(page: &Layout<'_>, of: impl Iterator<Item = &'f Finding>) -> Vec<String> {
    let mut words: Vec<String> = of.map(|f| path_word(&f.source.path, &page.look().prefix)).collect();
    words.dedup();
    words
}
