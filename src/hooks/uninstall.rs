//! Removes hook files and restores what was there before.

use super::file::{exists, hook_text, is_same_hook};
use crate::disk;
use crate::error::Error;
use crate::finding::shown_path;
use crate::hooks::shim;
use crate::sort;
use std::fs;
use std::path::{Path, PathBuf};

/// Removes our files from a hooks folder and restores the kept ones; returns one line to print for each.
pub(crate) fn restore(hooks: &Path) -> Result<Vec<String>, Error> {
    if !hooks.is_dir() {
        return Ok(Vec::new());
    }
    let _lock = disk::lock_folder(hooks).map_err(Error::io(shown_path(hooks)))?;
    let mut told = Vec::new();
    // A framework may have renamed ours; the event in the file counts.
    for (name, path) in files(hooks)? {
        // A temporary file of a killed installation replaced nothing.
        if disk::is_leftover(&name) {
            fs::remove_file(&path).map_err(Error::io(shown_path(&path)))?;
            continue;
        }
        let Some(event) = hook_text(&path).and_then(|text| shim::event(&text)) else {
            continue;
        };
        let kept = hooks.join(format!("{event}.{}", shim::KEPT));
        let in_place = name != event && is_same_hook(&kept, &hooks.join(&event));
        let done = if exists(&kept) && !in_place {
            if kept.is_dir() {
                fs::remove_file(&path).map_err(Error::io(shown_path(&path)))?;
            }
            // A rename replaces our file in one step, so there is always a hook.
            fs::rename(&kept, &path).map_err(Error::io(shown_path(&kept)))?;
            "removed; the hook from before is back"
        } else {
            fs::remove_file(&path).map_err(Error::io(shown_path(&path)))?;
            "removed"
        };
        told.push(format!("{name:<16} {done}"));
    }
    for (name, kept) in files(hooks)? {
        let Some(event) = name.strip_suffix(&format!(".{}", shim::KEPT)) else {
            continue;
        };
        let path = hooks.join(event);
        let done = if is_same_hook(&path, &kept) {
            fs::remove_file(&kept).map_err(Error::io(shown_path(&kept)))?;
            "the hook from before is back already".to_owned()
        } else if exists(&path) {
            format!("left alone: not stanch's; the hook from before is kept as {}", shown_path(&kept))
        } else {
            // Not known to be kept by stanch: it does not become a hook unasked.
            let (kept, path) = (shown_path(&kept), shown_path(&path));
            format!("left alone: no hook of stanch's kept {kept}; to use it: mv {kept} {path}")
        };
        told.push(format!("{event:<16} {done}"));
    }
    Ok(told)
}

/// The files of a hooks folder, by name.
pub(crate) fn files(hooks: &Path) -> Result<Vec<(String, PathBuf)>, Error> {
    let mut out = Vec::new();
    for entry in fs::read_dir(hooks).map_err(Error::io(shown_path(hooks)))? {
        let entry = entry.map_err(Error::io(shown_path(hooks)))?;
        out.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    sort::by(&mut out, Ord::cmp);
    Ok(out)
}
