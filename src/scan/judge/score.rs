//! The weights of the evidence, and what their sum means.

use crate::finding::{Confidence, Score};
use std::sync::OnceLock;

const TABLE: &str = include_str!("weights.txt");

/// The weight of one piece of evidence; 0 when the table has none.
pub(super) fn weight(code: &str) -> f32 {
    static WEIGHTS: OnceLock<Vec<(&'static str, f32)>> = OnceLock::new();
    let table = WEIGHTS.get_or_init(|| {
        let mut all: Vec<_> = TABLE
            .lines()
            .filter(|l| !l.starts_with('#'))
            .filter_map(|l| {
                let mut parts = l.split_ascii_whitespace();
                Some((parts.next()?, parts.next()?.parse().ok()?))
            })
            .collect();
        all.sort_by(|a, b| a.0.cmp(b.0));
        all
    });
    table.binary_search_by(|e| e.0.cmp(code)).map_or(0.0, |i| table[i].1)
}

/// The sum of the weights and the table's `bias`: the logarithm of the odds that the value is a secret.
pub(super) fn sum(codes: &[&'static str]) -> f32 {
    codes.iter().map(|c| weight(c)).sum::<f32>() + weight("bias")
}

/// What a sum is worth; `None` is not worth saying. In tests, documentation and examples nothing is sure, nor in a
/// comment, a docstring or the default of a variable.
pub(super) fn confidence(sum: f32, codes: &[&'static str]) -> Option<Confidence> {
    match sum {
        s if s >= weight("at-high") && cap(codes).is_none() => Some(Confidence::High),
        s if s >= weight("at-medium") => Some(Confidence::Medium),
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
    let (sum, high_from) = (sum(codes), weight("at-high"));
    Score {
        terms,
        sum,
        medium_from: weight("at-medium"),
        high_from,
        capped_by: cap(codes).filter(|_| sum >= high_from),
        confidence: confidence(sum, codes),
    }
}
