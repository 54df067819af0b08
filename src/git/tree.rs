//! Comparing trees: two trees, or a tree and the index. Whole subtrees with equal ids are never read.

use super::backend::Backend;
use super::object::{self, Entry, TREE_MODE};
use super::{Blob, GitError, ObjectKind, Oid};
use crate::finding::RepoPath;
use std::cmp::Ordering;

/// One path that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// The path.
    pub path: RepoPath,
    /// What stood there.
    pub old: Option<Blob>,
    /// What stands there now.
    pub new: Option<Blob>,
}

/// An entry that owns its name, so that two trees can be held at a time.
pub(super) struct Item {
    pub(super) name: Vec<u8>,
    pub(super) blob: Blob,
}

impl Item {
    pub(super) fn is_tree(&self) -> bool {
        self.blob.mode == TREE_MODE
    }
}

/// The entries of a tree object.
pub(super) fn items(backend: &dyn Backend, id: &Oid) -> Result<Vec<Item>, GitError> {
    let raw = raw(backend, id)?;
    let own = |e: Entry<'_>| Item { name: e.name.to_vec(), blob: e.blob() };
    Ok(entries(&raw, id)?.into_iter().map(own).collect())
}

fn raw(backend: &dyn Backend, id: &Oid) -> Result<Vec<u8>, GitError> {
    let object = backend.read(id)?;
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

/// Every path under a tree, in order of their bytes. Folders wait in a list, so no depth of them is too deep.
pub(super) fn flatten(backend: &dyn Backend, tree: &Oid) -> Result<Vec<(Vec<u8>, Blob)>, GitError> {
    let mut out = Vec::new();
    let mut todo = vec![(Vec::new(), *tree)];
    while let Some((prefix, id)) = todo.pop() {
        let raw = raw(backend, &id)?;
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

/// Two folders that are still to be compared.
struct Pair {
    prefix: Vec<u8>,
    old: Option<Oid>,
    new: Option<Oid>,
}

/// The paths that differ between two trees; no tree is an empty one.
pub(super) fn compare(
    backend: &dyn Backend,
    old: Option<&Oid>,
    new: Option<&Oid>,
) -> Result<Vec<Delta>, GitError> {
    let mut out = Vec::new();
    let mut todo = vec![Pair { prefix: Vec::new(), old: old.copied(), new: new.copied() }];
    while let Some(folders) = todo.pop() {
        if folders.old != folders.new {
            compare_folders(backend, &folders, &mut todo, &mut out)?;
        }
    }
    out.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(out)
}

fn compare_folders(
    backend: &dyn Backend,
    folders: &Pair,
    todo: &mut Vec<Pair>,
    out: &mut Vec<Delta>,
) -> Result<(), GitError> {
    let read = |id: Option<Oid>| id.map_or_else(|| Ok(Vec::new()), |id| raw(backend, &id));
    let (raw_old, raw_new) = (read(folders.old)?, read(folders.new)?);
    let Some(id) = folders.new.or(folders.old) else {
        return Ok(());
    };
    // Most entries stand in both: they are compared as bytes, and only the others looked at.
    let unlike = object::differing(&raw_old, &raw_new, id.as_bytes().len());
    let (mut a, mut b) = unlike.ok_or_else(|| broken(&id))?;
    // Git sorts a folder as if its name ended in a slash; by name alone the two sides meet also where a file
    // became a folder.
    a.sort_by(|x, y| x.name.cmp(y.name));
    b.sort_by(|x, y| x.name.cmp(y.name));
    let (mut a, mut b) = (a.into_iter().peekable(), b.into_iter().peekable());
    loop {
        let (name, order) = match (a.peek(), b.peek()) {
            (None, None) => return Ok(()),
            (Some(x), None) => (x.name, Ordering::Less),
            (None, Some(y)) => (y.name, Ordering::Greater),
            (Some(x), Some(y)) => (x.name.min(y.name), x.name.cmp(y.name)),
        };
        let x = if order.is_le() { a.next() } else { None }.map(|e| e.blob());
        let y = if order.is_ge() { b.next() } else { None }.map(|e| e.blob());
        if x == y {
            continue;
        }
        let folder = |b: Option<Blob>| b.filter(|b| b.mode == TREE_MODE).map(|b| b.id);
        let (old, new) = (folder(x), folder(y));
        if old.is_some() || new.is_some() {
            todo.push(Pair { prefix: join(&folders.prefix, name), old, new });
        }
        let file = |b: Option<Blob>| b.filter(|b| b.mode != TREE_MODE);
        let (old, new) = (file(x), file(y));
        if old.is_some() || new.is_some() {
            out.push(Delta { path: RepoPath::new(join(&folders.prefix, name)), old, new });
        }
    }
}

/// The paths that differ between two lists sorted by path.
pub(super) fn compare_lists(old: Vec<(Vec<u8>, Blob)>, new: Vec<(Vec<u8>, Blob)>) -> Vec<Delta> {
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

/// What stands at a path of a tree: a blob, a gitlink or a folder.
pub(super) fn lookup(backend: &dyn Backend, tree: &Oid, path: &[u8]) -> Result<Option<Blob>, GitError> {
    let mut at = Blob { id: *tree, mode: TREE_MODE };
    for part in path.split(|b| *b == b'/') {
        if at.mode != TREE_MODE {
            return Ok(None);
        }
        let raw = raw(backend, &at.id)?;
        match entries(&raw, &at.id)?.iter().find(|e| e.name == part) {
            Some(entry) => at = entry.blob(),
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}
