//! How a value is written into a request: in an address, a form, a JSON text, and the time of a signature.

use jiff::Timestamp;
use std::fmt::Write;

/// Percent-encoded: everything except RFC 3986's unreserved characters and the colon, which both a
/// path and a query may hold.
pub(super) fn percent(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for b in bytes {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => {
                out.push(char::from(*b));
            }
            _ => {
                let _ = write!(out, "%{b:02X}");
            }
        }
    }
    out
}

/// The inside of a JSON string.
pub(super) fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// `20150830T123600Z`: a time as signatures have it.
pub(super) fn civil_stamp(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_an_address_or_a_text_is_encoded() {
        assert_eq!(percent(b"a/b?c&d=e f%~\n\xc3\xa9"), "a%2Fb%3Fc%26d%3De%20f%25~%0A%C3%A9");
        assert_eq!(json("a\"b\\c\n\u{1}"), "a\\\"b\\\\c\\n\\u0001");
        assert_eq!(civil_stamp(Timestamp::from_second(1_440_938_160).unwrap()), "20150830T123600Z");
    }
}
