//! Patterns: checked when they are loaded, compiled when they are first needed.
//!
//! Compiling a pattern takes a tenth of a millisecond, parsing it a tenth of that. User rules are parsed on
//! loading. Only a pattern that may be too large is also compiled then, so a file of hundreds costs a hook
//! almost nothing.

use super::literals;
use regex::bytes::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};
use std::sync::OnceLock;

/// Largest compiled pattern, in bytes. Compile time grows with size, so this bounds both.
pub const LARGEST: usize = 1 << 20;

/// Most states with which a pattern is certain to compile within `LARGEST`.
const SURE: u64 = 6_000;

/// Most states of all patterns of a configuration together; compiled, they take 350 MB at most.
const ENOUGH: u64 = 2_000_000;

/// States charged for each pattern beside its own: the fixed memory of a compiled one.
const EACH: u64 = 100;

/// The error if a configuration's patterns cost too much; `spent` is their cost.
pub fn too_many(spent: u64) -> Option<String> {
    (spent > ENOUGH).then(|| {
        "is one pattern too many: all of a configuration would not fit into memory; take some out".to_owned()
    })
}

/// Compiles a rule's pattern: bytes, ASCII classes only (a Unicode `\w` costs forty times as much to build).
///
/// # Errors
/// If it is not a regular expression, or compiles to more than the limit.
pub fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    compile_within(pattern, LARGEST)
}

/// Compiles with another size limit.
///
/// # Errors
/// As [`compile`].
pub fn compile_within(pattern: &str, most: usize) -> Result<Regex, regex::Error> {
    regex::bytes::RegexBuilder::new(pattern).unicode(false).size_limit(most).dfa_size_limit(1 << 20).build()
}

/// Returns the message if a parsed pattern is too large to use.
pub(super) fn too_large(pattern: &str, hir: &Hir) -> Option<String> {
    if states(hir) <= SURE {
        return None;
    }
    compile(pattern)
        .err()
        .map(|_| "is too large: 1 MB compiled is the most; shorten its repetitions".to_owned())
}

/// The cost of a parsed pattern, as [`Pattern::cost`].
pub(super) fn cost(hir: &Hir) -> u64 {
    EACH + states(hir)
}

/// The approximate number of states, at most.
fn states(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(l) => l.0.len() as u64,
        HirKind::Class(Class::Bytes(c)) => 1 + c.ranges().len() as u64,
        HirKind::Class(Class::Unicode(c)) => 1 + 4 * c.ranges().len() as u64,
        HirKind::Repetition(r) => {
            let times = u64::from(r.max.unwrap_or(r.min.saturating_add(1)));
            states(&r.sub).saturating_add(1).saturating_mul(times.max(1))
        }
        HirKind::Capture(c) => states(&c.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().fold(1, |all, part| states(part).saturating_add(1).saturating_add(all))
        }
    }
}

/// A checked pattern, compiled when it is first needed.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: &'static str,
    states: u64,
    compiled: OnceLock<Regex>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.text == other.text
    }
}

impl Pattern {
    pub(super) fn new(text: &'static str) -> Pattern {
        Pattern { text, states: 0, compiled: OnceLock::new() }
    }

    /// Checks a pattern from a configuration; its text is kept until the program ends.
    ///
    /// # Errors
    /// If it cannot be compiled.
    pub fn checked(text: &str) -> Result<Pattern, String> {
        let hir = literals::parse(text).map_err(|e| e.to_string())?;
        match too_large(text, &hir) {
            Some(why) => Err(why),
            None => {
                let text = Box::leak(text.to_owned().into_boxed_str());
                Ok(Pattern { states: states(&hir), ..Pattern::new(text) })
            }
        }
    }

    /// Memory that it takes, in states; [`too_many`] bounds the total of a configuration.
    pub fn cost(&self) -> u64 {
        EACH + self.states
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &'static str {
        self.text
    }

    /// The compiled pattern.
    pub fn regex(&self) -> &Regex {
        let compiled = || compile(self.text).expect("internal: patterns are checked on loading");
        self.compiled.get_or_init(compiled)
    }

    /// Returns whether it matches any part of the text.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.regex().is_match(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Detector, RuleSet};

    #[test]
    fn patterns_not_compiled_on_loading_compile_later() {
        let just_under = ["(?:[a-z0-9_.-]{50}){16}", "(?i)(?:[\\w.-]{0,50}?abc){9}", "a{2900}"];
        for pattern in just_under {
            assert!(states(&literals::parse(pattern).unwrap()) <= SURE, "{pattern}");
            compile(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}"));
        }
        for rule in RuleSet::builtin().iter() {
            if let Detector::Regex(pattern) = rule.detector {
                let hir = literals::parse(pattern).unwrap();
                assert_eq!(too_large(pattern, &hir), None, "{}", rule.id);
            }
        }
    }

    #[test]
    fn a_pattern_too_large_is_reported_on_loading() {
        let told = Pattern::checked("(?:[a-z0-9]{200}){200}").unwrap_err();
        assert!(told.starts_with("is too large"), "{told}");
        assert!(Pattern::checked("(").is_err());
    }
}
