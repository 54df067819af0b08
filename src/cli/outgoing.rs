//! Scanning what a push sends: each new blob once, in parallel; a finding belongs to the first commit that brings
//! its line.

use super::check::Checker;
use super::parallel;
use crate::error::Error;
use crate::finding::{Finding, RepoPath, Source, SourceKind, printable};
use crate::git::{Change, Changes, Commit, GitError, Oid, Outgoing, Repo};
use crate::policy::{self, Action, Decided, Decision, Skipped, Stage};
use crate::scan::Fragment;
use crate::text::encoding;
use std::collections::{HashMap, HashSet};
use std::time::Instant;

/// A set of changes with the commit that brings them; none for a tree or a blob sent by itself.
struct Unit {
    commit: Option<Commit>,
    changes: Changes,
}

/// A new blob and every place that it appears in, oldest commit first.
struct New {
    id: Oid,
    places: Vec<(usize, usize)>,
}

/// What came of reading a blob.
enum Outcome {
    Clean(u64),
    /// The bytes are read again when it comes to saying whose the findings are: of a whole history they would fill the
    /// memory.
    Found(Vec<Finding>),
    Skipped(String),
    Missing,
}

/// Scans all that is sent. Past `deadline` it stops with an error: what was not read in time is not clean.
pub(super) fn check(
    repo: &Repo,
    checker: &Checker,
    sent: &Outgoing,
    stage: Stage,
    deadline: Option<Instant>,
) -> Result<Decision, Error> {
    let mut decision = Decision::empty(stage);
    decision.reading.notes.clone_from(&sent.notes);
    let units = units(repo, sent, deadline)?;
    let new = new_blobs(checker, &units);
    let outcomes = read(repo, checker, &units, &new, deadline)?;
    decision.reading.commits = sent.commits.len();
    decision.reading.files = units.iter().map(|u| u.changes.list.len()).sum();
    let mut found: Vec<(usize, Decided)> = Vec::new();
    for (blob, outcome) in new.iter().zip(outcomes) {
        let (unit, change) = blob.places[0];
        match outcome {
            Outcome::Clean(bytes) => decision.reading.bytes += bytes,
            Outcome::Found(findings) => {
                let bytes = repo.blob(&blob.id)?;
                decision.reading.bytes += bytes.len() as u64;
                let mut here = attribute(repo, checker, &units, blob, &bytes, findings)?;
                if matches!(decision.stage, Stage::Push { .. }) {
                    mark_known(repo, sent, &units[unit].changes.list[change].path, &bytes, &mut here)?;
                }
                found.append(&mut here);
            }
            Outcome::Skipped(why) => {
                let path = checker.name(&units[unit].changes.list[change].path).1;
                decision.reading.skipped.push(Skipped { path, why });
            }
            Outcome::Missing => return Err(GitError::Missing(vec![blob.id]).into()),
        }
    }
    found.extend(names(checker, &units));
    found.extend(messages(checker, &units));
    found.sort_by_key(|(unit, d)| (d.action != Action::Block, *unit));
    decision.findings = words(checker, sent);
    decision.findings.extend(found.into_iter().map(|(_, d)| d));
    decision.reading.history = history(repo, &units, &decision.findings)?;
    Ok(decision)
}

fn units(repo: &Repo, sent: &Outgoing, deadline: Option<Instant>) -> Result<Vec<Unit>, Error> {
    let mut out = parallel::each(repo, sent.commits.len(), deadline, "commits", |repo, i| {
        let (commit, changes) = repo.brought_by(&sent.commits[i])?;
        Ok(Unit { commit: Some(commit), changes })
    })?;
    out.extend(sent.bare.iter().map(|b| Unit { commit: None, changes: b.changes.clone() }));
    Ok(out)
}

fn new_blobs(checker: &Checker, units: &[Unit]) -> Vec<New> {
    let mut out: Vec<New> = Vec::new();
    let mut at = HashMap::new();
    for (u, unit) in units.iter().enumerate() {
        for (c, change) in unit.changes.list.iter().enumerate().filter(|(_, c)| checker.is_to_be_read(c)) {
            let i = *at.entry(change.new.id).or_insert_with(|| {
                out.push(New { id: change.new.id, places: Vec::new() });
                out.len() - 1
            });
            out[i].places.push((u, c));
        }
    }
    out
}

fn read(
    repo: &Repo,
    checker: &Checker,
    units: &[Unit],
    new: &[New],
    deadline: Option<Instant>,
) -> Result<Vec<Outcome>, Error> {
    let outcomes = parallel::each(repo, new.len(), deadline, "files", |repo, i| {
        let New { id, places } = &new[i];
        let size = match repo.blob_size(id) {
            Err(GitError::Missing(_)) => return Ok(Outcome::Missing),
            size => size?,
        };
        if let Some(why) = checker.too_large(size) {
            return Ok(Outcome::Skipped(why));
        }
        // A name that makes the file a secret says more than another.
        let mut changes = places.iter().map(|(unit, change)| &units[*unit].changes.list[*change]);
        let first = &units[places[0].0].changes.list[places[0].1];
        let change = changes.find(|c| checker.is_known(&c.path)).unwrap_or(first);
        let source =
            Source { blob: Some(id.to_string()), ..Source::new(SourceKind::Commit, change.path.clone()) };
        let fragment = Fragment { source, bytes: repo.blob(id)?.into() };
        let findings = checker.engine().scan(&fragment);
        Ok(match findings.is_empty() {
            true => Outcome::Clean(size),
            false => Outcome::Found(findings),
        })
    })?;
    let missing = new.iter().zip(&outcomes).filter(|(_, o)| matches!(o, Outcome::Missing));
    let missing: Vec<Oid> = missing.map(|(n, _)| n.id).collect();
    if missing.is_empty() { Ok(outcomes) } else { Err(GitError::Missing(missing).into()) }
}

