//! base58 with and without a checksum: Bitcoin's WIF, BIP-32's extended keys, Solana's key pairs.

use super::dice::Dice;
use super::{Check, ed25519};
use sha2::{Digest, Sha256};

const DIGITS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Longest text to decode, in bytes. Decoding is quadratic, and no key here is longer.
const LONGEST: usize = 160;

/// Decodes; `None` for a character outside the alphabet or a text longer than any key.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut out: Vec<u8> = Vec::new();
    for b in text {
        let mut carry = DIGITS.iter().position(|d| d == b)? as u32;
        for byte in out.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        while carry > 0 {
            out.insert(0, carry as u8);
            carry >>= 8;
        }
    }
    let zeros = text.iter().take_while(|b| **b == b'1').count();
    out.splice(0..0, std::iter::repeat_n(0, zeros));
    Some(out)
}

pub(super) fn encode(bytes: &[u8]) -> String {
    let mut digits: Vec<u8> = Vec::new();
    for b in bytes {
        let mut carry = u32::from(*b);
        for digit in digits.iter_mut().rev() {
            carry += u32::from(*digit) << 8;
            *digit = (carry % 58) as u8;
            carry /= 58;
        }
        while carry > 0 {
            digits.insert(0, (carry % 58) as u8);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|b| **b == 0).count();
    std::iter::repeat_n('1', zeros).chain(digits.iter().map(|d| DIGITS[*d as usize] as char)).collect()
}

fn sum(payload: &[u8]) -> [u8; 4] {
    let digest = Sha256::digest(Sha256::digest(payload));
    [digest[0], digest[1], digest[2], digest[3]]
}

/// The payload of base58check; `None` if the checksum is wrong.
fn checked(text: &[u8]) -> Option<Vec<u8>> {
    let mut raw = decode(text)?;
    let payload = raw.len().checked_sub(4)?;
    if sum(&raw[..payload]) != raw[payload..] {
        return None;
    }
    raw.truncate(payload);
    Some(raw)
}

fn sealed(mut payload: Vec<u8>) -> String {
    payload.extend(sum(&payload));
    encode(&payload)
}

/// Checks a private key for one address: 0x80 (0xef on test networks), 32 bytes, optionally 01.
pub(super) fn wif(secret: &[u8]) -> Check {
    match checked(secret).as_deref() {
        Some([version @ (0x80 | 0xef), rest @ ..])
            if rest.len() == 32 || (rest.len() == 33 && rest[32] == 1) =>
        {
            let net = if *version == 0x80 { "" } else { ", a test network's" };
            Check::valid("checksum", format!("checksum valid{net}"))
        }
        _ => Check::invalid(),
    }
}

/// Checks an extended private key: 78 bytes.
pub(super) fn xprv(secret: &[u8]) -> Check {
    match checked(secret).map(|raw| raw.len()) {
        Some(78) => Check::valid("checksum", "checksum valid"),
        _ => Check::invalid(),
    }
}

/// Checks an Ed25519 key pair as Solana and NEAR write it: in base58, which may follow `ed25519:`, or as a JSON array of
/// 64 numbers. The last 32 bytes are the public key of the first 32; a signature has the same form and fails.
pub(super) fn solana(secret: &[u8]) -> Check {
    let secret = secret.strip_prefix(b"ed25519:").unwrap_or(secret);
    let raw = if secret.trim_ascii().starts_with(b"[") {
        serde_json::from_slice::<Vec<u8>>(secret).ok()
    } else {
        decode(secret)
    };
    let Some(pair) = raw.filter(|r| r.len() == 64) else {
        return Check::invalid();
    };
    let mut seed = [0; 32];
    seed.copy_from_slice(&pair[..32]);
    if ed25519::public_key(&seed) == pair[32..] {
        Check::valid("checksum", "its two halves belong together")
    } else {
        Check::invalid()
    }
}

/// A private key in WIF.
pub(super) fn forge_wif(dice: &mut Dice<'_>) -> String {
    let mut payload = vec![0x80];
    payload.extend(dice.bytes(32));
    payload.push(1);
    sealed(payload)
}

/// A master key for the main network.
pub(super) fn forge_xprv(dice: &mut Dice<'_>) -> String {
    let mut payload = vec![0x04, 0x88, 0xad, 0xe4];
    payload.extend([0; 9]);
    payload.extend(dice.bytes(32));
    payload.push(0);
    payload.extend(dice.bytes(32));
    sealed(payload)
}

/// A key pair in base58, or as an array if the argument is `json`.
pub(super) fn forge_solana(argument: &str, dice: &mut Dice<'_>) -> String {
    let mut seed = [0; 32];
    seed.copy_from_slice(&dice.bytes(32));
    let pair = [seed, ed25519::public_key(&seed)].concat();
    if argument == "json" {
        let numbers: Vec<String> = pair.iter().map(u8::to_string).collect();
        return format!("[{}]", numbers.join(","));
    }
    encode(&pair)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::Verdict;

    #[test]
    fn the_well_known_key_of_one_passes_in_both_forms() {
        let forms = [
            apart!("5HpHagT65TZzG1PH3CSu63k8Dbp", "vD8s5ip4nEB3kEsreAnchuDf"),
            apart!("KwDiBf89QgGbjEhKnhXJuH7Lrci", "VrZi3qYjgd9M7rFU73sVHnoWn"),
        ];
        for key in forms {
            assert_eq!(wif(key.as_bytes()).verdict, Verdict::Valid);
        }
        assert_eq!(wif(forms[0].replace('5', "6").as_bytes()).verdict, Verdict::Invalid);
    }

    #[test]
    fn a_signature_has_the_form_of_a_key_pair_and_is_not_one() {
        let mut numbers = (1..).map(|n: u32| n.wrapping_mul(0x9e37_79b9));
        let mut random = || numbers.next().expect("endless");
        let pair = forge_solana("", &mut Dice(&mut random));
        for key in [pair.clone(), format!("ed25519:{pair}")] {
            assert_eq!(solana(key.as_bytes()).verdict, Verdict::Valid);
        }
        let signature = encode(&Dice(&mut random).bytes(64));
        assert_eq!(solana(format!("ed25519:{signature}").as_bytes()).verdict, Verdict::Invalid);
    }

    #[test]
    fn bip32s_first_vector_passes() {
        let key = apart!(
            "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3j",
            "PPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"
        );
        assert_eq!(xprv(key.as_bytes()).verdict, Verdict::Valid);
    }

    #[test]
    fn decoding_undoes_encoding_zeros_included() {
        for n in 0..80u8 {
            let bytes: Vec<u8> = (0..n).map(|i| if i < n / 3 { 0 } else { i.wrapping_mul(37) }).collect();
            assert_eq!(decode(encode(&bytes).as_bytes()), Some(bytes));
        }
        assert_eq!(decode(b"0OIl"), None);
    }
}
