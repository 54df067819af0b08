//! JSON: one object a finding, as lines (`jsonl`) or as one array (`json`).

use super::place::Paths;
use crate::finding::Finding;
use crate::policy::{Decided, Decision};
use serde::Serialize;
use std::io::{self, Write};

/// A finding as scripts read it. Field names are a promise: they are added to, never renamed.
#[derive(Debug, Serialize)]
struct Row<'a> {
    rule: &'a str,
    provider: &'a str,
    kind: &'a str,
    severity: &'a str,
    confidence: &'a str,
    decision: &'a str,
    because: &'a str,
    source: &'a str,
    path: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    fingerprint: String,
    redacted: String,
    name: Option<String>,
    evidence: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pair: Option<Half<'a>>,
}

/// The id beside a secret, in the same file.
#[derive(Debug, Serialize)]
struct Half<'a> {
    rule: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    fingerprint: String,
    redacted: String,
}

fn half(f: &Finding) -> Half<'_> {
    Half {
        rule: f.rule.id,
        line: f.location.line,
        column: f.location.column,
        end_line: f.location.end_line,
        end_column: f.location.end_column,
        fingerprint: f.fingerprint.to_string(),
        redacted: f.secret.masked(),
    }
}

fn row<'a>(d: &'a Decided, paths: &Paths) -> Row<'a> {
    let f = &d.finding;
    Row {
        rule: f.rule.id,
        provider: f.rule.provider.id,
        kind: f.rule.kind.slug(),
        severity: f.severity.slug(),
        confidence: f.confidence.slug(),
        decision: d.action.slug(),
        because: &d.because,
        source: f.source.kind.slug(),
        path: paths.shown(&f.source.path),
        line: f.location.line,
        column: f.location.column,
        end_line: f.location.end_line,
        end_column: f.location.end_column,
        fingerprint: f.fingerprint.to_string(),
        redacted: f.secret.masked(),
        name: f.name.as_ref().map(|n| crate::finding::printable(n.as_bytes())),
        evidence: f.evidence.iter().map(|e| e.text.as_str()).collect(),
        commit: f.source.commit.as_deref(),
        pair: f.pair.as_deref().map(half),
    }
}

/// One object a line.
///
/// # Errors
/// When the stream fails.
pub fn render_lines(decision: &Decision, out: &mut dyn Write) -> io::Result<()> {
    let paths = Paths::of(decision);
    for d in &decision.findings {
        serde_json::to_writer(&mut *out, &row(d, &paths))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// One array.
///
/// # Errors
/// When the stream fails.
pub fn render(decision: &Decision, out: &mut dyn Write) -> io::Result<()> {
    let paths = Paths::of(decision);
    let rows: Vec<Row<'_>> = decision.findings.iter().map(|d| row(d, &paths)).collect();
    serde_json::to_writer_pretty(&mut *out, &rows)?;
    out.write_all(b"\n")
}
