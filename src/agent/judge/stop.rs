//! Decides at the end of a turn: what the work tree changes against HEAD is scanned once, whatever wrote it.

use super::{Judge, Ruling};
use crate::agent::message;
use crate::config::{AgentAction, AgentEvent};
use crate::disk::{self, Links};
use crate::finding::{RepoPath, SourceKind};
use crate::git::Repo;
use crate::hooks::git::Git;
use crate::policy::{Action, Verdict};
use crate::scan;
use crate::text::encoding;
use crate::text::lines::AddedLines;
use std::path::Path;

/// Most files that are scanned; bounds the time of a turn's end.
const MOST_FILES: usize = 500;
/// Most bytes of a file that is scanned.
const MOST_BYTES: u64 = 4 << 20;

impl Judge<'_> {
    /// `again` is true if this hook has already kept the turn from ending.
    pub(super) fn stop(&self, again: bool) -> Ruling {
        let policy = self.policy(AgentEvent::Stop);
        let Some(top) = self.repo.and_then(Repo::work_dir).filter(|_| policy > AgentAction::Allow) else {
            return Ruling::allow();
        };
        let changed = self.changed_files(&top, MOST_BYTES, |_, _| true, MOST_FILES);
        let verdicts = changed.blocked;
        let ruling =
            self.ruling(AgentEvent::Stop, &verdicts, |found| message::stop(&self.checker.screen(), found));
        let action = if again { ruling.action.min(AgentAction::Warn) } else { ruling.action };
        Ruling { action, ..ruling }
    }

    /// What would be blocked in the changed files of the work tree. `wanted` gets the path of each from the top, and whether
    /// git does not track it yet. Files over `most_bytes` are not read.
    pub(super) fn changed_files(
        &self,
        top: &Path,
        most_bytes: u64,
        wanted: impl Fn(&str, bool) -> bool,
        most_files: usize,
    ) -> Changed {
        let mut out = Changed::default();
        let files = changed(top).into_iter().filter(|(path, is_new)| wanted(path, *is_new));
        for (path, _) in files.take(most_files).take_while(|_| !scan::is_up()) {
            let file = top.join(&path);
            let Ok(bytes) = disk::read(&file, Links::Refuse, most_bytes) else {
                out.is_partial |= file.symlink_metadata().is_ok_and(|m| m.is_file());
                continue;
            };
            let mut found = self.verdicts(SourceKind::File, RepoPath::new(path.clone()), &bytes);
            found.retain(|d| d.action == Action::Block);
            if !found.is_empty() {
                let old = self.committed(&path).unwrap_or_default();
                let added = AddedLines::between(&encoding::decode(&old).0, &encoding::decode(&bytes).0);
                found.retain(|d| added.touches(d.finding.location.line, d.finding.location.end_line));
                out.blocked.append(&mut found);
            }
        }
        out
    }

    fn committed(&self, path: &str) -> Option<Vec<u8>> {
        let repo = self.repo?;
        let head = repo.head().ok()??;
        repo.file_at(&head, path, MOST_BYTES).ok()?
    }
}

/// What changed files have.
#[derive(Default)]
pub(super) struct Changed {
    pub(super) blocked: Vec<Verdict>,
    /// True if a file was not read.
    pub(super) is_partial: bool,
}

/// The files that differ from HEAD or are new, from the top; true for those that git does not track.
fn changed(top: &Path) -> Vec<(String, bool)> {
    let git = Git::at(top);
    let args =
        ["--no-optional-locks", "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames"];
    let out = git.run(&args).map(|out| out.stdout).unwrap_or_default();
    let entries = out.split(|b| *b == 0).filter(|e| e.len() > 3 && e[0] != b'D' && e[1] != b'D');
    entries.map(|e| (String::from_utf8_lossy(&e[3..]).into_owned(), e.starts_with(b"??"))).collect()
}
