//! `stanch man [DIR]`: the manual pages, made from the same source as `--help`.

use crate::error::Error;
use crate::finding::shown_path;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `stanch man`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  stanch man | man -l -\n  stanch man ~/.local/share/man/man1")]
pub(super) struct Args {
    /// Write the pages of all commands into this folder [default: print the main page]
    dir: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let command = super::help::command();
    if let Some(dir) = &args.dir {
        std::fs::create_dir_all(dir).map_err(Error::io(shown_path(dir)))?;
        clap_mangen::generate_to(command, dir).map_err(Error::io(shown_path(dir)))?;
        return Ok(0);
    }
    let mut page = Vec::new();
    let told = || Error::io("standard output");
    clap_mangen::Man::new(command).render(&mut page).map_err(told())?;
    super::out::stdout().write_all(&page).map_err(told())?;
    Ok(0)
}
