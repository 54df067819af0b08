//! Replaces parts of a text by their masks.

use crate::sort;
use std::cmp::Reverse;
use std::ops::Range;

/// Non-overlapping ranges of a text in order, each with its mask.
pub(super) type Masks = Vec<(Range<usize>, String)>;

/// The ranges in order; those that overlap are one, with the mask of the first.
pub(super) fn merged(mut all: Masks) -> Masks {
    sort::by_key(&mut all, |(range, _)| (range.start, Reverse(range.end)));
    let mut masks: Masks = Vec::new();
    for (range, masked) in all {
        match masks.last_mut() {
            Some((last, _)) if range.start < last.end => last.end = last.end.max(range.end),
            _ => masks.push((range, masked)),
        }
    }
    masks
}

/// The text with its masked ranges replaced.
pub(super) fn apply(text: &[u8], masks: &Masks) -> Vec<u8> {
    let (mut out, mut at) = (Vec::with_capacity(text.len()), 0);
    for (range, masked) in masks {
        out.extend_from_slice(&text[at..range.start]);
        out.extend_from_slice(masked.as_bytes());
        at = range.end;
    }
    out.extend_from_slice(&text[at..]);
    out
}

/// A remote's name, or its URL without user and password.
pub(super) fn without_password(remote: &str) -> String {
    let Some(start) = remote.find("://").map(|i| i + 3) else { return remote.to_owned() };
    let rest = &remote[start..];
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    // A password with a slash does not end the authority, whatever the standard says.
    let port = authority.rsplit_once(':').is_none_or(|(_, p)| p.bytes().all(|b| b.is_ascii_digit()));
    let end = match authority.rfind('@') {
        Some(at) => at + 1,
        None if port => 0,
        None => rest.rfind('@').map_or(0, |at| at + 1),
    };
    format!("{}{}", &remote[..start], &rest[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_is_shown_without_user_and_password() {
        for (url, shown) in [
            ("origin", "origin"),
            ("https://host/a@b", "https://host/a@b"),
            ("https://me@host/a", "https://host/a"),
            ("https://me:pw@host:8443/a@b", "https://host:8443/a@b"),
            ("https://me:p/w@host/a", "https://host/a"),
            ("ssh://git@host:22/a", "ssh://host:22/a"),
            ("https://host:443/a@v1", "https://host:443/a@v1"),
        ] {
            assert_eq!(without_password(url), shown, "{url}");
        }
    }
}
