//! Comparing trees: two trees, or a tree and the index. Whole subtrees with equal ids are never read.

use super::object::{self, Entry, Item, TREE_MODE};
use super::reader::{Reader, Sides};
use super::{Blob, Delta, GitError, ObjectKind, Oid};
use crate::finding::RepoPath;
use std::cmp::Ordering;

/// The root tree of a commit.
pub(super) struct Root {
    pub(super) commit: Oid,
    pub(super) tree: Oid,
    pub(super) bytes: Vec<u8>,
}

/// The entries of a tree object.
pub(super) fn items(reader: &dyn Reader, id: &Oid) -> Result<Vec<Item>, GitError> {
    let raw = raw(reader, id)?;
    Ok(entries(&raw, id)?.into_iter().map(Entry::to_item).collect())
}

/// The entries that only one of two trees has: shared ones, which are most, are compared as bytes and never parsed.
pub(super) fn unlike(reader: &dyn Reader, old: Option<&Oid>, new: Option<&Oid>) -> Result<Sides, GitError> {
    let read = |id: Option<&Oid>| id.map_or_else(|| Ok(Vec::new()), |id| raw(reader, id));
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
pub(super) fn raw(reader: &dyn Reader, id: &Oid) -> Result<Vec<u8>, GitError> {
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
