//! Tables of secrets: `apiKeys: { prod: "v", test: "w" }`, the lines below `passwords:` in YAML and below `[passwords]` in
//! TOML and INI.
//!
//! The table's name says what the values are, and each key only whose. So a value counts only if it is random, and its
//! key does not say that it is something else.

use super::bytes::{is_name, is_one_of, skip_line, skip_space};
use super::name::name_before;
use super::quotes::literal;
use super::types::{Assignment, Assignments, Form, Found, NAME_REACH};
use super::value;
use crate::text::lang::Lang;
use crate::text::line;
use crate::text::randomness::{is_random, is_uuid};
use crate::text::words;
use std::ops::Range;

/// Bytes of a table that are read.
const REACH: usize = 2 << 10;
/// Most bytes of a table's type.
const TYPE: usize = 96;
/// Least bytes of a value.
const SHORTEST: usize = 12;
/// Keys of records, as in a lock file's `"js-tokens": {"version": "4.0.0", "integrity": "sha512-..."}`.
const OF_RECORDS: [&str; 20] = [
    "id",
    "uuid",
    "type",
    "kind",
    "kty",
    "version",
    "resolved",
    "integrity",
    "hash",
    "sha",
    "sha1",
    "sha256",
    "md5",
    "digest",
    "checksum",
    "etag",
    "commit",
    "revision",
    // Jobs of CI: `update-secret: ... uses: actions/checkout@...`.
    "runs-on",
    "uses",
];
/// Keys of what stands beside a secret in its table.
const BESIDE: [&str; 12] = [
    "arn",
    "description",
    "filename",
    "host",
    "image",
    "name",
    "path",
    "title",
    "uri",
    "url",
    "user",
    "username",
];
/// Last words of names of tables whose values are secrets.
const OF_SECRETS: [&str; 7] =
    ["tokens", "secret", "secrets", "passwords", "passwds", "passphrases", "credentials"];
/// Words behind them that say only that it is a table: `secretEnv`, `secretData`.
const TABLES: [&str; 8] = ["data", "env", "envs", "map", "values", "variables", "vars", "environment"];
/// Words of tables whose values nobody can read.
const SEALED: [&str; 3] = ["encrypted", "sealed", "external"];
/// Words before `keys` in such names.
const KEYS: [&str; 9] =
    ["api", "access", "secret", "private", "signing", "encryption", "auth", "app", "service"];

impl Assignments<'_> {
    /// Adds the members of the table that opens at `from` or shortly behind, if `name` says that they are secrets.
    pub(super) fn members(&mut self, name: &Range<usize>, from: usize) {
        let t = self.text;
        if !is_of_secrets(&t[name.clone()]) {
            return;
        }
        let all = match opening(t, from) {
            Some(open) => in_brackets(t, open),
            None if self.lang == Lang::Yaml => in_block(t, name.start, from),
            None => return,
        };
        self.members_of(name, all);
    }

    /// Adds these members of a table with this name.
    pub(super) fn members_of(&mut self, name: &Range<usize>, all: Vec<(Range<usize>, Found)>) {
        let t = self.text;
        if all.iter().any(|(key, _)| is_one_of(&t[key.clone()], &OF_RECORDS)) {
            return;
        }
        for (key, value) in all.into_iter().rev() {
            let key = t[key].to_ascii_lowercase();
            let v = &t[value.range.clone()];
            let is_other = key.ends_with(b"id")
                || key.ends_with(b"hash")
                || key.starts_with(b"public")
                || is_one_of(&key, &BESIDE);
            if v.len() >= SHORTEST && !is_other && !is_uuid(v) && is_random(v) {
                let member = self.made(name.clone(), value, Form::Entry);
                self.also.push(member);
            }
        }
    }

    /// The same for a table whose first key was taken for a value: `apiKeys = {"prod": "v"}`,
    /// `Map.of("prod", "v")`.
    pub(super) fn take_members(&mut self, found: &Assignment) {
        let t = self.text;
        if !found.quoted || !is_of_secrets(&t[found.name.clone()]) || t[found.value.start - 1] == b'`' {
            return;
        }
        let mut after = skip_space(t, found.value.end + 1);
        after = skip_space(t, after + usize::from(t.get(after) == Some(&b']')));
        let opens = |end: usize| {
            let end = t[..end].trim_ascii_end().len();
            end.checked_sub(1).filter(|open| matches!(t[*open], b'{' | b'[' | b'('))
        };
        let Some(mut open) = opens(found.value.start - 1) else { return };
        let pairs = t[open] == b'(' || opens(open).is_some();
        if separator(t, after, pairs).is_none() {
            return;
        }
        // The brackets of the first entry are in those of the table.
        while let Some(outer) = opens(open) {
            open = outer;
        }
        self.members(&found.name.clone(), open);
    }

    /// The values of a section whose name says that they are secrets: `[passwords]`, and `alice = "v"` below.
    pub(super) fn section(&mut self, start: usize) {
        let t = self.text;
        if t.get(start) != Some(&b'[') || !matches!(self.lang, Lang::Toml | Lang::Ini | Lang::Other) {
            return;
        }
        let end = line::end(t, start, REACH);
        let Some(name) = t[start..end].trim_ascii_end().strip_suffix(b"]") else { return };
        let lead = name.iter().take_while(|b| **b == b'[').count();
        let length = name.iter().rposition(|b| *b != b']').map_or(0, |i| i + 1);
        let name = start + lead..start + length.max(lead);
        if is_of_secrets(&t[name.clone()]) {
            self.members_of(&name, below_section(t, end));
        }
    }
}

