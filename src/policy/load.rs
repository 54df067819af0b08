//! Finds and reads the configuration's layers and the baseline.
//!
//! A repository's files are untrusted: no links, no huge files, nothing outside of the repository.

use super::folders::Folders;
use super::passed::PolicyId;
use super::rule_files::{self, Files, Named};
use crate::config::{
    self, AllowEntry, AllowWhat, Config, ConfigError, FILE_NAME, Layer, MAX_BYTES, Sourced, today,
};
use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::{RepoPath, printable, shown_path};
use crate::git::{GitError, Oid, Repo};
use crate::policy::files::{self, Text, in_commit, read, utf8, within};
use crate::policy::{Baseline, Policy};
use crate::reader::ReaderKind;
use sha2::{Digest, Sha256};
use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most bytes of a baseline: some hundred thousand entries.
pub(crate) const MAX_BASELINE: usize = 16 << 20;

/// The policy in force for a repository, or outside of one.
///
/// The repository's files are read from the work tree; where they loosen the policy, the versions at HEAD must
/// agree (before the first commit, nothing is loosened). The baseline is read at HEAD, by the name that is
/// configured there.
///
/// A baseline in the work tree that a merge left with conflict markers is an error: which secrets are known is not said.
pub(crate) fn policy(repo: Option<&Repo>, own: &[PathBuf]) -> Result<Policy, Error> {
    let policy = policy_unresolved(repo, own)?;
    if let Some(top) = repo.and_then(Repo::work_dir) {
        let name = &policy.config.baseline.value;
        let bytes = disk::read(&top.join(name), Links::Refuse, MAX_BASELINE as u64).unwrap_or_default();
        if let Some(line) = Baseline::conflict(&bytes) {
            let what =
                "is left with the markers of a merge conflict; run `stanch baseline resolve`".to_owned();
            return Err(ConfigError { file: printable(name.as_bytes()), line, what }.into());
        }
    }
    Ok(policy)
}

/// The same, whatever a merge left of the baseline.
pub(crate) fn policy_unresolved(repo: Option<&Repo>, own: &[PathBuf]) -> Result<Policy, Error> {
    let named = Named::of(own, repo)?;
    let mut base = machine_layers()?;
    named.lay_outside(&mut base)?;
    let Some(repo) = repo else {
        return Ok(Policy::new(base, today()));
    };
    repo.choose(base.reader.value);
    let mut config = base.clone();
    let here = match repo.work_dir() {
        Some(top) => rule_files::of_work_tree(&top, read(&top.join(FILE_NAME), FILE_NAME)?, &named.inside)?,
        None => Files::default(),
    };
    here.lay(&mut config, Layer::Repository, &|path| printable(path.as_bytes()), FILE_NAME)?;
    let mut policy = Policy::new(config, today());
    let head = repo.head()?;
    let committed = match &head {
        Some(head) => committed(repo, head, &named.inside),
        None => Ok(Files::default()),
    };
    if committed.as_ref().ok() != Some(&here) {
        policy.committed = Some(with_committed(&base, committed, &mut policy.notes)?);
    }
    if let Some(head) = head {
        // By its committed name too: a commit that names another file must not choose what allows its
        // secrets.
        let name = policy.committed.as_ref().unwrap_or(&policy.config).baseline.value.clone();
        policy.baseline = baseline_at(repo, &head, &name, &mut policy.notes)?;
    }
    policy.folders = Some(Arc::new(Folders::new(repo.work_dir(), head)));
    Ok(policy)
}

/// The policy for a push to a server: the server's own layers, and the files of `commit`, which is already on the
/// server. Files in the push itself do not count.
pub(crate) fn policy_at(repo: &Repo, commit: Option<&Oid>, own: &[PathBuf]) -> Result<Policy, Error> {
    let named = Named::of(own, Some(repo))?;
    let mut base = machine_layers()?;
    repo.choose(base.reader.value);
    named.lay_outside(&mut base)?;
    let Some(commit) = commit else {
        return Ok(Policy::new(base, today()));
    };
    let mut notes = Vec::new();
    let config = with_committed(&base, committed(repo, commit, &named.inside), &mut notes)?;
    let mut policy = Policy::new(config, today());
    policy.baseline = baseline_at(repo, commit, &policy.config.baseline.value, &mut notes)?;
    policy.notes = notes;
    policy.folders = Some(Arc::new(Folders::new(None, Some(*commit))));
    Ok(policy)
}

/// The allow entries by fingerprint that `head` has and the policy has not: those that a request adds for its own
/// secrets. An unreadable configuration has none, and is reported.
pub(crate) fn brought_entries(
    repo: &Repo,
    head: &Oid,
    policy: &mut Policy,
) -> Result<Vec<AllowEntry>, Error> {
    let config = with_committed(&machine_layers()?, committed(repo, head, &[]), &mut policy.notes)?;
    let known = &policy.config.allow;
    let entries = config.allow.iter().filter(|entry| {
        let AllowWhat::Fingerprint(fingerprint) = &entry.what else { return false };
        entry.layer == Layer::Repository && known.of(fingerprint).next().is_none()
    });
    Ok(entries.cloned().collect())
}

