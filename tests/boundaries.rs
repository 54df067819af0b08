//! A key behind an escape is a key: every rule's examples, with escapes before the value and before the whole.

use crate::rules::{example, expand, rules, scan_as};
use stanch::finding::{Confidence, Finding};
use stanch::rules::spec::RuleSpec;
use std::ops::Range;

/// The text before the value.
const ESCAPES: [&str; 28] = [
    r"\n",
    r"\t",
    r"\r\n",
    r"\\n",
    r"\\\\r",
    r"\0",
    r"\x0a",
    r"\u000a",
    r"\u003d",
    r"\\u003d",
    r"\x3D",
    r"\075",
    "%20",
    "%3D",
    "%0a",
    "%253D",
    "%n",
    "=3D",
    "=20",
    "\x1b[0m",
    "\x1b[1;31m",
    "\x1b(B",
    r"\033[0m",
    r"\x1b[38;5;9m",
    r"\e[0m",
    "&quot;",
    "&#61;",
    "`n",
];

/// Every example is tried with one escape in so many, by turns.
const TURNS: usize = 4;

/// An example as the text of a file that no path softens.
fn as_file(rule: &RuleSpec, text: &str) -> (String, Vec<u8>) {
    let (path, text) = example(rule, text);
    (if path == "example" { "app".to_owned() } else { path }, text)
}

/// The findings that block a commit without a setting, whose values are in the text as they are.
fn blocking(path: &str, text: &[u8]) -> Vec<Finding> {
    let mut found = scan_as(path, text);
    found.retain(|f| f.confidence >= Confidence::High && !f.rule.public);
    found.retain(|f| text.get(f.location.bytes.clone()) == Some(f.secret.expose()));
    found
}

/// Returns whether a text with something put in, at or before a secret, has a finding that holds the secret.
fn holds(path: &str, text: &[u8], at: usize, between: &str, secret: &Range<usize>) -> bool {
    let whole = [&text[..at], between.as_bytes(), &text[at..]].concat();
    let secret = secret.start + between.len()..secret.end + between.len();
    let found = blocking(path, &whole);
    found.iter().any(|f| f.location.bytes.start <= secret.start && secret.end <= f.location.bytes.end)
}

#[test]
fn what_every_rule_finds_behind_a_blank_it_finds_behind_an_escape() {
    let (mut faults, mut tried) = (Vec::new(), 0);
    for rule in rules().filter(|r| r.file.is_none()) {
        // Of the rule, not of its place: a new one changes nothing for the others.
        let turn = rule.id.len();
        for template in &rule.examples {
            let (path, text) = as_file(rule, &expand(template, 1));
            for found in blocking(&path, &text) {
                let secret = &found.location.bytes;
                // Where not even a blank is possible, the place is inside of the format.
                let places = [secret.start, 0].into_iter();
                for place in places.filter(|at| holds(&path, &text, *at, " ", secret)) {
                    // Before a digit `\0` is another escape: `\012`.
                    let digit = text.get(place).is_some_and(u8::is_ascii_digit);
                    let escapes = ESCAPES.iter().skip(turn % TURNS).step_by(TURNS);
                    for escape in escapes.filter(|e| !(digit && **e == r"\0")) {
                        tried += 1;
                        if !holds(&path, &text, place, escape, secret) {
                            faults.push(format!("{}: {escape:?} at {place} of {template:?}", found.rule.id));
                        }
                    }
                }
            }
        }
    }
    assert!(tried > 10_000, "{tried}");
    assert!(faults.is_empty(), "{} of {tried} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn what_no_rule_finds_behind_a_blank_it_does_not_find_behind_an_escape() {
    let mut faults = Vec::new();
    for rule in rules().filter(|r| r.file.is_none()) {
        let turn = rule.id.len();
        for template in &rule.negative_examples {
            let (path, text) = as_file(rule, &expand(template, 1));
            let ids = |before: &str| -> Vec<&str> {
                let text = [before.as_bytes(), &text].concat();
                // What judgement reads behind an escape is another name, as `nKEY`.
                let found = blocking(&path, &text).into_iter().filter(|f| f.rule.provider.id != "generic");
                found.map(|f| f.rule.id).collect()
            };
            let behind_blank = ids(" ");
            for escape in ESCAPES.iter().skip(turn % TURNS).step_by(TURNS) {
                let more: Vec<_> = ids(escape).into_iter().filter(|id| !behind_blank.contains(id)).collect();
                if !more.is_empty() {
                    faults.push(format!("{}: {escape:?} before {template:?} is {more:?}", rule.id));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_finding_behind_an_escape_is_reported_with_its_own_place() {
    let key = crate::support::key(1);
    for before in ["x = \"a\\n", "caf\u{e9} \\u003d", "\u{1b}[0m", "a=3D", "\\n\\nKLAVIYO=\\t"] {
        let text = format!("first\n{before}{key}\\n\"\n");
        let found = scan_as("a.txt", text.as_bytes());
        assert_eq!(found.len(), 1, "{before}: {found:?}");
        let at = &found[0].location;
        assert_eq!(&text.as_bytes()[at.bytes.clone()], key.as_bytes(), "{before}");
        assert_eq!((at.line, at.column as usize), (2, before.chars().count() + 1), "{before}");
    }
}
