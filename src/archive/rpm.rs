//! rpm packages: two headers, then a compressed cpio archive.

use super::Unread;
use super::sink::Sink;
use crate::text::container::{self, Archive, Sort};
use std::io::Read;

/// Bytes of the lead, which repeats what is in the headers.
const LEAD: usize = 96;

/// The offset of the payload, and its compression.
pub(super) fn payload(bytes: &[u8]) -> Option<(usize, Archive)> {
    // The signature header is padded to a multiple of eight bytes.
    let signature = header(bytes, LEAD)?.next_multiple_of(8);
    let at = header(bytes, signature)?;
    match container::of(bytes.get(at..)?, b"")?.sort {
        Sort::Archive(archive) => Some((at, archive)),
        _ => None,
    }
}

/// The offset of a header's end.
fn header(bytes: &[u8], at: usize) -> Option<usize> {
    let head = bytes.get(at..at.checked_add(16)?)?;
    let number = |i: usize| Some(u32::from_be_bytes(head.get(i..i + 4)?.try_into().ok()?) as usize);
    if !head.starts_with(b"\x8e\xad\xe8\x01") {
        return None;
    }
    let size = number(8)?.checked_mul(16)?.checked_add(number(12)?)?;
    at.checked_add(16)?.checked_add(size).filter(|end| *end <= bytes.len())
}

/// Bytes of a cpio header with hex numbers.
const CPIO: usize = 110;
/// Most bytes of a name that are read.
const NAME: usize = 64 << 10;

/// Returns whether a stream starts as a cpio archive does.
pub(super) fn is_cpio(bytes: &[u8]) -> bool {
    bytes.starts_with(b"070701") || bytes.starts_with(b"070702")
}

/// Reads the members of a cpio archive.
pub(super) fn cpio<'a, 'm: 'a>(sink: &mut dyn Sink<'a, 'm>, from: &mut dyn Read) {
    loop {
        match one(sink, from) {
            Ok(true) => {}
            Ok(false) => return,
            Err(why) => {
                sink.leave(b"", sink.meter().reached().unwrap_or(why));
                return;
            }
        }
    }
}

/// Reads one member; returns false at the end.
fn one<'a, 'm: 'a>(sink: &mut dyn Sink<'a, 'm>, from: &mut dyn Read) -> Result<bool, Unread> {
    let damaged = |what: &str| Unread::Damaged(what.to_owned());
    let mut header = Vec::new();
    sink.meter().fill(&mut from.take(CPIO as u64), &mut header)?;
    if header.len() < CPIO || !is_cpio(&header) {
        return Err(damaged("no header where a member begins"));
    }
    let number = |i: usize| {
        let digits = std::str::from_utf8(&header[6 + 8 * i..14 + 8 * i]).ok();
        digits.and_then(|d| u64::from_str_radix(d, 16).ok()).ok_or_else(|| damaged("a field has no number"))
    };
    let (mode, size, name_size) = (number(1)?, number(6)?, number(11)?);
    if name_size > NAME as u64 {
        return Err(damaged("a name is too long"));
    }
    let mut name = Vec::new();
    let filled = (CPIO as u64 + name_size).next_multiple_of(4) - CPIO as u64;
    sink.meter().fill(&mut from.take(filled), &mut name)?;
    name.truncate(name_size.saturating_sub(1) as usize);
    if name == b"TRAILER!!!" {
        return Ok(false);
    }
    sink.meter().enter()?;
    sink.aside(&name);
    let mut content = Vec::new();
    let mut member = from.take(size);
    let read = sink.meter().fill(&mut member, &mut content);
    let cut = content.len() as u64;
    let is_file = mode & 0o170_000 == 0o100_000;
    match read {
        Ok(()) if is_file => sink.member(&name, content),
        // The target of a link.
        Ok(()) => sink.aside(&content),
        Err(Unread::TooLarge(mb)) => {
            sink.leave(&name, Unread::TooLarge(mb));
            sink.meter().pass(&mut member)?;
        }
        Err(why) => return Err(why),
    }
    if cut < size && sink.meter().reached().is_none() && is_file && cut > 0 && size <= sink.meter().most() {
        return Err(damaged("a member is cut off"));
    }
    let fill = size.next_multiple_of(4) - size;
    sink.meter().fill(&mut from.take(fill), &mut Vec::new())?;
    Ok(true)
}
