//! Defaults: a literal that is used if a variable, an option or a setting has no value.

use super::bytes::{GAP, back_over_space, before, is_name, is_one_of, is_space, skip_line, skip_space};
use super::name::{name_before, opening, untyped, word_before};
use super::quotes::{close_quote, literal};
use super::types::{Assignment, Assignments, Form};
use super::value::wrapped;
use crate::text::lang::Lang;
use crate::text::line;
use crate::text::short;
use std::ops::Range;

/// Bytes before a default in which its call or its chain of calls may start.
const REACH: usize = 320;
/// Most lines of a call.
const LINES: usize = 6;
/// Least bytes of a default; shorter ones are options: `|| "none"`.
const SHORTEST: usize = 8;
/// Methods whose argument is returned if there is no value.
const METHODS: [&str; 16] = [
    "default",
    "defaultvalue",
    "withdefault",
    "with_default",
    "default_value",
    "setdefault",
    "orelse",
    "or_else",
    "orelseget",
    "getorelse",
    "unwrap_or",
    "unwrap_or_else",
    "valueor",
    "value_or",
    "fallback",
    "catch",
];
/// Arguments that hold a default.
const ARGUMENTS: [&str; 4] = ["default", "defaultvalue", "default_value", "value"];
/// Arguments that name the variable.
const VARIABLES: [&[u8]; 5] = [b"env", b"envvar", b"env_var", b"validation_alias", b"name"];

