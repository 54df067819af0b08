//! `stanch trial`: what stanch would have decided about recent commits, before a team or a new version is held to
//! it.

use super::args::{OwnRules, Verbosity};
use super::since::Since;
use crate::check::{Checker, commits};
use crate::config::{MOST_WARN_ONLY_DAYS, Release, today};
use crate::error::Error;
use crate::git::Repo;
use crate::policy::{Action, Markers, Policy, Stage};
use crate::report::{self, trial::Trial};
use jiff::ToSpan;
use std::io::{self, Write};
use std::time::Instant;

/// Days of the proposed rollout.
const ROLLOUT_DAYS: i32 = 30;

/// Arguments of `stanch trial`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch trial                      the commits of the last 30 days
  stanch trial --since 2.weeks
  stanch trial --since 2026-11-01   from this day on
  stanch trial --since origin/main  since a branch, tag or commit
  stanch trial --since origin/main..HEAD
                                    a range
  stanch trial --format json        for a script

Each commit of HEAD is judged by the policy of today: allow entries, markers, baseline and thresholds count, and a rollout (policy.warn_only_until) does not. Nothing is changed, and nothing is recorded.

Exit status: 0 reported, 2 could not check.")]
pub(super) struct Args {
    /// Where to start: N.days, N.weeks or N.months ago, a date, a revision, or a range A..B
    #[arg(long, value_name = "WHEN", default_value = "30.days")]
    since: String,
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
    Text,
    /// One JSON object.
    Json,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let started = Instant::now();
    let repo = Repo::open_from_env()?;
    let policy = Checker::of_repo(&repo, args.own.files())?.policy;
    let since = Since::parse(&args.since, today())?;
    let set = policy.config.since.value;
    // Beside the newest version's decisions: those that the configuration keeps, or could keep.
    let kept = if set < Release::NEWEST { set } else { Release::ALL[0] };
    let former = policy.trial(kept);
    let checker = Checker::new(policy.trial(Release::NEWEST)).comparing();
    let sent = since.commits(&repo, None)?;
    let mut decision = commits::check(&repo, &checker, &sent, Stage::Scan, None)?;
    checker.tell_policy(&mut decision);
    decision.findings.retain(|d| d.action != Action::Suppress);
    let by_former = decision.findings.iter().map(|d| again(&former, d.finding.clone())).collect();
    let decision = checker.screen().decision(decision);
    args.telling.tell(&decision, started);
    let trial = Trial {
        decision: &decision,
        by_former,
        former: kept.name(),
        newest: Release::NEWEST.name(),
        keeps_former: set < Release::NEWEST,
        span: checker.screen().text(&since.shown()),
        rollout: today().saturating_add(ROLLOUT_DAYS.min(MOST_WARN_ONLY_DAYS).days()).to_string(),
    };
    let mut out = io::BufWriter::new(super::out::stdout());
    let written = match args.format {
        Format::Text => report::trial::render(&report::Terminal::from_env(), &trial, &mut out),
        Format::Json => report::trial::render_json(&trial, &mut out),
    };
    written.and_then(|()| out.flush()).map_err(Error::io("standard output"))?;
    Ok(if decision.is_incomplete() { 2 } else { 0 })
}

/// Another policy's decision about a finding that no person decided about, so without a marker.
fn again(policy: &Policy, finding: crate::finding::Finding) -> Action {
    policy.decide(finding, &Markers::of(b"")).action
}
