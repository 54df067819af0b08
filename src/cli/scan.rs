//! `stanch scan`: files and folders, standard input, the staged change, commits.

use super::log::Log;
use super::reports::Ending;
use super::repos::{self, Listed};
use super::shards;
use super::since::Since;
use super::verify::ask;
use super::verify::evidence::{self, Said};
use super::verify::targets::Targets;
use crate::check::ages;
use crate::check::files::files;
use crate::check::lfs::Store;
use crate::check::objects;
use crate::check::past;
use crate::check::share::Share;
use crate::check::state::State;
use crate::check::{self, Checker};
use crate::cli::args::OwnRules;
use crate::error::Error;
use crate::finding::{RepoPath, Source, SourceKind, WorkTree, printable, shown_path};
use crate::git::{GitError, Oid, Outgoing, Repo};
use crate::policy::{BlobId, Decision, Screened, Stage};
use crate::report::{About, Format, Shard};
use crate::scan::Fragment;
use jiff::Timestamp;
use sha1::{Digest, Sha1};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
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
  stanch scan --history --branch main --since 6.months
  stanch scan --history --state scan.state
                                  go on where a scan was cut off
  stanch scan --repos mirrors     the histories of all repositories in a folder
  git show HEAD | stanch scan -   standard input
  stanch scan --format sarif > stanch.sarif
  stanch scan --history --verify --format html -o past.html
                                  which of them are live, by their providers, and what
                                  to do first
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
    /// Scan the histories of the repositories in a folder, or in a file with a path a line
    ///
    /// Each is judged by its own configuration; one report has all of them. One that cannot be read is an error, and the
    /// others are read all the same.
    #[arg(long, value_name = "LIST|DIR", conflicts_with_all = ["paths", "stdin", "staged", "commits", "history"])]
    repos: Option<PathBuf>,
    /// With --history or --repos: only what this branch, tag or commit reaches (repeatable)
    #[arg(long, value_name = "REV", conflicts_with_all = ["paths", "stdin", "staged", "commits"])]
    branch: Vec<String>,
    /// With --history or --repos: only commits of N.days, N.weeks, N.months or N.years ago and later, or since a date
    #[arg(long, value_name = "WHEN", conflicts_with_all = ["paths", "stdin", "staged", "commits"])]
    since: Option<String>,
    /// With --history: keep what is clean in FILE, and do not read it again
    #[arg(long, value_name = "FILE", requires = "history")]
    state: Option<PathBuf>,
    /// With --history or --repos: only share I of N, or `auto` for the share that the system names
    ///
    /// With --repos each repository belongs to one share, with --history each file. `stanch merge` makes one report of
    /// those of all shares.
    #[arg(long, value_name = "I/N|auto", conflicts_with_all = ["paths", "stdin", "staged", "commits"])]
    shard: Option<String>,
    /// Scan standard input, as `-` does
    #[arg(long, conflicts_with = "paths")]
    stdin: bool,
    /// Also scan files that git ignores
    #[arg(long)]
    no_ignore: bool,
    /// Also scan what Git LFS pointers stand for, if this clone has it
    #[arg(long)]
    lfs: bool,
    /// Fail if any content was not read, archives and encrypted files included
    #[arg(long)]
    strict: bool,
    /// Show how each value was scored: the evidence, its weights and their sum
    ///
    /// Values below every threshold are shown too, as silent, and values that a filter rejected with its reason. With
    /// --format json and jsonl they are in the fields `score` and `rejected`.
    #[arg(long)]
    explain_score: bool,
    /// Ask the providers which secrets are live, once you have said yes
    #[arg(long)]
    verify: bool,
    /// With --verify: send without asking, for scripts
    #[arg(long, requires = "verify")]
    yes: bool,
    /// With --history, --commits or --repos: say who wrote the oldest commit of each secret
    ///
    /// It also says since when each secret is there, in which branches and tags, and whether a branch still has it, as
    /// --verify does.
    #[arg(long)]
    authors: bool,
    #[command(flatten)]
    ending: Ending,
    #[command(flatten)]
    own: OwnRules,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    if args.explain_score
        && !matches!(args.ending.reports.format(), Format::Text | Format::Json | Format::Jsonl)
    {
        let format = args.ending.reports.format().name();
        let why = format!("--explain-score has no place in {format}; use --format text, json or jsonl");
        return Err(Error::Usage(why));
    }
    if !args.history && args.repos.is_none() {
        let given = [("--branch", !args.branch.is_empty()), ("--since", args.since.is_some())];
        let shard = ("--shard", args.shard.is_some());
        if let Some((name, _)) = given.into_iter().chain([shard]).find(|(_, given)| *given) {
            return Err(Error::Usage(format!("{name} needs --history or --repos")));
        }
    }
    let get = |name: &str| std::env::var(name).ok();
    let share = args.shard.as_deref().map(|text| shards::share(text, &get)).transpose()?;
    let started = Instant::now();
    let began = Timestamp::now();
    if let Some(from) = &args.repos {
        return several(args, from, share, (started, began));
    }
    let of_commits = args.history || !args.commits.is_empty();
    if args.authors && !of_commits {
        return Err(Error::Usage("--authors needs --history, --commits or --repos".to_owned()));
    }
    let repo = Repo::open_from_env();
    let repo = if args.staged || of_commits || args.lfs { Some(repo?) } else { repo.ok() };
    let checker = args.checker(repo.as_ref(), args.own.files())?.sharing(share);
    if args.verify {
        ask::permitted(&checker.policy)?;
    }
    let mut shard = None;
    let mut failed = Vec::new();
    let mut decision = match &repo {
        Some(repo) if args.staged => check::staged::staged(repo, &checker)?,
        Some(repo) if of_commits => {
            let sent = args.sent(repo)?;
            shard = share.map(|share| part(share, sent.commits.iter().map(Oid::as_bytes)));
            let state = args.state.as_ref().map(|file| State::open(file, &checker.policy)).transpose()?;
            objects::check(repo, &checker, &sent, state.as_ref())?
        }
        _ => {
            let (streams, paths): (Vec<_>, Vec<_>) =
                args.paths.iter().cloned().partition(|p| p.as_os_str() == "-");
            let mut decision = Decision::empty(Stage::Scan);
            if args.stdin || !streams.is_empty() {
                decision.join(standard_input(&checker)?);
            }
            if !paths.is_empty() || (streams.is_empty() && !args.stdin) {
                let tree = WorkTree::of(repo.as_ref().and_then(Repo::work_dir));
                let (of_files, errors) = files(&paths, tree.as_ref(), !args.no_ignore, &checker);
                failed = errors;
                decision.join(of_files);
            }
            decision
        }
    };
    checker.tell_policy(&mut decision);
    // The age of an allowed secret is only a hint: if it cannot be read, nothing is said.
    if let Some(repo) = &repo {
        let _ = ages::note(repo, &checker, &mut decision);
    }
    if args.verify {
        evidence::note(&mut decision, args.yes, repo.as_ref(), &checker)?;
    }
    if let Some(repo) = repo.as_ref().filter(|_| of_commits && (args.verify || args.authors)) {
        past::note(repo, &mut decision, args.authors)?;
    }
    let decision = args.ending.shown(checker.screen().decision(decision), started, args.explain_score);
    failed.iter().for_each(super::tell);
    let about = args.ending.reports.about(repo.as_ref(), began).with_shard(shard);
    Ok(args.ending.reports.write(&decision, &about, &Log::new(None), args.explain_score))
}

