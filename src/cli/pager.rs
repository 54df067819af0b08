//! Long text: through the user's pager on a terminal, plain into a pipe.

use super::out;
use crate::error::Error;
use std::io::{self, IsTerminal, Write};
use std::process::{Command, Stdio};

/// Shows a styled text: on a terminal through `$PAGER` (or `less -FRX`), otherwise, or without one, directly.
pub(super) fn show(text: &str) -> Result<(), Error> {
    #[allow(clippy::disallowed_methods, reason = "only asked whether it is a terminal")]
    let stdout = io::stdout();
    if stdout.is_terminal() {
        let coloured = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
        let plain = anstream::adapter::strip_str(text);
        let text = if coloured { text.to_owned() } else { plain.to_string() };
        if paged(&text) {
            return Ok(());
        }
    }
    let mut out = out::stdout();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Error::io("standard output"))
}

/// Returns whether a pager took the text.
fn paged(text: &str) -> bool {
    let pager = std::env::var("PAGER").unwrap_or_else(|_| "less".to_owned());
    let mut words = pager.split_whitespace();
    let Some(program) = words.next().filter(|p| *p != "cat") else {
        return false;
    };
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped());
    if std::env::var_os("LESS").is_none() {
        // Quit if it fits on one screen, pass colours, leave the text on the screen; as git does.
        command.env("LESS", "FRX");
    }
    let Ok(mut child) = command.spawn() else {
        return false;
    };
    if let Some(mut stdin) = child.stdin.take() {
        // A reader who quits early has seen enough.
        let _ = stdin.write_all(text.as_bytes());
    }
    child.wait().is_ok()
}
