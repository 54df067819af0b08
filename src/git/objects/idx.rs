//! A pack's index, version 2: the offset of each object in the pack.
//!
//! Ids are sorted and evenly distributed, so an id's position can be predicted: one page nearly always contains it.

use super::file::fill;
use sha1::{Digest, Sha1};
use std::fs::File;
use std::path::Path;
use std::sync::OnceLock;

/// An object id in a pack.
pub(super) type Id = [u8; WIDTH];

const WIDTH: usize = 20;
const MAGIC: [u8; 8] = [0xff, b't', b'O', b'c', 0, 0, 0, 2];
/// Where the ids start: after the header and the counts.
const IDS: u64 = 8 + 256 * 4;
/// Bytes of the largest index that is kept in memory: two million objects.
const KEPT: usize = 56 << 20;
/// Ids read at a time.
const PAGE: u32 = 128;
/// Ids that are looked at first in memory: most are among so many.
const NEAR: u32 = 32;
const MISFIT: &str = "the size of its index does not fit its counts";

/// Bytes of an index of version 2 for each object: its id, a checksum and a short offset.
const EACH: u64 = WIDTH as u64 + 4 + 4;
/// Bytes of an index of version 1 for each object: a short offset and its id.
const EACH_V1: u64 = WIDTH as u64 + 4;
/// Bytes of the checksums at the end: the pack's and the index's own.
const SUMS: u64 = 2 * WIDTH as u64;

/// An open index.
pub(super) struct Idx {
    file: File,
    /// For each first byte, the number of objects with that or a smaller first byte.
    counts: Vec<u32>,
    /// Number of offsets that do not fit in four bytes.
    long: u64,
    /// Ids, checksums and short offsets as the file has them, if they are kept.
    table: OnceLock<Option<Vec<u8>>>,
    /// The checksum at the end of the pack that belongs to this index.
    pub(super) pack_sum: Id,
}

/// Why a pack is not read here.
#[derive(Debug)]
pub(super) enum Unread {
    /// The pack does not exist: git ignores such an index too.
    Gone,
    /// A form that only git reads.
    Unsupported,
    /// It contradicts itself: what is wrong.
    Damaged(&'static str),
}

impl Idx {
    /// Opens an index. The parts must fit its size: readers that trust the counts read past the end of a
    /// truncated file.
    pub(super) fn open(path: &Path) -> Result<Idx, Unread> {
        use Unread::Damaged;
        let file = File::open(path).map_err(|_| Damaged("its index cannot be opened"))?;
        let size = file.metadata().map_err(|_| Damaged("its index cannot be read"))?.len();
        let mut head = [0; IDS as usize];
        let is_v2 = fill(&file, 0, &mut head[..4]).is_some() && head[..4] == MAGIC[..4];
        let head = &mut head[..if is_v2 { IDS as usize } else { IDS as usize - MAGIC.len() }];
        fill(&file, 0, head).ok_or(Damaged("its index ends too early"))?;
        if is_v2 && head[..MAGIC.len()] != MAGIC {
            return Err(Unread::Unsupported);
        }
        let (counts, _) = head[if is_v2 { MAGIC.len() } else { 0 }..].as_chunks::<4>();
        let counts: Vec<u32> = counts.iter().map(|c| u32::from_be_bytes(*c)).collect();
        if !counts.is_sorted() {
            return Err(Damaged("the counts of its index do not rise"));
        }
        let objects = counts.last().copied().map_or(0, u64::from);
        if !is_v2 {
            let fits = size == head.len() as u64 + objects * EACH_V1 + SUMS;
            return Err(if fits { Unread::Unsupported } else { Damaged(MISFIT) });
        }
        let rest = size.checked_sub(IDS + objects * EACH + SUMS).ok_or(Damaged(MISFIT))?;
        let long = rest / 8;
        if rest % 8 != 0 || long > objects {
            return Err(Damaged(MISFIT));
        }
        let mut pack_sum = [0; WIDTH];
        fill(&file, size - SUMS, &mut pack_sum).ok_or(Damaged("its index cannot be read"))?;
        Ok(Idx { file, counts, long, table: OnceLock::new(), pack_sum })
    }

