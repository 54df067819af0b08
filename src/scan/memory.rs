//! What lines hold, kept from text to text: versions of a file share most of their lines.
//!
//! A keyword lies within one line, and so does a run of encoded characters. A text is cut into pieces of whole lines;
//! what a piece holds is looked for once, and known when the same bytes come again, in whatever text. Pieces are
//! compared as bytes, so the answer is the one that looking at the whole text gives. Where a piece ends depends on its
//! own lines alone: after a change the pieces of two versions are soon the same again.
//!
//! Used for whole histories. One memory belongs to one thread.

use super::prefilter::Hit;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::ops::Range;

/// Bytes below which a text is looked at as it is.
pub(super) const SHORT: usize = 512;
/// Bytes of a piece from which a line may end it.
const LEAST: usize = 256;
/// Bytes from which every line ends it.
const MANY: usize = 2 << 10;
/// Bytes of the longest piece that is kept: one with a longer line is looked at each time.
const MOST: usize = 16 << 10;
/// Bytes kept, in two halves.
const KEPT: usize = 8 << 20;
/// Bytes that an entry takes beside its own.
const ENTRY: usize = 96;

/// What a text holds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Held {
    /// Places of keywords, in no order.
    pub(super) hits: Vec<Hit>,
    /// Runs of encoded characters, in order.
    pub(super) runs: Vec<Range<usize>>,
}

impl Held {
    fn add(&mut self, part: &Held, by: usize) {
        self.hits.extend(part.hits.iter().map(|hit| Hit::new(hit.rule() as u32, hit.at() + by)));
        self.runs.extend(part.runs.iter().map(|run| run.start + by..run.end + by));
    }

    fn bytes(&self) -> usize {
        size_of_val(&*self.hits) + size_of_val(&*self.runs)
    }
}

type Pieces = HashMap<Box<[u8]>, Held, RandomState>;

/// Pieces of texts that were seen lately. When the young half is full, it becomes the old half, and the old half is
/// dropped.
#[derive(Debug, Default)]
pub(super) struct Memory {
    young: Pieces,
    old: Pieces,
    bytes: usize,
}

impl Memory {
    /// What a text holds. `look` says it of some whole lines, of any number of them.
    pub(super) fn held(&mut self, text: &[u8], look: impl Fn(&[u8]) -> Held) -> Held {
        let mut out = Held::default();
        let mut unknown: Vec<Range<usize>> = Vec::new();
        let mut start = 0;
        while start < text.len() {
            let end = piece_end(text, start);
            let piece = &text[start..end];
            if let Some(held) = self.young.get(piece) {
                out.add(held, start);
            } else if let Some((bytes, held)) = self.old.remove_entry(piece) {
                out.add(&held, start);
                self.keep(bytes, held);
            } else {
                unknown.push(start..end);
            }
            start = end;
        }
        // Pieces in a row are looked at together.
        for row in unknown.chunk_by(|a, b| a.end == b.start) {
            self.learn(text, row, &mut out, &look);
        }
        out.runs.sort_unstable_by_key(|run| run.start);
        out
    }

    /// Looks at pieces in a row, and keeps what each holds.
    fn learn(&mut self, text: &[u8], row: &[Range<usize>], out: &mut Held, look: impl Fn(&[u8]) -> Held) {
        let from = row[0].start;
        let mut all = look(&text[from..row[row.len() - 1].end]);
        out.add(&all, from);
        all.hits.sort_unstable_by_key(|hit| hit.at());
        let (mut hits, mut runs) = (&*all.hits, &*all.runs);
        for piece in row {
            let end = piece.end - from;
            let (own_hits, other_hits) = hits.split_at(hits.partition_point(|hit| hit.at() < end));
            let (own_runs, other_runs) = runs.split_at(runs.partition_point(|run| run.start < end));
            (hits, runs) = (other_hits, other_runs);
            if piece.len() <= MOST {
                let by = piece.start - from;
                let held = Held {
                    hits: own_hits.iter().map(|hit| Hit::new(hit.rule() as u32, hit.at() - by)).collect(),
                    runs: own_runs.iter().map(|run| run.start - by..run.end - by).collect(),
                };
                self.keep(text[piece.clone()].into(), held);
            }
        }
    }

