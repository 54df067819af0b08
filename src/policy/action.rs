//! When a check runs, and what happens to a finding.

/// When the check runs: it decides what a person can still do.
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
    /// The name used in records.
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

/// What happens to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Suppressed, with a reason.
    Suppress,
    /// Shown; does not block.
    Warn,
    /// Blocks.
    Block,
}

impl Action {
    /// The name used in output.
    pub fn slug(self) -> &'static str {
        match self {
            Action::Suppress => "suppress",
            Action::Warn => "warn",
            Action::Block => "block",
        }
    }
}
