//! Converts betterleaks' `filter`, an expression that rejects findings.
//!
//! A filter is parsed as terms joined by `||`: least entropy, patterns and words that reject a match. Every other
//! term is left out and reported.

use crate::rules::spec::ExceptSpec;

/// What a filter converts to.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) entropy: Option<f64>,
    pub(super) except: Vec<ExceptSpec>,
    /// Terms without an equivalent.
    pub(super) left: Vec<String>,
}

/// Parses a filter; `regex` converts a pattern.
pub(super) fn read(text: &str, regex: &dyn Fn(&[String]) -> Result<String, String>) -> Filter {
    let mut out = Filter::default();
    for term in terms(text) {
        let term = term.trim();
        if let Some(bits) = entropy(term) {
            out.entropy = Some(out.entropy.unwrap_or(0.0).max(bits));
        } else if let Some(except) = call(term).and_then(|(function, target, list)| {
            let found = except(function, target, &list, regex);
            found.filter(|_| !list.is_empty())
        }) {
            out.except.push(except);
        } else {
            out.left.push(term.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    out
}

fn except(
    function: &str,
    target: &str,
    list: &[String],
    regex: &dyn Fn(&[String]) -> Result<String, String>,
) -> Option<ExceptSpec> {
    let mut e = ExceptSpec::default();
    let pattern = match function {
        "containsAny" if target == "secret" => {
            e.words = list.to_vec();
            return Some(e);
        }
        "containsAny" => regex(&list.iter().map(|w| regex_syntax::escape(w)).collect::<Vec<_>>()),
        "matchesAny" => regex(list),
        _ => return None,
    };
    let pattern = Some(pattern.ok()?);
    match target {
        "secret" => e.value = pattern,
        "match" => e.found = pattern,
        "line" => e.line = pattern,
        "path" => e.path = pattern,
        _ => return None,
    }
    Some(e)
}

/// The terms between `||`; strings and brackets stay whole.
fn terms(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let (mut out, mut start, mut depth, mut i) = (Vec::new(), 0, 0, 0);
    while i < bytes.len() {
        match bytes[i] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            b'"' | b'`' | b'\'' => i += string(&text[i..]).map_or(0, |(len, _)| len - 1),
            b'|' if depth == 0 && bytes.get(i + 1) == Some(&b'|') => {
                out.push(&text[start..i]);
                start = i + 2;
                i += 1;
            }
            _ => {}
        }
        i += 1;
    }
    out.push(&text[start..]);
    out
}

/// The string at the start: its length with quotes, and its content.
fn string(text: &str) -> Option<(usize, String)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((i, c)) = chars.next() {
        match c {
            c if c == quote => return Some((i + 1, out)),
            '\\' if quote != '`' => match chars.next()?.1 {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'r' => out.push('\r'),
                // Other escapes belong to the pattern; those of the quote and the backslash do not.
                c if c == quote || c == '\\' => out.push(c),
                c => out.extend(['\\', c]),
            },
            c => out.push(c),
        }
    }
    None
}

/// `entropy(finding["secret"]) <= 3.5`
fn entropy(term: &str) -> Option<f64> {
    let rest = term.strip_prefix("filter.").unwrap_or(term).strip_prefix("entropy(finding[\"secret\"])")?;
    let rest = rest.trim_start().strip_prefix('<')?;
    rest.strip_prefix('=').unwrap_or(rest).trim().parse().ok()
}

/// `matchesAny(TARGET, [...])`: the function, the target's name, the strings.
fn call(term: &str) -> Option<(&str, &'static str, Vec<String>)> {
    const TARGETS: [(&str, &str); 7] = [
        ("finding[\"secret\"]", "secret"),
        ("finding[\"match\"]", "match"),
        ("finding[\"line\"]", "line"),
        ("get(attributes, \"path\", \"\")", "path"),
        ("(attributes[\"path\"] ?? \"\")", "path"),
        ("attributes[\"path\"] ?? \"\"", "path"),
        ("attributes[\"path\"]", "path"),
    ];
    let term = term.strip_prefix("filter.").unwrap_or(term);
    let (function, rest) = term.split_once('(')?;
    let (target, rest) =
        TARGETS.iter().find_map(|(text, name)| Some((*name, rest.trim_start().strip_prefix(text)?)))?;
    let mut rest = rest.trim_start().strip_prefix(',')?.trim_start().strip_prefix('[')?.trim_start();
    let mut list = Vec::new();
    while !rest.starts_with(']') {
        let (len, value) = string(rest)?;
        list.push(value);
        rest = rest[len..].trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    let ends = rest[1..].trim_start().strip_prefix(')')?.trim().is_empty();
    ends.then_some((function, target, list))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_patterns_and_words_are_taken_over_and_the_rest_is_left() {
        let text = "filter.entropy(finding[\"secret\"]) <= 3.0\n|| matchesAny((attributes[\"path\"] ?? \"\"), \
                    [`(?:^|/)a||b\\.md$`, \"x\\\\.y\"])\n|| filter.containsAny(finding[\"secret\"], [\"test\"]) || \
                    !filter.matchesAny(finding[\"secret\"], [\"[0-9]\"]) || a && b";
        let f = read(text, &|list| Ok(list.join("|")));
        assert_eq!(f.entropy, Some(3.0));
        assert_eq!(f.except[0].path.as_deref(), Some("(?:^|/)a||b\\.md$|x\\.y"));
        assert_eq!(f.except[1].words, ["test"]);
        assert_eq!(f.left, ["!filter.matchesAny(finding[\"secret\"], [\"[0-9]\"])", "a && b"]);
    }

    #[test]
    fn other_expressions_stay_whole() {
        for text in ["let x = 1; x", "entropy(", "matchesAny(finding[\"secret\"], [`a", "\"", ""] {
            let f = read(text, &|list| Ok(list.join("|")));
            assert!(f.except.is_empty() && f.entropy.is_none(), "{text}: {f:?}");
        }
    }
}
