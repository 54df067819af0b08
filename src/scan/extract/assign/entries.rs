//! Values at a distance from their names: the `value` of a `name`, the items of a list, a session's cookie.

use super::bytes::{GAP, back_over_space, before, is_name, is_one_of, is_space, skip_line, skip_space};
use super::quotes::{self, close_quote};
use super::tags::attribute;
use super::types::{
    Assignment, Assignments, BARE_REACH, CALLS, Cookie, Form, HOLDS, LONGEST, METHOD, NAME_REACH, NAMES,
    SETTINGS, VALUES,
};
use super::value;
use crate::text::lang::Lang;
use std::ops::Range;

/// Bytes of a list that are read.
const LIST_REACH: usize = 2 << 10;
/// Bytes that are read of the cookies recorded by a browser.
const COOKIES_REACH: usize = 4 << 10;

/// Names whose values describe other values.
const OF_OTHERS: [&[&str]; 5] = [VALUES, NAMES, CALLS, SETTINGS, &["string", "content"]];
/// The letters that these start with, in lower case.
static FIRST: [bool; 256] = {
    let mut first = [false; 256];
    let mut list = 0;
    while list < OF_OTHERS.len() {
        let mut i = 0;
        while i < OF_OTHERS[list].len() {
            first[OF_OTHERS[list][i].as_bytes()[0] as usize] = true;
            i += 1;
        }
        list += 1;
    }
    first
};

fn says_of_others(name: &[u8]) -> bool {
    let may =
        name.len() <= LONGEST && name.first().is_some_and(|b| FIRST[usize::from(b.to_ascii_lowercase())]);
    may && OF_OTHERS.iter().any(|list| is_one_of(name, list))
}

