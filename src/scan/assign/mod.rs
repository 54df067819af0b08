//! Assignments: names and the values given to them, in every form that people store keys in.
//!
//! One hand-written pass over a window of bytes looks at separators (`=`, `:`, `=>`, `,`, `(`, `>`, a flag's dash,
//! a quote) and from each a bounded way left for a name and right for a value. So all languages share one mechanism;
//! they differ in one thing only: whether a word without quotes is a value ([`bare_words`]).
//!
//! Any bytes are safe, the ranges lie in the text, and the cost is linear: every look is bounded.

mod bytes;
mod name;
mod separators;
mod value;

use crate::text::lang::Lang;
use bytes::{before, is_one_of, only_marks};
use separators::attribute;
pub(super) use separators::tag;
use std::ops::Range;
use value::Found;

/// How far left of a separator a name may begin.
const NAME_REACH: usize = 96;
/// The longest value without quotes.
const BARE_REACH: usize = 1024;
/// How much white space may stand between a separator and its sides.
const GAP: usize = 64;

/// Names of what is a value, and of what names it, where `name: X` and `value: v` are two assignments.
const VALUES: &[&str] =
    &["value", "val", "default", "defaultvalue", "default_value", "stringvalue", "param-value"];
const NAMES: &[&str] = &["name", "key", "id"];

/// How a value is given to a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `name = value`, `name := value`.
    Equals,
    /// `name: value`.
    Colon,
    /// `name => value`.
    Arrow,
    /// `name == value`, `name != value`.
    Compare,
    /// `name("value")`.
    Call,
    /// `"name", "value"`: `define('X', 'v')`, headers, tuples.
    Pair,
    /// `<name>value</name>`.
    Element,
    /// `--name value`, `-u value`.
    Flag,
    /// `name "value"`, `ENV name value`.
    Space,
    /// `name: X` and `value: v`: what is called X is worth v.
    Entry,
}

/// A name and a value given to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assignment {
    /// The name, without quotes.
    pub(super) name: Range<usize>,
    /// The value, without quotes; never empty.
    pub(super) value: Range<usize>,
    pub(super) form: Form,
    /// Does the value stand in quotes?
    pub(super) quoted: bool,
    /// Does it stand alone on its line: nothing before the name but indentation, `export` or a comment mark?
    pub(super) line_level: bool,
    /// The function around the value: `String` in `String("v")`.
    pub(super) via: Option<Range<usize>>,
}

/// Is a word without quotes a value in this language? Elsewhere it is a variable.
pub(super) fn bare_words(lang: Lang) -> bool {
    matches!(
        lang,
        Lang::Yaml
            | Lang::Properties
            | Lang::DotEnv
            | Lang::Shell
            | Lang::Ini
            | Lang::Dockerfile
            | Lang::Markdown
            | Lang::Html
            | Lang::Xml
            | Lang::Other
    )
}

/// The assignments of `window`, which begins at a line's start or in a long line's midst, in order of separators.
pub(super) fn assignments(text: &[u8], window: Range<usize>, lang: Lang) -> Assignments<'_> {
    let end = window.end.min(text.len());
    Assignments {
        text,
        lang,
        at: window.start.min(end),
        end,
        line: window.start.min(end),
        starts_line: true,
        string: None,
        comment: false,
        called: None,
        cookie: None,
    }
}

/// The content of the string literal at `at`, perhaps behind brackets, prefixes and calls; never empty.
pub(super) fn literal_at(text: &[u8], at: usize) -> Option<Range<usize>> {
    value::wrapped(text, at).map(|found| found.range)
}

/// The iterator of [`assignments`].
#[derive(Debug)]
pub(super) struct Assignments<'a> {
    text: &'a [u8],
    lang: Lang,
    at: usize,
    end: usize,
    /// Where the current line begins.
    line: usize,
    /// Has nothing been looked for on the line yet?
    starts_line: bool,
    /// The quote of the string that `at` is in.
    string: Option<u8>,
    /// Is the rest of the line a comment?
    comment: bool,
    /// The last `name: X`, and the byte after its X: a `value: v` may follow.
    called: Option<Range<usize>>,
    /// The name `Cookie` on this line: a session's `name=value` may follow.
    cookie: Option<Range<usize>>,
}

impl Iterator for Assignments<'_> {
    type Item = Assignment;

    fn next(&mut self) -> Option<Assignment> {
        loop {
            let found = if std::mem::take(&mut self.starts_line) {
                self.command()
            } else {
                let skip = self.text[self.at..self.end].iter().position(|b| IS_STOP[usize::from(*b)])?;
                self.at += skip + 1;
                self.stop(self.at - 1)
            };
            if let Some(found) = found {
                let found = self.entry(found);
                if let Some(found) = self.session(found) {
                    return Some(found);
                }
            }
        }
    }
}

/// The bytes at which [`Assignments::stop`] has something to do.
static IS_STOP: [bool; 256] = {
    let mut table = [false; 256];
    let stops = b"\n=:,(>-|\"'`#/*";
    let mut i = 0;
    while i < stops.len() {
        table[stops[i] as usize] = true;
        i += 1;
    }
    table
};

