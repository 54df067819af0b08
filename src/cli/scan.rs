//! `stanch scan`: files and folders, standard input, the staged change, commits.

use super::args::Verbosity;
use super::log::Log;
use super::reports::Reports;
use crate::check::ages;
use crate::check::commits;
use crate::check::content::unread_path;
use crate::check::files::files;
use crate::check::{self, Checker};
use crate::cli::args::OwnRules;
use crate::error::Error;
use crate::finding::{RepoPath, Source, SourceKind};
use crate::git::{Outgoing, Repo};
use crate::policy::{BlobId, Decision, Stage};
use crate::report::{About, Format};
use crate::scan::Fragment;
use jiff::Timestamp;
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::Instant;

/// Arguments of `stanch scan`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch scan                     all but what git ignores, from here down
  stanch scan src config/app.yml  these files and folders
  stanch scan --staged            what the next commit would record
  stanch scan --commits origin/main..HEAD
                                  what each of these commits adds
  stanch scan --history           every commit that a ref reaches
  git show HEAD | stanch scan -   standard input
  stanch scan --format sarif > stanch.sarif
  stanch scan --rules acme.toml   with your own rules
  stanch scan --explain-score config/app.yml
                                  why each value is reported, or is not

Exit status: 0 nothing blocked, 1 a secret is blocked, 2 could not check.")]
pub(super) struct Args {
    /// Files, folders, or - for standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Scan what the next commit would record
    #[arg(long, conflicts_with_all = ["paths", "stdin"])]
    staged: bool,
    /// Scan what commits add, and their messages: A..B, B, ^A (repeatable)
    #[arg(long, value_name = "RANGE", conflicts_with_all = ["paths", "stdin", "staged"])]
    commits: Vec<String>,
    /// Scan every commit that a ref of this repository reaches
    #[arg(long, conflicts_with_all = ["paths", "stdin", "staged", "commits"])]
    history: bool,
    /// Scan standard input, as `-` does
    #[arg(long, conflicts_with = "paths")]
    stdin: bool,
    /// Also scan files that git ignores
    #[arg(long)]
    no_ignore: bool,
    /// Fail if any content was not read, archives and encrypted files included
    #[arg(long)]
    strict: bool,
    /// Also show what was allowed, with the reason
    #[arg(long)]
    show_suppressed: bool,
    /// Show how each value was scored: the evidence, its weights and their sum
    ///
    /// Values below every threshold are shown too, as silent. With --format json and jsonl the evidence is in the field
    /// `score`.
    #[arg(long)]
    explain_score: bool,
    #[command(flatten)]
    reports: Reports,
    #[command(flatten)]
    own: OwnRules,
    #[command(flatten)]
    telling: Verbosity,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    if args.explain_score && !matches!(args.reports.format(), Format::Text | Format::Json | Format::Jsonl) {
        let format = args.reports.format().name();
        let why = format!("--explain-score has no place in {format}; use --format text, json or jsonl");
        return Err(Error::Usage(why));
    }
    let with_scores = |c: Checker| {
        let c = if args.strict { c.strict() } else { c };
        if args.explain_score { c.explaining() } else { c }
    };
    let started = Instant::now();
    let began = Timestamp::now();
    let mut failed = Vec::new();
    let checker;
    let mut decision = if args.staged {
        let repo = Repo::open_from_env()?;
        checker = with_scores(Checker::of_repo(&repo, args.own.files())?);
        check::staged::staged(&repo, &checker)?
    } else if args.history || !args.commits.is_empty() {
        let repo = Repo::open_from_env()?;
        checker = with_scores(Checker::of_repo(&repo, args.own.files())?);
        let sent = if args.history { repo.history()? } else { repo.range(&args.commits)? };
        whole(&repo, &sent)?;
        commits::check(&repo, &checker, &sent, Stage::Scan, None)?
    } else {
        checker = with_scores(Checker::here(args.own.files())?);
        let (streams, paths): (Vec<_>, Vec<_>) =
            args.paths.iter().cloned().partition(|p| p.as_os_str() == "-");
        let mut decision = Decision::empty(Stage::Scan);
        if args.stdin || !streams.is_empty() {
            decision.join(standard_input(&checker)?);
        }
        if !paths.is_empty() || (streams.is_empty() && !args.stdin) {
            let (of_files, errors) = files(&paths, !args.no_ignore, &checker);
            failed = errors;
            decision.join(of_files);
        }
        decision
    };
    checker.tell_policy(&mut decision);
    // How long a secret has been let through is help: what cannot be read says nothing.
    if let Ok(repo) = Repo::open_from_env() {
        let _ = ages::note(&repo, &checker, &mut decision);
    }
    let mut decision = checker.screen().decision(decision);
    args.telling.tell(&decision, started);
    if !args.show_suppressed && !args.explain_score {
        decision = decision.without_suppressed();
    }
    failed.iter().for_each(super::tell);
    let repo = if args.reports.tell_the_run() { Repo::open_from_env().ok() } else { None };
    let head = repo.as_ref().and_then(|r| r.head().ok().flatten()).map(|id| id.to_string());
    let about = About::new(head, began, None, repo.and_then(|r| r.work_dir()));
    let code = args.reports.write(&decision, &about, &Log::new(None), args.explain_score);
    Ok(if failed.is_empty() { code } else { 2 })
}

/// Refuses commits at which a shallow clone's history is cut: what they changed is unknown, so all their lines
/// would count as new, and the history behind them would count as scanned.
fn whole(repo: &Repo, sent: &Outgoing) -> Result<(), Error> {
    let Some(cut) = repo.first_cut(&sent.commits)? else { return Ok(()) };
    Err(Error::Ci {
        what: format!(
            "this clone is shallow: its history ends at {}, and what that commit changed is not here",
            cut.short()
        ),
        help: "git fetch --unshallow brings the whole history; stanch ci fetches what a range needs"
            .to_owned(),
    })
}

/// Scans all of standard input; if it is too large, nothing is scanned.
fn standard_input(checker: &Checker) -> Result<Decision, Error> {
    let most = checker.most_bytes();
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(Error::io("standard input"))?;
    let mut decision = Decision::empty(Stage::Scan);
    let size = bytes.len() as u64;
    let path = RepoPath::new("-");
    if size > most {
        let skipped = checker.policy.unread(path, checker.too_large(size), BlobId::None);
        decision.reading.skipped.push(skipped);
        return Ok(decision);
    }
    decision.reading.files = 1;
    decision.reading.bytes = size;
    let fragment = Fragment { source: Source::new(SourceKind::Stdin, path.clone()), bytes: bytes.into() };
    let content = checker.content(&fragment);
    let unread = content
        .unread
        .into_iter()
        .map(|u| checker.policy.unread(unread_path(&path, &u), u.cause, BlobId::None));
    decision.reading.skipped.extend(unread);
    decision.findings = checker.decide(&fragment, content.findings, &content.members);
    Ok(decision)
}
