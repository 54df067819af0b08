//! What a program or a store of secrets reads from its input, or from a file that the shell makes of a command's output:
//! `echo VALUE | chpasswd`, `program <<< VALUE`, `--password-file <(echo VALUE)`.

use super::tokens::{REACH, Word, words};
use super::{given, login};
use crate::scan::extract::assign::Assignment;
use crate::text::line;
use crate::text::short::{begins, holds};

/// Words of programs that read a secret from their input, and of stores that keep it.
const FED: [&[u8]; 24] = [
    b"| base64",
    b"=/dev/stdin",
    b"chpasswd",
    b"cryptsetup",
    b"encrypt_string",
    b"gh secret set",
    b"kubeseal ",
    b"pass insert",
    b"pass stdin",
    b"secret create ",
    b"secret put ",
    b"secrets create ",
    b"vault login -",
    b"vercel env add ",
    b"versions add ",
    b"with-token",
    b"kinit ",
    b"passphrase-fd",
    b"passwd --stdin",
    b"passwd-on-stdin",
    b"password-stdin",
    b"| passwd",
    b"sudo -s",
    b"vncpasswd",
];

/// `echo VALUE | program that reads a password`, `program <<< VALUE`, with the program's word at `at`.
pub(super) fn piped(text: &[u8], at: usize) -> Option<Assignment> {
    let rest = &text[at..text.len().min(at + 16)];
    let word = FED.iter().find(|w| begins(rest, w))?;
    let line = line::start(text, at, 200);
    let after = &text[at..text.len().min(at + 64)];
    let after = &after[..memchr::memchr(b'\n', after).unwrap_or(after.len())];
    let said = if let Some(i) = memchr::memmem::find(after, b"<<<") {
        words(text, at + i + 3, REACH).into_iter().next()?
    } else {
        let pipe = if text[at] == b'|' { at } else { line + memchr::memrchr(b'|', &text[line..at])? };
        let says = |word| memchr::memmem::rfind(&text[line..pipe], word).map(|i| line + i + word.len());
        let is_option = |w: &Word| matches!(text[w.all.clone()], [b'-', _]);
        match says(b"echo ") {
            Some(echo) => words(text, echo, REACH).into_iter().find(|w| !is_option(w))?,
            // After the format.
            None => words(text, says(b"printf ")?, REACH).pop()?,
        }
    };
    let value = &text[said.all.clone()];
    if *word == b"| base64" {
        let value = login::password(text, said.all)?;
        return Some(given(at + 2..at + word.len(), value, said.quoted.is_some()));
    }
    // `user:password`.
    let skip = if *word == b"chpasswd" { memchr::memchr(b':', value)? + 1 } else { 0 };
    // It may be asked twice.
    let end = memchr::memmem::find(value, b"\\n").unwrap_or(value.len());
    let value = said.all.start + skip..said.all.start + end.max(skip);
    // Hardly a secret: `echo deploy | passwd deploy`.
    let is_user = words(text, at + 2, REACH).iter().any(|w| text[w.all.clone()] == text[value.clone()]);
    (!value.is_empty() && !is_user).then(|| given(at..at + word.len(), value, said.quoted.is_some()))
}

/// Commands whose output becomes a file.
const MAKERS: [&[u8]; 2] = [b"<(echo ", b"<(printf "];
/// Parts of an option whose file holds a secret, in lower case.
const HOLDERS: [&[u8]; 9] =
    [b"pass", b"secret", b"token", b"key", b"cred", b"auth", b"pw", b"kfile", b"defaults-"];

/// `--password-file <(echo VALUE)`, `program that reads a password < <(echo VALUE)`, with `<(` at `at`.
pub(super) fn substituted(text: &[u8], at: usize) -> Option<Assignment> {
    let rest = &text[at..text.len().min(at + 16)];
    let maker = MAKERS.iter().find(|m| rest.starts_with(m))?;
    let start = line::start(text, at, 200);
    let before = text[start..at].trim_ascii_end();
    let lower = before.to_ascii_lowercase();
    // The option, or the whole command if it reads its input.
    let (from, speaks) = match lower.strip_suffix(b"<") {
        Some(command) => (0, holds(command, &FED)),
        None => {
            let from = lower.iter().rposition(|b| *b <= b' ').map_or(0, |i| i + 1);
            let speaks =
                holds(&lower[from..], &HOLDERS) || holds(&lower[..from], &[b" secret ", b" secrets "]);
            (from, lower[from..].starts_with(b"-") && speaks)
        }
    };
    if !speaks {
        return None;
    }
    let mut all = words(text, at + maker.len(), REACH);
    let is_option = |w: &Word| text[w.all.start] == b'-' && w.all.len() <= 3;
    // After the format.
    let said = if maker.ends_with(b"f ") { all.pop() } else { all.into_iter().find(|w| !is_option(w)) }?;
    let value = &text[said.all.clone()];
    // A file of settings is read as such.
    let is_settings = value.contains(&b'[') || value.contains(&b' ');
    let name = start + from..start + before.len();
    (!value.is_empty() && !is_settings).then(|| given(name, said.all, said.quoted.is_some()))
}
