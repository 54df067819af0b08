//! Places where values are not secret: a resource's address, a badge, Maven coordinates, keys that a page sends to
//! every browser.

mod coordinates;
mod named;
mod nobodys;
mod pages;
mod token;

use super::public::SENT_TO_VISITORS;
use super::siblings;
use crate::scan::candidate::Candidate;
use crate::text::line;
use crate::text::randomness::is_uuid;
use crate::text::short::{holds, near};
use crate::text::words;
use coordinates::{is_coordinate, is_entity};
use named::{is_of_packages, is_pinned_action, is_shortcuts, is_subcommand};
pub(super) use nobodys::why_nobodys;
use pages::{
    is_badge, is_browser_key, is_download, is_error_token, is_in_script_tag, is_invitation, is_of_comments,
    is_of_widget, is_preview, is_search_key, is_write_key,
};
pub(super) use pages::{is_in_algolia, is_saved_page};
use std::ops::Range;
use token::token;

/// Bytes before and after a value that are searched.
const REACH: usize = 400;

/// Why the value is in such a place; `None` if it is in none.
pub(super) fn why_harmless(text: &[u8], name: &[u8], secret: &Range<usize>) -> Option<&'static str> {
    let token = token(text, secret);
    let all = &text[token.clone()];
    let before = &text[token.start..secret.start];
    let value = &text[secret.clone()];
    // The second prefix is that of the key for Mailgun's checks of addresses.
    let is_sent_to_visitors = || {
        is_browser_key(text, secret)
            || value.starts_with(b"pubkey-")
            // Mapbox's, and those of Magic, Clerk and Stripe.
            || [&b"pk.eyJ"[..], b"pk_live_", b"pk_test_"].iter().any(|start| value.starts_with(start))
            || is_write_key(text, name, secret)
            || is_error_token(text, name, secret)
            || is_of_widget(text, name, secret)
            || is_preview(text, name, secret)
            || is_of_comments(text, name, secret)
            || is_in_script_tag(text, name, secret)
    };
    match () {
        () if is_named_resource(all) && !before.is_empty() || is_imported(text, secret) => {
            Some("the name of a resource in a cloud")
        }
        () if is_strong_name(text, secret) => Some("the token of a public key"),
        // An image by its content: `valkey/valkey:9@sha256:...`.
        () if holds(all, &[b"@sha256:"]) || is_image(all, before) => Some("the tag or digest of an image"),
        () if is_pinned_action(all) && text[..token.start].trim_ascii_end().ends_with(b"uses:") => {
            Some("an action of CI by its commit")
        }
        () if is_digest(value) => Some("a digest"),
        () if is_in_reference(text, secret) => Some("part of a reference to 1Password"),
        () if is_shortcuts(value) => Some("keys of a keyboard"),
        () if is_badge(before) || is_download(before) || is_invitation(before) => {
            Some("part of a link that everyone is to follow")
        }
        () if is_made_to(text, secret) => Some("an address, a public key or an id, by the call around it"),
        // The label of a token, as RFC 7512 names keys in hardware.
        () if all.starts_with(b"pkcs11:") => Some("the name of a key in hardware"),
        () if is_name_of_index(text, name, secret) => Some("the name of an index in a database"),
        // An anchor of Doxygen's pages.
        () if holds(all, &[b".html#a"]) => Some("an anchor in a page"),
        () if is_coordinate(text, name, &token) || is_entity(all, name, value) => {
            Some("part of the name of a package or of a configuration")
        }
        () if is_sent_to_visitors() => Some(SENT_TO_VISITORS),
        () if is_search_key(text, name, secret) => Some("a key that only searches, which pages show"),
        () if is_name_of_file(value) && !words::holds(name, "password") => Some("the name of a file"),
        () if secret.len() >= 60
            && (value.starts_with(b"secret:") || text[..secret.start].ends_with(b"token: secret:")) =>
        {
            Some("encrypted by Codecov")
        }
        () if is_sealed(text, secret) => Some("encrypted, as the key above it says"),
        () if siblings::is_of_derivation(text, name, secret) => {
            Some("a salt or a nonce, by the parameters beside it")
        }
        () if is_parser_table(text, secret) => Some("a table of a generated parser"),
        () if is_thumbprint(text, name, secret) => Some("the thumbprint of a certificate"),
        () if is_uuid(value) && is_subcommand(name) => Some("the id of what a command works on"),
        () if is_of_packages(text, name, secret) => Some("the fingerprint of a key that signs packages"),
        () if names_key(text, name, secret) => Some("the name of one of the keys nearby"),
        () if siblings::is_of_event(text, name, secret) => Some("a number that a webhook signs"),
        () => None,
    }
}

