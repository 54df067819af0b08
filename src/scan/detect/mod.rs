//! The detectors, which make candidates from prefilter hits: one file for each method.

pub(super) mod beside;
pub(super) mod context;
pub(super) mod files;
pub(super) mod generic;
pub(super) mod pattern;
