//! Ciphertext that is meant to be committed: only the holder of another key can read it.

/// Prefixes of sealed values, in lower case.
const STARTS: [&str; 7] = [
    // dotenvx, RabbitMQ; ejson; DigitalOcean's App Platform.
    "encrypted:",
    "ej[1:",
    "ev[1:",
    // Armour of PGP and age, and base64 of age's own header.
    "-----begin pgp message",
    "-----begin age encrypted",
    "age-encryption.org/",
    "ywdllwvuy3j5chrpb24u",
];

/// Prefixes of ciphertext in base64, case kept: PGP packets for one key (RSA of 2048, 3072 and 4096 bits, as in
/// Renovate and hiera), data that AWS KMS encrypted, and keys that only the store of a machine with IIS opens.
const BASE64: [&[u8]; 8] =
    [b"wcBMA", b"wcDMA", b"wcFMA", b"hQEMA", b"hQGMA", b"hQIMA", b"AQICAH", b"AQIAAA5mAAAA"];

/// Returns whether this is such ciphertext; `lower` is its start in lower case.
pub(super) fn is_sealed(value: &[u8], lower: &[u8]) -> bool {
    STARTS.iter().any(|s| lower.starts_with(s.as_bytes()))
        || value.len() >= 100 && BASE64.iter().any(|s| value.starts_with(s))
}

#[cfg(test)]
mod tests {
    use super::super::is_reference;

    #[test]
    fn sealed_values_are_distinguished_from_open_ones() {
        let long = "k7Rq2xZ9".repeat(16);
        for v in [
            "encrypted:BK7Rq2xZ9k7Rq".to_owned(),
            "encrypted:k7Rq2xZ9k7Rq".to_owned(),
            "EJ[1:k7Rq=:2xZ9:k7Rq2xZ9]".to_owned(),
            "EV[1:k7Rq:2xZ9k7Rq2xZ9==]".to_owned(),
            format!("wcFMA{long}"),
            format!("AQICAH{long}"),
        ] {
            assert!(is_reference(v.as_bytes()), "{v}");
        }
        for v in ["encrypted".to_owned(), "wcFMAk7Rq2xZ9".to_owned(), format!("wdFMA{long}")] {
            assert!(!is_reference(v.as_bytes()), "{v}");
        }
    }
}
