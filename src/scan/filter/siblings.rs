//! What a value is by its siblings: a hash by the salt of its record, a number by the signature over it; and the shape of a
//! device's registration.

use crate::rules::{SecretKind, Validator};
use crate::scan::candidate::Candidate;
use crate::text::line;
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
    if is_of_mongo(text, name, &c.secret) {
        return Some("the hash of a password, as MongoDB kept it");
    }
    if signed(text, name, &c.secret).is_some() {
        return Some("a number that a webhook signs: the time and the signature stand beside it");
    }
    if c.rule.is_generic() && is_checksum_of_file(text, name, &c.secret) {
        return Some("stands in a list of files, as the checksum of one");
    }
    if c.rule.is_generic() && extends_another(text, &c.secret) {
        return Some("begins as another name of its list does");
    }
    is_registration(name, value).then_some("names a device to the service that sends it messages")
}

/// Returns whether the name is that of a file, as others beside it, and the value as long as a hash: `"ec2_key.rb": "..."`.
fn is_checksum_of_file(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    let Some(dot) = memchr::memrchr(b'.', name) else { return false };
    let ending = &name[dot..];
    let value = &text[secret.clone()];
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let is_hash = matches!(value.len(), 32 | 40 | 64 | 96 | 128) && value.iter().all(u8::is_ascii_hexdigit)
        || matches!(value.len(), 24 | 28 | 44 | 64 | 88) && value.iter().all(base64);
    let quoted = [ending, b"\""].concat();
    is_hash
        && !matches!(ending, b".key" | b".pass" | b".pwd" | b".psk" | b".auth" | b".cred")
        && (3..=5).contains(&ending.len())
        && ending[1..].iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        && memchr::memmem::find_iter(near(text, secret, 2 * REACH), &quoted).count() >= 3
}

/// Least bytes of a string that the value of its list continues.
const BEGINNING: usize = 6;

/// Returns whether the value continues another string of its list by a few letters: `['stkaave', 'stkaavewsteth']`.
fn extends_another(text: &[u8], secret: &Range<usize>) -> bool {
    let value = &text[secret.clone()];
    let plain = |part: &[u8]| part.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let is_other = |other: &[u8]| {
        (BEGINNING..value.len()).contains(&other.len())
            && plain(other)
            && value.strip_prefix(other).is_some_and(|rest| rest.len() <= REST)
    };
    let before = &text[secret.start.saturating_sub(REACH)..secret.start];
    let Some(open) = memchr::memrchr(b'[', before) else { return false };
    let list = &before[open..];
    plain(value)
        && !list.contains(&b']')
        && !list.contains(&b'{')
        && list.split(|b| matches!(b, b'"' | b'\'')).any(is_other)
}

/// Most bytes by which it continues it.
const REST: usize = 12;

/// Returns whether this is a record of a user in old versions of MongoDB: `"user" : "a", "readOnly" : false, "pwd" : "..."`.
fn is_of_mongo(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    let value = &text[secret.clone()];
    name == b"pwd"
        && value.len() == 32
        && value.iter().all(u8::is_ascii_hexdigit)
        && holds(near(text, secret, REACH), &[b"\"readOnly\""])
}

/// Bytes around the token of a session in which the signature of a URL or a form stands.
const SIGNED: usize = 4 << 10;

/// Returns whether this is the id of an access key in a URL that was signed with it (`X-Amz-Credential=ID/...`), or the
/// session's token in such a URL or form, which count for some hours.
pub(super) fn is_in_signed_url(c: &Candidate, text: &[u8]) -> bool {
    // The same value is found by its name as well.
    let is_session = || {
        let value = &text[c.secret.clone()];
        [&b"IQoJb3JpZ2lu"[..], b"FwoG", b"FQoG"].iter().any(|start| value.starts_with(start))
    };
    let is_named = c.rule.is_generic() && is_session();
    if is_named || matches!(c.rule.id, "aws-session-token" | "aws-temporary-access-key-id") {
        let near = near(text, &c.secret, SIGNED).to_ascii_lowercase();
        return holds(&near, &[b"x-amz-signature", b"x-amz-algorithm"]);
    }
    let before = &text[c.secret.start.saturating_sub(32)..c.secret.start];
    let after = &text[c.secret.end..text.len().min(c.secret.end + 2 * REACH)];
    let is_login = || match c.rule.id {
        "aws-access-key-id" => after.strip_prefix(b":").is_some_and(begins_as_signature),
        _ => {
            c.rule.is_generic()
                && c.secret.len() == SIGNED_LOGIN
                && begins_as_signature(&text[c.secret.clone()])
        }
    };
    if is_login() {
        return true;
    }
    (c.rule.id == "aws-access-key-id" || c.rule.is_generic())
        && (before.ends_with(b"X-Amz-Credential=") && holds(after, &[b"X-Amz-Signature="])
            || before.ends_with(b"AWSAccessKeyId=") && holds(after, &[b"Signature="]))
}

