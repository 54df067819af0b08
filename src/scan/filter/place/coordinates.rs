//! Names in parts with colons: Maven's coordinates, what a configuration depends on.

use crate::text::randomness::is_uuid;
use crate::text::short::holds;
use std::ops::Range;

/// Returns whether this is `group:artifact:version` or `group:artifact`, alone in quotes, and the group was read as
/// a name because it contains a word such as `token`.
pub(super) fn is_coordinate(text: &[u8], name: &[u8], token: &Range<usize>) -> bool {
    let quote = token.start.checked_sub(1).and_then(|i| text.get(i));
    if !matches!(quote, Some(b'"' | b'\'' | b'`')) || text.get(token.end) != quote {
        return false;
    }
    let mut parts = text[token.clone()].split(|b| *b == b':');
    let (Some(group), Some(artifact)) = (parts.next(), parts.next()) else { return false };
    let is_name = |part: &[u8]| {
        part.len() >= 3
            && part[0].is_ascii_lowercase()
            && part.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(b))
            && is_words_and_joints(part)
    };
    // Without a version, `app.db.password:word` looks the same.
    let last = group.rsplit(|b| *b == b'.').next().unwrap_or_default();
    let names_a_secret =
        matches!(last, b"password" | b"passwd" | b"pass" | b"secret" | b"token" | b"key" | b"apikey");
    let is_version = |part: &[u8]| matches!(part, [b'0'..=b'9' | b'$', ..]);
    let versioned = parts.next().map(is_version);
    group == name
        && holds(group, &[b"token", b"secret", b"auth", b"key", b"pass", b"cred"])
        && group.contains(&b'.')
        && is_name(group)
        && is_name(artifact)
        && versioned.unwrap_or(!names_a_secret)
}

/// Returns whether this is `type:bundle:uuid`, as configurations name what they depend on.
pub(super) fn is_entity(token: &[u8], name: &[u8], value: &[u8]) -> bool {
    let Some(path) = token.strip_suffix(value).and_then(|path| path.strip_suffix(b":")) else { return false };
    let is_word = |part: &[u8]| {
        part.len() > 2 && part.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-'))
    };
    let of_secrets = [&b"password"[..], b"secret", b"token", b"key", b"passwd"];
    is_uuid(value)
        && path.contains(&b':')
        && path.split(|b| *b == b':').all(is_word)
        && !of_secrets.iter().any(|w| name.ends_with(w))
}

/// Returns whether digits are only where a name has them, so that it is not random text.
fn is_words_and_joints(artifact: &[u8]) -> bool {
    let changes = artifact.windows(2).filter(|w| w[0].is_ascii_digit() && w[1].is_ascii_alphabetic()).count();
    changes <= 1
}
