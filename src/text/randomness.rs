//! Whether a value is certainly random: no person chose it, and no program wrote it as a name.
//!
//! Compares two explanations of a value by the bits that each needs: a random draw from the characters that it
//! uses, and words, numbers and joints as people write them. Hex digits are never words, whatever letters they
//! have: their variety decides.

use super::{placeholder, words};
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};

/// Bits by which a draw must explain a value better. One of a hundred random values of twelve letters and digits
/// does not reach it.
const BITS: f32 = 6.0;
/// The same if only the letters of a word or a name suggest a draw, in total and per letter: words of languages
/// that the tables do not cover have 20.
const BITS_OF_WORDS: (f32, f32) = (30.0, 2.5);
/// The same for words with one number, and with two.
const BITS_OF_NUMBERED: f32 = 16.0;
const BITS_OF_NUMBERS: f32 = 10.0;
/// The same for values with punctuation of code.
const BITS_OF_CODE: f32 = 30.0;
/// Least length. Shorter values are decided by other evidence.
const LEAST: usize = 8;
/// Length below which a value needs a digit.
const LEAST_WITHOUT_DIGIT: usize = 12;
/// Least length of hex digits.
const LEAST_HEX: usize = 16;
/// Least letters and digits per joint, in a value of many parts.
const LEAST_PART: usize = 10;
/// The same if signs are in it that join no words.
const LEAST_PART_AMONG_MARKS: usize = 4;

/// Returns whether a value is certainly random.
pub fn is_random(value: &[u8]) -> bool {
    let foreign = value.iter().filter(|b| !b.is_ascii()).count();
    let blank = value.iter().any(|b| b.is_ascii() && !b.is_ascii_graphic());
    if value.len() < LEAST || blank || foreign * 5 > value.len() || is_query(value) || is_hash(value) {
        return false;
    }
    if is_uuid(value) {
        // A stand-in may end in `1A1A1A1A1A1A`.
        return is_varied(value, 8) && distinct(&value[24..]) > 2;
    }
    let body = value.strip_prefix(b"0x").unwrap_or(value);
    if body.len() >= LEAST_HEX && body.iter().all(u8::is_ascii_hexdigit) {
        return is_varied(body, if body.len() < 32 { 6 } else { 8 });
    }
    if is_numbered_word(value) {
        return false;
    }
    // In `ctl-k8s-prd-db01` each part is too short to tell.
    let joints = value.iter().filter(|b| is_joint(b)).count();
    if joints * LEAST_PART <= value.len()
        || joints * LEAST_PART_AMONG_MARKS <= value.len() && is_marked(value)
    {
        return is_drawn(value);
    }
    // Most parts are random; the end of a path is not.
    let parts =
        value.split(is_joint).filter(|part| part.len() >= LEAST_PART && part.len() * 2 >= value.len());
    parts.into_iter().any(is_drawn)
}

/// Returns whether this is one word with the number of its kind: `spaghetti_2d`.
fn is_numbered_word(value: &[u8]) -> bool {
    let Some(at) = value.iter().rposition(is_joint) else { return false };
    let (word, tail) = (&value[..at], &value[at + 1..]);
    word.len() <= 12
        && word.iter().all(u8::is_ascii_lowercase)
        && tail.len() == 2
        && tail.iter().any(u8::is_ascii_digit)
        && tail.iter().any(u8::is_ascii_lowercase)
}

/// Returns whether letters of both cases, digits and signs that join no words are all in it, or two such signs: no name
/// is written like that, so its joints are characters like the others.
fn is_marked(value: &[u8]) -> bool {
    let any = |f: fn(&u8) -> bool| value.iter().any(f);
    let marks = value.iter().filter(|b| is_mark(b)).count();
    any(u8::is_ascii_uppercase)
        && any(u8::is_ascii_lowercase)
        && (marks >= 2 || marks == 1 && any(u8::is_ascii_digit))
        && !any(is_code)
}

/// Returns whether this is a password hash: `$2a$11$...`, `sha1$1b11b$...`.
fn is_hash(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"{CRYPT}").unwrap_or(value);
    let mut parts = value.split(|b| *b == b'$');
    let scheme = parts.next().unwrap_or_default();
    let of_name = scheme.first().is_none_or(u8::is_ascii_lowercase)
        && scheme.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_');
    of_name && scheme.len() <= 16 && parts.count() >= 2
}

/// Returns whether this is the end of a URL with parameters: `8002/?code=...`, `v1/items?page=...`.
fn is_query(value: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'?', value) else { return false };
    let name = value[at + 1..].iter().take_while(|b| b.is_ascii_alphabetic() || **b == b'_').count();
    let path = &value[..at];
    let is_path = path.is_empty() || path.iter().any(|b| matches!(b, b'/' | b'.'));
    name > 1 && value.get(at + 1 + name) == Some(&b'=') && is_path
}

