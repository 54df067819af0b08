//! SonarQube's generic issues, in the form since 10.3.

use super::about::{About, advice, what, worst_first};
use super::facts::Facts;
use crate::finding::Severity;
use crate::policy::{Action, Screened};
use crate::rules::Rule;
use crate::sort;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes the report.
///
/// # Errors
/// If the stream fails.
pub(super) fn render(decision: &Screened, about: &About, out: &mut dyn Write) -> io::Result<()> {
    let all = worst_first(decision);
    let mut rules: Vec<&'static Rule> = all.iter().map(|d| d.finding.rule).collect();
    sort::by_key(&mut rules, |r| r.id);
    rules.dedup_by_key(|r| r.id);
    let severity = |s: Severity| match s {
        Severity::Critical => ("BLOCKER", "HIGH"),
        Severity::High => ("CRITICAL", "HIGH"),
        Severity::Medium => ("MAJOR", "MEDIUM"),
        Severity::Low => ("MINOR", "LOW"),
    };
    let mut list: Vec<Value> =
        rules.iter().map(|r| rule(r.id, r.name, &Facts(r).impact(), severity(r.severity))).collect();
    let mut issues: Vec<Value> = all
        .iter()
        .map(|d| {
            let f = &d.finding;
            let l = &f.location;
            let mut range = json!({ "startLine": l.line, "endLine": l.end_line });
            // Columns count from 0, and a range must not be empty.
            if l.line == l.end_line && l.end_column > l.column {
                range["startColumn"] = (l.column - 1).into();
                range["endColumn"] = (l.end_column - 1).into();
            }
            json!({
                "ruleId": f.rule.id,
                "effortMinutes": 30,
                "primaryLocation": {
                    "message": format!("{}: {}", what(f), advice(f)),
                    "filePath": about.place(f).to_string(),
                    "textRange": range,
                },
            })
        })
        .collect();
    let unread: Vec<_> = decision.reading.skipped.iter().filter(|s| s.action == Action::Block).collect();
    if !unread.is_empty() {
        list.push(rule("unread", "Content that was not read", "It may hold anything.", ("BLOCKER", "HIGH")));
    }
    issues.extend(unread.iter().map(|s| {
        json!({
            "ruleId": "unread",
            "primaryLocation": { "message": format!("not read: {}", s.why), "filePath": s.path.to_string() },
        })
    }));
    serde_json::to_writer_pretty(&mut *out, &json!({ "rules": list, "issues": issues }))?;
    out.write_all(b"\n")
}

fn rule(id: &str, name: &str, description: &str, (old, new): (&str, &str)) -> Value {
    json!({
        "id": id,
        "name": name,
        "description": description,
        "engineId": "stanch",
        "cleanCodeAttribute": "TRUSTWORTHY",
        "type": "VULNERABILITY",
        "severity": old,
        "impacts": [{ "softwareQuality": "SECURITY", "severity": new }],
    })
}
