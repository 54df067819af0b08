//! Asks the remote where its branches are now, and fetches commits that this clone lacks.
//!
//! Missing commits are fetched by id; then the history of a shallow clone is deepened until no commit of the range
//! could be an old one.

use super::{Finder, Found, dedup};
use crate::ci::event::What;
use crate::ci::vars;
use crate::error::Error;
use crate::finding::printable;
use crate::git::{Depth, GitError, Oid, Outgoing, RemoteRefs, Repo, ask_remote, fetch};

/// Commits to deepen a shallow clone by in each step, and the total so far. After the last step everything is
/// fetched.
const STEPS: [(u32, u32); 3] = [(50, 50), (150, 200), (800, 1000)];

impl Finder<'_> {
    fn tell(&self, what: &str) {
        (self.options.tell)(what);
    }

    /// Returns whether an object is in this clone.
    pub(super) fn here(&self, id: Oid) -> Result<bool, Error> {
        Ok(self.repo.kind(&id)?.is_some())
    }

    /// The newest commit of a branch of the remote: as the remote says now, else as this clone has it.
    pub(super) fn branch(&mut self, name: &str, ask: bool) -> Result<Option<Oid>, Error> {
        if ask
            && let Some(id) = self.ask(&[name]).and_then(|refs| refs.branch(name))
            && self.bring(id)?
        {
            return Ok(Some(id));
        }
        let Some(remote) = &self.remote else { return Ok(None) };
        Ok(self.repo.resolve(&format!("refs/remotes/{remote}/{name}"))?)
    }

    /// The name of the default branch.
    pub(super) fn default_name(&mut self, ask: bool) -> Result<Option<String>, Error> {
        if let Some(name) = &self.event.default {
            return Ok(Some(name.clone()));
        }
        if ask && let Some(name) = self.ask(&[]).and_then(|refs| refs.default) {
            return Ok(Some(vars::branch(&name, "the remote's HEAD")?));
        }
        Ok(self.remote.as_deref().and_then(|remote| self.repo.default_branch_here(remote)))
    }

    /// Asks the remote once for the branches that the event names. `None` if it may not be contacted or does
    /// not answer.
    fn ask(&mut self, more: &[&str]) -> Option<RemoteRefs> {
        let remote = self.remote.clone().filter(|_| self.options.fetch)?;
        let known = self.asked.as_ref();
        let enough = known
            .is_some_and(|a| a.as_ref().is_none_or(|refs| more.iter().all(|n| refs.branch(n).is_some())));
        if !enough {
            let mut names: Vec<&str> = more.to_vec();
            names.extend(self.event.default.as_deref());
            names.extend(self.event.bases.iter().filter_map(|base| match &base.what {
                What::Branch(name) => Some(name.as_str()),
                _ => None,
            }));
            if let Some(Some(RemoteRefs { default: Some(name), .. })) = known {
                names.push(name);
            }
            let names = dedup(&names);
            let answer = ask_remote(&remote, &names);
            if let Err(e) = &answer {
                self.tell(&format!("{remote} cannot be asked: {e}"));
                self.refused = Some(e.to_string());
            }
            self.asked = Some(answer.ok());
        }
        self.asked.clone().flatten()
    }

    /// Fetches a missing commit; returns whether it is here now.
    pub(super) fn bring(&mut self, id: Oid) -> Result<bool, Error> {
        if self.here(id)? {
            return Ok(true);
        }
        let Some(remote) = self.remote.clone().filter(|_| self.options.fetch) else { return Ok(false) };
        self.tell(&format!("fetching {} from {}", id.short(), printable(remote.as_bytes())));
        match fetch(&remote, &[id], Depth::Named, self.repo.is_shallow()?) {
            Ok(()) => self.repo = Repo::open_from_env()?,
            Err(e) => {
                self.tell(&format!("{} cannot be fetched: {e}", id.short()));
                self.refused = Some(e.to_string());
            }
        }
        self.here(id)
    }

    /// The commits of the range, once more history could not change them.
    pub(super) fn settle(&mut self, head: Oid, name: &str, bases: &[Found]) -> Result<Outgoing, Error> {
        let all: Vec<Oid> = bases.iter().map(|base| base.id).collect();
        let required: Vec<Oid> = bases.iter().filter(|base| !base.extra).map(|base| base.id).collect();
        let mut steps = STEPS.iter().map(|(by, of)| (Depth::Deepen(*by), format!("to {of} commits")));
        let mut last = Some((Depth::All, "to the whole history".to_owned()));
        loop {
            let sent = self.repo.since(head, name, &all)?;
            if self.repo.is_settled(&sent.commits, &required)? {
                return Ok(sent);
            }
            let remote = self.remote.clone().filter(|_| self.options.fetch);
            let (Some(remote), Some((depth, shown))) = (remote, steps.next().or_else(|| last.take())) else {
                return Err(self.lacks("this clone is shallow, and the range goes on where its history ends"));
            };
            self.tell(&format!("the range goes on where this shallow clone ends: fetching history, {shown}"));
            let wanted: Vec<Oid> = std::iter::once(head).chain(required.iter().copied()).collect();
            let by_id = fetch(&remote, &wanted, depth, true);
            // A server may refuse ids that no ref names.
            if let Err(e) = by_id.or_else(|_: GitError| fetch(&remote, &[], depth, true)) {
                self.tell(&format!("no more history can be fetched: {e}"));
                self.refused = Some(e.to_string());
                return Err(self.lacks("this clone is shallow, and the range goes on where its history ends"));
            }
            self.repo = Repo::open_from_env()?;
        }
    }
}
