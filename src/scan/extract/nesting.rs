//! Looks that begin inside each other: how deep they may be nested.
//!
//! In `mysql mysql mysql ...` each word is a program whose command holds all words that follow, in `a=b=c=...` each value
//! all values that follow. Were each of them read to its end, a text would cost its length times the longest look. So
//! only the outermost are.

/// So many looks may hold one place.
const DEEP: usize = 8;

/// The looks around a place.
#[derive(Debug, Default)]
pub(in crate::scan) struct Nesting {
    /// Where the longest of them end.
    ends: [usize; DEEP],
}

impl Nesting {
    /// Returns whether `at`, where a look would begin, is inside of as many others as may be.
    pub(super) fn is_deep(&self, at: usize) -> bool {
        self.ends.iter().all(|end| *end > at)
    }

    /// Adds a look by where it ends. Looks are added in the order in which they begin.
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
        fn a_place_is_deep_where_eight_looks_hold_it(steps in prop::collection::vec((0usize..3, 1usize..20), 0..60)) {
            let mut nesting = Nesting::default();
            let mut all: Vec<std::ops::Range<usize>> = Vec::new();
            let mut at = 0;
            for (step, length) in steps {
                at += step;
                let holding = all.iter().filter(|look| look.contains(&at)).count();
                prop_assert_eq!(nesting.is_deep(at), holding >= DEEP);
                nesting.add(at + length);
                all.push(at..at + length);
            }
        }
    }
}
