//! `stanch install --global` and `--system`: every repository of a person or a machine.
//!
//! This affects more than one repository, so the plan is printed first and carried out only with `--yes`. From git
//! 2.54 on it only writes settings; before that it sets `core.hooksPath`, with files that still run each
//! repository's own hooks.

use super::file::{exists, hook_text};
use super::git::{Git, to_path};
use super::git_config::{self, ConfigScope};
use super::install::install_file;
use super::shim;
use super::uninstall::restore;
use crate::config;
use crate::disk::{self, Beside, Links, Mode};
use crate::error::Error;
use crate::finding::shown_path;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Runs the repository's own hook; used for kept hooks and for the events without a check.
const PASS: &str = r#"#!/bin/sh
# Written by `stanch install`: runs the repository's own hook, which core.hooksPath leads git past.
event=${0##*/}
own=$(git rev-parse --git-common-dir)/hooks/${event%.stanch-kept}
[ ! -f "$own" ] || [ ! -x "$own" ] || exec "$own" "$@"
"#;

/// Events whose hooks would be lost. Not included: those whose mere presence changes what git does
/// (push-to-checkout, proc-receive), and reference-transaction, which runs several times per commit.
const EVENTS: &[&str] = &[
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-push",
    "pre-receive",
    "update",
    "post-receive",
    "post-update",
    "pre-auto-gc",
    "post-rewrite",
    "sendemail-validate",
    "post-index-change",
];

/// How the hooks are installed.
#[derive(Debug)]
enum InstallMethod {
    /// As settings.
    Config,
    /// As files in a folder of ours, with `core.hooksPath` set to it.
    OwnFolder(PathBuf),
    /// As files in the folder that `core.hooksPath` already names.
    TheirFolder(PathBuf),
}

/// Installs for a scope, or prints what it would do.
pub(crate) fn install(
    scope: ConfigScope,
    config: Option<bool>,
    yes: bool,
    events: &[String],
    program: &Path,
    out: &mut dyn Write,
) -> Result<u8, Error> {
    let here = std::env::current_dir().map_err(Error::io("the working directory"))?;
    let git = Git::at(here);
    let way = way(&git, scope, config)?;
    let told = || Error::io("standard output");
    if !yes {
        plan(&way, scope, events, program, out).map_err(told())?;
        return Ok(0);
    }
    match &way {
        InstallMethod::Config => {
            for event in events {
                git_config::set(&git, scope, event, program)?;
                writeln!(out, "  {event:<16} set in the {} configuration", word(scope)).map_err(told())?;
            }
        }
        InstallMethod::TheirFolder(dir) | InstallMethod::OwnFolder(dir) => {
            let own = matches!(way, InstallMethod::OwnFolder(_));
            disk::make_folder(dir, Links::Follow).map_err(Error::io(shown_path(dir)))?;
            let _lock = disk::lock_folder(dir).map_err(Error::io(shown_path(dir)))?;
            for event in EVENTS.iter().filter(|_| own) {
                let kept = events.iter().any(|e| e == event);
                let path = if kept { dir.join(format!("{event}.stanch-kept")) } else { dir.join(event) };
                // A hook that a person put there stays.
                if !exists(&path) || hook_text(&path).is_some_and(|t| shim::is_from_install(&t)) {
                    disk::replace(&path, PASS.as_bytes(), Mode::Executable, Beside::File)
                        .map_err(Error::io(shown_path(&path)))?;
                }
            }
            for event in events {
                let done = install_file(dir, None, event, program)?;
                writeln!(out, "  {event:<16} {done}").map_err(told())?;
            }
            if own {
                git.must(&["config", scope.option(), "core.hooksPath", &dir.to_string_lossy()])?;
                writeln!(out, "  core.hooksPath = {} ({})", shown_path(dir), word(scope)).map_err(told())?;
            }
        }
    }
    Ok(0)
}

/// Removes everything of a scope; returns one line to print for each change.
pub(crate) fn uninstall(scope: ConfigScope) -> Result<Vec<String>, Error> {
    let here = std::env::current_dir().map_err(Error::io("the working directory"))?;
    let git = Git::at(here);
    let mut told: Vec<String> = git_config::unset(&git, scope)?
        .into_iter()
        .map(|e| format!("{e:<16} removed from the {} configuration", word(scope)))
        .collect();
    let (set, own) = (hooks_path(&git, scope)?, own_folder(scope));
    // A killed run may have left the folder without the setting.
    let Some(dir) = set.clone().or_else(|| own.clone().filter(|dir| dir.is_dir())) else {
        return Ok(told);
    };
    if Some(&dir) == own.as_ref() {
        // The setting goes first: git must not be led to a folder that is half removed.
        if set.is_some() {
            git.must(&["config", scope.option(), "--unset", "core.hooksPath"])?;
            told.push(format!("core.hooksPath   removed from the {} configuration", word(scope)));
        }
        for event in EVENTS {
            for path in [dir.join(event), dir.join(format!("{event}.stanch-kept"))] {
                if hook_text(&path).is_some_and(|t| is_pass(&t)) {
                    fs::remove_file(&path).map_err(Error::io(shown_path(&path)))?;
                }
            }
        }
        told.extend(restore(&dir)?);
        // Anything else that a person put there stays.
        let _ = fs::remove_dir(&dir);
    } else {
        told.extend(restore(&dir)?);
    }
    Ok(told)
}

/// Returns whether a file only runs the repository's own hook, in this version's form or an older one's.
fn is_pass(text: &[u8]) -> bool {
    shim::is_from_install(text) && !shim::is_ours(text)
}

fn way(git: &Git, scope: ConfigScope, config: Option<bool>) -> Result<InstallMethod, Error> {
    let (major, minor) = git.version()?;
    let knows = (major, minor) >= git_config::SINCE;
    if config == Some(true) && !knows {
        return Err(Error::Usage(git_config::too_old((major, minor))));
    }
    if config.unwrap_or(knows) {
        return Ok(InstallMethod::Config);
    }
    let ours = own_folder(scope)
        .ok_or_else(|| Error::Usage("no folder for the hooks: set HOME or XDG_CONFIG_HOME".to_owned()))?;
    match hooks_path(git, scope)? {
        Some(dir) if dir == ours => Ok(InstallMethod::OwnFolder(ours)),
        Some(dir) if dir.is_relative() => Err(Error::Usage(format!(
            "core.hooksPath is {} in the {} configuration, another folder in each repository: run `stanch install` \
             in each, or add the line to the files there",
            shown_path(&dir),
            word(scope)
        ))),
        Some(dir) => Ok(InstallMethod::TheirFolder(dir)),
        None => Ok(InstallMethod::OwnFolder(ours)),
    }
}

/// The plan: what would be done, and what it means.
fn plan(
    way: &InstallMethod,
    scope: ConfigScope,
    events: &[String],
    program: &Path,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let whose = if scope == ConfigScope::System { "this machine" } else { "yours" };
    writeln!(out, "This would guard every repository of {whose}:")?;
    match way {
        InstallMethod::Config => {
            writeln!(out, "  in the {} configuration of git, for each event:", word(scope))?;
            for event in events {
                let command = git_config::command(event, program);
                writeln!(out, "    hook.stanch-{event}.command = {command}")?;
            }
            writeln!(
                out,
                "  The hooks folder of a repository, and core.hooksPath (husky), stay as they are."
            )?;
            writeln!(
                out,
                "  Hooks of a repository's folder run after it. A git before 2.54 passes over this."
            )?;
        }
        InstallMethod::OwnFolder(dir) => {
            writeln!(out, "  write stanch's hooks into {}: {}", shown_path(dir), events.join(", "))?;
            writeln!(out, "  set core.hooksPath to it in the {} configuration of git", word(scope))?;
            writeln!(
                out,
                "  Git then takes no hook from a repository's own folder; files beside ours run those,"
            )?;
            writeln!(out, "  save for push-to-checkout, proc-receive and reference-transaction.")?;
            writeln!(out, "  A repository with a core.hooksPath of its own (husky) is not guarded by this.")?;
        }
        InstallMethod::TheirFolder(dir) => {
            writeln!(
                out,
                "  core.hooksPath is {} already: write stanch's hooks there: {}",
                shown_path(dir),
                events.join(", ")
            )?;
            writeln!(
                out,
                "  A hook that is there is kept and still runs; `stanch uninstall {}` restores it.",
                scope.option()
            )?;
        }
    }
    writeln!(out, "Nothing is done yet. To do it, add --yes")
}

/// `core.hooksPath` in one scope, with `~` expanded.
fn hooks_path(git: &Git, scope: ConfigScope) -> Result<Option<PathBuf>, Error> {
    let value = git.answer(&["config", scope.option(), "--type=path", "--get", "core.hooksPath"])?;
    Ok(value.map(|v| to_path(&v)))
}

/// Our hooks folder for a scope, beside the configuration.
fn own_folder(scope: ConfigScope) -> Option<PathBuf> {
    let file = if scope == ConfigScope::System { config::system_file() } else { config::user_file() };
    Some(file?.with_file_name("hooks"))
}

fn word(scope: ConfigScope) -> &'static str {
    scope.option().trim_start_matches('-')
}
