//! Comparisons with the literal first, and those that are calls: `"v" == name`, `"v".equals(name)`, `strcmp(name,
//! "v")`.

use super::bytes::{back_over_space, before, is_name, is_one_of, skip_space};
use super::name::word_before;
use super::quotes::{close_quote, literal};
use super::types::{Assignment, Assignments, Form, Found};
use crate::text::words;
use std::ops::Range;

/// Bytes of an expression that are read.
const REACH: usize = 96;
/// Methods that compare a string with their argument.
const METHODS: [&str; 6] =
    ["equals", "equalsignorecase", "contentequals", "compareto", "eql?", "isequaltostring"];
/// Functions that compare their arguments.
const FUNCTIONS: [&str; 9] = [
    "strcmp",
    "strcasecmp",
    "strncmp",
    "memcmp",
    "hash_equals",
    "compare_digest",
    "secure_compare",
    "timingsafeequal",
    "constanttimecompare",
];

impl Assignments<'_> {
    /// `"v" == name`: the literal ends before `end`, the name starts after `after`.
    pub(super) fn reversed(&self, end: usize, after: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.floor(end);
        let (close, start) = close_quote(t, back_over_space(t, end, floor), floor)?;
        self.compared(start..close, skip_space(t, after))
    }

    /// `"v".equals(name)`: the bracket at `at` follows this method.
    pub(super) fn equal_to(&self, at: usize, method: &[u8]) -> Option<Assignment> {
        let t = self.text;
        let dot = is_one_of(method, &METHODS).then(|| (at - method.len()).checked_sub(1))??;
        if t[dot] != b'.' {
            return None;
        }
        let (close, start) = close_quote(t, dot, self.floor(dot))?;
        self.compared(start..close, skip_space(t, at + 1))
    }

    fn compared(&self, value: Range<usize>, from: usize) -> Option<Assignment> {
        let to = self.text.len().min(from + REACH);
        let name = operand(self.text, from..to).filter(|name| self.wants(name) && !value.is_empty())?;
        Some(self.made(name, Found { range: value, quoted: true, via: None }, Form::Compare))
    }
}

/// The name in the expression at the start of this stretch: `name`, `$this->name`, `form["name"]`,
/// `String.valueOf(name)`.
fn operand(t: &[u8], within: Range<usize>) -> Option<Range<usize>> {
    let Range { start: from, end: to } = within;
    let rest = t.get(from..to)?;
    if !rest.first().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'$' | b'@' | b'*' | b'&'))
    {
        return None;
    }
    let length = rest
        .iter()
        .zip(rest.iter().skip(1).chain([&0]))
        .take_while(|(b, next)| {
            is_name(**b) || matches!(b, b'>' | b':' | b'@' | b'*' | b'&') && **next != b' '
        })
        .count();
    let end = from + length;
    if matches!(t.get(end), Some(b'[' | b'(')) {
        if let Some(string) = literal(t, skip_space(t, end + 1)) {
            return Some(string.range);
        }
        if let Some(inner) = operand(t, end + 1..to).filter(|_| t.get(end) == Some(&b'(')) {
            return Some(inner);
        }
    }
    word_before(t, end, from)
}

/// Verbs of functions that hash a password, or compare it with its hash.
const HASHING: [&str; 14] = [
    "argon2", "bcrypt", "check", "checkpw", "compare", "crypt", "encode", "hash", "hashpw", "match",
    "pbkdf2", "scrypt", "validate", "verify",
];

/// Returns whether the string `password` is not a name but the password itself: the first argument of a function that
/// hashes it or compares it: `HashPassword("password", "salt")`.
pub(super) fn is_hashed(t: &[u8], name: &Range<usize>, floor: usize) -> bool {
    let is_word = is_one_of(&t[name.clone()], &["password", "passwd", "pass", "secret"]);
    let open = name.start.checked_sub(2).filter(|open| t[*open] == b'(');
    let function = open.filter(|_| is_word).and_then(|open| word_before(t, open, floor));
    function.is_some_and(|f| words::split(&t[f]).any(|word| is_one_of(word, &HASHING)))
}

/// Returns whether the name that starts at `start` is the first argument of a function that compares.
pub(super) fn compares(t: &[u8], start: usize, floor: usize) -> bool {
    before(t, start) == Some(b'(')
        && word_before(t, start - 1, floor).is_some_and(|function| {
            let last = t[function].rsplit(|b| matches!(b, b'.' | b':')).next().unwrap_or_default();
            is_one_of(last, &FUNCTIONS)
        })
}
