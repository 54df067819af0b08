//! The fast reader: objects, trees and the index from git's own files, piece by piece. What it does not support it
//! hands to the plain reader; both give the same answer.

use super::object::{Found, Lookup, Object};
use super::objects::Store;
use super::plain::Plain;
use super::reader::{Reader, Sides};
use super::{Delta, GitError, ObjectKind, Oid, index_diff, tree};
use std::path::PathBuf;

/// Reads git's own files.
pub(super) struct Fast {
    store: Store,
    pub(super) plain: Plain,
}

impl Fast {
    pub(super) fn new(plain: Plain) -> Fast {
        Fast { store: Store::new(plain.repository.commondir()), plain }
    }

    /// The same repository in another handle, for another thread.
    pub(super) fn reopen(&self, repository: git2::Repository) -> Fast {
        Fast { store: self.store.reopen(), plain: self.plain.reopen(repository) }
    }

    /// The index that git is using: `git commit -a` and `git commit PATH` name another one.
    fn index_file(&self) -> PathBuf {
        let own = || self.plain.repository.path().join("index");
        std::env::var_os("GIT_INDEX_FILE").map_or_else(own, PathBuf::from)
    }
}

impl Reader for Fast {
    fn read(&self, id: &Oid) -> Result<Object, GitError> {
        match self.store.read(id, u64::MAX)? {
            Lookup::Found(Found::Whole(object)) => Ok(object),
            Lookup::Absent => Err(self.store.missing(id)),
            Lookup::Found(Found::Larger(..)) | Lookup::Unreadable | Lookup::Unknown => self.plain.read(id),
        }
    }

    fn header(&self, id: &Oid) -> Result<Option<(ObjectKind, u64)>, GitError> {
        match self.store.read(id, 0)? {
            Lookup::Found(Found::Larger(kind, size)) => Ok(Some((kind, size))),
            Lookup::Found(Found::Whole(object)) => Ok(Some((object.kind, object.bytes.len() as u64))),
            Lookup::Absent => Ok(None),
            Lookup::Unreadable | Lookup::Unknown => self.plain.header(id),
        }
    }

    fn read_within(&self, id: &Oid, most: u64) -> Result<Found, GitError> {
        match self.store.read(id, most)? {
            Lookup::Found(found) => Ok(found),
            Lookup::Absent => Err(self.store.missing(id)),
            Lookup::Unreadable | Lookup::Unknown => self.plain.read_within(id, most),
        }
    }

    fn expect_all(&self) {
        self.store.expect_all();
    }

    fn expect_few(&self) {
        self.store.expect_few();
    }

    fn place(&self, id: &Oid) -> Option<(usize, u64)> {
        self.store.place(id)
    }

    fn read_packed(&self, id: &Oid, place: (usize, u64), most: u64) -> Result<Found, GitError> {
        match self.store.read_packed(id, place, most)? {
            Some(found) => Ok(found),
            None => self.read_within(id, most),
        }
    }

    fn base(&self, place: (usize, u64)) -> Option<(usize, u64)> {
        self.store.base(place)
    }

    fn unlike(&self, old: Option<&Oid>, new: Option<&Oid>) -> Result<Sides, GitError> {
        tree::unlike(self, old, new)
    }

    fn index_against(&self, tree: Option<&Oid>) -> Result<Vec<Delta>, GitError> {
        match index_diff::index_against(self, &self.index_file(), tree) {
            Some(deltas) => Ok(deltas),
            None => self.plain.index_against(tree),
        }
    }
}
