//! "If it was ever shared": revoke, check, what breaks, a new one, in as many lines as there are.

use crate::finding::Finding;
use crate::report::facts::Facts;
use crate::report::layout::{Layout, Style, chars};
use crate::report::replacement::replacement;

/// One subject: something to open or to paste, and what is known about it.
struct Row {
    label: &'static str,
    first: Option<(Style, String)>,
    text: String,
    /// Most lines of text, when there is room.
    most: usize,
}

impl Row {
    /// True if the first piece and the text share a line.
    fn is_short(&self, page: &Layout<'_>) -> bool {
        let first = self.first.as_ref().map_or(0, |(_, t)| chars(t) + 3);
        first + chars(&self.text) <= page.room()
    }

    fn write(&self, page: &mut Layout<'_>, lines: usize) {
        match &self.first {
            None => page.prose(self.label, &self.text, lines),
            Some((role, first)) if self.is_short(page) => {
                page.labelled(
                    self.label,
                    &[(*role, first), (Style::Plain, "   "), (Style::Plain, &self.text)],
                );
            }
            Some((role, first)) => {
                page.labelled(self.label, &[(*role, first)]);
                page.prose("", &self.text, lines);
            }
        }
    }

    fn least(&self, page: &Layout<'_>) -> usize {
        1 + usize::from(self.first.is_some() && !self.is_short(page))
    }
}

/// Writes the section in at most `room` lines; what is left goes to the subjects in order of need.
pub(super) fn section(page: &mut Layout<'_>, f: &Finding, room: usize) {
    let facts = Facts(f.rule);
    let url = |u: Option<&'static str>| u.map(|u| (Style::Command, u.to_owned()));
    let search = facts.search(&replacement(f).variable);
    let remediation = f.rule.remediation;
    let row = |label, first, text: std::borrow::Cow<'_, str>, most| Row {
        label,
        first,
        text: text.into_owned(),
        most,
    };
    let rows = [
        row("  revoke", url(remediation.revoke_url), facts.revoke(), 2),
        row("  check", None, facts.audit(), 2),
        row("  breaks", Some((Style::Command, search)), facts.breaks(), 1),
        row("  new key", None, facts.create(), 1),
    ];
    let mut lines = [1; 4];
    let mut left = room.saturating_sub(1 + rows.iter().map(|r| r.least(page)).sum::<usize>());
    for (row, lines) in rows.iter().zip(&mut lines) {
        let short = row.first.is_some() && row.is_short(page);
        *lines = if short { 1 } else { page.height(&row.text).min(row.most).min(1 + left) };
        left -= *lines - 1;
    }
    page.row(2, &[(Style::Strong, "If it was ever shared, rotate it")]);
    for (row, lines) in rows.iter().zip(lines) {
        row.write(page, lines);
    }
}
