//! The state of a hook file on the disk, and writing one.

use crate::disk::{self, Beside, Links, Mode};
use crate::error::Error;
use crate::finding::shown_path;
use crate::hooks::managers;
use std::fs;
use std::path::{Path, PathBuf};

/// Returns whether anything exists at the path, a dangling link included.
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

/// A program on PATH, of this name without its ending on Windows. Relative entries are passed over: they lead into the
/// repository, whose own file would run.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    folders.map(|folder| folder.join(&name)).find(|file| is_executable(file))
}

/// The running program's path, as hook files name it.
pub(crate) fn program() -> Result<PathBuf, Error> {
    std::env::current_exe().map_err(Error::io("the path of this program"))
}

/// Folders of package managers that may be emptied at any time: `npx`, `uvx`, `pipx run` and `pnpm dlx` run
/// programs from them.
const CACHES: &[&str] = &["_npx", ".cache", "Caches", "uv-cache", "dlx"];

/// The name of the cache that contains a program; a hook that names the program there would lose it one day.
fn cache_of(program: &Path) -> Option<&'static str> {
    let parts: Vec<_> = program.iter().map(|p| p.to_string_lossy()).collect();
    let uv =
        |p: &[std::borrow::Cow<'_, str>]| p[0] == "uv" && (p[1] == "cache" || p[1].starts_with("archive-v"));
    CACHES
        .iter()
        .copied()
        .find(|c| parts.iter().any(|p| p == c))
        .or_else(|| parts.windows(2).any(uv).then_some("uv"))
}

/// The program as the hooks of one repository should name it: a copy in its git directory if the program is in a
/// package manager's cache. The flag is true if it was copied.
pub(crate) fn lasting(program: PathBuf, common: &Path) -> Result<(PathBuf, bool), Error> {
    if cache_of(&program).is_none() {
        return Ok((program, false));
    }
    let folder = common.join(KEPT_PROGRAM);
    let copy = folder.join(program.file_name().unwrap_or("stanch".as_ref()));
    disk::make_folder(&folder, Links::Follow).map_err(Error::io(shown_path(&folder)))?;
    let bytes = fs::read(&program).map_err(Error::io(shown_path(&program)))?;
    disk::replace(&copy, &bytes, Mode::Executable, Beside::File).map_err(Error::io(shown_path(&copy)))?;
    Ok((copy, true))
}

/// Refuses a program in a cache if no single repository could keep a copy.
pub(crate) fn refuse_cache(program: &Path) -> Result<(), Error> {
    match cache_of(program) {
        None => Ok(()),
        Some(_) => Err(Error::Usage(format!(
            "{} lies in a cache that is emptied at any time; install stanch for good first (npm install --global stanch, \
             uv tool install stanch, pipx install stanch)",
            shown_path(program)
        ))),
    }
}

/// Removes the copy; returns whether there was one.
pub(crate) fn remove_copy(common: &Path) -> bool {
    fs::remove_dir_all(common.join(KEPT_PROGRAM)).is_ok()
}

/// The copy's path, in the git directory that all worktrees share.
const KEPT_PROGRAM: &str = "stanch/program";

/// Most bytes of a hook that are read to identify it.
const MAX_HOOK: u64 = 4 << 20;

/// Returns whether both are the same hook: equal text, or files that one manager generated.
pub(super) fn is_same_hook(a: &Path, b: &Path) -> bool {
    let (Some(a), Some(b)) = (hook_text(a), hook_text(b)) else { return false };
    let manager = |text: &[u8]| managers::of(&String::from_utf8_lossy(text)).map(|m| m.name);
    a == b || manager(&a).is_some_and(|name| manager(&b) == Some(name))
}

/// The text of a hook; `None` if it cannot be read as a file.
pub(super) fn hook_text(path: &Path) -> Option<Vec<u8>> {
    disk::read(path, Links::Follow, MAX_HOOK).ok()
}
