//! zip, by its local headers: those that the directory at the end lists, and those that it does not.
//!
//! A reader that uses only the directory misses what a damaged or false one leaves out, and all but one of several
//! members with the same name. Declared sizes are trusted only if the data does not mark its own end.

use super::Unread;
use super::budget::{Gate, Meter};
use super::sink::Sink;
use super::stream::{Codec, Stream};
use crate::sort;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::ops::Range;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
const LOCAL_SIZE: usize = 30;
const CENTRAL_SIZE: usize = 46;
const END_SIZE: usize = 22;

/// A member's entry in the directory.
#[derive(Debug, Clone)]
struct Entry<'a> {
    name: &'a [u8],
    flags: u16,
    method: u16,
    sum: u32,
    size: usize,
}

/// The result of reading a local header.
struct Done {
    /// Where the next one may start.
    end: usize,
    content: Option<Range<usize>>,
}

/// Reads the members; returns the ranges of their contents.
pub(super) fn members<'a, 'm: 'a>(sink: &mut dyn Sink<'a, 'm>, bytes: &[u8]) -> Vec<Range<usize>> {
    let directory = directory(bytes);
    let mut covered: Vec<Range<usize>> = Vec::new();
    let mut taken: Vec<Range<usize>> = Vec::new();
    match &directory {
        None => sink.leave(b"", Unread::Damaged("it has no directory".to_owned())),
        Some(directory) => {
            for (at, entry) in &directory.entries {
                if sink.meter().is_over() {
                    return covered;
                }
                match local(sink, bytes, *at, Some(entry)) {
                    Some(done) => {
                        taken.push(*at..done.end);
                        covered.extend(done.content);
                    }
                    None => {
                        sink.leave(entry.name, Unread::Damaged("its header is not there".to_owned()));
                    }
                }
            }
            taken.push(directory.at..bytes.len());
        }
    }
    // Members that the directory does not list.
    sort::by_key(&mut taken, |r| r.start);
    let mut from = 0;
    for next in taken.into_iter().chain(std::iter::once(bytes.len()..bytes.len())) {
        while from < next.start && !sink.meter().is_over() {
            let Some(i) = memchr::memmem::find(&bytes[from..next.start], LOCAL) else { break };
            let at = from + i;
            from = match local(sink, bytes, at, None) {
                Some(done) => {
                    covered.extend(done.content);
                    done.end.max(at + LOCAL.len())
                }
                None => at + LOCAL.len(),
            };
        }
        from = from.max(next.end);
    }
    covered
}

