//! A loose object: a file with one zlib stream of `KIND SIZE NUL` and the bytes.

use super::idx::Id;
use super::inflate::{Inflater, Stream, buffer};
use crate::git::ObjectKind;
use crate::git::object::{Found, Lookup, Object};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// More bytes than any header has.
const HEAD: usize = 64;

/// Reads an object of at most `most` bytes under a folder; `None` if it is not there.
pub(super) fn read(dir: &Path, id: &Id, most: u64, inflater: &mut Inflater) -> Option<Lookup> {
    match File::open(file(dir, id)) {
        Ok(file) => Some(content(&file, most, inflater).map_or(Lookup::Unreadable, Lookup::Found)),
        Err(e) if e.kind() == ErrorKind::NotFound => None,
        Err(_) => Some(Lookup::Unreadable),
    }
}

/// The path of a loose object under a folder.
pub(super) fn file(dir: &Path, id: &Id) -> PathBuf {
    let hex = data_encoding::HEXLOWER.encode(id);
    let (folder, name) = hex.split_at(2);
    dir.join(folder).join(name)
}

/// Parses a file's object; `None` if it is malformed.
fn content(file: &File, most: u64, inflater: &mut Inflater) -> Option<Found> {
    let mut stream = Stream { file: 0, place: (0, 0..0), next: 0 };
    let mut head = [0; HEAD];
    let (had, mut ended) = inflater.start(file, &mut stream, &mut head)?;
    let nul = memchr::memchr(0, &head[..had])?;
    let (word, digits) = head[..nul].split_at(memchr::memchr(b' ', &head[..nul])?);
    let kind = ObjectKind::from_word(word)?;
    let size: u64 = std::str::from_utf8(&digits[1..]).ok()?.parse().ok()?;
    if size > most {
        return Some(Found::Larger(kind, size));
    }
    let mut bytes = buffer(size, file.metadata().ok()?.len())?;
    let first = &head[nul + 1..had];
    bytes.get_mut(..first.len())?.copy_from_slice(first);
    let mut done = first.len();
    if !ended && done < bytes.len() {
        let (more, end) = inflater.more(file, &mut stream, &mut bytes[done..])?;
        (done, ended) = (done + more, end);
    }
    let mut done = (done, ended);
    inflater.finish(file, &mut stream, &mut done).then_some(())?;
    (done.0 == bytes.len()).then_some(Found::Whole(Object::new(kind, Arc::new(bytes))))
}
