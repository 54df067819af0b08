//! GitLab's two reports: secret detection, from the fields that GitLab documents, and code quality.

use super::about::{About, advice, what, worst_first};
use super::evidence::told;
use crate::finding::{Finding, Severity, printable};
use crate::policy::{Action, Screened};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use std::collections::HashMap;
use std::io::{self, Write};

/// The version of GitLab's report schemas that this report follows.
const SCHEMA: &str = "15.2.5";

/// Writes the secret detection report.
///
/// # Errors
/// If the stream fails.
pub(super) fn render(decision: &Screened, about: &About, out: &mut dyn Write) -> io::Result<()> {
    let tool = json!({
        "id": "stanch",
        "name": "stanch",
        "version": env!("CARGO_PKG_VERSION"),
        "vendor": { "name": "stanch" },
    });
    let time = |t: jiff::Timestamp| t.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let skipped = decision.reading.skipped.iter().filter(|s| s.action != Action::Suppress);
    let messages: Vec<Value> = skipped
        .map(|s| {
            let level = if s.action == Action::Block { "fatal" } else { "warn" };
            json!({ "level": level, "value": format!("not read: {}: {}", s.path, s.why) })
        })
        .collect();
    let mut ids = Ids::default();
    let mut found = Vec::new();
    for d in worst_first(decision) {
        let f = &d.finding;
        let mut identifier = json!({
            "type": "stanch_rule",
            "name": format!("stanch rule {}", f.rule.id),
            "value": f.rule.id,
        });
        let link = f.rule.remediation.revoke_url.filter(|_| f.rule.remediation.is_read("revoke_url"));
        if let Some(url) = link {
            identifier["url"] = url.into();
        }
        let commit = about.commit(f).unwrap_or("0000000");
        let commit = match decision.reading.history.iter().find(|c| c.id == commit) {
            Some(known) if !known.summary.is_empty() => json!({ "sha": commit, "message": known.summary }),
            _ => json!({ "sha": commit }),
        };
        found.push(json!({
            "id": uuid(&ids.of(f, about)),
            "name": f.rule.name,
            "description": format!("{} ({})", what(f), told(f)),
            "severity": match f.severity {
                Severity::Critical => "Critical",
                Severity::High => "High",
                Severity::Medium => "Medium",
                Severity::Low => "Low",
            },
            "solution": format!("{}. If it was ever pushed, rotate it: stanch explain {}", advice(f), f.rule.id),
            "identifiers": [identifier],
            "location": {
                "file": about.place(f).to_string(),
                "start_line": f.location.line,
                "end_line": f.location.end_line,
                "commit": commit,
            },
            "links": link.map(|url| json!({ "url": url })).into_iter().collect::<Vec<_>>(),
        }));
    }
    let report = json!({
        "version": SCHEMA,
        "scan": {
            "analyzer": tool,
            "scanner": tool,
            "type": "secret_detection",
            "start_time": time(about.started),
            "end_time": time(about.ended),
            "status": if decision.is_incomplete() { "failure" } else { "success" },
            "messages": messages,
        },
        "vulnerabilities": found,
    });
    serde_json::to_writer_pretty(&mut *out, &report)?;
    out.write_all(b"\n")
}

/// Writes the code quality report.
///
/// # Errors
/// If the stream fails.
pub(super) fn render_code_quality(decision: &Screened, about: &About, out: &mut dyn Write) -> io::Result<()> {
    let mut ids = Ids::default();
    let mut found = Vec::new();
    for d in worst_first(decision) {
        let f = &d.finding;
        let severity = match (d.action, f.severity) {
            (Action::Block, Severity::Critical) => "blocker",
            (Action::Block, Severity::High) => "critical",
            (Action::Block, _) => "major",
            _ => "minor",
        };
        found.push(json!({
            "description": format!("{}: {}", what(f), advice(f)),
            "check_name": f.rule.id,
            "fingerprint": ids.of(f, about),
            "severity": severity,
            "location": { "path": about.place(f).to_string(), "lines": { "begin": f.location.line } },
        }));
    }
    let mut known: HashMap<String, usize> = HashMap::new();
    for s in decision.reading.skipped.iter().filter(|s| s.action == Action::Block) {
        let path = printable(s.path.as_bytes());
        let number = known.entry(path.clone()).or_default();
        *number += 1;
        let number = if *number > 1 { format!(" {number}") } else { String::new() };
        found.push(json!({
            "description": format!("not read: {}", s.why),
            "check_name": "unread",
            "fingerprint": data_encoding::HEXLOWER.encode(&Sha1::digest(format!("unread {path}{number}"))),
            "severity": "blocker",
            "location": { "path": path, "lines": { "begin": 1 } },
        }));
    }
    serde_json::to_writer_pretty(&mut *out, &found)?;
    out.write_all(b"\n")
}

/// Ids that stay the same when lines move: a hash of the secret, its file, and its number among equal ones there.
#[derive(Default)]
pub(super) struct Ids(HashMap<(String, String), usize>);

impl Ids {
    /// Forty hexadecimal digits, unique in the report.
    pub(super) fn of(&mut self, f: &Finding, about: &About) -> String {
        let key = (f.fingerprint.to_string(), about.place(f).to_string());
        let number = self.0.entry(key.clone()).or_default();
        *number += 1;
        data_encoding::HEXLOWER.encode(&Sha1::digest(format!("{}\0{}\0{number}", key.0, key.1)))
    }
}

/// An id in the form of a UUID.
fn uuid(hex: &str) -> String {
    format!("{}-{}-5{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}
