//! Reads through git itself: slower, and right for every repository format that the installed git supports
//! (SHA-256, reftable, split and sparse indexes, partial clones).
//!
//! Plumbing commands only, with NUL-separated output. Nothing here runs a text conversion, an external diff, a
//! pager or a hook, and objects are read as stored: no replacements, no lazy fetching.

use super::backend::{Backend, Ref};
use super::object::Object;
use super::process::{self, Batch};
use super::reader::{Reader, Sides};
use super::{Blob, Delta, GitError, ObjectKind, Oid, tree};
use crate::finding::RepoPath;
use crate::reader::ReaderKind;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A repository read by running git.
pub(super) struct Plumbing {
    /// The git directory; `None` for the one that git finds from the current folder.
    git_dir: Option<PathBuf>,
    contents: RefCell<Option<Batch>>,
    headers: RefCell<Option<Batch>>,
}

/// The paths of a repository's parts.
pub(super) struct Places {
    pub(super) git_dir: PathBuf,
    pub(super) common_dir: PathBuf,
    pub(super) work_dir: Option<PathBuf>,
}

impl Plumbing {
    pub(super) fn new() -> Plumbing {
        Plumbing { git_dir: None, contents: RefCell::default(), headers: RefCell::default() }
    }

    /// The same for a git directory.
    pub(super) fn at(git_dir: &Path) -> Plumbing {
        Plumbing { git_dir: Some(git_dir.to_owned()), ..Plumbing::new() }
    }

    /// Asks git for the repository's paths. Fails if there is no git or no repository; `likely` says that there
    /// probably is one.
    pub(super) fn open(likely: bool) -> Result<(Plumbing, Places), GitError> {
        let here = std::env::current_dir().map_err(|e| GitError::Open(e.to_string()))?;
        let ask = |args: &[&str]| process::run(&[&["rev-parse"], args].concat(), b"");
        let place = |out: &[u8]| here.join(process::path(first_line(out)));
        // One call if there is a work tree, or no repository; a path with a newline takes the longer way.
        let all = ["--absolute-git-dir", "--git-common-dir", "--show-toplevel"];
        let places = match likely.then(|| ask(&all)) {
            Some(Ok(out)) if out.iter().filter(|b| **b == b'\n').count() == 3 => {
                let mut lines = out.split_inclusive(|b| *b == b'\n').map(place);
                let mut next = || lines.next().unwrap_or_default();
                Places { git_dir: next(), common_dir: next(), work_dir: Some(next()) }
            }
            _ => Places {
                git_dir: place(&ask(&["--absolute-git-dir"])?),
                common_dir: place(&ask(&["--git-common-dir"])?),
                work_dir: ask(&["--show-toplevel"]).ok().map(|out| place(&out)),
            },
        };
        Ok((Plumbing::new(), places))
    }

    /// Sends a request to a `cat-file` process, which starts on first use.
    fn ask<T>(
        &self,
        slot: &RefCell<Option<Batch>>,
        mode: &str,
        ask: impl FnOnce(&mut Batch) -> Result<T, GitError>,
    ) -> Result<T, GitError> {
        let mut batch = match slot.take() {
            Some(batch) => batch,
            None => Batch::start(self.git_dir.as_deref(), &["cat-file", mode])?,
        };
        // After a failure it may have ended, or be in the middle of an answer.
        let answer = ask(&mut batch)?;
        slot.replace(Some(batch));
        Ok(answer)
    }
}

fn first_line(out: &[u8]) -> &[u8] {
    out.strip_suffix(b"\n").unwrap_or(out)
}

/// `OID KIND SIZE`, or `OID missing`.
fn header(line: &[u8], id: &Oid) -> Result<Option<(ObjectKind, u64)>, GitError> {
    let mut parts = line.split(|b| *b == b' ').skip(1);
    let word = parts.next().unwrap_or_default();
    if word == b"missing" {
        return Ok(None);
    }
    let size = parts.next().and_then(|s| std::str::from_utf8(s).ok()?.parse().ok());
    match (ObjectKind::from_word(word), size) {
        (Some(kind), Some(size)) => Ok(Some((kind, size))),
        _ => Err(GitError::object("object", id, crate::finding::printable(line))),
    }
}

