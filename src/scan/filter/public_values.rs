//! Values whose form says that they are public: ids of analytics, addresses on a blockchain, fingerprints of keys.

use crate::text::randomness::is_uuid;

/// Returns whether this is an id of Google's analytics and advertising, which a page sends to every browser:
/// `UA-12345678-1`, `G-K7R2XZ9Q4W`, `GTM-K7R2XZ9`, `AW-1234567890`.
pub(super) fn is_analytics_id(value: &[u8]) -> bool {
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let upper = |part: &[u8]| part.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    match value {
        [b'U', b'A', b'-', rest @ ..] => rest.len() <= 16 && rest.split(|b| *b == b'-').all(digits),
        [b'G', b'-', rest @ ..] => rest.len() == 10 && upper(rest),
        [b'G', b'T', b'M', b'-', rest @ ..] => (5..=9).contains(&rest.len()) && upper(rest),
        [b'A', b'W', b'-', rest @ ..] => (9..=12).contains(&rest.len()) && digits(rest),
        _ => false,
    }
}

/// Returns whether this is the key with which every copy of a program sends telemetry to Microsoft: 32 hex digits, a
/// UUID and a number.
pub(super) fn is_instrumentation_key(value: &[u8]) -> bool {
    let (Some(tenant), Some(id), Some(number)) = (value.get(..32), value.get(33..69), value.get(70..)) else {
        return false;
    };
    tenant.iter().all(u8::is_ascii_hexdigit)
        && is_uuid(id)
        && (1..=5).contains(&number.len())
        && number.iter().all(u8::is_ascii_digit)
}

/// Returns whether this shows who owns a domain, in its DNS: `google-site-verification=...`.
pub(super) fn is_site_verification(value: &[u8]) -> bool {
    let sign = memchr::memchr(b'=', value).unwrap_or(0);
    value[..sign].ends_with(b"-verification")
}

/// Returns whether this is the id or fingerprint of an OpenPGP key.
pub(super) fn is_key_id(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"0x").unwrap_or(value);
    matches!(digits.len(), 8 | 16 | 32 | 40) && digits.iter().all(u8::is_ascii_hexdigit)
}

/// An address of Ethereum and its relatives: 20 bytes. Their private keys have 32.
pub(super) fn is_evm_address(value: &[u8]) -> bool {
    matches!(value, [b'0', b'x' | b'X', digits @ ..] if digits.len() == 40 && digits.iter().all(u8::is_ascii_hexdigit))
}

/// Returns whether this is an address of Tron: base58 whose first byte makes it begin with `T`.
pub(super) fn is_tron_address(value: &[u8]) -> bool {
    value.len() == 34 && value[0] == b'T' && is_base58(value)
}

/// Returns whether this is an id of 32 bytes that begins with zeros, as contracts have them; no key is drawn like this.
pub(super) fn is_padded_id(value: &[u8]) -> bool {
    value.len() == 66 && value.starts_with(b"0x000000") && value[2..].iter().all(u8::is_ascii_hexdigit)
}

/// Returns whether this is a password for one time as a YubiKey types it: 32 to 48 letters of its own alphabet.
pub(super) fn is_typed_by_a_key(value: &[u8]) -> bool {
    (32..=48).contains(&value.len()) && value.iter().all(|b| b"cbdefghijklnrtuv".contains(b))
}

/// Returns whether this is the token of one task of AWS's Step Functions.
pub(super) fn is_of_task(value: &[u8]) -> bool {
    value.starts_with(b"AAAAKgAAAA")
}

/// Returns whether this is the code of an error of Microsoft Entra: `AADSTS50126`, `AADB2C90118`.
pub(super) fn is_code_of_error(value: &[u8]) -> bool {
    let code = value.strip_prefix(b"AADSTS").or(value.strip_prefix(b"AADB2C"));
    code.is_some_and(|digits| (5..=8).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit))
}

fn is_base58(value: &[u8]) -> bool {
    value.iter().all(|b| b.is_ascii_alphanumeric() && !matches!(b, b'0' | b'O' | b'I' | b'l'))
}

/// Returns whether this has the form of an address of Solana: 32 bytes in base58. Its private keys have 64.
pub(super) fn is_solana_address(value: &[u8]) -> bool {
    (43..=44).contains(&value.len()) && is_base58(value)
}

/// Returns whether this is the name of a column in Active Directory's database: `ATTk589914`.
pub(super) fn is_column_of_directory(value: &[u8]) -> bool {
    matches!(value, [b'A', b'T', b'T', b'a'..=b'z', digits @ ..]
        if matches!(digits.len(), 1..=9) && digits.iter().all(u8::is_ascii_digit))
}