/// Returns whether this is a digest with the name of its algorithm: `sha256:9f86d081...`.
fn is_digest(value: &[u8]) -> bool {
    [(&b"sha256:"[..], 64), (b"sha384:", 96), (b"sha512:", 128)].iter().any(|(algorithm, length)| {
        let digits = value.strip_prefix(*algorithm);
        digits.is_some_and(|digits| digits.len() == *length && digits.iter().all(u8::is_ascii_hexdigit))
    })
}

/// Returns whether a reference to 1Password, whose parts may contain blanks, begins before this on its line.
fn is_in_reference(text: &[u8], secret: &Range<usize>) -> bool {
    let before = &text[line::start(text, secret.start, REACH)..secret.start];
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'/' | b'-' | b'_' | b'.');
    memchr::memmem::rfind(before, b"op://").is_some_and(|at| before[at + 5..].iter().all(is_part))
}

/// Returns whether this is among the tables that Lezer generates for a parser.
fn is_parser_table(text: &[u8], secret: &Range<usize>) -> bool {
    let before = &text[secret.start.saturating_sub(REACH)..secret.start];
    before.ends_with(b"tokenData:\"")
        || before.ends_with(b"tokenData: \"")
            && holds(before, &[b"nodeCount", b"NodeCount", b"states", b"LRParser"])
}

/// Returns whether this is the id of a resource that Terraform is to import.
fn is_imported(text: &[u8], secret: &Range<usize>) -> bool {
    let before = &text[line::start(text, secret.start, REACH)..secret.start];
    holds(before, &[b"terraform import ", b"tofu import "])
}

/// Returns whether this has the form of an id of MongoDB: 12 bytes in hex.
fn is_object_id(value: &[u8]) -> bool {
    value.len() == 24 && value.iter().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
}

/// Returns whether this is the name of an index in MySQL: ``KEY `FK7tzg` (`app_id`)``.
fn is_name_of_index(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    let before = &text[secret.start.saturating_sub(16)..secret.start];
    // `DROP KEY UK_djjmuep18k7xs81lgqg;`
    let is_dropped =
        || before.to_ascii_lowercase().ends_with(b"drop key ") && text[secret.end..].starts_with(b";");
    let is_created = || before.ends_with(b"`") && text[secret.end..].starts_with(b"` (");
    name.eq_ignore_ascii_case(b"key") && is_created() || is_dropped()
}

/// Returns whether a call around the value makes an address or a public key of it, or looks it up by its id in Jenkins:
/// `SolanaAddress::from("`, `credentials('`. A function that gets an id of MongoDB finds a record by it.
fn is_made_to(text: &[u8], secret: &Range<usize>) -> bool {
    let before = &text[secret.start.saturating_sub(REACH / 4)..secret.start];
    let [head @ .., b'(', b'"' | b'\''] = before else { return false };
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'.');
    let called = &head[head.len() - head.iter().rev().take_while(is_part).count()..];
    // `Authorization.find("ID")`: a class, and what it has under an id.
    let is_record = || {
        let class = called.strip_suffix(b".find").or(called.strip_suffix(b".retrieve")).unwrap_or_default();
        let class = class.rsplit(|b| *b == b':').next().unwrap_or_default();
        let of_secrets = [&b"Secret"[..], b"Key", b"Token", b"Password", b"License", b"Credential"];
        class.first().is_some_and(u8::is_ascii_uppercase)
            && !holds(class, &of_secrets)
            && (12..=24).contains(&secret.len())
            && text[secret.clone()].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    is_object_id(&text[secret.clone()])
        || is_record()
        || called == b"credentials"
        || holds(&called.to_ascii_lowercase(), &[b"address", b"pubkey", b"publickey", b"public_key"])
}

