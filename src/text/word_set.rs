//! Sets of words: finds whether a text contains one of them, ignoring case, in one pass.

use super::short::begins;
use std::cell::Cell;
use std::ops::Range;

/// Words in lower case, each of two bytes or more.
#[derive(Debug)]
pub struct WordSet {
    words: &'static [&'static [u8]],
    /// Bytes of which one must follow a word; empty means any.
    next: &'static [u8],
    /// One bit for each word, by the [`pair`] of its first two bytes.
    starts: [u64; PAIRS],
    /// Length of the longest word, including the byte that must follow it.
    longest: usize,
}

const PAIRS: usize = 1024;

/// Two bytes as a number, ignoring the case of letters.
const fn pair(a: u8, b: u8) -> usize {
    (a as usize & 31) << 5 | b as usize & 31
}

impl WordSet {
    /// A set of words, 64 at most.
    pub const fn new(words: &'static [&'static [u8]]) -> WordSet {
        WordSet::followed_by(words, b"")
    }

    /// A set of words that count only if one of these bytes follows.
    pub const fn followed_by(words: &'static [&'static [u8]], next: &'static [u8]) -> WordSet {
        let mut set = WordSet { words, next, starts: [0; PAIRS], longest: 0 };
        let more = if next.is_empty() { 0 } else { 1 };
        let mut i = 0;
        while i < words.len() {
            set.starts[pair(words[i][0], words[i][1])] |= 1 << i;
            if set.longest < words[i].len() + more {
                set.longest = words[i].len() + more;
            }
            i += 1;
        }
        set
    }

    /// Returns whether the text contains a word.
    pub fn is_in(&self, text: &[u8]) -> bool {
        self.find(text).is_some()
    }

    /// The first word in the text, the shortest one at that place, with the byte that must follow it.
    pub fn find(&self, text: &[u8]) -> Option<Range<usize>> {
        let starts = |two: &[u8]| self.starts[pair(two[0], two[1])] != 0;
        let places = text.windows(2).enumerate().filter(|(_, two)| starts(two));
        places.map(|(at, _)| at).find_map(|at| Some(at..at + self.length(&text[at..])?))
    }

    /// The words in the text, in order and apart.
    pub fn find_iter<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = Range<usize>> + use<'_, 't> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let word = self.find(&text[from..])?;
            let word = from + word.start..from + word.end;
            from = word.end;
            Some(word)
        })
    }

    /// The length of the shortest word at the start of the text, including the byte that must follow it.
    fn length(&self, text: &[u8]) -> Option<usize> {
        let is_next = |at: usize| text.get(at).is_some_and(|b| self.next.contains(b));
        let mut bits = self.starts[pair(*text.first()?, *text.get(1)?)];
        let with_start = std::iter::from_fn(|| {
            let word = self.words.get(bits.trailing_zeros() as usize)?;
            bits &= bits - 1;
            Some(*word)
        });
        let words = with_start.filter(|word| begins(text, word)).map(<[u8]>::len);
        if self.next.is_empty() {
            return words.min();
        }
        words.filter(|length| is_next(*length)).map(|length| length + 1).min()
    }
}

/// A search for a set of words in stretches of one text. The result for one stretch is kept for the next, so that
/// overlapping stretches in order cost no more than one pass over all of them.
#[derive(Debug)]
pub struct Lookout {
    set: &'static WordSet,
    known: Cell<Known>,
}

/// What is known about a text.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    /// No word starts in this stretch.
    from: usize,
    to: usize,
    /// The end of the word that starts at `to`, if there is one.
    end: Option<usize>,
}

impl Lookout {
    /// Searches for these words.
    pub fn new(set: &'static WordSet) -> Lookout {
        Lookout { set, known: Cell::default() }
    }

    /// Returns whether `stretch` of the text contains a word; the text must be the same at every call.
    pub fn is_in(&self, text: &[u8], stretch: Range<usize>) -> bool {
        let Range { start, end } = stretch;
        let mut known = self.known.get();
        if start < known.from || start > known.to {
            known = Known { from: start, to: start, end: None };
        }
        if known.end.is_none() && known.to < end {
            match self.set.find(&text[known.to..end]) {
                Some(word) => (known.end, known.to) = (Some(known.to + word.end), known.to + word.start),
                // A word may start before the end and continue after it.
                None => known.to = known.to.max((end + 1).saturating_sub(self.set.longest)),
            }
        }
        self.known.set(known);
        let Some(word_end) = known.end.filter(|_| known.to < end) else { return false };
        // A shorter word may start inside of one that continues after the end.
        word_end <= end || self.set.is_in(&text[known.to + 1..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    static SETS: [WordSet; 2] = [
        WordSet::new(&[b"abcab", b"ca", b"test(", b"-a"]),
        WordSet::followed_by(&[b"abc", b"bca", b"caab"], b"=\" "),
    ];

    /// Searches for each word individually.
    fn plain(set: &WordSet, text: &[u8]) -> bool {
        let lower = text.to_ascii_lowercase();
        set.words.iter().any(|w| {
            memchr::memmem::find_iter(&lower, w)
                .any(|i| set.next.is_empty() || lower.get(i + w.len()).is_some_and(|b| set.next.contains(b)))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn a_word_is_found_as_by_a_look_for_each(
            text in prop::collection::vec(prop::sample::select(b"abcABC=\" -test(\xff\x00".to_vec()), 0..60),
            stretches in prop::collection::vec((0usize..60, 0usize..30), 0..20),
            in_order: bool,
        ) {
            for set in &SETS {
                prop_assert_eq!(set.is_in(&text), plain(set, &text));
                let lookout = Lookout::new(set);
                let mut stretches = stretches.clone();
                if in_order {
                    stretches.sort_unstable();
                }
                for (start, length) in stretches {
                    let stretch = start.min(text.len())..(start + length).min(text.len());
                    prop_assert_eq!(lookout.is_in(&text, stretch.clone()), plain(set, &text[stretch]));
                }
            }
        }
    }
}
