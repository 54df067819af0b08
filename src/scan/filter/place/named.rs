//! What a value names: an action of CI, keys of a keyboard, what a command works on, a key that signs packages.

use crate::text::short::holds;
use crate::text::words;
use std::ops::Range;

/// Bytes before a value in which a comment may introduce it.
const REACH: usize = 400;

/// Returns whether this names an action of CI and its commit: `actions/checkout@9f86d08...`.
pub(super) fn is_pinned_action(token: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'@', token) else { return false };
    let (action, commit) = (&token[..at], &token[at + 1..]);
    commit.len() == 40 && commit.iter().all(u8::is_ascii_hexdigit) && action.contains(&b'/')
}

/// Returns whether this lists keys of a keyboard: `b,c,ctrl+shift+f,escape`.
pub(super) fn is_shortcuts(value: &[u8]) -> bool {
    let is_held = |part: &[u8]| {
        [&b"ctrl"[..], b"shift", b"alt", b"cmd", b"meta", b"mod", b"command", b"option"]
            .iter()
            .any(|key| part.eq_ignore_ascii_case(key))
    };
    value.contains(&b'+')
        && value
            .split(|b| *b == b',')
            .any(|key| key.trim_ascii().split(|b| *b == b'+').next().is_some_and(is_held))
        && value.split(|b| *b == b',').all(|key| key.trim_ascii().len() <= 24)
}

/// What subcommands do with secrets that an id names.
const VERBS: [&[u8]; 8] =
    [b"regenerate-", b"rotate-", b"get-", b"list-", b"reset-", b"show-", b"delete-", b"revoke-"];

/// Returns whether this is the name of a command and its subcommand, and no option: `network connect regenerate-service-key`.
pub(super) fn is_subcommand(name: &[u8]) -> bool {
    let last = name.rsplit(|b| *b == b' ').next().unwrap_or_default();
    name.contains(&b' ')
        && name.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b' '))
        && (VERBS.iter().any(|verb| last.starts_with(verb)) || last == b"credentials" && name.contains(&b'-'))
}

/// Returns whether this is the fingerprint of an OpenPGP key (40 digits), as the comment above a list of them says.
pub(super) fn is_of_packages(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    let is_key = ["key", "keys", "fingerprint"].iter().any(|w| words::holds(name, w));
    if !is_key || ["token", "password", "secret", "private"].iter().any(|w| words::holds(name, w)) {
        return false;
    }
    let value = &text[secret.clone()];
    let digits = value.strip_prefix(b"0x").unwrap_or(value);
    let before = || text[secret.start.saturating_sub(REACH)..secret.start].to_ascii_lowercase();
    digits.len() == 40
        && digits.iter().all(u8::is_ascii_hexdigit)
        && before().split(|b| *b == b'\n').any(|line| {
            line.trim_ascii_start().starts_with(b"#")
                && holds(line, &[b"gpg", b"pgp"])
                && holds(line, &[b"fingerprint", b"key id"])
        })
}
