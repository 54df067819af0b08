//! `stanch completions SHELL`: the completion script of a shell.

use crate::error::Error;
use std::io::Write;

/// Arguments of `stanch completions`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stanch completions bash > ~/.local/share/bash-completion/completions/stanch\n  \
    stanch completions fish > ~/.config/fish/completions/stanch.fish"
)]
pub(super) struct Args {
    /// The shell.
    shell: clap_complete::Shell,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut super::help::command(), "stanch", &mut text);
    super::out::stdout().write_all(&text).map_err(Error::io("standard output"))?;
    Ok(0)
}
