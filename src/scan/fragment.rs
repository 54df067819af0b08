//! A run of bytes to scan, with where it comes from.

use crate::finding::Source;
use std::borrow::Cow;

/// A run of bytes to scan. The only thing that `git` and `scan` know of each other.
#[derive(Debug, Clone)]
pub struct Fragment<'a> {
    /// Where it comes from.
    pub source: Source,
    /// All of it, as stored: encodings are told by the scanner.
    pub bytes: Cow<'a, [u8]>,
}
