//! The prefilter: one pass over the text tells which rules may have something to say, and where.
//!
//! The catalogue's keywords have tables made at build time ([`crate::rules::keyword_table`]); a user's own rules get an
//! Aho-Corasick automaton, built when the first text comes.

use crate::rules::{self, Detector, Rule};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::sync::OnceLock;

/// All keywords of a rule set, any case.
#[derive(Debug)]
pub(super) struct Prefilter {
    /// For each rule of the catalogue its index here, or [`ABSENT`].
    catalogue: Vec<u32>,
    own: Own,
}

/// A rule of the catalogue that is not in the set.
const ABSENT: u32 = u32::MAX;

/// A keyword in the text, ordered by rule, then place. In one word, for hits are many and are to be sorted: the rule's
/// index in the upper 24 bits, the place in the lower 40.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit(u64);

impl Hit {
    const AT: u32 = 40;

    pub(super) fn new(rule: u32, at: usize) -> Hit {
        Hit(u64::from(rule) << Hit::AT | at as u64)
    }

    /// Index of the rule.
    pub(super) fn rule(self) -> usize {
        (self.0 >> Hit::AT) as usize
    }

    /// First byte of the keyword.
    pub(super) fn at(self) -> usize {
        (self.0 & ((1 << Hit::AT) - 1)) as usize
    }
}

impl std::fmt::Debug for Hit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "rule {} at {}", self.rule(), self.at())
    }
}

impl Prefilter {
    pub(super) fn new(rules: &[&'static Rule]) -> Prefilter {
        let mut catalogue = vec![ABSENT; rules::catalogue_len()];
        let mut own = Own::default();
        for (i, rule) in (0..).zip(rules) {
            match rules::catalogue_index(rule) {
                Some(place) => catalogue[place] = i,
                None => own.add(rule, i),
            }
        }
        Prefilter { catalogue, own }
    }

    /// Every keyword hit, ordered by rule, then place.
    pub(super) fn hits(&self, text: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        let table = rules::catalogue_keywords();
        table.scan(text, |keyword, at| {
            for rule in table.rules_of(keyword) {
                let rule = self.catalogue[usize::from(*rule)];
                if rule != ABSENT {
                    hits.push(Hit::new(rule, at));
                }
            }
        });
        self.own.hits(text, &mut hits);
        hits.sort_unstable();
        hits
    }
}

/// The keywords of rules that are not in the catalogue.
#[derive(Debug, Default)]
struct Own {
    keywords: Vec<&'static str>,
    /// For each keyword its rule.
    rules: Vec<u32>,
    /// Rules without a keyword: each text is a hit.
    always: Vec<u32>,
    automaton: OnceLock<AhoCorasick>,
}

impl Own {
    fn add(&mut self, rule: &Rule, index: u32) {
        if rule.keywords.is_empty() && matches!(rule.detector, Detector::Regex(_)) {
            self.always.push(index);
        }
        self.keywords.extend(rule.keywords);
        self.rules.resize(self.keywords.len(), index);
    }

    fn hits(&self, text: &[u8], hits: &mut Vec<Hit>) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{RuleSet, keyword_table};
    use crate::test_support::tries;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// What the plain matcher finds: (keyword, place), sorted.
    fn plain(keywords: &[&str], text: &[u8]) -> Vec<(String, usize)> {
        let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(keywords).unwrap();
        let mut out: Vec<_> = automaton
            .find_overlapping_iter(text)
            .map(|m| (keywords[m.pattern().as_usize()].to_owned(), m.start()))
            .collect();
        out.sort();
        out
    }

