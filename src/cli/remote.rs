//! `stanch remote trust NAME`: what is known about a remote also counts for its new address.

use crate::error::Error;
use crate::finding::printable;
use crate::git::Repo;
use clap::Subcommand;
use std::io::Write;

/// Arguments of `stanch remote`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Trust a remote's new address to have what the old one had
    #[command(after_help = "\
A push reads what the remote lacks, and refs/remotes/NAME says what it has. After a change of address those refs are about the old repository: what they name would be sent to the new one unread. Fetch first, so that they are about the new one:

  git fetch --prune origin
  stanch remote trust origin")]
    Trust(Trust),
}

#[derive(Debug, clap::Args)]
struct Trust {
    /// Name of the remote, as `git remote` lists it
    name: String,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let Command::Trust(Trust { name }) = &args.command;
    let (before, now) = Repo::open_from_env()?.trust_remote(name)?;
    let shown = |text: &str| printable(text.as_bytes());
    let (name, now) = (shown(name), shown(&now));
    let text = match before.map(|b| shown(&b)) {
        Some(before) if before == now => format!("{name} is {now}, as before"),
        Some(before) => format!("{name} is {now} now; it was {before}"),
        None => format!("{name} is {now}"),
    };
    writeln!(super::out::stdout(), "{text}").map_err(Error::io("standard output"))?;
    Ok(0)
}
