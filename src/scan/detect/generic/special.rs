//! Secrets that need no name: the password in a URL, the credential after `Basic` or `Bearer`.

use super::password::is_chosen;
use crate::scan::extract::assign::{Assignment, Form};
use crate::text::placeholder;
use crate::text::randomness::is_random;
use crate::text::short;
use std::ops::Range;

/// The rule for a password in a URL; its keyword is `://`.
pub(super) const URL: &str = "generic-url-credential";
/// The rule for a credential in an HTTP header; its keywords are `basic `, `bearer ` and the header's name.
pub(super) const HEADER: &str = "generic-authorization";

/// Most bytes of a URL's user information.
const URL_REACH: usize = 300;

/// Bytes from which a user without a password may be a secret; shorter ones are names.
const LEAST_USER: usize = 16;

/// A password in the URL whose `://` is at `at`.
pub(super) fn url(text: &[u8], at: usize) -> Option<Assignment> {
    let scheme = text[at.saturating_sub(20)..at]
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        .count();
    let from = at + 3;
    let rest = &text[from.min(text.len())..text.len().min(from + URL_REACH)];
    let end = rest
        .iter()
        .position(|b| {
            *b <= b' '
                || matches!(b, b'/' | b'?' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b',' | b'|' | b';')
        })
        .unwrap_or(rest.len());
    let user_info = &rest[..memchr::memrchr(b'@', &rest[..end])?];
    if scheme == 0 {
        return None;
    }
    let Some(colon) = memchr::memchr(b':', user_info) else {
        let of_web = [&b"http"[..], b"https"].iter().any(|s| text[at - scheme..at].ends_with(s));
        let is_key = of_web && user_info.len() >= LEAST_USER && is_random(user_info);
        let value = from..from + user_info.len();
        return (is_key && !is_project_key(text, &value)).then_some(Assignment {
            name: at - scheme..at,
            value,
            form: Form::Colon,
            quoted: true,
            line_level: false,
            via: None,
        });
    };
    let mut value = from + colon + 1..from + user_info.len();
    let mut name = at - scheme..from + colon;
    // `TOKEN:x-oauth-basic@`, `KEY:@`: the user is the secret.
    if matches!(&text[value.clone()], b"" | b"x-oauth-basic" | b"x-token-auth" | b"x" | b"X") {
        if colon < LEAST_USER {
            return None;
        }
        value = from..from + colon;
        name.end = at;
    }
    Some(Assignment { name, value, form: Form::Colon, quoted: true, line_level: false, via: None })
}

/// Returns whether the URL with this user is the address to which a program sends its errors, as Sentry has them: the
/// user is 32 hex digits, a project's number is the end of the path, and every copy of the program contains both.
fn is_project_key(text: &[u8], user: &Range<usize>) -> bool {
    if user.len() != HEX || !text[user.clone()].iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let end = user.end;
    let rest = &text[end..text.len().min(end + URL_REACH)];
    let ends = |b: &u8| {
        *b <= b' ' || matches!(b, b'?' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b',' | b')' | b';')
    };
    let url = &rest[..rest.iter().position(ends).unwrap_or(rest.len())];
    let url = url.strip_suffix(b"/").unwrap_or(url);
    let last = memchr::memrchr(b'/', url).map_or(&b""[..], |slash| &url[slash + 1..]);
    !last.is_empty() && last.iter().all(u8::is_ascii_digit) || memchr::memmem::find(url, b"sentry.").is_some()
}

/// Returns whether the host of the URL whose password ends at `end` is local, so that nobody else can use it.
pub(super) fn is_local(text: &[u8], end: usize) -> bool {
    let rest = &text[(end + 1).min(text.len())..text.len().min(end + 60)];
    let lower = rest.to_ascii_lowercase();
    if [&b"localhost"[..], b"127.0.0.1", b"0.0.0.0", b"[::1]", b"example."]
        .iter()
        .any(|h| lower.starts_with(h))
    {
        return true;
    }
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let host = &lower[..lower.iter().take_while(is_part).count()];
    let first = host.split(|b| *b == b'.').next().unwrap_or_default();
    if first.len() == host.len() {
        return [&b"host"[..], b"test", b"foo", b"your", b"my"].iter().any(|start| first.starts_with(start));
    }
    // `mysql.acme.io` and `myshop-prod.cache.amazonaws.com` belong to somebody.
    first.starts_with(b"your")
        || matches!(
            first,
            b"foo"
                | b"host"
                | b"hostname"
                | b"my"
                | b"mycompany"
                | b"mydb"
                | b"mydatabase"
                | b"mydomain"
                | b"myhost"
                | b"myserver"
                | b"mysite"
                | b"test"
        )
}

