//! Decodes text to an encoding in which ASCII is ASCII: UTF-16 and UTF-32 become UTF-8, everything else is
//! unchanged.
//!
//! Decided by the bytes alone, stretch by stretch: git's attributes are never used, and a byte-order mark is only a
//! hint. An accidental mark, ASCII appended to UTF-16 or the reverse, and wide strings in a binary are each read as
//! what they are. This works because no secret's format contains a NUL: a run of ASCII is never UTF-16, and
//! characters with NULs between them are never ASCII.

use std::borrow::Cow;

/// The encoding of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, Latin-1 or any other in which ASCII is ASCII; a UTF-8 byte-order mark is removed.
    Ascii,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// UTF-32, little-endian.
    Utf32Le,
    /// UTF-32, big-endian.
    Utf32Be,
    /// Text with stretches of UTF-16 or UTF-32 in it.
    Mixed,
    /// Not text: NUL bytes and neither UTF-16 nor UTF-32. Still scanned, by rules with a format of their own.
    Binary,
}

/// Bytes examined to determine the encoding.
const SAMPLE: usize = 8192;
/// Consecutive wide characters that are decoded within a text that is not wide.
const WIDE_RUN: usize = 4;
/// Consecutive ASCII bytes that are kept as they are within a wide text. In Chinese UTF-16 that many bytes in a row
/// are printable ASCII once in two hundred thousand characters.
const ASCII_RUN: usize = 16;
/// The same at the end of the text, where something may have been appended.
const ASCII_TAIL: usize = 6;

/// Byte-order marks of wide text, the longest first.
const MARKS: [&[u8]; 4] = [b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\xff\xfe", b"\xfe\xff"];

/// The text in an encoding in which ASCII is ASCII, and its original encoding.
pub fn decode(bytes: &[u8]) -> (Cow<'_, [u8]>, Encoding) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Some(first) = memchr::memchr(0, bytes) else {
        return (Cow::Borrowed(bytes), Encoding::Ascii);
    };
    if let Some(form) = wide(bytes) {
        return (Cow::Owned(form.read(bytes)), form.encoding());
    }
    let text = narrowed(bytes, first).map_or(Cow::Borrowed(bytes), Cow::Owned);
    // A NUL byte after the sample does not make a text a binary.
    let encoding = match (&text, memchr::memchr(0, sample(&text))) {
        (_, Some(_)) => Encoding::Binary,
        (Cow::Owned(_), None) => Encoding::Mixed,
        (Cow::Borrowed(_), None) => Encoding::Ascii,
    };
    (text, encoding)
}

fn sample(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(SAMPLE)]
}

/// Characters in units of two or four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Form {
    /// Bytes per unit: 2 or 4.
    width: usize,
    /// True if little-endian.
    little: bool,
}

