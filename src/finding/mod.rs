//! Findings: a secret, its location, its rule and the evidence.

mod escape;
mod fingerprint;
mod former;
mod lines;
mod location;
mod score;
mod suggestion;
mod work_tree;

pub use crate::rules::{Confidence, Severity};
pub use escape::{printable, shown_path};
pub use fingerprint::{Fingerprint, Fingerprints, Salt};
pub use former::Former;
pub use lines::Lines;
pub use location::{Hidden, Layer, LineCounter, Location, RepoPath, Source, SourceKind};
pub use score::{Score, evidence_in_words};
pub use suggestion::{Edit, Reach, Replacement, Suggestion};
pub use work_tree::{WorkTree, path_bytes, plain_path};

use crate::rules::Rule;
use crate::secret::Secret;

/// One secret in one place.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// The text that contains it.
    pub source: Source,
    /// The location in that text.
    pub location: Location,
    /// The value.
    pub secret: Secret,
    /// Impact if live: the rule's severity, unless a check or the policy changed it.
    pub severity: Severity,
    /// How sure the finding is: the rule's confidence, raised or lowered by evidence.
    pub confidence: Confidence,
    /// Reasons for and against it, most important first, in words for the user.
    pub evidence: Vec<Evidence>,
    /// Equal for the same rule and value, wherever they occur.
    pub fingerprint: Fingerprint,
    /// What an earlier version would have said; present only if a configuration asks for its decisions.
    pub former: Option<Former>,
    /// True if the value stands in a test and nothing proves that it was ever valid, or it is a private key, which anyone can make.
    pub in_test: bool,
    /// The variable or key that the value was assigned to, if one was seen.
    pub name: Option<String>,
    /// The lines that it stands on; present only if an exception of the configuration asks for them.
    pub lines: Option<Lines>,
    /// The id that is used with the secret, if it is nearby in the same text. Both are one leak; this finding
    /// is the part that must be revoked. The id has no pair itself.
    pub pair: Option<Box<Finding>>,
    /// How the generic detector reached its confidence; present only if requested.
    pub score: Option<Score>,
    /// Why a filter rejected the value; such a finding exists only to be explained (`--explain-score`).
    pub rejected: Option<&'static str>,
    /// What to write in its place; present once somebody with the text at hand worked it out.
    pub suggestion: Option<Box<Suggestion>>,
}

impl Finding {
    /// Returns whether it exists only to be explained: a filter rejected it, or its score is too low.
    pub fn is_only_explained(&self) -> bool {
        self.rejected.is_some() || self.score.as_ref().is_some_and(|s| s.confidence.is_none())
    }

    /// Returns whether the value matches. For allow entries: the policy never sees the value itself.
    pub fn matches(&self, regex: &regex::bytes::Regex) -> bool {
        regex.is_match(self.secret.expose())
    }

    /// Returns whether the lines that it stands on match, as far as they are known.
    pub fn matches_lines(&self, regex: &regex::bytes::Regex) -> bool {
        self.lines.as_ref().is_some_and(|lines| regex.is_match(lines.text()))
    }

    /// Returns whether the name that the value is given to matches.
    pub fn matches_name(&self, regex: &regex::bytes::Regex) -> bool {
        let before = self.lines.as_ref().and_then(Lines::name);
        let names = [self.name.as_deref().map(str::as_bytes), before];
        names.into_iter().flatten().any(|name| regex.is_match(name))
    }

    /// Returns whether one of these words is in the value, any case.
    pub fn has_word(&self, words: &[String]) -> bool {
        let value = self.secret.expose().to_ascii_lowercase();
        words.iter().any(|w| memchr::memmem::find(&value, w.as_bytes()).is_some())
    }

    /// Splits into what counts and what is left: everything counts if the secret does; only the id counts if
    /// only the id does.
    pub fn split(mut self, counts: impl Fn(&Finding) -> bool) -> (Option<Finding>, Option<Finding>) {
        if counts(&self) {
            return (Some(self), None);
        }
        let id = self.pair.take_if(|id| counts(id)).map(|id| *id);
        (id, Some(self))
    }

    /// The secret and its id as two separate findings.
    pub fn apart(mut self) -> impl Iterator<Item = Finding> {
        let id = self.pair.take().map(|id| *id);
        std::iter::once(self).chain(id)
    }
}

/// One reason for or against a finding.
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
    /// Evidence for the finding.
    pub fn raises(code: &'static str, text: impl Into<String>) -> Evidence {
        Evidence { code, weight: 1, text: text.into() }
    }

    /// Evidence against the finding.
    pub fn lowers(code: &'static str, text: impl Into<String>) -> Evidence {
        Evidence { code, weight: -1, text: text.into() }
    }

    /// A fact that does not change the confidence.
    pub fn tells(code: &'static str, text: impl Into<String>) -> Evidence {
        Evidence { code, weight: 0, text: text.into() }
    }
}
