//! Limits how deeply searches may be nested.
//!
//! In `mysql mysql mysql ...` each word is a program whose command contains all following words, in `a=b=c=...`
//! each value contains all following values. If each were read to its end, a text would cost its length times the
//! longest search. So only the outermost ones are.

/// Most calls and commands around one place.
pub(super) const NESTED: usize = 8;
/// Most values around one place: `a=b=c=d=value`. Evidence is collected about each of them.
pub(super) const VALUES: usize = 4;

/// The searches around a place, `DEEP` at most.
#[derive(Debug)]
pub(in crate::scan) struct Nesting<const DEEP: usize> {
    /// The ends of the longest ones.
    ends: [usize; DEEP],
}

impl<const DEEP: usize> Default for Nesting<DEEP> {
    fn default() -> Self {
        Nesting { ends: [0; DEEP] }
    }
}

impl<const DEEP: usize> Nesting<DEEP> {
    /// Returns whether `at`, where a search would start, is already inside of the maximum number.
    pub(super) fn is_deep(&self, at: usize) -> bool {
        self.ends.iter().all(|end| *end > at)
    }

    /// Adds a search by its end. Searches are added in the order of their starts.
    pub(super) fn add(&mut self, end: usize) {
        if let Some(first) = self.ends.iter_mut().min()
            && *first < end
        {
            *first = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_place_is_deep_where_the_most_searches_contain_it(steps in prop::collection::vec((0usize..3, 1usize..20), 0..60)) {
            let mut nesting = Nesting::<NESTED>::default();
            let mut all: Vec<std::ops::Range<usize>> = Vec::new();
            let mut at = 0;
            for (step, length) in steps {
                at += step;
                let holding = all.iter().filter(|look| look.contains(&at)).count();
                prop_assert_eq!(nesting.is_deep(at), holding >= NESTED);
                nesting.add(at + length);
                all.push(at..at + length);
            }
        }
    }
}
