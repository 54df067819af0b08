//! Caches base objects of deltas: the next object of a chain needs them again.

use crate::git::ObjectKind;
use foldhash::HashMap;
use std::sync::Arc;

/// Bytes kept for reading objects here and there, in two halves.
const SOME: usize = 3 << 20;
/// Bytes kept for reading most objects of a repository, each soon after the one that it is a delta of.
const MANY: usize = 8 << 20;

/// Number of the pack, and offset in it.
type Key = (usize, u64);

/// A base object of a delta.
pub(super) type Base = (ObjectKind, Arc<Vec<u8>>);

/// Recently used objects. When the young half is full, it becomes the old half, and the previous old half is
/// dropped.
#[derive(Default)]
pub(super) struct Cache {
    young: HashMap<Key, Base>,
    old: HashMap<Key, Base>,
    bytes: usize,
    /// True if every object that is read is kept, not only those that another was made over: the next may be made over it.
    pub(super) keeps_all: bool,
}

impl Cache {
    /// A cache for reading most objects of a repository, in the order of their places.
    pub(super) fn for_all() -> Cache {
        Cache { keeps_all: true, ..Cache::default() }
    }

    fn most(&self) -> usize {
        if self.keeps_all { MANY } else { SOME }
    }

    pub(super) fn get(&mut self, place: Key) -> Option<Base> {
        if let Some(base) = self.young.get(&place) {
            return Some(base.clone());
        }
        let base = self.old.remove(&place)?;
        self.put(place, base.clone());
        Some(base)
    }

    pub(super) fn put(&mut self, place: Key, base: Base) {
        let size = base.1.len();
        // A larger object would push all others out.
        if size > self.most() / 8 {
            return;
        }
        if self.bytes + size > self.most() / 2 {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        if self.young.insert(place, base).is_none() {
            self.bytes += size;
        }
    }
}