/// The form of a text with NUL bytes, if it is wide as a whole: a byte-order mark says so and the bytes agree, or
/// nearly all NULs are on one side of the units, since most characters of source text are ASCII.
fn wide(bytes: &[u8]) -> Option<Form> {
    let form = |width, little| Form { width, little };
    let marked = match bytes {
        [0xff, 0xfe, 0, 0, ..] => Some(form(4, true)),
        [0, 0, 0xfe, 0xff, ..] => Some(form(4, false)),
        [0xff, 0xfe, ..] => Some(form(2, true)),
        [0xfe, 0xff, ..] => Some(form(2, false)),
        _ => None,
    };
    // NULs at each position of four bytes.
    let mut nuls = [0usize; 4];
    let mut latin = [0usize; 2];
    let sample = sample(bytes);
    for four in sample.chunks_exact(4) {
        nuls.iter_mut().zip(four).for_each(|(n, b)| *n += usize::from(*b == 0));
        latin[0] += usize::from(is_latin_text(four[0]) && four[1..] == [0, 0, 0]);
        latin[1] += usize::from(is_latin_text(four[3]) && four[..3] == [0, 0, 0]);
    }
    let fours = sample.len() / 4;
    if fours == 0 {
        return None;
    }
    let mostly = |n: usize, of: usize| n * 10 >= of * 4;
    // The highest byte of UTF-32 is always zero. So is that of small numbers in a binary, but they are not
    // letters.
    if let Some(little) = [true, false].into_iter().find(|little| {
        let (low, high) = if *little { (0, 3) } else { (3, 0) };
        let latin = latin[usize::from(!little)];
        nuls[high] == fours && nuls[low] * 20 <= fours && mostly(latin, fours)
    }) {
        return Some(form(4, little));
    }
    let (even, odd) = (nuls[0] + nuls[2], nuls[1] + nuls[3]);
    let pairs = fours * 2;
    let by_bytes = if mostly(odd, pairs) && even * 20 <= odd {
        Some(form(2, true))
    } else if mostly(even, pairs) && odd * 20 <= even {
        Some(form(2, false))
    } else {
        None
    };
    // A 16-bit mark before UTF-32 means nothing; wide stretches are found as in any text.
    let quads = nuls.iter().filter(|n| **n * 10 >= fours * 4).count();
    if quads > 2 {
        return None;
    }
    // A mark is trusted if the text has spaces or line ends in its form.
    let says = |here: usize, there: usize| here * 200 >= pairs && there <= here * 4;
    let agrees = |f: &Form| match (f.width, f.little) {
        (4, true) => nuls[3] * 20 >= fours * 19,
        (4, false) => nuls[0] * 20 >= fours * 19,
        (_, true) => says(odd, even),
        (_, false) => says(even, odd),
    };
    by_bytes.or(marked.filter(agrees))
}

impl Form {
    fn encoding(self) -> Encoding {
        match (self.width, self.little) {
            (2, true) => Encoding::Utf16Le,
            (2, false) => Encoding::Utf16Be,
            (_, true) => Encoding::Utf32Le,
            (_, false) => Encoding::Utf32Be,
        }
    }

    /// A wide text as UTF-8. Stretches of ASCII and of another width or byte order are read as what they are.
    fn read(self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len() / self.width + 16);
        let mut at = 0;
        // No long run of ASCII starts before this place.
        let mut not_ascii = 0;
        while at < bytes.len() {
            // A stretch may start inside of a unit, after something of an odd length.
            let inside = at..bytes.len().min(at + self.width);
            let next = Run::at(bytes, inside.end);
            let begins = |from: &usize| {
                let characters = Run::at(bytes, *from).characters;
                // If it also starts at the next unit, it is not inside of this one.
                characters >= WIDE_RUN && (*from == at || characters > next.characters + 1)
            };
            if let Some(from) = inside.clone().find(begins) {
                out.extend_from_slice(&bytes[at..from]);
                at = Run::at(bytes, from).copy(bytes, from, &mut out);
                continue;
            }
            let mut ascii = inside.filter_map(|from| {
                let end = (from >= not_ascii).then(|| self.ascii_end(bytes, from))?;
                let marked = end > from && MARKS.iter().any(|mark| bytes[end..].starts_with(mark));
                let is_long = end - from >= ASCII_RUN || end == bytes.len() && end - from >= ASCII_TAIL;
                not_ascii = not_ascii.max(end + 1);
                (is_long || marked).then_some(end)
            });
            if let Some(end) = ascii.next() {
                out.extend_from_slice(&bytes[at..end]);
                at = end;
                continue;
            }
            let Some((c, length)) = self.character(&bytes[at..]) else {
                out.extend_from_slice(&bytes[at..]);
                break;
            };
            if c != '\u{feff}' {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            at += length;
        }
        out
    }

    /// The end of a run of ASCII. Its last byte is the low half of a unit if a NUL follows.
    fn ascii_end(self, bytes: &[u8], from: usize) -> usize {
        let end = from + bytes[from..].iter().take_while(|b| is_ascii_text(**b)).count();
        if self.little && bytes.get(end) == Some(&0) { end.max(from + 1) - 1 } else { end }
    }

