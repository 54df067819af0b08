//! A pack: a sequence of objects, each a zlib stream, whole or as a delta of another object of the pack.

use super::delta;
use super::file::fill;
use super::idx::{Id, Idx, Unread};
use super::inflate::{Inflater, SMALL, Stream, buffer};
use super::parts::Key;
use super::tools::Tools;
use crate::git::ObjectKind;
use crate::git::object::{DeltaBase, Found, Object};
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes read first: an object's header and, for most, all of it.
const FIRST: usize = 4 << 10;
/// Longest delta chain; git makes none longer.
const LONGEST: usize = 4096;

/// A circular chain of deltas: libgit2 and git would follow it for ever.
#[derive(Debug)]
pub(super) struct Endless;

/// Where an object's delta chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chain {
    /// At a whole object.
    Whole,
    /// Outside of the pack, or at something that is not an object.
    Broken,
    /// Nowhere: the chain is circular.
    Endless,
}

/// The key of the next pack that is opened.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// An open pack with its index.
pub(super) struct Pack {
    idx: Idx,
    file: File,
    key: Key,
    size: u64,
}

/// The kind of entry according to its header.
enum Form {
    Whole(ObjectKind),
    Over(u64),
}

/// An object's header: its form, the size of its stream's content, and the stream.
struct Head {
    form: Form,
    size: u64,
    stream: Stream,
    /// Number of bytes in the file from the stream on.
    left: u64,
}

impl Pack {
    /// Opens a pack by its index. The two must belong together.
    pub(super) fn open(path: &Path) -> Result<Pack, Unread> {
        use Unread::Damaged;
        let file = File::open(path.with_extension("pack")).map_err(|e| match e.kind() {
            ErrorKind::NotFound => Unread::Gone,
            _ => Damaged("it cannot be opened"),
        })?;
        let idx = Idx::open(path)?;
        let size = file.metadata().map_err(|_| Damaged("it cannot be read"))?.len();
        let mut head = [0; 12];
        fill(&file, 0, &mut head).ok_or(Damaged("it ends too early"))?;
        let [b'P', b'A', b'C', b'K', 0, 0, 0, version, count @ ..] = head else {
            return Err(Damaged("it does not begin as a pack does"));
        };
        if !matches!(version, 2 | 3) {
            return Err(Unread::Unsupported);
        }
        if u64::from(u32::from_be_bytes(count)) != idx.len() {
            return Err(Damaged("its index has another number of objects"));
        }
        let mut sum = [0; 20];
        let end = size.checked_sub(sum.len() as u64).ok_or(Damaged("it ends too early"))?;
        fill(&file, end, &mut sum).ok_or(Damaged("it cannot be read"))?;
        if sum != idx.pack_sum {
            return Err(Damaged("its index belongs to another pack, or it was cut off"));
        }
        Ok(Pack { idx, file, key: NEXT.fetch_add(1, Ordering::Relaxed), size: end })
    }

    /// Keeps the index in memory: most of its objects are going to be looked up.
    pub(super) fn keep_index(&self) {
        self.idx.keep();
    }

    /// Returns whether its index has the right checksum. Reads the whole index.
    pub(super) fn index_is_whole(&self) -> bool {
        self.idx.is_whole()
    }

    /// The offset of an object.
    pub(super) fn find(&self, id: &Id) -> Option<u64> {
        self.idx.find(id)
    }

    /// The object at `offset` of this pack, whose number is `number`.
    pub(super) fn read(
        &self,
        number: usize,
        offset: u64,
        most: u64,
        tools: &mut Tools,
    ) -> Option<Result<Found, Endless>> {
        // Deltas from the requested object down to the first that is whole or cached.
        let mut deltas: Vec<(u64, Vec<u8>)> = Vec::new();
        let mut at = offset;
        let (mut too_large, mut length) = (None, 0);
        let (kind, mut bytes) = loop {
            if let Some(base) = tools.cache.get((number, at)) {
                break base;
            }
            let head = self.head(at, &mut tools.inflater)?;
            match head.form {
                Form::Whole(kind) if deltas.is_empty() && head.size > most => {
                    return Some(Ok(Found::Larger(kind, head.size)));
                }
                // Only its kind was still unknown.
                Form::Whole(kind) if too_large.is_some() => break (kind, Arc::default()),
                Form::Whole(kind) => {
                    let bytes = tools.inflater.whole(&self.file, head.stream, head.size, head.left)?;
                    break (kind, Arc::new(bytes));
                }
                Form::Over(base) => {
                    if too_large.is_none() {
                        let (size, delta) =
                            self.delta(head, tools, if deltas.is_empty() { most } else { u64::MAX })?;
                        too_large = delta.is_none().then_some(size);
                        deltas.push((at, delta.unwrap_or_default()));
                    }
                    at = base;
                }
            }
            length += 1;
            if length > LONGEST {
                return Some(Err(Endless));
            }
        };
        if let Some(size) = too_large {
            return Some(Ok(Found::Larger(kind, size)));
        }
        if deltas.is_empty() && bytes.len() as u64 > most {
            return Some(Ok(Found::Larger(kind, bytes.len() as u64)));
        }
        let mut base = None;
        for (place, delta) in deltas.into_iter().rev() {
            let made = Arc::new(delta::apply(&bytes, &delta)?);
            if place == offset && kind == ObjectKind::Blob && tools.cache.keeps_all {
                let copies = delta::copies(&delta);
                base = Some(DeltaBase { place: (number, at), bytes: Arc::clone(&bytes), copies });
            }
            tools.cache.put((number, at), (kind, bytes));
            (at, bytes) = (place, made);
        }
        // Objects that others are made over are worth keeping; this one is one of them if it was found there, and perhaps if
        // the next that is read stands behind it.
        if tools.cache.keeps_all {
            tools.cache.put((number, at), (kind, Arc::clone(&bytes)));
        }
        Some(Ok(Found::Whole(Object { base, ..Object::new(kind, bytes) })))
    }

