//! The decision on everything that was read: what the report shows and the exit code says.

use super::action::{Action, Stage};
use super::coverage::Coverage;
use super::verdict::Verdict;
use crate::sort;
use crate::verify::State;
use std::collections::HashSet;
use std::hash::Hash;

/// Appends the new elements.
fn join_new<T: Clone + Eq + Hash>(all: &mut Vec<T>, more: Vec<T>) {
    let mut known: HashSet<T> = all.iter().cloned().collect();
    all.extend(more.into_iter().filter(|new| known.insert(new.clone())));
}

/// The decision on everything that was read.
#[derive(Debug, Clone)]
pub struct Decision {
    /// When the check ran.
    pub stage: Stage,
    /// Each finding, in order of path and place.
    pub findings: Vec<Verdict>,
    /// What was read.
    pub reading: Coverage,
}

impl Decision {
    /// An empty decision.
    pub fn empty(stage: Stage) -> Decision {
        Decision { stage, findings: Vec::new(), reading: Coverage::default() }
    }

    /// Adds the decision on another part of the same whole.
    pub fn join(&mut self, part: Decision) {
        self.findings.extend(part.findings);
        let (all, part) = (&mut self.reading, part.reading);
        all.files += part.files;
        all.commits += part.commits;
        all.bytes += part.bytes;
        join_new(&mut all.history, part.history);
        all.past.extend(part.past);
        all.skipped.extend(part.skipped);
        join_new(&mut all.notes, part.notes);
    }

    /// Puts the findings first whose provider said that they are live.
    pub fn live_first(&mut self) {
        let live = State::Live.slug();
        sort::by_key(&mut self.findings, |d| d.finding.evidence.first().is_none_or(|e| e.code != live));
    }

    /// The findings with this action.
    pub fn with(&self, action: Action) -> impl Iterator<Item = &Verdict> {
        self.findings.iter().filter(move |d| d.action == action)
    }

    /// Returns whether anything is blocked.
    pub fn blocks(&self) -> bool {
        self.with(Action::Block).next().is_some()
    }

    /// Returns whether something that had to be read was not.
    pub fn is_incomplete(&self) -> bool {
        self.reading.skipped.iter().any(|s| s.action == Action::Block)
    }

    /// 0 clean or warnings only, 1 blocked, 2 not everything could be checked.
    pub fn exit_code(&self) -> u8 {
        if self.is_incomplete() { 2 } else { u8::from(self.blocks()) }
    }
}
