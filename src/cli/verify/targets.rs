//! Which secrets are meant: those just blocked, those of files, of the history or of a report.

use super::super::findings_in;
use super::super::reports::read_report;
use crate::check::files::files;
use crate::check::{Checker, last_blocked, objects};
use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::{Finding, Fingerprint, RepoPath, Source, WorkTree, printable, shown_path};
use crate::git::{Oid, Repo};
use crate::policy::{Decision, Screen, Skipped};
use crate::rules::{Rule, SecretKind};
use crate::secret::Secret;
use crate::sort;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Component, Path, PathBuf};

/// Most lines between a secret and an id without a secret of its own that it may belong to.
const REACH: u32 = 20;

/// Most lines between a secret and an id that is certainly its own.
const BESIDE: u32 = 2;

/// One secret, and each place where it was found.
#[derive(Debug)]
pub(in crate::cli) struct Target {
    pub(in crate::cli) finding: Finding,
    pub(in crate::cli) places: BTreeSet<Place>,
    /// The ids that it may belong to: those that are paired with it, and those near it that have no secret.
    pub(in crate::cli) ids: Vec<Secret>,
    /// The texts that it was found in, with its lines.
    spots: Vec<Spot>,
}

impl Target {
    /// Returns whether the id that it is asked about with is its own beyond doubt: right beside it.
    pub(super) fn has_own_id(&self) -> bool {
        let line = self.finding.location.line;
        self.finding.pair.as_ref().is_some_and(|id| id.location.line.abs_diff(line) <= BESIDE)
    }
}

/// A place as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cli) struct Place {
    path: String,
    line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

/// A line of a text.
#[derive(Debug, Clone)]
struct Spot {
    path: RepoPath,
    commit: Option<String>,
    line: u32,
}

impl Spot {
    fn of(finding: &Finding) -> Spot {
        let Source { path, commit, .. } = &finding.source;
        Spot { path: path.clone(), commit: commit.clone(), line: finding.location.line }
    }

    fn is_near(&self, other: &Spot) -> bool {
        self.path == other.path && self.commit == other.commit && self.line.abs_diff(other.line) <= REACH
    }
}

/// Secrets by their fingerprints.
pub(in crate::cli) struct Targets<'a> {
    /// Masks the paths of places.
    screen: Screen<'a>,
    found: BTreeMap<Fingerprint, Target>,
    /// Ids without a secret of their own.
    ids: Vec<(&'static Rule, Secret, Spot)>,
    /// How many that were blocked last, or that a report has, cannot be read again.
    pub(in crate::cli) lost: usize,
    /// What was to be looked into, and was not read.
    pub(in crate::cli) unread: Vec<Skipped>,
}

