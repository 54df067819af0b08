//! The only way to standard output and standard error: every command writes through it, and clippy refuses any
//! other.
//!
//! Anything that the engine would block is masked within each write, whatever its source. If a reader closes its pipe,
//! the rest is dropped, and the exit code stays the command's own. Any error on standard error is ignored too,
//! because a lost message changes no decision.

use crate::policy::Screen;
use std::io::{self, Write};

/// Standard output.
pub(super) fn stdout() -> Out {
    #[allow(clippy::disallowed_methods, reason = "this is the door")]
    let stream = Box::new(anstream::stdout());
    Out { stream, pending: Vec::new(), closed: false, is_message: false }
}

/// Standard error.
pub(super) fn stderr() -> Out {
    #[allow(clippy::disallowed_methods, reason = "this is the door")]
    let stream = Box::new(anstream::stderr());
    Out { stream, pending: Vec::new(), closed: false, is_message: true }
}

/// Prints one line of JSON for a program. Each text in it is masked by itself: masked as a whole, the JSON could break.
pub(super) fn json(value: &serde_json::Value) -> io::Result<()> {
    let screen = Screen::builtin();
    let masked = masked(value, &screen);
    #[allow(clippy::disallowed_methods, reason = "this is the door")]
    let mut stream = io::stdout().lock();
    serde_json::to_writer(&mut stream, &masked)?;
    stream.write_all(b"\n")?;
    stream.flush()
}

fn masked(value: &serde_json::Value, screen: &Screen<'_>) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) => match screen.output(text.as_bytes()) {
            Some(masked) => Value::String(String::from_utf8_lossy(&masked).into_owned()),
            None => value.clone(),
        },
        Value::Array(all) => all.iter().map(|v| masked(v, screen)).collect(),
        Value::Object(fields) => fields.iter().map(|(k, v)| (k.clone(), masked(v, screen))).collect(),
        other => other.clone(),
    }
}

/// The terminal of this process for plain text, with its columns; `None` if no person uses it.
#[cfg(unix)]
pub(super) fn terminal() -> Option<(Out, Option<usize>)> {
    let tty = super::tty::Tty::open()?;
    let width = tty.width();
    Some((Out { stream: Box::new(tty), pending: Vec::new(), closed: false, is_message: true }, width))
}

/// Not supported on Windows.
#[cfg(not(unix))]
pub(super) fn terminal() -> Option<(Out, Option<usize>)> {
    None
}

/// One of the two streams. Whole lines are written at once; the rest when it is flushed or dropped.
pub(super) struct Out {
    stream: Box<dyn Write>,
    /// The start of an incomplete line.
    pending: Vec<u8>,
    /// True if the reader is gone.
    closed: bool,
    is_message: bool,
}

impl Out {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.closed || bytes.is_empty() {
            return Ok(());
        }
        let masked = Screen::builtin().output(bytes);
        let sent =
            self.stream.write_all(masked.as_deref().unwrap_or(bytes)).and_then(|()| self.stream.flush());
        match sent {
            Err(e) if self.is_message || e.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            other => other,
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        if let Some(end) = memchr::memrchr(b'\n', &self.pending[self.pending.len() - bytes.len()..]) {
            let rest = self.pending.split_off(self.pending.len() - bytes.len() + end + 1);
            let lines = std::mem::replace(&mut self.pending, rest);
            self.send(&lines)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.pending);
        self.send(&rest)
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}
