//! A value with only a blank, a dash or `is` before it: `api_key VALUE`, `The API key is VALUE.`
//!
//! No separator marks such a word as a value, so its letters must: only what cannot be a word, name, version or
//! path is read this way.

use super::bytes::{back_over_space, before, is_one_of, is_space};
use super::name::{name_before, opening, word_before};
use super::types::{Assignments, Form, Found};
use crate::text::lang::Lang;
use crate::text::randomness::is_random;
use crate::text::{short, words};
use std::ops::Range;

/// Least bytes of a password that a person chose.
const SHORTEST: usize = 8;
/// Least bytes of a random value.
const SHORTEST_RANDOM: usize = 10;
/// Least bytes of a random value with only a blank before it.
const SHORTEST_BARE: usize = 16;

/// Bytes of a run of base64.
const RUN: usize = 32;

/// Words and dashes between a name and its value.
const JOINTS: [&str; 13] =
    ["is", "was", "-", "--", "->", "|", "::", "ist", "est", "es", "\u{2013}", "\u{2014}", "\u{2192}"];
/// Further words between a name and its value.
const MORE: [&str; 5] = ["to", "be", "now", "set", "as"];
/// Words before a name that are not part of it.
const ARTICLES: [&str; 30] = [
    "a", "an", "and", "are", "config", "export", "for", "get", "her", "his", "in", "is", "it", "its", "my",
    "new", "of", "old", "or", "our", "set", "the", "their", "this", "to", "use", "using", "with", "your",
    "that",
];
/// Words between a name and its purpose: `password for user X`.
const FOR: [&str; 7] = ["for", "of", "on", "in", "from", "f\u{fc}r", "para"];
/// Endings of names of secrets.
const SPEAKING: [&[u8]; 16] = [
    b"key",
    b"token",
    b"secret",
    b"password",
    b"passwd",
    b"passphrase",
    b"passcode",
    b"pass",
    b"pwd",
    b"pw",
    b"psk",
    b"auth",
    b"credential",
    b"credentials",
    b"creds",
    b"passwort",
];

impl Assignments<'_> {
    /// Adds the values without a separator on the line that starts at `start`.
    pub(super) fn spaced(&mut self, start: usize) {
        let t = self.text;
        let line = t.get(start..self.end).unwrap_or_default();
        let end = memchr::memchr(b'\n', line).map_or(self.end, |i| start + i);
        let mut from = start;
        let mut at = start + SHORTEST - 1;
        // A word of the least length covers every position that is a multiple of it.
        while at < end {
            if !is_value(t[at]) {
                from = at + 1;
                at += SHORTEST;
                continue;
            }
            let first = t[from..at].iter().rposition(|b| !is_value(*b)).map_or(from, |i| from + i + 1);
            let last = at + t[at..end].iter().take_while(|b| is_value(**b)).count();
            from = last;
            at = last + SHORTEST;
            if last - first >= SHORTEST
                && let Some((name, value, form)) = self.spaced_value(first..last)
            {
                let found = Found { range: value, quoted: false, via: None };
                let found = self.made(name, found, form);
                self.also.push(found);
            }
        }
        // The last is taken first.
        self.also.reverse();
    }

    /// Returns whether this is a text for people, in which a sentence may say a password.
    pub(super) fn is_prose(&self) -> bool {
        matches!(self.lang, Lang::Markdown | Lang::Other)
    }

    /// In a text, the name before a note in brackets: `Password (root):`.
    pub(super) fn before_note(&self, colon: usize, floor: usize) -> Option<Range<usize>> {
        let t = self.text;
        let open =
            (self.is_prose() && before(t, colon) == Some(b')')).then(|| opening(t, colon, floor))??;
        word_before(t, back_over_space(t, open, floor), floor)
    }

    fn spaced_value(&self, word: Range<usize>) -> Option<(Range<usize>, Range<usize>, Form)> {
        let t = self.text;
        // A row of a table: `name |value`.
        let bar = usize::from(before(t, word.start) == Some(b'|'));
        let end = word.start - bar;
        if end <= self.line || !is_space(t[end - 1]) {
            return None;
        }
        let value = trimmed(t, word.clone());
        // The sign at the end of `Garden1234!` belongs to it.
        let signed = if t[word.start] == b'*' { value.clone() } else { word.clone() };
        let is_password = is_signed(&t[signed.clone()]);
        let is_told = self.is_prose() && is_numbered(&t[value.clone()]);
        if !is_password && !is_told && !has_form(&t[value.clone()]) {
            return None;
        }
        let (name, joined) = name_of(t, end, self.floor(end))?;
        let joined = joined || bar == 1;
        // `--name value` is a flag; behind a long run of base64 there is no name.
        if before(t, name.start) == Some(b'-') || ends_base64(&t[..name.start]) {
            return None;
        }
        if is_password && is_chosen_kind(&t[name.clone()]) && self.wants(&name) {
            return Some((name, signed, Form::Space));
        }
        let v = &t[value.clone()];
        // `name VALUE` and no other word on the line, or in the brackets: a setting.
        let is_alone = match t.get(word.end) {
            None | Some(b'\n' | b'\r') => self.line_level(name.start),
            end => end == Some(&b')') && before(t, name.start) == Some(b'('),
        };
        let is_setting = is_alone && is_chosen_kind(&t[name.clone()]);
        let least = if joined || is_setting { SHORTEST_RANDOM } else { SHORTEST_BARE };
        let random = v.len() >= least && is_random(v) && !is_fingerprint(v, &t[name.clone()]);
        let is_told = is_told && joined && bar == 0 && is_chosen_kind(&t[name.clone()]);
        let form = if random { Form::Space } else { Form::Told };
        ((random || is_told) && self.wants(&name)).then_some((name, value, form))
    }
}

