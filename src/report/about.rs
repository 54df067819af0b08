//! Facts about the run itself, and a finding's place for systems that show it beside the code.

use crate::finding::{Finding, RepoPath, SourceKind, WorkTree, path_bytes, printable};
use crate::policy::{Action, Decision, Verdict};
use crate::rules::LiveCheck;
use crate::sort;
use crate::verify::State;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// The run that a report is about.
#[derive(Debug, Clone)]
pub struct About {
    /// The commit that was checked, as hex.
    pub head: Option<String>,
    /// Start of the run.
    pub started: Timestamp,
    /// End of the run.
    pub ended: Timestamp,
    /// The commits that were scanned, in words.
    pub range: Option<String>,
    /// Distinguishes one tool's reports about one commit.
    pub category: Option<String>,
    /// The share of a scan that the report is about; `None` for all of it.
    pub shard: Option<Shard>,
    /// The work tree, if the run is about one.
    tree: Option<WorkTree>,
}

/// A share of a scan.
#[derive(Debug, Clone)]
pub struct Shard {
    /// Its number, from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// A hash of the list that is shared out: the same for all shards of one scan.
    pub list: String,
}

impl Default for About {
    fn default() -> Self {
        About {
            head: None,
            started: Timestamp::UNIX_EPOCH,
            ended: Timestamp::UNIX_EPOCH,
            range: None,
            category: None,
            shard: None,
            tree: None,
        }
    }
}

impl About {
    /// A run that ends now, in a repository with this work tree.
    pub fn new(head: Option<String>, started: Timestamp, range: Option<&str>, top: Option<PathBuf>) -> About {
        About {
            head,
            started,
            ended: Timestamp::now(),
            range: range.map(str::to_owned),
            category: None,
            shard: None,
            tree: WorkTree::of(top),
        }
    }

    /// The same with this name among the reports of one commit.
    #[must_use]
    pub fn with_category(&self, category: Option<String>) -> About {
        About { category, ..self.clone() }
    }

    /// The same for a share of a scan.
    #[must_use]
    pub fn with_shard(self, shard: Option<Shard>) -> About {
        About { shard, ..self }
    }

    /// The file of a finding, relative to the top of the repository; of a member of an archive the archive. `None` if it is
    /// not in a file.
    pub(super) fn path(&self, f: &Finding) -> Option<RepoPath> {
        let path = &f.source.path;
        match f.source.kind {
            SourceKind::Staged | SourceKind::Commit | SourceKind::File | SourceKind::FileName => {
                Some(path.with_member(None))
            }
            // An image given by name, or from a stream, is not a file.
            SourceKind::Image if path.as_bytes().starts_with(b"docker://") || path.as_bytes() == b"-" => None,
            SourceKind::Image => Some(self.relative(path)),
            SourceKind::Stdin | SourceKind::CommitMessage | SourceKind::TagMessage | SourceKind::RefName => {
                None
            }
        }
    }

    /// The same, or words for what is not a file: "commit-message".
    pub(super) fn place(&self, f: &Finding) -> RepoPath {
        let other = || match f.source.kind {
            SourceKind::Image => f.source.path.clone(),
            kind => RepoPath::new(kind.slug()),
        };
        self.path(f).unwrap_or_else(other)
    }

    /// The commit of a finding, else the one that was checked.
    pub(super) fn commit<'a>(&'a self, f: &'a Finding) -> Option<&'a str> {
        f.source.commit.as_deref().or(self.head.as_deref())
    }

    /// The folder of the work tree in which the command was run.
    pub(crate) fn prefix(&self) -> Vec<u8> {
        self.tree.as_ref().map_or_else(Vec::new, WorkTree::prefix)
    }

    /// The path of an image's file as named, relative to the top of the work tree.
    fn relative(&self, path: &RepoPath) -> RepoPath {
        let named = RepoPath::new(path.as_bytes().strip_prefix(b"./").unwrap_or(path.as_bytes()));
        // A masked path names no file.
        if path.glob().is_some() {
            return path.clone();
        }
        let inside = |tree: &WorkTree| tree.inside(Path::new(std::str::from_utf8(path.as_bytes()).ok()?));
        self.tree.as_ref().and_then(inside).map_or(named, |inside| RepoPath::new(path_bytes(&inside)))
    }
}

/// Blocked findings and warnings, the worst first; equal ones in order of place.
pub(super) fn worst_first(decision: &Decision) -> Vec<&Verdict> {
    let mut all: Vec<&Verdict> = decision.findings.iter().filter(|d| d.action != Action::Suppress).collect();
    sort::by_key(&mut all, |d| std::cmp::Reverse((d.action, d.finding.severity, d.finding.confidence)));
    all
}

/// What was found, for formats whose place can name an archive or image only: the rule, the masked value, the member.
pub(super) fn what(f: &Finding) -> String {
    format!("{} {}{}", f.rule.name, f.secret.masked(), in_member(f))
}

/// The member of an archive, as a part of a sentence.
pub(super) fn in_member(f: &Finding) -> String {
    f.source.path.member().map_or_else(String::new, |m| format!(" in {}", printable(m)))
}

/// What a provider said of a secret that it calls live: in words.
pub(super) fn live(f: &Finding) -> Option<&str> {
    f.evidence.iter().find(|e| e.code == State::Live.slug()).map(|e| e.text.as_str())
}

/// The command that ends a live secret, or says how.
pub(super) fn revocation(f: &Finding) -> String {
    match LiveCheck::ends(f.rule.id) {
        Some(_) => format!("stanch revoke {}", f.fingerprint.short()),
        None => format!("stanch explain {}", f.rule.id),
    }
}

/// What to do about a finding, in one sentence; a live secret is revoked first.
pub(super) fn advice(f: &Finding) -> String {
    use crate::finding::Replacement;
    use crate::fix::replacement::suggestion;
    if let Some(live) = live(f) {
        return format!("{live}; revoke it now: {}", revocation(f));
    }
    match suggestion(f).way {
        Replacement::Expression { text, .. } if !text.is_empty() => format!("write {text} in its place"),
        Replacement::Expression { note, .. }
        | Replacement::TakeOut { note }
        | Replacement::KeepOut { note } => note,
    }
}
