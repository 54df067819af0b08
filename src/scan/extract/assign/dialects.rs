//! Forms that few languages have: Lisp's `*name*` and `(or (getenv "NAME") "v")`, TeX's `\newcommand{\name}{v}`,
//! assembler's `name db "v"` and `name: .asciz "v"`, ABAP's and COBOL's `name TYPE string VALUE "v"`.

use super::bytes::{back_over_space, before, is_name, is_one_of, is_space, skip_space};
use super::name::{opening, word_before};
use super::quotes::{close_quote, literal};
use super::types::{Assignment, Assignments, Form, Found, NAME_REACH};
use crate::text::lang::Lang;
use crate::text::short;
use std::ops::Range;

/// Directives of assemblers that place a string.
const STRINGS: [&str; 9] = ["db", "dw", "byte", "ascii", "asciz", "asciiz", "string", "dc.b", "fcc"];
/// Commands of TeX that define a macro.
const MACROS: [&[u8]; 6] =
    [b"\\newcommand", b"\\renewcommand", b"\\providecommand", b"\\def", b"\\gdef", b"\\edef"];

impl Assignments<'_> {
    /// The assignment of the literal at `at`, if the text before it ends at `end`.
    pub(super) fn dialect(&self, at: usize, end: usize) -> Option<Assignment> {
        if self.lang != Lang::Other {
            return None;
        }
        let t = self.text;
        let floor = self.floor(at);
        let name = match before(t, end)? {
            mark @ (b'*' | b'+') => {
                word_before(t, end - 1, floor).filter(|name| before(t, name.start) == Some(mark))?
            }
            b')' => {
                let names = default_of(t, end, floor)?;
                names.into_iter().flatten().find(|name| self.wants(name))?
            }
            _ => {
                let word = word_before(t, end, floor)?;
                if is_one_of(&t[word.clone()], &["value"]) {
                    typed(t, word.start, floor)?
                } else {
                    let is_string = is_one_of(&t[word.clone()], &STRINGS);
                    let label = back_over_space(t, word.start, floor);
                    is_string.then(|| word_before(t, label, floor))??
                }
            }
        };
        if !self.wants(&name) {
            return None;
        }
        Some(self.made(name, literal(t, at)?, Form::Space))
    }

    /// `IDENTIFIED BY 'value'`, `PASSWORD 'value'`.
    pub(super) fn sql(&self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.floor(at);
        let name = word_before(t, back_over_space(t, at, floor), floor)?;
        let value = is_one_of(&t[name.clone()], &["by", "password"]).then(|| literal(t, at))??;
        Some(self.made(name, value, Form::Space))
    }

    /// Swift's `set("v", forKey: "name")`, and the same in Objective-C; the label ends before the colon at `at`.
    pub(super) fn labelled(&self, label: &Range<usize>, at: usize) -> Option<Assignment> {
        let t = self.text;
        if !is_one_of(&t[label.clone()], &["forkey", "forhttpheaderfield"]) {
            return None;
        }
        let open = skip_space(t, at + 1);
        let name = literal(t, open + usize::from(t.get(open) == Some(&b'@')))?.range;
        let floor = self.floor(label.start);
        let end = back_over_space(t, label.start, floor);
        let end = back_over_space(t, end - usize::from(before(t, end) == Some(b',')), floor);
        let (close, start) = close_quote(t, end, floor)?;
        let value = Found { range: start..close, quoted: true, via: None };
        (start < close && self.wants(&name)).then(|| self.made(name, value, Form::Pair))
    }

    /// `\newcommand{\name}{v}` at the start of a line.
    pub(super) fn tex_macro(&self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let command = MACROS.iter().find(|m| t[at..].starts_with(m)).filter(|_| self.lang == Lang::Other)?;
        let is_open = |b: &&u8| matches!(b, b'{' | b'*' | b'\\');
        let start = at + command.len() + t[at + command.len()..].iter().take(3).take_while(is_open).count();
        let length = t[start..].iter().take(NAME_REACH).take_while(|b| is_name(**b)).count();
        let name = start..start + length;
        let open = name.end + usize::from(t.get(name.end) == Some(&b'}'));
        if t.get(open) != Some(&b'{') || !self.wants(&name) {
            return None;
        }
        let length = t[open + 1..self.end].iter().position(|b| is_space(*b) || matches!(b, b'{' | b'}'))?;
        let value = open + 1..open + 1 + length;
        let closes = t.get(value.end) == Some(&b'}') && !value.is_empty() && t[value.start] != b'\\';
        closes.then(|| self.made(name, Found { range: value, quoted: true, via: None }, Form::Space))
    }
}

/// The place after an assembler's directive at `at`: `.asciz "v"`.
pub(super) fn skip_directive(t: &[u8], at: usize) -> usize {
    let start = at + usize::from(t.get(at) == Some(&b'.'));
    let length = t[start.min(t.len())..].iter().take(8).take_while(|b| b.is_ascii_lowercase()).count();
    let next = skip_space(t, start + length);
    let is_string = length > 1
        && next > start + length
        && is_one_of(&t[start..start + length], &STRINGS)
        && matches!(t.get(next), Some(b'"' | b'\''));
    if is_string { next } else { at }
}

/// The variable in `(or (getenv "NAME") `, which ends at `end`, and the name before the whole expression.
fn default_of(t: &[u8], end: usize, floor: usize) -> Option<[Option<Range<usize>>; 2]> {
    let call = opening(t, end, floor)?;
    let (close, start) = close_quote(t, end - 1, call)?;
    let reads = t[call..start].to_ascii_lowercase();
    let or = t[..call].trim_ascii_end().strip_suffix(b"(or")?.len();
    short::find(&reads, b"env")?;
    let outer = word_before(t, back_over_space(t, or, floor), floor);
    Some([(start < close).then_some(start..close), outer])
}

/// The name in `name TYPE string ` and `NAME PIC X(32) `, which end at `end`.
fn typed(t: &[u8], end: usize, floor: usize) -> Option<Range<usize>> {
    let head = t[floor..end].to_ascii_lowercase();
    let kind = [&b" type "[..], b" pic "].iter().find_map(|word| short::find(&head, word))?;
    word_before(t, back_over_space(t, floor + kind, floor), floor)
}
