//! What two versions of a text share: the stretches that one took over from the other.

use std::ops::Range;

/// A stretch of bytes that one text took over from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Where it starts in the text that it was taken from.
    pub from: usize,
    /// Where it is in the other one.
    pub to: Range<usize>,
}

/// A former version of a text.
#[derive(Debug, Clone, Copy)]
pub struct Former<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What the text took over from it, in the text's order.
    pub copies: &'a [Copied],
}

/// The ranges of a text of `length` bytes that are not as in the former one, which has `former` bytes; in order. A range is
/// empty where something was taken out.
pub fn changed(copies: &[Copied], length: usize, former: usize) -> Vec<Range<usize>> {
    let mut out = Vec::with_capacity(copies.len() + 1);
    let (mut made, mut next) = (0, 0);
    for copied in copies {
        if copied.to.start > made || copied.from != next {
            out.push(made..copied.to.start);
        }
        (made, next) = (copied.to.end, copied.from + copied.to.len());
    }
    if made < length || next != former {
        out.push(made..length.max(made));
    }
    out
}

/// The ranges of the former text that were not taken over, or `None` if something was moved.
pub fn removed(copies: &[Copied], former: usize) -> Option<Vec<Range<usize>>> {
    let mut out = Vec::new();
    let mut next = 0;
    for copied in copies {
        (copied.from >= next).then_some(())?;
        out.push(next..copied.from);
        next = copied.from + copied.to.len();
    }
    out.push(next..former.max(next));
    Some(out)
}

/// Where a range of the former text is now, if it was taken over with this many bytes on either side.
pub fn kept(copies: &[Copied], range: &Range<usize>, around: usize) -> Option<Range<usize>> {
    let is_in = |copied: &&Copied| {
        copied.from + around <= range.start && range.end + around <= copied.from + copied.to.len()
    };
    let copied = copies.iter().find(is_in)?;
    let at = |from: usize| copied.to.start + from - copied.from;
    Some(at(range.start)..at(range.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copied(from: usize, to: Range<usize>) -> Copied {
        Copied { from, to }
    }

    fn ends(ranges: Vec<Range<usize>>) -> Vec<(usize, usize)> {
        ranges.into_iter().map(|r| (r.start, r.end)).collect()
    }

    #[test]
    fn what_changed_is_what_was_not_taken_over_and_where_something_was_taken_out() {
        let changed = |copies: &[Copied], length, former| ends(changed(copies, length, former));
        assert_eq!(changed(&[copied(0, 0..9)], 9, 9), []);
        assert_eq!(changed(&[], 4, 9), [(0, 4)]);
        assert_eq!(changed(&[copied(0, 0..3), copied(5, 3..7)], 7, 9), [(3, 3)]);
        assert_eq!(changed(&[copied(2, 4..6), copied(4, 8..10)], 12, 6), [(0, 4), (6, 8), (10, 12)]);
        assert_eq!(changed(&[copied(0, 0..6)], 6, 9), [(6, 6)]);
        assert_eq!(changed(&[copied(3, 0..6)], 6, 9), [(0, 0)]);
        // The same stretch twice.
        assert_eq!(changed(&[copied(0, 0..3), copied(0, 3..6)], 6, 3), [(3, 3)]);
    }

    #[test]
    fn what_was_taken_over_is_where_its_stretch_is() {
        let copies = [copied(0, 0..10), copied(20, 12..42)];
        assert_eq!(kept(&copies, &(25..30), 5), Some(17..22));
        assert_eq!(kept(&copies, &(24..30), 5), None);
        assert_eq!(kept(&copies, &(44..46), 5), None);
        assert_eq!(kept(&copies, &(12..14), 0), None);
    }

    #[test]
    fn what_was_taken_out_is_known_unless_something_moved() {
        let removed = |copies: &[Copied], former| removed(copies, former).map(ends);
        assert_eq!(removed(&[copied(0, 0..3), copied(5, 3..7)], 9), Some(vec![(0, 0), (3, 5), (9, 9)]));
        assert_eq!(removed(&[], 4), Some(vec![(0, 4)]));
        assert_eq!(removed(&[copied(4, 0..3), copied(0, 3..7)], 9), None);
    }
}
