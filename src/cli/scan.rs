//! `stanch scan`: files and folders, standard input, the staged change, commits.

use super::check::{self, Checker};
use super::outgoing;
use super::own_rules::OwnRules;
use super::telling::Telling;
use super::tree::{self, Item};
use crate::error::Error;
use crate::finding::{Finding, RepoPath, Source, SourceKind};
use crate::git::{self, Repo};
use crate::policy::{BlobId, Cause, Coverage, Decision, Passed, Skipped, Stage, Verdict};
use crate::report;
use crate::scan::Fragment;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Arguments of `stanch scan`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch scan                     the current folder, files that git ignores left out
  stanch scan src config/app.yml  these
  stanch scan --staged            what the next commit would record
  stanch scan --commits origin/main..HEAD
                                  what these commits bring, each by itself
  stanch scan --history           all that the refs of this repository reach
  git show HEAD | stanch scan -   what comes on standard input
  stanch scan --format sarif > stanch.sarif
  stanch scan --rules acme.toml   with your own rules (`stanch rules test` proves them)
  stanch scan --explain-score config/app.yml
                                  why each value there is, or is not, taken for a secret

Exit status: 0 nothing blocks, 1 a secret blocks, 2 could not check.")]
pub(super) struct Args {
    /// Files, folders, or - for standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Scan what the next commit would record
    #[arg(long, conflicts_with_all = ["paths", "stdin"])]
    staged: bool,
    /// Scan what commits bring, their messages too: A..B, B, ^A; may be given again
    #[arg(long, value_name = "RANGE", conflicts_with_all = ["paths", "stdin", "staged"])]
    commits: Vec<String>,
    /// Scan everything that the refs of this repository reach
    #[arg(long, conflicts_with_all = ["paths", "stdin", "staged", "commits"])]
    history: bool,
    /// Scan standard input, as `-` does
    #[arg(long, conflicts_with = "paths")]
    stdin: bool,
    /// Files that git ignores too
    #[arg(long)]
    no_ignore: bool,
    /// Fail if any content was not read, archives and encrypted files included
    #[arg(long)]
    strict: bool,
    /// Show what was let through too, with the reason
    #[arg(long)]
    show_suppressed: bool,
    /// Show how each value was judged: the evidence with its weights, and what their sum comes to
    ///
    /// Values that are likely no secrets are shown too, as silent. With --format json and jsonl the evidence is the
    /// field `score`.
    #[arg(long)]
    explain_score: bool,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    own: OwnRules,
    #[command(flatten)]
    telling: Telling,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a person.
    Human,
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
        checker = with_scores(Checker::of_repo(&repo, &args.own)?);
        check::staged(&repo, &checker)?
    } else if args.history || !args.commits.is_empty() {
        let repo = Repo::open_from_env()?;
        checker = with_scores(Checker::of_repo(&repo, &args.own)?);
        let sent = if args.history { repo.history()? } else { repo.range(&args.commits)? };
        outgoing::check(&repo, &checker, &sent, Stage::Scan, None)?
    } else {
        checker = with_scores(Checker::here(&args.own)?);
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
        Format::Human if args.explain_score => {
            report::score::render(&report::Terminal::from_env().listing(), &decision, out)
        }
        Format::Human => report::human::render_for(&report::Terminal::from_env().listing(), &decision, out),
        Format::Json => report::json::render(&decision, out),
        Format::Jsonl => report::json::render_lines(&decision, out),
        Format::Sarif => report::sarif::render(&decision, out),
    };
    let mut out = io::BufWriter::new(super::out::stdout());
    let written = write(&mut out).and_then(|()| out.flush()).map_err(Error::io("standard output"));
    if args.format != Format::Human {
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
    let (found, cause) = checker.content(&fragment);
    decision.reading.skipped.extend(cause.map(|cause| checker.policy.unread(path, cause, BlobId::None)));
    decision.findings = checker.decide(&fragment, found);
    Ok(decision)
}

/// What came of one path.
#[derive(Default)]
struct Outcome {
    /// Bytes, if it was read.
    size: Option<u64>,
    found: Vec<Verdict>,
    skipped: Option<Skipped>,
    failed: Option<Error>,
}

/// Every finding in the files under a folder, whatever is decided about it.
pub(super) fn all_findings(top: &Path, checker: &Checker) -> Result<Vec<Finding>, Error> {
    let (decision, failed) = from_top(&[top.to_owned()], top, true, checker);
    if let Some(e) = failed.into_iter().next() {
        return Err(e);
    }
    Ok(decision.findings.into_iter().flat_map(|d| d.finding.apart()).collect())
}

/// What was found, and the files that could not be read: the others are read all the same.
pub(super) fn files(paths: &[PathBuf], ignore: bool, checker: &Checker) -> (Decision, Vec<Error>) {
    let here = Path::new(".");
    match paths {
        [] => from_top(&[here.to_owned()], here, ignore, checker),
        paths => from_top(paths, here, ignore, checker),
    }
}

