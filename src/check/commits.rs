//! Scans what a push sends: each new blob once, in parallel. A finding belongs to the first commit that brings its
//! line.
//!
//! Commits are read in batches, oldest first, and a batch's changes are dropped after its scan. Only the ids of the
//! blobs seen and the findings are kept, so a whole history takes little more memory than a few commits.

use super::Checker;
use super::content::{self, Content, unread_path};
use super::workers::Workers;
use crate::error::Error;
use crate::finding::{Finding, RepoPath, Source, SourceKind};
use crate::git::{Change, Changes, Commit, GitError, Oid, Outgoing, Repo};
use crate::policy::{self, Action, BlobId, Cause, Coverage, Decision, Exposure, Skipped, Stage, Verdict};
use crate::rules::Detector;
use crate::scan::Fragment;
use crate::text::encoding;
use sha1::{Digest, Sha1};
use std::collections::{HashMap, HashSet};
use std::iter;
use std::ops::Range;
use std::time::Instant;

/// Commits per batch; bounds memory.
const BATCH: usize = 64;

/// A set of changes with the commit that brings them; no commit for a tree or blob that is sent by itself.
struct ChangeSet {
    commit: Option<Commit>,
    changes: Changes,
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

/// A blob in which something was found.
struct PendingBlob {
    number: usize,
    /// Places of findings that already have their commit, each with whether the file's name found it.
    taken: Vec<(Spot, bool)>,
    /// True if there are findings whose lines were old wherever the blob appeared so far.
    more: bool,
}

/// The state kept from batch to batch.
struct Reader<'a> {
    repo: &'a Repo,
    checker: &'a Checker,
    sent: &'a Outgoing,
    workers: Workers<'a>,
    blobs: OidSet,
    names: OidSet,
    held: HashMap<Oid, PendingBlob>,
    numbers: usize,
    missing: Vec<Oid>,
    /// The number of the batch's first change set.
    first: usize,
    /// Decisions, each with the number of the commit that brings it.
    found: Vec<(usize, Verdict)>,
    /// Decisions on blobs that were not read, or read in part.
    unread: HashMap<Oid, Vec<Skipped>>,
    /// The same blobs in the order in which they were seen.
    unread_order: Vec<Oid>,
    decision: Decision,
}

/// Scans everything that is sent. Fails past `deadline`: what was not read in time is not clean.
pub(crate) fn check(
    repo: &Repo,
    checker: &Checker,
    sent: &Outgoing,
    stage: Stage,
    deadline: Option<Instant>,
) -> Result<Decision, Error> {
    let mut decision = Decision::empty(stage);
    decision.reading.notes.clone_from(&sent.notes);
    decision.reading.commits = sent.commits.len();
    let mut reader = Reader {
        repo,
        checker,
        sent,
        workers: Workers::new(repo, sent.commits.len(), deadline),
        blobs: OidSet::default(),
        names: OidSet::default(),
        held: HashMap::new(),
        numbers: 0,
        missing: Vec::new(),
        first: 0,
        found: Vec::new(),
        unread: HashMap::new(),
        unread_order: Vec::new(),
        decision,
    };
    let mut first = 0;
    for commits in sent.commits.chunks(BATCH) {
        let units = reader.workers.each(commits.len(), "commits", |repo, i| {
            let (commit, changes) = repo.brought_by(&commits[i])?;
            Ok(ChangeSet { commit: Some(commit), changes })
        })?;
        reader.batch(&units, first)?;
        first += units.len();
        reader.workers.finish(units.len());
    }
    let bare = sent.bare.iter().map(|b| ChangeSet { commit: None, changes: b.changes.clone() });
    reader.batch(&bare.collect::<Vec<_>>(), first)?;
    reader.decision()
}

