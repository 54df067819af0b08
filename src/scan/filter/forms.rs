//! What the form of a match says against it: a name in code, words behind a prefix, a stub, a piece of base64.

use crate::rules::{Detector, Rule, SecretKind};
use crate::scan::candidate::Candidate;
use crate::text::placeholder;
use crate::text::short::begins;

/// Returns whether this is a rule's prefix followed by words, as in `tss_invalidate_io_bitmap`: a name in code. No
/// issuer's random text has one case, no digit, and separators.
pub(super) fn is_identifier(rule: &Rule, value: &[u8]) -> bool {
    let words = |text: &[u8]| {
        let separator = |b: &u8| matches!(b, b'_' | b'-');
        let of_case = |is: fn(&u8) -> bool| text.iter().all(|b| is(b) || separator(b));
        text.len() >= 12
            && text.iter().any(separator)
            && (of_case(u8::is_ascii_lowercase) || of_case(u8::is_ascii_uppercase))
    };
    matches!(rule.detector, Detector::Regex(_))
        && rule.keywords.iter().any(|k| begins(value, k) && words(&value[k.len()..]))
}

/// Bytes before a match in which the value that SOPS sealed may begin.
const SEALED: usize = 8 << 10;

/// Returns whether the match is a part of what SOPS sealed: `ENC[AES256_GCM,data:...,iv:...,tag:...]`.
pub(super) fn is_sealed_by_sops(c: &Candidate, text: &[u8]) -> bool {
    let before = &text[c.secret.start.saturating_sub(SEALED)..c.secret.start];
    let start = memchr::memrchr(b'[', before);
    start.is_some_and(|at| {
        before[..at].ends_with(b"ENC")
            && before[at + 1..].starts_with(b"AES256_GCM,")
            && !before[at..].contains(&b']')
    })
}

/// Returns whether a text is what Rails keeps of credentials: the data, its vector and its tag in base64, with two dashes
/// between them.
pub(super) fn is_sealed_by_rails(text: &[u8]) -> bool {
    let base64 = |part: &[u8]| part.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b));
    let mut parts = text.trim_ascii().rsplitn(5, |b| *b == b'-');
    let mut next = || parts.next().unwrap_or_default();
    let (tag, gap, vector, other, data) = (next(), next(), next(), next(), next());
    tag.len() == 24
        && vector.len() == 16
        && gap.is_empty()
        && other.is_empty()
        && [tag, vector, data].into_iter().all(base64)
}

/// Returns whether a key in base64 was cut off: dots follow it, or it is a string that has not an eighth of the bytes that its head
/// announces (`30 82` and a length, DER), and that nothing is added to.
pub(super) fn is_cut_off(c: &Candidate, text: &[u8]) -> bool {
    let (value, rest) = (&text[c.secret.clone()], &text[c.secret.end..]);
    let head = value.get(..8).and_then(|head| data_encoding::BASE64.decode(head).ok());
    let announced = match head.as_deref() {
        Some([0x30, 0x82, high, low, ..]) => usize::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    };
    let quote = |b: Option<&u8>| b.copied().filter(|b| matches!(b, b'"' | b'\''));
    let is_string = || {
        let closes = quote(rest.first());
        let after = rest.get(1..).unwrap_or_default().trim_ascii_start();
        closes.is_some()
            && quote(text[..c.secret.start].last()) == closes
            && !matches!(after, [b'+' | b'"' | b'\'' | b'.' | b'\\' | b'&', ..])
    };
    rest.starts_with(b"...") || value.len() * 6 < announced && is_string()
}

/// Base64 on one side of a match from which it is a piece of that.
const BASE64: usize = 64;

