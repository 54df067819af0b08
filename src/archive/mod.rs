//! What archives and compressed files hold: zip and its kin, tar, ar (deb), rpm, and what gzip, bzip2, xz, lzma, lzip and
//! zstd compress; archives in archives too.
//!
//! Everything happens in memory, and nothing that an archive says of itself is believed: a member's name is only shown
//! and judged, a declared size reserves nothing, and what is read is charged to a [`Budget`] as it is read. What is left
//! unread is listed, each with the reason.

mod ar;
mod budget;
#[cfg(fuzzing)]
pub mod fuzz;
mod office;
mod rpm;
mod sink;
mod stream;
mod tar;
mod walk;
mod zip;

pub use budget::{Budget, Limits};
pub use walk::{Left, Member, Walked, read};

use crate::text::container::{Container, Sort};

/// Why a member, or the rest of an archive, was not read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unread {
    /// Archives unpack to more MB than are read in a run; with the key of the limit.
    Bytes(u64, &'static str),
    /// They hold more members than are read in a run.
    Entries(u64),
    /// An archive unpacks to more than this many times its size.
    Ratio(u64),
    /// It lies deeper in other archives than is read.
    Depth(u8),
    /// It is larger than this many MB.
    TooLarge(u64),
    /// It is encrypted.
    Encrypted,
    /// A zip's method of compression that is not read, by its number.
    Method(u16),
    /// A format that is not read.
    Format(Container),
    /// Its bytes are wrong: which, in words.
    Damaged(String),
}

impl Unread {
    /// Returns whether a limit was reached: it can be raised. Otherwise nothing here could read it.
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

    /// In words, for a person.
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
