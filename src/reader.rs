//! Selects the plain or the fast readers.
//!
//! Git's data and the keywords of a text have two readers each, which give the same answer. The plain ones use
//! libgit2 and the aho-corasick crate; the fast ones read git's files and our own tables directly.

use serde::Deserialize;

/// The readers in force. `[engine] reader` in the configuration and `STANCH_ENGINE` choose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReaderKind {
    /// libgit2 and aho-corasick.
    Plain,
    /// git's own files, and tables made at build time.
    #[default]
    Fast,
}

impl ReaderKind {
    /// The reader of this name.
    pub fn from_name(name: &str) -> Option<ReaderKind> {
        [ReaderKind::Plain, ReaderKind::Fast].into_iter().find(|kind| kind.name() == name)
    }

    /// Its name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            ReaderKind::Plain => "plain",
            ReaderKind::Fast => "fast",
        }
    }
}
