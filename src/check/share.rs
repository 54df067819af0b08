//! A share of the work: each of several machines scans one, and together they scan everything.
//!
//! Which share something belongs to follows from a hash of the object or name, never from its place in a list, so
//! additions change nothing.

use sha1::{Digest, Sha1};
use std::fmt;

/// One of several shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    /// Counted from 1.
    pub(crate) number: u32,
    pub(crate) of: u32,
}

impl Share {
    /// The share with this number; `None` if the number is not one of them.
    pub(crate) fn new(number: u32, of: u32) -> Option<Share> {
        (1..=of).contains(&number).then_some(Share { number, of })
    }

    /// Returns whether an object or name belongs to it.
    pub(crate) fn has(self, what: &[u8]) -> bool {
        let hash = Sha1::digest(what);
        let head = hash.iter().take(8).fold(0u64, |n, b| n << 8 | u64::from(*b));
        head % u64::from(self.of) == u64::from(self.number - 1)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_thing_belongs_to_just_one_share(what: Vec<u8>, of in 1u32..20) {
            let shares = (1..=of).filter_map(|n| Share::new(n, of));
            prop_assert_eq!(shares.filter(|s| s.has(&what)).count(), 1);
        }
    }

    #[test]
    fn shares_are_of_about_one_size_and_stay_as_they_were() {
        let share = Share::new(3, 8).unwrap();
        let count = (0..8000u32).filter(|n| share.has(&n.to_be_bytes())).count();
        assert!((900..1100).contains(&count), "{count}");
        // A report of one version may be merged with that of another machine, so the hash must stay the
        // same.
        assert_eq!((1..=8).find(|n| Share::new(*n, 8).unwrap().has(b"a")), Some(5));
        assert_eq!((Share::new(0, 3), Share::new(4, 3), Share::new(1, 0)), (None, None, None));
    }
}
