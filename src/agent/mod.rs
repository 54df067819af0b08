//! Coding assistants: what they see, run and write is judged by the engine and policy that judge commits.
//!
//! A host's payload becomes an event, the judge decides on it, and the answer takes the host's form. Nothing here opens
//! the network or asks a person.

pub(crate) mod audit;
pub(crate) mod event;
mod folders;
pub(crate) mod host;
pub(crate) mod install;
pub(crate) mod judge;
mod mask;
mod message;
mod patch;
pub(crate) mod rules;
pub(crate) mod session;
pub mod shell;
mod tools;
