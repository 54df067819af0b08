//! A fix for a blocked push that keeps the work: if the newest commit is clean, the outgoing commits can become
//! one.

use super::exposure;
use crate::error::Error;
use crate::finding::{RepoPath, SourceKind};
use crate::git::{Commit, Content, Oid, Outgoing, Repo};
use crate::policy::{Action, Decision, Squash};
use crate::text::encoding;
use std::collections::HashSet;

/// Bytes of the largest file that is read.
const LARGEST: u64 = 16 << 20;

/// Returns whether the outgoing commits are the line that this commit ends, without a merge.
pub(crate) fn is_linear(repo: &Repo, sent: &Outgoing, tip: Option<Oid>) -> Result<bool, Error> {
    Ok(below(repo, sent, tip)?.is_some())
}

/// The commit below the outgoing ones (`None` if the first has no parent) and how many they are, if they are the line
/// that `tip` ends.
fn below(repo: &Repo, sent: &Outgoing, tip: Option<Oid>) -> Result<Option<(Option<Oid>, usize)>, Error> {
    let outgoing: HashSet<Oid> = sent.commits.iter().copied().collect();
    let mut commits = 0;
    let Line::Base(base) = line(repo, &outgoing, tip, &mut |_| commits += 1)? else { return Ok(None) };
    Ok((commits > 0 && commits == outgoing.len()).then_some((base, commits)))
}

/// Where a line of commits ends.
pub(super) enum Line {
    /// Above this commit; `None` if the oldest has no parent.
    Base(Option<Oid>),
    /// At this merge.
    Merge(Oid),
}

/// Gives the outgoing commits of the line that `tip` ends to `each`, the newest first.
pub(super) fn line(
    repo: &Repo,
    outgoing: &HashSet<Oid>,
    tip: Option<Oid>,
    each: &mut dyn FnMut(Commit),
) -> Result<Line, Error> {
    let mut at = tip;
    while let Some(id) = at.filter(|id| outgoing.contains(id)) {
        let commit = repo.commit(&id)?;
        at = match commit.parents[..] {
            [] => None,
            [parent] => Some(parent),
            _ => return Ok(Line::Merge(id)),
        };
        each(commit);
    }
    Ok(Line::Base(at))
}

/// Returns whether a tree has a value at this path. A file that is too large to be read counts as if it had.
pub(super) fn has_value(repo: &Repo, tree: &Oid, path: &RepoPath, value: &[u8]) -> Result<bool, Error> {
    let Some(blob) = repo.at_path(tree, path)?.filter(|b| !b.is_gitlink()) else { return Ok(false) };
    Ok(match repo.blob_within(&blob.id, LARGEST)? {
        Content::Whole(bytes) => memchr::memmem::find(&encoding::decode(&bytes).0, value).is_some(),
        Content::Larger(_) => true,
    })
}

/// Returns the commit onto which the outgoing ones can be squashed. `None` if `tip` still has a secret, a merge lies
/// in between, something other than its own line is pushed, or there is nothing to squash.
pub(crate) fn find(
    repo: &Repo,
    sent: &Outgoing,
    decision: &Decision,
    tip: Option<Oid>,
) -> Result<Option<Squash>, Error> {
    let Some(head) = tip.filter(|_| decision.blocks()) else { return Ok(None) };
    let Some((Some(at), commits)) = below(repo, sent, Some(head))?.filter(|(_, commits)| *commits > 1) else {
        return Ok(None);
    };
    let tree = repo.tree_of(&head)?;
    for d in decision.with(Action::Block) {
        if d.finding.source.kind != SourceKind::Commit {
            return Ok(None);
        }
        let Some(value) = exposure::value(repo, &d.finding)? else { return Ok(None) };
        if has_value(repo, &tree, &d.finding.source.path, &value)? {
            return Ok(None);
        }
    }
    Ok(Some(Squash { base: at.to_string(), commits }))
}
