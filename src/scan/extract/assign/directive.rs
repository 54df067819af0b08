//! Configuration lines that consist of words: `username X password 0 v`, `enable secret 9 v`, `requirepass v`.
//!
//! Routers, switches and servers use such lines. They have no separator between a name and its value, so only lines
//! that start with a known command are read, and only in files that may be such configuration.

use super::bytes::{is_name, is_space, skip_space};
use super::quotes::literal;
use super::types::{Assignment, Assignments, Form, NAME_REACH};
use super::value::bare;
use crate::text::lang::Lang;
use std::ops::Range;

/// Most bytes of such a line.
const LINE: usize = 300;

/// The first words of such lines.
#[rustfmt::skip]
const FIRST: [&str; 24] = [
    "aaa", "authentication-key", "crypto", "d-i", "enable", "encrypted-password", "glbp", "ikev1", "ikev2", "isakmp",
    "key-string", "ldap-login-password", "neighbor", "ntp", "pre-shared-key", "radius-server", "rocommunity", "rwcommunity", "server-private",
    "snmp-server", "tacacs-server", "tacplus-server", "username", "wpa-psk",
];
/// First words that prose may start with as well.
#[rustfmt::skip]
const PLAIN: [&str; 24] = [
    "area", "authentication", "community", "ip", "ipv6", "isis", "key", "line", "masterauth", "passwd", "password", "ppp",
    "proxy_set_header", "radius", "requirepass", "rootpw", "secret", "server-key", "set", "standby", "stats", "tacacs",
    "user", "vrrp",
];
/// Words before the value.
#[rustfmt::skip]
const NAMES: [&str; 25] = [
    "ascii-text",
    "auth",
    "authentication-key",
    "community",
    "encrypted-password",
    "insecure-password",
    "key",
    "key-string",
    "ldap-login-password",
    "masterauth",
    "md5",
    "passwd",
    "password",
    "pre-shared-key",
    "priv",
    "psksecret",
    "requirepass",
    "rocommunity",
    "rootpw",
    "rwcommunity",
    "secret",
    "server-key",
    "wpa-passphrase",
    "wpa-psk",
    "message-digest-key",
];
/// Words between a name and its value: its encoding or kind.
#[rustfmt::skip]
const KINDS: [&str; 20] = [
    "ascii",
    "ascii-text",
    "encrypted",
    "enc",
    "hex",
    "hexadecimal",
    "local",
    "md5",
    "remote",
    "sha",
    "sha256",
    "sha512",
    "aes",
    "des",
    "3des",
    "128",
    "192",
    "256",
    "--plaintext",
    "--iscrypted",
];

