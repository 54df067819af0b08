//! The input of context rules.

use crate::scan::detect::generic::Surroundings;
use crate::scan::scope::TextInfo;
use std::cell::OnceCell;
use std::ops::Range;

/// A text for context rules.
pub(in crate::scan) struct ContextInput<'a> {
    pub(in crate::scan) text: &'a [u8],
    pub(in crate::scan) scope: &'a TextInfo<'a>,
    pub(in crate::scan) place: &'a Surroundings<'a>,
    /// Finds the places of `Basic`, in order.
    pub(in crate::scan) find_basic: &'a dyn Fn() -> Vec<usize>,
    /// Its result, once it was called.
    pub(in crate::scan) basic: OnceCell<Vec<usize>>,
}

impl ContextInput<'_> {
    /// Returns whether the base64 of a `Basic` header here may contain a rule's value.
    pub(super) fn is_basic(&self, window: &Range<usize>) -> bool {
        let all = self.basic.get_or_init(self.find_basic);
        let first = all.partition_point(|at| *at < window.start);
        all.get(first).is_some_and(|at| *at < window.end)
    }
}
