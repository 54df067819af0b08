//! Comparing trees: two trees, or a tree and the index. Whole subtrees with equal ids are never read.

use super::object::{self, Entry, Item, TREE_MODE};
use super::reader::{Reader, Sides};
use super::{Blob, Delta, GitError, ObjectKind, Oid};
use crate::finding::RepoPath;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

/// The root tree of a commit.
pub(super) struct Root {
    pub(super) commit: Oid,
    pub(super) tree: Oid,
    pub(super) bytes: Arc<Vec<u8>>,
}

/// The entries of a tree object.
pub(super) fn items(reader: &dyn Reader, id: &Oid) -> Result<Vec<Item>, GitError> {
    let raw = raw(reader, id)?;
    Ok(entries(&raw, id)?.into_iter().map(Entry::to_item).collect())
}

/// The entries that only one of two trees has: shared ones, which are most, are compared as bytes and never parsed.
pub(super) fn unlike(reader: &dyn Reader, old: Option<&Oid>, new: Option<&Oid>) -> Result<Sides, GitError> {
    let read = |id: Option<&Oid>| id.map_or_else(|| Ok(Arc::default()), |id| raw(reader, id));
    let (raw_old, raw_new) = (read(old)?, read(new)?);
    let Some(id) = new.or(old) else { return Ok(Sides::default()) };
    if let Some((old, new)) = object::differing(&raw_old, &raw_new, id.as_bytes().len()) {
        let own = |entries: Vec<Entry<'_>>| entries.into_iter().map(Entry::to_item).collect();
        return Ok((own(old), own(new)));
    }
    // One of the two is broken.
    old.map_or(Ok(Vec::new()), |id| entries(&raw_old, id))?;
    Err(broken(id))
}

/// The bytes of a tree object.
pub(super) fn raw(reader: &dyn Reader, id: &Oid) -> Result<Arc<Vec<u8>>, GitError> {
    let object = reader.read(id)?;
    match object.kind {
        ObjectKind::Tree => Ok(object.bytes),
        _ => Err(GitError::object("tree", id, "it is no tree")),
    }
}

fn entries<'a>(raw: &'a [u8], id: &Oid) -> Result<Vec<Entry<'a>>, GitError> {
    object::entries(raw, id.as_bytes().len()).ok_or_else(|| broken(id))
}

fn broken(id: &Oid) -> GitError {
    GitError::object("tree", id, "an entry of it is broken")
}

fn join(prefix: &[u8], name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(prefix.len() + name.len() + 1);
    out.extend_from_slice(prefix);
    if !prefix.is_empty() {
        out.push(b'/');
    }
    out.extend_from_slice(name);
    out
}

/// Every path under a tree, in byte order. Uses a list of pending folders, so any depth works.
pub(super) fn flatten(reader: &dyn Reader, tree: &Oid) -> Result<Vec<(Vec<u8>, Blob)>, GitError> {
    let mut out = Vec::new();
    let mut todo = vec![(Vec::new(), *tree)];
    while let Some((prefix, id)) = todo.pop() {
        let raw = raw(reader, &id)?;
        for entry in entries(&raw, &id)? {
            let path = join(&prefix, entry.name);
            match entry.mode {
                TREE_MODE => todo.push((path, entry.id)),
                _ => out.push((path, entry.blob())),
            }
        }
    }
    out.sort();
    Ok(out)
}

/// Two folders still to compare.
struct Pair {
    prefix: Vec<u8>,
    old: Option<Oid>,
    new: Option<Oid>,
}

/// The paths that differ between two trees; `None` counts as an empty tree.
pub(super) fn compare(
    reader: &dyn Reader,
    old: Option<&Oid>,
    new: Option<&Oid>,
) -> Result<Vec<Delta>, GitError> {
    let mut out = Vec::new();
    let mut todo = vec![Pair { prefix: Vec::new(), old: old.copied(), new: new.copied() }];
    while let Some(folders) = todo.pop() {
        if folders.old != folders.new {
            let sides = reader.unlike(folders.old.as_ref(), folders.new.as_ref())?;
            compare_folders(&folders.prefix, sides, &mut todo, &mut out);
        }
    }
    out.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(out)
}

