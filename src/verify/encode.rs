//! How a value is written into a request: in an address, a form, a JSON text, and the time of a signature.

use crate::text::percent::encode;
use jiff::Timestamp;

/// Percent-encoded: everything except RFC 3986's unreserved characters and the colon, which both a
/// path and a query may hold.
pub(super) fn percent(bytes: &[u8]) -> String {
    encode(bytes, b":")
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
        assert_eq!(percent(b"a:b/c"), "a:b%2Fc");
        assert_eq!(json("a\"b\\c\n\u{1}"), "a\\\"b\\\\c\\n\\u0001");
        assert_eq!(civil_stamp(Timestamp::from_second(1_440_938_160).unwrap()), "20150830T123600Z");
    }
}
