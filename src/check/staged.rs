//! Checks what the next commit will record.
//!
//! Blobs are read one after the other, and the texts of some megabytes are scanned together, on all cores.

use crate::check::content::{Content, unread_path};
use crate::check::{Checker, Whole};
use crate::error::Error;
use crate::finding::{Source, SourceKind};
use crate::git::{Change, GitError, Repo};
use crate::policy::{Action, BlobId, Cause, Decision, Stage, Verdict};
use crate::scan::{self, Fragment};
use crate::sort;

/// Bytes of blobs that are read before they are scanned; bounds memory.
const TOGETHER: usize = 4 << 20;
/// Bytes from which other threads save more time than they cost.
const SHARED: usize = 128 << 10;

/// A change, and its blob or why that was not read; `None` if nothing in it is to be read.
type Read<'a> = (&'a Change, Option<Result<Whole<'a>, Cause>>);

/// Scans what the next commit will record. Where a deadline is met (`scan::within`), the decision is partial.
pub(crate) fn staged(repo: &Repo, checker: &Checker) -> Result<Decision, Error> {
    let mut decision = Decision::empty(Stage::Commit);
    let changes = repo.staged()?;
    let (mut read, mut bytes): (Vec<Read<'_>>, usize) = (Vec::new(), 0);
    for change in &changes.list {
        if scan::is_up() {
            return Ok(decision);
        }
        decision.reading.files += 1;
        let blob = match checker.is_to_be_read(change) {
            true => Some(checker.blob(repo, &change.new.id)?),
            false => None,
        };
        bytes += blob.iter().flatten().map(|whole| whole.bytes.len()).sum::<usize>();
        read.push((change, blob));
        if bytes >= TOGETHER {
            decide(repo, checker, &read, &mut decision)?;
            read.clear();
            bytes = 0;
        }
    }
    decide(repo, checker, &read, &mut decision)?;
    if decision.reading.files != changes.list.len() {
        return Err(GitError::Unread(changes.list.iter().map(|c| c.path.clone()).collect()).into());
    }
    sort::by_key(&mut decision.findings, |d| d.action != Action::Block);
    Ok(decision)
}

fn fragment<'a>((change, blob): &'a Read<'_>) -> Fragment<'a> {
    let source = Source {
        blob: Some(change.new.id.to_string()),
        ..Source::new(SourceKind::Staged, change.path.clone())
    };
    let whole = blob.iter().flatten().next();
    Fragment { source, bytes: whole.map_or(&[][..], |whole| &whole.bytes).into() }
}

/// Scans the blobs, and decides on each in order.
fn decide(repo: &Repo, checker: &Checker, read: &[Read<'_>], decision: &mut Decision) -> Result<(), Error> {
    let fragments: Vec<Fragment<'_>> = read.iter().map(fragment).collect();
    let bytes: usize = fragments.iter().map(|f| f.bytes.len()).sum();
    let contents: Vec<Content> = match bytes >= SHARED && fragments.len() > 1 {
        true => scan::shared(&fragments, |f| checker.content(f)),
        false => fragments.iter().map(|f| checker.content(f)).collect(),
    };
    for (((change, blob), fragment), content) in read.iter().zip(&fragments).zip(contents) {
        let unread =
            |path, cause| checker.policy.unread(path, cause, BlobId::Known(change.new.id.to_string()));
        if change.new_name {
            let source = Source { kind: SourceKind::FileName, ..fragment.source.clone() };
            decision.findings.extend(checker.name(source));
        }
        match blob {
            None => continue,
            Some(Err(cause)) => {
                decision.reading.skipped.push(unread(change.path.clone(), cause.clone()));
                continue;
            }
            Some(Ok(_)) => {}
        }
        decision.reading.bytes += fragment.bytes.len() as u64;
        let parts = content.unread.into_iter();
        decision.reading.skipped.extend(parts.map(|u| unread(unread_path(&change.path, &u), u.cause)));
        let (findings, _) = checker.split_new_and_old(repo, change, &fragment.bytes, content.findings)?;
        let tracked = !change.new_name;
        let decided = checker.decide(fragment, findings, &content.members).into_iter();
        decision.findings.extend(decided.map(|d| Verdict { tracked, ..d }));
    }
    Ok(())
}
