//! `stanch ci`: scans what a pull request or a push brings, on any CI system.

use crate::check::{Checker, Request, commits};
use crate::ci::{Event, Kind, System, Trust, Vars, init, range};
use crate::cli::args::OwnRules;
use crate::cli::log::Log;
use crate::cli::reports::Ending;
use crate::config::{AllowEntry, AllowWhat, FILE_NAME};
use crate::error::Error;
use crate::finding::printable;
use crate::git::{GitError, Repo, fetch_objects};
use crate::policy::{Action, Decision, Stage};
use crate::report::About;
use jiff::Timestamp;
use std::io::Write;
use std::time::Instant;

/// Arguments of `stanch ci`.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  stanch ci                       what this pull request or push brings
  stanch ci --report sarif=stanch.sarif --report junit=stanch.xml
  stanch ci --base origin/main    compare with this
  stanch ci --range-only          say which commits would be read
  stanch ci init github           print a workflow

The range comes from the variables of the CI system, and is said in one line. What a shallow clone lacks is fetched from its remote. The page \"ci\" of the guide has the lines for each system.

Exit status: 0 nothing blocked, 1 a secret is blocked, 2 could not check."
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Sub>,
    /// Compare with REV, whatever the CI system says
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Read REV, whatever the CI system says
    #[arg(long, value_name = "REV")]
    head: Option<String>,
    /// Never fetch: fail if this clone lacks a commit
    #[arg(long)]
    no_fetch: bool,
    /// Print the range, and read nothing
    #[arg(long)]
    range_only: bool,
    /// Fail if any content was not read, archives and encrypted files included
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    ending: Ending,
    #[command(flatten)]
    own: OwnRules,
}

#[derive(Debug, clap::Subcommand)]
enum Sub {
    /// Print the configuration that runs stanch on a CI system
    Init {
        /// The CI system
        #[arg(value_enum)]
        system: Name,
    },
}

/// A system that `init` supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[allow(missing_docs, reason = "their names")]
enum Name {
    Github,
    Gitlab,
    Circleci,
    Jenkins,
    Travis,
    Azure,
    Bitbucket,
    Buildkite,
    Woodpecker,
    Drone,
    Teamcity,
    Appveyor,
}

/// How often a partial clone's missing objects are fetched.
const REFILLS: usize = 3;

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    if let Some(Sub::Init { system }) = &args.command {
        let text = init::file(match system {
            Name::Github => System::GitHub,
            Name::Gitlab => System::GitLab,
            Name::Circleci => System::CircleCi,
            Name::Jenkins => System::Jenkins,
            Name::Travis => System::Travis,
            Name::Azure => System::Azure,
            Name::Bitbucket => System::Bitbucket,
            Name::Buildkite => System::Buildkite,
            Name::Woodpecker => System::Woodpecker,
            Name::Drone => System::Drone,
            Name::Teamcity => System::TeamCity,
            Name::Appveyor => System::AppVeyor,
        });
        crate::cli::out::stdout().write_all(text.as_bytes()).map_err(Error::io("standard output"))?;
        return Ok(0);
    }
    let started = (Instant::now(), Timestamp::now());
    let get = |name: &str| std::env::var_os(name);
    let vars = Vars(&get);
    let system = System::detect(vars);
    let log = Log::new(system);
    log.use_colours();
    let (base, head) = (given(args.base.as_deref()), given(args.head.as_deref()));
    let event = event(system, vars, base.is_some())?;
    let options = range::Options { system, base, head, fetch: !args.no_fetch, tell: &|step| log.step(step) };
    let found = range::find(Repo::open_from_env()?, &event, &options);
    log.end_steps();
    let found = found?;
    log.line(&found.line);
    if args.range_only {
        let mut text = format!("head {}\n", found.head);
        found.bases.iter().for_each(|id| text.push_str(&format!("base {id}\n")));
        found.sent.commits.iter().for_each(|id| text.push_str(&format!("commit {id}\n")));
        crate::cli::out::stdout().write_all(text.as_bytes()).map_err(Error::io("standard output"))?;
        return Ok(0);
    }
    let request = match found.trust {
        None => Request::None,
        Some(Trust::Same) => Request::Trusted,
        Some(Trust::Fork | Trust::Unknown) => Request::Untrusted,
    };
    let repo = &found.repo;
    let (checker, brought) = Checker::of_ci(repo, &found.policy, &found.head, request, args.own.files())?;
    let checker = if args.strict { checker.strict() } else { checker };
    let mut decision = check(&found, &checker, &options, &log)?;
    decision.reading.notes.extend(told(&decision, &brought, request, &event));
    checker.tell_policy(&mut decision);
    let shown = args.ending.shown(checker.screen().decision(decision), started.0, false);
    let about = About::new(Some(found.head.to_string()), started.1, Some(&found.line), repo.work_dir());
    Ok(args.ending.reports.write(&shown, &about, &log, false))
}

