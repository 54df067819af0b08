//! Microsoft's identifiable keys: a signature at a fixed position and a keyed sum at the end.
//!
//! Source: microsoft/security-utilities (MIT), read. Marvin32 is a keyed 64-bit hash; its seeds here are
//! public and name the kind of key. Keys made before the scheme (2021) have no signature and give "unknown".

use super::Check;
use super::dice::{ALNUM, Dice};
use super::radix::{self, B62};
use crate::finding::Evidence;
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL};

/// Marvin32 over `data`, folded to 32 bits. The seed's 8 characters are read big-endian.
fn marvin32(seed: &[u8; 8], data: &[u8]) -> u32 {
    let (p0, p1) = marvin(u64::from_be_bytes(*seed), data);
    p0 ^ p1
}

/// The two halves (low, high) of Marvin32's 64 bits.
fn marvin(seed: u64, data: &[u8]) -> (u32, u32) {
    fn mix(p0: &mut u32, p1: &mut u32) {
        *p1 ^= *p0;
        *p0 = p0.rotate_left(20).wrapping_add(*p1);
        *p1 = p1.rotate_left(9) ^ *p0;
        *p0 = p0.rotate_left(27).wrapping_add(*p1);
        *p1 = p1.rotate_left(19);
    }
    let (mut p0, mut p1) = (seed as u32, (seed >> 32) as u32);
    let mut padded = data.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(4), 0);
    for word in padded.chunks_exact(4) {
        p0 = p0.wrapping_add(u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
        mix(&mut p0, &mut p1);
    }
    mix(&mut p0, &mut p1);
    (p0, p1)
}

/// A kind of identifiable key. Its signature is the 4 characters before the last 6 of the base64, without
/// padding.
struct TokenKind {
    /// Its name in templates.
    slug: &'static str,
    name: &'static str,
    signature: &'static [u8; 4],
    /// Decoded length.
    bytes: usize,
    seeds: &'static [&'static [u8; 8]],
}

const KINDS: &[TokenKind] = &[
    TokenKind { slug: "storage", name: "Storage", signature: b"+ASt", bytes: 64, seeds: &[b"Default0"] },
    TokenKind {
        slug: "cosmos",
        name: "Cosmos DB",
        signature: b"ACDb",
        bytes: 64,
        seeds: &[b"MastRW00", b"MastRO00", b"SysAll00", b"SystRW00", b"SystRO00", b"Encryp00", b"Resour00"],
    },
    TokenKind { slug: "batch", name: "Batch", signature: b"+ABa", bytes: 64, seeds: &[b"AbAcct00"] },
    TokenKind {
        slug: "ml",
        name: "Machine Learning (classic)",
        signature: b"+AMC",
        bytes: 64,
        seeds: &[b"Classic0"],
    },
    TokenKind {
        slug: "apim",
        name: "API Management",
        signature: b"APIM",
        bytes: 64,
        seeds: &[b"Tenant00", b"IoTHub00", b"Gatewy00", b"GitKey00"],
    },
    TokenKind { slug: "servicebus", name: "Service Bus", signature: b"+ASb", bytes: 32, seeds: BUS },
    TokenKind { slug: "eventhub", name: "Event Hubs", signature: b"+AEh", bytes: 32, seeds: BUS },
    TokenKind { slug: "relay", name: "Relay", signature: b"+ARm", bytes: 32, seeds: BUS },
    TokenKind {
        slug: "iot",
        name: "IoT",
        signature: b"AIoT",
        bytes: 32,
        seeds: &[b"IoTHub00", b"DpsKey00", b"Device00"],
    },
    TokenKind {
        slug: "redis",
        name: "Cache for Redis",
        signature: b"AzCa",
        bytes: 32,
        seeds: &[b"Access00"],
    },
    TokenKind {
        slug: "acr",
        name: "Container Registry",
        signature: b"+ACR",
        bytes: 39,
        seeds: &[b"ACRDflt0"],
    },
    TokenKind {
        slug: "search",
        name: "AI Search",
        signature: b"AzSe",
        bytes: 39,
        seeds: &[b"PAdmin00", b"Query000"],
    },
    TokenKind {
        slug: "functions",
        name: "Functions",
        signature: b"AzFu",
        bytes: 40,
        seeds: &[b"Master00", b"System00", b"Functi00"],
    },
];

