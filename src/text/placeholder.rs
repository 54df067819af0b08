//! Values that stand for a secret without being one: stand-ins (`xxxx`, `your-api-key`, the vendors' documented
//! examples) and references to where the secret is (`${VAR}`, `{{ var }}`, `vault:...`).

/// Parts of stand-ins that no issuer makes.
const PARTS: [&[u8]; 42] = [
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
    b"changethis",
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
    b"goes_here",
    b"goes-here",
    b"goeshere",
    b"-here",
    b"_here",
    b"notreal",
    b"not-a-real",
    b"1234567890abcdef",
    b"0123456789abcdef",
    b"abcdefghijklmnop",
    b"deadbeefdeadbeef",
];

/// Is this plainly a stand-in? Said only of what no issuer makes: repeats, sequences, words such as `example`.
pub fn is_placeholder(value: &[u8]) -> bool {
    // A stand-in of some kilobytes is not written by hand, and a chance hit in a long key must not hide it.
    let lower = value[..value.len().min(256)].to_ascii_lowercase();
    if PARTS.iter().any(|w| memchr::memmem::find(&lower, w).is_some()) {
        return true;
    }
    // A value of four different bytes or fewer is a pattern that a finger made.
    let mut seen = [false; 256];
    let distinct = lower.iter().filter(|b| !std::mem::replace(&mut seen[**b as usize], true)).count();
    if lower.len() >= 8 && distinct <= 4 {
        return true;
    }
    is_sequence(&lower) || is_repeat(&lower)
}

/// Most bytes follow the one before in order: `abcdefgh`, `12345678`, `a1b2c3d4`.
fn is_sequence(value: &[u8]) -> bool {
    let ordered = |step: usize| {
        value.len() >= 6
            && value
                .windows(step + 1)
                .filter(|w| matches!(i16::from(w[step]) - i16::from(w[0]), 1 | -1))
                .count()
                * 10
                >= (value.len() - step) * 8
    };
    ordered(1) || ordered(2)
}

/// One short piece again and again: `abcabcabc`.
fn is_repeat(value: &[u8]) -> bool {
    (1..=value.len() / 3)
        .take(8)
        .any(|n| value.len() >= 9 && value.iter().zip(&value[n..]).all(|(a, b)| a == b))
}

/// Words that begin a reference to a place where the secret is.
const SCHEMES: [&[u8]; 22] = [
    b"vault:",
    b"op://",
    b"arn:",
    b"sops:",
    b"ssm:",
    b"secretsmanager:",
    b"awskms:",
    b"gcpkms:",
    b"keyvault:",
    b"env:",
    b"file:",
    b"enc[",
    b"enc(",
    b"{cipher}",
    b"!vault",
    b"$ansible_vault",
    b"os.environ",
    b"os.getenv",
    b"process.env",
    b"system.getenv",
    b"import.meta.env",
    b"secret://",
];

/// Is this a reference, not a value: a variable, a template, a call, a format, a sealed value?
pub fn is_reference(value: &[u8]) -> bool {
    let v = value.trim_ascii();
    let lower = v[..v.len().min(32)].to_ascii_lowercase();
    if SCHEMES.iter().any(|s| lower.starts_with(s)) {
        return true;
    }
    let holds = |part: &[u8]| memchr::memmem::find(v, part).is_some();
    match v {
        [b'<', .., b'>'] | [b'%', .., b'%'] | [b'{', .., b'}'] | [b'[', .., b']'] | [b'(', .., b')'] => {
            return true;
        }
        [b'_', b'_', .., b'_', b'_'] => return true,
        [b'%', c, ..] if v.len() <= 4 && c.is_ascii_alphabetic() => return true,
        [b'@', b'@', ..] | [b'*', b'*', ..] | [b'.', b'.', b'.'] => return true,
        [b'$', rest @ ..] if is_variable(rest) => return true,
        [b'#', b'{' | b'[', ..] => return true,
        _ => {}
    }
    holds(b"${")
        || holds(b"{{")
        || holds(b"$(")
        || holds(b"#{")
        || holds(b"<%")
        || holds(b"%(")
        || holds(b"@{")
}

/// `NAME`, `NAME[...]`, `env:NAME`, `this->name`, `1` after a dollar.
fn is_variable(rest: &[u8]) -> bool {
    let name =
        rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':')).count();
    match rest.get(name) {
        // `$apr1$`, `$2a$10$` are password hashes, `$2` is a parameter.
        None => rest.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_') || rest.len() <= 2,
        Some(b'[' | b'-' | b'(') => name > 0,
        _ => false,
    }
}

/// Words that are a password only to an example or a test.
const WEAK: [&[u8]; 64] = [
    b"pass",
    b"password",
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

/// Is this a word that people write where any value would do: `secret`, `test123`, `foobar`, `Passw0rd!`?
pub fn is_weak(value: &[u8]) -> bool {
    if value.is_empty() || value.len() > 24 {
        return value.is_empty();
    }
    let plain: Vec<u8> = value
        .iter()
        .filter(|b| !matches!(b, b'_' | b'-' | b'.' | b' '))
        .map(|b| match b.to_ascii_lowercase() {
            b'0' => b'o',
            b'@' => b'a',
            b'$' => b's',
            b => b,
        })
        .collect();
    let letters = plain.trim_ascii();
    let end = letters.iter().rposition(u8::is_ascii_alphabetic).map_or(0, |i| i + 1);
    let word = &letters[..end];
    // `0` at the end was a digit before it was read as a letter.
    let short = word.strip_suffix(b"o").unwrap_or(word);
    WEAK.iter().any(|w| *w == word || *w == short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_told_from_values() {
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
        ] {
            assert!(is_placeholder(v.as_bytes()), "{v}");
        }
        for v in ["kq8Zp2Lm", "s3cr3tK3y", "rB2mFnciSA1pHIjjtS5sd", "hunter2", "9f86d081884c7d65"] {
            assert!(!is_placeholder(v.as_bytes()), "{v}");
        }
    }

    #[test]
    fn references_are_told_from_values() {
        for v in [
            "${DB_PASSWORD}",
            "$PASS",
            "{{ password }}",
            "$(cat file)",
            "%s",
            "%(pw)s",
            "<password>",
            "#{pw}",
            "op://a/b/c",
            "vault:secret/x",
            "arn:aws:secretsmanager:x",
            "os.environ['X']",
            "process.env.X",
            "$1",
            "$env:TOKEN",
            "<%= x %>",
            "ENC[AES256,data:x]",
            "__PASSWORD__",
            "%PASS%",
            "***",
            "$config['x']",
        ] {
            assert!(is_reference(v.as_bytes()), "{v}");
        }
        for v in ["p$ssw0rd", "$2a$10$abc", "a{b", "100%sure", "kq8Zp2Lm", "$ecret!1"] {
            assert!(!is_reference(v.as_bytes()), "{v}");
        }
    }

    #[test]
    fn weak_words_are_known_with_digits_and_leet() {
        for v in ["test", "password123", "P@ssw0rd", "foo_bar", "secret!", "admin1", "test0"] {
            assert!(is_weak(v.as_bytes()), "{v}");
        }
        for v in ["kqnw", "tfnyifq", "Sommer2019", "12ab34cd"] {
            assert!(!is_weak(v.as_bytes()), "{v}");
        }
    }
}