/// Returns whether everyone can reach the host of a URL with a password, and its user is not one of documentation.
pub(super) fn is_public(text: &[u8], found: &Assignment) -> bool {
    let end = found.value.end;
    let rest = &text[(end + 1).min(text.len())..text.len().min(end + 120)];
    let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.')).count();
    let host = rest[..length].to_ascii_lowercase();
    let labels: Vec<&[u8]> = host.split(|b| *b == b'.').collect();
    let [.., domain, top] = labels[..] else { return false };
    let name = &text[found.name.clone()];
    let user = name.rsplit(|b| *b == b'/').next().unwrap_or_default().to_ascii_lowercase();
    let shown = memchr::memmem::find(&user, b"user").is_some()
        || matches!(&user[..], b"" | b"foo" | b"me" | b"name" | b"login" | b"usr");
    let private = labels.iter().any(|l| {
        matches!(
            *l,
            b"example"
                | b"internal"
                | b"local"
                | b"localhost"
                | b"test"
                | b"invalid"
                | b"lan"
                | b"svc"
                | b"corp"
                | b"home"
                | b"intranet"
        )
    });
    let address = labels.len() == 4 && labels.iter().all(|l| l.iter().all(u8::is_ascii_digit));
    let private_address = matches!(labels[0], b"10" | b"127" | b"172" | b"192" | b"0" | b"169");
    // A digit distinguishes a real password from a placeholder word.
    let has_digit = text[found.value.clone()].iter().any(u8::is_ascii_digit);
    let named =
        !domain.is_empty() && (2..=24).contains(&top.len()) && top.iter().all(u8::is_ascii_alphabetic);
    has_digit && !shown && !private && (named || address && !private_address)
}

/// The value after the scheme word (`Basic`, `Bearer`) at `at`, or after an issuer's own scheme that follows the
/// header's name.
pub(super) fn header(text: &[u8], at: usize) -> Option<Assignment> {
    if text[at..].len() > NAME.len() && text[at..at + NAME.len()].eq_ignore_ascii_case(NAME) {
        return own_scheme(text, at + NAME.len());
    }
    let word = text[at..].iter().take(8).take_while(|b| b.is_ascii_alphabetic()).count();
    if at > 0 && text[at - 1].is_ascii_alphanumeric() {
        return None;
    }
    let value = credential(text, at + word + 1)?;
    Some(Assignment {
        name: at..at + word,
        value,
        form: Form::Space,
        quoted: true,
        line_level: false,
        via: None,
    })
}

/// The name of the header.
const NAME: &[u8] = b"authorization";
/// Schemes that are found by their own word, or whose value is not a secret.
const KNOWN: [&[u8]; 8] =
    [b"basic", b"bearer", b"ntlm", b"digest", b"negotiate", b"aws4-hmac-sha256", b"signature", b"hawk"];

/// The value after the header's name, which ends at `end`: `: aivenv1 value`, `", "GenieKey value"`.
fn own_scheme(text: &[u8], end: usize) -> Option<Assignment> {
    let lead = text[end..].iter().take(12).take_while(|b| b" :=,\"'`([>\\".contains(b)).count();
    let scheme = end + lead;
    let is_scheme = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let length = text[scheme..].iter().take(24).take_while(is_scheme).count();
    let word = &text[scheme..scheme + length];
    let is_known = KNOWN.iter().any(|k| word.eq_ignore_ascii_case(k));
    if lead == 0 || !word.first().is_some_and(u8::is_ascii_alphabetic) || is_known {
        return None;
    }
    let value =
        (text.get(scheme + length) == Some(&b' ')).then(|| credential(text, scheme + length + 1))??;
    // A sentence continues in words.
    let said = &text[value.clone()];
    let is_credential = said.len() >= 16 && said.iter().any(u8::is_ascii_digit);
    is_credential.then(|| Assignment {
        name: scheme..scheme + length,
        value,
        form: Form::Space,
        quoted: true,
        line_level: false,
        via: None,
    })
}

