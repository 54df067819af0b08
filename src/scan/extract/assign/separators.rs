//! What each separator gives: the name on its left, the value on its right.

use super::bytes::{back_over_space, before, is_name, is_one_of, is_space, skip_line, skip_space, trim};
use super::name::{close_quote, name_before, untyped, word_before};
use super::value::{Found, bare, literal, wrapped};
use super::{Assignment, Assignments, BARE_REACH, Form, GAP, NAME_REACH, NAMES};
use crate::text::lang::Lang;
use std::ops::Range;

/// A tag that is longer is not read.
const TAG_REACH: usize = 2 << 10;

impl Assignments<'_> {
    pub(super) fn equals(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let previous = before(t, at);
        if matches!(previous, Some(b'=' | b'<' | b'>')) || t.get(at + 1) == Some(&b'~') {
            return None;
        }
        let mut after = at + 1;
        let mut form = Form::Equals;
        let mut end = at;
        match t.get(at + 1) {
            Some(b'>') => {
                form = Form::Arrow;
                after += 1;
            }
            Some(b'=') => {
                form = Form::Compare;
                while t.get(after) == Some(&b'=') {
                    after += 1;
                }
            }
            _ => {}
        }
        match previous {
            Some(b'!') => {
                form = Form::Compare;
                end -= 1;
            }
            Some(b':' | b'+' | b'?' | b'|') => {
                while end > self.line && matches!(t[end - 1], b':' | b'+' | b'?' | b'|') {
                    end -= 1;
                }
            }
            _ => {}
        }
        let floor = self.floor(end);
        let name = name_before(t, end, floor)?;
        let name = if form == Form::Equals { untyped(t, name, floor) } else { name };
        self.give(name, after, form)
    }

    pub(super) fn colon(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        if matches!(t.get(at + 1), Some(b':' | b'=')) || before(t, at) == Some(b':') {
            return None;
        }
        if t[at + 1..].starts_with(b"//") {
            return None;
        }
        let name = name_before(t, at, self.floor(at))?;
        if self.cookies(&name, at + 1) {
            return None;
        }
        // `${NAME:-value}`.
        let default = t.get(at + 1) == Some(&b'-') && t[..name.start].ends_with(b"${");
        // `name: { value: v`.
        let opens = matches!(t.get(skip_space(t, at + 1)), Some(b'{' | b'\n'));
        if !opens && !self.wants(&name) {
            return None;
        }
        if let Some(found) = self.any(name.clone(), at + 1 + usize::from(default), Form::Colon) {
            return Some(found);
        }
        if opens && name.len() <= NAME_REACH {
            self.call(name);
        }
        None
    }

    /// `"name", "value"`.
    pub(super) fn pair(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.floor(at);
        let quoted = close_quote(t, back_over_space(t, at, floor), floor).is_some();
        let mut name = name_before(t, at, floor)?;
        // A field by its selector: `'#password'`.
        name.start += usize::from(quoted && t[name.clone()].starts_with(b"#"));
        // A constant's name, or a string that is one.
        let is_constant = |b: &u8| b.is_ascii_uppercase() || matches!(b, b'_' | b'0'..=b'9');
        let is_named = |b: &u8| if quoted { is_name(*b) } else { is_constant(b) };
        if !t[name.clone()].iter().all(is_named) || !self.wants(&name) {
            return None;
        }
        let value = self.value_after(at + 1, false)?;
        // The name of the next entry is no value of this one: `"a": "name", "b": 1`.
        let after = t[value.range.end..].iter().skip(1).take(GAP).find(|b| !is_space(**b));
        (value.quoted && after != Some(&b':')).then(|| self.made(name, value, Form::Pair))
    }

    /// `name("value")`, and Perl's and Ruby's `name 'value'` is [`Assignments::quote`].
    pub(super) fn bracket(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.floor(at);
        let word = word_before(t, at, floor)?;
        let last = t[word.clone()].rsplit(|b| *b == b'.').next().unwrap_or_default();
        let field = TYPED.contains(&last).then(|| field_before(t, word.start, floor)).flatten();
        let name = field.unwrap_or_else(|| word.clone());
        if !self.wants(&name) {
            return None;
        }
        let value = wrapped(t, skip_line(t, skip_space(t, at + 1)))
            .filter(|v| v.via.is_none() || t[word.clone()].ends_with(b"Key"))?;
        Some(self.made(name, value, Form::Call))
    }

    /// `<name>value</name>`.
    pub(super) fn element(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.floor(at);
        if matches!(before(t, at), Some(b'/' | b'-' | b'=' | b'?')) {
            return None;
        }
        let open = match memchr::memrchr(b'<', &t[floor..at]) {
            Some(i) => floor + i + 1,
            None => self.bracket.tag(t, at)?,
        };
        let length = t[open..at].iter().take_while(|b| is_name(**b) || **b == b':').count();
        let start = t[open..open + length].iter().rposition(|b| *b == b':').map_or(open, |i| open + i + 1);
        let tag = start..open + length;
        let mut from = skip_line(t, skip_space(t, at + 1));
        let to = t.len().min(from + BARE_REACH);
        let cdata = b"<![CDATA[";
        let stop = if t[from..to].starts_with(cdata) {
            from += cdata.len();
            from + memchr::memmem::find(&t[from..to], b"]]>")?
        } else {
            from + memchr::memchr2(b'<', b'\n', &t[from..to])?
        };
        let after = t[stop..].strip_prefix(b"]]>").unwrap_or(&t[skip_line(t, stop)..]);
        let Some(closing) = after.strip_prefix(b"</") else {
            // `<name>` and `<value>v</value>` in it.
            if after.starts_with(b"<")
                && stop == from
                && !tag.is_empty()
                && !is_one_of(&t[tag.clone()], PLAIN)
            {
                self.call(tag);
            }
            return None;
        };
        if tag.is_empty() || !closing.starts_with(&t[open..open + length]) {
            return None;
        }
        let plain = is_one_of(&t[tag.clone()], PLAIN);
        let name = plain.then(|| attribute(t, tag.end..at, NAMES)).flatten().unwrap_or(tag);
        let value = from..back_over_space(t, stop, from);
        if value.is_empty() {
            return None;
        }
        let value = Found { range: value, quoted: true, via: None };
        Some(self.made(name, value, Form::Element))
    }

    /// `--name value`, `-x value`.
    pub(super) fn flag(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        if !matches!(before(t, at), None | Some(b' ' | b'\t' | b'"' | b'\'' | b'`' | b'(' | b'[' | b'\n')) {
            return None;
        }
        let start = at + t[at..].iter().take(2).take_while(|b| **b == b'-').count();
        let length = t[start..].iter().take(NAME_REACH).take_while(|b| is_name(**b)).count();
        let name = start..start + length;
        let long = start == at + 2 || length > 3;
        if name.is_empty() || !t[start].is_ascii_alphabetic() || !(long || length == 1) {
            return None;
        }
        if t.get(name.end) != Some(&b' ') || !self.wants(&name) {
            return None;
        }
        let from = skip_space(t, name.end);
        if t.get(from) == Some(&b'-') {
            return None;
        }
        let value = literal(t, from).or_else(|| bare(t, from, false))?;
        Some(self.made(name, value, Form::Flag))
    }

    /// Keeps count of strings; `NAME "value"` where a word stands before the quote.
    pub(super) fn quote(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let previous = before(t, at);
        let escaped = previous == Some(b'\\');
        match self.string {
            Some(q) if q == t[at] && !escaped => {
                self.string = None;
                return None;
            }
            // SQL in a string.
            Some(_) if !escaped && previous == Some(b' ') => return self.sql(at),
            Some(_) => return None,
            // An apostrophe in prose opens nothing.
            None if t[at] == b'\'' && previous.is_some_and(|b| b.is_ascii_alphanumeric()) => return None,
            None if !escaped => self.string = Some(t[at]),
            None => {}
        }
        if !matches!(previous, Some(b' ' | b'\t' | b'@')) {
            return None;
        }
        let floor = self.floor(at);
        let end = back_over_space(t, at - usize::from(previous == Some(b'@')), floor);
        if let Some(name) = fallback_of(t, end, floor) {
            // A shorter one is an option's: `|| "none"`.
            let value = literal(t, at).filter(|v| v.range.len() >= 8)?;
            return Some(self.made(name, value, Form::Equals));
        }
        let mut name = word_before(t, end, floor)?;
        if &t[name.clone()] == b"to" {
            name = name_before(t, name.start, floor)?;
        }
        if &t[name.clone()] == b"is" {
            name = word_before(t, back_over_space(t, name.start, floor), floor)?;
        }
        if !self.wants(&name) {
            return None;
        }
        let value = literal(t, at)?;
        Some(self.made(name, value, Form::Space))
    }

    /// `IDENTIFIED BY 'value'`, `PASSWORD 'value'`.
    fn sql(&self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.floor(at);
        let name = word_before(t, back_over_space(t, at, floor), floor)?;
        let value = is_one_of(&t[name.clone()], &["by", "password"]).then(|| literal(t, at))??;
        Some(self.made(name, value, Form::Space))
    }

    /// `name <- value`.
    pub(super) fn arrow(&mut self, at: usize) -> Option<Assignment> {
        let name = name_before(self.text, at - 1, self.floor(at - 1))?;
        self.give(name, at + 1, Form::Equals)
    }

    /// A row of a table: `| name | value |`.
    pub(super) fn cell(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.floor(at);
        let end = back_over_space(t, at, floor);
        let start = memchr::memrchr(b'|', &t[floor..end])? + floor + 1;
        let name = trim(t, start..end);
        let from = skip_space(t, at + 1);
        let value = literal(t, from).or_else(|| bare(t, from, false))?;
        let rest = t[value.range.end..].iter().skip(usize::from(value.quoted)).find(|b| !is_space(**b));
        (!name.is_empty() && rest == Some(&b'|')).then(|| self.made(name, value, Form::Pair))
    }

    pub(super) fn hash(&mut self, at: usize) -> Option<Assignment> {
        let starts =
            self.string.is_none() && matches!(before(self.text, at), None | Some(b' ' | b'\t' | b'\n'));
        self.comment |= starts && !matches!(self.lang, Lang::C | Lang::CSharp | Lang::Html | Lang::Markdown);
        None
    }

    /// At the start of a line: `ENV NAME value`, `ARG NAME value`, `setenv NAME value`, `set -x NAME value`.
    pub(super) fn command(&self) -> Option<Assignment> {
        let t = self.text;
        let at = skip_space(t, self.line);
        let first = t[..self.end].get(at)?;
        if !matches!(first, b'E' | b'A' | b's') {
            return None;
        }
        let word = [&b"ENV "[..], b"ARG ", b"setenv ", b"setx ", b"set -x ", b"set -gx ", b"set -Ux "]
            .into_iter()
            .find(|w| t[at..].starts_with(w))?;
        let start = skip_space(t, at + word.len());
        let length = t[start..].iter().take(NAME_REACH).take_while(|b| is_name(**b)).count();
        let name = start..start + length;
        if name.is_empty() || !matches!(t.get(name.end), Some(b' ' | b'\t')) {
            return None;
        }
        let from = skip_space(t, name.end);
        let value = literal(t, from).or_else(|| bare(t, from, true))?;
        Some(self.made(name, value, Form::Space))
    }
}