impl Reader<'_> {
    /// Reads the next change sets; the first has the number `first`.
    fn batch(&mut self, units: &[ChangeSet], first: usize) -> Result<(), Error> {
        self.first = first;
        let met = self.met(units);
        let outcomes = self.read(units, &met)?;
        self.decision.reading.files += units.iter().map(|u| u.changes.list.len()).sum::<usize>();
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
                if !self.checker.is_to_be_read(change) {
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
        out.sort_by_key(|blob| blob.number);
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
                    d.finding.source.blob != f.source.blob || !Spot::of(&d.finding).meets(f)
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
            found.extend(decided.into_iter().map(|d| (self.first + at.0, d)));
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
        for (u, unit) in units.iter().enumerate() {
            for change in unit.changes.list.iter().filter(|c| c.new_name) {
                if !self.names.is_new_name(change.path.as_bytes()) {
                    continue;
                }
                let source = Source {
                    commit: unit.commit.as_ref().map(|c| c.id.to_string()),
                    blob: Some(change.new.id.to_string()),
                    ..Source::new(SourceKind::FileName, change.path.clone())
                };
                let decided = self.checker.name(source);
                self.found.extend(decided.into_iter().map(|d| (self.first + u, d)));
            }
        }
    }

    /// Scans the commits' messages and their extra headers. Author and committer are never scanned.
    fn scan_messages(&mut self, units: &[ChangeSet]) {
        for (u, commit) in units.iter().enumerate().filter_map(|(u, unit)| Some((u, unit.commit.as_ref()?))) {
            for (kind, text) in
                [(SourceKind::CommitMessage, &commit.message), (SourceKind::TagMessage, &commit.extra)]
            {
                let source =
                    Source { commit: Some(commit.id.to_string()), ..Source::new(kind, RepoPath::default()) };
                let fragment = Fragment { source, bytes: text.as_slice().into() };
                let decided = self.checker.fragment(&fragment, &mut self.decision.reading);
                self.found.extend(decided.into_iter().map(|d| (self.first + u, d)));
            }
        }
    }

    /// Records which commits of this batch have findings.
    fn tell_commits(&mut self, units: &[ChangeSet]) -> Result<(), Error> {
        let head = self.repo.head()?;
        let with: HashSet<usize> = self.found.iter().map(|(unit, _)| *unit).collect();
        for (u, commit) in units.iter().enumerate().filter_map(|(u, unit)| Some((u, unit.commit.as_ref()?))) {
            if !with.contains(&(self.first + u)) {
                continue;
            }
            let summary = commit.message.split(|b| *b == b'\n').next().unwrap_or_default();
            self.decision.reading.history.push(policy::Commit {
                id: commit.id.to_string(),
                summary: String::from_utf8_lossy(summary).into_owned(),
                tip: head == Some(commit.id),
                root: commit.parents.is_empty(),
            });
        }
        Ok(())
    }

    /// The decision on all findings: blocked ones first, then the oldest.
    fn decision(mut self) -> Result<Decision, Error> {
        if !self.missing.is_empty() {
            return Err(GitError::Missing(self.missing).into());
        }
        let with: HashSet<&str> =
            self.found.iter().filter_map(|(_, d)| d.finding.source.commit.as_deref()).collect();
        let unread = self.unread_order.iter().filter_map(|id| self.unread.remove(id));
        self.decision.reading.skipped.extend(unread.flatten());
        self.decision.reading.history.retain(|c| with.contains(&*c.id));
        self.found.sort_by_key(|(unit, d)| (d.action != Action::Block, *unit));
        self.decision.findings = words(self.checker, self.sent, &mut self.decision.reading);
        self.decision.findings.extend(self.found.into_iter().map(|(_, d)| d));
        Ok(self.decision)
    }
}

/// A place in a blob.
#[derive(Debug)]
struct Spot {
    bytes: Range<usize>,
    member: Option<Vec<u8>>,
}

impl Spot {
    fn of(f: &Finding) -> Spot {
        Spot { bytes: f.location.bytes.clone(), member: f.source.path.member().map(<[u8]>::to_vec) }
    }

    fn meets(&self, f: &Finding) -> bool {
        let at = &self.bytes;
        at.start < f.location.bytes.end
            && f.location.bytes.start < at.end
            && self.member.as_deref() == f.source.path.member()
    }
}

/// Returns whether the file's name made it a finding.
fn is_by_name(f: &Finding) -> bool {
    matches!(f.rule.detector, Detector::File(_))
}

/// The change at a place of a batch.
fn place(units: &[ChangeSet], (unit, change): (usize, usize)) -> &Change {
    &units[unit].changes.list[change]
}

/// Scans what is sent beside commits: tag messages and ref names.
fn words(checker: &Checker, sent: &Outgoing, reading: &mut Coverage) -> Vec<Verdict> {
    let mut out = Vec::new();
    for tag in &sent.tags {
        let source = Source {
            commit: Some(tag.id.to_string()),
            ..Source::new(SourceKind::TagMessage, RepoPath::new(&*tag.name))
        };
        out.extend(checker.fragment(&Fragment { source, bytes: tag.message.as_slice().into() }, reading));
    }
    for name in &sent.names {
        out.extend(checker.name(Source::new(SourceKind::RefName, RepoPath::new(&**name))));
    }
    out
}

/// Object ids and names that were seen, twenty bytes each: SHA-1 ids as they are, longer ids and names by their
/// SHA-1.
#[derive(Debug, Default)]
pub(crate) struct OidSet(HashSet<[u8; 20]>);

impl OidSet {
    /// Adds an object; returns whether it is new.
    pub(crate) fn is_new(&mut self, id: &Oid) -> bool {
        let bytes = id.as_bytes();
        self.0.insert(bytes.try_into().unwrap_or_else(|_| Sha1::digest(bytes).into()))
    }

    /// Adds a name; returns whether it is new.
    pub(crate) fn is_new_name(&mut self, name: &[u8]) -> bool {
        self.0.insert(Sha1::digest(name).into())
    }
}
