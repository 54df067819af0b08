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
    fn add_hits(&self, text: &[u8], hits: &mut Vec<Hit>) {
        let table = rules::catalogue_keywords();
        table.scan(text, |keyword, at| {
            for rule in table.rules_of(keyword) {
                let rule = self.catalogue[usize::from(*rule)];
                if rule != ABSENT {
                    hits.push(Hit::new(rule, at));
                }
            }
        });
        self.others.add_hits(text, hits);
    }

    fn always(&self) -> &[u32] {
        self.others.always()
    }

    fn is_by_line(&self) -> bool {
        !rules::catalogue_keywords().text.contains('\n') && self.others.is_by_line()
    }
}
