//! Limits on reading archives: one budget for a whole run, whichever of its threads unpack.

use std::cell::Cell;
use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Unread;

/// Limits on reading archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// MB unpacked in one run.
    pub mb: u64,
    /// The configuration key of `mb`.
    pub key: &'static str,
    /// Members read in one run.
    pub entries: u64,
    /// Bytes unpacked per byte of an archive.
    pub ratio: u64,
    /// Levels of archives inside archives.
    pub depth: u8,
    /// MB of one member.
    pub member_mb: u64,
}

/// Bytes that any archive may unpack to, however small: text compresses well.
const RATIO_FREE: u64 = 16 << 20;
/// Bytes from which only one thread at a time may hold a member.
const LARGE: usize = 16 << 20;

/// The rest of the limits in a run.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    bytes: AtomicU64,
    entries: AtomicU64,
    large: Mutex<()>,
}

impl Budget {
    /// A full budget.
    pub fn new(limits: Limits) -> Budget {
        Budget {
            limits,
            bytes: AtomicU64::new(limits.mb.saturating_mul(1 << 20)),
            entries: AtomicU64::new(limits.entries),
            large: Mutex::default(),
        }
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The same limits with nothing spent.
    #[must_use]
    pub fn renewed(&self) -> Budget {
        Budget::new(self.limits)
    }
}

/// Takes `n` from the rest; returns false if there is less.
fn take(left: &AtomicU64, n: u64) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(n)).is_ok()
}

/// One archive's use of the run's budget.
pub(super) struct Meter<'a> {
    budget: &'a Budget,
    /// Bytes that this archive may still unpack to.
    allowed: Cell<u64>,
    /// The limit that was reached.
    reached: Cell<Option<Unread>>,
    /// Bytes read since the last member started: a member's name takes memory too.
    since: Cell<u64>,
    held: Cell<Option<MutexGuard<'a, ()>>>,
    stop: &'a dyn Fn() -> bool,
}

impl<'a> Meter<'a> {
    /// For an archive of so many bytes. It ends when `stop` returns true.
    pub(super) fn new(budget: &'a Budget, size: u64, stop: &'a dyn Fn() -> bool) -> Meter<'a> {
        let allowed = budget.limits.ratio.saturating_mul(size).max(RATIO_FREE);
        Meter {
            budget,
            allowed: Cell::new(allowed),
            reached: Cell::default(),
            since: Cell::default(),
            held: Cell::default(),
            stop,
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.budget.limits
    }

    /// Most bytes of a member.
    pub(super) fn most(&self) -> u64 {
        self.limits().member_mb.saturating_mul(1 << 20)
    }

    /// The limit that was reached, which ends the walk.
    pub(super) fn reached(&self) -> Option<Unread> {
        let reached = self.reached.take();
        self.reached.set(reached.clone());
        reached
    }

    /// Returns whether the walk has to end.
    pub(super) fn is_over(&self) -> bool {
        (self.stop)() || self.reached().is_some()
    }

    /// Charges a member; an error ends the walk.
    pub(super) fn enter(&self) -> Result<(), Unread> {
        self.since.set(0);
        match take(&self.budget.entries, 1) {
            true => Ok(()),
            false => Err(self.fail(Unread::Entries(self.limits().entries))),
        }
    }

    fn fail(&self, why: Unread) -> Unread {
        self.reached.set(Some(why.clone()));
        why
    }

    fn charge(&self, n: usize) -> Result<(), Unread> {
        let n = n as u64;
        let limits = self.limits();
        let Some(allowed) = self.allowed.get().checked_sub(n) else {
            return Err(self.fail(Unread::Ratio(limits.ratio)));
        };
        self.allowed.set(allowed);
        if !take(&self.budget.bytes, n) {
            return Err(self.fail(Unread::Bytes(limits.mb, limits.key)));
        }
        Ok(())
    }

    /// Says that what comes next is content, and not what a format keeps in memory.
    pub(super) fn begin(&self) {
        self.since.set(0);
    }

    /// Reads a member. What was read before an error stays in `out`.
    pub(super) fn fill(&self, from: &mut dyn Read, out: &mut Vec<u8>) -> Result<(), Unread> {
        let most = self.most();
        let mut buffer = [0; 16 << 10];
        loop {
            self.since.set(0);
            let n = match from.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(self.reached().unwrap_or_else(|| Unread::Damaged(e.to_string()))),
            };
            if (out.len() + n) as u64 > most {
                out.clear();
                return Err(Unread::TooLarge(self.limits().member_mb));
            }
            if out.len() + n > LARGE {
                self.hold();
            }
            out.extend_from_slice(&buffer[..n]);
        }
    }

    /// Passes over what is left of a member.
    pub(super) fn pass(&self, from: &mut dyn Read) -> Result<(), Unread> {
        let mut buffer = [0; 16 << 10];
        loop {
            self.since.set(0);
            match from.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(self.reached().unwrap_or_else(|| Unread::Damaged(e.to_string()))),
            }
        }
    }

    /// Says that no large member is held any more.
    pub(super) fn release(&self) {
        drop(self.held.take());
    }

    /// Waits until no other thread holds a large member; this one holds it to the end of its archive.
    fn hold(&self) {
        let held = self.held.take();
        let held = held.unwrap_or_else(|| self.budget.large.lock().unwrap_or_else(PoisonError::into_inner));
        self.held.set(Some(held));
    }
}

/// A reader that charges every byte.
pub(super) struct Gate<'a, 'm, R> {
    inner: R,
    meter: &'a Meter<'m>,
}

impl<'a, 'm, R: Read> Gate<'a, 'm, R> {
    pub(super) fn new(meter: &'a Meter<'m>, inner: R) -> Gate<'a, 'm, R> {
        Gate { inner, meter }
    }

    pub(super) fn into_inner(self) -> R {
        self.inner
    }
}

impl<R: Read> Read for Gate<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let meter = self.meter;
        let refuse = || io::Error::other("a limit was reached");
        if meter.is_over() {
            return Err(refuse());
        }
        let n = self.inner.read(buffer)?;
        meter.charge(n).map_err(|_| refuse())?;
        // What is read besides members (names, headers) stays in the format reader's memory.
        meter.since.set(meter.since.get() + n as u64);
        if meter.since.get() > meter.most().saturating_add(1 << 20) {
            meter.fail(Unread::TooLarge(meter.limits().member_mb));
            return Err(refuse());
        }
        Ok(n)
    }
}
