//! The files that git tracks in a folder, whatever repository the folder belongs to.

use super::{GitError, process};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The paths that the index has under a folder, from that folder; none outside of a repository.
///
/// # Errors
/// When there is a repository and its index cannot be read.
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

/// Through libgit2; `None` where it opened another repository than git would.
fn in_process(here: &Path) -> Result<Option<Vec<PathBuf>>, git2::Error> {
    let none: [&OsStr; 0] = [];
    let repo = git2::Repository::open_ext(here, git2::RepositoryOpenFlags::empty(), none)?;
    let Some(top) = repo.workdir().and_then(|top| top.canonicalize().ok()) else { return Ok(None) };
    let Ok(prefix) = here.strip_prefix(&top) else { return Ok(None) };
    let index = repo.index()?;
    let paths = index.iter().map(|entry| process::path(&entry.path));
    Ok(Some(paths.filter_map(|path| path.strip_prefix(prefix).map(Path::to_owned).ok()).collect()))
}
