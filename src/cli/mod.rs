//! The command line: arguments, and one file a command.

mod check;
mod hook;
mod scan;

use crate::error::Error;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Keeps secrets out of commits and pushes, and tells their author what to do.
#[derive(Debug, Parser)]
#[command(name = "stanch", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What git's hooks call.
    Hook(hook::Args),
    /// Scan files and folders, standard input, or the staged change.
    Scan(scan::Args),
}

/// Runs the program on its arguments and says how it went: 0 clean, 1 blocked, 2 could not check.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            let _ = e.print();
            return ExitCode::from(if e.use_stderr() { 2 } else { 0 });
        }
    };
    let result = match cli.command {
        Command::Hook(args) => hook::run(&args),
        Command::Scan(args) => scan::run(&args),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(e) => {
            tell(&e);
            ExitCode::from(e.exit_code())
        }
    }
}

/// Tells an error and its remedy on standard error.
fn tell(error: &Error) {
    use std::io::Write;
    let mut err = anstream::stderr();
    let _ = writeln!(err, "stanch: could not check: {error}");
    if let Some(help) = error.help() {
        let _ = writeln!(err, "  help: {help}");
    }
}