/// Repeated `:OLDMODE NEWMODE OLDOID NEWOID STATUS NUL PATH NUL`.
fn raw_diff(out: &[u8]) -> Result<Vec<Delta>, GitError> {
    let mut fields = out.split(|b| *b == 0);
    let mut deltas = Vec::new();
    while let Some(info) = fields.next().filter(|f| !f.is_empty()) {
        let broken = || GitError::Other(format!("git diff-index said {}", crate::finding::printable(info)));
        let path = RepoPath::new(fields.next().ok_or_else(broken)?);
        let parts: Vec<&[u8]> = info.strip_prefix(b":").ok_or_else(broken)?.split(|b| *b == b' ').collect();
        let [old_mode, new_mode, old_id, new_id, status] = parts[..] else {
            return Err(broken());
        };
        if status == b"U" {
            return Err(GitError::Unmerged(path));
        }
        let side = |mode: &[u8], id: &[u8]| -> Option<Option<Blob>> {
            let mode = u32::from_str_radix(std::str::from_utf8(mode).ok()?, 8).ok()?;
            let id = Oid::from_hex(id)?;
            // For a broken index git may list an entry without an object: an error, not a file.
            match (mode, id.is_zero()) {
                (0, _) => Some(None),
                (_, true) => None,
                (_, false) => Some(Some(Blob { id, mode })),
            }
        };
        let old = side(old_mode, old_id).ok_or_else(broken)?;
        let new = side(new_mode, new_id).ok_or_else(broken)?;
        if old.is_none() && new.is_none() {
            return Err(broken());
        }
        deltas.push(Delta { path, old, new });
    }
    Ok(deltas)
}

impl Plumbing {
    /// An object, whole; `None` if it is not here.
    pub(super) fn read_if_here(&self, id: &Oid) -> Result<Option<Object>, GitError> {
        self.ask(&self.contents, "--batch", |batch| {
            let line = batch.request(&id.to_string())?;
            match header(&line, id)? {
                None => Ok(None),
                Some((kind, size)) => Ok(Some(Object::new(kind, Arc::new(batch.body(size as usize)?)))),
            }
        })
    }
}

impl Reader for Plumbing {
    fn read(&self, id: &Oid) -> Result<Object, GitError> {
        self.read_if_here(id)?.ok_or_else(|| GitError::Missing(vec![*id]))
    }

    fn header(&self, id: &Oid) -> Result<Option<(ObjectKind, u64)>, GitError> {
        self.ask(&self.headers, "--batch-check", |batch| header(&batch.request(&id.to_string())?, id))
    }

    fn unlike(&self, old: Option<&Oid>, new: Option<&Oid>) -> Result<Sides, GitError> {
        tree::unlike(self, old, new)
    }

    fn index_against(&self, tree: Option<&Oid>) -> Result<Vec<Delta>, GitError> {
        let tree = match tree {
            Some(tree) => tree.to_string(),
            // The id of the empty tree, in the repository's own hash.
            None => {
                let out = process::run(&["hash-object", "-t", "tree", "--stdin"], b"")?;
                String::from_utf8_lossy(first_line(&out)).into_owned()
            }
        };
        let out = process::run(
            &[
                "diff-index",
                "--cached",
                "--raw",
                "-z",
                "--no-abbrev",
                "--no-renames",
                "--ignore-submodules=none",
                "--ita-invisible-in-index",
                "--no-ext-diff",
                "--no-textconv",
                &tree,
                "--",
            ],
            b"",
        )?;
        raw_diff(&out)
    }
}

impl Backend for Plumbing {
    fn reopen(&self) -> Result<Box<dyn Backend + Send>, GitError> {
        Ok(Box::new(Plumbing::new()))
    }

    fn reader(&self) -> &dyn Reader {
        self
    }

    fn choose(&self, _kind: ReaderKind) {}

