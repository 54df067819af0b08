//! Values with a form that no secret has: versions, dates, paths, patterns, hashes.

use crate::text::randomness::is_uuid;
use crate::text::words;

/// Returns whether this is a key of 16 or 32 bytes in base64.
pub(super) fn is_raw_key(value: &[u8]) -> bool {
    matches!(value.len(), 24 | 44)
        && value.ends_with(b"=")
        && data_encoding::BASE64.decode(value).is_ok_and(|key| matches!(key.len(), 16 | 32))
}

/// The evidence for a form that is not a secret's.
pub(super) fn shape(value: &[u8]) -> Option<&'static str> {
    if let Some(code) = literal(value) {
        return Some(code);
    }
    let text = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let hex = value.iter().all(u8::is_ascii_hexdigit);
    if hex && value.len() >= 16 && value.iter().any(u8::is_ascii_digit) {
        return Some(if matches!(value.len(), 32 | 40 | 64 | 128) { "shape-hash" } else { "shape-hex" });
    }
    if is_uuid(value) {
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
        && is_domain(&value[at + 1..])
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

/// Returns whether this is written like the domain of an address: no word of it has cases mixed, as in `kR.w3Xz`.
fn is_domain(said: &[u8]) -> bool {
    let of_case = |label: &[u8]| {
        let rest = label.get(1..).unwrap_or_default();
        !rest.iter().any(u8::is_ascii_uppercase) || !label.iter().any(u8::is_ascii_lowercase)
    };
    let last = said.rsplit(|b| *b == b'.').next().unwrap_or_default();
    said.contains(&b'.') && last.len() >= 2 && said.split(|b| *b == b'.').all(of_case)
}

/// The evidence for literals that nobody chooses: raw bytes, numbers, patterns.
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
    // `31-10-2016`, `10/31/2016`.
    let turned = value.len() == 10
        && [2, 5].iter().all(|i| matches!(value[*i], b'-' | b'/' | b'.'))
        && (0..10).filter(|i| !matches!(i, 2 | 5)).all(|i| value[i].is_ascii_digit());
    if turned || date && value.len() >= 10 {
        return Some("shape-date");
    }
    let repeats = || value.iter().any(|b| matches!(b, b'{' | b'+' | b'*' | b'$' | b'^'));
    let class = |two: &[u8]| matches!(two, [b'\\', b'S' | b'd' | b'w'] | b".*");
    let range = |four: &[u8]| matches!(four, b"[a-z" | b"[A-Z" | b"[0-9");
    (repeats() && (value.windows(2).any(class) || value.windows(4).any(range))).then_some("shape-pattern")
}

/// Why the form of a value says that no program or person gave it as a value, in words.
pub(super) fn why_no_value(value: &[u8]) -> Option<&'static str> {
    match () {
        () if is_format(value) => Some("a format for numbers and strings"),
        () if has_hole(value) => Some("a text with a hole for an id"),
        () if is_colour(value) => Some("a colour"),
        () if is_listing(value) => Some("a list of words or addresses, or the index of a table"),
        () if is_between_strings(value) => Some("code between two strings"),
        () if is_foreign_text(value) => Some(FOREIGN),
        () => None,
    }
}

/// Returns whether this is only a `printf` format: `0x%08x`, `%s.%d`.
fn is_format(value: &[u8]) -> bool {
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

/// Returns whether this is the name of something with a hole for its id: `iam-agent-server-%s`, `lock_%d_of`.
fn has_hole(value: &[u8]) -> bool {
    let is_joint = |b: Option<&u8>| b.is_none_or(|b| matches!(b, b'-' | b'_' | b':' | b'/' | b'.'));
    memchr::memchr_iter(b'%', value).any(|at| {
        matches!(value.get(at + 1), Some(b's' | b'd' | b'v' | b'q'))
            && is_joint(at.checked_sub(1).and_then(|i| value.get(i)))
            && is_joint(value.get(at + 2))
    })
}

/// Returns whether this is a colour, as in a theme's tokens: `#1a2b3c`.
fn is_colour(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"#").unwrap_or_default();
    matches!(digits.len(), 3 | 4 | 6 | 8) && digits.iter().all(u8::is_ascii_hexdigit)
}

/// Returns whether this is an expression of names: `o.BIconKeyFill`.
pub(super) fn is_member(value: &[u8]) -> bool {
    let is_name = |part: &[u8]| {
        !part.is_empty() && part.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'$'))
    };
    value.contains(&b'.') && value.split(|b| *b == b'.').all(is_name)
}

/// Returns whether this is the code between two strings of a minified script: `),X(p,n),f<s.length-1&&(i(`.
fn is_between_strings(value: &[u8]) -> bool {
    let signs = ["&&", "||", "=>", "),", ");", "){", "})", "()", ".length", "function("];
    let count = |sign: &&str| memchr::memmem::find_iter(value, sign.as_bytes()).count();
    value.len() >= 16 && value.contains(&b'(') && signs.iter().map(count).sum::<usize>() >= 2
}

