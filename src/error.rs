//! The top error: every error that ends a run early, with its exit code and its remedy.

use crate::config::ConfigError;
use crate::git::GitError;
use crate::image::ImageError;
use std::borrow::Cow;
use std::io::ErrorKind;

/// Why a run ended without a decision.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Git's data could not be read.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file or a stream failed.
    #[error("{what}: {}", without_path(source))]
    Io {
        /// What was being done, with the path.
        what: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// A time budget ran out; what was not read is not clean.
    #[error("the time allowed is up: {done} of {of} {what} were read")]
    TimeUp {
        /// Number of items that were read.
        done: usize,
        /// Number of all items.
        of: usize,
        /// The items: commits, files.
        what: &'static str,
    },
    /// A commit or ref that a CI system names cannot be found.
    #[error("{what}")]
    Ci {
        /// What is missing, with the variable that names it.
        what: String,
        /// The remedy on this system.
        help: String,
    },
    /// A container image, or a part of one, cannot be read.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The command cannot work as it was used; the text says what to do.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// A failed read or write, with what was being done.
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Error {
        let what = what.into();
        move |source| Error::Io { what, source }
    }

    /// The remedy for a person, in one line.
    pub fn help(&self) -> Option<Cow<'static, str>> {
        match self {
            Error::Git(e) => Some(e.help()),
            Error::Config(_) => {
                Some("fix the file; the page \"configuration\" of the guide has every key".into())
            }
            Error::Io { source, .. } => Some(remedy(source.kind()).into()),
            Error::TimeUp { .. } => {
                Some("push fewer commits at a time, or let the server allow more time".into())
            }
            Error::Ci { help, .. } => Some(help.clone().into()),
            Error::Image(e) => Some(e.help.into()),
            Error::Usage(_) => None,
        }
    }
}

/// The remedy for what the system refused.
fn remedy(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "free space on that disk, and run it again",
        ErrorKind::ReadOnlyFilesystem => {
            "that disk takes no changes: name another place, or mount it for writing"
        }
        ErrorKind::PermissionDenied => {
            "see who owns it (ls -ld), and give yourself the right to read or write it"
        }
        ErrorKind::NotFound | ErrorKind::NotADirectory => "check that the path exists",
        ErrorKind::IsADirectory => "a folder is there: name a file",
        _ => "check that the path exists and may be read and written",
    }
}

/// A system's error without the name of the temporary file that it happened to.
fn without_path(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split_once(" at path \"").map_or(text.clone(), |(what, _)| what.to_owned())
}