impl Assignments<'_> {
    /// Returns whether a value for this name should be read: the name is wanted, or its value describes others.
    pub(super) fn wants(&self, at: &Range<usize>) -> bool {
        let name = &self.text[at.clone()];
        self.cookie.is_some()
            || (self.wants)(name)
            // A session's cookie may follow.
            || is_cookie(name)
            // A list; otherwise its next items would be taken for those of the previous list.
            || matches!(name.last(), Some(b's' | b'S'))
            || says_of_others(name)
    }

    /// Turns `name: X` followed by `value: v` into `X: v`, and likewise `value: v` followed by `name: X`. In a
    /// tag only its own attributes belong together.
    pub(super) fn entry(&mut self, mut found: Assignment) -> Assignment {
        let name = &self.text[found.name.clone()];
        let is_content = name.eq_ignore_ascii_case(b"content");
        if is_content || is_one_of(name, VALUES) || found.form == Form::Element && name == b"string" {
            let tag = self.bracket.tag(self.text, found.name.start);
            let called = tag.and_then(|open| attribute(self.text, open..self.text.len(), NAMES));
            // Unless that is where this name stands.
            if let Some(called) = called.filter(|c| !c.contains(&found.name.start)) {
                found.name = called;
                found.form = Form::Entry;
            } else if let Some(called) = self.name_of_call(found.name.start, name) {
                found.name = called;
            } else if let Some(called) = self.called.as_ref().filter(|_| !is_content)
                && found.value.start.saturating_sub(called.end) < 400
            {
                found.name = match &self.text[called.clone()] {
                    b"value" => self.kind_of_key(called.start).unwrap_or(called.clone()),
                    _ => last_part(self.text, called.clone()),
                };
                found.form = Form::Entry;
            }
        } else if (is_one_of(name, NAMES)
            || is_one_of(name, CALLS)
            || !self.lang.is_program() && is_one_of(name, SETTINGS))
            && found.value.len() <= NAME_REACH
            // `POST` names nothing.
            && (!is_one_of(name, &[METHOD]) || (self.wants)(&self.text[found.value.clone()]))
            // What a query asks for does not name the next statement's value.
            && !is_condition(&self.text[self.floor(found.name.start)..found.name.start])
        {
            let at = found.name.start;
            if let Some(value) = self.value_before(at).or_else(|| self.value_in_object(at)) {
                self.called = None;
                let name = last_part(self.text, found.value);
                return Assignment { name, form: Form::Entry, value, ..found };
            }
            // `name="Argument.value"` says what the element holds, which the one before names.
            let holds = self.text[found.value.clone()].ends_with(b"value")
                && self.bracket.tag(self.text, found.name.start).is_some();
            if !holds {
                self.call(found.value.clone());
            }
        }
        found
    }

    /// Postman's `"apikey": [{"key": "value", "value": "v"}]`, of which the word `value` is at `at`.
    fn kind_of_key(&self, at: usize) -> Option<Range<usize>> {
        let from = at.saturating_sub(BARE_REACH / 2);
        let list = from + memchr::memrchr(b'[', &self.text[from..at])?;
        let end = self.text[..list].trim_ascii_end().strip_suffix(b":")?.trim_ascii_end().len();
        let (close, start) = (end > from).then(|| close_quote(self.text, end, from)).flatten()?;
        (&self.text[start..close] == b"apikey").then_some(start..close)
    }

    /// `Cookie: session=v`: a session's cookie is worth as much as a password. Each cookie of a list is
    /// reported by its own name.
    pub(super) fn session(&mut self, mut found: Assignment) -> Option<Assignment> {
        let name = &self.text[found.name.clone()];
        if let Some(name) = cookie(name, &found.name) {
            let holds_more = self.text[found.value.clone()].contains(&b'=');
            // Its value may be on the next line.
            self.end = self.end.max(if holds_more { found.value.end } else { 0 });
            self.cookie = Some(Cookie { name, until: found.value.end });
            return (!holds_more).then_some(found);
        }
        if let Some(cookie) = &self.cookie {
            let lower = name.to_ascii_lowercase();
            let holds = |word: &&[u8]| memchr::memmem::find(&lower, word).is_some();
            if [&b"sess"[..], b"sid", b"login", b"remember", b"jwt", b"access"].iter().any(holds) {
                found.name = cookie.name.clone();
                found.form = Form::Cookie;
            }
        }
        Some(found)
    }

    /// `"cookies": [{"name": "session", "value": "v"}]`, as browsers record them: everything in it is read as
    /// cookies.
    pub(super) fn cookies(&mut self, name: &Range<usize>, from: usize) -> bool {
        let Some(name) = cookie(&self.text[name.clone()], name) else { return false };
        let open = skip_space(self.text, from);
        let object = skip_line(self.text, skip_space(self.text, open + 1));
        if self.text.get(open) != Some(&b'[') || self.text.get(object) != Some(&b'{') {
            return false;
        }
        let to = self.text.len().min(open + COOKIES_REACH);
        let until = memchr::memchr(b']', &self.text[open..to]).map_or(to, |i| open + i);
        self.end = self.end.max(until);
        self.cookie = Some(Cookie { name, until });
        true
    }

    /// Expects a `value:` for this name below. It may be on the next lines, which have no name of their own.
    pub(super) fn call(&mut self, name: Range<usize>) {
        // `name: {"defaultValue": {"value": "v"`.
        if let Some(outer) = &self.called
            && name.start.saturating_sub(outer.end) < GAP
            && is_one_of(&self.text[name.clone()], &["defaultvalue", "default"])
        {
            return;
        }
        let mut end = self.end;
        for _ in 0..3 {
            let to = self.text.len().min(end + 1 + BARE_REACH);
            if end < to {
                end = memchr::memchr(b'\n', &self.text[end + 1..to]).map_or(to, |i| end + 1 + i);
            }
        }
        if !self.line_ends_behind(name.end) {
            self.end = end;
        }
        self.called = Some(name);
    }

    /// Returns whether a line ends between `from` and the end of what is read. The last such place is kept, so
    /// that a long line is not searched again for each of its names.
    fn line_ends_behind(&mut self, from: usize) -> bool {
        let from = from.min(self.end);
        let Range { start, end } = self.no_newline.clone();
        if from < start || from > end {
            self.no_newline = from..from;
        }
        let known = self.no_newline.end.min(self.end);
        let newline = memchr::memchr(b'\n', &self.text[known..self.end]);
        self.no_newline.end = newline.map_or(self.end, |i| known + i);
        newline.is_some()
    }

    /// The value in `"value": "v", "name":` or `- value: v`, `name:` if `name` starts at `at`; in a tag, in
    /// `value="v"` before it.
    fn value_before(&mut self, at: usize) -> Option<Range<usize>> {
        let t = self.text;
        if let Some(open) = self.bracket.tag(t, at) {
            return attribute(t, open..at, HOLDS);
        }
        let floor = at.saturating_sub(BARE_REACH);
        let back = |mut end: usize, over: &[u8]| {
            while end > floor && over.contains(&t[end - 1]) {
                end -= 1;
            }
            end
        };
        let end = back(at, b"\"\r\n\t ,");
        let between = &t[end..at];
        let is_below = between.contains(&b'\n');
        let (open, value) = match close_quote(t, end + usize::from(between.first() == Some(&b'"')), floor) {
            Some((close, start)) => (start - 1, start..close),
            None if is_below && !between.contains(&b',') => {
                let length = t[floor..end].iter().rev().take_while(|b| **b > b' ').count();
                (end - length, end - length..end)
            }
            None => return None,
        };
        let colon = back_over_space(t, open, floor);
        let name = t[floor..colon].strip_suffix(b":")?;
        let name = name.strip_suffix(b"\"").unwrap_or(name);
        let length = name.iter().rev().take_while(|b| is_name(**b)).count();
        (is_one_of(&name[name.len() - length..], VALUES) && !value.is_empty()).then_some(value)
    }

    /// The `"value": "v"` of the JSON object in which `name` starts at `at`, with other members between them.
    fn value_in_object(&self, at: usize) -> Option<Range<usize>> {
        let t = self.text;
        let floor = at.saturating_sub(BARE_REACH);
        let open = floor + memchr::memrchr(b'{', &t[floor..at]).filter(|_| before(t, at) == Some(b'"'))? + 1;
        if memchr::memchr3(b'}', b'[', b']', &t[open..at]).is_some() {
            return None;
        }
        let end = open + memchr::memmem::find(&t[open..at], b"\"value\"")? + b"\"value\"".len();
        let colon = skip_space(t, end);
        let value = quotes::literal(t, skip_space(t, colon + 1)).filter(|_| t.get(colon) == Some(&b':'))?;
        (value.range.end < at).then_some(value.range)
    }

    /// Returns whether the string found is not the value but the first key of a table that opens at `from`:
    /// `name: {"value": "v"}`.
    pub(super) fn is_key(&self, from: usize, found: &Assignment) -> bool {
        let t = self.text;
        let opens = matches!(t.get(skip_space(t, from)), Some(b'{' | b'['));
        // Cookies are read as cookies.
        if !found.quoted || !opens || is_cookie(&t[found.name.clone()]) {
            return false;
        }
        let after = skip_space(t, found.value.end + 1);
        matches!(t.get(after), Some(b':')) || t[after.min(t.len())..].starts_with(b"=>")
    }

    /// `names: ["v", ...]`: more items may follow, on this line and below.
    pub(super) fn open_list(&mut self, found: &Assignment) {
        let t = self.text;
        let many = matches!(t[found.name.clone()].last(), Some(b's' | b'S'));
        if !found.quoted || !many || matches!(found.form, Form::Pair | Form::Entry) {
            return;
        }
        let quote = found.value.start - 1;
        let before = t[quote.saturating_sub(NAME_REACH)..quote].trim_ascii_end();
        let closes = match before.last() {
            Some(b'[') => b']',
            // `[]string{"v", ...}`, `new[] { "v", ... }`.
            Some(b'{') => b'}',
            _ => return,
        };
        if self.next_item(found.value.end + 1).is_some() {
            let to = t.len().min(quote + LIST_REACH);
            let end = memchr::memchr(closes, &t[quote..to]).map_or(to, |i| quote + i);
            self.end = self.end.max(end);
            self.list = Some((found.name.clone(), end));
        }
    }

    /// A YAML list has one item per line: `names:`, `- v`, `- v`. The first is found with the name; these are
    /// the ones below it.
    pub(super) fn take_items(&mut self, found: &Assignment) {
        if self.lang != Lang::Yaml {
            return;
        }
        let t = self.text;
        let first = found.value.start - usize::from(found.quoted);
        let floor = first.saturating_sub(NAME_REACH).max(found.name.end.min(first));
        let Some(newline) = memchr::memrchr(b'\n', &t[floor..first]).map(|i| floor + i) else { return };
        let lead = &t[newline + 1..first];
        if lead.trim_ascii() != b"-" {
            return;
        }
        let to = t.len().min(first + LIST_REACH);
        let mut at = found.value.end;
        let mut items = Vec::new();
        while let Some(newline) = t.get(at..to).and_then(|rest| memchr::memchr(b'\n', rest))
            && let start = at + newline + 1 + lead.len()
            && t[at + newline + 1..].starts_with(lead)
            && let Some(value) = value::wrapped(t, start).or_else(|| value::bare(t, start, true))
        {
            at = value.range.end;
            // `- name: v` is an entry of its own.
            if value.quoted || !t[value.range.clone()].ends_with(b":") {
                items.push(self.made(found.name.clone(), value, found.form));
            }
        }
        self.also.extend(items.into_iter().rev());
    }

    /// The start of the next list item, after the comma at `at`.
    fn next_item(&self, at: usize) -> Option<usize> {
        let after = |at| skip_line(self.text, skip_space(self.text, at));
        (self.text.get(at) == Some(&b',')).then(|| after(at + 1))
    }

    /// The value after a comma: that of a pair, or the next item of a list.
    pub(super) fn item(&mut self, at: usize) -> Option<Assignment> {
        let pair = self.pair(at);
        let item = self.list.clone().filter(|(_, end)| at < *end).and_then(|(name, _)| {
            let item = quotes::literal(self.text, self.next_item(at)?)?;
            let after = self.text[item.range.end..].iter().skip(1).find(|b| !is_space(**b));
            matches!(after, Some(b',' | b']' | b'}' | b'\n' | b'\r'))
                .then(|| self.made(name, item, Form::Equals))
        });
        if pair.is_some() {
            self.also.extend(item);
            return pair;
        }
        item
    }
}

