//! Lines of services that take a password at a known place: Redis' `user app on >VALUE`, strongSwan's `app : EAP "VALUE"`,
//! Net-SNMP's users, a script of `ftp`, the old tools of Oracle, and the logins by which mail servers send.

use super::commands::oracle_password;
use super::given;
use super::tokens::{REACH, words};
use crate::scan::extract::assign::{Assignment, literal_at};
use crate::text::line;
use crate::text::short::{begins, holds};
use std::ops::Range;

/// Bytes of a script that are read.
const SCRIPT: usize = 600;
/// Kinds of strongSwan's passwords.
const KINDS: [&[u8]; 3] = [b": eap \"", b": xauth \"", b": ntlm \""];

/// The password in the line whose word is at `at`.
pub(super) fn secret(text: &[u8], at: usize) -> Option<Assignment> {
    let rest = &text[at..text.len().min(at + 16)];
    match rest {
        [b' ', b'o', b'n', b' ', b'>', ..] => of_redis(text, at),
        [b':', b' ', ..] => {
            let kind =
                KINDS.iter().find(|k| rest.len() >= k.len() && rest[..k.len()].eq_ignore_ascii_case(k))?;
            let value = literal_at(text, at + kind.len() - 1)?;
            (!value.is_empty()).then(|| given(at + 2..at + kind.len() - 2, value, true))
        }
        _ if rest.starts_with(b"createUser ") => of_snmp(text, at),
        [b'.', ..] if rest.starts_with(b".dmp") => of_oracle(text, at),
        _ if begins(rest, "client_send") => of_exim(text, at + "client_send".len()),
        _ if begins(rest, "static:") => of_postfix(text, at + "static:".len()),
        _ if rest.starts_with(b"sasl_passwd") => of_postfix_map(text, at),
        _ if begins(rest, "authinfo:") => of_sendmail(text, at),
        _ if rest.starts_with(b"ftp -") || rest.starts_with(b"open ftp") => of_ftp(text, at),
        _ => None,
    }
}

/// Redis' `user NAME on >VALUE`, `ACL SETUSER NAME on >VALUE`.
fn of_redis(text: &[u8], at: usize) -> Option<Assignment> {
    let before = text[line::start(text, at, 100)..at].to_ascii_lowercase();
    let mut last = before.rsplit(|b| *b == b' ').skip(1);
    if !last.next()?.ends_with(b"user") {
        return None;
    }
    let value = word(text, at + 5);
    (!value.is_empty()).then(|| given(at + 1..at + 3, value, false))
}

/// `createUser NAME SHA VALUE AES` of Net-SNMP's server.
fn of_snmp(text: &[u8], at: usize) -> Option<Assignment> {
    let words = words(text, at, 160);
    let kind = text.get(words.get(2)?.all.clone())?;
    let value = words.get(3).filter(|_| kind.starts_with(b"SHA") || kind == b"MD5")?;
    Some(given(words[0].all.clone(), value.all.clone(), value.quoted.is_some()))
}

/// The `user NAME VALUE` or `quote PASS VALUE` of a script that follows the call of `ftp`.
fn of_ftp(text: &[u8], at: usize) -> Option<Assignment> {
    let end = text.len().min(at + SCRIPT);
    let mut start = at + memchr::memchr(b'\n', &text[at..end])? + 1;
    loop {
        let words = words(text, start, REACH);
        let is = |i: usize, word: &[u8]| {
            words.get(i).is_some_and(|w| text[w.all.clone()].eq_ignore_ascii_case(word))
        };
        // `echo user NAME VALUE>> script`
        let from = usize::from(is(0, b"echo"));
        if (is(from, b"user") || is(from, b"quote") && is(from + 1, b"pass")) && words.len() == from + 3 {
            return Some(given(
                words[from].all.clone(),
                words[from + 2].all.clone(),
                words[from + 2].quoted.is_some(),
            ));
        }
        start += memchr::memchr(b'\n', text.get(start..end)?)? + 1;
    }
}

