//! Checkstyle XML, which most tools that collect warnings can read.

use super::about::{About, advice, what, worst_first};
use super::xml::escape;
use crate::policy::{Action, Screened};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Writes the report.
///
/// # Errors
/// If the stream fails.
pub(super) fn render(decision: &Screened, about: &About, out: &mut dyn Write) -> io::Result<()> {
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for d in worst_first(decision) {
        let f = &d.finding;
        let level = if d.action == Action::Block { "error" } else { "warning" };
        let message = format!("{}: {}", what(f), advice(f));
        files.entry(about.place(f).to_string()).or_default().push(format!(
            "    <error line=\"{}\" column=\"{}\" severity=\"{level}\" message=\"{}\" source=\"stanch.{}\"/>\n",
            f.location.line,
            f.location.column,
            escape(&message),
            escape(f.rule.id),
        ));
    }
    for s in decision.reading.skipped.iter().filter(|s| s.action == Action::Block) {
        let error = format!(
            "    <error line=\"1\" severity=\"error\" message=\"not read: {}\" source=\"stanch.unread\"/>\n",
            escape(&s.why)
        );
        files.entry(s.path.to_string()).or_default().push(error);
    }
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n")?;
    for (name, errors) in files {
        write!(out, "  <file name=\"{}\">\n{}  </file>\n", escape(&name), errors.concat())?;
    }
    out.write_all(b"</checkstyle>\n")
}