/// The credential at `from`.
fn credential(text: &[u8], from: usize) -> Option<Range<usize>> {
    let length = text.get(from..)?.iter().take(4096).take_while(|b| is_token(**b)).count();
    let next = text.get(from + length).copied().unwrap_or(b'\n');
    (length >= 8 && !matches!(next, b'$' | b'{' | b'<' | b'(' | b'%')).then(|| from..from + length)
}

fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_' | b'.' | b'~')
}

/// The first evidence of a credential in a header; `None` if what stands there is a stand-in.
pub(super) fn of_header(text: &[u8], found: &Assignment) -> Option<Vec<&'static str>> {
    let is_basic = text[found.name.start].eq_ignore_ascii_case(&b'b') && found.name.len() == 5;
    if !is_basic {
        return Some(vec!["name-explicit", "header-bearer"]);
    }
    let password = basic(&text[found.value.clone()])?;
    if placeholder::is_reference(&password) || placeholder::is_placeholder(&password) {
        return None;
    }
    let weak = placeholder::is_weak(&password).then_some("value-weak");
    Some(["name-explicit", "header-basic"].into_iter().chain(weak).collect())
}

/// The decoded password of `user:password` in base64.
fn basic(value: &[u8]) -> Option<Vec<u8>> {
    let decoded =
        data_encoding::BASE64.decode(value).or_else(|_| data_encoding::BASE64_NOPAD.decode(value)).ok()?;
    let colon = memchr::memchr(b':', &decoded)?;
    let text = std::str::from_utf8(&decoded).ok()?;
    (!text.chars().any(char::is_control) && colon + 1 < decoded.len()).then(|| decoded[colon + 1..].to_vec())
}

/// The text of a value in base64; `None` if it is not text.
pub(super) fn base64_text(value: &[u8]) -> Option<Vec<u8>> {
    if value.len() < 8 || !value.len().is_multiple_of(4) {
        return None;
    }
    let decoded = data_encoding::BASE64.decode(value).ok()?;
    decoded.iter().all(|b| (0x20..0x7f).contains(b) || *b == b'\n').then(|| decoded.trim_ascii().to_vec())
}

/// Removes `Bearer `, `Basic ` and similar words from the start of a value.
pub(in crate::scan) fn without_scheme(text: &[u8], value: Range<usize>) -> Range<usize> {
    let v = &text[value.clone()];
    for scheme in ["bearer ", "basic ", "token ", "apikey ", "key ", "digest ", "jwt ", "ntlm ", "{noop}"] {
        if v.len() > scheme.len() && v[..scheme.len()].eq_ignore_ascii_case(scheme.as_bytes()) {
            let lead = v[scheme.len()..].iter().take_while(|b| **b == b' ').count();
            return value.start + scheme.len() + lead..value.end;
        }
    }
    value
}

/// The random word behind a user in a value of credentials: `admin / VALUE`, `admin:VALUE`.
pub(super) fn behind_user(text: &[u8], value: &Range<usize>) -> Option<Range<usize>> {
    let is_user = |user: &[u8]| {
        (2..=64).contains(&user.len())
            && user.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'@'))
    };
    let v = &text[value.clone()];
    let sign = memchr::memchr2(b'/', b':', v);
    let start = match sign {
        Some(i) => is_user(&v[..i]).then_some(value.start + i + 1)?,
        None => {
            let rest = &text[value.end..text.len().min(value.end + 4)];
            let joint = [&b" / "[..], b" : ", b" | "].into_iter().find(|j| rest.starts_with(j))?;
            is_user(v).then_some(value.end + joint.len())?
        }
    };
    password_at(text, start)
}

