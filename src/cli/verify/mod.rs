//! `stanch verify`: asks the provider of a secret whether it is live. Shows what will be sent and where, and sends nothing
//! before a person says yes.

pub(super) mod ask;
pub(super) mod evidence;
pub(super) mod outcome;
pub(super) mod plan;
pub(super) mod targets;

use crate::check::Checker;
use crate::cli::args::OwnRules;
use crate::error::Error;
use crate::finding::shown_path;
use crate::git::Repo;
use crate::policy::{Action, Cause, Decision, Skipped, Stage};
use crate::report::{self, Terminal};
use ask::Sending;
use outcome::Format;
use std::io::Write;
use std::path::PathBuf;
use targets::Asked;

/// Arguments of `stanch verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch verify                       every secret just blocked
  stanch verify 4c1e9a07              one of them, or one of a file here
  stanch verify config/app.yml        the secrets of a file or folder
  stanch verify --history             every secret of the history
  stanch verify --report scan.json    the secrets of a report
  stanch verify 4c1e9a07 --with ORG=acme
                                      with a value that the call needs
  stanch verify 4c1e9a07 --host gitlab=https://git.example.org
                                      ask your own instance

Off until your own file says otherwise: [verify] allow = true in ~/.config/stanch/config.toml. Shows each address before anything is sent, and asks. The page \"verify\" of the guide lists every address and what it is sent.

Exit status: 0 every secret is dead, 1 one is live, 2 neither is certain.")]
pub(super) struct Args {
    /// Fingerprints of secrets, or files [default: what was just blocked]
    ///
    /// What may be a fingerprint is one; ./4c1e names a file of that name.
    #[arg(value_name = "FINGERPRINT|FILE")]
    what: Vec<PathBuf>,
    /// Every secret of the history
    #[arg(long)]
    history: bool,
    /// The secrets of a JSON report of `stanch scan`
    #[arg(long, value_name = "FILE", conflicts_with = "history")]
    report: Option<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    sending: Sending,
    #[command(flatten)]
    own: OwnRules,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let repo = Repo::open_from_env().ok();
    let checker = Checker::of(repo.as_ref(), args.own.files())?;
    ask::permitted(&checker.policy)?;
    let asked =
        Asked { what: &args.what, history: args.history, all_of_it: true, report: args.report.as_deref() };
    let mut targets = targets::targets(asked, repo.as_ref(), &checker)?;
    let is_whole = tell_unread(std::mem::take(&mut targets.unread), &checker)?;
    let lost = if args.what.is_empty() { targets.lost } else { 0 };
    if lost > 0 {
        let what = match &args.report {
            Some(file) => format!("the secrets of {} are not where it says", shown_path(file)),
            None => "what was blocked last cannot be read again".to_owned(),
        };
        writeln!(
            super::out::stderr(),
            "stanch: {lost} of {what}, and not asked about: name the file, or use --history"
        )
        .map_err(Error::io("standard error"))?;
    }
    let targets = targets.into_list();
    if targets.is_empty() {
        return Err(Error::Usage(match args.what.is_empty() && !args.history && args.report.is_none() {
            true => "nothing was blocked here lately, so nothing was asked; name a file: stanch verify FILE"
                .to_owned(),
            false => "no secret was found there, so nothing was asked".to_owned(),
        }));
    }
    let outcomes = args.sending.ask(&targets, repo.as_ref(), &checker)?;
    let code = outcome::write(&outcomes, args.format)?;
    Ok(if code == 0 && (lost > 0 || !is_whole) { 2 } else { code })
}

/// Says what was to be looked into and was not read; returns whether that is nothing.
fn tell_unread(unread: Vec<Skipped>, checker: &Checker) -> Result<bool, Error> {
    let counts = |s: &Skipped| s.action > Action::Suppress && !matches!(s.cause, Cause::Passed(_));
    let is_whole = !unread.iter().any(counts);
    let mut decision = Decision::empty(Stage::Scan);
    decision.reading.skipped = unread;
    let decision = checker.screen().decision(decision);
    report::human::render_unread(&Terminal::from_env(), &decision, &mut super::out::stderr())
        .map_err(Error::io("standard error"))?;
    Ok(is_whole)
}
