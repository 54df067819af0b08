//! base32 with CRC16 (XModem) at the end: Stellar's and NATS' seeds. A seed with a wrong checksum was not
//! issued in this form. A NATS seed is then doubted, not rejected: nothing else looks like its 58 letters.
//! One mistyped or altered letter can be corrected in two thousand tries.

use super::Check;
use super::dice::Dice;
use data_encoding::BASE32_NOPAD;

fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, b| {
        (0..8).fold(sum ^ u16::from(*b) << 8, |s, _| if s & 0x8000 == 0 { s << 1 } else { s << 1 ^ 0x1021 })
    })
}

/// The bytes before the checksum, if it matches.
fn unsealed(text: &[u8]) -> Option<Vec<u8>> {
    let mut raw = BASE32_NOPAD.decode(text).ok()?;
    let payload = raw.len().checked_sub(2)?;
    if crc16(&raw[..payload]).to_le_bytes() != raw[payload..] {
        return None;
    }
    raw.truncate(payload);
    Some(raw)
}

/// Returns whether this is a public key of NATS (account, cluster, server, operator, user or curve) or an
/// address of Stellar. These look like seeds; only the checksum proves them public.
pub(super) fn is_public(text: &[u8]) -> bool {
    text.len() == 56
        && matches!(text[0], b'A' | b'C' | b'N' | b'O' | b'U' | b'X' | b'G')
        && unsealed(text).is_some_and(|raw| raw.len() == 33)
}

fn seal(mut payload: Vec<u8>) -> String {
    payload.extend(crc16(&payload).to_le_bytes());
    BASE32_NOPAD.encode(&payload)
}

/// Checks a Stellar seed: 0x90 and 32 bytes.
pub(super) fn stellar(secret: &[u8]) -> Check {
    match unsealed(secret) {
        Some(raw) if raw.len() == 33 && raw[0] == 0x90 => Check::valid("checksum", "checksum valid"),
        _ => Check::invalid(),
    }
}

/// Checks a NATS seed: two bytes for "seed" and its type, then 32 bytes.
pub(super) fn nats(secret: &[u8]) -> Check {
    match unsealed(secret) {
        // The first five bits are S; the next five, across the byte boundary, are the type.
        Some(raw) if raw.len() == 34 && raw[0] & 0xf8 == 0x90 => {
            let whose = match (raw[0] & 7) << 5 | raw[1] >> 3 {
                0xa0 => " (user)",
                0x00 => " (account)",
                0x70 => " (operator)",
                0x68 => " (server)",
                0x10 => " (cluster)",
                0xb8 => " (curve)",
                _ => "",
            };
            Check::valid("checksum", format!("checksum valid{whose}"))
        }
        _ => Check::doubtful("checksum", "its checksum is wrong: mistyped, altered or made up"),
    }
}

/// A Stellar seed.
pub(super) fn forge_stellar(dice: &mut Dice<'_>) -> String {
    let mut payload = vec![0x90];
    payload.extend(dice.bytes(32));
    seal(payload)
}

/// A seed of the type whose letter the argument gives: U (user), A (account), O (operator).
pub(super) fn forge_nats(argument: &str, dice: &mut Dice<'_>) -> String {
    let kind: u8 = match argument {
        "A" => 0,
        "O" => 14 << 3,
        _ => 20 << 3,
    };
    let mut payload = vec![0x90 | kind >> 5, kind << 3];
    payload.extend(dice.bytes(32));
    seal(payload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::Verdict;

    #[test]
    fn public_keys_are_known_by_their_checksum() {
        let user = seal([&[20 << 3][..], &[7; 32]].concat());
        assert!(user.starts_with('U') && is_public(user.as_bytes()));
        assert!(!is_public(format!("{}A", &user[..55]).as_bytes()));
        assert!(!is_public(seal([&[0x90][..], &[7; 32]].concat()).as_bytes()), "a seed");
    }

    #[test]
    fn computed_seeds_pass() {
        let star = apart!("SAAACAQDAQCQMBYIBEFAWDANBYHR", "AEISCMKBKFQXDAMRUGY4DUPB6NKI");
        assert_eq!(stellar(star.as_bytes()).verdict, Verdict::Valid);
        let user = apart!("SUAAAAICAMCAKBQHBAEQUCYMBUHA6", "EARCIJRIFIWC4MBSGQ3DQOR4H776Y");
        let found = nats(user.as_bytes());
        assert_eq!(found.verdict, Verdict::Valid);
        assert_eq!(found.evidence[0].text, "checksum valid (user)");
        let altered = nats(user.replace("AEQU", "AEQV").as_bytes());
        assert_eq!(altered.verdict, Verdict::Unknown);
        assert_eq!(altered.evidence[0].weight, -1, "doubted");
        assert_eq!(stellar(star.replace("AEIS", "AEIT").as_bytes()).verdict, Verdict::Invalid);
    }
}
