//! What an assignment in a file of values says besides a secret: prose, a command, the key of a map, a setting.

use crate::scan::detect::generic::{is_drawn_kind, is_key, speaks_of_a_secret};
use crate::text::lang::Lang;
use crate::text::line;
use crate::text::randomness::is_random;
use crate::text::words;
use crate::validate;
use std::ops::Range;

/// Returns whether this is a word of a comment's sentence behind a colon: `# AWS credentials: keys for the storage`. A setting
/// that is switched off has nothing behind its value.
pub(super) fn is_prose(text: &[u8], value: &Range<usize>, lang: Lang) -> bool {
    if lang != Lang::DotEnv {
        return false;
    }
    let line = &text[line::start(text, value.start, PROSE)..line::end(text, value.end, PROSE)];
    let at = value.start - line::start(text, value.start, PROSE);
    line.trim_ascii_start().starts_with(b"#")
        && line[..at].trim_ascii_end().ends_with(b":")
        && line[at + value.len()..].iter().any(u8::is_ascii_alphabetic)
}

/// Bytes of a comment on either side of a value.
const PROSE: usize = 400;

/// Returns whether this names an entry of a map, as modules of Terraform refer to each other: `vnet_key = "hub_region1"`.
pub(super) fn is_key_of_map(name: &[u8], value: &[u8]) -> bool {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    // People choose a `shared_key`.
    let is_chosen = |word: &[u8]| {
        matches!(
            &*word.to_ascii_lowercase(),
            b"access"
                | b"api"
                | b"encryption"
                | b"master"
                | b"preshared"
                | b"private"
                | b"secret"
                | b"shared"
                | b"signing"
        )
    };
    let words: Vec<_> = words::split(name).collect();
    let owner = words.len().checked_sub(2).map(|before_last| words[before_last]);
    is_key(name) && !owner.is_some_and(is_chosen) && value.iter().all(is_part) && !is_random(value)
}

/// Returns whether this is a command whose output is the value: ```op read "op://vault/item"```.
pub(super) fn is_command(text: &[u8], value: &Range<usize>) -> bool {
    text[..value.start].ends_with(b"`") && text[value.clone()].contains(&b' ')
}

/// Returns whether the value is letters and joints that describe it (`myhuginnpassword`), or words where an issuer
/// generates a key or a token (`SHOP_AUTH=cloud`).
pub(super) fn is_word_of(name: &[u8], value: &[u8]) -> bool {
    let is_word =
        value.len() < 24 && value.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-'));
    is_word && (is_drawn_kind(name) && !is_random(value) || speaks_of_a_secret(value))
}

/// Least length of a token whose name says only whose it is.
const TOKEN: usize = 24;

/// Returns whether a variable of one word, as `MAILGUN`, has a random value that is not a hash: a service's token.
pub(super) fn is_token(name: &[u8], value: &[u8]) -> bool {
    value.len() >= TOKEN
        && name.len() >= 4
        && name.iter().all(u8::is_ascii_uppercase)
        && value.iter().all(u8::is_ascii_alphanumeric)
        && !value.iter().all(u8::is_ascii_hexdigit)
        && is_random(value)
}

/// Returns whether this is how Bundler keeps the login of a host: `BUNDLE_GEMS__ACME__IO: "user:password"`.
pub(super) fn is_login_of_host(name: &[u8], value: &[u8]) -> bool {
    let host = name.strip_prefix(b"BUNDLE_").unwrap_or_default();
    let settings = [&b"BUILD__"[..], b"LOCAL__", b"MIRROR__"];
    memchr::memmem::find(host, b"__").is_some()
        && !settings.iter().any(|s| host.starts_with(s))
        && value.contains(&b':')
        && value.iter().all(|b| b.is_ascii_graphic() && !matches!(b, b'/' | b','))
}

/// Returns whether the value is something else, whatever its name says: the host of a DNS record, a rate, a key that
/// every emulator has.
pub(super) fn is_of_setup(name: &[u8], value: &[u8]) -> bool {
    let labels = || value.strip_suffix(b".").unwrap_or(value).split(|b| *b == b'.');
    let is_label = |label: &[u8]| {
        !label.is_empty() && label.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
    };
    let top = labels().next_back().unwrap_or_default();
    let is_host = labels().count() >= 3 && labels().all(is_label) && top.iter().all(u8::is_ascii_lowercase);
    let number = value.iter().take_while(|b| b.is_ascii_digit()).count();
    let is_rate = number > 0
        && [&b"/s"[..], b"/m", b"/h", b"/d", b"/second", b"/minute", b"/hour", b"/day"]
            .contains(&&value[number..]);
    // `10.250.192.0/20`
    let is_network =
        value.contains(&b'.') && value.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'/'));
    // What a policy demands, and the state of a service: `Enforce: Set tags`, `keyVaultRegistered`.
    let is_policy = memchr::memmem::find(value, b": ").is_some()
        && value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b' ' | b':'));
    let is_state = || {
        let lower = value.to_ascii_lowercase();
        let is_of_service = [&b"keyvault"[..], b"secretmanager", b"secretsmanager"]
            .iter()
            .any(|service| lower.starts_with(service));
        is_of_service && value.iter().all(u8::is_ascii_alphabetic)
    };
    is_host
        || is_policy
        || is_state()
        || is_rate
        || is_network
        // A pattern, and where Terraform keeps its state.
        || value.starts_with(b"*")
        || value.ends_with(b".tfstate")
        || value.starts_with(name) && value.contains(&b'.')
        || value.split(|b| *b == b';').next().is_some_and(validate::is_public)
}

/// Returns whether a value occurs on its line again, as a password that equals the user name does.
pub(super) fn is_said_twice(text: &[u8], at: &Range<usize>) -> bool {
    let line = line::around(text, at.start, 256);
    at.len() < 32 && memchr::memmem::find_iter(&text[line], &text[at.clone()]).take(2).count() > 1
}