impl Assignments<'_> {
    /// `NAME || "v"`, `get("NAME") or "v"`: the literal at `at`, if the operator before it ends at `end`. It is
    /// assigned to the variable and to what the whole expression is assigned to.
    pub(super) fn fallback(&mut self, at: usize, end: usize) -> Option<Assignment> {
        let t = self.text;
        let (end, line) = self.or_above(end, self.line);
        let floor = line.max(end.saturating_sub(REACH)).min(end);
        let head = &t[floor..end];
        let perl = if self.lang == Lang::Perl { &b"//"[..] } else { b"||" };
        let signs = [&b"||"[..], b"??", b" or", b"?:", perl];
        let head = signs.iter().find_map(|w| head.strip_suffix(*w))?;
        let (end, line) = self.or_above(back_over_space(t, floor + head.len(), floor), line);
        let floor = line.max(end.saturating_sub(REACH)).min(end);
        let variable = variable_before(t, end, floor);
        let value = literal(t, at).filter(|v| v.range.len() >= SHORTEST)?;
        let outer = given_to(t, variable.as_ref().map_or(end, |v| v.start), floor);
        let names = [variable, outer].into_iter().flatten();
        let all = names.map(|name| self.literal_for(name, &value.range)).collect();
        self.several(all)
    }

    /// `name = c ? "v" : x`, `name = c ? x : "v"`, Python's `name = x if c else "v"`: the literal at `at`, if what is before it ends
    /// at `end`.
    pub(super) fn of_condition(&mut self, at: usize, end: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.line.max(end.saturating_sub(REACH)).min(end);
        let head = &t[floor..end];
        let is_part = |b: &u8| !matches!(b, b',' | b'{' | b'}' | b';' | b':');
        let asks = |head: &[u8]| {
            let at = memchr::memmem::rfind(head, b" ? ")?;
            head[at + 3..].iter().all(is_part).then_some(at)
        };
        let condition = match self.lang {
            Lang::Python => memchr::memmem::rfind(head.strip_suffix(b" else")?, b" if ")?,
            lang if lang.is_program() => match head.strip_suffix(b" ?") {
                Some(condition) => condition.len(),
                None => asks(head.strip_suffix(b":")?)?,
            },
            _ => return None,
        };
        let value = literal(t, at).filter(|v| v.range.len() >= SHORTEST)?;
        // The first sign that assigns: a condition may compare.
        let start = memchr::memrchr3(b'{', b',', b'(', &head[..condition]).map_or(0, |i| i + 1);
        let (floor, before) = (floor + start, &head[start..condition]);
        let assigns = |i: &usize| {
            !matches!(before[..*i].last(), None | Some(b'=' | b'!' | b'<' | b'>'))
                && !matches!(before.get(i + 1), Some(b'=' | b'>'))
        };
        let sign = memchr::memchr_iter(b'=', before).find(assigns);
        let name = match sign {
            Some(sign) => {
                let end = floor + sign - usize::from(matches!(before[..sign].last(), Some(b':')));
                untyped(t, name_before(t, end, floor)?, floor)
            }
            None => given_to(t, floor + before.len(), floor)?,
        };
        self.wants(&name).then(|| self.literal_for(name, &value.range))
    }

    /// The end of the line above and its start, if `end` is the start of a line.
    fn or_above(&self, end: usize, start: usize) -> (usize, usize) {
        let t = self.text;
        if end > start || start == 0 {
            return (end, start);
        }
        let above = line::start(t, start - 1, REACH);
        let end = above + t[above..start - 1].trim_ascii_end().len();
        (end, above)
    }

    fn literal_for(&self, name: Range<usize>, value: &Range<usize>) -> Assignment {
        let line_level = self.line_level(name.start);
        let value = value.clone();
        Assignment { name, value, form: Form::Equals, quoted: true, line_level, via: None }
    }

    /// Returns the first of these and keeps the others.
    fn several(&mut self, all: Vec<Assignment>) -> Option<Assignment> {
        let mut all = all.into_iter();
        let first = all.next();
        self.also.extend(all.rev());
        first
    }

    /// `get("NAME").orElse("v")`, `NAME: string().default("v")`: the bracket at `at` follows this method.
    pub(super) fn default_of_chain(&mut self, at: usize, method: &[u8]) -> Option<Assignment> {
        let t = self.text;
        if !is_one_of(method, &METHODS) {
            return None;
        }
        let start = at - method.len();
        let floor = start.saturating_sub(REACH);
        let value = wrapped(t, over_closure(t, at + 1))?;
        if before(t, start) != Some(b'.') {
            // A template filter: `{{ name | default("v") }}`.
            let pipe = back_over_space(t, start, self.floor(start));
            let name =
                (before(t, pipe) == Some(b'|')).then(|| name_before(t, pipe - 1, self.floor(pipe)))??;
            return self.wants(&name).then(|| self.literal_for(name, &value.range));
        }
        let (head, string) = chain(t, start - 1, floor);
        let property = word_before(t, start - 1, head);
        let outer = given_to(t, head, floor);
        let names: Vec<_> =
            [string, property, outer].into_iter().flatten().filter(|n| self.wants(n)).collect();
        let all = names.into_iter().map(|name| self.literal_for(name, &value.range)).collect();
        self.several(all)
    }

    /// `name | default "v"` and `default "v" .name` of templates; `word` is the word before the quote.
    pub(super) fn piped_default(
        &self,
        quote: usize,
        word: &Range<usize>,
        floor: usize,
    ) -> Option<Assignment> {
        let t = self.text;
        if &t[word.clone()] != b"default" {
            return None;
        }
        let value = literal(t, quote)?.range;
        let pipe = back_over_space(t, word.start, floor);
        let name = if before(t, pipe) == Some(b'|') {
            name_before(t, pipe - 1, floor)?
        } else {
            let from = skip_space(t, value.end + 1);
            let length = t.get(from..)?.iter().take(GAP).take_while(|b| is_name(**b)).count();
            from + usize::from(t.get(from) == Some(&b'.'))..from + length
        };
        (!name.is_empty() && self.wants(&name)).then(|| self.literal_for(name, &value))
    }

    /// The name of what a call gets a default for, if the argument's name starts at `at`: `get("NAME",
    /// default="v")`, `name = Field(default="v")`, `arg(env = "NAME", default_value = "v")`.
    pub(super) fn name_of_call(&self, at: usize, argument: &[u8]) -> Option<Range<usize>> {
        let t = self.text;
        if !self.lang.is_program() || !is_one_of(argument, &ARGUMENTS) {
            return None;
        }
        let floor = at.saturating_sub(REACH);
        let open = open_call(t, at, floor)?;
        if self.called.as_ref().is_some_and(|called| called.start > open) {
            return None;
        }
        let mut from = after_blank(t, open + 1);
        let mut first = None;
        // `"-k", "--api-key"`: the longest is the most telling.
        while let Some(string) = literal(t, from).filter(|s| s.range.end < at) {
            from = after_blank(t, string.range.end + 1);
            first = first.filter(|f: &Range<usize>| f.len() > string.range.len()).or(Some(string.range));
            if t.get(from) != Some(&b',') {
                break;
            }
            from = after_blank(t, from + 1);
        }
        if let Some(mut name) = first {
            name.start += t[name.clone()].iter().take_while(|b| **b == b'-').count();
            return (!name.is_empty() && t[name.clone()].iter().all(|b| is_name(*b))).then_some(name);
        }
        let to = t.len().min(at + REACH);
        let close = t[at..to].iter().position(|b| *b == b')').map_or(to, |i| at + i);
        let named = VARIABLES.iter().find_map(|word| argument_value(t, open + 1..close, word));
        named.or_else(|| given_to(t, open, floor))
    }

    /// Rust's `#[arg(default_value = "v")]` on the line above a field.
    pub(super) fn attribute_above(&self, name: &Range<usize>) -> Option<Assignment> {
        let t = self.text;
        let end = self.line.checked_sub(1).filter(|_| self.lang == Lang::Rust)?;
        let start = line::start(t, end, REACH);
        if !t[start..end].trim_ascii_start().starts_with(b"#[") {
            return None;
        }
        let value = argument_value(t, start..end, b"default_value")?;
        Some(self.literal_for(name.clone(), &value))
    }

    /// Returns whether the last line continues below with a default for what it reads; then that is read too.
    pub(super) fn goes_on(&mut self) -> bool {
        let t = self.text;
        let line = &t[self.line.min(self.end)..self.end];
        let next = skip_line(t, self.end);
        if next == self.end || !self.lang.is_program() {
            return false;
        }
        let starts = |sign: &[u8]| t[next..].starts_with(sign);
        let ends = |sign: &[u8]| line.trim_ascii_end().ends_with(sign);
        let signs = [&b"||"[..], b"??", b"?:"];
        let goes_on = signs.iter().any(|s| ends(s) || starts(s))
            || ends(b" or")
            || [&b".or"[..], b".unwrap_or", b".default", b".get"].iter().any(|s| starts(s));
        let to = t.len().min(next + REACH);
        let line_end = |at: usize| memchr::memchr(b'\n', &t[at..to]).map_or(to, |i| at + i);
        if goes_on {
            self.end = line_end(next);
            return true;
        }
        // `"--name",` and the other arguments of its call below.
        let is_string = matches!(line.trim_ascii(), [b'"', .., b'"', b','] | [b'\'', .., b'\'', b',']);
        let below = if is_string { memchr::memmem::find(&t[next..to], b"default") } else { None };
        match below.filter(|i| !t[next..next + i].contains(&b')')) {
            Some(default) => self.end = line_end(next + default),
            None => return false,
        }
        true
    }
}

