//! Compares the two prefilters on made-up texts.

use super::{Hit, of};
use crate::reader::ReaderKind;
use crate::rules::{RuleSet, keyword_table};
use crate::test_support::tries;
use aho_corasick::AhoCorasick;
use proptest::prelude::*;

/// The matches of the plain prefilter: (keyword, place), sorted.
fn plain(keywords: &[&str], text: &[u8]) -> Vec<(String, usize)> {
    let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(keywords).unwrap();
    let mut out: Vec<_> = automaton
        .find_overlapping_iter(text)
        .map(|m| (keywords[m.pattern().as_usize()].to_owned(), m.start()))
        .collect();
    out.sort();
    out
}

/// Pieces of keywords, in any case, with other characters between, to provoke errors of the table.
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
    fn the_fast_prefilter_finds_what_the_plain_one_finds_whatever_rules_there_are(
        text in texts(keywords_of(&with_own_rules())),
        left_out in prop::collection::hash_set(0..1000usize, 0..40),
    ) {
        let mut rules = with_own_rules();
        let ids: Vec<_> = rules.iter().map(|r| r.id).collect();
        rules.retain(|r| !ids.iter().position(|id| *id == r.id).is_some_and(|i| left_out.contains(&i)));
        let hits = |kind| of(rules.as_slice(), kind).hits(&text);
        prop_assert_eq!(hits(ReaderKind::Fast), hits(ReaderKind::Plain));
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

const OWN: &str = "schema = 1\n[provider]\nid = \"own\"\nname = \"Own\"\n[[rule]]\nid = \"own\"\nname = \"Own\"\n\
    kind = \"token\"\nseverity = \"low\"\nconfidence = \"low\"\nkeywords = [\"zzq\", \"pass\"]\n\
    regex = '''(?P<secret>zzq)'''\nexamples = [\"zzq\"]\nnegative_examples = [\"zz\"]\n";

fn with_own_rules() -> RuleSet {
    let mut rules = RuleSet::builtin();
    rules.add_toml(OWN).unwrap();
    rules
}

fn keywords_of(rules: &RuleSet) -> Vec<String> {
    rules.iter().flat_map(|r| r.keywords).map(|k| (*k).to_owned()).collect()
}

#[test]
fn rules_left_out_have_no_hits_and_own_rules_have() {
    let mut rules = with_own_rules();
    rules.retain(|r| ["klaviyo-private-api-key", "own"].contains(&r.id));
    for kind in [ReaderKind::Plain, ReaderKind::Fast] {
        let hits = of(rules.as_slice(), kind).hits(b"pass pk_ ZZQ");
        assert_eq!(hits, [Hit::new(0, 5), Hit::new(1, 0), Hit::new(1, 9)]);
    }
}
