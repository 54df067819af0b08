//! Compressed streams as readers. A file may hold several in sequence; bytes after the last are returned unread.

use flate2::bufread::{DeflateDecoder, GzDecoder};
use lzma_rust2::{LzipReader, LzmaReader, XzReader};
use ruzstd::decoding::StreamingDecoder;
use std::io::{self, Read};

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

/// KB that an xz or lzma dictionary may take: twice what `xz -9` needs.
const DICTIONARY_KB: u32 = 160 << 10;
/// The same for lzip, as a binary logarithm of bytes.
const LZIP_DICTIONARY: u8 = 27;

enum Decoder<'a> {
    Gzip(GzDecoder<&'a [u8]>),
    Bzip2(bzip2::bufread::BzDecoder<&'a [u8]>),
    Xz(Box<XzReader<&'a [u8]>>),
    Lzma(Box<LzmaReader<&'a [u8]>>),
    Lzip(Box<LzipReader<&'a [u8]>>),
    Zstd(Box<StreamingDecoder<&'a [u8], ruzstd::decoding::FrameDecoder>>),
    Deflate(DeflateDecoder<&'a [u8]>),
}

/// The content of a compressed file.
pub(super) struct Stream<'a> {
    codec: Codec,
    rest: &'a [u8],
    now: Option<Decoder<'a>>,
    first: bool,
    /// Names and comments of gzip, and the frames of zstd that hold no content, one a line.
    aside: Vec<u8>,
}

impl<'a> Stream<'a> {
    pub(super) fn new(codec: Codec, bytes: &'a [u8]) -> Stream<'a> {
        Stream { codec, rest: bytes, now: None, first: true, aside: Vec::new() }
    }

    /// The bytes after the stream, or if it was not read to its end, everything that is left of it; and the text beside
    /// the content.
    pub(super) fn end(mut self) -> (&'a [u8], Vec<u8>) {
        self.close();
        (self.rest, self.aside)
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
        self.rest = decoder.rest();
    }

    fn next(&mut self) -> io::Result<bool> {
        if self.codec == Codec::Zstd {
            self.skip_frames();
        }
        let begins = match self.codec {
            _ if self.first => true,
            Codec::Gzip => self.rest.starts_with(b"\x1f\x8b"),
            Codec::Bzip2 => self.rest.starts_with(b"BZh"),
            Codec::Xz => {
                // Padding of zeros, four at a time, may be between streams.
                let zeros = self.rest.iter().take_while(|b| **b == 0).count();
                let next = &self.rest[zeros..];
                let begins = next.starts_with(b"\xfd7zXZ\0");
                if begins {
                    self.rest = next;
                }
                begins
            }
            Codec::Zstd => self.rest.starts_with(b"\x28\xb5\x2f\xfd"),
            // Lzip's reader handles all members itself; the others have one.
            Codec::Lzip | Codec::Lzma | Codec::Deflate => false,
        };
        self.first = false;
        if !begins || self.rest.is_empty() {
            return Ok(false);
        }
        let wrong = |e: &dyn std::fmt::Display| io::Error::other(e.to_string());
        self.now = Some(match self.codec {
            Codec::Gzip => Decoder::Gzip(GzDecoder::new(self.rest)),
            Codec::Bzip2 => Decoder::Bzip2(bzip2::bufread::BzDecoder::new(self.rest)),
            Codec::Xz => Decoder::Xz(Box::new(XzReader::new_mem_limit(self.rest, false, DICTIONARY_KB))),
            Codec::Lzma => {
                let reader = LzmaReader::new_mem_limit(self.rest, DICTIONARY_KB, None);
                Decoder::Lzma(Box::new(reader.map_err(|e| wrong(&e))?))
            }
            Codec::Lzip => {
                if self.rest.get(5).is_some_and(|size| size & 0x1f > LZIP_DICTIONARY) {
                    return Err(io::Error::other("its dictionary is too large"));
                }
                Decoder::Lzip(Box::new(LzipReader::new(self.rest)))
            }
            Codec::Zstd => Decoder::Zstd(Box::new(StreamingDecoder::new(self.rest).map_err(|e| wrong(&e))?)),
            Codec::Deflate => Decoder::Deflate(DeflateDecoder::new(self.rest)),
        });
        Ok(true)
    }

    /// Skips zstd frames without content.
    fn skip_frames(&mut self) {
        while let Some([low, 0x2a, 0x4d, 0x18, a, b, c, d, after @ ..]) = self.rest.get(..) {
            let size = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
            if !(0x50..=0x5f).contains(low) || size > after.len() {
                return;
            }
            self.aside.extend_from_slice(&after[..size]);
            self.aside.push(b'\n');
            self.rest = &after[size..];
        }
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(decoder) = &mut self.now else {
                if self.next()? {
                    continue;
                }
                return Ok(0);
            };
            match decoder.read(buffer)? {
                0 if !buffer.is_empty() => self.close(),
                n => return Ok(n),
            }
        }
    }
}

impl<'a> Decoder<'a> {
    fn rest(self) -> &'a [u8] {
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
