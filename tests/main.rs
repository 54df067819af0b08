//! The integration tests: one binary, one module an area.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod layering;
