//! Answers "has it leaked?" when something blocks: looks at earlier versions of its files, the files of HEAD, and
//! the audit log's earlier pushes. The answer says what was looked at, and claims no more.

use super::{Checker, audit_log};
use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::{Finding, SourceKind};
use crate::git::{Content, Oid, Repo, Sighting};
use crate::policy::audit::Record;
use crate::policy::{Action, Decision, Exposure, Looked, Stage};
use crate::text::encoding;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Time budget; a person waits for the answer.
const PATIENCE: Duration = Duration::from_millis(200);
/// Bytes of the audit log that are read: one file of it.
const RECORD: u64 = 16 << 20;
/// Secrets to look for; a message shows no more.
const MOST: usize = 20;
/// Least bytes of a value to look for: a shorter one occurs in other texts by chance.
const SHORTEST: usize = 8;
/// Most bytes of the file that holds the value.
const LARGEST: u64 = 16 << 20;

/// Notes for each blocked finding where else its value is.
pub(crate) fn note(repo: &Repo, checker: &Checker, decision: &mut Decision) -> Result<(), Error> {
    if !decision.blocks() || !matches!(decision.stage, Stage::Commit | Stage::Push { .. }) {
        return Ok(());
    }
    let at_commit = decision.stage == Stage::Commit;
    let until = Instant::now() + PATIENCE;
    let record = pushes(repo, checker);
    let mut known: HashMap<String, Option<Exposure>> = HashMap::new();
    let mut looked: Option<Looked> = None;
    let blocked = decision.findings.iter_mut().filter(|d| d.action == Action::Block && d.known.is_none());
    for d in blocked {
        let id = d.finding.fingerprint.to_string();
        if let Some(found) = known.get(&id) {
            d.known.clone_from(found);
            continue;
        }
        if known.len() == MOST {
            looked.iter_mut().for_each(|l| l.whole = false);
            break;
        }
        let Some(value) = value(repo, &d.finding)? else { continue };
        let search = repo.seek(&value, std::slice::from_ref(&d.finding.source.path), until)?;
        let all = looked.get_or_insert(Looked {
            commits: search.commits,
            files: search.files,
            whole: true,
            record: record.is_some(),
        });
        // For several secrets: what holds for each of them.
        all.commits = all.commits.min(search.commits);
        all.files = all.files.min(search.files);
        all.whole &= search.whole;
        // A push blocks secrets in local commits: only a remote's copy adds information.
        let tells = |s: &Sighting| s.remote.is_some() || at_commit;
        let sighting = search.found.filter(tells).map(|s| Exposure {
            commit: Some(s.commit.id.to_string()),
            time: s.commit.time,
            remote: s.remote,
        });
        let pushed = || record.as_deref().and_then(|text| in_record(text, &id));
        d.known = match sighting {
            Some(e) if e.remote.is_some() => Some(e),
            other => pushed().or(other),
        };
        known.insert(id, d.known.clone());
    }
    decision.reading.looked = looked;
    Ok(())
}

/// The value as it is in its file; `None` if it is in no file.
pub(super) fn value(repo: &Repo, f: &Finding) -> Result<Option<Vec<u8>>, Error> {
    // A place in a file's name is not a place in its content.
    if f.source.path.member().is_some() || f.source.kind == SourceKind::FileName {
        return Ok(None);
    }
    let Some(id) = f.source.blob.as_deref().and_then(|id| Oid::from_hex(id.as_bytes())) else {
        return Ok(None);
    };
    let Content::Whole(bytes) = repo.blob_within(&id, LARGEST)? else { return Ok(None) };
    let text = encoding::decode(&bytes).0;
    Ok(text.get(f.location.bytes.clone()).filter(|v| v.len() >= SHORTEST).map(<[u8]>::to_vec))
}

/// The newest file of the audit log; `None` if nothing is recorded.
fn pushes(repo: &Repo, checker: &Checker) -> Option<Vec<u8>> {
    if !checker.policy.must_record() {
        return None;
    }
    match disk::read(&audit_log::place(repo, checker), Links::Refuse, RECORD) {
        Ok(text) => Some(text),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Some(Vec::new()),
        Err(_) => None,
    }
}

/// The first push that sent this secret.
fn in_record(text: &[u8], fingerprint: &str) -> Option<Exposure> {
    let finder = memchr::memmem::Finder::new(fingerprint);
    let records = text.split(|b| *b == b'\n').filter(|line| finder.find(line).is_some());
    let sent = records
        .filter_map(|line| serde_json::from_slice::<Record>(line).ok())
        .find(|r| r.fingerprint == fingerprint && r.stage == "push" && r.decision != Action::Block.slug())?;
    Some(Exposure {
        commit: None,
        time: sent.time.as_second(),
        remote: Some(sent.remote.unwrap_or_default()),
    })
}
