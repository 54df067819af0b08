//! Whether the remote already has these bytes. Computed only for what blocks a push, to tell the person whether the
//! secret has leaked.

use super::error::here;
use super::{Commit, GitError, Oid, Outgoing, Repo};
use crate::finding::RepoPath;
use crate::text::encoding;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

/// Most commits searched, newest first. A hit is reliable; a miss is not reported.
const MOST: usize = 2000;

impl Repo {
    /// The oldest commit on the remote whose file at `path` has these bytes.
    ///
    /// # Errors
    /// If a commit or tree is broken. Missing objects are skipped.
    pub fn known_since(
        &self,
        sent: &Outgoing,
        path: &RepoPath,
        bytes: &[u8],
    ) -> Result<Option<Commit>, GitError> {
        let mut seen: HashSet<Oid> = HashSet::new();
        let mut next: BinaryHeap<(i64, Reverse<Oid>)> = BinaryHeap::new();
        let mut of_blob: HashMap<Oid, bool> = HashMap::new();
        let mut oldest: Option<Commit> = None;
        let finder = memchr::memmem::Finder::new(bytes);
        let mut push = |id: Oid, next: &mut BinaryHeap<_>| -> Result<(), GitError> {
            if seen.len() < MOST && seen.insert(id) && self.kind(&id)?.is_some() {
                next.push((self.commit(&id)?.time, Reverse(id)));
            }
            Ok(())
        };
        for id in &sent.known {
            push(*id, &mut next)?;
        }
        while let Some((_, Reverse(id))) = next.pop() {
            let commit = self.commit(&id)?;
            for parent in &commit.parents {
                push(*parent, &mut next)?;
            }
            let Some(blob) = here(self.at_path(&commit.tree, path))?.flatten() else { continue };
            let has = match of_blob.get(&blob.id) {
                Some(has) => *has,
                None => {
                    let has = here(self.blob(&blob.id))?
                        .is_some_and(|b| finder.find(&encoding::decode(&b).0).is_some());
                    of_blob.insert(blob.id, has);
                    has
                }
            };
            if has && oldest.as_ref().is_none_or(|o| commit.time <= o.time) {
                oldest = Some(commit);
            }
        }
        Ok(oldest)
    }
}
