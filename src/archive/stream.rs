//! Compressed streams as readers. A file may hold several in sequence; bytes after the last are returned unread.

use crate::text::container::Archive;
use flate2::bufread::{DeflateDecoder, GzDecoder};
use lzma_rust2::{LzipReader, LzmaReader, XzReader};
use ruzstd::decoding::StreamingDecoder;
use std::io::{self, BufRead, Read};

/// What a stream is read from: it shows what comes next.
pub(super) trait Input: BufRead {
    /// The next bytes: `n` of them at least, unless the end is nearer.
    fn peek(&mut self, n: usize) -> io::Result<&[u8]>;
}

impl Input for &[u8] {
    fn peek(&mut self, _: usize) -> io::Result<&[u8]> {
        Ok(self)
    }
}

/// Bytes that are read from a file at a time.
const BUFFER: usize = 128 << 10;

/// A file, or anything else that is not in memory.
pub(super) struct Buffered<R> {
    inner: R,
    buffer: Vec<u8>,
    at: usize,
}

impl<R: Read> Buffered<R> {
    pub(super) fn new(inner: R) -> Buffered<R> {
        Buffered { inner, buffer: Vec::new(), at: 0 }
    }

    /// Reads more behind what was not taken yet; false at the end.
    fn more(&mut self) -> io::Result<bool> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let from = self.buffer.len();
        self.buffer.resize(from + BUFFER, 0);
        let read = loop {
            match self.inner.read(&mut self.buffer[from..]) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.buffer.truncate(from + *read.as_ref().unwrap_or(&0));
        Ok(read? > 0)
    }
}

impl<R: Read> Read for Buffered<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

impl<R: Read> BufRead for Buffered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.buffer.len() {
            self.more()?;
        }
        Ok(&self.buffer[self.at..])
    }

    fn consume(&mut self, n: usize) {
        self.at = (self.at + n).min(self.buffer.len());
    }
}

impl<R: Read> Input for Buffered<R> {
    fn peek(&mut self, n: usize) -> io::Result<&[u8]> {
        while self.buffer.len() - self.at < n && self.more()? {}
        Ok(&self.buffer[self.at..])
    }
}

/// The compression of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    /// gzip.
    Gzip,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// lzma, the format before xz.
    Lzma,
    /// lzip.
    Lzip,
    /// Zstandard.
    Zstd,
    /// A bare deflate stream.
    Deflate,
}

impl Codec {
    /// The codec of a compressed file; `None` of an archive of files.
    pub(super) fn of(archive: Archive) -> Option<Codec> {
        Some(match archive {
            Archive::Gzip => Codec::Gzip,
            Archive::Bzip2 => Codec::Bzip2,
            Archive::Xz => Codec::Xz,
            Archive::Lzma => Codec::Lzma,
            Archive::Lzip => Codec::Lzip,
            Archive::Zstd => Codec::Zstd,
            Archive::Zip | Archive::Tar | Archive::Ar | Archive::Rpm => return None,
        })
    }
}

/// Most bytes of frames without content that are kept.
const ASIDE: u64 = 64 << 20;
/// KB that a dictionary of xz and lzma may take: twice what `xz -9` needs.
const DICTIONARY_KB: u32 = 160 << 10;
/// The same for lzip, as a binary logarithm of bytes.
const LZIP_DICTIONARY: u8 = 27;

enum Decoder<R: Read> {
    Gzip(GzDecoder<R>),
    Bzip2(bzip2::bufread::BzDecoder<R>),
    Xz(Box<XzReader<R>>),
    Lzma(Box<LzmaReader<R>>),
    Lzip(Box<LzipReader<R>>),
    Zstd(Box<StreamingDecoder<R, ruzstd::decoding::FrameDecoder>>),
    Deflate(DeflateDecoder<R>),
}

/// The content of a compressed file.
pub(super) struct Stream<R: Read> {
    codec: Codec,
    /// `None` while a decoder has it, and after one that refused it.
    rest: Option<R>,
    now: Option<Decoder<R>>,
    first: bool,
    /// True once a decoder met damage.
    is_damaged: bool,
    /// Names and comments of gzip, and the frames of zstd that hold no content, one a line.
    aside: Vec<u8>,
}

impl<R: Input> Stream<R> {
    pub(super) fn new(codec: Codec, from: R) -> Stream<R> {
        Stream { codec, rest: Some(from), now: None, first: true, is_damaged: false, aside: Vec::new() }
    }

    /// The bytes after the stream, or if it was not read to its end, everything that is left of it; `None` if it is damaged:
    /// how much of it was compressed is unknown then. Then the text beside the content.
    pub(super) fn end(mut self) -> (Option<R>, Vec<u8>) {
        self.close();
        (self.rest.filter(|_| !self.is_damaged), self.aside)
    }

    /// Ends a stream.
    fn close(&mut self) {
        let Some(decoder) = self.now.take() else { return };
        if let Decoder::Gzip(gzip) = &decoder
            && let Some(header) = gzip.header()
        {
            for text in [header.filename(), header.comment(), header.extra()].into_iter().flatten() {
                self.aside.extend_from_slice(text);
                self.aside.push(b'\n');
            }
        }
        self.rest = Some(decoder.rest());
    }