/// Words for a user before the one for the password, and what is between the two: `user / password`.
const USERS: [&[u8]; 6] = [b"user", b"username", b"login", b"email", b"account", b"name"];

/// Returns whether the word at `at` is the second of two, of which the first means a user: `username/password`.
pub(super) fn is_beside_user(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(24)..at];
    let joints = [&b"/"[..], b" / ", b" and ", b" & ", b" + ", b"|", b" | ", b":"];
    joints.iter().filter_map(|joint| before.strip_suffix(*joint)).any(|head| {
        let length = head.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
        USERS.iter().any(|user| head[head.len() - length..].eq_ignore_ascii_case(user))
    })
}

/// The random or chosen word at `start`, up to a blank, a quote or a bracket.
fn password_at(text: &[u8], start: usize) -> Option<Range<usize>> {
    let rest = text.get(start..text.len().min(start + URL_REACH))?;
    let ends = |b: &u8| *b <= b' ' || matches!(b, b'"' | b'\'' | b'`' | b',' | b')' | b'<');
    let word = &rest[..rest.iter().position(ends).unwrap_or(rest.len())];
    let word = word.strip_suffix(b".").unwrap_or(word);
    (is_random(word) || is_chosen(word)).then(|| start..start + word.len())
}

/// What people write before a login, in lower case.
const LOGINS: [&[u8]; 7] =
    [b"login:", b"login :", b"logins:", b"login is ", b"login with ", b"log in with ", b"log in as "];

/// The password of a login in a sentence, whose words are at `at`: `admin login: root / VALUE`.
pub(super) fn login(text: &[u8], at: usize) -> Option<Assignment> {
    let rest = &text[at..];
    let words = LOGINS.iter().find(|w| short::begins(rest, w))?;
    let end = at + words.len();
    let is_mark = |b: &&u8| matches!(b, b' ' | b'*' | b'`' | b'"' | b'\'');
    let user = end + text[end..].iter().take(4).take_while(is_mark).count();
    let is_user = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'@' | b'+');
    let length = text[user..].iter().take(65).take_while(is_user).count();
    let after = user + length;
    let mark = usize::from(text.get(after).is_some_and(|b| matches!(b, b'`' | b'"' | b'\'' | b'*')));
    let rest = text.get(after + mark..)?;
    let joint = [&b" / "[..], b" : ", b" | ", b"/", b":"].into_iter().find(|j| rest.starts_with(j))?;
    let start = after + mark + joint.len();
    let start = start + usize::from(text.get(start).is_some_and(|b| matches!(b, b'`' | b'"' | b'\'')));
    let value = password_at(text, start).filter(|v| !text[v.clone()].contains(&b'/'))?;
    (2..=64).contains(&length).then_some(Assignment {
        name: at..end,
        value,
        form: Form::Colon,
        quoted: true,
        line_level: false,
        via: None,
    })
}

/// Prefixes of keys that need no name: `key_`, `sk_`, `live_` and hex digits.
const PREFIXES: [&[u8]; 3] = [b"key", b"sk", b"live"];
/// Number of hex digits of such a key.
const HEX: usize = 32;

/// The key with a prefix and hex digits at `at`.
pub(super) fn prefixed(text: &[u8], at: usize) -> Option<Assignment> {
    let start = at;
    let rest = &text[start..];
    let prefix = PREFIXES.iter().find(|p| rest.starts_with(p))?.len();
    let own = matches!(rest.get(prefix), Some(b'_' | b'-'))
        && (start == 0
            || !text[start - 1].is_ascii_alphanumeric() && !matches!(text[start - 1], b'_' | b'-'));
    let digits = rest.iter().skip(prefix + 1).take_while(|b| b.is_ascii_hexdigit()).take(129).count();
    let end = start + prefix + 1 + digits;
    let ends = text.get(end).is_none_or(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'_' | b'-' | b'.'));
    (own && ends && (HEX..=128).contains(&digits)).then_some(Assignment {
        name: start..start + prefix,
        value: start..end,
        form: Form::Space,
        quoted: true,
        line_level: false,
        via: None,
    })
}
