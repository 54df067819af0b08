//! File access for everything the program keeps or changes: reads that never hang, locks that end, writes that lose
//! nothing.
//!
//! A FIFO in place of a file, a lock held by a stopped process and a full disk are ordinary faults here. Each gives
//! an error in bounded time, and a file keeps its old content until the new one is completely on the disk.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

/// Longest wait for another process's lock; a write takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);
/// Prefix of the names of temporary files.
const PREFIX: &str = ".stanch-";

/// What to do if a path is a symbolic link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// Follow it: the path is a person's own.
    Follow,
    /// Refuse it: a repository may have put it there.
    Refuse,
}

/// Opens a plain file for reading. Never waits, whatever is at the path.
///
/// # Errors
/// If there is no file, it cannot be read, or it is not a plain file.
pub fn open(path: &Path, links: Links) -> io::Result<File> {
    open_with(OpenOptions::new().read(true), path, links)
}

/// Reads a plain file of at most `most` bytes.
///
/// # Errors
/// As [`open`], and if the file is larger.
pub fn read(path: &Path, links: Links, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path, links)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {most} bytes")));
    }
    Ok(bytes)
}

/// Opens a plain file with `options`. A new file is readable by its owner only.
///
/// # Errors
/// As [`open`].
pub fn open_with(options: &mut OpenOptions, path: &Path, links: Links) -> io::Result<File> {
    if links == Links::Refuse && path.is_symlink() {
        return Err(refused("a symbolic link"));
    }
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        // Opening a FIFO would wait for its other end. The type is taken from the open file, not from the
        // name.
        let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        flags.set(OFlags::NOFOLLOW, links == Links::Refuse);
        options.custom_flags(flags.bits() as i32).mode(0o600);
    }
    let file = match options.open(path) {
        Ok(file) => file,
        // A FIFO without a reader cannot even be opened for writing.
        Err(e) => return Err(path.metadata().ok().and_then(|m| refusal(&m)).unwrap_or(e)),
    };
    refusal(&file.metadata()?).map_or(Ok(file), Err)
}

/// The error for anything but a plain file; `None` for a plain file.
fn refusal(found: &fs::Metadata) -> Option<io::Error> {
    match (found.is_file(), found.is_dir()) {
        (true, _) => None,
        (_, true) => Some(refused("a folder")),
        _ => Some(refused("a FIFO or a device, not a file")),
    }
}

fn refused(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("it is {what}; move it away"))
}

/// Makes a folder and its parents, if they do not exist.
///
/// # Errors
/// If the system refuses, or something else is at the path.
pub fn make_folder(folder: &Path, links: Links) -> io::Result<()> {
    if links == Links::Refuse && folder.is_symlink() {
        let what = format!("{} is a symbolic link; move it away", folder.display());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    let exists = |p: &&Path| p.symlink_metadata().is_ok();
    fs::create_dir_all(folder).map_err(|e| match folder.ancestors().find(exists).filter(|p| !p.is_dir()) {
        Some(place) => io::Error::new(e.kind(), format!("{} is not a folder; move it away", place.display())),
        None => e,
    })
}

/// Locks a file against other processes until it is closed.
///
/// # Errors
/// If another process holds the lock for seconds, or the system cannot lock.
pub fn lock(file: &File) -> io::Result<()> {
    lock_by(file, File::try_lock)
}

/// As [`lock`], but shared with other readers.
///
/// # Errors
/// As [`lock`].
pub fn lock_shared(file: &File) -> io::Result<()> {
    lock_by(file, File::try_lock_shared)
}

fn lock_by(file: &File, try_lock: impl Fn(&File) -> Result<(), TryLockError>) -> io::Result<()> {
    let end = Instant::now() + PATIENCE;
    let mut pause = Duration::from_millis(1);
    loop {
        match try_lock(file) {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(e)) => return Err(e),
            Err(TryLockError::WouldBlock) if Instant::now() >= end => {
                let seconds = PATIENCE.as_secs();
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!(
                        "another process has kept it locked for {seconds} seconds; end that process \
                         (`fuser` or `lsof` with the file's path names it), then try again"
                    ),
                ));
            }
            Err(TryLockError::WouldBlock) => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(50));
            }
        }
    }
}