/// `exp USER/VALUE file=shop.dmp`, with the file's ending at `at`: the name of the program is too short to search for.
fn of_oracle(text: &[u8], at: usize) -> Option<Assignment> {
    let start = line::start(text, at, 400);
    let program =
        memchr::memmem::find_iter(&text[start..at], b"p ").map(|i| start + i + 1).find_map(|end| {
            let name = end.checked_sub(3)?..end;
            let begins = name.start == 0 || !text[name.start - 1].is_ascii_alphanumeric();
            (begins && matches!(&text[name.clone()], b"exp" | b"imp")).then_some(name)
        })?;
    let words = words(text, program.start, REACH);
    let login = words.iter().skip(1).find(|w| {
        let word = &text[w.all.clone()];
        word.starts_with(b"userid=") || !word.contains(&b'=') && !matches!(word, [b'-' | b'/' | b'@', ..])
    })?;
    oracle_password(text, login).map(|(value, quoted)| given(program, value, quoted))
}

/// Exim's `client_send = : USER : VALUE`, `client_send = ^USER^VALUE`: the last part.
fn of_exim(text: &[u8], at: usize) -> Option<Assignment> {
    let line = at..line::end(text, at, REACH);
    let said = text[line.clone()].trim_ascii_end();
    let sign = memchr::memrchr2(b':', b'^', said)?;
    let users = said[..sign].iter().filter(|b| **b == said[sign]).count();
    let lead = said[sign + 1..].len() - said[sign + 1..].trim_ascii_start().len();
    let value = line.start + sign + 1 + lead..line.start + said.len();
    let is_value =
        said.trim_ascii_start().starts_with(b"=") && users == 1 && !text[value.clone()].contains(&b' ');
    (is_value && !value.is_empty()).then(|| given(at - 6..at, value, false))
}

/// Postfix' `smtp_sasl_password_maps = static:USER:VALUE`, with the user at `at`.
fn of_postfix(text: &[u8], at: usize) -> Option<Assignment> {
    let name = text[line::start(text, at, 100)..at].to_ascii_lowercase();
    let login = word(text, at);
    let colon = memchr::memchr(b':', &text[login.clone()])?;
    let value = login.start + colon + 1..login.end;
    (holds(&name, &[b"password_maps"]) && !value.is_empty()).then(|| given(at - 7..at - 1, value, false))
}

/// `echo "HOST USER:VALUE" > sasl_passwd`, with the name of the file at `at`.
fn of_postfix_map(text: &[u8], at: usize) -> Option<Assignment> {
    let start = line::start(text, at, 300);
    let echo = start + memchr::memmem::find(&text[start..at], b"echo ")? + "echo ".len();
    let said = words(text, echo, REACH).pop().filter(|w| w.all.end < at)?;
    let colon = memchr::memrchr(b':', &text[said.all.clone()])?;
    let value = said.all.start + colon + 1..said.all.end;
    (!value.is_empty()).then(|| given(at..at + "sasl_passwd".len(), value, true))
}

/// Sendmail's `AuthInfo:HOST "U:USER" "P:VALUE"`, and `"P=BASE64"`.
fn of_sendmail(text: &[u8], at: usize) -> Option<Assignment> {
    let line = at..line::end(text, at, REACH);
    let mark = [&b"\"P:"[..], b"\"P="].iter().find_map(|m| memchr::memmem::find(&text[line.clone()], m))?;
    let mut value = literal_at(text, at + mark)?;
    value.start += "P:".len();
    (value.start < value.end).then(|| given(at..at + "authinfo".len(), value, true))
}

/// The word at `at`.
fn word(text: &[u8], at: usize) -> Range<usize> {
    let rest = &text[at.min(text.len())..];
    let ends = |b: &u8| *b <= b' ' || matches!(b, b'"' | b'\'' | b'`' | b'\\');
    at..at + rest.iter().take(512).position(ends).unwrap_or(rest.len().min(512))
}
