//! A script's answer to a password prompt: `expect "assword:"`, `send "v\r"`.

use super::given;
use crate::scan::extract::assign::{Assignment, literal_at};

/// The commands that answer; the string starts with their last byte, or after it.
const ANSWERS: [&[u8]; 4] = [b"send \"", b"send -- \"", b"sendline(", b"send_line("];
/// Bytes before the answer in which the prompt is searched.
const REACH: usize = 240;

/// The answer at `at`.
pub(super) fn secret(text: &[u8], at: usize) -> Option<Assignment> {
    let rest = &text[at..text.len().min(at + 12)];
    let word = ANSWERS.iter().find(|w| rest.starts_with(w))?;
    let open = at + word.len() - usize::from(word.ends_with(b"\""));
    let mut value = literal_at(text, open)?;
    for end in [&b"\\r"[..], b"\\n", b"\\r"] {
        value.end -= if text[value.clone()].ends_with(end) { 2 } else { 0 };
    }
    let before = &text[at.saturating_sub(REACH)..at];
    // Earlier answers belong to other prompts.
    let before = &before[memchr::memmem::rfind(before, b"send").map_or(0, |i| i + 4)..];
    let asked =
        [&b"assword"[..], b"assphrase", b"ASSWORD"].iter().any(|w| memchr::memmem::find(before, w).is_some());
    let name = at..at + word.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    (asked && !value.is_empty()).then(|| given(name, value, true))
}
