//! OpenPGP secret keys (RFC 4880 and 9580): the first packet, and the armour's CRC24.

use super::{Key, Parsed, bits};

/// Parses the first packet; a wrong `=XXXX` line means that the text was altered.
pub(super) fn parse(raw: &[u8], checksum: Option<&[u8]>) -> Parsed {
    if let Some(sum) = checksum
        && let Ok(want) = data_encoding::BASE64.decode(sum)
        && want != crc24(raw).to_be_bytes()[1..]
    {
        return Parsed::Unreadable;
    }
    packet(raw).and_then(secret_key).unwrap_or(Parsed::Unreadable)
}

/// CRC24 of OpenPGP's armour.
pub(super) fn crc24(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x00b7_04ce, |sum, b| {
        (0..8).fold(sum ^ u32::from(*b) << 16, |s, _| {
            if s & 0x0080_0000 == 0 { s << 1 } else { s << 1 ^ 0x0186_4cfb }
        }) & 0x00ff_ffff
    })
}

/// The body of a secret-key packet (tag 5) at the start.
fn packet(raw: &[u8]) -> Option<&[u8]> {
    let (head, rest) = raw.split_first()?;
    let number = |bytes: &[u8]| bytes.iter().fold(0usize, |n, b| n << 8 | usize::from(*b));
    let (tag, size, skip) = if head & 0x40 != 0 {
        let (size, skip) = match *rest.first()? {
            n @ 0..=191 => (usize::from(n), 1),
            n @ 192..=223 => ((usize::from(n) - 192) * 256 + usize::from(*rest.get(1)?) + 192, 2),
            255 => (number(rest.get(1..5)?), 5),
            _ => return None,
        };
        (head & 0x3f, size, skip)
    } else {
        let width = match head & 3 {
            0 => 1,
            1 => 2,
            2 => 4,
            _ => return None,
        };
        (head >> 2 & 0xf, number(rest.get(..width)?), width)
    };
    rest.get(skip..skip.checked_add(size)?).filter(|_| head & 0x80 != 0 && tag == 5)
}

fn secret_key(body: &[u8]) -> Option<Parsed> {
    let (4..=6, algorithm) = (*body.first()?, *body.get(5)?) else {
        return None;
    };
    // Version 6 gives the length of the public part; other versions are walked through.
    let mut rest = body.get(if body[0] == 6 { 10 } else { 6 }..)?;
    let (name, numbers, on_curve) = match algorithm {
        1..=3 => ("RSA", 2, false),
        16 => ("ElGamal", 3, false),
        17 => ("DSA", 4, false),
        18 => ("ECDH", 1, true),
        19 => ("ECDSA", 1, true),
        22 => ("EdDSA", 1, true),
        _ => return Some(key(false, "of a newer kind")),
    };
    if on_curve {
        let length = usize::from(*rest.first()?);
        rest = rest.get(1 + length..)?;
    }
    let mut size = 0;
    for i in 0..numbers {
        let number = mpi(&mut rest)?;
        if i == 0 {
            size = bits(number);
        }
    }
    if algorithm == 18 {
        rest = rest.get(1 + usize::from(*rest.first()?)..)?;
    }
    let kind = if on_curve { name.to_owned() } else { format!("{name} {size} bits") };
    Some(key(*rest.first()? != 0, &kind))
}

fn key(encrypted: bool, kind: &str) -> Parsed {
    Parsed::Key(Key { encrypted, kind: kind.to_owned(), fingerprint: None })
}

/// Takes a number that is preceded by its length in bits.
fn mpi<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<2>()?;
    let (number, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)).div_ceil(8))?;
    *rest = after;
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_armours_sum_is_the_computed_one() {
        assert_eq!(crc24(b"hello"), 0x47_f58a);
    }
}
