//! The fast reader of the staged change: git's index file without its details.
//!
//! In its TREE extension the index keeps the tree id of every folder in which nothing is staged. So entries are
//! skipped by their length, and path and id are read only in folders whose id differs from HEAD's; of HEAD's trees,
//! too, only those are read. This supports versions 2 and 3 with SHA-1. Everything else (version 4, split and
//! sparse indexes, unmerged entries, a malformed file) is left to the plain reader, so nothing is guessed.
//!
//! The extension is trusted, as git trusts it: a commit takes such a folder's tree from there, never from the
//! entries. So an index with a false extension (git writes none) brings nothing into a commit that is not listed
//! here. Its counts are checked: they must add up, and the entries skipped must be all that the folder has.
//!
//! Source of the format: git's Documentation/gitformat-index.

mod compare;
#[cfg(fuzzing)]
mod fuzz;
mod index;
#[cfg(test)]
mod tests;

pub(super) use compare::index_against;
#[cfg(fuzzing)]
pub use fuzz::index as fuzz_index;
