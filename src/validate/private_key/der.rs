//! DER, as far as private keys need it: PKCS#1, PKCS#8, SEC1 and DSA.

use super::{Key, Parsed, bits, fingerprint, put, trim};

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const PARAMETERS: u8 = 0xa0;
const PUBLIC: u8 = 0xa1;

/// Takes one element: its tag and its content.
fn next<'a>(rest: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let [tag, first, after @ ..] = *rest else {
        return None;
    };
    let (length, after) = match first {
        n @ 0..=0x7f => (usize::from(*n), after),
        n @ 0x81..=0x84 => {
            let (digits, after) = after.split_at_checked(usize::from(n & 0x7f))?;
            (digits.iter().fold(0, |n, b| n << 8 | usize::from(*b)), after)
        }
        _ => return None,
    };
    let (content, after) = after.split_at_checked(length)?;
    *rest = after;
    Some((*tag, content))
}

/// The first element of a text, if it is complete; else the whole text.
pub(super) fn first(raw: &[u8]) -> &[u8] {
    let mut rest = raw;
    match next(&mut rest) {
        Some((SEQUENCE, _)) => &raw[..raw.len() - rest.len()],
        _ => raw,
    }
}

/// Takes one element that must have this tag.
fn want<'a>(rest: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let (found, content) = next(rest)?;
    (found == tag).then_some(content)
}

/// Parses the form that a PEM label names.
pub(super) fn parse(label: &[u8], raw: &[u8]) -> Parsed {
    let mut rest = raw;
    let Some(body) = want(&mut rest, SEQUENCE).filter(|_| rest.is_empty()) else {
        return Parsed::Unreadable;
    };
    let parsed = match label {
        b"RSA PRIVATE KEY" => rsa(body),
        b"EC PRIVATE KEY" => sec1(body, None),
        b"DSA PRIVATE KEY" => dsa(body),
        b"ENCRYPTED PRIVATE KEY" => Some(Key::encrypted("")),
        b"PRIVATE KEY" => pkcs8(body),
        _ => None,
    };
    parsed.unwrap_or(Parsed::Unreadable)
}

/// Parses DER without a label: the version and the element after it distinguish the three forms.
pub(super) fn parse_unnamed(raw: &[u8]) -> Parsed {
    let mut rest = raw;
    let label: &[u8] =
        match want(&mut rest, SEQUENCE).and_then(|mut body| Some((want(&mut body, INTEGER)?, body))) {
            Some(([1], _)) => b"EC PRIVATE KEY",
            Some((_, [SEQUENCE, ..])) => b"PRIVATE KEY",
            _ => b"RSA PRIVATE KEY",
        };
    parse(label, raw)
}

fn key(kind: String, blob: Option<Vec<u8>>) -> Parsed {
    Parsed::Key(Key { encrypted: false, kind, fingerprint: blob.map(|b| fingerprint(&b)) })
}

/// Reads version, n, e, d, p, q and three helpers; p times q must be n.
fn rsa(mut body: &[u8]) -> Option<Parsed> {
    let mut numbers = Vec::with_capacity(9);
    while !body.is_empty() && numbers.len() < 9 {
        numbers.push(want(&mut body, INTEGER)?);
    }
    let [version, n, e, _, p, q, _, _, _] = numbers[..] else {
        return None;
    };
    if version != [0] || !product_is(p, q, n) {
        return Some(Parsed::Fake);
    }
    let mut blob = Vec::new();
    put(&mut blob, b"ssh-rsa");
    put(&mut blob, e);
    put(&mut blob, n);
    Some(key(format!("RSA {} bits", bits(n)), Some(blob)))
}

/// Largest modulus to verify by multiplication, in bytes: RSA with 16,384 bits. Bounds time.
const LARGEST: usize = 2048;

fn product_is(p: &[u8], q: &[u8], n: &[u8]) -> bool {
    let (p, q, n) = (trim(p), trim(q), trim(n));
    if p.is_empty() || q.is_empty() || n.len() > LARGEST || p.len() + q.len() > n.len() + 1 {
        return false;
    }
    product(p, q) == n
}

