//! Converts Go's regular expressions (RE2 syntax) for the regex crate, and names the group that holds the secret.
//!
//! What differs: in a class, `[` and doubled `&`, `-`, `~` are plain characters; a `{` that starts no repetition is
//! one too; `\<`, `\Q...\E`, `\C` and octal escapes. Unicode classes are refused when the result is parsed.

use crate::rules::literals;
use regex_syntax::hir::{Class, Hir, HirKind};

/// A converted pattern, and where its capturing groups open.
#[derive(Debug, Default)]
struct Converted {
    text: String,
    /// For each group the offset after `(`, and the length of its `?P<name>`.
    groups: Vec<(usize, usize)>,
}

/// Converts a pattern without a secret: of a path, or of an allowlist.
pub(super) fn plain(pattern: &str) -> Result<String, String> {
    let text = convert(pattern).text;
    parsed(&text)?;
    Ok(text)
}

/// Converts a rule's pattern. `group` is the group with the secret; 0 means the first non-empty one, or the whole
/// match.
pub(super) fn with_secret(pattern: &str, group: usize) -> Result<String, String> {
    let converted = convert(pattern);
    let hir = parsed(&converted.text)?;
    let count = converted.groups.len();
    if group > count {
        return Err(format!("secretGroup is {group}, and its pattern has {count} groups"));
    }
    let chosen: Vec<usize> = match group {
        0 => {
            let sure = (1..=count).find(|i| takes_part(&hir, *i as u32)).unwrap_or(count);
            (1..=sure).collect()
        }
        n => vec![n],
    };
    // That many branches name the parts of a secret, not one group that holds it.
    if chosen.is_empty() || chosen.len() > 9 {
        return Ok(format!("(?P<secret>{})", converted.text));
    }
    let mut text = converted.text;
    for (i, (at, name)) in converted.groups.iter().enumerate().rev() {
        let called = match chosen.iter().position(|c| *c == i + 1) {
            Some(0) => "?P<secret>".to_owned(),
            Some(n) => format!("?P<secret_{}>", n + 1),
            // Only ours keeps its name: another group may have the same.
            None => String::new(),
        };
        text.replace_range(*at..at + name, &called);
    }
    parsed(&text)?;
    Ok(text)
}

fn parsed(text: &str) -> Result<Hir, String> {
    literals::parse(text).map_err(|e| {
        let all = e.to_string();
        let last = all.trim_end().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        match last.contains("Unicode") {
            true => {
                "its pattern has a class of Unicode characters, and patterns here are of bytes".to_owned()
            }
            false => format!("its pattern does not parse: {last}"),
        }
    })
}

/// Returns whether this group, with content, is part of every match.
fn takes_part(hir: &Hir, group: u32) -> bool {
    match hir.kind() {
        HirKind::Capture(c) if c.index == group => c.sub.properties().minimum_len().unwrap_or(0) > 0,
        HirKind::Capture(c) => takes_part(&c.sub, group),
        HirKind::Repetition(r) => r.min > 0 && takes_part(&r.sub, group),
        HirKind::Concat(parts) => parts.iter().any(|p| takes_part(p, group)),
        HirKind::Alternation(parts) => parts.iter().all(|p| takes_part(p, group)),
        _ => false,
    }
}

/// Returns whether a match may cross a line end, other than by one or two blanks.
pub(super) fn spans_lines(pattern: &str) -> bool {
    fn spans(hir: &Hir) -> bool {
        match hir.kind() {
            HirKind::Literal(l) => l.0.contains(&b'\n'),
            // `\s` includes line ends only incidentally; a class of nearly all bytes includes them on
            // purpose.
            HirKind::Repetition(r) => r.max != Some(1) && wide(&r.sub) || spans(&r.sub),
            HirKind::Capture(c) => spans(&c.sub),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(spans),
            _ => false,
        }
    }
    fn wide(hir: &Hir) -> bool {
        let HirKind::Class(Class::Bytes(c)) = hir.kind() else { return false };
        let size: usize = c.iter().map(|r| usize::from(r.end() - r.start()) + 1).sum();
        size > 128 && c.iter().any(|r| (r.start()..=r.end()).contains(&b'\n'))
    }
    literals::parse(pattern).is_ok_and(|hir| spans(&hir))
}