    fn keep(&mut self, piece: Box<[u8]>, held: Held) {
        let size = piece.len() + held.bytes() + ENTRY;
        if self.bytes + size > KEPT / 2 {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        if self.young.insert(piece, held).is_none() {
            self.bytes += size;
        }
    }
}

/// The end of the piece that starts at `start`.
fn piece_end(text: &[u8], start: usize) -> usize {
    let mut at = start + LEAST;
    while let Some(newline) = text.get(at..).and_then(|rest| memchr::memchr(b'\n', rest)).map(|i| at + i) {
        // One line in four, by its last bytes.
        let last: [u8; 4] = std::array::from_fn(|i| text[newline - 4 + i]);
        if u32::from_le_bytes(last).wrapping_mul(0x9e37_79b1) >> 30 == 0 || newline - start >= MANY {
            return newline + 1;
        }
        at = newline + 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Looks for a letter, and for runs of another one.
    fn look(text: &[u8]) -> Held {
        let hits = (0..text.len())
            .rev()
            .filter(|at| text[*at] == b'k')
            .map(|at| Hit::new(u32::from(text.get(at + 1) == Some(&b'k')), at));
        let mut runs: Vec<Range<usize>> = Vec::new();
        for at in (0..text.len()).filter(|at| text[*at] == b'r') {
            match runs.last_mut().filter(|run| run.end == at) {
                Some(run) => run.end += 1,
                None => runs.push(at..at + 1),
            }
        }
        Held { hits: hits.collect(), runs }
    }

    fn sorted(mut held: Held) -> Held {
        held.hits.sort_unstable();
        held
    }

    /// A line, and how often it stands there.
    fn lines() -> impl Strategy<Value = Vec<u8>> {
        let line = "[kr .a]{0,60}\n|k{0,4}r{0,30}\n|\n|[a-z]{0,8}\r\n";
        prop::collection::vec((line, 1usize..4), 0..60).prop_map(|lines| {
            lines.into_iter().map(|(line, times)| line.repeat(times)).collect::<String>().into_bytes()
        })
    }

    proptest! {
        #[test]
        fn what_is_remembered_is_what_is_there(
            first in lines(),
            edits in prop::collection::vec((any::<prop::sample::Index>(), lines(), 0usize..200), 0..8),
            cut in 0usize..3,
        ) {
            let mut memory = Memory::default();
            let mut text = first;
            for (at, new, removed) in edits {
                prop_assert_eq!(sorted(memory.held(&text, look)), sorted(look(&text)));
                let at = at.index(text.len() + 1);
                let end = text.len().min(at + removed);
                text.splice(at..end, new);
            }
            text.truncate(text.len().saturating_sub(cut));
            prop_assert_eq!(sorted(memory.held(&text, look)), sorted(look(&text)));
            prop_assert_eq!(sorted(memory.held(&text, look)), sorted(look(&text)));
        }
    }

    #[test]
    fn a_text_that_was_seen_is_not_looked_at_again_but_for_the_piece_that_changed() {
        let seen = std::cell::Cell::new(0);
        let count = |text: &[u8]| {
            seen.set(seen.get() + text.len());
            look(text)
        };
        let text: String = (0..4000).map(|i| format!("line {} is here\n", i * 7919 % 1009)).collect();
        let mut memory = Memory::default();
        memory.held(text.as_bytes(), count);
        assert!(seen.replace(0) >= text.len() / 2);
        memory.held(text.as_bytes(), count);
        assert_eq!(seen.get(), 0);
        let changed = format!("{}a new line\n{}", &text[..40_000], &text[40_000..]);
        memory.held(changed.as_bytes(), count);
        assert!(seen.get() > 0 && seen.get() < 4 * MANY, "{}", seen.get());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut memory = Memory::default();
        for i in 0..2000 {
            let text: String = (0..400).map(|line| format!("k{i} of {line} and r\n")).collect();
            memory.held(text.as_bytes(), look);
            let bytes = |pieces: &Pieces| {
                pieces.iter().map(|(piece, held)| piece.len() + held.bytes() + ENTRY).sum::<usize>()
            };
            assert!(i % 100 > 0 || bytes(&memory.young) <= KEPT / 2 && bytes(&memory.old) <= KEPT / 2);
        }
        // A line that is too long is looked at each time.
        let long = "k".repeat(MOST + 1);
        assert_eq!(
            sorted(memory.held(long.as_bytes(), |text| Held {
                hits: vec![Hit::new(0, text.len() - 1)],
                ..Held::default()
            }))
            .hits,
            [Hit::new(0, MOST)]
        );
        assert!(!memory.young.contains_key(long.as_bytes()));
    }
}
