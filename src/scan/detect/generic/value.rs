//! What the form of a value says: length, characters, likeness to words and to things that are no secrets.

use crate::text::{entropy, placeholder, words};

/// What a value tells in next to no time.
pub(super) fn first_evidence(value: &[u8], out: &mut Vec<&'static str>) {
    out.extend([length(value), characters(value), likeness(value)]);
}

/// Returns whether [`first_evidence`] leaves it open that the value was drawn: words without a digit were not.
pub(super) fn may_be_drawn(first: &[&str]) -> bool {
    let worded = |c: &&str| matches!(*c, "letters-words" | "letters-likely");
    let undigited = |c: &&str| matches!(*c, "chars-lower" | "chars-upper" | "chars-joined" | "chars-digits");
    !(first.iter().any(worded) && first.iter().any(undigited))
}

/// The rest of the evidence about a value, by its codes in `weights.txt`.
pub(super) fn evidence(value: &[u8], out: &mut Vec<&'static str>) {
    out.push(dictionary(value));
    out.push(spread(value));
    out.extend(digits(value));
    out.extend(shape(value));
}

/// Returns whether a person chose this as a password: a word with a number, or words in a row. Code has nothing like
/// it.
pub(super) fn is_chosen(value: &[u8]) -> bool {
    is_word_with_number(value) || is_phrase(value)
}

/// `Season!2019`, `Mustang7415`, `Word@12345`: what people make of a rule for passwords.
fn is_word_with_number(value: &[u8]) -> bool {
    const SIGNS: &[u8] = b"!@#&*?+$%^";
    let any = |f: fn(&u8) -> bool| value.iter().any(f);
    let word = || value.split(|b| !b.is_ascii_alphabetic()).map(<[u8]>::len).max().unwrap_or(0);
    let sign = value.iter().any(|b| SIGNS.contains(b));
    let plain = |b: &u8| b.is_ascii_alphanumeric() || SIGNS.contains(b) || matches!(b, b'_' | b'-');
    if !(8..=24).contains(&value.len())
        || !value[0].is_ascii_alphanumeric()
        || !value.iter().all(plain)
        || word() < 4
    {
        return false;
    }
    if sign && any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase) && any(u8::is_ascii_digit) {
        return true;
    }
    // One word, or two as a name is written, and its number.
    let unsigned = value.iter().rposition(|b| !SIGNS.contains(b)).map_or(0, |i| i + 1);
    let letters = value[..unsigned].iter().rposition(|b| !b.is_ascii_digit()).map_or(0, |i| i + 1);
    let number = &value[letters..unsigned];
    number.len() >= 2
        && value[..letters].iter().all(u8::is_ascii_alphabetic)
        && (sign || !matches!(number, b"16" | b"32" | b"64" | b"128" | b"256" | b"384" | b"512"))
}

