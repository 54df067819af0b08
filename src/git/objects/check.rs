//! What must hold before libgit2 reads an object: it passes over a pack that contradicts its index, and follows deltas
//! that lead back to themselves for ever.

use super::files::{self, Files};
use super::idx::Id;
use super::inflate::Inflater;
use crate::git::{GitError, Oid};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The object files of a repository, looked at and not read.
pub(in crate::git) struct Check {
    common_dir: PathBuf,
    files: Arc<OnceLock<Files>>,
    inflater: RefCell<Option<Inflater>>,
}

impl Check {
    pub(in crate::git) fn new(common_dir: &Path) -> Check {
        Check { common_dir: common_dir.to_owned(), files: Arc::default(), inflater: RefCell::new(None) }
    }

    /// Another handle, for another thread.
    pub(in crate::git) fn reopen(&self) -> Check {
        Check { files: Arc::clone(&self.files), ..Check::new(&self.common_dir) }
    }

    /// An error if the deltas of an object have no end.
    pub(in crate::git) fn has_end(&self, oid: &Oid) -> Result<(), GitError> {
        let Ok(id) = Id::try_from(oid.as_bytes()) else { return Ok(()) };
        let mut inflater = self.inflater.borrow_mut();
        let inflater = inflater.get_or_insert_with(Inflater::new);
        match self.files().find(&id, 0) {
            Some((number, offset)) if !self.files().packs[number].has_end(offset, inflater) => {
                Err(files::endless(oid))
            }
            _ => Ok(()),
        }
    }

    /// An error if an object that was not found may be in a damaged pack; otherwise whether only git can tell that it
    /// is not here.
    pub(in crate::git) fn only_git_can_tell(&self) -> Result<bool, GitError> {
        self.files().none_damaged()?;
        Ok(self.files().partly)
    }

    /// Why an object that must be here is not.
    pub(in crate::git) fn missing(&self, oid: &Oid) -> GitError {
        self.files().missing(oid)
    }

    fn files(&self) -> &Files {
        self.files.get_or_init(|| Files::open(&self.common_dir))
    }
}
