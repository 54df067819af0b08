//! A fix for a blocked push that keeps the work: if the newest commit is clean, the outgoing commits can become
//! one.

use super::exposure;
use crate::error::Error;
use crate::finding::SourceKind;
use crate::git::{Content, Oid, Outgoing, Repo};
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
    let (mut at, mut commits) = (tip, 0);
    while let Some(id) = at.filter(|id| outgoing.contains(id)) {
        commits += 1;
        at = match repo.commit(&id)?.parents[..] {
            [] => None,
            [parent] => Some(parent),
            _ => return Ok(None),
        };
    }
    Ok((commits > 0 && commits == outgoing.len()).then_some((at, commits)))
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
    let tree = repo.commit(&head)?.tree;
    for d in decision.with(Action::Block) {
        if d.finding.source.kind != SourceKind::Commit {
            return Ok(None);
        }
        let Some(value) = exposure::value(repo, &d.finding)? else { return Ok(None) };
        let Some(blob) = repo.at_path(&tree, &d.finding.source.path)?.filter(|b| !b.is_gitlink()) else {
            continue;
        };
        match repo.blob_within(&blob.id, LARGEST)? {
            Content::Whole(bytes) if memchr::memmem::find(&encoding::decode(&bytes).0, &value).is_none() => {}
            _ => return Ok(None),
        }
    }
    Ok(Some(Squash { base: at.to_string(), commits }))
}
