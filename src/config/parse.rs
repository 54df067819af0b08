//! Parses TOML into a file's keys; errors name the file and the line, and quote no value.

use serde::de::DeserializeOwned;

/// Most bytes of a configuration, which is written by hand.
pub const MAX_BYTES: usize = 4 << 20;

/// Parts of a dotted key from which the parser refuses it.
const MOST_PARTS: usize = 80;

/// A configuration that cannot be used. The message names the file and the line.
#[derive(Debug, thiserror::Error)]
#[error("{file}{}: {what}", if *line > 0 { format!(":{line}") } else { String::new() })]
pub struct ConfigError {
    /// The file, printable.
    pub file: String,
    /// Line, from 1; 0 if the whole file is at fault.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl ConfigError {
    /// The error at a byte offset of the text of the file `name`.
    pub(super) fn at(name: &str, text: &str, offset: usize, what: String) -> ConfigError {
        ConfigError { file: name.to_owned(), line: line_of(text, offset), what }
    }
}

/// Parses a text; `name` is for messages.
pub(super) fn parse<T: DeserializeOwned>(text: &str, name: &str) -> Result<T, ConfigError> {
    let fail = |line: usize, what: String| ConfigError { file: name.to_owned(), line, what };
    if text.len() > MAX_BYTES {
        return Err(fail(0, format!("{} MB is too large for a configuration", text.len() >> 20)));
    }
    toml::from_str(text).map_err(|e| match e.span() {
        Some(at) => {
            let what = explain(e.message());
            // A value of the wrong type: its key stands before it.
            let is_value = e.message().starts_with("invalid ");
            let key = if is_value { key_before(text, at.start) } else { None };
            ConfigError::at(name, text, at.start, key.map_or(what.clone(), |key| format!("{key}: {what}")))
        }
        // The only error that comes without a position.
        None if e.message() == "recursion limit" => {
            let at = text.lines().position(|l| l.matches('.').count() >= MOST_PARTS - 1);
            fail(at.map_or(0, |i| i + 1), format!("a key has {MOST_PARTS} parts or more"))
        }
        None => fail(0, explain(e.message())),
    })
}

/// The key of the value at a byte offset, if it stands in the same line.
fn key_before(text: &str, offset: usize) -> Option<&str> {
    let line = text.get(..offset)?.rsplit('\n').next()?;
    let key = line.split_once('=')?.0.trim();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!key.is_empty() && key.len() <= 60 && key.chars().all(is_plain)).then_some(key)
}

/// The line of a byte offset, from 1.
fn line_of(text: &str, offset: usize) -> usize {
    1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..offset.min(text.len())]).count()
}

/// Serde's message about an unknown key, shortened to the key and the nearest known one; other messages without the
/// values they quote.
fn explain(message: &str) -> String {
    let ticked: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown variant") {
        return format!("unknown value; known here: {}", ticked.get(1..).unwrap_or_default().join(", "));
    }
    let Some((key, known)) = ticked.split_first().filter(|_| message.starts_with("unknown field")) else {
        return redact(message);
    };
    let near =
        known.iter().map(|k| (strsim::levenshtein(k, key), k)).min().filter(|(d, _)| *d <= 1 + key.len() / 3);
    let key = crate::finding::printable(key.as_bytes());
    match near {
        Some((_, k)) => format!("unknown key `{key}`; did you mean `{k}`?"),
        None => format!("unknown key `{key}`; known here: {}", known.join(", ")),
    }
}

/// Removes quoted strings from a message.
fn redact(message: &str) -> String {
    let mut out = String::new();
    for (i, part) in message.split('"').enumerate() {
        out.push_str(if i % 2 == 0 { part } else { "\"...\"" });
    }
    crate::finding::printable(out.as_bytes())
}
