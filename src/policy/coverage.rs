//! What was read, what was not, and what a person may do about it.

use super::skipped::Skipped;

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
    /// True if what is pushed is the line of commits that HEAD ends, without a merge: `fix --commits` can make it again.
    pub linear: bool,
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

/// Where the outgoing commits of a blocked push can be made one, because the newest has no secret any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squash {
    /// The commit below them, as hex: an ancestor of HEAD that the remote has.
    pub base: String,
    /// How many they are.
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