fn compare_folders(prefix: &[u8], (mut a, mut b): Sides, todo: &mut Vec<Pair>, out: &mut Vec<Delta>) {
    // Git sorts a folder as if its name ended in a slash; sorted by name alone, the two sides also meet if a
    // file became a folder.
    a.sort_by(|x, y| x.name.cmp(&y.name));
    b.sort_by(|x, y| x.name.cmp(&y.name));
    let (mut a, mut b) = (a.into_iter().peekable(), b.into_iter().peekable());
    loop {
        let (name, order) = match (a.peek(), b.peek()) {
            (None, None) => return,
            (Some(x), None) => (&x.name, Ordering::Less),
            (None, Some(y)) => (&y.name, Ordering::Greater),
            (Some(x), Some(y)) => ((&x.name).min(&y.name), x.name.cmp(&y.name)),
        };
        let path = join(prefix, name);
        let x = if order.is_le() { a.next() } else { None }.map(|item| item.blob);
        let y = if order.is_ge() { b.next() } else { None }.map(|item| item.blob);
        if x == y {
            continue;
        }
        let folder = |b: Option<Blob>| b.filter(|b| b.mode == TREE_MODE).map(|b| b.id);
        let (old, new) = (folder(x), folder(y));
        if old.is_some() || new.is_some() {
            todo.push(Pair { prefix: path.clone(), old, new });
        }
        let file = |b: Option<Blob>| b.filter(|b| b.mode != TREE_MODE);
        let (old, new) = (file(x), file(y));
        if old.is_some() || new.is_some() {
            out.push(Delta { path: RepoPath::new(path), old, new });
        }
    }
}

/// Returns whether a tree has a file that differs from what each of `others` has at its path. A folder that one of them
/// has too is not read. `None` counts as an empty tree.
pub(super) fn differs_from_all(
    reader: &dyn Reader,
    others: &[Option<Oid>],
    new: &Oid,
) -> Result<bool, GitError> {
    let mut todo = vec![(others.to_vec(), *new)];
    while let Some((others, new)) = todo.pop() {
        if others.contains(&Some(new)) {
            continue;
        }
        let raw_new = raw(reader, &new)?;
        let read = |other: &Option<Oid>| other.map_or_else(|| Ok(Arc::default()), |id| raw(reader, &id));
        let others = others.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        // The entries that none of the trees so far has, each with the folders of its name in them.
        let mut kept: Option<HashMap<Entry<'_>, Vec<Option<Oid>>>> = None;
        for other in &others {
            let differing = object::differing(other, &raw_new, new.as_bytes().len());
            let (old, differ) = differing.ok_or_else(|| broken(&new))?;
            let folders = old.into_iter().filter(|e| e.mode == TREE_MODE).map(|e| (e.name, e.id));
            let folders: HashMap<&[u8], Oid> = folders.collect();
            let mut before = kept.take();
            let still = differ.into_iter().filter_map(|entry| {
                let mut all = match &mut before {
                    Some(before) => before.remove(&entry)?,
                    None => Vec::new(),
                };
                all.push(folders.get(entry.name).copied());
                Some((entry, all))
            });
            kept = Some(still.collect());
        }
        for (entry, folders) in kept.unwrap_or_default() {
            if entry.mode != TREE_MODE {
                return Ok(true);
            }
            todo.push((folders, entry.id));
        }
    }
    Ok(false)
}

/// Every path under a tree; empty without one.
pub(super) fn list(reader: &dyn Reader, tree: Option<&Oid>) -> Result<Vec<(Vec<u8>, Blob)>, GitError> {
    let all = compare(reader, None, tree)?.into_iter();
    Ok(all.filter_map(|d| Some((d.path.as_bytes().to_vec(), d.new?))).collect())
}

/// The paths that differ between two lists.
pub(super) fn compare_lists(mut old: Vec<(Vec<u8>, Blob)>, mut new: Vec<(Vec<u8>, Blob)>) -> Vec<Delta> {
    // libgit2 lists an index ignoring case if `core.ignoreCase` is set.
    old.sort();
    new.sort();
    let mut out = Vec::new();
    let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return out,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(x), Some(y)) => x.0.cmp(&y.0),
        };
        let x = if order.is_le() { old.next() } else { None };
        let y = if order.is_ge() { new.next() } else { None };
        let (x_blob, y_blob) = (x.as_ref().map(|x| x.1), y.as_ref().map(|y| y.1));
        if x_blob != y_blob
            && let Some((path, _)) = x.or(y)
        {
            out.push(Delta { path: RepoPath::new(path), old: x_blob, new: y_blob });
        }
    }
}

/// The entry at a path of a tree: a blob, a gitlink or a folder.
pub(super) fn lookup(reader: &dyn Reader, tree: &Oid, path: &[u8]) -> Result<Option<Blob>, GitError> {
    lookup_in(reader, tree, &raw(reader, tree)?, path)
}

