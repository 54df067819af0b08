//! The lock for changing files of the work tree, held by one process at a time.
//!
//! Two processes that read, add and write at the same time would each lose the other's additions.

use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::shown_path;
use crate::git::Repo;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Held from reading a file until it is written.
#[derive(Debug)]
pub(crate) struct Editor {
    folder: PathBuf,
    _lock: File,
}

impl Editor {
    /// Waits for other processes, for a few seconds at most.
    pub(crate) fn of(repo: &Repo) -> Result<Editor, Error> {
        let folder = repo.git_dir().join("stanch");
        let path = folder.join("edit.lock");
        let lock = || {
            disk::make_folder(&folder, Links::Refuse)?;
            let mut options = OpenOptions::new();
            let file = disk::open_with(options.write(true).create(true), &path, Links::Refuse)?;
            disk::lock(&file).map(|()| file)
        };
        let lock = lock().map_err(Error::io(format!("cannot lock {}", shown_path(&path))))?;
        clear(&folder);
        Ok(Editor { folder, _lock: lock })
    }

    /// The folder for new content until it replaces a file.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Removes what processes killed more than a day ago left, which may be a whole file of the work tree.
fn clear(folder: &Path) {
    let day = Duration::from_secs(24 * 60 * 60);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let age = entry.metadata().and_then(|m| m.modified()).ok().and_then(|t| t.elapsed().ok());
        if disk::is_leftover(&entry.file_name().to_string_lossy()) && age > Some(day) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
