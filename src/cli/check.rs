//! From bytes to decisions: what every command that checks something shares.

use super::config_files;
use crate::error::Error;
use crate::finding::{Finding, RepoPath, Salt, Source, SourceKind};
use crate::git::{GitError, Repo};
use crate::policy::{Action, Decided, Decision, Markers, Policy, Skipped, Stage};
use crate::rules::RuleSet;
use crate::scan::{Engine, Fragment, Options};
use crate::text::encoding;

/// An engine and the policy that judges its findings.
#[derive(Debug)]
pub(super) struct Checker {
    pub(super) policy: Policy,
    pub(super) engine: Engine,
}

impl Checker {
    pub(super) fn new(policy: Policy) -> Result<Checker, Error> {
        let config = &policy.config;
        let options = Options {
            salt: config.salt.as_deref().map_or_else(Salt::default, Salt::new),
            decode_depth: config.decode_depth.value,
        };
        let mut rules = RuleSet::builtin();
        rules.add_own(&config.own_rules).map_err(|e| Error::Usage(format!("own rules: {e}")))?;
        Ok(Checker { engine: Engine::new(&rules, options), policy })
    }

    /// With the configuration of a repository.
    pub(super) fn of_repo(repo: &Repo) -> Result<Checker, Error> {
        Checker::new(config_files::policy(Some(repo))?)
    }

    /// With the configuration of the repository that holds the current folder, or none outside of one.
    pub(super) fn here() -> Result<Checker, Error> {
        Checker::new(config_files::policy(Repo::open_from_env().ok().as_ref())?)
    }

    /// Why a text of this size is not read, if it is not.
    pub(super) fn too_large(&self, size: u64) -> Option<String> {
        let most = self.policy.config.max_blob_mb.value;
        (size > most << 20).then(|| {
            format!("{} MB, over the limit of {most} MB (limits.max_blob_mb)", size.div_ceil(1 << 20))
        })
    }

    /// Scans a fragment and decides on each finding.
    pub(super) fn fragment(&self, fragment: &Fragment<'_>) -> Vec<Decided> {
        self.decide(fragment, self.engine.scan(fragment))
    }

    /// Scans the name of a file: the decisions, and the name with every secret in it masked, to be shown.
    pub(super) fn name(&self, path: &RepoPath) -> (Vec<Decided>, RepoPath) {
        self.name_of(SourceKind::FileName, path.as_bytes())
    }

    /// Scans any name likewise.
    pub(super) fn name_of(&self, kind: SourceKind, name: &[u8]) -> (Vec<Decided>, RepoPath) {
        let source = Source::new(kind, RepoPath::new(name));
        let fragment = Fragment { source, bytes: name.into() };
        let mut decided = self.fragment(&fragment);
        let mut shown = encoding::decode(&fragment.bytes).0.into_owned();
        for d in decided.iter().rev().filter(|d| !d.finding.rule.public) {
            shown.splice(d.finding.location.bytes.clone(), d.finding.secret.masked().into_bytes());
        }
        let shown = RepoPath::new(shown);
        decided.iter_mut().for_each(|d| d.finding.source.path = shown.clone());
        (decided, shown)
    }

    /// Decides on findings of a fragment.
    pub(super) fn decide(&self, fragment: &Fragment<'_>, findings: Vec<Finding>) -> Vec<Decided> {
        if findings.is_empty() {
            return Vec::new();
        }
        let markers = Markers::of(&encoding::decode(&fragment.bytes).0);
        findings.into_iter().map(|f| self.policy.decide(f, &markers)).collect()
    }
}

/// Scans what the next commit will record.
pub(super) fn staged(repo: &Repo, checker: &Checker) -> Result<Decision, Error> {
    let mut decision = Decision::empty(Stage::Commit);
    let changes = repo.staged()?;
    for change in &changes.list {
        decision.reading.files += 1;
        let (mut of_name, shown) = checker.name(&change.path);
        if change.new_name {
            decision.findings.append(&mut of_name);
        }
        if !change.brings_content() {
            continue;
        }
        if let Some(why) = checker.too_large(repo.blob_size(&change.new.id)?) {
            decision.reading.skipped.push(Skipped { path: shown, why });
            continue;
        }
        let bytes = repo.blob(&change.new.id)?;
        decision.reading.bytes += bytes.len() as u64;
        let mut fragment = Fragment {
            source: Source {
                blob: Some(change.new.id.to_string()),
                ..Source::new(SourceKind::Staged, change.path.clone())
            },
            bytes: bytes.into(),
        };
        let mut findings = checker.engine.scan(&fragment);
        if !findings.is_empty() {
            let added = repo.added_lines(change, &fragment.bytes)?;
            findings.retain(|f| added.touches(f.location.line, f.location.end_line));
        }
        findings.iter_mut().for_each(|f| f.source.path = shown.clone());
        fragment.source.path = shown;
        decision.findings.extend(checker.decide(&fragment, findings));
    }
    if decision.reading.files != changes.list.len() {
        return Err(GitError::Unread(changes.list.into_iter().map(|c| c.path).collect()).into());
    }
    decision.findings.sort_by_key(|d| d.action != Action::Block);
    Ok(decision)
}