/// The same; findings name files from `top`.
fn from_top(roots: &[PathBuf], top: &Path, ignore: bool, checker: &Checker) -> (Decision, Vec<Error>) {
    let (files, bytes) = (AtomicUsize::new(0), AtomicU64::new(0));
    let names = Names::default();
    let (outcomes, mut failed) = tree::each(roots, ignore, |path, item, buffer| {
        names.judge(repo_path(path, top).as_bytes(), checker);
        let outcome = look_at(path, item, top, checker, buffer)
            .unwrap_or_else(|e| Outcome { failed: Some(e), ..Outcome::default() });
        if let Some(size) = outcome.size {
            files.fetch_add(1, Ordering::Relaxed);
            bytes.fetch_add(size, Ordering::Relaxed);
        }
        let is_clean = outcome.found.is_empty() && outcome.skipped.is_none() && outcome.failed.is_none();
        (!is_clean).then_some(outcome)
    });
    let mut decision = Decision::empty(Stage::Scan);
    decision.findings = names.found();
    decision.reading.files = files.into_inner();
    decision.reading.bytes = bytes.into_inner();
    for outcome in outcomes {
        decision.findings.extend(outcome.found);
        decision.reading.skipped.extend(outcome.skipped);
        failed.extend(outcome.failed);
    }
    (decision, failed)
}

/// The names of files and folders: each is judged once, however many files a folder holds.
#[derive(Default)]
struct Names {
    folders: Mutex<HashSet<Vec<u8>>>,
    found: Mutex<Vec<Verdict>>,
}

impl Names {
    /// Judges the name of a file, and those of its folders that were not met before.
    fn judge(&self, path: &[u8], checker: &Checker) {
        let slashes: Vec<usize> = memchr::memchr_iter(b'/', path).collect();
        let mut new: Vec<usize> = Vec::new();
        {
            let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
            // The folders above one that was met were met too.
            for end in slashes.iter().rev() {
                if !folders.insert(path[..*end].to_vec()) {
                    break;
                }
                new.push(*end);
            }
        }
        for end in new.into_iter().chain([path.len()]) {
            let name = &path[..end];
            let last = memchr::memrchr(b'/', name).map_or(0, |i| i + 1);
            let mut decided = checker.name(Source::new(SourceKind::FileName, RepoPath::new(name)));
            decided.retain(|d| d.finding.location.bytes.end > last);
            if !decided.is_empty() {
                self.found.lock().unwrap_or_else(PoisonError::into_inner).append(&mut decided);
            }
        }
    }

    /// What was found, in the order of the names.
    fn found(self) -> Vec<Verdict> {
        let mut found = self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.sort_by(|a, b| a.finding.source.path.cmp(&b.finding.source.path));
        found
    }
}

/// Reads what stands at a path into the buffer and decides on it.
fn look_at(
    path: &Path,
    item: Item,
    top: &Path,
    checker: &Checker,
    buffer: &mut Vec<u8>,
) -> Result<Outcome, Error> {
    let repo_path = repo_path(path, top);
    let hash = |digits| git::blob_id(path, digits).ok();
    let unread = |cause| checker.policy.unread(repo_path.clone(), cause, BlobId::Hashed(&hash));
    let failed = |e| Error::io(format!("cannot read {repo_path}"))(e);
    let source = Source::new(SourceKind::File, repo_path.clone());
    match item {
        Item::Passed(what) => {
            let skipped = checker.policy.unread(repo_path.clone(), Cause::Passed(what), BlobId::None);
            Ok(Outcome { skipped: Some(skipped), ..Outcome::default() })
        }
        Item::Link => {
            let target = path_bytes(&path.read_link().map_err(failed)?);
            let fragment = Fragment { source, bytes: target.into() };
            Ok(Outcome {
                found: checker.fragment(&fragment, &mut Coverage::default()),
                skipped: Some(checker.policy.unread(
                    repo_path.clone(),
                    Cause::Passed(Passed::Link),
                    BlobId::None,
                )),
                ..Outcome::default()
            })
        }
        Item::File => {
            let mut file = File::open(path).map_err(failed)?;
            let told = file.metadata().map_err(failed)?.len();
            let most = checker.most_bytes();
            let _held = (told > check::LARGE && told <= most).then(|| checker.large());
            let size = fill(&mut file, buffer, most).map_err(failed)? as u64;
            if size > most {
                let size = file.metadata().map_err(failed)?.len().max(size);
                return Ok(Outcome { skipped: Some(unread(checker.too_large(size))), ..Outcome::default() });
            }
            let fragment = Fragment { source, bytes: buffer[..size as usize].into() };
            let (found, cause) = checker.content(&fragment);
            let outcome = Outcome {
                size: Some(size),
                found: checker.decide(&fragment, found),
                skipped: cause.map(unread),
                failed: None,
            };
            if buffer.len() > KEPT {
                *buffer = Vec::new();
            }
            Ok(outcome)
        }
    }
}

/// The buffer that a thread keeps from file to file has so many bytes at most.
const KEPT: usize = 4 << 20;

/// Reads a file to its end, or to more than `most` bytes, into a buffer that grows as it must; how many were read.
fn fill(file: &mut File, buffer: &mut Vec<u8>, most: u64) -> io::Result<usize> {
    let mut size = 0;
    while size as u64 <= most {
        if size == buffer.len() {
            // A large file says how large it is: no more pages are touched than it fills.
            let told = if size > 0 { file.metadata()?.len().min(most) as usize + 1 } else { 0 };
            buffer.resize(if told > size { told } else { (2 * size).max(256 << 10) }, 0);
        }
        match file.read(&mut buffer[size..]) {
            Ok(0) => break,
            Ok(n) => size += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(size)
}

/// A path for messages and rules: forward slashes, from `top` where it is under it.
fn repo_path(path: &Path, top: &Path) -> RepoPath {
    let path = path.strip_prefix(top).unwrap_or(path);
    RepoPath::new(path_bytes(path))
}

#[cfg(unix)]
fn path_bytes(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

#[cfg(not(unix))]
fn path_bytes(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace('\\', "/").into_bytes()
}