/// The name before a value that starts at `at`, and whether a word or dash is between them.
pub(super) fn name_of(t: &[u8], at: usize, floor: usize) -> Option<(Range<usize>, bool)> {
    let (end, joint) = over_joints(t, at, floor);
    let joined = joint != Joint::None;
    // Robot Framework's `${name}    v`.
    let robot = t[floor.min(end)..end]
        .strip_suffix(b"}")
        .and_then(|_| word_before(t, end - 1, floor).filter(|n| t[..n.start].ends_with(b"${")));
    let near = match robot {
        Some(name) => Some(name),
        None if joined => name_before(t, end, floor),
        None => word_before(t, end, floor),
    };
    let name = near
        .filter(|n| speaks(&t[n.clone()]))
        .or_else(|| joined.then(|| before_for(t, end, floor)).flatten())?;
    Some((with_owner(t, name, floor), joint == Joint::Says))
}

/// What is between a name and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Joint {
    /// A blank.
    None,
    /// A word that may be there.
    Word,
    /// A word or a dash that means "is".
    Says,
}

/// The end of the text before `is`, a dash and similar joints, and the kind of joint.
pub(super) fn over_joints(t: &[u8], at: usize, floor: usize) -> (usize, Joint) {
    let mut end = back_over_space(t, at, floor);
    let mut joint = Joint::None;
    for _ in 0..3 {
        let head = &t[floor.min(end)..end];
        let length = head.iter().rev().take_while(|b| !is_space(**b)).count();
        let word = &head[head.len() - length..];
        let says = is_one_of(word, &JOINTS);
        if length == head.len() || length > 4 || !says && !is_one_of(word, &MORE) {
            break;
        }
        joint = if says { Joint::Says } else { joint.max(Joint::Word) };
        end = back_over_space(t, end - length, floor);
    }
    (end, joint)
}

/// The name before `for` that ends at `end`, in `password for user X` and `token of prod`.
pub(super) fn before_for(t: &[u8], end: usize, floor: usize) -> Option<Range<usize>> {
    let mut end = end;
    for _ in 0..4 {
        end = back_over_space(t, end, floor);
        let head = &t[floor.min(end)..end];
        let length = head.iter().rev().take_while(|b| !is_space(**b)).count();
        let word = &head[head.len() - length..];
        if length == 0 || matches!(word.last(), Some(b'.' | b':' | b',' | b';' | b'=')) {
            return None;
        }
        end -= length;
        if is_one_of(word, &FOR) {
            let name = word_before(t, back_over_space(t, end, floor), floor)?;
            return speaks(&t[name.clone()]).then(|| with_owner(t, name, floor));
        }
    }
    None
}

/// Includes the word before a name that tells its owner or kind: `clarifai secret`, `API key`.
fn with_owner(t: &[u8], name: Range<usize>, floor: usize) -> Range<usize> {
    if name.start <= floor || t[name.start - 1] != b' ' {
        return name;
    }
    match word_before(t, name.start - 1, floor) {
        Some(owner)
            if owner.end + 1 == name.start
                && !is_one_of(&t[owner.clone()], &ARTICLES)
                && before(t, owner.start).is_none_or(|b| {
                    b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'#' | b'/' | b'*')
                }) =>
        {
            owner.start..name.end
        }
        _ => name,
    }
}

