//! Paths of the system's and the user's configuration files, and which paths a repository may name.

use std::env;
use std::path::{Component, Path, PathBuf};

/// The machine's file: `$STANCH_SYSTEM_CONFIG`, else `/etc/stanch/config.toml` (Windows: in `%ProgramData%`).
pub fn system_file() -> Option<PathBuf> {
    if let Some(named) = env::var_os("STANCH_SYSTEM_CONFIG") {
        return (!named.is_empty()).then(|| named.into());
    }
    if cfg!(windows) {
        return Some(PathBuf::from(env::var_os("ProgramData")?).join("stanch").join("config.toml"));
    }
    Some(PathBuf::from("/etc/stanch/config.toml"))
}

/// The person's file: `$XDG_CONFIG_HOME/stanch/config.toml`, else under `~/.config` (Windows: in `%APPDATA%`).
pub fn user_file() -> Option<PathBuf> {
    let base = match folder("XDG_CONFIG_HOME") {
        Some(dir) => dir,
        None if cfg!(windows) => folder("APPDATA")?,
        None => folder("HOME")?.join(".config"),
    };
    Some(base.join("stanch").join("config.toml"))
}

/// The folder that a variable names. A relative one is not valid by the XDG specification, and would lead into the
/// repository: it counts as unset, as an empty one does.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    env::var_os(name).map(PathBuf::from).filter(|dir| dir.is_absolute())
}

/// Returns whether a path is relative, without `..`, and not in a git directory.
pub(crate) fn inside(path: &str) -> bool {
    let plain =
        |c: Component<'_>| matches!(c, Component::Normal(name) if !name.to_str().is_some_and(is_git_dir));
    !path.is_empty() && !path.contains('\\') && Path::new(path).components().all(plain)
}

/// Returns whether a folder of this name may be a git directory: Windows ignores case, what follows a colon, and
/// trailing dots and spaces, and has a short name for it.
fn is_git_dir(name: &str) -> bool {
    let name = name.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    name.eq_ignore_ascii_case(".git") || name.eq_ignore_ascii_case("git~1")
}
