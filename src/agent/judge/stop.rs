//! Decides at the end of a turn: what the work tree changes against HEAD is scanned once, whatever wrote it.

use super::{Judge, Ruling};
use crate::agent::message;
use crate::config::{AgentAction, AgentEvent};
use crate::disk::{self, Links};
use crate::finding::{RepoPath, SourceKind};
use crate::git::Repo;
use crate::hooks::git::Git;
use crate::policy::Action;
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
        let mut verdicts = Vec::new();
        for path in changed(&top).into_iter().take(MOST_FILES) {
            let Ok(bytes) = disk::read(&top.join(&path), Links::Refuse, MOST_BYTES) else { continue };
            let mut found = self.verdicts(SourceKind::File, RepoPath::new(path.clone()), &bytes);
            found.retain(|d| d.action == Action::Block);
            if !found.is_empty() {
                let old = self.committed(&path).unwrap_or_default();
                let added = AddedLines::between(&encoding::decode(&old).0, &encoding::decode(&bytes).0);
                found.retain(|d| added.touches(d.finding.location.line, d.finding.location.end_line));
                verdicts.append(&mut found);
            }
        }
        let ruling =
            self.ruling(AgentEvent::Stop, &verdicts, |found| message::stop(&self.checker.screen(), found));
        let action = if again { ruling.action.min(AgentAction::Warn) } else { ruling.action };
        Ruling { action, ..ruling }
    }

    fn committed(&self, path: &str) -> Option<Vec<u8>> {
        let repo = self.repo?;
        let head = repo.head().ok()??;
        repo.file_at(&head, path, MOST_BYTES).ok()?
    }
}

/// The files that differ from HEAD or are new, from the top.
fn changed(top: &Path) -> Vec<String> {
    let git = Git::at(top);
    let args =
        ["--no-optional-locks", "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames"];
    let out = git.run(&args).map(|out| out.stdout).unwrap_or_default();
    let entries = out.split(|b| *b == 0).filter(|e| e.len() > 3 && e[0] != b'D' && e[1] != b'D');
    entries.map(|e| String::from_utf8_lossy(&e[3..]).into_owned()).collect()
}
