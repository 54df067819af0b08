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
        Tools::with(Cache::default())
    }

    pub(super) fn with(cache: Cache) -> Tools {
        Tools { inflater: Inflater::new(), cache, last: 0 }
    }
}
