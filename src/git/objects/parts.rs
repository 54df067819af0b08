//! The parts of files that were read last.
//!
//! An object here and there is read with a few kilobytes from it on. Where most objects of a pack are read, each soon after the
//! one that it is a delta of, the next is near one of the last: whole blocks are read then, and some are kept.

use super::file::read_at;
use std::fs::File;
use std::ops::Range;

/// Most bytes that are read at a time for an object here and there.
pub(super) const PIECE: usize = 16 << 10;
/// Bytes of a block.
const BLOCK: u64 = 16 << 10;
/// Bytes of the next block that are read with one, so that an object's header is in one piece: more than any has.
const OVERLAP: usize = 64;
/// Blocks that are kept, each at the place that its number gives.
const BLOCKS: usize = 64;

/// Tells open files apart; 0 for one whose bytes are not asked for again.
pub(super) type Key = u64;

/// A part of a file.
#[derive(Default)]
struct Part {
    file: Key,
    at: u64,
    length: usize,
    bytes: Vec<u8>,
}

/// The parts that were read last, each with its number.
pub(super) struct Parts {
    all: Vec<Part>,
    in_blocks: bool,
}

/// Where bytes of a file are: the number of the part, and their range in it.
pub(super) type Place = (usize, Range<usize>);

impl Parts {
    /// For reading an object here and there.
    pub(super) fn new() -> Parts {
        Parts { all: vec![Part::default()], in_blocks: false }
    }

    /// For reading most objects of a repository.
    pub(super) fn for_all() -> Parts {
        let all = std::iter::repeat_with(Part::default).take(BLOCKS).collect();
        Parts { all, in_blocks: true }
    }

    /// Reads bytes of a file from `at` on: at least `size`, or up to the file's end.
    pub(super) fn load(&mut self, file: &File, key: Key, at: u64, size: usize) -> Option<Place> {
        let in_blocks = self.in_blocks && key != 0;
        let size = if in_blocks { size.min(OVERLAP) } else { size.min(PIECE) };
        let number = if in_blocks { (at / BLOCK + key) as usize % self.all.len() } else { 0 };
        let part = &mut self.all[number];
        let has = part.at <= at && at + size as u64 <= part.at + part.length as u64;
        if key != 0 && part.file == key && has {
            return Some((number, (at - part.at) as usize..part.length));
        }
        let (start, size) = if in_blocks { (at - at % BLOCK, BLOCK as usize + OVERLAP) } else { (at, size) };
        part.bytes.resize(part.bytes.len().max(size), 0);
        // A read that fails may have changed the bytes.
        part.file = 0;
        part.length = read_at(file, start, &mut part.bytes[..size]).ok()?;
        (part.file, part.at) = (key, start);
        Some((number, ((at - start) as usize).min(part.length)..part.length))
    }

    /// Bytes that were loaded last.
    pub(super) fn bytes(&self, (number, range): &Place) -> &[u8] {
        &self.all[*number].bytes[range.clone()]
    }
}
