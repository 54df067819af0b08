//! `stanch hook NAME`: what the hook files call.

use super::check::{self, Checker};
use crate::error::Error;
use crate::git::Repo;
use crate::report;
use clap::ValueEnum;

/// Arguments of `stanch hook`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The hook's name, as git has it.
    name: Name,
}

/// A hook that this program serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Name {
    PreCommit,
    PreMergeCommit,
}

impl Name {
    /// Git's name for it.
    pub(super) fn as_str(self) -> String {
        self.to_possible_value().map_or_else(String::new, |v| v.get_name().to_owned())
    }

    /// The hook of this name, when this program serves it.
    pub(super) fn parse(name: &str) -> Option<Name> {
        Name::from_str(name, false).ok()
    }
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
