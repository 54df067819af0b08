//! Objects read from the repository's own files: packs and loose objects, a piece at a time.
//!
//! libgit2 maps packs and their indexes, and keeps up to 16 MB of each pack's deltas: a push of a few hundred commits
//! would hold as much of them as the pack has, whatever is scanned. Here a read takes the bytes that it needs, and what
//! is kept is bounded. No answer is a guess: a pack whose index contradicts itself is an error, and what is not read here
//! (other versions, very many packs, damaged objects) is left to git. libgit2 is never asked: it trusts what an index says
//! and reads past its end.
//!
//! Source of the formats: git's Documentation/gitformat-pack.

mod cache;
mod delta;
mod file;
#[cfg(fuzzing)]
mod fuzz;
mod idx;
mod inflate;
mod loose;
mod pack;
#[cfg(test)]
mod tests;

#[cfg(fuzzing)]
pub use fuzz::packs as fuzz_packs;

pub(super) use file::tail;

use super::object::Found;
use super::{GitError, Oid};
use cache::Cache;
use idx::{Id, Unread};
use inflate::Inflater;
use pack::Pack;
use std::cell::RefCell;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// How many alternates lead to others, as in git.
const DEEPEST: usize = 5;
/// More packs are left to git: each takes two open files, and a process has not many more than a thousand.
const MOST_PACKS: usize = 200;

/// The object files of a repository. A handle belongs to one thread; the open files are shared by all of them.
pub(in crate::git) struct Store {
    common_dir: PathBuf,
    files: Arc<OnceLock<Files>>,
    tools: RefCell<Option<Tools>>,
}

/// What is known of an object.
#[derive(Debug)]
pub(in crate::git) enum Lookup {
    /// It was read.
    Found(Found),
    /// It is not here.
    Absent,
    /// It is here and cannot be read: it is damaged, or of a form that only git reads.
    Unreadable,
    /// Only git can tell whether it is here.
    Unknown,
}

/// What is opened when the first object is asked for.
struct Files {
    dirs: Vec<PathBuf>,
    packs: Vec<Pack>,
    /// The index of each pack.
    opened: Vec<PathBuf>,
    /// All indexes that were there, whether they could be opened or not.
    indexes: Vec<PathBuf>,
    /// True if something was there that only git reads.
    partly: bool,
    /// The packs that contradict themselves, with what is wrong.
    damaged: Vec<(PathBuf, &'static str)>,
    /// The first index whose sum is wrong, looked for when an object is missing.
    broken: OnceLock<Option<PathBuf>>,
}

/// What every read needs, made once for each thread.
struct Tools {
    inflater: Inflater,
    cache: Cache,
    /// The pack that had the last object: the next is likely in it too.
    last: usize,
}

impl Store {
    pub(in crate::git) fn new(common_dir: &Path) -> Store {
        Store { common_dir: common_dir.to_owned(), files: Arc::default(), tools: RefCell::new(None) }
    }

    /// Another handle, for another thread.
    pub(in crate::git) fn reopen(&self) -> Store {
        Store {
            common_dir: self.common_dir.clone(),
            files: Arc::clone(&self.files),
            tools: RefCell::new(None),
        }
    }

    /// An object of at most so many bytes.
    ///
    /// # Errors
    /// On an object that git would not come to an end with, and on one that is not found where a pack is damaged.
    pub(in crate::git) fn read(&self, oid: &Oid, most: u64) -> Result<Lookup, GitError> {
        let Ok(id) = Id::try_from(oid.as_bytes()) else { return Ok(Lookup::Unknown) };
        let files = self.files.get_or_init(|| Files::open(&self.common_dir));
        let mut tools = self.tools.borrow_mut();
        match files.read(oid, &id, most, tools.get_or_insert_with(Tools::new))? {
            Lookup::Absent => {}
            other => return Ok(other),
        }
        // Packs may have come meanwhile, in place of loose objects and of other packs.
        if indexes(&files.dirs) == files.indexes {
            return Ok(Lookup::Absent);
        }
        Files::open(&self.common_dir).read(oid, &id, most, &mut Tools::new())
    }

