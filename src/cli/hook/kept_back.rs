//! Warnings under pre-commit and prek. Both hide the output of a hook that passes, so nobody would see a warning.
//!
//! It goes to the controlling terminal instead, in a few lines. Without one (an editor, a CI job) nothing is
//! written, and the push that sends the commit warns again.

use super::super::out;
use crate::policy::Screened;
use crate::report::{self, Terminal};
use std::env;
use std::io::Write;

/// Most lines on the terminal.
const LINES: usize = 10;

/// Writes a passing hook's message to the terminal, if a manager hides its output.
pub(super) fn tell(decision: &Screened) {
    if decision.exit_code() != 0 || !keeps_output() || is_automatic() {
        return;
    }
    let Some((mut out, width)) = out::terminal() else { return };
    let look = Terminal::from_env();
    let width = width.map_or(look.width, |columns| columns.clamp(Terminal::NARROWEST, Terminal::WIDEST));
    if let Some(text) = lines(&Terminal { width, ..look }, decision) {
        // The manager has not ended its line.
        let _ = out.write_all(format!("\n{text}").as_bytes());
    }
}

/// As much of the message as the lines hold; `None` if there is no message.
fn lines(look: &Terminal, decision: &Screened) -> Option<String> {
    let text = |limit: usize| {
        let mut text = Vec::new();
        let look = Terminal { limit, ..look.clone() };
        report::human::render_for(&look, decision, &mut text).ok()?;
        Some(anstream::adapter::strip_bytes(&text).into_vec())
    };
    let mut told = Vec::new();
    for limit in [4, 3, 2, 1] {
        told = text(limit)?;
        if told.iter().filter(|b| **b == b'\n').count() <= LINES {
            break;
        }
    }
    let told = String::from_utf8_lossy(&told).into_owned();
    let count = told.lines().count();
    if count > LINES {
        let kept: Vec<&str> = told.lines().take(LINES - 1).collect();
        return Some(format!(
            "{}\n  and {} more lines: stanch scan --staged\n",
            kept.join("\n"),
            count - LINES + 1
        ));
    }
    (count > 0).then_some(told)
}

/// Returns whether the caller hides the output of a hook that passes. A hook from before the manager, which it
/// calls too, is shown.
fn keeps_output() -> bool {
    let is_set = |name: &str| env::var_os(name).is_some_and(|v| !v.is_empty());
    is_set("PRE_COMMIT") && !is_set("PRE_COMMIT_RUNNING_LEGACY") && !is_set("PREK_RUNNING_LEGACY")
}

/// Returns whether this is a CI job.
fn is_automatic() -> bool {
    env::var_os("CI").is_some_and(|v| !v.is_empty() && v != "false" && v != "0")
}
