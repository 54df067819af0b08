//! Contents of archives and compressed files: zip and its relatives, tar, ar (deb), rpm, and gzip, bzip2, xz, lzma,
//! lzip and zstd; archives inside archives too.
//!
//! Everything happens in memory, and an archive's own claims are not trusted: a member's name is only shown and
//! scanned, a declared size reserves no memory, and every byte is charged to a [`Budget`] as it is read. Unread
//! parts are listed, each with the reason.

mod ar;
mod budget;
#[cfg(fuzzing)]
pub mod fuzz;
mod office;
mod plain;
mod rpm;
mod sink;
mod stream;
mod tar;
mod walk;
mod zip;

pub use budget::{Budget, Limits};
pub use plain::{Plain, is_compressed, unpack};
pub use tar::{Entry, Kind};
pub use walk::{Left, Member, Walked, read};

use crate::text::container::{Container, Sort};

/// Why a member, or the rest of an archive, was not read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unread {
    /// Archives of the run unpack to more than this many MB; with the limit's key.
    Bytes(u64, &'static str),
    /// Archives of the run have more than this many members.
    Entries(u64),
    /// An archive unpacks to more than this many times its size.
    Ratio(u64),
    /// It is nested deeper than this many archives.
    Depth(u8),
    /// It is larger than this many MB.
    TooLarge(u64),
    /// It is encrypted.
    Encrypted,
    /// An unsupported zip compression method, by its number.
    Method(u16),
    /// An unsupported format.
    Format(Container),
    /// Its bytes are wrong; how, in words.
    Damaged(String),
}

impl Unread {
    /// Returns whether a limit was reached, which can be raised. Otherwise this program cannot read it.
    pub fn is_limit(&self) -> bool {
        matches!(
            self,
            Unread::Bytes(..)
                | Unread::Entries(_)
                | Unread::Ratio(_)
                | Unread::Depth(_)
                | Unread::TooLarge(_)
        )
    }

    /// The reason in words, for people.
    pub fn text(&self) -> String {
        match self {
            Unread::Bytes(mb, key) => format!("archives unpack to more than {mb} MB (limits.{key})"),
            Unread::Entries(n) => format!("archives hold more than {n} files (limits.archive_entries)"),
            Unread::Ratio(n) => format!("it unpacks to more than {n} times its size (limits.archive_ratio)"),
            Unread::Depth(n) => {
                format!("an archive in more than {n} archives is not opened (limits.archive_depth)")
            }
            Unread::TooLarge(mb) => format!("a file in it has more than {mb} MB (limits.max_blob_mb)"),
            Unread::Encrypted => "encrypted".to_owned(),
            Unread::Method(n) => format!("compressed by method {n}"),
            Unread::Format(c) => match c.sort {
                Sort::Encrypted => format!("encrypted, {}", c.name),
                Sort::Lfs => format!("content in {}", c.name),
                Sort::Packed | Sort::Archive(_) => c.name.to_owned(),
            },
            Unread::Damaged(why) => format!("damaged: {why}"),
        }
    }
}
