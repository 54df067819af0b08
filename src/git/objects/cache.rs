//! Caches base objects of deltas: the next object of a chain needs them again.

use crate::git::ObjectKind;
use std::collections::HashMap;
use std::sync::Arc;

/// Bytes that are kept, in two halves.
const MOST: usize = 3 << 20;
/// Largest object that is kept; a larger one would push out all others.
const LARGEST: usize = MOST / 8;

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
}

impl Cache {
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
        if size > LARGEST {
            return;
        }
        if self.bytes + size > MOST / 2 {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        if self.young.insert(place, base).is_none() {
            self.bytes += size;
        }
    }
}
