//! Where git looks for hooks here, and which setting decides that. Git itself is asked: worktrees, submodules, bare
//! repositories and `core.hooksPath` all move the folder.

use super::git::{Git, to_path};
use crate::error::Error;
use crate::finding::printable;
use std::path::{Path, PathBuf};

/// The parts of a repository that concern hooks.
#[derive(Debug)]
pub(crate) struct HooksLocation {
    /// Git, in the folder where hooks run.
    pub(crate) git: Git,
    /// The top of the work tree; `None` in a bare repository.
    pub(crate) top: Option<PathBuf>,
    /// The folder from which git runs hooks.
    pub(crate) hooks: PathBuf,
    /// The git directory that all worktrees share.
    pub(crate) common: PathBuf,
    /// `core.hooksPath`, if it is set.
    pub(crate) hooks_path: Option<Setting>,
}

/// A value of git's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    /// local, worktree, global, system or command.
    pub(crate) scope: String,
    /// "file:/home/me/.gitconfig".
    pub(crate) origin: String,
    /// The value as written.
    pub(crate) value: Vec<u8>,
}

impl HooksLocation {
    /// The repository of a folder; `None` outside of one.
    ///
    /// # Errors
    /// If there is no git program, or its answer is not as documented.
    pub(crate) fn of(dir: &Path) -> Result<Option<HooksLocation>, Error> {
        HooksLocation::with(&Git::at(dir), dir)
    }

    /// The repository of a folder as this git sees it.
    pub(crate) fn with(git: &Git, dir: &Path) -> Result<Option<HooksLocation>, Error> {
        let out = git.run(&["rev-parse", "--is-bare-repository"])?;
        if !out.status.success() {
            // Only this answer means that there is no repository; one that git refuses to open does
            // exist.
            let said = out.stderr.trim_ascii();
            if memchr::memmem::find(said, b"not a git repository").is_some() {
                return Ok(None);
            }
            return Err(Error::Usage(format!("git: {}", printable(said))));
        }
        let top = if out.stdout.trim_ascii() == b"true" {
            None
        } else {
            let top = git.path(&["rev-parse", "--show-toplevel"])?;
            Some(top.ok_or_else(|| Error::Usage("not in a work tree: run it at the top of one".to_owned()))?)
        };
        // A relative core.hooksPath counts from where hooks run.
        let git = git.moved(top.as_deref().unwrap_or(dir));
        let wanted = |what: &str| Error::Usage(format!("git did not say where its {what} is"));
        Ok(Some(HooksLocation {
            hooks: git.path(&["rev-parse", "--git-path", "hooks"])?.ok_or_else(|| wanted("hooks folder"))?,
            common: git.path(&["rev-parse", "--git-common-dir"])?.ok_or_else(|| wanted("directory"))?,
            hooks_path: setting(&git, "core.hooksPath")?,
            git,
            top,
        }))
    }

    /// The top of the work tree without symbolic links, as the system names a running program.
    pub(crate) fn real_top(&self) -> Option<PathBuf> {
        self.top.as_deref().map(real)
    }

    /// Returns whether the hooks folder is the repository's own, so that writing there touches nothing else.
    pub(crate) fn owns_hooks(&self) -> bool {
        real(&self.hooks).starts_with(real(&self.common))
    }

    /// Returns whether the hooks folder is inside the work tree, where its files can be committed.
    pub(crate) fn hooks_in_work_tree(&self) -> bool {
        !self.owns_hooks() && self.top.as_ref().is_some_and(|top| real(&self.hooks).starts_with(real(top)))
    }
}

/// The last value of a setting, and where it comes from. A git before 2.26 cannot report the scope.
///
/// # Errors
/// If there is no git program.
pub(crate) fn setting(git: &Git, key: &str) -> Result<Option<Setting>, Error> {
    let full = git.answer(&["config", "--show-scope", "--show-origin", "-z", "--get", key])?;
    if let Some(out) = full {
        let mut parts = out.split(|b| *b == 0);
        let mut text = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
        let (scope, origin) = (text(), text());
        return Ok(Some(Setting { scope, origin, value: parts.next().unwrap_or_default().to_vec() }));
    }
    let value = git.answer(&["config", "--get", key])?;
    Ok(value.map(|value| Setting { scope: "unknown".to_owned(), origin: String::new(), value }))
}

/// The path without symbolic links, as far as it exists.
fn real(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => real(parent).join(name),
        _ => path.to_owned(),
    }
}

impl Setting {
    /// "core.hooksPath = .husky/_ (local, .git/config)" without the key.
    pub(crate) fn describe(&self) -> String {
        let value = crate::finding::shown_path(&to_path(&self.value));
        let origin = self.origin.strip_prefix("file:").unwrap_or(&self.origin);
        let origin = printable(origin.as_bytes());
        format!("{value} ({}, {origin})", self.scope)
    }
}
