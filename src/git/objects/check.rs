//! What must hold before libgit2 reads an object. It passes over a pack that contradicts its index, follows deltas that
//! lead back to themselves for ever, and waits for ever for the rest of a loose object that was cut off (1.9.7:
//! `git_zstream_get_output`).

use super::files::{self, Files};
use super::idx::Id;
use super::inflate::Inflater;
use super::loose;
use crate::git::{GitError, Oid};
use flate2::read::ZlibDecoder;
use std::cell::RefCell;
use std::fs::File;
use std::io;
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

    /// Returns whether the file of a loose object can be unpacked to its end. True for one that has no file.
    pub(in crate::git) fn is_whole(&self, oid: &Oid) -> bool {
        let Ok(id) = Id::try_from(oid.as_bytes()) else { return true };
        self.files().dirs.iter().all(|dir| match File::open(loose::file(dir, &id)) {
            Ok(file) => io::copy(&mut ZlibDecoder::new(file), &mut io::sink()).is_ok(),
            Err(e) => e.kind() == io::ErrorKind::NotFound,
        })
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
