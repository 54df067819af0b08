//! Commits that a branch takes over from another branch on the server.
//!
//! They were accepted by the other branch's policy. A branch with a looser policy would accept a secret, and the
//! default branch would take it over unread. So what enters a branch is scanned with that branch's policy, even if
//! another ref already has it, when the two policies differ. What passed is recorded (`passed`), so that a merge is
//! read once.

use crate::error::Error;
use crate::git::{ObjectKind, Oid, Outgoing, RefUpdate, Repo};
use crate::policy::load::policy_id;
use crate::policy::passed::{Judgement, Passed, PolicyId};
use std::collections::HashSet;
use std::path::PathBuf;

const BRANCHES: &[u8] = b"refs/heads/";
/// Most merge bases with the default branch that are looked at.
const MOST_MEETINGS: usize = 64;

/// What is scanned of a push, and the policy that applies.
pub(super) struct Entering {
    /// The commits to read, parents before children.
    pub(super) commits: Vec<Oid>,
    /// The policy.
    pub(super) policy: PolicyId,
}

/// What these updates bring to their branches: everything new to the server (`sent`), and commits of other refs
/// that these branches' policy has not scanned. `branch` is the tip whose policy applies; `None` for the default
/// branch's.
pub(super) fn entering(
    repo: &Repo,
    own: &[PathBuf],
    branch: Option<Oid>,
    updates: &[RefUpdate],
    sent: &Outgoing,
) -> Result<Entering, Error> {
    let default = repo.head()?;
    let policy = policy_id(repo, branch.or(default).as_ref(), own)?;
    // A new branch has no policy of its own, and commits on the server may have any name there. For a new
    // default branch, everything in it enters it.
    let first = if default.is_none() { repo.head_name() } else { None };
    let to_branch = |u: &&RefUpdate| {
        u.target.starts_with(BRANCHES) && (u.old.is_some() || first.as_ref() == Some(&u.target))
    };
    let updates: Vec<&RefUpdate> = updates.iter().filter(to_branch).collect();
    let new: Vec<Oid> = updates.iter().filter_map(|u| u.new).collect();
    let mut hidden: Vec<Oid> = updates.iter().filter_map(|u| u.old).collect();
    if let (Some(tip), Some(default)) = (branch, default)
        && (policy == policy_id(repo, Some(&default), own)? || follows(repo, own, tip, default, policy)?)
    {
        hidden.push(default);
    }
    let all = repo.between(&new, hidden.iter().copied())?;
    let fresh: HashSet<Oid> = sent.commits.iter().copied().collect();
    let taken: Vec<Oid> = all.into_iter().filter(|id| !fresh.contains(id)).collect();
    let mut commits = unjudged(repo, own, policy, taken, &new, &hidden)?;
    // Commits on the server are older than the new ones.
    commits.extend(&sent.commits);
    Ok(Entering { commits, policy })
}

/// Commits of other refs that this policy has not scanned.
fn unjudged(
    repo: &Repo,
    own: &[PathBuf],
    policy: PolicyId,
    taken: Vec<Oid>,
    new: &[Oid],
    hidden: &[Oid],
) -> Result<Vec<Oid>, Error> {
    if taken.is_empty() {
        return Ok(taken);
    }
    let passed = Passed::read(repo)?;
    let mut left = taken;
    left.retain(|id| passed.of(id, policy) != Judgement::Passed);
    // Commits from before this record existed were scanned, if at all, by the policy of the ref that has them.
    if passed.dropped || !left.iter().any(|id| passed.of(id, policy) == Judgement::Nothing) {
        return Ok(left);
    }
    let default = policy_id(repo, repo.head()?.as_ref(), own)?;
    let mut alike = hidden.to_vec();
    for (name, id) in repo.refs()? {
        let of_ref = match name.starts_with(BRANCHES) {
            // A broken ref proves nothing.
            true if repo.kind(&id)? != Some(ObjectKind::Commit) => continue,
            true => policy_id(repo, Some(&id), own)?,
            false => default,
        };
        if of_ref == policy {
            alike.push(id);
        }
    }
    let unlike: HashSet<Oid> = repo.between(new, alike)?.into_iter().collect();
    left.retain(|id| passed.of(id, policy) == Judgement::ByOthers || unlike.contains(id));
    Ok(left)
}

/// Returns whether a branch has the policy that the default branch had at their merge base: it made none of its own
/// and only lags behind. Then the default branch's policy counts for it too.
fn follows(repo: &Repo, own: &[PathBuf], tip: Oid, default: Oid, policy: PolicyId) -> Result<bool, Error> {
    let ahead = repo.between(&[tip], [default])?;
    if ahead.is_empty() {
        return Ok(true);
    }
    let of_branch: HashSet<&Oid> = ahead.iter().collect();
    let mut meetings = HashSet::new();
    for id in &ahead {
        meetings.extend(repo.commit(id)?.parents.into_iter().filter(|p| !of_branch.contains(p)));
    }
    for meeting in meetings.iter().take(MOST_MEETINGS) {
        if repo.kind(meeting)?.is_some() && policy_id(repo, Some(meeting), own)? == policy {
            return Ok(true);
        }
    }
    Ok(false)
}
