//! What a way of reading a repository must offer. All else (trees, commits, ranges) is built on it once.

use super::reader::Reader;
use super::{GitError, Oid};
use crate::reader::ReaderKind;

/// A ref's full name and the object that it holds.
pub(super) type Ref = (Vec<u8>, Oid);

/// A way of reading a repository.
pub(super) trait Backend {
    /// Another handle of the same repository, for another thread.
    fn reopen(&self) -> Result<Box<dyn Backend + Send>, GitError>;

    /// What reads the index, trees and objects.
    fn reader(&self) -> &dyn Reader;

    /// Chooses the reader. Without a choice to make nothing happens.
    fn choose(&self, kind: ReaderKind);

    /// The commit that HEAD names; `None` before the first.
    fn head(&self) -> Result<Option<Oid>, GitError>;

    /// The object that a revision names; `None` if there is none.
    fn resolve(&self, revision: &str) -> Result<Option<Oid>, GitError>;

    /// Every ref whose full name starts with this.
    fn refs(&self, prefix: &str) -> Result<Vec<Ref>, GitError>;

    /// The whole configuration in git's order: section and key in lower case.
    fn config(&self) -> Result<Vec<(String, String)>, GitError>;

    /// The commits reachable from `include` and not from `hide`, parents before children; `None` if they are to be
    /// walked object by object.
    fn walk(&self, include: &[Oid], hide: &[Oid]) -> Result<Option<Vec<Oid>>, GitError>;
}
