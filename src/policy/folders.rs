//! Files of configuration in folders below the top of a repository.
//!
//! Each may tighten what holds in its folder. What it loosens counts where the file at the top names the folder, and a
//! floor holds it as it holds the rest. They are read when there is a finding below them: a check without one reads none.

use super::rule_files::read_below;
use crate::error::Error;
use crate::git::{Oid, Repo};
use crate::policy::files::{self, Text};
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The files of a repository's folders, read when they are needed, and what is made of each (`L`).
pub(crate) struct Folders<L> {
    /// The top of the work tree, if its files count.
    top: Option<PathBuf>,
    /// The commit whose files count.
    commit: Option<Oid>,
    repo: OnceLock<Option<Mutex<Repo>>>,
    levels: Mutex<HashMap<String, Arc<Vec<Arc<L>>>>>,
    /// What a person must know of the files.
    notes: Mutex<BTreeSet<String>>,
}

impl<L> fmt::Debug for Folders<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Folders")
            .field("top", &self.top)
            .field("commit", &self.commit)
            .finish_non_exhaustive()
    }
}

impl<L> Folders<L> {
    pub(crate) fn new(top: Option<PathBuf>, commit: Option<Oid>) -> Folders<L> {
        let (repo, levels, notes) = (OnceLock::new(), Mutex::default(), Mutex::default());
        Folders { top, commit, repo, levels, notes }
    }

    /// The same files for another policy.
    pub(super) fn fresh(&self) -> Folders<L> {
        Folders::new(self.top.clone(), self.commit)
    }

    /// What was made of the files that hold in a folder, from the outermost.
    pub(super) fn made(&self, folder: &str) -> Option<Arc<Vec<Arc<L>>>> {
        self.levels.lock().unwrap_or_else(PoisonError::into_inner).get(folder).cloned()
    }

    /// Keeps what was made of them; another thread may have been first.
    pub(super) fn keep(&self, folder: &str, levels: Arc<Vec<Arc<L>>>) -> Arc<Vec<Arc<L>>> {
        let mut all = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(folder.to_owned()).or_insert(levels))
    }

    /// The file of a folder as it counts now and as it is committed.
    pub(super) fn texts(&self, path: &str) -> (Text, Text) {
        let committed = self.known(self.committed(path));
        let here = match &self.top {
            Some(top) => self.known(read_below(top, path)),
            None => committed.clone(),
        };
        (here, committed)
    }

    /// What a person must know of the files, as far as they were read.
    pub(super) fn notes(&self) -> Vec<String> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// The text, if it can be read; otherwise a note says why not.
    fn known(&self, text: Result<Text, Error>) -> Text {
        text.unwrap_or_else(|e| {
            self.note(format!("{e}; until it is fixed, nothing in it counts"));
            None
        })
    }

    pub(super) fn note(&self, note: String) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).insert(note);
    }

    fn committed(&self, path: &str) -> Result<Text, Error> {
        let Some(commit) = &self.commit else { return Ok(None) };
        let repo = self.repo.get_or_init(|| Repo::open_from_env().ok().map(Mutex::new));
        let Some(repo) = repo else { return Ok(None) };
        let repo = repo.lock().unwrap_or_else(PoisonError::into_inner);
        files::committed(&repo, commit, path)
    }
}
