//! Words that people write where any value would do.

/// Words that serve as a password only in an example or a test.
const WEAK: [&[u8]; 76] = [
    b"sekrit",
    b"sekret",
    b"pass",
    b"password",
    b"passwords",
    b"donotuse",
    b"passwd",
    b"pwd",
    b"secret",
    b"token",
    b"key",
    b"test",
    b"testing",
    b"tester",
    b"foo",
    b"bar",
    b"baz",
    b"foobar",
    b"foobarbaz",
    b"qux",
    b"admin",
    b"root",
    b"user",
    b"username",
    b"guest",
    b"demo",
    b"sample",
    b"default",
    b"none",
    b"null",
    b"nil",
    b"undefined",
    b"value",
    b"true",
    b"false",
    b"string",
    b"blank",
    b"empty",
    b"hello",
    b"world",
    b"hunter",
    b"letmein",
    b"qwerty",
    b"abc",
    b"abcd",
    b"abcdef",
    b"xyz",
    b"asdf",
    b"changeit",
    b"postgres",
    b"mysql",
    b"mongo",
    b"redis",
    b"oracle",
    b"mariadb",
    b"rabbitmq",
    b"minio",
    b"elastic",
    b"grafana",
    b"keycloak",
    b"docker",
    b"vagrant",
    b"ansible",
    b"welcome",
    b"master",
    b"mypassword",
    b"mysecret",
    b"mytoken",
    b"mykey",
    b"topsecret",
    b"supersecret",
    b"verysecret",
    b"shhh",
    b"fake",
    b"invalid",
    b"wrong",
];

/// Words that occur next to weak ones: `my_test_password`, `a-very-secret-token`.
const FILLERS: [&[u8]; 37] = [
    b"hh",
    b"my",
    b"the",
    b"a",
    b"an",
    b"very",
    b"your",
    b"this",
    b"is",
    b"not",
    b"super",
    b"some",
    b"new",
    b"old",
    b"db",
    b"app",
    b"api",
    b"local",
    b"dev",
    b"in",
    b"so",
    b"for",
    b"only",
    b"client",
    b"server",
    b"auth",
    b"access",
    b"top",
    b"base",
    b"database",
    b"unsafe",
    b"insecure",
    b"unsecure",
    b"important",
    b"random",
    b"strong",
    b"weak",
];

/// Words of a sentence that says what a password is or should be. In a short value a person may have chosen them.
const OF_SENTENCES: [&[u8]; 23] = [
    b"please",
    b"production",
    b"do",
    b"use",
    b"used",
    b"change",
    b"changed",
    b"should",
    b"must",
    b"be",
    b"before",
    b"that",
    b"you",
    b"are",
    b"long",
    b"longer",
    b"short",
    b"sometimes",
    b"and",
    b"or",
    b"it",
    b"with",
    b"here",
];

/// Least bytes of such a sentence.
const SENTENCE: usize = 22;

/// Most bytes of the name of a value.
const NAME: usize = 40;

/// Most bytes of a value made of weak words.
const MOST: usize = 56;

/// Returns whether people write this word where any value would do: `secret`, `test123`, `my-p4ssw0rd`, `Passw0rd!`.
pub fn is_weak(value: &[u8]) -> bool {
    if value.is_empty() || value.len() > MOST {
        return value.is_empty();
    }
    if value.len() <= NAME && is_shouted(value) {
        return true;
    }
    let start = value.iter().position(u8::is_ascii_alphabetic).unwrap_or(value.len());
    let end = value.iter().rposition(u8::is_ascii_alphabetic).map_or(start, |i| i + 1);
    // A leading digit may be a disguised letter: `70k3n`.
    let cores = [&value[start..end], &value[..end]];
    cores[usize::from(start == 0)..].iter().any(|core| {
        let plain: Vec<u8> =
            core.iter().filter(|b| !b"_-. ".contains(b)).map(u8::to_ascii_lowercase).collect();
        let letters: Vec<u8> = plain.iter().map(|b| undisguised(*b)).collect();
        // `pa33word` as well as `p3n`.
        let hissing: Vec<u8> =
            plain.iter().map(|b| if *b == b'3' { b's' } else { undisguised(*b) }).collect();
        // `Pass@word`.
        let joined: Vec<u8> = plain.iter().copied().filter(|b| *b != b'@').collect();
        is_made_of_weak(&plain)
            || [letters, hissing, joined].iter().any(|l| *l != plain && is_made_of_weak(l))
    })
}

