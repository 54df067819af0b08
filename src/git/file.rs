//! Single files of a commit, and who commits here.

use super::{GitError, Oid, Repo};
use crate::finding::RepoPath;

/// Git's mode of a regular file, without its permissions.
const FILE: u32 = 0o100_000;

impl Repo {
    /// The bytes of a file of a commit, by its path from the top; `None` when there is nothing.
    ///
    /// # Errors
    /// When the commit or one of its trees cannot be read; [`GitError::NoFile`] when a link or a folder is there, or more
    /// than `most` bytes.
    pub fn file_at(&self, commit: &Oid, path: &str, most: u64) -> Result<Option<Vec<u8>>, GitError> {
        let tree = self.commit(commit)?.tree;
        let path = RepoPath::new(path);
        match self.at_path(&tree, &path)? {
            None => Ok(None),
            Some(entry) if entry.mode & 0o170_000 != FILE => {
                Err(GitError::NoFile { path, what: "a link or a folder".to_owned() })
            }
            Some(entry) if self.blob_size(&entry.id)? > most => {
                Err(GitError::NoFile { path, what: format!("larger than {} MB", most >> 20) })
            }
            Some(entry) => Ok(Some(self.blob(&entry.id)?)),
        }
    }

    /// Who commits here: `Name <mail>`, from git's environment, else its configuration.
    pub fn user(&self) -> Option<String> {
        let config = self.backend().config().ok()?;
        let get = |var: &str, key: &str| {
            let set = || config.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v.clone());
            std::env::var(var).ok().filter(|v| !v.is_empty()).or_else(set)
        };
        let mail = get("GIT_AUTHOR_EMAIL", "user.email")?;
        let name = get("GIT_AUTHOR_NAME", "user.name");
        Some(name.map_or_else(|| mail.clone(), |name| format!("{name} <{mail}>")))
    }
}
