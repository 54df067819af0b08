//! The weights of the evidence, and what their sum means.

use crate::finding::{Confidence, Score};
use std::collections::BTreeMap;
use std::sync::OnceLock;

const TABLE: &str = include_str!("weights.txt");

/// The weights, by a hash of their codes.
#[derive(Debug)]
struct Weights {
    /// Codes and their weights; a code whose place is taken stands in the next that is free.
    slots: [Option<(&'static str, f32)>; SLOTS],
    bias: f32,
    at_medium: f32,
    at_high: f32,
    /// The most that the evidence can come to that [`is_hopeless`] does not wait for.
    to_come: f32,
}

/// Several times as many as there are codes.
const SLOTS: usize = 512;

fn weights() -> &'static Weights {
    static WEIGHTS: OnceLock<Weights> = OnceLock::new();
    WEIGHTS.get_or_init(|| Weights::parse(TABLE))
}

impl Weights {
    fn parse(table: &'static str) -> Weights {
        let mut all = Weights { slots: [None; SLOTS], bias: 0.0, at_medium: 0.0, at_high: 0.0, to_come: 0.0 };
        let mut best: BTreeMap<&str, f32> = BTreeMap::new();
        for line in table.lines().filter(|l| !l.starts_with('#')) {
            let mut parts = line.split_ascii_whitespace();
            let Some((code, weight)) = parts.next().zip(parts.next().and_then(|w| w.parse().ok())) else {
                continue;
            };
            let at = all.place(code);
            all.slots[at] = Some((code, weight));
            let most = best.entry(family(code)).or_default();
            *most = most.max(weight);
        }
        (all.bias, all.at_medium, all.at_high) = (all.of("bias"), all.of("at-medium"), all.of("at-high"));
        let later = best.iter().filter(|(family, _)| !FIRST.contains(family));
        all.to_come = later.map(|(_, most)| most).sum();
        all
    }

    /// The slot of a code, or the free one where it would stand.
    fn place(&self, code: &str) -> usize {
        // Most codes differ in their last bytes, or in length.
        let bytes = code.as_bytes();
        let tail = bytes.last_chunk().map_or_else(
            || bytes.iter().fold(0, |tail, b| tail << 8 | u64::from(*b)),
            |tail: &[u8; 8]| u64::from_le_bytes(*tail),
        );
        let hash = (tail ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut at = (hash >> 55) as usize % SLOTS;
        while self.slots[at].is_some_and(|(other, _)| other != code) {
            at = (at + 1) % SLOTS;
        }
        at
    }

    fn of(&self, code: &str) -> f32 {
        self.slots[self.place(code)].map_or(0.0, |(_, weight)| weight)
    }
}

/// The weight of one piece of evidence; 0 when the table has none.
fn weight(code: &str) -> f32 {
    weights().of(code)
}

/// The sum of the weights and the table's `bias`: the logarithm of the odds that the value is a secret.
pub(super) fn sum(codes: &[&'static str]) -> f32 {
    let weights = weights();
    codes.iter().map(|c| weights.of(c)).sum::<f32>() + weights.bias
}

/// Codes that begin alike exclude each other.
fn family(code: &str) -> &str {
    code.split('-').next().unwrap_or(code)
}

/// The families of evidence that are complete when [`is_hopeless`] is asked, and what is no evidence.
const FIRST: [&str; 13] = [
    "argument", "at", "bare", "bias", "chars", "form", "header", "in", "length", "letters", "name", "own",
    "short",
];

/// Is this, with the best that all other families could add, still not worth saying?
pub(super) fn is_hopeless(first: &[&'static str]) -> bool {
    let weights = weights();
    // Sums differ a little with the order of what is added.
    sum(first) + weights.to_come < weights.at_medium - 0.01
}

/// What a sum is worth; `None` is not worth saying. In tests, documentation and examples nothing is sure, nor in a
/// comment, a docstring or the default of a variable.
pub(super) fn confidence(sum: f32, codes: &[&'static str]) -> Option<Confidence> {
    match sum {
        s if s >= weights().at_high && cap(codes).is_none() => Some(Confidence::High),
        s if s >= weights().at_medium => Some(Confidence::Medium),
        _ => None,
    }
}

/// The piece that nothing beside it is sure.
fn cap(codes: &[&'static str]) -> Option<&'static str> {
    let soft =
        |c: &str| c.starts_with("path-") || matches!(c, "line-comment" | "in-docstring" | "in-default");
    codes.iter().copied().find(|c| soft(c))
}

/// The sum with all that made it.
pub(super) fn explained(codes: &[&'static str]) -> Score {
    let mut terms: Vec<_> = codes.iter().copied().chain(["bias"]).map(|c| (c, weight(c))).collect();
    terms.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let (sum, high_from) = (sum(codes), weights().at_high);
    Score {
        terms,
        sum,
        medium_from: weights().at_medium,
        high_from,
        capped_by: cap(codes).filter(|_| sum >= high_from),
        confidence: confidence(sum, codes),
    }
}
