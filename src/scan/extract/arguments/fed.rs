//! What a program or a store of secrets reads from its input, or from a file that the shell makes of a command's output:
//! `echo VALUE | chpasswd`, `program <<< VALUE`, `--password-file <(echo VALUE)`.

use super::tokens::{REACH, Word, words};
use super::{given, login};
use crate::scan::extract::assign::Assignment;
use crate::text::line;
use crate::text::short::{begins, holds};
use std::ops::Range;

/// Words of programs that read a secret from their input, and of stores that keep it.
const FED: [&[u8]; 26] = [
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
    b"passwd ",
    b"password-stdin",
    b"| passwd",
    b"smbpasswd",
    b"sudo -s",
    b"vncpasswd",
];

/// `echo VALUE | program that reads a password`, `program <<< VALUE`, `program <<END` with the value below, with the
/// program's word at `at`.
pub(super) fn piped(text: &[u8], at: usize) -> Vec<Assignment> {
    fed(text, at).unwrap_or_default()
}

fn fed(text: &[u8], at: usize) -> Option<Vec<Assignment>> {
    let rest = &text[at..text.len().min(at + 16)];
    let word = FED.iter().find(|w| begins(rest, w))?;
    let line = line::start(text, at, 200);
    if *word == b"passwd " && !is_command(&text[line..at]) {
        return None;
    }
    let end = line::end(text, at, LINE);
    let name = at..at + word.trim_ascii_end().len();
    let value = |said: &Word| secret(text, &name, word, said);
    if let Some(i) = memchr::memmem::find(&text[at..end], b"<<<") {
        return Some(value(words(text, at + i + 3, REACH).first()?).into_iter().collect());
    }
    let pipe = || Some(if text[at] == b'|' { at } else { line + memchr::memrchr(b'|', &text[line..at])? });
    let below = |part: Range<usize>| heredoc(text, part, end);
    if let Some(lines) = below(at..end).or_else(|| below(line..pipe()?)) {
        // A password may be asked twice.
        let most = if *word == b"chpasswd" { lines.len() } else { 1 };
        return Some(lines.iter().take(most).filter_map(value).collect());
    }
    let pipe = pipe()?;
    let says = |word| memchr::memmem::rfind(&text[line..pipe], word).map(|i| line + i + word.len());
    let is_option = |w: &Word| matches!(text[w.all.clone()], [b'-', _]);
    let said = match says(b"echo ").or_else(|| says(b"yes ")) {
        Some(echo) => words(text, echo, REACH).into_iter().find(|w| !is_option(w))?,
        // After the format.
        None => words(text, says(b"printf ")?, REACH).pop()?,
    };
    if *word == b"| base64" {
        let value = login::password(text, said.all)?;
        return Some(vec![given(name.start + 2..name.end, value, said.quoted.is_some())]);
    }
    Some(value(&said).into_iter().collect())
}

/// Most bytes of a line.
const LINE: usize = 200;
/// Most bytes of the lines that are fed.
const BELOW: usize = 600;

/// Returns whether the word after this is a command, and not an argument or a file.
fn is_command(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    matches!(before.last(), None | Some(b'|' | b';' | b'&' | b'(')) || before.ends_with(b"sudo")
}

/// The lines below the one that ends at `end`, if a part of it has `<<END`, up to that word.
fn heredoc(text: &[u8], part: Range<usize>, end: usize) -> Option<Vec<Word>> {
    let at = part.start + memchr::memmem::find(&text[part.clone()], b"<<")? + 2;
    let at = at + text[at..end].iter().take_while(|b| b"-~ '\"\\".contains(b)).count();
    let length = text[at..end].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let word = Some(&text[at..at + length]).filter(|word| !word.is_empty())?;
    let (mut start, to) = (end + 1, text.len().min(end + BELOW));
    let mut out = Vec::new();
    while start < to {
        let stop = line::end(text, start, BELOW);
        let lead = text[start..stop].len() - text[start..stop].trim_ascii_start().len();
        let said = text[start..stop].trim_ascii();
        if said == word {
            break;
        }
        if !said.is_empty() && !said.contains(&b' ') {
            out.push(Word { all: start + lead..start + lead + said.len(), quoted: None });
        }
        start = stop + 1;
    }
    Some(out)
}

/// The secret in a text that is fed into the program with this name.
fn secret(text: &[u8], name: &Range<usize>, word: &[u8], said: &Word) -> Option<Assignment> {
    let value = &text[said.all.clone()];
    // `user:password`.
    let skip = if word == b"chpasswd" { memchr::memchr(b':', value)? + 1 } else { 0 };
    // It may be asked twice.
    let twice = [&b"\\n"[..], b"$'"].iter().filter_map(|sign| memchr::memmem::find(value, sign)).min();
    let value = said.all.start + skip..said.all.start + twice.unwrap_or(value.len()).max(skip);
    // Hardly a secret: `echo deploy | passwd deploy`.
    let is_user =
        words(text, name.start + 2, REACH).iter().any(|w| text[w.all.clone()] == text[value.clone()]);
    (!value.is_empty() && !is_user).then(|| given(name.clone(), value, said.quoted.is_some()))
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
