//! Which secrets are meant: those just blocked, those of files, of the history or of a report.

use super::super::findings_in;
use super::super::reports::read_report;
use crate::check::files::files;
use crate::check::{Checker, last_blocked, objects};
use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::{Finding, Fingerprint, WorkTree, printable, shown_path};
use crate::git::{Oid, Repo};
use crate::policy::Screen;
use crate::sort;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// One secret, and each place where it was found.
#[derive(Debug)]
pub(in crate::cli) struct Target {
    pub(in crate::cli) finding: Finding,
    pub(in crate::cli) places: BTreeSet<String>,
}

/// Secrets by their fingerprints.
pub(in crate::cli) struct Targets<'a> {
    /// Masks the paths of places.
    screen: Screen<'a>,
    found: BTreeMap<Fingerprint, Target>,
    /// How many that were blocked last cannot be read again.
    pub(in crate::cli) lost: usize,
}

impl<'a> Targets<'a> {
    /// No secret yet.
    pub(in crate::cli) fn new(checker: &'a Checker) -> Targets<'a> {
        Targets { screen: checker.screen(), found: BTreeMap::new(), lost: 0 }
    }

    /// Adds a finding; one with its id counts before one without.
    pub(in crate::cli) fn add(&mut self, finding: Finding) {
        if finding.rule.public {
            return;
        }
        let place = format!("{}:{}", self.screen.path(&finding.source.path), finding.location.line);
        let target = self.found.entry(finding.fingerprint);
        let target = target.or_insert_with(|| Target { finding: finding.clone(), places: BTreeSet::new() });
        target.places.insert(place);
        if target.finding.pair.is_none() && finding.pair.is_some() {
            target.finding = finding;
        }
    }

    /// All of them, in order of their first places.
    pub(in crate::cli) fn into_list(self) -> Vec<Target> {
        let mut list: Vec<Target> = self.found.into_values().collect();
        sort::by(&mut list, |a, b| a.places.cmp(&b.places));
        list
    }

    /// Returns whether one of these is not here.
    fn lacks(&self, prefixes: &[String]) -> bool {
        let is_here = |low: &str| self.found.keys().any(|f| f.to_string().starts_with(low));
        prefixes.iter().any(|prefix| !is_here(&prefix.to_ascii_lowercase()))
    }

    fn keep(&mut self, prefixes: &[String]) -> Result<(), Error> {
        let mut kept = BTreeMap::new();
        for prefix in prefixes {
            let low = prefix.to_ascii_lowercase();
            let fits: Vec<Fingerprint> =
                self.found.keys().filter(|f| f.to_string().starts_with(&low)).copied().collect();
            let shown = printable(prefix.as_bytes());
            match fits.as_slice() {
                [one] => kept.extend(self.found.remove(one).map(|target| (*one, target))),
                [] if kept.keys().any(|f: &Fingerprint| f.to_string().starts_with(&low)) => {}
                [] => {
                    return Err(Error::Usage(format!(
                        "no secret that was blocked last or is in a file here has the fingerprint {shown}; \
                         --history looks into every commit"
                    )));
                }
                several => {
                    let n = several.len();
                    return Err(Error::Usage(format!("{shown} fits {n} secrets; give more digits")));
                }
            }
        }
        self.found = kept;
        Ok(())
    }
}

/// Where to look.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Asked<'a> {
    pub(in crate::cli) what: &'a [PathBuf],
    pub(in crate::cli) history: bool,
    pub(in crate::cli) report: Option<&'a Path>,
}