impl Args {
    /// The checker with the options of this command, for a repository or outside of one.
    fn checker(&self, repo: Option<&Repo>, rules: &[PathBuf]) -> Result<Checker, Error> {
        let objects = repo.filter(|_| self.lfs).map(|repo| Store::of(repo, true)).transpose()?.flatten();
        let checker = Checker::of(repo, rules)?.with_lfs(objects);
        let checker = if self.strict { checker.strict() } else { checker };
        Ok(if self.explain_score { checker.explaining() } else { checker })
    }

    /// The commits that are asked for, all of their history here.
    fn sent(&self, repo: &Repo) -> Result<Outgoing, Error> {
        let sent = if self.commits.is_empty() { self.history_of(repo)? } else { repo.range(&self.commits)? };
        objects::uncut(repo, &sent)?;
        Ok(sent)
    }

    /// The commits of a repository's history that are asked for.
    fn history_of(&self, repo: &Repo) -> Result<Outgoing, Error> {
        let Some(since) = &self.since else {
            return Ok(if self.branch.is_empty() { repo.history()? } else { repo.range(&self.branch)? });
        };
        let since = Since::parse(since, crate::config::today())?;
        let tips = if self.branch.is_empty() {
            repo.refs()?.into_iter().map(|(_, id)| id).chain(repo.head()?).collect()
        } else {
            let named = |name: &String| -> Result<Oid, Error> {
                Ok(repo.resolve(name)?.ok_or_else(|| GitError::NoRevision(name.clone()))?)
            };
            self.branch.iter().map(named).collect::<Result<Vec<_>, _>>()?
        };
        since.commits(repo, Some(&tips))
    }

    /// Decides on the whole history of one of several repositories.
    fn history_in(&self, listed: &Listed, rules: &[PathBuf]) -> Result<Decision, Error> {
        let (repo, checker) = self.enter(listed, rules)?;
        objects::check(&repo, &checker, &self.sent(&repo)?, None)
    }

