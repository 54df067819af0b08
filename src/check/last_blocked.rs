//! What the last hook blocked, so that `allow`, `explain` and a second attempt can refer to it.
//!
//! `stanch/last.json` in the git directory holds fingerprints, rules and places, never a value; commands read the
//! value again from the blob.

use super::Checker;
use super::files::files;
use crate::disk::{self, Beside, Links, Mode};
use crate::error::Error;
use crate::finding::{Finding, Fingerprint, WorkTree, printable, shown_path};
use crate::git::{Oid, Repo};
use crate::policy::{Action, Screened};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// The last decision that blocked something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Last {
    /// Seconds since 1970.
    #[serde(default)]
    pub(crate) at: i64,
    /// The stage: `commit`, `push`, ...; a hook of another stage that finds nothing does not clear it.
    #[serde(default)]
    pub(crate) stage: String,
    /// The blocked findings, as far as they fit into [`ROOM`].
    pub(crate) findings: Vec<LastFinding>,
    /// How many findings did not fit.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) more: usize,
    /// A checksum over those, to tell whether they are the same findings.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    rest: String,
}

/// Bytes of findings that are kept: some thousand findings, more than a person fixes in one go.
const ROOM: usize = 1 << 20;
/// Most bytes of the file that are read.
const MAX_BYTES: u64 = 16 << 20;
/// Seconds for which the message is shortened on a repeat; after that it is shown in full.
const DAY: i64 = 24 * 60 * 60;

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

impl Last {
    /// What to add when a finding is not in the list: "" if every finding is kept.
    pub(crate) fn describe_more(&self) -> String {
        let of = self.findings.len() + self.more;
        match self.more {
            0 => String::new(),
            _ => format!(" (of {of} findings the first {} are remembered)", self.findings.len()),
        }
    }

    fn new(stage: String, all: impl Iterator<Item = LastFinding>) -> Last {
        let mut last = Last { stage, ..Last::default() };
        let (mut room, mut rest) = (ROOM, Sha1::new());
        for finding in all {
            // The fields of fixed length and the keys of all fields.
            room = room.saturating_sub(256 + finding.path.len());
            if room > 0 {
                last.findings.push(finding);
            } else {
                last.more += 1;
                rest.update(format!("{finding:?}"));
            }
        }
        if last.more > 0 {
            last.rest = data_encoding::HEXLOWER.encode(&rest.finalize());
        }
        last
    }
}

/// One blocked finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastFinding {
    pub(crate) fingerprint: String,
    pub(crate) rule: String,
    /// The file's path in printable form; for the reader.
    pub(crate) path: String,
    /// The member of the archive at that path, if it is in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) member: Option<String>,
    /// If a secret in the path is masked: a glob for the shell that matches the real path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) glob: Option<String>,
    pub(crate) line: u32,
    /// The blob that holds it, if there is one.
    pub(crate) blob: Option<String>,
    pub(crate) commit: Option<String>,
    /// The fingerprint of the id paired with it, which `fix` removes too.
    #[serde(default)]
    pub(crate) id: Option<String>,
    /// The file of the work tree that has it, if it was not blocked but found there.
    #[serde(skip)]
    file: Option<PathBuf>,
}

impl LastFinding {
    fn of(f: &Finding) -> LastFinding {
        LastFinding {
            fingerprint: f.fingerprint.to_string(),
            rule: f.rule.id.to_owned(),
            path: f.source.path.with_member(None).to_string(),
            member: f.source.path.member().map(printable),
            glob: f.source.path.glob().map(|glob| String::from_utf8_lossy(glob).into_owned()),
            line: f.location.line,
            blob: f.source.blob.clone(),
            commit: f.source.commit.clone(),
            id: f.pair.as_ref().filter(|id| !id.rule.public).map(|id| id.fingerprint.to_string()),
            file: None,
        }
    }

