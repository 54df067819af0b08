//! Where else a blocked value is: in earlier versions of its files, and in the tree of HEAD. Computed only for what
//! blocks, and within a time limit. The result counts what was read, so that the message claims no more.

use super::error::here;
use super::{Blob, Commit, GitError, NamedTip, Oid, Repo, tree};
use crate::finding::{RepoPath, printable};
use crate::text::encoding;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::time::Instant;

/// Most commits searched, newest first.
const MOST: usize = 5000;
/// Bytes of the largest file searched.
const LARGEST: u64 = 4 << 20;

/// A commit that holds the value.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// The commit.
    pub commit: Commit,
    /// The remote-tracking branch that reaches it: `origin/main`. `None` if no remote is known to have it.
    pub remote: Option<String>,
}

/// What a search read, and what it found.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// The most telling commit: one that a remote has, and of those the oldest.
    pub found: Option<Sighting>,
    /// Commits whose version of the files was searched.
    pub commits: usize,
    /// Files of HEAD that were searched.
    pub files: usize,
    /// True if the search ended before the time was up.
    pub whole: bool,
}

impl Repo {
    /// Searches all versions of some files, and every file of HEAD, for a value.
    ///
    /// # Errors
    /// If an object is broken. Missing objects are skipped.
    pub fn seek(&self, value: &[u8], paths: &[RepoPath], until: Instant) -> Result<Search, GitError> {
        let mut out = Search { whole: true, ..Search::default() };
        let mut seeker =
            Seeker { repo: self, finder: memchr::memmem::Finder::new(value), of_blob: HashMap::new() };
        let tips = self.named_tips_in("refs/remotes/")?;
        let head = self.head()?;
        let mut parents: HashMap<Oid, Vec<Oid>> = HashMap::new();
        let mut next: BinaryHeap<(i64, Reverse<Oid>)> = BinaryHeap::new();
        let mut seen: HashSet<Oid> = HashSet::new();
        for id in tips.iter().map(|tip| tip.commit).chain(head) {
            self.enqueue(id, &mut seen, &mut next)?;
        }
        let mut found: Vec<Commit> = Vec::new();
        while let Some((_, Reverse(id))) = next.pop() {
            if Instant::now() > until || parents.len() >= MOST {
                out.whole = false;
                break;
            }
            let commit = self.commit(&id)?;
            for parent in &commit.parents {
                self.enqueue(*parent, &mut seen, &mut next)?;
            }
            parents.insert(id, commit.parents.clone());
            out.commits += 1;
            for path in paths {
                if let Some(blob) = here(self.at_path(&commit.tree, path))?.flatten()
                    && seeker.has(&blob)?
                {
                    found.push(commit.clone());
                    break;
                }
            }
        }
        if let Some(head) = head {
            let commit = self.commit(&head)?;
            for (_, blob) in here(tree::flatten(self.reader(), &commit.tree))?.unwrap_or_default() {
                if Instant::now() > until {
                    out.whole = false;
                    break;
                }
                out.files += 1;
                if seeker.has(&blob)? {
                    found.push(commit);
                    break;
                }
            }
        }
        let reached = reached(&tips, &parents);
        let sightings = found.into_iter().map(|commit| {
            let remote = reached.get(&commit.id).map(|tip| printable(&tips[*tip].name));
            Sighting { commit, remote }
        });
        out.found = sightings.min_by_key(|s| (s.remote.is_none(), s.commit.time));
        Ok(out)
    }

    fn enqueue(
        &self,
        id: Oid,
        seen: &mut HashSet<Oid>,
        next: &mut BinaryHeap<(i64, Reverse<Oid>)>,
    ) -> Result<(), GitError> {
        if seen.insert(id) && self.kind(&id)?.is_some() {
            next.push((self.commit(&id)?.time, Reverse(id)));
        }
        Ok(())
    }
}

/// The tip that reaches each commit, as far as its history was read.
fn reached(tips: &[NamedTip], parents: &HashMap<Oid, Vec<Oid>>) -> HashMap<Oid, usize> {
    let mut by: HashMap<Oid, usize> = HashMap::new();
    let mut todo: Vec<(Oid, usize)> = tips.iter().enumerate().map(|(at, tip)| (tip.commit, at)).collect();
    while let Some((id, tip)) = todo.pop() {
        if by.contains_key(&id) {
            continue;
        }
        by.insert(id, tip);
        todo.extend(parents.get(&id).into_iter().flatten().map(|parent| (*parent, tip)));
    }
    by
}

/// Searches each content once.
struct Seeker<'a> {
    repo: &'a Repo,
    finder: memchr::memmem::Finder<'a>,
    of_blob: HashMap<Oid, bool>,
}

impl Seeker<'_> {
    fn has(&mut self, blob: &Blob) -> Result<bool, GitError> {
        if blob.is_gitlink() {
            return Ok(false);
        }
        if let Some(has) = self.of_blob.get(&blob.id) {
            return Ok(*has);
        }
        let has = match here(self.repo.blob_within(&blob.id, LARGEST))? {
            Some(super::Content::Whole(bytes)) => self.finder.find(&encoding::decode(&bytes).0).is_some(),
            _ => false,
        };
        self.of_blob.insert(blob.id, has);
        Ok(has)
    }
}