impl Assignments<'_> {
    /// Returns whether the quote at `at` may open a string in PHP's serialised form: `s:12:"`, possibly
    /// escaped.
    pub(super) fn is_serialised(&self, at: usize) -> bool {
        let head = &self.text[..at];
        let head = head.strip_suffix(b"\\").unwrap_or(head);
        matches!(head, [.., b'0'..=b'9', b':'])
    }

    /// PHP's `s:13:"name";s:12:"v";`: the second string, whose quote is at `at`.
    pub(super) fn serialised(&self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.floor(at);
        let open = at - usize::from(before(t, at) == Some(b'\\'));
        let head = t[floor..open].strip_suffix(b":")?;
        let digits = head.iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let head = head[..head.len() - digits].strip_suffix(b"s:")?.strip_suffix(b";")?;
        let (close, start) = close_quote(t, floor + head.len(), floor)?;
        let name = start..close;
        if name.is_empty() || digits == 0 || !self.wants(&name) {
            return None;
        }
        Some(self.made(name, quotes::literal(t, open)?, Form::Arrow))
    }
}

/// The place of the argument after an option of a YAML list, which ends at `end`: `[--name, "v"]`, and `- --name` with
/// `- v` below.
pub(super) fn next_argument(t: &[u8], end: usize) -> Option<usize> {
    let end = end + usize::from(matches!(t.get(end), Some(b'"' | b'\'')));
    if t.get(end) == Some(&b',') {
        return Some(skip_space(t, end + 1));
    }
    let below = skip_line(t, end);
    (below > end && t[below..].starts_with(b"- ")).then(|| skip_space(t, below + 2))
}

/// The last part of the path by which a store knows a value: `/prod/db/password`.
fn last_part(t: &[u8], name: Range<usize>) -> Range<usize> {
    let slash = memchr::memrchr(b'/', &t[name.clone()]).filter(|i| i + 1 < name.len());
    slash.map_or(name.start, |i| name.start + i + 1)..name.end
}

/// Returns whether a name follows SQL's `WHERE`.
fn is_condition(before: &[u8]) -> bool {
    let before = before.strip_suffix(b"`").or(before.strip_suffix(b"\"")).unwrap_or(before).trim_ascii_end();
    before.len().checked_sub(5).is_some_and(|at| before[at..].eq_ignore_ascii_case(b"where"))
}

/// Returns whether a name ends in the word `Cookie`.
fn is_cookie(name: &[u8]) -> bool {
    cookie(name, &(0..name.len())).is_some()
}

/// The range of the word `Cookie` at the end of a name.
fn cookie(name: &[u8], at: &Range<usize>) -> Option<Range<usize>> {
    let plural = usize::from(name.last() == Some(&b's'));
    let name = &name[..name.len() - plural];
    let word = name.len().checked_sub(6)?;
    name[word..].eq_ignore_ascii_case(b"cookie").then(|| at.start..at.end - plural)
}
