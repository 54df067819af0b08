//! Records in a file what was found clean: an interrupted scan of a history continues from there, and the next one
//! reads only what is new.
//!
//! The first line names the program, its rules and the configuration: with any other the file does not count. Then
//! come twenty bytes for each blob under the path that it was scanned with. They are added while the scan runs; an
//! incomplete entry is dropped.

use crate::error::Error;
use crate::finding::{RepoPath, shown_path};
use crate::git::Oid;
use crate::policy::Policy;
use crate::rules::RuleSet;
use sha1::{Digest, Sha1};
use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

const WIDTH: usize = 20;
/// Bytes that are written at a time.
const PIECE: usize = WIDTH * 512;
/// Most bytes of the file.
const LARGEST: u64 = 1 << 30;
const WORD: &[u8] = b"stanch state 1 ";

/// The blobs that were found clean.
#[derive(Debug)]
pub(crate) struct State {
    path: PathBuf,
    known: HashSet<[u8; WIDTH]>,
    /// The file, and the bytes to write next.
    out: Mutex<(File, Vec<u8>)>,
}

impl State {
    /// Opens the file of an earlier run, or begins a new one.
    ///
    /// # Errors
    /// If it cannot be read or written, or holds something else.
    pub(crate) fn open(path: &Path, policy: &Policy) -> Result<State, Error> {
        let fail = || Error::io(format!("cannot use the state file {}", shown_path(path)));
        let head = head(policy);
        let old = match fs::metadata(path) {
            Ok(meta) if !meta.is_file() || meta.len() > LARGEST => return Err(foreign(path)),
            Ok(_) => fs::read(path).map_err(fail())?,
            Err(e) if e.kind() == ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(fail()(e)),
        };
        if !old.is_empty() && !old.starts_with(WORD) {
            return Err(foreign(path));
        }
        let records = old.strip_prefix(&*head).unwrap_or_default();
        let known: HashSet<[u8; WIDTH]> =
            records.chunks_exact(WIDTH).filter_map(|r| r.try_into().ok()).collect();
        let whole = head.len() + records.len() / WIDTH * WIDTH;
        let mut file =
            OpenOptions::new().create(true).write(true).truncate(false).open(path).map_err(fail())?;
        let begin = |file: &mut File| -> std::io::Result<()> {
            if known.is_empty() {
                file.set_len(0)?;
                return file.write_all(&head);
            }
            file.set_len(whole as u64)?;
            std::io::Seek::seek(file, std::io::SeekFrom::End(0)).map(drop)
        };
        begin(&mut file).map_err(fail())?;
        Ok(State { path: path.to_owned(), known, out: Mutex::new((file, Vec::new())) })
    }

    /// Returns whether nothing was found in a blob under this path.
    pub(super) fn is_clean(&self, id: &Oid, path: &RepoPath) -> bool {
        self.known.contains(&record(id, path))
    }

    /// Records that nothing was found in a blob under this path.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(super) fn note(&self, id: &Oid, path: &RepoPath) -> Result<(), Error> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, waiting) = &mut *out;
        waiting.extend(record(id, path));
        if waiting.len() < PIECE { Ok(()) } else { self.write(file, waiting) }
    }

    /// Writes the remaining bytes.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(super) fn end(&self) -> Result<(), Error> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, waiting) = &mut *out;
        self.write(file, waiting)
    }

    fn write(&self, file: &mut File, waiting: &mut Vec<u8>) -> Result<(), Error> {
        let what = format!("cannot write the state file {}", shown_path(&self.path));
        file.write_all(waiting).map_err(Error::io(what))?;
        waiting.clear();
        Ok(())
    }
}

fn foreign(path: &Path) -> Error {
    let path = shown_path(path);
    Error::Usage(format!("{path} is no state file of stanch; name another one with --state, or delete it"))
}

fn record(id: &Oid, path: &RepoPath) -> [u8; WIDTH] {
    Sha1::new().chain_update(id.as_bytes()).chain_update(path.as_bytes()).finalize().into()
}

/// The first line, with everything that findings depend on.
fn head(policy: &Policy) -> Vec<u8> {
    let mut hash = Sha1::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update(format!("{:?}", RuleSet::builtin()));
    // Sets are printed in any order.
    let config = format!("{:#?}", policy.config);
    let mut lines: Vec<&str> = config.lines().collect();
    lines.sort_unstable();
    lines.iter().for_each(|line| hash.update(line));
    let hash: [u8; WIDTH] = hash.finalize().into();
    [WORD, data_encoding::HEXLOWER.encode(&hash).as_bytes(), b"\n"].concat()
}