/// Returns whether the code behind a SHA-1 in hex says in the same statement that it is a certificate's: `new Secret("...")
/// { Type = X509Thumbprint }`.
fn is_thumbprint(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    // The setting beside a secret may be a certificate's.
    let is_setting = name.contains(&b'_') || name.ends_with(b"Secret") && name.len() > b"Secret".len();
    if is_setting || secret.len() != 40 || !text[secret.clone()].iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let rest = &text[secret.end..text.len().min(secret.end + REACH / 2)];
    let statement = rest.split(|b| matches!(b, b';' | b'}')).next().unwrap_or_default();
    holds(&statement.to_ascii_lowercase(), &[b"thumbprint"])
}

/// Returns whether this names one of the keys nearby, each of which begins with its name: `keys = ['k1/...']` and
/// `key_active = 'k1'`.
fn names_key(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    let name = name.to_ascii_lowercase();
    if !holds(&name, &[b"active", b"current", b"default"]) {
        return false;
    }
    let value = &text[secret.clone()];
    let near = near(text, secret, REACH);
    memchr::memmem::find_iter(near, value).any(|i| {
        let quoted = i.checked_sub(1).is_some_and(|i| matches!(near[i], b'"' | b'\'' | b'=' | b' ' | b'\n'));
        quoted && near.get(i + value.len()) == Some(&b'/')
    })
}

/// Returns whether this is the name of a resource of AWS, IBM, Confluent or Okta.
fn is_named_resource(token: &[u8]) -> bool {
    [&b"arn:aws"[..], b"crn:", b"orn:"].iter().any(|start| token.starts_with(start))
}

/// Hosts of registries of images, or parts of them.
const REGISTRIES: [&[u8]; 7] =
    [b".dkr.ecr.", b".azurecr.io/", b"gcr.io/", b".pkg.dev/", b"ghcr.io/", b"docker.io/", b"quay.io/"];

/// Returns whether this is the tag of an image: `quay.io/acme/auth-token:9f86d08`.
fn is_image(token: &[u8], before: &[u8]) -> bool {
    before.ends_with(b":") && holds(&token[..before.len()], &REGISTRIES)
}

/// Returns whether this is the token of the public key with which an assembly of .NET is signed, in a sentence.
fn is_strong_name(text: &[u8], secret: &Range<usize>) -> bool {
    let before = text[secret.start.saturating_sub(32)..secret.start].to_ascii_lowercase();
    secret.len() == 16 && holds(&before, &[b"public key token"])
}

/// The name of a cookie whose value was found under the name `Cookie`.
pub(super) fn name_of_cookie<'t>(text: &'t [u8], c: &Candidate) -> Option<&'t [u8]> {
    let name = c.name.as_ref()?.as_bytes();
    let tail = &name[name.len().checked_sub(6)?..];
    let before =
        text[..c.secret.start].strip_suffix(b"=").filter(|_| tail.eq_ignore_ascii_case(b"cookie"))?;
    let length = before.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b)).count();
    Some(&before[before.len() - length..])
}

/// Returns whether the value is below a JSON key `encrypted`, as Renovate keeps what only its server can decrypt.
fn is_sealed(text: &[u8], secret: &Range<usize>) -> bool {
    // RSA of 1024 bits in base64.
    if secret.len() < 172 || text[secret.clone()].iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let before = &text[secret.start.saturating_sub(SEALED)..secret.start];
    let Some(at) = memchr::memmem::rfind(before, b"\"encrypted\"") else { return false };
    let rest = before[at + b"\"encrypted\"".len()..].trim_ascii_start();
    let inner = rest.strip_prefix(b":").map(<[u8]>::trim_ascii_start);
    inner.and_then(|rest| rest.strip_prefix(b"{")).is_some_and(|members| !members.contains(&b'}'))
}