fn convert(pattern: &str) -> Converted {
    let mut out = Converted::default();
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        rest = match c {
            '\\' => escape(rest, &mut out.text),
            '[' => class(rest, &mut out.text),
            '(' => group(rest, &mut out),
            '{' => match repetition(rest) {
                Some(len) => {
                    out.text.push_str(&rest[..len]);
                    &rest[len..]
                }
                None => {
                    out.text.push_str("\\{");
                    &rest[1..]
                }
            },
            '}' => {
                out.text.push_str("\\}");
                &rest[1..]
            }
            c => {
                out.text.push(c);
                &rest[c.len_utf8()..]
            }
        };
    }
    out
}

/// The length of `{n}`, `{n,}` or `{n,m}` at the start.
fn repetition(text: &str) -> Option<usize> {
    let inner = text[1..].split_once('}')?.0;
    let number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let right = match inner.split_once(',') {
        Some((least, most)) => number(least) && (most.is_empty() || number(most)),
        None => number(inner),
    };
    right.then_some(inner.len() + 2)
}

/// Converts `(`, with the flags or the name that follow.
fn group<'p>(rest: &'p str, out: &mut Converted) -> &'p str {
    out.text.push('(');
    let inner = &rest[1..];
    let at = out.text.len();
    let named = ["?P<", "?<"].iter().find_map(|head| {
        let name = inner.strip_prefix(head)?;
        Some(head.len() + name.find('>')? + 1)
    });
    if let Some(len) = named {
        out.text.push_str(&inner[..len]);
        out.groups.push((at, len));
        return &inner[len..];
    }
    if !inner.starts_with('?') {
        out.groups.push((at, 0));
        return inner;
    }
    let len = inner.find([':', ')']).unwrap_or(inner.len());
    out.text.push_str(&inner[..len]);
    &inner[len..]
}

/// Converts one escape outside of a class.
fn escape<'p>(rest: &'p str, out: &mut String) -> &'p str {
    if let Some(quoted) = rest.strip_prefix("\\Q") {
        let (literal, after) = quoted.split_once("\\E").unwrap_or((quoted, ""));
        out.push_str(&regex_syntax::escape(literal));
        return after;
    }
    if let Some(after) = rest.strip_prefix("\\C") {
        out.push_str("[\\x00-\\xff]");
        return after;
    }
    let len = item(rest);
    out.push_str(&translated(&rest[..len]));
    &rest[len..]
}

/// The length of a character or an escape.
fn item(rest: &str) -> usize {
    let mut chars = rest.char_indices();
    let (_, first) = chars.next().unwrap_or_default();
    if first != '\\' {
        return first.len_utf8();
    }
    let after = |from: usize, most: usize, is: fn(&u8) -> bool| {
        from + rest.as_bytes()[from.min(rest.len())..].iter().take(most).take_while(|b| is(b)).count()
    };
    let is_octal = |b: &u8| (b'0'..=b'7').contains(b);
    match rest.as_bytes().get(1) {
        None => 1,
        Some(b'0'..=b'7') => after(1, 3, is_octal),
        Some(b'x' | b'p' | b'P') if rest[2..].starts_with('{') => {
            rest.find('}').map_or(rest.len(), |end| end + 1)
        }
        Some(b'x') => after(2, 2, u8::is_ascii_hexdigit),
        Some(b'p' | b'P') => rest.len().min(3),
        Some(_) => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
    }
}

/// A character or an escape in our syntax, if it is one character.
fn translated(item: &str) -> String {
    let Some(escaped) = item.strip_prefix('\\') else { return item.to_owned() };
    let code = match escaped.bytes().next() {
        // `\1` alone would be a back reference, which neither syntax supports.
        Some(b'0') => u32::from_str_radix(escaped, 8).ok(),
        Some(b'1'..=b'7') if escaped.len() > 1 => u32::from_str_radix(escaped, 8).ok(),
        Some(b'x') => u32::from_str_radix(escaped[1..].trim_matches(['{', '}']), 16).ok(),
        Some(b'<' | b'>') => return escaped.to_owned(),
        _ => None,
    };
    match code.and_then(char::from_u32) {
        Some(c) if c.is_ascii() => format!("\\x{:02x}", u32::from(c)),
        Some(c) => c.to_string(),
        None => item.to_owned(),
    }
}

