//! Finding secrets in bytes: gate, decode, prefilter, match, filter, prove.
//!
//! Knows nothing of git, files or terminals: a [`Fragment`] goes in, findings come out.

mod arguments;
mod assign;
mod boundary;
#[cfg(test)]
mod broken;
mod candidate;
mod columns;
mod context;
mod deadline;
mod decode;
mod engine;
mod files;
mod fragment;
#[cfg(fuzzing)]
pub mod fuzz;
mod judge;
mod manifest;
mod matcher;
mod nesting;
mod own;
mod pairs;
mod prefilter;
mod request;
pub mod template;
pub mod trial;
mod windows;

pub use deadline::within;
pub use engine::{Engine, Options, Refused, Scanned, Spent};
pub use fragment::Fragment;
