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
    /// A submodule's commit: not an object of this repository.
    pub fn is_gitlink(&self) -> bool {
        self.mode == 0o160_000
    }
}

/// One path that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// The path.
    pub path: RepoPath,
    /// What stood there.
    pub old: Option<Blob>,
    /// What stands there now.
    pub new: Option<Blob>,
}
