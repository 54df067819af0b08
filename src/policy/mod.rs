//! Policy: what blocks, what warns, what is suppressed, and why.
//!
//! Knows neither git nor a terminal: findings and a configuration go in, a [`Decision`] comes out.

mod action;
pub mod audit;
mod baseline;
mod coverage;
mod decide;
mod decision;
pub(crate) mod edit_lock;
pub(crate) mod extends;
pub(crate) mod files;
pub(crate) mod folders;
mod in_force;
mod inline;
mod levels;
pub(crate) mod load;
mod masks;
#[cfg(test)]
mod mutation_tests;
pub(crate) mod passed;
mod past;
mod permits;
mod reason;
pub(crate) mod rule_files;
mod screen;
mod skipped;
mod unread;
mod verdict;

pub use action::{Action, Stage};
pub use baseline::Baseline;
pub use coverage::{Commit, Coverage, Looked, Permissions, Squash};
pub use decision::Decision;
pub use in_force::Policy;
pub use inline::Markers;
pub(crate) use past::in_order;
pub use past::{Past, Step, Still};
pub use reason::is_reason;
pub use screen::{Screen, Screened};
pub use skipped::{Cause, Passed, Skipped};
pub use unread::BlobId;
pub use verdict::{Exposure, Verdict};
