//! Names with look-alike letters: a Cyrillic `а` in `pаssword`, full-width letters and punctuation, and invisible
//! characters. Read as they look.

use super::{Budget, View};
use crate::text::line;
use std::ops::Range;

/// Bytes around such a letter that are read.
const REACH: usize = 512;
/// Bytes that are skipped at once if they are ASCII.
const CHUNK: usize = 256;
/// Characters that must follow a full-width sign to be a value.
const VALUE: usize = 6;

/// Letters of other alphabets and the Latin ones that they look like.
const LETTERS: [(&str, u8); 41] = [
    ("аα", b'a'),
    ("А\u{391}", b'A'),
    ("В\u{392}", b'B'),
    ("с", b'c'),
    ("С", b'C'),
    ("ԁ", b'd'),
    ("е", b'e'),
    ("Е\u{395}", b'E'),
    ("һ", b'h'),
    ("Н\u{397}", b'H'),
    ("іι", b'i'),
    ("І\u{399}", b'I'),
    ("ј", b'j'),
    ("Ј", b'J'),
    ("кκ", b'k'),
    ("К\u{39a}", b'K'),
    ("ӏ", b'l'),
    ("м", b'm'),
    ("М\u{39c}", b'M'),
    ("\u{39d}", b'N'),
    ("оο", b'o'),
    ("О\u{39f}", b'O'),
    ("рρ", b'p'),
    ("Р\u{3a1}", b'P'),
    ("ԛ", b'q'),
    ("ѕ", b's'),
    ("Ѕ", b'S'),
    ("т", b't'),
    ("Т\u{3a4}", b'T'),
    ("υ", b'u'),
    ("ν", b'v'),
    ("ѵ", b'v'),
    ("ԝ", b'w'),
    ("Ԝ", b'W'),
    ("хχ", b'x'),
    ("Х\u{3a7}", b'X'),
    ("у", b'y'),
    ("У\u{3a5}", b'Y'),
    ("\u{396}", b'Z'),
    ("ԍ", b'g'),
    ("г", b'r'),
];

/// The lines around such letters, with Latin ones in their place.
pub(super) fn views(text: &[u8], budget: &mut Budget) -> Vec<View> {
    let mut out: Vec<View> = Vec::new();
    let (mut at, mut done) = (0, 0);
    while let Some(next) = next_other(text, at) {
        let Some((c, length)) = character(&text[next..]) else {
            at = next + 1;
            continue;
        };
        at = next + length;
        let hides = match looks_like(c) {
            Some(Look::Sign(_)) => is_before_value(&text[at..]),
            Some(_) => is_mixed(text, next),
            None => false,
        };
        if !hides {
            continue;
        }
        let Range { start, end } = line::around(text, next, REACH);
        let start = start.max(done);
        if !budget.pay(end - start) {
            break;
        }
        out.push(plain(text, start..end));
        done = end;
        at = at.max(end);
    }
    out
}

/// What a character looks like.
#[derive(Debug, Clone, Copy)]
enum Look {
    Letter(u8),
    Sign(u8),
    Nothing,
}

fn looks_like(c: char) -> Option<Look> {
    let ascii = |n: u32| u8::try_from(n).ok();
    Some(match c {
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => Look::Nothing,
        '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' | '\u{ff3f}' => {
            Look::Letter(ascii(u32::from(c) - 0xfee0)?)
        }
        '\u{ff1a}' | '\u{ff1d}' => Look::Sign(ascii(u32::from(c) - 0xfee0)?),
        // Bold, italic and similar letters: consecutive alphabets.
        '\u{1d400}'..='\u{1d6a3}' => {
            let n = (u32::from(c) - 0x1d400) % 52;
            Look::Letter(ascii(n % 26)? + if n < 26 { b'A' } else { b'a' })
        }
        _ => Look::Letter(LETTERS.iter().find(|(all, _)| all.contains(c))?.1),
    })
}

/// The first byte at or after `at` that is not ASCII.
fn next_other(text: &[u8], mut at: usize) -> Option<usize> {
    while text.get(at..at + CHUNK).is_some_and(<[u8]>::is_ascii) {
        at += CHUNK;
    }
    Some(at + text.get(at..)?.iter().position(|b| !b.is_ascii())?)
}