/// `copper-lantern-meadow-falcon`: four words or more of which half are none of programmers' words, in one notation.
fn is_phrase(value: &[u8]) -> bool {
    let Some(joint) = value.iter().copied().find(|b| !b.is_ascii_alphabetic()) else { return false };
    if !matches!(joint, b'-' | b'_' | b' ') || !(15..=80).contains(&value.len()) {
        return false;
    }
    let (mut words, mut others) = (0, 0);
    for word in value.split(|b| *b == joint) {
        // Ends in a number, or is one.
        let letters = word.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let rest = &word[letters..];
        if rest.len() > 4 || !rest.iter().all(u8::is_ascii_digit) || letters > 12 {
            return false;
        }
        if letters >= 3 {
            words += 1;
            others += usize::from(!words::is_word(&word[..letters]));
        }
    }
    words >= 4 && others * 2 >= words
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
    let all = value.iter().fold(0, |all, b| all | CLASS[usize::from(*b)]);
    if all & NOT_ASCII != 0 {
        return "chars-not-ascii";
    }
    let has = |class| all & class != 0;
    let (upper, lower, digit) = (has(UPPER), has(LOWER), has(DIGIT));
    match (upper, lower, digit, has(JOINT), has(SIGN)) {
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

const UPPER: u8 = 1;
const LOWER: u8 = 2;
const DIGIT: u8 = 4;
const JOINT: u8 = 8;
const SIGN: u8 = 16;
const NOT_ASCII: u8 = 32;

/// The class of each byte.
static CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = match i as u8 {
            b'A'..=b'Z' => UPPER,
            b'a'..=b'z' => LOWER,
            b'0'..=b'9' => DIGIT,
            b'-' | b'_' | b'.' => JOINT,
            b if b.is_ascii_punctuation() => SIGN,
            0x80.. => NOT_ASCII,
            _ => 0,
        };
        i += 1;
    }
    table
};

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
    let share = words::share(value);
    // A long random value has a word of four letters by chance.
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_' | b'=');
    let by_chance = value.len() >= 24
        && share * (value.len() as f32) < 4.5
        && matches!(digits(value), Some("digits-within" | "digits-amidst"))
        && value.iter().all(plain);
    match share {
        _ if by_chance => "words-none",
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

/// What a program writes that is no text of anybody's choice: raw bytes, numbers, patterns.
fn literal(value: &[u8]) -> Option<&'static str> {
    let escapes = value.windows(2).filter(|two| *two == b"\\x").count();
    if escapes * 8 >= value.len() && escapes > 2 {
        return Some("shape-bytes");
    }
    if let [b'0', b'x' | b'X', digits @ ..] = value
        && (1..=16).contains(&digits.len())
        && digits.iter().all(u8::is_ascii_hexdigit)
    {
        return Some("shape-number");
    }
    let dots = value.iter().filter(|b| **b == b'.').count();
    let plain = value.strip_suffix(b"\\x00").unwrap_or(value);
    let plain = plain.strip_prefix(b"v").unwrap_or(plain);
    // Or an address, with a port or a mask.
    if dots >= 2 && plain.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b':' | b'/')) {
        return Some("shape-version");
    }
    let date = [4, 7].iter().all(|i| value.get(*i) == Some(&b'-'))
        && value.get(10).is_none_or(|b| matches!(b, b'T' | b' '))
        && value[..4].iter().chain(&value[5..7]).all(u8::is_ascii_digit);
    if date && value.len() >= 10 {
        return Some("shape-date");
    }
    let repeats = || value.iter().any(|b| matches!(b, b'{' | b'+' | b'*' | b'$' | b'^'));
    let class = |two: &[u8]| matches!(two, [b'\\', b'S' | b'd' | b'w'] | b".*");
    let range = |four: &[u8]| matches!(four, b"[a-z" | b"[A-Z" | b"[0-9");
    (repeats() && (value.windows(2).any(class) || value.windows(4).any(range))).then_some("shape-pattern")
}

/// Returns whether this is only a format for `printf`: `0x%08x`, `%s.%d`.
pub(super) fn is_format(value: &[u8]) -> bool {
    let mut rest = value.strip_suffix(b"\\n").unwrap_or(value);
    let mut seen = false;
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'%' => {
                let flags = after
                    .iter()
                    .take_while(|b| {
                        b.is_ascii_digit()
                            || matches!(b, b'.' | b'-' | b'#' | b'+' | b'*' | b'l' | b'h' | b'z')
                    })
                    .count();
                if !matches!(
                    after.get(flags),
                    Some(b'd' | b'i' | b'u' | b'x' | b'X' | b's' | b'c' | b'p' | b'f' | b'v' | b'q')
                ) {
                    return false;
                }
                rest = &after[flags + 1..];
                seen = true;
            }
            b'0' if after.starts_with(b"x") || after.starts_with(b"X") => rest = &after[1..],
            b if b.is_ascii_alphanumeric() => return false,
            _ => {}
        }
    }
    seen
}

/// Returns whether this is an expression of names: `o.BIconKeyFill`.
pub(super) fn is_member(value: &[u8]) -> bool {
    let is_name = |part: &[u8]| {
        !part.is_empty() && part.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'$'))
    };
    value.contains(&b'.') && value.split(|b| *b == b'.').all(is_name)
}

