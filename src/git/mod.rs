//! What git really records and sends: the facade, and the only module that names git2.
//!
//! Blobs are read whole and their bytes judged by ourselves, so no attribute, driver, colour or prefix setting can
//! hide a line. A changed path that could not be considered is an error, never a silent skip. A `backend` offers
//! objects, the index, refs and ranges; everything else is built on those once.

mod added_lines;
mod address;
mod already_pushed;
mod backend;
mod error;
mod exposure;
mod file;
#[cfg(fuzzing)]
pub mod fuzz;
mod index_diff;
mod libgit2;
mod message;
#[cfg(test)]
mod mutation_tests;
mod object;
mod objects;
mod oid;
mod outgoing;
mod plumbing;
mod process;
mod reflog;
mod remote;
mod repo;
mod staged;
mod tracked;
mod tree;
mod updates;
mod walk;

pub use error::GitError;
pub use exposure::{Search, Sighting};
pub use file::blob_id;
pub use message::MessageForm;
pub use object::{Commit, ObjectKind, Tag};
pub use oid::Oid;
pub use outgoing::{LooseRefTarget, Outgoing};
pub use remote::Destination;
pub use repo::{Content, Repo};
pub use staged::{Change, Changes, ParentVersion, Removed};
pub use tracked::tracked;
pub use tree::Delta;
pub use updates::{RefUpdate, parse_push, parse_receive};

/// A blob in the index or a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Blob {
    /// Its id.
    pub id: Oid,
    /// Git's mode: 0o100644, 0o100755, 0o120000 (symlink), 0o160000 (gitlink).
    pub mode: u32,
}

impl Blob {
    /// A submodule's commit: not an object of this repository.
    pub fn is_gitlink(&self) -> bool {
        self.mode == 0o160_000
    }
}
