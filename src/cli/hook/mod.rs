//! `stanch hook NAME`: the command that the hook files run.

mod bypass;
mod kept_back;
mod message;
mod push;
mod push_note;
mod receive;
mod takeover;

use super::args::Verbosity;
use super::out;
use crate::caller;
use crate::check::files;
use crate::check::lfs::Store;
use crate::check::{self, Checker};
use crate::check::{audit_log, exposure, last_blocked};
use crate::cli::args::OwnRules;
use crate::cli::hook::bypass::{BYPASS, bypass};
use crate::error::Error;
use crate::finding::WorkTree;
use crate::git::{MessageForm, Repo};
use crate::hooks::events::Name;
use crate::policy::{Decision, Screened, Stage};
use crate::report;
use clap::Parser;
use std::ffi::OsString;
use std::path::Path;
use std::time::Instant;
use std::{env, iter};

/// Arguments of `stanch hook`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The hook's name in git.
    name: Name,
    #[command(flatten)]
    own: OwnRules,
    #[command(flatten)]
    telling: Verbosity,
    /// What git hands to the hook
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<OsString>,
}

/// The arguments of `stanch hook` without those of every other command.
#[derive(Debug, clap::Parser)]
struct Alone {
    #[command(flatten)]
    args: Args,
}

impl Args {
    /// Parses a hook's arguments if they are valid. Git waits for the hook, and building the whole program's
    /// command line takes as long as finding that nothing is staged. Help and errors come from the whole
    /// command line.
    pub(super) fn alone() -> Option<Args> {
        let mut words = env::args_os();
        let program = words.next()?;
        (words.next()? == "hook").then_some(())?;
        Alone::try_parse_from(iter::once(program).chain(words)).ok().map(|alone| alone.args)
    }
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let started = Instant::now();
    let repo = Repo::open_from_env()?;
    if args.name == Name::PrePush
        && let Some(code) = push_note::known(&repo, &args.rest, args.own.files())?
    {
        return Ok(code);
    }
    let checker = match args.name {
        Name::PreReceive | Name::Update => Checker::of_server(&repo, args.own.files())?,
        // A push sends the objects of Git LFS too.
        Name::PrePush => {
            Checker::of_repo(&repo, args.own.files())?.in_hook().with_lfs(Store::of(&repo, false)?)
        }
        _ => Checker::of_repo(&repo, args.own.files())?.in_hook(),
    };
    let decision = match args.name {
        Name::PreCommit => pre_commit(&repo, &checker)?,
        Name::PreMergeCommit | Name::PreApplypatch => check::staged::staged(&repo, &checker)?,
        Name::CommitMsg => {
            let file = Path::new(args.rest.first().map_or("".as_ref(), OsString::as_os_str));
            message::check(&checker, &args.rest, &MessageForm::of(&repo, file)?)?
        }
        // `git am` records the message unchanged.
        Name::ApplypatchMsg => message::check(&checker, &args.rest, &MessageForm::default())?,
        Name::PrePush => push::check(&repo, &checker, &args.rest)?,
        Name::PreReceive => receive::pre_receive(&repo, &checker, args.own.files())?,
        Name::Update => receive::update(&repo, &checker, &args.rest, args.own.files())?,
    };
    finish(&repo, &checker, decision, args.telling, started)
}

/// Scans what the next commit will record. `pre-commit run` is not a commit (git would name an index): with nothing
/// staged, the user asks about the files, and "passed" without reading any would mislead.
fn pre_commit(repo: &Repo, checker: &Checker) -> Result<Decision, Error> {
    repo.remember_remotes();
    let decision = check::staged::staged(repo, checker)?;
    let by_hand = env::var_os("PRE_COMMIT").is_some() && env::var_os("GIT_INDEX_FILE").is_none();
    if !by_hand || decision.reading.files > 0 {
        return Ok(decision);
    }
    let tree = WorkTree::of(repo.work_dir());
    let (decision, failed) = files::files(&[], tree.as_ref(), true, checker);
    failed.into_iter().next().map_or(Ok(decision), Err)
}

/// Writes the message: for a person, for an assistant that runs git, or as JSON for either. Errors on standard error
/// are ignored: the decision does not depend on it.
fn tell(decision: &Screened) {
    // The environment of a server is not that of the person or assistant who pushes.
    let is_theirs = decision.stage != Stage::Receive;
    let agent = caller::assistant().filter(|_| is_theirs);
    let json = is_theirs && env::var_os("STANCH_FORMAT").is_some_and(|format| format == "json");
    let mut stream = out::stderr();
    let _ = match &agent {
        _ if json => report::agent::render_json(decision, agent.as_deref(), &mut stream),
        Some(_) => report::agent::render(decision, &mut stream),
        None => report::human::render(decision, &mut stream),
    };
}

/// What follows every decision of a hook: the bypass, the audit log, the message, the exit code.
///
/// The message precedes an error of the audit log: the person needs the finding first. The exit code is the
/// decision's, even if the message is lost; if nothing blocks and the log failed, it is 2.
pub(super) fn finish(
    repo: &Repo,
    checker: &Checker,
    mut decision: Decision,
    telling: Verbosity,
    started: Instant,
) -> Result<u8, Error> {
    // A server ignores the environment of the person who pushes, and what this repository blocked last.
    if decision.stage != Stage::Receive
        && decision.blocks()
        && let Some(reason) = env::var_os(BYPASS)
    {
        bypass(checker, &mut decision, BYPASS, &reason.to_string_lossy());
    }
    checker.tell_policy(&mut decision);
    if let Err(e) = exposure::note(repo, checker, &mut decision) {
        // The finding is what the person needs to know.
        decision.reading.notes.push(format!("the other places of the secret were not searched: {e}"));
    }
    let mut decision = checker.screen().decision(decision);
    let mut failed = Vec::new();
    if decision.stage != Stage::Receive {
        match last_blocked::write(repo, &decision) {
            Ok(repeated) => decision.set_repeated(repeated),
            Err(e) => failed.push(e),
        }
    }
    if !decision.findings.is_empty() || !decision.reading.skipped.is_empty() {
        failed.extend(audit_log::append(repo, checker, &mut decision).err());
    }
    tell(&decision);
    telling.tell(&decision, started);
    if decision.stage != Stage::Receive {
        kept_back::tell(&decision);
    }
    match failed.pop() {
        Some(e) if !decision.blocks() => {
            failed.iter().for_each(super::tell);
            Err(e)
        }
        last => {
            failed.iter().chain(&last).for_each(super::tell);
            Ok(decision.exit_code())
        }
    }
}
