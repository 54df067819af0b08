//! JSON Web Tokens: two base64url JSON objects and a signature. Reports issuer, audience, role and expiry.

use super::dice::Dice;
use super::{Check, clock};
use crate::finding::{Evidence, Severity, printable};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value};

/// Longest claim shown, in characters; the rest is cut.
const SHOWN: usize = 80;

/// Parses the token, which may follow a prefix (`ghs_123_eyJ...`).
pub(super) fn check(secret: &[u8]) -> Check {
    let start = memchr::memmem::find(secret, b"eyJ").unwrap_or(0);
    let mut parts = secret[start..].split(|b| *b == b'.');
    let object = |part: Option<&[u8]>| -> Option<Map<String, Value>> {
        let text: Vec<u8> = part?.iter().copied().filter(|b| *b != b'=').collect();
        serde_json::from_slice(&BASE64URL_NOPAD.decode(&text).ok()?).ok()
    };
    let (header, payload, signature) = (object(parts.next()), parts.next(), parts.next());
    let Some(header) = header else {
        return Check::doubtful("structure", "its header does not decode");
    };
    let algorithm = text(&header, "alg");
    // Encrypted tokens (five parts) have no readable payload.
    if header.contains_key("enc") && parts.next().is_some() {
        return Check::valid("structure", "an encrypted token");
    }
    let Some(claims) = object(payload) else {
        return Check::doubtful("structure", "its payload does not decode");
    };
    if text(&claims, "sub").as_deref() == Some("1234567890") && claims.contains_key("name") {
        // jwt.io's sample token, under any signature.
        return Check::invalid();
    }
    let signed = signature.is_some_and(|s| !s.is_empty());
    let mut check = match algorithm.as_deref() {
        Some(a) if signed && !a.eq_ignore_ascii_case("none") => {
            Check::valid("structure", format!("a signed token ({a})"))
        }
        _ => Check::doubtful("structure", "a token without a signature"),
    };
    let about = about(&claims);
    match claims.get("exp").and_then(Value::as_f64) {
        Some(at) => clock::expiry(&mut check, Some(at as i64), &about),
        None if !about.is_empty() => check.evidence.push(Evidence::tells("claims", about)),
        None => {}
    }
    if text(&claims, "role").as_deref() == Some("anon") {
        check.evidence.push(Evidence::lowers("claims", "role anon: public by design"));
        check.at_most = Some(Severity::Low);
    }
    check
}

/// Returns whether this is a token of a local Supabase, which is the same on every machine.
pub(super) fn is_documented(secret: &[u8]) -> bool {
    claims(secret).is_some_and(|claims| text(&claims, "iss").as_deref() == Some("supabase-demo"))
}

/// The claims of a token, if they can be read.
fn claims(secret: &[u8]) -> Option<Map<String, Value>> {
    let start = memchr::memmem::find(secret, b"eyJ")?;
    let payload = secret[start..].split(|b| *b == b'.').nth(1).filter(|p| !p.is_empty())?;
    serde_json::from_slice(&BASE64URL_NOPAD.decode(payload).ok()?).ok()
}

/// Names used where any person, user or value would do.
const NOBODY: [&str; 12] = [
    "bar", "baz", "foo", "test", "john doe", "jane doe", "johndoe", "john", "alice", "bob", "hello", "world",
];

/// Hosts that belong to nobody, or to this machine.
const NOWHERE: [&str; 7] = [
    "example.com",
    "example.org",
    "example.net",
    "://localhost",
    "://127.0.0.1",
    "://example.",
    "urn:example",
];

/// Returns whether the token was cut off: a header, a part of a payload, and no signature.
pub(super) fn is_cut_off(secret: &[u8]) -> bool {
    let mut parts = secret.split(|b| *b == b'.');
    let (header, payload, rest) = (parts.next(), parts.next(), parts.next());
    let is_json = |part: Option<&[u8]>| part.is_some_and(|p| p.starts_with(b"eyJ"));
    is_json(header) && is_json(payload) && rest.is_none()
}

/// Returns whether the claims are made up: none at all, only small numbers, `{"foo": "bar"}`, an issuer
/// `https://auth.example.com`.
pub(super) fn is_made_up(secret: &[u8]) -> bool {
    let Some(claims) = claims(secret) else { return false };
    let says = |key: &str| text(&claims, key).map(|v| v.to_ascii_lowercase()).unwrap_or_default();
    let is_nobody = |key: &str| NOBODY.contains(&says(key).as_str());
    let is_nowhere =
        |key: &str| NOWHERE.iter().any(|host| says(key).contains(host)) || says(key) == "localhost";
    let is_small = |v: &Value| v.is_boolean() || v.as_i64().is_some_and(|n| (-999..=999).contains(&n));
    claims.values().all(is_small)
        || ["foo", "sub", "name", "user", "username"].iter().any(|key| is_nobody(key))
        || ["iss", "aud", "azp", "email", "sub"].iter().any(|key| is_nowhere(key))
}

