//! Reading and writing the files that a person or a repository keeps for stanch.
//!
//! A repository's files are read as data of an unknown hand: no links, no huge files, nothing outside of it.

use crate::config::{ConfigError, MAX_BYTES};
use crate::disk::{self, Beside, Mode};
use crate::error::Error;
use crate::finding::printable;
use crate::policy::edit_lock::Editor;
use crate::policy::load::read_within;
use std::path::Path;

/// A file's text, where it is there.
pub(crate) type Text = Option<String>;

/// A configuration file's text; `None` when there is none. A symbolic link, a huge file and bytes that are no UTF-8
/// are refused: a repository could point one at anything.
pub(crate) fn read(path: &Path, name: &str) -> Result<Option<String>, Error> {
    read_within(path, name, MAX_BYTES)
}

pub(super) fn utf8(bytes: Vec<u8>, name: &str) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|e| {
        let valid = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = 1 + memchr::memchr_iter(b'\n', valid).count();
        ConfigError { file: name.to_owned(), line, what: "is not UTF-8".to_owned() }.into()
    })
}

/// Writes a file of the work tree, wholly or not at all; not through a link that leads out of it.
pub(crate) fn write(top: &Path, name: &str, bytes: &[u8], editor: &Editor) -> Result<(), Error> {
    let shown = printable(name.as_bytes());
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
