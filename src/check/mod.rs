//! From bytes to decisions: what every command that checks something shares.

pub(crate) mod ages;
pub(crate) mod audit_log;
pub(crate) mod commits;
pub(crate) mod content;
mod decide;
mod engines;
pub(crate) mod exposure;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod image;
pub(crate) mod last_blocked;
pub(crate) mod lfs;
mod neighbours;
pub(crate) mod objects;
mod oid_set;
mod order;
pub(crate) mod past;
pub(crate) mod rebuild;
mod sent_text;
pub(crate) mod share;
mod spots;
pub(crate) mod squash;
pub(crate) mod staged;
pub(crate) mod state;
mod versions;
pub(crate) mod walk;
pub(crate) mod workers;

use crate::archive;
use crate::config::{AllowEntry, Layer, Sourced};
use crate::error::Error;
use crate::finding::{Confidence, Evidence, Finding, Fingerprint, RepoPath, Source, SourceKind};
use crate::git::{Change, Content, GitError, Oid, Repo};
use crate::policy::load;
use crate::policy::{Action, BlobId, Cause, Coverage, Decision, Policy, Screen, Verdict};
use crate::rules::{Detector, RuleSet};
use crate::scan::{Fragment, Scanned};
use content::MemberTexts;
use engines::Engines;
use share::Share;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// An engine and the policy that decides on its findings.
#[derive(Debug)]
pub(crate) struct Checker {
    pub(crate) policy: Policy,
    explain: bool,
    /// True if findings say what an earlier version would have reported, whatever the policy.
    compares: bool,
    /// Built for the first text, so that a run with nothing staged builds nothing.
    engines: OnceLock<Engines>,
    /// Held by the thread that has large content in memory.
    large: Mutex<()>,
    /// True for a hook, which reads less of archives.
    in_hook: bool,
    /// The remaining budget for archives.
    archives: OnceLock<archive::Budget>,
    /// The objects of Git LFS, if they are to be read.
    lfs: Option<lfs::Store>,
    /// The share of a history that is read; all of it without one.
    share: Option<Share>,
}

/// Bytes from which content is large: all threads together hold one such content at a time.
pub(crate) const LARGE: u64 = 16 << 20;

/// Whether a merge request is checked, and whether its author may push to this repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Request {
    /// No request: a push, or all files.
    None,
    /// From an author who may push.
    Trusted,
    /// From an author who may not push, or is not known.
    Untrusted,
}

/// The whole content of an object.
#[derive(Debug)]
pub(crate) struct Whole<'a> {
    pub(crate) bytes: Arc<Vec<u8>>,
    _held: Option<MutexGuard<'a, ()>>,
}

/// The rules in force in the current folder, user rules included.
pub(crate) fn rules_here(own: &[PathBuf]) -> Result<RuleSet, Error> {
    let policy = load::policy(Repo::open_from_env().ok().as_ref(), own)?;
    Ok(rules_of(&policy))
}

/// The rules that a policy knows, user rules included.
pub(crate) fn rules_of(policy: &Policy) -> RuleSet {
    let mut rules = RuleSet::builtin();
    policy.config.own_rules.iter().for_each(|(_, rule)| rules.push(rule));
    rules
}

impl Checker {
    pub(crate) fn new(policy: Policy) -> Checker {
        Checker {
            policy,
            explain: false,
            compares: false,
            engines: OnceLock::new(),
            large: Mutex::default(),
            in_hook: false,
            archives: OnceLock::new(),
            lfs: None,
            share: None,
        }
    }

    /// The same, reading what pointers of Git LFS stand for.
    pub(crate) fn with_lfs(self, store: Option<lfs::Store>) -> Checker {
        Checker { lfs: store, ..self }
    }

    /// The same for a share of a history.
    pub(crate) fn sharing(self, share: Option<Share>) -> Checker {
        Checker { share, ..self }
    }

    /// Returns whether an object or name of a history belongs to what is read.
    fn is_mine(&self, what: &[u8]) -> bool {
        self.share.is_none_or(|share| share.has(what))
    }

    /// The same with the limits of a hook.
    pub(crate) fn in_hook(self) -> Checker {
        Checker { in_hook: true, ..self }
    }

    /// The remaining budget for archives in this run.
    fn archives(&self) -> &archive::Budget {
        self.archives.get_or_init(|| archive::Budget::new(self.policy.archives(self.in_hook)))
    }

    /// How much the layers of images may unpack to in this run: as files of a folder they are many times what archives are.
    pub(crate) fn layers(&self) -> archive::Budget {
        let limits = self.policy.archives(false);
        let (mb, entries) = (limits.mb.saturating_mul(32), limits.entries.saturating_mul(10));
        archive::Budget::new(archive::Limits { mb, entries, ..limits })
    }

    /// The same, recording how each value was scored; values that are not reported are returned too.
    pub(crate) fn explaining(self) -> Checker {
        Checker { explain: true, engines: OnceLock::new(), ..self }
    }

