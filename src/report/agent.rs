//! The message for a coding assistant that runs git: one line a finding, then one line of how to go on.
//!
//! It names no way to allow a finding or to leave the check out: both are a person's decisions.

use super::path_display::position;
use super::terminal::Terminal;
use crate::finding::{Finding, Replacement, SourceKind};
use crate::fix::replacement::suggestion;
use crate::policy::{Action, Decision, Screened, Skipped, Stage, Verdict};
use serde::Serialize;
use std::io::{self, Write};

/// Findings that are shown; the rest is counted.
const LINES: usize = 50;

/// The decision as one JSON object.
#[derive(Debug, Serialize)]
struct Object<'a> {
    /// `blocked` or `passed`.
    result: &'a str,
    /// `commit`, `message`, `push` or `receive`.
    stage: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'a str>,
    findings: Vec<Row<'a>>,
    /// Content that could not be read.
    unread: Vec<Unread<'a>>,
    /// What to do.
    next: &'a str,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    /// `block` or `warn`.
    decision: &'a str,
    rule: &'a str,
    severity: &'a str,
    confidence: &'a str,
    path: String,
    line: u32,
    column: u32,
    fingerprint: String,
    redacted: String,
    /// What to write in place of the value and its quotes; without one, `instead` says what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    replacement: Option<String>,
    instead: String,
    /// True if `stanch fix` writes the replacement.
    by_fix: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Unread<'a> {
    path: String,
    why: &'a str,
    decision: &'a str,
}

/// Writes the message for an assistant.
///
/// # Errors
/// If the stream fails.
pub fn render(decision: &Screened, out: &mut dyn Write) -> io::Result<()> {
    let prefix = Terminal::from_env().prefix;
    let all: Vec<&Verdict> = decision.with(Action::Block).chain(decision.with(Action::Warn)).collect();
    for verdict in all.iter().take(LINES) {
        let f = &verdict.finding;
        let commit = f.source.commit.as_deref().map(|c| format!(" (commit {})", &c[..c.len().min(12)]));
        let warning = if verdict.action == Action::Warn { " (warning)" } else { "" };
        let at = position(f, &prefix);
        writeln!(out, "{at} {}{warning} -> {}{}", f.rule.id, instead(f), commit.unwrap_or_default())?;
    }
    for s in unread(decision) {
        writeln!(out, "{} not read: {}", s.path, s.why)?;
    }
    if all.len() > LINES {
        writeln!(out, "and {} more findings; STANCH_FORMAT=json prints all", all.len() - LINES)?;
    }
    if !all.is_empty() || decision.is_incomplete() {
        writeln!(out, "stanch: {}", next(decision))?;
    }
    Ok(())
}

/// Writes the decision as one JSON object on one line.
///
/// # Errors
/// If the stream fails.
pub fn render_json(decision: &Screened, agent: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    let shown = decision.with(Action::Block).chain(decision.with(Action::Warn));
    let object = Object {
        result: if decision.exit_code() == 0 { "passed" } else { "blocked" },
        stage: decision.stage.slug(),
        agent,
        findings: shown.map(row).collect(),
        unread: unread(decision)
            .map(|s| Unread { path: s.path.to_string(), why: &s.why, decision: s.action.slug() })
            .collect(),
        next: next(decision),
    };
    serde_json::to_writer(&mut *out, &object)?;
    out.write_all(b"\n")
}

fn unread(decision: &Decision) -> impl Iterator<Item = &Skipped> {
    decision.reading.skipped.iter().filter(|s| s.action == Action::Block)
}

fn row(verdict: &Verdict) -> Row<'_> {
    let f = &verdict.finding;
    let (replacement, by_fix) = match suggestion(f).way {
        Replacement::Expression { text, by_fix, .. } if !text.is_empty() => (Some(text), by_fix),
        _ => (None, false),
    };
    Row {
        decision: verdict.action.slug(),
        rule: f.rule.id,
        severity: f.severity.slug(),
        confidence: f.confidence.slug(),
        path: f.source.path.to_string(),
        line: f.location.line,
        column: f.location.column,
        fingerprint: f.fingerprint.short(),
        redacted: f.secret.masked(),
        replacement,
        instead: instead(f),
        by_fix,
        commit: f.source.commit.as_deref(),
    }
}

/// What to do about one finding, on one line.
fn instead(f: &Finding) -> String {
    let suggestion = suggestion(f);
    match suggestion.way {
        Replacement::Expression { text, note, .. } if !text.is_empty() && note.is_empty() => text,
        Replacement::Expression { text, note, .. } if !text.is_empty() => format!("{text} ({note})"),
        Replacement::KeepOut { note } if f.source.kind == SourceKind::Staged => {
            format!("keep this file out of git ({note})")
        }
        Replacement::KeepOut { note }
        | Replacement::TakeOut { note }
        | Replacement::Expression { note, .. } => {
            if note.is_empty() {
                "take the value out".to_owned()
            } else {
                format!("take the value out ({note})")
            }
        }
    }
    .replace('\n', " ")
}

/// How to go on.
fn next(decision: &Decision) -> &'static str {
    let fixes =
        |d: &Verdict| matches!(suggestion(&d.finding).way, Replacement::Expression { by_fix: true, .. });
    if !decision.blocks() {
        return match (decision.is_incomplete(), decision.findings.is_empty()) {
            (true, _) => {
                "not committed or sent, because this content cannot be checked: leave it out, or ask the person you work for"
            }
            (false, true) => "nothing was found",
            (false, false) => "only warnings; nothing is blocked",
        };
    }
    match &decision.stage {
        Stage::Commit if decision.with(Action::Block).any(fixes) => {
            "commit blocked. Write the replacements (`stanch fix --all` writes them), set the variables outside of git, \
             `git add` the files and commit again. A value that has to stay is a person's decision: ask"
        }
        Stage::Commit => {
            "commit blocked. Do what stands behind each arrow, `git add` the files and commit again. \
             A value that has to stay is a person's decision: ask"
        }
        Stage::Message => {
            "commit blocked. Commit again with a message without the value. \
             A value that has to stay is a person's decision: ask"
        }
        Stage::Push { .. } | Stage::Receive => {
            "push blocked. The commits hold the values: change those commits (`git commit --amend` for the last one, else \
             `git rebase`), then push again. A value that has to stay is a person's decision: ask"
        }
        Stage::Scan => "a secret is found. Do what stands behind each arrow",
    }
}
