//! The right to change files of the work tree, which one process has at a time.
//!
//! Two that read, add and write at once would each lose what the other added.

use super::git_command::shown;
use crate::disk::{self, Links};
use crate::error::Error;
use crate::git::Repo;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

/// Held from reading a file to writing it.
#[derive(Debug)]
pub(super) struct Editor {
    folder: PathBuf,
    _lock: File,
}

impl Editor {
    /// Waits for other processes, a few seconds at most.
    pub(super) fn of(repo: &Repo) -> Result<Editor, Error> {
        let folder = repo.git_dir().join("stanch");
        let path = folder.join("edit.lock");
        let lock = || {
            fs::create_dir_all(&folder)?;
            let mut options = OpenOptions::new();
            let file = disk::open_with(options.write(true).create(true), &path, Links::Refuse)?;
            disk::lock(&file).map(|()| file)
        };
        let lock = lock().map_err(Error::io(format!("cannot lock {}", shown(&path))))?;
        Ok(Editor { folder, _lock: lock })
    }

    /// The folder for content that is not in its place yet.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}
