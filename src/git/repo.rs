//! An open repository.

use super::{Blob, Change, Former, GitError, Oid};
use crate::finding::RepoPath;
use crate::text::encoding;
use crate::text::lines::AddedLines;
use std::path::{Path, PathBuf};

/// An open repository. Opened in one place only, from git's own environment, so that the index that git named is
/// the index that is read.
pub struct Repo {
    inner: git2::Repository,
}

impl Repo {
    /// Opens the repository that git's environment or the working directory names.
    ///
    /// # Errors
    /// [`GitError::Open`] when there is none or it cannot be opened.
    pub fn open_from_env() -> Result<Repo, GitError> {
        let inner = git2::Repository::open_from_env().map_err(|e| GitError::Open(e.message().to_owned()))?;
        Ok(Repo { inner })
    }

    /// The git directory (of a linked worktree: its own).
    pub fn git_dir(&self) -> &Path {
        self.inner.path()
    }

    /// The git directory that worktrees share.
    pub fn common_dir(&self) -> &Path {
        self.inner.commondir()
    }

    /// The top of the work tree; none in a bare repository.
    pub fn work_dir(&self) -> Option<PathBuf> {
        self.inner.workdir().map(Path::to_owned)
    }

    /// What the next commit changes.
    ///
    /// # Errors
    /// When the index, a tree or HEAD cannot be read.
    pub fn staged(&self) -> Result<Vec<Change>, GitError> {
        let index = self.inner.index()?;
        let head = self.inner.head().ok().and_then(|h| h.peel_to_tree().ok());
        let mut options = git2::DiffOptions::new();
        options.include_typechange(true).ignore_submodules(false);
        let diff = self.inner.diff_tree_to_index(head.as_ref(), Some(&index), Some(&mut options))?;
        let mut out = Vec::new();
        for delta in diff.deltas() {
            let file = delta.new_file();
            let (Some(path), Some(id)) = (file.path_bytes(), Oid::from_bytes(file.id().as_bytes())) else {
                continue;
            };
            if delta.status() == git2::Delta::Deleted {
                continue;
            }
            let old = Oid::from_bytes(delta.old_file().id().as_bytes()).filter(|o| !o.is_zero());
            out.push(Change {
                path: RepoPath::new(path),
                new: Blob { id, mode: u32::from(file.mode()) },
                former: vec![old.map_or(Former::Absent, Former::Blob)],
                new_name: old.is_none(),
            });
        }
        Ok(out)
    }

    /// A blob's bytes.
    ///
    /// # Errors
    /// [`GitError::Object`] when it is missing or broken.
    pub fn blob(&self, id: &Oid) -> Result<Vec<u8>, GitError> {
        let fail = |e: git2::Error| GitError::Object {
            what: "blob",
            id: id.to_string(),
            why: e.message().to_owned(),
        };
        let id = git2::Oid::from_bytes(id.as_bytes()).map_err(fail)?;
        Ok(self.inner.find_blob(id).map_err(fail)?.content().to_vec())
    }

    /// The size of a blob in bytes, without reading it.
    ///
    /// # Errors
    /// [`GitError::Object`] when it is missing or broken.
    pub fn blob_size(&self, id: &Oid) -> Result<u64, GitError> {
        Ok(self.blob(id)?.len() as u64)
    }

    /// The lines of a change that no parent has. `new` is the blob as read.
    ///
    /// # Errors
    /// When a former blob cannot be read.
    pub fn added_lines(&self, change: &Change, new: &[u8]) -> Result<AddedLines, GitError> {
        let mut added = AddedLines::All;
        let new = encoding::decode(new).0;
        for former in &change.former {
            if let Former::Blob(id) = former {
                let old = self.blob(id)?;
                added = added.and(AddedLines::between(&encoding::decode(&old).0, &new));
            }
        }
        Ok(added)
    }
}
