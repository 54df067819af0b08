//! Private keys: PEM (PKCS#1, PKCS#8, SEC1, DSA), bare DER in base64, OpenSSH, PuTTY and PGP. Reports whether
//! the key is encrypted, its kind, its bits, and the fingerprint that `ssh-keygen -l` would print.
//!
//! Parsing is forgiving about the surrounding text (string literals, comments, indentation, JSON's `\n`) and
//! strict about the decoded bytes. Only an RSA key whose numbers do not belong together is rejected.

mod der;
mod forge;
mod openssh;
mod pem;
mod pgp;
mod ppk;

pub(super) use forge::forge;

use super::{Check, Verdict, key_store};
use crate::finding::{Evidence, Severity};
use pem::{Block, Lines};
use sha2::{Digest, Sha256};

/// The outcome of parsing a key's text.
#[derive(Debug, PartialEq, Eq)]
enum Parsed {
    /// A key.
    Key(Key),
    /// Text that names a key but holds none.
    Empty,
    /// Numbers that do not form a key.
    Fake,
    /// Not what its header says, or an unknown form.
    Unreadable,
}

#[derive(Debug, PartialEq, Eq)]
struct Key {
    encrypted: bool,
    /// "RSA 2048 bits", "Ed25519"; empty if the encryption hides it.
    kind: String,
    /// `SHA256:...` of the public key in SSH's form.
    fingerprint: Option<String>,
}

impl Key {
    fn encrypted(kind: &str) -> Parsed {
        Parsed::Key(Key { encrypted: true, kind: kind.to_owned(), fingerprint: None })
    }
}

/// Checks the block in `secret`, or in `whole` if the secret is only a part of it.
pub(super) fn check(secret: &[u8], whole: &[u8]) -> Check {
    let marked = |t: &[u8]| {
        memchr::memmem::find(t, b"-----BEGIN").is_some()
            || memchr::memmem::find(t, b"PuTTY-User-Key").is_some()
    };
    let text = if marked(secret) || !marked(whole) { secret } else { whole };
    match parse(text) {
        Parsed::Empty | Parsed::Fake => Check::invalid(),
        Parsed::Unreadable => Check::doubtful("structure", "does not parse as a complete key"),
        Parsed::Key(key) => {
            let kind = if key.kind.is_empty() { String::new() } else { format!(", {}", key.kind) };
            let lock = if key.encrypted { "encrypted with a passphrase" } else { "not encrypted" };
            let mut check = Check::valid("structure", format!("{lock}{kind}"));
            if let Some(print) = key.fingerprint {
                check.evidence.push(Evidence::tells("key", format!("public key {print}")));
            }
            if key.encrypted {
                check.at_most = Some(Severity::Medium);
            }
            check
        }
    }
}

/// `None` if this does not parse as a key; otherwise whether it is unencrypted RSA. For files that carry a
/// key among other things.
pub(super) fn is_plain_rsa(text: &[u8]) -> Option<bool> {
    let check = check(text, text);
    match check.verdict {
        Verdict::Valid => Some(check.evidence[0].text.contains("not encrypted, RSA")),
        _ => None,
    }
}

fn parse(text: &[u8]) -> Parsed {
    if memchr::memmem::find(text, b"PuTTY-User-Key").is_some() {
        return ppk::parse(text);
    }
    let Some(block) = Block::find(text, Lines::Signed) else {
        return bare(text);
    };
    match parse_block(&block) {
        Parsed::Unreadable | Parsed::Empty => {}
        parsed => return parsed,
    }
    let logged = Block::find(text, Lines::Logged);
    match logged.as_ref().map(parse_block) {
        Some(parsed @ Parsed::Key(_)) => parsed,
        _ if block.closed && Block::is_like_a_key(inside(text)) => Parsed::Unreadable,
        _ if [Some(&block), logged.as_ref()].into_iter().flatten().any(begins_as_key)
            && !(block.closed && block.body.len() < SHORTEST) =>
        {
            Parsed::Unreadable
        }
        _ => Parsed::Empty,
    }
}

/// The text between the first and the last line of a block.
fn inside(text: &[u8]) -> &[u8] {
    let begin = memchr::memmem::find(text, b"-----BEGIN ").map_or(0, |i| i + 11);
    let rest = &text[begin..];
    let begin = memchr::memmem::find(rest, b"-----").map_or(0, |i| i + 5);
    let end = memchr::memmem::find(rest, b"-----END").unwrap_or(rest.len());
    &rest[begin.min(end)..end]
}

