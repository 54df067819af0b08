//! Objects read from the repository's own files: packs and loose objects, a piece at a time.
//!
//! libgit2 maps packs and their indexes, and keeps up to 16 MB of each pack's deltas: a push of a few hundred commits
//! would hold as much of them as the pack has, whatever is scanned. Here a read takes the bytes that it needs, and what
//! is kept is bounded. No answer is a guess: what is not found, or is not as it should be, is left to libgit2, which says
//! so or knows better (packs that came meanwhile, formats that are not read here).
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

use super::object::Found;
use super::{GitError, Oid};
use cache::Cache;
use idx::Id;
use inflate::Inflater;
use pack::Pack;
use std::cell::RefCell;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// How many alternates lead to others, as in git.
const DEEPEST: usize = 5;
/// More packs are left to libgit2: each takes two open files, and a process has not many more than a thousand.
const MOST_PACKS: usize = 200;

/// The object files of a repository. A handle belongs to one thread; the open files are shared by all of them.
pub(in crate::git) struct Store {
    common_dir: PathBuf,
    files: Arc<OnceLock<Files>>,
    tools: RefCell<Option<Tools>>,
}

/// What is opened when the first object is asked for.
struct Files {
    dirs: Vec<PathBuf>,
    packs: Vec<Pack>,
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
    pub(in crate::git) fn again(&self) -> Store {
        Store {
            common_dir: self.common_dir.clone(),
            files: Arc::clone(&self.files),
            tools: RefCell::new(None),
        }
    }

    /// An object of at most so many bytes; `None` where libgit2 is to be asked.
    ///
    /// # Errors
    /// On an object that neither libgit2 nor git would come to an end with.
    pub(in crate::git) fn read(&self, oid: &Oid, most: u64) -> Result<Option<Found>, GitError> {
        let Ok(id) = Id::try_from(oid.as_bytes()) else { return Ok(None) };
        let files = self.files.get_or_init(|| Files::open(&self.common_dir));
        let mut tools = self.tools.borrow_mut();
        let tools = tools.get_or_insert_with(Tools::new);
        let packs = &files.packs;
        for place in (0..packs.len()).map(|i| (tools.last + i) % packs.len()) {
            if let Some(offset) = packs[place].find(&id) {
                tools.last = place;
                let found = packs[place].read(place, offset, most, tools).transpose();
                return found.map_err(|_| GitError::object("object", oid, "its deltas go round in a circle"));
            }
        }
        Ok(files.dirs.iter().find_map(|dir| loose::read(dir, &id, most, &mut tools.inflater)))
    }
}

impl Tools {
    fn new() -> Tools {
        Tools { inflater: Inflater::new(), cache: Cache::default(), last: 0 }
    }
}

impl Files {
    fn open(common_dir: &Path) -> Files {
        let dirs = folders(common_dir);
        let packs = dirs.iter().flat_map(|d| indexes(&d.join("pack"))).take(MOST_PACKS);
        Files { packs: packs.filter_map(|p| Pack::open(&p)).collect(), dirs }
    }
}

/// The folders with objects: git's environment names them while it keeps what is pushed in quarantine.
fn folders(common_dir: &Path) -> Vec<PathBuf> {
    let own =
        std::env::var_os("GIT_OBJECT_DIRECTORY").map_or_else(|| common_dir.join("objects"), PathBuf::from);
    let mut out = vec![own];
    if let Some(list) = std::env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
        out.extend(std::env::split_paths(&list));
    }
    let mut next = 0;
    for _ in 0..DEEPEST {
        let end = out.len();
        for at in next..end {
            let more = alternates(&out[at]).into_iter().filter(|dir| !out.contains(dir)).collect::<Vec<_>>();
            out.extend(more);
        }
        next = end;
    }
    out
}

/// The folders that one borrows from, a line each.
fn alternates(dir: &Path) -> Vec<PathBuf> {
    let text = std::fs::read(dir.join("info/alternates")).unwrap_or_default();
    let lines = text.split(|b| *b == b'\n').filter(|l| !l.is_empty() && !l.starts_with(b"#"));
    lines.filter_map(|l| Some(dir.join(std::str::from_utf8(l).ok()?))).collect()
}

/// The indexes of a folder's packs.
fn indexes(dir: &Path) -> Vec<PathBuf> {
    let Ok(files) = std::fs::read_dir(dir) else { return Vec::new() };
    let paths = files.flatten().map(|f| f.path());
    let mut paths: Vec<PathBuf> = paths.filter(|p| p.extension() == Some(OsStr::new("idx"))).collect();
    // Any order will do; this one is the same every time.
    paths.sort();
    paths
}
