//! Templates that a person filled in and whose words were left: `changeme-kQ7x...`.

use super::{PARTS, is_pattern};
use crate::text::words;

/// Words with which a template asks its reader for a value.
const ASKING: [&[u8]; 8] = [
    b"changeme",
    b"change-me",
    b"change_me",
    b"changethis",
    b"replaceme",
    b"replace-me",
    b"replace_me",
    b"your",
];

/// Least changes between letters and digits in it.
const CHANGES: usize = 4;

/// Least length of what is filled in.
const LEAST: usize = 16;

/// Returns whether random letters and digits follow the words and a joint. `lower` is the value in lower case.
pub(super) fn is_filled_up(value: &[u8], lower: &[u8]) -> bool {
    let Some(word) = ASKING.iter().find(|word| lower.starts_with(word)) else { return false };
    let [b'-' | b'_', rest @ ..] = &value[word.len()..] else { return false };
    let changes = rest.windows(2).filter(|w| w[0].is_ascii_digit() != w[1].is_ascii_digit()).count();
    rest.len() >= LEAST
        && rest.iter().all(u8::is_ascii_alphanumeric)
        && changes >= CHANGES
        && words::share(rest) < 0.3
        && !is_pattern(rest)
        && !PARTS.is_in(&lower[lower.len().saturating_sub(rest.len())..])
}

#[cfg(test)]
mod tests {
    use super::super::{is_filled_up, is_placeholder};

    #[test]
    fn a_template_that_was_filled_in_is_distinguished_from_one_that_was_not() {
        for value in
            ["changeme-U0OQ2V6950JYoKlK02eY", "your_eO8tRom3LnRm5FlA1XMp", "replace-me-Y3Rm5Xf7jAiFuGGs"]
        {
            assert!(is_filled_up(value.as_bytes()) && !is_placeholder(value.as_bytes()), "{value}");
        }
        for value in [
            "changeme",
            "changeme-please",
            "your-api-key-goes-here",
            "your_secret_key_123456789",
            "changeme-1234567890abcdef",
            "changeme-aaaaaaaaaaaaaaaaaaaa",
            "change-me-in-production-9f86d081",
            "your-example0f3a9c1b7d2e4f",
            "dummyUOlYbeUX66tAO3ibTdd4HZuk",
        ] {
            assert!(!is_filled_up(value.as_bytes()) && is_placeholder(value.as_bytes()), "{value}");
        }
    }
}
