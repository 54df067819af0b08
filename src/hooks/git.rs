//! Runs git for what only git can answer: where its hooks are and what its configuration says.
//!
//! Nothing that is scanned is read here; that is [`crate::git`]'s task.

use crate::error::Error;
use crate::finding::printable;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Git, run in one folder.
#[derive(Debug, Clone)]
pub(crate) struct Git {
    dir: PathBuf,
    /// True to ignore the user's configuration and repository, for the scratch repository of a proof.
    apart: bool,
}

/// Variables that point git at a repository; a scratch repository must not see them.
const REPOSITORY: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_PREFIX",
    "GIT_TEMPLATE_DIR",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
];

impl Git {
    /// Git as a person would run it in this folder.
    pub(crate) fn at(dir: impl Into<PathBuf>) -> Git {
        Git { dir: dir.into(), apart: false }
    }

    /// Git with no configuration and no repository but the one in this folder.
    pub(crate) fn apart(dir: impl Into<PathBuf>) -> Git {
        Git { dir: dir.into(), apart: true }
    }

    /// The same git in another folder.
    pub(crate) fn moved(&self, dir: &Path) -> Git {
        Git { dir: dir.to_owned(), apart: self.apart }
    }

    /// Runs git; returns its whole output, whatever its exit code.
    ///
    /// # Errors
    /// If there is no git program.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Output, Error> {
        let mut command = Command::new("git");
        command.args(args).current_dir(&self.dir).stdin(Stdio::null()).env("LC_ALL", "C");
        if self.apart {
            for name in REPOSITORY {
                command.env_remove(name);
            }
            let null = if cfg!(windows) { "NUL" } else { "/dev/null" };
            command
                .env("GIT_CONFIG_GLOBAL", null)
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .env("GIT_CEILING_DIRECTORIES", self.dir.parent().unwrap_or(&self.dir));
            for who in ["AUTHOR", "COMMITTER"] {
                command.env(format!("GIT_{who}_NAME"), "stanch");
                command.env(format!("GIT_{who}_EMAIL"), "stanch@localhost");
            }
        }
        command
            .output()
            .map_err(|e| Error::Usage(format!("cannot run git: {e}; install git and put it on PATH")))
    }

    /// Git's answer without the line end; `None` if git exits with an error.
    ///
    /// # Errors
    /// If there is no git program.
    pub(crate) fn answer<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Option<Vec<u8>>, Error> {
        let mut out = self.run(args)?;
        if !out.status.success() {
            return Ok(None);
        }
        // One line's end: a path may have one of its own.
        if out.stdout.ends_with(b"\n") {
            out.stdout.pop();
        }
        if cfg!(windows) && out.stdout.ends_with(b"\r") {
            out.stdout.pop();
        }
        Ok(Some(out.stdout))
    }

    /// Runs git for its effect.
    ///
    /// # Errors
    /// If it cannot be run or exits with an error, with git's message.
    pub(crate) fn must<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Vec<u8>, Error> {
        let out = self.run(args)?;
        if out.status.success() {
            return Ok(out.stdout);
        }
        let words: Vec<String> = args.iter().map(|a| a.as_ref().to_string_lossy().into_owned()).collect();
        Err(Error::Usage(format!("git {}: {}", words.join(" "), printable(out.stderr.trim_ascii()))))
    }

    /// A path that git prints, made absolute.
    ///
    /// # Errors
    /// If git cannot be run.
    pub(crate) fn path<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Option<PathBuf>, Error> {
        Ok(self.answer(args)?.map(|bytes| self.dir.join(to_path(&bytes))))
    }

    /// Git's version as numbers: (2, 47). An unreadable version is (0, 0), older than any.
    ///
    /// # Errors
    /// If there is no git program.
    pub(crate) fn version(&self) -> Result<(u32, u32), Error> {
        let text = self.answer(&["--version"])?.unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let number = text.split_whitespace().nth(2).unwrap_or_default();
        let mut parts = number.split('.').map_while(|p| p.parse().ok());
        Ok((parts.next().unwrap_or(0), parts.next().unwrap_or(0)))
    }
}

/// Git's output as a path.
#[cfg(unix)]
pub(crate) fn to_path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// Git's output as a path: always UTF-8 on Windows.
#[cfg(not(unix))]
pub(crate) fn to_path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