    fn next(&mut self) -> io::Result<bool> {
        let Some(rest) = &mut self.rest else { return Ok(false) };
        match self.codec {
            Codec::Zstd => skip_frames(rest, &mut self.aside)?,
            // Padding of zeros may stand between streams.
            Codec::Xz if !self.first => skip_zeros(rest)?,
            _ => {}
        }
        let head = rest.peek(8)?;
        let begins = match self.codec {
            _ if self.first => true,
            Codec::Gzip => head.starts_with(b"\x1f\x8b"),
            Codec::Bzip2 => head.starts_with(b"BZh"),
            Codec::Xz => head.starts_with(b"\xfd7zXZ\0"),
            Codec::Zstd => head.starts_with(b"\x28\xb5\x2f\xfd"),
            // Lzip's reader goes through all members itself; the others have one.
            Codec::Lzip | Codec::Lzma | Codec::Deflate => false,
        };
        self.first = false;
        let large = self.codec == Codec::Lzip && head.get(5).is_some_and(|n| n & 0x1f > LZIP_DICTIONARY);
        if !begins || head.is_empty() {
            return Ok(false);
        }
        if large {
            return Err(io::Error::other("its dictionary is too large"));
        }
        let Some(rest) = self.rest.take() else { return Ok(false) };
        let wrong = |e: &dyn std::fmt::Display| io::Error::other(e.to_string());
        self.now = Some(match self.codec {
            Codec::Gzip => Decoder::Gzip(GzDecoder::new(rest)),
            Codec::Bzip2 => Decoder::Bzip2(bzip2::bufread::BzDecoder::new(rest)),
            Codec::Xz => Decoder::Xz(Box::new(XzReader::new_mem_limit(rest, false, DICTIONARY_KB))),
            Codec::Lzma => {
                let reader = LzmaReader::new_mem_limit(rest, DICTIONARY_KB, None);
                Decoder::Lzma(Box::new(reader.map_err(|e| wrong(&e))?))
            }
            Codec::Lzip => Decoder::Lzip(Box::new(LzipReader::new(rest))),
            Codec::Zstd => Decoder::Zstd(Box::new(StreamingDecoder::new(rest).map_err(|e| wrong(&e))?)),
            Codec::Deflate => Decoder::Deflate(DeflateDecoder::new(rest)),
        });
        Ok(true)
    }
}

/// Passes over the zstd frames without content, and adds what they hold to `aside`.
fn skip_frames(from: &mut impl Input, aside: &mut Vec<u8>) -> io::Result<()> {
    while let [low, 0x2a, 0x4d, 0x18, a, b, c, d, ..] = from.peek(8)? {
        if !(0x50..=0x5f).contains(low) {
            return Ok(());
        }
        let mut left = u64::from(u32::from_le_bytes([*a, *b, *c, *d]));
        from.consume(8);
        if aside.len() as u64 + left > ASIDE {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "frames without content have more than 64 MB",
            ));
        }
        while left > 0 {
            let part = from.fill_buf()?;
            let n = part.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            if n == 0 {
                return Ok(());
            }
            aside.extend_from_slice(&part[..n]);
            from.consume(n);
            left -= n as u64;
        }
        aside.push(b'\n');
    }
    Ok(())
}

fn skip_zeros(from: &mut impl Input) -> io::Result<()> {
    loop {
        let buffer = from.fill_buf()?;
        let zeros = buffer.iter().take_while(|b| **b == 0).count();
        if zeros == 0 {
            return Ok(());
        }
        from.consume(zeros);
    }
}

impl<R: Input> Read for Stream<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(decoder) = &mut self.now else {
                if self.next()? {
                    continue;
                }
                return Ok(0);
            };
            match decoder.read(buffer) {
                Ok(0) if !buffer.is_empty() => self.close(),
                Err(e) if e.kind() != io::ErrorKind::Interrupted => {
                    self.is_damaged = true;
                    return Err(e);
                }
                read => return read,
            }
        }
    }
}

impl<R: Input> Decoder<R> {
    fn rest(self) -> R {
        match self {
            Decoder::Gzip(d) => d.into_inner(),
            Decoder::Bzip2(d) => d.into_inner(),
            Decoder::Xz(d) => d.into_inner(),
            Decoder::Lzma(d) => d.into_inner(),
            Decoder::Lzip(d) => d.into_inner(),
            Decoder::Zstd(d) => d.into_inner(),
            Decoder::Deflate(d) => d.into_inner(),
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Gzip(d) => d.read(buffer),
            Decoder::Bzip2(d) => d.read(buffer),
            Decoder::Xz(d) => d.read(buffer),
            Decoder::Lzma(d) => d.read(buffer),
            Decoder::Lzip(d) => d.read(buffer),
            Decoder::Zstd(d) => d.read(buffer),
            Decoder::Deflate(d) => d.read(buffer),
        }
    }
}
