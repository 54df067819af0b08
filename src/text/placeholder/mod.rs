//! Values that stand in for a secret: stand-ins (`xxxx`, `your-api-key`, vendors' documented examples), references
//! to the secret (`${VAR}`, `{{ var }}`, `vault:...`), passwords that only tests use. Also public keys.

mod dull;
mod elided;
mod filled;
mod public_key;
mod reference;
mod sealed;
mod weak;

use super::words;
pub use dull::is_mashed;
pub use public_key::is_public_key;
pub use reference::{end_of_template, is_reference};
pub use weak::{is_weak, undisguised};

use super::word_set::WordSet;

/// Parts of stand-ins that no issuer generates.
static PARTS: WordSet = WordSet::new(&[
    b"example",
    b"placeholder",
    b"your_",
    b"your-",
    b"yourapi",
    b"yourtoken",
    b"yoursecret",
    b"yourpass",
    b"yourkey",
    b"youraccess",
    b"yourclient",
    b"changeme",
    b"change_me",
    b"change-me",
    b"change_this",
    b"change-this",
    b"changethis",
    b"pleasechange",
    b"please_change",
    b"please-change",
    b"please-set",
    b"please_set",
    b"randomstring",
    b"random-string",
    b"random_string",
    b"random-value",
    b"random_value",
    b"change-in-prod",
    b"change_in_prod",
    b"changeinprod",
    b"redacted",
    b"xxxxxx",
    b"replace_me",
    b"replaceme",
    b"replace-me",
    b"replace_with",
    b"replace-with",
    b"replacewith",
    b"insert_your",
    b"insert-your",
    b"put_your",
    b"put-your",
    b"enter_your",
    b"enter-your",
    b"dummy",
    b"fakekey",
    b"faketoken",
    b"fakesecret",
    b"fakepass",
    b"-fake-",
    b"_fake_",
    b"goeshere",
    b"-here",
    b"_here",
    b"-aqui",
    b"_aqui",
    b"notreal",
    b"not-a-secret",
    b"not-a-real",
    b"1234567890abcdef",
    b"1234567890123",
    b"0123456789abcdef",
    b"abcdefghijklmnop",
    b"deadbeefdeadbeef",
]);

/// Those that are too long to occur in random text by chance.
static CERTAIN: WordSet = WordSet::new(&[
    b"example",
    b"placeholder",
    b"changeme",
    b"changethis",
    b"redacted",
    b"replaceme",
    b"replacewith",
    b"yoursecret",
    b"yourtoken",
]);

/// Returns whether this is clearly a stand-in. Covers only what no issuer generates: repeats, sequences, words such
/// as `example`.
pub fn is_placeholder(value: &[u8]) -> bool {
    why_placeholder(value).is_some()
}

/// What makes the value a stand-in, in words.
pub fn why_placeholder(value: &[u8]) -> Option<&'static str> {
    why_stand_in(value).or_else(|| why_pattern(value))
}

/// Returns whether the value itself says that it stands for another: `your-api-key`, `changeme`, `AKIA...`.
pub fn is_stand_in(value: &[u8]) -> bool {
    why_stand_in(value).is_some()
}

/// How the value says that it stands for another, in words.
pub fn why_stand_in(value: &[u8]) -> Option<&'static str> {
    // Nobody writes a stand-in of some kilobytes by hand, and a chance hit in a long key must not hide it.
    let lower = value[..value.len().min(256)].to_ascii_lowercase();
    match () {
        () if filled::is_filled_up(value, &lower) => None,
        () if PARTS.is_in(&lower) && (!is_long_draw(value) || CERTAIN.is_in(&lower)) => Some(WORDED),
        // The end of a placeholder in angle brackets, in HTML.
        () if lower.ends_with(b"&gt") => Some("a placeholder (in angle brackets)"),
        () if elided::is_elided(&lower) => Some("a placeholder (masked or shortened)"),
        () if is_unsigned(value) => Some("a placeholder (a JWT without a real signature)"),
        () if is_disguised(&lower) || is_to_be_changed(value) => Some(WORDED),
        () => None,
    }
}

/// Why a reference is rejected, in words.
pub const REFERENCE: &str = "a reference to a value, or a template, not a value";

/// Why a weak password is rejected, in words.
pub const WEAK: &str = "a word that anyone would guess";

const WORDED: &str = "a placeholder (it has a word such as `changeme`)";

/// Returns whether a value was filled in behind the words of a template: `changeme-kQ7x...`.
pub fn is_filled_up(value: &[u8]) -> bool {
    filled::is_filled_up(value, &value[..value.len().min(256)].to_ascii_lowercase())
}

/// Returns whether this is words that say what is to be changed: `changeRunnerAuthToken`.
fn is_to_be_changed(value: &[u8]) -> bool {
    let rest = value.strip_prefix(b"change").or(value.strip_prefix(b"Change")).unwrap_or_default();
    rest.first().is_some_and(u8::is_ascii_uppercase)
        && rest.iter().all(u8::is_ascii_alphabetic)
        && rest.iter().filter(|b| b.is_ascii_uppercase()).count() * 3 <= rest.len()
}

