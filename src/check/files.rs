//! Checks files and folders.

use crate::check::walk::{self, Item};
use crate::check::{self, Checker};
use crate::error::Error;
use crate::finding::{Finding, RepoPath, Source, SourceKind, WorkTree, path_bytes};
use crate::git;
use crate::policy::{BlobId, Cause, Coverage, Decision, Passed, Skipped, Stage, Verdict};
use crate::scan::Fragment;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// The result of checking one path.
#[derive(Default)]
struct Outcome {
    /// Bytes, if it was read.
    size: Option<u64>,
    found: Vec<Verdict>,
    skipped: Vec<Skipped>,
    failed: Option<(RepoPath, Error)>,
}

/// Every finding in the files under a folder, whatever is decided about it.
pub(crate) fn all_findings(top: &Path, checker: &Checker) -> Result<Vec<Finding>, Error> {
    let tree = WorkTree::of(Some(top.to_owned()));
    let (decision, failed) = files(&[top.to_owned()], tree.as_ref(), true, checker);
    if let Some(e) = failed.into_iter().next() {
        return Err(e);
    }
    Ok(decision.findings.into_iter().flat_map(|d| d.finding.apart()).collect())
}

/// The decision on all files, and an error for each file that could not be read. No path means the current folder. Findings
/// name files from the top of the work tree, so that the policy and the evidence are the same wherever it is called.
pub(crate) fn files(
    paths: &[PathBuf],
    tree: Option<&WorkTree>,
    ignore: bool,
    checker: &Checker,
) -> (Decision, Vec<Error>) {
    let here = [PathBuf::from(".")];
    let roots = if paths.is_empty() { &here } else { paths };
    let (files, bytes) = (AtomicUsize::new(0), AtomicU64::new(0));
    let names = Names::default();
    let (outcomes, unread) = walk::each(roots, ignore, |path, item, buffer| {
        let shown = repo_path(path, tree);
        names.judge(shown.as_bytes(), &|name| {
            checker.name(Source::new(SourceKind::FileName, RepoPath::new(name)))
        });
        let outcome = look_at(path, &shown, item, checker, buffer)
            .unwrap_or_else(|e| Outcome { failed: Some((shown, e)), ..Outcome::default() });
        if let Some(size) = outcome.size {
            files.fetch_add(1, Ordering::Relaxed);
            bytes.fetch_add(size, Ordering::Relaxed);
        }
        let is_clean = outcome.found.is_empty() && outcome.skipped.is_empty() && outcome.failed.is_none();
        (!is_clean).then_some(outcome)
    });
    let mut failed: Vec<(RepoPath, Error)> =
        unread.into_iter().map(|(path, e)| (repo_path(&path, tree), e)).collect();
    let mut decision = Decision::empty(Stage::Scan);
    decision.findings = names.found();
    decision.reading.files = files.into_inner();
    decision.reading.bytes = bytes.into_inner();
    for outcome in outcomes {
        decision.findings.extend(outcome.found);
        decision.reading.skipped.extend(outcome.skipped);
        failed.extend(outcome.failed);
    }
    let skipped = failed.iter().map(|(path, e)| Skipped::failed(path.clone(), e.to_string()));
    decision.reading.skipped.extend(skipped);
    (decision, failed.into_iter().map(|(_, e)| e).collect())
}

/// Most bytes of the buffer that a thread keeps between files.
const KEPT: usize = 4 << 20;

