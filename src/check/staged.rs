//! Checks what the next commit will record.

use crate::check::Checker;
use crate::check::content::unread_path;
use crate::error::Error;
use crate::finding::{Source, SourceKind};
use crate::git::{GitError, Repo};
use crate::policy::{Action, BlobId, Decision, Stage, Verdict};
use crate::scan::Fragment;

/// Scans what the next commit will record.
pub(crate) fn staged(repo: &Repo, checker: &Checker) -> Result<Decision, Error> {
    let mut decision = Decision::empty(Stage::Commit);
    let changes = repo.staged()?;
    for change in &changes.list {
        decision.reading.files += 1;
        let blob = Some(change.new.id.to_string());
        if change.new_name {
            let source = Source::new(SourceKind::FileName, change.path.clone());
            decision.findings.extend(checker.name(Source { blob: blob.clone(), ..source }));
        }
        if !checker.is_to_be_read(change) {
            continue;
        }
        let unread = |cause| {
            checker.policy.unread(change.path.clone(), cause, BlobId::Known(change.new.id.to_string()))
        };
        let whole = match checker.blob(repo, &change.new.id)? {
            Ok(whole) => whole,
            Err(cause) => {
                decision.reading.skipped.push(unread(cause));
                continue;
            }
        };
        decision.reading.bytes += whole.bytes.len() as u64;
        let fragment = Fragment {
            source: Source { blob, ..Source::new(SourceKind::Staged, change.path.clone()) },
            bytes: whole.bytes.as_slice().into(),
        };
        let content = checker.content(&fragment);
        decision.reading.skipped.extend(content.unread.into_iter().map(|u| {
            let blob = BlobId::Known(change.new.id.to_string());
            checker.policy.unread(unread_path(&change.path, &u), u.cause, blob)
        }));
        let (findings, _) = checker.split_new_and_old(repo, change, &fragment.bytes, content.findings)?;
        let tracked = !change.new_name;
        let decided = checker.decide(&fragment, findings, &content.members).into_iter();
        decision.findings.extend(decided.map(|d| Verdict { tracked, ..d }));
    }
    if decision.reading.files != changes.list.len() {
        return Err(GitError::Unread(changes.list.into_iter().map(|c| c.path).collect()).into());
    }
    decision.findings.sort_by_key(|d| d.action != Action::Block);
    Ok(decision)
}
