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

/// The end of the line above so many of them, counted from the one at `at`, of which at most `reach` bytes each are read.
pub fn above(text: &[u8], at: usize, lines: usize, reach: usize) -> usize {
    (0..lines).fold(at, |at, _| start(text, at, reach).saturating_sub(1))
}

/// The start of the line below so many of them, counted likewise.
pub fn below(text: &[u8], at: usize, lines: usize, reach: usize) -> usize {
    (0..lines).fold(at, |at, _| text.len().min(end(text, at, reach) + 1))
}

/// Returns whether a line begins with one of these marks of comments. `#define` begins a directive of C.
pub fn is_comment(line: &[u8], marks: &[&[u8]]) -> bool {
    let line = line.trim_ascii_start();
    marks.iter().any(|mark| line.starts_with(mark)) && !line.starts_with(b"#define ")
}