/// `issuer https://..., audience ..., role ...`
fn about(claims: &Map<String, Value>) -> String {
    [("issuer", "iss"), ("audience", "aud"), ("role", "role")]
        .iter()
        .filter_map(|(word, key)| text(claims, key).map(|v| format!("{word} {v}")))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A claim as printable text; the first entry if it is a list.
fn text(object: &Map<String, Value>, key: &str) -> Option<String> {
    let value = match object.get(key)? {
        Value::Array(list) => list.first()?,
        other => other,
    };
    let value = printable(value.as_str()?.as_bytes());
    (!value.is_empty()).then(|| value.chars().take(SHOWN).collect())
}

/// An HS256 token that expires in 2099, with a random signature. The argument, if not empty, is the role.
pub(super) fn forge(role: &str, dice: &mut Dice<'_>) -> String {
    let header = BASE64URL_NOPAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let role = if role.is_empty() { String::new() } else { format!(r#""role":"{role}","#) };
    let subject = dice.uuid();
    let claims = format!(r#"{{"iss":"https://id.acme.dev",{role}"sub":"{subject}","exp":4070908800}}"#);
    let signature = BASE64URL_NOPAD.encode(&dice.bytes(32));
    format!("{header}.{}.{signature}", BASE64URL_NOPAD.encode(claims.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::Verdict;

    fn token(claims: &str) -> Check {
        let header = BASE64URL_NOPAD.encode(br#"{"alg":"RS256"}"#);
        let payload = BASE64URL_NOPAD.encode(claims.as_bytes());
        check(format!("{header}.{payload}.c2ln").as_bytes())
    }

    #[test]
    fn the_computed_token_names_its_issuer() {
        let parts = [
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
            "eyJpc3MiOiJleGFtcGxlIiwiZXhwIjo0MTAyNDQ0ODAwfQ",
            "c5aTI0RPcJGs0Jdv2V5sw3inT4R2vs0AhfA78vtooVs",
        ];
        let found = check(parts.join(".").as_bytes());
        assert_eq!(found.verdict, Verdict::Valid);
        assert_eq!(found.evidence[1].text, "expires 2100-01-01 (issuer example)");
    }

    #[test]
    fn an_expired_token_counts_low() {
        let found = token(r#"{"exp":1614643200,"iss":"https://a.b","aud":["x","y"]}"#);
        assert_eq!(found.evidence[1].text, "expired 2021-03-02 (issuer https://a.b, audience x)");
        assert_eq!(found.at_most, Some(Severity::Low));
    }

    #[test]
    fn a_public_role_counts_low_and_the_manuals_token_is_rejected() {
        assert_eq!(token(r#"{"role":"anon"}"#).at_most, Some(Severity::Low));
        assert_eq!(token(r#"{"role":"service_role"}"#).at_most, None);
        assert_eq!(token(r#"{"sub":"1234567890","name":"J"}"#).verdict, Verdict::Invalid);
    }

    #[test]
    fn claims_of_placeholder_people_are_made_up() {
        let made_up = |claims: &str| {
            let payload = BASE64URL_NOPAD.encode(claims.as_bytes());
            is_made_up(format!("eyJhbGciOiJSUzI1NiJ9.{payload}.c2ln").as_bytes())
        };
        for claims in [
            "{}",
            r#"{"foo":"bar"}"#,
            r#"{"a":1,"b":2}"#,
            r#"{"iss":"https://auth.example.com","exp":4070908800}"#,
            r#"{"aud":["http://localhost:3000"]}"#,
            r#"{"name":"John Doe"}"#,
        ] {
            assert!(made_up(claims), "{claims}");
        }
        for claims in [
            r#"{"iss":"https://id.acme.dev","sub":"42"}"#,
            r#"{"sub":"bob@acme.dev"}"#,
            r#"{"exp":1614643200}"#,
        ] {
            assert!(!made_up(claims), "{claims}");
        }
    }

    #[test]
    fn a_token_without_its_end_is_cut_off() {
        assert!(is_cut_off(b"eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlblZlcnNpb24iOjAsInVz"));
        assert!(is_cut_off(b"eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlblZlcnNpb24iOjAsInVz\\_\\_c7"));
        assert!(!is_cut_off(b"eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlblZlcnNpb24iOjAsInVz.c2ln"));
        assert!(!is_cut_off(b"eyJhbGciOiJIUzI1NiJ9"));
    }

    #[test]
    fn the_token_of_every_local_supabase_is_known_to_every_rule() {
        let payload = BASE64URL_NOPAD.encode(br#"{"iss":"supabase-demo","role":"service_role"}"#);
        let token = format!("eyJhbGciOiJSUzI1NiJ9.{payload}.c2ln");
        let none = crate::rules::Validator::None;
        assert_eq!(
            crate::validate::check(none, token.as_bytes(), token.as_bytes()).verdict,
            Verdict::Invalid
        );
    }

    #[test]
    fn an_undecodable_token_is_doubted_not_rejected() {
        let found = check(b"eyJhbGciOiJ.eyJ.x");
        assert_eq!(found.verdict, Verdict::Unknown);
        assert_eq!(found.evidence[0].weight, -1);
    }
}
