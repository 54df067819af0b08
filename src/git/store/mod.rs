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
mod idx;
mod inflate;
mod loose;
mod pack;
#[cfg(test)]
mod tests;

use super::Oid;
use super::object::Found;
use cache::Cache;
use idx::Id;
use inflate::Inflater;
use pack::Pack;
use std::cell::RefCell;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// How many alternates lead to others, as in git.
const DEEPEST: usize = 5;

/// The object files of a repository. It belongs to one thread.
pub(in crate::git) struct Store {
    common_dir: PathBuf,
    open: RefCell<Option<Open>>,
}

/// What is opened when the first object is asked for.
struct Open {
    dirs: Vec<PathBuf>,
    packs: Vec<Pack>,
    /// The pack that had the last object: the next is likely in it too.
    last: usize,
    tools: Tools,
}

/// What every read needs, made once.
struct Tools {
    inflater: Inflater,
    cache: Cache,
}

impl Store {
    pub(in crate::git) fn new(common_dir: &Path) -> Store {
        Store { common_dir: common_dir.to_owned(), open: RefCell::new(None) }
    }

    /// An object of at most so many bytes; `None` where libgit2 is to be asked.
    pub(in crate::git) fn read(&self, id: &Oid, most: u64) -> Option<Found> {
        let id: Id = id.as_bytes().try_into().ok()?;
        let mut open = self.open.borrow_mut();
        let open = open.get_or_insert_with(|| Open::new(&self.common_dir));
        let packs = open.packs.len();
        for place in (0..packs).map(|i| (open.last + i) % packs) {
            if let Some(offset) = open.packs[place].find(&id) {
                open.last = place;
                return open.packs[place].read(place, offset, most, &mut open.tools);
            }
        }
        open.dirs.iter().find_map(|dir| loose::read(dir, &id, most, &mut open.tools.inflater))
    }
}

impl Open {
    fn new(common_dir: &Path) -> Open {
        let dirs = folders(common_dir);
        let packs = dirs.iter().flat_map(|d| packs(&d.join("pack"))).collect();
        Open { dirs, packs, last: 0, tools: Tools { inflater: Inflater::new(), cache: Cache::default() } }
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

fn packs(dir: &Path) -> Vec<Pack> {
    let Ok(files) = std::fs::read_dir(dir) else { return Vec::new() };
    let paths = files.flatten().map(|f| f.path());
    let mut paths: Vec<PathBuf> = paths.filter(|p| p.extension() == Some(OsStr::new("idx"))).collect();
    // Any order will do; this one is the same every time.
    paths.sort();
    paths.iter().filter_map(|p| Pack::open(p)).collect()
}
