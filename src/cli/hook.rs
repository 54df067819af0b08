//! `stanch hook NAME`: what the hook files call.

use super::check::{self, Checker};
use crate::error::Error;
use crate::git::Repo;
use crate::report;

/// Arguments of `stanch hook`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The hook's name, as git has it.
    name: Name,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Name {
    PreCommit,
    PreMergeCommit,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    match args.name {
        Name::PreCommit | Name::PreMergeCommit => {
            let repo = Repo::open_from_env()?;
            let checker = Checker::of_repo(&repo)?;
            let decision = check::staged(&repo, &checker)?;
            report::human::render(&decision, &mut anstream::stderr()).map_err(Error::io("standard error"))?;
            Ok(decision.exit_code())
        }
    }
}