const BUS: &[&[u8; 8]] = &[b"Send0000", b"Listen00", b"Manage00", b"System00", b"Unknown0"];

/// Rejects a key that has a known signature in position and a wrong sum.
pub(super) fn identifiable(secret: &[u8]) -> Check {
    let text = radix::plain(secret);
    let significant = text.iter().rposition(|b| *b != b'=').map_or(0, |i| i + 1);
    let Some(signature) = significant.checked_sub(10).map(|at| &text[at..at + 4]) else {
        return Check::unknown();
    };
    let Some(key) = radix::base64(&text) else {
        return Check::unknown();
    };
    let Some(kind) = KINDS.iter().find(|k| k.signature == signature && k.bytes == key.len()) else {
        return Check::unknown();
    };
    let (covered, sum) = key.split_at(key.len() - 4);
    if kind.seeds.iter().any(|seed| marvin32(seed, covered).to_le_bytes() == sum) {
        Check::valid("checksum", format!("checksum valid (Azure {})", kind.name))
    } else {
        Check::invalid()
    }
}

/// A key of the kind that the argument names; `storage` if it names none.
pub(super) fn forge_identifiable(slug: &str, dice: &mut Dice<'_>) -> String {
    let kind = KINDS.iter().find(|k| k.slug == slug).unwrap_or(&KINDS[0]);
    let spec = if kind.slug == "functions" { BASE64URL } else { BASE64 };
    // The signature overwrites characters of the text; the sum then covers what they decode to.
    let significant = (kind.bytes * 4).div_ceil(3);
    let mut text = spec.encode(&dice.bytes(kind.bytes)).into_bytes();
    text[significant - 10..significant - 6].copy_from_slice(kind.signature);
    let mut key = radix::base64(&text).unwrap_or_default();
    let covered = kind.bytes - 4;
    let sum = marvin32(kind.seeds[0], &key[..covered]);
    key[covered..].copy_from_slice(&sum.to_le_bytes());
    spec.encode(&key)
}

/// Confirms a CASK key: `JQQJ9` at 53, year and month, provider, then the sum in one of two forms.
pub(super) fn cask(secret: &[u8]) -> Check {
    let text = radix::plain(secret);
    if !(text.len() == 84 || text.len() == 88) || &text[52..57] != b"JQQJ9" {
        return Check::doubtful("structure", "not the form of a common annotated key");
    }
    let mut check = Check::unknown();
    let Ok(covered) = BASE64_NOPAD.decode(&text[..80]) else {
        return check;
    };
    let sum = &text[80..84];
    if cask_seals(&covered).iter().any(|s| s.as_bytes()[..4] == *sum) {
        check = Check::valid("checksum", "checksum valid");
    }
    if let (Some(year), Some(month)) = (letter(text[58]), letter(text[59]).filter(|m| *m < 12)) {
        let made = format!("made {}-{:02}", 2024 + year, month + 1);
        check.evidence.push(Evidence::tells("structure", made));
    }
    check
}

fn letter(b: u8) -> Option<u32> {
    b.is_ascii_uppercase().then(|| u32::from(b - b'A'))
}

/// The two forms of a CASK sum: base64 and base 62.
fn cask_seals(covered: &[u8]) -> [String; 2] {
    let sum = marvin32(b"Default0", covered).to_le_bytes();
    [BASE64_NOPAD.encode(&sum), radix::encode(u32::from_be_bytes(sum), B62, 6)]
}

/// An 84-character key; the argument is the provider's signature, `AZDO` if empty.
pub(super) fn forge_cask(signature: &str, dice: &mut Dice<'_>) -> String {
    let signature = if signature.len() == 4 { signature } else { "AZDO" };
    let text = format!("{}JQQJ99AE{}{signature}", dice.text(ALNUM, 52), "AC".repeat(8));
    let covered = BASE64_NOPAD.decode(text.as_bytes()).unwrap_or_default();
    format!("{text}{}", &cask_seals(&covered)[0][..4])
}

const B66: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";