/// The variable read by an expression that ends at `end`: `NAME`, `env["NAME"]`, `get("NAME")`, `$ENV{NAME}`.
fn variable_before(t: &[u8], end: usize, floor: usize) -> Option<Range<usize>> {
    // Crystal's `ENV["NAME"]?`.
    let end = end - usize::from(t[floor..end].ends_with(b"]?"));
    let inner = end - usize::from(matches!(before(t, end), Some(b')' | b']' | b'}')));
    match close_quote(t, inner, floor) {
        Some((close, start)) => (start < close).then_some(start..close),
        None => word_before(t, inner, floor),
    }
}

/// The variable that a call reads from the environment, if the call ends at `end`.
pub(super) fn variable_in_call(t: &[u8], end: usize, floor: usize) -> Option<Range<usize>> {
    let (close, start) = close_quote(t, end.checked_sub(1)?, floor)?;
    let call = word_before(t, start.checked_sub(2)?, floor)?;
    let reads = t[call].to_ascii_lowercase();
    (start < close && short::find(&reads, b"env").is_some()).then_some(start..close)
}

/// The name that an expression is assigned to, of which a part starts at `at`.
fn given_to(t: &[u8], mut at: usize, floor: usize) -> Option<Range<usize>> {
    while at > floor {
        match t[at - 1] {
            b'=' if matches!(before(t, at - 1), Some(b'=' | b'!' | b'<' | b'>')) => return None,
            b'=' => {
                let end = at - 1 - usize::from(matches!(before(t, at - 1), Some(b':' | b'?' | b'|' | b'+')));
                return name_before(t, end, floor).map(|name| untyped(t, name, floor));
            }
            b':' if before(t, at - 1) == Some(b':') => at -= 2,
            b':' => return name_before(t, at - 1, floor),
            b';' | b'\n' | b',' | b'{' | b'?' => return None,
            _ => at -= 1,
        }
    }
    None
}

