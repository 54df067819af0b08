//! A history seen from its refs: which branches and tags reach a commit, who wrote it, and which files a tip has.

use super::error::here;
use super::object::{ObjectKind, author};
use super::tree;
use super::{GitError, Oid, Repo};
use std::collections::{HashMap, HashSet};

/// The folder of the tags.
const TAGS: &str = "refs/tags/";

/// A branch, a remote's branch or a tag, with the commit that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedTip {
    /// Its short name: `main`, `origin/main`, `v1.0`.
    pub name: Vec<u8>,
    /// True for a tag.
    pub is_tag: bool,
    /// Its commit.
    pub commit: Oid,
}

impl Repo {
    /// The branches, remotes' branches and tags that name a commit which is here.
    ///
    /// # Errors
    /// If refs or objects cannot be read.
    pub fn named_tips(&self) -> Result<Vec<NamedTip>, GitError> {
        let mut out = Vec::new();
        for folder in ["refs/heads/", "refs/remotes/", TAGS] {
            out.extend(self.named_tips_in(folder)?);
        }
        Ok(out)
    }

    /// Those whose full name starts with `folder`.
    pub(super) fn named_tips_in(&self, folder: &str) -> Result<Vec<NamedTip>, GitError> {
        let is_tag = folder == TAGS;
        let mut out = Vec::new();
        for (name, id) in self.backend().refs(folder)? {
            // `origin/HEAD` repeats another branch.
            if let Some(commit) = self.peel_if_here(id)?.filter(|_| is_tag || !name.ends_with(b"/HEAD")) {
                let name = name.strip_prefix(folder.as_bytes()).unwrap_or(&name).to_vec();
                out.push(NamedTip { name, is_tag, commit });
            }
        }
        Ok(out)
    }

    /// For each wanted commit the places in `tips` of those that reach it.
    ///
    /// # Errors
    /// If a commit on the way is missing or broken.
    pub fn reached_by(
        &self,
        wanted: &HashSet<Oid>,
        tips: &[NamedTip],
    ) -> Result<HashMap<Oid, Vec<usize>>, GitError> {
        let words = tips.len().div_ceil(64);
        let mut known: HashMap<Oid, Vec<u64>> = HashMap::new();
        for (at, tip) in tips.iter().enumerate() {
            known.entry(tip.commit).or_insert_with(|| vec![0; words])[at / 64] |= 1 << (at % 64);
        }
        let include: Vec<Oid> = tips.iter().map(|tip| tip.commit).collect();
        let mut out = HashMap::new();
        // Children before parents: what reaches a commit is complete when its turn comes.
        for id in self.between(&include, [])?.iter().rev() {
            let Some(bits) = known.remove(id) else { continue };
            for parent in self.commit(id)?.parents {
                let of_parent = known.entry(parent).or_insert_with(|| vec![0; words]);
                of_parent.iter_mut().zip(&bits).for_each(|(all, new)| *all |= new);
            }
            if wanted.contains(id) {
                let has = |at: &usize| bits[at / 64] >> (at % 64) & 1 == 1;
                out.insert(*id, (0..tips.len()).filter(has).collect());
            }
        }
        Ok(out)
    }

    /// The author of a commit, `Name <address>`; `None` if it has none.
    ///
    /// # Errors
    /// As for [`Repo::blob`].
    pub fn author(&self, commit: &Oid) -> Result<Option<Vec<u8>>, GitError> {
        Ok(author(&self.of_kind(commit, ObjectKind::Commit)?).map(<[u8]>::to_vec))
    }

    /// The blobs of all files of a commit; those of a tree that is not here are left out.
    ///
    /// # Errors
    /// If an object is broken.
    pub fn blobs_of(&self, commit: &Oid) -> Result<Vec<Oid>, GitError> {
        let commit = self.commit(commit)?;
        let files = here(tree::flatten(self.reader(), &commit.tree))?.unwrap_or_default();
        Ok(files.into_iter().filter(|(_, blob)| !blob.is_gitlink()).map(|(_, blob)| blob.id).collect())
    }
}
