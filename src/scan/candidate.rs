//! Candidates: matches on their way to become findings, and which of two that overlap stays.

use crate::finding::{Confidence, Evidence, Severity};
use crate::rules::{Detector, Rule};
use std::ops::Range;

/// A match of one rule.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) rule: &'static Rule,
    /// The secret itself, in bytes of the scanned text.
    pub(super) secret: Range<usize>,
    /// All that the pattern matched.
    pub(super) whole: Range<usize>,
    pub(super) confidence: Confidence,
    pub(super) severity: Severity,
    pub(super) evidence: Vec<Evidence>,
    /// The name that the value is assigned to.
    pub(super) name: Option<String>,
    /// The decoded value where the text holds it encoded.
    pub(super) decoded: Option<Vec<u8>>,
}

impl Candidate {
    /// A match as its rule values it, before any check.
    pub(super) fn new(rule: &'static Rule, secret: Range<usize>, whole: Range<usize>) -> Candidate {
        Candidate {
            rule,
            secret,
            whole,
            confidence: rule.confidence,
            severity: rule.severity,
            evidence: Vec::new(),
            name: None,
            decoded: None,
        }
    }
}

/// How much a rule knows of its secret's form: judgement, names around it, a format.
fn rank(rule: &Rule) -> u8 {
    match rule.detector {
        Detector::Judged => 0,
        Detector::Context(_) => 1,
        Detector::Regex(_) => 2,
    }
}

/// Leaves one candidate a secret: of two that overlap the one that supersedes the other stays, else the surer,
/// else the more specific kind of rule, else the longer, else the first in the catalogue.
pub(super) fn resolve(mut all: Vec<Candidate>) -> Vec<Candidate> {
    let key = |c: &Candidate| (rank(c.rule) > 0, c.confidence, rank(c.rule), c.secret.len());
    // A stable sort keeps catalogue order between equals.
    all.sort_by_key(|c| std::cmp::Reverse(key(c)));
    let mut kept: Vec<Candidate> = Vec::new();
    for c in all {
        let beats = |k: &Candidate| c.rule.supersedes.contains(&k.rule.id) && overlap(&k.secret, &c.secret);
        if kept.iter().any(beats) {
            kept.retain(|k| !beats(k));
            kept.push(c);
        } else if !kept.iter().any(|k| overlap(&k.secret, &c.secret)) {
            kept.push(c);
        }
    }
    kept.sort_by_key(|c| c.secret.start);
    kept
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}
