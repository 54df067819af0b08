//! The decision on everything that was read: what the report tells and what the exit code says.

use super::Skipped;
use crate::finding::Finding;
use jiff::civil::Date;
use std::collections::HashSet;
use std::hash::Hash;

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

impl Stage {
    /// The word used in records.
    pub fn slug(&self) -> &'static str {
        match self {
            Stage::Commit => "commit",
            Stage::Message => "message",
            Stage::Push { .. } => "push",
            Stage::Receive => "receive",
            Stage::Scan => "scan",
        }
    }
}

/// What happens because of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// Where the outgoing commits of a blocked push can be made one, because the newest has no secret any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squash {
    /// The commit below them, as hex: an ancestor of HEAD that the remote has.
    pub base: String,
    /// How many they are.
    pub commits: usize,
}

/// What was looked through for blocked secrets, besides what is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// Commits whose version of the file was looked at.
    pub commits: usize,
    /// Files of HEAD that were looked at.
    pub files: usize,
    /// True if the search came to its end before its time was up.
    pub whole: bool,
    /// True if the record of earlier pushes was asked too.
    pub record: bool,
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

/// A commit, as far as a person who has to mend it needs to know it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Commit {
    /// Object id, as hex.
    pub id: String,
    /// First line of its message.
    pub summary: String,
    /// True if it is the newest of its branch, so that `git commit --amend` reaches it.
    pub tip: bool,
    /// True for a commit without a parent.
    pub root: bool,
}

/// What the policy lets a person do about a finding without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    /// An allow entry in the repository.
    pub allow: bool,
    /// An inline marker.
    pub inline: bool,
    /// A bypass with a reason.
    pub bypass: bool,
}

impl Default for Permissions {
    fn default() -> Self {
        Permissions { allow: true, inline: true, bypass: true }
    }
}

/// What was read: nothing is called clean unread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Files (or commits, at push) considered.
    pub files: usize,
    /// Commits considered; 0 outside a push.
    pub commits: usize,
    /// Bytes read.
    pub bytes: u64,
    /// The commits that findings are in, oldest first, as far as the reader of the history tells them.
    pub history: Vec<Commit>,
    /// What was looked through for blocked secrets; `None` if nothing was.
    pub looked: Option<Looked>,
    /// How the outgoing commits can be made one without the secrets; `None` if they cannot.
    pub squash: Option<Squash>,
    /// The branch that was pushed, if it is not the one at hand.
    pub branch: Option<String>,
    /// What was not read.
    pub skipped: Vec<Skipped>,
    /// Notes for the person: "shallow clone: history ends at 3f1b".
    pub notes: Vec<String>,
    /// The very same was stopped the last time: it is told shorter.
    pub repeated: bool,
    /// What a person may do without asking.
    pub ways: Permissions,
    /// Whom to ask, of the configuration.
    pub contact: Option<String>,
    /// Where to read on, of the configuration.
    pub link: Option<String>,
}

/// Adds what is not there yet.
fn join_new<T: Clone + Eq + Hash>(all: &mut Vec<T>, more: Vec<T>) {
    let mut known: HashSet<T> = all.iter().cloned().collect();
    all.extend(more.into_iter().filter(|new| known.insert(new.clone())));
}

/// The decision on everything that was read.
#[derive(Debug, Clone)]
pub struct Decision {
    /// At what point.
    pub stage: Stage,
    /// Each finding, in order of path and place.
    pub findings: Vec<Verdict>,
    /// What was read.
    pub reading: Coverage,
}

impl Decision {
    /// A decision on nothing yet.
    pub fn empty(stage: Stage) -> Decision {
        Decision { stage, findings: Vec::new(), reading: Coverage::default() }
    }

    /// Takes in what was decided on another part of the same whole.
    pub fn join(&mut self, part: Decision) {
        self.findings.extend(part.findings);
        let (all, part) = (&mut self.reading, part.reading);
        all.files += part.files;
        all.commits += part.commits;
        all.bytes += part.bytes;
        join_new(&mut all.history, part.history);
        all.skipped.extend(part.skipped);
        join_new(&mut all.notes, part.notes);
    }

    /// The findings with this action.
    pub fn with(&self, action: Action) -> impl Iterator<Item = &Verdict> {
        self.findings.iter().filter(move |d| d.action == action)
    }

    /// Returns whether anything is blocked.
    pub fn blocks(&self) -> bool {
        self.with(Action::Block).next().is_some()
    }

    /// Returns true if something that had to be read was not.
    pub fn is_incomplete(&self) -> bool {
        self.reading.skipped.iter().any(|s| s.action == Action::Block)
    }

    /// 0 clean or warnings only, 1 blocked, 2 not everything could be checked.
    pub fn exit_code(&self) -> u8 {
        if self.is_incomplete() { 2 } else { u8::from(self.blocks()) }
    }
}
