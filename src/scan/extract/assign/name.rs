//! Names: words, strings and the content of brackets, left of a separator.

use super::bytes::{back_over_space, before, is_name, is_one_of, trim};
use super::quotes::close_quote;
use super::types::NAME_REACH;
use crate::text::short;
use std::ops::Range;

/// The name that ends before `end`: a word, a string, or the content of brackets.
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
                // `is_new ? ["name", "password"] : ["other"]`.
                let is_list = t[open..start].contains(&b',');
                return (start < close && !is_list).then_some(start..close);
            }
            // Ruby's `x[:name]`.
            if last == b']' && open + 1 < close && t[open + 1] == b':' && is_word(&t[open + 2..close]) {
                return Some(open + 2..close);
            }
            // `env[Names.API_TOKEN]`.
            if last == b']' && open > floor && is_name(t[open - 1]) {
                let inner = constant_of_class(t, open + 1..close);
                let is_constant = |b: &u8| b.is_ascii_uppercase() || matches!(b, b'_' | b'0'..=b'9');
                if t[inner.clone()].contains(&b'_') && t[inner.clone()].iter().all(is_constant) {
                    return Some(inner);
                }
            }
            // Perl's `$x{name}` and `$x->{name}`.
            if last == b'}'
                && before(t, open)
                    .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'>' | b'}' | b']'))
                && is_word(&t[open + 1..close])
                && open + 1 < close
            {
                return Some(open + 1..close);
            }
            // C#'s `name { get; set; }`.
            if last == b'}' && short::find(&t[open..close], b"get").is_none() {
                return None;
            }
            end = open;
        }
        _ => {}
    }
    word_before(t, back_over_space(t, end, floor), floor)
}

/// In Go's `key, err := hex.DecodeString("v")` the value goes to the first name.
pub(super) fn first_of_two(t: &[u8], name: Range<usize>, floor: usize) -> Range<usize> {
    let rest = &t[name.end..t.len().min(name.end + NAME_REACH)];
    let call = rest[..memchr::memchr2(b'(', b'\n', rest).unwrap_or(rest.len())].to_ascii_lowercase();
    // What a store or a server gives for a string is another value.
    let decodes = short::holds(&call, &[b"decode", b"parse"]);
    if !matches!(&t[name.clone()], b"err" | b"ok" | b"_") || !decodes || !t[..name.start].ends_with(b", ") {
        return name;
    }
    word_before(t, name.start - 2, floor).unwrap_or(name)
}

/// The constant in `Context.SECURITY_CREDENTIALS`; other names are returned as they are.
pub(super) fn constant_of_class(t: &[u8], name: Range<usize>) -> Range<usize> {
    let said = &t[name.clone()];
    let dot = memchr::memrchr(b'.', said).unwrap_or(0);
    let of_class = dot > 0 && said[..dot].iter().any(u8::is_ascii_uppercase) && !said.contains(&b'-');
    if of_class { name.start + dot + 1..name.end } else { name }
}

fn is_word(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|b| is_name(*b))
}

