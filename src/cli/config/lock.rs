//! `stanch config update`: the lock of what a repository's configuration extends from elsewhere.

use crate::config::extends::{LOCK_FILE, Origin, lock_text};
use crate::config::{Config, ConfigError, FILE_NAME, Layer, MAX_BYTES};
use crate::error::Error;
use crate::git::{Repo, file_of};
use crate::policy::edit_lock::Editor;
use crate::policy::extends::{alone, from_elsewhere};
use crate::policy::files;
use crate::policy::rule_files::read_below;
use std::path::Path;

/// Reads the extended files, and writes the lock; returns the message.
pub(super) fn update(check: bool) -> Result<String, Error> {
    let repo = Repo::open_from_env()?;
    let top = repo.work_dir();
    let top = top.ok_or_else(|| Error::Usage(format!("a bare repository has no {FILE_NAME} to read")))?;
    let text = files::read(&top.join(FILE_NAME), FILE_NAME)?.unwrap_or_default();
    let mut read = Vec::new();
    for origin in from_elsewhere(&text, FILE_NAME, &|path| read_below(&top, path))? {
        let text = text_of(&origin, &top)?;
        // Only valid text goes into the lock: the next check would be blocked by anything else.
        alone(&text, &origin, Layer::Repository)?;
        Config::default().lay_extended(Layer::Repository, &text, &origin.to_string())?;
        read.push((origin, text));
    }
    let before = files::read(&top.join(LOCK_FILE), LOCK_FILE)?;
    let new = (!read.is_empty()).then(|| lock_text(&read));
    let is_same = before == new || new.is_none() && before.is_none();
    if check && !is_same {
        let what = "is not what `stanch config update` would write; run it, review the lock and commit it"
            .to_owned();
        return Err(ConfigError { file: LOCK_FILE.to_owned(), line: 0, what }.into());
    }
    if is_same {
        return Ok(format!("{LOCK_FILE}: {} files, unchanged\n", read.len()));
    }
    let editor = Editor::of(&repo)?;
    let text = new.unwrap_or_else(|| lock_text(&[]));
    files::write(&top, LOCK_FILE, text.as_bytes(), &editor)?;
    let list: String = read.iter().map(|(origin, _)| format!("  {origin}\n")).collect();
    Ok(format!("{LOCK_FILE}: {} files\n{list}review it, then: git add {LOCK_FILE} {FILE_NAME}\n", read.len()))
}

fn text_of(origin: &Origin, top: &Path) -> Result<String, Error> {
    let fail = |what: String| ConfigError { file: origin.to_string(), line: 0, what };
    let bytes = match origin {
        Origin::Package(path) => {
            // Package managers use links to their stores.
            let place = top.join(path).canonicalize();
            let place = place.map_err(|_| fail("is not there; install the package first".to_owned()))?;
            return match files::read(&place, &origin.to_string())? {
                Some(text) => Ok(text),
                None => Err(fail("is not there; install the package first".to_owned()).into()),
            };
        }
        Origin::Git { url, commit, path } => {
            let folder = tempfile::tempdir().map_err(Error::io("cannot make a temporary folder"))?;
            // Relative to the top, as in a git remote.
            let local = top.join(url);
            let url = if !url.contains(':') && local.exists() {
                local.to_string_lossy().into_owned()
            } else {
                url.clone()
            };
            file_of(&url, commit, path, folder.path(), MAX_BYTES as u64)
                .map_err(|e| fail(format!("cannot be fetched: {e}")))?
        }
        Origin::File(_) => return Err(fail("internal: lies here".to_owned()).into()),
    };
    String::from_utf8(bytes).map_err(|_| fail("is not UTF-8".to_owned()).into())
}