/// Returns whether a generator made this long value, in which such a word occurs by chance: `...kamei3dummyThienei...`.
fn is_long_draw(value: &[u8]) -> bool {
    value.len() >= 40
        && value.iter().all(u8::is_ascii_alphanumeric)
        && value.iter().any(u8::is_ascii_uppercase)
        && value.iter().any(u8::is_ascii_lowercase)
        && words::digits_within(value) >= 3
}

/// Returns whether a short value is such a word with digits for letters: `ch4n63m3`.
fn is_disguised(lower: &[u8]) -> bool {
    let digits = lower.iter().filter(|b| b.is_ascii_digit()).count();
    if lower.len() > 40 || digits == 0 || digits * 2 > lower.len() {
        return false;
    }
    let plain: Vec<u8> = lower.iter().map(|b| if *b == b'6' { b'g' } else { undisguised(*b) }).collect();
    PARTS.is_in(&plain)
}

/// Returns whether a person typed the value as a pattern: a sequence, a repeat, a keyboard row.
pub fn is_pattern(value: &[u8]) -> bool {
    why_pattern(value).is_some()
}

/// The pattern that a person typed, in words.
pub fn why_pattern(value: &[u8]) -> Option<&'static str> {
    let lower = value[..value.len().min(256)].to_ascii_lowercase();
    // A value with at most four different bytes is a typed pattern.
    let mut seen = [false; 256];
    let distinct = lower.iter().filter(|b| !std::mem::replace(&mut seen[**b as usize], true)).count();
    if lower.len() >= 8 && distinct <= 4 {
        let why = "a placeholder (four different characters at most)";
        return Some(if distinct == 1 { "a placeholder (all characters alike)" } else { why });
    }
    if is_sequence(&lower) || is_to_and_fro(&lower) {
        return Some("a placeholder (a sequence, or a row of the keyboard)");
    }
    // A generator mixes capitals in.
    let is_of_one_case =
        !(value.iter().skip(1).any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase));
    let is_typed = is_repeat(&lower)
        || dull::is_dull(&lower)
        || is_of_one_case
            && (dull::is_drummed(&lower)
                || dull::is_typed_again(&lower)
                || dull::is_of_few(&lower, distinct))
        || dull::is_sequence_behind_prefix(&lower)
        || dull::is_sequence_in_groups(&lower)
        || dull::is_masked_uuid(&lower)
        || dull::ends_url(&lower);
    is_typed.then_some("a placeholder (repeats or sequences)")
}

/// Returns whether this is a JSON Web Token with a signature shorter than any algorithm's: `eyJ...eyJ...signature`.
fn is_unsigned(value: &[u8]) -> bool {
    let mut parts = value.split(|b| *b == b'.');
    let (head, claims, signature) = (parts.next(), parts.next(), parts.next());
    let is_json = |part: Option<&[u8]>| part.is_some_and(|p| p.starts_with(b"eyJ"));
    is_json(head)
        && is_json(claims)
        && parts.next().is_none()
        && signature.is_some_and(|s| (1..40).contains(&s.len()))
}

/// Returns whether the part after a vendor's prefix is words: `sk_live_ThisIsMyStripeSecretKey1`. Few random
/// letters form words.
pub fn is_words(body: &[u8]) -> bool {
    let letters = body.iter().filter(|b| b.is_ascii_alphabetic()).count();
    letters >= 10
        && letters * 10 >= body.len() * 6
        && words::share(body) * body.len() as f32 >= letters as f32 * 0.6
}

/// Returns whether most bytes continue the one before: `abcdefgh`, `12345678`, `a1b2c3d4`, `qwer5678`. They go in
/// one direction; in a short value with alternating sequences every byte must continue one; a sequence of all bytes
/// may turn back once (`1qazxsw2`). Some random letters are neighbours by chance.
fn is_sequence(value: &[u8]) -> bool {
    let ordered = |step: usize, least: usize, percent: usize| {
        let pairs = || value.windows(step + 1).map(|w| (w[0], w[step]));
        let up = pairs().filter(|(a, b)| follows(*a, *b)).count();
        let down = pairs().filter(|(a, b)| follows(*b, *a)).count();
        let all = value.len().saturating_sub(step);
        let turns_once = || {
            let turns =
                value.windows(step + 2).filter(|w| follows(w[0], w[step]) != follows(w[1], w[step + 1]));
            value.len() >= 8 && up + down >= all && turns.count() <= 1
        };
        value.len() >= least && (up.max(down) * 100 >= all * percent || turns_once())
    };
    ordered(1, 4, 80) || ordered(2, 6, if value.len() < 12 { 100 } else { 80 }) || counts_in_hex(value)
}

