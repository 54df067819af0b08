//! What a server has scanned: which commit passed under which policy.
//!
//! A commit on the server was accepted under the policy of the branch that it was pushed to. When another branch
//! takes it over, that branch's policy decides if it differs, but only once, not at every merge. So each passed
//! commit is recorded with its policy.
//!
//! The file is consulted only for commits that a ref of the server reaches. A commit that was recorded and then
//! refused by another hook is not among them: if it is pushed again it is new, and is scanned.

use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::shown_path;
use crate::git::{Oid, Repo};
use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

/// Bytes of an entry: the start of the commit's id, and the policy.
const ENTRY: usize = COMMIT + POLICY;
const COMMIT: usize = 20;
const POLICY: usize = 12;
/// Most entries (8 MB); beyond that the oldest half is dropped.
const MOST: usize = 256 << 10;
/// The first entry: the file's type, and whether entries were dropped.
const HEAD: &[u8; ENTRY] = b"stanch: commits that passed 1 \0\n";
/// The offset in the head of the mark for dropped entries.
const DROPPED: usize = ENTRY - 2;

/// Identifies a policy: the start of a hash of its files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PolicyId(pub(super) [u8; POLICY]);

/// The record of passed commits.
#[derive(Debug, Default)]
pub(crate) struct Passed {
    by_commit: HashMap<[u8; COMMIT], Vec<PolicyId>>,
    /// True if entries were dropped: a commit without an entry may have been scanned under any policy.
    pub(crate) dropped: bool,
}

/// The record about a commit and a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// It passed under this policy.
    Passed,
    /// It passed under other policies.
    ByOthers,
    /// No record: it was there before, or bypassed the hook.
    Nothing,
}

fn beginning(commit: &Oid) -> [u8; COMMIT] {
    let mut out = [0; COMMIT];
    out.copy_from_slice(&commit.as_bytes()[..COMMIT]);
    out
}

fn place(repo: &Repo) -> PathBuf {
    repo.common_dir().join("stanch").join("passed")
}

fn failed(repo: &Repo) -> impl FnOnce(io::Error) -> Error {
    let path = shown_path(&place(repo));
    Error::io(format!("cannot use {path}, which says what has passed here"))
}

