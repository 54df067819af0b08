//! Key stores and password databases, recognised by their first bytes. Nothing is decrypted.

/// The first bytes of stores other than PKCS #12: Java, JCE, KeePass, Bouncy Castle, macOS, GNOME, KDE, Password Safe.
const MAGIC: [&[u8]; 8] = [
    b"\xfe\xed\xfe\xed",
    b"\xce\xce\xce\xce",
    b"\x03\xd9\xa2\x9a",
    b"\x00\x00\x00\x02\x00\x00\x00\x14",
    b"kych\x00\x01",
    b"GnomeKeyring\n",
    b"KWALLET\n",
    b"PWS3",
];

/// Returns whether this is a key store that may hold a key.
pub fn is_store(text: &[u8]) -> bool {
    pkcs12(text).is_some() || MAGIC.iter().any(|m| text.starts_with(m)) && !has_certificates_only(text)
}

/// Returns whether a key store has a visible key, or hides its content; false if it is complete and has none.
pub fn shows_keys(text: &[u8]) -> bool {
    !pkcs12(text).is_some_and(|(all, whole)| whole && !has_key_bag(all))
}

/// The content of a PKCS #12 store, a DER or BER sequence whose first element is the integer 3, and whether it is
/// complete.
fn pkcs12(text: &[u8]) -> Option<(&[u8], bool)> {
    let (length, rest): (&[u8], _) = match text {
        [0x30, 0x80, rest @ ..] => (&[], rest),
        [0x30, 0x81, length, rest @ ..] => (std::slice::from_ref(length), rest),
        [0x30, 0x82, rest @ ..] => rest.split_at_checked(2)?,
        [0x30, 0x83, rest @ ..] => rest.split_at_checked(3)?,
        _ => return None,
    };
    let said = length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    rest.starts_with(b"\x02\x01\x03").then_some((rest, said == rest.len()))
}

/// Returns whether a PKCS #12 store has a private key. OpenSSL, Java and Windows encrypt each key separately, in a bag
/// whose kind is readable without the password (RFC 7292: `keyBag`, `pkcs8ShroudedKeyBag`), and only the certificates
/// as a whole. Other programs may encrypt key bags as a whole too, so a store without one is not certain to be harmless.
fn has_key_bag(text: &[u8]) -> bool {
    const BAG: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01";
    memchr::memmem::find_iter(text, BAG).any(|at| matches!(text.get(at + BAG.len()), Some(1 | 2)))
}

/// Returns whether this is a Java trust store or an empty store, with entries for certificates and none for a key.
/// The kinds of entries are readable without the password. A store that ends too soon or has an unknown kind of
/// entry may hold a key.
///
/// The format is that of OpenJDK's `JavaKeyStore`: magic, version, count; an entry is its kind (1 private key, 2
/// certificate, 3 secret key), alias, date, and for a certificate its type (from version 2 on) and its bytes.
fn has_certificates_only(text: &[u8]) -> bool {
    let mut rest = text;
    entries_are_certificates(&mut rest).unwrap_or(false)
}

fn entries_are_certificates(rest: &mut &[u8]) -> Option<bool> {
    let (magic, version, count) = (word(rest)?, word(rest)?, word(rest)?);
    if !matches!(magic, 0xfeed_feed | 0xcece_cece) {
        return Some(false);
    }
    for _ in 0..count {
        if word(rest)? != 2 {
            return Some(false);
        }
        skip_short(rest)?;
        *rest = rest.get(8..)?;
        if version == 2 {
            skip_short(rest)?;
        }
        let length = word(rest)? as usize;
        *rest = rest.get(length..)?;
    }
    Some(true)
}

/// A four-byte big-endian number.
fn word(rest: &mut &[u8]) -> Option<u32> {
    let (head, tail) = rest.split_first_chunk::<4>()?;
    *rest = tail;
    Some(u32::from_be_bytes(*head))
}

/// Skips a text with a two-byte length.
fn skip_short(rest: &mut &[u8]) -> Option<()> {
    let (head, tail) = rest.split_first_chunk::<2>()?;
    *rest = tail.get(usize::from(u16::from_be_bytes(*head))..)?;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_java_store_counts_unless_all_that_it_holds_is_certificates() {
        let head = |count: u8| [&b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0"[..], &[count]].concat();
        let certificate = b"\0\0\0\x02\0\x02ca\0\0\0\0\0\0\0\0\0\x05X.509\0\0\0\x03abc";
        let key = b"\0\0\0\x01\0\x01k\0\0\0\0\0\0\0\0\0\0\0\x03abc";
        let checksum = [7u8; 20];
        for (entries, count, counts) in [
            (vec![], 0, false),
            (vec![&certificate[..]], 1, false),
            (vec![&certificate[..], &certificate[..]], 2, false),
            (vec![&certificate[..], &key[..]], 2, true),
            (vec![&key[..]], 1, true),
        ] {
            let store = [head(count), entries.concat(), checksum.to_vec()].concat();
            assert_eq!(is_store(&store), counts, "{count} {store:?}");
        }
        // Cut short, it may hold a key.
        assert!(is_store(&[head(2), certificate.to_vec()].concat()));
        assert!(is_store(&head(1)));
    }
}
