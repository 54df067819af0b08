//! Assignments: names and the values given to them, in every form that people store keys in.
//!
//! One hand-written pass over a window of bytes looks at separators (`=`, `:`, `=>`, `,`, `(`, `>`, a flag's dash,
//! a quote) and from each a bounded way left for a name and right for a value. So all languages share one mechanism;
//! they differ in one thing only: whether a word without quotes is a value ([`bare_words`]).
//!
//! Any bytes are safe, the ranges lie in the text, and the cost is linear: every look is bounded.

mod bytes;
mod directive;
mod entries;
mod name;
mod redirect;
mod separators;
mod value;

use super::nesting::Nesting;
use crate::text::lang::Lang;
use bytes::{before, is_one_of, only_marks};
use entries::Cookie;
use separators::Bracket;
pub(in crate::scan) use separators::tag;
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
/// More names whose value names another one's.
const CALLS: &[&str] = &["variable", "field", "parametername", "param-name"];
/// The longest of these.
const LONGEST: usize = 13;

/// How a value is given to a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scan) enum Form {
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
    /// `session=v` among cookies.
    Cookie,
    /// A line of words, as routers are set up by: `username X password 0 v`.
    Line,
}

/// A name and a value given to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::scan) struct Assignment {
    /// The name, without quotes.
    pub(in crate::scan) name: Range<usize>,
    /// The value, without quotes; never empty.
    pub(in crate::scan) value: Range<usize>,
    pub(in crate::scan) form: Form,
    /// Does the value stand in quotes?
    pub(in crate::scan) quoted: bool,
    /// Does it stand alone on its line: nothing before the name but indentation, `export` or a comment mark?
    pub(in crate::scan) line_level: bool,
    /// The function around the value: `String` in `String("v")`.
    pub(in crate::scan) via: Option<Range<usize>>,
}

/// Is a word without quotes a value in this language? Elsewhere it is a variable.
pub(in crate::scan) fn bare_words(lang: Lang) -> bool {
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
pub(in crate::scan) fn assignments(text: &[u8], window: Range<usize>, lang: Lang) -> Assignments<'_> {
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
        list: None,
        also: Vec::new(),
        words: Nesting::default(),
        wants: |_| true,
        no_newline: 0..0,
        bracket: Bracket::default(),
    }
}

/// The content of the string literal at `at`, perhaps behind brackets, prefixes and calls; never empty.
pub(in crate::scan) fn literal_at(text: &[u8], at: usize) -> Option<Range<usize>> {
    value::wrapped(text, at).map(|found| found.range)
}

/// The iterator of [`assignments`].
#[derive(Debug)]
pub(in crate::scan) struct Assignments<'a> {
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
    /// The name `Cookie`, while a session's `name=value` may follow.
    cookie: Option<Cookie>,
    /// The list that `at` is in, by the name that it is given to.
    list: Option<Range<usize>>,
    /// What was found with another one, the last first.
    also: Vec<Assignment>,
    /// The words without quotes around `at`: in `a=b=c` each value holds those that follow.
    words: Nesting,
    /// No line ends in this stretch.
    no_newline: Range<usize>,
    bracket: Bracket,
    /// Returns whether what is given to a name is asked for.
    wants: fn(&[u8]) -> bool,
}

impl Iterator for Assignments<'_> {
    type Item = Assignment;

    fn next(&mut self) -> Option<Assignment> {
        if let Some(also) = self.also.pop() {
            return Some(also);
        }
        loop {
            let found = if std::mem::take(&mut self.starts_line) {
                if let Some(found) = self.directive(self.line) {
                    return Some(found);
                }
                self.command()
            } else {
                let skip = self.text[self.at..self.end].iter().position(|b| IS_STOP[usize::from(*b)])?;
                self.at += skip + 1;
                self.stop(self.at - 1)
            };
            if let Some(found) = found {
                let found = self.entry(found);
                self.open_list(&found);
                self.take_items(&found);
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
    let stops = b"\n=:,](>-|\"'`#/*";
    let mut i = 0;
    while i < stops.len() {
        table[stops[i] as usize] = true;
        i += 1;
    }
    table
};

impl Assignments<'_> {
    /// Leaves out what is given to other names than these. Most names are of no interest, and to find a value takes
    /// longer than to look at its name.
    pub(in crate::scan) fn wanting(self, wants: fn(&[u8]) -> bool) -> Self {
        Assignments { wants, ..self }
    }

    /// Returns whether a value for this name is to be looked for: it is asked for, or says something of others.
    fn wants(&self, at: &Range<usize>) -> bool {
        let name = &self.text[at.clone()];
        self.cookie.is_some()
            || (self.wants)(name)
            // What follows may be the cookie of a session.
            || entries::is_cookie(name)
            // A list, of which the next items would else be taken for those of the last one.
            || matches!(name.last(), Some(b's' | b'S'))
            || name.len() <= LONGEST && [VALUES, NAMES, CALLS, &["string"]].iter().any(|l| is_one_of(name, l))
    }

    /// How far the text is read: past the window, where what began in it ends later.
    pub(in crate::scan) fn reached(&self) -> usize {
        self.end
    }

    /// What the byte at a stop gives; each that is looked for here is in [`IS_STOP`].
    fn stop(&mut self, at: usize) -> Option<Assignment> {
        match self.text[at] {
            b'\n' => {
                self.line = at + 1;
                self.starts_line = true;
                self.string = None;
                self.comment = false;
                self.cookie.take_if(|c| c.until <= at);
                None
            }
            b'=' => self.equals(at),
            b':' => self.colon(at),
            b',' => self.item(at),
            b']' => {
                self.list = None;
                None
            }
            b'(' => self.bracket(at),
            b'>' => self.element(at).or_else(|| self.redirect(at)),
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
        if !self.wants(&name) {
            return None;
        }
        self.any(name, from, form)
    }

    /// The same for any name.
    fn any(&mut self, name: Range<usize>, from: usize, form: Form) -> Option<Assignment> {
        let line_level = self.line_level(name.start);
        let value = self.value_after(from, line_level)?;
        if !value.quoted {
            self.words.add(value.range.end);
        }
        Some(self.made(name, value, form))
    }

    fn made(&self, name: Range<usize>, value: Found, form: Form) -> Assignment {
        let line_level = self.line_level(name.start);
        Assignment { name, value: value.range, form, quoted: value.quoted, line_level, via: value.via }
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
