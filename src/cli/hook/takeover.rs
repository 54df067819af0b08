//! Commits that a branch takes over from another one on the server.
//!
//! They came in by the policy of the other branch. A branch that loosened itself would let a secret in, and the default
//! branch would take it over unread. So what enters a branch is judged by that branch's policy, also when another ref has
//! it already, if the two policies differ. What passed is remembered (`passed`), so that a merge is read once.

use crate::error::Error;
use crate::git::{ObjectKind, Oid, Outgoing, RefUpdate, Repo};
use crate::policy::load::policy_id;
use crate::policy::passed::{Judgement, Passed, PolicyId};
use std::collections::HashSet;
use std::path::PathBuf;

const BRANCHES: &[u8] = b"refs/heads/";
/// Places at which a branch met the default branch that are looked at.
const MOST_MEETINGS: usize = 64;

/// What is read of a push, and the policy that it is judged by.
pub(super) struct Entering {
    /// The commits to read, parents before children.
    pub(super) commits: Vec<Oid>,
    /// The policy.
    pub(super) policy: PolicyId,
}

/// What these updates bring to their branches: all that is new to the server (`sent`), and what other refs have that
/// these branches' policy has not judged. `branch` is the tip whose policy judges them; none for the default branch's.
pub(super) fn entering(
    repo: &Repo,
    own: &[PathBuf],
    branch: Option<Oid>,
    updates: &[RefUpdate],
    sent: &Outgoing,
) -> Result<Entering, Error> {
    let default = repo.head()?;
    let policy = policy_id(repo, branch.or(default).as_ref(), own)?;
    // A branch that is new has no policy of its own, and what is on the server may have any name there. The default
    // branch is another matter: what makes it enters it.
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
    // What is on the server is older than what comes now.
    commits.extend(&sent.commits);
    Ok(Entering { commits, policy })
}

/// Of commits that other refs have, those that this policy has not judged.
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
    // What was there before this was remembered was judged, if at all, by the policy of the ref that has it.
    if passed.dropped || !left.iter().any(|id| passed.of(id, policy) == Judgement::Nothing) {
        return Ok(left);
    }
    let default = policy_id(repo, repo.head()?.as_ref(), own)?;
    let mut alike = hidden.to_vec();
    for (name, id) in repo.refs()? {
        let of_ref = match name.starts_with(BRANCHES) {
            // A broken ref vouches for nothing.
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

/// Returns whether a branch has the policy that the default branch had where the two parted: it made none of its own, and
/// only lags behind. What the default branch has is then no stranger to it.
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