impl<'a> Targets<'a> {
    /// No secret yet.
    pub(in crate::cli) fn new(checker: &'a Checker) -> Targets<'a> {
        Targets {
            screen: checker.screen(),
            found: BTreeMap::new(),
            ids: Vec::new(),
            lost: 0,
            unread: Vec::new(),
        }
    }

    /// Adds what was found, and what was not read.
    fn take(&mut self, decision: Decision) {
        decision.findings.into_iter().for_each(|d| self.add(&d.finding));
        self.unread.extend(decision.reading.skipped);
    }

    /// Adds a finding.
    pub(in crate::cli) fn add(&mut self, finding: &Finding) {
        self.note_id(finding);
        if finding.rule.public || finding.is_only_explained() {
            return;
        }
        let place =
            Place { path: self.screen.path(&finding.source.path).to_string(), line: finding.location.line };
        let spot = Spot::of(finding);
        let target = self.found.entry(finding.fingerprint).or_insert_with(|| Target {
            finding: finding.clone(),
            places: BTreeSet::new(),
            ids: Vec::new(),
            spots: Vec::new(),
        });
        target.places.insert(place);
        target.spots.push(spot);
        if let Some(id) = finding.pair.as_ref().filter(|id| !target.ids.contains(&id.secret)) {
            target.ids.push(id.secret.clone());
        }
    }

    /// Adds those findings of a text that are wanted. The others may be ids of these.
    fn add_of(&mut self, found: Vec<Finding>, is_wanted: impl Fn(&Finding) -> bool) {
        for finding in found {
            match is_wanted(&finding) {
                true => self.add(&finding),
                false => self.note_id(&finding),
            }
        }
    }

    /// Keeps an id that has no secret of its own.
    fn note_id(&mut self, finding: &Finding) {
        let rule = finding.rule;
        if rule.public || rule.kind == SecretKind::Identifier {
            self.ids.push((rule, finding.secret.clone(), Spot::of(finding)));
        }
    }

    /// All of them, in order of their first places.
    pub(in crate::cli) fn into_list(self) -> Vec<Target> {
        let mut list: Vec<Target> = self.found.into_values().collect();
        for target in &mut list {
            let rule = target.finding.rule;
            for (id_rule, id, at) in &self.ids {
                let names = |a: &Rule, b: &Rule| a.pairs.iter().any(|name| b.is_called(name));
                let is_of = names(id_rule, rule) || names(rule, id_rule);
                if is_of && target.spots.iter().any(|spot| spot.is_near(at)) && !target.ids.contains(id) {
                    target.ids.push(id.clone());
                }
            }
        }
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
                    let hint = match Path::new(prefix).symlink_metadata().is_ok() {
                        true => format!("; ./{shown} names the file"),
                        false => String::new(),
                    };
                    return Err(Error::Usage(format!(
                        "no secret that was blocked last or is in a file here has the fingerprint {shown}; \
                         --history looks into every commit{hint}"
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
    /// Refuse a history of which a part is not here.
    pub(in crate::cli) all_of_it: bool,
    pub(in crate::cli) report: Option<&'a Path>,
}

/// The secrets that are meant.
pub(in crate::cli) fn targets<'a>(
    asked: Asked<'_>,
    repo: Option<&Repo>,
    checker: &'a Checker,
) -> Result<Targets<'a>, Error> {
    // What may be a fingerprint is one, whatever the files here are called: a repository chooses their names.
    let (others, paths): (Vec<&PathBuf>, Vec<&PathBuf>) =
        asked.what.iter().partition(|what| Fingerprint::is_prefix(&what.to_string_lossy()));
    let prefixes: Vec<String> = others.iter().map(|text| text.to_string_lossy().into_owned()).collect();
    if let Some(path) = paths.iter().find(|path| path.symlink_metadata().is_err()) {
        return Err(Error::Usage(format!(
            "{} is neither a file nor a fingerprint of 4 to 20 digits",
            shown_path(path)
        )));
    }
    let mut all = Targets::new(checker);
    let tree = WorkTree::of(repo.and_then(Repo::work_dir));
    let inside = || repo.ok_or_else(|| Error::Usage("there is no git repository here".to_owned()));
    if let Some(file) = asked.report {
        of_report(file, repo, checker, &mut all)?;
    }
    if asked.history {
        let repo = inside()?;
        let sent = repo.history()?;
        if asked.all_of_it {
            objects::uncut(repo, &sent)?;
        }
        all.take(objects::check(repo, checker, &sent, None)?);
    }
    if !paths.is_empty() {
        let paths: Vec<PathBuf> = paths.into_iter().cloned().collect();
        let (decision, failed) = files(&paths, tree.as_ref(), false, checker);
        if let Some(e) = failed.into_iter().next() {
            return Err(e);
        }
        all.take(decision);
    } else if !asked.history && asked.report.is_none() {
        last_blocked(inside()?, checker, &mut all)?;
        if all.lacks(&prefixes) {
            let top = [super::super::work_tree(inside()?, "files to look into")?];
            let (decision, _) = files(&top, tree.as_ref(), true, checker);
            decision.findings.into_iter().for_each(|d| all.add(&d.finding));
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
        let found = findings_in(checker, known.path.as_bytes(), &bytes);
        all.add_of(found, |f| f.fingerprint.to_string() == known.fingerprint);
    }
    let fingerprints: BTreeSet<&str> = known.iter().map(|f| f.fingerprint.as_str()).collect();
    // In an archive, a name or a message.
    if all.found.len() < fingerprints.len()
        && let Some(top) = repo.work_dir()
    {
        let tree = WorkTree::of(Some(top.clone()));
        let found = files(&[top], tree.as_ref(), true, checker).0.findings.into_iter().map(|d| d.finding);
        all.add_of(found.collect(), |f| fingerprints.contains(f.fingerprint.to_string().as_str()));
    }
    all.lost = fingerprints.len().saturating_sub(all.found.len());
    Ok(())
}

/// Returns whether a path leads to no place outside of a folder, by its name or by a link.
fn is_inside(top: &Path, path: &str) -> bool {
    let plain = |c: Component<'_>| matches!(c, Component::Normal(_) | Component::CurDir);
    let lies_in = || match (top.canonicalize(), top.join(path).canonicalize()) {
        (Ok(top), Ok(found)) => found.starts_with(top),
        // It is not there: nothing is read.
        _ => true,
    };
    Path::new(path).components().all(plain) && lies_in()
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
    let mut texts: BTreeMap<(&str, Option<&str>), BTreeSet<&str>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.part_of.is_none()) {
        texts.entry((&row.path, row.blob.as_deref())).or_default().insert(&row.fingerprint);
    }
    for ((path, blob), wanted) in texts {
        let blob = blob.and_then(|id| Oid::from_hex(id.as_bytes())).zip(repo);
        let bytes = match blob {
            Some((id, repo)) => repo.blob(&id).ok(),
            None => {
                // Reports name files from the top of the work tree.
                let top = repo.and_then(Repo::work_dir).unwrap_or_else(|| PathBuf::from("."));
                if !is_inside(&top, path) {
                    return Err(Error::Usage(format!(
                        "{shown} names {}, which is outside of what was scanned here; nothing was read",
                        printable(path.as_bytes())
                    )));
                }
                disk::read(&top.join(path), Links::Refuse, checker.most_bytes()).ok()
            }
        };
        let found = bytes.map(|bytes| findings_in(checker, path.as_bytes(), &bytes)).unwrap_or_default();
        let here: BTreeSet<String> = found.iter().map(|f| f.fingerprint.to_string()).collect();
        lost += wanted.iter().filter(|fingerprint| !here.contains(**fingerprint)).count();
        all.add_of(found, |f| wanted.contains(f.fingerprint.to_string().as_str()));
    }
    // Archives and messages are read by a scan alone.
    if lost > 0 && all.found.is_empty() {
        return Err(Error::Usage(format!(
            "the secrets of {shown} are not where it says; run it in the repository that was scanned, or name what \
             was scanned: stanch verify FILE, stanch verify --history"
        )));
    }
    all.lost = lost;
    Ok(())
}
