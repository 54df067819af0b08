//! Entry points for the fuzz targets in `fuzz/`: broken repository content. Compiled only for `cargo fuzz`
//! (`cfg(fuzzing)`).

use super::object::{self, Commit, Tag};
use super::{Oid, parse_push, parse_receive};

pub use super::index_diff::fuzz_index as index;
pub use super::objects::fuzz_packs as packs;

/// Raw objects and lists of refs must be refused or parsed.
pub fn objects(data: &[u8]) {
    let Some(id) = Oid::from_bytes(&[7; 20]) else { return };
    if let Ok(commit) = Commit::parse(id, data) {
        assert!(commit.message.is_empty() || data.ends_with(&commit.message));
    }
    if let Ok(tag) = Tag::parse(id, data) {
        assert!(tag.message.is_empty() || data.ends_with(&tag.message));
    }
    let lines = data.split(|b| *b == b'\n').filter(|l| !l.is_empty()).count();
    for updates in [parse_push(data), parse_receive(data)].into_iter().flatten() {
        assert_eq!(updates.len(), lines);
    }
    // What only one of two trees has is the same, however it is computed.
    let (old, new) = data.split_at(data.len() / 2);
    let Some((a, b)) = object::entries(old, 20).zip(object::entries(new, 20)) else { return };
    let (only_old, only_new) = object::differing(old, new, 20).expect("internal: both trees were parsed");
    let key = |e: &object::Entry<'_>| (e.mode, e.name.to_vec(), e.id);
    for (have, other, only) in [(&a, &b, &only_old), (&b, &a, &only_new)] {
        for entry in have.iter().filter(|e| !other.iter().any(|o| key(o) == key(e))) {
            assert!(only.iter().any(|o| key(o) == key(entry)), "an entry is lost");
        }
    }
}
