//! The line around a place, cut where it is long: no look at it takes longer than `reach` says.

use std::ops::Range;

/// Where the line of `at` begins, or `reach` bytes before `at`.
pub fn start(text: &[u8], at: usize, reach: usize) -> usize {
    let from = at.saturating_sub(reach);
    memchr::memrchr(b'\n', &text[from..at]).map_or(from, |i| from + i + 1)
}

/// The line that holds `at`, without its end, and at most `reach` bytes to either side.
pub fn around(text: &[u8], at: usize, reach: usize) -> Range<usize> {
    let to = text.len().min(at + reach);
    start(text, at, reach)..memchr::memchr(b'\n', &text[at..to]).map_or(to, |i| at + i)
}
