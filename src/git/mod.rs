//! What git really records and sends: the facade, and the only module that names git2.
//!
//! Blobs are read whole and their bytes judged by ourselves, so no attribute, driver, colour or prefix setting can
//! hide a line. A changed path that could not be considered is an error, never a silent skip.

mod error;
mod oid;
mod repo;
mod staged;

pub use error::GitError;
pub use oid::Oid;
pub use repo::Repo;
pub use staged::{Blob, Change, Former};