/// Functions that type into a field which a string before them names: `find("#password").sendKeys("v")`.
const TYPED: [&[u8]; 7] =
    [b"sendKeys", b"send_keys", b"type", b"fill", b"setValue", b"set_value", b"typeText"];

/// The last word of the string before `end`.
fn field_before(t: &[u8], end: usize, floor: usize) -> Option<Range<usize>> {
    let quote = t[floor..end].iter().rposition(|b| matches!(b, b'"' | b'\''))? + floor;
    let (close, start) = close_quote(t, quote + 1, floor)?;
    let last = t[start..close].iter().rposition(|b| is_name(*b))? + start + 1;
    let length = t[start..last].iter().rev().take_while(|b| is_name(**b)).count();
    Some(last - length..last)
}

/// The name in `NAME || "v"`, `get("NAME") or "v"`, when the word between ends at `end`.
fn fallback_of(t: &[u8], end: usize, floor: usize) -> Option<Range<usize>> {
    let head = &t[floor..end];
    let head = [&b"||"[..], b"??", b" or"].iter().find_map(|w| head.strip_suffix(*w))?;
    let end = back_over_space(t, floor + head.len(), floor);
    match close_quote(t, end.saturating_sub(usize::from(t[..end].ends_with(b")"))), floor) {
        Some((close, start)) => (start < close).then_some(start..close),
        None => word_before(t, end, floor),
    }
}

