//! What the form of a value says: length, characters, likeness to words and to things that are no secrets.

use crate::text::{entropy, words};

/// Pieces of evidence about a value, by their codes in `weights.txt`.
pub(super) fn evidence(value: &[u8], out: &mut Vec<&'static str>) {
    out.push(length(value));
    out.push(characters(value));
    out.push(likeness(value));
    out.push(dictionary(value));
    out.push(spread(value));
    out.extend(digits(value));
    out.extend(shape(value));
}

fn length(value: &[u8]) -> &'static str {
    match value.len() {
        0..=4 => "length-4",
        5 => "length-5",
        6 | 7 => "length-7",
        8..=11 => "length-11",
        12..=15 => "length-15",
        16..=23 => "length-23",
        24..=39 => "length-39",
        40..=63 => "length-63",
        64..=127 => "length-127",
        _ => "length-more",
    }
}

/// The classes of characters.
fn characters(value: &[u8]) -> &'static str {
    let any = |f: fn(&u8) -> bool| value.iter().any(f);
    let (upper, lower, digit) =
        (any(u8::is_ascii_uppercase), any(u8::is_ascii_lowercase), any(u8::is_ascii_digit));
    let joint = any(|b| matches!(b, b'-' | b'_' | b'.'));
    let sign = any(|b| b.is_ascii_punctuation() && !matches!(b, b'-' | b'_' | b'.'));
    if any(|b| *b >= 0x80) {
        return "chars-not-ascii";
    }
    match (upper, lower, digit, joint, sign) {
        (false, false, _, _, _) => "chars-digits",
        (_, _, _, _, true) if upper && lower && digit => "chars-all",
        (_, _, _, _, true) => "chars-signs",
        (true, true, true, _, _) => "chars-mixed",
        (true, true, false, false, _) => "chars-alpha",
        (false, true, false, false, _) => "chars-lower",
        (true, false, false, false, _) => "chars-upper",
        (false, true, true, false, _) => "chars-lower-digits",
        (true, false, true, false, _) => "chars-upper-digits",
        (_, _, true, true, _) => "chars-joined-digits",
        (_, _, false, true, _) => "chars-joined",
    }
}

/// How much the letters look like words.
fn likeness(value: &[u8]) -> &'static str {
    match words::surprise(value) {
        None => "letters-none",
        Some(s) if s < 3.2 => "letters-words",
        Some(s) if s < 3.8 => "letters-likely",
        Some(s) if s < 4.5 => "letters-unsure",
        Some(s) if s < 5.3 => "letters-unlikely",
        Some(s) if s < 6.2 => "letters-noise",
        Some(_) => "letters-wild",
    }
}

fn dictionary(value: &[u8]) -> &'static str {
    match words::share(value) {
        s if s < 0.05 => "words-none",
        s if s < 0.3 => "words-few",
        s if s < 0.6 => "words-some",
        s if s < 0.85 => "words-most",
        _ => "words-all",
    }
}

/// Entropy against the most that this length and 64 characters can have.
fn spread(value: &[u8]) -> &'static str {
    let most = (value.len().clamp(2, 64) as f32).log2();
    match entropy::shannon(value) / most {
        s if s < 0.6 => "spread-low",
        s if s < 0.75 => "spread-fair",
        s if s < 0.9 => "spread-high",
        _ => "spread-full",
    }
}

/// Digits amidst letters are rare in words.
fn digits(value: &[u8]) -> Option<&'static str> {
    let changes = value
        .windows(2)
        .filter(|w| {
            w[0].is_ascii_digit() != w[1].is_ascii_digit()
                && w[0].is_ascii_alphanumeric()
                && w[1].is_ascii_alphanumeric()
        })
        .count();
    match changes {
        0 => None,
        1 => Some("digits-at-end"),
        2..=4 => Some("digits-within"),
        _ => Some("digits-amidst"),
    }
}

/// Things with a form of their own.
fn shape(value: &[u8]) -> Option<&'static str> {
    let text = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let hex = value.iter().all(u8::is_ascii_hexdigit);
    if hex && value.len() >= 16 && value.iter().any(u8::is_ascii_digit) {
        return Some(if matches!(value.len(), 32 | 40 | 64 | 128) { "shape-hash" } else { "shape-hex" });
    }
    if value.len() == 36
        && [8, 13, 18, 23].iter().all(|i| value[*i] == b'-')
        && value.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-')
    {
        return Some("shape-uuid");
    }
    if value.contains(&b' ') {
        return Some(if value.iter().filter(|b| **b == b' ').count() > 1 {
            "shape-sentence"
        } else {
            "shape-two-words"
        });
    }
    if memchr::memmem::find(value, b"://").is_some() {
        return Some("shape-url");
    }
    if let [b'/' | b'~', ..] | [b'.', b'/' | b'.', ..] | [_, b':', b'\\' | b'/', ..] = value {
        return Some("shape-path");
    }
    if let Some(at) = memchr::memchr(b'@', value)
        && value[at..].contains(&b'.')
        && at > 0
        && value.iter().all(|b| text(b) || matches!(b, b'@' | b'.' | b'+'))
    {
        return Some("shape-email");
    }
    if value.iter().all(|b| text(b) || matches!(b, b'.' | b'/' | b':' | b'\\')) {
        let dots = value.iter().filter(|b| matches!(b, b'.' | b'/' | b':' | b'\\')).count();
        let starts_with_letter = value.first().is_some_and(u8::is_ascii_alphabetic);
        if dots > 0 && starts_with_letter && words::share(value) > 0.4 {
            return Some("shape-dotted");
        }
    }
    if value.iter().any(|b| matches!(b, b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>')) {
        return Some("shape-brackets");
    }
    if value.last() == Some(&b'=') && value.len() >= 16 {
        return Some("shape-base64");
    }
    None
}
