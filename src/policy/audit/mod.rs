//! The audit log: what was blocked, allowed or not read, and why; one JSON object per line.
//!
//! Append-only, readable by its owner only, safe with several gits at once (each record is one write under a file
//! lock) and with rotation (each run opens the file, and reopens it if it was moved away meanwhile). No record
//! holds a value.
//!
//! A commit's cost does not grow with the log: a full file becomes `audit.jsonl.1`, `.2` and so on, and
//! `audit.jsonl.known` has the time of each fingerprint's first record.

mod file;
mod replay;

pub use file::{append, read};
pub use replay::Replay;

use super::{Action, Screened, Skipped, Stage, Verdict};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bytes of records that one run writes individually; the rest is counted by rule.
const ROOM: usize = 1 << 20;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Time, UTC.
    pub time: Timestamp,
    /// `block`, `warn`, `suppress` or `bypass`.
    pub decision: String,
    /// `commit`, `message`, `push`, `receive`.
    pub stage: String,
    /// The machine's name.
    pub host: String,
    /// The user's name on that machine.
    pub user: String,
    /// The user according to git's configuration: `Name <mail>`.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub author: String,
    /// The coding assistant that ran git, by its environment.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub agent: Option<String>,
    /// The top of the repository's work tree, or its git directory.
    pub repository: String,
    /// The commit that brings it, if there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub commit: Option<String>,
    /// The remote of a push.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub remote: Option<String>,
    /// The file, printable.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// The rule's id.
    pub rule: String,
    /// `low` to `critical`.
    pub severity: String,
    /// `low` to `certain`.
    pub confidence: String,
    /// The secret's fingerprint.
    pub fingerprint: String,
    /// Which value of which layer decided, or the reason given.
    pub reason: String,
    /// The id paired with the secret.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pair: Option<RecordedId>,
    /// For unread content: the reason, in words. Then there is no rule, line or fingerprint.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unread: Option<String>,
    /// The object id of unread content.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub blob: Option<String>,
    /// Number of findings of this rule that have no record of their own, because the run had too many. Then
    /// there is no place and no fingerprint.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub more: Option<u64>,
}

/// The id of a pair; it is in the secret's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedId {
    /// The rule's id.
    pub rule: String,
    /// Line, from 1.
    pub line: u32,
    /// Its own fingerprint.
    pub fingerprint: String,
}

/// User and place, the same for all records of a run.
#[derive(Debug, Clone, Default)]
pub struct Actor {
    /// The machine's name.
    pub host: String,
    /// The user's name on that machine.
    pub user: String,
    /// The user according to git.
    pub author: String,
    /// The coding assistant that ran git, by its environment.
    pub agent: Option<String>,
    /// The repository.
    pub repository: String,
}

impl Record {
    /// A record of a run that says who, where and when, and nothing else yet.
    pub(crate) fn of(actor: Actor, time: Timestamp, stage: impl Into<String>) -> Record {
        Record {
            time,
            decision: String::new(),
            stage: stage.into(),
            host: actor.host,
            user: actor.user,
            author: actor.author,
            agent: actor.agent,
            repository: actor.repository,
            commit: None,
            remote: None,
            path: String::new(),
            line: 0,
            rule: String::new(),
            severity: String::new(),
            confidence: String::new(),
            fingerprint: String::new(),
            reason: String::new(),
            pair: None,
            unread: None,
            blob: None,
            more: None,
        }
    }
}

