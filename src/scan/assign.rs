//! Assignments: names and the values given to them, in every form that people store keys in.
//!
//! One hand-written pass over a window of bytes looks at separators (`=`, `:`, `=>`, `,`, `(`, `>`, a flag's dash,
//! a quote) and from each a bounded way left for a name and right for a value. So all languages share one mechanism;
//! they differ in one thing only: whether a word without quotes is a value ([`bare_words`]).
//!
//! Any bytes are safe, the ranges lie in the text, and the cost is linear: every look is bounded.

use crate::text::lang::Lang;
use std::ops::Range;

/// How far left of a separator a name may begin.
const NAME_REACH: usize = 96;
/// The longest value in quotes.
const VALUE_REACH: usize = 4096;
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

    fn equals(&mut self, at: usize) -> Option<Assignment> {
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

    fn colon(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        if matches!(t.get(at + 1), Some(b':' | b'=')) || before(t, at) == Some(b':') {
            return None;
        }
        if t[at + 1..].starts_with(b"//") {
            return None;
        }
        let name = name_before(t, at, self.floor(at))?;
        self.give(name, at + 1, Form::Colon)
    }

    /// `"name", "value"`.
    fn pair(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.floor(at);
        let close = back_over_space(t, at, floor);
        let (open, _) = close_quote(t, close, floor)?;
        let name = name_before(t, at, floor)?;
        debug_assert!(name.end <= open);
        if !t[name.clone()].iter().all(|b| is_name(*b)) {
            return None;
        }
        let value = self.value_after(at + 1, false)?;
        value.quoted.then(|| self.made(name, value, Form::Pair))
    }

    /// `name("value")`, and Perl's and Ruby's `name 'value'` is [`Assignments::quote`].
    fn call(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.floor(at);
        let name = word_before(t, at, floor)?;
        let value = wrapped(t, skip_space(t, at + 1))
            .filter(|v| v.via.is_none() || t[name.clone()].ends_with(b"Key"))?;
        Some(self.made(name, value, Form::Call))
    }

    /// `<name>value</name>`.
    fn element(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.floor(at);
        if matches!(before(t, at), Some(b'/' | b'-' | b'=' | b'?')) {
            return None;
        }
        let open = memchr::memrchr(b'<', &t[floor..at])? + floor + 1;
        let length = t[open..at].iter().take_while(|b| is_name(**b) || **b == b':').count();
        let start = t[open..open + length].iter().rposition(|b| *b == b':').map_or(open, |i| open + i + 1);
        let name = start..open + length;
        let from = skip_space(t, at + 1);
        let to = t.len().min(from + BARE_REACH);
        let stop = from + memchr::memchr2(b'<', b'\n', &t[from..to])?;
        let closing = t[stop..].strip_prefix(b"</")?;
        if name.is_empty() || !closing.starts_with(&t[open..open + length]) {
            return None;
        }
        let value = from..back_over_space(t, stop, from);
        if value.is_empty() {
            return None;
        }
        let value = Found { range: value, quoted: true, via: None };
        Some(self.made(name, value, Form::Element))
    }

    /// `--name value`, `-x value`.
    fn flag(&mut self, at: usize) -> Option<Assignment> {
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
        if t.get(name.end) != Some(&b' ') {
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
    fn quote(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let previous = before(t, at);
        let escaped = previous == Some(b'\\');
        match self.string {
            Some(q) if q == t[at] && !escaped => {
                self.string = None;
                return None;
            }
            Some(_) => return None,
            // An apostrophe in prose opens nothing.
            None if t[at] == b'\'' && previous.is_some_and(|b| b.is_ascii_alphanumeric()) => return None,
            None if !escaped => self.string = Some(t[at]),
            None => {}
        }
        if !matches!(previous, Some(b' ' | b'\t')) {
            return None;
        }
        let floor = self.floor(at);
        let name = word_before(t, back_over_space(t, at, floor), floor)?;
        let value = literal(t, at)?;
        Some(self.made(name, value, Form::Space))
    }

    fn hash(&mut self, at: usize) -> Option<Assignment> {
        let starts =
            self.string.is_none() && matches!(before(self.text, at), None | Some(b' ' | b'\t' | b'\n'));
        self.comment |= starts && !matches!(self.lang, Lang::C | Lang::CSharp | Lang::Html | Lang::Markdown);
        None
    }

    /// `ENV NAME value`, `ARG NAME value`, `setenv NAME value`.
    fn command(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let word = [&b"ENV "[..], b"ARG ", b"setenv "].into_iter().find(|w| t[at..].starts_with(w))?;
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

    /// The value right of `from`: a literal, perhaps in a call; or a bare word where that is one.
    fn value_after(&self, from: usize, line_level: bool) -> Option<Found> {
        let t = self.text;
        let mut at = skip_space(t, from);
        let mut bare_allowed = bare_words(self.lang) || self.string.is_some() || self.comment;
        let form_is_colon = from > 0 && t[from - 1] == b':';
        if matches!(self.lang, Lang::Html | Lang::Markdown) {
            at = skip_tags(t, at);
        }
        let below = matches!(t.get(at), Some(b'\n' | b'\r'));
        if below {
            at = self.next_line(at, &mut bare_allowed)?;
        }
        if let Some(found) = wrapped(t, at) {
            return Some(found);
        }
        if !bare_allowed {
            // A configuration in a string of many lines: a word that stands alone on its line.
            let tight = form_is_colon || !is_space(t[from.min(t.len() - 1)]);
            // A bare word below is the next line's own matter: `DB_PASSWORD=` is empty, whatever follows.
            if !line_level || !tight || below {
                return None;
            }
            let found = bare(t, at, false)?;
            let rest = t[found.range.end..].iter().take(GAP).find(|b| !is_space(**b));
            return matches!(rest, None | Some(b'\n' | b'\r' | b'\\')).then_some(found);
        }
        if self.lang == Lang::Yaml && matches!(t.get(at), Some(b'|' | b'>')) {
            let end = at + memchr::memchr(b'\n', &t[at..t.len().min(at + 8)])?;
            return bare(t, skip_space(t, end + 1), true);
        }
        bare(t, at, line_level && self.string.is_none())
    }

    /// Where the value begins when the line ends after the separator: a literal, or an item of a YAML list.
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

/// A value on the right.
#[derive(Debug)]
struct Found {
    range: Range<usize>,
    quoted: bool,
    via: Option<Range<usize>>,
}

/// A literal, behind brackets, prefixes and calls: `["v"`, `new String("v")`, `[]byte("v")`, `b'v'`.
fn wrapped(t: &[u8], from: usize) -> Option<Found> {
    let mut at = from;
    let mut via = None;
    for _ in 0..4 {
        if let Some(found) = literal(t, at) {
            return Some(Found { via, ..found });
        }
        match t.get(at)? {
            b'[' | b'(' | b'{' | b'&' | b'*' => at = skip_space(t, at + 1),
            b']' if via.is_none() => at += 1,
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
                    Some(b' ') if &t[word.clone()] == b"new" => at = skip_space(t, next),
                    _ => return None,
                }
            }
            b'@' | b'$' => at += 1,
            _ => return None,
        }
    }
    None
}

/// A string literal that begins at `at`: prefix letters, quote, content, the same quote. Quotes may be escaped (JSON
/// in a string) or HTML entities.
fn literal(t: &[u8], at: usize) -> Option<Found> {
    let rest = &t[at.min(t.len())..];
    let prefix = rest
        .iter()
        .take(3)
        .take_while(|b| {
            matches!(b, b'b' | b'B' | b'u' | b'U' | b'r' | b'R' | b'f' | b'F' | b'L' | b'@' | b'$')
        })
        .count();
    let slashes = rest[prefix..].iter().take(8).take_while(|b| **b == b'\\').count();
    let open = at + prefix + slashes;
    let found = |range: Range<usize>| (!range.is_empty()).then_some(Found { range, quoted: true, via: None });
    let limit = t.len().min(open + VALUE_REACH);
    for entity in ENTITIES {
        if t[open.min(t.len())..].starts_with(entity) {
            let start = open + entity.len();
            let end = start + memchr::memmem::find(&t[start..limit.max(start)], entity)?;
            return found(start..end);
        }
    }
    let q = *t.get(open)?;
    if !matches!(q, b'"' | b'\'' | b'`') {
        return None;
    }
    if q == b'`' && t.get(open + 1) == Some(&b'`') {
        // Markdown: as many at the end as at the start.
        let ticks = t[open..limit].iter().take_while(|b| **b == b'`').count();
        let start = open + ticks;
        let end = start + memchr::memchr2(b'`', b'\n', &t[start..limit.max(start)])?;
        return found(start..end);
    }
    if slashes == 0 && t[open..].starts_with(&[q, q, q]) {
        let start = open + 3;
        let end = memchr::memmem::find(&t[start..limit.max(start)], &[q, q, q]).map(|i| start + i)?;
        return found(start..end);
    }
    let mut from = open + 1;
    while from < limit {
        let i = from + memchr::memchr2(q, b'\n', &t[from..limit])?;
        if t[i] == b'\n' {
            return None;
        }
        let back = t[open + 1..i].iter().rev().take_while(|b| **b == b'\\').count();
        // Outside a string an even number of backslashes escapes nothing; inside, the closing quote has as many as
        // the opening one, or fewer where the outer string ends.
        if if slashes == 0 { back % 2 == 0 } else { back <= slashes } {
            let end = if slashes == 0 { i } else { i - back };
            return found(open + 1..end.max(open + 1));
        }
        from = i + 1;
    }
    None
}

const ENTITIES: [&[u8]; 5] = [b"&quot;", b"&#34;", b"&#39;", b"&apos;", b"&#x27;"];

/// A word without quotes at `at`. On a line of its own it may hold any punctuation, else it ends at some.
fn bare(t: &[u8], at: usize, line_level: bool) -> Option<Found> {
    let rest = &t[at.min(t.len())..t.len().min(at + BARE_REACH)];
    if matches!(rest.first()?, b'"' | b'\'' | b'`' | b'{' | b'[' | b'=' | b',' | b';' | b')' | b'/')
        && rest[0] != b'/'
    {
        return None;
    }
    let stops = |b: u8| {
        b <= b' '
            || matches!(b, b'"' | b'\'' | b'`')
            || (!line_level
                && matches!(b, b',' | b';' | b'&' | b')' | b'}' | b']' | b'<' | b'>' | b'|' | b'\\'))
    };
    let mut length = rest.iter().position(|b| stops(*b)).unwrap_or(rest.len());
    while length > 0 && matches!(rest[length - 1], b',' | b';') {
        length -= 1;
    }
    (length > 0).then(|| Found { range: at..at + length, quoted: false, via: None })
}

/// The name that ends before `end`: a word, a string, or what stands in brackets.
fn name_before(t: &[u8], end: usize, floor: usize) -> Option<Range<usize>> {
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
        last @ (b']' | b'>') => {
            let open = memchr::memrchr(if last == b']' { b'[' } else { b'<' }, &t[floor..end])? + floor;
            let close = back_over_space(t, end - 1, open);
            if last == b']'
                && let Some((close, start)) = close_quote(t, close, open)
            {
                return (start < close).then_some(start..close);
            }
            end = open;
        }
        _ => {}
    }
    word_before(t, back_over_space(t, end, floor), floor)
}

/// The word that ends at `end`.
fn word_before(t: &[u8], end: usize, floor: usize) -> Option<Range<usize>> {
    let length = t[floor.min(end)..end].iter().rev().take_while(|b| is_name(**b)).count();
    let mut start = end - length;
    while start < end && matches!(t[start], b'-' | b'.' | b'$') {
        start += 1;
    }
    (start < end).then_some(start..end)
}

/// In `name: Type =` and `name string =` the name is not what stands at the equals sign.
fn untyped(t: &[u8], name: Range<usize>, floor: usize) -> Range<usize> {
    let mut end = name.start;
    while end > floor && matches!(t[end - 1], b' ' | b'\t' | b'&' | b'*' | b'|' | b'[' | b'\'') {
        end -= 1;
    }
    if end == name.start && before(t, end) != Some(b':') {
        return name;
    }
    let typed = before(t, end) == Some(b':') && end >= 2 && t[end - 2] != b':';
    if typed {
        return name_before(t, end - 1, floor).unwrap_or(name);
    }
    if is_one_of(&t[name.clone()], &["string", "str", "text", "byte", "char", "null", "undefined"]) {
        return word_before(t, end, floor).unwrap_or(name);
    }
    name
}

/// When a quote ends at `end`: where its content ends and where it starts.
fn close_quote(t: &[u8], end: usize, floor: usize) -> Option<(usize, usize)> {
    let head = t.get(floor..end)?;
    for entity in ENTITIES {
        if head.ends_with(entity) {
            let close = end - entity.len();
            let start = memchr::memmem::rfind(&t[floor..close], entity)? + floor + entity.len();
            return Some((close, start));
        }
    }
    let q = *head.last()?;
    if !matches!(q, b'"' | b'\'' | b'`') {
        return None;
    }
    let slashes = head[..head.len() - 1].iter().rev().take(8).take_while(|b| **b == b'\\').count();
    let close = end - 1 - slashes;
    let start = memchr::memrchr(q, &t[floor..close])? + floor + 1;
    Some((close, start))
}

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$') || b >= 0x80
}