/// The same for a tree whose bytes were read.
pub(super) fn lookup_in(
    reader: &dyn Reader,
    tree: &Oid,
    bytes: &[u8],
    path: &[u8],
) -> Result<Option<Blob>, GitError> {
    let find = |id: &Oid, bytes: &[u8], name: &[u8]| -> Result<Option<Blob>, GitError> {
        Ok(entries(bytes, id)?.iter().find(|entry| entry.name == name).map(Entry::blob))
    };
    let mut parts = path.split(|b| *b == b'/');
    let mut at = find(tree, bytes, parts.next().unwrap_or_default())?;
    for part in parts {
        let Some(folder) = at.filter(|entry| entry.mode == TREE_MODE) else { return Ok(None) };
        at = find(&folder.id, &raw(reader, &folder.id)?, part)?;
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::object::Object;
    use crate::git::staged;
    use crate::test_support::tries;
    use proptest::prelude::*;
    use sha1::{Digest, Sha1};
    use std::collections::BTreeMap;

    /// Trees that were made up, by their ids.
    #[derive(Default)]
    struct Made(HashMap<Oid, Arc<Vec<u8>>>);

    impl Reader for Made {
        fn read(&self, id: &Oid) -> Result<Object, GitError> {
            Ok(Object::new(ObjectKind::Tree, Arc::clone(&self.0[id])))
        }

        fn header(&self, _: &Oid) -> Result<Option<(ObjectKind, u64)>, GitError> {
            Ok(None)
        }

        fn unlike(&self, old: Option<&Oid>, new: Option<&Oid>) -> Result<Sides, GitError> {
            unlike(self, old, new)
        }

        fn index_against(&self, _: Option<&Oid>) -> Result<Vec<Delta>, GitError> {
            Ok(Vec::new())
        }
    }

    /// Files by path, each with a number for its content; one number stands for a submodule.
    type Files = BTreeMap<&'static str, u8>;
    const LINK: u8 = 3;
    const PATHS: [&str; 10] = ["a", "a/x", "b", "d", "d.e", "d/a", "d/b", "d/e/f", "d/e/g", "z/y/x"];

    impl Made {
        /// Makes the tree of some files; a folder comes before a file of its name.
        fn tree(&mut self, files: &Files) -> Oid {
            let mut entries: BTreeMap<String, Vec<u8>> = BTreeMap::new();
            let mut folders: BTreeMap<&str, Files> = BTreeMap::new();
            for (path, number) in files {
                if let Some((folder, rest)) = path.split_once('/') {
                    folders.entry(folder).or_default().insert(rest, *number);
                }
            }
            for (path, number) in files.iter().filter(|(path, _)| !path.contains('/')) {
                let mode = if *number == LINK { "160000" } else { "100644" };
                if !folders.contains_key(path) {
                    let entry = [format!("{mode} {path}\0").as_bytes(), &[*number; 20]].concat();
                    entries.insert((*path).to_owned(), entry);
                }
            }
            for (folder, files) in &folders {
                let id = self.tree(files);
                let entry = [format!("40000 {folder}\0").as_bytes(), id.as_bytes()].concat();
                entries.insert(format!("{folder}/"), entry);
            }
            let raw = entries.into_values().collect::<Vec<_>>().concat();
            let id = Oid::from_bytes(&Sha1::digest(&raw)).unwrap();
            self.0.insert(id, Arc::new(raw));
            id
        }
    }

    fn files() -> impl Strategy<Value = Files> {
        prop::collection::btree_map(prop::sample::select(&PATHS[..]), 0..=LINK, 0..8)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(tries(300)))]

        #[test]
        fn a_tree_differs_from_all_others_if_each_comparison_has_one_path_in_common(
            parents in prop::collection::vec(files(), 1..4),
            own in files(),
            taken in prop::collection::vec(any::<bool>(), 10),
        ) {
            // A merge: most files are as in one of the parents.
            let mut merged = parents.iter().flatten().map(|(path, number)| (*path, *number)).collect::<Files>();
            for ((path, number), _) in own.iter().zip(&taken).filter(|(_, taken)| **taken) {
                merged.insert(path, *number);
            }
            let mut made = Made::default();
            let new = made.tree(&merged);
            let trees: Vec<Option<Oid>> = parents.iter().map(|files| Some(made.tree(files))).collect();
            let deltas = |tree: &Option<Oid>| compare(&made, tree.as_ref(), Some(&new)).unwrap();
            let all: Vec<Vec<Delta>> = trees.iter().map(deltas).collect();
            let is_in_all = |d: &&Delta| all.iter().all(|of| of.iter().any(|other| other.path == d.path));
            let has = all[0].iter().filter(|d| d.new.is_some()).any(|d| is_in_all(&d));
            let differs = differs_from_all(&made, &trees, &new).unwrap();
            prop_assert_eq!(differs, has);
            let changes = staged::changes(all).unwrap();
            prop_assert!(differs || changes.list.is_empty() && changes.gitlinks == 0);
        }
    }
}
