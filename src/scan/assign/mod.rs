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
use bytes::{before, is_one_of, is_space, only_marks};
use std::ops::Range;
use value::Found;

/// How far left of a separator a name may begin.
const NAME_REACH: usize = 96;
/// The longest value without quotes.
const BARE_REACH: usize = 1024;
/// How much white space may stand between a separator and its sides.
const GAP: usize = 64;

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
        string: None,
        comment: false,
        called: None,
    }
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
    /// The quote of the string that `at` is in.
    string: Option<u8>,
    /// Is the rest of the line a comment?
    comment: bool,
    /// The last `name: X`, and the byte after its X: a `value: v` may follow.
    called: Option<Range<usize>>,
}

impl Iterator for Assignments<'_> {
    type Item = Assignment;

    fn next(&mut self) -> Option<Assignment> {
        while self.at < self.end {
            let at = self.at;
            self.at += 1;
            let found = match self.text[at] {
                b'\n' => {
                    self.line = at + 1;
                    self.string = None;
                    self.comment = false;
                    None
                }
                b'=' => self.equals(at),
                b':' => self.colon(at),
                b',' => self.pair(at),
                b'(' => self.call(at),
                b'>' => self.element(at),
                b'-' => self.flag(at),
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
                b'E' | b'A' | b's' if self.only_space_before(at) => self.command(at),
                _ => None,
            };
            if let Some(found) = found {
                return Some(self.entry(found));
            }
        }
        None
    }
}

impl Assignments<'_> {
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

    /// `name: X` followed by `value: v` becomes `X: v`.
    fn entry(&mut self, mut found: Assignment) -> Assignment {
        let name = &self.text[found.name.clone()];
        if is_one_of(name, &["value", "val", "default", "defaultvalue", "default_value", "stringvalue"]) {
            if let Some(called) = &self.called
                && found.value.start.saturating_sub(called.end) < 400
            {
                found.name = called.clone();
                found.form = Form::Entry;
            }
        } else if is_one_of(name, &["name", "key", "id", "variable", "field", "parametername"])
            && found.value.len() <= NAME_REACH
        {
            self.called = Some(found.value.clone());
            // The value may stand in the lines below, which say nothing by themselves.
            let mut end = self.end;
            for _ in 0..2 {
                let to = self.text.len().min(end + 1 + BARE_REACH);
                if end < to {
                    end = memchr::memchr(b'\n', &self.text[end + 1..to]).map_or(to, |i| end + 1 + i);
                }
            }
            if memchr::memchr(b'\n', &self.text[found.value.end.min(self.end)..self.end]).is_none() {
                self.end = end;
            }
        }
        found
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

    fn only_space_before(&self, at: usize) -> bool {
        at - self.line <= GAP && self.text[self.line..at].iter().all(|b| is_space(*b))
    }
}

#[cfg(test)]
mod tests;
