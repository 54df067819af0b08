//! Decides on a commit that git makes without a hook of stanch: what is staged there, and what the command stages first.

use super::{Judge, Ruling};
use crate::agent::message;
use crate::agent::shell::Commit;
use crate::check::{Checker, staged};
use crate::config::{AgentAction, AgentEvent};
use crate::error::Error;
use crate::finding::{Fingerprint, shown_path};
use crate::git::{GitError, Repo};
use crate::hooks::location::HooksLocation;
use crate::hooks::{shim, status};
use crate::policy::Action;
use crate::scan;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The event of git at which stanch judges a commit.
const EVENT: &str = "pre-commit";
/// Time for one commit; the hosts wait 30 s and more.
const TIME: Duration = Duration::from_secs(10);

impl Judge<'_> {
    /// Decides on a commit. One of a repository in which git runs stanch is left to that.
    pub(super) fn commit(&self, commit: &Commit) -> Ruling {
        let is_off = self.policy(AgentEvent::Command) == AgentAction::Allow;
        // A clone that the command makes itself is not there yet.
        if is_off || !commit.dir.is_dir() || std::env::set_current_dir(&commit.dir).is_err() {
            return Ruling::allow();
        }
        let ruling = self.commit_here(commit);
        // The rulings on the rest of the command do not depend on it.
        let _ = std::env::set_current_dir(&self.dir);
        ruling
    }

    fn commit_here(&self, commit: &Commit) -> Ruling {
        let unread = |why: &str| {
            let place = self.checker.screen().text(&shown_path(&commit.dir));
            self.unread(AgentEvent::Command, &message::unread_commit(&place, why))
        };
        let repo = match Repo::open_from_env() {
            Ok(repo) => repo,
            // Git makes no commit there either.
            Err(GitError::Open(_)) => return Ruling::allow(),
            Err(why) => return unread(&why.to_string()),
        };
        match runs_stanch(&repo, &commit.dir) {
            Ok(true) => return Ruling::allow(),
            Ok(false) => {}
            Err(why) => return unread(&why.to_string()),
        }
        if commit.other_index {
            return unread("it takes another index");
        }
        let checker = match Checker::of_repo(&repo, &[]) {
            Ok(checker) => checker.in_hook(),
            Err(why) => return unread(&why.to_string()),
        };
        let deadline = Instant::now() + TIME;
        let Some(done) = scan::within(Some(deadline), || staged::staged(&repo, &checker)) else {
            return unread("it is too large to be judged in time");
        };
        let decision = match done {
            Ok(decision) if decision.is_incomplete() => return unread("a part of it cannot be read"),
            Ok(decision) => decision,
            Err(why) => return unread(&why.to_string()),
        };
        let mut blocked = decision.findings;
        blocked.retain(|d| d.action == Action::Block);
        let there = Judge {
            repo: Some(&repo),
            checker: &checker,
            dir: commit.dir.clone(),
            session: self.session.clone(),
            powers: self.powers,
        };
        if let Some(top) = repo.work_dir().filter(|_| commit.all || !commit.paths.is_empty()) {
            let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
            let paths: Vec<PathBuf> = commit.paths.iter().map(real).collect();
            let goes_along = |path: &str, is_new: bool| {
                commit.all && !is_new || paths.iter().any(|named| top.join(path).starts_with(named))
            };
            let most = checker.most_bytes();
            let read = || there.changed_files(&top, most, goes_along, usize::MAX);
            let Some(changed) = scan::within(Some(deadline), read) else {
                return unread("it is too large to be judged in time");
            };
            if changed.is_partial {
                return unread("a part of it cannot be read");
            }
            let known: HashSet<Fingerprint> = blocked.iter().map(|d| d.finding.fingerprint).collect();
            blocked.extend(changed.blocked.into_iter().filter(|d| !known.contains(&d.finding.fingerprint)));
        }
        there.ruling(AgentEvent::Command, &blocked, |found| {
            message::commit(&checker.screen(), &shown_path(&commit.dir), found)
        })
    }
}

/// Returns whether git runs stanch when it commits here.
///
/// # Errors
/// If git cannot be run, or does not know the folder.
fn runs_stanch(repo: &Repo, dir: &Path) -> Result<bool, Error> {
    // The ordinary case costs no process: a hook file of ours in the place where git looks by default.
    let hook = repo.common_dir().join("hooks").join(EVENT);
    if repo.config_value("core.hookspath")?.is_none() && shim::is_whole_at(&hook) {
        return Ok(true);
    }
    let place = HooksLocation::of(dir)?;
    place.map_or(Ok(false), |place| Ok(status::state(&place, EVENT)?.in_force))
}
