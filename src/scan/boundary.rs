//! The left boundary of a match after an escape.
//!
//! In `"a\nKEY"` the escape's letter joins the key, and a pattern that starts with a word boundary does not match.
//! So a window with such an escape is scanned a second time, with each escape replaced by the separator that it
//! stands for. Matches of the second pass count if they are at an escape. A format that needs a blank before its
//! secret gets a pass with blanks; there a character reference (`&quot;`) is an escape as well: it joins no word,
//! but its `;` ends one field and starts another.

use super::candidate::Candidate;
use crate::text::line;
use std::ops::Range;

/// A window of a text with its escapes replaced by separators.
#[derive(Debug)]
pub(super) struct Parted {
    /// The window's bytes, with one byte per escape.
    pub(super) bytes: Vec<u8>,
    /// The offset of the window in the text.
    start: usize,
    /// For each escape its offset in `bytes`, and the number of bytes saved up to and including it.
    escapes: Vec<(usize, usize)>,
    /// True if every escape became a blank; encoded text is then searched in the other passes.
    pub(super) blanks: bool,
}

/// An escape of a window.
#[derive(Debug)]
struct Escape {
    at: Range<usize>,
    /// The character that it stands for.
    sign: u8,
    /// The separator that replaces it.
    separator: u8,
    /// True if its last byte would join the following word.
    joins: bool,
}

/// The windows that have an escape before a letter, a digit or an underscore.
pub(super) fn parted(text: &[u8], windows: Vec<Range<usize>>) -> impl Iterator<Item = Parted> {
    windows.into_iter().flat_map(|at| beside_escapes(text, at)).flat_map(|at| {
        let start = at.start;
        let window = &text[at];
        let (mut all, mut references): (Vec<_>, Vec<_>) = escapes(window).into_iter().partition(|e| e.joins);
        let every = Parted::of(window, start, &all);
        // Some secrets contain escapes, such as base64 in a URL: the second pass keeps these.
        let is_outside = |e: &Escape| !matches!(e.sign, b'+' | b'/') && !is_inside(&window[..e.at.start]);
        let count = all.len();
        all.retain(is_outside);
        let others = (all.len() < count).then(|| Parted::of(window, start, &all)).flatten();
        references.retain(is_outside);
        let signs = all.iter().any(|e| e.separator != b' ');
        let blanks = (signs || !references.is_empty()).then(|| {
            all.append(&mut references);
            all.sort_unstable_by_key(|e| e.at.start);
            all.iter_mut().for_each(|e| e.separator = b' ');
            Parted::of(window, start, &all).map(|p| Parted { blanks: true, ..p })
        });
        [every, others, blanks.flatten()].into_iter().flatten()
    })
}

/// Lines on either side of an escape that are scanned with it; a context rule reads no more.
const LINES: usize = 6;
/// Bytes on either side that are scanned with it at least.
const AROUND: usize = 1 << 10;
/// Bytes of each of the lines.
const LINE_REACH: usize = 2 << 10;

/// The parts of a window that have an escape, each with some lines around it: a window may be a whole file.
fn beside_escapes(text: &[u8], window: Range<usize>) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    // The end of the last line with an escape.
    let mut done = 0;
    for escape in escapes(&text[window.clone()]) {
        let at = window.start + escape.at.start;
        if at < done {
            continue;
        }
        done = line::end(text, at, LINE_REACH);
        let start = line::start(text, line::above(text, at, LINES, LINE_REACH), LINE_REACH);
        let end = line::end(text, line::below(text, at, LINES, LINE_REACH), LINE_REACH);
        let start = start.min(at.saturating_sub(AROUND)).max(window.start);
        let end = end.max(at + AROUND).min(window.end);
        match out.last_mut().filter(|last| last.end >= start) {
            Some(last) => last.end = last.end.max(end),
            None => out.push(start..end),
        }
    }
    out
}

/// Bytes without a blank or a quote before an escape from which it counts as inside of a value; names are shorter.
const INSIDE: usize = 48;

/// Returns whether the text before an escape has no blank or quote for longer than a name. A value starts after the
/// separator of an assignment.
fn is_inside(before: &[u8]) -> bool {
    if matches!(before.last(), Some(b'=' | b':')) {
        return false;
    }
    let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | 0x1b);
    before.len() > INSIDE && !before[before.len() - INSIDE..].iter().any(ends)
}

