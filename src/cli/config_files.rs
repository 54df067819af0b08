//! Finding and reading the configuration's layers and the baseline.
//!
//! A repository's files are read as data of an unknown hand: no links, no huge files, nothing outside of it.

use crate::config::{self, Config, ConfigError, FILE_NAME, Layer, MAX_BYTES};
use crate::error::Error;
use crate::git::{Oid, Repo};
use crate::policy::{Baseline, Policy};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A larger baseline is not read: some hundred thousand entries.
const MAX_BASELINE: u64 = 16 << 20;

/// The policy in force for a repository, or outside of any.
///
/// The repository's file is read from the work tree; what it loosens counts only as far as the version at HEAD says
/// the same (before the first commit: nothing of it). The baseline is read at HEAD.
pub(super) fn policy(repo: Option<&Repo>) -> Result<Policy, Error> {
    let base = machine_layers()?;
    let Some(repo) = repo else {
        return Ok(Policy::new(base, today()));
    };
    let mut config = base.clone();
    let here = match repo.work_dir() {
        Some(top) => read(&top.join(FILE_NAME), FILE_NAME)?,
        None => None,
    };
    if let Some(text) = &here {
        config.lay(Layer::Repository, text, FILE_NAME)?;
    }
    let mut policy = Policy::new(config, today());
    let head = repo.head()?;
    let committed = match &head {
        Some(head) => repo.file_at(head, FILE_NAME, MAX_BYTES as u64)?,
        None => None,
    };
    if committed.as_deref() != here.as_ref().map(String::as_bytes) {
        policy.committed = Some(with_committed(&base, committed, &mut policy.notes));
    }
    if let Some(head) = head {
        let name = policy.config.baseline.value.clone();
        policy.baseline = baseline_at(repo, &head, &name, &mut policy.notes)?;
    }
    Ok(policy)
}

/// The policy by which a server judges what is pushed: the server's own layers, and the files of `commit`, which is on
/// the server already. What the push brings has no say.
pub(super) fn policy_at(repo: &Repo, commit: Option<&Oid>) -> Result<Policy, Error> {
    let base = machine_layers()?;
    let Some(commit) = commit else {
        return Ok(Policy::new(base, today()));
    };
    let mut notes = Vec::new();
    let config = with_committed(&base, repo.file_at(commit, FILE_NAME, MAX_BYTES as u64)?, &mut notes);
    let mut policy = Policy::new(config, today());
    policy.baseline = baseline_at(repo, commit, &policy.config.baseline.value, &mut notes)?;
    policy.notes = notes;
    Ok(policy)
}

/// A committed file over the machine's layers. A broken one counts for nothing and is told: the next commit mends it.
fn with_committed(base: &Config, file: Option<Vec<u8>>, notes: &mut Vec<String>) -> Config {
    let mut config = base.clone();
    let name = format!("the committed {FILE_NAME}");
    let laid = match file {
        None => Ok(()),
        Some(bytes) => utf8(bytes, &name).and_then(|text| Ok(config.lay(Layer::Repository, &text, &name)?)),
    };
    match laid {
        Ok(()) => config,
        Err(e) => {
            notes.push(format!("{e}; until it is mended, nothing in it counts"));
            base.clone()
        }
    }
}

fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The built-in configuration with the system's and the person's files over it.
pub(super) fn machine_layers() -> Result<Config, Error> {
    let mut config = Config::default();
    for (layer, path) in [(Layer::System, config::system_file()), (Layer::User, config::user_file())] {
        let Some(path) = path else { continue };
        let name = crate::finding::printable(path.to_string_lossy().as_bytes());
        // A person may keep theirs as a link to where all of their dot files are.
        let place = path.canonicalize().unwrap_or(path);
        if let Some(text) = read(&place, &name)? {
            config.lay(layer, &text, &name)?;
        }
    }
    Ok(config)
}

/// The baseline as committed.
fn baseline_at(repo: &Repo, commit: &Oid, name: &str, notes: &mut Vec<String>) -> Result<Baseline, Error> {
    let bytes = repo.file_at(commit, name, MAX_BASELINE)?.unwrap_or_default();
    let (baseline, broken) = Baseline::parse(&bytes);
    if let [first, ..] = broken[..] {
        let name = crate::finding::printable(name.as_bytes());
        notes.push(format!(
            "{name}:{first}: not a line `FINGERPRINT RULE`, nor {} more; mend them, they let nothing through",
            broken.len() - 1
        ));
    }
    Ok(baseline)
}

/// A configuration file's text; `None` when there is none. A symbolic link, a huge file and bytes that are no UTF-8
/// are refused: a repository could point one at anything.
pub(super) fn read(path: &Path, name: &str) -> Result<Option<String>, Error> {
    let fail = |what: &str| ConfigError { file: name.to_owned(), line: 0, what: what.to_owned() };
    let meta = match path.symlink_metadata() {
        Ok(meta) => meta,
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(e) => return Err(Error::io(format!("cannot read {name}"))(e)),
    };
    if meta.is_symlink() {
        return Err(fail("is a symbolic link; put the file itself there").into());
    }
    if !meta.is_file() {
        return Err(fail("is no file").into());
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|f| f.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(Error::io(format!("cannot read {name}")))?;
    if bytes.len() > MAX_BYTES {
        return Err(fail("is too large for a configuration").into());
    }
    utf8(bytes, name).map(Some)
}

fn utf8(bytes: Vec<u8>, name: &str) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|e| {
        let valid = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = 1 + memchr::memchr_iter(b'\n', valid).count();
        ConfigError { file: name.to_owned(), line, what: "is not UTF-8".to_owned() }.into()
    })
}

/// Writes a file of the work tree; not through a link that leads out of it.
pub(super) fn write(top: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    let shown = crate::finding::printable(name.as_bytes());
    let fail = || Error::io(format!("cannot write {shown}"));
    let path = top.join(name);
    let folder = path.parent().unwrap_or(top).canonicalize().map_err(fail())?;
    let inside = folder.starts_with(top.canonicalize().map_err(fail())?);
    if !inside || path.is_symlink() {
        let what = "is or lies behind a symbolic link; put the file itself there".to_owned();
        return Err(ConfigError { file: shown, line: 0, what }.into());
    }
    std::fs::write(&path, bytes).map_err(fail())
}
