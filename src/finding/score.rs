//! The weighted evidence for and against a value without a format, for `--explain-score`.

use crate::rules::Confidence;

/// The sum of the evidence about a generic candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Each piece of evidence with its weight, heaviest first; `bias`, the start of every sum, is included.
    pub terms: Vec<(&'static str, f32)>,
    /// The sum: the logarithm of the odds that the value is a secret.
    pub sum: f32,
    /// Least sum for medium confidence.
    pub medium_from: f32,
    /// What decides beside the sum, in words.
    pub basis: &'static str,
    /// The evidence that takes a step from what is sure otherwise: a lock file's path, a comment.
    pub capped_by: Option<&'static str>,
    /// The resulting confidence; `None` means that nothing is reported.
    pub confidence: Option<Confidence>,
}

impl Score {
    /// The probability that corresponds to the sum.
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
            basis: "",
            capped_by: None,
            confidence: None,
        };
        assert!((at(0.0).probability() - 0.5).abs() < 1e-6);
        assert!(at(2.2).probability() > 0.9 && at(-2.2).probability() < 0.1);
    }
}
