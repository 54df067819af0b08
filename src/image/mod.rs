//! Container images as files: OCI layouts, and what `docker save` and `podman save` write, from a folder, a file or a
//! stream. No daemon is asked and nothing is unpacked to the disk.
//!
//! What is listed is what an image ships: each layer once, the texts of its configuration and manifests, and content that
//! no manifest names. Names and digests in manifests lead only to members of the same file or folder.

mod base;
mod config;
mod contents;
mod files;
#[cfg(fuzzing)]
pub mod fuzz;
mod whiteout;

pub use config::{Config, Part};
pub use contents::{Contents, Image, Kind, Layer, Text};
pub use files::{Blob, Files, Section};
pub use whiteout::Changes;

/// Why an image, or a part of it, cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct ImageError {
    /// What cannot be read, and why.
    pub what: String,
    /// What to do.
    pub help: &'static str,
}