    fn head(&self) -> Result<Option<Oid>, GitError> {
        if let Some(id) = self.resolve("HEAD")? {
            return Ok(Some(id));
        }
        // Only a branch without commits legitimately has no head.
        let name = process::run(&["symbolic-ref", "-q", "HEAD"], b"")?;
        let name = String::from_utf8_lossy(first_line(&name)).into_owned();
        let (out, said) = process::run_loud(&["for-each-ref", "--format=%(objectname)", &name], b"")?;
        match (out.is_empty(), said.is_empty()) {
            (true, true) => Ok(None),
            _ => Err(GitError::Other(format!("cannot read HEAD: {said}"))),
        }
    }

    fn resolve(&self, revision: &str) -> Result<Option<Oid>, GitError> {
        if revision.starts_with('-') {
            return Ok(None);
        }
        match process::run(&["rev-parse", "-q", "--verify", revision], b"") {
            Ok(out) => Ok(Oid::from_hex(first_line(&out))),
            Err(GitError::Refused(_)) => Ok(None),
            Err(e) => Err(e),
        }
    }

    fn refs(&self, prefix: &str) -> Result<Vec<Ref>, GitError> {
        let format = "--format=%(objectname) %(symref) %(refname)";
        let out = process::run(&["for-each-ref", format, prefix.trim_end_matches('/')], b"")?;
        let mut refs: Vec<Ref> = out
            .split(|b| *b == b'\n')
            .filter_map(|line| {
                let mut parts = line.splitn(3, |b| *b == b' ');
                let id = Oid::from_hex(parts.next()?)?;
                let symbolic = !parts.next()?.is_empty();
                let name = parts.next()?;
                (!symbolic && name.starts_with(prefix.as_bytes())).then(|| (name.to_vec(), id))
            })
            .collect();
        refs.sort();
        Ok(refs)
    }

    fn config(&self) -> Result<Vec<(String, String)>, GitError> {
        let out = process::run(&["config", "--list", "-z"], b"")?;
        Ok(out
            .split(|b| *b == 0)
            .filter_map(|entry| {
                let at = memchr::memchr(b'\n', entry)?;
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                Some((text(&entry[..at]), text(&entry[at + 1..])))
            })
            .collect())
    }

    fn walk(&self, include: &[Oid], hide: &[Oid]) -> Result<Option<Vec<Oid>>, GitError> {
        let mut input = String::new();
        for id in include {
            input.push_str(&format!("{id}\n"));
        }
        for id in hide {
            input.push_str(&format!("^{id}\n"));
        }
        let out = process::run(&["rev-list", "--topo-order", "--reverse", "--stdin"], input.as_bytes())?;
        out.split(|b| *b == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| {
                Oid::from_hex(line).ok_or_else(|| {
                    GitError::Other(format!("git rev-list said {}", crate::finding::printable(line)))
                })
            })
            .collect::<Result<_, _>>()
            .map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raw_diff_is_read_with_paths_of_any_bytes() {
        let (a, b, zero) = ("a".repeat(40), "b".repeat(40), "0".repeat(40));
        let mut out = format!(":100644 100755 {a} {b} M\0x y\0:000000 100644 {zero} {b} A\0").into_bytes();
        out.extend(b"n\n\xff\0");
        out.extend(format!(":100644 000000 {a} {zero} D\0gone\0").into_bytes());
        let deltas = raw_diff(&out).unwrap();
        assert_eq!(deltas[0].old.unwrap().mode, 0o100_644);
        assert_eq!((deltas[1].path.as_bytes(), deltas[1].old), (&b"n\n\xff"[..], None));
        assert_eq!(deltas[2].new, None);
        let unmerged = format!(":100644 000000 {a} {zero} U\0both\0");
        assert!(matches!(raw_diff(unmerged.as_bytes()), Err(GitError::Unmerged(_))));
        assert!(raw_diff(b":100644\0x\0").is_err());
        assert!(raw_diff(format!(":000000 000000 {zero} {zero} A\0\0").as_bytes()).is_err());
    }
}
