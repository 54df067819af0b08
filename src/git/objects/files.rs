//! The object files of a repository: their paths, and which packs contradict themselves.

use super::idx::{Id, Unread};
use super::pack::Pack;
use crate::git::{GitError, Oid};
use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// How deep alternates may be chained, as in git.
const DEEPEST: usize = 5;
/// Most packs read here, the rest are left to git: each takes two open files, and a process may have about a
/// thousand.
const MOST_PACKS: usize = 200;

/// The object files of a repository, opened on the first lookup.
pub(super) struct Files {
    pub(super) dirs: Vec<PathBuf>,
    pub(super) packs: Vec<Pack>,
    /// The index of each pack.
    opened: Vec<PathBuf>,
    /// All indexes found, whether they could be opened or not.
    indexes: Vec<PathBuf>,
    /// True if there are files that are not read here.
    pub(super) partly: bool,
    /// Packs that contradict themselves, with what is wrong.
    damaged: Vec<(PathBuf, &'static str)>,
    /// The first index with a wrong checksum, computed when it matters.
    broken: OnceLock<Option<PathBuf>>,
    whole: OnceLock<bool>,
}

impl Files {
    pub(super) fn open(common_dir: &Path) -> Files {
        let (dirs, readable) = folders(common_dir);
        let indexes = indexes(&dirs);
        let mut files = Files {
            partly: !readable || indexes.len() > MOST_PACKS,
            dirs,
            packs: Vec::new(),
            opened: Vec::new(),
            damaged: Vec::new(),
            broken: OnceLock::new(),
            whole: OnceLock::new(),
            indexes: Vec::new(),
        };
        for path in indexes.iter().take(MOST_PACKS) {
            match Pack::open(path) {
                Ok(pack) => {
                    files.packs.push(pack);
                    files.opened.push(path.clone());
                }
                Err(Unread::Gone) => {}
                Err(Unread::Unsupported) => files.partly = true,
                Err(Unread::Damaged(why)) => files.damaged.push((path.clone(), why)),
            }
        }
        Files { indexes, ..files }
    }

    /// Returns whether the packs are still the ones that were opened.
    pub(super) fn are_current(&self) -> bool {
        indexes(&self.dirs) == self.indexes
    }

    /// The number of the pack that has an object, and the object's offset. Pack `first` is tried first.
    pub(super) fn find(&self, id: &Id, first: usize) -> Option<(usize, u64)> {
        let count = self.packs.len();
        (0..count).map(|i| (first + i) % count).find_map(|n| Some((n, self.packs[n].find(id)?)))
    }

    /// An error if a pack contradicts itself: an object that is found nowhere else may be in it.
    pub(super) fn none_damaged(&self) -> Result<(), GitError> {
        self.damaged.first().map_or(Ok(()), |(path, why)| Err(damaged(path, why)))
    }

    /// The error for a missing object that must be here: a damaged index may have lost it.
    pub(super) fn missing(&self, oid: &Oid) -> GitError {
        match self.broken() {
            Some(path) => damaged(path, "the sum of its index is wrong"),
            None => GitError::Missing(vec![*oid]),
        }
    }

    /// Returns whether all packs are open here, and each index has its right checksum. A `multi-pack-index` is
    /// not checked.
    pub(super) fn are_whole(&self) -> bool {
        let over_several = || self.dirs.iter().any(|dir| dir.join("pack/multi-pack-index").exists());
        *self.whole.get_or_init(|| {
            !self.partly && self.damaged.is_empty() && self.broken().is_none() && !over_several()
        })
    }

    /// The first index with a wrong checksum.
    fn broken(&self) -> Option<&Path> {
        let find = || {
            let at = self.packs.iter().position(|pack| !pack.index_is_whole())?;
            self.opened.get(at).cloned()
        };
        self.broken.get_or_init(find).as_deref()
    }
}

fn damaged(index: &Path, why: &'static str) -> GitError {
    GitError::Pack { path: index.with_extension("pack"), why }
}

/// The error for circular deltas, which libgit2 and git would follow for ever.
pub(super) fn endless(oid: &Oid) -> GitError {
    GitError::object("object", oid, "its deltas go round in a circle")
}

/// The folders with objects: git's environment names them while it quarantines what is pushed. The flag is false if
/// there are more that only git finds.
fn folders(common_dir: &Path) -> (Vec<PathBuf>, bool) {
    let own =
        std::env::var_os("GIT_OBJECT_DIRECTORY").map_or_else(|| common_dir.join("objects"), PathBuf::from);
    let mut out = vec![own];
    if let Some(list) = std::env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
        out.extend(std::env::split_paths(&list));
    }
    // Git quotes a path that contains the separator.
    let mut readable = !out.iter().any(|dir| dir.as_os_str().as_encoded_bytes().starts_with(b"\""));
    let mut seen: HashSet<PathBuf> = out.iter().cloned().collect();
    let mut next = 0;
    for _ in 0..DEEPEST {
        let end = out.len();
        for at in next..end {
            for line in alternates(&out[at]) {
                match std::str::from_utf8(&line).ok().filter(|l| !l.starts_with('"')).map(|l| out[at].join(l))
                {
                    None => readable = false,
                    Some(dir) if seen.insert(dir.clone()) => out.push(dir),
                    Some(_) => {}
                }
            }
        }
        next = end;
    }
    (out, readable)
}

/// The folders that a folder borrows from, one per line.
fn alternates(dir: &Path) -> Vec<Vec<u8>> {
    let text = std::fs::read(dir.join("info/alternates")).unwrap_or_default();
    let lines = text.split(|b| *b == b'\n').filter(|l| !l.is_empty() && !l.starts_with(b"#"));
    lines.map(<[u8]>::to_vec).collect()
}

/// The pack indexes in these folders.
fn indexes(dirs: &[PathBuf]) -> Vec<PathBuf> {
    let files = dirs.iter().filter_map(|dir| std::fs::read_dir(dir.join("pack")).ok());
    let paths = files.flat_map(|files| files.flatten().map(|f| f.path()));
    let mut paths: Vec<PathBuf> = paths.filter(|p| p.extension() == Some(OsStr::new("idx"))).collect();
    // Any order will do; this one is stable.
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that borrows from 20,000 others, each named twice, knows each once and in order.
    #[test]
    fn each_of_many_alternates_is_known_once() {
        let dir = tempfile::tempdir().unwrap();
        let info = dir.path().join("objects/info");
        std::fs::create_dir_all(&info).unwrap();
        let list: String = (0..20_000).map(|n| format!("/nowhere/{n}\n")).collect();
        std::fs::write(info.join("alternates"), format!("{list}# a comment\n{list}")).unwrap();
        let (found, readable) = folders(dir.path());
        assert!(readable);
        assert_eq!(found.len(), 20_001);
        let expected = (0..20_000).map(|n| PathBuf::from(format!("/nowhere/{n}")));
        assert!(found[1..].iter().cloned().eq(expected));
        // Two that borrow from each other end.
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        for (from, to) in [(&a, &b), (&b, &a)] {
            std::fs::create_dir_all(from.join("objects/info")).unwrap();
            let line = to.join("objects").to_str().unwrap().to_owned();
            std::fs::write(from.join("objects/info/alternates"), line + "\n").unwrap();
        }
        assert_eq!(folders(&a).0, [a.join("objects"), b.join("objects")]);
    }
}
