//! The text around a value: a URL, a name in quotes.

use std::ops::Range;

/// Bytes before and after a value that are searched.
const REACH: usize = 400;

/// The text around a value up to the next blanks, quotes or brackets.
pub(super) fn token(text: &[u8], secret: &Range<usize>) -> Range<usize> {
    let ends =
        |b: &u8| *b <= b' ' || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>' | b'(' | b')' | b'[' | b']');
    let from = secret.start.saturating_sub(REACH);
    let to = text.len().min(secret.end + REACH);
    let start = text[from..secret.start].iter().rposition(ends).map_or(from, |i| from + i + 1);
    let end = text[secret.end..to].iter().position(ends).map_or(to, |i| secret.end + i);
    start..end
}