/// Why a label in another script is not a value.
pub(super) const FOREIGN: &str = "a text in another script";

/// Escapes of letters of other scripts from which a value is a text for people.
const LETTERS: usize = 2;

/// The letter that four hex digits stand for, if it is not ASCII.
fn letter(digits: &[u8]) -> Option<char> {
    let number = std::str::from_utf8(digits).ok().and_then(|d| u32::from_str_radix(d, 16).ok());
    number.and_then(char::from_u32).filter(|c| !c.is_ascii() && c.is_alphabetic())
}

/// The value with the letters that escapes stand for (`Stra\\u00dfe`); `None` if it has no such escape.
pub(super) fn with_letters(value: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = value;
    while let Some(at) = memchr::memmem::find(rest, b"\\u") {
        let letter = rest.get(at + 2..at + 6).and_then(letter)?;
        out.extend(&rest[..at]);
        out.extend(letter.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[at + 6..];
    }
    (rest.len() < value.len()).then(|| [out, rest.to_vec()].concat())
}

/// Returns whether letters of another script stand here as escapes, as in a label: `FIDO\u901a\u884c`.
fn is_foreign_text(value: &[u8]) -> bool {
    let is_letter = |digits: &[u8]| letter(digits).is_some();
    let escapes = memchr::memmem::find_iter(value, b"\\u");
    escapes.filter(|at| value.get(at + 2..at + 6).is_some_and(is_letter)).count() >= LETTERS
}

/// Returns whether this lists words (`the,a,of,and`), addresses (`10.0.0.1,10.0.0.2/32`) or the members of a type (`7d' |
/// '14d`), or is the name of a database index (`FK_368A4209A76ED395`).
fn is_listing(value: &[u8]) -> bool {
    let is_word = |part: &[u8]| (1..=12).contains(&part.len()) && part.iter().all(u8::is_ascii_lowercase);
    let words =
        || value.iter().filter(|b| **b == b',').count() >= 2 && value.split(|b| *b == b',').all(is_word);
    let is_address = |part: &[u8]| {
        part.iter().filter(|b| **b == b'.').count() == 3
            && part.trim_ascii().iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'/' | b':'))
    };
    let addresses = || value.contains(&b',') && value.split(|b| *b == b',').all(is_address);
    let type_of = |mark: &[u8]| memchr::memmem::find(value, mark).is_some();
    let index = || {
        let at = memchr::memchr(b'_', &value[..value.len().min(5)])?;
        let is_index = matches!(&*value[..at].to_ascii_lowercase(), b"fk" | b"idx" | b"uniq" | b"ix" | b"uq");
        let rest = &value[at + 1..];
        (is_index && (8..=32).contains(&rest.len()) && rest.iter().all(u8::is_ascii_hexdigit)).then_some(())
    };
    words() || addresses() || type_of(b"' | '") || type_of(b"\" | \"") || index().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_writes_is_distinguished_from_a_secret() {
        for (value, code) in [
            (&br"\xd3\x81\x72\x18\x23\xff\x6f\x4a"[..], "shape-bytes"),
            (b"0x61626364", "shape-number"),
            (br"1.3.6.1.5.5.7.3.1\x00", "shape-version"),
            (b"v7.15.4", "shape-version"),
            (b"2016-10-31T22:31:09.123Z", "shape-date"),
            (b"31-10-2016", "shape-date"),
            (b"10/31/2016", "shape-date"),
            (br"^\\S{6}\\.\\S{16}$", "shape-pattern"),
        ] {
            assert_eq!(shape(value), Some(code), "{}", String::from_utf8_lossy(value));
        }
        for value in ["kq8Zp2Lm.+x", "2016-summer", "aB3*xQ9+"] {
            assert_eq!(shape(value.as_bytes()), None, "{value}");
        }
    }

    #[test]
    fn code_and_labels_are_distinguished_from_values() {
        assert!(is_between_strings(br#"),X(p,n),f<s.length-1&&(i("#));
        assert!(!is_between_strings(b"kQ7(xR2),T9zLm4pWv8") && !is_between_strings(b"),a&&b("));
        assert!(is_foreign_text(br"FIDO\u901A\u884C\u5BC6\u94A5") && is_foreign_text(br"Se\u00f1a\u00e9"));
        assert!(!is_foreign_text(br"kQ7\u0041xR2\u0042") && !is_foreign_text(br"C:\users\u2"));
    }

    #[test]
    fn formats_are_distinguished_from_values() {
        for format in [&b"0x%08x"[..], b"%s.%d", br"0x%X\n", b"%-31s"] {
            assert!(is_format(format), "{}", String::from_utf8_lossy(format));
        }
        assert!(has_hole(b"iam-agentserver-%s") && has_hole(b"lock_%d_of") && has_hole(b"%s/key"));
        assert!(!has_hole(b"kQ7%sxR2") && !has_hole(b"a-%sb") && !has_hole(b"100-%"));
        for value in ["a%sb", "100%", "%s3cret", "0xabcd"] {
            assert!(!is_format(value.as_bytes()), "{value}");
        }
    }
}
