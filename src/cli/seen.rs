//! A set of ids that stays small for a history of any length.

use crate::git::Oid;
use sha1::{Digest, Sha1};
use std::collections::HashSet;

/// Ids that were met, twenty bytes each: SHA-1 ids as they are, others and names by their SHA-1.
#[derive(Debug, Default)]
pub(super) struct Seen(HashSet<[u8; 20]>);

impl Seen {
    /// Is this object met for the first time?
    pub(super) fn is_new(&mut self, id: &Oid) -> bool {
        let bytes = id.as_bytes();
        self.0.insert(bytes.try_into().unwrap_or_else(|_| Sha1::digest(bytes).into()))
    }

    /// Is this name met for the first time?
    pub(super) fn is_new_name(&mut self, name: &[u8]) -> bool {
        self.0.insert(Sha1::digest(name).into())
    }
}
