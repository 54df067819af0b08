//! Diagnostics for reviewdog, one JSON object per line: review comments on any forge that it supports.

use super::about::{About, advice, what, worst_first};
use super::evidence::told;
use crate::finding::{Fingerprint, Location};
use crate::policy::{Action, Screened};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{self, Write};

/// Writes one line per finding. A finding's columns are left out: reviewdog counts bytes, a finding counts characters, and a
/// range must not be wrong on lines with other than ASCII characters. A suggestion counts bytes: the change that `stanch fix`
/// makes, for a click in the review.
///
/// # Errors
/// If the stream fails.
pub(super) fn render(decision: &Screened, about: &About, out: &mut dyn Write) -> io::Result<()> {
    let mut named: HashMap<&str, Fingerprint> = HashMap::new();
    for d in worst_first(decision) {
        let f = &d.finding;
        let range = |l: &Location| json!({ "start": { "line": l.line }, "end": { "line": l.end_line } });
        let level = if d.action == Action::Block { "ERROR" } else { "WARNING" };
        let mut code = json!({ "value": f.rule.id });
        if let Some(url) = f.rule.remediation.docs_url.filter(|_| f.rule.remediation.is_read("docs_url")) {
            code["url"] = url.into();
        }
        // Two secrets must not end in one variable: the first has it.
        let suggestion = f.suggestion.as_deref();
        let suggestion =
            suggestion.filter(|s| *named.entry(&s.variable).or_insert(f.fingerprint) == f.fingerprint);
        let edit = suggestion.and_then(|s| s.edit.as_ref());
        // A review shows a suggestion only at the lines that it is about.
        let edit = edit.filter(|e| {
            f.location.line == f.location.end_line
                && f.source.path.member().is_none()
                && e.line == f.location.line
        });
        let import = if edit.is_some_and(|e| e.needs_import) {
            " The file needs an import of os besides."
        } else {
            ""
        };
        let message = format!(
            "{} ({})\nNow: {}.{import}\nIf it was ever pushed, rotate it: stanch explain {}",
            what(f),
            told(f),
            advice(f),
            f.rule.id
        );
        let mut line = json!({
            "message": message,
            "location": { "path": about.place(f).to_string(), "range": range(&f.location) },
            "severity": level,
            "source": { "name": "stanch" },
            "code": code,
        });
        if let Some(edit) = edit {
            let at = |column: usize| json!({ "line": edit.line, "column": column });
            let range = json!({ "start": at(edit.columns.start), "end": at(edit.columns.end) });
            line["suggestions"] = json!([{ "range": range, "text": edit.text }]);
        }
        let related: Vec<Value> = f
            .pair
            .iter()
            .map(|id| {
                json!({
                    "message": format!("{} {}", id.rule.name, id.secret.masked()),
                    "location": { "path": about.place(f).to_string(), "range": range(&id.location) },
                })
            })
            .collect();
        if !related.is_empty() {
            line["related_locations"] = related.into();
        }
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