/// Locks a folder against other processes that lock it, until the result is dropped. Returns `None` if the system
/// cannot lock folders.
///
/// # Errors
/// If another process holds the lock for seconds.
pub fn lock_folder(folder: &Path) -> io::Result<Option<File>> {
    if !cfg!(unix) {
        return Ok(None);
    }
    let file = File::open(folder)?;
    lock(&file).map(|()| Some(file))
}

/// Permissions of a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Those of the replaced file; for a new file the umask's.
    Keep,
    /// Readable and writable by its owner only.
    Private,
    /// Executable by everyone.
    Executable,
}

/// Where new content is written before it replaces a file.
#[derive(Debug, Clone, Copy)]
pub enum Beside<'a> {
    /// In the file's folder: git does not look into it.
    File,
    /// In this folder of the git directory. If that is not possible, as on another file system, in a folder
    /// named `.git` beside the file, which git never looks into. So `git add` never adds what a killed process
    /// leaves.
    WorkTree(Option<&'a Path>),
}

/// Replaces a file's content wholly or not at all; the new content is on the disk before the old one goes. The
/// owner is kept if the system allows it.
///
/// # Errors
/// If something cannot be written; the file is then as it was.
pub fn replace(path: &Path, bytes: &[u8], mode: Mode, beside: Beside<'_>) -> io::Result<()> {
    let folder = match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    let by_way_of = |dir: &Path| prepared(dir, path, bytes, mode)?.persist(path).map_err(|e| e.error);
    let file = match beside {
        Beside::File => by_way_of(folder)?,
        Beside::WorkTree(hidden) => {
            let hidden =
                hidden.and_then(|dir| make_folder(dir, Links::Refuse).and_then(|()| by_way_of(dir)).ok());
            match hidden {
                Some(file) => file,
                None => {
                    let unseen = tempfile::Builder::new().prefix(PREFIX).tempdir_in(folder)?;
                    let dir = unseen.path().join(".git");
                    fs::create_dir(&dir)?;
                    by_way_of(&dir)?
                }
            }
        }
    };
    drop(file);
    // Syncs the new name too, if the system can.
    let _ = File::open(folder).and_then(|f| f.sync_all());
    Ok(())
}

/// A temporary file in `dir` with this content, and with the permissions and owner that the file at `path` should
/// have.
fn prepared(dir: &Path, path: &Path, bytes: &[u8], mode: Mode) -> io::Result<NamedTempFile> {
    let old = path.symlink_metadata().ok().filter(fs::Metadata::is_file);
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    #[cfg(unix)]
    if mode == Mode::Keep && old.is_none() {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(dir)?;
    if let Some(old) = &old {
        keep_owner(file.as_file(), old);
    }
    match (mode, old) {
        (Mode::Keep, Some(old)) => file.as_file().set_permissions(old.permissions())?,
        #[cfg(unix)]
        (Mode::Executable, _) => {
            use std::os::unix::fs::PermissionsExt;
            file.as_file().set_permissions(fs::Permissions::from_mode(0o755))?;
        }
        _ => {}
    }
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Root, or a member of the group, can keep the owner; for others there is nothing to do.
#[cfg(unix)]
fn keep_owner(file: &File, old: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let Ok(new) = file.metadata() else { return };
    if new.gid() != old.gid() {
        let _ = fchown(file, None, Some(old.gid()));
    }
    if new.uid() != old.uid() {
        let _ = fchown(file, Some(old.uid()), None);
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) {}

/// Returns whether this is the name of a temporary file that a killed process left.
pub fn is_leftover(name: &str) -> bool {
    name.strip_prefix(PREFIX)
        .is_some_and(|rest| rest.len() == 6 && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The path with a suffix after its last name: `audit.jsonl.1`.
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