/// Bytes before a value in which the key `encrypted` of several values may stand.
const SEALED: usize = 4 << 10;

/// Endings of pictures and documents, then of keys and certificates.
const ENDINGS: [&[u8]; 32] = [
    b"png",
    b"jpg",
    b"jpeg",
    b"gif",
    b"svg",
    b"webp",
    b"ico",
    b"pdf",
    b"mp3",
    b"mp4",
    b"mov",
    b"zip",
    b"csv",
    b"html",
    b"css",
    b"woff",
    b"woff2",
    b"ttf",
    b"p8",
    b"p12",
    b"pfx",
    b"pem",
    b"crt",
    b"cer",
    b"der",
    b"jks",
    b"keystore",
    b"kdbx",
    b"asc",
    b"gpg",
    b"pub",
    b"json",
];

/// Returns whether this is an array of bytes of the type of a public key: `ed25519.PublicKey{2, 119, 166, ...}`.
pub(super) fn is_bytes_of_public_key(text: &[u8], secret: &Range<usize>) -> bool {
    let before = &text[secret.start.saturating_sub(48)..secret.start];
    let end = before.iter().rposition(|b| !matches!(b, b'{' | b'(' | b'[' | b'&' | b' ' | b'\n' | b'\t'));
    end.is_some_and(|end| end + 1 < before.len() && before[..=end].ends_with(b"PublicKey"))
}

