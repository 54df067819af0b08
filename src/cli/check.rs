//! From bytes to decisions: what every command that checks something shares.

use crate::config::{self, Config};
use crate::error::Error;
use crate::finding::{Finding, Salt, Source, SourceKind};
use crate::git::Repo;
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
    for change in repo.staged()? {
        decision.reading.files += 1;
        if change.new.mode == 0o160_000 {
            continue;
        }
        if let Some(why) = checker.too_large(repo.blob_size(&change.new.id)?) {
            decision.reading.skipped.push(Skipped { path: change.path, why });
            continue;
        }
        let bytes = repo.blob(&change.new.id)?;
        decision.reading.bytes += bytes.len() as u64;
        let fragment = Fragment {
            source: Source {
                blob: Some(change.new.id.to_string()),
                ..Source::new(SourceKind::Staged, change.path.clone())
            },
            bytes: bytes.into(),
        };
        let mut findings = checker.engine.scan(&fragment);
        if !findings.is_empty() {
            let added = repo.added_lines(&change, &fragment.bytes)?;
            findings.retain(|f| added.touches(f.location.line, f.location.end_line));
        }
        decision.findings.extend(checker.decide(&fragment, findings));
    }
    decision.findings.sort_by_key(|d| d.action != Action::Block);
    Ok(decision)
}
