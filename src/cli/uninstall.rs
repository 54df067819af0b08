//! `stanch uninstall`: removes stanch's hooks and restores, byte for byte, what was there before.

use crate::error::Error;
use crate::hooks::file::remove_copy;
use crate::hooks::git_config::{self, ConfigScope};
use crate::hooks::global;
use crate::hooks::location::HooksLocation;
use crate::hooks::uninstall::restore;
use std::fs;
use std::io::Write;

/// Arguments of `stanch uninstall`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Undo `stanch install --global`
    #[arg(long, conflicts_with = "system")]
    global: bool,
    /// Undo `stanch install --system`
    #[arg(long)]
    system: bool,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let scope = match (args.global, args.system) {
        (true, _) => Some(ConfigScope::Global),
        (_, true) => Some(ConfigScope::System),
        _ => None,
    };
    let lines = if let Some(scope) = scope {
        global::uninstall(scope)?
    } else {
        let here = std::env::current_dir().map_err(Error::io("the working directory"))?;
        let place = HooksLocation::of(&here)?
            .ok_or_else(|| Error::Usage("not in a git repository: run it inside of one".to_owned()))?;
        // A shared folder is not this repository's to change.
        let mut lines = if place.owns_hooks() { restore(&place.hooks)? } else { Vec::new() };
        if !lines.is_empty() {
            // Installing may have made the folder. It stays if anything is in it.
            let _ = fs::remove_dir(&place.hooks);
        }
        if !lines.is_empty() && remove_copy(&place.common) {
            lines.push("the copy of the program is removed".to_owned());
        }
        let configured = git_config::unset(&place.git, ConfigScope::Local)?;
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