/// Returns whether this lists words (`the,a,of,and`), the members of a type (`7d' | '14d`), or names an index of a
/// database (`FK_368A4209A76ED395`).
pub(super) fn is_listing(value: &[u8]) -> bool {
    let is_word = |part: &[u8]| (1..=12).contains(&part.len()) && part.iter().all(u8::is_ascii_lowercase);
    let words =
        || value.iter().filter(|b| **b == b',').count() >= 2 && value.split(|b| *b == b',').all(is_word);
    let type_of = |mark: &[u8]| memchr::memmem::find(value, mark).is_some();
    let index = || {
        let at = memchr::memchr(b'_', &value[..value.len().min(5)])?;
        let is_index = matches!(&*value[..at].to_ascii_lowercase(), b"fk" | b"idx" | b"uniq" | b"ix" | b"uq");
        let rest = &value[at + 1..];
        (is_index && (8..=32).contains(&rest.len()) && rest.iter().all(u8::is_ascii_hexdigit)).then_some(())
    };
    words() || type_of(b"' | '") || type_of(b"\" | \"") || index().is_some()
}

/// Things with a form of their own.
fn shape(value: &[u8]) -> Option<&'static str> {
    if let Some(code) = literal(value) {
        return Some(code);
    }
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

/// Values that say that there is none, whether to ask for it, or how it is sent.
const SWITCHES: [&[u8]; 11] = [
    b"none",
    b"null",
    b"true",
    b"false",
    b"undefined",
    b"prompt",
    b"required",
    b"optional",
    b"disabled",
    b"bearer",
    b"basic",
];

/// Returns whether this is a value of its own: not empty, a stand-in, a reference, a switch or a path.
pub(in crate::scan) fn is_filled_in(value: &[u8]) -> bool {
    let plain = value.iter().all(u8::is_ascii_digit) && value.len() < 6;
    let is_path = matches!(value, [b'/' | b'.' | b'~', b'/' | b'a'..=b'z', ..]) && value.contains(&b'/');
    value.len() >= 4
        && !plain
        && !is_path
        && !value.starts_with(b"http")
        && !placeholder::is_reference(value)
        && !SWITCHES.iter().any(|s| value.eq_ignore_ascii_case(s))
        && !placeholder::is_placeholder(value)
        && !placeholder::is_public_key(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_filled_in_when_nothing_says_otherwise() {
        for value in ["s3cr-hv71", "correct horse battery", "9f8e7d6c2b41", "password", "admin"] {
            assert!(is_filled_in(value.as_bytes()), "{value}");
        }
        for value in
            ["", "3000", "true", "changeme", "${DB_PASSWORD}", "/run/secrets/db", "https://x.y/z", "None"]
        {
            assert!(!is_filled_in(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_a_program_writes_is_told_from_a_secret() {
        for (value, code) in [
            (&br"\xd3\x81\x72\x18\x23\xff\x6f\x4a"[..], "shape-bytes"),
            (b"0x61626364", "shape-number"),
            (br"1.3.6.1.5.5.7.3.1\x00", "shape-version"),
            (b"v7.15.4", "shape-version"),
            (b"2016-10-31T22:31:09.123Z", "shape-date"),
            (br"^\\S{6}\\.\\S{16}$", "shape-pattern"),
        ] {
            assert_eq!(shape(value), Some(code), "{}", String::from_utf8_lossy(value));
        }
        for value in ["kq8Zp2Lm.+x", "2016-summer", "aB3*xQ9+"] {
            assert_eq!(shape(value.as_bytes()), None, "{value}");
        }
    }

    #[test]
    fn what_a_person_makes_of_a_rule_for_passwords_is_known() {
        for value in [
            "Season!2019",
            "Flower#22abc",
            "99Tables&Chairs",
            "Mustang7415",
            "Word@12345",
            "GardenTable12",
            "Garden1234!",
            "copper-lantern-meadow-falcon",
            "Copper-Lantern-Meadow-Falcon-7",
            "copper lantern meadow falcon",
            "correct-horse-battery-staple",
        ] {
            assert!(is_chosen(value.as_bytes()), "{value}");
        }
        for value in [
            "season!",
            "Season",
            "Se!2a#3B",
            "$Season!2019",
            "Seasons in 2019!",
            "me1@Acme.net",
            "sha256",
            "hmacsha256",
            "user-settings-password-input",
            "form-control-input-label",
            "my.company.app.service",
        ] {
            assert!(!is_chosen(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn formats_are_told_from_values() {
        for format in [&b"0x%08x"[..], b"%s.%d", br"0x%X\n", b"%-31s"] {
            assert!(is_format(format), "{}", String::from_utf8_lossy(format));
        }
        for value in ["a%sb", "100%", "%s3cret", "0xabcd"] {
            assert!(!is_format(value.as_bytes()), "{value}");
        }
    }
}