    /// The same, with what an earlier version would have said of each finding.
    pub(crate) fn comparing(self) -> Checker {
        Checker { compares: true, engines: OnceLock::new(), ..self }
    }

    pub(crate) fn engine(&self) -> &Engines {
        self.engines.get_or_init(|| Engines::new(&self.policy, self.explain, self.compares))
    }

    /// With the configuration of a repository.
    pub(crate) fn of_repo(repo: &Repo, own: &[PathBuf]) -> Result<Checker, Error> {
        Checker::of(Some(repo), own)
    }

    /// With the configuration of a server's repository: what a push brings does not affect the decision on it.
    pub(crate) fn of_server(repo: &Repo, own: &[PathBuf]) -> Result<Checker, Error> {
        Ok(Checker::new(load::policy_at(repo, repo.head()?.as_ref(), own)?).in_hook())
    }

    /// With the configuration that a commit on a server has.
    pub(crate) fn of_commit(repo: &Repo, commit: &Oid, own: &[PathBuf]) -> Result<Checker, Error> {
        Ok(Checker::new(load::policy_at(repo, Some(commit), own)?).in_hook())
    }

    /// With the configuration of `policy`, for what `head` brings. Of the changes that a request makes to allow
    /// its own secrets, only allow entries by fingerprint count, and only if it is trusted. All of them are
    /// returned.
    pub(crate) fn of_ci(
        repo: &Repo,
        policy: &Oid,
        head: &Oid,
        request: Request,
        own: &[PathBuf],
    ) -> Result<(Checker, Vec<AllowEntry>), Error> {
        let mut policy = load::policy_at(repo, Some(policy), own)?;
        policy.is_request = request != Request::None;
        let brought = load::brought_entries(repo, head, &mut policy)?;
        if request != Request::Untrusted {
            for entry in &brought {
                let file = entry.file.as_deref().unwrap_or(crate::config::FILE_NAME);
                let file = format!("the {} of this change", file.trim_start_matches("the committed "));
                policy.config.allow.push(AllowEntry { file: Some(file), ..entry.clone() });
            }
        }
        Ok((Checker::new(policy), brought))
    }

    /// With a repository's configuration, or without one outside of a repository.
    pub(crate) fn of(repo: Option<&Repo>, own: &[PathBuf]) -> Result<Checker, Error> {
        Ok(Checker::new(load::policy(repo, own)?))
    }

    /// The same, but content in an unsupported format blocks.
    pub(crate) fn strict(mut self) -> Checker {
        self.policy.config.block_unread = Sourced { value: true, layer: Layer::Command, file: None };
        self
    }

    /// The cause for content of this size being unread.
    pub(crate) fn too_large(&self, size: u64) -> Cause {
        Cause::TooLarge { size, most_mb: self.policy.max_blob_mb() }
    }

