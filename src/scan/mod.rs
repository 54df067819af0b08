//! Finds secrets in bytes. The files are the steps of the pipeline: `decode`, `prefilter`, `extract`, `detect`,
//! `filter`, `candidate`, `pairs`; [`Engine`] runs them.
//!
//! Knows nothing of git, files or terminals: a [`Fragment`] goes in, findings come out.

mod boundary;
mod candidate;
mod deadline;
mod decode;
mod detect;
mod engine;
mod extract;
mod filter;
mod former;
mod fragment;
#[cfg(fuzzing)]
pub mod fuzz;
#[cfg(test)]
mod mutation_tests;
mod pairs;
mod prefilter;
pub mod rule_test;
mod scope;
pub mod template;
mod windows;

pub use deadline::{is_up, within};
pub use engine::{Engine, Options, Scanned, Spent};
pub use filter::Rejection;
pub use fragment::Fragment;
