//! Passwords that are not random beyond doubt: chosen by a person, made of syllables, or letters that no word explains.

use crate::text::word_set::WordSet;
use crate::text::words;

/// Share of letters in words below which a value has none.
pub(super) const NO_WORDS: f32 = 0.05;
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
        && !is_drawn_out(value)
        && value.iter().filter(|b| b.is_ascii_alphabetic()).count() * 2 > value.len()
        && words::share(value) < NO_WORDS
}

/// Returns whether these are four groups of four letters in no order, as Google gives a password to a program.
pub(super) fn is_in_groups(value: &[u8]) -> bool {
    value.len() == 19
        && value
            .split(|b| *b == b' ')
            .all(|group| group.len() == 4 && group.iter().all(u8::is_ascii_lowercase))
        && words::share(value) < 0.25
}

/// Returns whether few letters are repeated, as in `sshhhh`.
fn is_drawn_out(value: &[u8]) -> bool {
    let mut seen = value.to_ascii_lowercase();
    seen.sort_unstable();
    seen.dedup();
    seen.len() * 2 <= value.len()
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
    match in_ascii(value) {
        Some(plain) => is_word_with_number(plain.as_bytes()),
        None => is_word_with_number(value) || is_phrase(value),
    }
}

/// The value with a letter of ASCII in place of each other letter, in the same case; `None` if it is ASCII.
fn in_ascii(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok().filter(|text| !text.is_ascii())?;
    let plain = |c: char| match c {
        c if c.is_ascii() => c,
        c if c.is_uppercase() => 'A',
        c if c.is_lowercase() => 'a',
        _ => ' ',
    };
    Some(text.chars().map(plain).collect())
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
    let within = words::digits_within(value);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_password_is_known_in_every_script_with_cases() {
        for value in ["Bärenhöhle2508!", "Пингвин1127!", "Straßenbähn4884!", "Summer2508!"] {
            assert!(is_chosen(value.as_bytes()), "{value}");
        }
        for value in ["Glömt lösenord?", "Größe", "密码2508!", "Пароль", "lösenord!"] {
            assert!(!is_chosen(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn four_groups_of_letters_are_no_words() {
        assert!(is_in_groups(b"dhji jomt atxs lazt") && !is_in_groups(b"this must have been"));
        assert!(!is_in_groups(b"dhjijomtatxslaztabc") && !is_in_groups(b"dhji jomt atxs laz1"));
    }

    #[test]
    fn letters_in_no_order_are_no_sound_that_is_drawn_out() {
        for (value, is) in [("xvkqzrbt", true), ("tkeftvoh", true), ("sshhhh", false), ("mmhmmhm", false)] {
            assert_eq!(is_unworded(&["letters-wild"], value.as_bytes()), is, "{value}");
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