/// The secrets that are meant.
pub(in crate::cli) fn targets<'a>(
    asked: Asked<'_>,
    repo: Option<&Repo>,
    checker: &'a Checker,
) -> Result<Targets<'a>, Error> {
    let is_file = |p: &&PathBuf| p.symlink_metadata().is_ok();
    let (paths, others): (Vec<&PathBuf>, Vec<&PathBuf>) = asked.what.iter().partition(is_file);
    let mut prefixes = Vec::new();
    for other in others {
        let text = other.to_string_lossy();
        if !(4..=20).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Error::Usage(format!(
                "{} is neither a file nor a fingerprint of 4 to 20 digits",
                shown_path(other)
            )));
        }
        prefixes.push(text.into_owned());
    }
    let mut all = Targets::new(checker);
    let tree = WorkTree::of(repo.and_then(Repo::work_dir));
    let inside = || repo.ok_or_else(|| Error::Usage("there is no git repository here".to_owned()));
    if let Some(file) = asked.report {
        of_report(file, repo, checker, &mut all)?;
    }
    if asked.history {
        let repo = inside()?;
        let decision = objects::check(repo, checker, &repo.history()?, None)?;
        decision.findings.into_iter().for_each(|d| all.add(d.finding));
    }
    if !paths.is_empty() {
        let paths: Vec<PathBuf> = paths.into_iter().cloned().collect();
        let (decision, failed) = files(&paths, tree.as_ref(), false, checker);
        if let Some(e) = failed.into_iter().next() {
            return Err(e);
        }
        decision.findings.into_iter().for_each(|d| all.add(d.finding));
    } else if !asked.history && asked.report.is_none() {
        last_blocked(inside()?, checker, &mut all)?;
        if all.lacks(&prefixes) {
            let top = [super::super::work_tree(inside()?, "files to look into")?];
            let (decision, _) = files(&top, tree.as_ref(), true, checker);
            decision.findings.into_iter().for_each(|d| all.add(d.finding));
        }
    }
    if !prefixes.is_empty() {
        all.keep(&prefixes)?;
    }
    Ok(all)
}

/// What the last hook blocked, read again: from its blob, else from the files here.
fn last_blocked(repo: &Repo, checker: &Checker, all: &mut Targets<'_>) -> Result<(), Error> {
    let known = last_blocked::read(repo).findings;
    for known in &known {
        let Some(bytes) = known.content(repo)? else { continue };
        let found = findings_in(checker, known.path.as_bytes(), &bytes).into_iter();
        found.filter(|f| f.fingerprint.to_string() == known.fingerprint).for_each(|f| all.add(f));
    }
    let fingerprints: BTreeSet<&str> = known.iter().map(|f| f.fingerprint.as_str()).collect();
    // In an archive, a name or a message.
    if all.found.len() < fingerprints.len()
        && let Some(top) = repo.work_dir()
    {
        let tree = WorkTree::of(Some(top.clone()));
        let found = files(&[top], tree.as_ref(), true, checker).0.findings.into_iter().map(|d| d.finding);
        found.filter(|f| fingerprints.contains(f.fingerprint.to_string().as_str())).for_each(|f| all.add(f));
    }
    all.lost = fingerprints.len().saturating_sub(all.found.len());
    Ok(())
}

/// A row of a JSON report; `stanch scan --format json` writes it.
#[derive(Deserialize)]
struct Row {
    path: String,
    fingerprint: String,
    #[serde(default)]
    part_of: Option<String>,
    #[serde(default)]
    blob: Option<String>,
}

/// The secrets of a report, whose values are read again: from the blob where it names one, else from the file.
fn of_report(
    file: &Path,
    repo: Option<&Repo>,
    checker: &Checker,
    all: &mut Targets<'_>,
) -> Result<(), Error> {
    let shown = shown_path(file);
    let bytes = read_report(file)?;
    let rows = match serde_json::from_slice::<Vec<Row>>(&bytes) {
        Ok(rows) => Ok(rows),
        Err(e) => match bytes.trim_ascii_start().first() {
            Some(b'{') => serde_json::Deserializer::from_slice(&bytes).into_iter().collect(),
            _ => Err(e),
        },
    };
    let rows: Vec<Row> = rows.map_err(|_| {
        Error::Usage(format!(
            "{shown} is no report of stanch in JSON; make one with stanch scan --format json"
        ))
    })?;
    let mut lost = 0;
    for row in rows.iter().filter(|row| row.part_of.is_none()) {
        let blob = row.blob.as_deref().and_then(|id| Oid::from_hex(id.as_bytes())).zip(repo);
        let bytes = match blob {
            Some((id, repo)) => repo.blob(&id).ok(),
            None => {
                // Reports name files from the top of the work tree.
                let top = repo.and_then(Repo::work_dir).unwrap_or_default();
                disk::read(&top.join(&row.path), Links::Refuse, checker.most_bytes()).ok()
            }
        };
        let found = bytes.map(|bytes| findings_in(checker, row.path.as_bytes(), &bytes));
        let mut found = found.into_iter().flatten().filter(|f| f.fingerprint.to_string() == row.fingerprint);
        match found.next() {
            Some(finding) => all.add(finding),
            None => lost += 1,
        }
    }
    if lost > 0 {
        return Err(Error::Usage(format!(
            "{lost} of the {} secrets of {shown} are not where it says; run it in the repository that was \
             scanned, or scan again",
            rows.len()
        )));
    }
    Ok(())
}
