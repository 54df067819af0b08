//! The controlling terminal, for messages that a hook manager hides.
//!
//! Written to only if this process is in the terminal's foreground, and only for a moment: a terminal stopped with
//! Ctrl-S takes nothing, and a commit must not wait for it.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::Errno;
use rustix::process::getpgrp;
use rustix::termios::{tcgetpgrp, tcgetwinsize};
use std::fs::File;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// Longest time that writing may take.
const PATIENCE: Duration = Duration::from_millis(300);

/// A terminal that is open for writing.
pub(super) struct Tty {
    file: File,
    until: Instant,
}

impl Tty {
    /// The controlling terminal of this process, if it is in its foreground.
    pub(super) fn open() -> Option<Tty> {
        let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = File::from(open("/dev/tty", flags, Mode::empty()).ok()?);
        // In the background a write may stop the process, and another program uses the screen.
        (tcgetpgrp(&file).ok()? == getpgrp()).then(|| Tty { file, until: Instant::now() + PATIENCE })
    }

    /// Columns, if known.
    pub(super) fn width(&self) -> Option<usize> {
        tcgetwinsize(&self.file).ok().map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0)
    }
}

impl Write for Tty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match (&self.file).write(bytes) {
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                other => return other,
            }
            let left = self.until.saturating_duration_since(Instant::now());
            let wait = Timespec::try_from(left).map_err(|_| io::ErrorKind::InvalidInput)?;
            match poll(&mut [PollFd::new(&self.file, PollFlags::OUT)], Some(&wait)) {
                Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
                Ok(_) | Err(Errno::INTR) if !left.is_zero() => {}
                Ok(_) | Err(_) => return Err(io::ErrorKind::TimedOut.into()),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