/// Returns whether a block that is cut off starts as a key does.
fn begins_as_key(block: &Block) -> bool {
    let raw = block.decode_head().unwrap_or_default();
    let head = match block.label.as_slice() {
        b"OPENSSH PRIVATE KEY" => raw.starts_with(b"openssh-key-v1\0"),
        b"PGP PRIVATE KEY BLOCK" => matches!(raw.first(), Some(0x94 | 0x95 | 0x97 | 0xc5)),
        _ => matches!(raw[..], [0x30, 0x82, ..] | [0x30, 0x81, ..] | [0x30, 0x77, ..] | [0x30, 0x2e, ..]),
    };
    head || block.encrypted && raw.len() >= 48
}

/// Base64 digits of the shortest key.
const SHORTEST: usize = 40;
/// Bytes of the shortest encrypted key.
const LEAST_ENCRYPTED: usize = 112;

fn parse_block(block: &Block) -> Parsed {
    if block.body.len() < SHORTEST {
        return if block.closed { Parsed::Empty } else { Parsed::Unreadable };
    }
    if is_typed(&block.body) {
        return Parsed::Fake;
    }
    let label = block.label.as_slice();
    let Some(raw) = block.decode() else {
        return Parsed::Unreadable;
    };
    // Without its last line, the following text may have been taken for a part of it.
    let raw = if block.closed { &raw[..] } else { der::first(&raw) };
    // A manual shows the head of one.
    if block.encrypted && !block.closed && raw.len() < LEAST_ENCRYPTED {
        return Parsed::Unreadable;
    }
    if block.encrypted {
        return Key::encrypted(kind_of_label(label));
    }
    match label {
        b"OPENSSH PRIVATE KEY" => openssh::parse(raw),
        b"PGP PRIVATE KEY BLOCK" => pgp::parse(raw, block.checksum.as_deref()),
        _ => der::parse(label, raw),
    }
}

/// Base64 digits of a line of which a key has none that repeats.
const TYPED: usize = 40;

/// Returns whether a line's length of the body repeats at most four digits, as where somebody typed over a part of a
/// key: `XYZXYZXYZ`.
fn is_typed(body: &[u8]) -> bool {
    (1..=4).any(|n| {
        let mut run = 0;
        body.iter().zip(&body[n.min(body.len())..]).any(|(a, b)| {
            run = if a == b { run + 1 } else { 0 };
            run + n >= TYPED
        })
    })
}

/// Parses DER, or a key store, in base64 with nothing around it but line breaks. Only parsing proves that it is a
/// key.
fn bare(text: &[u8]) -> Parsed {
    // A line break, plain or escaped: base64 has no backslash.
    let is_break = |i: usize| {
        text[i].is_ascii_whitespace() || text[i] == b'\\' || text[i] == b'n' && i > 0 && text[i - 1] == b'\\'
    };
    let digits: Vec<u8> =
        (0..text.len()).filter(|i| !is_break(*i) && text[*i] != b'=').map(|i| text[i]).collect();
    let Ok(raw) = data_encoding::BASE64_NOPAD.decode(&digits) else {
        return Parsed::Unreadable;
    };
    if key_store::is_store(&raw) {
        return if key_store::shows_keys(&raw) { Key::encrypted("key store") } else { Parsed::Unreadable };
    }
    match der::parse_unnamed(&raw) {
        Parsed::Unreadable => Parsed::Fake,
        parsed => parsed,
    }
}

fn kind_of_label(label: &[u8]) -> &'static str {
    match label.split(|b| *b == b' ').next() {
        Some(b"RSA") => "RSA",
        Some(b"EC") => "EC",
        Some(b"DSA") => "DSA",
        _ => "",
    }
}

/// SSH's `SHA256:...` of a public key blob.
fn fingerprint(blob: &[u8]) -> String {
    format!("SHA256:{}", data_encoding::BASE64_NOPAD.encode(&Sha256::digest(blob)))
}

/// Appends a string in SSH's wire format.
fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend((bytes.len() as u32).to_be_bytes());
    out.extend(bytes);
}

/// Takes a string in SSH's wire format.
fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (data, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    *rest = after;
    Some(data)
}

/// The kind and size of a public key blob: "RSA 3072 bits", "Ed25519".
fn kind_of_blob(mut blob: &[u8]) -> String {
    let name = take(&mut blob).unwrap_or_default();
    match name {
        b"ssh-rsa" => {
            let _exponent = take(&mut blob);
            format!("RSA {} bits", bits(take(&mut blob).unwrap_or_default()))
        }
        b"ssh-dss" => format!("DSA {} bits", bits(take(&mut blob).unwrap_or_default())),
        b"ssh-ed25519" => "Ed25519".to_owned(),
        b"ssh-ed448" => "Ed448".to_owned(),
        b"sk-ssh-ed25519@openssh.com" => "Ed25519 on a security key".to_owned(),
        _ => match take(&mut blob) {
            Some(curve @ (b"nistp256" | b"nistp384" | b"nistp521")) => {
                format!("ECDSA {}", String::from_utf8_lossy(curve))
            }
            _ => String::new(),
        },
    }
}

