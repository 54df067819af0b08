//! The prefilter: one pass over the text finds which rules may match, and where.
//!
//! `plain` is an Aho-Corasick automaton over all keywords. `fast` has the catalogue's keywords in tables made at
//! build time, and the plain one for the other rules. Both find the same.

mod fast;
mod hit;
mod plain;
#[cfg(test)]
mod tests;

pub(super) use hit::{Hit, Prefilter};

use crate::reader::ReaderKind;
use crate::rules::Rule;
use fast::Fast;
use plain::Plain;

/// The prefilter of these rules. Making one is cheap; the automaton is built for the first text.
pub(super) fn of(rules: &[&'static Rule], kind: ReaderKind) -> Box<dyn Prefilter> {
    match kind {
        ReaderKind::Plain => Box::new(Plain::new((0..).zip(rules.iter().copied()))),
        ReaderKind::Fast => Box::new(Fast::new(rules)),
    }
}
