//! `stanch uninstall`: takes stanch's hooks away and puts back, byte for byte, what was there before.

use super::config_hooks::{self, Scope};
use super::git_command::shown;
use super::hooks_dir::Place;
use super::install::{exists, hook_text, is_same_hook};
use super::{everywhere, shim};
use crate::disk;
use crate::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `stanch uninstall`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What `stanch install --global` did
    #[arg(long, conflicts_with = "system")]
    global: bool,
    /// What `stanch install --system` did
    #[arg(long)]
    system: bool,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let scope = match (args.global, args.system) {
        (true, _) => Some(Scope::Global),
        (_, true) => Some(Scope::System),
        _ => None,
    };
    let lines = if let Some(scope) = scope {
        everywhere::uninstall(scope)?
    } else {
        let here = std::env::current_dir().map_err(Error::io("the working directory"))?;
        let place = Place::of(&here)?
            .ok_or_else(|| Error::Usage("not in a git repository: run it inside of one".to_owned()))?;
        // A folder that is shared is not this repository's to change.
        let mut lines = if place.owns_hooks() { restore(&place.hooks)? } else { Vec::new() };
        if !lines.is_empty() {
            // Installing may have made the folder. One with anything in it stays.
            let _ = fs::remove_dir(&place.hooks);
        }
        let configured = config_hooks::unset(&place.git, Scope::Local)?;
        lines.extend(configured.iter().map(|e| format!("{e:<16} removed from .git/config")));
        lines
    };
    let mut out = super::out::stdout();
    let head = if lines.is_empty() { "no hook of stanch's is here" } else { "hooks" };
    writeln!(out, "stanch: {head}")
        .and_then(|()| lines.iter().try_for_each(|l| writeln!(out, "  {l}")))
        .map_err(Error::io("standard output"))?;
    Ok(0)
}

/// Takes our files out of a hooks folder and puts back what they kept; gives a line to tell for each.
pub(super) fn restore(hooks: &Path) -> Result<Vec<String>, Error> {
    if !hooks.is_dir() {
        return Ok(Vec::new());
    }
    let _lock = disk::lock_folder(hooks).map_err(Error::io(shown(hooks)))?;
    let mut told = Vec::new();
    // A framework may have renamed ours; what it says in the file counts.
    for (name, path) in files(hooks)? {
        // A copy that never got its place, when an installation was killed, kept nothing.
        if disk::is_leftover(&name) {
            fs::remove_file(&path).map_err(Error::io(shown(&path)))?;
            continue;
        }
        let Some(event) = hook_text(&path).and_then(|text| shim::event(&text)) else {
            continue;
        };
        let kept = hooks.join(format!("{event}.{}", shim::KEPT));
        let in_place = name != event && is_same_hook(&kept, &hooks.join(&event));
        let done = if exists(&kept) && !in_place {
            if kept.is_dir() {
                fs::remove_file(&path).map_err(Error::io(shown(&path)))?;
            }
            // A rename takes the place of our file in one step: at no moment is there no hook.
            fs::rename(&kept, &path).map_err(Error::io(shown(&kept)))?;
            "removed; the hook from before is back"
        } else {
            fs::remove_file(&path).map_err(Error::io(shown(&path)))?;
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
            fs::remove_file(&kept).map_err(Error::io(shown(&kept)))?;
            "the hook from before is back already".to_owned()
        } else if exists(&path) {
            format!("left alone: not stanch's; the hook from before is kept as {}", shown(&kept))
        } else {
            // Not known to be from here: it does not become a hook unasked.
            let (kept, path) = (shown(&kept), shown(&path));
            format!("left alone: no hook of stanch's kept {kept}; to use it: mv {kept} {path}")
        };
        told.push(format!("{event:<16} {done}"));
    }
    Ok(told)
}

/// The files of a hooks folder by name, in order.
fn files(hooks: &Path) -> Result<Vec<(String, PathBuf)>, Error> {
    let mut out = Vec::new();
    for entry in fs::read_dir(hooks).map_err(Error::io(shown(hooks)))? {
        let entry = entry.map_err(Error::io(shown(hooks)))?;
        out.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    out.sort();
    Ok(out)
}