fn is_space(b: u8) -> bool {
    b == b' ' || b == b'\t'
}

/// Only comment marks, list marks and indentation.
fn only_marks(lead: &[u8]) -> bool {
    lead.len() <= GAP
        && lead.iter().all(|b| matches!(b, b' ' | b'\t' | b'#' | b';' | b'/' | b'*' | b'>' | b'!' | b'-'))
}

fn before(t: &[u8], at: usize) -> Option<u8> {
    at.checked_sub(1).and_then(|i| t.get(i)).copied()
}

fn back_over_space(t: &[u8], mut at: usize, floor: usize) -> usize {
    while at > floor && is_space(t[at - 1]) {
        at -= 1;
    }
    at
}

fn skip_space(t: &[u8], at: usize) -> usize {
    let at = at.min(t.len());
    at + t[at..].iter().take(GAP).take_while(|b| is_space(**b)).count()
}

/// Highlighted source in HTML has tags between a name and its value.
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

fn trim(t: &[u8], r: Range<usize>) -> Range<usize> {
    let body = &t[r.clone()];
    let lead = body.len() - body.trim_ascii_start().len();
    let tail = body.len() - body.trim_ascii_end().len();
    if lead == body.len() { r.start..r.start } else { r.start + lead..r.end - tail }
}

fn is_one_of(name: &[u8], words: &[&str]) -> bool {
    words.iter().any(|w| name.eq_ignore_ascii_case(w.as_bytes()))
}

#[cfg(test)]
mod tests;