/// The character at the start of `text`, and its length.
fn character(text: &[u8]) -> Option<(char, usize)> {
    let length = match text.first()? {
        0..0x80 => 1,
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => return None,
    };
    let c = std::str::from_utf8(text.get(..length)?).ok()?.chars().next()?;
    Some((c, length))
}

/// Returns whether a full-width sign precedes what may be a value.
fn is_before_value(after: &[u8]) -> bool {
    let after = after.strip_prefix(b" ").unwrap_or(after);
    after.iter().take(VALUE).filter(|b| b.is_ascii_graphic()).count() == VALUE
}

/// Returns whether the word around `at` also has Latin letters, and no letter without a Latin look-alike.
fn is_mixed(text: &[u8], at: usize) -> bool {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80;
    let from = at.saturating_sub(REACH);
    let start = at - text[from..at].iter().rev().take_while(|b| is_part(**b)).count();
    let end = at + text[at..text.len().min(at + REACH)].iter().take_while(|b| is_part(**b)).count();
    let Ok(word) = std::str::from_utf8(&text[start..end]) else { return false };
    let latin = word.bytes().filter(u8::is_ascii_alphabetic).count();
    let wide = word.chars().filter(|c| ('\u{ff21}'..='\u{1d6a3}').contains(c)).count();
    (latin > 0 || wide > 2) && word.chars().all(|c| c.is_ascii() || looks_like(c).is_some())
}

fn plain(text: &[u8], at: Range<usize>) -> View {
    let mut bytes = Vec::with_capacity(at.len());
    let mut places = Vec::with_capacity(at.len() + 1);
    let mut i = at.start;
    while i < at.end {
        let (c, length) = character(&text[i..at.end]).unwrap_or(('\0', 1));
        match looks_like(c).filter(|_| !c.is_ascii()) {
            Some(Look::Letter(b) | Look::Sign(b)) => {
                bytes.push(b);
                places.push(i);
            }
            Some(Look::Nothing) => {}
            None => {
                bytes.extend_from_slice(&text[i..i + length]);
                places.extend(i..i + length);
            }
        }
        i += length;
    }
    places.push(at.end);
    View { bytes, at, form: "look-alike letters", places, as_is: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<String> {
        let views = views(text.as_bytes(), &mut Budget::of(1 << 16));
        views.into_iter().map(|v| String::from_utf8(v.bytes).unwrap()).collect()
    }

    #[test]
    fn words_are_read_as_they_look() {
        for (text, plain) in [
            ("p\u{430}ssword = 1", "password = 1"),
            ("\u{455}\u{435}cret = 1", "secret = 1"),
            ("API_\u{39a}EY: 1", "API_KEY: 1"),
            ("ｐａｓｓｗｏｒｄ＝abcdef12", "password=abcdef12"),
            ("密码：abcdef12", "密码:abcdef12"),
            ("pass\u{200b}word = 1", "password = 1"),
            ("tok\u{ad}en = 1", "token = 1"),
            ("\u{1d5c9}\u{1d5ba}\u{1d5cc}\u{1d5cc}\u{1d5d0}ord", "password"),
        ] {
            assert_eq!(read(text), [plain], "{text}");
        }
        let text = "p\u{430}ss = ab";
        let view = &views(text.as_bytes(), &mut Budget::of(100))[0];
        assert_eq!((view.place(&(0..4)), view.place(&(7..9))), (0..5, 8..10));
        assert!(view.is_plain(&(7..9)) && !view.is_plain(&(0..4)));
    }

    #[test]
    fn words_of_one_alphabet_are_left_alone() {
        for text in
            ["пароль = 1", "Wi-Fi пароль: 1", "сор ore", "größe", "naïve café", "版本：一", "ключ key", "𠮷"]
        {
            assert_eq!(read(text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe_and_every_byte_has_its_place(
            text in prop::collection::vec(prop::sample::select("a_ =\nа：\u{200b}\u{feff}ｐ𝐚".bytes().collect::<Vec<u8>>()), 0..80),
        ) {
            for v in views(&text, &mut Budget::of(1000)) {
                prop_assert_eq!(v.places.len(), v.bytes.len() + 1);
                prop_assert!(v.places.windows(2).all(|w| w[0] <= w[1]) && v.at.end <= text.len());
            }
        }
    }
}
