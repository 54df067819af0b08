//! The work tree, and the folder of the call in it: a file has one path for the repository, however a person named it.

use std::path::{Component, Path, PathBuf};

/// A work tree and the current folder.
#[derive(Debug, Clone)]
pub struct WorkTree {
    /// The top, as it was given.
    given: PathBuf,
    /// The top without symbolic links.
    top: PathBuf,
    /// The current folder without symbolic links.
    here: PathBuf,
}

impl WorkTree {
    /// The work tree with this top; `None` without one, or if a folder cannot be read.
    pub fn of(top: Option<PathBuf>) -> Option<WorkTree> {
        let given = top?;
        let top = given.canonicalize().ok()?;
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).ok()?;
        Some(WorkTree { given, top, here })
    }

    /// The path from the top of a file that is named from here; `None` if it is outside of the work tree.
    pub fn inside(&self, named: &Path) -> Option<PathBuf> {
        let whole = self.whole(named);
        let inside = whole.strip_prefix(&self.top).or_else(|_| whole.strip_prefix(&self.given)).ok()?;
        (!inside.as_os_str().is_empty()).then(|| inside.to_owned())
    }

    /// The whole path of a file that is named from here.
    pub fn whole(&self, named: &Path) -> PathBuf {
        plain_path(&self.here.join(named))
    }

    /// The current folder as git writes it: `web/`, or nothing at the top and outside of the work tree.
    pub fn prefix(&self) -> Vec<u8> {
        let inside = self.here.strip_prefix(&self.top).unwrap_or(Path::new(""));
        let mut bytes = path_bytes(inside);
        if !bytes.is_empty() {
            bytes.push(b'/');
        }
        bytes
    }
}

/// The path without `.` and `..`, by its text alone: no link is followed.
pub fn plain_path(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}

/// A path's bytes, with forward slashes.
#[cfg(unix)]
pub fn path_bytes(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

/// A path's bytes, with forward slashes.
#[cfg(not(unix))]
pub fn path_bytes(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace('\\', "/").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_path_however_it_is_named() {
        let tree = WorkTree { given: "/link".into(), top: "/r".into(), here: "/r/web/js".into() };
        for named in ["a.js", "./a.js", "../js/a.js", "/r/web/js/a.js", "x/../a.js", "/link/web/js/a.js"] {
            assert_eq!(tree.inside(Path::new(named)), Some("web/js/a.js".into()), "{named}");
        }
        for named in ["../../../a", "/r", "/other/a", "../.."] {
            assert_eq!(tree.inside(Path::new(named)), None, "{named}");
        }
        assert_eq!(tree.whole(Path::new("../../../a")), Path::new("/a"));
        assert_eq!(tree.prefix(), b"web/js/");
        assert!(WorkTree { here: "/r".into(), ..tree.clone() }.prefix().is_empty());
        assert!(WorkTree { here: "/other".into(), ..tree }.prefix().is_empty());
    }
}
