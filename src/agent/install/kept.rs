//! Keeps what a settings file was before our hooks came into it, so that uninstalling gives the same bytes back. A file that
//! was changed since loses our entries only.

use crate::agent::folders;
use crate::disk::{self, Beside, Links, Mode};
use crate::error::Error;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// A file before and after installing.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    path: PathBuf,
    /// `None` if there was no file.
    before: Option<String>,
    /// The hash of what was written.
    after: String,
}

fn hash(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text))
}

/// The file that keeps what another one was; its owner's alone, since settings may hold secrets.
fn place(path: &Path) -> Option<PathBuf> {
    let name = hash(&path.to_string_lossy());
    Some(folders::state()?.join("agent-settings").join(format!("{}.json", &name[..32])))
}

fn kept(path: &Path) -> Option<Kept> {
    let bytes = disk::read(&place(path)?, Links::Refuse, 16 << 20).ok()?;
    serde_json::from_slice(&bytes).ok().filter(|kept: &Kept| kept.path == path)
}

/// Keeps what the file is now, before `new` is written into it. What was kept of our own last text stays.
pub(super) fn keep(path: &Path, before: Option<&str>, new: &str) -> Result<(), Error> {
    let Some(place) = place(path) else { return Ok(()) };
    let before = match kept(path) {
        Some(old) if before.is_some_and(|now| hash(now) == old.after) => old.before,
        _ => before.map(str::to_owned),
    };
    let kept = Kept { path: path.to_owned(), before, after: hash(new) };
    let bytes = serde_json::to_vec(&kept).map_err(|e| Error::Usage(format!("internal: {e}")))?;
    let failed = || Error::io("cannot keep what the settings are");
    if let Some(folder) = place.parent() {
        disk::make_folder(folder, Links::Refuse).map_err(failed())?;
    }
    disk::replace(&place, &bytes, Mode::Private, Beside::File).map_err(failed())
}

/// What the file was before, if it is what we wrote; `Some(None)` if there was no file.
pub(super) fn before(path: &Path, now: &str) -> Option<Option<String>> {
    kept(path).filter(|kept| kept.after == hash(now)).map(|kept| kept.before)
}

/// Forgets a file.
pub(super) fn forget(path: &Path) {
    if let Some(place) = place(path) {
        let _ = fs::remove_file(place);
    }
}
