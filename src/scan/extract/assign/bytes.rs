//! Examines single bytes and white space. Each function is bounded and safe for any place in the text.

use std::ops::Range;

/// Most white space between a separator and its sides.
pub(super) const GAP: usize = 64;

pub(super) fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$') || b >= 0x80
}

pub(super) fn is_space(b: u8) -> bool {
    b == b' ' || b == b'\t'
}

/// Returns whether this is only comment marks, list marks and indentation.
pub(super) fn only_marks(lead: &[u8]) -> bool {
    lead.len() <= GAP
        && lead.iter().all(|b| matches!(b, b' ' | b'\t' | b'#' | b';' | b'/' | b'*' | b'>' | b'!' | b'-'))
}

pub(super) fn before(t: &[u8], at: usize) -> Option<u8> {
    at.checked_sub(1).and_then(|i| t.get(i)).copied()
}

pub(super) fn back_over_space(t: &[u8], mut at: usize, floor: usize) -> usize {
    while at > floor && is_space(t[at - 1]) {
        at -= 1;
    }
    at
}

pub(super) fn skip_space(t: &[u8], at: usize) -> usize {
    let at = at.min(t.len());
    at + t[at..].iter().take(GAP).take_while(|b| is_space(**b)).count()
}

/// At the end of a line, the first byte of the next line that is not a space.
pub(super) fn skip_line(t: &[u8], at: usize) -> usize {
    let end = at + usize::from(t.get(at) == Some(&b'\r'));
    if t.get(end) == Some(&b'\n') { skip_space(t, end + 1) } else { at }
}

pub(super) fn trim(t: &[u8], r: Range<usize>) -> Range<usize> {
    let body = &t[r.clone()];
    let lead = body.len() - body.trim_ascii_start().len();
    let tail = body.len() - body.trim_ascii_end().len();
    if lead == body.len() { r.start..r.start } else { r.start + lead..r.end - tail }
}

pub(super) fn is_one_of(name: &[u8], words: &[&str]) -> bool {
    let Some(first) = name.first().map(u8::to_ascii_lowercase) else { return false };
    // Most words differ in length or in the first letter.
    let same = |w: &[u8]| w.len() == name.len() && w[0] == first && name.eq_ignore_ascii_case(w);
    words.iter().any(|w| same(w.as_bytes()))
}
