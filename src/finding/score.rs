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

/// What a piece of evidence that takes a step says, in words; empty if it does not take one.
pub fn evidence_in_words(code: &str) -> &'static str {
    match code {
        "path-test" => "stands in a test",
        "path-docs" => "stands in documentation",
        "path-example" => "stands in a sample",
        "path-recorded" => "stands in a recording of requests",
        "path-ci" => "stands in the configuration of a CI system",
        "path-lock" => "stands in a lock file",
        "path-generated" => "stands in a generated file",
        "path-vendored" => "stands in code of others",
        "path-translation" => "stands in a translation",
        "line-comment" => "stands in a comment",
        "line-example" => "the line calls it an example or a default",
        "line-test" => "the line is part of a test",
        "line-listed" => "stands in a list of ids",
        "in-docstring" => "stands in a docstring",
        "in-default" => "the default of a variable",
        "in-docs" | "in-code" => "an argument that a text shows",
        "url-local" => "for the local machine",
        "name-of" => "the name is that of something else",
        "value-is-name" | "value-of-name" | "value-names-kind" => "the value has words of its name",
        "value-repeats" => "the value repeats its neighbour",
        "after-joined" => "joined to other text",
        "via-lookup" => "the key of a lookup",
        "shape-brackets" | "shape-dotted" | "shape-path" => "the form of code or of a path",
        _ => "",
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