/// The product of two big-endian numbers, without leading zeros.
pub(super) fn product(p: &[u8], q: &[u8]) -> Vec<u8> {
    // Each column sums products of bytes: 2^16 of them fit in 32 bits, so 64 bits never overflow.
    let mut columns = vec![0u64; p.len() + q.len()];
    for (i, a) in p.iter().rev().enumerate() {
        for (j, b) in q.iter().rev().enumerate() {
            columns[i + j] += u64::from(*a) * u64::from(*b);
        }
    }
    let mut carry = 0;
    let mut out: Vec<u8> = columns
        .iter()
        .map(|c| {
            carry += c;
            let byte = carry as u8;
            carry >>= 8;
            byte
        })
        .collect();
    out.reverse();
    trim(&out).to_vec()
}

/// Reads version 1, the number, the curve's name, the public point.
fn sec1<'a>(mut body: &'a [u8], mut curve: Option<&'a [u8]>) -> Option<Parsed> {
    if want(&mut body, INTEGER)? != [1] {
        return None;
    }
    want(&mut body, OCTETS)?;
    let mut point = None;
    while let Some((tag, content)) = next(&mut body) {
        let mut inner = content;
        match tag {
            PARAMETERS => curve = want(&mut inner, OID).or(curve),
            // A bit string: its first byte counts unused bits.
            PUBLIC => point = want(&mut inner, 0x03).and_then(|b| b.split_first()).map(|(_, p)| p),
            _ => return None,
        }
    }
    let (name, ssh) = curve_of(curve?);
    let blob = point.filter(|_| !ssh.is_empty()).map(|point| {
        let mut blob = Vec::new();
        put(&mut blob, format!("ecdsa-sha2-{ssh}").as_bytes());
        put(&mut blob, ssh.as_bytes());
        put(&mut blob, point);
        blob
    });
    Some(key(format!("EC {name}"), blob))
}

/// A curve's common name and its name in SSH.
fn curve_of(oid: &[u8]) -> (&'static str, &'static str) {
    match oid {
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7] => ("P-256", "nistp256"),
        [0x2b, 0x81, 4, 0, 34] => ("P-384", "nistp384"),
        [0x2b, 0x81, 4, 0, 35] => ("P-521", "nistp521"),
        [0x2b, 0x81, 4, 0, 10] => ("secp256k1", ""),
        _ => ("on another curve", ""),
    }
}

/// Reads version, p, q, g, y, x.
fn dsa(mut body: &[u8]) -> Option<Parsed> {
    let _version = want(&mut body, INTEGER)?;
    let p = want(&mut body, INTEGER)?;
    for _ in 0..4 {
        want(&mut body, INTEGER)?;
    }
    Some(key(format!("DSA {} bits", bits(p)), None))
}

/// Reads version, algorithm, and the key of that algorithm.
fn pkcs8(mut body: &[u8]) -> Option<Parsed> {
    let _version = want(&mut body, INTEGER)?;
    let mut algorithm = want(&mut body, SEQUENCE)?;
    let oid = want(&mut algorithm, OID)?;
    let mut inner = want(&mut body, OCTETS)?;
    match oid {
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, _] => rsa(want(&mut inner, SEQUENCE)?),
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1] => {
            let curve = want(&mut algorithm, OID);
            sec1(want(&mut inner, SEQUENCE)?, curve)
        }
        [0x2b, 0x65, 0x70] => {
            let seed: [u8; 32] = want(&mut inner, OCTETS)?.try_into().ok()?;
            let mut blob = Vec::new();
            put(&mut blob, b"ssh-ed25519");
            put(&mut blob, &crate::validate::ed25519::public_key(&seed));
            Some(key("Ed25519".to_owned(), Some(blob)))
        }
        [0x2b, 0x65, 0x6e] => Some(key("X25519".to_owned(), None)),
        [0x2b, 0x65, 0x71] => Some(key("Ed448".to_owned(), None)),
        [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1] => Some(key("DSA".to_owned(), None)),
        _ => Some(key(String::new(), None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_carry_over_all_columns() {
        let p = [0xff; 130];
        // (2^1040 - 1)^2 = 2^2080 - 2^1041 + 1
        let n = product(&p, &p);
        assert_eq!(n.len(), 260);
        assert!(n[..129].iter().all(|b| *b == 0xff) && n[129] == 0xfe);
        assert!(n[130..259].iter().all(|b| *b == 0) && n[259] == 1);
    }

    #[test]
    fn a_length_beyond_the_end_is_rejected() {
        assert_eq!(next(&mut &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0][..]), None);
        assert_eq!(next(&mut &[0x30, 0x80][..]), None);
        assert_eq!(next(&mut &[0x02][..]), None);
    }
}
