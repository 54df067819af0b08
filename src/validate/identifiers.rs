//! Tokens with a readable part but no sum: Discord, Telegram, OpenAI. Also Luhn's check digit.

use super::dice::{ALNUM, Dice};
use super::{Check, clock, radix};
use crate::finding::Evidence;
use crate::text::placeholder::is_placeholder;

/// base64 of `OpenAI`; every key of the current families contains it.
const OPENAI_MARK: &str = apart!("T3Blb", "kFJ");
/// Start of Discord's epoch, in milliseconds since 1970; ids count from it.
const DISCORD_EPOCH: u64 = 1_420_070_400_000;

/// Looks for the mark in the middle of an OpenAI key; confirms, never rejects.
pub(super) fn openai(secret: &[u8]) -> Check {
    if memchr::memmem::find(secret, OPENAI_MARK.as_bytes()).is_some() && !is_placeholder(secret) {
        Check::valid("structure", "has the mark of an OpenAI key")
    } else {
        Check::unknown()
    }
}

/// Reads the Discord id: a bot token's first part is base64 of a user id; a webhook's id is in its URL.
pub(super) fn discord(secret: &[u8], whole: &[u8]) -> Check {
    let id = match memchr::memmem::find(whole, b"/webhooks/") {
        Some(at) => whole[at + 10..].split(|b| *b == b'/').next().map(<[u8]>::to_vec),
        None => secret.split(|b| *b == b'.').next().and_then(radix::base64),
    };
    match id.as_deref().and_then(snowflake) {
        Some((id, since)) => {
            Check::valid("structure", format!("Discord id {id}, made {}", clock::date(since)))
        }
        None => Check::doubtful("structure", "no Discord id inside"),
    }
}

/// A Discord id as a number, and the second of its creation since 1970.
fn snowflake(digits: &[u8]) -> Option<(u64, i64)> {
    if !(17..=20).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let id: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((id, (((id >> 22) + DISCORD_EPOCH) / 1000) as i64))
}

/// Checks `BOT ID:AA...`. The form is not distinctive, so a match adds a fact and no weight.
pub(super) fn telegram(secret: &[u8]) -> Check {
    let Some(colon) = memchr::memchr(b':', secret) else {
        return Check::doubtful("structure", "no bot id before a colon");
    };
    let (id, rest) = (&secret[..colon], &secret[colon + 1..]);
    if (8..=10).contains(&id.len()) && id.iter().all(u8::is_ascii_digit) && rest.starts_with(b"AA") {
        let mut check = Check::unknown();
        let id = String::from_utf8_lossy(id);
        check.evidence.push(Evidence::tells("account", format!("Telegram bot {id}")));
        check
    } else {
        Check::doubtful("structure", "not the form of a Telegram token")
    }
}

/// Rejects a wrong Luhn digit. One number in ten passes by chance, so a right digit proves nothing.
pub(super) fn luhn(secret: &[u8]) -> Check {
    let digits: Vec<u8> = secret.iter().filter(|b| b.is_ascii_digit()).map(|b| b - b'0').collect();
    if digits.len() < 2 || !luhn_sum(&digits).is_multiple_of(10) {
        Check::invalid()
    } else {
        Check::unknown()
    }
}

fn luhn_sum(digits: &[u8]) -> u32 {
    digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| match u32::from(*d) * (1 + i as u32 % 2) {
            n if n > 9 => n - 9,
            n => n,
        })
        .sum()
}

/// A key with OpenAI's mark; the prefix is `sk-proj-` if empty.
pub(super) fn forge_openai(prefix: &str, dice: &mut Dice<'_>) -> String {
    match prefix {
        "" | "sk-" => format!("sk-{}{OPENAI_MARK}{}", dice.text(ALNUM, 20), dice.text(ALNUM, 20)),
        _ => format!("{prefix}{}{OPENAI_MARK}{}", dice.text(ALNUM, 74), dice.text(ALNUM, 74)),
    }
}

/// A bot token with parts of 26, 6 and 38 characters.
pub(super) fn forge_discord(dice: &mut Dice<'_>) -> String {
    let id = format!("1{}", dice.text(b"0123456789", 18));
    let id = data_encoding::BASE64URL_NOPAD.encode(id.as_bytes());
    format!("{id}.G{}.{}", dice.text(ALNUM, 5), dice.text(ALNUM, 38))
}

/// A bot token.
pub(super) fn forge_telegram(dice: &mut Dice<'_>) -> String {
    format!("{}{}:AA{}", 1 + dice.below(9), dice.text(b"0123456789", 9), dice.text(ALNUM, 33))
}

/// Sixteen digits; the argument is the first of them.
pub(super) fn forge_luhn(prefix: &str, dice: &mut Dice<'_>) -> String {
    let body = format!("{prefix}{}", dice.text(b"0123456789", 15usize.saturating_sub(prefix.len())));
    let mut digits: Vec<u8> = body.bytes().filter(u8::is_ascii_digit).map(|b| b - b'0').collect();
    digits.push(0);
    format!("{body}{}", (10 - luhn_sum(&digits) % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::Verdict;

    #[test]
    fn a_discord_id_gives_its_date() {
        let token = apart!("MTIzNDU2Nzg5", "MDEyMzQ1Njc4", ".G12345.abc");
        let found = discord(token.as_bytes(), token.as_bytes());
        assert_eq!(found.evidence[0].text, "Discord id 123456789012345678, made 2015-12-07");
        assert_eq!(found.verdict, Verdict::Valid);
        let url = b"https://discord.com/api/webhooks/123456789012345678/abc";
        assert_eq!(discord(url, url).verdict, Verdict::Valid);
        assert_eq!(discord(b"no.thing", b"no.thing").verdict, Verdict::Unknown);
    }

    #[test]
    fn openais_mark_is_base64_of_its_name_and_filler_with_it_proves_nothing() {
        assert_eq!(data_encoding::BASE64_NOPAD.encode(b"OpenAI"), OPENAI_MARK);
        let filler = format!("sk-{0}{OPENAI_MARK}{0}", "x".repeat(20));
        assert_eq!(openai(filler.as_bytes()).verdict, Verdict::Unknown);
    }

    #[test]
    fn luhn_rejects_a_wrong_digit() {
        assert_eq!(luhn(b"4111 1111 1111 1111").verdict, Verdict::Unknown);
        assert_eq!(luhn(b"4111 1111 1111 1112").verdict, Verdict::Invalid);
    }
}
