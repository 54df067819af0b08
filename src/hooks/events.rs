//! The hook events that stanch supports, and which of them suit a repository.

use crate::hooks::location::HooksLocation;
use clap::ValueEnum;

/// A hook that this program can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Name {
    PreCommit,
    PreMergeCommit,
    CommitMsg,
    PrePush,
    ApplypatchMsg,
    PreApplypatch,
    PreReceive,
    Update,
}

impl Name {
    /// Git's name for it.
    pub(crate) fn as_str(self) -> String {
        self.to_possible_value().map_or_else(String::new, |v| v.get_name().to_owned())
    }

    /// The hook with this name; `None` if this program does not support it.
    pub(crate) fn parse(name: &str) -> Option<Name> {
        Name::from_str(name, false).ok()
    }
}

/// The events to guard in a work tree, in the order of a day's work.
pub(crate) const WORK_TREE: &[&str] = &["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"];

/// The event to guard on a server.
const BARE: &[&str] = &["pre-receive"];

/// The events to guard in this repository, as far as this program supports them.
pub(crate) fn suitable(place: &HooksLocation) -> Vec<String> {
    served(if place.top.is_some() { WORK_TREE } else { BARE })
}

/// Of these events, those that this program supports.
pub(crate) fn served(events: &[&str]) -> Vec<String> {
    events.iter().filter(|e| Name::parse(e).is_some()).map(ToString::to_string).collect()
}
