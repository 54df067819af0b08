//! Runs work over many objects of a repository on all cores. A repository handle belongs to one thread, so each
//! thread opens its own; results come in order.

use crate::error::Error;
use crate::git::{GitError, Repo};
use crate::scan;
use crate::sort;
use indicatif::{DecimalBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::prelude::*;
use std::cell::{Cell, OnceCell};
use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Items below which another thread costs more than it saves.
const FEW: usize = 32;
/// Items from which a progress bar is shown on a terminal.
const MANY: usize = 2000;

/// A repository's handles, one per thread, opened when there is work for several.
pub(crate) struct Workers<'a> {
    repo: &'a Repo,
    others: OnceCell<Vec<Mutex<Repo>>>,
    deadline: Option<Instant>,
    /// Commits in total; with the number done it drives the bar and the message when the time is up.
    commits: usize,
    done: Cell<usize>,
    bar: ProgressBar,
    /// True if most objects of the repository are going to be read.
    all: bool,
}

/// A time budget, and how much was done within it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    deadline: Option<Instant>,
    done: usize,
    of: usize,
}

impl Limit {
    /// Runs `work`, which scans texts, and ends it when the time is up.
    pub(crate) fn keep<T>(&self, work: impl FnOnce() -> T) -> Result<T, Error> {
        scan::within(self.deadline, work).ok_or_else(|| self.time_up())
    }

    fn check(&self) -> Result<(), Error> {
        match self.deadline {
            Some(deadline) if Instant::now() > deadline => Err(self.time_up()),
            _ => Ok(()),
        }
    }

    fn time_up(&self) -> Error {
        Error::TimeUp { done: self.done, of: self.of, what: "commits" }
    }
}

impl<'a> Workers<'a> {
    /// For work over `commits` commits. Past `deadline` it fails.
    pub(crate) fn new(repo: &'a Repo, commits: usize, deadline: Option<Instant>) -> Workers<'a> {
        let bar = if commits < MANY { ProgressBar::hidden() } else { counted(commits, "commits") };
        Workers { repo, others: OnceCell::new(), deadline, commits, done: Cell::new(0), bar, all: false }
    }

    /// For reading most objects of a repository.
    pub(crate) fn for_all(repo: &'a Repo, commits: usize) -> Workers<'a> {
        Workers { all: true, ..Workers::new(repo, commits, None) }
    }

    /// The time budget so far.
    pub(crate) fn limit(&self) -> Limit {
        Limit { deadline: self.deadline, done: self.done.get(), of: self.commits }
    }

    /// Adds to the number of commits done.
    pub(crate) fn finish(&self, commits: usize) {
        self.done.set(self.done.get() + commits);
        self.bar.inc(commits as u64);
        if self.done.get() == self.commits {
            self.bar.finish_and_clear();
        }
    }

    /// Runs `work` for each number below `count`; results come in order. `what` names the items (if not empty) in the progress
    /// bar, which is shown if there are many and the commits have no bar.
    pub(crate) fn each<T: Send>(
        &self,
        count: usize,
        what: &'static str,
        work: impl Fn(&Repo, usize) -> Result<T, Error> + Sync,
    ) -> Result<Vec<T>, Error> {
        self.each_run(count, 1, what, work)
    }

    /// The same, where one thread does so many neighbours: they share what is kept of objects.
    pub(crate) fn each_run<T: Send>(
        &self,
        count: usize,
        run: usize,
        what: &'static str,
        work: impl Fn(&Repo, usize) -> Result<T, Error> + Sync,
    ) -> Result<Vec<T>, Error> {
        let limit = self.limit();
        let one = |repo: &Repo, i| {
            limit.check()?;
            work(repo, i)
        };
        // Other handles that are open already cost nothing more.
        if count < if self.others.get().is_some() { 2 } else { FEW } {
            return (0..count).map(|i| one(self.repo, i)).collect();
        }
        let own_bar = !what.is_empty() && count >= MANY && self.bar.is_hidden();
        let bar = if own_bar { counted(count, what) } else { ProgressBar::hidden() };
        let next = AtomicUsize::new(0);
        let done: Vec<Vec<(usize, T)>> = self
            .others()?
            .par_iter()
            .map(|repo| {
                // A thread that panicked ends the process.
                let repo = repo.lock().unwrap_or_else(PoisonError::into_inner);
                let mut out = Vec::new();
                loop {
                    let first = next.fetch_add(run, Ordering::Relaxed);
                    if first >= count {
                        return Ok(out);
                    }
                    for i in first..count.min(first + run) {
                        out.push((i, one(&repo, i)?));
                        bar.inc(1);
                    }
                }
            })
            .collect::<Result<_, Error>>()?;
        bar.finish_and_clear();
        let mut all: Vec<(usize, T)> = done.into_iter().flatten().collect();
        sort::by_key(&mut all, |(i, _)| *i);
        Ok(all.into_iter().map(|(_, t)| t).collect())
    }

    fn others(&self) -> Result<&[Mutex<Repo>], Error> {
        if let Some(others) = self.others.get() {
            return Ok(others);
        }
        let open = (0..rayon::current_num_threads()).map(|_| {
            let repo = self.repo.reopen()?;
            if self.all {
                repo.expect_all();
            }
            Ok(Mutex::new(repo))
        });
        let open = open.collect::<Result<_, GitError>>()?;
        Ok(self.others.get_or_init(|| open))
    }
}

pub(crate) fn counted(count: usize, what: &str) -> ProgressBar {
    bar(Some(count as u64), &format!("{{bar:30}} {{pos}}/{{len}} {what}"))
}

/// A bar over files that tells how many bytes they had.
pub(crate) struct FileBar {
    bar: ProgressBar,
    bytes: AtomicU64,
}

/// A bar over so many files.
pub(crate) fn sized(count: usize) -> FileBar {
    let form = "{bar:30} {pos}/{len} files, {msg}";
    let bar = if count < MANY { ProgressBar::hidden() } else { bar(Some(count as u64), form) };
    FileBar { bar, bytes: AtomicU64::new(0) }
}

impl FileBar {
    /// One more file is done; its size, if it is known.
    pub(crate) fn add(&self, size: Option<u64>) {
        if !self.bar.is_hidden() {
            let bytes = self.bytes.fetch_add(size.unwrap_or(0), Ordering::Relaxed) + size.unwrap_or(0);
            self.bar.set_message(DecimalBytes(bytes).to_string());
            self.bar.inc(1);
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// A counter for items whose total is not known.
pub(crate) fn counter(what: &str) -> ProgressBar {
    bar(None, &format!("{{pos}} {what}"))
}

/// Bytes of so many.
pub(crate) fn bytes(length: u64, what: &str) -> ProgressBar {
    bar(Some(length), &format!("{{bar:30}} {{bytes}}/{{total_bytes}} {what}"))
}

/// A bar on a terminal; nothing elsewhere.
fn bar(length: Option<u64>, form: &str) -> ProgressBar {
    #[allow(clippy::disallowed_methods, reason = "only asked whether it is a terminal")]
    let shown = io::stderr().is_terminal();
    if !shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr_with_hz(10));
    if let Ok(style) = ProgressStyle::with_template(&format!("stanch {form}, {{elapsed}}")) {
        bar.set_style(style);
    }
    bar
}