    /// Pieces of keywords, in any case, with noise between: what makes a table stumble.
    fn texts(keywords: Vec<String>) -> impl Strategy<Value = Vec<u8>> {
        let piece = (prop::sample::select(keywords), 0..12usize, 0..12usize, any::<u32>()).prop_map(
            |(k, skip, take, case)| -> Vec<u8> {
                let turn = |(i, b): (usize, u8)| {
                    if case >> (i % 32) & 1 == 1 { b.to_ascii_uppercase() } else { b }
                };
                let cut: Vec<u8> = k.bytes().enumerate().map(turn).collect();
                // Often whole, sometimes a part.
                if case % 3 == 0 { cut.into_iter().skip(skip % 4).take(take).collect() } else { cut }
            },
        );
        let noise = prop::collection::vec(any::<u8>(), 0..6);
        prop::collection::vec(prop_oneof![3 => piece, 1 => noise], 0..12).prop_map(|parts| parts.concat())
    }

    fn keywords() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec("[a-c_\\-0-9.]{3,5}|[ -@\\[-~]{3,24}", 1..40).prop_map(|mut k| {
            k.sort();
            k.dedup();
            k
        })
    }

    /// The plain matcher over the whole catalogue, and the rule of each of its patterns.
    static CATALOGUE: LazyLock<(AhoCorasick, Vec<u32>)> = LazyLock::new(|| {
        let rules = RuleSet::builtin();
        let pairs = || (0..).zip(rules.iter()).flat_map(|(i, r)| r.keywords.iter().map(move |k| (i, *k)));
        let keywords = pairs().map(|(_, k)| k);
        let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(keywords).unwrap();
        (automaton, pairs().map(|(i, _)| i).collect())
    });

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(tries(300)))]

        #[test]
        fn the_table_finds_what_the_plain_matcher_finds(
            (keywords, text) in keywords().prop_flat_map(|k| (Just(k.clone()), texts(k)))
        ) {
            let pairs: Vec<(&str, u16)> = keywords.iter().map(|k| (k.as_str(), 0)).collect();
            let table = keyword_table::build(&pairs);
            let mut found = Vec::new();
            table.scan(&text, |k, at| found.push((table.keyword(k).to_owned(), at)));
            found.sort();
            let keywords: Vec<&str> = keywords.iter().map(String::as_str).collect();
            prop_assert_eq!(found, plain(&keywords, &text));
        }

        #[test]
        fn the_catalogues_table_and_own_rules_find_what_the_plain_matcher_finds(
            text in texts(RuleSet::builtin().iter().flat_map(|r| r.keywords).map(|k| (*k).to_owned()).collect())
        ) {
            let (automaton, owners) = &*CATALOGUE;
            let mut want: Vec<Hit> = automaton
                .find_overlapping_iter(&text)
                .map(|m| Hit::new(owners[m.pattern().as_usize()], m.start()))
                .collect();
            want.sort_unstable();
            prop_assert_eq!(Prefilter::new(RuleSet::builtin().as_slice()).hits(&text), want);
        }
    }

    #[test]
    fn a_keyword_at_either_end_of_a_short_text_is_found() {
        let table = keyword_table::build(&[("pk_", 0), ("token", 1)]);
        for text in ["pk_", "PK_", "xpk_", "token", "toKEN=", "sometoken", "aaaaaaaaaaapk_"] {
            let mut found = 0;
            table.scan(text.as_bytes(), |_, _| found += 1);
            assert_eq!(found, 1, "{text}");
        }
        table.scan(b"pk", |_, _| panic!("too short for any"));
    }

    #[test]
    fn rules_left_out_have_no_hits_and_own_rules_have() {
        let mut rules = RuleSet::builtin();
        rules.retain(|r| r.id == "klaviyo-private-api-key");
        let own = "schema = 1\n[provider]\nid = \"own\"\nname = \"Own\"\n[[rule]]\nid = \"own\"\nname = \"Own\"\n\
                   kind = \"token\"\nseverity = \"low\"\nconfidence = \"low\"\nkeywords = [\"zzq\", \"pass\"]\n\
                   regex = '''(?P<secret>zzq)'''\nexamples = [\"zzq\"]\nnegative_examples = [\"zz\"]\n";
        rules.add_toml(own).unwrap();
        let hits = Prefilter::new(rules.as_slice()).hits(b"pass pk_ ZZQ");
        assert_eq!(hits, [Hit::new(0, 5), Hit::new(1, 0), Hit::new(1, 9)]);
    }
}
