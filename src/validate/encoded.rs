//! Tokens that are base64 of readable data: JSON objects, `user:password`, a record with an expiry.

use super::dice::{ALNUM, Dice, HEX};
use super::{Check, base58, clock, radix, url};
use crate::finding::{Evidence, printable};
use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use serde_json::{Map, Value};

/// Sets of keys that identify an object, and the token that it belongs to.
const OBJECTS: &[(&[&str], &str)] = &[
    (&["o", "n", "k", "m"], "a Grafana Cloud token"),
    (&["k", "n", "id"], "a Grafana API key"),
    (&["UserID", "Password"], "an Upstash QStash token"),
];

fn object(text: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(&radix::base64(text)?).ok()
}

/// Checks base64 of a JSON object, with or without a prefix; a known set of keys proves it.
pub(super) fn json(secret: &[u8]) -> Check {
    let start = memchr::memmem::find(secret, b"ey").unwrap_or(0);
    let Some(object) = object(&secret[start..]) else {
        return Check::doubtful("structure", "does not decode to a JSON object");
    };
    match OBJECTS.iter().find(|(keys, _)| keys.iter().all(|k| object.contains_key(*k))) {
        Some((_, what)) => Check::valid("structure", *what),
        None => {
            let mut check = Check::unknown();
            check.evidence.push(Evidence::raises("structure", "decodes to a JSON object"));
            check
        }
    }
}

/// Checks Sentry's organisation tokens: `sntrys_`, base64 of JSON with a time, `_`, 43 characters.
pub(super) fn sentry(secret: &[u8]) -> Check {
    let parts: Vec<&[u8]> = secret.split(|b| *b == b'_').collect();
    let [b"sntrys", body, tail] = parts[..] else {
        return Check::doubtful("structure", "not the form of a Sentry organisation token");
    };
    let object = object(body).filter(|o| o.get("iat").and_then(Value::as_f64).is_some_and(|t| t > 0.0));
    match object {
        Some(o) if tail.len() == 43 => {
            let org = o.get("org").and_then(Value::as_str).unwrap_or_default();
            Check::valid("structure", format!("a token of the organisation {}", printable(org.as_bytes())))
        }
        _ => Check::doubtful("structure", "not the form of a Sentry organisation token"),
    }
}

/// Checks 1Password's service accounts: `ops_` and base64 of JSON with the account's keys.
pub(super) fn onepassword(secret: &[u8]) -> Check {
    let object = secret.strip_prefix(b"ops_").and_then(object);
    match object {
        Some(o) if ["signInAddress", "email", "secretKey"].iter().all(|k| o.contains_key(*k)) => {
            let at = o.get("signInAddress").and_then(Value::as_str).unwrap_or_default();
            Check::valid("structure", format!("a service account of {}", printable(at.as_bytes())))
        }
        _ => Check::doubtful("structure", "does not decode to a service account"),
    }
}

/// Checks JFrog's tokens: reference tokens are base64 of `reftkn:01:EXPIRY:RANDOM`, `AKCp` keys are base58 of
/// 54 bytes.
pub(super) fn jfrog(secret: &[u8]) -> Check {
    if secret.starts_with(b"AKCp") {
        return match base58::decode(secret).map(|raw| raw.len()) {
            Some(54) => Check::valid("structure", "a JFrog API key of 54 bytes"),
            _ => Check::doubtful("structure", "not the 54 bytes of a JFrog API key"),
        };
    }
    let text = radix::base64(secret).and_then(|b| String::from_utf8(b).ok()).unwrap_or_default();
    let expiry = text.strip_prefix("reftkn:").and_then(|r| r.split(':').nth(1)?.parse::<i64>().ok());
    let Some(expiry) = expiry else {
        return Check::doubtful("structure", "not a JFrog reference token");
    };
    let mut check = Check::valid("structure", "a JFrog reference token");
    clock::expiry(&mut check, (expiry != 0).then_some(expiry), "");
    check
}

/// Checks base64 of `user:password`; rejects a password that is a stand-in.
pub(super) fn basic(secret: &[u8]) -> Check {
    let text = radix::base64(secret).filter(|t| t.iter().all(|b| !b.is_ascii_control()));
    let pair = text.as_deref().and_then(|t| {
        let colon = memchr::memchr(b':', t)?;
        Some((&t[..colon], &t[colon + 1..]))
    });
    match pair {
        Some((user, password)) if url::is_stand_in(user, password) => Check::invalid(),
        Some((user, _)) => {
            let mut check = Check::unknown();
            let user = printable(user);
            // An empty user name, or one that is the token itself, is not shown.
            if !user.is_empty() && user.len() <= 40 {
                check.evidence.push(Evidence::raises("structure", format!("the password of user {user}")));
            }
            check
        }
        None => Check::doubtful("structure", "does not decode to user:password"),
    }
}

