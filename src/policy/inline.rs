//! Inline markers: `stanch:allow RULE -- reason` on the line or the line before it, `stanch:allow-file` at the head,
//! `stanch:allow-begin` and `stanch:allow-end` around lines, `stanch:allow+3` for the third line after it.
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

/// Lines between a marker and the line that it covers, at most.
const MOST_LINES: i64 = 99;

/// Most bytes of a marker's rule and reason.
const MARKER_REACH: usize = 1024;

/// The markers of one text, by the line that they cover and the rule that they name: a text may have very many of both.
#[derive(Debug, Clone, Default)]
pub struct Markers {
    /// On the line, and the one after it; 0 is the whole file.
    own: HashMap<(u32, String), String>,
    /// By their distance: on that line alone.
    distant: HashMap<(u32, String), String>,
    /// By rule, in order.
    blocks: HashMap<String, Vec<Block>>,
    foreign: HashMap<u32, &'static str>,
    /// The rule that the first marker of a line names; `None` if it lacks a rule or a reason.
    written: HashMap<u32, Option<String>>,
}

/// The lines between two markers.
#[derive(Debug, Clone)]
struct Block {
    first: u32,
    /// `None` if no marker ends it: it covers nothing.
    last: Option<u32>,
    reason: String,
}

#[derive(Debug, Clone)]
struct Marker {
    reach: Reach,
    rule: String,
    reason: String,
}

/// What a marker covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Its line and the next.
    Line,
    /// The whole file.
    File,
    /// The line that lies so many after it, or before.
    Distant(i64),
    /// From here to the next `-end` of the rule.
    Begin,
    End,
}

impl Markers {
    /// Finds the markers of a decoded text.
    pub fn of(text: &[u8]) -> Markers {
        let mut lines = LineCounter::new(text);
        let mut markers = Markers::default();
        for at in memchr::memmem::find_iter(text, MARKER) {
            let rest = &text[at + MARKER.len()..];
            let rest = &rest[..rest.len().min(MARKER_REACH)];
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let marker = parse(&rest[..end]);
            // `stanch:allowed` is another word.
            if marker.is_none() && rest[..end].first().is_some_and(u8::is_ascii_alphanumeric) {
                continue;
            }
            let line = lines.line(at);
            markers.written.entry(line).or_insert_with(|| marker.as_ref().map(|m| m.rule.clone()));
            if let Some(marker) = marker {
                markers.add(marker, line);
            }
        }
        for (words, next) in FOREIGN {
            let mut lines = LineCounter::new(text);
            for at in memchr::memmem::find_iter(text, words) {
                markers.foreign.entry(lines.line(at) + u32::from(*next)).or_insert(*words);
            }
        }
        markers
    }

    fn add(&mut self, marker: Marker, line: u32) {
        let Marker { reach, rule, reason } = marker;
        match reach {
            Reach::Line => {
                self.own.entry((line, rule)).or_insert(reason);
            }
            Reach::File if line > HEAD_LINES => {}
            Reach::File => {
                self.own.entry((0, rule)).or_insert(reason);
            }
            Reach::Distant(by) => {
                if let Ok(line) = u32::try_from(i64::from(line) + by) {
                    self.distant.entry((line, rule)).or_insert(reason);
                }
            }
            Reach::Begin => {
                let blocks = self.blocks.entry(rule).or_default();
                // One in a block of the same rule begins nothing.
                if blocks.last().is_none_or(|b| b.last.is_some()) {
                    blocks.push(Block { first: line, last: None, reason });
                }
            }
            Reach::End => {
                if let Some(block) = self.blocks.get_mut(&rule).and_then(|all| all.last_mut()) {
                    block.last.get_or_insert(line);
                }
            }
        }
    }

    /// The reason of a marker that allows this rule on this line.
    pub fn allows(&self, rule: &Rule, line: u32) -> Option<&str> {
        if self.own.is_empty() && self.distant.is_empty() && self.blocks.is_empty() {
            return None;
        }
        let of_name = |name: &str| {
            let at = |line: u32| (line, name.to_owned());
            let near = [0, line, line.saturating_sub(1)].into_iter().find_map(|line| self.own.get(&at(line)));
            near.or_else(|| self.distant.get(&at(line))).or_else(|| {
                let block = self.block(name, line)?;
                block.last.is_some_and(|last| line <= last).then_some(&block.reason)
            })
        };
        names(rule).find_map(of_name).map(String::as_str)
    }