/// Returns whether a row or a column of the keyboard goes to and fro, one way with the shift key: `1qazZAQ!`.
fn is_to_and_fro(lower: &[u8]) -> bool {
    const SHIFTED: &[u8] = b")!@#$%^&*(";
    let digit = |b: &u8| SHIFTED.iter().position(|s| s == b).map_or(*b, |n| b'0' + n as u8);
    if !(8..=20).contains(&lower.len()) || !lower.iter().any(|b| SHIFTED.contains(b)) {
        return false;
    }
    let plain: Vec<u8> = lower.iter().map(digit).collect();
    plain.iter().eq(plain.iter().rev()) && is_sequence(&plain[..plain.len() / 2])
}

/// Returns whether most bytes in hex digits differ from the one before by the same amount: `000102030405...`.
fn counts_in_hex(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"0x").unwrap_or(value);
    if digits.len() < 16 || !digits.len().is_multiple_of(2) || !digits[..4].iter().all(u8::is_ascii_hexdigit)
    {
        return false;
    }
    let digit = |b: &u8| char::from(*b).to_digit(16);
    let bytes: Option<Vec<u32>> =
        digits.chunks(2).map(|d| Some(digit(&d[0])? * 16 + digit(&d[1])?)).collect();
    bytes.is_some_and(|bytes| {
        let step = |w: &[u32]| (w[1] + 256 - w[0]) % 256;
        let first = step(&bytes[..2]);
        let same = bytes.windows(2).filter(|w| step(w) == first).count();
        first != 0 && same * 100 >= (bytes.len() - 1) * 80
    })
}

/// Returns whether one byte follows another in the alphabet, among digits or on a keyboard row.
fn follows(a: u8, b: u8) -> bool {
    b.wrapping_sub(a) == 1 || (a, b) == (b'9', b'0') || ON_KEYBOARD[usize::from(a)].contains(&b)
}

/// For each byte those after it on a keyboard: to the right, and below. Without one, the next byte, which
/// follows it in any case.
static ON_KEYBOARD: [[u8; 2]; 256] = {
    let rows: [&[u8]; 13] = [
        b"qwertyuiop",
        b"asdfghjkl",
        b"zxcvbnm",
        // Columns from here on.
        b"1qaz",
        b"2wsx",
        b"3edc",
        b"4rfv",
        b"5tgb",
        b"6yhn",
        b"7ujm",
        b"8ik",
        b"9ol",
        b"0p",
    ];
    let mut table = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = [(byte as u8).wrapping_add(1); 2];
        byte += 1;
    }
    let mut row = 0;
    while row < rows.len() {
        let side = if row < 3 { 0 } else { 1 };
        let mut i = 1;
        while i < rows[row].len() {
            table[rows[row][i - 1] as usize][side] = rows[row][i];
            i += 1;
        }
        row += 1;
    }
    table
};

/// Returns whether one short piece is repeated: `abcabcabc`.
fn is_repeat(value: &[u8]) -> bool {
    (1..=value.len() / 3)
        .take(32)
        .any(|n| value.len() >= 9 && value.iter().zip(&value[n..]).all(|(a, b)| a == b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_distinguished_from_values() {
        for v in [
            "AKIAIOSFODNN7EXAMPLE",
            "xxxxxxxx",
            "your-api-key",
            "CHANGEME",
            "abcdefghijkl",
            "12345678",
            "a1b2c3d4e5f6",
            "abcabcabc",
            "aaaaaaaaab",
            "0000-0000-0000",
            "kq8zp2lm4w7xkq8zp2lm4w7xkq8zp2lm4w7x",
            "1qazxsw2",
            "alksjdflaksjdf",
            "sdfsdfvsd6f51vs6df51vs6df51v6sdf51v6sdf51v6sd5f1v",
            "lksjdflksjfowieruwoieruowier",
            "changeRunnerAuthToken",
            "sdfvlksdfvlskdfvlsdkfvs",
            "ch4n63m31fy0uc4n",
            "gwcAm0tGuRrpBUN45yknxGe7WDWuPhHudq3Qrgdv2IFAchangeme",
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.signature",
        ] {
            assert!(is_placeholder(v.as_bytes()), "{v}");
        }
        for v in [
            "vswdepd",
            "yzyxdfe",
            "479159",
            "kq8Zp2Lm",
            "s3cr3tK3y",
            "rB2mFnciSA1pHIjjtS5sd",
            "hunter2",
            "9f86d081884c7d65",
        ] {
            assert!(!is_placeholder(v.as_bytes()), "{v}");
        }
    }

    #[test]
    fn words_behind_a_prefix_are_distinguished_from_what_an_issuer_draws() {
        for v in ["ThisIsMyStripeSecretKey1", "StandInSampleSecret345678901", "this-is-a-sample-key"] {
            assert!(is_words(v.as_bytes()), "{v}");
        }
        for v in ["4eC39HqLyjWDarjtT1zdp7dc", "9f86d081884c7d659a2feaa0", "kqZpLmvTrWxnBdGh", "key12345678"] {
            assert!(!is_words(v.as_bytes()), "{v}");
        }
    }
}
