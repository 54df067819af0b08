//! Diagnostics for reviewdog, one JSON object per line: review comments on any forge that it supports.

use super::about::{About, advice, what, worst_first};
use super::evidence::told;
use crate::finding::Location;
use crate::policy::{Action, Screened};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes one line per finding. Columns are left out: reviewdog counts bytes, a finding counts characters, and a
/// range must not be wrong on lines with other than ASCII characters.
///
/// # Errors
/// If the stream fails.
pub(super) fn render(decision: &Screened, about: &About, out: &mut dyn Write) -> io::Result<()> {
    for d in worst_first(decision) {
        let f = &d.finding;
        let range = |l: &Location| json!({ "start": { "line": l.line }, "end": { "line": l.end_line } });
        let level = if d.action == Action::Block { "ERROR" } else { "WARNING" };
        let mut code = json!({ "value": f.rule.id });
        if let Some(url) = f.rule.remediation.docs_url.filter(|_| f.rule.remediation.is_read("docs_url")) {
            code["url"] = url.into();
        }
        let message = format!(
            "{} ({})\nNow: {}.\nIf it was ever pushed, rotate it: stanch explain {}",
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
