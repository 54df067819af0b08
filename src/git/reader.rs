//! Reading a repository's index, trees and objects: the part with a plain and a fast implementation.

use super::object::{Found, Item, Object};
use super::{Delta, GitError, ObjectKind, Oid};

/// The entries of two trees.
pub(super) type Sides = (Vec<Item>, Vec<Item>);

/// Reads the index, trees and objects.
pub(super) trait Reader {
    /// An object, whole.
    fn read(&self, id: &Oid) -> Result<Object, GitError>;

    /// An object's kind and size from its header; `None` if it is not here. Never fetches.
    fn header(&self, id: &Oid) -> Result<Option<(ObjectKind, u64)>, GitError>;

    /// An object of at most `most` bytes; of a larger one only its size. Never fetches.
    fn read_within(&self, id: &Oid, most: u64) -> Result<Found, GitError> {
        match self.header(id)? {
            None => Err(GitError::Missing(vec![*id])),
            Some((kind, size)) if size > most => Ok(Found::Larger(kind, size)),
            Some(_) => Ok(Found::Whole(self.read(id)?)),
        }
    }

    /// Says that most objects are going to be read, each soon after the one that it is a delta of.
    fn expect_all(&self) {}

    /// Says that few objects are going to be read from now on: drops what is kept of others.
    fn expect_few(&self) {}

    /// Where an object is packed; `None` if that is not known.
    fn place(&self, _id: &Oid) -> Option<(usize, u64)> {
        None
    }

    /// Reads an object that is packed at this place, as [`Reader::read_within`] does.
    fn read_packed(&self, id: &Oid, _place: (usize, u64), most: u64) -> Result<Found, GitError> {
        self.read_within(id, most)
    }

    /// Where the object is packed that the one at a place is a delta of; `None` if it is whole, or that is not known.
    fn base(&self, _place: (usize, u64)) -> Option<(usize, u64)> {
        None
    }

    /// The entries of two trees that may differ: entries in both may be left out. `None` counts as an empty
    /// tree.
    fn unlike(&self, old: Option<&Oid>, new: Option<&Oid>) -> Result<Sides, GitError>;

    /// Where the index differs from a tree, in order of path. Entries that only announce a file (intent to add)
    /// are left out: a commit does not record them.
    fn index_against(&self, tree: Option<&Oid>) -> Result<Vec<Delta>, GitError>;
}
