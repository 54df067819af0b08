//! A password behind its user: `BasicAuthentication("svc", "v")`, `Credentials::new(Some("svc"), Some("v"))`,
//! `auth: ["svc", "v"]`. The name says that a login follows, so of two strings the random one is the secret.

use super::bytes::{is_name, is_one_of, skip_line, skip_space};
use super::name::word_before;
use super::types::{Assignment, Assignments, Form};
use super::value::wrapped;
use crate::text::randomness::{is_random, is_uuid};
use crate::text::words;
use std::ops::Range;

/// Words of names of a login.
const LOGINS: [&str; 8] =
    ["auth", "authentication", "basicauth", "cred", "creds", "credential", "credentials", "login"];
/// Functions that make a value of the type before them.
const MAKERS: [&str; 5] = ["new", "from", "create", "of", "make"];
/// Most bytes of a user's name.
const USER: usize = 64;
/// Least bytes of a value.
const SHORTEST: usize = 12;

impl Assignments<'_> {
    /// The assignment with the second string as its value, if the first is a user.
    pub(super) fn behind_user(&self, mut found: Assignment) -> Assignment {
        let t = self.text;
        let is_call =
            matches!(found.form, Form::Call | Form::Equals | Form::Colon | Form::Arrow | Form::Space);
        if !found.quoted || !is_call || found.value.len() > USER || t[found.value.clone()].contains(&b' ') {
            return found;
        }
        let Some(from) = next_argument(t, found.value.end + 1) else { return found };
        if !words::split(&t[found.name.clone()]).any(|word| is_one_of(word, &LOGINS)) {
            return found;
        }
        let second = wrapped(t, from).filter(|v| {
            let value = &t[v.range.clone()];
            let ends = t.get(v.range.end + 1..).unwrap_or_default().trim_ascii_start();
            value.len() >= SHORTEST
                && is_random(value)
                && !is_uuid(value)
                && (found.form == Form::Space
                    || matches!(ends.first(), None | Some(b')' | b']' | b'}' | b',' | b'.')))
        });
        if let Some(second) = second {
            (found.value, found.via) = (second.range, second.via);
        }
        found
    }
}

/// The start of the argument behind the one whose string ends before `at`: over `)` and `.to_string()`, in Clojure and
/// Haskell over a blank.
fn next_argument(t: &[u8], mut at: usize) -> Option<usize> {
    for _ in 0..4 {
        match t.get(at)? {
            b',' => return Some(skip_line(t, skip_space(t, at + 1))),
            b' ' if t.get(at + 1) == Some(&b'"') => return Some(at + 1),
            b')' => at += 1,
            b'.' => {
                at += 1;
                at += t[at..].iter().take(24).take_while(|b| is_name(**b)).count();
                at += if t[at..].starts_with(b"()") { 2 } else { 0 };
            }
            _ => return None,
        }
    }
    None
}

/// In `Password::new` the type says what the argument is.
pub(super) fn type_of(t: &[u8], word: Range<usize>, floor: usize) -> Range<usize> {
    if !is_one_of(&t[word.clone()], &MAKERS) || !t[floor.min(word.start)..word.start].ends_with(b"::") {
        return word;
    }
    word_before(t, word.start - 2, floor).unwrap_or(word)
}
