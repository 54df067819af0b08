//! A run of bytes to scan, with its origin.

use crate::finding::Source;
use std::borrow::Cow;

/// A run of bytes to scan. The only type that `git` and `scan` share.
#[derive(Debug, Clone)]
pub struct Fragment<'a> {
    /// Its origin.
    pub source: Source,
    /// All of its bytes, as stored: the scanner detects the encoding.
    pub bytes: Cow<'a, [u8]>,
}
