//! Decides on unread content: nothing unread is called clean.
//!
//! Content over a limit, beyond a budget or damaged blocks, since it could hold anything and the remedy is at hand.
//! Content of an unsupported format is reported. A person can accept one content by its object id, with a reason;
//! path rules and floors apply as for findings. docs/limits.md has the table.

use super::Policy;
use super::action::Action;
use super::permits::{ALL, Permits, describe};
use super::skipped::{Cause, Skipped};
use crate::config::{Config, Layer, PathMode};
use crate::finding::RepoPath;

/// How to get the object id of a content.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds a function")]
pub enum BlobId<'a> {
    /// It has no id: a stream, a device.
    None,
    /// Git has it.
    Known(String),
    /// Computed from the content, with this many digits. That takes time, so it is done only if there are
    /// entries that accept content by id.
    Hashed(&'a dyn Fn(usize) -> Option<String>),
}

impl BlobId<'_> {
    fn find(self, digits: Option<usize>) -> Option<String> {
        match self {
            BlobId::None => None,
            BlobId::Known(id) => Some(id),
            BlobId::Hashed(hash) => digits.and_then(hash),
        }
    }
}

impl Policy {
    /// Decides on unread content.
    pub fn unread(&self, path: RepoPath, cause: Cause, blob: BlobId<'_>) -> Skipped {
        let has_id = !matches!(blob, BlobId::None);
        let blob = blob.find(self.config.allow.blob_digits());
        let mut out = Skipped { has_id, ..Skipped::new(path, blob, cause) };
        (out.action, out.because) = match self.accepted(&out, ALL) {
            Some(because) => (Action::Suppress, because),
            None => self.unread_both(&out, ALL),
        };
        for floor in &self.config.enforce {
            let permits = Permits::of(floor);
            if self.accepted(&out, permits).is_some() {
                continue;
            }
            let mut strict = self.unread_both(&out, permits);
            if floor.says.judges() || floor.says.block.unread.is_some() {
                strict = stricter(strict, self.unread_by(&out, &floor.config, permits));
            }
            if strict.0 > out.action {
                out.action = strict.0;
                out.because = format!("{}; enforced by the {} configuration", strict.1, floor.layer.name());
            }
        }
        out
    }

    /// Who accepted exactly this content, and why.
    fn accepted(&self, s: &Skipped, permits: Permits) -> Option<String> {
        let blob = s.blob.as_deref()?;
        self.config
            .allow
            .of_blob(blob)
            .find(|e| e.layer <= permits.allow && e.expires.is_none_or(|last| last >= self.today))
            .map(describe)
    }

    /// The stricter of the configurations' answers.
    fn unread_both(&self, s: &Skipped, permits: Permits) -> (Action, String) {
        let here = self.unread_by(s, &self.config, permits);
        match &self.committed {
            Some(committed) => stricter(here, self.unread_by(s, committed, permits)),
            None => here,
        }
    }

    /// A configuration's answer, including a rollout's. `--strict` on the command line always fails.
    fn unread_by(&self, s: &Skipped, config: &Config, permits: Permits) -> (Action, String) {
        let (action, because) = unread_by(s, config);
        let asked = config.block_unread.layer == Layer::Command;
        match self.rollout(config).filter(|_| action == Action::Block && permits.warn_only && !asked) {
            Some(until) => {
                let layer = until.layer.name();
                (
                    Action::Warn,
                    format!("{because}; warns until {}: policy.warn_only_until ({layer})", until.value),
                )
            }
            None => (action, because),
        }
    }
}

fn stricter(a: (Action, String), b: (Action, String)) -> (Action, String) {
    if b.0 > a.0 { b } else { a }
}

/// A configuration's answer: its setting, then its path rules that apply to every rule.
fn unread_by(s: &Skipped, config: &Config) -> (Action, String) {
    let strict = config.block_unread.value;
    let mut action = s.cause.action(strict);
    let mut because = match strict {
        true => format!("block.unread = true ({})", config.block_unread.layer.name()),
        false => "not read".to_owned(),
    };
    for rule in config.paths.iter().filter(|r| r.rules.is_empty() && r.holds_at(&s.path)) {
        let to = match rule.mode {
            PathMode::Skip => Action::Suppress,
            PathMode::Report => action.min(Action::Warn),
            PathMode::Strict if action == Action::Warn => s.cause.action(true),
            PathMode::Strict => action,
        };
        if to != action {
            action = to;
            because = format!("path {} ({}): {}", rule.shown(), rule.layer.name(), rule.reason());
        }
    }
    (action, because)
}
