//! Sets of many object ids in little memory.

use crate::git::Oid;
use sha1::{Digest, Sha1};
use std::collections::HashSet;

/// Object ids and names that were seen, twenty bytes each: SHA-1 ids as they are, longer ids and names by their
/// SHA-1.
#[derive(Debug, Default)]
pub(crate) struct OidSet(HashSet<[u8; 20]>);

impl OidSet {
    /// Adds an object; returns whether it is new.
    pub(crate) fn is_new(&mut self, id: &Oid) -> bool {
        self.0.insert(key(id))
    }

    /// Returns whether an object is in it.
    pub(crate) fn has(&self, id: &Oid) -> bool {
        self.0.contains(&key(id))
    }

    /// Adds a name; returns whether it is new.
    pub(crate) fn is_new_name(&mut self, name: &[u8]) -> bool {
        self.0.insert(Sha1::digest(name).into())
    }
}

fn key(id: &Oid) -> [u8; 20] {
    let bytes = id.as_bytes();
    bytes.try_into().unwrap_or_else(|_| Sha1::digest(bytes).into())
}
