//! Values: literals in all kinds of quotes, what wraps them, and unquoted words.

use super::bytes::{GAP, before, is_one_of, is_space, skip_line, skip_space};
use super::dialects::skip_directive;
use super::quotes::literal;
use super::spaced::stands_out;
use super::types::{Assignments, BARE_REACH, Found, NAME_REACH, bare_words};
use crate::text::lang::Lang;
use crate::text::placeholder;
use crate::text::words;
use std::ops::Range;

/// Templates within one word that are read.
const TEMPLATES: usize = 4;
impl Assignments<'_> {
    /// The value right of `from`: a literal, possibly in a call; or an unquoted word if that is a value.
    pub(super) fn value_after(&self, from: usize, line_level: bool) -> Option<Found> {
        let t = self.text;
        let mut at = skip_space(t, from);
        let mut bare_allowed = bare_words(self.lang) || self.string.is_some() || self.comment;
        let form_is_colon = from > 0 && t[from - 1] == b':';
        if matches!(self.lang, Lang::Html | Lang::Markdown) {
            at = skip_tags(t, at);
            // The end of bold text: `**name:** value`.
            at = if t[at.min(t.len())..].starts_with(b"** ") { skip_space(t, at + 2) } else { at };
        }
        if self.lang == Lang::Yaml {
            at = skip_properties(t, at);
        }
        let below = matches!(t.get(at), Some(b'\n' | b'\r'));
        if below {
            at = self.next_line(at, &mut bare_allowed)?;
        } else if matches!(t.get(at..at + 2), Some(b"\\\n" | b"\\\r")) {
            // A line that continues below.
            at = skip_line(t, at + 1);
            // Prose in another script.
            t.get(at).filter(|b| b.is_ascii())?;
        }
        if self.lang == Lang::Other {
            at = skip_directive(t, at);
        }
        if let Some(found) = wrapped(t, at) {
            return Some(found);
        }
        if self.words.is_deep(at) {
            return None;
        }
        if !bare_allowed {
            // Configuration in a multi-line string: a word alone on its line.
            let tight = form_is_colon || !is_space(t[from.min(t.len() - 1)]);
            // An unquoted word below belongs to the next line: `DB_PASSWORD=` is empty, whatever
            // follows.
            if below {
                return self.alone_below(at);
            }
            if !line_level {
                // `{user: x, password: v}` in such a string; no variable has such a name.
                let found = bare(t, at, false).filter(|_| form_is_colon)?;
                let rest = t[found.range.end..].iter().find(|b| !is_space(**b));
                let random = takes_turns(&t[found.range.clone()]);
                return (random && matches!(rest, Some(b'}' | b',' | b']'))).then_some(found);
            }
            let found = bare(t, at, false)?;
            if !tight && !is_noise(&t[found.range.clone()]) {
                return None;
            }
            let rest = t[found.range.end..].iter().take(GAP).find(|b| !is_space(**b));
            return matches!(rest, None | Some(b'\n' | b'\r' | b'\\')).then_some(found);
        }
        if self.lang == Lang::Yaml && t.get(at) == Some(&b'[') {
            return bare(t, skip_space(t, at + 1), false);
        }
        if self.lang == Lang::Yaml && matches!(t.get(at), Some(b'|' | b'>')) {
            let end = at + memchr::memchr(b'\n', &t[at..t.len().min(at + 8)])?;
            return bare(t, skip_space(t, end + 1), true);
        }
        let mut found = bare(t, at, line_level && self.string.is_none())?;
        if line_level && self.string.is_none() {
            found.range.end = self.past_quotes(found.range.clone());
        }
        Some(found)
    }

    /// In prose a value may be alone on a line below its name.
    fn alone_below(&self, at: usize) -> Option<Found> {
        let t = self.text;
        if !matches!(self.lang, Lang::Markdown | Lang::Other) {
            return None;
        }
        // A blank line may be between.
        let start = skip_line(t, at);
        let length = t[start..t.len().min(start + BARE_REACH)].iter().take_while(|b| **b > b' ').count();
        let range = start..start + length;
        let ends = matches!(t.get(range.end), None | Some(b'\n' | b'\r'));
        (ends && length >= 16 && stands_out(&t[range.clone()])).then_some(Found {
            range,
            quoted: false,
            via: None,
        })
    }

    /// The end of a word on a line of its own that contains a quote: `password=4h'vP7x`. In formats without
    /// escapes it is an ordinary character; elsewhere it is if nothing closes it.
    fn past_quotes(&self, word: Range<usize>) -> usize {
        let t = self.text;
        let rest = &t[word.end..t.len().min(word.start + BARE_REACH).max(word.end)];
        let Some(quote @ (b'"' | b'\'' | b'`')) = rest.first() else { return word.end };
        let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
        let raw = matches!(self.lang, Lang::Properties | Lang::Ini | Lang::Yaml | Lang::DotEnv);
        let open =
            memchr::memchr_iter(*quote, line).count() % 2 == 1 && line.get(1).is_some_and(|b| *b > b' ');
        if !(raw || open && bare_words(self.lang)) {
            return word.end;
        }
        let mut length = line.iter().position(|b| *b <= b' ').unwrap_or(line.len());
        // The end of a string or a list around it.
        while length > 0 && matches!(line[length - 1], b',' | b';' | b'"' | b'\'' | b'`') {
            length -= 1;
        }
        word.end + length
    }

    /// The start of the value if the line ends after the separator: a literal, or an item of a YAML list.
    fn next_line(&self, at: usize, bare_allowed: &mut bool) -> Option<usize> {
        let t = self.text;
        let end = at + t[at..].iter().take(2).position(|b| *b == b'\n')?;
        let mut start = skip_space(t, end + 1);
        *bare_allowed = false;
        if t[start..].starts_with(b"- ") {
            start = skip_space(t, start + 1);
            *bare_allowed = self.lang == Lang::Yaml;
        }
        Some(start)
    }
}

