//! bech32 (BIP-173): age's secret keys and Nostr's. A key with a wrong checksum was never issued.

use super::Check;
use super::dice::Dice;

const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

fn step(sum: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let sum = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
    GENERATOR.iter().enumerate().filter(|(i, _)| top >> i & 1 == 1).fold(sum, |s, (_, g)| s ^ g)
}

/// The checksum's state after the human-readable part.
fn opened(hrp: &[u8]) -> u32 {
    let high = hrp.iter().map(|b| b >> 5);
    let low = hrp.iter().map(|b| b & 31);
    high.chain([0]).chain(low).fold(1, step)
}

/// Requires `hrp`, `1` and 32 bytes with their checksum, all in one case.
pub(super) fn check(secret: &[u8], hrp: &str) -> Check {
    let lower = secret.to_ascii_lowercase();
    let one_case = lower == secret || secret.to_ascii_uppercase() == secret;
    let data = lower.strip_prefix(hrp.as_bytes()).and_then(|r| r.strip_prefix(b"1"));
    let values: Option<Vec<u8>> =
        data.and_then(|d| d.iter().map(|b| DIGITS.iter().position(|x| x == b).map(|i| i as u8)).collect());
    match values {
        // 256 bits are 52 characters; the checksum is 6 more.
        Some(v) if one_case && v.len() == 58 && v.iter().copied().fold(opened(hrp.as_bytes()), step) == 1 => {
            Check::valid("checksum", "checksum valid")
        }
        _ => Check::invalid(),
    }
}

/// 32 random bytes with their checksum, in lower case.
pub(super) fn forge(hrp: &str, dice: &mut Dice<'_>) -> String {
    seal(hrp, &dice.bytes(32))
}

fn seal(hrp: &str, bytes: &[u8]) -> String {
    let (mut bits, mut held) = (0u32, 0);
    let mut values = Vec::new();
    for b in bytes {
        bits = (bits << 8 | u32::from(*b)) & 0xfff;
        held += 8;
        while held >= 5 {
            held -= 5;
            values.push((bits >> held & 31) as u8);
        }
    }
    values.push((bits << (5 - held) & 31) as u8);
    let open = values.iter().copied().fold(opened(hrp.as_bytes()), step);
    let sum = [0u8; 6].into_iter().fold(open, step) ^ 1;
    values.extend((0..6).map(|i| (sum >> (5 * (5 - i)) & 31) as u8));
    let text: String = values.iter().map(|v| DIGITS[*v as usize] as char).collect();
    format!("{hrp}1{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::Verdict;

    #[test]
    fn computed_keys_pass_in_upper_and_lower_case() {
        // stanch:allow generic-secret -- a computed vector
        let age = apart!("AGE-SECRET-KEY-", "1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SWRYDWG");
        let nsec = apart!("nsec", "1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0s8zu3a4");
        assert_eq!(check(age.as_bytes(), "age-secret-key-").verdict, Verdict::Valid);
        assert_eq!(check(nsec.as_bytes(), "nsec").verdict, Verdict::Valid);
        let bytes: Vec<u8> = (0..32).collect();
        assert_eq!(seal("nsec", &bytes), nsec);
        assert_eq!(seal("age-secret-key-", &bytes), age.to_ascii_lowercase());
        assert_eq!(check(age.replace('K', "k").as_bytes(), "age-secret-key-").verdict, Verdict::Invalid);
    }
}
