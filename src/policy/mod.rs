//! Policy: what is blocked, what is only said, what is let through and why.
//!
//! Knows neither git nor a terminal: findings and a configuration go in, a [`Decision`] comes out.

pub mod audit;
mod baseline;
mod decide;
mod decision;
pub(crate) mod edit_lock;
pub(crate) mod files;
mod inline;
pub(crate) mod load;
#[cfg(test)]
mod mutation_tests;
pub(crate) mod passed;
mod reason;
pub(crate) mod rule_files;
mod screen;
mod unread;

pub use baseline::Baseline;
pub use decide::Policy;
pub use decision::{
    Action, Commit, Coverage, Decision, Exposure, Looked, Permissions, Squash, Stage, Verdict,
};
pub use inline::Markers;
pub use reason::is_reason;
pub use screen::{Screen, Screened};
pub use unread::{BlobId, Cause, Passed, Skipped};
