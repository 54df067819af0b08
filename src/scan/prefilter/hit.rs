//! The result of a prefilter: places of keywords.

use std::fmt::Debug;

/// Finds the keywords of a rule set in a text, ignoring case.
pub(in crate::scan) trait Prefilter: Debug + Send + Sync {
    /// Adds every keyword hit, in no order.
    fn add_hits(&self, text: &[u8], hits: &mut Vec<Hit>);

    /// Rules without a keyword: the start of every text is a hit.
    fn always(&self) -> &[u32];

    /// Returns whether every keyword lies within a line.
    fn is_by_line(&self) -> bool;

    /// Every hit, ordered by rule, then place.
    fn hits(&self, text: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.add_hits(text, &mut hits);
        self.complete(hits)
    }

    /// All hits of a text, in their order, of its keyword hits.
    fn complete(&self, mut hits: Vec<Hit>) -> Vec<Hit> {
        hits.extend(self.always().iter().map(|rule| Hit::new(*rule, 0)));
        sort(&mut hits);
        hits
    }
}

/// Most hits that are sorted with a copy; more would take many megabytes.
const COPIED: usize = 1 << 20;

/// Sorts by rule, then place. Hits come nearly in order of place: grouped by rule, most are sorted.
fn sort(hits: &mut Vec<Hit>) {
    let rules = hits.iter().map(|h| h.rule() + 1).max().unwrap_or(0);
    if hits.len() < rules || hits.len() > COPIED {
        hits.sort_unstable();
        return;
    }
    let mut next = vec![0; rules + 1];
    hits.iter().for_each(|h| next[h.rule() + 1] += 1);
    (1..next.len()).for_each(|rule| next[rule] += next[rule - 1]);
    let mut sorted = vec![Hit::new(0, 0); hits.len()];
    for hit in hits.iter() {
        let place = &mut next[hit.rule()];
        sorted[*place] = *hit;
        *place += 1;
    }
    sorted.chunk_by_mut(|a, b| a.rule() == b.rule()).for_each(<[Hit]>::sort_unstable);
    *hits = sorted;
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
