//! The fast prefilter: the catalogue's keywords are in tables made at build time ([`crate::rules::keyword_table`]).
//! Rules that are not in the catalogue are left to the plain prefilter.

use super::hit::{Hit, Prefilter};
use super::plain::Plain;
use crate::rules::{self, Rule};

/// A rule of the catalogue that is not in the set.
const ABSENT: u32 = u32::MAX;

/// All keywords of a rule set.
#[derive(Debug)]
pub(super) struct Fast {
    /// For each rule of the catalogue its index in the set, or [`ABSENT`].
    catalogue: Vec<u32>,
    /// The rules that are not in the tables.
    others: Plain,
}

impl Fast {
    pub(super) fn new(rules: &[&'static Rule]) -> Fast {
        let mut catalogue = vec![ABSENT; rules::catalogue_len()];
        let mut others = Vec::new();
        for (index, rule) in (0..).zip(rules.iter().copied()) {
            match rules::catalogue_index(rule) {
                Some(place) => catalogue[place] = index,
                None => others.push((index, rule)),
            }
        }
        Fast { catalogue, others: Plain::new(others) }
    }
}

impl Prefilter for Fast {
    fn hits(&self, text: &[u8]) -> Vec<Hit> {
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
        self.others.add_hits(text, &mut hits);
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
