//! What was read, what was not, and what a person may do about it.

use super::past::Past;
use super::skipped::Skipped;

/// What was read; nothing is called clean unread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Number of files (or of commits, at push) considered.
    pub files: usize,
    /// Number of commits considered; 0 outside a push.
    pub commits: usize,
    /// Bytes read.
    pub bytes: u64,
    /// The commits that have findings, oldest first, as far as the history was read.
    pub history: Vec<Commit>,
    /// The secrets of a history with what it says of each, worst first; empty if that was not asked for.
    pub past: Vec<Past>,
    /// Where else blocked secrets were searched for; `None` if nowhere.
    pub looked: Option<Looked>,
    /// How the outgoing commits can become one without the secrets; `None` if they cannot.
    pub squash: Option<Squash>,
    /// True if one line of commits without a merge is pushed: `fix --commits` can make it again on its branch.
    pub linear: bool,
    /// The branch that was pushed, if it is not the current one.
    pub branch: Option<String>,
    /// What to type to push again, if `git push` alone would be refused: the branch has no upstream yet.
    pub push_again: Option<String>,
    /// Content that was not read.
    pub skipped: Vec<Skipped>,
    /// Notes for the person: "shallow clone: history ends at 3f1b".
    pub notes: Vec<String>,
    /// True if the same was blocked the last time; the message is then shorter.
    pub repeated: bool,
    /// What a person may do without asking.
    pub ways: Permissions,
    /// Whom to ask, from the configuration.
    pub contact: Option<String>,
    /// Where to read more, from the configuration.
    pub link: Option<String>,
}

/// What a person needs to know about a commit to fix it.
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

/// Where else blocked secrets were searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// Commits whose version of the file was searched.
    pub commits: usize,
    /// Files of HEAD that were searched.
    pub files: usize,
    /// True if the search ended before its time was up.
    pub whole: bool,
    /// True if the record of earlier pushes was searched too.
    pub record: bool,
}

/// How the outgoing commits of a blocked push can become one, because the newest one is clean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squash {
    /// The commit below them, as hex: an ancestor of HEAD that the remote has.
    pub base: String,
    /// Number of these commits.
    pub commits: usize,
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
