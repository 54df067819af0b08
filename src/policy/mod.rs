//! Policy: what is blocked, what is only said, what is let through and why.
//!
//! Knows neither git nor a terminal: findings and a configuration go in, a [`Decision`] comes out.

mod decide;
mod inline;

pub use decide::{Action, Decided, Decision, Reading, Skipped, Stage, decide};
pub use inline::Markers;
