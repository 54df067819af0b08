//! GitLab's routable tokens: `PREFIX payload .01 . LL CCCCCCC`; the first version lacks `.01`.
//!
//! Source: GitLab's `routable_token.rb`. The payload is base64url of 16 random bytes, lines `key:value`
//! sorted by key, and one byte with the length of those lines. The sum is CRC32 of everything before it,
//! prefix included, in base 36. Classic tokens (20 characters, no dot) have no sum.

use super::Check;
use super::dice::Dice;
use super::radix::{self, B36};
use crate::finding::Evidence;
use data_encoding::BASE64URL_NOPAD;

/// Checks the sum, the length and the length byte inside the payload.
pub(super) fn check(secret: &[u8]) -> Check {
    let Some(dot) = memchr::memrchr(b'.', secret) else {
        return Check::unknown();
    };
    if secret.len() - dot != 10 {
        return Check::unknown();
    }
    let (covered, sum) = secret.split_at(secret.len() - 7);
    if radix::encode(crc32fast::hash(covered), B36, 7).as_bytes() != sum {
        return Check::invalid();
    }
    let mut check = Check::valid("checksum", "checksum valid");
    let body = &secret[..dot];
    let body = body.strip_suffix(b".01").unwrap_or(body);
    let Some(length) = std::str::from_utf8(&covered[dot + 1..])
        .ok()
        .and_then(|l| usize::from_str_radix(l, 36).ok())
        .filter(|n| *n <= body.len())
    else {
        return Check::invalid();
    };
    match BASE64URL_NOPAD.decode(&body[body.len() - length..]).ok().and_then(|p| lines(&p)) {
        Some(lines) => {
            let owners = [("u", "user"), ("p", "project"), ("g", "group")];
            for (key, word) in owners {
                let value = lines.iter().find_map(|l| l.strip_prefix(key)?.strip_prefix(':'));
                if let Some(id) = value.and_then(|v| u64::from_str_radix(v, 36).ok()) {
                    check.evidence.push(Evidence::tells("account", format!("GitLab {word} {id}")));
                }
            }
            check
        }
        None => Check::invalid(),
    }
}

/// The routing lines of a decoded payload.
fn lines(payload: &[u8]) -> Option<Vec<String>> {
    let (length, rest) = payload.split_last()?;
    let text = rest.get(16..)?;
    (text.len() == usize::from(*length) && text.len() <= 159)
        .then(|| String::from_utf8_lossy(text).lines().map(str::to_owned).collect())
}

/// A routable token with this prefix; `glpat-` if empty.
pub(super) fn forge(prefix: &str, dice: &mut Dice<'_>) -> String {
    let mut payload = dice.bytes(16);
    let lines = format!("o:1\nu:{}", dice.text(B36, 4));
    payload.extend(lines.as_bytes());
    payload.push(lines.len() as u8);
    let payload = BASE64URL_NOPAD.encode(&payload);
    let prefix = if prefix.is_empty() { "glpat-" } else { prefix };
    let covered = format!("{prefix}{payload}.01.{}", radix::encode(payload.len() as u32, B36, 2));
    format!("{covered}{}", radix::encode(crc32fast::hash(covered.as_bytes()), B36, 7))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::Verdict;

    #[test]
    fn both_layouts_pass_and_name_the_user() {
        let payload = "AAECAwQFBgcICQoLDA0OD286MQp1OjF6CA";
        for tail in [".01.0y0nww73q", ".0y1wpdbb0"] {
            let found = check(format!("glpat-{payload}{tail}").as_bytes());
            assert_eq!(found.verdict, Verdict::Valid);
            assert!(found.evidence.iter().any(|e| e.text == "GitLab user 71"));
        }
    }

    #[test]
    fn classic_tokens_are_left_alone() {
        assert_eq!(check(apart!("glpat-", "abcdefghij0123456789").as_bytes()).verdict, Verdict::Unknown);
    }
}
