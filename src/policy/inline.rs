//! Inline markers: `stanch:allow RULE -- reason` on the line or the line before it, `stanch:allow-file` at the
//! head.
//!
//! A marker needs a rule and a reason, otherwise it is ignored: so it can never hide another kind of secret. Other
//! tools' markers have no rule and no reason; they count only if the policy says so.

use crate::finding::{LineCounter, printable};
use crate::rules::Rule;
use std::collections::HashMap;

const MARKER: &[u8] = b"stanch:allow";
/// First lines of a file in which `stanch:allow-file` counts.
const HEAD_LINES: u32 = 10;

/// Other tools' markers: the text, and whether it is about the next line.
const FOREIGN: &[(&str, bool)] = &[
    ("gitleaks:allow", false),
    ("betterleaks:allow", false),
    ("pragma: allowlist secret", false),
    ("pragma: allowlist nextline secret", true),
    ("pragma: whitelist secret", false),
    ("ggignore", false),
    ("trufflehog:ignore", false),
    ("kingfisher:ignore", false),
    ("secretlint-disable-line", false),
    ("secretlint-disable-next-line", true),
    ("nosecret", false),
];

/// Most bytes of a marker's rule and reason.
const MARKER_REACH: usize = 1024;

/// The markers of one text, by line (0 for the whole file) and rule: a text may have very many of both.
#[derive(Debug, Clone, Default)]
pub struct Markers {
    own: HashMap<(u32, String), String>,
    foreign: HashMap<u32, &'static str>,
}

#[derive(Debug, Clone)]
struct Marker {
    /// The marker's line; 0 for the whole file.
    line: u32,
    rule: String,
    reason: String,
}

impl Markers {
    /// Finds the markers of a decoded text.
    pub fn of(text: &[u8]) -> Markers {
        let mut lines = LineCounter::new(text);
        let mut own = HashMap::new();
        for at in memchr::memmem::find_iter(text, MARKER) {
            let rest = &text[at + MARKER.len()..];
            let rest = &rest[..rest.len().min(MARKER_REACH)];
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            if let Some(m) = parse(&rest[..end], lines.line(at)) {
                own.entry((m.line, m.rule)).or_insert(m.reason);
            }
        }
        let mut foreign = HashMap::new();
        for (words, next) in FOREIGN {
            let mut lines = LineCounter::new(text);
            for at in memchr::memmem::find_iter(text, words) {
                foreign.entry(lines.line(at) + u32::from(*next)).or_insert(*words);
            }
        }
        Markers { own, foreign }
    }

    /// The reason of a marker that allows this rule on this line.
    pub fn allows(&self, rule: &Rule, line: u32) -> Option<&str> {
        if self.own.is_empty() {
            return None;
        }
        let places = [0, line, line.saturating_sub(1)];
        let mut names = std::iter::once(rule.id).chain(rule.aliases.iter().copied());
        names.find_map(|name| {
            places.iter().find_map(|line| self.own.get(&(*line, name.to_owned()))).map(String::as_str)
        })
    }

    /// Another tool's marker for this line.
    pub fn foreign(&self, line: u32) -> Option<&'static str> {
        self.foreign.get(&line).copied()
    }
}

/// Parses the text after `stanch:allow`; `None` without a rule or a reason.
fn parse(rest: &[u8], line: u32) -> Option<Marker> {
    let (rest, whole_file) = match rest.strip_prefix(b"-file") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    if whole_file && line > HEAD_LINES {
        return None;
    }
    let rest = rest.strip_prefix(b" ")?;
    let dash = memchr::memmem::find(rest, b" -- ")?;
    let rule = std::str::from_utf8(&rest[..dash]).ok()?.trim().to_owned();
    let reason = printable(rest[dash + 4..].trim_ascii());
    // The end of a comment is not part of the reason.
    let reason =
        ["*/", "-->", "#}", "%>"].iter().fold(reason.as_str(), |r, end| r.trim_end_matches(end).trim());
    let slug = rule.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !rule.is_empty();
    (slug && !reason.is_empty()).then(|| Marker {
        line: if whole_file { 0 } else { line },
        rule,
        reason: reason.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    fn reason(text: &str, line: u32) -> Option<String> {
        let rule = RuleSet::builtin().get("klaviyo-private-api-key").unwrap();
        Markers::of(text.as_bytes()).allows(rule, line).map(str::to_owned)
    }

    #[test]
    fn a_marker_counts_on_its_line_and_the_next_for_its_rule_only() {
        let text = "a\nx # stanch:allow klaviyo-private-api-key -- fixture\ny\nz\n";
        assert_eq!(reason(text, 2).as_deref(), Some("fixture"));
        assert_eq!(reason(text, 3).as_deref(), Some("fixture"));
        assert_eq!(reason(text, 1), None);
        assert_eq!(reason(text, 4), None);
        assert_eq!(reason("x # stanch:allow other-rule -- fixture\n", 1), None);
    }

    #[test]
    fn a_marker_without_a_rule_or_a_reason_is_none() {
        for text in [
            "# stanch:allow",
            "# stanch:allow klaviyo-private-api-key",
            "# stanch:allow klaviyo-private-api-key -- ",
            "# stanch:allow -- fixture",
            "# stanch:allowed klaviyo-private-api-key -- x",
        ] {
            assert_eq!(reason(text, 1), None, "{text}");
        }
    }

    #[test]
    fn a_file_marker_counts_at_the_head_only_and_comments_may_close() {
        let text = "<!-- stanch:allow-file klaviyo-private-api-key -- docs -->\n\n\nx\n";
        assert_eq!(reason(text, 4).as_deref(), Some("docs"));
        let late = format!("{}{text}", "\n".repeat(20));
        assert_eq!(reason(&late, 24), None);
    }

    #[test]
    fn markers_of_other_tools_are_known_with_their_line() {
        let m = Markers::of(b"a # gitleaks:allow\n# pragma: allowlist nextline secret\nb\n");
        assert_eq!(m.foreign(1), Some("gitleaks:allow"));
        assert_eq!(m.foreign(3), Some("pragma: allowlist nextline secret"));
        assert_eq!(m.foreign(2), None);
    }
}
