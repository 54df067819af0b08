//! The command line: arguments, and one file per command.

mod agent;
mod allow;
mod args;
mod audit;
mod baseline;
mod ci;
mod completions;
mod config;
mod doctor;
mod explain;
mod fix;
#[cfg(fuzzing)]
pub mod fuzz;
mod help;
mod hook;
mod image;
mod import;
mod install;
mod log;
mod man;
mod mcp;
mod merge;
mod misjudged;
mod out;
mod pager;
mod remote;
mod report;
mod reports;
mod repos;
mod revoke;
mod rules;
mod scan;
mod shards;
mod since;
mod trial;
#[cfg(unix)]
mod tty;
mod uninstall;
mod union;
mod verify;

use crate::check::Checker;
use crate::error::Error;
use crate::finding::{Finding, RepoPath, Source, SourceKind, printable};
use crate::git::Repo;
use crate::policy::Screen;
use crate::scan::Fragment;
use clap::{FromArgMatches, Parser, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Keeps secrets out of commits and pushes, and says what to do about each.
#[derive(Debug, Parser)]
#[command(name = "stanch", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install stanch's git hooks in this repository.
    Install(install::Args),
    /// Remove stanch's git hooks and restore the previous ones.
    Uninstall(uninstall::Args),
    /// Check whether git runs stanch here, and how to fix it.
    Doctor(doctor::Args),
    /// Run a hook (called by git).
    Hook(hook::Args),
    /// Scan files and folders, standard input, or the staged change.
    Scan(scan::Args),
    /// Scan a container image: its layers, configuration and history.
    Image(image::Args),
    /// Scan what a pull request or a push brings, on a CI system.
    Ci(ci::Args),
    /// Merge the SARIF reports of all shards of a scan into one.
    Merge(merge::Args),
    /// Explain a rule: how to revoke, rotate and store the secret.
    Explain(explain::Args),
    /// Ask the provider whether a secret is live.
    Verify(verify::Args),
    /// End a secret at its provider, by the provider's documented call.
    Revoke(revoke::Args),
    /// Replace a blocked secret with an environment variable.
    Fix(fix::Args),
    /// List, show, test and import rules.
    Rules(rules::Args),
    /// Print a shell's completion script.
    Completions(completions::Args),
    /// Print the manual page, or write the pages of all commands.
    Man(man::Args),
    /// Allow a secret, with a reason.
    Allow(allow::Args),
    /// Import another scanner's ignore list.
    Import(import::Args),
    /// Record the secrets that are there already: only new ones block.
    Baseline(baseline::Args),
    /// Show what recent commits would have been blocked or warned of.
    Trial(trial::Args),
    /// Show or check the configuration.
    Config(config::Args),
    /// Show the audit log: what was blocked or allowed, and why.
    Audit(audit::Args),
    /// Check what coding assistants see, run and write.
    Agent(agent::Args),
    /// Offer tools to a coding assistant (MCP, over standard input).
    Mcp(mcp::Args),
    /// Trust a remote's new address.
    Remote(remote::Args),
    /// Report a wrong alarm or a missed secret, without its value.
    Report(report::Args),
}

/// Runs the program on its arguments; returns 0 for clean, 1 for blocked, 2 for "could not check".
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(internal_error));
    let command = match hook::Args::alone() {
        Some(args) => Command::Hook(args),
        None => {
            match help::command().try_get_matches().and_then(|m| Cli::from_arg_matches(&m)) {
                Ok(cli) => cli.command,
                // Only what is shown needs its words bound.
                Err(e) => return misused(&help::bound(help::command()).try_get_matches().err().unwrap_or(e)),
            }
        }
    };
    let result = match command {
        Command::Install(args) => install::run(&args),
        Command::Uninstall(args) => uninstall::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Hook(args) => hook::run(&args),
        Command::Scan(args) => scan::run(&args),
        Command::Image(args) => image::run(&args),
        Command::Ci(args) => ci::run(&args),
        Command::Merge(args) => merge::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Revoke(args) => revoke::run(&args),
        Command::Fix(args) => fix::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
        Command::Allow(args) => allow::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Baseline(args) => baseline::run(&args),
        Command::Trial(args) => trial::run(&args),
        Command::Config(args) => config::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Agent(args) => agent::run(&args),
        Command::Mcp(args) => mcp::run(&args),
        Command::Remote(args) => remote::run(&args),
        Command::Report(args) => report::run(&args),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(e) => {
            tell(&e);
            ExitCode::from(2)
        }
    }
}

/// The top of the work tree; an error says that a bare repository has no `what`.
fn work_tree(repo: &Repo, what: &str) -> Result<PathBuf, Error> {
    repo.work_dir().ok_or_else(|| Error::Usage(format!("a bare repository has no {what}")))
}

/// What the rules find in the content of a file.
fn findings_in(checker: &Checker, path: &[u8], bytes: &[u8]) -> Vec<Finding> {
    let source = Source::new(SourceKind::File, RepoPath::new(path));
    checker.engine().scan(&Fragment { source, bytes: bytes.into() })
}

/// Prints clap's help or error. The error quotes arguments, so a value given by mistake is masked.
fn misused(error: &clap::Error) -> ExitCode {
    let mut text = help::unbound(&error.render().ansi().to_string());
    if !error.use_stderr() {
        let _ = out::stdout().write_all(text.as_bytes());
        return ExitCode::SUCCESS;
    }
    let screen = Screen::builtin();
    let words = std::env::args_os().skip(1);
    for (value, masked) in words.flat_map(|word| screen.values(&word.to_string_lossy())) {
        text = text.replace(&value, &masked);
    }
    let _ = out::stderr().write_all(text.as_bytes());
    ExitCode::from(2)
}

/// A defect in this program: it could not check, so it blocks. A panic message may quote the text being scanned and
/// is not shown; the place in the source is.
fn internal_error(info: &std::panic::PanicHookInfo<'_>) {
    let place = info.location().map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
    // Not through `out`: the engine behind its mask may be what failed.
    #[allow(clippy::disallowed_methods, reason = "holds nothing that was read")]
    let mut err = std::io::stderr();
    let _ = writeln!(err, "stanch: could not check: internal error{place}");
    let _ =
        writeln!(err, "  help: this is a defect of stanch {}; please report it", env!("CARGO_PKG_VERSION"));
    std::process::exit(2);
}

/// Prints an error and its remedy on standard error. Both may quote arguments, paths and git's messages.
fn tell(error: &Error) {
    let screen = Screen::builtin();
    let line = |text: &str| match error {
        Error::Usage(_) => screen.text(text),
        // Paths need no screen: `out` masks what would block.
        _ => printable(text.as_bytes()),
    };
    // Our own texts of several lines indent all but the first.
    let text = |text: &str| text.split("\n  ").map(line).collect::<Vec<_>>().join("\n  ");
    let mut err = out::stderr();
    // A command that was misused was not about to check anything.
    let what = if matches!(error, Error::Usage(_)) { "" } else { "could not check: " };
    let _ = writeln!(err, "stanch: {what}{}", text(&error.to_string()));
    if let Some(help) = error.help() {
        let _ = writeln!(err, "  help: {}", text(&help));
    }
}