/// Bytes of the password with which git logs in to CodeCommit: a time, `Z` and 64 digits.
const SIGNED_LOGIN: usize = 80;

/// Returns whether a text begins with the time of such a signature: `20240607T151729Z`.
fn begins_as_signature(text: &[u8]) -> bool {
    let form = b"00000000T000000Z";
    let fits = |(b, form): (&u8, &u8)| b == form || *form == b'0' && b.is_ascii_digit();
    text.len() >= form.len() && text.iter().zip(form).all(fits)
}

/// Returns whether the secret of this access key's id stands behind it as Travis CI's users encrypt it: `secure: ...`.
pub(super) fn is_beside_sealed(c: &Candidate, text: &[u8]) -> bool {
    let after = &text[c.secret.end..text.len().min(c.secret.end + REACH)];
    let Some(at) = memchr::memmem::find(after, b"secret_access_key:") else { return false };
    let value = after[at + b"secret_access_key:".len()..].trim_ascii_start();
    c.rule.id == "aws-access-key-id" && value.starts_with(b"secure:")
}

/// Returns whether other members of the same object are types, as a generator writes where it knows no example:
/// `"note": "<string>"`.
pub(super) fn is_beside_types(text: &[u8], secret: &Range<usize>) -> bool {
    const TYPES: [&[u8]; 4] =
        [b"\": \"<string>", b"\": \"<integer>", b"\\\": \\\"<string>", b"\\\": \\\"<integer>"];
    holds(&fields_beside(text, secret, REACH), &TYPES)
}

/// Bytes before a token in which the name of a form's token is searched.
const FORM_REACH: usize = 120;

/// Returns whether this is a token against cross-site requests: a hidden field of a form, as Laravel writes it, or a JWT
/// that the text before it on its line calls so.
pub(super) fn is_in_form(c: &Candidate, text: &[u8]) -> bool {
    let at = c.secret.start;
    let is_hidden = || {
        let start = at.saturating_sub(FORM_REACH * 3);
        memchr::memmem::rfind(&text[start..at], b"<input").is_some_and(|i| {
            let rest = &text[start + i..text.len().min(at + FORM_REACH * 2)];
            let tag = &rest[..memchr::memchr(b'>', rest).unwrap_or(0)];
            start + i + tag.len() > at && holds(tag, &[b"\"hidden\""]) && holds(tag, &[b"name=\"_token\""])
        })
    };
    if c.rule.is_generic() && is_hidden() {
        return true;
    }
    c.rule.validator == Validator::Jwt && {
        let before = text[line::start(text, at, FORM_REACH)..at].to_ascii_lowercase();
        // Another header of the same request, or another member, says nothing of this one.
        let others =
            [&b"authorization"[..], b"bearer "].iter().any(|w| memchr::memmem::find(&before, w).is_some());
        [&b"csrf"[..], b"xsrf"].iter().any(|word| memchr::memmem::find(&before, word).is_some())
            && !others
            && memchr::memmem::find(&before, b"secret").is_none()
    }
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
    form && c.rule.kind == SecretKind::Password && of_record() && has_salt(near(text, &c.secret, REACH))
}

/// Returns whether a text has the salt of a record: a name or a column, and no `salt://`. That of a program
/// (`cookieSalt`) is for other things.
fn has_salt(near: &[u8]) -> bool {
    let lower = near.to_ascii_lowercase();
    memchr::memmem::find_iter(&lower, b"salt").any(|at| {
        let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        let length = lower[..at].iter().rev().take_while(is_part).count();
        let owner = lower[at - length..at].trim_ascii_end();
        let owner = owner
            .strip_suffix(b"_")
            .or(owner.strip_suffix(b"-"))
            .or(owner.strip_suffix(b"."))
            .unwrap_or(owner);
        let of_record = owner.is_empty()
            || [&b"pass"[..], b"password", b"passwd", b"pwd", b"user", b"hash"]
                .iter()
                .any(|w| owner.ends_with(w));
        let rest = &lower[at + 4..];
        let rest =
            rest.strip_prefix(b"\"").or(rest.strip_prefix(b"'")).or(rest.strip_prefix(b"`")).unwrap_or(rest);
        let follows = rest.trim_ascii_start();
        of_record
            && !rest.starts_with(b"://")
            && (matches!(follows, [b':' | b'=' | b',' | b')' | b'|' | b'>', ..])
                || follows.starts_with(b"value="))
    })
}

