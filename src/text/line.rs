//! The line around a position, cut if it is long, so that each search takes bounded time.

use std::ops::Range;

/// The start of the line that contains `at`, or `reach` bytes before `at` if that is nearer.
pub fn start(text: &[u8], at: usize, reach: usize) -> usize {
    let from = at.saturating_sub(reach);
    memchr::memrchr(b'\n', &text[from..at]).map_or(from, |i| from + i + 1)
}

/// The end of the line that contains `at`, without its line ending, or `reach` bytes after `at` if that is nearer.
pub fn end(text: &[u8], at: usize, reach: usize) -> usize {
    let to = text.len().min(at + reach);
    memchr::memchr(b'\n', &text[at..to]).map_or(to, |i| at + i)
}

/// The line that contains `at`, without its line ending, and at most `reach` bytes to either side.
pub fn around(text: &[u8], at: usize, reach: usize) -> Range<usize> {
    start(text, at, reach)..end(text, at, reach)
}
