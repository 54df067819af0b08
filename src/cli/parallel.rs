//! Work over many objects of a repository on all cores. A repository handle belongs to one thread, so each opens
//! its own; results come back in order.

use crate::error::Error;
use crate::git::Repo;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::prelude::*;
use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Below this many items another thread costs more than it brings.
const FEW: usize = 32;
/// From this many items on a bar is shown on a terminal.
const MANY: usize = 2000;

/// Does `work` for each number below `count`. `what` names the items for the bar. Past `deadline` it ends with an
/// error.
pub(super) fn each<T: Send>(
    repo: &Repo,
    count: usize,
    deadline: Option<Instant>,
    what: &'static str,
    work: impl Fn(&Repo, usize) -> Result<T, Error> + Sync,
) -> Result<Vec<T>, Error> {
    let one = |repo: &Repo, i| {
        if deadline.is_some_and(|d| Instant::now() > d) {
            return Err(Error::TimeUp { done: i, of: count, what });
        }
        work(repo, i)
    };
    if count < FEW {
        return (0..count).map(|i| one(repo, i)).collect();
    }
    let bar = if count < MANY {
        ProgressBar::hidden()
    } else {
        bar(Some(count as u64), &format!("{{bar:30}} {{pos}}/{{len}} {what}"))
    };
    let next = AtomicUsize::new(0);
    let done: Vec<Vec<(usize, T)>> = (0..rayon::current_num_threads())
        .into_par_iter()
        .map(|_| {
            let repo = Repo::open_from_env()?;
            let mut out = Vec::new();
            loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                if i >= count {
                    return Ok(out);
                }
                out.push((i, one(&repo, i)?));
                bar.inc(1);
            }
        })
        .collect::<Result<_, Error>>()?;
    bar.finish_and_clear();
    let mut all: Vec<(usize, T)> = done.into_iter().flatten().collect();
    all.sort_by_key(|(i, _)| *i);
    Ok(all.into_iter().map(|(_, t)| t).collect())
}

/// A count of items of which nobody knows how many there are.
pub(super) fn counter(what: &str) -> ProgressBar {
    bar(None, &format!("{{pos}} {what}"))
}

/// A bar on a terminal; nothing elsewhere.
fn bar(length: Option<u64>, form: &str) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr_with_hz(10));
    if let Ok(style) = ProgressStyle::with_template(&format!("stanch {form}, {{elapsed}}")) {
        bar.set_style(style);
    }
    bar
}
