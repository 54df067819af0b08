//! What the next commit will record, against all of its parents.

use super::Oid;
use crate::finding::RepoPath;

/// A blob in the index or a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blob {
    /// Its id.
    pub id: Oid,
    /// Git's mode: 0o100644, 0o100755, 0o120000 (symlink), 0o160000 (gitlink).
    pub mode: u32,
}

/// A path that gets new content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path in the new version.
    pub path: RepoPath,
    /// The new content.
    pub new: Blob,
    /// The former content, one a parent, in order; a root commit has none.
    pub former: Vec<Former>,
    /// The path itself is new: its name is to be scanned too.
    pub new_name: bool,
}

/// What one parent has in place of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Former {
    /// Nothing: every line is new against this parent.
    Absent,
    /// This blob, at the same path or one that it was renamed from.
    Blob(Oid),
}
