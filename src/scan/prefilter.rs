//! The prefilter: one pass over the text tells which rules may have something to say, and where.

use crate::rules::Rule;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::sync::OnceLock;

/// All keywords of a rule set, any case.
#[derive(Debug)]
pub(super) struct Prefilter {
    keywords: Vec<&'static str>,
    /// For each keyword, the indices of its rules.
    rules: Vec<Vec<u32>>,
    automaton: OnceLock<AhoCorasick>,
}

/// A keyword in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    /// Index of the rule.
    pub(super) rule: u32,
    /// First byte of the keyword.
    pub(super) at: usize,
}

impl Prefilter {
    pub(super) fn new(rules: &[&'static Rule]) -> Prefilter {
        let mut pairs: Vec<(&'static str, u32)> = rules
            .iter()
            .enumerate()
            .flat_map(|(i, r)| r.keywords.iter().map(move |k| (*k, i as u32)))
            .collect();
        pairs.sort_unstable();
        let mut keywords: Vec<&'static str> = Vec::new();
        let mut lists: Vec<Vec<u32>> = Vec::new();
        for (k, rule) in pairs {
            if keywords.last() != Some(&k) {
                keywords.push(k);
                lists.push(Vec::new());
            }
            if let Some(list) = lists.last_mut() {
                list.push(rule);
            }
        }
        Prefilter { keywords, rules: lists, automaton: OnceLock::new() }
    }

    /// Every keyword hit, ordered by rule, then place.
    pub(super) fn hits(&self, text: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        for m in self.automaton().find_overlapping_iter(text) {
            for rule in &self.rules[m.pattern().as_usize()] {
                hits.push(Hit { rule: *rule, at: m.start() });
            }
        }
        hits.sort_unstable_by_key(|h| (h.rule, h.at));
        hits
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
