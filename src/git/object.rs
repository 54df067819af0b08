//! Parses raw objects, so that trees, commits and tags are the same through every backend.

use super::{Blob, GitError, Oid};
use crate::text::copies::Copied;
use std::cmp::Ordering;
use std::sync::Arc;

/// The kind of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// A file's bytes.
    Blob,
    /// A folder.
    Tree,
    /// A commit.
    Commit,
    /// An annotated tag.
    Tag,
}

impl ObjectKind {
    /// Git's name for the kind.
    pub fn word(self) -> &'static str {
        match self {
            ObjectKind::Blob => "blob",
            ObjectKind::Tree => "tree",
            ObjectKind::Commit => "commit",
            ObjectKind::Tag => "tag",
        }
    }

    /// The kind with this name.
    pub fn from_word(word: &[u8]) -> Option<ObjectKind> {
        [ObjectKind::Blob, ObjectKind::Tree, ObjectKind::Commit, ObjectKind::Tag]
            .into_iter()
            .find(|k| k.word().as_bytes() == word)
    }
}

/// An object as it is stored.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) kind: ObjectKind,
    /// Shared with what is kept of a pack: the next object may be made over it.
    pub(super) bytes: Arc<Vec<u8>>,
    /// What its pack made it of, if that is known.
    pub(super) base: Option<DeltaBase>,
}

impl Object {
    /// An object of which nothing else is known.
    pub(super) fn new(kind: ObjectKind, bytes: Arc<Vec<u8>>) -> Object {
        Object { kind, bytes, base: None }
    }
}

/// A blob, and what its pack made it of, if that is known.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its bytes.
    pub bytes: Arc<Vec<u8>>,
    /// What it is a delta of.
    pub base: Option<DeltaBase>,
}

/// The object that another one was made of, as its pack has it.
#[derive(Debug, Clone)]
pub struct DeltaBase {
    /// The number of the pack, and the place in it.
    pub place: (usize, u64),
    /// Its bytes.
    pub bytes: Arc<Vec<u8>>,
    /// What the other one took over, in the other one's order.
    pub copies: Vec<Copied>,
}

/// The result of reading an object with a size limit.
#[derive(Debug)]
pub(super) enum Found {
    Whole(Object),
    /// The object is larger than the limit; its size in bytes.
    Larger(ObjectKind, u64),
}

/// The result of looking an object up.
#[derive(Debug)]
pub(super) enum Lookup {
    /// It was read.
    Found(Found),
    /// It does not exist here.
    Absent,
    /// It is here and cannot be read: damaged, or in an unsupported form.
    Unreadable,
    /// Unknown whether it is here.
    Unknown,
}

/// One entry of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Entry<'a> {
    pub(super) mode: u32,
    pub(super) name: &'a [u8],
    pub(super) id: Oid,
}

/// An entry that owns its name.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) name: Vec<u8>,
    pub(super) blob: Blob,
}

impl Item {
    pub(super) fn is_tree(&self) -> bool {
        self.blob.mode == TREE_MODE
    }
}

impl Entry<'_> {
    pub(super) fn blob(&self) -> Blob {
        Blob { id: self.id, mode: self.mode }
    }

    pub(super) fn to_item(self) -> Item {
        Item { name: self.name.to_vec(), blob: self.blob() }
    }

    /// Git's order: a folder counts as if its name ended in a slash.
    fn order(&self, other: &Entry<'_>) -> Ordering {
        let end = |e: &Entry<'_>| (e.mode == TREE_MODE).then_some(&b'/');
        self.name.iter().chain(end(self)).cmp(other.name.iter().chain(end(other)))
    }
}

/// A folder's mode.
pub(super) const TREE_MODE: u32 = 0o040_000;

/// The entries of a raw tree. Each is `mode SP name NUL id`; an id has `width` bytes.
pub(super) fn entries(raw: &[u8], width: usize) -> Option<Vec<Entry<'_>>> {
    let mut out = Vec::with_capacity(raw.len() / 32);
    let mut rest = raw;
    while !rest.is_empty() {
        let entry = first(rest, width)?;
        out.push(parse(entry, width)?);
        rest = &rest[entry.len()..];
    }
    Some(out)
}

/// Entries that two lists do not share, from the first and from the second.
pub(super) type Unlike<'a> = (Vec<Entry<'a>>, Vec<Entry<'a>>);

/// The entries that only one of two raw trees has; shared entries are compared as bytes and never parsed.
pub(super) fn differing<'a>(mut a: &'a [u8], mut b: &'a [u8], width: usize) -> Option<Unlike<'a>> {
    let (mut only_a, mut only_b) = (Vec::new(), Vec::new());
    while !a.is_empty() && !b.is_empty() {
        let x = first(a, width)?;
        if b.starts_with(x) {
            (a, b) = (&a[x.len()..], &b[x.len()..]);
            continue;
        }
        let y = first(b, width)?;
        let (p, q) = (parse(x, width)?, parse(y, width)?);
        let order = p.order(&q);
        if order.is_le() {
            only_a.push(p);
            a = &a[x.len()..];
        }
        if order.is_ge() {
            only_b.push(q);
            b = &b[y.len()..];
        }
    }
    only_a.extend(entries(a, width)?);
    only_b.extend(entries(b, width)?);
    Some((only_a, only_b))
}

