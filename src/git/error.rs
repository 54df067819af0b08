//! What can go wrong between git and us, each with a remedy.

use crate::finding::RepoPath;

/// Git's data could not be read. Every case means "could not check": exit 2.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// Not inside a repository, or one that cannot be opened.
    #[error("cannot open the repository: {0}")]
    Open(String),
    /// An object that should be there is not, or is broken.
    #[error("cannot read {what} {id}: {why}")]
    Object {
        /// blob, tree, commit or tag.
        what: &'static str,
        /// Its id, or the path that names it.
        id: String,
        /// In git's words.
        why: String,
    },
    /// Changed paths that were not considered.
    #[error("{} changed path(s) were not read, the first: {}", .0.len(), .0.first().map_or_else(String::new, ToString::to_string))]
    Unread(Vec<RepoPath>),
    /// Anything else that libgit2 or git says.
    #[error("{0}")]
    Other(String),
}

impl GitError {
    /// What a person can do about it, one line.
    pub fn help(&self) -> &'static str {
        match self {
            GitError::Open(_) => "run it inside a git work tree; `git status` tells more",
            GitError::Object { .. } => {
                "run `git fsck`; in a partial clone `git fetch --refetch` brings missing objects"
            }
            GitError::Unread(_) => "run `stanch scan PATH` on them, and please report this",
            GitError::Other(_) => "run `git status` and `git fsck`",
        }
    }
}

impl From<git2::Error> for GitError {
    fn from(e: git2::Error) -> Self {
        GitError::Other(e.message().to_owned())
    }
}
