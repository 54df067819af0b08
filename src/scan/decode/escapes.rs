//! Stretches of text around escapes.

use super::{Budget, View};
use crate::text::lang::Lang;
use crate::text::line;
use std::ops::Range;

/// Bytes around an escape that belong to its stretch.
const REACH: usize = 1 << 10;

/// The stretches around escapes of printable ASCII, with the escapes undone. Escapes of other characters (`%20`,
/// `\u00e9`) hide no secret and no separator.
pub(super) fn views(text: &[u8], lang: Lang, budget: &mut Budget) -> Vec<View> {
    let mut out: Vec<View> = Vec::new();
    let mut done = 0;
    for at in memchr::memchr3_iter(b'%', b'\\', b'&', text) {
        if at < done || escape(text, at, text.len(), lang).is_none() {
            continue;
        }
        let Range { start, end } = line::around(text, at, REACH);
        let start = start.max(done);
        if !budget.pay(end - start) {
            break;
        }
        out.push(undone(text, start..end, lang));
        done = end;
    }
    out
}

fn undone(text: &[u8], at: Range<usize>, lang: Lang) -> View {
    let mut bytes = Vec::with_capacity(at.len());
    let mut places = Vec::with_capacity(at.len() + 1);
    let mut i = at.start;
    while i < at.end {
        let (byte, length) = escape(text, i, at.end, lang).unwrap_or((text[i], 1));
        bytes.push(byte);
        places.push(i);
        i += length;
    }
    places.push(at.end);
    View { bytes, at, form: "escapes", places, as_is: false }
}

/// The printable character of the escape at `at`, and the escape's length; it must not go beyond `end`.
fn escape(text: &[u8], at: usize, end: usize, lang: Lang) -> Option<(u8, usize)> {
    let before = at.checked_sub(1).map(|i| text[i]);
    let text = &text[at..end];
    // Only within a value: PHP escapes every slash in JSON, Java the separators in its properties. In a program
    // it is a pattern.
    let in_value = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'=' | b'/' | b':' | b'_' | b'-');
    if let [b'\\', sign @ (b'/' | b':' | b'='), after, ..] = *text
        && match lang {
            Lang::Json | Lang::Other => sign == b'/',
            Lang::Properties => sign != b'/',
            _ => false,
        }
        && before.is_some_and(in_value)
        && (in_value(after) || sign == b'=' || after == b'\\')
    {
        return Some((sign, 2));
    }
    let number = |digits: &[u8], radix| u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok();
    let (value, length) = match text {
        [b'%', a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => (number(&text[1..3], 16)?, 3),
        [b'\\', b'x', a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
            (number(&text[2..4], 16)?, 4)
        }
        [b'\\', b'u', b'0', b'0', ..] if text.len() >= 6 => (number(&text[2..6], 16)?, 6),
        [b'\\', b'u', b'{', rest @ ..] => {
            let end = rest.iter().take(7).position(|b| *b == b'}')?;
            (number(&rest[..end], 16)?, end + 4)
        }
        // `echo -e` and `printf %b` write a zero before it.
        [b'\\', b'0', a @ b'0'..=b'1', b, c, ..] if [a, b, c].iter().all(|d| (b'0'..=b'7').contains(*d)) => {
            (number(&text[2..5], 8)?, 5)
        }
        [b'\\', a @ b'0'..=b'1', b, c, ..] if [a, b, c].iter().all(|d| (b'0'..=b'7').contains(*d)) => {
            (number(&text[1..4], 8)?, 4)
        }
        [b'&', b'#', rest @ ..] => {
            let hex = usize::from(matches!(rest.first(), Some(b'x' | b'X')));
            let end = rest.iter().take(6).position(|b| *b == b';')?;
            (number(rest.get(hex..end)?, if hex == 1 { 16 } else { 10 })?, end + 3)
        }
        _ => return None,
    };
    let byte = u8::try_from(value).ok()?;
    byte.is_ascii_graphic().then_some((byte, length))
}
