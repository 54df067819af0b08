//! The rules and weights of version 0.1, and the confidence that its evidence gave.

use crate::finding::{Confidence, Severity};
use crate::packed;
use crate::rules::Rule;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The rules and weights of a version.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) rules: HashMap<&'static str, FormerRule>,
    weights: HashMap<&'static str, f32>,
}

/// A rule in that version.
#[derive(Debug)]
pub(super) struct FormerRule {
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) looked_for: LookedFor,
}

/// What a rule matched.
#[derive(Debug)]
pub(super) enum LookedFor {
    Pattern(&'static str),
    Words(&'static str),
    Names(&'static str),
    Judged,
}

pub(super) fn table() -> &'static Table {
    static TABLE_OF_0_1: OnceLock<Table> = OnceLock::new();
    TABLE_OF_0_1.get_or_init(|| Table::parse(packed::unpack(packed::FORMER).leak()))
}

impl Table {
    fn parse(text: &'static str) -> Table {
        let mut all = Table::default();
        let mut last = "";
        for line in text.lines() {
            let Some((what, rest)) = line.split_once(' ') else { continue };
            let looked_for = match what {
                "rule" => {
                    let mut parts = rest.split(' ');
                    last = parts.next().unwrap_or_default();
                    let severity = parts.next().and_then(Severity::from_slug);
                    let confidence = parts.next().and_then(Confidence::from_slug);
                    if let (Some(severity), Some(confidence)) = (severity, confidence) {
                        let looked_for = LookedFor::Judged;
                        all.rules.insert(last, FormerRule { severity, confidence, looked_for });
                    }
                    continue;
                }
                "weight" => {
                    let pair = rest.split_once(' ').and_then(|(code, w)| Some((code, w.parse().ok()?)));
                    all.weights.extend(pair);
                    continue;
                }
                "pattern" => LookedFor::Pattern(rest),
                "words" => LookedFor::Words(rest),
                "names" => LookedFor::Names(rest),
                _ => continue,
            };
            if let Some(rule) = all.rules.get_mut(last) {
                rule.looked_for = looked_for;
            }
        }
        all
    }

    pub(super) fn rule(&self, rule: &Rule) -> Option<&FormerRule> {
        std::iter::once(&rule.id).chain(rule.aliases).find_map(|id| self.rules.get(id))
    }

    pub(super) fn weight(&self, code: &str) -> f32 {
        self.weights.get(code).copied().unwrap_or_default()
    }
}

/// Version 0.1's confidence in a value with this evidence; `None` if it reported nothing.
pub(in crate::scan) fn confidence(codes: &[&'static str]) -> Option<Confidence> {
    let table = table();
    let mut known: Vec<&str> = codes.to_vec();
    // Each piece of evidence counts once, in any order.
    known.sort_unstable();
    known.dedup();
    // A chosen password had an upper-case letter, a lower-case letter, a digit and punctuation.
    if !known.contains(&"chars-all") {
        known.retain(|code| !matches!(*code, "value-chosen" | "value-pronounced" | "value-unworded"));
    }
    let sum = known.iter().map(|code| table.weight(code)).sum::<f32>() + table.weight("bias");
    // The classes of paths differed; `of` uses the path itself.
    let capped = known.iter().any(|code| matches!(*code, "line-comment" | "in-docstring" | "in-default"));
    if sum >= table.weight("at-high") && !capped {
        return Some(Confidence::High);
    }
    (sum >= table.weight("at-medium")).then_some(Confidence::Medium)
}
