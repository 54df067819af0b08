//! The files under folders, read by every core while the walk is still under way.
//!
//! What comes of a file never depends on which thread read it, and comes back in the order of the paths. What is tracked
//! is read whatever git ignores; what a walk passes over is told.

use super::workers;
use crate::error::Error;
use crate::git;
use crate::policy::Passed;
use ignore::{DirEntry, WalkBuilder, WalkState};
use rayon::prelude::*;
use std::collections::HashSet;
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What is read at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    /// A file, or whatever was named: a FIFO, a device.
    File,
    /// A symbolic link that a walk met: its own text, as git records it.
    Link,
    /// Nothing: it is passed over.
    Passed(Passed),
}

/// Does `work` for every file under `roots`; gives what came of those for which something came, in the order of their
/// paths, and the errors of the walk. `work` gets a buffer that is its thread's own.
///
/// What is named is always among them; in folders git's ignore rules hold for untracked files if `honour_ignore` is
/// true, and hidden files (`.env`, `.npmrc`) are read.
pub(crate) fn each<T: Send>(
    roots: &[PathBuf],
    honour_ignore: bool,
    work: impl Fn(&Path, Item, &mut Vec<u8>) -> Option<T> + Sync,
) -> (Vec<T>, Vec<Error>) {
    let bar = workers::counter("files");
    let run = Run {
        work,
        found: Mutex::default(),
        failed: Mutex::default(),
        seen: Mutex::default(),
        nested: Mutex::default(),
        // One that nobody sees would be counted on by all threads all the same.
        bar: (!bar.is_hidden()).then_some(&bar),
    };
    let (folders, named): (Vec<&PathBuf>, Vec<&PathBuf>) = roots.iter().partition(|root| root.is_dir());
    let mut buffer = Vec::new();
    for path in named {
        match path.metadata() {
            Ok(_) => run.read(path, Item::File, &mut buffer),
            Err(e) => run.fail(format!("{}: {e}", path.display())),
        }
    }
    if let Some((first, others)) = folders.split_first() {
        run.walk(first, others, honour_ignore);
        if honour_ignore {
            run.tracked(&folders);
        }
    }
    bar.finish_and_clear();
    run.end()
}

/// A walk under way.
struct Run<'a, T, W> {
    work: W,
    found: Mutex<Vec<(PathBuf, T)>>,
    failed: Mutex<Vec<String>>,
    /// Roots may lie in one another: each path is read once.
    seen: Mutex<HashSet<PathBuf>>,
    /// Repositories inside the folders.
    nested: Mutex<Vec<PathBuf>>,
    bar: Option<&'a indicatif::ProgressBar>,
}

impl<T: Send, W: Fn(&Path, Item, &mut Vec<u8>) -> Option<T> + Sync> Run<'_, T, W> {
    fn read(&self, path: &Path, item: Item, buffer: &mut Vec<u8>) {
        if !lock(&self.seen).insert(path.to_owned()) {
            return;
        }
        if let Some(outcome) = (self.work)(path, item, buffer) {
            lock(&self.found).push((path.to_owned(), outcome));
        }
        self.bar.iter().for_each(|bar| bar.inc(1));
    }

    fn fail(&self, what: String) {
        lock(&self.failed).push(what);
    }

    fn walk(&self, first: &Path, others: &[&PathBuf], honour_ignore: bool) {
        let mut walk = WalkBuilder::new(first);
        others.iter().for_each(|root| {
            walk.add(root);
        });
        walk.hidden(false)
            .ignore(false)
            .git_ignore(honour_ignore)
            .git_exclude(honour_ignore)
            .git_global(honour_ignore);
        walk.build_parallel().run(|| {
            let mut buffer = Vec::new();
            Box::new(move |entry| {
                let entry = match entry {
                    Err(e) => {
                        self.fail(e.to_string());
                        return WalkState::Continue;
                    }
                    Ok(entry) => entry,
                };
                let path = entry.path();
                match entry.file_type().map(item) {
                    Some(Some(item)) if entry.depth() > 0 => self.read(path, item, &mut buffer),
                    _ if is_git_dir(&entry) => return WalkState::Skip,
                    // Its rules may ignore all that is in it, its own git directory too.
                    _ if path.join(".git").symlink_metadata().is_ok() => {
                        lock(&self.nested).push(path.to_owned());
                        if has_git_dir(path) && !holds_current_dir(path) {
                            self.read(&path.join(".git"), Item::Passed(Passed::GitDir), &mut buffer);
                        }
                    }
                    _ => {}
                }
                WalkState::Continue
            })
        });
    }

    /// Reads what the indexes of the repositories at, around and in these folders have and the walk did not meet: git
    /// does not ignore what it tracks.
    fn tracked(&self, folders: &[&PathBuf]) {
        let nested = std::mem::take(&mut *lock(&self.nested));
        let mut all: Vec<&Path> = folders.iter().map(|f| &***f).chain(nested.iter().map(|f| &**f)).collect();
        all.sort_unstable();
        all.dedup();
        let mut left: Vec<PathBuf> = Vec::new();
        for folder in all {
            match git::tracked(folder) {
                Ok(paths) => {
                    let seen = lock(&self.seen);
                    left.extend(paths.into_iter().map(|p| folder.join(p)).filter(|p| !seen.contains(p)));
                }
                // Nobody knows what is tracked there, so nothing is ignored.
                Err(_) => self.walk(folder, &[], false),
            }
        }
        left.par_iter().for_each_init(Vec::new, |buffer, path| {
            // What is deleted or not checked out is not here to be read.
            if let Some(item) = fs::symlink_metadata(path).ok().and_then(|m| item(m.file_type())) {
                self.read(path, item, buffer);
            }
        });
    }

    fn end(self) -> (Vec<T>, Vec<Error>) {
        let mut found = self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut failed = self.failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        failed.sort();
        let failed = failed.into_iter().map(|what| {
            Error::io("cannot read")(io::Error::other(crate::finding::printable(what.as_bytes())))
        });
        (found.into_iter().map(|(_, outcome)| outcome).collect(), failed.collect())
    }
}

/// What is read of an entry of this type; none if it is a folder.
fn item(of: FileType) -> Option<Item> {
    if of.is_dir() {
        return None;
    }
    Some(match () {
        () if of.is_file() => Item::File,
        () if of.is_symlink() => Item::Link,
        () if is_fifo(of) => Item::Passed(Passed::Fifo),
        () => Item::Passed(Passed::Device),
    })
}

#[cfg(unix)]
fn is_fifo(of: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&of)
}

#[cfg(not(unix))]
fn is_fifo(_: FileType) -> bool {
    false
}

/// Returns whether a walk came to the git directory of a repository. A folder that only has its name is read.
fn is_git_dir(entry: &DirEntry) -> bool {
    let folder = entry.path().parent();
    entry.depth() > 0 && entry.file_name() == ".git" && folder.is_some_and(has_git_dir)
}

/// Returns whether the git directory of a repository is in this folder.
fn has_git_dir(folder: &Path) -> bool {
    folder.join(".git/HEAD").symlink_metadata().is_ok()
}

/// Returns whether the current folder is this one or lies in it: its own git directory is no news.
fn holds_current_dir(folder: &Path) -> bool {
    match (folder.canonicalize(), std::env::current_dir().and_then(|d| d.canonicalize())) {
        (Ok(folder), Ok(here)) => here.starts_with(folder),
        _ => false,
    }
}

/// A thread that panicked ends the program: what it left behind is never seen.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
