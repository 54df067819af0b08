//! What an earlier version would have said of a finding, for `[policy] since`.

use crate::rules::{Confidence, Severity};

/// What an earlier version would have said of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Former {
    /// It did not report this.
    Silent,
    /// It reported it with these.
    Reported {
        /// As it weighed the harm.
        severity: Severity,
        /// As sure as it was.
        confidence: Confidence,
    },
}
