//! Which lines of a text are new: a line diff over bytes, blind to attributes and drivers.
//!
//! The end of a line is no part of it: a file turned from LF to CRLF, or one that got its last newline, has no new
//! line for that.

use imara_diff::{Algorithm, Diff, InternedInput, TokenSource};
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
        let input = InternedInput::new(Lines(old), Lines(new));
        let mut diff = Diff::compute(Algorithm::Histogram, &input);
        diff.postprocess_lines(&input);
        AddedLines::Only(
            diff.hunks().map(|h| h.after.start + 1..h.after.end + 1).filter(|r| !r.is_empty()).collect(),
        )
    }

    /// How many bytes of `text` stand on added lines, their ends left out.
    pub fn bytes(&self, text: &[u8]) -> usize {
        let lines = Lines(text).tokenize().zip(1..);
        lines.filter(|(_, n)| self.touches(*n, *n)).map(|(line, _)| line.len()).sum()
    }

    /// The lines that are new against both.
    pub fn and(self, other: AddedLines) -> AddedLines {
        match (self, other) {
            (AddedLines::All, x) | (x, AddedLines::All) => x,
            (AddedLines::Only(a), AddedLines::Only(b)) => AddedLines::Only(both(&a, &b)),
        }
    }

    /// Is one of the lines `first..=last` new?
    pub fn touches(&self, first: u32, last: u32) -> bool {
        match self {
            AddedLines::All => true,
            AddedLines::Only(ranges) => {
                ranges.get(ranges.partition_point(|r| r.end <= first)).is_some_and(|r| r.start <= last)
            }
        }
    }
}

/// What is in ranges of both lists; each list is in order, and no two of its ranges overlap.
fn both(a: &[Range<u32>], b: &[Range<u32>]) -> Vec<Range<u32>> {
    let (mut i, mut j) = (0, 0);
    let mut out = Vec::new();
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        let range = x.start.max(y.start)..x.end.min(y.end);
        if !range.is_empty() {
            out.push(range);
        }
        if x.end <= y.end {
            i += 1;
        } else {
            j += 1;
        }
    }
    out
}

/// The lines of a text without their ends.
#[derive(Clone, Copy)]
struct Lines<'a>(&'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let (line, rest) = match memchr::memchr(b'\n', self.0) {
            Some(at) => (&self.0[..at], &self.0[at + 1..]),
            None => (self.0, &[][..]),
        };
        self.0 = rest;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

impl<'a> TokenSource for Lines<'a> {
    type Token = &'a [u8];
    type Tokenizer = Lines<'a>;

    fn tokenize(&self) -> Lines<'a> {
        *self
    }

    /// A guess, for the first allocation.
    fn estimate_tokens(&self) -> u32 {
        (self.0.len() / 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Ranges in order, from gaps and lengths.
    fn ranges(steps: Vec<(u32, u32)>) -> Vec<Range<u32>> {
        let next = |end: &mut u32, (gap, length): (u32, u32)| {
            let start = *end + gap;
            *end = start + length;
            Some(start..*end)
        };
        steps.into_iter().scan(1, next).collect()
    }

    proptest! {
        #[test]
        fn lines_of_both_and_lines_touched_are_those_of_a_look_at_every_range(
            a in prop::collection::vec((0u32..4, 1u32..4), 0..8),
            b in prop::collection::vec((0u32..4, 1u32..4), 0..8),
            first in 0u32..30,
            more in 0u32..4,
        ) {
            let (a, b) = (ranges(a), ranges(b));
            let pairs = a.iter().flat_map(|x| b.iter().map(move |y| x.start.max(y.start)..x.end.min(y.end)));
            let plain: Vec<_> = pairs.filter(|r| !r.is_empty()).collect();
            prop_assert_eq!(both(&a, &b), plain);
            let touched = a.iter().any(|r| r.start <= first + more && first < r.end);
            prop_assert_eq!(AddedLines::Only(a).touches(first, first + more), touched);
        }
    }

    #[test]
    fn only_added_and_changed_lines_are_new() {
        let old = b"a\nb\nc\n";
        let new = b"a\nB\nc\nd";
        assert_eq!(AddedLines::between(old, new), AddedLines::Only(vec![2..3, 4..5]));
        assert_eq!(AddedLines::between(old, b"a\nc\n"), AddedLines::Only(vec![]));
    }

    #[test]
    fn another_line_end_or_a_last_newline_makes_no_line_new() {
        assert_eq!(AddedLines::between(b"a\nb\n", b"a\r\nb\r\n"), AddedLines::Only(vec![]));
        let added = AddedLines::between(b"a\nb", b"a\nb\nccc\n");
        assert!(added.touches(3, 3) && !added.touches(1, 2));
        assert_eq!(added.bytes(b"a\nb\nccc\n"), 3);
    }

    #[test]
    fn a_line_is_new_in_a_merge_only_when_no_parent_has_it() {
        let ours = AddedLines::between(b"x\n", b"x\ntheirs\nnew\n");
        let theirs = AddedLines::between(b"theirs\n", b"x\ntheirs\nnew\n");
        let AddedLines::Only(new) = ours.and(theirs) else { unreachable!() };
        assert!(new.iter().eq([&(3..4)]));
    }
}