/// Returns whether this is the name of a file, as the keys of a store are: `avatars/0f3a9c1b.png`.
fn is_name_of_file(value: &[u8]) -> bool {
    let dot = memchr::memrchr(b'.', value).filter(|dot| *dot > 0);
    dot.is_some_and(|dot| ENDINGS.iter().any(|e| value[dot + 1..].eq_ignore_ascii_case(e)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_key_nearby_is_known() {
        let names = |text: &str, name: &str| {
            let at = text.find("= 'VALUE").unwrap() + 3;
            names_key(text.as_bytes(), name.as_bytes(), &(at..at + 5))
        };
        assert!(names("keys = ['VALUE/kQ7xR2T9']\nkey_active = 'VALUE'", "key_active"));
        assert!(!names("keys = ['VALUE/kQ7xR2T9']\nkey_second = 'VALUE'", "key_second"));
        assert!(!names("keys = ['kQ7xR2T9']\nkey_active = 'VALUE'", "key_active"));
    }

    /// The name is the part before a colon or an equals sign.
    #[track_caller]
    fn harmless(text: &str, value: &str) -> bool {
        let at = text.find(value).unwrap();
        let before = text[..at].trim_end_matches([':', '=', '"', '\'', '`']);
        let name = before.rsplit(['"', '\'', '`', ' ']).next().unwrap();
        why_harmless(text.as_bytes(), name.as_bytes(), &(at..at + value.len())).is_some()
    }

    #[test]
    fn a_place_of_what_is_not_a_secret_is_known() {
        for (text, value) in [
            ("\"x\": \"arn:aws:secretsmanager:eu-west-1:1:secret:prod/db-kQ7xR2\"", "prod/db-kQ7xR2"),
            (".. image:: https://codecov.io/gh/a/b/graph/badge.svg?token=K7R2XZ", "K7R2XZ"),
            ("implementation(\"io.jsonwebtoken:jjwt-jackson:0.12.6\")", "jjwt-jackson"),
            ("`io.jsonwebtoken:jjwt-gson`", "jjwt-gson"),
            ("NREUM.info={\"licenseKey\":\"9f86d08188\"}", "9f86d08188"),
            (
                "image: valkey/valkey:9.1@sha256:9f86d081884c7d659a2feaa0c55ad015",
                "9f86d081884c7d659a2feaa0c55ad015",
            ),
            ("licenseKey:\"NRJS-9f86d081884c7d659a2\"", "NRJS-9f86d081884c7d659a2"),
            // stanch:allow generic-credential -- made up for the test
            ("auth=api:pubkey-9f86d081884c7d659a2f", "pubkey-9f86d081884c7d659a2f"),
            (
                "metrics.New(Options{WriteKey:\"kQ7xR2T9zLm4pWv8nB3cY6kQ7xR2T9zL\"})",
                "kQ7xR2T9zLm4pWv8nB3cY6kQ7xR2T9zL",
            ),
            (
                "new Secret(\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b\") { Type = X509Thumbprint }",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
            ),
            (
                "algolia: {\n  AppId: \"K7R2XZ\",\n  ApiKey: \"9f86d081884c7d659a2feaa0c55ad015\",\n  Index: \"posts\"",
                "9f86d081884c7d659a2feaa0c55ad015",
            ),
            (
                "\"signature\":{\"token\":\"kQ7xR2T9zLm4pWv8nB3c\",\"timestamp\":\"1\",\"signature\":\"9f\"}",
                "kQ7xR2T9zLm4pWv8nB3c",
            ),
            // stanch:allow generic-token -- made up for the test
            ("skippedNodes:[0],repeatNodeCount:6,tokenData:\"-Y~RnOX#PXY$QYZ$]\"", "-Y~RnOX#PXY$QYZ$]"),
            ("\"key_filepath\": \"D7K2R84X9.p8\"", "D7K2R84X9.p8"),
            (
                "s3_key: avatars/9f86d081884c7d659a2feaa0c55ad015.png",
                "avatars/9f86d081884c7d659a2feaa0c55ad015.png",
            ),
            (
                "docsearch({apiKey:\"9f86d081884c7d659a2feaa0c55ad015\",indexName:\"docs\"})",
                "9f86d081884c7d659a2feaa0c55ad015",
            ),
            (
                "rollbarConfig={accessToken:\"9f86d081884c7d659a2feaa0c55ad015\",captureUncaught:true}",
                "9f86d081884c7d659a2feaa0c55ad015",
            ),
            (
                "id: 'GTM-K7R2XZ9', auth:'kQ7xR2T9zLm4pWv8nB3c_x', preview: 'env-172'",
                "kQ7xR2T9zLm4pWv8nB3c_x",
            ),
            (
                "appId:\"K7R2XZ\",apiKey:\"9f86d081884c7d659a2feaa0c55ad015\",indexName:\"docs\"",
                "9f86d081884c7d659a2feaa0c55ad015",
            ),
        ] {
            assert!(harmless(text, value), "{text}");
        }
        for (text, value) in [
            ("https://api.acme.io/v1?token=K7R2XZ", "K7R2XZ"),
            // stanch:allow generic-password -- made up for the test
            ("spring.datasource.password:k7r2xz9q", "k7r2xz9q"),
            // stanch:allow generic-password -- made up for the test
            ("'app.db.password:k7r2xz9q4w8t1'", "k7r2xz9q4w8t1"),
            ("'spring.datasource.password:summertime'", "summertime"),
            ("curl -u 'jane.doe:summertime'", "summertime"),
            ("auth = 'jane.doe:summertime'", "jane.doe:summertime"),
            ("# see the badge; token=K7R2XZ", "K7R2XZ"),
            ("curl -u 'pk.29275f8e254073373060b5e36b027058:x'", "pk.29275f8e254073373060b5e36b027058"),
            ("licenseKey: '9f86d08188'", "9f86d08188"),
            // stanch:allow generic-credential -- made up for the test
            ("id: 'GTM-K7R2XZ9', auth:'kQ7xR2T9zLm4pWv8nB3c_x'", "kQ7xR2T9zLm4pWv8nB3c_x"),
            // stanch:allow generic-api-key -- made up for the test
            ("hive.New(Options{WriteKey:\"kQ7xR2T9zLm4pWv8nB3c\"})", "kQ7xR2T9zLm4pWv8nB3c"),
            (
                // stanch:allow generic-api-key -- made up for the test
                "appId: 'K7R2XZ', apiKey: '9f86d081884c7d659a2feaa0c55ad015'",
                "9f86d081884c7d659a2feaa0c55ad015",
            ),
            ("# arn:aws:x token=K7R2XZ", "K7R2XZ"),
        ] {
            assert!(!harmless(text, value), "{text}");
        }
    }
}