/// Significant bits of a big-endian number.
fn bits(number: &[u8]) -> usize {
    let n = trim(number);
    n.first().map_or(0, |b| n.len() * 8 - b.leading_zeros() as usize)
}

/// The number without leading zeros.
fn trim(number: &[u8]) -> &[u8] {
    &number[number.iter().position(|b| *b != 0).unwrap_or(number.len())..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::dice::Dice;

    fn made(kind: &str) -> String {
        let mut n = 5u32;
        let mut next = || {
            n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            n
        };
        forge(kind, &mut Dice(&mut next))
    }

    fn said(text: &str) -> String {
        let check = check(text.as_bytes(), text.as_bytes());
        check.evidence.first().map_or_else(|| format!("{:?}", check.verdict), |e| e.text.clone())
    }

    #[test]
    fn each_kind_says_what_it_is() {
        assert_eq!(said(&made("rsa")), "not encrypted, RSA 2048 bits");
        assert_eq!(said(&made("pkcs8")), "not encrypted, RSA 2048 bits");
        assert_eq!(said(&made("ec")), "not encrypted, EC P-256");
        assert_eq!(said(&made("ed25519")), "not encrypted, Ed25519");
        assert_eq!(said(&made("openssh")), "not encrypted, Ed25519");
        assert_eq!(said(&made("encrypted")), "encrypted with a passphrase");
        assert_eq!(said(&made("putty")), "not encrypted, Ed25519");
        assert_eq!(said(&made("pgp")), "not encrypted, RSA 2048 bits");
        assert_eq!(said(&made("der")), "not encrypted, RSA 2048 bits");
        assert_eq!(said(&made("der-rsa")), "not encrypted, RSA 2048 bits");
        assert_eq!(said(&made("der-ec")), "not encrypted, EC P-256");
    }

    #[test]
    fn string_literals_comments_and_json_escapes_do_not_hide_a_key() {
        for kind in ["rsa", "openssh", "pkcs8"] {
            let key = made(kind);
            let want = said(&key);
            let key = key.trim_end();
            let literal: Vec<String> = key.lines().map(|l| format!("    \"{l}\\n\" +")).collect();
            assert_eq!(said(&literal.join("\n")), want, "{kind} as literals");
            assert_eq!(
                said(&format!("{{\"key\": \"{}\\n\"}}", key.replace('\n', "\\n"))),
                want,
                "{kind} in json"
            );
            assert_eq!(said(&key.replace('\n', "\\\\n")), want, "{kind} escaped twice");
            assert_eq!(
                said(&key.lines().map(|l| format!("# {l}\n")).collect::<String>()),
                want,
                "{kind} commented"
            );
            assert_eq!(said(&key.replace('\n', "\r\n    ")), want, "{kind} indented");
            assert_eq!(said(&key.replace('\n', " ")), want, "{kind} on one line");
        }
    }

    #[test]
    fn numbers_that_do_not_belong_together_are_rejected_and_a_cut_key_is_doubted() {
        let key = made("rsa");
        let at = key.find('\n').unwrap() + 200;
        let other = if &key[at..=at] == "A" { "B" } else { "A" };
        let fake = format!("{}{other}{}", &key[..at], &key[at + 1..]);
        assert_eq!(said(&fake), "Invalid");
        assert_eq!(said(&key[..400]), "does not parse as a complete key");
        // A truncated key without armour is rejected.
        assert_eq!(said(&made("der")[..400]), "Invalid");
    }

    #[test]
    fn a_key_that_somebody_typed_over_is_rejected() {
        let key = made("ec");
        let lines: Vec<&str> = key.lines().collect();
        let over = key.replace(lines[2], &"XYZ".repeat(22)[..64]);
        assert_eq!(said(&over), "Invalid");
        assert!(is_typed(b"kQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") && !is_typed(&[b'A'; 39]));
    }

    #[test]
    fn a_header_without_a_key_is_rejected() {
        let header =
            |tail: &str| format!("-----BEGIN RSA {0} KEY-----\n{tail}\n-----END RSA {0} KEY-----", "PRIVATE");
        assert_eq!(said(&header("...")), "Invalid");
        assert_eq!(said(&header("<your key here>")), "Invalid");
        assert_eq!(said(&header("MIIEpAIBAAKCAQEA").replace('\n', "\\n")), "Invalid");
        let locked = header(
            "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\nQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2\n",
        );
        assert_eq!(said(&locked), "encrypted with a passphrase, RSA");
        assert_eq!(check(locked.as_bytes(), b"").at_most, Some(Severity::Medium));
        let shown = format!(
            "-----BEGIN ENCRYPTED {} KEY-----\\nMIIFDjBABgkqhkiG9w0BBQ0wMzAbBgkqhkiG9w0BBQwwDgQI...",
            "PRIVATE"
        );
        assert_eq!(said(&shown), "does not parse as a complete key");
    }
}