    /// The number of objects.
    pub(super) fn len(&self) -> u64 {
        self.counts.last().copied().unwrap_or(0).into()
    }

    /// Keeps ids and offsets in memory, so that a lookup reads nothing of the file. A very large index is not kept.
    pub(super) fn keep(&self) {
        self.table.get_or_init(|| {
            let size = usize::try_from(self.len() * EACH).ok().filter(|size| *size <= KEPT)?;
            let mut table = vec![0; size];
            fill(&self.file, IDS, &mut table)?;
            Some(table)
        });
    }

    /// Bytes behind the header, from the table, or from the file by way of `room`.
    fn part<'a>(&'a self, at: u64, size: usize, room: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        if let Some(Some(table)) = self.table.get() {
            let at = usize::try_from(at).ok()?;
            return table.get(at..at + size);
        }
        room.resize(size, 0);
        fill(&self.file, IDS + at, room)?;
        Some(room)
    }

    /// Returns whether its own checksum is right. Reads the whole file.
    pub(super) fn is_whole(&self) -> bool {
        let mut hash = Sha1::new();
        let mut piece = vec![0; 64 << 10];
        let end = IDS + self.len() * EACH + self.long * 8 + SUMS - WIDTH as u64;
        let mut at = 0;
        while at < end {
            let size = piece.len().min(usize::try_from(end - at).unwrap_or(piece.len()));
            if fill(&self.file, at, &mut piece[..size]).is_none() {
                return false;
            }
            hash.update(&piece[..size]);
            at += size as u64;
        }
        let mut sum = [0; WIDTH];
        fill(&self.file, end, &mut sum).is_some() && hash.finalize()[..] == sum
    }

    /// The offset of an object in the pack.
    pub(super) fn find(&self, id: &Id) -> Option<u64> {
        let first = usize::from(id[0]);
        let mut low = if first == 0 { 0 } else { self.counts[first - 1] };
        let mut high = self.counts[first];
        let share = u64::from(u32::from_be_bytes([id[1], id[2], id[3], id[4]]));
        let mut guess = low + ((u64::from(high - low) * share) >> 32) as u32;
        let mut page = if matches!(self.table.get(), Some(Some(_))) { NEAR } else { PAGE };
        let mut room = Vec::new();
        while low < high {
            let from = guess.saturating_sub(page / 2).clamp(low, high - 1);
            let to = from.saturating_add(page).min(high);
            let size = (to - from) as usize * WIDTH;
            let ids = self.part(u64::from(from) * WIDTH as u64, size, &mut room)?;
            let (ids, _) = ids.as_chunks::<WIDTH>();
            match ids.binary_search_by(|other| head(other).cmp(&head(id)).then_with(|| other.cmp(id))) {
                Ok(i) => return self.offset(from + i as u32),
                Err(0) => high = from,
                Err(i) if i == ids.len() => low = to,
                Err(_) => return None,
            }
            guess = if page == PAGE { low + (high - low) / 2 } else { guess };
            page = PAGE;
        }
        None
    }

    fn offset(&self, place: u32) -> Option<u64> {
        // After the ids: a checksum of four bytes each.
        let offsets = self.len() * (WIDTH as u64 + 4);
        let mut room = Vec::new();
        let short = self.part(offsets + u64::from(place) * 4, 4, &mut room)?;
        let short = u32::from_be_bytes(short.try_into().ok()?);
        if short >> 31 == 0 {
            return Some(short.into());
        }
        // Offsets from two gigabytes on are in a table of their own.
        let mut long = [0; 8];
        let place = u64::from(short & (u32::MAX >> 1));
        (place < self.long).then_some(())?;
        fill(&self.file, IDS + offsets + self.len() * 4 + place * 8, &mut long)?;
        Some(u64::from_be_bytes(long))
    }
}

/// The first bytes of an id as a number: most ids differ in them.
fn head(id: &Id) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *id;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}
