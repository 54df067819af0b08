//! `--repos`: the repositories to scan, and their names in the report.

use crate::error::Error;
use crate::finding::shown_path;
use crate::sort;
use std::fs;
use std::path::{Path, PathBuf};

/// Levels of folders that are searched for repositories.
const DEEPEST: usize = 8;

/// A repository and its name: as in the list, or its path in the folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) path: PathBuf,
}

/// The repositories that a file lists, one a line, or that are in a folder.
///
/// # Errors
/// If it cannot be read, or names none.
pub(super) fn listed(from: &Path) -> Result<Vec<Listed>, Error> {
    let fail = || Error::io(format!("cannot read {}", shown_path(from)));
    let from_here = from.canonicalize().map_err(fail())?;
    let mut all = if from_here.is_dir() {
        in_folder(&from_here)?
    } else {
        let text = fs::read(&from_here).map_err(fail())?;
        let text = String::from_utf8(text)
            .map_err(|_| Error::Usage(format!("{} is no list in UTF-8", shown_path(from))))?;
        let folder = from_here.parent().unwrap_or(Path::new(""));
        let lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
        lines
            .map(|l| Listed {
                name: l.trim_matches('/').trim_start_matches("./").to_owned(),
                path: folder.join(l),
            })
            .collect()
    };
    sort::by(&mut all, |a, b| a.name.cmp(&b.name));
    all.dedup_by(|a, b| a.name == b.name);
    if all.is_empty() {
        let from = shown_path(from);
        return Err(Error::Usage(format!(
            "no repository is in {from}: name a folder with repositories, or a file with a path a line"
        )));
    }
    Ok(all)
}

/// Returns whether a folder is the top of a repository, bare or not.
pub(super) fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists()
        || folder.join("HEAD").is_file() && folder.join("objects").is_dir() && folder.join("refs").is_dir()
}

fn in_folder(top: &Path) -> Result<Vec<Listed>, Error> {
    let (mut out, mut todo) = (Vec::new(), vec![(top.to_owned(), 0)]);
    while let Some((folder, depth)) = todo.pop() {
        if is_repository(&folder) {
            let inside = folder.strip_prefix(top).unwrap_or(&folder);
            let name = match inside.to_string_lossy().replace('\\', "/") {
                name if name.is_empty() => ".".to_owned(),
                name => name,
            };
            out.push(Listed { name, path: folder });
            continue;
        }
        if depth == DEEPEST {
            continue;
        }
        let fail = || Error::io(format!("cannot read {}", shown_path(&folder)));
        for entry in fs::read_dir(&folder).map_err(fail())? {
            let entry = entry.map_err(fail())?;
            if entry.file_type().map_err(fail())?.is_dir() {
                todo.push((entry.path(), depth + 1));
            }
        }
    }
    Ok(out)
}
