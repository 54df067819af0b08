//! Writes the audit log, and reminds of allowed secrets that are due for rotation.

use super::Checker;
use crate::error::Error;
use crate::finding::{Finding, shown_path};
use crate::git::Repo;
use crate::policy::audit::{self, Actor, Record};
use crate::policy::{Action, Screen, Screened};
use jiff::{Timestamp, Unit};
use std::collections::HashMap;
use std::env;
use std::path::{Path, PathBuf};

/// The path of a repository's audit log: the configured one, else one in the git directory that all its worktrees
/// share.
pub(crate) fn place(repo: &Repo, checker: &Checker) -> PathBuf {
    match &checker.policy.config.audit_path {
        Some(set) => {
            let path = PathBuf::from(&set.value);
            let home = env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
            let path = match (path.strip_prefix("~"), home) {
                (Ok(rest), Some(home)) => PathBuf::from(home).join(rest),
                _ => path,
            };
            // A system configuration may name a link; inside the git directory no link is followed.
            let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
            let made = folder.zip(path.file_name()).map(|(folder, name)| folder.join(name));
            path.canonicalize().ok().or(made).unwrap_or(path)
        }
        None => repo.common_dir().join("stanch").join("audit.jsonl"),
    }
}

/// Appends the decision, and adds a note for secrets that were allowed so long ago that they are due for rotation.
pub(crate) fn append(repo: &Repo, checker: &Checker, decision: &mut Screened) -> Result<(), Error> {
    if !checker.policy.must_record() {
        return Ok(());
    }
    let now = Timestamp::now();
    let screen = checker.screen();
    let records = audit::records(decision, &actor(repo, &screen), now);
    let mut notes = Vec::new();
    let first = write(repo, checker, &records)?;
    let most = i64::from(checker.policy.remind_days());
    for d in decision.findings.iter().filter(|d| d.deliberate && d.action == Action::Suppress && most > 0) {
        let Some(since) = first.get(d.finding.fingerprint.to_string().as_str()) else { continue };
        let days = now.since(*since).and_then(|s| s.total(Unit::Hour)).unwrap_or(0.0) as i64 / 24;
        if days >= most {
            notes.push(format!(
                "{}: this {} has been known here for {days} days: rotate it",
                d.finding.source.path, d.finding.rule.name
            ));
        }
    }
    notes.iter().for_each(|note| decision.note(&screen, note));
    Ok(())
}

/// Records what a person did about a secret by a command, and with which result or for which reason.
pub(crate) fn append_act(
    repo: &Repo,
    checker: &Checker,
    finding: &Finding,
    what: &str,
    result: &str,
) -> Result<(), Error> {
    if !checker.policy.must_record() {
        return Ok(());
    }
    let screen = checker.screen();
    let record = Record {
        decision: what.to_owned(),
        commit: finding.source.commit.clone(),
        path: screen.path(&finding.source.path).to_string(),
        line: finding.location.line,
        rule: finding.rule.id.to_owned(),
        severity: finding.severity.slug().to_owned(),
        confidence: finding.confidence.slug().to_owned(),
        fingerprint: finding.fingerprint.to_string(),
        reason: screen.text(result),
        ..Record::of(actor(repo, &screen), Timestamp::now(), "command")
    };
    write(repo, checker, &[record]).map(drop)
}

/// Appends records to a repository's audit log; as [`audit::append`].
fn write(repo: &Repo, checker: &Checker, records: &[Record]) -> Result<HashMap<String, Timestamp>, Error> {
    let path = place(repo, checker);
    let shown = shown_path(&path);
    audit::append(&path, records).map_err(Error::io(format!("cannot write the audit record {shown}")))
}

pub(crate) fn actor(repo: &Repo, screen: &Screen<'_>) -> Actor {
    let var = |names: &[&str]| names.iter().find_map(|n| env::var(n).ok()).unwrap_or_default();
    let top = repo.work_dir().unwrap_or_else(|| repo.git_dir().to_owned());
    Actor {
        host: screen.text(&host()),
        user: screen.text(&var(&["USER", "LOGNAME", "USERNAME"])),
        author: screen.text(&repo.user().unwrap_or_default()),
        agent: crate::caller::assistant().map(|name| screen.text(&name)),
        repository: screen.file(Path::new(top.to_string_lossy().trim_end_matches(['/', '\\']))),
    }
}

fn host() -> String {
    if cfg!(windows) {
        return env::var("COMPUTERNAME").unwrap_or_default();
    }
    std::fs::read_to_string("/etc/hostname")
        .map(|s| s.trim().to_owned())
        .or_else(|_| env::var("HOSTNAME"))
        .unwrap_or_default()
}
