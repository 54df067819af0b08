//! The words of a command, in a script (`mysql -p'v'`) or as a list of strings (`["mysql", "-pv"]`).

use crate::scan::extract::nesting::{NESTED, Nesting};
use std::ops::Range;

/// Bytes of a command that are read.
pub(super) const REACH: usize = 2048;
/// Bytes that are read of a command inside of very many others.
pub(super) const SHORT_REACH: usize = 64;

/// Bytes to read of a command at `at`.
pub(in crate::scan) fn reach(nesting: &Nesting<NESTED>, at: usize) -> usize {
    if nesting.is_deep(at) { SHORT_REACH } else { REACH }
}

/// A word of a command, without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::scan) struct Word {
    /// The whole word.
    pub(in crate::scan) all: Range<usize>,
    /// The quoted part: the whole word, or what follows `-p` or a separator in it.
    pub(in crate::scan) quoted: Option<Range<usize>>,
}

impl Word {
    /// The part after the first `skip` bytes, which may have quotes of its own.
    pub(in crate::scan) fn after(&self, skip: usize) -> (Range<usize>, bool) {
        let start = self.all.start + skip;
        match &self.quoted {
            Some(q) if q.start > start => (q.clone(), true),
            q => (start.min(self.all.end)..self.all.end, q.is_some()),
        }
    }
}

/// The words from `at` to the end of the command, within `reach` bytes: an unescaped line end, a pipe, a semicolon,
/// or the quote of the string that contains the command.
pub(in crate::scan) fn words(text: &[u8], at: usize, reach: usize) -> Vec<Word> {
    let end = text.len().min(at + reach);
    let mut out = Vec::with_capacity(16);
    let mut i = at.min(end);
    while i < end {
        match text[i] {
            b' ' | b'\t' => i += 1,
            // Of a shell, PowerShell, and Windows' own.
            b'\\' | b'`' | b'^' if matches!(text.get(i + 1), Some(b'\n' | b'\r')) => {
                i += 2;
                i += usize::from(text.get(i) == Some(&b'\n'));
            }
            // A list of strings: the comma between two.
            b',' if !out.is_empty() => i += 1,
            b'\n' | b'\r' | b'|' | b';' | b'&' | b')' | b']' | b'}' | b'>' | b'<' | b'#' => break,
            _ => {
                let Some((word, next, last)) = word(text, i, end, out.is_empty()) else {
                    break;
                };
                out.push(word);
                i = next;
                if last {
                    break;
                }
            }
        }
    }
    out
}

/// The word at `i`, where the next may start, and whether the command ends after it. The first word is the program:
/// in a list of strings only its closing quote is visible.
fn word(text: &[u8], i: usize, end: usize, first: bool) -> Option<(Word, usize, bool)> {
    let text = &text[..end];
    let slashes = usize::from(text[i] == b'\\');
    if let Some(q) = quote(text, i + slashes) {
        let start = i + slashes + 1;
        let length = text[start..end].iter().position(|b| *b == q || *b == b'\n')?;
        let close = start + length;
        let inside = start..close - usize::from(slashes == 1 && length > 0 && text[close - 1] == b'\\');
        return (text[close] == q)
            .then(|| (Word { all: inside.clone(), quoted: Some(inside) }, close + 1, false));
    }
    let mut at = i;
    while at < end {
        let b = text[at];
        if IS_PLAIN[usize::from(b)] {
            at += 1;
            continue;
        }
        if b <= b' ' || matches!(b, b'|' | b';' | b'&' | b')' | b'>' | b'<') {
            break;
        }
        let opens = at == i + 2 && text[i] == b'-'
            || matches!(text[at - usize::from(at > i)], b'=' | b':' | b'%' | b',');
        let escaped = usize::from(b == b'\\');
        if let Some(q) = quote(text, at + escaped) {
            if opens && at > i {
                let start = at + escaped + 1;
                let close = start + text[start..end].iter().position(|b| *b == q || *b == b'\n')?;
                if text[close] == q && close > start {
                    let inside = start..close - usize::from(text[close - 1] == b'\\');
                    return Some((Word { all: i..inside.end, quoted: Some(inside) }, close + 1, false));
                }
            }
            // The quote of the surrounding string: the program's own in a list, else the end of the
            // command.
            let list = first && text.get(at + escaped + 1) == Some(&b',');
            return (at > i).then(|| (Word { all: i..at, quoted: None }, at + escaped + 1, !list));
        }
        at += 1;
    }
    (at > i).then_some((Word { all: i..at, quoted: None }, at, false))
}

/// True for bytes that neither end a word nor start a quote in it, which are most.
static IS_PLAIN: [bool; 256] = {
    let mut table = [true; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = !matches!(
            i as u8,
            0..=b' ' | b'|' | b';' | b'&' | b')' | b'>' | b'<' | b'\\' | b'"' | b'\'' | b'`'
        );
        i += 1;
    }
    table
};

fn quote(text: &[u8], at: usize) -> Option<u8> {
    text.get(at).copied().filter(|b| matches!(b, b'"' | b'\'' | b'`'))
}
