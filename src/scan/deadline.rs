//! A time budget for scanning one text, since a server has limited time.
//!
//! The engine's loops call [`is_up`] and stop; their findings are then dropped, because a partly read text is not
//! clean. The deadline belongs to the thread, so no function has to pass it on.

use rayon::prelude::*;
use std::cell::Cell;
use std::time::Instant;

/// Number of calls per reading of the clock.
const EVERY: u32 = 64;

thread_local! {
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
    static QUESTIONS: Cell<u32> = const { Cell::new(0) };
    static UP: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`, which scans texts, with a deadline; `None` if it did not finish in time.
pub fn within<T>(deadline: Option<Instant>, work: impl FnOnce() -> T) -> Option<T> {
    DEADLINE.set(deadline);
    UP.set(deadline.is_some_and(|d| Instant::now() > d));
    let done = work();
    DEADLINE.set(None);
    (!UP.take()).then_some(done)
}

/// Runs `work` for each item on several threads, with this thread's deadline; results come in order. Without a deadline
/// met, all of them.
pub fn shared<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let deadline = DEADLINE.get();
    let done: Option<Vec<T>> = items.par_iter().map(|item| within(deadline, || work(item))).collect();
    UP.set(UP.get() || done.is_none());
    done.unwrap_or_default()
}

/// Returns whether the time is up.
pub fn is_up() -> bool {
    if UP.get() {
        return true;
    }
    let Some(deadline) = DEADLINE.get() else { return false };
    let count = QUESTIONS.get().wrapping_add(1);
    QUESTIONS.set(count);
    if count.is_multiple_of(EVERY) && Instant::now() > deadline {
        UP.set(true);
    }
    UP.get()
}