impl Passed {
    /// Reads the record in a server's repository.
    pub(crate) fn read(repo: &Repo) -> Result<Passed, Error> {
        let file = match open(repo) {
            Ok(file) => file,
            // Nothing can be recorded here, so nothing is known of any commit.
            Err(e) if is_read_only(&e) => return Ok(Passed { dropped: true, ..Passed::default() }),
            Err(e) => return Err(failed(repo)(e)),
        };
        let read = || -> io::Result<Vec<u8>> {
            disk::lock_shared(&file)?;
            let mut bytes = Vec::new();
            (&file).take((MOST as u64 + 2) * 2 * ENTRY as u64).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        Ok(Passed::parse(&read().map_err(failed(repo))?))
    }

    /// A malformed file counts as one that lost entries.
    fn parse(bytes: &[u8]) -> Passed {
        let (entries, rest) = bytes.as_chunks::<ENTRY>();
        let Some((head, entries)) = entries.split_first() else {
            return Passed { dropped: !bytes.is_empty(), ..Passed::default() };
        };
        if head[..DROPPED] != HEAD[..DROPPED] {
            return Passed { dropped: true, ..Passed::default() };
        }
        let mut passed = Passed { dropped: head[DROPPED] != 0 || !rest.is_empty(), ..Passed::default() };
        for entry in entries {
            let (commit, policy) = entry.split_at(COMMIT);
            let (Ok(commit), Ok(policy)) = (commit.try_into(), policy.try_into()) else { continue };
            passed.by_commit.entry(commit).or_default().push(PolicyId(policy));
        }
        passed
    }

    /// The record about a commit and a policy.
    pub(crate) fn of(&self, commit: &Oid, policy: PolicyId) -> Judgement {
        match self.by_commit.get(&beginning(commit)) {
            Some(all) if all.contains(&policy) => Judgement::Passed,
            Some(_) => Judgement::ByOthers,
            None => Judgement::Nothing,
        }
    }
}

/// Records that commits passed under a policy; each entry once.
pub(crate) fn note(repo: &Repo, all: &[(PolicyId, Vec<Oid>)]) -> Result<(), Error> {
    let mut seen = HashSet::new();
    let mut new = Vec::new();
    for (policy, commits) in all {
        for commit in commits {
            let mut entry = [0; ENTRY];
            entry[..COMMIT].copy_from_slice(&beginning(commit));
            entry[COMMIT..].copy_from_slice(&policy.0);
            if seen.insert(entry) {
                new.extend(entry);
            }
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    let write = || -> io::Result<()> {
        let mut file = open(repo)?;
        disk::lock(&file)?;
        append(&mut file, &new)
    };
    match write() {
        Err(e) if is_read_only(&e) && !place(repo).exists() => Ok(()),
        done => done.map_err(failed(repo)),
    }
}

/// Opens the file for reading and writing; creates it if needed.
fn open(repo: &Repo) -> io::Result<File> {
    let path = place(repo);
    if let Some(dir) = path.parent() {
        disk::make_folder(dir, Links::Refuse)?;
    }
    let options = &mut OpenOptions::new();
    disk::open_with(options.read(true).write(true).create(true).truncate(false), &path, Links::Refuse)
}

/// Some hosts run hooks where the repository is read-only.
fn is_read_only(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// Appends entries, dropping the oldest if there are too many.
fn append(file: &mut File, new: &[u8]) -> io::Result<()> {
    let size = file.metadata()?.len() as usize;
    let whole = size / ENTRY * ENTRY;
    if size == 0 {
        file.write_all(HEAD)?;
    } else if whole != size {
        // An interrupted write: its entries are lost.
        mark_dropped(file)?;
    }
    if whole / ENTRY + new.len() / ENTRY <= MOST {
        file.seek(SeekFrom::Start(whole.max(ENTRY) as u64))?;
        return file.write_all(new);
    }
    mark_dropped(file)?;
    let keep = (MOST / 2).saturating_sub(new.len() / ENTRY) * ENTRY;
    let from = whole.saturating_sub(keep).max(ENTRY);
    let mut rest = vec![0; whole.saturating_sub(from)];
    file.seek(SeekFrom::Start(from as u64))?;
    file.read_exact(&mut rest)?;
    rest.extend(&new[new.len().saturating_sub(MOST / 2 * ENTRY)..]);
    file.seek(SeekFrom::Start(ENTRY as u64))?;
    file.write_all(&rest)?;
    file.set_len((ENTRY + rest.len()) as u64)
}

fn mark_dropped(file: &mut File) -> io::Result<()> {
    file.seek(SeekFrom::Start(DROPPED as u64))?;
    file.write_all(&[1])?;
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(n: u32) -> Oid {
        let mut bytes = [7; 20];
        bytes[..4].copy_from_slice(&n.to_be_bytes());
        Oid::from_bytes(&bytes).unwrap()
    }

    fn entries(from: u32, count: u32, policy: PolicyId) -> Vec<u8> {
        (from..from + count).flat_map(|n| [&beginning(&id(n))[..], &policy.0].concat()).collect()
    }

    fn read(file: &mut File) -> (Passed, u64) {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).unwrap();
        file.read_to_end(&mut bytes).unwrap();
        (Passed::parse(&bytes), bytes.len() as u64)
    }

    #[test]
    fn what_passed_is_known_by_its_policy_and_no_other() {
        let mut file = tempfile::tempfile().unwrap();
        let (one, two) = (PolicyId([1; POLICY]), PolicyId([2; POLICY]));
        append(&mut file, &entries(0, 3, one)).unwrap();
        append(&mut file, &entries(2, 2, two)).unwrap();
        let (passed, _) = read(&mut file);
        assert_eq!(
            (passed.of(&id(0), one), passed.of(&id(0), two)),
            (Judgement::Passed, Judgement::ByOthers)
        );
        assert_eq!((passed.of(&id(2), one), passed.of(&id(2), two)), (Judgement::Passed, Judgement::Passed));
        assert_eq!(passed.of(&id(4), one), Judgement::Nothing);
        assert!(!passed.dropped);
    }

    #[test]
    fn the_file_is_bounded_and_says_when_it_forgot() {
        let mut file = tempfile::tempfile().unwrap();
        let policy = PolicyId([1; POLICY]);
        for round in 0..9 {
            append(&mut file, &entries(round * 60_000, 60_000, policy)).unwrap();
            let (passed, size) = read(&mut file);
            assert!(size <= (MOST as u64 + 1) * ENTRY as u64, "{size}");
            assert_eq!(passed.of(&id(round * 60_000 + 59_999), policy), Judgement::Passed);
            assert_eq!(passed.dropped, round > 3, "{round}");
        }
        append(&mut file, &entries(0, 600_000, policy)).unwrap();
        let (passed, size) = read(&mut file);
        assert!(size <= (MOST as u64 + 1) * ENTRY as u64 && passed.dropped);
        assert_eq!(passed.of(&id(599_999), policy), Judgement::Passed);
    }

    #[test]
    fn a_write_that_was_cut_off_is_reported_and_fixed() {
        let mut file = tempfile::tempfile().unwrap();
        let policy = PolicyId([1; POLICY]);
        append(&mut file, &entries(0, 2, policy)).unwrap();
        file.set_len(ENTRY as u64 * 2 + 5).unwrap();
        assert!(read(&mut file).0.dropped);
        append(&mut file, &entries(5, 1, policy)).unwrap();
        let (passed, _) = read(&mut file);
        assert_eq!(
            (passed.of(&id(0), policy), passed.of(&id(5), policy)),
            (Judgement::Passed, Judgement::Passed)
        );
        assert!(passed.dropped);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_bytes_are_read_and_what_is_no_such_file_knows_nothing(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let passed = Passed::parse(&bytes);
            prop_assert!(passed.dropped || bytes.is_empty());
            prop_assert!(passed.by_commit.is_empty());
        }
    }
}
