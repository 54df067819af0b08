//! Offline proof: what can be told about a candidate without any network.
//!
//! One family a file. "Invalid" is said only where a mismatch means that the vendor never issued the value; checks
//! that can only confirm answer "unknown" otherwise.

use crate::finding::Evidence;
use crate::rules::{Severity, Validator};

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Proved: chance does not make this.
    Valid,
    /// Disproved: the vendor never issued it.
    Invalid,
    /// Nothing is known, or the check can only confirm.
    Unknown,
}

/// A verdict and what was learned on the way.
#[derive(Debug, Clone)]
pub struct Check {
    /// The verdict.
    pub verdict: Verdict,
    /// Facts for the person: "checksum valid", "AWS account 123456789012", "expired 2021-03-02". An entry that
    /// lowers takes one step of confidence away unless the verdict is valid.
    pub evidence: Vec<Evidence>,
    /// The severity it has at most (an expired token, an encrypted key).
    pub at_most: Option<Severity>,
}

impl Check {
    /// Nothing is known.
    pub fn unknown() -> Check {
        Check { verdict: Verdict::Unknown, evidence: Vec::new(), at_most: None }
    }

    /// Disproved.
    pub fn invalid() -> Check {
        Check { verdict: Verdict::Invalid, ..Check::unknown() }
    }

    /// Proved, with the reason in words.
    pub fn valid(code: &'static str, text: impl Into<String>) -> Check {
        Check { verdict: Verdict::Valid, evidence: vec![Evidence::raises(code, text)], at_most: None }
    }
}

/// Runs a rule's check. `secret` is the group `secret` of the match, `whole` all that the pattern matched.
pub fn check(validator: Validator, secret: &[u8], whole: &[u8]) -> Check {
    let _ = (secret, whole);
    match validator {
        Validator::None => Check::unknown(),
        _ => Check::unknown(),
    }
}

/// A made-up value that passes the check, for examples in tests and `doctor --prove`; `None` where the check asks
/// for nothing special. `argument` is what the template gives (a prefix, a kind).
pub fn forge(validator: Validator, argument: &str, random: &mut dyn FnMut() -> u32) -> Option<String> {
    let _ = (validator, argument, random);
    None
}
