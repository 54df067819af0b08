//! The lines around a value, for exceptions by line and by name.

use crate::secret::Secret;
use std::ops::Range;

/// The lines around a value, for the exceptions of a configuration. They contain the value, and are never shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    text: Secret,
    /// The text in the place of the value's name.
    name: Option<Secret>,
    /// True if a sign of assignment is between both.
    is_assigned: bool,
}

impl Lines {
    /// Bytes before and after a value that are kept; bounds memory.
    const REACH: usize = 2 << 10;

    /// The lines of the value at `at` in `text`.
    pub fn of(text: &[u8], at: &Range<usize>) -> Lines {
        let from = at.start.saturating_sub(Lines::REACH);
        let start = memchr::memrchr(b'\n', &text[from..at.start]).map_or(from, |i| from + i + 1);
        let to = text.len().min(at.end + Lines::REACH);
        let end = memchr::memchr(b'\n', &text[at.end..to]).map_or(to, |i| at.end + i);
        let (name, joint) = name_before(&text[start..at.start]).unzip();
        let is_assigned = joint.is_some_and(|joint| joint.iter().any(|b| matches!(b, b'=' | b':')));
        Lines { text: Secret::new(&text[start..end]), name: name.map(Secret::new), is_assigned }
    }

    pub(super) fn text(&self) -> &[u8] {
        self.text.expose()
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        self.name.as_ref().map(Secret::expose)
    }

    /// The same if the value is assigned to it: a call's name is not the name of its argument.
    pub fn assigned_name(&self) -> Option<String> {
        if !self.is_assigned {
            return None;
        }
        let name = std::str::from_utf8(self.name()?).ok()?;
        (name.len() <= 64).then(|| name.trim_start_matches('-').to_owned())
    }
}

/// The word before a value, if only assignment characters are between: `KEY = "`, `key: `, `--key=`, `"key": "`;
/// and these characters.
fn name_before(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.') || *b >= 0x80;
    let end = line.iter().rposition(is_word)? + 1;
    let joint = &line[end..];
    let is_joint = |b: &u8| b" \t\"'`:=>([{,".contains(b);
    if joint.is_empty() || !joint.iter().all(is_joint) {
        return None;
    }
    let start = line[..end].iter().rposition(|b| !is_word(b)).map_or(0, |i| i + 1);
    let name = &line[start..end];
    if TYPES.contains(&name) && joint.contains(&b'=') {
        return Some((before_type(&line[..start]).unwrap_or(name), joint));
    }
    Some((name, joint))
}

/// Types that are written between a name and its value: `key: string = "`, `var key string = "`.
const TYPES: &[&[u8]] = &[b"string", b"String", b"str", b"any", b"Any"];

/// The name that a type belongs to, at the end of the text before the type.
fn before_type(line: &[u8]) -> Option<&[u8]> {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80;
    let line = line.trim_ascii_end();
    // Rust's `&'static str`.
    let line = line.strip_suffix(b"'static").unwrap_or(line).trim_ascii_end();
    let line = line.strip_suffix(b"&").unwrap_or(line).trim_ascii_end();
    let line = line.strip_suffix(b":").unwrap_or(line).trim_ascii_end();
    let start = line.iter().rposition(|b| !is_word(b)).map_or(0, |i| i + 1);
    Some(&line[start..]).filter(|name| !name.is_empty() && !KEYWORDS.contains(name))
}

/// Words that are not the name of what has a type: `const string = "`.
const KEYWORDS: &[&[u8]] = &[b"static", b"final", b"const", b"var", b"let", b"val", b"export", b"local"];

#[cfg(test)]
mod tests {
    use super::*;

    fn name(line: &str) -> Option<String> {
        let at = line.find("VALUE").unwrap();
        let lines = Lines::of(line.as_bytes(), &(at..at + 5));
        lines.name().map(|n| String::from_utf8_lossy(n).into_owned())
    }

    #[test]
    fn the_name_is_the_word_before_the_signs_that_assign() {
        for (line, is) in [
            ("KEY=VALUE", Some("KEY")),
            ("x\n  \"api.key\": \"VALUE\",\ny", Some("api.key")),
            ("curl --api-key VALUE", Some("--api-key")),
            ("pw := `VALUE`", Some("pw")),
            ("call(VALUE)", Some("call")),
            ("VALUE", None),
            ("aVALUE", None),
            ("KEY\nVALUE", None),
            ("a / VALUE", None),
        ] {
            assert_eq!(name(line).as_deref(), is, "{line}");
        }
    }

    #[test]
    fn a_name_is_assigned_by_a_sign() {
        for (line, is) in [
            ("KEY=VALUE", Some("KEY")),
            ("\"apiKey\": \"VALUE\"", Some("apiKey")),
            ("tool --api-key=VALUE", Some("api-key")),
            ("const apiKey: string = \"VALUE\";", Some("apiKey")),
            ("API_KEY: str = 'VALUE'", Some("API_KEY")),
            ("const API_KEY: &str = \"VALUE\";", Some("API_KEY")),
            ("static API_KEY: &'static str = \"VALUE\";", Some("API_KEY")),
            ("var apiKey string = \"VALUE\"", Some("apiKey")),
            ("const string = \"VALUE\"", Some("string")),
            ("string = \"VALUE\"", Some("string")),
            ("print(\"VALUE\")", None),
            ("Bearer VALUE", None),
        ] {
            let at = line.find("VALUE").unwrap();
            let lines = Lines::of(line.as_bytes(), &(at..at + 5));
            assert_eq!(lines.assigned_name().as_deref(), is, "{line}");
        }
    }

    #[test]
    fn the_lines_of_a_value_are_whole_and_bounded() {
        let text = format!("before\na VALUE b\nafter{}", "x".repeat(9000));
        assert_eq!(Lines::of(text.as_bytes(), &(9..14)).text(), b"a VALUE b");
        let long = [b'x'; 9000];
        assert_eq!(Lines::of(&long, &(4000..4010)).text().len(), 2 * Lines::REACH + 10);
    }
}
