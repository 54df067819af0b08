//! Walks folders; all cores read files while the walk is still running.
//!
//! The result for a file never depends on the thread that read it, and results come in the order of the paths.
//! Tracked files are read even if git ignores them; what a walk skips is reported.

use super::workers;
use crate::error::Error;
use crate::finding::shown_path;
use crate::git;
use crate::policy::Passed;
use crate::sort;
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
    /// A file, or anything named explicitly: a FIFO, a device.
    File,
    /// A symbolic link that a walk found: its target as text, as git records it.
    Link,
    /// Nothing: the path is skipped.
    Passed(Passed),
}

/// Runs `work` for every file under `roots`; returns the results that are `Some`, in the order of their paths, and
/// the errors of the walk. `work` gets a buffer that belongs to its thread.
///
/// Paths that are named are always read. In folders, git's ignore rules apply to untracked files if `honour_ignore`
/// is true. Hidden files (`.env`, `.npmrc`) are read.
pub(crate) fn each<T: Send>(
    roots: &[PathBuf],
    honour_ignore: bool,
    work: impl Fn(&Path, Item, &mut Vec<u8>) -> Option<T> + Sync,
) -> (Vec<T>, Vec<(PathBuf, Error)>) {
    let bar = workers::counter("files");
    let run = Run {
        work,
        found: Mutex::default(),
        failed: Mutex::default(),
        seen: Mutex::default(),
        nested: Mutex::default(),
        // A hidden bar would still cost all threads a shared counter.
        bar: (!bar.is_hidden()).then_some(&bar),
    };
    let (folders, named): (Vec<&PathBuf>, Vec<&PathBuf>) = roots.iter().partition(|root| root.is_dir());
    let mut buffer = Vec::new();
    for path in named {
        match path.metadata() {
            Ok(_) => run.read(path, Item::File, &mut buffer),
            Err(e) => run.fail(path, &e),
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

/// A running walk.
struct Run<'a, T, W> {
    work: W,
    found: Mutex<Vec<(PathBuf, T)>>,
    /// Each path that cannot be read, and why.
    failed: Mutex<Vec<(PathBuf, String)>>,
    /// Roots may overlap: each path is read once.
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

    fn fail(&self, path: &Path, why: &dyn std::fmt::Display) {
        lock(&self.failed).push((path.to_owned(), why.to_string()));
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
                        let (path, why) = told(&e);
                        self.fail(path.unwrap_or(first), why);
                        return WalkState::Continue;
                    }
                    Ok(entry) => entry,
                };
                let path = entry.path();
                match entry.file_type().map(item) {
                    Some(Some(item)) if entry.depth() > 0 => self.read(path, item, &mut buffer),
                    _ if is_git_dir(&entry) => return WalkState::Skip,
                    // Its own rules may ignore everything in it, even its git directory.
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

    /// Reads files that are in the index of a repository at, around or in these folders but were not found by
    /// the walk: git does not ignore what it tracks.
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
                // It is unknown what is tracked there, so nothing is ignored.
                Err(_) => self.walk(folder, &[], false),
            }
        }
        left.par_iter().for_each_init(Vec::new, |buffer, path| {
            // Deleted files and those not checked out cannot be read here.
            if let Some(item) = fs::symlink_metadata(path).ok().and_then(|m| item(m.file_type())) {
                self.read(path, item, buffer);
            }
        });
    }

    fn end(self) -> (Vec<T>, Vec<(PathBuf, Error)>) {
        let mut found = self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        sort::by(&mut found, |(a, _), (b, _)| a.cmp(b));
        let mut failed = self.failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        failed.sort();
        let failed = failed.into_iter().map(|(path, why)| {
            let error = Error::io(format!("cannot read {}", shown_path(&path)));
            let why = io::Error::other(crate::finding::printable(why.as_bytes()));
            (path, error(why))
        });
        (found.into_iter().map(|(_, outcome)| outcome).collect(), failed.collect())
    }
}

/// The path that an error of the walk is about, and the rest of it.
fn told(error: &ignore::Error) -> (Option<&Path>, &ignore::Error) {
    match error {
        ignore::Error::WithPath { path, err } => (Some(path), err),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => told(err),
        other => (None, other),
    }
}

/// How an entry of this type is read; `None` for a folder.
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

/// Returns whether a walk reached the git directory of a repository. A folder that merely has its name is read.
fn is_git_dir(entry: &DirEntry) -> bool {
    let folder = entry.path().parent();
    entry.depth() > 0 && entry.file_name() == ".git" && folder.is_some_and(has_git_dir)
}

/// Returns whether this folder contains a repository's git directory.
fn has_git_dir(folder: &Path) -> bool {
    folder.join(".git/HEAD").symlink_metadata().is_ok()
}

/// Returns whether the current folder is this one or lies in it: its git directory need not be reported.
fn holds_current_dir(folder: &Path) -> bool {
    match (folder.canonicalize(), std::env::current_dir().and_then(|d| d.canonicalize())) {
        (Ok(folder), Ok(here)) => here.starts_with(folder),
        _ => false,
    }
}

/// A thread that panics ends the program, so poisoned data is never seen.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
