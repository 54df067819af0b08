//! What a way of reading a repository must offer. All else (trees, commits, ranges) is built on it once.

use super::object::{Found, Object};
use super::{Delta, GitError, ObjectKind, Oid};

/// A ref's full name and the object that it holds.
pub(super) type Ref = (Vec<u8>, Oid);

/// A way of reading a repository.
pub(super) trait Backend {
    /// Another handle of the same repository, for another thread.
    fn reopen(&self) -> Result<Box<dyn Backend + Send>, GitError>;

    /// An object, whole.
    fn read(&self, id: &Oid) -> Result<Object, GitError>;

    /// An object's kind and size from its header; `None` when it is not here. Never fetches.
    fn header(&self, id: &Oid) -> Result<Option<(ObjectKind, u64)>, GitError>;

    /// An object of at most so many bytes; of a larger one, how many it has. Never fetches.
    fn read_within(&self, id: &Oid, most: u64) -> Result<Found, GitError> {
        match self.header(id)? {
            None => Err(GitError::Missing(vec![*id])),
            Some((kind, size)) if size > most => Ok(Found::Larger(kind, size)),
            Some(_) => Ok(Found::Whole(self.read(id)?)),
        }
    }

    /// Where the index differs from a tree, in order of path. Entries that only announce a file (intent to add)
    /// are not in it: a commit does not record them.
    fn index_against(&self, tree: Option<&Oid>) -> Result<Vec<Delta>, GitError>;

    /// The commit that HEAD names; `None` before the first.
    fn head(&self) -> Result<Option<Oid>, GitError>;

    /// The object that a revision names; `None` when there is no such.
    fn resolve(&self, revision: &str) -> Result<Option<Oid>, GitError>;

    /// Every ref whose full name starts with this.
    fn refs(&self, prefix: &str) -> Result<Vec<Ref>, GitError>;

    /// The whole configuration in git's order: section and key in lower case.
    fn config(&self) -> Result<Vec<(String, String)>, GitError>;

    /// The commits reachable from `include` and not from `hide`, parents before children; `None` where they are to be
    /// walked object by object.
    fn walk(&self, include: &[Oid], hide: &[Oid]) -> Result<Option<Vec<Oid>>, GitError>;
}