/// The records of a decision: unread content, and every finding except those that are public by design or under
/// every threshold. Past a limit the rest is counted by decision and rule.
pub fn records(decision: &Screened, actor: &Actor, now: Timestamp) -> Vec<Record> {
    let remote = match &decision.stage {
        Stage::Push { remote } => Some(remote.clone()),
        _ => None,
    };
    let told = |d: &&Verdict| d.action != Action::Suppress || d.deliberate;
    let base = Record { remote, ..Record::of(actor.clone(), now, decision.stage.slug()) };
    let of_finding = |d: &Verdict| Record {
        decision: if d.bypassed { "bypass" } else { d.action.slug() }.to_owned(),
        commit: d.finding.source.commit.clone(),
        path: d.finding.source.path.to_string(),
        line: d.finding.location.line,
        rule: d.finding.rule.id.to_owned(),
        severity: d.finding.severity.slug().to_owned(),
        confidence: d.finding.confidence.slug().to_owned(),
        fingerprint: d.finding.fingerprint.to_string(),
        reason: match &d.note {
            Some(note) => format!("{} ({note})", d.because),
            None => d.because.clone(),
        },
        pair: d.finding.pair.as_ref().map(|id| RecordedId {
            rule: id.rule.id.to_owned(),
            line: id.location.line,
            fingerprint: id.fingerprint.to_string(),
        }),
        ..base.clone()
    };
    let of_unread = |s: &Skipped| Record {
        decision: s.action.slug().to_owned(),
        path: s.path.to_string(),
        reason: s.because.clone(),
        unread: Some(s.why.clone()),
        blob: s.blob.clone(),
        ..base.clone()
    };
    let unread = decision.reading.skipped.iter().map(of_unread);
    let (mut out, mut rest) = (Vec::new(), BTreeMap::<_, (u64, Record)>::new());
    let mut room = ROOM;
    for record in decision.findings.iter().filter(told).map(of_finding).chain(unread) {
        if room > 0 {
            // The short fields and the keys of all fields.
            room = room.saturating_sub(512 + record.path.len() + record.reason.len());
            out.push(record);
        } else {
            rest.entry((record.decision.clone(), record.rule.clone())).or_insert((0, record)).0 += 1;
        }
    }
    out.extend(rest.into_values().map(|(more, record)| Record {
        commit: None,
        path: String::new(),
        line: 0,
        fingerprint: String::new(),
        reason: format!("{more} more in this run, without a record of their own"),
        pair: None,
        unread: record.unread.map(|_| "several".to_owned()),
        blob: None,
        more: Some(more),
        ..record
    }));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};
    use std::io::{self, Write};
    use std::path::Path;

    fn record(n: u32) -> Record {
        Record {
            time: Timestamp::from_second(1_700_000_000 + i64::from(n)).unwrap(),
            decision: "block".into(),
            stage: "commit".into(),
            host: "h".into(),
            user: "u".into(),
            author: String::new(),
            agent: None,
            repository: "/r".into(),
            commit: None,
            remote: None,
            path: "a".into(),
            line: n,
            rule: "r".into(),
            severity: "high".into(),
            confidence: "high".into(),
            fingerprint: format!("{n:020x}"),
            reason: "x".into(),
            pair: None,
            unread: None,
            blob: None,
            more: None,
        }
    }

    fn read(path: &Path) -> io::Result<(Vec<Record>, usize)> {
        let mut records = Vec::new();
        let broken = super::read(path, &mut |r| {
            records.push(r);
            Ok(())
        })?;
        Ok((records, broken))
    }

    #[test]
    fn records_are_appended_and_read_again_even_after_a_torn_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep").join("audit.jsonl");
        append(&path, &[record(1), record(2)]).unwrap();
        File::options().append(true).open(&path).unwrap().write_all(b"{\"torn").unwrap();
        append(&path, &[record(3)]).unwrap();
        let (records, broken) = read(&path).unwrap();
        assert_eq!((records.len(), broken), (3, 1));
        assert_eq!(records[2], record(3));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit.jsonl");
        append(&path, &[record(1)]).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn many_writers_lose_no_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit.jsonl");
        std::thread::scope(|s| {
            for t in 0..20 {
                let path = &path;
                s.spawn(move || (0..20).for_each(|i| drop(append(path, &[record(t * 100 + i)]).unwrap())));
            }
        });
        let (records, broken) = read(&path).unwrap();
        assert_eq!((records.len(), broken), (400, 0));
    }
}
