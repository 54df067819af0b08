//! Single files of a commit, the index and the work tree, and git's user.

use super::{Blob, Content, GitError, Oid, Repo, tree};
use crate::finding::{RepoPath, printable};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// Git's mode of a regular file, without its permissions.
const FILE: u32 = 0o100_000;

impl Repo {
    /// The bytes of a commit's file, by its path from the top; `None` if the path does not exist.
    ///
    /// # Errors
    /// If the commit or one of its trees cannot be read; [`GitError::NoFile`] if the path is a link or a
    /// folder, or has more than `most` bytes.
    pub fn file_at(&self, commit: &Oid, path: &str, most: u64) -> Result<Option<Vec<u8>>, GitError> {
        let path = RepoPath::new(path);
        let Some(entry) = self.at_commit(commit, &path)? else { return Ok(None) };
        if entry.mode & 0o170_000 != FILE {
            return Err(GitError::NoFile { path, what: "a link or a folder".to_owned() });
        }
        match self.blob_within(&entry.id, most)? {
            Content::Whole(bytes) => Ok(Some(Arc::unwrap_or_clone(bytes))),
            Content::Larger(_) => {
                Err(GitError::NoFile { path, what: format!("larger than {} MB", most >> 20) })
            }
        }
    }

    /// The entry at a path of a commit. The commit's root tree is kept: a policy's files are read one after the other.
    fn at_commit(&self, commit: &Oid, path: &RepoPath) -> Result<Option<Blob>, GitError> {
        let mut last = self.root.borrow_mut();
        let root = match last.take().filter(|root| root.commit == *commit) {
            Some(root) => root,
            None => {
                let tree = self.tree_of(commit)?;
                tree::Root { commit: *commit, tree, bytes: tree::raw(self.reader(), &tree)? }
            }
        };
        let root = last.insert(root);
        tree::lookup_in(self.reader(), &root.tree, &root.bytes, path.as_bytes())
    }

    /// The paths and blobs of all files of this name in a tree, in order.
    ///
    /// # Errors
    /// When a tree cannot be read.
    pub fn files_named(&self, tree: &Oid, name: &str) -> Result<Vec<(Vec<u8>, Oid)>, GitError> {
        let is_named = |path: &[u8]| path.rsplit(|b| *b == b'/').next() == Some(name.as_bytes());
        let all = tree::flatten(self.reader(), tree)?.into_iter();
        Ok(all.filter(|(path, _)| is_named(path)).map(|(path, blob)| (path, blob.id)).collect())
    }

    /// The blob staged for a file of the work tree; `None` if nothing is staged for it.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn staged_blob(&self, file: &Path) -> Result<Option<Oid>, GitError> {
        let (Some(top), Some(name)) = (self.work_dir(), file.file_name()) else { return Ok(None) };
        let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (Ok(folder), Ok(top)) = (folder.canonicalize(), top.canonicalize()) else { return Ok(None) };
        let Ok(path) = folder.join(name).strip_prefix(&top).map(repo_path) else { return Ok(None) };
        let all = self.reader().index_against(None)?;
        Ok(all
            .into_iter()
            .find(|d| d.path == path)
            .and_then(|d| d.new)
            .filter(|b| !b.is_gitlink())
            .map(|b| b.id))
    }

    /// Returns whether the index has this blob, given as hex.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn tracks(&self, id: &str) -> Result<bool, GitError> {
        let all = self.reader().index_against(None)?;
        Ok(all.iter().any(|d| d.new.is_some_and(|b| b.id.to_string() == id)))
    }

    /// The object id that the file's bytes would have in this repository. No filter is run.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn hash_file(&self, file: &Path) -> Result<Oid, GitError> {
        let is_sha256 = self.config_value("extensions.objectformat")?.is_some_and(|v| v == "sha256");
        let id = blob_id(file, if is_sha256 { 64 } else { 40 });
        let shown = printable(file.as_os_str().as_encoded_bytes());
        let id = id.map_err(|e| GitError::Other(format!("cannot read {shown}: {e}")))?;
        Oid::from_hex(id.as_bytes())
            .ok_or_else(|| GitError::Other(format!("{shown} changed while it was read")))
    }

    /// Git's user as `Name <mail>`, from its environment, else its configuration.
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

/// The object id that the file's bytes would have as a blob, in this many hex digits: 40 for SHA-1, 64 for SHA-256.
///
/// # Errors
/// If the file cannot be read.
pub fn blob_id(file: &Path, digits: usize) -> io::Result<String> {
    fn hash<D: Digest>(mut file: File) -> io::Result<String> {
        let mut hash = D::new();
        hash.update(format!("blob {}\0", file.metadata()?.len()));
        let mut buffer = vec![0; 64 << 10];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(data_encoding::HEXLOWER.encode(&hash.finalize())),
                n => hash.update(&buffer[..n]),
            }
        }
    }
    let file = File::open(file)?;
    if digits == 64 { hash::<Sha256>(file) } else { hash::<Sha1>(file) }
}

/// A path below the top of the work tree, as git writes it.
#[cfg(unix)]
fn repo_path(path: &Path) -> RepoPath {
    RepoPath::new(path.as_os_str().as_encoded_bytes())
}

#[cfg(not(unix))]
fn repo_path(path: &Path) -> RepoPath {
    RepoPath::new(path.to_string_lossy().replace('\\', "/"))
}
