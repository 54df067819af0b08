//! Markdown: the summary of a CI job, or a comment; no longer than GitHub accepts.

use super::about::{About, advice};
use super::group::{self, Group, groups};
use crate::finding::{Finding, printable};
use crate::policy::{Action, Screened};
use crate::text::plural::count;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Bytes of the longest summary; GitHub refuses more than 1 MiB.
const MAX_BYTES: usize = 1_000_000;
/// Most rows of one table; nobody reads more.
const ROWS: usize = 200;
/// Most places of one secret in its row.
const PLACES: usize = 5;

/// Writes the summary.
///
/// # Errors
/// If the stream fails.
pub(super) fn render(decision: &Screened, about: &About, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    let blocked = groups(decision, Action::Block);
    let unread: Vec<_> = decision.reading.skipped.iter().filter(|s| s.action == Action::Block).collect();
    let verdict = match (blocked.len(), unread.len()) {
        (0, 0) => ":white_check_mark: stanch: no secret that blocks".to_owned(),
        (0, n) => format!(":x: stanch: {} could not be read", count(n, "file")),
        (n, _) => format!(":x: stanch: {} blocked", count(n, "secret")),
    };
    let _ = writeln!(text, "## {verdict}\n");
    if let Some(range) = &about.range {
        let _ = writeln!(text, "{}\n", escape(range));
    }
    plan(&mut text, decision);
    if !blocked.is_empty() {
        table(&mut text, &blocked, about);
        text.push_str(
            "\nIf a secret was ever pushed, taking it out of the branch is not enough: rotate it. `stanch explain FINGERPRINT` \
             has the steps.\n\n",
        );
        if decision.reading.ways.allow {
            text.push_str(
                "Not a secret? `stanch allow FINGERPRINT --reason \"WHY\"`, and commit `.stanch.toml`.\n\n",
            );
        }
    }
    if !unread.is_empty() {
        text.push_str("### Not read\n\n");
        for s in unread.iter().take(ROWS) {
            let _ = writeln!(text, "- {}: {}", code(&s.path.to_string()), escape(&s.why));
        }
        more(&mut text, unread.len());
        text.push('\n');
    }
    let warnings = groups(decision, Action::Warn);
    if !warnings.is_empty() {
        let _ = writeln!(
            text,
            "<details><summary>{}, which block nothing</summary>\n",
            count(warnings.len(), "warning")
        );
        table(&mut text, &warnings, about);
        text.push_str("\n</details>\n\n");
    }
    for note in &decision.reading.notes {
        let _ = writeln!(text, "- {}", escape(note));
    }
    if text.len() > MAX_BYTES {
        let end = (0..=MAX_BYTES).rev().find(|i| text.is_char_boundary(*i)).unwrap_or_default();
        text.truncate(text[..end].rfind('\n').unwrap_or_default());
        text.push_str("\n\nThis summary is cut: the log of the step has all.\n");
    }
    out.write_all(text.as_bytes())
}

/// What to do first about the secrets of a history.
fn plan(text: &mut String, decision: &Screened) {
    for (step, all) in group::plan(decision) {
        let _ = writeln!(text, "### {} ({})\n", step.heading(), all.len());
        for p in all.iter().take(ROWS) {
            let _ =
                writeln!(text, "- `{}` {}: {}", p.fingerprint.short(), escape(&p.name), escape(&p.text()));
        }
        more(text, all.len());
        let _ = writeln!(text, "\n{}\n", escape(step.command()));
    }
}

fn table(text: &mut String, all: &[Group<'_>], about: &About) {
    text.push_str("| severity | secret | where | now | fingerprint |\n|---|---|---|---|---|\n");
    for group in all.iter().take(ROWS) {
        let f = group.first();
        let mut places: Vec<String> = group.findings.iter().take(PLACES).map(|f| place(f, about)).collect();
        if group.findings.len() > PLACES {
            places.push(format!("and {} more", group.findings.len() - PLACES));
        }
        let _ = writeln!(
            text,
            "| {} | {} {} | {} | {} | `{}` |",
            f.severity.slug(),
            escape(f.rule.name),
            code(&f.secret.masked()),
            places.join("<br>"),
            escape(&advice(f)),
            f.fingerprint,
        );
    }
    more(text, all.len());
}

fn more(text: &mut String, all: usize) {
    if all > ROWS {
        let _ = writeln!(text, "\nand {} more: the log of the step has them.", all - ROWS);
    }
}

fn place(f: &Finding, about: &About) -> String {
    let commit =
        f.source.commit.as_deref().map_or_else(String::new, |id| format!(" in {}", &id[..id.len().min(7)]));
    match about.path(f) {
        Some(path) => {
            let path = path.with_member(f.source.path.member());
            format!("{}{commit}", code(&format!("{path}:{}", f.location.line)))
        }
        None => format!("{}{commit}", f.source.kind.slug().replace('-', " ")),
    }
}

/// Escapes text so that no character is Markdown or HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable(text.as_bytes()).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '*' | '_' | '`' | '[' | ']' | '\\' | '|' | '~' | '!' | '#' | '@' | '$' => {
                let _ = write!(out, "&#{};", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}

/// Text as inline code, which works in tables too: special characters are written by their number.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_is_markup_or_ends_its_cell(text in "[a|`<>*_\\[\\](!)@\n&#]{0,24}") {
            let shown = escape(&text);
            prop_assert!(!shown.contains(['|', '`', '<', '>', '*', '[', '\n', '@', '!']), "{}", shown);
            prop_assert_eq!(shown.matches('#').count(), shown.matches("&#").count());
        }
    }
}
