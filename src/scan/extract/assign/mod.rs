//! Assignments: names and their values, in every form that people store keys in.
//!
//! One hand-written pass over a window of bytes stops at separators (`=`, `:`, `=>`, `,`, `(`, `>`, a flag's dash,
//! a quote) and from each searches a bounded range to the left for a name and to the right for a value. So all
//! languages share one mechanism; they differ in one thing only: whether an unquoted word is a value
//! ([`types::bare_words`]). On lines without a separator, a word counts that can only be a value ([`spaced`]).
//!
//! Any bytes are safe, the ranges lie in the text, and the cost is linear: every search is bounded.

mod behind_user;
mod bracket;
mod bytes;
mod compare;
mod defaults;
mod dialects;
mod directive;
mod entries;
mod members;
mod name;
mod quotes;
mod redirect;
mod resources;
mod returned;
mod separators;
mod spaced;
mod tags;
mod types;
mod unpacked;
mod value;

use super::nesting::Nesting;
use crate::text::lang::Lang;
pub(in crate::scan) use bracket::tag;
use bytes::{before, only_marks};
use std::ops::Range;
pub(in crate::scan) use types::{Assignment, Assignments, Form};

/// The assignments of `window`, which starts at a line's start or in the middle of a long line, in order of
/// separators.
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
        bracket: bracket::Bracket::default(),
        until: usize::MAX,
    }
}

/// The content of the string literal at `at`, possibly after brackets, prefixes and calls; never empty.
pub(in crate::scan) fn literal_at(text: &[u8], at: usize) -> Option<Range<usize>> {
    value::wrapped(text, at).map(|found| found.range)
}

impl Iterator for Assignments<'_> {
    type Item = Assignment;

    fn next(&mut self) -> Option<Assignment> {
        if let Some(also) = self.also.pop() {
            return Some(also);
        }
        while self.at < self.until {
            let found = if std::mem::take(&mut self.starts_line) {
                if let Some(found) = self.directive(self.line) {
                    return Some(found);
                }
                self.section(self.line);
                self.resource(self.line);
                let found = self.command();
                if found.is_none() {
                    self.spaced(self.line);
                }
                if !self.also.is_empty() {
                    return self.also.pop();
                }
                found
            } else {
                let rest = &self.text[self.at..self.end];
                let Some(skip) = rest.iter().position(|b| IS_STOP[usize::from(*b)]) else {
                    if self.goes_on() {
                        self.at = self.end.min(self.at + rest.len());
                        continue;
                    }
                    return None;
                };
                self.at += skip + 1;
                if self.at > self.until {
                    return None;
                }
                self.stop(self.at - 1)
            };
            if let Some(found) = found {
                let found = self.entry(found);
                let found = self.behind_user(found);
                self.open_list(&found);
                self.take_items(&found);
                self.take_members(&found);
                if let Some(found) = self.session(found) {
                    return Some(found);
                }
            }
        }
        None
    }
}

/// The bytes at which [`Assignments::stop`] has work to do.
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
    /// Skips values of other names than these. Most names are not wanted, and finding a value takes longer than
    /// checking its name.
    pub(in crate::scan) fn wanting(self, wants: fn(&[u8]) -> bool) -> Self {
        Assignments { wants, ..self }
    }

    /// Ends with the window. Otherwise a name whose value may follow extends it, and so on for each name behind it.
    pub(in crate::scan) fn within(self) -> Self {
        Assignments { until: self.end, ..self }
    }

    /// The end of the text that was read: beyond the window, if something that started in it ends later.
    pub(in crate::scan) fn reached(&self) -> usize {
        self.end
    }

    /// The assignment at a stop; every byte that is matched here is in [`IS_STOP`].
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
            b'=' => self.unpacked(at).or_else(|| self.equals(at)),
            b':' => self.colon(at),
            b',' => self.item(at),
            b'(' => self.bracket(at),
            b'>' => self.element(at).or_else(|| self.redirect(at)),
            b'-' if before(self.text, at) == Some(b'<') => self.arrow(at),
            b'-' if self.begins_comment(at) => {
                self.comment = true;
                None
            }
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

    /// Returns whether a dash belongs to `<!--`, or to the `--` that starts a comment in SQL and Lua.
    fn begins_comment(&self, at: usize) -> bool {
        let t = self.text;
        t[..at].ends_with(b"<!")
            || matches!(self.lang, Lang::Sql | Lang::Lua)
                && t.get(at + 1) == Some(&b'-')
                && only_marks(&t[self.line..at])
    }
}

#[cfg(test)]
mod tests;
