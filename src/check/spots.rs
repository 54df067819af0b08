//! Places of findings in blobs, by which each finding is given to one commit.

use crate::finding::Finding;
use crate::rules::Detector;
use std::ops::Range;

/// A blob in which something was found.
#[derive(Debug)]
pub(super) struct PendingBlob {
    pub(super) number: usize,
    /// Places of findings that already have their commit, each with whether the file's name found it.
    pub(super) taken: Vec<(Spot, bool)>,
    /// True if there are findings whose lines were old wherever the blob appeared so far.
    pub(super) more: bool,
}

/// A place in a blob.
#[derive(Debug)]
pub(super) struct Spot {
    bytes: Range<usize>,
    member: Option<Vec<u8>>,
}

impl Spot {
    pub(super) fn of(f: &Finding) -> Spot {
        Spot { bytes: f.location.bytes.clone(), member: f.source.path.member().map(<[u8]>::to_vec) }
    }

    /// Returns whether the finding is at this place, or overlaps it.
    pub(super) fn meets(&self, f: &Finding) -> bool {
        let at = &self.bytes;
        at.start < f.location.bytes.end
            && f.location.bytes.start < at.end
            && self.member.as_deref() == f.source.path.member()
    }
}

/// Returns whether the file's name made it a finding.
pub(super) fn is_by_name(f: &Finding) -> bool {
    matches!(f.rule.detector, Detector::File(_))
}