/// The bytes of the first entry.
fn first(raw: &[u8], width: usize) -> Option<&[u8]> {
    raw.get(..memchr::memchr(0, raw)? + 1 + width)
}

fn parse(entry: &[u8], width: usize) -> Option<Entry<'_>> {
    let (head, id) = entry.split_at(entry.len().checked_sub(width)?);
    let head = head.strip_suffix(b"\0")?;
    let space = head.iter().take(8).position(|b| *b == b' ').filter(|n| *n > 0)?;
    let digit = |b: &u8| b.checked_sub(b'0').filter(|d| *d < 8).map(u32::from);
    let mode = head[..space].iter().try_fold(0, |n, b| Some(n << 3 | digit(b)?))?;
    Some(Entry { mode, name: &head[space + 1..], id: Oid::from_bytes(id)? })
}

/// The parts of a commit that matter here. Its author and committer are never scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its own id.
    pub id: Oid,
    /// Its tree.
    pub tree: Oid,
    /// Its parents, first parent first.
    pub parents: Vec<Oid>,
    /// Commit time, seconds since 1970.
    pub time: i64,
    /// The message's bytes.
    pub message: Vec<u8>,
    /// Other headers as stored: a merged tag with its message, a signature with its comments, headers that other tools
    /// wrote, an encoding.
    pub extra: Vec<u8>,
}

impl Commit {
    /// The tree of a commit, without reading the rest of it.
    pub(super) fn tree_in(id: &Oid, raw: &[u8]) -> Result<Oid, GitError> {
        let line = raw.strip_prefix(b"tree ").and_then(|rest| rest.split(|b| *b == b'\n').next());
        line.and_then(Oid::from_hex).ok_or_else(|| GitError::object("commit", id, "its header is broken"))
    }

    pub(super) fn parse(id: Oid, raw: &[u8]) -> Result<Commit, GitError> {
        let broken = || GitError::object("commit", &id, "its header is broken");
        let (headers, message) = split(raw);
        let mut headers = headers.into_iter().peekable();
        // As git reads them: one tree, then the parents. What has these names below is any other header.
        let tree = headers.next().filter(|(key, _)| *key == b"tree").and_then(|(_, id)| Oid::from_hex(id));
        let tree = tree.ok_or_else(broken)?;
        let mut parents = Vec::new();
        while let Some((_, value)) = headers.next_if(|(key, _)| *key == b"parent") {
            parents.push(Oid::from_hex(value).ok_or_else(broken)?);
        }
        headers.next_if(|(key, _)| *key == b"author");
        // `Name <address> seconds zone`
        let time = headers.next_if(|(key, _)| *key == b"committer").and_then(|(_, value)| {
            std::str::from_utf8(value.rsplit(|b| *b == b' ').nth(1)?).ok()?.parse().ok()
        });
        let extra = headers.flat_map(whole).collect();
        Ok(Commit { id, tree, parents, time: time.unwrap_or(0), message: message.to_vec(), extra })
    }
}

/// The author of a commit as its header has it, without the time.
pub(super) fn author(raw: &[u8]) -> Option<&[u8]> {
    let (headers, _) = split(raw);
    let value = headers.into_iter().find(|(key, _)| *key == b"author")?.1;
    let end = value.iter().rposition(|b| *b == b'>')?;
    Some(&value[..=end])
}

/// An annotated tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its own id.
    pub id: Oid,
    /// The object that it names, possibly another tag.
    pub target: Oid,
    /// Its own name.
    pub name: Vec<u8>,
    /// The message's bytes.
    pub message: Vec<u8>,
    /// Other headers as stored. The tagger is not among them.
    pub extra: Vec<u8>,
}

impl Tag {
    pub(super) fn parse(id: Oid, raw: &[u8]) -> Result<Tag, GitError> {
        let (headers, message) = split(raw);
        let mut headers = headers.into_iter().peekable();
        let mut value = |wanted: &[u8]| headers.next_if(|(key, _)| *key == wanted).map(|(_, value)| value);
        let target = value(b"object")
            .and_then(Oid::from_hex)
            .ok_or_else(|| GitError::object("tag", &id, "its header is broken"))?;
        value(b"type");
        let name = value(b"tag").unwrap_or_default().to_vec();
        value(b"tagger");
        let extra = headers.flat_map(whole).collect();
        Ok(Tag { id, target, name, message: message.to_vec(), extra })
    }
}

/// A header line: key and value.
type Header<'a> = (&'a [u8], &'a [u8]);

/// A header as one text: one that git does not know may hold all of its text in the key.
fn whole((key, value): Header<'_>) -> Vec<u8> {
    [key, b" ", value, b"\n"].concat()
}

