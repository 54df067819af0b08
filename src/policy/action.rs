//! When a check runs, and what happens because of a finding.

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
