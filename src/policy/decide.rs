//! The decision on each finding, and on the whole.

use super::Markers;
use crate::config::Config;
use crate::finding::{Confidence, Finding, RepoPath};

/// At what point the check runs: it decides what a person can still do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// pre-commit, pre-merge-commit: nothing has left this machine, nothing is in history.
    Commit,
    /// commit-msg: the message being written.
    Message,
    /// pre-push: in local history, not yet sent.
    Push {
        /// The remote's name, or its URL.
        remote: String,
    },
    /// pre-receive, update: arrived on a server, not yet accepted.
    Receive,
    /// `stanch scan`: files, standard input, a range.
    Scan,
}

/// What happens because of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Let through, with the reason.
    Suppress,
    /// Said, not stopped.
    Warn,
    /// Stopped.
    Block,
}

impl Action {
    /// The word used in output.
    pub fn slug(self) -> &'static str {
        match self {
            Action::Suppress => "suppress",
            Action::Warn => "warn",
            Action::Block => "block",
        }
    }
}

/// A finding and what happens because of it.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The finding.
    pub finding: Finding,
    /// What happens.
    pub action: Action,
    /// Why, in words, with the place of the entry that decided: ".stanch.toml: fixture (mm)".
    pub because: String,
}

/// What was not read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The file.
    pub path: RepoPath,
    /// "61 MB, over the limit of 50 MB (limits.max_blob_mb)".
    pub why: String,
}

/// What was read: nothing is called clean unread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Files (or commits, at push) considered.
    pub files: usize,
    /// Commits considered; 0 outside a push.
    pub commits: usize,
    /// Bytes read.
    pub bytes: u64,
    /// What was not read.
    pub skipped: Vec<Skipped>,
    /// Notes for the person: "shallow clone: history ends at 3f1b".
    pub notes: Vec<String>,
}

/// The decision on everything that was read.
#[derive(Debug, Clone)]
pub struct Decision {
    /// At what point.
    pub stage: Stage,
    /// Each finding, in order of path and place.
    pub findings: Vec<Decided>,
    /// What was read.
    pub reading: Reading,
}

impl Decision {
    /// The findings with this action.
    pub fn with(&self, action: Action) -> impl Iterator<Item = &Decided> {
        self.findings.iter().filter(move |d| d.action == action)
    }

    /// Is anything blocked?
    pub fn blocks(&self) -> bool {
        self.with(Action::Block).next().is_some()
    }

    /// 0 clean or warnings only, 1 blocked.
    pub fn exit_code(&self) -> u8 {
        u8::from(self.blocks())
    }
}

/// Decides on one finding. `markers` are the inline markers of its text.
pub fn decide(finding: Finding, config: &Config, markers: &Markers) -> Decided {
    let (action, because) = action(&finding, config, markers);
    Decided { finding, action, because }
}

fn action(f: &Finding, config: &Config, markers: &Markers) -> (Action, String) {
    if f.rule.public {
        return (Action::Suppress, "public by design".to_owned());
    }
    if let Some(reason) = markers.allows(f.rule, f.location.line) {
        return (Action::Suppress, format!("inline: {reason}"));
    }
    if let Some(entry) = config.allow.iter().find(|a| a.fingerprint == f.fingerprint) {
        return (Action::Suppress, format!(".stanch.toml: {}", entry.reason));
    }
    let blocks = if f.rule.is_generic() {
        f.confidence >= Confidence::High
    } else {
        f.confidence >= Confidence::High && f.severity > crate::finding::Severity::Low
    };
    let because = format!("{} severity, {} confidence", f.severity.slug(), f.confidence.slug());
    if blocks { (Action::Block, because) } else { (Action::Warn, because) }
}
