//! "If it was ever shared": revoke, check, what breaks, a new one, each in a line that is never cut.

use crate::finding::Finding;
use crate::report::facts::Facts;
use crate::report::layout::{Layout, Style, chars};
use crate::report::replacement::replacement;

/// Writes the section.
pub(super) fn section(page: &mut Layout<'_>, f: &Finding) {
    let facts = Facts(f.rule);
    let r = f.rule.remediation;
    page.row(2, &[(Style::Strong, "If it was ever shared, rotate it")]);
    row(page, "  revoke", facts.known("revoke_url", r.revoke_url), &facts.revoke());
    row(page, "  check", None, &facts.check());
    row(page, "  breaks", Some(&facts.search(&replacement(f).variable)), &facts.breaks());
    let order = match facts.known_overlap() {
        Some(true) => "; two can live at once: deploy it, then revoke",
        Some(false) => "; it stops the old one",
        None => "",
    };
    row(page, "  new key", None, &format!("{}{order}", facts.new_key()));
}

/// One subject: something to open or to paste, and what is known about it beside it or below.
fn row(page: &mut Layout<'_>, label: &str, command: Option<&str>, text: &str) {
    match command {
        None => page.prose(label, text),
        Some(command) if chars(command) + 3 + chars(text) <= page.room() => {
            page.labelled(label, &[(Style::Command, command), (Style::Plain, "   "), (Style::Plain, text)])
        }
        Some(command) => {
            page.labelled(label, &[(Style::Command, command)]);
            page.prose("", text);
        }
    }
}
