//! The audit record: what was stopped, what was let through and why, one JSON object a line.
//!
//! Append-only, readable by its owner alone, safe with several gits at once (each record is one write under a file
//! lock) and with rotation (the file is opened anew for each run, and again when it was moved away meanwhile). No
//! record holds a value.
//!
//! What a commit costs does not grow with the record: a full file becomes `audit.jsonl.1`, `.2` and so on, and when
//! each fingerprint was first recorded stands in `audit.jsonl.known`.

use super::{Action, Screened, Stage, Verdict};
use crate::disk::{self, Beside, Links, Mode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes of one file of records; a larger one is moved aside before the next record.
const FULL: u64 = 8 << 20;
/// Bytes of records that one run writes one by one; the rest is counted by rule.
const ROOM: usize = 1 << 20;
/// Bytes of one line that are read as a record.
const MAX_LINE: u64 = 1 << 20;
/// Bytes of the list of known fingerprints: some three hundred thousand.
const MAX_KNOWN: u64 = 16 << 20;

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
    /// How many findings of this rule this record counts that have no record of their own, because the run had too many.
    /// Then no place and no fingerprint is given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub more: Option<u64>,
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

/// The records of a decision: everything but what is public by design or under every bar. Past a bound the rest is
/// counted by decision and rule.
pub fn records(decision: &Screened, actor: &Actor, now: Timestamp) -> Vec<Record> {
    let remote = match &decision.stage {
        Stage::Push { remote } => Some(remote.clone()),
        _ => None,
    };
    let told = |d: &&Verdict| d.action != Action::Suppress || d.deliberate;
    let slug = |d: &Verdict| if d.bypassed { "bypass" } else { d.action.slug() };
    let record = |d: &Verdict| Record {
        time: now,
        decision: slug(d).to_owned(),
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
        more: None,
    };
    let (mut out, mut rest) = (Vec::new(), BTreeMap::<_, (u64, &Verdict)>::new());
    let mut room = ROOM;
    for d in decision.findings.iter().filter(told) {
        if room > 0 {
            let record = record(d);
            // The fields that are short and the names of all of them.
            room = room.saturating_sub(512 + record.path.len() + record.reason.len());
            out.push(record);
        } else {
            rest.entry((slug(d), d.finding.rule.id)).or_insert((0, d)).0 += 1;
        }
    }
    out.extend(rest.into_values().map(|(more, d)| Record {
        commit: None,
        path: String::new(),
        line: 0,
        fingerprint: String::new(),
        reason: format!("{more} more of this rule in this run, without a record of their own"),
        pair: None,
        more: Some(more),
        ..record(d)
    }));
    out
}

/// Appends records to the file, making it (0600) and its folder if need be. Gives the time at which each of their
/// fingerprints was first recorded, if that was before.
///
/// # Errors
/// If a file cannot be read or written, or another process keeps it locked.
pub fn append(path: &Path, records: &[Record]) -> io::Result<HashMap<String, Timestamp>> {
    if records.is_empty() {
        return Ok(HashMap::new());
    }
    let mut bytes = Vec::new();
    for record in records {
        serde_json::to_writer(&mut bytes, record)?;
        bytes.push(b'\n');
    }
    if let Some(dir) = path.parent() {
        disk::make_folder(dir)?;
    }
    loop {
        let mut file = open(path)?;
        disk::lock(&file)?;
        // Rotated between open and lock: what the path names now is another file.
        if !is_still(path, &file) {
            continue;
        }
        let before = file.metadata()?.len();
        if before >= FULL {
            fs::rename(path, next_aside(path)?)?;
            continue;
        }
        let known = known(path, records)?;
        // One that ends without a newline (a killed process) must not swallow this record.
        if ends_open(&mut file)? {
            bytes.insert(0, b'\n');
        }
        if let Err(e) = file.write_all(&bytes) {
            // A full disk: half a record is none.
            let _ = file.set_len(before);
            return Err(e);
        }
        return Ok(known);
    }
}

fn open(path: &Path) -> io::Result<File> {
    disk::open_with(OpenOptions::new().read(true).append(true).create(true), path, Links::Refuse)
}

/// The files of records that were moved aside, by number, the oldest first.
fn aside(path: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(Vec::new()) };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let number = entry
            .file_name()
            .to_string_lossy()
            .strip_prefix(&format!("{}.", name.to_string_lossy()))
            .and_then(|n| n.bytes().all(|b| b.is_ascii_digit()).then(|| n.parse::<u32>().ok()).flatten());
        found.extend(number.map(|n| (u64::from(n), entry.path())));
    }
    found.sort();
    Ok(found)
}