/// Identifies the policy of a commit on a server: a hash of the files that define it.
pub(crate) fn policy_id(repo: &Repo, commit: Option<&Oid>, own: &[PathBuf]) -> Result<PolicyId, Error> {
    let mut sum = Sha256::new();
    if let Some(commit) = commit {
        match committed(repo, commit, &Named::of(own, Some(repo))?.inside) {
            Ok(files) => files.sum(&mut sum),
            // Nothing in it counts.
            Err(Error::Config(_)) => Files::default().sum(&mut sum),
            Err(e) => return Err(e),
        }
        let name = policy_at(repo, Some(commit), own)?.config.baseline.value;
        let tree = repo.tree_of(commit)?;
        if let Some(blob) = repo.at_path(&tree, &RepoPath::new(name))? {
            sum.update(blob.id.as_bytes());
        }
        for (path, blob) in repo.files_named(&tree, FILE_NAME)? {
            sum.update(path);
            sum.update(blob.as_bytes());
        }
    } else {
        Files::default().sum(&mut sum);
    }
    let mut id = PolicyId::default();
    let length = id.0.len();
    id.0.copy_from_slice(&sum.finalize()[..length]);
    Ok(id)
}

/// The repository's files in a commit.
fn committed(repo: &Repo, commit: &Oid, more: &[String]) -> Result<Files, Error> {
    let read = |path: &str| files::committed(repo, commit, path);
    Files::read(Layer::Repository, read(FILE_NAME)?, &in_commit(FILE_NAME), more, &read)
}

/// Lays committed files over the machine's layers. Broken ones do not count and are reported: the next commit can
/// fix them.
fn with_committed(
    base: &Config,
    files: Result<Files, Error>,
    notes: &mut Vec<String>,
) -> Result<Config, Error> {
    let mut config = base.clone();
    let name = in_commit(FILE_NAME);
    match files.and_then(|files| files.lay_valid(&mut config, Layer::Repository, &in_commit, &name)) {
        Ok(fault) => {
            notes.extend(fault.map(|e| format!("{e}; it allows nothing")));
            Ok(config)
        }
        Err(Error::Config(e)) => {
            notes.push(format!("{e}; until it is fixed, nothing in it counts"));
            Ok(base.clone())
        }
        Err(e) => Err(e),
    }
}

/// The built-in configuration with the system's and the user's files over it.
pub(crate) fn machine_layers() -> Result<Config, Error> {
    let mut config = Config::default();
    for (layer, path) in [(Layer::System, config::system_file()), (Layer::User, config::user_file())] {
        let Some(path) = path else { continue };
        let name = shown_path(&path);
        // A user's file may be a link into a folder of dot files.
        let place = path.canonicalize().unwrap_or(path);
        let Some(text) = read(&place, &name)? else { continue };
        let beside = |path: &str| place.with_file_name(path);
        let shown = |path: &str| shown_path(&beside(path));
        let of_rules = |path: &str| -> Result<Text, Error> {
            let place = beside(path);
            read(&place.canonicalize().unwrap_or(place), &shown(path))
        };
        Files::read(layer, Some(text), &name, &[], &of_rules)?.lay(&mut config, layer, &shown, &name)?;
    }
    if let Some(name) = env::var_os(ENGINE).filter(|name| !name.is_empty()) {
        let value = name.to_str().and_then(ReaderKind::from_name);
        let value = value.ok_or_else(|| Error::Usage(format!("{ENGINE} is neither `plain` nor `fast`")))?;
        config.reader = Sourced { value, layer: Layer::Environment, file: None };
    }
    Ok(config)
}

/// The variable that selects the reader; overrides the configuration.
const ENGINE: &str = "STANCH_ENGINE";

/// The committed baseline.
fn baseline_at(repo: &Repo, commit: &Oid, name: &str, notes: &mut Vec<String>) -> Result<Baseline, Error> {
    let bytes = match repo.file_at(commit, name, MAX_BASELINE as u64) {
        Err(GitError::NoFile { what, .. }) => {
            notes.push(format!("{} is {what}; it allows nothing", in_commit(name)));
            None
        }
        bytes => bytes?,
    };
    let bytes = bytes.unwrap_or_default();
    let (baseline, broken) = Baseline::parse(&bytes);
    if let [first, ..] = broken[..] {
        let name = printable(name.as_bytes());
        notes.push(format!(
            "{name}:{first}: not a line `FINGERPRINT RULE`, nor {} more; fix them, they allow nothing",
            broken.len() - 1
        ));
    }
    Ok(baseline)
}

/// The text of a file named on the command line. Links are followed; endless files (a device, a FIFO) are refused.
pub(crate) fn read_named(path: &Path, name: &str, most: usize) -> Result<String, Error> {
    let failed = || Error::io(format!("cannot read {name}"));
    if !path.metadata().map_err(failed())?.is_file() {
        let what = "is no file: save what it gives to one, and name that".to_owned();
        return Err(ConfigError { file: name.to_owned(), line: 0, what }.into());
    }
    utf8(within(std::fs::File::open(path).map_err(failed())?, most, name)?, name)
}

/// The text on standard input.
pub(crate) fn read_stdin(name: &str) -> Result<String, Error> {
    utf8(within(io::stdin().lock(), MAX_BYTES, name)?, name)
}

/// Checks a text as a repository's configuration, over the machine's layers.
pub(crate) fn check(repo: &Repo, top: &Path, text: &str, own: &[PathBuf]) -> Result<(), Error> {
    let named = Named::of(own, Some(repo))?;
    let mut config = machine_layers()?;
    named.lay_outside(&mut config)?;
    let shown = |path: &str| printable(path.as_bytes());
    let files = rule_files::of_work_tree(top, Some(text.to_owned()), &named.inside)?;
    files.lay(&mut config, Layer::Repository, &shown, FILE_NAME)
}
