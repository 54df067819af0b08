//! `stanch install`: makes git run stanch in this repository.
//!
//! Only the repository's own hooks folder is written to. A hook that is already there is kept beside ours, byte for
//! byte, and still runs; where `core.hooksPath` hands the hooks to someone else, the line to add there is told.

use super::config_hooks::{self, Scope};
use super::git_command::shown;
use super::hook::Name;
use super::hooks_dir::Place;
use super::{everywhere, managers, runs, shim};
use crate::disk::{self, Beside, Links, Mode};
use crate::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `stanch install`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  stanch install\n  stanch install --hooks pre-commit,pre-push\n\n\
    A hook that is already there is kept and still runs; `stanch uninstall` restores it exactly.")]
pub(super) struct Args {
    /// The hooks to install, separated by commas [default: every hook that suits the repository]
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    hooks: Vec<Name>,
    /// Every repository of yours; tells what it would do, and does it with --yes
    #[arg(long, conflicts_with = "system")]
    global: bool,
    /// Every repository on this machine; tells what it would do, and does it with --yes
    #[arg(long)]
    system: bool,
    /// Where the hooks go [default: files; with --global or --system config, where git knows it]
    #[arg(long, value_enum)]
    by: Option<By>,
    /// Do it
    #[arg(long)]
    yes: bool,
}

/// Where the hooks go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    /// Files in the hooks folder; with --global or --system in a folder that core.hooksPath names.
    Files,
    /// Settings in git's configuration (git 2.54 and later).
    Config,
}

/// Bytes of a hook that are read to tell whose it is.
const MAX_HOOK: u64 = 4 << 20;
/// The events that matter in a work tree, in the order of a day's work.
const WORK_TREE: &[&str] = &["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"];
/// The event that matters on a server.
const BARE: &[&str] = &["pre-receive"];

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let program = program()?;
    let mut out = super::out::stdout();
    let chosen: Vec<String> = args.hooks.iter().map(|n| n.as_str()).collect();
    let or = |default: Vec<String>| if chosen.is_empty() { default } else { chosen.clone() };
    if args.global || args.system {
        let scope = if args.system { Scope::System } else { Scope::Global };
        let config = args.by.map(|by| by == By::Config);
        return everywhere::install(scope, config, args.yes, &or(served(WORK_TREE)), &program, &mut out);
    }
    let here = std::env::current_dir().map_err(Error::io("the working directory"))?;
    let place = Place::of(&here)?
        .ok_or_else(|| Error::Usage("not in a git repository: run it inside of one".to_owned()))?;
    let events = or(suitable(&place));
    let lines = if args.by == Some(By::Config) {
        let version = place.git.version()?;
        if version < config_hooks::SINCE {
            return Err(Error::Usage(config_hooks::too_old(version)));
        }
        events.iter().try_for_each(|e| config_hooks::set(&place.git, Scope::Local, e, &program))?;
        events.iter().map(|e| format!("{e:<16} set in the configuration of this repository")).collect()
    } else {
        if let Some(why) = refusal(&place, &events)
            && !events.iter().all(|e| runs::state(&place, e).is_ok_and(|s| s.in_force))
        {
            return Err(Error::Usage(why));
        }
        install(&place, &events, &program)?
    };
    writeln!(out, "stanch: hooks in {}", shown(&place.hooks))
        .and_then(|()| lines.iter().try_for_each(|l| writeln!(out, "  {l}")))
        .map_err(Error::io("standard output"))?;
    Ok(0)
}

/// The events to guard in this repository, as far as this program can.
pub(super) fn suitable(place: &Place) -> Vec<String> {
    served(if place.top.is_some() { WORK_TREE } else { BARE })
}

/// Those of these events that this program knows.
fn served(events: &[&str]) -> Vec<String> {
    events.iter().filter(|e| Name::parse(e).is_some()).map(ToString::to_string).collect()
}

/// Writes the hook files; gives a line to tell for each.
pub(super) fn install(place: &Place, events: &[String], program: &Path) -> Result<Vec<String>, Error> {
    let folder = || Error::io(shown(&place.hooks));
    disk::make_folder(&place.hooks).map_err(folder())?;
    let _lock = disk::lock_folder(&place.hooks).map_err(folder())?;
    // Before anything is written: a refusal leaves all as it was.
    events.iter().try_for_each(|e| has_room(&place.hooks, e))?;
    events
        .iter()
        .map(|e| install_file(&place.hooks, Some(place), e, program).map(|done| format!("{e:<16} {done}")))
        .collect()
}