    /// The offset of the object that the one at `offset` is a delta of.
    pub(super) fn base(&self, offset: u64, inflater: &mut Inflater) -> Option<u64> {
        match self.head(offset, inflater)?.form {
            Form::Over(base) => Some(base),
            Form::Whole(_) => None,
        }
    }

    /// Where the delta chain of the object at `offset` ends.
    pub(super) fn chain(&self, mut offset: u64, inflater: &mut Inflater) -> Chain {
        for _ in 0..=LONGEST {
            match self.head(offset, inflater) {
                Some(Head { form: Form::Over(base), .. }) => offset = base,
                Some(Head { form: Form::Whole(_), .. }) => return Chain::Whole,
                None => return Chain::Broken,
            }
        }
        Chain::Endless
    }

    /// A delta, and the size of its result; no delta if that is more than `most`.
    fn delta(&self, head: Head, tools: &mut Tools, most: u64) -> Option<(u64, Option<Vec<u8>>)> {
        if most > 0 && head.size <= SMALL {
            let delta = tools.inflater.whole(&self.file, head.stream, head.size, head.left)?;
            let (_, size, _) = delta::sizes(&delta)?;
            return Some((size, (size <= most).then_some(delta)));
        }
        let mut delta = buffer(head.size, head.left)?;
        let mut stream = head.stream;
        // The two sizes at the start have at most nine bytes each.
        let first = delta.len().min(18);
        let (had, mut ended) = tools.inflater.start(&self.file, &mut stream, &mut delta[..first])?;
        let (_, size, _) = delta::sizes(&delta[..had])?;
        if size > most {
            return Some((size, None));
        }
        let mut done = had;
        if !ended {
            let (more, end) = tools.inflater.more(&self.file, &mut stream, &mut delta[first..])?;
            (done, ended) = (done + more, end);
        }
        let mut done = (done, ended);
        tools.inflater.finish(&self.file, &mut stream, &mut done).then_some(())?;
        (done.0 == delta.len()).then_some((size, Some(delta)))
    }

    fn head(&self, offset: u64, inflater: &mut Inflater) -> Option<Head> {
        let left = self.size.checked_sub(offset)?;
        let first = FIRST.min(usize::try_from(left).unwrap_or(FIRST));
        let (part, range) = inflater.parts.load(&self.file, self.key, offset, first)?;
        let place = (part, range.clone());
        let bytes = inflater.parts.bytes(&place);
        let mut at = 0;
        let mut next = || {
            at += 1;
            bytes.get(at - 1).copied()
        };
        let first = next()?;
        let mut size = u64::from(first & 0x0f);
        let mut shift = 4;
        let mut byte = first;
        while byte & 0x80 != 0 {
            byte = next()?;
            (shift < 60).then_some(())?;
            size |= u64::from(byte & 0x7f) << shift;
            shift += 7;
        }
        let form = match (first >> 4) & 7 {
            1 => Form::Whole(ObjectKind::Commit),
            2 => Form::Whole(ObjectKind::Tree),
            3 => Form::Whole(ObjectKind::Blob),
            4 => Form::Whole(ObjectKind::Tag),
            6 => {
                let mut back = 0u64;
                loop {
                    let byte = next()?;
                    back |= u64::from(byte & 0x7f);
                    if byte & 0x80 == 0 {
                        break;
                    }
                    back = (back + 1).checked_mul(0x80)?;
                }
                Form::Over(offset.checked_sub(back).filter(|_| back > 0)?)
            }
            7 => {
                let id = bytes.get(at..at + 20)?.try_into().ok()?;
                at += 20;
                Form::Over(self.find(&id)?)
            }
            _ => return None,
        };
        let place = (part, range.start + at..range.end);
        let stream = Stream { file: self.key, place, next: offset + range.len() as u64 };
        Some(Head { form, size, stream, left: left.checked_sub(at as u64)? })
    }
}
