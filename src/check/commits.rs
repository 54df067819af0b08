//! Scans what a push sends: each new blob once, in parallel. A finding belongs to the first commit that brings its
//! line.
//!
//! Commits are read in batches, oldest first, and a batch's changes are dropped after its scan. Only the ids of the
//! blobs seen and the findings are kept, so a whole history takes little more memory than a few commits.

use super::Checker;
use super::content::{self, Content, unread_path};
use super::oid_set::OidSet;
use super::sent_text::{message, told, words};
use super::spots::{PendingBlob, Spot, is_by_name};
use super::workers::Workers;
use crate::error::Error;
use crate::finding::{Finding, RepoPath, Source, SourceKind};
use crate::git::{Change, Changes, Commit, GitError, Oid, Outgoing, Repo};
use crate::policy::{self, Action, BlobId, Cause, Decision, Exposure, Skipped, Stage, Verdict};
use crate::scan::Fragment;
use crate::sort;
use crate::text::encoding;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::iter;
use std::time::Instant;

/// Commits per batch; bounds memory.
pub(super) const BATCH: usize = 64;

/// A set of changes with the commit that brings them; none for a tree or a blob sent by itself.
pub(super) struct ChangeSet {
    /// Its number among all that is read, oldest first.
    pub(super) number: usize,
    pub(super) commit: Option<Commit>,
    pub(super) changes: Changes,
}

/// A blob to scan, and every place in the batch where it appears, oldest commit first.
struct BlobOccurrence {
    id: Oid,
    places: Vec<(usize, usize)>,
    /// Its number in the order in which blobs were first seen.
    number: usize,
    /// True if no earlier batch had it.
    new: bool,
}

/// The result of reading a blob.
enum Outcome {
    /// The bytes are dropped and read again to attribute findings: kept together, they would fill the memory.
    Read {
        size: u64,
        content: Content,
    },
    Unread(Cause),
    Missing,
}

/// What is kept from batch to batch.
pub(super) struct Reader<'a> {
    pub(super) repo: &'a Repo,
    pub(super) checker: &'a Checker,
    pub(super) sent: &'a Outgoing,
    pub(super) workers: Workers<'a>,
    /// The blobs that need not be looked at, unless their name makes them a secret.
    pub(super) clean: OidSet,
    blobs: OidSet,
    names: OidSet,
    held: HashMap<Oid, PendingBlob>,
    numbers: usize,
    missing: Vec<Oid>,
    /// Decisions, each with the number of the commit that brings it.
    pub(super) found: Vec<(usize, Verdict)>,
    /// The commits that findings are in, by their numbers.
    pub(super) commits: BTreeMap<usize, policy::Commit>,
    /// What was decided on blobs that were not read, or in part.
    unread: HashMap<Oid, Vec<Skipped>>,
    /// The same blobs in the order in which they were seen.
    unread_order: Vec<Oid>,
    pub(super) decision: Decision,
}

