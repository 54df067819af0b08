//! The verdict on one finding.

use super::action::Action;
use crate::finding::Finding;
use jiff::civil::Date;

/// A finding and what happens because of it.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The finding.
    pub finding: Finding,
    /// What happens.
    pub action: Action,
    /// Which value of which layer decided, in words.
    pub because: String,
    /// Somebody decided about this very secret and gave a reason.
    pub deliberate: bool,
    /// Would have been stopped, but for `STANCH_BYPASS`.
    pub bypassed: bool,
    /// The last day on which it only warns: it blocks after it.
    pub warns_until: Option<Date>,
    /// What was meant to let it through, and why that does not count.
    pub note: Option<String>,
    /// True if a parent has the file already: to take it out of git deletes it for others.
    pub tracked: bool,
    /// Where it stands besides what is blocked, as far as this clone can tell.
    pub known: Option<Exposure>,
}

/// Where a blocked secret stands besides what is blocked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// The commit that holds it, as hex; `None` if only the audit record knows of it.
    pub commit: Option<String>,
    /// When the commit was made or the push was recorded, seconds since 1970.
    pub time: i64,
    /// The remote or remote-tracking branch that has it; `None` if no remote is known to have it.
    pub remote: Option<String>,
}

impl Verdict {
    /// A decision that nobody took about this very secret.
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