    /// The content that has it, if that is a blob or a file of the work tree.
    pub(crate) fn content(&self, repo: &Repo) -> Result<Option<Vec<u8>>, Error> {
        if let Some(file) = &self.file {
            let bytes = disk::read(file, Links::Refuse, u64::MAX);
            return bytes.map(Some).map_err(Error::io(format!("cannot read {}", shown_path(file))));
        }
        let id = self.blob.as_deref().and_then(|id| Oid::from_hex(id.as_bytes()));
        Ok(id.map(|id| repo.blob(&id)).transpose()?)
    }

    /// The file and its member, for people.
    pub(crate) fn shown(&self) -> String {
        match &self.member {
            None => self.path.clone(),
            Some(member) => format!("{}!{member}", self.path),
        }
    }
}

fn place(repo: &Repo) -> PathBuf {
    repo.git_dir().join("stanch").join("last.json")
}

/// What the last hook blocked; empty if it cannot be read, since it is an aid, not a log.
pub(crate) fn read(repo: &Repo) -> Last {
    let bytes = disk::read(&place(repo), Links::Refuse, MAX_BYTES);
    bytes.ok().and_then(|b| serde_json::from_slice(&b).ok()).unwrap_or_default()
}

/// The secrets whose fingerprints begin with these digits (four at least): among what was blocked last, else in the files
/// of the work tree, where warnings and allowed values are found too.
///
/// # Errors
/// If none or several secrets are meant.
pub(crate) fn named(repo: &Repo, checker: &Checker, digits: &str) -> Result<Vec<LastFinding>, Error> {
    let last = read(repo);
    let low = digits.to_ascii_lowercase();
    let is_named = Fingerprint::is_prefix(&low);
    let is_meant = |f: &LastFinding| is_named && f.fingerprint.starts_with(&low);
    let mut found: Vec<LastFinding> = last.findings.iter().filter(|f| is_meant(f)).cloned().collect();
    if found.is_empty()
        && is_named
        && let Some(top) = repo.work_dir()
    {
        let tree = WorkTree::of(Some(top.clone()));
        let decision = files(std::slice::from_ref(&top), tree.as_ref(), true, checker).0;
        let decision = checker.screen().decision(decision);
        found = decision.findings.iter().map(|d| LastFinding::of(&d.finding)).filter(is_meant).collect();
        for f in &mut found {
            f.file = (f.glob.is_none() && f.member.is_none()).then(|| top.join(&f.path));
        }
    }
    let shown = printable(digits.as_bytes());
    let secrets: BTreeSet<&str> = found.iter().map(|f| f.fingerprint.as_str()).collect();
    match secrets.len() {
        0 => Err(Error::Usage(format!(
            "no secret here has the fingerprint {shown}: it was not blocked last{}, and no file of the work tree has it",
            last.describe_more()
        ))),
        1 => Ok(found),
        n => Err(Error::Usage(format!("{shown} fits {n} secrets; give more digits"))),
    }
}

/// Records what is blocked now, or removes the file if nothing is. Returns true if exactly the same was blocked
/// within the last day.
pub(crate) fn write(repo: &Repo, decision: &Screened) -> Result<bool, Error> {
    let path = place(repo);
    let stage = decision.stage.slug().to_owned();
    if !decision.blocks() {
        // For most commits there is no file to remove.
        if path.symlink_metadata().is_err() || read(repo).stage != stage {
            return Ok(false);
        }
        return match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io("cannot forget the last finding")(e))
            }
            _ => Ok(false),
        };
    }
    let findings = decision.with(Action::Block).map(|d| LastFinding::of(&d.finding));
    let fail = || Error::io(format!("cannot remember the finding in {}", shown_path(&path)));
    let now = Timestamp::now().as_second();
    let (old, mut new) = (read(repo), Last::new(stage, findings));
    new.at = old.at;
    if old == new && (0..DAY).contains(&now.saturating_sub(old.at)) {
        return Ok(true);
    }
    new.at = now;
    if let Some(dir) = path.parent() {
        disk::make_folder(dir, Links::Refuse).map_err(fail())?;
    }
    let json = serde_json::to_vec(&new).map_err(std::io::Error::other).map_err(fail())?;
    // Another git process may read it at the same time: it sees the old file or the new one.
    disk::replace(&path, &json, Mode::Private, Beside::File).map_err(fail())?;
    Ok(false)
}
