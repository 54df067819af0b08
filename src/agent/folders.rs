//! Folders of the user who runs this program, as the environment names them.

use crate::config::folder;
use std::path::PathBuf;

/// The home folder.
pub(super) fn home() -> Option<PathBuf> {
    folder(if cfg!(windows) { "USERPROFILE" } else { "HOME" })
}

/// The folder for what stanch keeps.
pub(super) fn state() -> Option<PathBuf> {
    let state = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else {
        folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))
    };
    Some(state?.join("stanch"))
}