impl Assignments<'_> {
    /// What the byte at a stop gives; each that is looked for here is in [`IS_STOP`].
    fn stop(&mut self, at: usize) -> Option<Assignment> {
        match self.text[at] {
            b'\n' => {
                self.line = at + 1;
                self.starts_line = true;
                self.string = None;
                self.comment = false;
                self.cookie = None;
                None
            }
            b'=' => self.equals(at),
            b':' => self.colon(at),
            b',' => self.pair(at),
            b'(' => self.bracket(at),
            b'>' => self.element(at),
            b'-' if before(self.text, at) == Some(b'<') => self.arrow(at),
            b'-' => self.flag(at),
            b'|' if self.lang == Lang::Markdown => self.cell(at),
            b'"' | b'\'' | b'`' => self.quote(at),
            b'#' => self.hash(at),
            b'/' => {
                let double = self.text.get(at + 1) == Some(&b'/');
                self.comment |= double && self.string.is_none() && before(self.text, at) != Some(b':');
                self.comment |= self.text.get(at + 1) == Some(&b'*');
                None
            }
            b'*' if only_marks(&self.text[self.line..at]) => {
                self.comment = true;
                None
            }
            _ => None,
        }
    }

    fn floor(&self, at: usize) -> usize {
        self.line.max(at.saturating_sub(NAME_REACH)).min(at)
    }

    /// Finds the value right of a separator for a name.
    fn give(&mut self, name: Range<usize>, from: usize, form: Form) -> Option<Assignment> {
        let line_level = self.line_level(name.start);
        let value = self.value_after(from, line_level)?;
        Some(self.made(name, value, form))
    }

    fn made(&self, name: Range<usize>, value: Found, form: Form) -> Assignment {
        let line_level = self.line_level(name.start);
        Assignment { name, value: value.range, form, quoted: value.quoted, line_level, via: value.via }
    }

    /// `name: X` followed by `value: v` becomes `X: v`, and so does `value: v` followed by `name: X`. In a tag only
    /// its own attributes belong together.
    fn entry(&mut self, mut found: Assignment) -> Assignment {
        let name = &self.text[found.name.clone()];
        if is_one_of(name, VALUES) || found.form == Form::Element && name == b"string" {
            let tag = tag(self.text, found.name.start);
            if let Some(called) = tag.and_then(|open| attribute(self.text, open..self.text.len(), NAMES)) {
                found.name = called;
                found.form = Form::Entry;
            } else if let Some(called) = &self.called
                && found.value.start.saturating_sub(called.end) < 400
            {
                found.name = called.clone();
                found.form = Form::Entry;
            }
        } else if (is_one_of(name, NAMES)
            || is_one_of(name, &["variable", "field", "parametername", "param-name"]))
            && found.value.len() <= NAME_REACH
        {
            if let Some(value) = self.value_above(found.name.start) {
                self.called = None;
                return Assignment { name: found.value, form: Form::Entry, value, ..found };
            }
            self.call(found.value.clone());
        }
        found
    }

    /// `Cookie: session=v`: the cookie of a session is worth as much as a password. Of a list of cookies each is told
    /// by its own name.
    fn session(&mut self, mut found: Assignment) -> Option<Assignment> {
        let name = &self.text[found.name.clone()];
        let ends = |end: &str| {
            name.len() >= end.len() && name[name.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes())
        };
        if ends("cookie") || ends("cookies") {
            let plural = usize::from(name.ends_with(b"s"));
            self.cookie = Some(found.name.start..found.name.end - plural);
            return (!self.text[found.value.clone()].contains(&b'=')).then_some(found);
        }
        if let Some(cookie) = &self.cookie {
            let lower = name.to_ascii_lowercase();
            let holds = |word: &&[u8]| memchr::memmem::find(&lower, word).is_some();
            if [&b"sess"[..], b"sid", b"login", b"remember", b"jwt", b"access"].iter().any(holds) {
                found.name = cookie.clone();
            }
        }
        Some(found)
    }

    /// A `value:` below may be for this name. It may stand in the next lines, which say nothing by themselves.
    fn call(&mut self, name: Range<usize>) {
        let mut end = self.end;
        for _ in 0..2 {
            let to = self.text.len().min(end + 1 + BARE_REACH);
            if end < to {
                end = memchr::memchr(b'\n', &self.text[end + 1..to]).map_or(to, |i| end + 1 + i);
            }
        }
        if memchr::memchr(b'\n', &self.text[name.end.min(self.end)..self.end]).is_none() {
            self.end = end;
        }
        self.called = Some(name);
    }

    /// `"value": "v",` alone on the line above the one of `at`, or `value="v"` before it in its tag.
    fn value_above(&self, at: usize) -> Option<Range<usize>> {
        let t = self.text;
        if let Some(open) = tag(t, at) {
            return attribute(t, open..at, &VALUES[..2]);
        }
        let line = self.line.min(at);
        let end = line.checked_sub(1)?;
        let from = end.saturating_sub(BARE_REACH);
        let start = memchr::memrchr(b'\n', &t[from..end])? + from + 1;
        let start = bytes::skip_space(t, start);
        let rest = t[start..end].strip_prefix(b"\"value\"")?;
        let colon = end - rest.len();
        let colon = bytes::skip_space(t, colon);
        if t.get(colon) != Some(&b':') || !only_marks(t[line..at.max(line)].split(|b| *b == b'"').next()?) {
            return None;
        }
        value::literal(t, bytes::skip_space(t, colon + 1)).map(|f| f.range).filter(|r| r.end < end)
    }

    fn line_level(&self, start: usize) -> bool {
        let lead = &self.text[self.line.min(start)..start];
        if lead.len() > GAP {
            return false;
        }
        let mut lead = lead.trim_ascii();
        for word in [&b"export"[..], b"ENV", b"ARG", b"set", b"readonly", b"local", b"declare"] {
            if let Some(rest) = lead.strip_suffix(word) {
                lead = rest;
                break;
            }
        }
        only_marks(lead)
    }
}

#[cfg(test)]
mod tests;