/// Elements that say nothing themselves: an attribute has the name.
const PLAIN: &[&str] = &[
    "add",
    "attribute",
    "constant",
    "data",
    "entry",
    "field",
    "init-param",
    "item",
    "option",
    "param",
    "parameter",
    "property",
    "setting",
    "string",
    "value",
    "var",
];

/// Where the tag begins, after its `<`, that `at` is in; it may have begun some lines above.
pub(in crate::scan) fn tag(t: &[u8], at: usize) -> Option<usize> {
    Bracket::default().tag(t, at)
}

/// The last angle bracket before a place, kept from one look to the next, so that a line with very many names is not
/// looked through for each of them.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Bracket {
    /// What stands before this place has been looked at, as far back as a tag may begin.
    seen: usize,
    at: Option<usize>,
}

impl Bracket {
    /// The same as [`tag`].
    pub(super) fn tag(&mut self, t: &[u8], at: usize) -> Option<usize> {
        let from = at.saturating_sub(TAG_REACH);
        if self.seen < from || self.seen > at {
            *self = Bracket { seen: from, at: None };
        }
        let new = memchr::memrchr2(b'<', b'>', &t[self.seen..at]).map(|i| self.seen + i);
        *self = Bracket { seen: at, at: new.or(self.at) };
        tag_at(t, self.at.filter(|open| *open >= from)?, at)
    }
}

