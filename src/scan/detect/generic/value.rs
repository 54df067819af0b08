//! Evidence from a value's form: length, characters, likeness to words and to values that are not secrets.

use super::shape::shape;
use crate::text::randomness::is_random;
use crate::text::word_set::WordSet;
use crate::text::{entropy, placeholder, words};

/// Evidence that is cheap to collect.
pub(super) fn first_evidence(value: &[u8], out: &mut Vec<&'static str>) {
    out.extend([length(value), characters(value), likeness(value)]);
}

/// Returns whether [`first_evidence`] still allows a random value: words without a digit are not random.
pub(super) fn may_be_drawn(first: &[&str]) -> bool {
    let worded = |c: &&str| matches!(*c, "letters-words" | "letters-likely");
    let undigited = |c: &&str| matches!(*c, "chars-lower" | "chars-upper" | "chars-joined" | "chars-digits");
    !(first.iter().any(worded) && first.iter().any(undigited))
}

/// The remaining evidence about a value, by its codes in `weights.txt`.
pub(super) fn evidence(value: &[u8], out: &mut Vec<&'static str>) {
    out.push(dictionary(value));
    out.push(spread(value));
    out.extend(digits(value));
    out.extend(shape(value));
}

/// Least length of a random member.
const MEMBER: usize = 24;

/// The random string of a JSON object, as in a token that names its owner: `{"name":"deploy","sig":"..."}`. Quotes
/// may be escaped. An id does not count.
pub(super) fn random_member(value: &[u8]) -> Option<&[u8]> {
    let [b'{', inner @ .., b'}'] = value else { return None };
    let parts: Vec<&[u8]> =
        inner.split(|b| *b == b'"').map(|part| part.strip_suffix(b"\\").unwrap_or(part)).collect();
    // Names, colons, values and commas take turns.
    parts.get(1..)?.chunks(4).find_map(|member| match member {
        [name, colon, value, ..] => {
            let is_token = colon.trim_ascii() == b":"
                && !name.to_ascii_lowercase().ends_with(b"id")
                && value.len() >= MEMBER
                && shape(value) != Some("shape-uuid")
                && is_random(value);
            is_token.then_some(*value)
        }
        _ => None,
    })
}

/// Least length of a value that is read as letters in no order.
const UNWORDED: usize = 6;

/// Returns whether no word, name or syllable explains the letters of this value: `xvkqzrbt`. It is too short to be
/// random beyond doubt, but as a password it is nobody's placeholder.
pub(super) fn is_unworded(first: &[&str], value: &[u8]) -> bool {
    // In another language a label's word begins with a capital.
    let is_title = || value[0].is_ascii_uppercase() && value[1..].iter().all(u8::is_ascii_lowercase);
    first.contains(&"letters-wild")
        && value.len() >= UNWORDED
        && value.iter().all(u8::is_ascii_graphic)
        && !is_title()
        && !names_password(value)
        && value.iter().filter(|b| b.is_ascii_alphabetic()).count() * 2 > value.len()
        && words::share(value) < NO_WORDS
}

/// Returns whether a value is short for what it is: `smtppw`, `vpnpsk1`.
fn names_password(value: &[u8]) -> bool {
    let letters = value.iter().rposition(|b| !b.is_ascii_digit()).map_or(0, |i| i + 1);
    let end = value[..letters].to_ascii_lowercase();
    [&b"pw"[..], b"pwd", b"psk"].iter().any(|word| end.ends_with(word))
}

/// Returns whether a person chose this as a password: a word with a number, or words in a row. Code has nothing
/// similar.
pub(super) fn is_chosen(value: &[u8]) -> bool {
    is_word_with_number(value) || is_phrase(value)
}

/// Returns whether this is what people make of password policies: `Season!2019`, `Mustang7415`, `Word@12345`.
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
    // One word, or two written as a name, and a number.
    let unsigned = value.iter().rposition(|b| !SIGNS.contains(b)).map_or(0, |i| i + 1);
    let letters = value[..unsigned].iter().rposition(|b| !b.is_ascii_digit()).map_or(0, |i| i + 1);
    let number = &value[letters..unsigned];
    // `acme123`: a default that is typed without a choice.
    let counted = !sign && matches!(number, b"123" | b"1234" | b"12345" | b"123456");
    if counted && value[..letters].iter().all(u8::is_ascii_lowercase) {
        return false;
    }
    number.len() >= 2
        && value[..letters].iter().all(u8::is_ascii_alphabetic)
        && (sign || !matches!(number, b"16" | b"32" | b"64" | b"128" | b"256" | b"384" | b"512"))
}

