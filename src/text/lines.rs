//! Which lines of a text are new: a line diff over bytes, blind to attributes and drivers.

use imara_diff::{Algorithm, Diff, InternedInput};
use std::ops::Range;

/// The added lines of a text against its former version or versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddedLines {
    /// Every line is new.
    All,
    /// These are new: ranges of line numbers counted from 1, ordered, end exclusive.
    Only(Vec<Range<u32>>),
}

impl AddedLines {
    /// The lines of `new` that a line diff adds to `old`. Both are decoded texts.
    pub fn between(old: &[u8], new: &[u8]) -> AddedLines {
        let input = InternedInput::new(old, new);
        let mut diff = Diff::compute(Algorithm::Histogram, &input);
        diff.postprocess_lines(&input);
        AddedLines::Only(
            diff.hunks().map(|h| h.after.start + 1..h.after.end + 1).filter(|r| !r.is_empty()).collect(),
        )
    }

    /// The lines that are new against both.
    pub fn and(self, other: AddedLines) -> AddedLines {
        match (self, other) {
            (AddedLines::All, x) | (x, AddedLines::All) => x,
            (AddedLines::Only(a), AddedLines::Only(b)) => AddedLines::Only(
                a.iter()
                    .flat_map(|x| b.iter().map(move |y| x.start.max(y.start)..x.end.min(y.end)))
                    .filter(|r| !r.is_empty())
                    .collect(),
            ),
        }
    }

    /// Is one of the lines `first..=last` new?
    pub fn touches(&self, first: u32, last: u32) -> bool {
        match self {
            AddedLines::All => true,
            AddedLines::Only(ranges) => ranges.iter().any(|r| r.start <= last && first < r.end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_added_and_changed_lines_are_new() {
        let old = b"a\nb\nc\n";
        let new = b"a\nB\nc\nd";
        assert_eq!(AddedLines::between(old, new), AddedLines::Only(vec![2..3, 4..5]));
        assert_eq!(AddedLines::between(old, b"a\nc\n"), AddedLines::Only(vec![]));
    }

    #[test]
    fn a_line_is_new_in_a_merge_only_when_no_parent_has_it() {
        let ours = AddedLines::between(b"x\n", b"x\ntheirs\nnew\n");
        let theirs = AddedLines::between(b"theirs\n", b"x\ntheirs\nnew\n");
        let AddedLines::Only(new) = ours.and(theirs) else { unreachable!() };
        assert!(new.iter().eq([&(3..4)]));
    }
}
