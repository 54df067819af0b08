//! The files that git tracks in a folder, whatever repository the folder belongs to.

use super::{GitError, process};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The index's paths under a folder, relative to it; empty outside of a repository.
///
/// # Errors
/// If there is a repository and its index cannot be read.
pub fn tracked(folder: &Path) -> Result<Vec<PathBuf>, GitError> {
    let here = folder.canonicalize().map_err(|e| GitError::Other(e.to_string()))?;
    if !here.ancestors().any(|dir| dir.join(".git").symlink_metadata().is_ok()) {
        return Ok(Vec::new());
    }
    if let Ok(Some(paths)) = in_process(&here) {
        return Ok(paths);
    }
    let out = process::run_in(folder, &["ls-files", "-z"])?;
    Ok(out.split(|b| *b == 0).filter(|p| !p.is_empty()).map(process::path).collect())
}

/// The index's paths that have one of these contents, by object id in hex.
///
/// # Errors
/// If the index cannot be read.
pub fn tracked_as(folder: &Path, blobs: &[&str]) -> Result<Vec<PathBuf>, GitError> {
    let out = process::run_in(folder, &["ls-files", "-z", "--stage"])?;
    let entry = |line: &[u8]| {
        let at = line.iter().position(|b| *b == b'\t')?;
        let id = line[..at].split(|b| *b == b' ').nth(1)?;
        blobs.iter().any(|blob| blob.as_bytes() == id).then(|| process::path(&line[at + 1..]))
    };
    Ok(out.split(|b| *b == 0).filter_map(entry).collect())
}

/// Reads through libgit2; `None` if it opens another repository than git would.
fn in_process(here: &Path) -> Result<Option<Vec<PathBuf>>, git2::Error> {
    let none: [&OsStr; 0] = [];
    let repo = git2::Repository::open_ext(here, git2::RepositoryOpenFlags::empty(), none)?;
    let Some(top) = repo.workdir().and_then(|top| top.canonicalize().ok()) else { return Ok(None) };
    let Ok(prefix) = here.strip_prefix(&top) else { return Ok(None) };
    let index = repo.index()?;
    let paths = index.iter().map(|entry| process::path(&entry.path));
    Ok(Some(paths.filter_map(|path| path.strip_prefix(prefix).map(Path::to_owned).ok()).collect()))
}
