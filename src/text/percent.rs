//! Percent-encoding (RFC 3986).

use std::fmt::Write;

/// Encodes every byte except unreserved characters and those of `kept`.
pub fn encode(bytes: &[u8], kept: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for b in bytes {
        if b.is_ascii_alphanumeric() || b"-._~".contains(b) || kept.contains(b) {
            out.push(char::from(*b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_with_a_meaning_in_an_address_is_encoded() {
        assert_eq!(encode(b"a/b?c&d=e f%~\n\xc3\xa9", b""), "a%2Fb%3Fc%26d%3De%20f%25~%0A%C3%A9");
        assert_eq!(encode("a b/\u{e9}#.py".as_bytes(), b"/"), "a%20b/%C3%A9%23.py");
    }
}
