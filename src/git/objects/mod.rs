//! Reads objects from the repository's own files: packs and loose objects, a piece at a time.
//!
//! libgit2 maps packs and their indexes, and caches up to 16 MB of each pack's deltas: a push of a few hundred
//! commits would hold as much memory as the pack has, whatever is scanned. [`Store`] reads only the bytes that it
//! needs, and its cache is bounded. It never guesses: what it does not support (other versions, very many packs,
//! damaged objects) is left to the plain reader. [`Check`] detects what both readers must not trust: a pack that
//! contradicts its index, and circular deltas.
//!
//! Source of the formats: git's Documentation/gitformat-pack.

mod cache;
mod check;
mod delta;
mod file;
mod files;
#[cfg(fuzzing)]
mod fuzz;
mod idx;
mod inflate;
mod loose;
mod pack;
mod parts;
mod store;
#[cfg(test)]
mod tests;
mod tools;

pub(super) use check::Check;
pub(super) use file::tail;
#[cfg(fuzzing)]
pub use fuzz::packs as fuzz_packs;
pub(super) use store::Store;
