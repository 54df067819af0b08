//! The findings of the audit log, for reports: each place once, with its last decision.

use super::Record;
use crate::finding::{Confidence, Finding, Fingerprint, Location, RepoPath, Severity, Source, SourceKind};
use crate::policy::{Action, Cause, Decision, Skipped, Stage, Verdict};
use crate::rules::RuleSet;
use crate::secret::Secret;
use std::collections::BTreeMap;

/// What makes two records one place: the repository, the path, the line, and the fingerprint or the blob.
type Place = (String, String, u32, String);

/// Collects records.
#[derive(Debug)]
pub struct Replay {
    rules: RuleSet,
    /// The top of the work tree that the report is about: paths in it are relative.
    here: Option<String>,
    findings: BTreeMap<Place, Verdict>,
    unread: BTreeMap<Place, Skipped>,
    /// Findings without a record of their own.
    more: u64,
    unknown: usize,
}

impl Replay {
    /// Starts with nothing.
    pub fn new(rules: RuleSet, here: Option<String>) -> Replay {
        Replay { rules, here, findings: BTreeMap::new(), unread: BTreeMap::new(), more: 0, unknown: 0 }
    }

    /// Takes the next record, which is younger than those before.
    pub fn add(&mut self, r: &Record) {
        if let Some(more) = r.more {
            self.more += more;
            return;
        }
        let action = match r.decision.as_str() {
            "block" => Action::Block,
            "warn" => Action::Warn,
            _ => Action::Suppress,
        };
        let id = if r.unread.is_some() { r.blob.clone().unwrap_or_default() } else { r.fingerprint.clone() };
        let place = (r.repository.clone(), r.path.clone(), r.line, id);
        let path = RepoPath::new(r.path.as_bytes());
        let is_here = self.here.as_ref().is_none_or(|here| *here == r.repository);
        let path = if is_here { path } else { path.under(r.repository.as_bytes()) };
        if let Some(why) = &r.unread {
            let skipped = Skipped::new(path, r.blob.clone(), Cause::Failed(why.clone()));
            self.unread.insert(place, Skipped { action, because: r.reason.clone(), ..skipped });
            return;
        }
        let (Some(rule), Some(fingerprint)) = (self.rules.get(&r.rule), Fingerprint::parse(&r.fingerprint))
        else {
            self.unknown += 1;
            return;
        };
        let kind = match r.stage.as_str() {
            "message" => SourceKind::CommitMessage,
            _ if r.commit.is_some() => SourceKind::Commit,
            "commit" => SourceKind::Staged,
            _ => SourceKind::File,
        };
        let finding = Finding {
            rule,
            source: Source { commit: r.commit.clone(), ..Source::new(kind, path) },
            location: Location { line: r.line, column: 1, end_line: r.line, end_column: 1, bytes: 0..0 },
            secret: Secret::new(b""),
            severity: Severity::from_slug(&r.severity).unwrap_or(rule.severity),
            confidence: Confidence::from_slug(&r.confidence).unwrap_or(rule.confidence),
            evidence: Vec::new(),
            fingerprint,
            former: None,
            in_test: false,
            name: None,
            lines: None,
            pair: None,
            score: None,
            rejected: None,
            suggestion: None,
        };
        let verdict = Verdict {
            deliberate: action == Action::Suppress,
            bypassed: r.decision == "bypass",
            ..Verdict::new(finding, action, r.reason.clone())
        };
        self.findings.insert(place, verdict);
    }

    /// The decision on all that was taken, and the number of records of rules that are not known.
    pub fn decision(self) -> (Decision, usize) {
        let mut decision = Decision::empty(Stage::Scan);
        decision.findings = self.findings.into_values().collect();
        decision.reading.skipped = self.unread.into_values().collect();
        if self.more > 0 {
            decision.reading.notes.push(format!("{} more findings have no record of their own", self.more));
        }
        (decision, self.unknown)
    }
}
