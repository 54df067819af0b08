//! A fix for a blocked push that keeps clean commits: those with a secret become part of the next clean one. Each
//! new commit has the tree of an old one, so no file of the newest changes.

use super::squash::{self, Line};
use super::{Checker, commits, exposure};
use crate::error::Error;
use crate::finding::{RepoPath, SourceKind};
use crate::git::{Commit, Oid, Repo};
use crate::policy::{Action, Stage};
use std::collections::{HashMap, HashSet};

/// The new line of commits.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The commit below them; `None` if the first one has no parent.
    pub(crate) base: Option<Oid>,
    /// The new commits, oldest first.
    pub(crate) steps: Vec<Step>,
}

/// One new commit.
#[derive(Debug)]
pub(crate) struct Step {
    /// The clean commit whose tree it gets.
    pub(crate) kept: Commit,
    /// Commits with a secret that become part of it, oldest first.
    pub(crate) folded: Vec<Commit>,
    /// Those of both whose message holds a secret.
    pub(crate) bad_messages: HashSet<Oid>,
}

/// The result of planning.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// No commit that no remote has holds a secret that blocks.
    Clean,
    /// The newest commit still has it: in this file, or in its message.
    InHead(Option<RepoPath>),
    /// This merge lies between.
    Merge(Oid),
    /// The plan.
    Plan(Plan),
}

/// Commits of HEAD that no remote-tracking branch reaches, checked as a push of them would be.
pub(crate) fn plan(repo: &Repo, checker: &Checker, head: Oid) -> Result<Outcome, Error> {
    let sent = repo.since(head, "HEAD", &repo.remote_tips()?)?;
    let decision = commits::check(repo, checker, &sent, Stage::Scan, None)?;
    if !decision.blocks() {
        return Ok(Outcome::Clean);
    }
    let outgoing: HashSet<Oid> = sent.commits.iter().copied().collect();
    let mut chain = Vec::new();
    if let Line::Merge(id) = squash::line(repo, &outgoing, Some(head), &mut |commit| chain.push(commit))? {
        return Ok(Outcome::Merge(id));
    }
    chain.reverse();
    let number: HashMap<Oid, usize> = chain.iter().enumerate().map(|(i, c)| (c.id, i)).collect();
    let mut dirty: Vec<Option<Option<RepoPath>>> = vec![None; chain.len()];
    let mut bad_messages = HashSet::new();
    for d in decision.with(Action::Block) {
        let source = &d.finding.source;
        let commit = source.commit.as_deref().and_then(|id| Oid::from_hex(id.as_bytes()));
        let Some((id, first)) = commit.and_then(|id| Some((id, *number.get(&id)?))) else { continue };
        if matches!(source.kind, SourceKind::CommitMessage | SourceKind::TagMessage) {
            bad_messages.insert(id);
            dirty[first].get_or_insert(None);
            continue;
        }
        let value = exposure::value(repo, &d.finding)?;
        for i in first..chain.len() {
            let tree = &chain[i].tree;
            let is_there = match source.kind {
                SourceKind::FileName => repo.at_path(tree, &source.path)?.is_some(),
                _ => holds(repo, tree, &source.path, source.blob.as_deref(), value.as_deref())?,
            };
            // The commit that brings it goes, also where its place was not understood.
            if is_there || i == first {
                dirty[i].get_or_insert_with(|| Some(source.path.clone()));
            }
        }
    }
    if let Some(Some(path)) = dirty.last() {
        return Ok(Outcome::InHead(path.clone()));
    }
    let Some(first) = dirty.iter().position(Option::is_some) else { return Ok(Outcome::Clean) };
    let base = chain[first].parents.first().copied();
    let (mut steps, mut folded) = (Vec::new(), Vec::new());
    for (commit, dirty) in chain.into_iter().zip(dirty).skip(first) {
        if dirty.is_some() {
            folded.push(commit);
            continue;
        }
        let of_step = |id: &&Oid| **id == commit.id || folded.iter().any(|c: &Commit| c.id == **id);
        let bad_messages = bad_messages.iter().filter(of_step).copied().collect();
        steps.push(Step { kept: commit, folded: std::mem::take(&mut folded), bad_messages });
    }
    Ok(Outcome::Plan(Plan { base, steps }))
}

/// Returns whether a push of the new commits would pass.
pub(crate) fn is_clean(repo: &Repo, checker: &Checker, head: Oid) -> Result<bool, Error> {
    let sent = repo.since(head, "HEAD", &repo.remote_tips()?)?;
    let decision = commits::check(repo, checker, &sent, Stage::Scan, None)?;
    Ok(!decision.blocks() && !decision.is_incomplete())
}

/// Returns whether a tree has the value at this path. Without a value: the very blob.
fn holds(
    repo: &Repo,
    tree: &Oid,
    path: &RepoPath,
    blob: Option<&str>,
    value: Option<&[u8]>,
) -> Result<bool, Error> {
    if let Some(value) = value {
        return squash::has_value(repo, tree, path, value);
    }
    let found = repo.at_path(tree, path)?.filter(|b| !b.is_gitlink());
    Ok(found.is_some_and(|found| blob.is_some_and(|b| b == found.id.to_string())))
}

impl Step {
    /// The message of the new commit: those of its commits in order, without those that hold a secret.
    pub(crate) fn message(&self) -> Vec<u8> {
        if self.folded.is_empty() {
            return self.kept.message.clone();
        }
        let all = self.folded.iter().chain([&self.kept]).filter(|c| !self.bad_messages.contains(&c.id));
        let texts: Vec<&[u8]> = all.map(|c| c.message.trim_ascii()).filter(|m| !m.is_empty()).collect();
        let mut out = texts.join(&b"\n\n"[..]);
        if out.is_empty() {
            out.extend_from_slice(b"Changes without their message, which held a secret");
        }
        out.push(b'\n');
        out
    }
}
