//! Evidence from a value's form: length, characters, likeness to words and to values that are not secrets.

use super::password::{NO_WORDS, is_chosen};
use super::shape::shape;
use crate::text::randomness::is_random;
use crate::text::{entropy, placeholder, words};

/// What the form of one value says. It depends on the value alone.
#[derive(Debug)]
pub(super) struct Form {
    value: Vec<u8>,
    /// Evidence that is cheap to collect.
    pub(super) first: [&'static str; 3],
    random: Option<bool>,
    chosen: Option<bool>,
    rest: Option<[Option<&'static str>; 4]>,
}

impl Form {
    fn of(value: &[u8]) -> Form {
        let first = [length(value), characters(value), likeness(value)];
        Form { value: value.to_vec(), first, random: None, chosen: None, rest: None }
    }

    pub(super) fn is_random(&mut self) -> bool {
        *self.random.get_or_insert_with(|| is_random(&self.value))
    }

    pub(super) fn is_chosen(&mut self) -> bool {
        *self.chosen.get_or_insert_with(|| is_chosen(&self.value))
    }

    /// The remaining evidence, by its codes in `weights.txt`.
    pub(super) fn rest(&mut self) -> impl Iterator<Item = &'static str> + use<> {
        let value = &self.value[..];
        let collect = || [Some(dictionary(value)), Some(spread(value)), digits(value), shape(value)];
        let rest = *self.rest.get_or_insert_with(collect);
        rest.into_iter().flatten()
    }
}

/// The forms of the values that were last scored: the same few values often fill a text.
#[derive(Debug, Default)]
pub(super) struct Known([Option<Form>; KNOWN]);

/// Number of values kept; bounds memory.
const KNOWN: usize = 16;

impl Known {
    /// The form of a value.
    pub(super) fn of(&mut self, value: &[u8]) -> &mut Form {
        let tail =
            value.iter().rev().take(8).fold(value.len(), |all, b| all.wrapping_mul(31) ^ usize::from(*b));
        let slot = &mut self.0[tail % KNOWN];
        slot.take_if(|form| form.value != value);
        slot.get_or_insert_with(|| Form::of(value))
    }
}

/// Returns whether [`Form::first`] still allows a random value: words without a digit are not random.
pub(super) fn may_be_drawn(first: &[&str]) -> bool {
    let worded = |c: &&str| matches!(*c, "letters-words" | "letters-likely");
    let undigited = |c: &&str| matches!(*c, "chars-lower" | "chars-upper" | "chars-joined" | "chars-digits");
    !(first.iter().any(worded) && first.iter().any(undigited))
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
const SWITCHES: [&[u8]; 13] = [
    b"none",
    b"null",
    b"true",
    b"false",
    b"undefined",
    b"prompt",
    b"required",
    b"optional",
    b"disabled",
    b"enabled",
    b"skip",
    b"bearer",
    b"basic",
];

/// Schemes of URLs that say where a service is.
const SCHEMES: [&[u8]; 14] = [
    b"ws", b"wss", b"tcp", b"udp", b"redis", b"rediss", b"amqp", b"amqps", b"grpc", b"grpcs", b"mqtt",
    b"mqtts", b"nats", b"ldap",
];

/// Returns whether this is a URL without a login, parameters or a random part: `wss://api.acme.io`.
fn is_bare_url(value: &[u8]) -> bool {
    let Some(at) = memchr::memmem::find(value, b"://") else { return false };
    let rest = &value[at + 3..];
    SCHEMES.contains(&&value[..at])
        && !rest.iter().any(|b| matches!(b, b'@' | b'?' | b'#' | b'='))
        && !rest.split(|b| matches!(b, b'/' | b'.' | b':')).any(is_random)
}

/// Returns whether this is a real value: not empty, a stand-in, a reference, a switch or a path.
pub(in crate::scan) fn is_filled_in(value: &[u8]) -> bool {
    let plain = value.iter().all(u8::is_ascii_digit) && value.len() < 6;
    let is_path = matches!(value, [b'/' | b'.' | b'~', b'/' | b'a'..=b'z', ..]) && value.contains(&b'/');
    // Of a package: `^0.53.0`.
    let is_range = matches!(value, [b'^' | b'~' | b'>' | b'<' | b'=', .., b'0'..=b'9'])
        && value[1..].iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'=' | b' '));
    value.len() >= 4
        && !plain
        && !is_path
        && !is_range
        && !value.starts_with(b"http")
        && !is_bare_url(value)
        && !placeholder::is_reference(value)
        && !SWITCHES.iter().any(|s| value.eq_ignore_ascii_case(s))
        && !placeholder::is_placeholder(value)
        && !placeholder::is_public_key(value)
}

#[cfg(test)]
mod tests {
    use super::super::password;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Few values that are alike, so that slots are shared.
        #[test]
        fn a_known_value_has_the_form_of_a_new_one(
            values in prop::collection::vec("[aZ7]{0,3}(horse|Drum7|x9Kq2vLp4WzT)?[b!-]{0,2}", 0..60),
        ) {
            let mut known = Known::default();
            for value in &values {
                let (form, mut new) = (known.of(value.as_bytes()), Form::of(value.as_bytes()));
                prop_assert_eq!(form.first, new.first);
                prop_assert_eq!(form.is_random(), is_random(value.as_bytes()));
                prop_assert_eq!(form.is_chosen(), is_chosen(value.as_bytes()));
                prop_assert_eq!(form.rest().collect::<Vec<_>>(), new.rest().collect::<Vec<_>>());
            }
        }
    }

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
    fn letters_that_no_word_explains_are_known() {
        let unworded =
            |value: &str| password::is_unworded(&Form::of(value.as_bytes()).first, value.as_bytes());
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
}
