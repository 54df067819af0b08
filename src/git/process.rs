//! Runs git: a single command, or a process that answers many requests.

use super::GitError;
use crate::finding::printable;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// An empty file.
const NOTHING: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// A git command without anything that settings or environment could add.
fn git(args: &[&str]) -> Command {
    let mut c = Command::new("git");
    c.args(["-c", "color.ui=false", "-c", "core.quotePath=false", "-c", "core.fsmonitor=false"])
        .args(args)
        // What is stored and sent, not its replacement; a hook must not fetch.
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_GRAFT_FILE", NOTHING)
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_PAGER", "cat")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    c
}

fn failed(error: &std::io::Error) -> GitError {
    if error.kind() == std::io::ErrorKind::NotFound {
        GitError::NoGit
    } else {
        GitError::Other(format!("cannot run git: {error}"))
    }
}

/// Runs a command that must succeed; returns its standard output.
pub(super) fn run(args: &[&str], input: &[u8]) -> Result<Vec<u8>, GitError> {
    Ok(run_loud(args, input)?.0)
}

/// The same, with its standard error, printable.
pub(super) fn run_loud(args: &[&str], input: &[u8]) -> Result<(Vec<u8>, String), GitError> {
    answer(git(args), input)
}

/// Runs a command that contacts a remote: without prompts, hooks or maintenance, and with a limit on how long the
/// remote may be silent.
pub(super) fn run_network(args: &[&str], input: &[u8]) -> Result<Vec<u8>, GitError> {
    Ok(answer(network(args), input)?.0)
}

/// The same in the repository of a folder, whatever repository the environment names.
pub(super) fn run_network_in(folder: &Path, args: &[&str]) -> Result<Vec<u8>, GitError> {
    let mut command = network(args);
    FROM_HOOK.iter().for_each(|name| {
        command.env_remove(name);
    });
    command.current_dir(folder);
    Ok(answer(command, b"")?.0)
}

fn network(args: &[&str]) -> Command {
    let no_hooks = format!("core.hooksPath={NOTHING}");
    let quiet = [
        "-c",
        &no_hooks,
        "-c",
        "gc.auto=0",
        "-c",
        "maintenance.auto=false",
        "-c",
        "fetch.writeCommitGraph=false",
        "-c",
        "fetch.showForcedUpdates=false",
        "-c",
        "http.lowSpeedLimit=1000",
        "-c",
        "http.lowSpeedTime=60",
    ];
    let mut command = git(&[&quiet, args].concat());
    command.env("GIT_TERMINAL_PROMPT", "0").env_remove("GIT_OPTIONAL_LOCKS");
    command
}

fn answer(mut command: Command, input: &[u8]) -> Result<(Vec<u8>, String), GitError> {
    let mut child = command.stderr(Stdio::piped()).spawn().map_err(|e| failed(&e))?;
    let pipe = child.stdin.take();
    // Written by a thread of its own: git may answer before it has read everything.
    let out = std::thread::scope(|scope| {
        scope.spawn(move || pipe.map(|mut p| p.write_all(input)));
        child.wait_with_output()
    })
    .map_err(|e| failed(&e))?;
    let said = printable(String::from_utf8_lossy(&out.stderr).trim().as_bytes());
    if out.status.success() { Ok((out.stdout, said)) } else { Err(GitError::Refused(said)) }
}

/// Variables by which git names a repository to its hooks.
const FROM_HOOK: &[&str] = &["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"];

/// Runs a command for the repository that holds a folder, whatever repository the environment names.
pub(super) fn run_in(folder: &Path, args: &[&str]) -> Result<Vec<u8>, GitError> {
    let mut command = git(args);
    for name in FROM_HOOK {
        command.env_remove(name);
    }
    let out = command.current_dir(folder).stdin(Stdio::null()).stderr(Stdio::piped()).output();
    let out = out.map_err(|e| failed(&e))?;
    let said = || printable(String::from_utf8_lossy(&out.stderr).trim().as_bytes());
    if out.status.success() { Ok(out.stdout) } else { Err(GitError::Refused(said())) }
}

/// A path that git printed.
#[cfg(unix)]
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// A path that git printed: UTF-8 on Windows.
#[cfg(not(unix))]
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// Most bytes reserved before they arrive.
const ROOM: usize = 1 << 20;

/// A process that answers each request line with one line, and possibly a body.
pub(super) struct Batch {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Batch {
    /// Starts it in a git directory, or in the one that git finds from the current folder.
    pub(super) fn start(git_dir: Option<&Path>, args: &[&str]) -> Result<Batch, GitError> {
        let mut command = git(args);
        if let Some(dir) = git_dir {
            command.env("GIT_DIR", dir);
        }
        let mut child = command.stderr(Stdio::null()).spawn().map_err(|e| failed(&e))?;
        let questions = child.stdin.take();
        let Some(answers) = child.stdout.take() else {
            return Err(GitError::Other("git gave no output".to_owned()));
        };
        Ok(Batch { child, questions, answers: BufReader::new(answers) })
    }

    /// Sends a request; returns the answer's line without its end.
    pub(super) fn request(&mut self, question: &str) -> Result<Vec<u8>, GitError> {
        let ended = |e: std::io::Error| GitError::Other(format!("git cat-file ended: {e}"));
        if let Some(pipe) = &mut self.questions {
            pipe.write_all(format!("{question}\n").as_bytes()).and_then(|()| pipe.flush()).map_err(ended)?;
        }
        let mut line = Vec::new();
        self.answers.read_until(b'\n', &mut line).map_err(ended)?;
        if line.pop() != Some(b'\n') {
            return Err(GitError::Other(format!("git cat-file ended at {question}")));
        }
        Ok(line)
    }

    /// The body after an answer: `size` bytes and a newline.
    pub(super) fn body(&mut self, size: usize) -> Result<Vec<u8>, GitError> {
        // Git announces whatever size a damaged object claims, so memory is reserved only as bytes arrive.
        let mut bytes = Vec::with_capacity(size.min(ROOM) + 1);
        let read = (&mut self.answers).take((size as u64).saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|e| GitError::Other(format!("git cat-file ended: {e}")))?;
        if bytes.pop() != Some(b'\n') || bytes.len() != size {
            return Err(GitError::Other("git cat-file ended in the middle of an object".to_owned()));
        }
        Ok(bytes)
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // It ends by itself when its input is closed.
        self.questions = None;
        let _ = self.child.wait();
    }
}