/// A literal after brackets, prefixes and calls: `["v"`, `new String("v")`, `[]byte("v")`, `b'v'`.
pub(super) fn wrapped(t: &[u8], from: usize) -> Option<Found> {
    let mut at = from;
    let (mut via, mut typed) = (None, false);
    for _ in 0..6 {
        if let Some(found) = literal(t, at) {
            return Some(Found { via, ..found });
        }
        match t.get(at)? {
            b'(' => at = skip_line(t, skip_space(t, at + 1)),
            b'[' => at = skip_line(t, skip_space(t, at + 1)),
            // `new[] {"v"}`.
            b'{' if typed => at = skip_line(t, skip_space(t, at + 1)),
            b'{' | b'&' | b'*' => at = skip_space(t, at + 1),
            b']' if via.is_none() => {
                typed = true;
                at = skip_space(t, at + 1);
            }
            b if b.is_ascii_alphabetic() || *b == b'_' => {
                let length = t[at..]
                    .iter()
                    .take(GAP)
                    .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':'))
                    .count();
                let word = at..at + length;
                let mut next = word.end;
                if t.get(next) == Some(&b'!') {
                    next += 1;
                }
                match t.get(next) {
                    Some(b'(') => {
                        via = Some(word);
                        at = skip_space(t, next + 1);
                    }
                    // Python's `lambda: "v"`.
                    Some(b' ') if t[word.clone()] == *b"lambda:" => at = skip_space(t, next),
                    // `vec!["v"]`, `new String[] {"v"}`.
                    Some(b'[') if next > word.end || is_after_new(t, &word) => at = next,
                    Some(b' ' | b'[') if &t[word.clone()] == b"new" => at = skip_space(t, next),
                    // PowerShell's `[Text.Encoding]::UTF8.GetBytes("v")`.
                    Some(b']') if t[next..].starts_with(b"]::") => at = next + 3,
                    // `[]string{"v"}`.
                    Some(b'{') if before(t, word.start) == Some(b']') => at = next,
                    _ => return None,
                }
            }
            // Erlang's `<<"v">>`.
            b'<' if t.get(at + 1) == Some(&b'<') => at += 2,
            b'@' | b'$' => at += 1,
            _ => return None,
        }
    }
    None
}

/// Returns whether `new` precedes a word.
fn is_after_new(t: &[u8], word: &Range<usize>) -> bool {
    t[..word.start].ends_with(b"new ")
}

