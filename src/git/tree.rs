//! Comparing trees: two trees, or a tree and the index. Whole subtrees with equal ids are never read.

use super::backend::Backend;
use super::object::{self, TREE_MODE};
use super::{Blob, GitError, Kind, Oid};
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
    let object = backend.read(id)?;
    if object.kind != Kind::Tree {
        return Err(GitError::object("tree", id, "it is no tree"));
    }
    let entries = object::entries(&object.bytes, id.as_bytes().len())
        .ok_or_else(|| GitError::object("tree", id, "an entry of it is broken"))?;
    Ok(entries
        .into_iter()
        .map(|e| Item { name: e.name.to_vec(), blob: Blob { id: e.id, mode: e.mode } })
        .collect())
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

/// Every path under a tree, in order of their bytes.
pub(super) fn flatten(backend: &dyn Backend, tree: &Oid) -> Result<Vec<(Vec<u8>, Blob)>, GitError> {
    let mut out = Vec::new();
    descend(backend, tree, &[], &mut |path, blob| out.push((path, blob)))?;
    Ok(out)
}

fn descend(
    backend: &dyn Backend,
    tree: &Oid,
    prefix: &[u8],
    each: &mut dyn FnMut(Vec<u8>, Blob),
) -> Result<(), GitError> {
    for item in items(backend, tree)? {
        let path = join(prefix, &item.name);
        if item.is_tree() {
            descend(backend, &item.blob.id, &path, each)?;
        } else {
            each(path, item.blob);
        }
    }
    Ok(())
}

/// The paths that differ between two trees; no tree is an empty one.
pub(super) fn compare(
    backend: &dyn Backend,
    old: Option<&Oid>,
    new: Option<&Oid>,
) -> Result<Vec<Delta>, GitError> {
    let mut out = Vec::new();
    compare_into(backend, old, new, &[], &mut out)?;
    out.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(out)
}

fn compare_into(
    backend: &dyn Backend,
    old: Option<&Oid>,
    new: Option<&Oid>,
    prefix: &[u8],
    out: &mut Vec<Delta>,
) -> Result<(), GitError> {
    if old == new {
        return Ok(());
    }
    let read = |id: Option<&Oid>| id.map_or_else(|| Ok(Vec::new()), |id| items(backend, id));
    let (mut a, mut b) = (read(old)?, read(new)?);
    // Git sorts a folder as if its name ended in a slash; by name alone the two sides meet also where a file
    // became a folder.
    a.sort_by(|x, y| x.name.cmp(&y.name));
    b.sort_by(|x, y| x.name.cmp(&y.name));
    let (mut a, mut b) = (a.into_iter().peekable(), b.into_iter().peekable());
    loop {
        let order = match (a.peek(), b.peek()) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(x), Some(y)) => x.name.cmp(&y.name),
        };
        let x = if order.is_le() { a.next() } else { None };
        let y = if order.is_ge() { b.next() } else { None };
        pair(backend, x, y, prefix, out)?;
    }
}

/// Compares what stands under one name on both sides.
fn pair(
    backend: &dyn Backend,
    x: Option<Item>,
    y: Option<Item>,
    prefix: &[u8],
    out: &mut Vec<Delta>,
) -> Result<(), GitError> {
    let name = match x.as_ref().or(y.as_ref()) {
        Some(item) => join(prefix, &item.name),
        None => return Ok(()),
    };
    let tree = |i: &Option<Item>| i.as_ref().filter(|i| i.is_tree()).map(|i| i.blob.id);
    let (old_tree, new_tree) = (tree(&x), tree(&y));
    compare_into(backend, old_tree.as_ref(), new_tree.as_ref(), &name, out)?;
    let old = x.filter(|i| !i.is_tree()).map(|i| i.blob);
    let new = y.filter(|i| !i.is_tree()).map(|i| i.blob);
    if old != new {
        out.push(Delta { path: RepoPath::new(name), old, new });
    }
    Ok(())
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
        match items(backend, &at.id)?.into_iter().find(|i| i.name == part) {
            Some(item) => at = item.blob,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}
