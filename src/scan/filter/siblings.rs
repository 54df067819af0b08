//! What a value is by its siblings: a hash by the salt of its record, a number by the signature over it; and the shape of a
//! device's registration.

use crate::rules::SecretKind;
use crate::scan::candidate::Candidate;
use crate::text::short::{holds, near};
use crate::text::words;
use std::ops::Range;

/// Bytes before and after a value in which its siblings stand.
const REACH: usize = 200;

/// Why what stands beside the value makes it less likely a credential; `None` if nothing does.
pub(super) fn why_unlikely(c: &Candidate, text: &[u8]) -> Option<&'static str> {
    let value = &text[c.secret.clone()];
    let name = c.name.as_deref().unwrap_or_default().as_bytes();
    if is_salted(c, text, name, value) {
        return Some("the hash of a password: its salt stands beside it");
    }
    if signed(text, name, &c.secret).is_some() {
        return Some("a number that a webhook signs: the time and the signature stand beside it");
    }
    is_registration(name, value).then_some("names a device to the service that sends it messages")
}

/// Returns whether this is the id of an access key in a URL that was signed with it: `X-Amz-Credential=ID/...`.
pub(super) fn is_in_signed_url(c: &Candidate, text: &[u8]) -> bool {
    let before = &text[c.secret.start.saturating_sub(32)..c.secret.start];
    let after = &text[c.secret.end..text.len().min(c.secret.end + 2 * REACH)];
    c.rule.id == "aws-access-key-id"
        && (before.ends_with(b"X-Amz-Credential=") && holds(after, &[b"X-Amz-Signature="])
            || before.ends_with(b"AWSAccessKeyId=") && holds(after, &[b"Signature="]))
}

/// Returns whether this is a record's password in the form of a hash, with the record's salt near. The salt of a program
/// (`PASSWORD_SALT`) says nothing of other passwords.
fn is_salted(c: &Candidate, text: &[u8], name: &[u8], value: &[u8]) -> bool {
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let hex = value.len() >= 32 && value.iter().all(u8::is_ascii_hexdigit);
    let form = hex || matches!(value.len(), 28 | 43 | 44 | 86 | 88) && value.iter().all(base64);
    let of_record = || {
        let last = words::split(name).last().unwrap_or_default();
        !name.iter().all(|b| b.is_ascii_uppercase() || *b == b'_')
            && [&b"password"[..], b"passwd", b"pwd", b"pass"].iter().any(|w| last.eq_ignore_ascii_case(w))
    };
    form && c.rule.kind == SecretKind::Password
        && of_record()
        && holds(near(text, &c.secret, REACH), &[b"salt", b"Salt"])
}

/// The text around the `token` of an event that a service signed, as Mailgun sends it: the time and the signature of both
/// stand there.
fn signed<'t>(text: &'t [u8], name: &[u8], secret: &Range<usize>) -> Option<&'t [u8]> {
    let near = name.eq_ignore_ascii_case(b"token").then(|| near(text, secret, REACH))?;
    (holds(near, &[b"timestamp"]) && holds(near, &[b"signature"])).then_some(near)
}

/// Returns whether this is such a token in the event itself, whose object and member are both called `signature`.
pub(super) fn is_of_event(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    signed(text, name, secret).is_some_and(|near| {
        holds(near, &[b"\"timestamp\""]) && memchr::memmem::find_iter(near, b"\"signature\"").count() >= 2
    })
}

/// Returns whether this is the address of a device at Apple, Google or Expo.
fn is_registration(name: &[u8], value: &[u8]) -> bool {
    let named = ["device", "push", "apns", "apn", "fcm", "gcm"].iter().any(|w| words::holds(name, w));
    holds(value, &[b":APA91b"])
        || value.starts_with(b"ExponentPushToken[")
        || named && value.len() == 64 && value.iter().all(u8::is_ascii_hexdigit)
}
