//! The detectors: what makes a candidate of a prefilter hit. One file for each way in which a rule can find.

pub(super) mod beside;
pub(super) mod context;
pub(super) mod files;
pub(super) mod generic;
pub(super) mod pattern;
