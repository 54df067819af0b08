//! Numbers in the alphabets that issuers use, and base64 in the escaped forms found in files.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, Encoding};
use std::borrow::Cow;

/// Digits, upper case, lower case.
pub(super) const B62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Digits, lower case, upper case.
pub(super) const B62_LOWER: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Digits, lower case.
pub(super) const B36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// `n` in an alphabet's base, most significant digit first, left-padded with its zero to `width`.
pub(super) fn encode(mut n: u32, alphabet: &[u8], width: usize) -> String {
    let mut digits = Vec::new();
    while n > 0 || digits.len() < width {
        digits.push(alphabet[n as usize % alphabet.len()]);
        n /= alphabet.len() as u32;
    }
    digits.iter().rev().map(|b| *b as char).collect()
}

/// Undoes the escapes of `=`, `+` and `/` in URLs, property files and JSON: `%3D`, `\=`, `\/`, `\u003d`.
pub(super) fn plain(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|b| matches!(b, b'%' | b'\\')) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        let rest = &text[i..];
        let escape = |skip: usize, digits: usize| {
            let hex = std::str::from_utf8(rest.get(skip..skip + digits)?).ok()?;
            let value = u8::try_from(u32::from_str_radix(hex, 16).ok()?).ok()?;
            matches!(value, b'=' | b'+' | b'/').then_some((value, skip + digits))
        };
        let found = match rest {
            [b'%', ..] => escape(1, 2),
            [b'\\', b'u', ..] => escape(2, 4),
            [b'\\', c @ (b'=' | b'/' | b'+'), ..] => Some((*c, 2)),
            _ => None,
        };
        let (byte, length) = found.unwrap_or((rest[0], 1));
        out.push(byte);
        i += length;
    }
    Cow::Owned(out)
}

/// Decodes base64 in either alphabet, padded or not; ignores stray bits after the last byte.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let text = plain(text);
    let mut text: &[u8] = &text;
    while let Some(rest) = text.strip_suffix(b"=") {
        text = rest;
    }
    let url = text.iter().any(|b| matches!(b, b'-' | b'_'));
    let spec: &Encoding = if url { &BASE64URL_NOPAD } else { &BASE64_NOPAD };
    spec.decode(text).ok().or_else(|| loose(spec, text))
}

/// Decodes despite stray bits: rewrites the last character as an encoder would.
fn loose(spec: &Encoding, text: &[u8]) -> Option<Vec<u8>> {
    let keep = text.len() / 4 * 4;
    let mut out = spec.decode(&text[..keep]).ok()?;
    let tail = &text[keep..];
    if tail.len() < 2 {
        return None;
    }
    let mut full = tail.to_vec();
    full.resize(4, b'A');
    out.extend(spec.decode(&full).ok()?.into_iter().take(tail.len() - 1));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_filled_on_the_left() {
        assert_eq!(encode(0, B62, 6), "000000");
        assert_eq!(encode(61, B62, 2), "0z");
        assert_eq!(encode(u32::MAX, B36, 7), "1z141z3");
    }

    #[test]
    fn escapes_of_base64_characters_are_undone_and_no_others() {
        assert_eq!(&*plain(br"a%3Db\=c\/d\u003de%2b"), b"a=b=c/d=e+");
        assert_eq!(&*plain(br"100%\n%41"), br"100%\n%41");
        assert_eq!(base64(b"aGk%3D").as_deref(), Some(&b"hi"[..]));
        assert_eq!(base64(b"aGl"), Some(b"hi".to_vec()));
        assert_eq!(base64(b"a"), None);
    }
}
