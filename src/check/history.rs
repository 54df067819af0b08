//! Lists every commit of this repository that brings a value: the full answer to "has it leaked?", on request; and
//! the files of the work tree that have it now.

use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::{LineCounter, Lines, RepoPath};
use crate::git::{self, Change, Commit, Content, Oid, Repo};
use crate::text::encoding;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::{Duration, Instant};

/// Bytes of the largest file that is searched.
const LARGEST: u64 = 64 << 20;

/// A commit that contains the value.
#[derive(Debug)]
pub(crate) struct Holder {
    pub(crate) commit: Commit,
    pub(crate) path: RepoPath,
    /// True if a remote-tracking branch reaches the commit.
    pub(crate) is_pushed: bool,
}

/// All of them, oldest first, and how many commits were read.
pub(crate) fn holders(repo: &Repo, value: &[u8]) -> Result<(Vec<Holder>, usize), Error> {
    let finder = memchr::memmem::Finder::new(value);
    let pushed: HashSet<Oid> = repo.between(&repo.remote_tips()?, [])?.into_iter().collect();
    let mut of_blob: HashMap<Oid, bool> = HashMap::new();
    let mut out = Vec::new();
    let commits = repo.history()?.commits;
    for id in &commits {
        let (commit, changes) = repo.brought_by(id)?;
        for change in changes.list.into_iter().filter(Change::brings_content) {
            let blob = change.new.id;
            let has = match of_blob.get(&blob) {
                Some(has) => *has,
                None => {
                    let has = match repo.blob_within(&blob, LARGEST)? {
                        Content::Whole(bytes) => finder.find(&encoding::decode(&bytes).0).is_some(),
                        Content::Larger(_) => false,
                    };
                    of_blob.insert(blob, has);
                    has
                }
            };
            if has {
                let is_pushed = pushed.contains(id);
                out.push(Holder { commit: commit.clone(), path: change.path, is_pushed });
            }
        }
    }
    Ok((out, commits.len()))
}

/// Time for the search of the work tree; a person waits for the page.
const PATIENCE: Duration = Duration::from_secs(2);

/// A place of the value in the work tree.
#[derive(Debug)]
pub(crate) struct Copy {
    pub(crate) path: RepoPath,
    pub(crate) line: usize,
    /// The name that it is assigned to there.
    pub(crate) name: Option<String>,
}

/// The places of a value in the tracked files of a work tree, and whether all of them were read.
pub(crate) fn copies(top: &Path, value: &[u8]) -> Result<(Vec<Copy>, bool), Error> {
    let finder = memchr::memmem::Finder::new(value);
    let until = Instant::now() + PATIENCE;
    let mut out = Vec::new();
    for path in git::tracked(top)? {
        if Instant::now() > until {
            return Ok((out, false));
        }
        // A file that cannot be read is named by the hook and by `scan`.
        let Ok(bytes) = disk::read(&top.join(&path), Links::Refuse, LARGEST) else { continue };
        let text = encoding::decode(&bytes).0;
        let mut lines = LineCounter::new(&text);
        for at in finder.find_iter(&text) {
            let path = RepoPath::new(path.as_os_str().as_encoded_bytes());
            let name = Lines::of(&text, &(at..at + value.len())).assigned_name();
            out.push(Copy { path, line: lines.line(at) as usize, name });
        }
    }
    Ok((out, true))
}
