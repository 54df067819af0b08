//! From bytes to decisions: what every command that checks something shares.

use crate::config::{self, Config};
use crate::error::Error;
use crate::finding::{Finding, RepoPath, Salt, Source, SourceKind};
use crate::git::{GitError, Repo};
use crate::policy::{self, Action, Decided, Decision, Markers, Reading, Skipped, Stage};
use crate::rules::RuleSet;
use crate::scan::{Engine, Fragment, Options};
use crate::text::encoding;
use std::path::Path;

/// An engine and the policy that judges its findings.
#[derive(Debug)]
pub(super) struct Checker {
    pub(super) config: Config,
    pub(super) engine: Engine,
}

impl Checker {
    pub(super) fn new(config: Config) -> Checker {
        let options = Options {
            salt: config.salt.as_deref().map_or_else(Salt::default, Salt::new),
            ..Options::default()
        };
        Checker { engine: Engine::new(&RuleSet::builtin(), options), config }
    }

    /// With the configuration of a repository.
    pub(super) fn of_repo(repo: &Repo) -> Result<Checker, Error> {
        match repo.work_dir() {
            Some(top) => Ok(Checker::new(load(&top)?)),
            None => Ok(Checker::new(Config::default())),
        }
    }

    /// With the configuration of the repository that holds the current folder, or the defaults outside of one.
    pub(super) fn here() -> Result<Checker, Error> {
        match Repo::open_from_env() {
            Ok(repo) => Checker::of_repo(&repo),
            Err(_) => Ok(Checker::new(Config::default())),
        }
    }

    /// Why a text of this size is not read, if it is not.
    pub(super) fn too_large(&self, size: u64) -> Option<String> {
        let most = self.config.max_blob_bytes;
        (size > most).then(|| {
            format!("{} MB, over the limit of {} MB (limits.max_blob_mb)", size.div_ceil(1 << 20), most >> 20)
        })
    }

    /// Scans a fragment and decides on each finding.
    pub(super) fn fragment(&self, fragment: &Fragment<'_>) -> Vec<Decided> {
        self.decide(fragment, self.engine.scan(fragment))
    }

    /// Scans the name of a file: the decisions, and the name with every secret in it masked, to be shown.
    pub(super) fn name(&self, path: &RepoPath) -> (Vec<Decided>, RepoPath) {
        let source = Source::new(SourceKind::FileName, path.clone());
        let fragment = Fragment { source, bytes: path.as_bytes().into() };
        let mut decided = self.fragment(&fragment);
        let mut shown = encoding::decode(&fragment.bytes).0.into_owned();
        for d in decided.iter().rev().filter(|d| !d.finding.rule.public) {
            shown.splice(d.finding.location.bytes.clone(), d.finding.secret.masked().into_bytes());
        }
        let shown = RepoPath::new(shown);
        decided.iter_mut().for_each(|d| d.finding.source.path = shown.clone());
        (decided, shown)
    }

    fn decide(&self, fragment: &Fragment<'_>, findings: Vec<Finding>) -> Vec<Decided> {
        if findings.is_empty() {
            return Vec::new();
        }
        let markers = Markers::of(&encoding::decode(&fragment.bytes).0);
        findings.into_iter().map(|f| policy::decide(f, &self.config, &markers)).collect()
    }
}

/// The configuration of the repository whose work tree is at `top`; the defaults when it has none.
fn load(top: &Path) -> Result<Config, Error> {
    let path = top.join(config::FILE_NAME);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Config::parse(&text, config::FILE_NAME)?),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Config::default()),
        Err(e) => Err(Error::io(format!("cannot read {}", config::FILE_NAME))(e)),
    }
}

/// A decision on nothing yet.
pub(super) fn empty(stage: Stage) -> Decision {
    Decision { stage, findings: Vec::new(), reading: Reading::default() }
}

/// Scans what the next commit will record.
pub(super) fn staged(repo: &Repo, checker: &Checker) -> Result<Decision, Error> {
    let mut decision = empty(Stage::Commit);
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
