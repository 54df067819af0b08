//! The message a person reads.

use crate::policy::{Action, Decision};
use std::io::{self, Write};

/// Writes the message.
///
/// # Errors
/// When the stream fails.
pub fn render(decision: &Decision, out: &mut dyn Write) -> io::Result<()> {
    for d in decision.with(Action::Block) {
        let f = &d.finding;
        writeln!(
            out,
            "stanch: {} {}:{}:{} {}",
            f.rule.name,
            f.source.path,
            f.location.line,
            f.location.column,
            f.secret.masked()
        )?;
    }
    Ok(())
}
