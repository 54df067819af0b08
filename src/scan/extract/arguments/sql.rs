//! Unquoted passwords in SQL outside of SQL files: `IDENTIFIED BY value`, psql's `\set NAME value`.

use super::given;
use crate::scan::extract::assign::Assignment;
use crate::text::short::begins;
use crate::text::words::holds;
use std::ops::Range;

/// The words before the password.
const BEFORE: [&[u8]; 4] =
    [b"identified by ", b"login password ", b"superuser password ", b"encrypted password "];
/// Most bytes of a person's password.
const REACH: usize = 128;

/// The password whose words are at `at`.
pub(super) fn secret(text: &[u8], at: usize) -> Option<Assignment> {
    let rest = &text[at..text.len().min(at + 24)];
    if rest.starts_with(b"\\set ") {
        return variable(text, at + 5);
    }
    let words = BEFORE.iter().find(|w| begins(rest, w))?;
    let value = word(text, at + words.len());
    let said = &text[value.clone()];
    let starts = said.first().is_some_and(u8::is_ascii_alphanumeric);
    // Prose continues in words, as do `IDENTIFIED BY VALUES '...'` and `IDENTIFIED BY PASSWORD '...'`.
    let is_mixed = said.iter().any(u8::is_ascii_lowercase) && said.iter().skip(1).any(u8::is_ascii_uppercase);
    let is_password = is_mixed || said.iter().any(u8::is_ascii_digit);
    (starts && is_password).then(|| given(at..at + words.len() - 1, value, false))
}

/// `\set NAME value`, if it is a name of a secret.
fn variable(text: &[u8], at: usize) -> Option<Assignment> {
    let name = word(text, at);
    let speaks = ["pass", "pwd", "secret", "token", "key"].iter().any(|w| holds(&text[name.clone()], w));
    if !speaks || text.get(name.end) != Some(&b' ') {
        return None;
    }
    // A string is read as in any other command.
    let value = word(text, name.end + 1);
    let starts = text.get(value.start).is_some_and(u8::is_ascii_alphanumeric);
    starts.then(|| given(name, value, false))
}

/// The word at `at`, up to the end of the statement or of the string around it.
fn word(text: &[u8], at: usize) -> Range<usize> {
    let at = at.min(text.len());
    let rest = &text[at..text.len().min(at + REACH)];
    let ends = |b: &u8| *b <= b' ' || matches!(b, b';' | b'"' | b'\'' | b'`' | b')' | b'<' | b'\\');
    at..at + rest.iter().position(ends).unwrap_or(rest.len())
}
