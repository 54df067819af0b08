//! Secrets recognised by their position among the arguments of a known program or function: `mysql -pVALUE`,
//! `docker login -p VALUE`, `new PDO(dsn, user, VALUE)`, `echo VALUE | chpasswd`.
//!
//! No name of a secret need be near such a value, so each program and function is a row of a table. All work starts
//! at the keyword, on one line or a command continued over lines; any bytes are safe, and every search is bounded.

mod calls;
mod commands;
mod dialogue;
mod fed;
mod login;
mod services;
mod sql;
mod tokens;

use super::assign::{Assignment, Form};
use super::nesting::{NESTED, Nesting};
use std::ops::Range;
pub(in crate::scan) use tokens::{Word, reach, words};

/// The rule for these secrets; its keywords are the programs and functions.
pub(in crate::scan) const RULE: &str = "generic-argument";

/// The secrets among the arguments of the programs and functions whose words are at `places`, in order.
pub(in crate::scan) fn secrets(text: &[u8], places: impl IntoIterator<Item = usize>) -> Vec<Assignment> {
    let (mut of_commands, mut of_calls) = (Nesting::<NESTED>::default(), Nesting::<NESTED>::default());
    let mut out = Vec::new();
    for at in places {
        out.extend(commands::secrets(text, at, &mut of_commands));
        out.extend(fed::piped(text, at));
        out.extend(fed::substituted(text, at));
        out.extend(calls::secret(text, at, &mut of_calls));
        out.extend(login::encoded(text, at));
        out.extend(dialogue::secret(text, at));
        out.extend(services::secret(text, at));
        out.extend(sql::secret(text, at));
    }
    out
}

/// A value in a secret's position.
fn given(name: Range<usize>, value: Range<usize>, quoted: bool) -> Assignment {
    Assignment { name, value, form: Form::Flag, quoted, line_level: false, via: None }
}

/// The lower-case word at `at`, at most `most` bytes.
fn word_at(text: &[u8], at: usize, most: usize) -> &[u8] {
    let rest = &text[at.min(text.len())..];
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    &rest[..rest.iter().take(most).take_while(|b| is_word(b)).count()]
}

#[cfg(test)]
mod tests;
