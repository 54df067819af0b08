//! Names: words, strings and what stands in brackets, left of a separator.

use super::bytes::{back_over_space, before, is_name, is_one_of, trim};
use super::value::ENTITIES;
use std::ops::Range;

/// The name that ends before `end`: a word, a string, or what stands in brackets.
pub(super) fn name_before(t: &[u8], end: usize, floor: usize) -> Option<Range<usize>> {
    let mut end = back_over_space(t, end, floor);
    while end > floor && t[end - 1] == b'*' {
        end -= 1;
    }
    if let Some((close, start)) = close_quote(t, end, floor) {
        let name = trim(t, start..close);
        return (!name.is_empty()).then_some(name);
    }
    if end <= floor {
        return None;
    }
    match t[end - 1] {
        b'?' | b'!' => end -= 1,
        last @ (b']' | b'>' | b'}') => {
            let opens = match last {
                b']' => b'[',
                b'>' => b'<',
                _ => b'{',
            };
            let open = memchr::memrchr(opens, &t[floor..end])? + floor;
            let close = back_over_space(t, end - 1, open);
            if last != b'>'
                && let Some((close, start)) = close_quote(t, close, open)
            {
                return (start < close).then_some(start..close);
            }
            if last == b'}' {
                return None;
            }
            end = open;
        }
        _ => {}
    }
    word_before(t, back_over_space(t, end, floor), floor)
}

/// The word that ends at `end`.
pub(super) fn word_before(t: &[u8], end: usize, floor: usize) -> Option<Range<usize>> {
    let length = t[floor.min(end)..end].iter().rev().take_while(|b| is_name(**b)).count();
    let mut start = end - length;
    while start < end && matches!(t[start], b'-' | b'.' | b'$') {
        start += 1;
    }
    (start < end).then_some(start..end)
}

/// Does this end in a scope of PowerShell: the `$env:` of `$env:NAME`?
fn is_scoped(before: &[u8]) -> bool {
    let Some(scope) = before.strip_suffix(b":") else { return false };
    let word = scope.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    word > 0 && scope[..scope.len() - word].ends_with(b"$")
}

/// In `name: Type =` and `name string =` the name is not what stands at the equals sign.
pub(super) fn untyped(t: &[u8], name: Range<usize>, floor: usize) -> Range<usize> {
    if is_scoped(&t[floor.min(name.start)..name.start]) {
        return name;
    }
    let mut end = name.start;
    while end > floor && matches!(t[end - 1], b' ' | b'\t' | b'&' | b'*' | b'|' | b'[' | b'\'') {
        end -= 1;
    }
    if end == name.start && before(t, end) != Some(b':') {
        return name;
    }
    let is_plain = is_one_of(
        &t[name.clone()],
        &["string", "str", "text", "byte", "char", "null", "undefined", "bytes", "any"],
    );
    let typed = before(t, end) == Some(b':') && end >= 2 && t[end - 2] != b':';
    // In a log `login: password=v` gives no type.
    let tight = t.get(name.end) == Some(&b'=') && t[name.start].is_ascii_lowercase() && !is_plain;
    if typed && tight {
        return name;
    }
    if typed {
        return name_before(t, end - 1, floor).unwrap_or(name);
    }
    if is_plain {
        let before = word_before(t, end, floor).unwrap_or(name);
        if t[before.clone()].eq_ignore_ascii_case(b"as") {
            return word_before(t, back_over_space(t, before.start, floor), floor).unwrap_or(before);
        }
        return before;
    }
    name
}

/// When a quote ends at `end`: where its content ends and where it starts.
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
