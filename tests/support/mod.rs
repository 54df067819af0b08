//! Real repositories in temporary folders, isolated from the machine's git configuration.
//!
//! Every program of a test (git, its hooks, stanch) sees a made-up home, an empty global and system
//! configuration, one author and one date.
#![allow(dead_code, reason = "each area uses its own part of this")]

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use tempfile::TempDir;

/// The binary under test.
pub const STANCH: &str = env!("CARGO_BIN_EXE_stanch");

/// The result of a command.
#[derive(Debug)]
pub struct Run {
    /// The exit code; -1 if a signal ended it.
    pub code: i32,
    /// Standard output; bytes that are not UTF-8 are replaced.
    pub stdout: String,
    /// Standard error; bytes that are not UTF-8 are replaced.
    pub stderr: String,
}

impl Run {
    /// Fails the test unless the command succeeded.
    #[track_caller]
    pub fn ok(self) -> Run {
        assert_eq!(self.code, 0, "the command failed: {self:#?}");
        self
    }

    /// Fails the test unless the hook blocked it and named this place (`path:line`).
    #[track_caller]
    pub fn stopped_at(&self, place: &str) {
        assert_ne!(self.code, 0, "nothing stopped it: {self:#?}");
        assert!(self.stderr.contains(place), "no {place} in {self:#?}");
    }

    /// Fails the test unless the exit code is 2 and the message contains `what`.
    #[track_caller]
    pub fn could_not_check(&self, what: &str) {
        assert_eq!(self.code, 2, "{self:#?}");
        assert!(self.stderr.contains(what), "no {what:?} in {self:#?}");
    }
}

/// A folder with a home, and a repository in `repo`; commands run in its `dir`.
#[derive(Debug, Clone)]
pub struct Sandbox {
    temp: Rc<TempDir>,
    dir: PathBuf,
    vars: Vec<(String, String)>,
}

impl Default for Sandbox {
    fn default() -> Self {
        Sandbox::new()
    }
}

impl Sandbox {
    /// A new repository, branch `main`, no commit, no hook.
    pub fn new() -> Sandbox {
        let s = Sandbox::empty();
        s.git(["init", "-q", "-b", "main", "."]);
        s
    }

