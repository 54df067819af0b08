//! Scans a history object by object, for everything in a repository.
//!
//! Three steps. The commits tell which blobs there are, and under which path each came first. The blobs are scanned,
//! each soon after the one that it is a delta of ([`super::order`]), so that each is unpacked once. Then the commits
//! that bring a blob with a finding are scanned as in a push ([`super::commits`]), which alone decides which commit a
//! finding belongs to. So both ways give the same answer; the plain reader scans commit by commit.

use super::Checker;
use super::commits::{self, BATCH, ChangeSet, Reader};
use super::oid_set::OidSet;
use super::order::{self, Place};
use super::sent_text::{message, told};
use super::state::State;
use super::versions::Versions;
use super::workers::{self, Workers};
use crate::error::Error;
use crate::finding::{RepoPath, Source, SourceKind};
use crate::git::{Change, Oid, Outgoing, Repo, Version};
use crate::policy::{self, Coverage, Decision, Skipped, Stage, Verdict};
use crate::reader::ReaderKind;
use crate::scan::Fragment;
use crate::text::container;
use std::collections::HashMap;

/// Most commits whose changes are in memory; bounds memory. A multiple of [`BATCH`].
const COMMITS: usize = 64 * BATCH;
/// Commits that one thread reads in a row: their trees are mostly the same.
const RUN: usize = 32;
/// Blobs that one thread reads in a row: neighbours are deltas of each other.
const BLOBS: usize = 512;

/// Refuses commits at which a shallow clone's history is cut: what they changed is unknown, so all their lines
/// would count as new, and the history behind them would count as scanned.
pub(crate) fn uncut(repo: &Repo, sent: &Outgoing) -> Result<(), Error> {
    let Some(cut) = repo.first_cut(&sent.commits)? else { return Ok(()) };
    Err(Error::Ci {
        what: format!(
            "this clone is shallow: its history ends at {}, and what that commit changed is not here",
            cut.short()
        ),
        help: "git fetch --unshallow brings the whole history; stanch ci fetches what a range needs"
            .to_owned(),
    })
}

/// The parts of a commit's changes that are kept.
struct Brought {
    files: usize,
    contents: Vec<Met>,
    names: Vec<(RepoPath, Oid)>,
    /// The findings in its message.
    words: Vec<Verdict>,
    skipped: Vec<Skipped>,
    told: policy::Commit,
}

/// A content that a commit brings.
struct Met {
    id: Oid,
    path: RepoPath,
    /// True if the path makes the file a secret.
    known: bool,
}

/// Every blob once, and its origin.
#[derive(Default)]
struct Blobs {
    numbers: HashMap<Oid, u32>,
    /// Each blob with the path under which it came first.
    first: Vec<(Oid, RepoPath)>,
    /// Blobs with a path that makes the file a secret: their commits are scanned one by one.
    known: OidSet,
    /// The number of a commit, and of a blob that it brings.
    brought: Vec<(u32, u32)>,
}

/// Scans everything that is sent. Blobs in `state` are clean, and clean blobs are added to it.
pub(crate) fn check(
    repo: &Repo,
    checker: &Checker,
    sent: &Outgoing,
    state: Option<&State>,
) -> Result<Decision, Error> {
    let stage = Stage::Scan;
    if checker.policy.config.reader.value == ReaderKind::Plain {
        if state.is_some() {
            let why = "--state needs the fast reader: set STANCH_ENGINE=fast, or leave --state out";
            return Err(Error::Usage(why.to_owned()));
        }
        return commits::check(repo, checker, sent, stage, None);
    }
    let workers = Workers::for_all(repo, sent.commits.len());
    let mut reader = Reader::new(repo, checker, sent, stage, workers);
    let mut blobs = Blobs::default();
    for (first, commits) in (0..).step_by(COMMITS).zip(sent.commits.chunks(COMMITS)) {
        survey(&mut reader, &mut blobs, commits, first)?;
    }
    let words = std::mem::take(&mut reader.found);
    let is_clean = scan(&mut reader, &blobs, state)?;
    attribute(&mut reader, &blobs, &is_clean)?;
    // Of one commit, findings in files come first.
    reader.found.extend(words);
    reader.decision()
}

/// Records which blobs some commits bring, and scans their messages and file names. `first` is the number of the
/// first of them.
fn survey(reader: &mut Reader<'_>, blobs: &mut Blobs, commits: &[Oid], first: usize) -> Result<(), Error> {
    let checker = reader.checker;
    let brought = reader
        .workers
        .each_run(commits.len(), RUN, "commits", |repo, i| Brought::of(repo, checker, &commits[i]))?;
    for (at, brought) in brought.into_iter().enumerate() {
        let number = first + at;
        reader.decision.reading.files += brought.files;
        let before = reader.found.len();
        for (path, blob) in &brought.names {
            reader.scan_name(number, Some(commits[at]), path, blob);
        }
        reader.found.extend(brought.words.into_iter().map(|d| (number, d)));
        if reader.found.len() > before {
            reader.commits.insert(number, brought.told);
        }
        reader.decision.reading.skipped.extend(brought.skipped);
        blobs.note(number, brought.contents);
    }
    reader.workers.finish(commits.len());
    Ok(())
}

