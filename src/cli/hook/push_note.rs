//! A push that reaches this program twice: from git's own hook with every ref, and from pre-commit or prek beside
//! it with one. The first call writes a note of what it read, and the second finds its ref there.
//!
//! The note is `stanch/push.json` in the git directory. It counts for the same run only: the shell hook names the
//! run in a variable, and if a manager runs the shell hook first, both have the manager as their parent.

use super::bypass::BYPASS;
use crate::disk::{self, Beside, Links, Mode};
use crate::error::Error;
use crate::git::{Destination, RefUpdate, Repo};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// The shell hook's process id, if it runs a previous hook after this program.
const RUN: &str = "STANCH_PUSH";
/// Variables that the managers set while they run a previous hook.
const AS_LEGACY: &[&str] = &["PRE_COMMIT_RUNNING_LEGACY", "PREK_RUNNING_LEGACY"];
/// Most bytes of the note that are read: some hundred thousand refs.
const MAX_BYTES: u64 = 16 << 20;

/// What was read, in which run, by which version.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    version: String,
    run: String,
    remote: String,
    url: String,
    refs: BTreeSet<String>,
    /// True if anything in it is blocked.
    blocked: bool,
}

/// The run that this process is part of, if it can be determined.
fn run() -> Option<String> {
    match env::var(RUN) {
        Ok(run) if !run.is_empty() => Some(run),
        #[cfg(unix)]
        _ => Some(std::os::unix::process::parent_id().to_string()),
        #[cfg(not(unix))]
        _ => None,
    }
}

fn place(repo: &Repo) -> PathBuf {
    repo.git_dir().join("stanch").join("push.json")
}

/// Writes a note that these refs were read, if a manager may ask for one of them. Without a note they are read
/// twice.
pub(super) fn note(repo: &Repo, to: &Destination, updates: &[RefUpdate], blocked: bool) {
    let asked = AS_LEGACY.iter().any(|v| env::var_os(v).is_some()) || env::var_os(RUN).is_some();
    // A manager's own call has no list, and must keep the note.
    if !asked || updates.is_empty() {
        return;
    }
    let Some(run) = run() else { return };
    let note = Note {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        run,
        remote: to.name.clone(),
        url: to.url.clone(),
        refs: updates.iter().filter_map(|u| Some(u.new.as_ref()?.to_string())).collect(),
        blocked,
    };
    let path = place(repo);
    if let (Ok(json), Some(folder)) = (serde_json::to_vec(&note), path.parent()) {
        let _ = disk::make_folder(folder, Links::Refuse)
            .and_then(|()| disk::replace(&path, &json, Mode::Private, Beside::File));
    }
}

/// The exit code, if this is a manager's call for a ref that git's own hook read in the same run, with the same
/// rules.
pub(super) fn known(repo: &Repo, args: &[OsString], own: &[PathBuf]) -> Result<Option<u8>, Error> {
    if env::var_os("PRE_COMMIT").is_none() || !args.is_empty() || !own.is_empty() {
        return Ok(None);
    }
    let var = |name: &str| env::var(format!("PRE_COMMIT_{name}")).ok().filter(|v| !v.is_empty());
    let Some(name) = var("TO_REF").or_else(|| var("LOCAL_BRANCH")) else { return Ok(None) };
    let Ok(bytes) = disk::read(&place(repo), Links::Refuse, MAX_BYTES) else { return Ok(None) };
    let Ok(note) = serde_json::from_slice::<Note>(&bytes) else { return Ok(None) };
    let same = note.version == env!("CARGO_PKG_VERSION")
        && Some(&note.run) == run().as_ref()
        && Some(note.remote) == var("REMOTE_NAME")
        && Some(note.url) == var("REMOTE_URL");
    // A bypass may have allowed what was blocked, so that is decided again.
    if !same || note.blocked && env::var_os(BYPASS).is_some() {
        return Ok(None);
    }
    let id = repo.resolve(&name)?.map(|id| id.to_string());
    Ok(id.filter(|id| note.refs.contains(id)).map(|_| u8::from(note.blocked)))
}
