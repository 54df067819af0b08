//! AWS: the account inside an access key id, and Bedrock's API keys.
//!
//! Source of the account's position: A. Steele's note on key ids. It holds for ids made since about 2019.
//! Older ones, whose fifth character is early in the alphabet, decode to nothing meaningful.

use super::Check;
use super::dice::{ALNUM, Dice};
use super::radix;
use crate::finding::Evidence;
use data_encoding::{BASE32_NOPAD, BASE64};

const LONG_TERM: &[u8] = b"BedrockAPIKey-";
const SHORT_TERM: &[u8] = b"bedrock.amazonaws.com";

/// Reads the account from a key id; rejects an id with a character that no key id has.
pub(super) fn key_id(secret: &[u8]) -> Check {
    let Some(body) = secret.get(4..).filter(|b| b.len() == 16) else {
        return Check::unknown();
    };
    // Amazon's manuals print ids with this ending.
    if body.ends_with(b"EXAMPLE") {
        return Check::invalid();
    }
    let Ok(raw) = BASE32_NOPAD.decode(body) else {
        return Check::invalid();
    };
    let mut check = Check::unknown();
    if matches!(body[0], b'I' | b'J') {
        return check;
    }
    let number = raw[..6].iter().fold(0u64, |n, b| n << 8 | u64::from(*b));
    let account = (number & 0x7fff_ffff_ff80) >> 7;
    if account > 999_999_999_999 {
        check.evidence.push(Evidence::tells("account", "the account number inside has too many digits"));
    } else {
        check.evidence.push(Evidence::tells("account", format!("AWS account {account:012}")));
    }
    check
}

/// A key id of the account that the argument names, or of a random one; a four-letter argument (`ASIA`) is
/// the prefix.
pub(super) fn forge_key_id(argument: &str, dice: &mut Dice<'_>) -> String {
    let prefix = if argument.len() == 4 { argument } else { "AKIA" };
    let account =
        argument.parse().unwrap_or_else(|_| 100_000_000_000 + u64::from((dice.0)()) * 200 % 800_000_000_000);
    let number = (1u64 << 47) | account << 7 | u64::from((dice.0)() & 0x7f);
    let mut raw = number.to_be_bytes()[2..].to_vec();
    raw.extend(dice.bytes(4));
    format!("{prefix}{}", BASE32_NOPAD.encode(&raw))
}

/// Checks Bedrock keys: base64 of a known text.
pub(super) fn bedrock(secret: &[u8]) -> Check {
    let starts = |prefix: &str, text: &[u8]| {
        secret.strip_prefix(prefix.as_bytes()).is_some_and(|body| {
            let body = &body[..body.len() / 4 * 4];
            radix::base64(&body[..body.len().min(48)]).is_some_and(|d| d.starts_with(text))
        })
    };
    if starts("ABSK", LONG_TERM) {
        Check::valid("structure", "a long-term Bedrock key")
    } else if starts("bedrock-api-key-", SHORT_TERM) {
        Check::valid("structure", "a short-term Bedrock key, of 12 hours at most")
    } else {
        Check::doubtful("structure", "not the form of a Bedrock key")
    }
}

/// A long-term key, or a short-term one if the argument is `short`.
pub(super) fn forge_bedrock(argument: &str, dice: &mut Dice<'_>) -> String {
    if argument == "short" {
        let mut text = SHORT_TERM.to_vec();
        text.extend(format!("/?Action=CallWithBearerToken&X-Amz-Signature={}", dice.text(ALNUM, 64)).bytes());
        return format!("bedrock-api-key-{}", BASE64.encode(&text));
    }
    let mut text = LONG_TERM.to_vec();
    text.extend(format!("{}-at-123456789012:", dice.text(ALNUM, 4)).bytes());
    text.extend(dice.bytes(44));
    format!("ABSK{}", BASE64.encode(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::Verdict;

    fn account(id: &str) -> String {
        key_id(id.as_bytes()).evidence[0].text.clone()
    }

    #[test]
    fn the_account_is_read_from_the_id() {
        assert_eq!(account(apart!("ASIAQNZGKIQY", "56JQ7WML")), "AWS account 029608264753");
        assert_eq!(account(apart!("AKIARZPUZDIK", "AAAAAAAA")), "AWS account 123456789012");
    }

    #[test]
    fn an_id_outside_base32_or_from_the_manual_is_rejected() {
        assert_eq!(key_id(apart!("AKIA1890", "AAAAAAAAAAAA").as_bytes()).verdict, Verdict::Invalid);
        assert_eq!(key_id(apart!("AKIAIOSFODNN7", "EXAMPLE").as_bytes()).verdict, Verdict::Invalid);
    }

    #[test]
    fn an_id_from_before_the_account_was_inside_names_none() {
        let found = key_id(apart!("AKIAJQNZGKIQ", "Y56JQ7WM").as_bytes());
        assert!(found.verdict == Verdict::Unknown && found.evidence.is_empty());
    }
}
