//! The verdict on one finding.

use super::action::Action;
use crate::finding::Finding;
use jiff::civil::Date;

/// A finding and what happens to it.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The finding.
    pub finding: Finding,
    /// What happens.
    pub action: Action,
    /// Which value of which layer decided, in words.
    pub because: String,
    /// True if a person decided about this secret and gave a reason.
    pub deliberate: bool,
    /// True if it would have blocked, but for `STANCH_BYPASS`.
    pub bypassed: bool,
    /// The last day on which it only warns; it blocks after that.
    pub warns_until: Option<Date>,
    /// What was meant to allow it, and why that does not count.
    pub note: Option<String>,
    /// True if a parent already has the file, so that removing it from git deletes it for others.
    pub tracked: bool,
    /// Where else the value is, as far as this clone can tell.
    pub known: Option<Exposure>,
}

/// Where else a blocked secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// The commit that holds it, as hex; `None` if only the audit log has it.
    pub commit: Option<String>,
    /// When the commit was made or the push was recorded, seconds since 1970.
    pub time: i64,
    /// The remote or remote-tracking branch that has it; `None` if no remote is known to have it.
    pub remote: Option<String>,
}

impl Verdict {
    /// A verdict without a person's decision about this secret.
    pub fn new(finding: Finding, action: Action, because: impl Into<String>) -> Verdict {
        Verdict {
            finding,
            action,
            because: because.into(),
            deliberate: false,
            bypassed: false,
            warns_until: None,
            note: None,
            tracked: false,
            known: None,
        }
    }
}