/// Returns whether a random draw explains the value better than words, numbers and joints.
fn is_drawn(value: &[u8]) -> bool {
    let form = Form::of(value);
    if form.numbers == 0 && value.len() < LEAST_WITHOUT_DIGIT {
        return false;
    }
    // A letter that the tables do not have hides a word.
    let foreign = !value.is_ascii();
    let bits = match form {
        Form { mixed, numbers, .. } if foreign && (!mixed || numbers < 2) => return false,
        // Code has paired brackets with names inside.
        Form { code: true, mixed, numbers, .. } if !mixed || numbers < 2 => return false,
        Form { code: true, .. } => BITS_OF_CODE,
        Form { mixed: true, .. } | Form { numbers: 3.., .. } => BITS,
        Form { numbers: 2, .. } => BITS_OF_NUMBERS,
        Form { numbers: 1, .. } => BITS_OF_NUMBERED,
        _ => BITS_OF_WORDS.0.max(BITS_OF_WORDS.1 * value.len() as f32),
    };
    margin(value) >= bits && undisguised_margin(value) >= bits && !hides_text(value)
}

/// Returns whether the value, or most of it, is base64 of words.
fn hides_text(value: &[u8]) -> bool {
    let mut parts = value.split(is_joint).filter(|part| part.len() * 2 >= value.len());
    is_text_in_base64(value) || parts.any(is_text_in_base64)
}

/// Returns whether this is base64 of words: the decoded text is not more random than it.
fn is_text_in_base64(value: &[u8]) -> bool {
    let bare = value.strip_suffix(b"==").or(value.strip_suffix(b"=")).unwrap_or(value);
    let decoded = BASE64_NOPAD.decode(bare).or_else(|_| BASE64URL_NOPAD.decode(bare));
    decoded.is_ok_and(|text| {
        let plain = |b: &u8| b.is_ascii_graphic() || matches!(b, b' ' | b'\n' | b'\r' | b'\t');
        let mut parts = text.split(|b| !b.is_ascii_alphanumeric()).filter(|part| part.len() >= LEAST_PART);
        value.len() >= 12 && text.iter().all(plain) && !parts.any(is_random)
    })
}

/// Returns whether this joins words.
fn is_joint(b: &u8) -> bool {
    matches!(b, b'-' | b'_' | b'.' | b'/' | b':')
}

/// Returns whether this is neither a letter nor a digit and joins no words.
fn is_mark(b: &u8) -> bool {
    b.is_ascii_punctuation() && !is_joint(b)
}

/// Returns whether this is punctuation of code.
fn is_code(b: &u8) -> bool {
    b"()[]{}<>\"'`;\\|".contains(b)
}

/// Counts and flags about the characters of a value.
struct Form {
    /// Number of numbers in it, and of punctuation that joins no words.
    numbers: usize,
    /// True if upper and lower case alternate more often than in any name.
    mixed: bool,
    /// True if it has punctuation of code.
    code: bool,
}

impl Form {
    fn of(value: &[u8]) -> Form {
        let starts = |(i, b): (usize, &u8)| b.is_ascii_digit() && (i == 0 || !value[i - 1].is_ascii_digit());
        let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
        let both = value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase);
        Form {
            numbers: value.iter().enumerate().filter(|found| starts(*found) || is_mark(found.1)).count(),
            mixed: both && letters * 2 <= words::split(value).count() * 7,
            code: value.iter().any(is_code),
        }
    }
}

/// Returns whether this has the form of a UUID.
pub(crate) fn is_uuid(value: &[u8]) -> bool {
    let dashed = |(i, b): (usize, &u8)| match i {
        8 | 13 | 18 | 23 => *b == b'-',
        _ => b.is_ascii_hexdigit(),
    };
    value.len() == 36 && value.iter().enumerate().all(dashed)
}

/// Returns whether hex digits are as mixed as random ones: digits and letters, at least `least` different ones, and
/// neighbours in the alphabet at no more than half of the places.
fn is_varied(value: &[u8], least: usize) -> bool {
    let digits = || value.iter().filter(|b| b.is_ascii_hexdigit()).map(u8::to_ascii_lowercase);
    let near = digits().zip(digits().skip(1)).filter(|(a, b)| a.abs_diff(*b) <= 1).count();
    distinct(value) >= least
        && digits().any(|b| b.is_ascii_digit())
        && digits().any(|b| b.is_ascii_alphabetic())
        && near * 2 <= digits().count()
}

/// The number of different hex digits, ignoring case.
fn distinct(value: &[u8]) -> usize {
    let mut seen = [false; 128];
    let digits = value.iter().filter(|b| b.is_ascii_hexdigit()).map(u8::to_ascii_lowercase);
    digits.filter(|b| !std::mem::replace(&mut seen[usize::from(*b)], true)).count()
}

/// The bits that words, numbers and joints need for a value, minus those that a draw needs.
fn margin(value: &[u8]) -> f32 {
    written(value) - drawn(value)
}