/// Gives each finding to the first commit in which its line is new. One whose line is old wherever the blob
/// appears was there before: the other side has it, or another blob of the range brought it.
fn attribute(
    repo: &Repo,
    checker: &Checker,
    units: &[Unit],
    blob: &New,
    bytes: &[u8],
    mut findings: Vec<Finding>,
) -> Result<Vec<(usize, Decided)>, Error> {
    let mut out = Vec::new();
    for (u, c) in &blob.places {
        if findings.is_empty() {
            break;
        }
        let change: &Change = &units[*u].changes.list[*c];
        let (mut here, rest) = checker.brought(repo, change, bytes, findings)?;
        findings = rest;
        let commit = units[*u].commit.as_ref().map(|c| c.id.to_string());
        let shown = checker.name(&change.path).1;
        for f in &mut here {
            f.source.path = shown.clone();
            f.source.commit = commit.clone();
        }
        let source = Source { commit, ..Source::new(SourceKind::Commit, shown) };
        let decided = checker.decide(&Fragment { source, bytes: bytes.into() }, here);
        out.extend(decided.into_iter().map(|d| (*u, d)));
    }
    Ok(out)
}

/// Notes for what stops the push whether the remote has it in the same file already.
fn mark_known(
    repo: &Repo,
    sent: &Outgoing,
    path: &RepoPath,
    bytes: &[u8],
    found: &mut [(usize, Decided)],
) -> Result<(), Error> {
    let text = encoding::decode(bytes).0;
    for (_, d) in found.iter_mut().filter(|(_, d)| d.action == Action::Block) {
        let known = repo.known_since(sent, path, &text[d.finding.location.bytes.clone()])?;
        d.known = known.map(|c| policy::Known { commit: c.id.to_string(), time: c.time });
    }
    Ok(())
}

/// Scans the names of new files, each once.
fn names(checker: &Checker, units: &[Unit]) -> Vec<(usize, Decided)> {
    let mut seen: HashSet<&RepoPath> = HashSet::new();
    let mut out = Vec::new();
    for (u, unit) in units.iter().enumerate() {
        for change in unit.changes.list.iter().filter(|c| c.new_name && seen.insert(&c.path)) {
            for mut d in checker.name(&change.path).0 {
                d.finding.source.commit = unit.commit.as_ref().map(|c| c.id.to_string());
                out.push((u, d));
            }
        }
    }
    out
}

/// Scans the commits' messages, and what their other headers hold. Who wrote them is never scanned.
fn messages(checker: &Checker, units: &[Unit]) -> Vec<(usize, Decided)> {
    let mut out = Vec::new();
    for (u, commit) in units.iter().enumerate().filter_map(|(u, unit)| Some((u, unit.commit.as_ref()?))) {
        for (kind, text) in
            [(SourceKind::CommitMessage, &commit.message), (SourceKind::TagMessage, &commit.extra)]
        {
            let source =
                Source { commit: Some(commit.id.to_string()), ..Source::new(kind, RepoPath::default()) };
            let fragment = Fragment { source, bytes: text.as_slice().into() };
            out.extend(checker.fragment(&fragment).into_iter().map(|d| (u, d)));
        }
    }
    out
}

/// Scans what is sent beside commits: the messages of tags and the names of refs.
fn words(checker: &Checker, sent: &Outgoing) -> Vec<Decided> {
    let mut out = Vec::new();
    for tag in &sent.tags {
        let source = Source {
            commit: Some(tag.id.to_string()),
            ..Source::new(SourceKind::TagMessage, checker.name_of(SourceKind::RefName, &tag.name).1)
        };
        out.extend(checker.fragment(&Fragment { source, bytes: tag.message.as_slice().into() }));
    }
    for name in &sent.names {
        out.extend(checker.name_of(SourceKind::RefName, name).0);
    }
    out
}

/// The commits that findings are in, oldest first.
fn history(repo: &Repo, units: &[Unit], findings: &[Decided]) -> Result<Vec<policy::Commit>, Error> {
    let ids: HashSet<&str> = findings.iter().filter_map(|d| d.finding.source.commit.as_deref()).collect();
    let head = repo.head()?;
    let mut out = Vec::new();
    for commit in units.iter().filter_map(|u| u.commit.as_ref()) {
        let id = commit.id.to_string();
        if ids.contains(id.as_str()) {
            let summary = commit.message.split(|b| *b == b'\n').next().unwrap_or_default();
            out.push(policy::Commit {
                id,
                summary: printable(summary),
                tip: head == Some(commit.id),
                root: commit.parents.is_empty(),
            });
        }
    }
    Ok(out)
}