/// Where the tag begins, after its `<`, if the last angle bracket before `at` opens one.
fn tag_at(t: &[u8], open: usize, at: usize) -> Option<usize> {
    let lines = memchr::memchr_iter(b'\n', &t[open..at]).take(4).count();
    let named = t.get(open + 1).is_some_and(u8::is_ascii_alphabetic);
    (t[open] == b'<' && named && lines < 4).then_some(open + 1)
}

/// The value of the first of these attributes that the tag has, whose name begins at the range's start; it ends with
/// the range or with its `>`.
pub(super) fn attribute(t: &[u8], tag: Range<usize>, names: &[&str]) -> Option<Range<usize>> {
    let to = tag.end.min(tag.start + TAG_REACH).min(t.len());
    let inside = &t[tag.start..to];
    let end = tag.start + memchr::memchr(b'>', inside).unwrap_or(inside.len());
    names.iter().find_map(|name| {
        memchr::memmem::find_iter(&t[tag.start..end], name).find_map(|i| {
            let at = tag.start + i;
            let spaced = before(t, at).is_some_and(|b| b.is_ascii_whitespace());
            let equals = skip_space(t, at + name.len());
            if !spaced || t.get(equals) != Some(&b'=') {
                return None;
            }
            let open = skip_space(t, equals + 1);
            let quote = *t.get(open).filter(|q| matches!(q, b'"' | b'\''))?;
            let length = memchr::memchr2(quote, b'\n', t.get(open + 1..end)?)?;
            (length > 0 && t[open + 1 + length] == quote).then(|| open + 1..open + 1 + length)
        })
    })
}