    /// The line of the marker that begins a block around this line and that nothing ends, if there is one.
    pub fn unended(&self, rule: &Rule, line: u32) -> Option<u32> {
        names(rule).find_map(|name| self.block(name, line).filter(|b| b.last.is_none())).map(|b| b.first)
    }

    /// Why the marker on this line or the one before it does not allow this rule, if there is such a marker.
    pub fn misses(&self, rule: &Rule, line: u32) -> Option<String> {
        let (at, named) = [line, line.saturating_sub(1)]
            .into_iter()
            .find_map(|line| Some((line, self.written.get(&line)?)))?;
        Some(match named {
            // It is about another line.
            Some(name) if names(rule).any(|own| own == name) => return None,
            Some(name) => {
                format!("the stanch:allow marker in line {at} is about {name}, and this is {}", rule.id)
            }
            None => format!(
                "the stanch:allow marker in line {at} lacks a rule or a reason: stanch:allow {} -- WHY",
                rule.id
            ),
        })
    }

    /// The last block of a rule that begins before or on a line.
    fn block(&self, rule: &str, line: u32) -> Option<&Block> {
        let blocks = self.blocks.get(rule)?;
        blocks.get(blocks.partition_point(|b| b.first <= line).checked_sub(1)?)
    }

    /// Another tool's marker for this line.
    pub fn foreign(&self, line: u32) -> Option<&'static str> {
        self.foreign.get(&line).copied()
    }
}

fn names(rule: &Rule) -> impl Iterator<Item = &'static str> {
    std::iter::once(rule.id).chain(rule.aliases.iter().copied())
}

/// Parses what stands behind `stanch:allow`; `None` without a rule, or without a reason where one is needed.
fn parse(rest: &[u8]) -> Option<Marker> {
    let space = memchr::memchr(b' ', rest)?;
    let reach = match &rest[..space] {
        b"" => Reach::Line,
        b"-file" => Reach::File,
        b"-begin" => Reach::Begin,
        b"-end" => Reach::End,
        by => Reach::Distant(distance(by)?),
    };
    let rest = &rest[space + 1..];
    let dash = memchr::memmem::find(rest, b" -- ");
    let (rule, reason) = match dash {
        Some(dash) => (&rest[..dash], &rest[dash + 4..]),
        // The end of a block needs no reason: its beginning has one.
        None if reach == Reach::End => (without_closers(rest), &b""[..]),
        None => return None,
    };
    let rule = std::str::from_utf8(rule).ok()?.trim().to_owned();
    let reason = printable(without_closers(reason));
    let slug = rule.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !rule.is_empty();
    (slug && (reach == Reach::End || !reason.is_empty())).then_some(Marker { reach, rule, reason })
}

/// `+3` or `-2`: lines to the one that a marker covers.
fn distance(text: &[u8]) -> Option<i64> {
    let by: i64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    let signed = matches!(text.first(), Some(b'+' | b'-'));
    (signed && (1..=MOST_LINES).contains(&by.abs())).then_some(by)
}

/// A text without what closes a comment or a string behind it.
fn without_closers(text: &[u8]) -> &[u8] {
    let mut text = text.trim_ascii();
    loop {
        let closer = CLOSERS.iter().find_map(|end| text.strip_suffix(end.as_bytes()));
        let Some(rest) = closer else { return text };
        text = rest.trim_ascii();
    }
}