    /// Why an object that must be here is not: an index that was damaged may have lost it.
    pub(in crate::git) fn missing(&self, oid: &Oid) -> GitError {
        let files = self.files.get_or_init(|| Files::open(&self.common_dir));
        let broken = files.broken.get_or_init(|| {
            let at = files.packs.iter().position(|pack| !pack.index_is_whole())?;
            files.opened.get(at).cloned()
        });
        match broken {
            Some(path) => damaged(path, "the sum of its index is wrong"),
            None => GitError::Missing(vec![*oid]),
        }
    }
}

fn damaged(index: &Path, why: &'static str) -> GitError {
    GitError::Pack { path: index.with_extension("pack"), why }
}

impl Tools {
    fn new() -> Tools {
        Tools { inflater: Inflater::new(), cache: Cache::default(), last: 0 }
    }
}

impl Files {
    fn open(common_dir: &Path) -> Files {
        let (dirs, readable) = folders(common_dir);
        let indexes = indexes(&dirs);
        let mut files = Files {
            partly: !readable || indexes.len() > MOST_PACKS,
            dirs,
            packs: Vec::new(),
            opened: Vec::new(),
            damaged: Vec::new(),
            broken: OnceLock::new(),
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

    fn read(&self, oid: &Oid, id: &Id, most: u64, tools: &mut Tools) -> Result<Lookup, GitError> {
        let packs = &self.packs;
        for place in (0..packs.len()).map(|i| (tools.last + i) % packs.len()) {
            if let Some(offset) = packs[place].find(id) {
                tools.last = place;
                return match packs[place].read(place, offset, most, tools).transpose() {
                    Ok(found) => Ok(found.map_or(Lookup::Unreadable, Lookup::Found)),
                    Err(_) => Err(GitError::object("object", oid, "its deltas go round in a circle")),
                };
            }
        }
        if let Some(found) = self.dirs.iter().find_map(|dir| loose::read(dir, id, most, &mut tools.inflater))
        {
            return Ok(found);
        }
        match self.damaged.first() {
            Some((path, why)) => Err(damaged(path, why)),
            None if self.partly => Ok(Lookup::Unknown),
            None => Ok(Lookup::Absent),
        }
    }
}

/// The folders with objects: git's environment names them while it keeps what is pushed in quarantine. False if there
/// are more that only git finds.
fn folders(common_dir: &Path) -> (Vec<PathBuf>, bool) {
    let own =
        std::env::var_os("GIT_OBJECT_DIRECTORY").map_or_else(|| common_dir.join("objects"), PathBuf::from);
    let mut out = vec![own];
    if let Some(list) = std::env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
        out.extend(std::env::split_paths(&list));
    }
    // Git quotes what has its separator in it.
    let mut readable = !out.iter().any(|dir| dir.as_os_str().as_encoded_bytes().starts_with(b"\""));
    let mut next = 0;
    for _ in 0..DEEPEST {
        let end = out.len();
        for at in next..end {
            for line in alternates(&out[at]) {
                match std::str::from_utf8(&line).ok().filter(|l| !l.starts_with('"')).map(|l| out[at].join(l))
                {
                    None => readable = false,
                    Some(dir) if !out.contains(&dir) => out.push(dir),
                    Some(_) => {}
                }
            }
        }
        next = end;
    }
    (out, readable)
}

/// The folders that one borrows from, a line each.
fn alternates(dir: &Path) -> Vec<Vec<u8>> {
    let text = std::fs::read(dir.join("info/alternates")).unwrap_or_default();
    let lines = text.split(|b| *b == b'\n').filter(|l| !l.is_empty() && !l.starts_with(b"#"));
    lines.map(<[u8]>::to_vec).collect()
}

/// The indexes of the packs of these folders.
fn indexes(dirs: &[PathBuf]) -> Vec<PathBuf> {
    let files = dirs.iter().filter_map(|dir| std::fs::read_dir(dir.join("pack")).ok());
    let paths = files.flat_map(|files| files.flatten().map(|f| f.path()));
    let mut paths: Vec<PathBuf> = paths.filter(|p| p.extension() == Some(OsStr::new("idx"))).collect();
    // Any order will do; this one is the same every time.
    paths.sort();
    paths
}
