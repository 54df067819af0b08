//! Quotes: start and end of a literal, in the quotes of all languages.

use super::bytes::trim;
use super::types::Found;
use std::ops::Range;

/// Most bytes of a quoted value.
const VALUE_REACH: usize = 4096;

/// Quotes in HTML.
pub(super) const ENTITIES: [&[u8]; 5] = [b"&quot;", b"&#34;", b"&#39;", b"&apos;", b"&#x27;"];

/// The string literal at `at`: prefix letters, quote, content, the same quote. Quotes may be escaped (JSON in a
/// string) or HTML entities.
pub(super) fn literal(t: &[u8], at: usize) -> Option<Found> {
    let rest = &t[at.min(t.len())..];
    let prefix = rest
        .iter()
        .take(3)
        .take_while(|b| {
            matches!(b, b'b' | b'B' | b'u' | b'U' | b'r' | b'R' | b'f' | b'F' | b'L' | b'N' | b'@' | b'$')
        })
        .count();
    let slashes = rest[prefix..].iter().take(8).take_while(|b| **b == b'\\').count();
    let open = at + prefix + slashes;
    let found = |mut range: Range<usize>| {
        // `"\"v\""`: a string in the string.
        if let [b'\\', q @ (b'"' | b'\''), .., b'\\', last] = &t[range.clone()]
            && q == last
            && range.len() > 4
        {
            range = range.start + 2..range.end - 2;
        }
        (!range.is_empty()).then_some(Found { range, quoted: true, via: None })
    };
    let limit = t.len().min(open + VALUE_REACH);
    for entity in ENTITIES.iter().filter(|_| t.get(open) == Some(&b'&')) {
        if t[open..].starts_with(entity) {
            let start = open + entity.len();
            let end = start + memchr::memmem::find(&t[start..limit.max(start)], entity)?;
            return found(start..end);
        }
    }
    let q = *t.get(open)?;
    if !matches!(q, b'"' | b'\'' | b'`') {
        return None;
    }
    if q == b'`' && t.get(open + 1) == Some(&b'`') {
        // Markdown: as many at the end as at the start.
        let ticks = t[open..limit].iter().take_while(|b| **b == b'`').count();
        let start = open + ticks;
        let end = start + memchr::memchr2(b'`', b'\n', &t[start..limit.max(start)])?;
        return found(start..end);
    }
    if slashes == 0 && t[open..].starts_with(&[q, q, q]) {
        let start = open + 3;
        let end = memchr::memmem::find(&t[start..limit.max(start)], &[q, q, q]).map(|i| start + i)?;
        // Line breaks next to the quotes are not part of it.
        return found(trim(t, start..end));
    }
    let mut from = open + 1;
    while from < limit {
        let i = from + memchr::memchr2(q, b'\n', &t[from..limit])?;
        if t[i] == b'\n' {
            return None;
        }
        let back = t[open + 1..i].iter().rev().take_while(|b| **b == b'\\').count();
        // Outside a string an even number of backslashes escapes nothing; inside, the closing quote has as
        // many as the opening one, or fewer where the outer string ends.
        if if slashes == 0 { back % 2 == 0 } else { back <= slashes } {
            let end = if slashes == 0 { i } else { i - back };
            return found(open + 1..end.max(open + 1));
        }
        from = i + 1;
    }
    None
}

/// For a quote that ends at `end`: the end and the start of its content.
pub(super) fn close_quote(t: &[u8], end: usize, floor: usize) -> Option<(usize, usize)> {
    let head = t.get(floor..end)?;
    let q = *head.last()?;
    if q == b';'
        && let Some(entity) = ENTITIES.iter().find(|e| head.ends_with(e))
    {
        let close = end - entity.len();
        let start = memchr::memmem::rfind(&t[floor..close], entity)? + floor + entity.len();
        return Some((close, start));
    }
    if !matches!(q, b'"' | b'\'' | b'`') {
        return None;
    }
    let slashes = head[..head.len() - 1].iter().rev().take(8).take_while(|b| **b == b'\\').count();
    let close = end - 1 - slashes;
    let start = memchr::memrchr(q, &t[floor..close])? + floor + 1;
    Some((close, start))
}

/// Returns whether Rust's `'static` or `'a` starts at `at`, which has no closing quote.
pub(super) fn is_lifetime(t: &[u8], at: usize) -> bool {
    let named = t.get(at + 1).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
    named && t.get(at + 2) != Some(&b'\'')
}
