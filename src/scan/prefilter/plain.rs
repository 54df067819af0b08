//! The plain prefilter: an Aho-Corasick automaton over the keywords of all rules.

use super::hit::{Hit, Prefilter};
use crate::rules::{Detector, Rule};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::sync::OnceLock;

/// The keywords of some rules.
#[derive(Debug, Default)]
pub(super) struct Plain {
    keywords: Vec<&'static str>,
    /// The rule of each keyword.
    rules: Vec<u32>,
    /// Rules without a keyword: every text is a hit.
    always: Vec<u32>,
    /// Built for the first text.
    automaton: OnceLock<AhoCorasick>,
}

impl Plain {
    /// Takes rules, each with its index in the rule set.
    pub(super) fn new(rules: impl IntoIterator<Item = (u32, &'static Rule)>) -> Plain {
        let mut plain = Plain::default();
        for (index, rule) in rules {
            if rule.keywords.is_empty() && matches!(rule.detector, Detector::Regex(_)) {
                plain.always.push(index);
            }
            plain.keywords.extend(rule.keywords);
            plain.rules.resize(plain.keywords.len(), index);
        }
        plain
    }

    /// Adds the hits in a text, in no particular order.
    pub(super) fn add_hits(&self, text: &[u8], hits: &mut Vec<Hit>) {
        hits.extend(self.always.iter().map(|rule| Hit::new(*rule, 0)));
        if self.keywords.is_empty() {
            return;
        }
        for m in self.automaton().find_overlapping_iter(text) {
            hits.push(Hit::new(self.rules[m.pattern().as_usize()], m.start()));
        }
    }

    fn automaton(&self) -> &AhoCorasick {
        self.automaton.get_or_init(|| {
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::Standard)
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .build(&self.keywords)
                .expect("internal: the keywords of checked rules make an automaton")
        })
    }
}

impl Prefilter for Plain {
    fn hits(&self, text: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.add_hits(text, &mut hits);
        hits.sort_unstable();
        hits
    }
}
