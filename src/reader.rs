//! Which implementation reads: the plain one or the fast one.
//!
//! Git's data and the keywords of a text each have two readers, which give one answer. The plain ones stand on libgit2
//! and the aho-corasick crate; the fast ones take what those read from files and tables of their own.

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
