//! Policy: what is blocked, what is only said, what is let through and why.
//!
//! Knows neither git nor a terminal: findings and a configuration go in, a [`Decision`] comes out.

pub mod audit;
mod baseline;
mod decide;
mod decision;
mod inline;
mod reason;
mod screen;
mod unread;

pub use baseline::Baseline;
pub use decide::Policy;
pub use decision::{Action, Commit, Coverage, Decision, Exposure, Looked, Permissions, Stage, Verdict};
pub use inline::Markers;
pub use reason::is_reason;
pub use screen::{Screen, Screened};
pub use unread::{BlobId, Cause, Passed, Skipped};
