//! Scans what is sent beside files: messages of commits and tags, and names of refs.

use super::Checker;
use crate::finding::{RepoPath, Source, SourceKind};
use crate::git::{Commit, GitError, Outgoing, Repo};
use crate::policy::{self, Coverage, Verdict};
use crate::scan::Fragment;

/// Scans a commit's message, and what its other headers hold. Who wrote it is never scanned.
pub(super) fn message(checker: &Checker, commit: &Commit, reading: &mut Coverage) -> Vec<Verdict> {
    if !checker.is_mine(commit.id.as_bytes()) {
        return Vec::new();
    }
    let texts =
        [(SourceKind::CommitMessage, &commit.message), (SourceKind::TagMessage, &commit.extra)].into_iter();
    let scanned = texts.flat_map(|(kind, text)| {
        let source = Source { commit: Some(commit.id.to_string()), ..Source::new(kind, RepoPath::default()) };
        checker.fragment(&Fragment { source, bytes: text.as_slice().into() }, reading)
    });
    scanned.collect()
}

/// What a report says about a commit that a finding is in.
pub(super) fn told(repo: &Repo, commit: &Commit) -> Result<policy::Commit, GitError> {
    let summary = commit.message.split(|b| *b == b'\n').next().unwrap_or_default();
    Ok(policy::Commit {
        id: commit.id.to_string(),
        summary: String::from_utf8_lossy(summary).into_owned(),
        tip: repo.head()? == Some(commit.id),
        root: commit.parents.is_empty(),
    })
}

/// Scans what is sent beside commits: tag messages and ref names.
pub(super) fn words(checker: &Checker, sent: &Outgoing, reading: &mut Coverage) -> Vec<Verdict> {
    let mut out = Vec::new();
    for tag in sent.tags.iter().filter(|tag| checker.is_mine(tag.id.as_bytes())) {
        let source = Source {
            commit: Some(tag.id.to_string()),
            ..Source::new(SourceKind::TagMessage, RepoPath::new(&*tag.name))
        };
        for text in [&tag.message, &tag.extra] {
            let fragment = Fragment { source: source.clone(), bytes: text.as_slice().into() };
            out.extend(checker.fragment(&fragment, reading));
        }
    }
    for name in sent.names.iter().filter(|name| checker.is_mine(name)) {
        out.extend(checker.name(Source::new(SourceKind::RefName, RepoPath::new(&**name))));
    }
    out
}
