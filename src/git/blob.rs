//! A blob of the index or a tree, and a path at which two of them differ.

use super::Oid;
use crate::finding::RepoPath;

/// A blob in the index or a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Blob {
    /// Its id.
    pub id: Oid,
    /// Git's mode: 0o100644, 0o100755, 0o120000 (symlink), 0o160000 (gitlink).
    pub mode: u32,
}

impl Blob {
    /// Returns whether this is a submodule's commit, which is not an object of this repository.
    pub fn is_gitlink(&self) -> bool {
        self.mode == 0o160_000
    }
}

/// One path that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// The path.
    pub path: RepoPath,
    /// The old blob; `None` if the path is new.
    pub old: Option<Blob>,
    /// The new blob; `None` if the path was removed.
    pub new: Option<Blob>,
}
