//! `stanch doctor`: which program git runs at each event here, and why.
//!
//! Git itself says where the hooks folder is, which setting moved it, and what its configuration adds. Then the
//! file that git would run is examined. "In force" is printed only if stanch is certain to be reached.

use crate::check::{Checker, ages};
use crate::cli::args::OwnRules;
use crate::error::Error;
use crate::finding::shown_path;
use crate::git::Repo;
use crate::hooks::events::{Name, suitable};
use crate::hooks::file::program;
use crate::hooks::git::Git;
use crate::hooks::location::HooksLocation;
use crate::hooks::{prove, status};
use std::io::Write;

/// Arguments of `stanch doctor`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  stanch doctor\n  stanch doctor --prove\n\n\
    Exit status: 0 git runs stanch at every event asked for, 1 it does not, 2 could not find out.")]
pub(super) struct Args {
    /// Commit a made-up key in a scratch repository, and show that it is blocked
    #[arg(long)]
    prove: bool,
    /// Hooks to check, separated by commas [default: all that suit the repository]
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    hooks: Vec<Name>,
    #[command(flatten)]
    own: OwnRules,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let mut out = super::out::stdout();
    let here = std::env::current_dir().map_err(Error::io("the working directory"))?;
    let place = HooksLocation::of(&here)?;
    let git = place.as_ref().map_or_else(|| Git::at(&here), |p| p.git.clone());
    let (major, minor) = git.version()?;
    let program = program()?;
    let told = || Error::io("standard output");
    writeln!(out, "stanch {} ({}), git {major}.{minor}", env!("CARGO_PKG_VERSION"), shown_path(&program))
        .map_err(told())?;
    let mut good = true;
    match place {
        Some(place) => {
            let events = match args.hooks.as_slice() {
                [] => suitable(&place),
                chosen => chosen.iter().map(|n| n.as_str()).collect(),
            };
            good = examine(&place, &events, &args.own, &mut out)?;
        }
        None if args.prove => writeln!(out, "  not in a git repository").map_err(told())?,
        None => return Err(Error::Usage("not in a git repository: run it inside of one".to_owned())),
    }
    if args.prove {
        good &= prove::prove(&program, &mut out)?;
    }
    Ok(u8::from(!good))
}

/// Prints the state of each event; returns whether stanch is in force at all of them.
fn examine(
    place: &HooksLocation,
    events: &[String],
    own: &OwnRules,
    out: &mut dyn Write,
) -> Result<bool, Error> {
    let told = || Error::io("standard output");
    let set = place.hooks_path.as_ref().map(|s| format!("  (core.hooksPath = {})", s.describe()));
    writeln!(out, "  hooks come from {}{}", shown_path(&place.hooks), set.unwrap_or_default())
        .map_err(told())?;
    let mut good = true;
    let mut fixes = Vec::new();
    for event in events {
        let state = status::state(place, event)?;
        good &= state.in_force;
        let word = match (state.in_force, state.one_ref) {
            (true, _) => "in force",
            (_, true) => "one ref only",
            _ => "NOT in force",
        };
        writeln!(out, "  {event:<16}  {word:<12}  {}", state.why).map_err(told())?;
        fixes.extend(state.fix.filter(|m| !fixes.contains(m)));
    }
    // A hook that runs but cannot check blocks everything, so it is not in force either.
    match Repo::open_from_env().map_err(Error::from).and_then(|r| Ok((Checker::of_repo(&r, own.files())?, r)))
    {
        Ok((checker, repo)) => {
            let old = ages::too_old(&repo, &checker)?.len();
            if let Some(text) = ages::sentence(old, &checker) {
                writeln!(out, "  {text}").map_err(told())?;
            }
        }
        Err(e) => {
            good = false;
            writeln!(out, "  it cannot check here, so it stops everything: {e}").map_err(told())?;
            fixes.extend(e.help().map(std::borrow::Cow::into_owned));
        }
    }
    for fix in fixes {
        writeln!(out, "  fix: {fix}").map_err(told())?;
    }
    Ok(good)
}