/// Words with a number inside that programs have: a name in code is not a generated password.
static TERMS: WordSet = WordSet::new(&[
    b"utf8", b"utf16", b"base64", b"base32", b"sha1", b"sha2", b"sha3", b"sha5", b"md5", b"oauth2", b"http2",
    b"ipv4", b"ipv6", b"x509", b"i18n", b"l10n", b"a11y", b"k8s", b"log4j", b"h264", b"mp3", b"mp4",
    b"int32", b"int64", b"uint8", b"float32", b"float64", b"win32", b"x86", b"web3", b"es6", b"vue3",
    b"step1", b"step2", b"test1", b"test2", b"p12", b"ec2", b"s3",
]);

/// Returns whether a generator made this of syllables, as `pwgen` does: `do9tooMieshe`. Digits are between letters,
/// and cases change, or it is long.
pub(super) fn is_pronounced(value: &[u8]) -> bool {
    if !(10..=80).contains(&value.len()) || !value.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let within = value
        .windows(3)
        .filter(|w| w[0].is_ascii_alphabetic() && w[1].is_ascii_digit() && w[2].is_ascii_alphabetic());
    let within = within.count();
    let any = |f: fn(&u8) -> bool| value.iter().any(f);
    let is_mixed = any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase);
    (within > 0 && is_mixed || within >= 3 && value.len() >= 24) && !TERMS.is_in(&value.to_ascii_lowercase())
}

/// Returns whether this is a passphrase, `copper-lantern-meadow-falcon`: four or more words in one notation, of
/// which half are not programmers' words.
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

/// Share of letters in words below which a value has none.
const NO_WORDS: f32 = 0.05;

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

/// How similar the letters are to words.
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
    // A long random value contains a word of four letters by chance.
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_' | b'=');
    let by_chance = value.len() >= 24
        && share * (value.len() as f32) < 4.5
        && matches!(digits(value), Some("digits-within" | "digits-amidst"))
        && value.iter().all(plain);
    match share {
        _ if by_chance => "words-none",
        s if s < NO_WORDS => "words-none",
        s if s < 0.3 => "words-few",
        s if s < 0.6 => "words-some",
        s if s < 0.85 => "words-most",
        _ => "words-all",
    }
}

/// Entropy relative to the maximum for this length and 64 characters.
fn spread(value: &[u8]) -> &'static str {
    let most = (value.len().clamp(2, 64) as f32).log2();
    match entropy::shannon(value) / most {
        s if s < 0.6 => "spread-low",
        s if s < 0.75 => "spread-fair",
        s if s < 0.9 => "spread-high",
        _ => "spread-full",
    }
}

/// Digits among letters are rare in words.
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

/// Values that mean "none", "ask for it", or a way to transmit it.
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

/// Returns whether this is a real value: not empty, a stand-in, a reference, a switch or a path.
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
    fn letters_that_no_word_explains_are_known() {
        let unworded = |value: &str| {
            let mut first = Vec::new();
            first_evidence(value.as_bytes(), &mut first);
            is_unworded(&first, value.as_bytes())
        };
        for value in ["tkeftvoh", "vfkbqnt", "jrztuclw", "zjnlyfkh"] {
            assert!(unworded(value), "{value}");
        }
        for value in [
            "passwd",
            "mysqladm",
            "secret1",
            "jmwnh",
            "admin123",
            "Zahlen",
            "8271940",
            "Heslo znovu",
            "Wachtwrd",
            "smtppw",
            "vpnpsk",
            "rdspw1",
            "pgsqlpwd",
        ] {
            assert!(!unworded(value), "{value}");
        }
    }

    #[test]
    fn what_a_generator_makes_of_syllables_is_known() {
        for value in ["do9tooMieshe", "eiH4shoopa8X", "oG4ohphoh6ei", "doo2ziza7iquie2lizie7cothie2kamei7"] {
            assert!(is_pronounced(value.as_bytes()), "{value}");
        }
        for value in [
            "Garden1234",
            "utf8mb4Unicode",
            "base64Encoded",
            "oauth2ClientSecret",
            "user2name",
            "do9too-Mieshe",
            "passwordField",
        ] {
            assert!(!is_pronounced(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_token_that_names_its_owner_is_a_member_of_an_object() {
        let sig = "3009922f13f593a42028e400ae4f4822";
        for object in [
            format!("{{\"name\":\"deploy\",\"sig\":\"{sig}\"}}"),
            format!("{{\\\"sig\\\": \\\"{sig}\\\", \\\"name\\\": \\\"deploy\\\"}}"),
        ] {
            assert_eq!(random_member(object.as_bytes()), Some(sig.as_bytes()), "{object}");
        }
        for object in [
            format!("{{\"name\":\"deploy\",\"requestId\":\"{sig}\"}}"),
            format!("{{\"name\":\"deploy\",\"sig\":\"{sig}\""),
            "{\"name\":\"deploy\",\"sig\":\"none\"}".to_owned(),
            "{}".to_owned(),
        ] {
            assert_eq!(random_member(object.as_bytes()), None, "{object}");
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
            "mosaic123",
            "talisman1234",
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
}
