//! Puts stanch into the settings of coding assistants, and takes it out again.
//!
//! What else stands in a file stays: its order, its comments, other hooks. A file that only we write holds nothing else. The
//! switch by which a host refuses when its hook fails is set where it has one, and a missing program exits with 2.

pub(crate) mod doctor;
mod json;
mod kept;
mod places;

use super::host::Host;
use crate::disk::{self, Beside, Links, Mode};
use crate::error::Error;
use crate::finding::shown_path;
use crate::hooks::shim::quoted;
use places::Form;
pub(crate) use places::{Scope, Surface, surface};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Most bytes of a settings file.
const LARGEST: u64 = 4 << 20;

/// What a command of a hook begins with, whatever the program's path is: the mark of our entries.
pub(super) fn mark(host: Host) -> String {
    format!("agent hook {}", host.slug())
}

/// The command that a host runs: the program, and exit code 2 in place of those of a missing or killed one.
fn command(host: Host, program: Option<&Path>, event: Option<&str>) -> String {
    let program = program.map_or_else(|| "stanch".to_owned(), quoted);
    let event = event.map(|e| format!(" --event {e}")).unwrap_or_default();
    // The shell that runs it differs on Windows, so the program stands alone there.
    let fails_closed = if cfg!(windows) { "" } else { " || exit $(($? > 2 ? 2 : $?))" };
    format!("{program} {}{event}{fails_closed}", mark(host))
}

/// What was done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    Written,
    Unchanged,
    Removed,
    Deleted,
}

impl Done {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Done::Written => "hooks written",
            Done::Unchanged => "unchanged",
            Done::Removed => "hooks removed",
            Done::Deleted => "deleted, it held nothing else",
        }
    }
}

/// Installs the hooks of a host; gives the files with what was done to each.
pub(crate) fn install(surface: &Surface, program: Option<&Path>) -> Result<Vec<(PathBuf, Done)>, Error> {
    let mut out = Vec::new();
    let executable = surface.form == Form::Scripts;
    for (path, old, new) in wanted(surface, program)? {
        if !surface.form.is_own() && old.as_deref() != Some(new.as_str()) {
            kept::keep(&path, old.as_deref(), &new)?;
        }
        let done = write(&path, old.as_deref(), &new, executable)?;
        out.push((path, done));
    }
    Ok(out)
}

/// The files of a surface.
fn files(surface: &Surface) -> Vec<PathBuf> {
    match surface.form {
        Form::Scripts => surface.events.iter().map(|e| surface.path.join(e.name)).collect(),
        _ => vec![surface.path.clone()],
    }
}

/// A file, its text (`None` without a file), and the text that it should have.
type Wanted = (PathBuf, Option<String>, String);

/// Every file of a surface. Nothing is written before all of them are known.
fn wanted(surface: &Surface, program: Option<&Path>) -> Result<Vec<Wanted>, Error> {
    let host = surface.host;
    let of_event = |event: &str| command(host, program, surface.names_events.then_some(event));
    let with_texts = |path: PathBuf| -> Result<Wanted, Error> {
        let old = read(&path)?;
        let new = match surface.form {
            Form::Settings | Form::Own { .. } => {
                let base = old.as_deref().filter(|_| !surface.form.is_own());
                json::with(base, surface, &of_event).map_err(|why| refused(&path, &why))?
            }
            Form::Plugin => places::plugin(program),
            Form::Scripts if old.as_ref().is_some_and(|old| !is_ours(surface, old)) => {
                return Err(refused(&path, "another hook is there; call stanch from it, or move it away"));
            }
            Form::Scripts => places::script(&command(host, program, None)),
        };
        Ok((path, old, new))
    };
    files(surface).into_iter().map(with_texts).collect()
}

/// Takes the hooks of a host out; gives the files with what was done to each.
pub(crate) fn uninstall(surface: &Surface) -> Result<Vec<(PathBuf, Done)>, Error> {
    let mut out = Vec::new();
    for path in files(surface) {
        let Some(old) = ours(surface, &path)? else {
            out.push((path, Done::Unchanged));
            continue;
        };
        let rest = match surface.form {
            Form::Settings => match kept::before(&path, &old) {
                Some(before) => before,
                None => json::without(&old, surface).map_err(|why| refused(&path, &why))?,
            },
            _ => None,
        };
        out.push(match rest {
            Some(text) => (path.clone(), write(&path, Some(&old), &text, false).map(|_| Done::Removed)?),
            None => {
                fs::remove_file(&path).map_err(Error::io(format!("cannot delete {}", shown_path(&path))))?;
                // A folder that we made for it.
                let _ = path.parent().map(fs::remove_dir);
                (path.clone(), Done::Deleted)
            }
        });
        kept::forget(&path);
    }
    Ok(out)
}

/// Returns whether the text of a file has our hooks in it.
fn is_ours(surface: &Surface, text: &str) -> bool {
    match surface.form {
        Form::Plugin => text.starts_with(places::PLUGIN_MARK),
        _ => text.contains(&mark(surface.host)),
    }
}

/// The text of a file with our hooks in it; `None` for any other file.
fn ours(surface: &Surface, path: &Path) -> Result<Option<String>, Error> {
    Ok(read(path)?.filter(|text| is_ours(surface, text)))
}

/// The text of a settings file; `None` without a file.
pub(super) fn read(path: &Path) -> Result<Option<String>, Error> {
    match disk::read(path, Links::Follow, LARGEST) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(refused(path, "it is not UTF-8")),
        },
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::io(shown_path(path))(e)),
    }
}

fn write(path: &Path, old: Option<&str>, new: &str, executable: bool) -> Result<Done, Error> {
    if old == Some(new) {
        return Ok(Done::Unchanged);
    }
    let failed = || Error::io(format!("cannot write {}", shown_path(path)));
    if let Some(folder) = path.parent() {
        disk::make_folder(folder, Links::Follow).map_err(failed())?;
    }
    // A link into a folder of dot files stays a link.
    let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mode = if executable { Mode::Executable } else { Mode::Keep };
    disk::replace(&place, new.as_bytes(), mode, Beside::WorkTree(None)).map_err(failed())?;
    Ok(Done::Written)
}

fn refused(path: &Path, why: &str) -> Error {
    Error::Usage(format!("{}: {why}; it was left as it is", shown_path(path)))
}