fn next_aside(path: &Path) -> io::Result<PathBuf> {
    let last = aside(path)?.last().map_or(0, |(n, _)| *n);
    Ok(disk::with_suffix(path, &format!(".{}", last + 1)))
}

/// When each fingerprint of these records was first recorded before them; notes down those that are new. Called under
/// the record's lock.
fn known(path: &Path, records: &[Record]) -> io::Result<HashMap<String, Timestamp>> {
    let list = disk::with_suffix(path, ".known");
    if list.symlink_metadata().is_err() {
        // The first time, or somebody took it away: it is made from the records.
        let mut first: BTreeMap<String, Timestamp> = BTreeMap::new();
        read(path, &mut |r| {
            let time = first.entry(r.fingerprint).or_insert(r.time);
            *time = (*time).min(r.time);
            Ok(())
        })?;
        first.remove("");
        let mut lines = String::new();
        for (fingerprint, time) in first {
            if (lines.len() as u64) < MAX_KNOWN / 2 {
                lines.push_str(&format!("{fingerprint} {time}\n"));
            }
        }
        disk::replace(&list, lines.as_bytes(), Mode::Private, Beside::File)?;
    }
    // It is no record: who takes it away loses nothing.
    let text = disk::read(&list, Links::Refuse, MAX_KNOWN)
        .map_err(|e| io::Error::new(e.kind(), format!("{} (it can be removed): {e}", list.display())))?;
    let mut wanted: HashMap<&str, Option<Timestamp>> =
        records.iter().filter(|r| r.more.is_none()).map(|r| (r.fingerprint.as_str(), None)).collect();
    for line in text.split(|b| *b == b'\n') {
        let pair = std::str::from_utf8(line).ok().and_then(|l| l.split_once(' '));
        if let Some((fingerprint, time)) = pair
            && let Some(found) = wanted.get_mut(fingerprint)
            && let Ok(time) = time.parse::<Timestamp>()
        {
            *found = Some(found.map_or(time, |t| t.min(time)));
        }
    }
    let mut new: Vec<u8> = text.last().filter(|b| **b != b'\n').map(|_| b'\n').into_iter().collect();
    let mut noted = std::collections::HashSet::new();
    for r in records {
        if wanted.get(r.fingerprint.as_str()) == Some(&None) && noted.insert(&r.fingerprint) {
            writeln!(new, "{} {}", r.fingerprint, r.time)?;
        }
    }
    // A list that is full is not the record: what is new then is not reminded of.
    if !noted.is_empty() && (text.len() + new.len()) as u64 <= MAX_KNOWN {
        let mut file = disk::open_with(OpenOptions::new().append(true), &list, Links::Refuse)?;
        file.write_all(&new).inspect_err(|_| drop(file.set_len(text.len() as u64)))?;
    }
    Ok(wanted.into_iter().filter_map(|(f, t)| Some((f.to_owned(), t?))).collect())
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

fn ends_open(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last[0] != b'\n')
}

/// Reads the records of all files, the oldest first; gives the number of lines that are not records. A missing file has
/// none.
///
/// # Errors
/// If a file cannot be read, or `each` fails.
pub fn read(path: &Path, each: &mut dyn FnMut(Record) -> io::Result<()>) -> io::Result<usize> {
    let mut broken = 0;
    for path in aside(path)?.into_iter().map(|(_, path)| path).chain([path.to_owned()]) {
        match disk::open(&path, Links::Refuse) {
            Ok(file) => broken += read_file(file, each)?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
    }
    Ok(broken)
}

fn read_file(file: File, each: &mut dyn FnMut(Record) -> io::Result<()>) -> io::Result<usize> {
    let (mut reader, mut broken, mut line) = (BufReader::new(file), 0, Vec::new());
    loop {
        line.clear();
        if reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(broken);
        }
        if line.len() as u64 == MAX_LINE && !line.ends_with(b"\n") {
            reader.skip_until(b'\n')?;
            broken += 1;
        } else if !line.trim_ascii().is_empty() {
            match serde_json::from_slice(&line) {
                Ok(record) => each(record)?,
                Err(_) => broken += 1,
            }
        }
    }
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
