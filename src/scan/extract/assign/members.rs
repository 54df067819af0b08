//! Tables of secrets: `apiKeys: { prod: "v", test: "w" }`, and the lines below `passwords:` in YAML.
//!
//! The table's name says what the values are, and each key only whose. So a value counts only if it is random, and its
//! key does not say that it is something else.

use super::bytes::{is_name, is_one_of, skip_space};
use super::quotes::literal;
use super::types::{Assignment, Assignments, Form, Found};
use super::value;
use crate::text::lang::Lang;
use crate::text::line;
use crate::text::randomness::{is_random, is_uuid};
use crate::text::words;
use std::ops::Range;

/// Bytes of a table that are read.
const REACH: usize = 2 << 10;
/// Least bytes of a value.
const SHORTEST: usize = 12;
/// Keys of records, as in a lock file's `"js-tokens": {"version": "4.0.0", "integrity": "sha512-..."}`.
const OF_RECORDS: [&str; 24] = [
    "id",
    "uuid",
    "name",
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
    "url",
    "uri",
    "path",
    "description",
    "title",
];
/// Last words of names of tables whose values are secrets.
const OF_SECRETS: [&str; 6] = ["tokens", "secrets", "passwords", "passwds", "passphrases", "credentials"];
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
        if all.iter().any(|(key, _)| is_one_of(&t[key.clone()], &OF_RECORDS)) {
            return;
        }
        for (key, value) in all.into_iter().rev() {
            let key = t[key].to_ascii_lowercase();
            let v = &t[value.range.clone()];
            let is_other = key.ends_with(b"id") || key.ends_with(b"hash") || key.starts_with(b"public");
            if v.len() >= SHORTEST && !is_other && !is_uuid(v) && is_random(v) {
                let member = self.made(name.clone(), value, Form::Entry);
                self.also.push(member);
            }
        }
    }

    /// The same for a table whose first key was taken for a value: `apiKeys = {"prod": "v"}`.
    pub(super) fn take_members(&mut self, found: &Assignment) {
        let t = self.text;
        let after = skip_space(t, found.value.end + 1);
        if found.quoted && is_separator(t, after).is_some() && t[found.value.start - 1] != b'`' {
            let before = t[..found.value.start - 1].trim_ascii_end().len();
            if let Some(open) = before.checked_sub(1).filter(|open| matches!(t[*open], b'{' | b'[')) {
                self.members(&found.name.clone(), open);
            }
        }
    }
}

/// Returns whether a name says that the values in its table are secrets: `apiKeys`, `user_passwords`.
fn is_of_secrets(name: &[u8]) -> bool {
    if !matches!(name.last(), Some(b's' | b'S')) {
        return false;
    }
    let mut words = words::split(name).collect::<Vec<_>>().into_iter().rev();
    let Some(last) = words.next() else { return false };
    let mut is_key = || words.next().is_some_and(|word| is_one_of(word, &KEYS));
    is_one_of(last, &OF_SECRETS)
        || is_one_of(last, &["apikeys", "accesskeys", "secretkeys"])
        || is_one_of(last, &["keys"]) && is_key()
}

/// The bracket that opens a table at `from`: directly, or after Go's `map[string]string`.
fn opening(t: &[u8], from: usize) -> Option<usize> {
    let at = skip_space(t, from);
    match t.get(at)? {
        b'{' | b'[' => Some(at),
        b'm' if t[at..].starts_with(b"map[") => {
            let kind = &t[at..t.len().min(at + 48)];
            let open = memchr::memchr2(b'{', b'\n', kind)?;
            (kind[open] == b'{').then_some(at + open)
        }
        _ => None,
    }
}

/// The keys and quoted values in the brackets that open at `open`, up to the first member that is neither.
fn in_brackets(t: &[u8], open: usize) -> Vec<(Range<usize>, Found)> {
    let to = t.len().min(open + REACH);
    let (mut at, mut out) = (open + 1, Vec::new());
    loop {
        at += t[at..to].iter().take_while(|b| b.is_ascii_whitespace() || **b == b',').count();
        let (key, next) = match literal(t, at) {
            Some(key) => (key.range.clone(), key.range.end + 1),
            None => {
                let length = t[at..to].iter().take_while(|b| is_name(**b)).count();
                (at..at + length, at + length)
            }
        };
        let sign = skip_space(t, next);
        let Some(value) = is_separator(t, sign)
            .filter(|_| next < to && !key.is_empty())
            .and_then(|length| literal(t, skip_space(t, sign + length)))
        else {
            return out;
        };
        at = value.range.end + 1;
        out.push((key, value));
        if at >= to {
            return out;
        }
    }
}

/// The keys and values on the lines below, which are indented deeper than the line of `name`.
fn in_block(t: &[u8], name: usize, from: usize) -> Vec<(Range<usize>, Found)> {
    let indent = name - line::start(t, name, REACH);
    let mut out = Vec::new();
    let to = t.len().min(from + REACH);
    let Some(first) = memchr::memchr(b'\n', &t[from.min(to)..to]).map(|i| from + i + 1) else { return out };
    if !t[from..first].trim_ascii().is_empty() {
        return out;
    }
    let (mut at, mut depth) = (first, None);
    while at < to {
        let end = memchr::memchr(b'\n', &t[at..to]).map_or(to, |i| at + i);
        let start = skip_space(t, at).min(end);
        if start - at <= indent || depth.is_some_and(|depth| depth != start - at) {
            return out;
        }
        depth = Some(start - at);
        let length = t[start..end].iter().take_while(|b| is_name(**b)).count();
        let key = start..start + length;
        let from = skip_space(t, key.end + 1);
        let is_member = length > 0 && t.get(key.end) == Some(&b':') && from < end;
        let Some(value) =
            is_member.then(|| literal(t, from).or_else(|| value::bare(t, from, true))).flatten()
        else {
            return out;
        };
        out.push((key, value));
        at = end + 1;
    }
    out
}

/// The length of the sign between key and value at `at`.
fn is_separator(t: &[u8], at: usize) -> Option<usize> {
    match t.get(at..)? {
        [b'=', b'>', ..] => Some(2),
        [b':' | b'=', ..] => Some(1),
        _ => None,
    }
}
