//! Reads and writes files that a person or a repository keeps for stanch.
//!
//! A repository's files are untrusted: no links, no huge files, nothing outside of the repository.

use crate::config::{ConfigError, MAX_BYTES};
use crate::disk::{self, Beside, Links, Mode};
use crate::error::Error;
use crate::finding::{printable, shown_path};
use crate::git::{GitError, Oid, Repo};
use crate::policy::edit_lock::Editor;
use std::io::{self, Read};
use std::path::Path;

/// A file's text; `None` if there is no file.
pub(crate) type Text = Option<String>;

/// A configuration file's text; `None` if there is no file. Symbolic links, huge files and text that is not UTF-8
/// are refused: a repository could point a link at anything.
pub(crate) fn read(path: &Path, name: &str) -> Result<Option<String>, Error> {
    read_within(path, name, MAX_BYTES)
}

/// The same with another limit.
pub(crate) fn read_within(path: &Path, name: &str, most: usize) -> Result<Option<String>, Error> {
    let fail = |what: &str| ConfigError { file: name.to_owned(), line: 0, what: what.to_owned() };
    let meta = match path.symlink_metadata() {
        Ok(meta) => meta,
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
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
    let file = disk::open(path, Links::Refuse).map_err(Error::io(format!("cannot read {name}")))?;
    utf8(within(file, most, name)?, name).map(Some)
}

/// Everything that a stream has, up to `most` bytes.
pub(super) fn within(stream: impl Read, most: usize, name: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = stream.take(most as u64 + 1).read_to_end(&mut bytes);
    read.map_err(Error::io(format!("cannot read {name}")))?;
    if bytes.len() > most {
        let what = format!("is too large for a configuration: {} MB are the most", most >> 20);
        return Err(ConfigError { file: name.to_owned(), line: 0, what }.into());
    }
    Ok(bytes)
}

pub(super) fn utf8(bytes: Vec<u8>, name: &str) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|e| {
        let valid = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = 1 + memchr::memchr_iter(b'\n', valid).count();
        ConfigError { file: name.to_owned(), line, what: "is not UTF-8".to_owned() }.into()
    })
}

/// The text of a file in a commit; `None` if there is no file. A link or a folder in its place is an error.
pub(super) fn committed(repo: &Repo, commit: &Oid, path: &str) -> Result<Text, Error> {
    let name = in_commit(path);
    match repo.file_at(commit, path, MAX_BYTES as u64) {
        Ok(bytes) => bytes.map(|bytes| utf8(bytes, &name)).transpose(),
        Err(GitError::NoFile { what, .. }) => {
            Err(ConfigError { file: name, line: 0, what: format!("is {what}") }.into())
        }
        Err(e) => Err(e.into()),
    }
}

/// The name of a committed file for messages.
pub(super) fn in_commit(path: &str) -> String {
    format!("the committed {}", printable(path.as_bytes()))
}

/// Writes a file of the work tree, wholly or not at all, and never through a link that leads out of it.
pub(crate) fn write(top: &Path, name: impl AsRef<Path>, bytes: &[u8], editor: &Editor) -> Result<(), Error> {
    let shown = shown_path(name.as_ref());
    let fail = || Error::io(format!("cannot write {shown}"));
    let path = top.join(name);
    let folder = path.parent().unwrap_or(top).canonicalize().map_err(fail())?;
    let inside = folder.starts_with(top.canonicalize().map_err(fail())?);
    if !inside || path.is_symlink() {
        let what = "is or lies behind a symbolic link; put the file itself there".to_owned();
        return Err(ConfigError { file: shown, line: 0, what }.into());
    }
    disk::replace(&path, bytes, Mode::Keep, Beside::WorkTree(Some(editor.folder()))).map_err(fail())
}
