//! What git records and sends: the facade, and the only module that names git2.
//!
//! Blobs are read whole and compared by our own code, so no attribute, driver, colour or prefix setting can hide a
//! line. A changed path that could not be read is an error, never a silent skip.
//!
//! A `reader` reads objects, trees and the index: `plain` through libgit2 alone, `fast` from git's own files; both
//! give the same answer. A `backend` adds refs and settings: `libgit2`, or `plumbing`, which runs git, for
//! repositories that libgit2 does not open. Everything else is built on those once.

mod added_lines;
mod address;
mod already_pushed;
mod backend;
mod blame;
mod blob;
mod error;
mod exposure;
mod fast;
mod fetch;
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
mod past;
mod plain;
mod plumbing;
mod process;
mod reader;
mod reflog;
mod remote;
mod repo;
mod settled;
mod staged;
mod tracked;
mod tree;
mod updates;
mod walk;

pub use blame::line_times;
pub use blob::{Blob, Delta};
pub use error::GitError;
pub use exposure::{Search, Sighting};
pub use fetch::{Depth, RemoteRefs, ask_remote, fetch, fetch_objects, file_of};
pub use file::blob_id;
pub use message::MessageForm;
pub use object::{Commit, DeltaBase, ObjectKind, Tag, Version};
pub use oid::Oid;
pub use outgoing::{LooseRefTarget, Outgoing};
pub use past::NamedTip;
pub use remote::Destination;
pub use repo::{Content, Repo};
pub use staged::{Change, Changes, ParentVersion, Removed};
pub use tracked::{tracked, tracked_as};
pub use updates::{RefUpdate, parse_push, parse_receive};
