//! stanch: a git hook that keeps secrets out of commits and pushes, and tells their author what to do.
//!
//! Data flow: [`git`] reads what git will record or send and makes [`scan::Fragment`]s; [`scan`] finds secrets in
//! them with [`rules`] and [`validate`]; [`policy`] decides; [`report`] tells. `docs/architecture.md` has the whole.
#![forbid(unsafe_code)]

pub mod agent;
pub mod archive;
mod caller;
mod check;
mod ci;
pub mod cli;
pub mod config;
pub mod disk;
pub mod error;
pub mod finding;
pub mod fix;
pub mod git;
mod hooks;
pub mod image;
mod packed;
pub mod policy;
pub mod reader;
pub mod report;
pub mod rules;
pub mod scan;
pub mod secret;
mod sort;
#[cfg(test)]
mod test_support;
pub mod text;
pub mod validate;
pub mod verify;