/// Returns whether the match is a piece of a longer run of base64, in which `+` and `/` end a word.
pub(super) fn is_piece_of_base64(c: &Candidate, text: &[u8]) -> bool {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let is_joint = |b: Option<&u8>| matches!(b, Some(b'+' | b'/'));
    let (before, after) = (&text[..c.secret.start], &text[c.secret.end..]);
    let left = || before.iter().rev().take(BASE64).take_while(is_part).count();
    let right = || after.iter().take(BASE64).take_while(is_part).count();
    matches!(c.rule.detector, Detector::Regex(_))
        && (is_joint(before.last()) && left() == BASE64 || is_joint(after.first()) && right() == BASE64)
}

/// Returns whether words follow a vendor's prefix, as in `sk_live_ThisIsMyStripeSecretKey1`: a stand-in. A password
/// may be words.
pub(super) fn is_worded(rule: &Rule, value: &[u8]) -> bool {
    let drawn = !matches!(
        rule.kind,
        SecretKind::Password
            | SecretKind::ConnectionString
            | SecretKind::CredentialFile
            | SecretKind::PrivateKey
    );
    let body = |k: &&str| begins(value, k).then(|| &value[k.len()..]);
    drawn
        && matches!(rule.detector, Detector::Regex(_))
        && (rule.keywords.iter().filter_map(body).any(placeholder::is_words) || is_sentence(value))
}

/// Words with joints and nothing else, as in `django-insecure-docker-dev-key-change-in-production`.
fn is_sentence(value: &[u8]) -> bool {
    let is_joint = |b: &u8| matches!(b, b'-' | b'_');
    value.iter().all(|b| b.is_ascii_lowercase() || is_joint(b))
        && value.iter().filter(|b| is_joint(b)).count() >= 3
        && placeholder::is_words(value)
}

/// Returns whether a symmetric JSON Web Key is words (`bounded-cache-test-key`), or base64 of a stand-in, as of
/// `changemechangeme`.
pub(super) fn is_stand_in_key(rule: &Rule, value: &[u8]) -> bool {
    let is_short = rule.kind == SecretKind::PrivateKey && value.len() <= 128;
    let decoded = is_short.then(|| data_encoding::BASE64URL_NOPAD.decode(value).ok()).flatten();
    is_short && is_sentence(value)
        || decoded
            .is_some_and(|text| text.iter().all(u8::is_ascii_graphic) && placeholder::is_placeholder(&text))
}

/// Returns whether hardly anything follows a vendor's prefix, as in `tfp_7`, which tests contain. No issuer's token
/// is so short, but a password may be.
pub(super) fn is_stub(rule: &Rule, value: &[u8]) -> bool {
    let Some(at) = value.iter().rposition(|b| matches!(b, b'_' | b'-')) else { return false };
    let prefix = |b: &u8| b.is_ascii_lowercase() || matches!(b, b'_' | b'-');
    rule.is_generic()
        && rule.kind != SecretKind::Password
        && (2..=8).contains(&at)
        && value[..at].iter().all(prefix)
        && value.len() - at <= 5
        && value[at + 1..].iter().all(u8::is_ascii_alphanumeric)
}

/// Returns whether a value has the form of a checksum: hex digits, as many as MD5, SHA-1 or SHA-256 has.
pub(super) fn is_checksum(value: &[u8]) -> bool {
    matches!(value.len(), 32 | 40 | 64) && value.iter().all(u8::is_ascii_hexdigit)
}

/// Returns whether what was taken for a connection string is code that assigns the parts of a URL:
/// `s.password=r.password,s.host=r.host`.
pub(super) fn is_of_members(c: &Candidate, text: &[u8]) -> bool {
    c.rule.kind == SecretKind::ConnectionString && {
        let value = &text[c.secret.clone()];
        let key = text[..c.secret.start].trim_ascii_end().strip_suffix(b"=").unwrap_or_default();
        let key = &key[..key.len() - key.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count()];
        key.ends_with(b".") && value.contains(&b',') && value.contains(&b'=')
    }
}

/// Returns whether a password is small words of which the last says so: `broker-password`.
pub(super) fn is_named_password(value: &[u8]) -> bool {
    value.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'_'))
        && [&b"-password"[..], b"_password", b"-passwd", b"_passwd"].iter().any(|end| value.ends_with(end))
}