/// Converts a class, up to its `]`.
fn class<'p>(rest: &'p str, out: &mut String) -> &'p str {
    out.push('[');
    let mut rest = &rest[1..];
    if let Some(after) = rest.strip_prefix('^') {
        out.push('^');
        rest = after;
    }
    let mut first = true;
    while !rest.is_empty() {
        if rest.starts_with(']') && !first {
            out.push(']');
            return &rest[1..];
        }
        first = false;
        if let Some(len) = rest.strip_prefix("[:").and_then(|r| r.find(":]")) {
            out.push_str(&rest[..len + 4]);
            rest = &rest[len + 4..];
            continue;
        }
        let len = item(rest);
        out.push_str(&in_class(&rest[..len]));
        rest = &rest[len..];
        // A `-` that is not last makes a range.
        if let Some(after) = rest.strip_prefix('-').filter(|r| !r.starts_with(']') && !r.is_empty()) {
            let len = item(after);
            out.push('-');
            out.push_str(&in_class(&after[..len]));
            rest = &after[len..];
        }
    }
    rest
}

/// A character of a class, escaped if it has a meaning for the crate alone.
fn in_class(item: &str) -> String {
    match item {
        "[" | "]" | "&" | "-" | "~" | "^" => format!("\\{item}"),
        _ => translated(item),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_writes_differently_means_the_same() {
        for (go, text, is) in [
            (r"^\$(?:\d+|{\d+})$", "${12}", true),
            (r"a{,5}", "a{,5}", true),
            (r"a{2,3}b", "aaab", true),
            (r"[[a]x", "[x", true),
            (r"[]a]x", "]x", true),
            (r"[+--]x", ",x", true),
            (r"[--/]x", ".x", true),
            (r"[a&&b]x", "&x", true),
            (r"[\w.-]x", "-x", true),
            (r"[[:alpha:]_]x", "_x", true),
            (r"\<a\>", "<a>", true),
            (r"\Qa.b[\Ec", "a.b[c", true),
            (r"\Qa.b\E", "axb", false),
            (r"a\Cb", "a\nb", true),
            (r"\101\x42\x{43}", "ABC", true),
            (r"[\060-\071]+z", "09z", true),
            (r"(?i)\x60k\z", "`K", true),
            (r"é+", "é", true),
            (r"(?U)a+b", "aab", true),
        ] {
            let ours = plain(go).unwrap_or_else(|e| panic!("{go}: {e}"));
            assert_eq!(crate::rules::compile(&ours).unwrap().is_match(text.as_bytes()), is, "{go}: {ours}");
        }
        assert!(plain(r"\p{Greek}").unwrap_err().contains("Unicode"));
        assert!(plain(r"(").unwrap_err().contains("unclosed group"));
    }

    fn secret(go: &str, group: usize, text: &str) -> String {
        let ours = with_secret(go, group).unwrap_or_else(|e| panic!("{go}: {e}"));
        let regex = crate::rules::compile(&ours).unwrap();
        let found = regex.captures(text.as_bytes()).unwrap_or_else(|| panic!("{ours} matches nothing"));
        let names = ["secret", "secret_2", "secret_3"];
        let at = names.iter().find_map(|n| found.name(n).filter(|m| !m.is_empty())).unwrap();
        String::from_utf8_lossy(at.as_bytes()).into_owned()
    }

    #[test]
    fn the_secret_is_the_group_that_is_named_or_the_first_that_is_not_empty_or_all() {
        assert_eq!(secret("k=[0-9]+", 0, "k=12"), "k=12");
        assert_eq!(secret("k=([0-9]+)", 0, "k=12"), "12");
        assert_eq!(secret("(k)=(?:[(])(?P<v>[0-9]+)", 2, "k=(12"), "12");
        assert_eq!(secret("(?:a=(x+)|b=(y+))", 0, "b=yy"), "yy");
        assert_eq!(secret("(a)?b(c)(d)", 0, "bcd"), "c");
        assert_eq!(secret("(?<secret>a)(b)", 2, "ab"), "b");
        assert!(with_secret("(a)", 2).is_err());
    }

    #[test]
    fn a_pattern_that_goes_over_lines_is_known() {
        assert!(spans_lines("(?s:.){0,200}x") && spans_lines(r"a[^']{3}") && spans_lines("a\nb"));
        assert!(!spans_lines(r"a\s*=\s*.+") && !spans_lines("[a-z]+"));
    }
}