/// Headers (`key SP value`, with the lines that continue one) and the message after the first empty line.
fn split(raw: &[u8]) -> (Vec<Header<'_>>, &[u8]) {
    let (head, message) = match memchr::memmem::find(raw, b"\n\n") {
        Some(at) => (&raw[..at], &raw[at + 2..]),
        None => (raw, &[][..]),
    };
    // Key, and the range of its value.
    let mut found: Vec<(&[u8], usize, usize)> = Vec::new();
    let mut start = 0;
    for line in head.split(|b| *b == b'\n') {
        let end = start + line.len();
        match found.last_mut() {
            Some((_, _, to)) if line.starts_with(b" ") => *to = end,
            _ => {
                let space = memchr::memchr(b' ', line).unwrap_or(line.len());
                found.push((&line[..space], (start + space + 1).min(end), end));
            }
        }
        start = end + 1;
    }
    (found.into_iter().map(|(key, from, to)| (key, &head[from..to])).collect(), message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A raw tree in git's order.
    fn raw(files: &[(String, bool, u8)]) -> Vec<u8> {
        let mut files: Vec<_> = files.to_vec();
        files.sort_by_key(|(name, folder, _)| format!("{name}{}", if *folder { "/" } else { "" }));
        files.dedup_by(|a, b| a.0 == b.0);
        let mut out = Vec::new();
        for (name, folder, id) in files {
            out.extend(format!("{} {name}\0", if folder { "40000" } else { "100644" }).bytes());
            out.extend([id; 20]);
        }
        out
    }

    proptest! {
        #[test]
        fn trees_differ_in_the_entries_that_only_one_has(
            a in prop::collection::vec(("[ab.0]{1,3}", any::<bool>(), 0..3u8), 0..12),
            b in prop::collection::vec(("[ab.0]{1,3}", any::<bool>(), 0..3u8), 0..12),
        ) {
            let (a, b) = (raw(&a), raw(&b));
            let key = |e: &Entry<'_>| (e.name.to_vec(), e.mode, e.id);
            let all = |raw: &[u8]| entries(raw, 20).unwrap().iter().map(key).collect::<Vec<_>>();
            let (only_a, only_b) = differing(&a, &b, 20).unwrap();
            let without = |x: Vec<_>, y: Vec<_>| x.into_iter().filter(|e| !y.contains(e)).collect::<Vec<_>>();
            prop_assert_eq!(only_a.iter().map(key).collect::<Vec<_>>(), without(all(&a), all(&b)));
            prop_assert_eq!(only_b.iter().map(key).collect::<Vec<_>>(), without(all(&b), all(&a)));
        }
    }

    fn id(digit: u8) -> Oid {
        Oid::from_bytes(&[digit; 20]).unwrap()
    }

    #[test]
    fn a_commit_gives_its_tree_parents_time_message_and_what_other_headers_hold() {
        let raw = format!(
            "tree {}\nparent {}\nparent {}\nauthor A <a> 1 +0000\ncommitter B <b@c> 77 +0200\ngpgsig x\n tree y\nmergetag object z\n type commit\n \n words\nodd\n\nhi\n\nthere\n",
            id(1),
            id(2),
            id(3)
        );
        let c = Commit::parse(id(9), raw.as_bytes()).unwrap();
        assert_eq!((c.tree, c.parents, c.time), (id(1), vec![id(2), id(3)], 77));
        assert_eq!(c.message, b"hi\n\nthere\n");
        assert_eq!(c.extra, b"gpgsig x\n tree y\nmergetag object z\n type commit\n \n words\nodd \n");
        assert!(Commit::parse(id(9), b"author A\n\nhi").is_err());
        // A tree or parent elsewhere is not one for git.
        let (tree, other) = (format!("tree {}\n", id(1)), format!("tree {0}\nparent {0}\n", id(2)));
        let raw = format!("{tree}author A <a> 1 +0000\ncommitter A <a> 5 +0000\n{other}author B\n\nhi\n");
        let c = Commit::parse(id(9), raw.as_bytes()).unwrap();
        assert_eq!((c.tree, c.parents, c.time), (id(1), vec![], 5));
        assert_eq!(c.extra, format!("{other}author B\n").as_bytes());
        assert!(Commit::parse(id(9), format!("parent {}\n{tree}\nhi", id(2)).as_bytes()).is_err());
    }

    #[test]
    fn a_tree_gives_its_entries_and_a_cut_one_none() {
        let mut raw = b"100644 a b\0".to_vec();
        raw.extend([7; 20]);
        raw.extend(b"40000 d\xff\0");
        raw.extend([8; 20]);
        let e = entries(&raw, 20).unwrap();
        assert_eq!((e[0].mode, e[0].name, e[0].id), (0o100_644, &b"a b"[..], id(7)));
        assert_eq!((e[1].mode, e[1].name, e[1].id), (TREE_MODE, &b"d\xff"[..], id(8)));
        assert!(entries(&raw[..raw.len() - 1], 20).is_none());
    }

    #[test]
    fn a_tag_gives_its_target_and_message() {
        let raw = format!("object {}\ntype commit\ntag v1\ntagger A <a> 1 +0000\n\nrelease\n", id(4));
        let t = Tag::parse(id(9), raw.as_bytes()).unwrap();
        assert_eq!((t.target, t.name, t.message), (id(4), b"v1".to_vec(), b"release\n".to_vec()));
    }
}
