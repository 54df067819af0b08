//! Where the system's and the person's configuration files are.

use std::env;
use std::path::PathBuf;

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
    let base = match env::var_os("XDG_CONFIG_HOME").filter(|v| !v.is_empty()) {
        Some(dir) => PathBuf::from(dir),
        None if cfg!(windows) => PathBuf::from(env::var_os("APPDATA")?),
        None => PathBuf::from(env::var_os("HOME")?).join(".config"),
    };
    Some(base.join("stanch").join("config.toml"))
}