    /// Makes what was decided on it safe to show, with what providers and its history say.
    fn told_in(
        &self,
        listed: &Listed,
        rules: &[PathBuf],
        mut decision: Decision,
        said: &Said,
    ) -> Result<Screened, Error> {
        let (repo, checker) = self.enter(listed, rules)?;
        checker.tell_policy(&mut decision);
        if self.verify {
            evidence::apply(&mut decision, said);
        }
        if self.verify || self.authors {
            past::note(&repo, &mut decision, self.authors)?;
        }
        Ok(checker.screen().decision(decision))
    }

    /// Enters one of several repositories.
    fn enter(&self, Listed { path, .. }: &Listed, rules: &[PathBuf]) -> Result<(Repo, Checker), Error> {
        if !repos::is_repository(path) {
            let path = shown_path(path);
            return Err(Error::Usage(format!("{path} is no git repository; correct or remove its line")));
        }
        std::env::set_current_dir(path).map_err(Error::io(format!("cannot enter {}", shown_path(path))))?;
        let repo = Repo::open_from_env()?;
        let checker = self.checker(Some(&repo), rules)?;
        if self.verify {
            ask::permitted(&checker.policy)?;
        }
        Ok((repo, checker))
    }
}

/// Scans the histories of several repositories, one after the other.
fn several(
    args: &Args,
    from: &Path,
    share: Option<Share>,
    (started, began): (Instant, Timestamp),
) -> Result<u8, Error> {
    for name in ["GIT_DIR", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        if std::env::var_os(name).is_some() {
            return Err(Error::Usage(format!(
                "--repos reads other repositories than {name} names; unset it"
            )));
        }
    }
    let all = repos::listed(from)?;
    let shard = share.map(|share| part(share, all.iter().map(|r| r.name.as_bytes())));
    let absolute = |file: &PathBuf| std::path::absolute(file).map_err(Error::io("the current folder"));
    let rules = args.own.files().iter().map(absolute).collect::<Result<Vec<_>, _>>()?;
    let here = std::env::current_dir().map_err(Error::io("the current folder"))?;
    let none = Checker::of(None, &rules)?;
    let screen = none.screen();
    if args.verify {
        ask::permitted(&none.policy)?;
    }
    let mut decision = none.screen().decision(Decision::empty(Stage::Scan));
    let add = |decision: &mut Screened, listed: &Listed, told: Result<Screened, Error>| match told {
        Ok(part) => decision.join(part, listed.name.as_bytes()),
        Err(e) => {
            decision.failed(&screen, &listed.name, &e.to_string());
            let name = printable(listed.name.as_bytes());
            let _ = writeln!(super::out::stderr(), "stanch: could not check the repository {name}");
            super::tell(&e);
        }
    };
    // Providers are asked once about a secret of several repositories: after all were read.
    let mut kept = Vec::new();
    for listed in all.iter().filter(|r| share.is_none_or(|s| s.has(r.name.as_bytes()))) {
        match args.history_in(listed, &rules) {
            Ok(part) if args.verify => kept.push((listed, part)),
            read => {
                let told = read.and_then(|part| args.told_in(listed, &rules, part, &Said::new()));
                add(&mut decision, listed, told);
            }
        }
    }
    std::env::set_current_dir(&here).map_err(Error::io("cannot return to the folder of the call"))?;
    if !kept.is_empty() {
        let mut targets = Targets::new(&none);
        for (listed, part) in &kept {
            for mut finding in part.findings.iter().map(|d| d.finding.clone()) {
                finding.source.path = finding.source.path.under(listed.name.as_bytes());
                targets.add(&finding);
            }
        }
        let said = evidence::said(targets, args.yes, None, &none)?;
        for (listed, part) in kept {
            add(&mut decision, listed, args.told_in(listed, &rules, part, &said));
        }
        std::env::set_current_dir(&here).map_err(Error::io("cannot return to the folder of the call"))?;
    }
    if args.verify || args.authors {
        decision = decision.triaged();
    }
    let decision = args.ending.shown(decision, started, args.explain_score);
    let about = About::new(None, began, None, None).with_shard(shard);
    Ok(args.ending.reports.write(&decision, &about, &Log::new(None), args.explain_score))
}

/// A share of a list, as reports say it.
fn part<'a>(share: Share, list: impl Iterator<Item = &'a [u8]>) -> Shard {
    let mut hash = Sha1::new();
    for item in list {
        hash.update(Sha1::digest(item));
    }
    let list = data_encoding::HEXLOWER.encode(&hash.finalize());
    Shard { number: share.number, of: share.of, list }
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
    let fragment = Fragment { source: Source::new(SourceKind::Stdin, path), bytes: bytes.into() };
    decision.findings = checker.judge(&fragment, &BlobId::None, &mut decision.reading.skipped);
    Ok(decision)
}
