//! Why a value without a format is believed to be a secret, or not: the weighted evidence, for `--explain-score`.

use crate::rules::Confidence;

/// The evidence of the judgement, added up.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Each piece with its weight, heaviest first; `bias`, where every sum starts, is one of them.
    pub terms: Vec<(&'static str, f32)>,
    /// The sum: the logarithm of the odds that the value is a secret.
    pub sum: f32,
    /// A sum from here on is worth telling.
    pub medium_from: f32,
    /// A sum from here on is sure, where nothing caps it.
    pub high_from: f32,
    /// The piece that keeps a high sum from being sure: a test's path, a comment.
    pub capped_by: Option<&'static str>,
    /// What comes of it; `None` is silence.
    pub confidence: Option<Confidence>,
}

impl Score {
    /// The probability that the sum stands for.
    pub fn probability(&self) -> f32 {
        1.0 / (1.0 + (-self.sum).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_nothing_is_even_odds_and_a_higher_one_is_likelier() {
        let at = |sum| Score {
            terms: Vec::new(),
            sum,
            medium_from: 0.0,
            high_from: 1.0,
            capped_by: None,
            confidence: None,
        };
        assert!((at(0.0).probability() - 0.5).abs() < 1e-6);
        assert!(at(2.2).probability() > 0.9 && at(-2.2).probability() < 0.1);
    }
}
