//! The file of variables (`.env`) that gets the value which leaves the code.
//!
//! Pure: bytes in, bytes out.

/// What a file of variables says of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// It does not have it, or with nothing behind it.
    Missing,
    /// It has it with this value.
    Same,
    /// It has it with another value.
    Other,
}

/// What the file says of a name.
pub fn entry(text: &[u8], name: &str, value: &[u8]) -> Entry {
    let mut found = Entry::Missing;
    for line in text.split(|b| *b == b'\n') {
        let Some(old) = assigned(line, name) else { continue };
        // The last one counts.
        found = match unquoted(old) {
            b"" => Entry::Missing,
            old if old == value => Entry::Same,
            _ => Entry::Other,
        };
    }
    found
}

/// The file with one more variable. `None` if readers of such files disagree about what the value would be: with quotes,
/// backslashes, line breaks or `${` in it.
pub fn with(text: &[u8], name: &str, value: &[u8]) -> Option<Vec<u8>> {
    let line = line(name, value)?;
    let mut out = Vec::with_capacity(text.len() + line.len() + 1);
    // `NAME=` of a sample is filled in where it is.
    let mut placed = false;
    for old in text.split_inclusive(|b| *b == b'\n') {
        let body = old.strip_suffix(b"\n").unwrap_or(old);
        if assigned(body, name).is_some_and(|value| unquoted(value).is_empty()) {
            if !placed {
                out.extend_from_slice(line.as_bytes());
            }
            placed = true;
        } else {
            out.extend_from_slice(old);
        }
    }
    if !placed {
        if !out.is_empty() && !out.ends_with(b"\n") {
            out.push(b'\n');
        }
        out.extend_from_slice(line.as_bytes());
    }
    Some(out)
}

/// `NAME=value`, in single quotes if a shell would read something else.
fn line(name: &str, value: &[u8]) -> Option<String> {
    let value = std::str::from_utf8(value).ok()?;
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"_-./:@%+=,".contains(&b);
    if !value.is_empty() && value.bytes().all(is_plain) {
        return Some(format!("{name}={value}\n"));
    }
    let unclear = value.is_empty()
        || value.contains("${")
        || value.chars().any(|c| matches!(c, '\'' | '\\') || c.is_control());
    (!unclear).then(|| format!("{name}='{value}'\n"))
}

/// What a line assigns to this name.
fn assigned<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    assignment(line).filter(|(n, _)| *n == name.as_bytes()).map(|(_, value)| value)
}

/// The name and the value, in its quotes, of a line `NAME=VALUE` or `export NAME=VALUE`.
pub(crate) fn assignment(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"export ").unwrap_or(line);
    let at = memchr::memchr(b'=', line)?;
    Some((line[..at].trim_ascii(), line[at + 1..].trim_ascii()))
}

fn unquoted(value: &[u8]) -> &[u8] {
    match value {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str, value: &str) -> Option<String> {
        with(text.as_bytes(), "KEY", value.as_bytes()).map(|b| String::from_utf8(b).unwrap())
    }

    #[test]
    fn a_variable_is_added_or_filled_in_and_a_value_that_readers_disagree_about_is_not() {
        for (text, value, want) in [
            ("", "a1", Some("KEY=a1\n")),
            ("A=1", "a/b=", Some("A=1\nKEY=a/b=\n")),
            ("KEY=\nA=1\n", "x", Some("KEY=x\nA=1\n")),
            ("export KEY=''\r\nKEY=\n", "x", Some("KEY=x\n")),
            ("", "a b$c#d\"", Some("KEY='a b$c#d\"'\n")),
            ("", "it's", None),
            ("", "a\nb", None),
            ("", "a\\n", None),
            ("", "${HOME}", None),
        ] {
            assert_eq!(added(text, value).as_deref(), want, "{text:?} {value:?}");
        }
    }

    #[test]
    fn what_is_there_is_told_apart() {
        for (text, want) in [
            ("KEYS=a\n# KEY=a\n", Entry::Missing),
            ("KEY=\n", Entry::Missing),
            (" export KEY = \"a\"\r\n", Entry::Same),
            ("KEY=a\nKEY=b\n", Entry::Other),
        ] {
            assert_eq!(entry(text.as_bytes(), "KEY", b"a"), want, "{text}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
        #[test]
        fn a_shell_reads_the_very_value(value in "[ -~]{1,24}", text in "(A=[a-z]{0,4}\n){0,3}") {
            if let Some(file) = with(text.as_bytes(), "KEY", value.as_bytes()) {
                proptest::prop_assert_eq!(entry(&file, "KEY", value.as_bytes()), Entry::Same);
                let file = String::from_utf8(file).unwrap();
                let out = std::process::Command::new("sh")
                    .args(["-c", &format!("{file}\nprintf %s \"$KEY\"")])
                    .output()
                    .unwrap();
                proptest::prop_assert_eq!(String::from_utf8(out.stdout).unwrap(), value);
            }
        }
    }
}