/// A non-empty option: an empty CI variable gives an empty option.
fn given(option: Option<&str>) -> Option<&str> {
    option.filter(|text| !text.trim().is_empty())
}

fn event(system: Option<System>, vars: Vars<'_>, has_base: bool) -> Result<Event, Error> {
    let by_hand = |title: &str| Event { kind: Kind::Request(Trust::Unknown), ..Event::whole(title) };
    match system {
        Some(system) => match system.event(vars) {
            // Options override the system, so its error does not matter.
            Err(_) if has_base => Ok(by_hand("a range given by options")),
            event => event,
        },
        None if has_base => Ok(by_hand("a range given by options")),
        None => Err(Error::Ci {
            what: "no CI system is known by its variables here".to_owned(),
            help: "name the range: stanch ci --base origin/main --head HEAD".to_owned(),
        }),
    }
}

/// Scans the range, fetching objects that a partial clone lacks.
fn check(
    found: &range::Range,
    checker: &Checker,
    options: &range::Options<'_>,
    log: &Log,
) -> Result<Decision, Error> {
    let mut fresh = None;
    for _ in 0..REFILLS {
        let repo = fresh.as_ref().unwrap_or(&found.repo);
        match commits::check(repo, checker, &found.sent, Stage::Scan, None) {
            Err(Error::Git(GitError::Missing(ids))) if options.fetch => {
                let Some(remote) = repo.fetch_remote()? else { return Err(GitError::Missing(ids).into()) };
                log.line(&format!("{} objects are not in this clone: fetching them", ids.len()));
                fetch_objects(&remote, &ids)?;
                fresh = Some(Repo::open_from_env()?);
            }
            decision => return decision,
        }
    }
    commits::check(fresh.as_ref().unwrap_or(&found.repo), checker, &found.sent, Stage::Scan, None)
}

/// Notes on the allow entries that a change brings: those that counted, and for the others how a maintainer adopts
/// them.
fn told(decision: &Decision, brought: &[AllowEntry], request: Request, event: &Event) -> Vec<String> {
    let mut notes = Vec::new();
    let what = event.title.as_str();
    for d in &decision.findings {
        let fingerprint = &d.finding.fingerprint;
        let entry = brought.iter().find(|e| matches!(&e.what, AllowWhat::Fingerprint(f) if f == fingerprint));
        let Some(entry) = entry else { continue };
        let (path, rule) = (&d.finding.source.path, d.finding.rule.id);
        let line = d.finding.location.line;
        let reason = printable(entry.reason.as_bytes());
        if d.action == Action::Suppress && d.deliberate {
            notes.push(format!("allowed by this change: {path}:{line} {rule} ({reason})"));
        } else if d.action == Action::Block && request == Request::Untrusted {
            let reason = reason.replace(['\'', '\\'], "");
            let file = entry.file.as_deref().unwrap_or(FILE_NAME).trim_start_matches("the committed ");
            notes.push(format!(
                "{what}: the fork's entry in {file} for {path}:{line} does not count. If it is no secret, a maintainer \
                 takes it over on the target branch: stanch allow {fingerprint} --rule {rule} --reason '{reason}'"
            ));
        }
    }
    notes.dedup();
    notes
}
