//! Checks an object's files before libgit2 reads it. libgit2 trusts a pack's index and reads past the end of a pack
//! if an offset points there. It follows circular deltas for ever, and waits for ever for the rest of a truncated
//! loose object (1.9.7: `git_packfile_unpack_header`, `pack_dependency_chain`, `git_zstream_get_output`).

use super::files::{self, Files};
use super::idx::Id;
use super::inflate::Inflater;
use super::loose;
use super::pack::Chain;
use crate::git::{GitError, Oid};
use flate2::read::ZlibDecoder;
use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The result of the check.
#[derive(Debug, Clone, Copy)]
pub(in crate::git) struct Seen {
    /// True if a file has the object.
    pub(in crate::git) is_here: bool,
    /// True if libgit2 may read it, or report it as missing.
    pub(in crate::git) is_safe: bool,
    /// True if it may be in a file that is not opened here.
    pub(in crate::git) is_elsewhere: bool,
}

/// The object files of a repository, examined but not read.
pub(in crate::git) struct Check {
    common_dir: PathBuf,
    files: Arc<OnceLock<Files>>,
    inflater: RefCell<Option<Inflater>>,
}

impl Check {
    pub(in crate::git) fn new(common_dir: &Path) -> Check {
        Check { common_dir: common_dir.to_owned(), files: Arc::default(), inflater: RefCell::new(None) }
    }

    /// Opens another handle, for another thread.
    pub(in crate::git) fn reopen(&self) -> Check {
        Check { files: Arc::clone(&self.files), ..Check::new(&self.common_dir) }
    }

    /// Checks an object's files.
    ///
    /// # Errors
    /// On circular deltas, and on an object that is in no file while a pack is damaged, because the object may
    /// have been there.
    pub(in crate::git) fn look(&self, oid: &Oid) -> Result<Seen, GitError> {
        let mut seen = Seen { is_here: false, is_safe: false, is_elsewhere: true };
        let Ok(id) = Id::try_from(oid.as_bytes()) else { return Ok(seen) };
        let files = self.files.get_or_init(|| Files::open(&self.common_dir));
        let mut inflater = self.inflater.borrow_mut();
        let inflater = inflater.get_or_insert_with(Inflater::new);
        (seen.is_safe, seen.is_elsewhere) = (files.are_whole(), files.partly);
        let chains = files.packs.iter().filter_map(|pack| Some(pack.chain(pack.find(&id)?, inflater)));
        for chain in chains {
            seen.is_here = true;
            seen.is_safe &= chain == Chain::Whole;
            if chain == Chain::Endless {
                return Err(files::endless(oid));
            }
        }
        for dir in &files.dirs {
            let unpacked = match File::open(loose::file(dir, &id)) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                Err(e) => Err(e),
                Ok(file) => io::copy(&mut ZlibDecoder::new(file), &mut io::sink()),
            };
            seen.is_here = true;
            seen.is_safe &= unpacked.is_ok();
        }
        if !seen.is_here {
            files.none_damaged()?;
        }
        Ok(seen)
    }

    /// The error for a missing object that must be here.
    pub(in crate::git) fn missing(&self, oid: &Oid) -> GitError {
        self.files.get_or_init(|| Files::open(&self.common_dir)).missing(oid)
    }
}
