//! `stanch hook pre-receive` and `update`: scan what a push brings to a server, before its refs move.
//!
//! Git keeps the new objects in quarantine until pre-receive accepts them; they are read through git's own
//! environment. The environment of the person who pushes is not trusted here, since over a local path it reaches
//! this process. So the only way to a bypass is a push option.

use super::bypass::bypass;
use super::{push, takeover};
use crate::check::Checker;
use crate::check::commits;
use crate::error::Error;
use crate::finding::printable;
use crate::git::{self, ObjectKind, Oid, RefUpdate, Repo};
use crate::policy::passed;
use crate::policy::{Decision, Stage};
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The push option that gives a reason: `git push -o stanch.bypass="WHY"`.
const OPTION: &str = "stanch.bypass";
/// Seconds that the check may take, in git's own configuration; without it there is no limit.
const SECONDS: &str = "stanch.receiveseconds";
/// Longest time budget in seconds: a day.
const MOST_SECONDS: f64 = 86_400.0;

/// Scans all refs of a push in one call.
pub(super) fn pre_receive(repo: &Repo, checker: &Checker, own: &[PathBuf]) -> Result<Decision, Error> {
    let updates = git::parse_receive(&push::stdin()?)?;
    if updates.is_empty() {
        return Err(Error::Usage(
            "no list of refs on standard input: git gives one to pre-receive, pass it on".to_owned(),
        ));
    }
    check(repo, checker, &updates, own)
}

/// Scans one ref: `REF OLD NEW`, as git gives them.
pub(super) fn update(
    repo: &Repo,
    checker: &Checker,
    args: &[OsString],
    own: &[PathBuf],
) -> Result<Decision, Error> {
    let [name, old, new] = args else {
        return Err(Error::Usage("update needs REF OLD NEW, as git gives them (\"$@\")".to_owned()));
    };
    let text = |s: &OsString| s.to_string_lossy().into_owned();
    let line = format!("{} {} {}\n", text(old), text(new), text(name));
    let mut decision = check(repo, checker, &git::parse_receive(line.as_bytes())?, own)?;
    if decision.blocks() {
        decision.reading.notes.push(
            "update sees one ref at a time, after the objects are stored: use pre-receive, which keeps them out"
                .to_owned(),
        );
    }
    Ok(decision)
}

fn check(repo: &Repo, checker: &Checker, updates: &[RefUpdate], own: &[PathBuf]) -> Result<Decision, Error> {
    let deadline = repo.config_value(SECONDS)?.map(|text| deadline(&text)).transpose()?;
    let mut decision = Decision::empty(Stage::Receive);
    let mut passed = Vec::new();
    let default = repo.head()?;
    for (branch, updates) in by_branch(repo, updates)? {
        let of_branch = branch.map(|tip| Checker::of_commit(repo, &tip, own)).transpose()?;
        let checker = of_branch.as_ref().unwrap_or(checker);
        let mut sent = repo.incoming(&updates)?;
        let entering = takeover::entering(repo, own, branch, &updates, &sent)?;
        let more = entering.commits.len() - sent.commits.len();
        sent.commits = entering.commits;
        let mut part = commits::check(repo, checker, &sent, Stage::Receive, deadline)?;
        if part.blocks() && more > 0 {
            part.reading.notes.push(format!(
                "{more} commits that other branches have were read too: the policy of a branch decides on what enters it"
            ));
        }
        if part.blocks()
            && let Some(reason) = option()
        {
            bypass(checker, &mut part, OPTION, &reason);
        }
        // Commits of the default branch need no note: its own policy accepted them.
        let to_default = |u: &RefUpdate| default.is_none() || u.old == default;
        if branch.is_some() || !updates.iter().all(to_default) {
            passed.push((entering.policy, sent.commits));
        }
        decision.join(part);
    }
    if !decision.blocks() {
        passed::note(repo, &passed)?;
    }
    Ok(decision)
}

/// The end of the time budget, from seconds in git's configuration.
fn deadline(text: &str) -> Result<Instant, Error> {
    let seconds = text.trim().parse().ok().filter(|s: &f64| (0.0..=MOST_SECONDS).contains(s));
    seconds.map(|s| Instant::now() + Duration::from_secs_f64(s)).ok_or_else(|| {
        Error::Usage(format!(
            "git config stanch.receiveSeconds is no number of seconds from 0 to {MOST_SECONDS}: {}; \
             set it on the server",
            printable(text.as_bytes())
        ))
    })
}

/// Updates under one policy: the commit that has it, or `None` for the default branch's.
type Part = (Option<Oid>, Vec<RefUpdate>);

/// The updates by the commit whose policy applies: the target branch's current tip on the server. For a new branch
/// the default branch's policy applies (`None`): otherwise a push could bring a looser policy with it.
fn by_branch(repo: &Repo, updates: &[RefUpdate]) -> Result<Vec<Part>, Error> {
    let mut out: Vec<Part> = Vec::new();
    let default = repo.head()?;
    for update in updates {
        let is_branch = update.target.starts_with(b"refs/heads/");
        let tip = match update.old {
            Some(old)
                if is_branch && Some(old) != default && repo.kind(&old)? == Some(ObjectKind::Commit) =>
            {
                Some(old)
            }
            _ => None,
        };
        match out.iter_mut().find(|(known, _)| *known == tip) {
            Some((_, list)) => list.push(update.clone()),
            None => out.push((tip, vec![update.clone()])),
        }
    }
    Ok(out)
}

/// The reason in the push options, if there is one.
fn option() -> Option<String> {
    let count: usize = env::var("GIT_PUSH_OPTION_COUNT").ok()?.parse().ok()?;
    (0..count)
        .filter_map(|i| env::var(format!("GIT_PUSH_OPTION_{i}")).ok())
        .find_map(|o| o.strip_prefix(OPTION)?.strip_prefix('=').map(str::to_owned))
}