/// What closes a comment, or a string in which a format without comments has the marker.
const CLOSERS: &[&str] = &["*/", "-->", "#}", "%>", "\",", "\""];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    fn reason(text: &str, line: u32) -> Option<String> {
        let rule = RuleSet::builtin().get("klaviyo-private-api-key").unwrap();
        Markers::of(text.as_bytes()).allows(rule, line).map(str::to_owned)
    }

    #[test]
    fn a_marker_that_does_not_count_is_explained() {
        let rule = RuleSet::builtin().get("klaviyo-private-api-key").unwrap();
        let said = |text: &str| Markers::of(text.as_bytes()).misses(rule, 2).unwrap_or_default();
        assert!(
            said("# stanch:allow klaviyo-key -- fixture\nx\n")
                .contains("line 1 is about klaviyo-key, and this is")
        );
        assert!(said("a\nx # stanch:allow\n").contains("line 2 lacks a rule or a reason"));
        assert!(
            said("# stanch:allow klaviyo-private-api-key\nx\n").contains("klaviyo-private-api-key -- WHY")
        );
        for text in [
            "# stanch:allowed\nx\n",
            "# stanch:allow+3 klaviyo-private-api-key -- x\nx\n",
            "a\nx\n# stanch:allow other -- y\n",
            "a\nx\n",
        ] {
            assert_eq!(said(text), "", "{text}");
        }
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
    fn a_marker_without_a_rule_or_a_reason_does_not_count() {
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
    fn a_block_covers_the_lines_between_its_markers_for_its_rule_only() {
        let rule = "klaviyo-private-api-key";
        let text = format!(
            "1\n# stanch:allow-begin {rule} -- made up\n3\n4\n# stanch:allow-end {rule}\n6\n7\n\
             /* stanch:allow-begin {rule} -- more */\n9\n/* stanch:allow-end {rule} */\n11\n"
        );
        let covered: Vec<u32> = (1..=12).filter(|line| reason(&text, *line).is_some()).collect();
        assert_eq!(covered, [2, 3, 4, 5, 8, 9, 10]);
        assert_eq!(reason(&text, 9).as_deref(), Some("more"));
        assert_eq!(reason(&text.replace(rule, "other-rule"), 3), None);
    }

    #[test]
    fn a_block_that_nothing_ends_or_begins_covers_nothing() {
        let rule = RuleSet::builtin().get("klaviyo-private-api-key").unwrap();
        let markers =
            Markers::of(b"# stanch:allow-begin klaviyo-private-api-key -- x\nk\n# stanch:allow-end other\n");
        assert_eq!((markers.allows(rule, 2), markers.unended(rule, 2)), (None, Some(1)));
        assert_eq!(reason("# stanch:allow-end klaviyo-private-api-key\nk\n", 2), None);
        assert_eq!(
            reason(
                "# stanch:allow-begin klaviyo-private-api-key\nk\n# stanch:allow-end klaviyo-private-api-key\n",
                2
            ),
            None
        );
    }

    #[test]
    fn a_marker_with_a_distance_covers_that_line_alone() {
        let of = |by: &str, line: u32| {
            reason(
                &format!("1\n2\n  \"//\": \"stanch:allow{by} klaviyo-private-api-key -- made up\",\n4\n5\n"),
                line,
            )
        };
        assert_eq!(of("+2", 5).as_deref(), Some("made up"));
        assert_eq!(of("-2", 1).as_deref(), Some("made up"));
        assert_eq!((of("+2", 4), of("+2", 3), of("-2", 2)), (None, None, None));
        for by in ["+0", "+100", "2", "+", "-", "+-1", "++1", "-9"] {
            assert!((1..=5).all(|line| of(by, line).is_none()), "{by}");
        }
    }

    #[test]
    fn a_key_of_json_carries_a_marker_for_the_next() {
        let text = "{\n  \"//\": \"stanch:allow klaviyo-private-api-key -- made up\",\n  \"key\": \"x\"\n}\n";
        assert_eq!(reason(text, 3).as_deref(), Some("made up"));
        assert_eq!(reason(text, 4), None);
    }

    #[test]
    fn markers_of_other_tools_are_known_with_their_line() {
        let m = Markers::of(b"a # gitleaks:allow\n# pragma: allowlist nextline secret\nb\n");
        assert_eq!(m.foreign(1), Some("gitleaks:allow"));
        assert_eq!(m.foreign(3), Some("pragma: allowlist nextline secret"));
        assert_eq!(m.foreign(2), None);
    }
}