/// Rejects an Entra ID client secret (`8Q~` form) whose last 3 characters do not match.
pub(super) fn entra(secret: &[u8]) -> Check {
    if secret.len() != 40 || &secret[3..6] != b"8Q~" {
        return Check::unknown();
    }
    if entra_seal(&secret[..37]).as_bytes() == &secret[37..] {
        Check::valid("checksum", "checksum valid")
    } else {
        Check::invalid()
    }
}

fn entra_seal(covered: &[u8]) -> String {
    radix::encode(marvin32(b"AadPwd00", covered), B66, 6)[..3].to_owned()
}

/// A client secret.
pub(super) fn forge_entra(dice: &mut Dice<'_>) -> String {
    let body = format!("{}8Q~{}", dice.text(ALNUM, 3), dice.text(B66, 31));
    format!("{body}{}", entra_seal(body.as_bytes()))
}

/// Checks a shared access signature: 32 bytes of HMAC, with an expiry beside it.
pub(super) fn sas(secret: &[u8], whole: &[u8]) -> Check {
    let parameter = |name: &str| {
        let text = if secret.contains(&b'=') && memchr::memmem::find(secret, b"sig=").is_some() {
            secret
        } else {
            whole
        };
        text.split(|b| matches!(b, b'&' | b'?' | b';'))
            .find_map(|p| p.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
    };
    let signature = parameter("sig").unwrap_or(secret);
    let signature = signature.split(|b| matches!(b, b'"' | b'\'' | b' ')).next().unwrap_or_default();
    if radix::base64(signature).is_none_or(|s| s.len() != 32) {
        return Check::doubtful("structure", "the signature is not 32 bytes");
    }
    let expires =
        parameter("se").and_then(|d| std::str::from_utf8(d).ok()).and_then(super::clock::parse_date);
    let mut check = match expires {
        Some(_) => Check::valid("structure", "a signature of 32 bytes with its expiry"),
        None => Check::unknown(),
    };
    if expires.is_some() {
        super::clock::expiry(&mut check, expires, "");
    }
    check
}

/// A query string with a signature.
pub(super) fn forge_sas(dice: &mut Dice<'_>) -> String {
    let sig = BASE64.encode(&dice.bytes(32)).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    format!("sv=2022-11-02&ss=b&srt=co&sp=rl&se=2099-01-01T00:00:00Z&sig={sig}")
}

/// Bytes of an old Azure DevOps token that hold its sum, from the most to the least significant.
const PAT_PLACES: [usize; 4] = [2, 7, 8, 22];
/// Masks mixed into the sum: for tokens of users and of applications.
const PAT_MASKS: [(u32, &str); 2] = [(0xe0b9_692d, "user"), (0x1019_f92e, "application")];

/// Rejects an old Azure DevOps token (52 base32 characters) whose hidden sum does not match.
pub(super) fn devops(secret: &[u8]) -> Check {
    if secret.len() != 52 {
        return Check::unknown();
    }
    let Some(raw) = base32(secret).filter(|r| r.len() == 32) else {
        return Check::invalid();
    };
    let sum = PAT_PLACES.iter().fold(0u32, |n, i| n << 8 | u32::from(raw[*i]));
    let made = pat_sum(&raw);
    match PAT_MASKS.iter().find(|(mask, _)| made ^ mask == sum) {
        Some((_, who)) => Check::valid("checksum", format!("checksum valid ({who} token)")),
        None => Check::invalid(),
    }
}

fn pat_sum(raw: &[u8]) -> u32 {
    let message: Vec<u8> =
        raw.iter().enumerate().filter(|(i, _)| !PAT_PLACES.contains(i)).map(|(_, b)| *b).collect();
    crc32fast::hash(&message)
}

/// Decodes base32 in either case; ignores the spare bits at the end.
fn base32(text: &[u8]) -> Option<Vec<u8>> {
    let mut bits = 0u32;
    let mut held = 0;
    let mut out = Vec::with_capacity(text.len() * 5 / 8);
    for b in text {
        let digit = match b {
            b'a'..=b'z' => b - b'a',
            b'A'..=b'Z' => b - b'A',
            b'2'..=b'7' => b - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5 | u32::from(digit)) & 0xfff;
        held += 5;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    Some(out)
}

/// A user's token in the old form.
pub(super) fn forge_devops(dice: &mut Dice<'_>) -> String {
    let mut raw = dice.bytes(32);
    let sum = (pat_sum(&raw) ^ PAT_MASKS[0].0).to_be_bytes();
    for (place, byte) in PAT_PLACES.iter().zip(sum) {
        raw[*place] = byte;
    }
    data_encoding::BASE32_NOPAD.encode(&raw).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::Verdict;

    fn valid(check: &Check) -> bool {
        check.verdict == Verdict::Valid
    }

    #[test]
    fn marvin32_gives_the_published_sums() {
        let joined = |seed: u64, data: &[u8]| {
            let (p0, p1) = marvin(seed, data);
            u64::from(p1) << 32 | u64::from(p0)
        };
        assert_eq!(joined(0x004f_b61a_001b_dbcc, b""), 0x30ed_35c1_00cd_3c7d);
        assert_eq!(joined(0x0ddd_deee_efff_f000, b"abcdefghijklmnopqrstuvwxyz"), 0xa128_eb7e_7260_aca2);
    }

    #[test]
    fn published_and_computed_identifiable_keys_pass() {
        let keys = [
            format!("{}+ASt{}", "a".repeat(76), "5mnCaw=="),
            format!("{}AzFu{}", "d".repeat(44), "182vhA=="),
            [
                "AQgPFh0kKzI5QEdOVVxjanF4f4aNlJuiqbC3vsXM09rh6O",
                "/2/QQLEhkgJy41PENKUVhfZm10e4KJ",
                "+ASt",
                "n8TaIw==",
            ]
            .concat(),
            ["AQgPFh0kKzI5QEdOVVxjanF4f4aNlJuiq", "+ASb", "M6MaUQ="].concat(),
            ["AQgPFh0kKzI5QEdOVVxjanF4f4aNlJuiqbC3vsXM09", "AzSe", "DSfErK"].concat(),
        ];
        for key in keys {
            assert!(valid(&identifiable(key.as_bytes())), "{}", key.len());
        }
    }

    #[test]
    fn a_key_older_than_the_scheme_is_left_alone() {
        let key = BASE64.encode(&[7; 64]);
        assert_eq!(identifiable(key.as_bytes()).verdict, Verdict::Unknown);
    }

    #[test]
    fn a_cask_key_is_confirmed_with_its_date() {
        let key = format!("{}JQQJ99AE{}AZDO{}", "H".repeat(52), "A".repeat(16), "L08L");
        let found = cask(key.as_bytes());
        assert!(valid(&found));
        assert_eq!(found.evidence[1].text, "made 2024-05");
        assert_eq!(cask(key.replace("L08L", "L08M").as_bytes()).verdict, Verdict::Unknown);
    }

    #[test]
    fn the_published_entra_secret_passes() {
        let secret = format!("zzz8Q~{}{}", "z".repeat(31), "blP");
        assert!(valid(&entra(secret.as_bytes())));
        assert_eq!(entra(secret.replace("blP", "blQ").as_bytes()).verdict, Verdict::Invalid);
        assert_eq!(entra(format!("zzz7Q~{}", "z".repeat(31)).as_bytes()).verdict, Verdict::Unknown);
    }

    #[test]
    fn devops_tokens_say_who_made_them() {
        let user = apart!("amhnggjef45nflkfkbnwm4l4q6", "jj3kftx3exnvg75l2qacyweewa");
        let application = apart!("amhcggjef45hepkfkbnwm4l4q6", "jj3kftx3exlvg75l2qacyweewa");
        assert_eq!(devops(user.as_bytes()).evidence[0].text, "checksum valid (user token)");
        assert_eq!(devops(application.as_bytes()).evidence[0].text, "checksum valid (application token)");
    }

    #[test]
    fn an_expired_signature_counts_low() {
        let sas = |se: &str| {
            format!("sv=2020-08-04&sp=r&se={se}&sig={}", BASE64.encode(&[9; 32]).replace('=', "%3D"))
        };
        let old = sas("2021-03-02T00:00:00Z");
        let found = super::sas(old.as_bytes(), old.as_bytes());
        assert_eq!(found.at_most, Some(crate::finding::Severity::Low));
        assert!(found.evidence.iter().any(|e| e.text == "expired 2021-03-02"));
        let new = sas("2099-03-02");
        assert_eq!(super::sas(new.as_bytes(), new.as_bytes()).at_most, None);
    }
}
