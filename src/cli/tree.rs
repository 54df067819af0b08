//! The files under folders, read by every core while the walk is still under way.
//!
//! What comes of a file never depends on which thread read it, and comes back in the order of the paths.

use super::parallel;
use crate::error::Error;
use ignore::{DirEntry, WalkBuilder, WalkState};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Does `work` for every file under `roots`; gives what came of those for which something came, in the order of their
/// paths, and the errors of the walk. `work` gets a buffer that is its thread's own.
///
/// Named files are always among them; in folders git's ignore rules hold where `honour_ignore` says so, and hidden
/// files (`.env`, `.npmrc`) are read.
pub(super) fn each<T: Send>(
    roots: &[PathBuf],
    honour_ignore: bool,
    work: impl Fn(&Path, &mut Vec<u8>) -> Option<T> + Sync,
) -> (Vec<T>, Vec<Error>) {
    let Some((first, others)) = roots.split_first() else {
        return (Vec::new(), Vec::new());
    };
    let mut walk = WalkBuilder::new(first);
    others.iter().for_each(|root| {
        walk.add(root);
    });
    walk.hidden(false)
        .ignore(false)
        .git_ignore(honour_ignore)
        .git_exclude(honour_ignore)
        .git_global(honour_ignore)
        .filter_entry(|e| e.file_name() != ".git" || !e.file_type().is_some_and(|t| t.is_dir()));
    let bar = parallel::counter("files");
    // One that nobody sees would be counted on by all threads all the same.
    let shown = (!bar.is_hidden()).then_some(&bar);
    let found = Mutex::new(Vec::new());
    let failed = Mutex::new(Vec::new());
    // Roots may lie in one another: each file is read once.
    let seen = (!others.is_empty()).then(|| Mutex::new(HashSet::new()));
    walk.build_parallel().run(|| {
        let mut buffer = Vec::new();
        let (work, found, failed, seen) = (&work, &found, &failed, &seen);
        Box::new(move |entry| {
            match entry {
                Err(e) => lock(failed).push(crate::finding::printable(e.to_string().as_bytes())),
                Ok(entry) if !is_file(&entry) => {}
                Ok(entry) => {
                    let path = entry.into_path();
                    let again = seen.as_ref().is_some_and(|seen| !lock(seen).insert(path.clone()));
                    if !again && let Some(outcome) = work(&path, &mut buffer) {
                        lock(found).push((path, outcome));
                    }
                    shown.iter().for_each(|bar| bar.inc(1));
                }
            }
            WalkState::Continue
        })
    });
    bar.finish_and_clear();
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    failed.sort();
    let failed = failed.into_iter().map(|what| Error::io("cannot read")(io::Error::other(what)));
    (found.into_iter().map(|(_, outcome)| outcome).collect(), failed.collect())
}

/// A file; a link to one only where it was named.
fn is_file(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|t| t.is_file()) || (entry.depth() == 0 && entry.path().is_file())
}

/// A thread that panicked ends the program: what it left behind is never seen.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
