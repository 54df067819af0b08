//! The audit record: what was stopped, what was let through and why, one JSON object a line.
//!
//! Append-only, readable by its owner alone, safe with several gits at once (each record is one write under a file
//! lock) and with rotation (the file is opened anew for each run, and again when it was moved away meanwhile). No
//! record holds a value.

use super::{Action, Decided, Decision, Stage};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When, UTC.
    pub time: Timestamp,
    /// `block`, `warn`, `suppress` or `bypass`.
    pub decision: String,
    /// `commit`, `message`, `push`, `receive`.
    pub stage: String,
    /// Which machine.
    pub host: String,
    /// Who, by the name on that machine.
    pub user: String,
    /// Who, as git's configuration has it: `Name <mail>`.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub author: String,
    /// Which repository: the top of its work tree, or its git directory.
    pub repository: String,
    /// The commit that brings it, where there is one already.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub commit: Option<String>,
    /// The remote, at a push.
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
    /// The id that stands beside the secret.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pair: Option<RecordedId>,
}

/// The id of a pair: the file is the secret's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedId {
    /// The rule's id.
    pub rule: String,
    /// Line, from 1.
    pub line: u32,
    /// Its own fingerprint.
    pub fingerprint: String,
}

/// Who and where, the same for all records of a run.
#[derive(Debug, Clone, Default)]
pub struct Actor {
    /// Which machine.
    pub host: String,
    /// Who, on that machine.
    pub user: String,
    /// Who, for git.
    pub author: String,
    /// Which repository.
    pub repository: String,
}

/// The records of a decision: everything but what is public by design or under every bar.
pub fn records(decision: &Decision, actor: &Actor, now: Timestamp) -> Vec<Record> {
    let remote = match &decision.stage {
        Stage::Push { remote } => Some(crate::finding::printable(remote.as_bytes())),
        _ => None,
    };
    let told = |d: &&Decided| d.action != Action::Suppress || d.deliberate;
    decision
        .findings
        .iter()
        .filter(told)
        .map(|d| Record {
            time: now,
            decision: if d.bypassed { "bypass" } else { d.action.slug() }.to_owned(),
            stage: decision.stage.slug().to_owned(),
            host: actor.host.clone(),
            user: actor.user.clone(),
            author: actor.author.clone(),
            repository: actor.repository.clone(),
            commit: d.finding.source.commit.clone(),
            remote: remote.clone(),
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
        })
        .collect()
}

/// Appends records to the file, making it (0600) and its folder when need be.
///
/// # Errors
/// When the file cannot be written.
pub fn append(path: &Path, records: &[Record]) -> io::Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let mut bytes = Vec::new();
    for record in records {
        serde_json::to_writer(&mut bytes, record)?;
        bytes.push(b'\n');
    }
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    loop {
        let mut file = open(path)?;
        file.lock()?;
        // Rotated between open and lock: what the path names now is another file.
        if !is_still(path, &file) {
            continue;
        }
        // One that ends without a newline (a full disk once) must not swallow this record.
        if ends_open(path)? {
            bytes.insert(0, b'\n');
        }
        file.write_all(&bytes)?;
        return file.flush();
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn is_still(path: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (fs::metadata(path), file.metadata()) {
        (Ok(a), Ok(b)) => a.ino() == b.ino() && a.dev() == b.dev(),
        _ => false,
    }
}

/// An open file cannot be moved away on this system.
#[cfg(not(unix))]
fn is_still(_: &Path, _: &File) -> bool {
    true
}

fn ends_open(path: &Path) -> io::Result<bool> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last[0] != b'\n')
}

/// Reads the records; the second part counts lines that are none. A missing file has none.
///
/// # Errors
/// When the file cannot be read.
pub fn read(path: &Path) -> io::Result<(Vec<Record>, usize)> {
    let file = match File::open(path) {
        Ok(f) => f,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), 0)),
        Err(e) => return Err(e),
    };
    let (mut records, mut broken) = (Vec::new(), 0);
    for line in BufReader::new(file).split(b'\n') {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(record) => records.push(record),
            Err(_) => broken += 1,
        }
    }
    Ok((records, broken))
}

/// The time each fingerprint was first recorded.
pub fn first_seen(records: &[Record]) -> HashMap<&str, Timestamp> {
    let mut out = HashMap::new();
    for r in records {
        let t = out.entry(r.fingerprint.as_str()).or_insert(r.time);
        *t = (*t).min(r.time);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(n: u32) -> Record {
        Record {
            time: Timestamp::from_second(1_700_000_000 + i64::from(n)).unwrap(),
            decision: "block".into(),
            stage: "commit".into(),
            host: "h".into(),
            user: "u".into(),
            author: String::new(),
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
        }
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
                s.spawn(move || (0..20).for_each(|i| append(path, &[record(t * 100 + i)]).unwrap()));
            }
        });
        let (records, broken) = read(&path).unwrap();
        assert_eq!((records.len(), broken), (400, 0));
    }
}
