//! OpenSSH's own format. Source: OpenSSH's PROTOCOL.key.

use super::{Key, Parsed, fingerprint, kind_of_blob, take};

pub(super) const MAGIC: &[u8] = b"openssh-key-v1\0";

/// Parses a key; without a cipher, the two check numbers of the private part must be equal.
pub(super) fn parse(raw: &[u8]) -> Parsed {
    parts(raw).unwrap_or(Parsed::Unreadable)
}

fn parts(raw: &[u8]) -> Option<Parsed> {
    let mut rest = raw.strip_prefix(MAGIC)?;
    let cipher = take(&mut rest)?;
    let _derivation = take(&mut rest)?;
    let _options = take(&mut rest)?;
    let (count, after) = rest.split_first_chunk::<4>()?;
    if u32::from_be_bytes(*count) != 1 {
        return None;
    }
    rest = after;
    let public = take(&mut rest)?;
    let private = take(&mut rest)?;
    let encrypted = cipher != b"none";
    if !encrypted && (private.len() < 8 || private[..4] != private[4..8]) {
        return Some(Parsed::Fake);
    }
    Some(Parsed::Key(Key { encrypted, kind: kind_of_blob(public), fingerprint: Some(fingerprint(public)) }))
}
