//! Encodings: UTF-16 with and without a byte-order mark becomes UTF-8, everything else stays as it is.
//!
//! Decided on the bytes alone; what git's attributes say about a file is never asked.

use std::borrow::Cow;

/// How the bytes of a text were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, Latin-1 or any other whose ASCII is ASCII; a UTF-8 byte-order mark is cut off.
    Ascii,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// No text: NUL bytes and no UTF-16. Scanned all the same, by rules with a format of their own.
    Binary,
}

/// Bytes looked at to tell the encoding.
const SAMPLE: usize = 8192;

/// Tells the encoding: a byte-order mark decides; else NUL bytes that stand nearly all on one side of the pairs
/// (most characters of source text are ASCII) mean UTF-16; other NUL bytes mean binary.
pub fn detect(bytes: &[u8]) -> Encoding {
    match bytes {
        [0xff, 0xfe, rest @ ..] if rest.len() % 2 == 0 && !rest.starts_with(&[0, 0]) => {
            return Encoding::Utf16Le;
        }
        [0xfe, 0xff, rest @ ..] if rest.len() % 2 == 0 => return Encoding::Utf16Be,
        _ => {}
    }
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    if memchr::memchr(0, sample).is_none() {
        // A NUL byte further on does not turn a text into a binary.
        return Encoding::Ascii;
    }
    let (mut even, mut odd) = (0usize, 0usize);
    for pair in sample.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    let pairs = sample.len() / 2;
    if odd * 10 >= pairs * 4 && even * 20 <= odd {
        Encoding::Utf16Le
    } else if even * 10 >= pairs * 4 && odd * 20 <= even {
        Encoding::Utf16Be
    } else {
        Encoding::Binary
    }
}

/// The text in an encoding whose ASCII is ASCII, and how it was written.
pub fn decode(bytes: &[u8]) -> (Cow<'_, [u8]>, Encoding) {
    let encoding = detect(bytes);
    let text = match encoding {
        Encoding::Ascii => Cow::Borrowed(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)),
        Encoding::Binary => Cow::Borrowed(bytes),
        Encoding::Utf16Le => Cow::Owned(from_utf16(bytes, u16::from_le_bytes)),
        Encoding::Utf16Be => Cow::Owned(from_utf16(bytes, u16::from_be_bytes)),
    };
    (text, encoding)
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let units = bytes.chunks_exact(2).map(|c| unit([c[0], c[1]]));
    let text: String = char::decode_utf16(units)
        .map(|r| r.unwrap_or(char::REPLACEMENT_CHARACTER))
        .filter(|c| *c != '\u{feff}')
        .collect();
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, le: bool, bom: bool) -> Vec<u8> {
        let mut out = Vec::new();
        let text = if bom { format!("\u{feff}{text}") } else { text.to_owned() };
        for u in text.encode_utf16() {
            out.extend(if le { u.to_le_bytes() } else { u.to_be_bytes() });
        }
        out
    }

    #[test]
    fn utf16_is_read_in_both_orders_with_and_without_a_mark() {
        let text = "api_key = \"abc\"\r\nnäme = 1\r\n";
        for le in [true, false] {
            for bom in [true, false] {
                let bytes = utf16(text, le, bom);
                let (decoded, _) = decode(&bytes);
                assert_eq!(&*decoded, text.as_bytes(), "le {le} bom {bom}");
            }
        }
    }

    #[test]
    fn a_utf8_mark_is_cut_off_and_latin1_stays() {
        assert_eq!(&*decode(b"\xef\xbb\xbfa").0, b"a");
        assert_eq!(&*decode(b"caf\xe9").0, b"caf\xe9");
    }

    #[test]
    fn nul_bytes_here_and_there_are_binary() {
        assert_eq!(detect(b"\x7fELF\x02\x01\x01\0\0\0\0\0abc"), Encoding::Binary);
    }
}
