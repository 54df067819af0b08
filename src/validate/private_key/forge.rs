//! Made-up keys that parse. An RSA "key" is the product of two random odd numbers, so nobody uses it.

use super::der::product;
use super::{openssh, pgp, put};
use crate::validate::dice::{Dice, HEX};
use crate::validate::ed25519;
use data_encoding::BASE64;

const RSA_OID: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
const ED25519_OID: &[u8] = &[6, 3, 0x2b, 0x65, 0x70];
const P256_OID: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];

/// Makes a key of a kind: `rsa` (the default), `pkcs8`, `ec`, `ed25519`, `openssh`, `encrypted`, `putty`,
/// `pgp`. `json` is `pkcs8` on one line with `\n` in it. `der`, `der-rsa` and `der-ec` are `pkcs8`, `rsa` and
/// `ec` without armour.
pub(in crate::validate) fn forge(kind: &str, dice: &mut Dice<'_>) -> String {
    if let Some(kind) = kind.strip_prefix("der") {
        let text = forge(if kind.is_empty() { "pkcs8" } else { &kind[1..] }, dice);
        return text.lines().filter(|l| !l.starts_with('-')).collect();
    }
    match kind {
        "pkcs8" | "json" => {
            let inner = element(0x04, &rsa(dice));
            let body = [element(0x02, &[0]), element(0x30, RSA_OID), inner].concat();
            let text = armour("PRIVATE KEY", &element(0x30, &body));
            if kind == "json" { text.replace('\n', "\\n") } else { text }
        }
        "ec" => {
            let point = [vec![0, 4], dice.bytes(64)].concat();
            let body = [
                element(0x02, &[1]),
                element(0x04, &dice.bytes(32)),
                element(0xa0, P256_OID),
                element(0xa1, &element(0x03, &point)),
            ];
            armour("EC PRIVATE KEY", &element(0x30, &body.concat()))
        }
        "ed25519" => {
            let inner = element(0x04, &element(0x04, &dice.bytes(32)));
            let body = [element(0x02, &[0]), element(0x30, ED25519_OID), inner].concat();
            armour("PRIVATE KEY", &element(0x30, &body))
        }
        "openssh" => armour("OPENSSH PRIVATE KEY", &ssh(dice)),
        "encrypted" => {
            let body = [element(0x30, &dice.bytes(60)), element(0x04, &dice.bytes(1216))].concat();
            armour("ENCRYPTED PRIVATE KEY", &element(0x30, &body))
        }
        "putty" => putty(dice),
        "pgp" => armour_pgp(dice),
        _ => armour("RSA PRIVATE KEY", &rsa(dice)),
    }
}

/// A DER element.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        n @ 0..=0x7f => out.push(n as u8),
        n @ 0x80..=0xff => out.extend([0x81, n as u8]),
        n => out.extend([0x82, (n >> 8) as u8, n as u8]),
    }
    out.extend(content);
    out
}

fn odd(dice: &mut Dice<'_>, n: usize) -> Vec<u8> {
    let mut number = dice.bytes(n);
    number[0] |= 0xc0;
    number[n - 1] |= 1;
    number
}

/// PKCS#1 with 2048 bits.
fn rsa(dice: &mut Dice<'_>) -> Vec<u8> {
    let (p, q) = (odd(dice, 128), odd(dice, 128));
    let (n, d) = (product(&p, &q), odd(dice, 256));
    let numbers = [vec![], n, vec![1, 0, 1], d, p, q, odd(dice, 128), odd(dice, 128), odd(dice, 128)];
    let body: Vec<u8> = numbers
        .iter()
        .flat_map(|n| {
            let signed = n.first().is_none_or(|b| b & 0x80 != 0);
            element(0x02, &[if signed { &[0][..] } else { &[] }, n].concat())
        })
        .collect();
    element(0x30, &body)
}

fn ssh_public(seed: &[u8; 32]) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, b"ssh-ed25519");
    put(&mut out, &ed25519::public_key(seed));
    out
}

fn seed(dice: &mut Dice<'_>) -> [u8; 32] {
    let mut seed = [0; 32];
    seed.copy_from_slice(&dice.bytes(32));
    seed
}

fn ssh(dice: &mut Dice<'_>) -> Vec<u8> {
    let seed = seed(dice);
    let public = ssh_public(&seed);
    let mut private = dice.bytes(4).repeat(2);
    private.extend(&public);
    put(&mut private, &[&seed[..], &ed25519::public_key(&seed)].concat());
    put(&mut private, b"deploy@acme");
    for pad in 1..=(8 - private.len() as u8 % 8) % 8 {
        private.push(pad);
    }
    let mut out = openssh::MAGIC.to_vec();
    for part in [&b"none"[..], b"none", b""] {
        put(&mut out, part);
    }
    out.extend([0, 0, 0, 1]);
    put(&mut out, &public);
    put(&mut out, &private);
    out
}

fn putty(dice: &mut Dice<'_>) -> String {
    let seed = seed(dice);
    let mut private = Vec::new();
    put(&mut private, &seed);
    let (public, private) = (lines(&ssh_public(&seed)), lines(&private));
    format!(
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: deploy\nPublic-Lines: {}\n{public}\
         Private-Lines: {}\n{private}Private-MAC: {}\n",
        public.lines().count(),
        private.lines().count(),
        dice.text(HEX, 64)
    )
}

fn armour_pgp(dice: &mut Dice<'_>) -> String {
    let mpi = |number: &[u8]| [&((number.len() * 8) as u16).to_be_bytes()[..], number].concat();
    let mut body = vec![4, 0x65, 0, 0, 0, 1];
    body.extend(mpi(&odd(dice, 256)));
    body.extend([0, 17, 1, 0, 1, 0]);
    for n in [256, 128, 128, 128] {
        body.extend(mpi(&odd(dice, n)));
    }
    body.extend(dice.bytes(2));
    let mut raw = vec![0x95];
    raw.extend((body.len() as u16).to_be_bytes());
    raw.extend(body);
    let sum = BASE64.encode(&pgp::crc24(&raw).to_be_bytes()[1..]);
    let label = "PGP PRIVATE KEY BLOCK";
    format!("-----BEGIN {label}-----\n\n{}={sum}\n-----END {label}-----\n", lines(&raw))
}

fn armour(label: &str, raw: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}-----END {label}-----\n", lines(raw))
}

/// base64 in lines of 64.
fn lines(raw: &[u8]) -> String {
    let text = BASE64.encode(raw);
    let mut out = String::new();
    for (i, c) in text.chars().enumerate() {
        out.push(c);
        if i % 64 == 63 || i + 1 == text.len() {
            out.push('\n');
        }
    }
    out
}
