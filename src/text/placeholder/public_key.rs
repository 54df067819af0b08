//! The forms of public keys, certificates and fingerprints of keys.

/// Returns whether this has the form of a public value: a public key or a certificate.
pub fn is_public_key(value: &[u8]) -> bool {
    let starts = [
        &b"ssh-rsa "[..],
        b"ssh-ed25519 ",
        b"ssh-dss ",
        b"ecdsa-sha2",
        b"sk-ssh",
        b"sk-ecdsa",
        b"AAAAB3NzaC1",
        b"AAAAC3NzaC1",
        b"AAAAE2VjZHNh",
        // DER of a public key's algorithm.
        b"MFwwDQYJKoZIhvcNAQEB",
        b"MIGfMA0GCSqGSIb3",
        b"MIIBIjANBgkqhkiG9w0B",
        b"MIICIjANBgkqhkiG9w0B",
        b"MFkwEwYHKoZIzj0",
        b"MHYwEAYHKoZIzj0",
        b"MCowBQYDK2Vw",
        // The same in hex.
        b"30819f300d06092a864886f7",
        b"30820122300d06092a864886f7",
        b"-----BEGIN CERT",
        b"-----BEGIN PUBLIC",
        b"-----BEGIN RSA PUBLIC",
        b"-----BEGIN PGP PUBLIC",
        b"LS0tLS1CRUdJTiBDRVJU",
        b"LS0tLS1CRUdJTiBQVUJMSU",
    ];
    // Of minisign: two letters for its kind, an id and 32 bytes.
    let is_minisign = value.len() == 56 && value.starts_with(b"RWQ");
    starts.iter().any(|s| value.starts_with(s)) || is_minisign || is_point(value) || is_ssh_fingerprint(value)
}

/// Returns whether this has the form of a point of an elliptic curve, which is a public key: 65 bytes that begin with 4,
/// as in VAPID's keys, or 33 that begin with 2 or 3.
fn is_point(value: &[u8]) -> bool {
    let hex = || value.iter().all(u8::is_ascii_hexdigit);
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'+' | b'/');
    match value {
        [b'0', b'4', ..] if value.len() == 130 => hex(),
        [b'0', b'2' | b'3', ..] if value.len() == 66 => hex(),
        [b'B', b'A'..=b'P', rest @ ..] if matches!(value.len(), 87 | 88) => {
            rest.strip_suffix(b"=").unwrap_or(rest).len() == 85 && rest[..85].iter().all(base64)
        }
        _ => false,
    }
}

/// Returns whether this is the fingerprint of a key as SSH writes it.
fn is_ssh_fingerprint(value: &[u8]) -> bool {
    let digest = value.strip_prefix(b"SHA256:").unwrap_or_default();
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let plain = digest.strip_suffix(b"=").unwrap_or(digest);
    plain.len() == 43 && plain.iter().all(base64)
}
