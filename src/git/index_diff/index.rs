//! Parses the index file: the offset of each entry, and the tree ids of whole folders.

use crate::git::Oid;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

const SHA1: usize = 20;
/// Bytes of an entry before the two extra bytes of version 3 and the path.
const FIXED: usize = 62;
/// Files, executable files, symbolic links, submodules: every mode that git writes here.
const MODES: [u32; 4] = [0o100_644, 0o100_755, 0o120_000, 0o160_000];
const MODE_AT: usize = 24;
const ID_AT: usize = 40;
const FLAGS_AT: usize = 60;
const EXTENDED: u16 = 0x4000;
const STAGE: u16 = 0x3000;
/// Bytes of a path from which it is not read here.
const NAME: u16 = 0x0fff;
/// In the flags of version 3: only announced, not staged yet.
const INTENT_TO_ADD: u16 = 1 << 13;
/// Bytes read at a time: enough for several entries of any length.
const CHUNK: usize = 32 << 10;
/// Bytes from the end in which the TREE extension is searched for; in most repositories a tenth of it is needed.
const TAIL: u64 = 512 << 10;
/// Bytes of that which are read at a time.
const PIECE: usize = 16 << 10;
/// Most bytes of a TREE extension; no real repository has a longer one.
const LONGEST_TREE: u64 = 256 << 20;

/// An open index.
pub(super) struct Index {
    file: BufReader<File>,
    /// The file offset of the buffer's first byte.
    at: u64,
    /// The offset of each entry, and the end of the last.
    offsets: Vec<u32>,
    /// The folders, each before those inside it.
    folders: Vec<Folder>,
    /// The text of the TREE extension; names are ranges of it.
    names: Vec<u8>,
    entry: Vec<u8>,
}

/// A folder of the TREE extension.
struct Folder {
    name: Range<usize>,
    /// The offset of its tree's id and the number of entries under it, if nothing is staged there.
    whole: Option<(usize, usize)>,
    /// The index after the last folder inside it.
    end: usize,
}

/// An entry.
pub(super) struct Entry<'a> {
    pub(super) path: &'a [u8],
    pub(super) id: Oid,
    pub(super) mode: u32,
    pub(super) intent_to_add: bool,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

impl Index {
    /// Opens an index; `None` for one that is not read here.
    pub(super) fn open(path: &Path) -> Option<Index> {
        let mut file = File::open(path).ok()?;
        let size = file.metadata().ok()?.len();
        let mut header = [0; 12];
        file.read_exact(&mut header).ok()?;
        let version = u32_at(&header, 4)?;
        if !header.starts_with(b"DIRC") || !matches!(version, 2 | 3) || size > u64::from(u32::MAX) {
            return None;
        }
        let count = u32_at(&header, 8)? as usize;
        let offsets = offsets(&mut file, count, size)?;
        let names = tree_extension(&mut file, u64::from(*offsets.last()?), size)?;
        let folders = folders(&names)?;
        let root = folders.first()?;
        if root.end != folders.len() || root.whole.is_some_and(|(_, n)| n != count) {
            return None;
        }
        file.seek(SeekFrom::Start(0)).ok()?;
        let file = BufReader::with_capacity(8 << 10, file);
        Some(Index { file, at: 0, offsets, folders, names, entry: Vec::new() })
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Reads the entry with number `place`.
    pub(super) fn entry(&mut self, place: usize) -> Option<Entry<'_>> {
        let (start, end) = (u64::from(*self.offsets.get(place)?), u64::from(*self.offsets.get(place + 1)?));
        self.file.seek_relative(start as i64 - self.at as i64).ok()?;
        self.entry.resize((end - start) as usize, 0);
        self.file.read_exact(&mut self.entry).ok()?;
        self.at = end;
        let flags = u16_at(&self.entry, FLAGS_AT)?;
        let extended = flags & EXTENDED != 0;
        let path = FIXED + if extended { 2 } else { 0 };
        let path = self.entry.get(path..path + usize::from(flags & NAME))?;
        let mode = u32_at(&self.entry, MODE_AT)?;
        // For git a name would end at a NUL.
        if memchr::memchr(0, path).is_some() || !MODES.contains(&mode) {
            return None;
        }
        Some(Entry {
            path,
            id: Oid::from_bytes(self.entry.get(ID_AT..ID_AT + SHA1)?)?,
            mode,
            intent_to_add: extended && u16_at(&self.entry, FIXED)? & INTENT_TO_ADD != 0,
        })
    }

