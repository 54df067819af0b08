//! The short way to the staged change: git's index file read without its details.
//!
//! The index keeps, in its TREE extension, the tree id of every folder in which nothing is staged. So an entry is
//! stepped over by its length, its path and id being read only in folders whose id differs from HEAD's; of HEAD's
//! trees, too, only those are read. Versions 2 and 3 with SHA-1 are read so. Everything else (version 4, split and
//! sparse indexes, unmerged entries, a file that is not as it should be) has no answer here: the caller takes the
//! long way, so a wrong index is never guessed at.
//!
//! What the extension vouches for is believed, as git believes it: a commit takes such a folder's tree from there, never from
//! the entries. So an index that lies (git writes none) brings nothing into a commit that is not listed here. Its counts
//! are checked: they must add up, and the entries stepped over must be all that the folder has.
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
