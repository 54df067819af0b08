//! What is said about a decision: to an assistant, so that it can go on without a person, or to the person. No value of a
//! secret stands in it; names that a file gives are masked where they could be one.

use crate::finding::{Fingerprint, Replacement, RepoPath};
use crate::fix::dotenv;
use crate::fix::replacement::suggestion;
use crate::policy::{Screen, Verdict};
use crate::text::plural;
use std::collections::HashSet;
use std::path::Path;

/// Findings that are listed; a longer list helps nobody.
const LISTED: usize = 20;
/// Names of a file that are listed.
const NAMES: usize = 60;

/// What is added where an output could not be masked.
pub(super) const SEEN: &str =
    "\nThe model has seen the values: do not repeat them. The person should rotate them.";

/// How many secrets these are; one that stands in several places is one.
fn count(found: &[&Verdict]) -> String {
    let all: HashSet<Fingerprint> = found.iter().map(|d| d.finding.fingerprint).collect();
    plural::count(all.len(), "secret")
}

fn rows(found: &[&Verdict], row: impl Fn(&Verdict) -> String) -> String {
    let mut rows: Vec<String> = found.iter().take(LISTED).map(|d| row(d)).collect();
    if found.len() > LISTED {
        rows.push(format!("and {} more", found.len() - LISTED));
    }
    rows.join("\n")
}

/// `path:line:column rule (name)`.
fn position(screen: &Screen<'_>, d: &Verdict) -> String {
    let (f, at) = (&d.finding, &d.finding.location);
    format!("{}:{}:{} {} ({})", screen.path(&f.source.path), at.line, at.column, f.rule.id, f.rule.name)
}

/// The variables of the findings, each once.
fn variables(screen: &Screen<'_>, found: &[&Verdict]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for d in found {
        let name = screen.text(&suggestion(&d.finding).variable);
        if !name.is_empty() && !out.contains(&name) {
            out.push(name);
        }
    }
    out
}

/// The findings with their places, and nothing to do.
pub(super) fn list(screen: &Screen<'_>, found: &[&Verdict]) -> String {
    rows(found, |d| position(screen, d))
}

pub(super) fn prompt(screen: &Screen<'_>, found: &[&Verdict]) -> String {
    let rows = rows(found, |d| {
        let (f, at) = (&d.finding, &d.finding.location);
        let variable = screen.text(&suggestion(f).variable);
        format!(
            "line {}, column {}: {} ({}) -> put it into the environment as {variable}",
            at.line, at.column, f.rule.name, f.rule.id
        )
    });
    format!(
        "the prompt has {} in it and was not sent to the model.\n{rows}\nName the variable in the prompt in place of the value. \
         A value that was sent before has to be rotated.",
        count(found)
    )
}

pub(super) fn read(screen: &Screen<'_>, place: &RepoPath, text: &[u8], found: &[&Verdict]) -> String {
    let shown = screen.path(place);
    let rows = rows(found, |d| {
        let f = &d.finding;
        let name = f.name.clone().unwrap_or_else(|| suggestion(f).variable);
        format!("line {}: {} ({})", f.location.line, screen.text(&name), f.rule.id)
    });
    let names = names(screen, text);
    let names = if names.is_empty() { String::new() } else { format!("\nIt defines {}.", names.join(", ")) };
    let word = crate::report::shell_word(shown.as_bytes());
    format!(
        "{shown} has {}, and its values are not for a model.\n{rows}{names}\nUse the names: the program reads the values. \
         `stanch agent read {word}` prints the file with the values masked.",
        count(found)
    )
}

/// The names that a file of assignments defines, secret or not: what a program can ask for.
fn names(screen: &Screen<'_>, text: &[u8]) -> Vec<String> {
    let lines = text.split(|b| *b == b'\n').filter(|line| !line.trim_ascii_start().starts_with(b"#"));
    let all: Vec<&[u8]> = lines.filter_map(|line| dotenv::assignment(line).map(|(name, _)| name)).collect();
    let is_name = |n: &[u8]| {
        !n.is_empty()
            && n.len() <= 60
            && n.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
    };
    // A file of another kind has other texts before an equals sign.
    if all.is_empty() || all.iter().any(|n| !is_name(n)) {
        return Vec::new();
    }
    all.iter().take(NAMES).map(|n| screen.text(&String::from_utf8_lossy(n))).collect()
}

pub(super) fn unread(screen: &Screen<'_>, path: &Path) -> String {
    format!("{} is too large to be scanned for secrets (limits.max_blob_mb)", screen.file(path))
}

pub(super) fn unread_command(why: &str) -> String {
    format!(
        "the command could not be judged to its end: {why}. Split it into smaller commands, or write a script and run that."
    )
}

pub(super) fn unread_commit(place: &str, why: &str) -> String {
    format!(
        "git runs no hook of stanch in {place}, and this commit could not be judged here: {why}. Ask the person to run \
         `stanch install` there."
    )
}