impl Assignments<'_> {
    /// At the start of a line: `ENV NAME value`, `ARG NAME value`, `setenv NAME value`, `set -x NAME value`.
    pub(super) fn command(&self) -> Option<Assignment> {
        let t = self.text;
        let at = skip_space(t, self.line);
        match t[..self.end].get(at)? {
            b'\\' => return self.tex_macro(at),
            b'd' => return self.method(at),
            b'E' | b'A' | b's' => {}
            _ => return None,
        }
        let word = [&b"ENV "[..], b"ARG ", b"setenv ", b"setx ", b"set -x ", b"set -gx ", b"set -Ux "]
            .into_iter()
            .find(|w| t[at..].starts_with(w))?;
        let start = skip_space(t, at + word.len());
        let length = t[start..].iter().take(NAME_REACH).take_while(|b| is_name(**b)).count();
        let name = start..start + length;
        if name.is_empty() || !matches!(t.get(name.end), Some(b' ' | b'\t')) {
            return None;
        }
        let from = skip_space(t, name.end);
        let value = literal(t, from).or_else(|| bare(t, from, true))?;
        Some(self.made(name, value, Form::Space))
    }

    /// The secrets of the line that starts at `start`, if it is such a line; a second one is kept for later.
    pub(super) fn directive(&mut self, start: usize) -> Option<Assignment> {
        if self.lang == Lang::Sql {
            return self.identified(start);
        }
        if !matches!(self.lang, Lang::Ini | Lang::Other | Lang::Markdown) {
            return None;
        }
        let words = words(self.text, start);
        let is = |i: usize, list: &[&str]| {
            words.get(i).is_some_and(|w| {
                let word = &self.text[w.clone()];
                word.len() <= 20 && list.iter().any(|l| word.eq_ignore_ascii_case(l.as_bytes()))
            })
        };
        let begins = is(0, &FIRST) || self.lang != Lang::Markdown && is(0, &PLAIN);
        if words.len() < 2 || !begins || !is_space(self.text[words[0].end]) {
            return None;
        }
        let mut found = Vec::new();
        if is(0, &["proxy_set_header"]) {
            found.extend(words.get(2).map(|v| (words[1].clone(), v.clone(), Form::Colon)));
        }
        // HAProxy's `stats auth user:value`.
        if is(0, &["stats"])
            && is(1, &["auth"])
            && let Some(login) = words.get(2)
            && let Some(colon) = memchr::memchr(b':', &self.text[login.clone()])
        {
            found.push((words[1].clone(), login.start + colon + 1..login.end, Form::Line));
        }
        let mut at = 0;
        while at < words.len() {
            let name = words[at].clone();
            let of_snmp = is(at, &["auth", "priv"]);
            let is_name = is(at, &NAMES)
                && (!of_snmp || is(0, &["snmp-server"]))
                && !(is(0, &["set"]) && is(at, &["key"]));
            at += 1;
            if !is_name {
                continue;
            }
            // A kind in digits, or in words.
            while at + 1 < words.len()
                && (words[at].len() < 3 && self.text[words[at].start].is_ascii_digit() || is(at, &KINDS))
            {
                at += 1;
            }
            if !is(at, &NAMES) && !is(at, &KINDS) && words.get(at).is_some() {
                found.push((name, words[at].clone(), Form::Line));
                at += 1;
            }
        }
        let mut found = found.into_iter().rev().map(|(name, value, form)| {
            let quoted = self.text[value.start - 1] == b'"';
            let value =
                value.start..value.end - usize::from(!quoted && self.text[value.clone()].ends_with(b";"));
            Assignment { name, value, form, quoted, line_level: true, via: None }
        });
        let last = found.next()?;
        let before = found.find(|a| a.form == Form::Line);
        // Only SNMP users have two; otherwise the value is the last word.
        let two = before.filter(|_| is(0, &["snmp-server"]));
        self.also.extend(two);
        (!last.value.is_empty()).then_some(last)
    }

    /// Oracle's unquoted `IDENTIFIED BY value`. The hash in `IDENTIFIED BY VALUES '...'` does not count.
    fn identified(&self, start: usize) -> Option<Assignment> {
        let words = words(self.text, start);
        let is = |i: usize, word: &[u8]| {
            words.get(i).is_some_and(|w| self.text[w.clone()].eq_ignore_ascii_case(word))
        };
        let by = (1..words.len()).find(|i| is(i - 1, b"identified") && is(*i, b"by"))?;
        let value = words.get(by + 1).filter(|_| !is(by + 1, b"values"))?;
        let bare = self.text[value.clone()].trim_ascii_end();
        let bare = bare.strip_suffix(b";").unwrap_or(bare);
        let starts_bare =
            bare.first().is_some_and(u8::is_ascii_alphanumeric) && self.text[value.start - 1] != b'"';
        let value = value.start..value.start + bare.len();
        let name = words[by].clone();
        starts_bare.then_some(Assignment {
            name,
            value,
            form: Form::Space,
            quoted: false,
            line_level: true,
            via: None,
        })
    }
}

/// The words of the line at `start`; a string counts as one, without its quotes.
fn words(text: &[u8], start: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = start;
    let end = text.len().min(start + LINE);
    while at < end && out.len() < 20 {
        match text[at] {
            b if is_space(b) => at += 1,
            b'\n' | b'\r' => break,
            b'"' => {
                let Some(string) = literal(text, at) else { break };
                at = string.range.end + 1;
                out.push(string.range);
            }
            _ => {
                let length = text[at..end].iter().take_while(|b| **b > b' ').count();
                out.push(at..at + length);
                at += length;
            }
        }
    }
    out
}