/// Returns whether this is the salt or nonce beside the other parameters of a derived key or of a sealed text.
pub(super) fn is_of_derivation(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    if !super::public::is_bare_salt_or_nonce(name) && !name.eq_ignore_ascii_case(b"iv") {
        return false;
    }
    let near = near(text, secret, 2 * REACH).to_ascii_lowercase();
    holds(&near, &[b"\"kdf", b"iterations", b"scrypt", b"pbkdf2", b"argon2", b"ciphertext", b"cipher_text"])
}

/// The text around the `token` of an event that a service signed, as Mailgun sends it: the time and the signature of both
/// stand there.
fn signed<'t>(text: &'t [u8], name: &[u8], secret: &Range<usize>) -> Option<&'t [u8]> {
    let near = name.eq_ignore_ascii_case(b"token").then(|| near(text, secret, REACH))?;
    (gives(near, b"timestamp") && gives(near, b"signature")).then_some(near)
}

/// Returns whether a text gives a value to this name: a literal, or hex digits, but no variable of a program.
fn gives(text: &[u8], name: &[u8]) -> bool {
    memchr::memmem::find_iter(text, name).any(|at| {
        let rest = &text[at + name.len()..];
        let rest = rest.strip_prefix(b"\"").or(rest.strip_prefix(b"'")).unwrap_or(rest).trim_ascii_start();
        let value = rest.strip_prefix(b"=>").or(rest.strip_prefix(b":")).or(rest.strip_prefix(b"="));
        value.map(<[u8]>::trim_ascii_start).is_some_and(|value| {
            let hex = value.iter().take(SIGNATURE).take_while(|b| b.is_ascii_hexdigit()).count();
            hex == SIGNATURE || matches!(value, [b'"' | b'\'' | b'{' | b'0'..=b'9', ..])
        })
    })
}

/// Hex digits of the shortest signature.
const SIGNATURE: usize = 32;

/// Returns whether this is such a token in the event itself, whose object and member are both called `signature`.
pub(super) fn is_of_event(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    signed(text, name, secret).is_some_and(|near| {
        holds(near, &[b"\"timestamp\""]) && memchr::memmem::find_iter(near, b"\"signature\"").count() >= 2
    })
}

/// So much text around a value, without what stands in brackets of its own: the fields beside it.
pub(super) fn fields_beside(text: &[u8], secret: &Range<usize>, reach: usize) -> Vec<u8> {
    let before = &text[secret.start.saturating_sub(reach)..secret.start];
    let after = &text[secret.end..text.len().min(secret.end + reach)];
    let mut out = of_this_level(before.iter().rev(), b"}]", b"{[");
    out.reverse();
    out.extend(of_this_level(after.iter(), b"{[", b"}]"));
    out
}

/// The bytes up to the bracket that closes this level, without what stands in others.
fn of_this_level<'t>(bytes: impl Iterator<Item = &'t u8>, opens: &[u8], closes: &[u8]) -> Vec<u8> {
    let (mut depth, mut out) = (0, Vec::new());
    for b in bytes {
        match b {
            b if opens.contains(b) => depth += 1,
            b if closes.contains(b) && depth == 0 => break,
            b if closes.contains(b) => depth -= 1,
            _ if depth == 0 => out.push(*b),
            _ => {}
        }
    }
    out
}

/// Returns whether this is the address of a device at Apple, Google or Expo.
fn is_registration(name: &[u8], value: &[u8]) -> bool {
    let holds_any = |list: &[&str]| list.iter().any(|w| words::holds(name, w));
    let named = holds_any(&["device", "push", "apns", "apn", "fcm", "gcm"])
        && !holds_any(&["api", "auth", "key", "provisioning", "secret", "service", "signing"]);
    holds(value, &[b":APA91b"])
        || value.starts_with(b"ExponentPushToken[")
        || named && value.len() == 64 && value.iter().all(u8::is_ascii_hexdigit)
}
