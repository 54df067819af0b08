//! What the disk says about a hook file, and writing one.

use crate::disk::{self, Links};
use crate::error::Error;
use crate::hooks::managers;
use std::path::{Path, PathBuf};

/// Returns whether anything is there, a dangling link included.
pub(crate) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Returns whether git would run it.
pub(crate) fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    path.is_file()
}

/// The running program, as the hook files are to name it.
pub(crate) fn program() -> Result<PathBuf, Error> {
    std::env::current_exe().map_err(Error::io("the path of this program"))
}

/// Bytes of a hook that are read to tell whose it is.
const MAX_HOOK: u64 = 4 << 20;

/// True if both are one hook: the same text, or files that one manager generated.
pub(super) fn is_same_hook(a: &Path, b: &Path) -> bool {
    let (Some(a), Some(b)) = (hook_text(a), hook_text(b)) else { return false };
    let manager = |text: &[u8]| managers::of(&String::from_utf8_lossy(text)).map(|m| m.name);
    a == b || manager(&a).is_some_and(|name| manager(&b) == Some(name))
}

/// The text of a hook; `None` if it cannot be read as a file.
pub(super) fn hook_text(path: &Path) -> Option<Vec<u8>> {
    disk::read(path, Links::Follow, MAX_HOOK).ok()
}
