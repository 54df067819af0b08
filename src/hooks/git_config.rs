//! Hooks in git's configuration (git 2.54 and later): `hook.NAME.command` and `hook.NAME.event`.
//!
//! They leave the hooks folder and `core.hooksPath` to whatever uses them. An older git silently ignores the
//! settings, so the version is checked before they are written and before they are relied on.

use super::git::Git;
use super::managers::calls_us;
use crate::error::Error;
use std::path::{Path, PathBuf};

/// The first git that runs hooks from its configuration.
pub(crate) const SINCE: (u32, u32) = (2, 54);

/// The scope of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConfigScope {
    /// This repository's.
    Local,
    /// This user's.
    Global,
    /// This machine's.
    System,
}

impl ConfigScope {
    /// Git's option for it.
    pub(crate) fn option(self) -> &'static str {
        match self {
            ConfigScope::Local => "--local",
            ConfigScope::Global => "--global",
            ConfigScope::System => "--system",
        }
    }
}

/// A hook in git's configuration that runs stanch.
#[derive(Debug)]
pub(crate) struct Configured {
    /// Its name.
    pub(crate) name: String,
    /// local, global, system or command.
    pub(crate) scope: String,
    /// The command that git runs.
    pub(crate) command: String,
    /// True if `hook.NAME.enabled` or `hook.EVENT.enabled` disables it.
    pub(crate) off: bool,
}

/// The message if git is too old for hooks in its configuration.
pub(crate) fn too_old((major, minor): (u32, u32)) -> String {
    let (a, b) = SINCE;
    format!(
        "git {major}.{minor} passes over hooks in its configuration without a word: {a}.{b} or later knows them"
    )
}

/// The name for an event's settings; git does not allow an event's own name.
fn name(event: &str) -> String {
    format!("stanch-{event}")
}

/// The command for an event. Git appends the hook's arguments.
pub(crate) fn command(event: &str, program: &Path) -> String {
    format!("{} hook {event}", super::shim::quoted(program))
}

/// Writes the settings of an event.
pub(crate) fn set(git: &Git, scope: ConfigScope, event: &str, program: &Path) -> Result<(), Error> {
    let key = |k: &str| format!("hook.{}.{k}", name(event));
    let pairs = [(key("command"), command(event, program)), (key("event"), event.to_owned())];
    for (key, value) in pairs {
        git.must(&["config", scope.option(), "--replace-all", &key, &value])?;
    }
    Ok(())
}

/// Removes the settings of every event; returns the events.
pub(crate) fn unset(git: &Git, scope: ConfigScope) -> Result<Vec<String>, Error> {
    let found = git.answer(&[
        "config",
        scope.option(),
        "-z",
        "--name-only",
        "--get-regexp",
        r"^hook\.stanch-.*\.command$",
    ])?;
    let mut events = Vec::new();
    for key in found.unwrap_or_default().split(|b| *b == 0) {
        let key = String::from_utf8_lossy(key);
        let Some(event) = key.strip_prefix("hook.stanch-").and_then(|k| k.strip_suffix(".command")) else {
            continue;
        };
        git.must(&["config", scope.option(), "--remove-section", &format!("hook.{}", name(event))])?;
        events.push(event.to_owned());
    }
    Ok(events)
}

impl Configured {
    /// The program that the command names by its absolute path.
    pub(crate) fn program(&self) -> Option<PathBuf> {
        let (path, _) = self.command.strip_prefix('\'')?.split_once("' hook ")?;
        Some(PathBuf::from(path.replace(r"'\''", "'")))
    }
}

/// The configured hook that runs stanch at an event: as git lists it or, if git is too old for such hooks, as it is
/// written.
pub(crate) fn find(git: &Git, event: &str) -> Result<Option<Configured>, Error> {
    if git.version()? < SINCE {
        let written =
            git.answer(&["config", "-z", "--get-regexp", r"^hook\..*\.command$"])?.unwrap_or_default();
        return Ok(written.split(|b| *b == 0).find_map(|entry| {
            let entry = String::from_utf8_lossy(entry);
            let (key, command) = entry.split_once('\n')?;
            let name = key.strip_prefix("hook.")?.strip_suffix(".command")?.to_owned();
            let scope = "written".to_owned();
            calls_us(command, event).then(|| Configured {
                name,
                scope,
                command: command.to_owned(),
                off: true,
            })
        }));
    }
    let listed = git.answer(&["hook", "list", "-z", "--show-scope", event])?.unwrap_or_default();
    let mut best = None;
    for line in listed.split(|b| *b == 0) {
        let line = String::from_utf8_lossy(line).into_owned();
        let fields: Vec<&str> = line.split('\t').collect();
        // "SCOPE NAME", or "SCOPE disabled NAME"; a file of the hooks folder has neither.
        let (scope, name, off) = match fields.as_slice() {
            [scope, name] => (*scope, *name, false),
            [scope, _, name] => (*scope, *name, true),
            _ => continue,
        };
        let Some(command) = git.answer(&["config", "--get", &format!("hook.{name}.command")])? else {
            continue;
        };
        let command = String::from_utf8_lossy(&command).into_owned();
        if calls_us(&command, event) && (best.is_none() || !off) {
            best = Some(Configured { name: name.to_owned(), scope: scope.to_owned(), command, off });
        }
    }
    Ok(best)
}