/// Reads the member with a local header at `at`; `None` if there is no header.
fn local<'a, 'm: 'a>(
    sink: &mut dyn Sink<'a, 'm>,
    bytes: &[u8],
    at: usize,
    entry: Option<&Entry<'_>>,
) -> Option<Done> {
    let header = bytes.get(at..at.checked_add(LOCAL_SIZE)?).filter(|h| h.starts_with(LOCAL))?;
    let start = at + LOCAL_SIZE + usize::from(u16_at(header, 26)?) + usize::from(u16_at(header, 28)?);
    let name_end = at + LOCAL_SIZE + usize::from(u16_at(header, 26)?);
    let rest = bytes.get(start..)?;
    let own_name = bytes.get(at + LOCAL_SIZE..name_end)?;
    let name = entry.map_or(own_name, |e| e.name);
    let flags = u16_at(header, 6)? | entry.map_or(0, |e| e.flags);
    let method = u16_at(header, 8)?;
    if let Err(why) = sink.meter().enter() {
        sink.leave(b"", why);
        return Some(Done { end: start, content: None });
    }
    let declared = match entry {
        Some(entry) => entry.size,
        None => u32_at(header, 18)? as usize,
    };
    let open = declared == 0 && u16_at(header, 6)? & 8 != 0 || declared == u32::MAX as usize;
    let size = if open { size_by_mark(rest) } else { declared.min(rest.len()) };
    if name.ends_with(b"/") && size == 0 {
        return Some(Done { end: start, content: None });
    }
    let mut content = Vec::new();
    // The directory's method counts only if the header's own fails: both are tried.
    let methods = [Some(method), entry.map(|e| e.method).filter(|m| *m != method)];
    let mut read = Err(Unread::Method(method));
    let mut used = size;
    for method in methods.into_iter().flatten() {
        content.clear();
        (read, used) = decompress(sink.meter(), rest, size, method, &mut content);
        if read.is_ok() || !content.is_empty() || sink.meter().is_over() {
            break;
        }
    }
    if flags & 1 != 0 {
        // The mark may be false, and readers differ in which of the two they go by. What can be read is.
        let sums = [u32_at(header, 14), entry.map(|e| e.sum)];
        if read.is_err() || !sums.contains(&Some(sum(&content))) {
            sink.leave(name, Unread::Encrypted);
        }
        if read.is_err() {
            return Some(Done { end: start + size, content: None });
        }
    }
    let whole = read.is_ok();
    if whole && declared > rest.len() && !open && method == 0 {
        sink.leave(name, Unread::Damaged("a member reaches past the end".to_owned()));
    }
    if whole || !content.is_empty() {
        sink.member(name, content);
    }
    if let Err(why) = read {
        sink.leave(name, why);
        return Some(Done { end: if entry.is_some() { start + size } else { start }, content: None });
    }
    Some(Done { end: start + used, content: Some(start..start + used) })
}

/// Decompresses a member into `out`; returns how many bytes it took.
fn decompress(
    meter: &Meter<'_>,
    rest: &[u8],
    size: usize,
    method: u16,
    out: &mut Vec<u8>,
) -> (Result<(), Unread>, usize) {
    let part = &rest[..size];
    let codec = match method {
        0 => return (meter.fill(&mut Gate::new(meter, part), out), size),
        // These mark their own end.
        8 => (Codec::Deflate, rest),
        12 => (Codec::Bzip2, part),
        14 => {
            let read = lzma(part).map_err(|e| Unread::Damaged(e.to_string()));
            return match read {
                Ok(reader) => (meter.fill(&mut Gate::new(meter, reader), out), size),
                Err(why) => (Err(why), size),
            };
        }
        20 | 93 => (Codec::Zstd, part),
        95 => (Codec::Xz, part),
        _ => return (Err(Unread::Method(method)), size),
    };
    let (codec, from) = codec;
    let mut gate = Gate::new(meter, Stream::new(codec, from));
    let read = meter.fill(&mut gate, out);
    let (left, aside) = gate.into_inner().end();
    let used = left.map_or(0, |left| from.len() - left.len());
    out.extend_from_slice(&aside);
    (read, if codec == Codec::Deflate { used } else { size })
}

/// lzma in zip's form: a version, the size of the properties, the properties, the data.
fn lzma(part: &[u8]) -> io::Result<impl Read + '_> {
    let wrong = || io::Error::other("a header of lzma is wrong");
    let (head, data) = part.split_at_checked(9).ok_or_else(wrong)?;
    let dictionary = u32_at(head, 5).filter(|d| *d <= 128 << 20).ok_or_else(wrong)?;
    lzma_rust2::LzmaReader::new_with_props(data, u64::MAX, head[4], dictionary, None)
        .map_err(|e| io::Error::other(e.to_string()))
}

/// The checksum of a member's content.
fn sum(content: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    crc.sum()
}

/// The size of data whose end only the following record shows.
fn size_by_mark(rest: &[u8]) -> usize {
    let marks = memchr::memmem::find_iter(rest, b"PK");
    let is_mark = |i: &usize| [DESCRIPTOR, LOCAL, CENTRAL, END].iter().any(|m| rest[*i..].starts_with(m));
    marks.into_iter().find(is_mark).unwrap_or(rest.len())
}