/// Returns whether a name ends in a word for a secret.
pub(super) fn speaks(name: &[u8]) -> bool {
    let name = name.strip_suffix(b"s").filter(|n| n.len() > 2 && !n.ends_with(b"s")).unwrap_or(name);
    SPEAKING.iter().any(|w| short::ends(name, w))
}

/// Returns whether a name ends in a word for what people choose.
fn is_chosen_kind(name: &[u8]) -> bool {
    let kinds = [&b"password"[..], b"passwd", b"passphrase", b"pass", b"pwd", b"pw", b"psk", b"passwort"];
    kinds.iter().any(|w| short::ends(name, w))
}

/// Returns whether letters of both cases, a digit and a sign of passwords are in it and nothing else: no word is written
/// like that.
fn is_signed(v: &[u8]) -> bool {
    const SIGNS: &[u8] = b"!@#&*?+$%^";
    let any = |f: fn(&u8) -> bool| v.iter().any(f);
    (SHORTEST..=24).contains(&v.len())
        && v[0].is_ascii_alphanumeric()
        && any(u8::is_ascii_uppercase)
        && any(u8::is_ascii_lowercase)
        && any(u8::is_ascii_digit)
        && any(|b| SIGNS.contains(b))
        && v.iter().all(|b| b.is_ascii_alphanumeric() || SIGNS.contains(b) || matches!(b, b'_' | b'-'))
}

/// Returns whether this may be a word and a number that a person chose.
pub(super) fn is_numbered(v: &[u8]) -> bool {
    let signs = |b: &u8| b.is_ascii_alphanumeric() || b"!@#&*?+$%^_-".contains(b);
    (SHORTEST..=24).contains(&v.len())
        && v[0].is_ascii_alphabetic()
        && v.iter().any(u8::is_ascii_digit)
        && v.iter().all(signs)
}

/// Returns whether this may be a byte of an unquoted value.
fn is_value(b: u8) -> bool {
    b.is_ascii_alphanumeric()
        || matches!(
            b,
            b'_' | b'-'
                | b'.'
                | b'/'
                | b'+'
                | b'='
                | b'~'
                | b'!'
                | b'@'
                | b'#'
                | b'%'
                | b'^'
                | b'&'
                | b'*'
                | b'$'
                | b'?'
                | b':'
        )
}

/// The value without the end of a sentence and without marks of bold text.
fn trimmed(t: &[u8], mut word: Range<usize>) -> Range<usize> {
    while word.start < word.end && t[word.start] == b'*' {
        word.start += 1;
    }
    while word.start < word.end && matches!(t[word.end - 1], b'.' | b':' | b'!' | b'?' | b'*') {
        word.end -= 1;
    }
    word
}

/// Returns whether only a value looks like this, in prose too: not a path, version, place or number.
pub(super) fn stands_out(v: &[u8]) -> bool {
    has_form(v) && is_random(v)
}

/// The same, by its length and its classes of bytes.
fn has_form(v: &[u8]) -> bool {
    let any = |f: fn(&u8) -> bool| v.iter().any(f);
    let mixed = any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase);
    let path = v.contains(&b'/') && !(mixed && v.len() >= 32);
    v.len() >= SHORTEST_RANDOM
        && v[0].is_ascii_alphanumeric()
        && any(u8::is_ascii_alphabetic)
        && !path
        && !any(|b| matches!(b, b':' | b'.'))
}

/// Returns whether this ends in a run of base64 that is longer than a word.
fn ends_base64(t: &[u8]) -> bool {
    let is_base64 = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    t.iter().rev().take(RUN).take_while(is_base64).count() == RUN
}

/// Returns whether this identifies a public key: upper-case hex of certain lengths, or a number in hex.
fn is_fingerprint(v: &[u8], name: &[u8]) -> bool {
    let upper = v.iter().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b));
    let secret = ["api", "secret", "access", "auth", "token", "pass"].iter().any(|w| words::holds(name, w));
    upper && !secret && matches!(v.len(), 16 | 32 | 40 | 64) || v.starts_with(b"0x") && v.len() != 66
}
