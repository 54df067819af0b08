//! The plain reader: libgit2 for objects, trees and the index. Read this one to understand the program.
//!
//! Index entries are compared with those of HEAD's tree here, not by `git_diff_tree_to_index`: that leaves out new
//! files with the assume-unchanged bit, which a commit records. `objects::Check` first tells whether libgit2 may
//! read an object. What libgit2 may not or cannot read is read by git itself.

use super::object::{Found, Item, Object};
use super::objects::Check;
use super::plumbing::Plumbing;
use super::reader::{Reader, Sides};
use super::{Blob, Delta, GitError, ObjectKind, Oid, tree};
use crate::finding::RepoPath;
use git2::{ErrorCode, ObjectType};
use std::sync::Arc;

/// Index entries that only announce a file (`git add -N`): bit 13 of the extended flags.
const INTENT_TO_ADD: u16 = 1 << 13;
/// The merge stage of an index entry: two bits of its flags.
const STAGE: u16 = 0x3000;

/// Reads through libgit2.
pub(super) struct Plain {
    pub(super) repository: git2::Repository,
    check: Check,
    /// For what libgit2 does not read; nothing runs before it is needed.
    pub(super) git: Plumbing,
}

impl Plain {
    pub(super) fn new(repository: git2::Repository) -> Plain {
        let check = Check::new(repository.commondir());
        Plain { check, git: Plumbing::at(repository.path()), repository }
    }

    /// The same repository in another handle, for another thread.
    pub(super) fn reopen(&self, repository: git2::Repository) -> Plain {
        Plain { check: self.check.reopen(), git: Plumbing::at(repository.path()), repository }
    }

    /// libgit2's answer about an object, or git's instead; `None` if the object does not exist here.
    fn look_up<T>(
        &self,
        id: &Oid,
        read: impl FnOnce(&git2::Odb<'_>, git2::Oid) -> Result<T, git2::Error>,
        ask_git: impl FnOnce(&Plumbing) -> Result<Option<T>, GitError>,
    ) -> Result<Option<T>, GitError> {
        let seen = self.check.look(id)?;
        if seen.is_safe {
            let read = |id| read(&self.repository.odb()?, id);
            match git2::Oid::from_bytes(id.as_bytes()).and_then(read) {
                Ok(object) => return Ok(Some(object)),
                Err(e) if e.code() == ErrorCode::NotFound && !seen.is_here => return Ok(None),
                Err(_) => {}
            }
        }
        if !seen.is_here && !seen.is_elsewhere {
            return Ok(None);
        }
        match ask_git(&self.git) {
            // Git also reports unreadable objects as missing.
            Ok(None) if seen.is_here => Err(unread(id, GitError::Missing(vec![*id]))),
            Err(e) if seen.is_here => Err(unread(id, e)),
            answer => answer,
        }
    }

    fn entries(&self, tree: Option<&Oid>) -> Result<Vec<Item>, GitError> {
        let Some(id) = tree else { return Ok(Vec::new()) };
        if self.check.look(id)?.is_safe
            && let Ok(id) = git2::Oid::from_bytes(id.as_bytes())
            && let Ok(tree) = self.repository.find_tree(id)
        {
            return Ok(tree.iter().map(|entry| item(&entry)).collect());
        }
        // Missing, damaged or of another kind: reading it as an object says which.
        tree::items(self, id)
    }

    fn index(&self) -> Result<Vec<(Vec<u8>, Blob)>, GitError> {
        let index = self.repository.index().map_err(|e| GitError::Index(e.message().to_owned()))?;
        let mut out = Vec::with_capacity(index.len());
        for entry in index.iter() {
            if entry.flags & STAGE != 0 {
                return Err(GitError::Unmerged(RepoPath::new(entry.path)));
            }
            if entry.flags_extended & INTENT_TO_ADD == 0 {
                out.push((entry.path, Blob { id: id_of(entry.id), mode: entry.mode }));
            }
        }
        Ok(out)
    }
}

impl Reader for Plain {
    fn read(&self, id: &Oid) -> Result<Object, GitError> {
        let object = self.look_up(
            id,
            |odb, id| {
                let object = odb.read(id)?;
                Ok(Object::new(kind_of(object.kind())?, Arc::new(object.data().to_vec())))
            },
            |git| git.read_if_here(id),
        )?;
        object.ok_or_else(|| self.check.missing(id))
    }

    fn header(&self, id: &Oid) -> Result<Option<(ObjectKind, u64)>, GitError> {
        self.look_up(
            id,
            |odb, id| {
                let (size, kind) = odb.read_header(id)?;
                Ok((kind_of(kind)?, size as u64))
            },
            |git| git.header(id),
        )
    }

    fn read_within(&self, id: &Oid, most: u64) -> Result<Found, GitError> {
        match self.header(id)? {
            Some((kind, size)) if size > most => Ok(Found::Larger(kind, size)),
            // A missing one too: reading it gives the reason.
            _ => self.read(id).map(Found::Whole),
        }
    }

    fn unlike(&self, old: Option<&Oid>, new: Option<&Oid>) -> Result<Sides, GitError> {
        Ok((self.entries(old)?, self.entries(new)?))
    }

    fn index_against(&self, tree: Option<&Oid>) -> Result<Vec<Delta>, GitError> {
        match self.index() {
            Ok(new) => Ok(tree::compare_lists(tree::list(self, tree)?, new)),
            // A form that only git supports, or a damaged index.
            Err(GitError::Index(why)) => {
                self.git.index_against(tree).map_err(|e| GitError::Index(format!("{why}; {e}")))
            }
            Err(e) => Err(e),
        }
    }
}

pub(super) fn id_of(id: git2::Oid) -> Oid {
    Oid::from_bytes(id.as_bytes()).expect("internal: libgit2's ids have 20 or 32 bytes")
}

fn item(entry: &git2::TreeEntry<'_>) -> Item {
    // The mode as stored: libgit2 normalises modes that git no longer writes.
    let blob = Blob { id: id_of(entry.id()), mode: entry.filemode_raw() as u32 };
    Item { name: entry.name_bytes().to_vec(), blob }
}

fn kind_of(kind: ObjectType) -> Result<ObjectKind, git2::Error> {
    match kind {
        ObjectType::Blob => Ok(ObjectKind::Blob),
        ObjectType::Tree => Ok(ObjectKind::Tree),
        ObjectType::Commit => Ok(ObjectKind::Commit),
        ObjectType::Tag => Ok(ObjectKind::Tag),
        ObjectType::Any => Err(git2::Error::from_str("an object without a kind")),
    }
}

/// The error for what git could not read either.
fn unread(id: &Oid, error: GitError) -> GitError {
    match error {
        GitError::Missing(_) => GitError::object("object", id, "it is damaged"),
        e => GitError::object("object", id, format!("it is damaged, or of a form that only git reads; {e}")),
    }
}
