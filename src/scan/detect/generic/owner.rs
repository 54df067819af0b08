//! The table around a name: what `key` alone is for, its table says: `"Jwt": {"Key": "v"}`, `encryption:` above `key: v`.

use super::name::{self, NameReading};
use crate::text::lang::Lang;
use crate::text::line;
use crate::text::words;

/// Bytes before a name in which its table may begin.
const REACH: usize = 512;
/// Words for what a secret key does.
const USES: [&[u8]; 12] = [
    b"aes",
    b"api",
    b"cipher",
    b"crypto",
    b"decryption",
    b"encrypt",
    b"encryption",
    b"hmac",
    b"hs",
    b"jws",
    b"jwt",
    b"signing",
];
/// Words beside them in names of tables.
const BESIDE: [&[u8]; 8] =
    [b"auth", b"bearer", b"config", b"configuration", b"options", b"settings", b"setting", b"data"];

/// The reading of the name `key` at `at` together with its table's name, if that says that the key is secret.
pub(super) fn of_key(text: &[u8], at: usize, lang: Lang) -> Option<NameReading> {
    let from = at.saturating_sub(REACH);
    let table = match lang {
        Lang::Yaml => above(text, from, at)?,
        Lang::Toml | Lang::Ini => section(text, from, at)?,
        _ => around(text, from, at)?,
    };
    let mut used = None;
    for word in words::split(table).map(<[u8]>::to_ascii_lowercase) {
        if USES.contains(&&word[..]) {
            used = Some(word);
        } else if !BESIDE.contains(&&word[..]) {
            return None;
        }
    }
    let kind: &[u8] = if used?[..] == *b"api" { b"api_key" } else { b"signing_key" };
    name::read(kind)
}

/// Returns whether this is how the id of a public key is written: `signing: {"key": "9DC8...30F8"}`.
pub(super) fn is_fingerprint(value: &[u8]) -> bool {
    matches!(value.len(), 8 | 16 | 40)
        && value.iter().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b))
}

/// The name before the bracket that is open at `at`.
fn around(text: &[u8], from: usize, at: usize) -> Option<&[u8]> {
    let mut depth = 0usize;
    let open = text[from..at].iter().rposition(|b| match b {
        b'}' | b']' | b')' => {
            depth += 1;
            false
        }
        b'{' | b'[' | b'(' if depth > 0 => {
            depth -= 1;
            false
        }
        b'{' | b'[' | b'(' => true,
        _ => false,
    })?;
    let head = text[from..from + open].trim_ascii_end();
    // `jwt: {`, `jwt = {`, `"jwt" => [`, `jwt({`.
    let ends = [&b":"[..], b"=>", b"=", b"("];
    let head = ends.iter().find_map(|end| head.strip_suffix(*end)).unwrap_or(head);
    last_name(head)
}

/// The name of the YAML mapping whose lines are indented like that of `at`.
fn above(text: &[u8], from: usize, at: usize) -> Option<&[u8]> {
    let mut end = line::start(text, at, REACH);
    let indent = at - end;
    while end > from {
        let start = line::start(text, end - 1, REACH);
        let said = &text[start..end];
        let lead = said.iter().take_while(|b| **b == b' ').count();
        if lead < indent && !said.trim_ascii().is_empty() {
            return last_name(said.trim_ascii_end().strip_suffix(b":")?);
        }
        end = start;
    }
    None
}

/// The name of the section in which `at` is.
fn section(text: &[u8], from: usize, at: usize) -> Option<&[u8]> {
    let open = from
        + memchr::memmem::rfind(&text[from..at], b"\n[")
            .map(|i| i + 1)
            .or(text[from..].starts_with(b"[").then_some(0))?;
    last_name(text[open..line::end(text, open, REACH)].trim_ascii_end().strip_suffix(b"]")?)
}

/// The word at the end, which may be quoted.
fn last_name(said: &[u8]) -> Option<&[u8]> {
    let said = said.trim_ascii_end();
    let said = said.strip_suffix(b"\"").or(said.strip_suffix(b"'")).unwrap_or(said);
    let length = said
        .iter()
        .rev()
        .take(48)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        .count();
    (length > 0).then(|| &said[said.len() - length..])
}