    /// A sandbox without a repository: `repo` is an empty folder.
    pub fn empty() -> Sandbox {
        let temp = tempfile::tempdir().unwrap();
        // Symlinked temporary folders (macOS) would make git's paths differ from ours.
        let root = temp.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("home/.config")).unwrap();
        fs::write(root.join("home/.gitconfig"), "").unwrap();
        fs::write(root.join("home/system.gitconfig"), "").unwrap();
        let dir = root.join("repo");
        fs::create_dir(&dir).unwrap();
        Sandbox { temp: Rc::new(temp), dir, vars: Vec::new() }
    }

    /// A new repository with stanch as its pre-commit and pre-merge-commit hook and one commit in it.
    pub fn guarded() -> Sandbox {
        let s = Sandbox::new();
        s.write("README.md", "hello\n");
        s.git(["add", "."]);
        s.git(["commit", "-q", "-m", "first"]);
        s.hook("pre-commit");
        s.hook("pre-merge-commit");
        s
    }

    /// The folder in which commands run.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The folder that holds everything, home included.
    pub fn root(&self) -> PathBuf {
        self.temp.path().canonicalize().unwrap()
    }

    /// The made-up home.
    pub fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    /// The same sandbox from another folder, relative to [`Sandbox::dir`]; creates it if it does not exist.
    pub fn at(&self, dir: impl AsRef<Path>) -> Sandbox {
        let dir = self.dir.join(dir);
        fs::create_dir_all(&dir).unwrap();
        Sandbox { dir: dir.canonicalize().unwrap(), ..self.clone() }
    }

    /// The same sandbox with one more environment variable.
    pub fn env(&self, name: &str, value: &str) -> Sandbox {
        let mut s = self.clone();
        s.vars.push((name.to_owned(), value.to_owned()));
        s
    }

    /// A command for any program in the sandbox's environment.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let home = self.home();
        let mut c = Command::new(program);
        c.current_dir(&self.dir).env_clear();
        for keep in ["PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LLVM_PROFILE_FILE", "STANCH_ENGINE"] {
            if let Some(value) = std::env::var_os(keep) {
                c.env(keep, value);
            }
        }
        c.env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("GIT_CONFIG_GLOBAL", home.join(".gitconfig"))
            .env("GIT_CONFIG_SYSTEM", home.join("system.gitconfig"))
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_EDITOR", "true")
            .env("LC_ALL", "C.UTF-8");
        for who in ["AUTHOR", "COMMITTER"] {
            c.env(format!("GIT_{who}_NAME"), "A. Person")
                .env(format!("GIT_{who}_EMAIL"), "person@example.org")
                .env(format!("GIT_{who}_DATE"), "2025-01-02T03:04:05+00:00");
        }
        c.envs(self.vars.iter().map(|(k, v)| (k, v)));
        c
    }

    /// Runs a program with `stdin` as its standard input.
    pub fn run_with<I>(&self, program: impl AsRef<OsStr>, args: I, stdin: &[u8]) -> Run
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        let mut child = self
            .command(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that does not read its input closes the pipe; that is not a fault of the test.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        let out = child.wait_with_output().unwrap();
        Run {
            code: out.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&out.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&out.stderr).into_owned(),
        }
    }

    /// Runs git; failure is allowed.
    pub fn try_git<I>(&self, args: I) -> Run
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        self.run_with("git", args, b"")
    }

    /// Runs git, which must succeed; returns its output without the last newline.
    #[track_caller]
    pub fn git<I>(&self, args: I) -> String
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        self.try_git(args).ok().stdout.trim_end_matches('\n').to_owned()
    }

    /// Runs the binary under test.
    pub fn stanch<I>(&self, args: I) -> Run
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        self.run_with(STANCH, args, b"")
    }

    /// Writes a file; creates missing folders.
    pub fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.dir.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Reads a file.
    pub fn read(&self, path: impl AsRef<Path>) -> Vec<u8> {
        fs::read(self.dir.join(path)).unwrap()
    }

    /// Writes a file and stages it.
    pub fn stage(&self, path: &str, bytes: impl AsRef<[u8]>) {
        self.write(path, bytes);
        self.git(["add", "-f", "--", path]);
    }

    /// Commits the staged files, with all installed hooks.
    pub fn commit(&self) -> Run {
        self.try_git(["commit", "-q", "-m", "a change"])
    }

    /// Commits files without hooks: the state before a test begins.
    pub fn record(&self, files: &[(&str, &str)]) -> String {
        for (path, text) in files {
            self.stage(path, text);
        }
        self.git(["commit", "-q", "--no-verify", "--allow-empty", "-m", "before"]);
        self.git(["rev-parse", "HEAD"])
    }

    /// Installs stanch as a hook of the repository, by its absolute path, as `stanch install` would.
    pub fn hook(&self, name: &str) {
        let binary = STANCH.replace('\\', "/");
        self.hook_script(name, &format!("exec '{binary}' hook {name} \"$@\"\n"));
    }

    /// Installs a shell script as a hook of the repository.
    pub fn hook_script(&self, name: &str, body: &str) {
        let dir = self.git(["rev-parse", "--git-path", "hooks"]);
        let path = self.dir.join(dir).join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{body}")).unwrap();
        executable(&path);
    }
}

/// Makes a file executable. A copy by another process takes its place: a process that another test starts meanwhile may
/// have inherited the descriptor with which the file was written, and Linux starts no program that is open for writing.
pub fn executable(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let copy = path.with_extension("copy");
        assert!(
            Command::new("cp").args([path, &copy]).status().unwrap().success(),
            "cp to {}",
            copy.display()
        );
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
        fs::rename(&copy, path).unwrap();
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// Expands a template; each seed gives another value.
pub fn secret(template: &str, seed: u64) -> String {
    stanch::scan::template::expand(template, seed).unwrap()
}

/// A made-up private key for a provider whose rule blocks.
pub fn key(seed: u64) -> String {
    secret("pk_${hex-lower:34}", seed)
}
