//! Lists every commit of this repository that brings a value: the full answer to "has it leaked?", on request.

use crate::error::Error;
use crate::finding::RepoPath;
use crate::git::{Change, Commit, Content, Oid, Repo};
use crate::text::encoding;
use std::collections::{HashMap, HashSet};

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
    let remote =
        repo.refs()?.into_iter().filter(|(name, _)| name.starts_with(b"refs/remotes/")).map(|(_, id)| id);
    let pushed: HashSet<Oid> = repo.between(&remote.collect::<Vec<_>>(), [])?.into_iter().collect();
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
