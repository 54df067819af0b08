//! Values that a function or a block returns: `getToken() { return "v" }`, `let(:token) { "v" }`.

use super::bytes::{is_name, skip_space};
use super::quotes::literal;
use super::types::{Assignment, Assignments, Form, Found, NAME_REACH};
use super::value::wrapped;
use crate::text::lang::Lang;
use crate::text::short;
use std::ops::Range;

/// Bytes of a function's arguments, or of its type.
const REACH: usize = 160;
/// Prefixes of functions that only fetch a value: the rest is the value's name.
const GETS: [&[u8]; 6] = [b"get", b"fetch", b"load", b"read", b"make", b"provide"];

impl Assignments<'_> {
    /// The value returned by a function whose arguments start with the bracket at `at`.
    pub(super) fn getter(&self, name: Range<usize>, at: usize) -> Option<Assignment> {
        let close = closing(self.text, at)?;
        self.returned(name, close + 1)
    }

    /// The value of a block for the symbol or string at the start of its call: `let(:name) { "v" }`.
    pub(super) fn block(&self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let name = match t.get(at + 1)? {
            b':' => {
                let length = t[at + 2..].iter().take(NAME_REACH).take_while(|b| is_name(**b)).count();
                at + 2..at + 2 + length
            }
            b'"' | b'\'' => literal(t, at + 1)?.range,
            _ => return None,
        };
        let close = name.end + usize::from(t[at + 1] != b':');
        let is_block = t.get(close) == Some(&b')') && t.get(skip_space(t, close + 1)) == Some(&b'{');
        if !is_block || name.is_empty() || name.len() > NAME_REACH || !self.wants(&name) {
            return None;
        }
        self.returned(name, close + 1)
    }

    /// The literal after the head of a function or block, which may continue at `from` with a type.
    pub(super) fn returned(&self, name: Range<usize>, from: usize) -> Option<Assignment> {
        let t = self.text;
        let mut from = skip_space(t, from);
        if t.get(from) == Some(&b'(') {
            // Go's types in brackets.
            from = closing(t, from)? + 1;
        }
        let rest = t.get(from..t.len().min(from + REACH))?;
        let stop = rest.iter().position(|b| matches!(b, b'{' | b'\n' | b';' | b'"' | b'='));
        let one_line = || {
            let newline = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            short::find(&rest[..newline], b": return ")
        };
        let is_python = matches!(self.lang, Lang::Python | Lang::Other);
        let body = match (is_python.then(one_line).flatten(), stop) {
            // Python's on one line.
            (Some(colon), _) => from + colon + 1,
            (None, Some(brace)) if rest[brace] == b'{' => from + brace + 1,
            // `{` on the next line, or none after a colon, as in Python.
            (None, Some(end)) if rest[end] == b'\n' => {
                let next = skip_lines(t, from + end);
                match rest[..end].trim_ascii_end().last() {
                    Some(b':') => next,
                    _ if t.get(next) == Some(&b'{') => next + 1,
                    _ => return None,
                }
            }
            _ => return None,
        };
        let mut at = skip_lines(t, body);
        let said = b"return";
        let says =
            t[at..].starts_with(said) && t.get(at + said.len()).is_some_and(|b| matches!(b, b' ' | b'('));
        if says {
            at = skip_space(t, at + said.len());
        }
        let value = if says { wrapped(t, at) } else { literal(t, at) }?;
        // An object or another call: `{ "key": ...`.
        let after = t[value.range.end + 1..].iter().find(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n'));
        if !says && after != Some(&b'}') {
            return None;
        }
        Some(self.made(without_get(t, name), value, Form::Equals))
    }

    /// Ruby's `def name` with the literal on the next line.
    pub(super) fn method(&self, at: usize) -> Option<Assignment> {
        let t = self.text;
        if self.lang != Lang::Ruby || !t[at..].starts_with(b"def ") {
            return None;
        }
        let start = at + 4;
        let length = t[start..].iter().take(NAME_REACH).take_while(|b| is_name(**b)).count();
        let name = start..start + length;
        if name.is_empty() || t.get(name.end) != Some(&b'\n') || !self.wants(&name) {
            return None;
        }
        let Found { range, .. } = literal(t, skip_space(t, name.end + 1))?;
        let value = Found { range, quoted: true, via: None };
        Some(self.made(without_get(t, name), value, Form::Equals))
    }
}

/// The bracket that closes the one at `open`.
fn closing(t: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (i, b) in t[open..t.len().min(open + REACH)].iter().enumerate() {
        match b {
            b'(' => depth += 1,
            b')' if depth == 1 => return Some(open + i),
            b')' => depth -= 1,
            b';' | b'"' => return None,
            _ => {}
        }
    }
    None
}

/// Skips white space over at most two line ends.
fn skip_lines(t: &[u8], at: usize) -> usize {
    let mut lines = 0;
    let white = t[at.min(t.len())..].iter().take(REACH).take_while(|b| {
        lines += u8::from(**b == b'\n');
        b.is_ascii_whitespace() && lines < 3
    });
    at + white.count()
}

/// The name without its `get`.
fn without_get(t: &[u8], name: Range<usize>) -> Range<usize> {
    let text = &t[name.clone()];
    let length = GETS
        .iter()
        .find(|w| text.len() > w.len() && text[..w.len()].eq_ignore_ascii_case(w))
        .map(|w| w.len());
    match length.map(|n| (n, text[n])) {
        Some((n, b'_')) => name.start + n + 1..name.end,
        Some((n, b)) if b.is_ascii_uppercase() => name.start + n..name.end,
        _ => name,
    }
}
