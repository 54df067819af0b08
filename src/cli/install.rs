//! `stanch install`: makes git run stanch in this repository.
//!
//! Only the repository's own hooks folder is written to. An existing hook is kept beside ours, byte for byte, and
//! still runs. If `core.hooksPath` hands the hooks to another program, `install` prints the line to add there.

use crate::error::Error;
use crate::finding::shown_path;
use crate::hooks::events::Name;
use crate::hooks::events::{WORK_TREE, served, suitable};
use crate::hooks::file::{lasting, program, refuse_cache};
use crate::hooks::git_config::{self, ConfigScope};
use crate::hooks::install::{install, refusal};
use crate::hooks::location::HooksLocation;
use crate::hooks::{global, status};
use std::io::Write;

/// Arguments of `stanch install`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  stanch install\n  stanch install --hooks pre-commit,pre-push\n\n\
    An existing hook is kept and still runs; `stanch uninstall` restores it exactly.")]
pub(super) struct Args {
    /// Hooks to install, separated by commas [default: all that suit the repository]
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    hooks: Vec<Name>,
    /// All your repositories; prints the plan, and carries it out with --yes
    #[arg(long, conflicts_with = "system")]
    global: bool,
    /// All repositories on this machine; prints the plan, and carries it out with --yes
    #[arg(long)]
    system: bool,
    /// Where the hooks go [default: files; with --global or --system config, where git knows it]
    #[arg(long, value_enum)]
    by: Option<By>,
    /// Carry out the plan of --global or --system
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

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let program = program()?;
    let mut out = super::out::stdout();
    let chosen: Vec<String> = args.hooks.iter().map(|n| n.as_str()).collect();
    let or = |default: Vec<String>| if chosen.is_empty() { default } else { chosen.clone() };
    if args.global || args.system {
        refuse_cache(&program)?;
        let scope = if args.system { ConfigScope::System } else { ConfigScope::Global };
        let config = args.by.map(|by| by == By::Config);
        return global::install(scope, config, args.yes, &or(served(WORK_TREE)), &program, &mut out);
    }
    let here = std::env::current_dir().map_err(Error::io("the working directory"))?;
    let place = HooksLocation::of(&here)?
        .ok_or_else(|| Error::Usage("not in a git repository: run it inside of one".to_owned()))?;
    let events = or(suitable(&place));
    let refused = args.by != Some(By::Config)
        && !events.iter().all(|e| status::state(&place, e).is_ok_and(|s| s.in_force));
    if refused && let Some(why) = refusal(&place, &events) {
        return Err(Error::Usage(why));
    }
    let (program, copied) = lasting(program, &place.common)?;
    let mut lines: Vec<String> = if args.by == Some(By::Config) {
        let version = place.git.version()?;
        if version < git_config::SINCE {
            return Err(Error::Usage(git_config::too_old(version)));
        }
        events.iter().try_for_each(|e| git_config::set(&place.git, ConfigScope::Local, e, &program))?;
        events.iter().map(|e| format!("{e:<16} set in the configuration of this repository")).collect()
    } else {
        install(&place, &events, &program)?
    };
    if copied {
        let copy = shown_path(&program);
        lines.push(format!("the program was run from a cache: a copy stays as {copy}"));
    }
    writeln!(out, "stanch: hooks in {}", shown_path(&place.hooks))
        .and_then(|()| lines.iter().try_for_each(|l| writeln!(out, "  {l}")))
        .map_err(Error::io("standard output"))?;
    Ok(0)
}
