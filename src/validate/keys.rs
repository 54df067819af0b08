//! Bare keys: 32 bytes with few marks to identify them.

use super::dice::Dice;
use super::{Check, radix};
use crate::finding::Evidence;
use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};

/// Checks a WireGuard key. `wg genkey` clamps private keys; a public key has the same shape without clamping.
pub(super) fn wireguard(secret: &[u8]) -> Check {
    let Some(key) = radix::base64(secret).filter(|k| k.len() == 32) else {
        return Check::doubtful("structure", "not 32 bytes of base64");
    };
    if key[0] & 7 == 0 && key[31] & 0xc0 == 0x40 {
        let mut check = Check::unknown();
        check.evidence.push(Evidence::raises("structure", "clamped as a private key is"));
        check
    } else {
        Check::doubtful("structure", "not clamped: perhaps a public key")
    }
}

/// Checks 32 bytes of base64 in either alphabet; 16 are allowed for Laravel.
pub(super) fn key32(secret: &[u8]) -> Check {
    let text = secret.strip_prefix(b"base64:").unwrap_or(secret);
    match radix::base64(text).map(|k| k.len()) {
        Some(n @ (16 | 32)) => {
            let mut check = Check::unknown();
            check.evidence.push(Evidence::raises("structure", format!("a key of {n} bytes")));
            check
        }
        _ => Check::doubtful("structure", "not a key of 32 bytes"),
    }
}

/// The order of secp256k1; a private key is at least 1 and below it.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba,
    0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

/// Rejects a number outside the curve's range; one inside it proves nothing.
pub(super) fn ethereum(secret: &[u8]) -> Check {
    let hex = secret.strip_prefix(b"0x").unwrap_or(secret);
    match HEXLOWER_PERMISSIVE.decode(hex) {
        Ok(key) if key.len() == 32 && key.iter().any(|b| *b != 0) && key[..] < ORDER[..] => Check::unknown(),
        _ => Check::invalid(),
    }
}

/// A clamped key.
pub(super) fn forge_wireguard(dice: &mut Dice<'_>) -> String {
    let mut key = dice.bytes(32);
    key[0] &= 0xf8;
    key[31] = key[31] & 0x7f | 0x40;
    BASE64.encode(&key)
}

/// 32 bytes of base64; the argument is a prefix, or `url` for the other alphabet.
pub(super) fn forge_key32(argument: &str, dice: &mut Dice<'_>) -> String {
    match argument {
        "url" => data_encoding::BASE64URL.encode(&dice.bytes(32)),
        _ => format!("{argument}{}", BASE64.encode(&dice.bytes(32))),
    }
}

/// 64 hex digits below the curve's order; the argument is a prefix such as `0x`.
pub(super) fn forge_ethereum(prefix: &str, dice: &mut Dice<'_>) -> String {
    let mut key = dice.bytes(32);
    key[0] = key[0] & 0x7f | 1;
    format!("{prefix}{}", HEXLOWER.encode(&key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::Verdict;

    #[test]
    fn an_ethereum_key_is_within_the_curve() {
        assert_eq!(ethereum("00".repeat(32).as_bytes()).verdict, Verdict::Invalid);
        assert_eq!(ethereum("ff".repeat(32).as_bytes()).verdict, Verdict::Invalid);
        assert_eq!(ethereum(format!("0x{}", "7a".repeat(32)).as_bytes()).verdict, Verdict::Unknown);
        assert_eq!(ethereum(HEXLOWER.encode(&ORDER).as_bytes()).verdict, Verdict::Invalid);
    }

    #[test]
    fn a_public_wireguard_key_is_doubted() {
        let mut key = [8u8; 32];
        key[31] = 0x41;
        assert!(wireguard(BASE64.encode(&key).as_bytes()).evidence[0].weight > 0);
        key[0] = 1;
        assert!(wireguard(BASE64.encode(&key).as_bytes()).evidence[0].weight < 0);
    }
}