/// The start of the chain of calls whose last dot is at `dot`, and the first string in its brackets.
fn chain(t: &[u8], dot: usize, floor: usize) -> (usize, Option<Range<usize>>) {
    let (mut at, mut string) = (dot, None);
    while at > floor {
        match t[at - 1] {
            b')' | b']' => {
                let Some(open) = opening(t, at, floor) else { break };
                let inner = &t[open + 1..at - 1];
                if let Some(quote) = inner.iter().position(|b| matches!(b, b'"' | b'\'')) {
                    string = literal(t, open + 1 + quote).map(|s| s.range).filter(|s| s.end < at).or(string);
                }
                at = open;
            }
            b'.' | b':' | b'!' | b'?' => {
                // In `name: x()` the colon is not part of it.
                if t[at - 1] == b':' && before(t, at - 1) != Some(b':') && t.get(at) != Some(&b':') {
                    break;
                }
                at -= 1;
            }
            b if is_name(b) => at -= 1,
            b if b.is_ascii_whitespace() => {
                let back = t[floor..at].trim_ascii_end().len() + floor;
                // A call of a chain on a line of its own.
                if t.get(at) != Some(&b'.') || !t[back..at].contains(&b'\n') {
                    break;
                }
                at = back;
            }
            _ => break,
        }
    }
    (at, string)
}

/// Skips the head of a closure: `|_| `, `|| `, `() -> `, `_ => `.
fn over_closure(t: &[u8], at: usize) -> usize {
    let from = after_blank(t, at);
    let rest = &t[from..t.len().min(from + 24)];
    let length = match rest.first() {
        Some(b'|') => rest[1..].iter().position(|b| *b == b'|').map(|i| i + 2),
        Some(b'(' | b'_' | b'a'..=b'z') => {
            let arrow = [&b"->"[..], b"=>"].iter().find_map(|a| short::find(rest, a));
            arrow.filter(|i| !rest[..*i].contains(&b'"')).map(|i| i + 2)
        }
        _ => None,
    };
    length.map_or(from, |length| after_blank(t, from + length))
}

/// The bracket of the call that is open at `at`.
fn open_call(t: &[u8], at: usize, floor: usize) -> Option<usize> {
    let (mut depth, mut lines) = (0usize, 0);
    for i in (floor..at).rev() {
        match t[i] {
            b')' => depth += 1,
            b'(' if depth == 0 => return Some(i),
            b'(' => depth -= 1,
            b'\n' => lines += 1,
            // The body of a function is not an argument.
            b'>' if t[..i].ends_with(b"=") => return None,
            b'{' if t[floor..i].trim_ascii_end().ends_with(b")") => return None,
            b';' => return None,
            _ => {}
        }
        if lines > LINES {
            return None;
        }
    }
    None
}

/// The string of the argument with this name.
fn argument_value(t: &[u8], arguments: Range<usize>, word: &[u8]) -> Option<Range<usize>> {
    memchr::memmem::find_iter(t.get(arguments.clone())?, word).find_map(|i| {
        let at = arguments.start + i;
        if before(t, at).is_some_and(is_name) {
            return None;
        }
        let sign = skip_space(t, at + word.len());
        let string =
            matches!(t.get(sign), Some(b'=' | b':')).then(|| literal(t, skip_space(t, sign + 1)))??;
        Some(string.range)
    })
}

fn after_blank(t: &[u8], at: usize) -> usize {
    let at = skip_space(t, at);
    let next = skip_line(t, at);
    if next > at && t.get(next).is_some_and(|b| is_space(*b)) { skip_space(t, next) } else { next }
}
