//! Inflates zlib streams from a file, piece by piece.

use super::file::read_at;
use flate2::{Decompress, FlushDecompress, Status};
use std::fs::File;
use std::ops::Range;

/// Bytes of a file that are read at a time.
const PIECE: usize = 16 << 10;
/// Bytes that are read at a time where objects are read in the order in which they are packed.
const AHEAD: usize = 128 << 10;
/// Bytes of the largest stream that is inflated into a buffer which is used again.
pub(super) const SMALL: u64 = 16 << 10;
/// Bytes of room behind what a stream has: without, zlib takes its slow way for the last 260 bytes, which are all of a
/// commit or of most deltas.
const ROOM: usize = 512;
/// Most bytes that zlib can make of one byte.
const RATIO: u64 = 1032;
/// Bytes from which an object is left to libgit2.
pub(super) const LARGEST: u64 = 1 << 31;

/// A decompressor and a buffer, reused for every stream.
pub(super) struct Inflater {
    zlib: Decompress,
    buffer: Vec<u8>,
    /// Takes what a small stream has, before it is copied.
    room: Vec<u8>,
    /// What the buffer has, if that may be asked for again.
    window: Option<Window>,
    /// True while objects are read one behind the other.
    in_order: bool,
}

/// A part of a file.
#[derive(Debug, Clone, Copy)]
struct Window {
    file: Key,
    start: u64,
    length: usize,
}

/// Tells open files apart; 0 for one whose bytes are not asked for again.
pub(super) type Key = u64;

/// A stream's position: bytes `start` to `end` of the buffer belong to it, the following ones are at `next` in the
/// file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stream {
    pub(super) file: Key,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) next: u64,
}

impl Inflater {
    pub(super) fn new() -> Inflater {
        Inflater::with(PIECE)
    }

    /// For reading most objects of a repository.
    pub(super) fn for_all() -> Inflater {
        Inflater::with(AHEAD)
    }

    fn with(buffer: usize) -> Inflater {
        let (zlib, buffer) = (Decompress::new(true), vec![0; buffer]);
        Inflater { zlib, buffer, room: Vec::new(), window: None, in_order: false }
    }

    /// Reads `size` bytes, or up to the file's end, unless the buffer has them; returns the part of the buffer from them on.
    pub(super) fn load(&mut self, file: &File, key: Key, at: u64, size: usize) -> Option<Range<usize>> {
        self.in_order = false;
        if let Some(window) = self.window.filter(|w| w.file == key && at >= w.start) {
            let end = window.start + window.length as u64;
            if at + size as u64 <= end {
                return Some((at - window.start) as usize..window.length);
            }
            self.in_order = self.buffer.len() > PIECE && at <= end + AHEAD as u64;
        }
        let size = if self.in_order { self.buffer.len() } else { size.min(PIECE) };
        // A read that fails may have changed the buffer.
        self.window = None;
        let length = read_at(file, at, &mut self.buffer[..size]).ok()?;
        self.window = Some(Window { file: key, start: at, length });
        Some(0..length)
    }

    /// A part of the buffer.
    pub(super) fn bytes(&self, part: Range<usize>) -> &[u8] {
        &self.buffer[part]
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
            let input = &self.buffer[stream.start..stream.end];
            let status = self.zlib.decompress(input, &mut out[done..], FlushDecompress::None).ok()?;
            let (taken, given) = (self.zlib.total_in() - taken, self.zlib.total_out() - given);
            stream.start += taken as usize;
            done += given as usize;
            if status == Status::StreamEnd {
                return Some((done, true));
            }
            if stream.start == stream.end {
                let size = if self.in_order { self.buffer.len() } else { PIECE };
                self.window = None;
                let length = read_at(file, stream.next, &mut self.buffer[..size]).ok()?;
                let window = Window { file: stream.file, start: stream.next, length };
                self.window = (stream.file != 0).then_some(window);
                (stream.start, stream.end) = (0, length);
                stream.next += length as u64;
                if stream.end == 0 {
                    return None;
                }
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