/// Refuses what cannot be kept and put back: a folder or a FIFO in a hook's place, and a kept hook that is not from
/// here.
fn has_room(hooks: &Path, event: &str) -> Result<(), Error> {
    let path = hooks.join(event);
    if path.metadata().is_ok_and(|m| !m.is_file()) {
        let path = shown(&path);
        return Err(Error::Usage(format!(
            "{path} is not a file, so not a hook; move it away, then install again"
        )));
    }
    let kept = hooks.join(format!("{event}.{}", shim::KEPT));
    if !exists(&path) && exists(&kept) && !hook_text(&kept).is_some_and(|t| shim::is_from_install(&t)) {
        return Err(Error::Usage(format!(
            "{} is there, and no hook of stanch's that kept it; to use it: mv {0} {}; else remove it; then install again",
            shown(&kept),
            shown(&path)
        )));
    }
    Ok(())
}

/// Writes one hook file; `place` is the repository whose folder it is, when it is one's own.
pub(super) fn install_file(
    hooks: &Path,
    place: Option<&Place>,
    event: &str,
    program: &Path,
) -> Result<String, Error> {
    let path = hooks.join(event);
    let kept = hooks.join(format!("{event}.{}", shim::KEPT));
    let text = shim::text(event, program);
    let chain = |verb: &str| match event {
        _ if !exists(&kept) => verb.to_owned(),
        "pre-push" | "pre-receive" => format!("{verb}; then the hook kept as {}", name(&kept)),
        _ => format!("{verb}, after the hook kept as {}", name(&kept)),
    };
    has_room(hooks, event)?;
    let mut verb = "installed";
    if exists(&path) {
        // What cannot be read (a dangling link) is not ours: it is kept as it is.
        let found = hook_text(&path).unwrap_or_default();
        if shim::is_ours(&found) {
            verb = if found == text.as_bytes() && is_executable(&path) {
                return Ok(chain("already there"));
            } else {
                "renewed"
            };
        } else if let Some(place) = place
            && let state = runs::state(place, event)?
            && state.in_force
        {
            return Ok(format!("in force already: {}", state.why));
        } else {
            keep(&path, &kept)?;
        }
    }
    disk::replace(&path, text.as_bytes(), Mode::Executable, Beside::File).map_err(Error::io(shown(&path)))?;
    Ok(chain(verb))
}

/// Keeps a hook beside ours. It stays in its place until ours takes that: at no moment is there no hook.
fn keep(path: &Path, kept: &Path) -> Result<(), Error> {
    if exists(kept) {
        if !is_same_hook(path, kept) {
            return Err(Error::Usage(format!(
                "{} is not stanch's and {} is there from before: something replaced stanch's hook; put aside \
                 the one that is not needed, then install again",
                shown(path),
                name(kept)
            )));
        }
        // Kept already, when an installation was killed or a manager wrote its hook anew.
        fs::remove_file(kept).map_err(Error::io(shown(kept)))?;
    }
    // Not every file system has hard links.
    fs::hard_link(path, kept).or_else(|_| fs::rename(path, kept)).map_err(Error::io(shown(path)))
}

/// True if both are one hook: the same text, or files that one manager generated.
pub(super) fn is_same_hook(a: &Path, b: &Path) -> bool {
    let (Some(a), Some(b)) = (hook_text(a), hook_text(b)) else { return false };
    let manager = |text: &[u8]| managers::of(&String::from_utf8_lossy(text)).map(|m| m.name);
    a == b || manager(&a).is_some_and(|name| manager(&b) == Some(name))
}

/// The text of a hook; `None` if it cannot be read as a file.
pub(super) fn hook_text(path: &Path) -> Option<Vec<u8>> {
    disk::read(path, Links::Follow, MAX_HOOK).ok()
}

/// What to do where a hook file of ours would not last, or would touch more than this repository.
fn refusal(place: &Place, events: &[String]) -> Option<String> {
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
    let folder = shown(&place.hooks);
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

/// Is anything there, be it a dangling link?
pub(super) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Would git run it?
pub(super) fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    path.is_file()
}

/// The running program, as the hook files are to name it.
pub(super) fn program() -> Result<PathBuf, Error> {
    std::env::current_exe().map_err(Error::io("the path of this program"))
}

fn name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}
