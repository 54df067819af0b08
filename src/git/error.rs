//! Errors in reading git's data, each with a remedy.

use super::Oid;
use crate::finding::{RepoPath, printable, shown_path};
use std::borrow::Cow;
use std::path::PathBuf;

/// Git's data could not be read. Every case means "could not check": exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// Not inside a repository, or one that cannot be opened.
    #[error("cannot open the repository: {0}")]
    Open(String),
    /// The repository belongs to another user, and git's configuration does not name it as safe.
    #[error("the repository belongs to another user: {0}")]
    Owner(String),
    /// The index cannot be read.
    #[error("cannot read the index: {0}")]
    Index(String),
    /// A git command failed, with its message.
    #[error("git said: {0}")]
    Refused(String),
    /// No git program was found.
    #[error("git cannot be run: it is not on the PATH")]
    NoGit,
    /// Objects that are not in this clone.
    #[error("{} object(s) are not in this clone, the first: {}", .0.len(), .0.first().map_or_else(String::new, ToString::to_string))]
    Missing(Vec<Oid>),
    /// A revision that does not exist.
    #[error("{0} names no commit here")]
    NoRevision(String),
    /// An object that is broken or of the wrong kind.
    #[error("cannot read {what} {id}: {why}")]
    Object {
        /// blob, tree, commit or tag.
        what: &'static str,
        /// Its id.
        id: String,
        /// In git's words.
        why: String,
    },
    /// A pack that contradicts its index, or an index that contradicts itself.
    #[error("the pack {} is damaged: {why}", shown_path(.path))]
    Pack {
        /// The pack's file.
        path: PathBuf,
        /// What is wrong.
        why: &'static str,
    },
    /// The record of the remotes' addresses cannot be read or written.
    #[error("cannot use {}: {why}", shown_path(.path))]
    Record {
        /// The file.
        path: PathBuf,
        /// The system's message, or what is wrong with the record.
        why: String,
    },
    /// A remote that is not configured.
    #[error("there is no remote {}", printable(.0.as_bytes()))]
    NoRemote(String),
    /// A remote changed its address, and too many commits are new to it to scan them all.
    #[error("{commits} commits count as new for {remote}, whose address changed; over {most} are not read")]
    TooManyCommits {
        /// The remote's name.
        remote: String,
        /// How many there are.
        commits: usize,
        /// The limit.
        most: usize,
    },
    /// Changed paths that were not scanned.
    #[error("{} changed path(s) were not read, the first: {}", .0.len(), .0.first().map_or_else(String::new, ToString::to_string))]
    Unread(Vec<RepoPath>),
    /// A path in more folders than git itself allows by default.
    #[error("a path is nested in {folders} folders; over {most} are not read")]
    Deep {
        /// How many there are.
        folders: usize,
        /// The limit.
        most: usize,
    },
    /// A path with an unresolved conflict.
    #[error("{0} has an unresolved merge conflict")]
    Unmerged(RepoPath),
    /// A commit's path that is not a usable file.
    #[error("{path} is {what}")]
    NoFile {
        /// The path.
        path: RepoPath,
        /// "a link or a folder".
        what: String,
    },
    /// Any other message of libgit2 or git.
    #[error("{0}")]
    Other(String),
}

impl GitError {
    /// A broken object.
    pub(super) fn object(what: &'static str, id: &Oid, why: impl Into<String>) -> GitError {
        GitError::Object { what, id: id.to_string(), why: why.into() }
    }

    /// Another user's repository, from libgit2's sentence, which ends in `'PATH' is not owned by current user`.
    pub(super) fn owner(message: &str) -> GitError {
        let path = message.split('\'').rev().nth(1).unwrap_or(message);
        GitError::Owner(path.trim_end_matches('/').to_owned())
    }

    /// The remedy for a person, in one line.
    pub fn help(&self) -> Cow<'static, str> {
        match self {
            GitError::Open(_) => "run it inside a git work tree; `git status` tells more".into(),
            GitError::Owner(path) => {
                format!("if you trust it: git config --global --add safe.directory '{path}'").into()
            }
            GitError::Missing(ids) => {
                let ids: Vec<String> = ids.iter().take(3).map(ToString::to_string).collect();
                format!(
                    "`git fetch origin {}` brings them, `git fetch --refetch --no-filter` all; `git fsck` tells more",
                    ids.join(" ")
                )
                .into()
            }
            GitError::NoRevision(_) => {
                "`git fetch` may bring it; a shallow clone needs `git fetch --unshallow` (`fetch-depth: 0` in GitHub Actions)".into()
            }
            GitError::Index(_) => {
                "run `git status`; a broken index is replaced by `rm .git/index && git reset`".into()
            }
            GitError::NoGit => "install git, or put it on the PATH".into(),
            GitError::Object { .. } => "run `git fsck`".into(),
            GitError::Pack { .. } => {
                "run `git fsck`; `git index-pack PACK` writes the index of a pack that is whole, a fresh clone brings all".into()
            }
            GitError::Record { path, .. } => format!(
                "`rm '{}'` forgets it, `stanch remote trust NAME` writes it again",
                shown_path(path)
            )
            .into(),
            GitError::NoRemote(_) => "`git remote -v` lists them".into(),
            GitError::TooManyCommits { remote, commits, .. } => format!(
                "when it has all that {remote} had: `git fetch --prune {remote}`, then `stanch remote trust {remote}`; \
                 to read it all: `git -c stanch.pushCommits={commits} push`"
            )
            .into(),
            GitError::Unread(_) => "run `stanch scan PATH` on them, and please report this".into(),
            GitError::Deep { .. } => "move its files up: no folder of a work tree can be so deep".into(),
            GitError::NoFile { .. } => "put a plain file there".into(),
            GitError::Unmerged(_) => "resolve it, `git add` it, and try again".into(),
            GitError::Other(_) | GitError::Refused(_) => "run `git status` and `git fsck`".into(),
        }
    }
}

impl From<git2::Error> for GitError {
    fn from(e: git2::Error) -> Self {
        GitError::Other(e.message().to_owned())
    }
}

/// Turns "missing" and "of another kind" into `None`.
pub(super) fn here<T>(read: Result<T, GitError>) -> Result<Option<T>, GitError> {
    match read {
        Ok(t) => Ok(Some(t)),
        Err(GitError::Missing(_) | GitError::Object { .. }) => Ok(None),
        Err(e) => Err(e),
    }
}