struct Directory<'a> {
    at: usize,
    /// By the offset of the local header.
    entries: BTreeMap<usize, Entry<'a>>,
}

/// The directory, which the record at the end points to.
fn directory(bytes: &[u8]) -> Option<Directory<'_>> {
    let tail = bytes.len().saturating_sub(END_SIZE + 0xffff);
    let mut ends = memchr::memmem::rfind_iter(&bytes[tail..], END).map(|i| tail + i);
    ends.find_map(|end| {
        let record = bytes.get(end..end + END_SIZE)?;
        let (mut size, mut offset) = (u32_at(record, 12)? as usize, u32_at(record, 16)? as usize);
        let mut behind = end;
        if let Some(large) = large_end(bytes, end) {
            (size, offset, behind) = large;
        }
        // Bytes before the archive shift all offsets; the directory ends where its record starts.
        let at = behind.checked_sub(size)?;
        let base = at.saturating_sub(offset);
        let entries = entries(bytes, at, behind, base)?;
        Some(Directory { at, entries })
    })
}

/// Size, offset and end of the directory of an archive over 4 GB or with more than 65,535 members.
fn large_end(bytes: &[u8], end: usize) -> Option<(usize, usize, usize)> {
    let locator = bytes.get(end.checked_sub(20)?..end).filter(|l| l.starts_with(b"PK\x06\x07"))?;
    let at = usize::try_from(u64_at(locator, 8)?).ok()?;
    let is_record = |at: usize| bytes.get(at..at + 56).filter(|r| r.starts_with(b"PK\x06\x06"));
    let at = match is_record(at) {
        Some(_) => at,
        // There are bytes before the archive.
        None => memchr::memmem::rfind(&bytes[..end], b"PK\x06\x06")?,
    };
    let record = is_record(at)?;
    let size = usize::try_from(u64_at(record, 40)?).ok()?;
    Some((size, usize::try_from(u64_at(record, 48)?).ok()?, at))
}

fn entries(bytes: &[u8], mut at: usize, end: usize, base: usize) -> Option<BTreeMap<usize, Entry<'_>>> {
    let mut out = BTreeMap::new();
    while at < end {
        let head = bytes.get(at..at + CENTRAL_SIZE).filter(|h| h.starts_with(CENTRAL))?;
        let length = |i| u16_at(head, i).map(usize::from);
        let name_end = at + CENTRAL_SIZE + length(28)?;
        let extra_end = name_end + length(30)?;
        let name = bytes.get(at + CENTRAL_SIZE..name_end)?;
        let mut size = u64::from(u32_at(head, 20)?);
        let mut offset = u64::from(u32_at(head, 42)?);
        large(bytes.get(name_end..extra_end)?, u32_at(head, 24)?, &mut size, &mut offset);
        let entry = Entry {
            name,
            flags: u16_at(head, 8)?,
            method: u16_at(head, 10)?,
            sum: u32_at(head, 16)?,
            size: usize::try_from(size).unwrap_or(usize::MAX),
        };
        let place = usize::try_from(offset).ok().and_then(|o| o.checked_add(base));
        out.entry(place.unwrap_or(usize::MAX)).or_insert(entry);
        at = extra_end + length(32)?;
    }
    Some(out)
}

/// Takes sizes over four bytes from the extra field, which has only those.
fn large(mut extra: &[u8], plain_size: u32, size: &mut u64, offset: &mut u64) {
    const FULL: u64 = u32::MAX as u64;
    while let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let Some(field) = extra.get(4..4 + usize::from(length)) else { return };
        if id == 1 {
            let mut at = if u64::from(plain_size) == FULL { 8 } else { 0 };
            for value in [size, offset] {
                if *value == FULL {
                    *value = u64_at(field, at).unwrap_or(FULL);
                    at += 8;
                }
            }
            return;
        }
        extra = &extra[4 + usize::from(length)..];
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}
