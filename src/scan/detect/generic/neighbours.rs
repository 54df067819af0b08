//! Evidence from the lines around a value: what they list, and what else is assigned to the same value.

use crate::scan::extract::assign::{Assignment, Form};
use crate::text::lang::Lang;
use crate::text::line;
use crate::text::randomness::{is_random, is_uuid};
use crate::text::short::holds;
use crate::text::word_set::WordSet;
use std::ops::Range;

/// Bytes of a line on both sides of a value that are read.
pub(super) const REACH: usize = 512;

/// The line that contains `at`, cut if it is long.
pub(super) fn line_of(text: &[u8], at: usize) -> Range<usize> {
    line::around(text, at, REACH)
}

/// Lines before and after one that may list UUIDs.
const LISTED: usize = 4;

/// Returns whether the surrounding lines assign UUIDs to names that do not end in `id`: a table of identifiers,
/// such as the devices that make passkeys. A secret is among ids.
pub(super) fn is_listed(text: &[u8], found: &Assignment) -> bool {
    let own = line_of(text, found.value.start);
    let before = text[..own.start].rsplit(|b| *b == b'\n').skip(1).take(LISTED);
    let after = text[own.end..].split(|b| *b == b'\n').skip(1).take(LISTED);
    before.chain(after).filter(|line| numbers_something(line)).count() > LISTED / 2
}

/// Returns whether a line assigns a UUID to a name that does not end in `id`.
fn numbers_something(line: &[u8]) -> bool {
    let line = &line[..line.len().min(REACH)];
    let Some(at) = line.windows(36).position(is_uuid) else { return false };
    let name = line[..at].trim_ascii_end();
    let name = &name[..name.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |i| i + 1)];
    // Several keys in a row are still keys.
    !name.is_empty() && !name.to_ascii_lowercase().ends_with(b"id") && !names_a_secret(name)
}

/// Returns whether the last word before a separator names a secret.
fn names_a_secret(name: &[u8]) -> bool {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let length = name.iter().rev().take_while(is_part).count();
    super::speaks_of_a_secret(&name[name.len() - length..])
}

/// Returns whether the next line assigns a value or a test to the name `key`, as in a Kubernetes selector.
pub(super) fn is_key_of_pair(text: &[u8], found: &Assignment) -> bool {
    if !text[found.name.clone()].eq_ignore_ascii_case(b"key") {
        return false;
    }
    let end = line_of(text, found.value.end).end;
    let next = text.get(end + 1..).unwrap_or_default();
    let word = next[..next.len().min(80)].trim_ascii_start();
    let word = word.strip_prefix(b"\"").unwrap_or(word);
    let follows = |words: &[&[u8]]| {
        words
            .iter()
            .any(|w| word.strip_prefix(*w).is_some_and(|rest| matches!(rest.first(), Some(b':' | b'"'))))
    };
    // A table of settings has a path or a name as well, beside a key that is drawn.
    follows(&[b"operator", b"values", b"value", b"effect", b"topology"])
        || follows(&[b"path", b"name", b"optional"]) && !is_random(&text[found.value.clone()])
}

/// The end of a value's line, or where a comment begins behind the value: a test's words there say nothing.
pub(super) fn code_end(text: &[u8], found: &Assignment, line_end: usize) -> usize {
    let rest = &text[found.value.end.min(line_end)..line_end];
    let comment = [&b" #"[..], b"\t#", b" //", b"/*", b" --"]
        .iter()
        .filter_map(|mark| memchr::memmem::find(rest, mark))
        .min();
    comment.map_or(line_end, |i| found.value.end + i)
}

/// Returns whether `default` is the only one of these words, those of examples, in the line, as the name of a connection or profile:
/// `db['default']['password']`, `db.default.password`, `'default' => [`.
pub(super) fn only_names_a_connection(line: &[u8], words: &WordSet) -> bool {
    let lower = line.to_ascii_lowercase();
    let is_name = |i: usize| {
        let before = i.checked_sub(1).map_or(b' ', |before| lower[before]);
        let rest = &lower[i + DEFAULT.len()..];
        let closed = rest.strip_prefix(b"'").or(rest.strip_prefix(b"\""));
        match closed.map(<[u8]>::trim_ascii_start) {
            Some(rest) => {
                matches!(before, b'\'' | b'"')
                    && (rest.starts_with(b"]")
                        || [&b":"[..], b"=>"].iter().any(|sign| {
                            rest.strip_prefix(*sign).is_some_and(|rest| {
                                matches!(rest.trim_ascii_start(), [b'{' | b'[' | b'a', ..])
                            })
                        }))
            }
            None => {
                rest.starts_with(b".") && matches!(before, b'.' | b' ')
                    || rest.starts_with(b": {")
                    || rest.starts_with(b":{")
            }
        }
    };
    let mut found = words.find_iter(&lower).peekable();
    found.peek().is_some() && found.all(|word| &lower[word.clone()] == DEFAULT && is_name(word.start))
}

