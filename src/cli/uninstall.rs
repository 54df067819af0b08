//! `stanch uninstall`: takes stanch's hooks away and puts back, byte for byte, what was there before.

use super::git_command::shown;
use super::hooks_dir::Place;
use super::install::exists;
use super::shim;
use crate::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;

/// Arguments of `stanch uninstall`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_: &Args) -> Result<u8, Error> {
    let here = std::env::current_dir().map_err(Error::io("the working directory"))?;
    let place = Place::of(&here)?
        .ok_or_else(|| Error::Usage("not in a git repository: run it inside of one".to_owned()))?;
    let lines = uninstall(&place.hooks)?;
    let mut out = anstream::stdout();
    let told = Error::io("standard output");
    if lines.is_empty() {
        writeln!(out, "stanch: no hook of stanch's in {}", shown(&place.hooks)).map_err(told)?;
    } else {
        writeln!(out, "stanch: hooks in {}", shown(&place.hooks))
            .and_then(|()| lines.iter().try_for_each(|l| writeln!(out, "  {l}")))
            .map_err(told)?;
    }
    Ok(0)
}

/// Takes our files out of a hooks folder; gives a line to tell for each event that was touched.
fn uninstall(hooks: &Path) -> Result<Vec<String>, Error> {
    let mut events = Vec::new();
    let Ok(entries) = fs::read_dir(hooks) else {
        return Ok(events);
    };
    for entry in entries {
        let entry = entry.map_err(Error::io(shown(hooks)))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let event = name.strip_suffix(&format!(".{}", shim::KEPT)).unwrap_or(&name).to_owned();
        let kept = event != name;
        if kept || fs::read(entry.path()).is_ok_and(|text| shim::is_ours(&text)) {
            events.push(event);
        }
    }
    events.sort();
    events.dedup();
    events.into_iter().map(|e| uninstall_one(hooks, &e).map(|done| format!("{e:<16} {done}"))).collect()
}

fn uninstall_one(hooks: &Path, event: &str) -> Result<String, Error> {
    let path = hooks.join(event);
    let kept = hooks.join(format!("{event}.{}", shim::KEPT));
    let ours = fs::read(&path).is_ok_and(|text| shim::is_ours(&text));
    if exists(&path) && !ours {
        return Ok(format!("left alone: not stanch's; the hook from before is kept as {}", shown(&kept)));
    }
    if exists(&kept) {
        // A rename takes the place of our file in one step: at no moment is there no hook.
        fs::rename(&kept, &path).map_err(Error::io(shown(&kept)))?;
        return Ok("removed; the hook from before is back".to_owned());
    }
    fs::remove_file(&path).map_err(Error::io(shown(&path)))?;
    Ok("removed".to_owned())
}
