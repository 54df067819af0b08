//! How long secrets have been allowed or in the baseline: one that stays must be rotated all the same.
//!
//! An entry is as old as its line in the file that git has, or as the first record of its secret in the audit log,
//! whichever is earlier. An entry that was only just written is new.

use super::{Checker, audit_log};
use crate::config::{AllowWhat, FILE_NAME, Layer};
use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::{Fingerprint, printable, shown_path};
use crate::git::{self, Repo};
use crate::policy::load::MAX_BASELINE;
use crate::policy::{Action, Baseline, Decision, audit};
use crate::sort;
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// A secret that an old or a current decision allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Age {
    pub(crate) fingerprint: Fingerprint,
    /// Its rule, if the entry names it.
    pub(crate) rule: String,
    /// Where the entry is: `.stanch.toml:12`.
    pub(crate) place: String,
    /// Whole days that it has been known; `None` if nothing says since when.
    pub(crate) days: Option<i64>,
}

/// Every secret that the repository allows or has in its baseline, the oldest first.
pub(crate) fn ages(repo: &Repo, checker: &Checker) -> Result<Vec<Age>, Error> {
    let now = Timestamp::now().as_second();
    let Some(top) = repo.work_dir() else { return Ok(Vec::new()) };
    let recorded = recorded(repo, checker)?;
    let mut times: HashMap<String, Vec<i64>> = HashMap::new();
    let mut out = Vec::new();
    let mut add = |fingerprint: Fingerprint, rule: &str, file: &str, line: usize| {
        let of_file = times.entry(file.to_owned()).or_insert_with(|| git::line_times(&top, file));
        let written = line.checked_sub(1).and_then(|i| of_file.get(i)).copied();
        let since = written.into_iter().chain(recorded.get(&fingerprint.to_string()).copied()).min();
        out.push(Age {
            fingerprint,
            rule: printable(rule.as_bytes()),
            place: format!("{}:{line}", printable(file.as_bytes())),
            days: since.map(|s| (now - s).max(0) / DAY),
        });
    };
    let config = &checker.policy.config;
    for entry in config.allow.iter().filter(|e| e.layer == Layer::Repository) {
        if let AllowWhat::Fingerprint(f) = &entry.what {
            let file = entry.file.as_deref().unwrap_or(FILE_NAME);
            add(*f, entry.rule.as_deref().unwrap_or_default(), file, entry.line);
        }
    }
    let name = config.baseline.value.clone();
    let text = disk::read(&top.join(&name), Links::Refuse, MAX_BASELINE as u64).unwrap_or_default();
    let lines = Baseline::places(&text);
    for (fingerprint, rule) in checker.policy.baseline.iter() {
        add(*fingerprint, rule, &name, lines.get(fingerprint).copied().unwrap_or(0));
    }
    sort::by_key(&mut out, |a| std::cmp::Reverse(a.days));
    Ok(out)
}

/// Those that are older than the policy lets a secret be.
pub(crate) fn too_old(repo: &Repo, checker: &Checker) -> Result<Vec<Age>, Error> {
    let most = i64::from(checker.policy.remind_days());
    let mut all = ages(repo, checker)?;
    all.retain(|a| most > 0 && a.days.is_some_and(|days| days >= most));
    Ok(all)
}

/// Notes for a scan how many of the secrets that it allowed are too old.
pub(crate) fn note(repo: &Repo, checker: &Checker, decision: &mut Decision) -> Result<(), Error> {
    let passed = decision.findings.iter().filter(|d| d.deliberate && d.action == Action::Suppress);
    let passed: HashSet<Fingerprint> = passed.map(|d| d.finding.fingerprint).collect();
    if passed.is_empty() {
        return Ok(());
    }
    let old = too_old(repo, checker)?.into_iter().filter(|a| passed.contains(&a.fingerprint)).count();
    decision.reading.notes.extend(sentence(old, checker));
    Ok(())
}

/// How many are too old, in words; `None` if none is.
pub(crate) fn sentence(old: usize, checker: &Checker) -> Option<String> {
    let days = checker.policy.remind_days();
    let what = match old {
        0 => return None,
        1 => "1 allowed or baselined secret is".to_owned(),
        n => format!("{n} allowed or baselined secrets are"),
    };
    Some(format!(
        "{what} older than {days} days (audit.remind_days): rotate; `stanch audit --ages` lists them"
    ))
}

/// The first record of each secret.
fn recorded(repo: &Repo, checker: &Checker) -> Result<HashMap<String, i64>, Error> {
    let mut first: HashMap<String, i64> = HashMap::new();
    let path = audit_log::place(repo, checker);
    let shown = shown_path(&path);
    audit::read(&path, &mut |r| {
        let at = first.entry(r.fingerprint).or_insert(i64::MAX);
        *at = (*at).min(r.time.as_second());
        Ok(())
    })
    .map_err(Error::io(format!("cannot read the audit record {shown}")))?;
    Ok(first)
}
