//! What the scanner reports: a secret, where it stands, what it is believed to be and why.

mod fingerprint;
mod location;
mod score;

pub use crate::rules::{Confidence, Severity};
pub use fingerprint::{Fingerprint, Fingerprints, Salt};
pub use location::{LineCounter, Location, RepoPath, Source, SourceKind, printable};
pub use score::Score;

use crate::rules::Rule;
use crate::secret::Secret;

/// One secret in one place.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What kind it is.
    pub rule: &'static Rule,
    /// Where the text comes from.
    pub source: Source,
    /// Where in that text.
    pub location: Location,
    /// The value.
    pub secret: Secret,
    /// Impact if live; the rule's, unless a check or the policy changed it.
    pub severity: Severity,
    /// How sure; the rule's, raised or lowered by evidence.
    pub confidence: Confidence,
    /// Why it is believed, or doubted, most telling first, in words a person reads.
    pub evidence: Vec<Evidence>,
    /// The same for the same rule and value, wherever it stands.
    pub fingerprint: Fingerprint,
    /// The variable or key that the value was assigned to, if one was seen.
    pub name: Option<String>,
    /// The id that the secret is used with, when it stands nearby in the same text: one leak with two places, of which
    /// this is the one that must be revoked. It has no pair itself.
    pub pair: Option<Box<Finding>>,
    /// How judgement came to its confidence; filled in where it was asked for.
    pub score: Option<Score>,
}

impl Finding {
    /// Does the value match? For allow entries: the policy never sees the value itself.
    pub fn matches(&self, regex: &regex::bytes::Regex) -> bool {
        regex.is_match(self.secret.expose())
    }

    /// What of it counts, and what is left: all of it when the secret does, the id alone when only that does.
    pub fn split(mut self, counts: impl Fn(&Finding) -> bool) -> (Option<Finding>, Option<Finding>) {
        if counts(&self) {
            return (Some(self), None);
        }
        let id = self.pair.take_if(|id| counts(id)).map(|id| *id);
        (id, Some(self))
    }

    /// The secret and its id as two findings, as if they stood far apart.
    pub fn apart(mut self) -> impl Iterator<Item = Finding> {
        let id = self.pair.take().map(|id| *id);
        std::iter::once(self).chain(id)
    }
}

/// One reason to believe or doubt a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Stable slug: `checksum`, `structure`, `name`, `entropy`, `path` ...
    pub code: &'static str,
    /// Raises (+1), lowers (-1) or only explains (0).
    pub weight: i8,
    /// In words: "checksum valid".
    pub text: String,
}

impl Evidence {
    /// Evidence that raises belief.
    pub fn raises(code: &'static str, text: impl Into<String>) -> Evidence {
        Evidence { code, weight: 1, text: text.into() }
    }

    /// Evidence that lowers belief.
    pub fn lowers(code: &'static str, text: impl Into<String>) -> Evidence {
        Evidence { code, weight: -1, text: text.into() }
    }

    /// A fact worth telling.
    pub fn tells(code: &'static str, text: impl Into<String>) -> Evidence {
        Evidence { code, weight: 0, text: text.into() }
    }
}
