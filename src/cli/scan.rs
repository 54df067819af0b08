//! `stanch scan`: files and folders, standard input, the staged change, commits.

use super::args::Verbosity;
use crate::check::commits;
use crate::check::content::unread_path;
use crate::check::files::files;
use crate::check::{self, Checker};
use crate::cli::args::OwnRules;
use crate::error::Error;
use crate::finding::{RepoPath, Source, SourceKind};
use crate::git::Repo;
use crate::policy::{BlobId, Decision, Stage};
use crate::report;
use crate::scan::Fragment;
use std::io::{self, Read, Write};
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
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    own: OwnRules,
    #[command(flatten)]
    telling: Verbosity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a person.
    #[value(alias = "human")]
    Text,
    /// One JSON array, an object for each finding.
    Json,
    /// One JSON object a line, for each place: an id found with its secret has its own, with `part_of`.
    Jsonl,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    if args.explain_score && args.format == Format::Sarif {
        let why = "--explain-score has no place in SARIF; use --format human, json or jsonl";
        return Err(Error::Usage(why.to_owned()));
    }
    let with_scores = |c: Checker| {
        let c = if args.strict { c.strict() } else { c };
        if args.explain_score { c.explaining() } else { c }
    };
    let started = Instant::now();
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
    let mut decision = checker.screen().decision(decision);
    args.telling.tell(&decision, started);
    if !args.show_suppressed && !args.explain_score {
        decision = decision.without_suppressed();
    }
    let write = |out: &mut dyn Write| match args.format {
        Format::Text if args.explain_score => {
            report::score::render(&report::Terminal::from_env().listing(), &decision, out)
        }
        Format::Text => report::human::render_for(&report::Terminal::from_env().listing(), &decision, out),
        Format::Json => report::json::render(&decision, out),
        Format::Jsonl => report::json::render_lines(&decision, out),
        Format::Sarif => report::sarif::render(&decision, out),
    };
    let mut out = io::BufWriter::new(super::out::stdout());
    let written = write(&mut out).and_then(|()| out.flush()).map_err(Error::io("standard output"));
    if args.format != Format::Text {
        let _ =
            report::human::render_unread(&report::Terminal::from_env(), &decision, &mut super::out::stderr());
    }
    for e in failed.iter().chain(written.as_ref().err()) {
        super::tell(e);
    }
    // What was found counts, even if its report could not be written.
    let code = decision.exit_code();
    Ok(if !failed.is_empty() || (written.is_err() && code == 0) { 2 } else { code })
}

/// What comes on standard input, all of it or none.
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
