//! The parts of the message that each of its forms shares: verdict, place, and what to do about a false alarm.

use crate::finding::{Finding, SourceKind};
use crate::policy::{Decision, Stage};
use crate::report::group::{Group, count};
use crate::report::layout::{Layout, Style, chars};
use crate::report::path_display::position;
use crate::report::path_display::short;
use std::collections::BTreeSet;

/// The verdict and the count.
pub(super) fn verdict(page: &mut Layout<'_>, decision: &Decision, all: &[Group<'_>], more: &str) {
    let secrets = count(all.len(), "secret");
    let reading = &decision.reading;
    let of = |what: fn(&Finding) -> Option<String>| {
        all.iter().flat_map(|g| &g.findings).filter_map(|f| what(f)).collect::<BTreeSet<_>>().len()
    };
    let files = of(|f| Some(f.source.path.to_string()));
    let commits = of(|f| f.source.commit.clone());
    let in_files = |sort: &str| match (files, reading.files) {
        (files, total) if total >= files && total > 0 => format!("in {files} of {}", count(total, sort)),
        (files, _) => format!("in {}", count(files, sort)),
    };
    let all_of = |kind| all.iter().flat_map(|g| &g.findings).all(|f| f.source.kind == kind);
    let in_commits = match reading.commits {
        _ if all_of(SourceKind::RefName) => "in the name of a branch or tag".to_owned(),
        _ if all_of(SourceKind::TagMessage) => "in the message of a tag".to_owned(),
        total if total >= commits && commits > 0 => format!("in {commits} of {}", count(total, "commit")),
        _ => in_files("file"),
    };
    let (what, at) = match &decision.stage {
        Stage::Commit => ("commit blocked".to_owned(), in_files("staged file")),
        Stage::Message => ("commit blocked".to_owned(), "in the commit message".to_owned()),
        Stage::Push { remote } => (format!("push to {remote} blocked"), in_commits),
        Stage::Receive => ("push refused".to_owned(), in_commits),
        Stage::Scan if commits > 0 => (String::new(), in_commits),
        Stage::Scan => (String::new(), in_files("file")),
    };
    let gap = if what.is_empty() { "" } else { ", " };
    page.row(
        0,
        &[(Style::Alarm, &format!("stanch: {what}{more}")), (Style::Strong, &format!("{gap}{secrets} {at}"))],
    );
}

/// Where it stands, and its masked value.
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
}

/// The way out for what is no secret, as far as the policy lets one, and whom to ask.
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

/// The command that lists them all.
pub(super) fn listing(decision: &Decision) -> &'static str {
    match decision.stage {
        Stage::Commit => "stanch scan --staged",
        _ => "stanch scan",
    }
}
