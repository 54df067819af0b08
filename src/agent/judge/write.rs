//! Decides on writes: only what is added counts, in the context of the whole file as it will be.

use super::{Judge, Ruling, fingerprints};
use crate::agent::event::{Change, FileChange};
use crate::agent::message;
use crate::agent::shell::gate_file;
use crate::config::AgentEvent;
use crate::disk::{self, Links};
use crate::finding::{Fingerprint, RepoPath, SourceKind};
use crate::git::Repo;
use crate::hooks::git::Git;
use crate::policy::{Action, Verdict};
use crate::text::lines::AddedLines;
use std::collections::HashSet;
use std::path::Path;

impl Judge<'_> {
    pub(super) fn write(&self, change: &FileChange) -> Ruling {
        let path = self.absolute(&change.path);
        let old = disk::read(&path, Links::Follow, self.checker.most_bytes()).unwrap_or_default();
        let old = String::from_utf8_lossy(&old);
        let place = self.repo_path(&path);
        let most = usize::try_from(self.checker.most_bytes()).unwrap_or(usize::MAX);
        let Some(new) = change.change.applied(&old, most) else {
            return self.unread(AgentEvent::Write, &message::unread_change(&self.checker.screen(), &place));
        };
        if let Some(what) = self.loosens(&path, &place, &old, &new, &change.change) {
            return self.gate(&what);
        }
        // The text of a notebook's cell is code.
        let place_of_text = match (&change.change, place.as_bytes().strip_suffix(b".ipynb")) {
            (Change::Somewhere(_), Some(stem)) => RepoPath::new([stem, b".py"].concat()),
            _ => place.clone(),
        };
        let verdicts = self.verdicts(SourceKind::File, place_of_text, new.as_bytes());
        if verdicts.is_empty() {
            return Ruling::allow();
        }
        let added = match change.change {
            Change::Somewhere(_) => AddedLines::All,
            _ => AddedLines::between(old.as_bytes(), new.as_bytes()),
        };
        let is_new = |d: &&Verdict| added.touches(d.finding.location.line, d.finding.location.end_line);
        let mut added: Vec<&Verdict> = verdicts.iter().filter(is_new).collect();
        if let Some(marked) = added.iter().find(|d| by_marker(d)) {
            return self.gate(&message::marker(&place, marked.finding.location.line));
        }
        if added.iter().all(|d| d.action == Action::Suppress) {
            return Ruling::allow();
        }
        // A value that the file had before is only moved.
        let before = self.verdicts(SourceKind::File, place.clone(), old.as_bytes());
        let before: HashSet<Fingerprint> = fingerprints(before).collect();
        added.retain(|d| !before.contains(&d.finding.fingerprint));
        if added.iter().all(|d| d.action == Action::Suppress) || self.stays_out_of_git(&path) {
            return Ruling::allow();
        }
        self.ruling(AgentEvent::Write, added, |found| message::write(&self.checker.screen(), &place, found))
    }

    /// The gate's own ruling: what a person has to decide.
    pub(super) fn gate(&self, what: &str) -> Ruling {
        let action = self.policy(AgentEvent::Gate);
        let what = self.checker.screen().text(what);
        let mut ruling = Ruling::new(action, AgentEvent::Gate, message::gate(&what));
        ruling.record.push(super::Recorded {
            path: String::new(),
            line: 0,
            rule: "gate".to_owned(),
            fingerprint: String::new(),
            what,
        });
        ruling
    }

    /// Says what of the gate a write would change, if it changes something.
    fn loosens(
        &self,
        path: &Path,
        place: &RepoPath,
        old: &str,
        new: &str,
        change: &Change,
    ) -> Option<String> {
        if old == new {
            return None;
        }
        let baseline = self.checker.policy.config.baseline.value.as_bytes();
        let hooks = self.repo.is_some_and(|repo| path.starts_with(repo.common_dir().join("hooks")));
        let what = match gate_file(path) {
            // Its other settings are the assistant's to change.
            Some("the assistant's hooks") => {
                let switches = ["disableAllHooks", "allowManagedHooksOnly"];
                let is_off = switches.iter().any(|s| new.contains(s) && !old.contains(s));
                is_off.then_some("the assistant's hooks")
            }
            Some(what) => Some(what),
            None if place.as_bytes() == baseline => Some("stanch's policy"),
            None if hooks => Some("git's hooks"),
            None => None,
        };
        if let Some(what) = what {
            return Some(format!("a change of {what} ({place})"));
        }
        // Hook managers and the settings of assistants run stanch from files of their own.
        let calls = |text: &str| text.matches(HOOK).count() + text.matches("stanch hook ").count();
        let is_whole = !matches!(change, Change::Somewhere(_));
        (is_whole && calls(new) < calls(old)).then(|| format!("{place} would no longer run stanch"))
    }

    /// Returns whether the file is outside of every repository's reach: ignored by git, or in no work tree.
    fn stays_out_of_git(&self, path: &Path) -> bool {
        let Some(top) = self.repo.and_then(Repo::work_dir) else {
            return !path.starts_with(&self.dir);
        };
        let folder = path.ancestors().skip(1).find(|p| p.is_dir()).unwrap_or(&top);
        let git = Git::at(folder);
        let answer = |args: &[&str]| git.run(args).is_ok_and(|out| out.status.success());
        let shown = path.to_string_lossy();
        if !answer(&["rev-parse", "--is-inside-work-tree"]) {
            return true;
        }
        answer(&["check-ignore", "-q", "--", &shown])
    }
}

/// What the commands of our hooks have in them.
const HOOK: &str = " agent hook ";

/// Returns whether a marker in the text itself allows it: a decision that is a person's.
fn by_marker(d: &Verdict) -> bool {
    d.action == Action::Suppress && d.deliberate && d.because.starts_with("inline marker")
}