/// The bits of a value as words, numbers and joints.
fn written(value: &[u8]) -> f32 {
    let mut bits = words::cost_of_words(value).0;
    let mut before = 0u8;
    for b in value {
        bits += match b {
            b'0'..=b'9' if before.is_ascii_digit() => DIGIT,
            b'0'..=b'9' => DIGIT + NUMBER,
            _ if b.is_ascii_alphabetic() => 0.0,
            _ if is_mark(b) => MARK,
            _ => JOINT,
        };
        before = *b;
    }
    bits
}

/// The bits of a value as a draw from the characters that it uses.
fn drawn(value: &[u8]) -> f32 {
    let (mut upper, mut lower, mut digit) = (0, 0, 0);
    let (mut marks, mut seen) = (0, [false; 128]);
    for b in value {
        match b {
            b'A'..=b'Z' => upper = 26,
            b'a'..=b'z' => lower = 26,
            b'0'..=b'9' => digit = 10,
            _ => marks += usize::from(!std::mem::replace(&mut seen[usize::from(*b & 127)], true)),
        }
    }
    value.len() as f32 * ((upper + lower + digit + marks).max(2) as f32).log2()
}

/// The margin of the words after replacing digits and signs that stand for letters, as in `p4ssw0rd`.
fn undisguised_margin(value: &[u8]) -> f32 {
    let plain: Vec<u8> = value.iter().map(|b| placeholder::undisguised(*b)).collect();
    let disguised = plain.iter().zip(value).filter(|(a, b)| a != b).count();
    if disguised == 0 {
        return f32::INFINITY;
    }
    written(&plain) + DISGUISE * disguised as f32 - drawn(value)
}

/// Bits of a digit, of a number's start, of a joint between words, of other punctuation, and of a disguised letter.
const DIGIT: f32 = 3.3;
const NUMBER: f32 = 2.0;
const JOINT: f32 = 3.0;
const MARK: f32 = 5.0;
const DISGUISE: f32 = 1.5;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::template;

    /// How many of a thousand random values are recognised.
    fn share(template: &str) -> f32 {
        let all = (0..1000).map(|seed| template::expand(template, seed).unwrap());
        all.filter(|v| is_random(v.as_bytes())).count() as f32 / 1000.0
    }

    #[test]
    fn what_is_drawn_is_random_whatever_its_characters() {
        for (template, least) in [
            ("${base62:12}", 0.97),
            ("${base62:16}", 0.99),
            ("${base62:24}", 0.999),
            ("${base62:64}", 1.0),
            ("${hex-lower:16}", 0.98),
            ("${hex-lower:32}", 1.0),
            ("${hex-lower:40}", 1.0),
            ("${hex-lower:64}", 1.0),
            ("${uuid:36}", 1.0),
            ("${printable:50}", 0.9),
            ("a${base62:2}-${base62:3}#${base62:2}_${base62:4}%${base62:1}", 0.9),
        ] {
            assert!(share(template) >= least, "{template}: {}", share(template));
        }
    }

    #[test]
    fn what_people_and_programs_write_is_not() {
        for value in [
            "correct-horse-battery-staple",
            "Password1234!",
            "my-app-production-key",
            "getUserPasswordFromDatabase",
            "utf8mb4_unicode_ci",
            "SHA256withRSAEncryption",
            "AES/GCM/NoPadding",
            "us-east-1:cognito-identity",
            "t.qA.zB.xK.pQ",
            "2016-10-31T22:31:09.123Z",
            "11111111-2222-3333-4444-555555555555",
            "48E92789-57A3-466A-9959-1A1A1A1A1A1A",
            "DMS_YWNjZXNzX3Rva2Vu",
            "23456789-2345-2345-2345-234567890123",
            "00000000000000000000000000000001",
            "1234567890123456789012",
            "deployment-controller-token",
            "com.example.auth.TokenFactory",
            "ctl-k8s-prd-db01",
            "k8s-infra-key",
            "wachtwoord",
            "Adgangskode",
            "stirlingpdf",
            "hooli-suxx",
            "Totrinsbekr\u{e6}ftelse",
            "$2a$11$PWIFAL8RsWyGI3jVZtO9Nu8.6jOxzxfZo7c/W0eLk017hjgUKWrhy",
            "/var/run/docker/netns/7eabf418238f",
            "omniauth-tumblr",
            "ehlo_identity",
            "drf_spectacular",
            "traefik-cert",
            "KRB5CCNAME",
            "A128CBC-HS256",
            "8002/?code=n12TTc1M9REfJVqKm0wewDz0tNZDBhE1",
            "IERC20(0x36435796)",
            "v1/items?page=3&Sort=x9Kq",
            "Team-A_Build#2-Prod",
            "Blue-Team@Acme-Cloud_2",
            "^[A-Za-z0-9+/]{32}$",
            "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}\u{434}\u{43b}\u{44f}",
            "P4ssw0rdF0rMyApp",
            "L0ngR4nd0mStr1ng",
            "5up3rC0mpl3x",
        ] {
            assert!(!is_random(value.as_bytes()), "{value}: {}", margin(value.as_bytes()));
        }
    }
}