/// Says what a commit would record that no hook of git would stop.
pub(super) fn commit(screen: &Screen<'_>, place: &str, found: &[&Verdict]) -> String {
    let rows = rows(found, |d| {
        let (expression, _) = instead(screen, d);
        format!("{} -> {expression}", position(screen, d))
    });
    format!(
        "the commit would have {}. Git runs no hook of stanch in {}, so what is staged was judged here.\n{rows}\nWrite what \
         stands behind the arrow in place of the value, stage it, and commit again. The person can run `stanch install` there.",
        count(found),
        screen.text(place)
    )
}

pub(super) fn unread_change(screen: &Screen<'_>, place: &RepoPath) -> String {
    format!("the change of {} is too large to be followed. Split it into smaller edits.", screen.path(place))
}

pub(super) fn unread_prompt() -> String {
    "the prompt names too many files to be checked. Name fewer.".to_owned()
}

pub(super) fn write(screen: &Screen<'_>, place: &RepoPath, found: &[&Verdict]) -> String {
    let rows = rows(found, |d| {
        let (expression, note) = instead(screen, d);
        let note = if note.is_empty() { note } else { format!(" ({note})") };
        format!("{} -> {expression}{note}", position(screen, d))
    });
    let variables = variables(screen, found).join(", ");
    format!(
        "it would put {} into {}.\n{rows}\nWrite what stands behind the arrow in place of the value, with its quotes, and \
         try again. Tell the person that {variables} has to be set where the program runs.",
        count(found),
        screen.path(place)
    )
}

/// What to write in place of a value, and what it needs.
fn instead(screen: &Screen<'_>, d: &Verdict) -> (String, String) {
    match suggestion(&d.finding).way {
        Replacement::Expression { text, note, .. } => (screen.text(&text), screen.text(&note)),
        Replacement::KeepOut { note } => {
            (format!("keep the file out of git: {}", screen.text(&note)), String::new())
        }
        Replacement::TakeOut { note } => (screen.text(&note), String::new()),
    }
}

pub(super) fn command(screen: &Screen<'_>, found: &[&Verdict]) -> String {
    let rows = rows(found, |d| {
        let f = &d.finding;
        let variable = screen.text(&suggestion(f).variable);
        format!("column {}: {} ({}) -> \"${variable}\"", f.location.column, f.rule.name, f.rule.id)
    });
    format!(
        "the command line has {} in it, and shells and process lists keep command lines.\n{rows}\nName the variable in place \
         of the value. The value has been seen by the model: the person should rotate it.",
        count(found)
    )
}

pub(super) fn environment(screen: &Screen<'_>, found: &[&Verdict]) -> String {
    let rows = rows(found, |d| {
        let f = &d.finding;
        let name = f.name.clone().unwrap_or_else(|| suggestion(f).variable);
        format!("{} ({})", screen.text(&name), f.rule.id)
    });
    format!(
        "the environment has {}.\n{rows}\nUse the names: programs that run here have the values.",
        count(found)
    )
}

pub(super) fn stored(what: &str) -> String {
    format!("{what} prints secrets. Let the program that needs them read them itself.")
}

pub(super) fn sends(host: Option<&str>, reason: &str) -> String {
    let to = host.map_or_else(|| "another machine".to_owned(), ToOwned::to_owned);
    format!("the command sends secrets to {to}.\n{reason}")
}

pub(super) fn gate(what: &str) -> String {
    format!(
        "{what}: this goes around the check for secrets, or decides what a person has to decide. Fix what was blocked (`stanch \
         fix` writes the replacement), or ask the person to do this."
    )
}

pub(super) fn marker(place: &RepoPath, line: u32) -> String {
    format!("a stanch:allow marker for {place}:{line}")
}

pub(super) fn arguments(screen: &Screen<'_>, tool: &str, found: &[&Verdict]) -> String {
    let rows = rows(found, |d| format!("{} ({})", d.finding.rule.name, d.finding.rule.id));
    format!(
        "the arguments of {} have {} in them, and go to another program.\n{rows}\nLet the other side read the value itself, by \
         its name.",
        screen.text(tool),
        count(found)
    )
}

pub(super) fn output(screen: &Screen<'_>, found: &[&Verdict]) -> String {
    let mut kinds: Vec<String> = Vec::new();
    for d in found {
        let kind = match &d.finding.name {
            Some(name) => format!("{} ({})", screen.text(name), d.finding.rule.id),
            None => d.finding.rule.id.to_owned(),
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds.truncate(LISTED);
    format!("the output has {}: {}.", count(found), kinds.join(", "))
}

pub(super) fn stop(screen: &Screen<'_>, found: &[&Verdict]) -> String {
    let rows = rows(found, |d| {
        let (expression, _) = instead(screen, d);
        format!("{} -> {expression}", position(screen, d))
    });
    format!("the changed files have {}.\n{rows}\nA commit of them will be blocked.", count(found))
}
