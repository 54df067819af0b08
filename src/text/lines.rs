//! Which lines of a text are new: a line diff over bytes that ignores attributes and drivers.
//!
//! The line ending is not part of a line. Converting a file from LF to CRLF or adding the last newline makes
//! no line new.

use imara_diff::{Algorithm, Diff, InternedInput, TokenSource};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

/// Bytes from which a text's lines are counted instead of compared in order.
const LARGE: usize = 1 << 20;

/// The lines of a text that its former versions lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddedLines {
    /// Every line is new.
    All,
    /// Only these lines are new: ranges of line numbers counted from 1, ordered, end exclusive.
    Only(Vec<Range<u32>>),
}

impl AddedLines {
    /// The lines of `new` that a line diff adds to `old`. Both are decoded texts.
    ///
    /// A diff of large texts with repeated lines takes quadratic time. For them a line counts as added if `new`
    /// has it more often than `old`, wherever it is.
    pub fn between(old: &[u8], new: &[u8]) -> AddedLines {
        if old.len().max(new.len()) <= LARGE {
            return AddedLines::by_diff(old, new);
        }
        let start = common_lines(old, new);
        let (old, rest) = (&old[start..], &new[start..]);
        let below = memchr::memchr_iter(b'\n', &new[..start]).count() as u32;
        let added = match old.len().max(rest.len()) {
            small if small <= LARGE => AddedLines::by_diff(old, rest),
            _ => AddedLines::by_count(old, rest),
        };
        match added {
            AddedLines::All => AddedLines::All,
            AddedLines::Only(all) => {
                AddedLines::Only(all.into_iter().map(|r| r.start + below..r.end + below).collect())
            }
        }
    }

    fn by_count(old: &[u8], new: &[u8]) -> AddedLines {
        // A random key: nobody can construct two lines with the same hash.
        let hasher = RandomState::new();
        let mut more: HashMap<u64, i64> = HashMap::new();
        Lines(new).for_each(|line| *more.entry(hasher.hash_one(line)).or_default() += 1);
        for line in Lines(old) {
            more.entry(hasher.hash_one(line)).and_modify(|n| *n -= 1);
        }
        let mut added: Vec<Range<u32>> = Vec::new();
        for (line, number) in Lines(new).zip(1..) {
            if more.get(&hasher.hash_one(line)).is_none_or(|n| *n <= 0) {
                continue;
            }
            match added.last_mut() {
                Some(last) if last.end == number => last.end += 1,
                _ => added.push(number..number + 1),
            }
        }
        AddedLines::Only(added)
    }

    fn by_diff(old: &[u8], new: &[u8]) -> AddedLines {
        let input = InternedInput::new(Lines(old), Lines(new));
        let mut diff = Diff::compute(Algorithm::Histogram, &input);
        diff.postprocess_lines(&input);
        AddedLines::Only(
            diff.hunks().map(|h| h.after.start + 1..h.after.end + 1).filter(|r| !r.is_empty()).collect(),
        )
    }

    /// The number of bytes of `text` on added lines, without line endings.
    pub fn bytes(&self, text: &[u8]) -> usize {
        let lines = Lines(text).tokenize().zip(1..);
        lines.filter(|(_, n)| self.touches(*n, *n)).map(|(line, _)| line.len()).sum()
    }

    /// The lines that are new against both former versions.
    pub fn and(self, other: AddedLines) -> AddedLines {
        match (self, other) {
            (AddedLines::All, x) | (x, AddedLines::All) => x,
            (AddedLines::Only(a), AddedLines::Only(b)) => AddedLines::Only(both(&a, &b)),
        }
    }

    /// Returns whether one of the lines `first..=last` is new.
    pub fn touches(&self, first: u32, last: u32) -> bool {
        match self {
            AddedLines::All => true,
            AddedLines::Only(ranges) => {
                ranges.get(ranges.partition_point(|r| r.end <= first)).is_some_and(|r| r.start <= last)
            }
        }
    }
}

/// Bytes of the common first lines of both texts.
fn common_lines(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 4096;
    let same = a.chunks(STEP).zip(b.chunks(STEP)).take_while(|(x, y)| x == y).count() * STEP;
    let same = same.min(a.len()).min(b.len());
    let same = same + a[same..].iter().zip(&b[same..]).take_while(|(x, y)| x == y).count();
    memchr::memrchr(b'\n', &a[..same]).map_or(0, |i| i + 1)
}

/// The intersection of two lists of ordered, non-overlapping ranges.
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

    /// An estimate for the first allocation.
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
    fn of_a_large_text_the_lines_are_new_that_there_are_more_of() {
        let filler = "the same line over and over again\n".repeat(40_000);
        let old = format!("first\n{filler}moved\ntwice\n{filler}");
        assert!(old.len() > 2 * LARGE);
        let only = |new: &str| AddedLines::between(old.as_bytes(), new.as_bytes());
        let none = || AddedLines::Only(Vec::new());
        assert_eq!(only(&old), none());
        assert_eq!(only(&old.replace('\n', "\r\n")), none());
        let at = |line: u32| AddedLines::Only(std::iter::once(line..line + 1).collect());
        assert_eq!(only(&format!("{old}key\n")), at(80_004));
        assert_eq!(only(&old.replacen("first\n", "first\nkey\n", 1)), at(2));
        assert_eq!(only(&old.replacen("moved", "key", 1)), at(40_002));
        // Many changes throughout, which take a diff very long.
        let lines: Vec<&str> = old.lines().collect();
        let changed: Vec<String> = lines
            .iter()
            .enumerate()
            .map(|(i, l)| if i % 1000 == 7 { format!("key {i}") } else { (*l).to_owned() })
            .collect();
        let AddedLines::Only(ranges) = only(&changed.join("\n")) else { panic!("all are new") };
        assert_eq!(ranges.len(), 80);
        assert!(ranges.iter().enumerate().all(|(i, r)| *r == (i as u32 * 1000 + 8..i as u32 * 1000 + 9)));
        // A copy is new, and so is its original: too much is reported, never too little.
        let AddedLines::Only(ranges) = only(&format!("twice\n{old}")) else { panic!("all are new") };
        assert_eq!(ranges, [1..2, 40_004..40_005]);
    }

    proptest! {
        #[test]
        fn what_a_diff_calls_new_is_new_by_count_unless_it_was_there_before(
            old in prop::collection::vec("[abc]", 0..30),
            new in prop::collection::vec("[abcd]", 0..30),
        ) {
            let (a, b) = (old.join("\n"), new.join("\n"));
            let AddedLines::Only(counted) = AddedLines::by_count(a.as_bytes(), b.as_bytes()) else { unreachable!() };
            let counted = AddedLines::Only(counted);
            for (line, number) in new.iter().zip(1..) {
                let times = |all: &[String]| all.iter().filter(|l| *l == line).count();
                prop_assert_eq!(counted.touches(number, number), times(&new) > times(&old), "{}", number);
            }
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