/// Returns whether this is the upper-case name of a value, as in `MY_VALUE`: upper-case letters with an
/// underscore between words.
fn is_shouted(value: &[u8]) -> bool {
    let letters = |b: &u8| b.is_ascii_uppercase() || *b == b'_';
    value.iter().all(letters) && value.iter().skip(1).rev().skip(1).any(|b| *b == b'_')
}

/// The letter that a digit or a sign replaces in `p4$$w0rd`.
pub fn undisguised(b: u8) -> u8 {
    match b {
        b'0' => b'o',
        b'1' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        b => b,
    }
}

/// Returns whether a text consists of weak words and fillers, with at least one weak word. There may be very many
/// ways to split a text, so for each place it is decided once whether the words before it can end there.
fn is_made_of_weak(text: &[u8]) -> bool {
    // By place: reached by fillers only, and with a weak word among them.
    let mut fillers = [false; MOST + 1];
    let mut weak = [false; MOST + 1];
    if text.len() > MOST {
        return false;
    }
    let of_sentence = if text.len() < SENTENCE { &[][..] } else { &OF_SENTENCES };
    fillers[0] = true;
    for at in 0..text.len() {
        if !fillers[at] && !weak[at] {
            continue;
        }
        let rest = &text[at..];
        // Most words start with another letter.
        let begins = |w: &&&[u8]| w[0] == rest[0] && rest.starts_with(w);
        for word in WEAK.iter().filter(begins) {
            weak[at + word.len()] = true;
        }
        for word in FILLERS.iter().chain(of_sentence).filter(begins) {
            fillers[at + word.len()] |= fillers[at];
            weak[at + word.len()] |= weak[at];
        }
    }
    weak[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every way to split the text, as in the definition.
    fn plain(text: &[u8], seen: bool, fillers: &[&[u8]]) -> bool {
        if text.is_empty() {
            return seen;
        }
        WEAK.iter().any(|w| text.strip_prefix(*w).is_some_and(|rest| plain(rest, true, fillers)))
            || fillers.iter().any(|w| text.strip_prefix(*w).is_some_and(|rest| plain(rest, seen, fillers)))
    }

    proptest! {
        #[test]
        fn a_text_of_weak_words_is_recognised_as_by_trying_every_way(
            words in prop::collection::vec(prop::sample::select(WEAK.iter().chain(&FILLERS).chain(&OF_SENTENCES).copied().chain([&b"q"[..]]).collect::<Vec<_>>()), 0..6),
        ) {
            let text = words.concat();
            prop_assume!(text.len() <= MOST);
            let more = if text.len() < SENTENCE { &[][..] } else { &OF_SENTENCES };
            prop_assert_eq!(is_made_of_weak(&text), plain(&text, false, &[&FILLERS[..], more].concat()));
        }
    }

    #[test]
    fn a_value_that_can_be_split_in_many_ways_is_decided_at_once() {
        assert!(!is_weak(b"mykeymykeymykeymykeymykeymykeymykeymykeq"));
        assert!(is_weak(b"mykeymykeymykeymykeymykeymykeymykeymykey"));
    }

    #[test]
    fn weak_words_are_known_with_digits_and_leet() {
        for v in [
            "test",
            "password123",
            "P@ssw0rd",
            "foo_bar",
            "secret!",
            "admin1",
            "test0",
            "s3cr3t",
            "70k3n",
            "test_password_123",
            "a_very_important_secret",
            "rootpassword",
            "p4ssw0rd!",
            "Pa33w0rd!",
            "ACCOUNT_ID",
            "shhhhh",
            "donotusethisinproduction",
            "thispasswordshouldbechangedbeforeuse",
        ] {
            assert!(is_weak(v.as_bytes()), "{v}");
        }
        for v in [
            "Production2020!",
            "rootproduction",
            "pleaseletmein",
            "kqnw",
            "tfnyifq",
            "Sommer2019",
            "12ab34cd",
        ] {
            assert!(!is_weak(v.as_bytes()), "{v}");
        }
    }
}
