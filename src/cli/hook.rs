//! `stanch hook NAME`: what the hook files call.

use super::check::{self, Checker};
use super::own_rules::OwnRules;
use super::telling::Telling;
use super::{beside, exposure, last, message, out, push, receive, record, scan};
use crate::error::Error;
use crate::git::{MessageForm, Repo};
use crate::policy::{self, Action, Decision, Stage};
use crate::report;
use clap::{Parser, ValueEnum};
use std::ffi::OsString;
use std::path::Path;
use std::time::Instant;
use std::{env, iter};

/// Arguments of `stanch hook`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The hook's name, as git has it.
    name: Name,
    #[command(flatten)]
    own: OwnRules,
    #[command(flatten)]
    telling: Telling,
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
    /// What git called, when it is a hook and rightly called: git waits, and to describe the whole program first takes
    /// as long as to see that nothing is staged. Help and errors come from the whole description.
    pub(super) fn alone() -> Option<Args> {
        let mut words = env::args_os();
        let program = words.next()?;
        (words.next()? == "hook").then_some(())?;
        Alone::try_parse_from(iter::once(program).chain(words)).ok().map(|alone| alone.args)
    }
}

/// A hook that this program serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Name {
    PreCommit,
    PreMergeCommit,
    CommitMsg,
    PrePush,
    ApplypatchMsg,
    PreApplypatch,
    PreReceive,
    Update,
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

/// A reason here lets a commit or push through, where the policy allows it.
pub(super) const BYPASS: &str = "STANCH_BYPASS";

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let started = Instant::now();
    let repo = Repo::open_from_env()?;
    if args.name == Name::PrePush
        && let Some(code) = beside::known(&repo, &args.rest, &args.own)?
    {
        return Ok(code);
    }
    let checker = match args.name {
        Name::PreReceive | Name::Update => Checker::of_server(&repo, &args.own)?,
        _ => Checker::of_repo(&repo, &args.own)?,
    };
    let decision = match args.name {
        Name::PreCommit => pre_commit(&repo, &checker)?,
        Name::PreMergeCommit | Name::PreApplypatch => check::staged(&repo, &checker)?,
        Name::CommitMsg => {
            let file = Path::new(args.rest.first().map_or("".as_ref(), OsString::as_os_str));
            message::check(&checker, &args.rest, &MessageForm::of(&repo, file)?)?
        }
        // `git am` records the message as it is.
        Name::ApplypatchMsg => message::check(&checker, &args.rest, &MessageForm::default())?,
        Name::PrePush => push::check(&repo, &checker, &args.rest)?,
        Name::PreReceive => receive::pre_receive(&repo, &checker, &args.own)?,
        Name::Update => receive::update(&repo, &checker, &args.rest, &args.own)?,
    };
    finish(&repo, &checker, decision, args.telling, started)
}

/// What the next commit will record. `pre-commit run` is no commit (git would name an index): with nothing staged it
/// asks about the files, and "passed" for nothing read would be no answer.
fn pre_commit(repo: &Repo, checker: &Checker) -> Result<Decision, Error> {
    repo.remember_remotes();
    let decision = check::staged(repo, checker)?;
    let by_hand = env::var_os("PRE_COMMIT").is_some() && env::var_os("GIT_INDEX_FILE").is_none();
    if !by_hand || decision.reading.files > 0 {
        return Ok(decision);
    }
    let (decision, failed) = scan::files(&[], true, checker);
    failed.into_iter().next().map_or(Ok(decision), Err)
}

/// What follows every decision of a hook: the bypass, the record, the message, the exit code.
///
/// The message comes before an error of the record: the finding is what the person needs to know. The exit code is
/// the decision's, whatever becomes of the message; if nothing blocks and the record failed it is 2.
pub(super) fn finish(
    repo: &Repo,
    checker: &Checker,
    mut decision: Decision,
    telling: Telling,
    started: Instant,
) -> Result<u8, Error> {
    // On a server neither the person's environment nor what this repository was told last is of any account.
    if decision.stage != Stage::Receive
        && decision.blocks()
        && let Some(reason) = env::var_os(BYPASS)
    {
        bypass(checker, &mut decision, BYPASS, &reason.to_string_lossy());
    }
    checker.tell_policy(&mut decision);
    if let Err(e) = exposure::note(repo, checker, &mut decision) {
        // The finding is what the person needs to know.
        decision.reading.notes.push(format!("where else the secret stands was not looked up: {e}"));
    }
    let mut decision = checker.screen().decision(decision);
    let mut failed = Vec::new();
    if decision.stage != Stage::Receive {
        match last::write(repo, &decision) {
            Ok(repeated) => decision.set_repeated(repeated),
            Err(e) => failed.push(e),
        }
    }
    if !decision.findings.is_empty() {
        failed.extend(record::append(repo, checker, &mut decision).err());
    }
    // Standard error loses what it must: the decision does not hang on it.
    let _ = report::human::render(&decision, &mut out::stderr());
    telling.tell(&decision, started);
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

/// Lets through what would be stopped, for a reason, where the policy allows it; says so either way.
/// `by` is what the reason stands in: the variable, or a push option.
pub(super) fn bypass(checker: &Checker, decision: &mut Decision, by: &str, reason: &str) {
    let reason = match reason.trim() {
        "tests" => "used in tests",
        "false-positive" => "false positive",
        "later" => "will fix later",
        other => other,
    };
    let reason = crate::finding::printable(reason.as_bytes());
    if !policy::is_reason(&reason) {
        decision.reading.notes.push(format!("{by} needs a reason: {by}=\"used in tests\""));
        return;
    }
    if !checker.policy.ways().bypass {
        decision.reading.notes.push(format!("{by} does not count here: the policy forbids a bypass"));
        return;
    }
    let blocked = decision.findings.iter().filter(|d| d.action == Action::Block);
    let reason = blocked.fold(reason, |text, d| d.finding.secret.hidden_in(&text));
    let mut count = 0;
    for d in decision.findings.iter_mut().filter(|d| d.action == Action::Block) {
        d.action = Action::Suppress;
        d.deliberate = true;
        d.bypassed = true;
        d.because = format!("bypass: {reason}");
        count += 1;
    }
    let before_push = matches!(decision.stage, Stage::Commit | Stage::Message);
    let again = if before_push { "; the push is checked again" } else { "" };
    decision.reading.notes.push(format!("{count} let through by {by} ({reason}){again}"));
}