/// A word of examples that is a name as well.
const DEFAULT: &[u8] = b"default";

/// Returns whether the value is also assigned to another name nearby, as a password that equals the user's or the
/// database's name.
pub(in crate::scan) fn repeats_neighbour(text: &[u8], name: &Range<usize>, at: &Range<usize>) -> bool {
    let value = &text[at.clone()];
    if !(4..=24).contains(&value.len()) {
        return false;
    }
    let from = name.start.min(at.start).saturating_sub(240);
    let to = text.len().min(at.end + 240);
    let is_word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    memchr::memmem::find_iter(&text[from..to], value).map(|i| from + i).any(|i| {
        let end = i + value.len();
        let whole = (i == 0 || !is_word(text[i - 1])) && text.get(end).is_none_or(|b| !is_word(*b));
        let before = text[line::start(text, i, REACH)..i].trim_ascii_end();
        let before =
            before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before).trim_ascii_end();
        i != at.start && whole && names_owner(before)
    })
}

/// Returns whether the text before a value ends in a separator after a name for a user or a database; in a URL in
/// `//`.
fn names_owner(before: &[u8]) -> bool {
    if before.ends_with(b"//") {
        return true;
    }
    let Some(name) = before.strip_suffix(b"=").or(before.strip_suffix(b":")).or(before.strip_suffix(b"=>"))
    else {
        return false;
    };
    let name = name[name.len().saturating_sub(40)..].to_ascii_lowercase();
    // `db_password` is not the name of a database: one secret under two names repeats no owner.
    let end = name.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |last| last + 1);
    let word = name[..end]
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        .count();
    holds(&name, &[b"user", b"login", b"database", b"db", b"schema", b"account"])
        && !super::speaks_of_a_secret(&name[end - word..end])
}

/// Returns whether the `#` before a random value is part of it: in settings a comment begins behind a blank.
fn is_sign(text: &[u8], found: &Assignment, lang: Lang) -> bool {
    let at = found.value.start;
    lang.is_settings() && text[..at].ends_with(b"=") && is_random(&text[at + 1..found.value.end])
}

/// Returns whether the call around a value makes a regular expression of it: `Pattern.compile("\\s+([a-z])")`.
fn is_compiled(text: &[u8], found: &Assignment) -> bool {
    let Some(via) = found.via.clone() else { return false };
    let called = text[via].to_ascii_lowercase();
    [&b"compile"[..], b"regex", b"regexp", b"regex::new", b"pattern"].iter().any(|w| called.ends_with(w))
        && text[found.value.clone()].iter().any(|b| b"\\[(*^|".contains(b))
}

/// Why there is no value: a comment in its place, or a verdict (`echo "PASS: vlan"`, `# pass: x = 0`,
/// `You can pass -x`).
pub(super) fn why_none(text: &[u8], found: &Assignment, lang: Lang) -> Option<&'static str> {
    let verdict = text[found.name.clone()].eq_ignore_ascii_case(b"pass")
        && match found.form {
            Form::Space => true,
            Form::Colon if !found.quoted => {
                let before = text[..found.name.start].trim_ascii_end();
                // In `ID:x/PASS:v` the slash does not start a comment.
                matches!(before, [.., b'"' | b'\'' | b'#' | b'*'] | [.., b'/', b'/'])
            }
            _ => false,
        };
    // Helm's annotation, which changes with the file: `checksum/secret: HASH`.
    let is_checksum = text[..found.name.start].ends_with(b"checksum/");
    // A list of ciphers: `EDH+aRSA:!PSK:!SRP`.
    let is_cipher = text[..found.name.start].ends_with(b"!") && text[found.value.start] == b'!';
    // pg_dump names what follows: `-- Name: user_tokens fk2g6n5kw; Type: FK CONSTRAINT`.
    let is_of_dump = text[found.value.end..].starts_with(b"; Type: ");
    match () {
        () if is_of_dump => Some("the name of an object in a dump"),
        () if is_compiled(text, found) => Some("a regular expression, by the call around it"),
        () if verdict => Some("`pass` is a verb or a verdict here"),
        () if is_checksum => Some("a checksum, as the name says"),
        () if is_cipher => Some("a list of ciphers"),
        () if !found.quoted && text[found.value.start] == b'#' && !is_sign(text, found, lang) => {
            Some("a comment in place of a value")
        }
        () => None,
    }
}
