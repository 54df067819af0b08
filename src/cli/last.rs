//! What the last hook stopped: so that `allow`, `explain` and a second try can speak of it.
//!
//! `stanch/last.json` in the git directory holds fingerprints, rules and places, never a value; commands read the
//! value again from the blob.

use crate::error::Error;
use crate::git::Repo;
use crate::policy::{Action, Decision};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::PathBuf;

/// The last decision that stopped something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Last {
    /// At what point: `commit`, `push`, ...; another hook that finds nothing does not forget it.
    #[serde(default)]
    pub(super) stage: String,
    /// What was stopped.
    pub(super) findings: Vec<LastFinding>,
}

/// One stopped finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LastFinding {
    pub(super) fingerprint: String,
    pub(super) rule: String,
    /// The file, as bytes in printable form; for the reader.
    pub(super) path: String,
    pub(super) line: u32,
    /// The blob that holds it, if it is one.
    pub(super) blob: Option<String>,
    pub(super) commit: Option<String>,
    /// The fingerprint of the id that stands beside it, which `fix` takes out too.
    #[serde(default)]
    pub(super) id: Option<String>,
}

fn place(repo: &Repo) -> PathBuf {
    repo.git_dir().join("stanch").join("last.json")
}

/// What the last hook stopped; nothing when it cannot be read, for it is a help and no record.
pub(super) fn read(repo: &Repo) -> Last {
    fs::read(place(repo)).ok().and_then(|b| serde_json::from_slice(&b).ok()).unwrap_or_default()
}

/// Remembers what is stopped now; forgets it when nothing is. True when the very same was stopped the last time.
pub(super) fn write(repo: &Repo, decision: &Decision) -> Result<bool, Error> {
    let path = place(repo);
    let stage = decision.stage.slug().to_owned();
    if !decision.blocks() {
        // Most commits: nothing to forget either.
        if !path.exists() || read(repo).stage != stage {
            return Ok(false);
        }
        return match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io("cannot forget the last finding")(e))
            }
            _ => Ok(false),
        };
    }
    let findings: Vec<LastFinding> = decision
        .with(Action::Block)
        .map(|d| LastFinding {
            fingerprint: d.finding.fingerprint.to_string(),
            rule: d.finding.rule.id.to_owned(),
            path: d.finding.source.path.to_string(),
            line: d.finding.location.line,
            blob: d.finding.source.blob.clone(),
            commit: d.finding.source.commit.clone(),
            id: d.finding.pair.as_ref().filter(|id| !id.rule.public).map(|id| id.fingerprint.to_string()),
        })
        .collect();
    let fail = || Error::io("cannot remember the finding");
    let new = Last { stage, findings };
    if read(repo) == new {
        return Ok(true);
    }
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).map_err(fail())?;
    }
    let json = serde_json::to_vec(&new).map_err(std::io::Error::other).map_err(fail())?;
    // Another git may read it meanwhile: it sees the old one or the new one.
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(&path)).map_err(fail())?;
    std::io::Write::write_all(&mut file, &json).map_err(fail())?;
    file.persist(&path).map_err(|e| e.error).map_err(fail())?;
    Ok(false)
}