/// Checks Mailjet's credentials: base64 of two halves of 32 hex digits.
pub(super) fn mailjet(secret: &[u8]) -> Check {
    let raw = radix::base64(secret).filter(|r| r.len() == 65 && r[32] == b':');
    match raw {
        Some(r)
            if HEXLOWER_PERMISSIVE.decode(&r[..32]).is_ok()
                && HEXLOWER_PERMISSIVE.decode(&r[33..]).is_ok() =>
        {
            Check::valid("structure", "a Mailjet key and its secret")
        }
        _ => Check::doubtful("structure", "does not decode to key:secret"),
    }
}

/// base64 of an object: Grafana's API key, or a Grafana Cloud token if the argument is `glc_`.
pub(super) fn forge_json(argument: &str, dice: &mut Dice<'_>) -> String {
    let key = dice.text(ALNUM, 24);
    match argument {
        "glc_" => {
            let text =
                format!(r#"{{"o":"6{}","n":"ci-token","k":"{key}","m":{{"r":"eu"}}}}"#, dice.below(99_999));
            format!("glc_{}", BASE64.encode(text.as_bytes()))
        }
        "qstash" => BASE64.encode(format!(r#"{{"UserID":"{}","Password":"{key}"}}"#, dice.uuid()).as_bytes()),
        _ => BASE64.encode(format!(r#"{{"k":"{key}","n":"ci","id":{}}}"#, 1 + dice.below(9)).as_bytes()),
    }
}

/// An organisation token.
pub(super) fn forge_sentry(dice: &mut Dice<'_>) -> String {
    let text = format!(
        r#"{{"iat":1700000{:03}.1,"url":"https://sentry.io","region_url":"https://us.sentry.io","org":"acme"}}"#,
        dice.below(1000)
    );
    format!("sntrys_{}_{}", BASE64.encode(text.as_bytes()), BASE64_NOPAD.encode(&dice.bytes(32)))
}

/// A service account.
pub(super) fn forge_onepassword(dice: &mut Dice<'_>) -> String {
    let text = format!(
        r#"{{"signInAddress":"acme.1password.com","userAuth":{{"method":"SRPg-4096","alg":"PBES2g-HS256","iterations":650000,"salt":"{}"}},"email":"{}@1passwordserviceaccounts.com","srpX":"{}","muk":{{"k":"{}"}},"secretKey":"A3-{}","throttleSecret":{{"seed":"{}"}},"deviceUuid":"{}"}}"#,
        dice.text(ALNUM, 22),
        dice.text(HEX, 12),
        dice.text(HEX, 64),
        dice.text(ALNUM, 43),
        dice.text(b"ABCDEFGHJKLMNPQRSTVWXYZ23456789", 31),
        dice.text(HEX, 64),
        dice.text(ALNUM, 26),
    );
    format!("ops_{}", BASE64.encode(text.as_bytes()))
}

/// A reference token that never expires, or an API key if the argument is `AKCp`.
pub(super) fn forge_jfrog(argument: &str, dice: &mut Dice<'_>) -> String {
    if argument == "AKCp" {
        // 73 characters with this start decode to 54 bytes.
        return format!(
            "AKCp{}",
            dice.text(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 69)
        );
    }
    BASE64_NOPAD.encode(format!("reftkn:01:0000000000:{}", dice.text(ALNUM, 27)).as_bytes())
}

/// The value of a Basic header; the argument is the user.
pub(super) fn forge_basic(user: &str, dice: &mut Dice<'_>) -> String {
    let user = if user.is_empty() { "deploy" } else { user };
    BASE64.encode(format!("{user}:{}", dice.text(ALNUM, 24)).as_bytes())
}

/// A key and its secret.
pub(super) fn forge_mailjet(dice: &mut Dice<'_>) -> String {
    BASE64.encode(format!("{}:{}", dice.text(HEX, 32), dice.text(HEX, 32)).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::validate::Verdict;

    #[test]
    fn the_computed_jfrog_token_says_when_it_expired() {
        let token = apart!("cmVmdGtuOjAxOjE3MDAwMDAwMDA6", "RVhBTVBMRWV4YW1wbGVFWEFNUExFZXhh");
        let found = jfrog(token.as_bytes());
        assert_eq!(found.evidence[1].text, "expired 2023-11-14");
        assert_eq!(found.at_most, Some(Severity::Low));
    }

    #[test]
    fn a_basic_header_with_a_stand_in_is_rejected() {
        let verdict = |t: &str| basic(BASE64.encode(t.as_bytes()).as_bytes()).verdict;
        assert_eq!(verdict("username:password"), Verdict::Invalid);
        assert_eq!(verdict("admin:${PASS}"), Verdict::Invalid);
        assert_eq!(verdict("ci:k8Vq0pZr7"), Verdict::Unknown);
        assert!(basic(b"bm8gY29sb24=").evidence[0].weight < 0);
    }

    #[test]
    fn an_object_of_unknown_keys_only_raises() {
        let text = BASE64.encode(br#"{"version":3}"#);
        let found = json(text.as_bytes());
        assert_eq!((found.verdict, found.evidence[0].weight), (Verdict::Unknown, 1));
    }
}