/// Scans everything that is sent. Fails past `deadline`: what was not read in time is not clean.
pub(crate) fn check(
    repo: &Repo,
    checker: &Checker,
    sent: &Outgoing,
    stage: Stage,
    deadline: Option<Instant>,
) -> Result<Decision, Error> {
    let mut reader =
        Reader::new(repo, checker, sent, stage, Workers::new(repo, sent.commits.len(), deadline));
    for (first, commits) in (0..).step_by(BATCH).zip(sent.commits.chunks(BATCH)) {
        let units = reader.workers.each(commits.len(), "commits", |repo, i| {
            let (commit, changes) = repo.brought_by(&commits[i])?;
            Ok(ChangeSet { number: first + i, commit: Some(commit), changes })
        })?;
        reader.batch(&units)?;
        reader.words(&units)?;
        reader.workers.finish(units.len());
    }
    reader.decision()
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        repo: &'a Repo,
        checker: &'a Checker,
        sent: &'a Outgoing,
        stage: Stage,
        workers: Workers<'a>,
    ) -> Reader<'a> {
        let mut decision = Decision::empty(stage);
        decision.reading.notes.clone_from(&sent.notes);
        let is_mine = |id: &&Oid| checker.is_mine(id.as_bytes());
        decision.reading.commits = sent.commits.iter().filter(is_mine).count();
        Reader {
            repo,
            checker,
            sent,
            workers,
            clean: OidSet::default(),
            blobs: OidSet::default(),
            names: OidSet::default(),
            held: HashMap::new(),
            numbers: 0,
            missing: Vec::new(),
            found: Vec::new(),
            commits: BTreeMap::new(),
            unread: HashMap::new(),
            unread_order: Vec::new(),
            decision,
        }
    }

    /// Reads what the next units change.
    pub(super) fn batch(&mut self, units: &[ChangeSet]) -> Result<(), Error> {
        let met = self.met(units);
        let outcomes = self.read(units, &met)?;
        for (blob, outcome) in met.iter().zip(outcomes) {
            match outcome {
                Outcome::Read { size, content } => {
                    self.decision.reading.bytes += if blob.new { size } else { 0 };
                    self.note_unread(units, blob, &content.unread);
                    if !content.findings.is_empty() {
                        self.attribute(units, blob, content)?;
                    }
                }
                Outcome::Unread(cause) => {
                    self.note_unread(units, blob, &[content::Unread { member: None, cause }]);
                }
                Outcome::Missing if blob.new => self.missing.push(blob.id),
                Outcome::Missing => {}
            }
        }
        self.tell_commits(units)
    }

    /// Reads what the next units say beside files: names and messages.
    fn words(&mut self, units: &[ChangeSet]) -> Result<(), Error> {
        let changes = units.iter().flat_map(|u| &u.changes.list);
        self.decision.reading.files += changes.filter(|c| self.checker.is_mine(c.new.id.as_bytes())).count();
        let deadline = self.workers.limit();
        deadline.keep(|| {
            self.scan_names(units);
            self.scan_messages(units);
        })?;
        self.tell_commits(units)
    }

    /// Records which parts of a blob were not read. Of its places, the one with the strictest decision counts.
    fn note_unread(&mut self, units: &[ChangeSet], blob: &BlobOccurrence, unread: &[content::Unread]) {
        let Some(checker) = Some(self.checker).filter(|_| !unread.is_empty()) else { return };
        let decided = blob.places.iter().map(|at| -> Vec<Skipped> {
            let path = &place(units, *at).path;
            let one = |u: &content::Unread| {
                let blob = BlobId::Known(blob.id.to_string());
                checker.policy.unread(unread_path(path, u), u.cause.clone(), blob)
            };
            unread.iter().map(one).collect()
        });
        let strictest = |all: &[Skipped]| all.iter().map(|s| s.action).max();
        // Of equally strict ones, the first.
        let Some(skipped) = decided.reduce(|a, b| if strictest(&b) > strictest(&a) { b } else { a }) else {
            return;
        };
        match self.unread.get_mut(&blob.id) {
            Some(known) if strictest(&skipped) <= strictest(known) => {}
            Some(known) => *known = skipped,
            None => {
                self.unread_order.push(blob.id);
                self.unread.insert(blob.id, skipped);
            }
        }
    }

    /// The blobs to scan: those not seen before; those with findings that have no commit yet; unread ones,
    /// since another place may have another decision; and those whose new name makes the file a secret.
    fn met(&mut self, units: &[ChangeSet]) -> Vec<BlobOccurrence> {
        let mut out: Vec<BlobOccurrence> = Vec::new();
        let mut at = HashMap::new();
        for (u, unit) in units.iter().enumerate() {
            for (c, change) in unit.changes.list.iter().enumerate() {
                let id = change.new.id;
                if !self.checker.is_to_be_read(change)
                    || !self.checker.is_mine(id.as_bytes())
                    || self.clean.has(&id) && !self.checker.is_known(&change.path)
                {
                    continue;
                }
                if let Some(i) = at.get(&id) {
                    let blob: &mut BlobOccurrence = &mut out[*i];
                    blob.places.push((u, c));
                    continue;
                }
                let new = self.blobs.is_new(&id);
                let held = self.held.get(&id);
                let again = held.is_some_and(|h| h.more) || self.unread.contains_key(&id);
                if new || again || self.checker.is_known(&change.path) {
                    let number = held.map_or(self.numbers, |h| h.number);
                    self.numbers += usize::from(held.is_none());
                    at.insert(id, out.len());
                    out.push(BlobOccurrence { id, places: vec![(u, c)], number, new });
                }
            }
        }
        sort::by_key(&mut out, |blob| blob.number);
        out
    }

    fn read(&self, units: &[ChangeSet], met: &[BlobOccurrence]) -> Result<Vec<Outcome>, Error> {
        let (checker, deadline) = (self.checker, self.workers.limit());
        self.workers.each(met.len(), "files", |repo, i| {
            let BlobOccurrence { id, places, .. } = &met[i];
            let whole = match checker.blob(repo, id) {
                Err(GitError::Missing(_)) => return Ok(Outcome::Missing),
                Ok(Err(cause)) => return Ok(Outcome::Unread(cause)),
                Ok(Ok(whole)) => whole,
                Err(e) => return Err(e.into()),
            };
            // A name that makes the file a secret takes precedence over other names.
            let mut changes = places.iter().map(|p| place(units, *p));
            let change = changes.find(|c| checker.is_known(&c.path)).unwrap_or(place(units, places[0]));
            let source =
                Source { blob: Some(id.to_string()), ..Source::new(SourceKind::Commit, change.path.clone()) };
            let size = whole.bytes.len() as u64;
            let fragment = Fragment { source, bytes: whole.bytes.as_slice().into() };
            let content = deadline.keep(|| checker.content(&fragment))?;
            Ok(Outcome::Read { size, content })
        })
    }

    /// Gives each finding to the first commit in which its line is new. If the line is old wherever the blob
    /// appears, it was there before: the remote has it, or another blob of the range brought it.
    fn attribute(
        &mut self,
        units: &[ChangeSet],
        blob: &BlobOccurrence,
        content: Content,
    ) -> Result<(), Error> {
        let Content { mut findings, members, .. } = content;
        let bytes = self.repo.blob(&blob.id)?;
        let held = PendingBlob { number: blob.number, taken: Vec::new(), more: false };
        let held = self.held.entry(blob.id).or_insert(held);
        let is_free =
            |f: &Finding| !held.taken.iter().any(|(at, by_name)| at.meets(f) && (*by_name || !is_by_name(f)));
        findings = findings.into_iter().filter_map(|f| f.split(is_free).0).collect();
        let mut found = Vec::new();
        for at in &blob.places {
            if findings.is_empty() {
                break;
            }
            let change = place(units, *at);
            let (mut here, rest) = self.checker.split_new_and_old(self.repo, change, &bytes, findings)?;
            findings = rest;
            let all: Vec<&Finding> =
                here.iter().flat_map(|f| iter::once(f).chain(f.pair.as_deref())).collect();
            for f in all.iter().filter(|f| is_by_name(f)) {
                // A finding by name replaces what earlier commits found in the same content under
                // another name.
                self.found.retain(|(_, d)| {
                    let other = &d.finding;
                    other.source.kind != f.source.kind
                        || other.source.blob != f.source.blob
                        || !Spot::of(other).meets(f)
                });
            }
            held.taken.extend(all.iter().map(|f| (Spot::of(f), is_by_name(f))));
            let commit = units[at.0].commit.as_ref().map(|c| c.id.to_string());
            for f in &mut here {
                f.source.path = change.path.with_member(f.source.path.member());
                f.source.commit = commit.clone();
            }
            let source = Source { commit, ..Source::new(SourceKind::Commit, change.path.clone()) };
            let decided =
                self.checker.decide(&Fragment { source, bytes: bytes.as_slice().into() }, here, &members);
            found.extend(decided.into_iter().map(|d| (units[at.0].number, d)));
        }
        held.more = !findings.is_empty();
        if matches!(self.decision.stage, Stage::Push { .. }) {
            self.mark_known(&place(units, blob.places[0]).path, &bytes, &mut found)?;
        }
        self.found.append(&mut found);
        Ok(())
    }

    /// Notes for each blocked finding whether the remote already has it in the same file.
    fn mark_known(&self, path: &RepoPath, bytes: &[u8], found: &mut [(usize, Verdict)]) -> Result<(), Error> {
        let Stage::Push { remote } = &self.decision.stage else { return Ok(()) };
        let text = encoding::decode(bytes).0;
        for (_, d) in found.iter_mut().filter(|(_, d)| d.action == Action::Block) {
            // The content of an archive is in no earlier version as text.
            let value = text.get(d.finding.location.bytes.clone());
            let Some(value) = value.filter(|_| d.finding.source.path.member().is_none()) else { continue };
            let known = self.repo.known_since(self.sent, path, value)?;
            d.known = known.map(|c| Exposure {
                commit: Some(c.id.to_string()),
                time: c.time,
                remote: Some(remote.clone()),
            });
        }
        Ok(())
    }

    /// Scans the names of new files, each once.
    fn scan_names(&mut self, units: &[ChangeSet]) {
        for unit in units {
            for change in unit.changes.list.iter().filter(|c| c.new_name) {
                let commit = unit.commit.as_ref().map(|c| c.id);
                self.scan_name(unit.number, commit, &change.path, &change.new.id);
            }
        }
    }

    /// Scans the name of a new file, unless it was scanned before.
    pub(super) fn scan_name(&mut self, number: usize, commit: Option<Oid>, path: &RepoPath, blob: &Oid) {
        if self.checker.is_mine(path.as_bytes()) && self.names.is_new_name(path.as_bytes()) {
            let source = Source {
                commit: commit.map(|id| id.to_string()),
                blob: Some(blob.to_string()),
                ..Source::new(SourceKind::FileName, path.clone())
            };
            let decided = self.checker.name(source);
            self.found.extend(decided.into_iter().map(|d| (number, d)));
        }
    }

    /// Scans the commits' messages and their extra headers. Author and committer are never scanned.
    fn scan_messages(&mut self, units: &[ChangeSet]) {
        for (number, commit) in units.iter().filter_map(|u| Some((u.number, u.commit.as_ref()?))) {
            let decided = message(self.checker, commit, &mut self.decision.reading);
            self.found.extend(decided.into_iter().map(|d| (number, d)));
        }
    }

    /// Records which commits of this batch have findings.
    fn tell_commits(&mut self, units: &[ChangeSet]) -> Result<(), Error> {
        let with: HashSet<usize> = self.found.iter().map(|(unit, _)| *unit).collect();
        for (number, commit) in units.iter().filter_map(|u| Some((u.number, u.commit.as_ref()?))) {
            if with.contains(&number) {
                self.commits.insert(number, told(self.repo, commit)?);
            }
        }
        Ok(())
    }

    /// All that was found: what stops first, then the oldest.
    pub(super) fn decision(mut self) -> Result<Decision, Error> {
        let bare = self.sent.bare.iter().zip(self.sent.commits.len()..);
        let bare: Vec<ChangeSet> =
            bare.map(|(b, number)| ChangeSet { number, commit: None, changes: b.changes.clone() }).collect();
        self.batch(&bare)?;
        self.words(&bare)?;
        if !self.missing.is_empty() {
            return Err(GitError::Missing(self.missing).into());
        }
        let with: HashSet<&str> =
            self.found.iter().filter_map(|(_, d)| d.finding.source.commit.as_deref()).collect();
        let unread = self.unread_order.iter().filter_map(|id| self.unread.remove(id));
        self.decision.reading.skipped.extend(unread.flatten());
        let told = std::mem::take(&mut self.commits).into_values().filter(|c| with.contains(&*c.id));
        self.decision.reading.history = told.collect();
        sort::by_key(&mut self.found, |(unit, d)| (d.action != Action::Block, *unit));
        self.decision.findings = words(self.checker, self.sent, &mut self.decision.reading);
        self.decision.findings.extend(self.found.into_iter().map(|(_, d)| d));
        Ok(self.decision)
    }
}

/// The change at a place of a batch.
fn place(units: &[ChangeSet], (unit, change): (usize, usize)) -> &Change {
    &units[unit].changes.list[change]
}
