//! Single files of a commit, and who commits here.

use super::{GitError, Oid, Repo};
use crate::finding::RepoPath;

/// Git's mode of a regular file, without its permissions.
const FILE: u32 = 0o100_000;

impl Repo {
    /// The bytes of a file of a commit, by its path from the top; `None` when there is no such file, or a link or a
    /// folder in its place, or when it has more than `most` bytes.
    ///
    /// # Errors
    /// When the commit or one of its trees cannot be read.
    pub fn file_at(&self, commit: &Oid, path: &str, most: u64) -> Result<Option<Vec<u8>>, GitError> {
        let tree = self.commit(commit)?.tree;
        match self.at_path(&tree, &RepoPath::new(path))? {
            Some(entry) if entry.mode & 0o170_000 == FILE && self.blob_size(&entry.id)? <= most => {
                Ok(Some(self.blob(&entry.id)?))
            }
            _ => Ok(None),
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
