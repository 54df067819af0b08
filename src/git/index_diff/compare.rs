//! Compares the index with a tree, folder by folder.

use super::index::{self, Index};
use crate::finding::RepoPath;
use crate::git::object::Item;
use crate::git::reader::Reader;
use crate::git::{Blob, Delta, Oid, tree};
use std::path::Path;

/// Most nested folders; deeper ones are left to the plain reader, since this function recurses.
const DEEPEST: usize = 500;

/// Where the index in this file differs from a tree, in order of path; `None` if the plain reader has to compare.
pub(in crate::git) fn index_against(
    reader: &dyn Reader,
    file: &Path,
    tree: Option<&Oid>,
) -> Option<Vec<Delta>> {
    if tree.is_some_and(|t| index::is_just(file, t)) {
        return Some(Vec::new());
    }
    let index = Index::open(file)?;
    let mut walk = Walk { reader, index, place: 0, out: Vec::new() };
    walk.folder(&mut Vec::new(), Some(0), tree, 0)?;
    if walk.place != walk.index.len() {
        return None;
    }
    let mut out = walk.out;
    out.sort_by(|a, b| a.path.cmp(&b.path));
    Some(out)
}

struct Walk<'a> {
    reader: &'a dyn Reader,
    index: Index,
    /// Number of the next entry.
    place: usize,
    out: Vec<Delta>,
}

/// What one name in a folder of the index is.
enum Here {
    File(Blob),
    Announced,
    Folder,
}

impl Walk<'_> {
    /// Compares the entries under `prefix` (empty, or ending in a slash) with a tree. `folder` is its record in
    /// the TREE extension.
    fn folder(
        &mut self,
        prefix: &mut Vec<u8>,
        folder: Option<usize>,
        tree: Option<&Oid>,
        depth: usize,
    ) -> Option<()> {
        if let Some((id, count)) = folder.and_then(|f| self.index.whole(f))
            && tree == Some(&id)
        {
            return self.step_over(prefix, count);
        }
        if depth > DEEPEST {
            return None;
        }
        let mut old = match tree {
            Some(id) => tree::items(self.reader, id).ok()?,
            None => Vec::new(),
        };
        old.sort_by(|a, b| a.name.cmp(&b.name));
        let mut met = vec![false; old.len()];
        let inside: Vec<(Vec<u8>, usize)> = folder.map_or_else(Vec::new, |f| {
            self.index.inside(f).into_iter().map(|(name, f)| (name.to_vec(), f)).collect()
        });
        let mut last: Vec<u8> = Vec::new();
        while self.place < self.index.len() {
            let entry = self.index.entry(self.place)?;
            let Some(rest) = entry.path.strip_prefix(&**prefix) else {
                break;
            };
            let (name, here) = match memchr::memchr(b'/', rest) {
                Some(slash) => (&rest[..slash], Here::Folder),
                None if entry.intent_to_add => (rest, Here::Announced),
                None => (rest, Here::File(Blob { id: entry.id, mode: entry.mode })),
            };
            let name = name.to_vec();
            // In git's order: a repeated name would mean that a count of the TREE extension is wrong.
            if name.is_empty() || (!last.is_empty() && in_order(&last, &name, &here).is_none()) {
                return None;
            }
            let was = old.binary_search_by(|i| i.name.cmp(&name)).ok();
            match here {
                Here::File(new) => {
                    self.place += 1;
                    let was = was.filter(|i| !old[*i].is_tree());
                    was.into_iter().for_each(|i| met[i] = true);
                    let before = was.map(|i| old[i].blob);
                    if before != Some(new) {
                        self.put(prefix, &name, before, Some(new));
                    }
                    last = name;
                }
                Here::Announced => {
                    self.place += 1;
                    last = name;
                }
                Here::Folder => {
                    let was = was.filter(|i| old[*i].is_tree());
                    was.into_iter().for_each(|i| met[i] = true);
                    let before = was.map(|i| old[i].blob.id);
                    let known = inside.binary_search_by(|(n, _)| n.cmp(&name)).ok().map(|i| inside[i].1);
                    let length = prefix.len();
                    prefix.extend_from_slice(&name);
                    prefix.push(b'/');
                    self.folder(prefix, known, before.as_ref(), depth + 1)?;
                    prefix.truncate(length);
                    last = name;
                    last.push(b'/');
                }
            }
        }
        for (item, _) in old.iter().zip(met).filter(|(_, met)| !met) {
            self.removed(prefix, item)?;
        }
        Some(())
    }

    /// Skips a folder in which nothing is staged.
    fn step_over(&mut self, prefix: &[u8], count: usize) -> Option<()> {
        let next = self.place.checked_add(count).filter(|n| *n <= self.index.len())?;
        if count == 0 {
            return prefix.is_empty().then_some(());
        }
        // The count comes from the index; its last entry must be in the folder. The next entry is checked
        // after it.
        if !self.index.entry(next - 1)?.path.starts_with(prefix) {
            return None;
        }
        self.place = next;
        Some(())
    }

    fn removed(&mut self, prefix: &[u8], item: &Item) -> Option<()> {
        if !item.is_tree() {
            self.put(prefix, &item.name, Some(item.blob), None);
            return Some(());
        }
        for (path, blob) in tree::flatten(self.reader, &item.blob.id).ok()? {
            self.put(prefix, &[&item.name, &b"/"[..], &path].concat(), Some(blob), None);
        }
        Some(())
    }

    fn put(&mut self, prefix: &[u8], name: &[u8], old: Option<Blob>, new: Option<Blob>) {
        self.out.push(Delta { path: RepoPath::new([prefix, name].concat()), old, new });
    }
}

/// Returns `Some` if a name comes after the last one; a folder's name counts with its slash.
fn in_order(last: &[u8], name: &[u8], here: &Here) -> Option<()> {
    let slash: &[u8] = if matches!(here, Here::Folder) { b"/" } else { b"" };
    (last.iter().cmp(name.iter().chain(slash)) == std::cmp::Ordering::Less).then_some(())
}
