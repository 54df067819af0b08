//! zlib streams in a file, inflated piece by piece.

use super::file::read_at;
use flate2::{Decompress, FlushDecompress, Status};
use std::fs::File;

/// So much of a file is read at a time.
const PIECE: usize = 16 << 10;
/// What zlib makes of a byte at the most.
const RATIO: u64 = 1032;
/// A larger object is left to libgit2.
pub(super) const LARGEST: u64 = 1 << 31;

/// A decompressor and a buffer, used again for every stream.
pub(super) struct Inflater {
    zlib: Decompress,
    buffer: Vec<u8>,
}

/// Where a stream begins: the bytes of the buffer from `start` to `end` are in it, the next stand at `next` of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stream {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) next: u64,
}

impl Inflater {
    pub(super) fn new() -> Inflater {
        Inflater { zlib: Decompress::new(true), buffer: vec![0; PIECE] }
    }

    /// Reads so many bytes, or what there is, into the buffer.
    pub(super) fn load(&mut self, file: &File, at: u64, size: usize) -> Option<&[u8]> {
        let size = read_at(file, at, &mut self.buffer[..size.min(PIECE)]).ok()?;
        Some(&self.buffer[..size])
    }

    /// Reads the first bytes of a stream into `out`; returns their count, and whether that is all.
    pub(super) fn start(
        &mut self,
        file: &File,
        stream: &mut Stream,
        out: &mut [u8],
    ) -> Option<(usize, bool)> {
        self.zlib.reset(true);
        self.more(file, stream, out)
    }

    /// The next bytes likewise.
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
                (stream.start, stream.end) = (0, read_at(file, stream.next, &mut self.buffer).ok()?);
                stream.next += stream.end as u64;
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

    /// A whole stream of just this size; `left` is what the file has from its beginning on.
    pub(super) fn whole(&mut self, file: &File, mut stream: Stream, size: u64, left: u64) -> Option<Vec<u8>> {
        let mut out = buffer(size, left)?;
        let mut done = self.start(file, &mut stream, &mut out)?;
        self.finish(file, &mut stream, &mut done).then_some(())?;
        (done.0 == out.len()).then_some(out)
    }

    /// Comes to the end of a stream of which all bytes were given: its sum is checked there.
    pub(super) fn finish(&mut self, file: &File, stream: &mut Stream, done: &mut (usize, bool)) -> bool {
        if !done.1 {
            // A byte of room, so that one too many shows.
            match self.more(file, stream, &mut [0]) {
                Some((0, true)) => done.1 = true,
                _ => return false,
            }
        }
        true
    }
}

/// Room for so many bytes, if so few as `left` can make them.
pub(super) fn buffer(size: u64, left: u64) -> Option<Vec<u8>> {
    (size <= LARGEST && size <= left.saturating_mul(RATIO)).then(|| vec![0; size as usize])
}
