//! Writes hook files into a repository's own hooks folder.

use crate::disk::{self, Beside, Links, Mode};
use crate::error::Error;
use crate::finding::shown_path;
use crate::hooks::file::{exists, hook_text, is_executable, is_same_hook};
use crate::hooks::location::HooksLocation;
use crate::hooks::{managers, shim, status};
use std::fs;
use std::path::Path;

/// Writes the hook files; returns one line to print for each.
pub(crate) fn install(
    place: &HooksLocation,
    events: &[String],
    program: &Path,
) -> Result<Vec<String>, Error> {
    let folder = || Error::io(shown_path(&place.hooks));
    disk::make_folder(&place.hooks, Links::Follow).map_err(folder())?;
    let _lock = disk::lock_folder(&place.hooks).map_err(folder())?;
    // Before anything is written, so that a refusal changes nothing.
    events.iter().try_for_each(|e| has_room(&place.hooks, e))?;
    events
        .iter()
        .map(|e| install_file(&place.hooks, Some(place), e, program).map(|done| format!("{e:<16} {done}")))
        .collect()
}

/// Writes one hook file; `place` is the repository that owns the folder, if there is one.
pub(crate) fn install_file(
    hooks: &Path,
    place: Option<&HooksLocation>,
    event: &str,
    program: &Path,
) -> Result<String, Error> {
    let path = hooks.join(event);
    let kept = hooks.join(format!("{event}.{}", shim::KEPT));
    let text = shim::text(event, program, place.and_then(HooksLocation::real_top).as_deref());
    let chain = |verb: &str| format!("{verb}{}", shim::beside_kept(hooks, event));
    has_room(hooks, event)?;
    let mut verb = "installed";
    if exists(&path) {
        // An unreadable file (a dangling link) is not ours: it is kept as it is.
        let found = hook_text(&path).unwrap_or_default();
        if shim::is_ours(&found) {
            verb = if found == text.as_bytes() && is_executable(&path) {
                return Ok(chain("already there"));
            } else {
                "renewed"
            };
        } else if let Some(place) = place
            && let state = status::state(place, event)?
            && state.in_force
        {
            return Ok(format!("in force already: {}", state.why));
        } else {
            keep(&path, &kept)?;
        }
    }
    disk::replace(&path, text.as_bytes(), Mode::Executable, Beside::File)
        .map_err(Error::io(shown_path(&path)))?;
    Ok(chain(verb))
}

/// The error if a hook file of ours would not last, or would affect more than this repository; says what to do
/// instead.
pub(crate) fn refusal(place: &HooksLocation, events: &[String]) -> Option<String> {
    let hook = |e: &String| hook_text(&place.hooks.join(e)).unwrap_or_default();
    let manager =
        events.iter().find_map(|e| managers::of(&String::from_utf8_lossy(&hook(e))).filter(|m| m.rewrites));
    let set = place
        .hooks_path
        .as_ref()
        .map_or_else(String::new, |s| format!("; core.hooksPath = {}", s.describe()));
    if let Some(manager) = manager {
        let name = manager.name;
        let lines = manager.lines(events);
        return Some(format!("{name} writes the hooks here{set}\n  add to {name}'s own files:{lines}"));
    }
    if place.owns_hooks() {
        return None;
    }
    let folder = shown_path(&place.hooks);
    let (whose, or) = if place.hooks_in_work_tree() {
        ("files of the work tree, shared with everyone", "")
    } else {
        let wide =
            place.hooks_path.as_ref().is_some_and(|s| ["global", "system"].contains(&s.scope.as_str()));
        let or =
            if wide { "run `stanch install --global --by files`, or " } else { "take the setting away, or " };
        ("in a folder of their own", or)
    };
    let lines: Vec<String> =
        events.iter().map(|e| format!("\n    {folder}/{e}:  stanch hook {e} \"$@\" || exit")).collect();
    Some(format!(
        "the hooks here are {whose}{set}\n  {or}add the line to each (a new file starts with #!/bin/sh and is \
         executable):{}",
        lines.concat()
    ))
}

pub(crate) fn name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Refuses what cannot be kept and restored: a folder or a FIFO in place of a hook, and a kept hook that stanch did
/// not keep.
fn has_room(hooks: &Path, event: &str) -> Result<(), Error> {
    let path = hooks.join(event);
    if path.metadata().is_ok_and(|m| !m.is_file()) {
        let path = shown_path(&path);
        return Err(Error::Usage(format!(
            "{path} is not a file, so not a hook; move it away, then install again"
        )));
    }
    let kept = hooks.join(format!("{event}.{}", shim::KEPT));
    if !exists(&path) && exists(&kept) && !hook_text(&kept).is_some_and(|t| shim::is_from_install(&t)) {
        return Err(Error::Usage(format!(
            "{} is there, and no hook of stanch's that kept it; to use it: mv {0} {}; else remove it; then install again",
            shown_path(&kept),
            shown_path(&path)
        )));
    }
    Ok(())
}

/// Keeps a hook beside ours. It stays in place until ours replaces it, so there is always a hook.
fn keep(path: &Path, kept: &Path) -> Result<(), Error> {
    if exists(kept) {
        if !is_same_hook(path, kept) {
            return Err(Error::Usage(format!(
                "{} is not stanch's and {} is there from before: something replaced stanch's hook; put aside \
                 the one that is not needed, then install again",
                shown_path(path),
                name(kept)
            )));
        }
        // Already kept, if an installation was killed or a manager rewrote its hook.
        fs::remove_file(kept).map_err(Error::io(shown_path(kept)))?;
    }
    // Not every file system has hard links.
    fs::hard_link(path, kept).or_else(|_| fs::rename(path, kept)).map_err(Error::io(shown_path(path)))
}