/// Returns whether a name says that the values in its table are secrets: `apiKeys`, `user_passwords`.
fn is_of_secrets(name: &[u8]) -> bool {
    let holds = |word: &[u8]| memchr::memmem::find(name, word).is_some();
    if !matches!(name.last(), Some(b's' | b'S')) && !holds(b"ecret") && !holds(b"ECRET") {
        return false;
    }
    let all: Vec<_> = words::split(name).collect();
    if all.iter().any(|word| is_one_of(word, &SEALED)) {
        return false;
    }
    let mut words = all.into_iter().rev();
    let Some(mut last) = words.next() else { return false };
    if is_one_of(last, &TABLES) {
        let Some(owner) = words.next().filter(|word| is_one_of(word, &["secret", "secrets"])) else {
            return false;
        };
        last = owner;
    }
    let mut is_key = || words.next().is_some_and(|word| is_one_of(word, &KEYS));
    is_one_of(last, &OF_SECRETS)
        || is_one_of(last, &["apikeys", "accesskeys", "secretkeys"])
        || is_one_of(last, &["keys"]) && is_key()
}

/// The bracket that opens a table at `from`: directly, or after a type or a constructor, as Go's `map[string]string`,
/// `new Dictionary<string, string>()` and `Map.of`.
fn opening(t: &[u8], from: usize) -> Option<usize> {
    let mut at = skip_space(t, from);
    let to = t.len().min(at + TYPE);
    let mut depth = 0usize;
    while at < to {
        match t[at] {
            b'<' => (depth, at) = (depth + 1, at + 1),
            b'>' => (depth, at) = (depth.checked_sub(1)?, at + 1),
            b',' if depth > 0 => at += 1,
            b':' if t.get(at + 1) == Some(&b':') => at += 2,
            b'\n' | b'\r' => {
                at = skip_line(t, at);
                return (t.get(at) == Some(&b'{')).then_some(at);
            }
            b'{' => return Some(at),
            b'(' if t.get(at + 1) == Some(&b')') => at += 2,
            b'(' => return Some(at),
            // The type of a key or an item.
            b'[' if at > 0 && is_name(t[at - 1]) => at += memchr::memchr(b']', &t[at..to])? + 1,
            b'[' => return Some(at),
            b if is_name(b) || b" ?!&@\t".contains(&b) => at += 1,
            _ => return None,
        }
    }
    None
}

/// The keys and quoted values in the brackets that open at `open`, up to the first member that is neither. Each may
/// have brackets of its own: `{"prod", "v"}`, `["prod"] = "v"`.
fn in_brackets(t: &[u8], open: usize) -> Vec<(Range<usize>, Found)> {
    let to = t.len().min(open + REACH);
    let (mut at, mut out) = (open + 1, Vec::new());
    let over = |at: usize, of: &[u8]| {
        let length =
            t[at.min(to)..to].iter().take_while(|b| b.is_ascii_whitespace() || of.contains(b)).count();
        at + length
    };
    loop {
        let start = over(at, b",");
        at = over(start, b"{[(");
        let mut inner = t.get(start).is_some_and(|b| b"{[(".contains(b));
        let (key, mut next) = match literal(t, at) {
            Some(key) => (key.range.clone(), key.range.end + 1),
            None => {
                let length = t[at.min(to)..to].iter().take_while(|b| is_name(**b)).count();
                (at..at + length, at + length)
            }
        };
        if inner && t.get(next) == Some(&b']') {
            (inner, next) = (false, next + 1);
        }
        let sign = skip_space(t, next);
        let Some(value) = separator(t, sign, inner || t[open] == b'(')
            .filter(|_| next < to && !key.is_empty())
            .and_then(|length| literal(t, skip_space(t, sign + length)))
        else {
            return out;
        };
        at = value.range.end + 1;
        if inner {
            at = over(at, b"");
            at += usize::from(t.get(at).is_some_and(|b| b"}])".contains(b)));
        }
        out.push((key, value));
        if at >= to {
            return out;
        }
    }
}