fn escapes(window: &[u8]) -> Vec<Escape> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(i) = window[at..].iter().position(|b| INTRODUCES[usize::from(*b)]) {
        at += i;
        let next = |at: usize| escape(&window[at..], at.checked_sub(1).map(|i| window[i]));
        let Some((length, mut sign)) = next(at) else {
            at += 1;
            continue;
        };
        let mut end = at + length;
        let is_reference = |end: usize| window[end - 1] == b';';
        // Several in a row are one boundary.
        while !is_reference(end)
            && let Some((length, last)) = next(end).filter(|(length, _)| !is_reference(end + length))
        {
            (end, sign) = (end + length, last);
        }
        let start = if window[at] == b'[' && at > 0 && window[at - 1] == 0x1b { at - 1 } else { at };
        // After a separator no other one is needed: `key=\u003dVALUE`.
        let lead = window[..start].trim_ascii_end();
        let is_parted =
            matches!(lead.last(), Some(b'=' | b':')) || matches!(window[..start].last(), Some(b'"' | b'\''));
        let separator = if is_parted { b' ' } else { sign };
        // Some secrets start with a dollar sign.
        let joins = is_word(window[end - 1]);
        if window.get(end).is_some_and(|b| is_word(*b) || *b == b'$') && (joins || is_reference(end)) {
            out.push(Escape { at: start..end, sign, separator, joins });
        }
        at = end;
    }
    out
}

impl Parted {
    fn of(window: &[u8], start: usize, escapes: &[Escape]) -> Option<Parted> {
        if escapes.is_empty() {
            return None;
        }
        let mut bytes = Vec::with_capacity(window.len());
        let mut places = Vec::with_capacity(escapes.len());
        let mut done = 0;
        for e in escapes {
            bytes.extend_from_slice(&window[done..e.at.start]);
            bytes.push(e.separator);
            done = e.at.end;
            places.push((bytes.len() - 1, done - bytes.len()));
        }
        bytes.extend_from_slice(&window[done..]);
        Some(Parted { bytes, start, escapes: places, blanks: false })
    }

    /// The candidate in the text, if there is an escape before it or in its match but not in its secret. All
    /// others are found in the text itself.
    pub(super) fn restore(&self, mut c: Candidate) -> Option<Candidate> {
        let any = |at: Range<usize>| {
            let next = self.escapes.partition_point(|(place, _)| *place < at.start);
            self.escapes.get(next).is_some_and(|(place, _)| *place < at.end)
        };
        let from = c.whole.start.min(c.secret.start).saturating_sub(1);
        if any(c.secret.clone()) || !any(from..c.whole.end.max(c.secret.end)) {
            return None;
        }
        c.secret = self.place(&c.secret);
        c.whole = self.place(&c.whole);
        Some(c)
    }

    /// Maps a range of `bytes` to the text.
    fn place(&self, at: &Range<usize>) -> Range<usize> {
        let place = |at: usize| {
            let before = self.escapes.partition_point(|(place, _)| *place < at);
            let shorter = before.checked_sub(1).map_or(0, |i| self.escapes[i].1);
            self.start + at + shorter
        };
        place(at.start)..place(at.end)
    }
}

/// True for bytes that start an escape.
static INTRODUCES: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b"\\%=[`&\x1b";
    let mut i = 0;
    while i < bytes.len() {
        table[bytes[i] as usize] = true;
        i += 1;
    }
    table
};

/// The length of the escape at the start of `text`, and its separator; a blank for white space, for non-ASCII
/// characters and for colours. `None` also for escapes of letters, digits and underscores, which are not a
/// boundary.
fn escape(text: &[u8], before: Option<u8>) -> Option<(usize, u8)> {
    match text {
        [b'\\', ..] => {
            // Escaped twice, in a string inside a string.
            let slashes = text.iter().take_while(|b| **b == b'\\').count();
            let (length, byte) = backslash(&text[slashes..])?;
            Some((slashes + length, byte))
        }
        // PowerShell; a number in hex may stand between such marks in Markdown.
        [b'`', b'0', b'x' | b'X', ..] => None,
        [b'`', b'0' | b'a' | b'b' | b'e' | b'f' | b'n' | b'r' | b't' | b'v', ..] => Some((2, b' ')),
        // A line end in format strings of Java and others.
        [b'%', b'n', ..] => Some((2, b' ')),
        [b'%', b'u', ..] => Some((6, separator(number(text.get(2..6)?, 16)?)?)),
        [b'%', rest @ ..] => {
            // Escaped twice: %253D.
            let again = rest.chunks_exact(2).take_while(|two| *two == b"25").count() * 2;
            let byte = separator(number(rest.get(again..again + 2)?, 16)?)?;
            Some((again + 3, byte))
        }
        // Quoted printable.
        [b'=', a, b, ..] if !a.is_ascii_lowercase() && !b.is_ascii_lowercase() => {
            let value = number(&text[1..3], 16)?;
            // `key=08f4...` is a hex value of the length of a key.
            let digits = text[1..].iter().take(65).take_while(|b| b.is_ascii_hexdigit()).count();
            (value < 0x80 && !matches!(digits, 32 | 40 | 64)).then_some(())?;
            Some((3, separator(value)?))
        }
        [b'[', ..] => Some((control_sequence(text, before)?, b' ')),
        // A character set, as `tput sgr0` prints it.
        [0x1b, b'(' | b')', b'0' | b'A' | b'B', ..] => Some((3, b' ')),
        [b'&', b'#', rest @ ..] => {
            let hex = usize::from(matches!(rest.first(), Some(b'x' | b'X')));
            let end = rest.iter().take(6).position(|b| *b == b';')?;
            let value = number(rest.get(hex..end)?, if hex == 1 { 16 } else { 10 })?;
            Some((end + 3, separator(value)?))
        }
        [b'&', rest @ ..] => {
            let names = [&b"amp"[..], b"quot", b"nbsp", b"lt", b"gt"];
            let name = names.into_iter().find(|n| rest.starts_with(n))?;
            Some((1 + name.len() + usize::from(rest.get(name.len()) == Some(&b';')), b' '))
        }
        _ => None,
    }
}

