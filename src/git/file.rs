//! Single files of HEAD, and who commits here.

use super::{GitError, Repo};
use crate::finding::RepoPath;

/// Git's mode of a symbolic link.
const SYMLINK: u32 = 0o120_000;

impl Repo {
    /// The bytes of a file at HEAD, by its path from the top; `None` when HEAD has no such file, or a link or a
    /// folder in its place.
    ///
    /// # Errors
    /// When HEAD or one of its trees cannot be read.
    pub fn file_at_head(&self, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        let Some(head) = self.head()? else { return Ok(None) };
        let tree = self.commit(&head)?.tree;
        match self.at_path(&tree, &RepoPath::new(path))? {
            Some(entry) if entry.mode != SYMLINK && entry.mode & 0o170_000 == 0o100_000 => {
                Ok(Some(self.blob(&entry.id)?))
            }
            _ => Ok(None),
        }
    }

    /// Who commits here: "Name <mail>".
    pub fn user(&self) -> Option<String> {
        let config = self.backend().config().ok()?;
        let get = |key: &str| config.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
        let mail = get("user.email")?;
        Some(get("user.name").map_or_else(|| mail.to_owned(), |name| format!("{name} <{mail}>")))
    }
}
