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

    /// The hit in a text that has so many bytes more before it.
    pub(in crate::scan) fn shifted(self, by: usize) -> Hit {
        Hit(self.0 + by as u64)
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

/// Bytes between two hits that are kept in a run of one letter; every context of a hit reaches further.
const EVERY: usize = 64;

/// True if a keyword that is one letter several times stands in the middle of a longer run of that letter. Other hits of the
/// run are kept: its first, its last and some between, whose contexts together are those of all.
pub(super) fn is_in_run(text: &[u8], at: usize, length: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    let letter = text[before];
    !at.is_multiple_of(EVERY)
        && text.get(at..=at + length).is_some_and(|run| run.iter().all(|b| b.eq_ignore_ascii_case(&letter)))
}

#[cfg(test)]
mod tests {
    use super::{EVERY, is_in_run};

    #[test]
    fn of_a_run_of_one_letter_both_ends_and_some_hits_between_are_kept() {
        let text = format!("x{}y", "Aa".repeat(200));
        let kept: Vec<usize> = (1..=380).filter(|at| !is_in_run(text.as_bytes(), *at, 21)).collect();
        assert_eq!(kept, [1, 64, 128, 192, 256, 320, 380]);
        assert!(kept.windows(2).all(|two| two[1] - two[0] <= EVERY));
        // Other keywords and short runs keep all.
        assert!(!is_in_run(b"aab", 1, 2) && !is_in_run(b"aaa", 1, 2) && is_in_run(b"aaaa", 1, 2));
    }
}