/// The length of the escapes at the start of a value, such as a colour or a quote around it; 0 if more of them
/// follow, as in bytes written as escapes.
pub(super) fn leading_escapes(value: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let rest = &value[at..];
        let colour = rest.strip_prefix(b"\x1b").and_then(|r| Some(1 + control_sequence(r, Some(0x1b))?));
        match colour.or_else(|| Some(escape(rest, None)?.0)) {
            Some(length) if length <= rest.len() => at += length,
            _ => return if rest.contains(&b'\\') { 0 } else { at },
        }
    }
}

/// The start of a value that was found with its escapes undone: after escapes of separators, which are not part of
/// it. `None` if the value itself contains escapes.
pub(super) fn value_start(raw: &[u8], undone: &[u8]) -> Option<usize> {
    let at = leading_escapes(raw);
    let lead = undone.strip_suffix(&raw[at..]).filter(|lead| !lead.is_empty())?;
    let separates = |b: &u8| matches!(b, b'=' | b':' | b'"' | b'\'' | b' ') || b.is_ascii_control();
    lead.iter().all(separates).then_some(at)
}

/// The same for the text after a backslash.
fn backslash(text: &[u8]) -> Option<(usize, u8)> {
    let hex = |from: usize, digits: usize| {
        let byte = separator(number(text.get(from..from + digits)?, 16)?)?;
        Some((from + digits, byte))
    };
    match text {
        [b'x', ..] => sequence(text, hex(1, 2)?, b"x1b"),
        [b'u', ..] => sequence(text, hex(1, 4)?, b"u001b"),
        [b'U', ..] => hex(1, 8),
        [b'e', ..] => sequence(text, (1, b' '), b"e"),
        [b'0'..=b'7', ..] => {
            let digits = text.iter().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
            match separator(number(&text[..digits], 8)?) {
                Some(byte) if digits == 3 || text[0] != b'0' => sequence(text, (digits, byte), b"033"),
                // A NUL, and the first digit of what follows.
                _ => (text[0] == b'0').then_some((1, b' ')),
            }
        }
        [b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v', ..] => Some((1, b' ')),
        _ => None,
    }
}

/// The escape together with the control sequence after it, if it is the escape character.
fn sequence(text: &[u8], (length, byte): (usize, u8), of_escape: &[u8]) -> Option<(usize, u8)> {
    let is_escape = text[..length].eq_ignore_ascii_case(of_escape);
    let more = if is_escape { control_sequence(&text[length..], Some(0x1b)) } else { None };
    Some((length + more.unwrap_or(0), byte))
}

/// The length of a terminal's control sequence without the escape character: `[1;31m`. Text copied from a terminal
/// often lacks the escape character, so a colour counts without it.
fn control_sequence(text: &[u8], before: Option<u8>) -> Option<usize> {
    let rest = text.strip_prefix(b"[")?;
    // More parameters than any colour has.
    let parameters = rest.iter().take(32).take_while(|b| matches!(b, b'0'..=b'?')).count();
    match rest.get(parameters)? {
        b'm' => {}
        b'@'..=b'~' if matches!(before, Some(0x1b | b'[')) => {}
        _ => return None,
    }
    Some(parameters + 2)
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    digits.iter().try_fold(0u32, |n, b| n.checked_mul(radix)?.checked_add(char::from(*b).to_digit(radix)?))
}

/// The separator for a character that is not part of a word: a blank unless it is printable ASCII.
fn separator(value: u32) -> Option<u8> {
    match u8::try_from(value) {
        Ok(b) if is_word(b) => None,
        Ok(b) if b.is_ascii_graphic() => Some(b),
        _ => Some(b' '),
    }
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

#[cfg(test)]
mod tests;
