//! What every read needs, made once per thread.

use super::cache::Cache;
use super::inflate::Inflater;

pub(super) struct Tools {
    pub(super) inflater: Inflater,
    pub(super) cache: Cache,
    /// The pack that had the last object; the next is likely in it too.
    pub(super) last: usize,
}

impl Tools {
    pub(super) fn new() -> Tools {
        Tools { inflater: Inflater::new(), cache: Cache::default(), last: 0 }
    }

    /// For reading most objects of a repository, in the order of their places.
    pub(super) fn for_all() -> Tools {
        Tools { inflater: Inflater::for_all(), cache: Cache::for_all(), last: 0 }
    }
}
