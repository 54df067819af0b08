//! The result of a prefilter: places of keywords.

use std::fmt::Debug;

/// Finds the keywords of a rule set in a text, ignoring case.
pub(in crate::scan) trait Prefilter: Debug + Send + Sync {
    /// Every keyword hit, ordered by rule, then place.
    fn hits(&self, text: &[u8]) -> Vec<Hit>;
}

/// A keyword in the text, ordered by rule, then place. One word, because there are many hits to sort: the rule's
/// index in the upper 24 bits, the place in the lower 40.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::scan) struct Hit(u64);

impl Hit {
    const AT: u32 = 40;

    pub(in crate::scan) fn new(rule: u32, at: usize) -> Hit {
        Hit(u64::from(rule) << Hit::AT | at as u64)
    }

    /// Index of the rule.
    pub(in crate::scan) fn rule(self) -> usize {
        (self.0 >> Hit::AT) as usize
    }

    /// First byte of the keyword.
    pub(in crate::scan) fn at(self) -> usize {
        (self.0 & ((1 << Hit::AT) - 1)) as usize
    }
}

impl Debug for Hit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "rule {} at {}", self.rule(), self.at())
    }
}
