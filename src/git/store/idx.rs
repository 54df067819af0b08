//! A pack's index, version 2: where an object stands in the pack.
//!
//! Ids are sorted and spread evenly, so the place of one is foretold: one read of a page has it nearly always.

use super::file::fill;
use std::fs::File;
use std::path::Path;

/// An object id in a pack.
pub(super) type Id = [u8; WIDTH];

const WIDTH: usize = 20;
const MAGIC: [u8; 8] = [0xff, b't', b'O', b'c', 0, 0, 0, 2];
/// Where the ids begin: after the head and the counts.
const IDS: u64 = 8 + 256 * 4;
/// So many ids are read at a time.
const PAGE: u32 = 128;

/// An open index.
pub(super) struct Idx {
    file: File,
    /// How many objects have a first byte of at most this.
    counts: Vec<u32>,
}

impl Idx {
    /// Opens an index; `None` for one that is not read here.
    pub(super) fn open(path: &Path) -> Option<Idx> {
        let file = File::open(path).ok()?;
        let mut head = [0; IDS as usize];
        fill(&file, 0, &mut head)?;
        let counts = head.strip_prefix(&MAGIC)?.chunks_exact(4);
        let counts: Vec<u32> = counts.map(|c| c.iter().fold(0, |n, b| (n << 8) | u32::from(*b))).collect();
        counts.is_sorted().then_some(Idx { file, counts })
    }

    fn len(&self) -> u64 {
        self.counts.last().copied().unwrap_or(0).into()
    }

    /// Where an object begins in the pack.
    pub(super) fn find(&self, id: &Id) -> Option<u64> {
        let first = usize::from(id[0]);
        let mut low = if first == 0 { 0 } else { self.counts[first - 1] };
        let mut high = self.counts[first];
        let share = u64::from(u32::from_be_bytes([id[1], id[2], id[3], id[4]]));
        let mut guess = low + ((u64::from(high - low) * share) >> 32) as u32;
        let mut page = [0; PAGE as usize * WIDTH];
        while low < high {
            let from = guess.saturating_sub(PAGE / 2).max(low);
            let to = from.saturating_add(PAGE).min(high);
            let ids = &mut page[..(to - from) as usize * WIDTH];
            fill(&self.file, IDS + u64::from(from) * WIDTH as u64, ids)?;
            let (ids, _) = ids.as_chunks::<WIDTH>();
            match ids.binary_search(id) {
                Ok(i) => return self.offset(from + i as u32),
                Err(0) => high = from,
                Err(i) if i == ids.len() => low = to,
                Err(_) => return None,
            }
            guess = low + (high - low) / 2;
        }
        None
    }

    fn offset(&self, place: u32) -> Option<u64> {
        // After the ids, a checksum of four bytes for each.
        let offsets = IDS + self.len() * (WIDTH as u64 + 4);
        let mut short = [0; 4];
        fill(&self.file, offsets + u64::from(place) * 4, &mut short)?;
        let short = u32::from_be_bytes(short);
        if short >> 31 == 0 {
            return Some(short.into());
        }
        // Beyond two gigabytes it stands in a table of its own.
        let mut long = [0; 8];
        let place = u64::from(short & (u32::MAX >> 1));
        fill(&self.file, offsets + self.len() * 4 + place * 8, &mut long)?;
        Some(u64::from_be_bytes(long))
    }
}
