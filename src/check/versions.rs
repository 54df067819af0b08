//! What is known of the texts of a history that were scanned already.
//!
//! A pack has a version of a text as a delta of another one. If that one is clean, only what changed is scanned; if it has a
//! finding that this version took over, this one has it too.

use super::engines::Engines;
use super::order::Place;
use crate::finding::RepoPath;
use crate::git::{DeltaBase, Oid};
use crate::scan::Fragment;
use crate::text::copies::{self, Former};
use foldhash::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

/// Findings of a text that are kept; one is enough unless a version changes it.
const FINDINGS: usize = 8;
/// Bytes around a finding that a version must have taken over with it.
const AROUND: usize = 512;

/// What is known of a text in which every answer depends on the lines around the place only.
enum Known {
    Clean,
    /// Some of its findings.
    Found(Vec<Range<usize>>),
}

/// The texts of a history, with what is known of them.
pub(super) struct Versions<'a> {
    /// Each with the path under which it came first.
    pub(super) blobs: &'a [(Oid, RepoPath)],
    /// Where each is packed.
    pub(super) places: &'a [Option<Place>],
    /// The number of the blob at each place.
    numbers: HashMap<Place, u32>,
    known: Vec<OnceLock<Known>>,
}

impl<'a> Versions<'a> {
    pub(super) fn new(blobs: &'a [(Oid, RepoPath)], places: &'a [Option<Place>]) -> Versions<'a> {
        let numbers =
            places.iter().zip(0..).filter_map(|(place, number)| Some(((*place)?, number))).collect();
        Versions { blobs, places, numbers, known: blobs.iter().map(|_| OnceLock::new()).collect() }
    }

    /// Scans a text, the blob of this number, as far as it is needed; returns whether it is clean. `base` is what its pack
    /// made it of.
    pub(super) fn is_clean(
        &self,
        number: usize,
        fragment: &Fragment<'_>,
        base: Option<DeltaBase>,
        engines: &Engines,
    ) -> bool {
        let former = base.and_then(|base| Some((self.of(&base, &fragment.source.path, engines)?, base)));
        let changes = match &former {
            Some((Known::Clean, base)) => {
                engines.scan_changes(fragment, Former { bytes: &base.bytes, copies: &base.copies })
            }
            Some((Known::Found(all), base)) => {
                let kept: Vec<_> =
                    all.iter().filter_map(|at| copies::kept(&base.copies, at, AROUND)).collect();
                if !kept.is_empty() {
                    self.note(number, Known::Found(kept));
                    return false;
                }
                None
            }
            None => None,
        };
        let is_near = changes.is_some() || engines.is_near(fragment);
        let found = changes.unwrap_or_else(|| engines.scan_within(fragment));
        let is_clean = found.findings.is_empty() && found.unread.is_none();
        if is_near {
            let places = found.findings.into_iter().take(FINDINGS).map(|f| f.location.bytes);
            self.note(number, if is_clean { Known::Clean } else { Known::Found(places.collect()) });
        }
        is_clean
    }

    /// What is known of a base whose path says the same.
    fn of(&self, base: &DeltaBase, path: &RepoPath, engines: &Engines) -> Option<&Known> {
        let number = *self.numbers.get(&base.place)? as usize;
        let known = self.known[number].get()?;
        engines.reads_alike(&self.blobs[number].1, path).then_some(known)
    }

    fn note(&self, number: usize, known: Known) {
        // A blob has one number, and is scanned once.
        let _ = self.known[number].set(known);
    }
}
