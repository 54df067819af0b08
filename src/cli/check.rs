//! From git's changes to a decision: what every hook does.

use crate::config::Config;
use crate::error::Error;
use crate::finding::{Salt, Source, SourceKind};
use crate::git::Repo;
use crate::policy::{self, Decision, Markers, Reading, Skipped, Stage};
use crate::rules::RuleSet;
use crate::scan::{Engine, Fragment, Options};
use crate::text::encoding;

/// The engine that a configuration asks for.
pub(super) fn engine(config: &Config) -> Engine {
    let options =
        Options { salt: config.salt.as_deref().map_or_else(Salt::default, Salt::new), ..Options::default() };
    Engine::new(&RuleSet::builtin(), options)
}

/// Scans what the next commit will record.
pub(super) fn staged(repo: &Repo, config: &Config, engine: &Engine) -> Result<Decision, Error> {
    let mut decision = Decision { stage: Stage::Commit, findings: Vec::new(), reading: Reading::default() };
    for change in repo.staged()? {
        decision.reading.files += 1;
        if change.new.mode == 0o160_000 {
            continue;
        }
        let size = repo.blob_size(&change.new.id)?;
        if size > config.max_blob_bytes {
            decision.reading.skipped.push(Skipped {
                path: change.path,
                why: format!("{} MB, over the limit of {} MB", size >> 20, config.max_blob_bytes >> 20),
            });
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
        let findings = engine.scan(&fragment);
        if findings.is_empty() {
            continue;
        }
        let added = repo.added_lines(&change, &fragment.bytes)?;
        let markers = Markers::of(&encoding::decode(&fragment.bytes).0);
        decision.findings.extend(
            findings
                .into_iter()
                .filter(|f| added.touches(f.location.line, f.location.end_line))
                .map(|f| policy::decide(f, config, &markers)),
        );
    }
    Ok(decision)
}