    /// The tree of a folder of the TREE extension (0 is the top) and the number of entries under it, if nothing
    /// is staged there.
    pub(super) fn whole(&self, folder: usize) -> Option<(Oid, usize)> {
        let (id, count) = self.folders[folder].whole?;
        Some((Oid::from_bytes(self.names.get(id..id + SHA1)?)?, count))
    }

    /// The direct subfolders of a folder, with their names.
    pub(super) fn inside(&self, folder: usize) -> Vec<(&[u8], usize)> {
        let mut out = Vec::new();
        let mut next = folder + 1;
        while next < self.folders[folder].end {
            out.push((&self.names[self.folders[next].name.clone()], next));
            next = self.folders[next].end;
        }
        out.sort_unstable();
        out
    }
}

/// Returns whether the index equals this tree, so that nothing is staged. Decided from the end of the file: if the
/// TREE extension has this tree for all entries, no entry needs to be read. `false` if that cannot be decided.
pub(super) fn is_just(path: &Path, tree: &Oid) -> bool {
    tail_is(path, tree).unwrap_or(false)
}

fn tail_is(path: &Path, tree: &Oid) -> Option<bool> {
    let mut file = File::open(path).ok()?;
    let mut header = [0; 12];
    file.read_exact(&mut header).ok()?;
    if !header.starts_with(b"DIRC") {
        return None;
    }
    let count = u32_at(&header, 8)? as usize;
    let size = file.metadata().ok()?.len();
    let end = size.checked_sub(SHA1 as u64)?;
    let floor = size.saturating_sub(TAIL).max(12);
    // Backwards, a piece at a time: fresh memory costs more than the reading.
    let mut piece = vec![0; PIECE];
    let mut to = end;
    while to > floor {
        let from = to.saturating_sub(PIECE as u64).max(floor);
        let piece = &mut piece[..(to - from) as usize];
        read_at(&mut file, from, piece)?;
        // Searched forwards and then reversed: memchr has no fast backward search.
        let places: Vec<usize> = memchr::memmem::find_iter(piece, b"TREE").collect();
        for at in places.into_iter().rev() {
            let at = from + at as u64;
            if !is_extension(&mut file, at, end)? {
                continue;
            }
            let mut top = [0; 48];
            let top = &mut top[..(end - at - 8).min(48) as usize];
            read_at(&mut file, at + 8, top)?;
            let top = top.strip_prefix(b"\0")?;
            let mut digits = 0;
            let entries = number(top, &mut digits, b' ')?;
            let line = digits + memchr::memchr(b'\n', top.get(digits..)?)? + 1;
            return Some(entries == count && top.get(line..line + SHA1)? == tree.as_bytes());
        }
        // The next piece includes this one's first bytes: the name may lie on the border.
        to = if from > floor { from + 3 } else { from };
    }
    None
}

/// Returns whether an extension starts here: if one follows another up to the very end, it is not part of a path.
fn is_extension(file: &mut File, at: u64, end: u64) -> Option<bool> {
    let mut next = at;
    let mut header = [0; 8];
    while next + 8 <= end {
        read_at(file, next, &mut header)?;
        if !header[0].is_ascii_uppercase() {
            return Some(false);
        }
        next += 8 + u64::from(u32_at(&header, 4)?);
    }
    Some(next == end)
}

fn read_at(file: &mut File, at: u64, to: &mut [u8]) -> Option<()> {
    file.seek(SeekFrom::Start(at)).ok()?;
    file.read_exact(to).ok()
}

