//! `user:password` that is encoded where it stands: `btoa("user:VALUE")`, `echo -n user:VALUE | base64`.

use super::given;
use crate::scan::extract::assign::{Assignment, literal_at};
use crate::text::randomness::is_uuid;
use crate::text::short;
use std::ops::Range;

/// Functions that encode their first argument.
const ENCODERS: [&str; 11] = [
    "base64::encode(",
    "base64_encode(",
    "base64encode(",
    "b64encode(",
    "btoa(",
    "buffer.from(",
    "encode64(",
    "encode_base64(",
    "encode_to_string(",
    "encodetostring(",
    "tobase64string(",
];
/// What stands before the colon where no login is meant.
const SCHEMES: [&[u8]; 16] = [
    b"arn", b"blob", b"cid", b"data", b"did", b"file", b"http", b"https", b"md5", b"mailto", b"sha1",
    b"sha256", b"sha384", b"sha512", b"tel", b"urn",
];
/// Bytes before and after it in which the text must say what it is for.
const AROUND: usize = 200;
/// Most bytes of a user's name.
const USER: usize = 64;

/// The password in the call whose name is at `at`.
pub(super) fn encoded(text: &[u8], at: usize) -> Option<Assignment> {
    let rest = &text[at..text.len().min(at + 20)];
    let name = ENCODERS.iter().find(|n| short::begins(rest, n))?;
    let from = at + name.len();
    let lead = text[from..].iter().take(80).take_while(|b| b.is_ascii_whitespace()).count();
    let value = password(text, literal_at(text, from + lead)?)?;
    Some(given(at..at + name.len() - 1, value, true))
}

/// The password, if this is `user:password`.
pub(super) fn password(text: &[u8], login: Range<usize>) -> Option<Range<usize>> {
    let said = &text[login.clone()];
    let colon = memchr::memchr(b':', &said[..said.len().min(USER)])?;
    let (user, password) = (&said[..colon], &said[colon + 1..]);
    let is_user = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'@' | b'+' | b'$');
    let is_login = !user.is_empty()
        && user.iter().all(is_user)
        && !SCHEMES.iter().any(|s| user.eq_ignore_ascii_case(s))
        && !password.is_empty()
        && password.iter().all(|b| b.is_ascii_graphic() && !matches!(b, b'{' | b':'));
    // `Order:UUID` is the id of an object in GraphQL.
    (is_login && !is_uuid(password) && is_for_login(text, &login)).then(|| login.start + colon + 1..login.end)
}

/// Returns whether the text around says that a login is meant: a cursor, an id and a version are encoded alike.
fn is_for_login(text: &[u8], login: &Range<usize>) -> bool {
    let around = short::near(text, login, AROUND).to_ascii_lowercase();
    short::holds(&around, &[b"auth", b"basic", b"cred", b"login"])
}
