//! A time budget for scanning one text: a server has only so long.
//!
//! The loops of the engine ask [`is_up`] and stop; what they found by then is dropped, for a text that was read in part
//! is not clean. The deadline belongs to the thread, so no function on the way has to hand it on.

use std::cell::Cell;
use std::time::Instant;

/// The clock is asked once in so many questions.
const EVERY: u32 = 64;

thread_local! {
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
    static QUESTIONS: Cell<u32> = const { Cell::new(0) };
    static UP: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`, which scans texts, with a deadline; `None` if it did not come to its end in time.
pub fn within<T>(deadline: Option<Instant>, work: impl FnOnce() -> T) -> Option<T> {
    DEADLINE.set(deadline);
    UP.set(deadline.is_some_and(|d| Instant::now() > d));
    let done = work();
    DEADLINE.set(None);
    (!UP.take()).then_some(done)
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