/// The opening bracket for the one that closes before `end`.
pub(super) fn opening(t: &[u8], end: usize, floor: usize) -> Option<usize> {
    let mut depth = 0usize;
    for at in (floor..end).rev() {
        match t[at] {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The name before or in brackets that end before `end`: of a function without arguments (`apiKey() = "v"`), of a
/// cast value (`string(pass) == "v"`), of a lookup (`find("password")`).
pub(super) fn name_at_brackets(t: &[u8], end: usize, floor: usize) -> Option<Range<usize>> {
    let open = opening(t, end, floor)?;
    let inner = trim(t, open + 1..end - 1);
    if inner.is_empty() {
        return word_before(t, open, floor);
    }
    if let Some((close, start)) = close_quote(t, inner.end, inner.start) {
        let length = t[start..close].iter().rev().take_while(|b| is_name(**b)).count();
        return (length > 0).then_some(close - length..close);
    }
    let last = word_before(t, inner.end, inner.start)?;
    let rest = t[inner.start..last.start].trim_ascii();
    let is_cast =
        rest.is_empty() || rest.ends_with(b")") || rest.iter().all(|b| matches!(b, b'$' | b'&' | b'*'));
    if is_cast { Some(last) } else { word_before(t, open, floor) }
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

/// Returns whether this ends in a scope: the `$env:` of PowerShell's `$env:NAME`, the `g:` of Vim's `let g:name`.
fn is_scoped(before: &[u8]) -> bool {
    let Some(scope) = before.strip_suffix(b":") else { return false };
    let word = scope.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    let head = &scope[..scope.len() - word];
    word > 0 && head.ends_with(b"$") || word == 1 && head.trim_ascii_start() == b"let "
}

/// The name of `name: TYPE =` if its type is more than a word: `&'static str`, `[String]`, `string | undefined`.
pub(super) fn name_of_type(t: &[u8], end: usize, floor: usize) -> Option<Range<usize>> {
    let mut at = back_over_space(t, end, floor);
    let (mut depth, mut is_more) = (0usize, false);
    while at > floor {
        at -= 1;
        match t[at] {
            b']' | b'>' | b')' => (depth, is_more) = (depth + 1, true),
            b'[' | b'<' | b'(' => depth = depth.checked_sub(1)?,
            b':' if depth == 0 && t.get(at + 1) != Some(&b':') && before(t, at) != Some(b':') => {
                return is_more.then(|| name_before(t, at, floor)).flatten();
            }
            b',' | b';' if depth == 0 => return None,
            b'&' | b'|' | b'?' | b'*' | b'\'' => is_more = true,
            b':' | b',' | b';' | b' ' | b'.' => {}
            b if is_name(b) => {}
            _ => return None,
        }
    }
    None
}

/// The name of `name: { [key: string]: string } =`, whose type ends at `end`.
pub(super) fn name_of_object(t: &[u8], end: usize, floor: usize) -> Option<Range<usize>> {
    let colon = back_over_space(t, opening(t, end, floor)?, floor);
    (before(t, colon) == Some(b':')).then(|| name_before(t, colon - 1, floor)).flatten()
}

/// The name in `name: Type =` and `name string =`, which is not the word at the equals sign.
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
    // In a log, `login: password=v` has no type, nor has `env: CI_TOKEN=v`.
    let tight = t.get(name.end) == Some(&b'=');
    let is_no_type = tight && t[name.start].is_ascii_lowercase() && !is_plain;
    if typed && (is_no_type || is_constant(&t[name.clone()], tight)) {
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

/// Returns whether an upper-case word is a variable and not a type; `tight` is true if the value follows without a
/// blank.
fn is_constant(name: &[u8], tight: bool) -> bool {
    let capital = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
    let of_words = name.contains(&b'_');
    name.iter().all(capital)
        && (of_words || tight && name.len() > 3 && !is_one_of(name, &["uuid", "json", "guid"]))
}

/// The last word of the string before `end`.
pub(super) fn field_before(t: &[u8], end: usize, floor: usize) -> Option<Range<usize>> {
    let quote = t[floor..end].iter().rposition(|b| matches!(b, b'"' | b'\''))? + floor;
    let (close, start) = close_quote(t, quote + 1, floor)?;
    let last = t[start..close].iter().rposition(|b| is_name(*b))? + start + 1;
    let length = t[start..last].iter().rev().take_while(|b| is_name(**b)).count();
    Some(last - length..last)
}

/// Returns whether a name and its value are neighbours in a list of names: words with underscores, with another string before
/// or behind them.
pub(super) fn is_list_of_names(t: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
    let is_name =
        |part: &[u8]| part.iter().all(|b| b.is_ascii_lowercase() || *b == b'_') && part.contains(&b'_');
    let before = t[..name.start].trim_ascii_end();
    let before =
        before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or_default().trim_ascii_end();
    let behind = t.get(value.end + 1..).unwrap_or_default().trim_ascii_start();
    let behind = behind.strip_prefix(b",").map(<[u8]>::trim_ascii_start);
    is_name(&t[name.clone()])
        && is_name(&t[value.clone()])
        && (before.ends_with(b"\",") || before.ends_with(b"',") || matches!(behind, Some([b'"' | b'\'', ..])))
}