/// Reads a file to its end, or to more than `most` bytes, into a growing buffer; returns how many bytes were read.
fn fill(file: &mut File, buffer: &mut Vec<u8>, most: u64) -> io::Result<usize> {
    let mut size = 0;
    while size as u64 <= most {
        if size == buffer.len() {
            // A large file's size is known: no more pages are touched than it fills.
            let told = if size > 0 { file.metadata()?.len().min(most) as usize + 1 } else { 0 };
            buffer.resize(if told > size { told } else { (2 * size).max(256 << 10) }, 0);
        }
        match file.read(&mut buffer[size..]) {
            Ok(0) => break,
            Ok(n) => size += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(size)
}

/// A path for messages and rules: from the top of the work tree, if the file is in it. Of another file the whole path,
/// and without a work tree the path as it is named.
fn repo_path(path: &Path, tree: Option<&WorkTree>) -> RepoPath {
    RepoPath::new(match tree {
        Some(tree) => path_bytes(&tree.inside(path).unwrap_or_else(|| tree.whole(path))),
        None => path_bytes(path.strip_prefix(".").unwrap_or(path)),
    })
}

/// The names of files and folders; each is scanned once, however many files a folder holds.
#[derive(Default)]
pub(super) struct Names {
    folders: Mutex<HashSet<Vec<u8>>>,
    found: Mutex<Vec<Verdict>>,
}

impl Names {
    /// Scans the name of a file by `scan`, and those of its folders that were not seen before.
    pub(super) fn judge(&self, path: &[u8], scan: &dyn Fn(&[u8]) -> Vec<Verdict>) {
        let slashes: Vec<usize> = memchr::memchr_iter(b'/', path).collect();
        let mut new: Vec<usize> = Vec::new();
        {
            let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
            // If a folder was seen, so were those above it.
            for end in slashes.iter().rev() {
                if !folders.insert(path[..*end].to_vec()) {
                    break;
                }
                new.push(*end);
            }
        }
        for end in new.into_iter().chain([path.len()]) {
            let name = &path[..end];
            let last = memchr::memrchr(b'/', name).map_or(0, |i| i + 1);
            let mut decided = scan(name);
            decided.retain(|d| d.finding.location.bytes.end > last);
            if !decided.is_empty() {
                self.found.lock().unwrap_or_else(PoisonError::into_inner).append(&mut decided);
            }
        }
    }

    /// The findings, ordered by name.
    pub(super) fn found(self) -> Vec<Verdict> {
        let mut found = self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.sort_by(|a, b| a.finding.source.path.cmp(&b.finding.source.path));
        found
    }
}

/// Reads a path into the buffer and decides on the content; `repo_path` is its path for messages and rules.
fn look_at(
    path: &Path,
    repo_path: &RepoPath,
    item: Item,
    checker: &Checker,
    buffer: &mut Vec<u8>,
) -> Result<Outcome, Error> {
    let hash = |digits| git::blob_id(path, digits).ok();
    let unread = |cause| checker.policy.unread(repo_path.clone(), cause, BlobId::Hashed(&hash));
    let failed = |e| Error::io(format!("cannot read {repo_path}"))(e);
    let source = Source::new(SourceKind::File, repo_path.clone());
    match item {
        Item::Passed(what) => {
            let skipped = checker.policy.unread(repo_path.clone(), Cause::Passed(what), BlobId::None);
            Ok(Outcome { skipped: vec![skipped], ..Outcome::default() })
        }
        Item::Link => {
            let target = path_bytes(&path.read_link().map_err(failed)?);
            let fragment = Fragment { source, bytes: target.into() };
            Ok(Outcome {
                found: checker.fragment(&fragment, &mut Coverage::default()),
                skipped: vec![checker.policy.unread(
                    repo_path.clone(),
                    Cause::Passed(Passed::Link),
                    BlobId::None,
                )],
                ..Outcome::default()
            })
        }
        Item::File => {
            let mut file = File::open(path).map_err(failed)?;
            let told = file.metadata().map_err(failed)?.len();
            let most = checker.most_bytes();
            let _held = (told > check::LARGE && told <= most).then(|| checker.large());
            let size = fill(&mut file, buffer, most).map_err(failed)? as u64;
            if size > most {
                let size = file.metadata().map_err(failed)?.len().max(size);
                return Ok(Outcome { skipped: vec![unread(checker.too_large(size))], ..Outcome::default() });
            }
            let fragment = Fragment { source, bytes: buffer[..size as usize].into() };
            let mut outcome = Outcome { size: Some(size), ..Outcome::default() };
            outcome.found = checker.judge(&fragment, &BlobId::Hashed(&hash), &mut outcome.skipped);
            if buffer.len() > KEPT {
                *buffer = Vec::new();
            }
            Ok(outcome)
        }
    }
}
