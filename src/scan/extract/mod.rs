//! Reads the forms that values have: assignments, arguments, requests, tables and manifests.

pub(super) mod arguments;
pub(super) mod assign;
pub(super) mod manifest;
pub(super) mod nesting;
pub(super) mod request;
pub(super) mod tables;