/// The unquoted word at `at`. On a line of its own it may contain any punctuation, otherwise some ends it.
pub(super) fn bare(t: &[u8], at: usize, line_level: bool) -> Option<Found> {
    let rest = &t[at.min(t.len())..t.len().min(at + BARE_REACH)];
    if matches!(rest.first()?, b'"' | b'\'' | b'`' | b'{' | b'[' | b'=' | b',' | b';' | b')' | b'/')
        && rest[0] != b'/'
    {
        return None;
    }
    let stops = if line_level { &ENDS_LINE_WORD } else { &ENDS_WORD };
    let mut length = word_length(rest, stops);
    while length > 0 && matches!(rest[length - 1], b',' | b';') {
        length -= 1;
    }
    // `Authorization: Token value`.
    if rest.get(length) == Some(&b' ')
        && is_one_of(&rest[..length], &["token", "bearer", "apikey", "bot", "ssws"])
    {
        let next = skip_space(t, at + length);
        let more = word_length(&t[next..t.len().min(at + BARE_REACH).max(next)], stops);
        // Otherwise it is prose: `token value`.
        if more >= 16 && t[next..next + more].iter().any(u8::is_ascii_digit) {
            return Some(Found { range: next..next + more, quoted: false, via: None });
        }
    }
    (length > 0).then(|| Found { range: at..at + length, quoted: false, via: None })
}

/// The bytes at which a word on a line of its own ends.
static ENDS_LINE_WORD: [bool; 256] = ends(b"\"'`");
/// The bytes at which any other word ends.
static ENDS_WORD: [bool; 256] = ends(b"\"'`,;&)}]<>|\\");

/// A table of these bytes, white space and control characters.
const fn ends(of: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut i = 0;
    while i <= b' ' as usize {
        table[i] = true;
        i += 1;
    }
    let mut i = 0;
    while i < of.len() {
        table[of[i] as usize] = true;
        i += 1;
    }
    table
}

/// The length of a word that ends at a stop. A stop inside a template does not end it.
fn word_length(rest: &[u8], stops: &[bool; 256]) -> usize {
    let next = |rest: &[u8]| rest.iter().position(|b| stops[usize::from(*b)]).unwrap_or(rest.len());
    let mut length = next(rest);
    for _ in 0..TEMPLATES {
        let may_hold = memchr::memchr3(b'{', b'(', b'%', &rest[..length]).is_some();
        let Some(end) = may_hold.then(|| placeholder::end_of_template(rest, length)).flatten() else { break };
        length = end + next(&rest[end..]);
    }
    length
}

/// Returns whether this cannot be the name of a variable: long, without words, of letters and digits both.
fn is_noise(value: &[u8]) -> bool {
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    value.len() >= 12
        && (2..value.len() - 4).contains(&digits)
        && !value.contains(&b'.')
        && words::share(value) < 0.2
}

/// Returns whether letters and digits alternate, as in no variable.
fn takes_turns(value: &[u8]) -> bool {
    let turn = |w: &&[u8]| {
        w[0].is_ascii_alphabetic() && w[1].is_ascii_digit()
            || w[0].is_ascii_digit() && w[1].is_ascii_alphabetic()
    };
    value.len() >= 8
        && value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_'))
        && value.windows(2).filter(turn).count() >= 3
        && words::share(value) < 0.2
}

/// Skips YAML's anchors and tags before a value: `&name !!str value`. A program's own tag (`!vault`) stays.
fn skip_properties(t: &[u8], mut at: usize) -> usize {
    for _ in 0..2 {
        let rest = &t[at.min(t.len())..t.len().min(at + NAME_REACH)];
        if !(rest.starts_with(b"&") || rest.starts_with(b"!!")) {
            break;
        }
        match rest.iter().position(|b| is_space(*b)) {
            Some(space) => at = skip_space(t, at + space),
            None => break,
        }
    }
    at
}

/// Skips tags between a name and its value, as in highlighted source in HTML.
fn skip_tags(t: &[u8], mut at: usize) -> usize {
    for _ in 0..4 {
        if t.get(at) != Some(&b'<') || !t.get(at + 1).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'/') {
            break;
        }
        let to = t.len().min(at + NAME_REACH);
        let Some(close) = memchr::memchr(b'>', &t[at..to]) else {
            break;
        };
        at = skip_space(t, at + close + 1);
    }
    at
}