impl Brought {
    fn of(repo: &Repo, checker: &Checker, id: &Oid) -> Result<Brought, Error> {
        let (commit, changes) = repo.brought_by(id)?;
        let mut reading = Coverage::default();
        let words = message(checker, &commit, &mut reading);
        let list = changes.list;
        let names = list.iter().filter(|c| c.new_name).map(|c| (c.path.clone(), c.new.id)).collect();
        let is_mine = |c: &Change| checker.is_mine(c.new.id.as_bytes());
        let files = list.iter().filter(|c| is_mine(c)).count();
        let contents = list.into_iter().filter(|c| is_mine(c) && checker.is_to_be_read(c)).map(|c| {
            let known = checker.is_known(&c.path);
            Met { id: c.new.id, path: c.path, known }
        });
        let contents = contents.collect();
        let told = told(repo, &commit)?;
        Ok(Brought { files, contents, names, words, skipped: reading.skipped, told })
    }
}

impl Blobs {
    fn note(&mut self, commit: usize, contents: Vec<Met>) {
        for met in contents {
            if met.known {
                self.known.is_new(&met.id);
            }
            let blob = *self.numbers.entry(met.id).or_insert_with(|| {
                self.first.push((met.id, met.path));
                self.first.len() as u32 - 1
            });
            self.brought.push((commit as u32, blob));
        }
    }
}

/// The blobs in the order in which to read them. `places` has the place of each.
fn order(workers: &Workers<'_>, repo: &Repo, places: &[Option<Place>]) -> Result<Vec<usize>, Error> {
    let mut sorted: Vec<Place> = places.iter().flatten().copied().collect();
    sorted.sort_unstable();
    let found = workers.each_run(sorted.len(), BLOBS, "", |repo, i| Ok(repo.base(sorted[i])))?;
    let mut bases: foldhash::HashMap<Place, Place> =
        sorted.iter().zip(found).filter_map(|(place, base)| Some((*place, base?))).collect();
    // A base may be a blob that is not scanned.
    let is_other = |base: &Place| sorted.binary_search(base).is_err();
    let mut others: Vec<Place> = bases.values().copied().filter(is_other).collect();
    while let Some(place) = others.pop() {
        if let Some(base) = repo.base(place)
            && bases.insert(place, base).is_none()
        {
            others.push(base);
        }
    }
    Ok(order::order(places, &bases))
}

/// Scans each blob after the one that it is a delta of; returns for each whether it is clean.
fn scan(reader: &mut Reader<'_>, blobs: &Blobs, state: Option<&State>) -> Result<Vec<bool>, Error> {
    let (checker, workers) = (reader.checker, &reader.workers);
    let first = &blobs.first;
    let places = workers.each_run(first.len(), BLOBS, "", |repo, i| Ok(repo.place(&first[i].0)))?;
    let order = order(workers, reader.repo, &places)?;
    let versions = Versions::new(first, &places);
    // Archives with findings are read once more later, so this uses a budget of its own.
    let budget = checker.archives().renewed();
    let bar = workers::sized(order.len());
    let sizes = workers.each_run(order.len(), BLOBS, "", |repo, at| {
        let (id, path) = &first[order[at]];
        let size = if blobs.known.has(id) {
            None
        } else if state.is_some_and(|s| s.is_clean(id, path)) {
            Some(0)
        } else {
            let size = clean(repo, checker, order[at], &versions, &budget);
            if let Some(state) = state.filter(|_| size.is_some()) {
                state.note(id, path)?;
            }
            size
        };
        bar.add(size);
        Ok(size)
    })?;
    bar.end();
    if let Some(state) = state {
        state.end()?;
    }
    let mut is_clean = vec![false; first.len()];
    for (blob, size) in order.iter().zip(sizes) {
        if let Some(size) = size {
            is_clean[*blob] = true;
            reader.decision.reading.bytes += size;
            reader.clean.is_new(&first[*blob].0);
        }
    }
    Ok(is_clean)
}

/// The size of a clean blob. `None` for any other, and for an unreadable one: the scan of its commits gives the
/// details.
fn clean(
    repo: &Repo,
    checker: &Checker,
    number: usize,
    versions: &Versions<'_>,
    budget: &crate::archive::Budget,
) -> Option<u64> {
    let (id, path) = &versions.blobs[number];
    let source = Source { blob: Some(id.to_string()), ..Source::new(SourceKind::Commit, path.clone()) };
    let scanned = |bytes: &[u8], base| {
        let fragment = Fragment { source, bytes: bytes.into() };
        let is_clean = if container::of(bytes, path.as_bytes()).is_none() {
            versions.is_clean(number, &fragment, base, checker.engine())
        } else {
            let content = checker.content_within(&fragment, budget);
            content.findings.is_empty() && content.unread.is_empty()
        };
        is_clean.then_some(bytes.len() as u64)
    };
    match repo.version(id, versions.places[number], checker.most_bytes().min(super::LARGE)).ok()? {
        Some(Version { bytes, base }) => scanned(&bytes, base),
        // A large one waits for others.
        None => scanned(&checker.blob(repo, id).ok()?.ok()?.bytes, None),
    }
}

/// Scans the commits that bring a blob that is not clean.
fn attribute(reader: &mut Reader<'_>, blobs: &Blobs, is_clean: &[bool]) -> Result<(), Error> {
    let commits = &reader.sent.commits;
    let mut numbers: Vec<usize> = blobs
        .brought
        .iter()
        .filter(|(_, blob)| !is_clean[*blob as usize])
        .map(|(commit, _)| *commit as usize)
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    for some in numbers.chunk_by(|a, b| a / COMMITS == b / COMMITS) {
        let units = reader.workers.each_run(some.len(), RUN, "commits", |repo, i| {
            let (commit, changes) = repo.brought_by(&commits[some[i]])?;
            Ok(ChangeSet { number: some[i], commit: Some(commit), changes })
        })?;
        // The same batches as in a scan commit by commit: preferences within a batch stay the same.
        for batch in units.chunk_by(|a, b| a.number / BATCH == b.number / BATCH) {
            reader.batch(batch)?;
        }
    }
    Ok(())
}
