//! Decides on writes: only what is added counts, in the context of the whole file as it will be.

use super::{Judge, Ruling};
use crate::agent::event::{Change, FileChange};
use crate::agent::message;
use crate::config::{ALLOW_FILE, AgentEvent, FILE_NAME};
use crate::disk::{self, Links};
use crate::finding::{Finding, Fingerprint, RepoPath, SourceKind};
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
        let new = change.change.applied(&old);
        let place = self.repo_path(&path);
        if let Some(what) = self.loosens(&path, &place, &old, &new, &change.change) {
            return self.gate(&what);
        }
        // Of a cell of a notebook the text is code.
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
        let before: HashSet<Fingerprint> = self
            .verdicts(SourceKind::File, place.clone(), old.as_bytes())
            .into_iter()
            .map(|d| d.finding)
            .flat_map(Finding::apart)
            .map(|f| f.fingerprint)
            .collect();
        added.retain(|d| !before.contains(&d.finding.fingerprint));
        if added.iter().all(|d| d.action == Action::Suppress) || self.stays_out_of_git(&path) {
            return Ruling::allow();
        }
        self.ruling(AgentEvent::Write, &added, |found| message::write(&self.checker.screen(), &place, found))
    }

    /// The gate's own ruling: what a person has to decide.
    pub(super) fn gate(&self, what: &str) -> Ruling {
        let action = self.policy(AgentEvent::Gate);
        let what = self.checker.screen().text(what);
        let mut ruling = Ruling::new(action, AgentEvent::Gate, message::gate(&what));
        ruling.record.push(super::Recorded {
            path: what,
            line: 0,
            rule: String::new(),
            fingerprint: String::new(),
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
        let name = place.file_name();
        let baseline = self.checker.policy.config.baseline.value.as_bytes();
        let policy = [FILE_NAME.as_bytes(), ALLOW_FILE.as_bytes(), b".stanch.lock"];
        if policy.contains(&name) || place.as_bytes() == baseline {
            return (old != new).then(|| format!("a change of {place}"));
        }
        let hooks = self.repo.map(|repo| repo.common_dir().join("hooks"));
        if hooks.is_some_and(|hooks| path.starts_with(hooks)) {
            return Some(format!("a change of git's hook {}", crate::finding::printable(name)));
        }
        // Hook managers and the settings of assistants name stanch in files of their own.
        let calls = |text: &str| {
            ["stanch hook ", "stanch agent hook ", "stanch' agent hook "]
                .map(|c| text.matches(c).count())
                .iter()
                .sum::<usize>()
        };
        let (before, after) = (calls(old), calls(new));
        let is_whole = !matches!(change, Change::Somewhere(_));
        (is_whole && after < before).then(|| format!("{place} would no longer run stanch"))
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

/// Returns whether a marker in the text itself allows it: a decision that is a person's.
fn by_marker(d: &Verdict) -> bool {
    d.action == Action::Suppress && d.deliberate && d.because.starts_with("inline marker")
}
