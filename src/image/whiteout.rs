//! What a layer does to the files of the layers below it.

use super::files::clean;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

/// A layer's changes, by path. What it puts is kept as hashes: a layer may have a million files.
#[derive(Debug, Default)]
pub struct Changes {
    deleted: HashSet<Vec<u8>>,
    /// Folders whose content in lower layers is gone.
    emptied: HashSet<Vec<u8>>,
    put: HashSet<u64>,
    hasher: RandomState,
}

const WHITEOUT: &[u8] = b".wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";

impl Changes {
    /// Notes an entry of the layer; a folder replaces nothing.
    pub fn note(&mut self, path: &[u8], is_folder: bool) {
        let Some(path) = clean(b"", path) else { return };
        let name = memchr::memrchr(b'/', &path).map_or(0, |i| i + 1);
        let folder = &path[..name.saturating_sub(1)];
        let last = &path[name..];
        if last == OPAQUE {
            self.emptied.insert(folder.to_vec());
        } else if last.starts_with(WHITEOUT) && last.len() > WHITEOUT.len() {
            self.deleted.insert([&path[..name], &last[WHITEOUT.len()..]].concat());
        } else if !is_folder {
            self.put.insert(self.hasher.hash_one(&path));
        }
    }

    /// Returns whether the layer hides a file of the layers below: `Some(true)` if it has another in its place.
    pub fn hides(&self, path: &[u8]) -> Option<bool> {
        let path = clean(b"", path)?;
        if self.put.contains(&self.hasher.hash_one(&path)) {
            return Some(true);
        }
        let gone = |path: &[u8]| self.deleted.contains(path);
        // A file in a folder's place takes the folder away.
        let above = |folder: &[u8]| {
            gone(folder)
                || self.emptied.contains(folder)
                || self.put.contains(&self.hasher.hash_one(folder.to_vec()))
        };
        let mut folders = memchr::memchr_iter(b'/', &path).map(|i| &path[..i]);
        let hidden = gone(&path) || self.emptied.contains(&b""[..]) || folders.any(above);
        hidden.then_some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_hides_what_it_deletes_replaces_or_covers() {
        let of = |entries: &[(&str, bool)]| {
            let mut changes = Changes::default();
            entries.iter().for_each(|(path, is_folder)| changes.note(path.as_bytes(), *is_folder));
            changes
        };
        for (entries, path, want) in [
            (&[("app/.wh..env", false)][..], "app/.env", Some(false)),
            (&[("./app/.wh..env", false)], "/app/.env", Some(false)),
            (&[("app/.wh..env", false)], "app/x/.env", None),
            (&[(".wh.app", false)], "app/x/.env", Some(false)),
            (&[("app/.wh..wh..opq", false), ("app/new", false)], "app/x/.env", Some(false)),
            (&[("app/.wh..wh..opq", false), ("app/new", false)], "apple", None),
            (&[(".wh..wh..opq", false)], "a", Some(false)),
            (&[("app/.env", false)], "app/.env", Some(true)),
            (&[("app", true)], "app/.env", None),
            (&[("app", false)], "app/.env", Some(false)),
            (&[("app/.wh.", false)], "app/", None),
        ] {
            assert_eq!(of(entries).hides(path.as_bytes()), want, "{entries:?} {path}");
        }
    }
}
