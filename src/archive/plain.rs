//! A stream without its compression, whatever that is: for files that are too large to be in memory.

use super::Unread;
use super::budget::{Budget, Gate, Meter};
use super::stream::{Buffered, Codec, Input, Stream};
use super::tar::{self, Entry};
use crate::text::container::{self, Sort};
use std::io::{self, Read, Write};

/// A stream that was opened.
#[allow(missing_debug_implementations, reason = "holds a reader")]
pub struct Plain<'a, 'm> {
    meter: &'a Meter<'m>,
    content: &'a mut dyn Input,
}

/// Opens a stream of `size` bytes, compressed or not, and gives its content to `then`. What is unpacked is charged to
/// `budget`. It ends early when `stop` returns true.
pub fn unpack<T>(
    from: impl Read,
    size: u64,
    budget: &Budget,
    stop: &dyn Fn() -> bool,
    then: impl FnOnce(&mut Plain<'_, '_>) -> T,
) -> io::Result<T> {
    let meter = Meter::new(budget, size, stop);
    let meter = &meter;
    // One reader for all that may be opened: each kind would need decoders of its own.
    let mut from = from;
    let mut from = Buffered::new(&mut from as &mut dyn Read);
    match codec_of(from.peek(HEAD)?) {
        None => Ok(then(&mut Plain { meter, content: &mut Buffered::new(Gate::new(meter, from)) })),
        Some(codec) => {
            let content = &mut Buffered::new(Gate::new(meter, Stream::new(codec, from)));
            Ok(then(&mut Plain { meter, content }))
        }
    }
}

/// Returns whether a stream that begins so is compressed.
pub fn is_compressed(head: &[u8]) -> bool {
    codec_of(head).is_some()
}

fn codec_of(head: &[u8]) -> Option<Codec> {
    match container::of(head, b"").map(|c| c.sort) {
        Some(Sort::Archive(archive)) => Codec::of(archive),
        _ => None,
    }
}

/// Bytes that identify a format.
const HEAD: usize = 512;

impl Plain<'_, '_> {
    /// Returns whether it is a tar; an empty one is recognised by its zeros.
    ///
    /// # Errors
    /// If its beginning cannot be read.
    pub fn is_tar(&mut self) -> Result<bool, Unread> {
        let meter = self.meter;
        let head = self.content.peek(HEAD).map_err(|e| why(meter, &e))?;
        // A zip that a short tar holds would have its end in what lies behind.
        let head = &head[..head.len().min(HEAD)];
        let empty = head.len() == HEAD && head.iter().all(|b| *b == 0);
        let is = |c: container::Container| c.sort == Sort::Archive(container::Archive::Tar);
        Ok(empty || container::of(head, b"").is_some_and(is))
    }

    /// Gives each entry of a tar to `visit`.
    ///
    /// # Errors
    /// Why the rest was not read.
    pub fn entries(&mut self, visit: &mut dyn FnMut(Entry)) -> Result<(), Unread> {
        let meter = self.meter;
        tar::entries(meter, &mut self.content, &mut |entry| {
            visit(entry);
            meter.release();
        })
    }

    /// Reads it as one file.
    ///
    /// # Errors
    /// Why the rest was not read; what was read stays in `out`.
    pub fn whole(&mut self, out: &mut Vec<u8>) -> Result<(), Unread> {
        self.meter.fill(&mut self.content, out)
    }

    /// Writes it to another place.
    ///
    /// # Errors
    /// Why the rest was not read, or what kept it from being written.
    pub fn copy(&mut self, to: &mut dyn Write) -> Result<u64, Unread> {
        let mut size = 0;
        loop {
            self.meter.begin();
            let buffer = self.content.fill_buf().map_err(|e| why(self.meter, &e))?;
            let n = buffer.len();
            if n == 0 {
                return Ok(size);
            }
            to.write_all(buffer).map_err(|e| Unread::Damaged(e.to_string()))?;
            self.content.consume(n);
            size += n as u64;
        }
    }
}

fn why(meter: &Meter<'_>, e: &io::Error) -> Unread {
    meter.reached().unwrap_or_else(|| Unread::Damaged(e.to_string()))
}
