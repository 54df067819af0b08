//! What a backend must offer to read a repository. Everything else (trees, commits, ranges) is built on it once.

use super::reader::Reader;
use super::{GitError, Oid};
use crate::reader::ReaderKind;

/// A ref's full name and the object that it holds.
pub(super) type Ref = (Vec<u8>, Oid);

/// Reads a repository.
pub(super) trait Backend {
    /// Opens another handle of the same repository, for another thread.
    fn reopen(&self) -> Result<Box<dyn Backend + Send>, GitError>;

    /// The reader of the index, trees and objects.
    fn reader(&self) -> &dyn Reader;

    /// Selects the reader; no effect if there is only one.
    fn choose(&self, kind: ReaderKind);

    /// The commit that HEAD names; `None` before the first.
    fn head(&self) -> Result<Option<Oid>, GitError>;

    /// The object that a revision names; `None` if it names nothing.
    fn resolve(&self, revision: &str) -> Result<Option<Oid>, GitError>;

    /// Every ref whose full name starts with this.
    fn refs(&self, prefix: &str) -> Result<Vec<Ref>, GitError>;

    /// The whole configuration in git's order: section and key in lower case.
    fn config(&self) -> Result<Vec<(String, String)>, GitError>;

    /// The commits reachable from `include` and not from `hide`, parents before children; `None` if the caller
    /// has to walk object by object.
    fn walk(&self, include: &[Oid], hide: &[Oid]) -> Result<Option<Vec<Oid>>, GitError>;
}