/// The keys and values on the lines below a section's name, up to the next section.
fn below_section(t: &[u8], from: usize) -> Vec<(Range<usize>, Found)> {
    let to = t.len().min(from + REACH);
    let (mut at, mut out) = (from + 1, Vec::new());
    while at < to {
        let end = line::end(t, at, REACH);
        let start = skip_space(t, at);
        at = end + 1;
        match t.get(start) {
            Some(b'[') | None => break,
            Some(b'#' | b';' | b'\n' | b'\r') => continue,
            Some(_) => {}
        }
        let key = match literal(t, start) {
            Some(key) => key.range,
            None => start..start + t[start..end].iter().take_while(|b| is_name(**b)).count(),
        };
        let quoted = usize::from(key.start > start);
        let sign = skip_space(t, key.end + quoted);
        let from = skip_space(t, sign + 1);
        let Some(value) = (!key.is_empty() && matches!(t.get(sign), Some(b'=' | b':')) && from < end)
            .then(|| literal(t, from).or_else(|| value::bare(t, from, true)))
            .flatten()
        else {
            break;
        };
        out.push((key, value));
    }
    out
}

/// The keys and values on the lines below, which are indented deeper than the line of `name`, or items of its list.
fn in_block(t: &[u8], name: usize, from: usize) -> Vec<(Range<usize>, Found)> {
    let indent = name - line::start(t, name, REACH);
    let mut out = Vec::new();
    let to = t.len().min(from + REACH);
    let Some(first) = memchr::memchr(b'\n', &t[from.min(to)..to]).map(|i| from + i + 1) else { return out };
    if !t[from..first].trim_ascii().is_empty() {
        return out;
    }
    let mut at = first;
    while at < to {
        let end = memchr::memchr(b'\n', &t[at..to]).map_or(to, |i| at + i);
        let start = skip_space(t, at).min(end);
        let (depth, said) = (start - at, t[start..end].trim_ascii());
        at = end + 1;
        if said.is_empty() || said.starts_with(b"#") {
            continue;
        }
        let is_item = said.starts_with(b"- ");
        if depth < indent || depth == indent && !is_item {
            return out;
        }
        let start = if is_item { skip_space(t, start + 1) } else { start };
        let (key, next) = match literal(t, start) {
            Some(key) => (key.range.clone(), key.range.end + 1),
            None => {
                let length = t[start..end].iter().take_while(|b| is_name(**b)).count();
                (start..start + length, start + length)
            }
        };
        let from = skip_space(t, next + 1);
        let is_member = !key.is_empty() && t.get(next) == Some(&b':') && from < end;
        let value = is_member.then(|| literal(t, from).or_else(|| value::bare(t, from, true))).flatten();
        out.extend(value.map(|value| (key, value)));
    }
    out
}

/// Each key with a quoted value in a part of the text, at whatever depth.
pub(super) fn in_text(t: &[u8], part: Range<usize>) -> Vec<(Range<usize>, Found)> {
    let (mut at, mut out) = (part.start, Vec::new());
    while let Some(sign) = memchr::memchr2(b'=', b':', &t[at.min(part.end)..part.end]).map(|i| at + i) {
        at = sign + 1;
        let Some(value) = literal(t, skip_space(t, at)) else { continue };
        let key = name_before(t, sign, part.start.max(sign.saturating_sub(NAME_REACH)));
        at = value.range.end + 1;
        out.extend(key.map(|key| (key, value)));
    }
    out
}

/// The length of the sign between key and value at `at`; a comma is one in pairs.
fn separator(t: &[u8], at: usize, pairs: bool) -> Option<usize> {
    match t.get(at..)? {
        [b'=', b'>', ..] => Some(2),
        [b':' | b'=', ..] => Some(1),
        [b',', ..] if pairs => Some(1),
        [b't', b'o', b' ', ..] => Some(2),
        _ => None,
    }
}
