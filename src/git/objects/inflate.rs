//! Inflates zlib streams from a file, piece by piece.

use super::parts::{Key, PIECE, Parts, Place};
use flate2::{Decompress, FlushDecompress, Status};
use std::fs::File;

/// Bytes of the largest stream that is inflated into a buffer which is used again.
pub(super) const SMALL: u64 = 16 << 10;
/// Bytes of room behind what a stream has: without, zlib takes its slow way for the last 260 bytes, which are all of a
/// commit or of most deltas.
const ROOM: usize = 512;
/// Most bytes that zlib can make of one byte.
const RATIO: u64 = 1032;
/// Bytes from which an object is left to libgit2.
pub(super) const LARGEST: u64 = 1 << 31;

/// A decompressor and what it reads, reused for every stream.
pub(super) struct Inflater {
    zlib: Decompress,
    pub(super) parts: Parts,
    /// Takes what a small stream has, before it is copied.
    room: Vec<u8>,
}

/// A stream's position: these bytes belong to it, the following ones are at `next` in the file.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    pub(super) file: Key,
    pub(super) place: Place,
    pub(super) next: u64,
}

impl Inflater {
    pub(super) fn new() -> Inflater {
        Inflater::with(Parts::new())
    }

    /// For reading most objects of a repository.
    pub(super) fn for_all() -> Inflater {
        Inflater::with(Parts::for_all())
    }

    fn with(parts: Parts) -> Inflater {
        Inflater { zlib: Decompress::new(true), parts, room: Vec::new() }
    }

    /// Reads the first bytes of a stream into `out`; returns their number, and whether that is all.
    pub(super) fn start(
        &mut self,
        file: &File,
        stream: &mut Stream,
        out: &mut [u8],
    ) -> Option<(usize, bool)> {
        self.zlib.reset(true);
        self.more(file, stream, out)
    }

    /// Reads the following bytes likewise.
    pub(super) fn more(&mut self, file: &File, stream: &mut Stream, out: &mut [u8]) -> Option<(usize, bool)> {
        let mut done = 0;
        loop {
            let (taken, given) = (self.zlib.total_in(), self.zlib.total_out());
            let input = self.parts.bytes(&stream.place);
            let status = self.zlib.decompress(input, &mut out[done..], FlushDecompress::None).ok()?;
            let (taken, given) = (self.zlib.total_in() - taken, self.zlib.total_out() - given);
            stream.place.1.start += taken as usize;
            done += given as usize;
            if status == Status::StreamEnd {
                return Some((done, true));
            }
            if stream.place.1.is_empty() {
                stream.place = self.parts.load(file, stream.file, stream.next, PIECE)?;
                if stream.place.1.is_empty() {
                    return None;
                }
                stream.next += stream.place.1.len() as u64;
            } else if done == out.len() {
                return Some((done, false));
            } else if taken == 0 && given == 0 {
                return None;
            }
        }
    }

    /// Reads a whole stream of exactly this size; `left` is the number of bytes in the file from its start on.
    pub(super) fn whole(&mut self, file: &File, mut stream: Stream, size: u64, left: u64) -> Option<Vec<u8>> {
        is_possible(size, left).then_some(())?;
        let length = size as usize;
        if size > SMALL {
            let mut out = vec![0; length + ROOM];
            let is_whole = self.start(file, &mut stream, &mut out)? == (length, true);
            out.truncate(length);
            return is_whole.then_some(out);
        }
        let mut room = std::mem::take(&mut self.room);
        room.resize(SMALL as usize + ROOM, 0);
        let done = self.start(file, &mut stream, &mut room);
        let out = (done == Some((length, true))).then(|| room[..length].to_vec());
        self.room = room;
        out
    }

    /// Reads to the end of a stream whose bytes were all returned, which verifies its checksum.
    pub(super) fn finish(&mut self, file: &File, stream: &mut Stream, done: &mut (usize, bool)) -> bool {
        if !done.1 {
            // One more byte of room, so that a byte too many is detected.
            match self.more(file, stream, &mut [0]) {
                Some((0, true)) => done.1 = true,
                _ => return false,
            }
        }
        true
    }
}

/// A buffer of this size, if `left` compressed bytes can yield that many.
pub(super) fn buffer(size: u64, left: u64) -> Option<Vec<u8>> {
    is_possible(size, left).then(|| vec![0; size as usize])
}

/// Returns whether `left` compressed bytes can yield this many.
fn is_possible(size: u64, left: u64) -> bool {
    size <= LARGEST && size <= left.saturating_mul(RATIO)
}