    /// The first character and its number of bytes; `None` if less than a unit is left.
    fn character(self, bytes: &[u8]) -> Option<(char, usize)> {
        let unit = |at: usize| -> Option<u32> {
            let unit = bytes.get(at..at + self.width)?;
            let fold = |value: u32, b: &u8| value << 8 | u32::from(*b);
            Some(if self.little { unit.iter().rev().fold(0, fold) } else { unit.iter().fold(0, fold) })
        };
        let first = unit(0)?;
        if self.width == 2
            && (0xd800..0xdc00).contains(&first)
            && let Some(second) = unit(2).filter(|u| (0xdc00..0xe000).contains(u))
        {
            let point = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return Some((char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER), 4));
        }
        Some((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), self.width))
    }
}

/// Consecutive characters of ASCII and Latin-1, each separated by the same number of NUL bytes.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// Offset of the first character from the start of the run.
    first: usize,
    /// Bytes from one character to the next: 2 or 4.
    width: usize,
    characters: usize,
}

impl Run {
    /// The run at a place; without characters where none starts.
    fn at(bytes: &[u8], at: usize) -> Run {
        let rest = &bytes[at..];
        // The position of the first character, and what follows it, give the form.
        let (first, width) = match rest {
            [0, 0, 0, c, 0, 0, 0, ..] if is_latin_text(*c) => (3, 4),
            [0, c, 0, ..] if is_latin_text(*c) => (1, 2),
            [c, 0, 0, 0, ..] if is_latin_text(*c) => (0, 4),
            [c, 0, ..] if is_latin_text(*c) => (0, 2),
            _ => return Run { first: 0, width: 2, characters: 0 },
        };
        let whole = |unit: &&[u8]| {
            let (low, high) = if first == 0 { (unit[0], &unit[1..]) } else { (unit[first], &unit[..first]) };
            is_latin_text(low) && high.iter().all(|b| *b == 0)
        };
        let characters = rest.chunks_exact(width).take_while(whole).count();
        Run { first, width, characters }
    }

    /// Copies the run at a place without its NULs; returns its end.
    fn copy(self, bytes: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
        let end = at + self.characters * self.width;
        for b in bytes[at + self.first..end].iter().step_by(self.width) {
            if b.is_ascii() {
                out.push(*b);
            } else {
                out.extend_from_slice(char::from(*b).encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        end
    }
}

/// A text with its wide stretches decoded; `None` without one. `first` is the first NUL byte.
fn narrowed(bytes: &[u8], first: usize) -> Option<Vec<u8>> {
    let mut out: Option<Vec<u8>> = None;
    // What is before this offset was copied.
    let mut copied = 0;
    let mut nul = first;
    loop {
        // A run starts with its first character, or with at most three NULs before it.
        let zeros = bytes[nul..].iter().take_while(|b| **b == 0).count();
        let before = if zeros > 3 { nul + zeros - 3 } else { nul.saturating_sub(1).max(copied) };
        nul = nul.max(before);
        // In a run the next NUL is two or four bytes away.
        let may_run = [2, 4].into_iter().any(|step| bytes.get(nul + step) == Some(&0));
        let starts = [before, nul].into_iter().filter(|_| may_run);
        let run = starts.map(|at| (at, Run::at(bytes, at))).max_by_key(|(_, run)| run.characters);
        let next = match run {
            Some((at, run)) if run.characters >= WIDE_RUN => {
                let text = out.get_or_insert_with(|| Vec::with_capacity(bytes.len()));
                let plain = &bytes[copied..at];
                let mark = MARKS.iter().find(|mark| plain.ends_with(mark)).map_or(0, |mark| mark.len());
                text.extend_from_slice(&plain[..plain.len() - mark]);
                copied = run.copy(bytes, at, text);
                copied
            }
            _ => nul + 1,
        };
        match memchr::memchr(0, &bytes[next.min(bytes.len())..]) {
            Some(i) => nul = next + i,
            None => break,
        }
    }
    if let Some(text) = &mut out {
        text.extend_from_slice(&bytes[copied..]);
    }
    out
}

/// Returns whether this is a byte of a line of ASCII.
fn is_ascii_text(b: u8) -> bool {
    matches!(b, b'\t' | b'\n' | b'\r' | 0x1b | b' '..=b'~')
}

/// Returns whether this is the low byte of an ASCII or Latin-1 character.
fn is_latin_text(b: u8) -> bool {
    is_ascii_text(b) || b >= 0xa0
}

#[cfg(test)]
mod tests;
