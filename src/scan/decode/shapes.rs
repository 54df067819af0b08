//! Tokens without a keyword that their own structure proves: each is a run of base64 characters, which are searched
//! in any case. This only says where a rule may find one; the rule decides.

use crate::text::randomness::is_uuid;
use std::ops::Range;

/// The rule whose token may start with the run at `at`.
pub(super) fn rule(text: &[u8], at: &Range<usize>) -> Option<&'static str> {
    let run = &text[at.clone()];
    match run.len() {
        24..=28 if text.get(at.end) == Some(&b'.') && is_snowflake(run) => Some("discord-bot-token"),
        58 if is_nats_seed(run) => Some("nats-seed"),
        50 if is_mailgun(run) => Some("mailgun-api-key-v2"),
        40 if run.starts_with(b"api-") && is_uuid(&run[4..]) => Some("launchdarkly-api-token"),
        35..=133 if is_prefixed(run) => Some("generic-api-key"),
        _ => None,
    }
}

/// Returns whether a run starts with a Discord id in base64: three digits are four letters, of which the first is
/// one of three.
fn is_snowflake(run: &[u8]) -> bool {
    run.chunks_exact(4).take(6).all(|group| {
        matches!(group[0], b'M' | b'N' | b'O')
            && matches!(group[1], b'D' | b'T' | b'j' | b'z')
            && matches!(group[2], b'A' | b'E' | b'I' | b'M' | b'Q' | b'U' | b'Y' | b'c' | b'g' | b'k')
            && matches!(group[3], b'0'..=b'5' | b'w'..=b'z')
    })
}

/// Returns whether this is a NATS seed: its kind in the first letters, then base32.
fn is_nats_seed(run: &[u8]) -> bool {
    matches!(run, [b'S', b'A' | b'C' | b'N' | b'O' | b'U' | b'X', b'A', ..])
        && run.iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'))
}

/// Returns whether this is hex digits in groups of 32, 8 and 8.
fn is_mailgun(run: &[u8]) -> bool {
    run.iter().enumerate().all(|(i, b)| match i {
        32 | 41 => *b == b'-',
        _ => matches!(b, b'0'..=b'9' | b'a'..=b'f'),
    })
}

/// Returns whether this is a common vendor prefix followed by hex digits.
fn is_prefixed(run: &[u8]) -> bool {
    let digits = [&b"key"[..], b"sk", b"live"].iter().find_map(|prefix| run.strip_prefix(*prefix));
    matches!(digits, Some([b'_' | b'-', digits @ ..]) if digits.len() >= 32 && digits.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use crate::rules::RuleSet;

    #[test]
    fn a_run_with_the_structure_of_a_token_is_known_and_no_other() {
        let hex = "0f".repeat(16);
        let seed = format!("SUA{}", "M7".repeat(27) + "Q");
        for (text, rule) in [
            (format!("{}.", data_encoding::BASE64.encode(b"655715034981189152")), Some("discord-bot-token")),
            (data_encoding::BASE64.encode(b"655715034981189152"), None),
            (format!("{}.", data_encoding::BASE64.encode(b"655715034981189abc")), None),
            (seed.clone(), Some("nats-seed")),
            (format!("sk_{hex}"), Some("generic-api-key")),
            (format!("live-{hex}{hex}"), Some("generic-api-key")),
            (format!("sk_{}", &hex[..30]), None),
            (format!("ask_{hex}"), None),
            (format!("key_{hex}g"), None),
            (seed.to_lowercase(), None),
            (format!("U{}", &seed[1..]), None),
            (format!("{hex}-{}-{}", &hex[..8], &hex[..8]), Some("mailgun-api-key-v2")),
            (format!("{hex}-{}-{}", &hex[..8], &hex[..9]), None),
            (format!("api-{}-0f0f-0f0f-0f0f-{}", &hex[..8], &hex[..12]), Some("launchdarkly-api-token")),
        ] {
            let end = text.len() - usize::from(text.ends_with('.'));
            assert_eq!(super::rule(text.as_bytes(), &(0..end)), rule, "{text}");
        }
    }

    #[test]
    fn the_rules_are_in_the_catalogue() {
        let set = RuleSet::builtin();
        for id in ["discord-bot-token", "nats-seed", "mailgun-api-key-v2", "launchdarkly-api-token"] {
            assert!(set.get(id).is_some(), "{id}");
        }
    }
}