    /// A blob's content, or why it is unread. Only one large content is held at a time.
    pub(crate) fn blob(&self, repo: &Repo, id: &Oid) -> Result<Result<Whole<'_>, Cause>, GitError> {
        let most = self.most_bytes();
        let mut held = None;
        let content = match repo.blob_within(id, most.min(LARGE)) {
            Ok(Content::Larger(size)) if size <= most => {
                held = Some(self.large());
                repo.blob_within(id, most)
            }
            content => content,
        };
        match content {
            Ok(Content::Whole(bytes)) => Ok(Ok(Whole { bytes, _held: held })),
            Ok(Content::Larger(size)) => Ok(Err(self.too_large(size))),
            Err(GitError::Object { why, .. }) => Ok(Err(Cause::Damaged(why))),
            Err(e) => Err(e),
        }
    }

    /// Waits until no other thread holds large content.
    pub(crate) fn large(&self) -> MutexGuard<'_, ()> {
        self.large.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The size of the largest text that is read.
    pub(crate) fn most_bytes(&self) -> u64 {
        self.policy.max_blob_bytes()
    }

    /// Scans a text and decides on each finding; records unread parts in `reading`.
    pub(crate) fn fragment(&self, fragment: &Fragment<'_>, reading: &mut Coverage) -> Vec<Verdict> {
        let Scanned { findings, unread } = self.engine().scan_within(fragment);
        if let Some(spent) = unread {
            let path = match fragment.source.kind {
                SourceKind::CommitMessage => RepoPath::new("commit message"),
                _ => fragment.source.path.clone(),
            };
            reading.skipped.push(self.policy.unread(path, Cause::Spent(spent), BlobId::None));
        }
        self.decide(fragment, findings, &MemberTexts::new())
    }

    /// Scans the name of a file, branch or tag.
    pub(crate) fn name(&self, source: Source) -> Vec<Verdict> {
        let bytes = source.path.as_bytes().to_vec();
        // A name is too short to use up a budget.
        self.fragment(&Fragment { source, bytes: bytes.into() }, &mut Coverage::default())
    }

    /// The rules in force, user rules included.
    pub(crate) fn rules(&self) -> RuleSet {
        rules_of(&self.policy)
    }

    /// The mask for texts and paths that are printed here: user rules count, and so does every threshold in
    /// force.
    pub(crate) fn screen(&self) -> Screen<'_> {
        let configs = std::iter::once(&self.policy.config).chain(&self.policy.committed);
        Screen::new(|fragment| self.engine().scan(fragment), configs)
    }

    /// Returns whether a file of this name is a secret as a whole.
    pub(crate) fn is_known(&self, path: &RepoPath) -> bool {
        self.engine().engine.knows_by_name(path.as_bytes())
    }

    /// Returns whether a change gives a file a name that makes it a secret, as when a sample is renamed to
    /// `.env`. If so, all its lines count, old ones too.
    pub(crate) fn gives_name(&self, change: &Change) -> bool {
        change.new_name && self.is_known(&change.path) && !change.former_paths().any(|p| self.is_known(p))
    }

    /// Returns whether a change has content to scan.
    pub(crate) fn is_to_be_read(&self, change: &Change) -> bool {
        change.brings_content() || self.gives_name(change)
    }

    /// Splits a change's findings: those on its new lines or by its new name, and those that were there before. A value that a
    /// parent's version of the file has, and that was no less sure there, only warns: its line was indented, or the file is one
    /// line. `bytes` is the content.
    pub(crate) fn split_new_and_old(
        &self,
        repo: &Repo,
        change: &Change,
        bytes: &[u8],
        findings: Vec<Finding>,
    ) -> Result<(Vec<Finding>, Vec<Finding>), Error> {
        if findings.is_empty() {
            return Ok((findings, Vec::new()));
        }
        let (named, renamed) = (self.is_known(&change.path), self.gives_name(change));
        let added = repo.added_lines(change, bytes)?;
        let by_name = |f: &Finding| matches!(f.rule.detector, Detector::File(_));
        let is_new = |f: &Finding| {
            let is_touched = || added.touches(f.location.line, f.location.end_line);
            match f.source.path.member() {
                Some(_) => change.brings_content(),
                None if by_name(f) => named && (renamed || is_touched()),
                None => is_touched(),
            }
        };
        let (new, mut old) = split(findings, is_new);
        // A warning stays one, so only what may stop is looked for in the parents' versions.
        let may_stop = |f: &Finding| f.source.path.member().is_some() || f.confidence > Confidence::Medium;
        let asks = new.iter().any(|f| may_stop(f) || f.pair.as_deref().is_some_and(may_stop));
        let before = if asks { self.held_before(repo, change)? } else { HashMap::new() };
        // An archive has no lines.
        let is_new = |f: &Finding| f.source.path.member().is_none() || !before.contains_key(&f.fingerprint);
        let (mut new, held) = split(new, is_new);
        old.extend(held);
        for f in &mut new {
            soften_known(f, &before);
            f.pair.iter_mut().for_each(|id| soften_known(id, &before));
        }
        Ok((new, old))
    }

    /// Adds the policy's notes for people: whom to ask, and which settings do not count and why.
    pub(crate) fn tell_policy(&self, decision: &mut Decision) {
        let config = &self.policy.config;
        let reading = &mut decision.reading;
        reading.ways = self.policy.ways();
        reading.contact = config.contact.as_ref().map(|c| c.value.clone());
        reading.link = config.link.as_ref().map(|l| l.value.clone());
        reading.notes.extend(self.policy.notes.iter().cloned());
        reading.notes.extend(self.policy.folder_notes());
        let told = decision.findings.iter().filter(|d| d.action != Action::Suppress);
        let mut known: HashSet<String> = reading.notes.iter().cloned().collect();
        let notes = told.filter_map(|d| Some(format!("{}: {}", d.finding.source.path, d.note.as_ref()?)));
        reading.notes.extend(notes.filter(|note| known.insert(note.clone())));
    }
}

/// Lowers a value to a warning that the file had before, and was no less sure then.
fn soften_known(f: &mut Finding, before: &HashMap<Fingerprint, Confidence>) {
    let is_known = before.get(&f.fingerprint).is_some_and(|sure| *sure >= f.confidence);
    if is_known && f.confidence > Confidence::Medium {
        f.confidence = Confidence::Medium;
        f.evidence.push(Evidence::lowers("before", "the file had it before"));
    }
}

/// Splits findings into those that count and what is left.
fn split(findings: Vec<Finding>, counts: impl Fn(&Finding) -> bool) -> (Vec<Finding>, Vec<Finding>) {
    let (some, rest): (Vec<_>, Vec<_>) = findings.into_iter().map(|f| f.split(&counts)).unzip();
    (some.into_iter().flatten().collect(), rest.into_iter().flatten().collect())
}
