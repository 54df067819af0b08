//! The objects that deltas were made over: the next object of a chain needs them again.

use crate::git::ObjectKind;
use std::collections::HashMap;
use std::sync::Arc;

/// So many bytes are kept, in two halves.
const MOST: usize = 3 << 20;
/// A larger object would push all others out.
const LARGEST: usize = MOST / 8;

/// Which pack, and where in it.
type Key = (usize, u64);

/// An object at some place of a chain.
pub(super) type Base = (ObjectKind, Arc<Vec<u8>>);

/// What was used lately. When the young half is full, it becomes the old one, and what the old one had is dropped.
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
