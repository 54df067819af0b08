//! The files of the audit log: appending under a lock, rotation, and reading them all.

use crate::disk::{self, Beside, Links, Mode};
use crate::policy::audit::Record;
use crate::sort;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes from which a file is moved aside before the next record.
const FULL: u64 = 8 << 20;

/// Most bytes of a line that is read as a record.
const MAX_LINE: u64 = 1 << 20;

/// Most bytes of the list of known fingerprints: some three hundred thousand.
const MAX_KNOWN: u64 = 16 << 20;

/// Appends records to the file, and creates it (0600) and its folder if needed. For each fingerprint that was
/// recorded before, returns the time of its first record.
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
        disk::make_folder(dir, Links::Refuse)?;
    }
    loop {
        let mut file = open(path)?;
        disk::lock(&file)?;
        // Rotated between open and lock: the path now names another file.
        if !is_still(path, &file) {
            continue;
        }
        let before = file.metadata()?.len();
        if before >= FULL {
            fs::rename(path, next_aside(path)?)?;
            continue;
        }
        let known = known(path, records)?;
        // A file that ends without a newline (after a killed process) must not swallow this record.
        if ends_open(&mut file)? {
            bytes.insert(0, b'\n');
        }
        if let Err(e) = file.write_all(&bytes) {
            // A full disk: half a record counts as none.
            let _ = file.set_len(before);
            return Err(e);
        }
        return Ok(known);
    }
}

fn open(path: &Path) -> io::Result<File> {
    disk::open_with(OpenOptions::new().read(true).append(true).create(true), path, Links::Refuse)
}

/// The files that were moved aside, by number, oldest first.
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
    sort::by(&mut found, Ord::cmp);
    Ok(found)
}

fn next_aside(path: &Path) -> io::Result<PathBuf> {
    let last = aside(path)?.last().map_or(0, |(n, _)| *n);
    Ok(disk::with_suffix(path, &format!(".{}", last + 1)))
}

/// For each fingerprint of these records the time of its first record before them; adds new ones to the list.
/// Called under the log's lock.
fn known(path: &Path, records: &[Record]) -> io::Result<HashMap<String, Timestamp>> {
    let list = disk::with_suffix(path, ".known");
    if list.symlink_metadata().is_err() {
        // The first time, or after the list was deleted: it is rebuilt from the records.
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
    // It is not the log: deleting it loses nothing.
    let text = disk::read(&list, Links::Refuse, MAX_KNOWN)
        .map_err(|e| io::Error::new(e.kind(), format!("{} (it can be removed): {e}", list.display())))?;
    let mut wanted: HashMap<&str, Option<Timestamp>> = records
        .iter()
        .filter(|r| !r.fingerprint.is_empty())
        .map(|r| (r.fingerprint.as_str(), None))
        .collect();
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
    // If the list is full, the log is still complete: new secrets only get no reminder.
    if !noted.is_empty() && (text.len() + new.len()) as u64 <= MAX_KNOWN {
        let mut file = disk::open_with(OpenOptions::new().append(true), &list, Links::Refuse)?;
        file.write_all(&new).inspect_err(|_| drop(file.set_len(text.len() as u64)))?;
    }
    Ok(wanted.into_iter().filter_map(|(f, t)| Some((f.to_owned(), t?))).collect())
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

/// Reads the records of all files, oldest first; returns the number of lines that are not records. A missing file
/// has none.
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