/// The offsets of all entries, from their lengths.
fn offsets(file: &mut File, count: usize, size: u64) -> Option<Vec<u32>> {
    // Entries have 72 bytes or more: a larger count is false.
    if count as u64 > size / 72 {
        return None;
    }
    let mut out = vec![12; count + 1];
    let mut buffer = vec![0; CHUNK];
    let (mut start, mut end, mut offset) = (0, 0, 12u64);
    // The longest entry that is read here, with padding.
    let longest = FIXED + 2 + usize::from(NAME) + 8;
    for place in &mut out[1..] {
        if end - start < longest && offset + ((end - start) as u64) < size {
            buffer.copy_within(start..end, 0);
            (start, end) = (0, end - start);
            while end < CHUNK {
                match file.read(&mut buffer[end..]).ok()? {
                    0 => break,
                    n => end += n,
                }
            }
        }
        let entry = &buffer[start..end];
        let fixed = entry.first_chunk::<FIXED>()?;
        let flags = u16::from_be_bytes([fixed[FLAGS_AT], fixed[FLAGS_AT + 1]]);
        let name = flags & NAME;
        let length = FIXED + if flags & EXTENDED != 0 { 2 } else { 0 } + usize::from(name);
        // A NUL after the path, then up to the next multiple of eight.
        let padded = (length + 8) & !7;
        if flags & STAGE != 0 || name == NAME || entry.get(length) != Some(&0) || padded > entry.len() {
            return None;
        }
        start += padded;
        offset += padded as u64;
        *place = offset as u32;
    }
    Some(out)
}

/// The TREE extension's text. `None` if there is an extension that must be understood (its name starts in lower
/// case).
fn tree_extension(file: &mut File, mut at: u64, size: u64) -> Option<Vec<u8>> {
    let end = size.checked_sub(SHA1 as u64)?;
    let mut found = None;
    while at < end {
        file.seek(SeekFrom::Start(at)).ok()?;
        let mut header = [0; 8];
        file.read_exact(&mut header).ok()?;
        let length = u64::from(u32_at(&header, 4)?);
        at = at.checked_add(8 + length).filter(|a| *a <= end)?;
        if !header[0].is_ascii_uppercase() {
            return None;
        }
        if header.starts_with(b"TREE") && length <= LONGEST_TREE {
            let mut text = vec![0; length as usize];
            file.read_exact(&mut text).ok()?;
            found = Some(text);
        }
    }
    found.filter(|_| at == end)
}

/// Parses `name NUL count SP subtrees LF id`, depth first; without an id if the count is negative.
fn folders(text: &[u8]) -> Option<Vec<Folder>> {
    let mut out: Vec<Folder> = Vec::with_capacity(text.len() / 32);
    // Incomplete folders, with the number of missing subfolders.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let name = at..at + memchr::memchr(0, &text[at..])?;
        at = name.end + 1;
        let invalid = text.get(at) == Some(&b'-');
        at += usize::from(invalid);
        let count = number(text, &mut at, b' ')?;
        let inside = number(text, &mut at, b'\n')?;
        let whole = if invalid {
            None
        } else {
            let id = at;
            at += SHA1;
            (at <= text.len()).then_some(())?;
            Some((id, count))
        };
        // Only the top has no name, and nothing follows once it is complete.
        if out.is_empty() != name.is_empty() || (open.is_empty() && !out.is_empty()) {
            return None;
        }
        if let Some((_, missing)) = open.last_mut() {
            *missing = missing.checked_sub(1)?;
        }
        open.push((out.len(), inside));
        out.push(Folder { name, whole, end: 0 });
        while let Some((folder, 0)) = open.last().copied() {
            out[folder].end = out.len();
            open.pop();
        }
    }
    (open.is_empty() && add_up(&out)).then_some(out)
}

/// Returns whether the counts are consistent: a folder in which nothing is staged has only such subfolders, and at
/// least as many entries as they have together.
fn add_up(folders: &[Folder]) -> bool {
    folders.iter().enumerate().filter_map(|(at, f)| Some((at, f, f.whole?.1))).all(|(at, folder, count)| {
        let (mut next, mut left) = (at + 1, Some(count));
        while next < folder.end {
            let inner = folders[next].whole.map(|(_, n)| n);
            left = left.zip(inner).and_then(|(left, n)| left.checked_sub(n));
            next = folders[next].end;
        }
        left.is_some()
    })
}

/// Reads decimal digits up to `stop`, and skips it.
fn number(text: &[u8], at: &mut usize, stop: u8) -> Option<usize> {
    let digits = text.get(*at..)?.iter().take(10).position(|b| *b == stop).filter(|n| *n > 0)?;
    let mut n = 0;
    for b in &text[*at..*at + digits] {
        n = n * 10 + usize::from(b.checked_sub(b'0').filter(|d| *d < 10)?);
    }
    *at += digits + 1;
    Some(n)
}
