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
    // Cut short by who wrote it down.
    if lower.ends_with(b"...") || lower.starts_with(b"...") || lower.ends_with("\u{2026}".as_bytes()) {
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

/// Most bytes follow the one before in order: `abcdefgh`, `12345678`, `a1b2c3d4`, `qwer5678`.
fn is_sequence(value: &[u8]) -> bool {
    let ordered = |step: usize, least: usize| {
        value.len() >= least
            && value.windows(step + 1).filter(|w| follows(w[0], w[step])).count() * 10
                >= (value.len() - step) * 8
    };
    ordered(1, 4) || ordered(2, 6)
}

/// Neighbours in the alphabet, among digits or on a row of the keyboard.
fn follows(a: u8, b: u8) -> bool {
    const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
    matches!(i16::from(b) - i16::from(a), 1 | -1)
        || (a, b) == (b'9', b'0')
        || ROWS.iter().any(|row| row.windows(2).any(|w| w == [a, b] || w == [b, a]))
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
        [b'<', .., b'>'] | [b'%', .., b'%'] | [b'[', .., b']'] | [b'(', .., b')'] => {
            return true;
        }
        [b'_', b'_', .., b'_', b'_'] => return true,
        [b'%', c, ..] if v.len() <= 4 && c.is_ascii_alphabetic() => return true,
        [b'@', b'@', ..] | [b'*', b'*', ..] | [b'.', b'.', b'.'] => return true,
        [b'$', rest @ ..] if is_variable(rest) => return true,
        [b'#', b'{' | b'[', ..] => return true,
        // JSON in a string is no template.
        [b'{', inner @ .., b'}'] if !inner.contains(&b'"') => return true,
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

/// Words that stand beside weak ones: `my_test_password`, `a-very-secret-token`.
const FILLERS: [&[u8]; 36] = [
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

/// Is this a word that people write where any value would do: `secret`, `test123`, `my-p4ssw0rd`, `Passw0rd!`?
pub fn is_weak(value: &[u8]) -> bool {
    if value.is_empty() || value.len() > 40 {
        return value.is_empty();
    }
    let start = value.iter().position(u8::is_ascii_alphabetic).unwrap_or(value.len());
    let end = value.iter().rposition(u8::is_ascii_alphabetic).map_or(start, |i| i + 1);
    // A digit first may be a letter in disguise: `70k3n`.
    [&value[start..end], &value[..end]].into_iter().any(|core| {
        let plain: Vec<u8> =
            core.iter().filter(|b| !b"_-. ".contains(b)).map(u8::to_ascii_lowercase).collect();
        let letters: Vec<u8> = plain.iter().map(|b| undisguised(*b)).collect();
        [plain, letters].iter().any(|w| is_made_of_weak(w, false))
    })
}

/// The letter that a digit or a sign stands for in `p4$$w0rd`.
fn undisguised(b: u8) -> u8 {
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

/// Nothing but weak words and fillers, one weak word at least.
fn is_made_of_weak(text: &[u8], seen: bool) -> bool {
    if text.is_empty() {
        return seen;
    }
    WEAK.iter().any(|w| text.strip_prefix(*w).is_some_and(|rest| is_made_of_weak(rest, true)))
        || FILLERS.iter().any(|w| text.strip_prefix(*w).is_some_and(|rest| is_made_of_weak(rest, seen)))
}

/// Is this public by its form: a public key, a certificate?
pub fn is_public_key(value: &[u8]) -> bool {
    let starts = [
        &b"ssh-rsa "[..],
        b"ssh-ed25519 ",
        b"ssh-dss ",
        b"ecdsa-sha2",
        b"sk-ssh",
        b"sk-ecdsa",
        b"AAAAB3NzaC1",
        b"AAAAC3NzaC1",
        b"AAAAE2VjZHNh",
        // DER of a public key's algorithm.
        b"MIGfMA0GCSqGSIb3",
        b"MIIBIjANBgkqhkiG9w0B",
        b"MIICIjANBgkqhkiG9w0B",
        b"MFkwEwYHKoZIzj0",
        b"MHYwEAYHKoZIzj0",
        b"MCowBQYDK2Vw",
        b"-----BEGIN CERT",
        b"-----BEGIN PUBLIC",
        b"-----BEGIN RSA PUBLIC",
        b"-----BEGIN PGP PUBLIC",
        b"LS0tLS1CRUdJTiBDRVJU",
        b"LS0tLS1CRUdJTiBQVUJMSU",
    ];
    starts.iter().any(|s| value.starts_with(s))
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
        ] {
            assert!(is_weak(v.as_bytes()), "{v}");
        }
        for v in ["kqnw", "tfnyifq", "Sommer2019", "12ab34cd"] {
            assert!(!is_weak(v.as_bytes()), "{v}");
        }
    }
}
