//! The top error: everything that ends a run early, with its exit code and its remedy.

use crate::config::ConfigError;
use crate::git::GitError;
use crate::image::ImageError;
use std::borrow::Cow;

/// Why a run ended without an answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Git's data could not be read.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file or a stream failed.
    #[error("{what}: {source}")]
    Io {
        /// What was being done, with the path.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A time budget is used up; what was not read is not clean.
    #[error("the time allowed is up: {done} of {of} {what} were read")]
    TimeUp {
        /// How many were read.
        done: usize,
        /// Of how many.
        of: usize,
        /// Of what: commits, files.
        what: &'static str,
    },
    /// What a CI system asks about cannot be found.
    #[error("{what}")]
    Ci {
        /// What is missing, with the variable that names it.
        what: String,
        /// What to do on this very system.
        help: String,
    },
    /// A container image, or a part of one, cannot be read.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The command was used in a way that cannot work; the text says which and what to do.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// A failed read or write, with what was being done.
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Error {
        let what = what.into();
        move |source| Error::Io { what, source }
    }

    /// What a person can do about it, one line.
    pub fn help(&self) -> Option<Cow<'static, str>> {
        match self {
            Error::Git(e) => Some(e.help()),
            Error::Config(_) => Some("fix the file; docs/configuration.md has every key".into()),
            Error::Io { .. } => Some("check that the path exists and may be read".into()),
            Error::TimeUp { .. } => {
                Some("push fewer commits at a time, or let the server allow more time".into())
            }
            Error::Ci { help, .. } => Some(help.clone().into()),
            Error::Image(e) => Some(e.help.into()),
            Error::Usage(_) => None,
        }
    }
}
