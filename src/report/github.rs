//! Annotations of GitHub Actions: one command line each, the worst first, as many as are shown.
//!
//! Everything in a value is escaped, so that no file name ends a command and starts another.

use super::about::{About, advice, live, worst_first};
use crate::finding::printable;
use crate::policy::{Action, Screened, Verdict};
use std::io::{self, Write};

/// Most annotations of one level per step; GitHub silently drops the rest.
const MOST: usize = 10;

/// Writes the commands.
///
/// # Errors
/// If the stream fails.
pub(super) fn render(decision: &Screened, about: &About, out: &mut dyn Write) -> io::Result<()> {
    let unread: Vec<_> = decision.reading.skipped.iter().filter(|s| s.action == Action::Block).collect();
    let all = worst_first(decision);
    let mut more = 0;
    for (level, action) in [("error", Action::Block), ("warning", Action::Warn)] {
        let of_level: Vec<&Verdict> = all.iter().copied().filter(|d| d.action == action).collect();
        let mut room = MOST;
        if action == Action::Block {
            // Unread content is as serious as a finding.
            for s in unread.iter().take(2) {
                let message = format!("could not be read, so it may hold anything: {}", s.why);
                let properties = format!("file={},title=stanch: not read", property(&s.path.to_string()));
                writeln!(out, "::error {properties}::{}", data(&message))?;
                room -= 1;
            }
            more += unread.len().saturating_sub(2);
        }
        for d in of_level.iter().take(room) {
            writeln!(out, "::{level} {}::{}", properties(d, about), data(&message(d)))?;
        }
        more += of_level.len().saturating_sub(room);
    }
    if more > 0 {
        writeln!(
            out,
            "::notice title=stanch::and {more} more: see the job summary, or the log of this step"
        )?;
    }
    Ok(())
}

fn properties(d: &Verdict, about: &About) -> String {
    let f = &d.finding;
    let title = property(&format!("stanch: {}", f.rule.name));
    match about.path(f) {
        Some(path) => {
            let l = &f.location;
            let path = property(&path.to_string());
            // Columns count only within one line.
            let columns = match l.line == l.end_line {
                true => format!(",col={},endColumn={}", l.column, l.end_column),
                false => String::new(),
            };
            format!("file={path},line={},endLine={}{columns},title={title}", l.line, l.end_line)
        }
        None => format!("title={title}"),
    }
}

fn message(d: &Verdict) -> String {
    let f = &d.finding;
    let commit = f
        .source
        .commit
        .as_deref()
        .map_or_else(String::new, |id| format!(" in commit {}", &id[..id.len().min(7)]));
    let what = match f.source.path.as_bytes().is_empty() {
        true => f.source.kind.slug().replace('-', " "),
        false => f.source.path.to_string(),
    };
    let also = f
        .pair
        .as_deref()
        .map_or_else(String::new, |id| format!(", with its id on line {}", id.location.line));
    let allow = match live(f) {
        Some(_) => String::new(),
        None => format!("\nNot a secret? stanch allow {} --reason \"WHY\"", f.fingerprint),
    };
    format!(
        "{}{also} in {what}{commit}.\nNow: {}.\nIf it was ever pushed, rotate it: stanch explain {}{allow}",
        f.secret.masked(),
        advice(f),
        f.rule.id,
    )
}

/// The message of a command.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| printable(line.as_bytes())).collect();
    // Older runners read `##[` as a command anywhere in a line.
    lines.join("\n").replace("##[", "## [").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_value_ends_its_command_or_its_property(text in "[a-z%:,\r\n\u{1b}]{0,20}") {
            let (data, property) = (data(&text), property(&text));
            let ends = ['\n', '\r', '\u{1b}'];
            prop_assert!(!data.contains(ends));
            prop_assert!(!property.contains(['\n', '\r', ':', ',']));
        }
    }
}
