//! Fetches what a clone lacks with git's own transport, without hooks, prompts, tags or changed refs.
//!
//! Git uses the credentials that the checkout left. Standard input is empty and no terminal is used, so a fetch
//! that needs a password fails at once.

use super::{GitError, Oid, Repo, process};
use crate::finding::printable;
use std::collections::HashSet;
use std::path::Path;

/// How much history a fetch brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// All missing history; in a shallow clone only the named commits.
    Named,
    /// This many more commits below the end of a shallow clone's history.
    Deepen(u32),
    /// The whole history.
    All,
}

/// A remote's answer about its refs.
#[derive(Debug, Clone, Default)]
pub struct RemoteRefs {
    /// The branch that its HEAD names.
    pub default: Option<String>,
    /// Full name and id of the requested refs.
    pub refs: Vec<(String, Oid)>,
}

impl RemoteRefs {
    /// The id of a branch.
    pub fn branch(&self, name: &str) -> Option<Oid> {
        let full = format!("refs/heads/{name}");
        self.refs.iter().find(|(ref_name, _)| *ref_name == full).map(|(_, id)| *id)
    }
}

impl Repo {
    /// Returns whether the history of this clone is cut off.
    ///
    /// # Errors
    /// If the list of cut commits cannot be read.
    pub fn is_shallow(&self) -> Result<bool, GitError> {
        Ok(!self.shallow()?.is_empty())
    }

    /// The remote to fetch from: `origin`, else the only one.
    ///
    /// # Errors
    /// If the configuration cannot be read.
    pub fn fetch_remote(&self) -> Result<Option<String>, GitError> {
        let config = self.backend().config()?;
        let names: HashSet<&str> = config
            .iter()
            .filter_map(|(key, _)| key.strip_prefix("remote.")?.strip_suffix(".url"))
            .filter(|name| !name.starts_with('-'))
            .collect();
        let only = if names.len() == 1 { names.iter().next().copied() } else { None };
        Ok(names.get("origin").copied().or(only).map(str::to_owned))
    }

    /// The remote's default branch as recorded in this clone.
    pub fn default_branch_here(&self, remote: &str) -> Option<String> {
        let name = format!("refs/remotes/{remote}/HEAD");
        let out = process::run(&["symbolic-ref", "-q", &name], b"").ok()?;
        let text = String::from_utf8(out).ok()?;
        Some(text.trim_end().strip_prefix(&format!("refs/remotes/{remote}/"))?.to_owned())
    }
}

/// Asks a remote for its default branch and the ids of branches.
///
/// # Errors
/// [`GitError::Refused`] with git's message if the remote cannot be reached.
pub fn ask_remote(remote: &str, branches: &[&str]) -> Result<RemoteRefs, GitError> {
    let full: Vec<String> = branches.iter().map(|name| format!("refs/heads/{name}")).collect();
    let args =
        ["ls-remote", "--symref", "--", remote, "HEAD"].into_iter().chain(full.iter().map(String::as_str));
    let out = process::run_network(&args.collect::<Vec<_>>(), b"")?;
    let mut answer = RemoteRefs::default();
    for line in String::from_utf8_lossy(&out).lines() {
        let Some((what, name)) = line.split_once('\t') else { continue };
        if let Some(target) = what.strip_prefix("ref: ") {
            answer.default = target.strip_prefix("refs/heads/").map(str::to_owned);
        } else if let Some(id) = Oid::from_hex(what.as_bytes()) {
            answer.refs.push((name.to_owned(), id));
        }
    }
    Ok(answer)
}

/// Fetches commits by id; changes no ref. `shallow` says whether the clone is shallow.
///
/// # Errors
/// [`GitError::Refused`] with git's message.
pub fn fetch(remote: &str, ids: &[Oid], depth: Depth, shallow: bool) -> Result<(), GitError> {
    let depth = match depth {
        Depth::Named if shallow => Some("--depth=1".to_owned()),
        Depth::Named => None,
        Depth::Deepen(by) => Some(format!("--deepen={by}")),
        Depth::All => shallow.then(|| "--unshallow".to_owned()),
    };
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut args = vec!["fetch", "-q", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
    args.extend(depth.as_deref());
    args.extend(["--", remote]);
    args.extend(ids.iter().map(String::as_str));
    process::run_network(&args, b"").map(drop)
}

/// The bytes of a file of another repository at a commit, which is fetched into `folder`: an empty folder of the caller's.
///
/// # Errors
/// [`GitError::Refused`] with what git said; [`GitError::Other`] if the file is larger than `most` bytes.
pub fn file_of(url: &str, commit: &str, path: &str, folder: &Path, most: u64) -> Result<Vec<u8>, GitError> {
    process::run_in(folder, &["init", "-q", "--bare"])?;
    let fetch = |what: &[&str]| {
        let args = ["fetch", "-q", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
        process::run_network_in(folder, &[&args[..], what].concat())
    };
    // A server may refuse a commit that no ref names: then it is among what the refs reach.
    if fetch(&["--depth=1", "--", url, commit]).is_err() {
        fetch(&["--", url, "+refs/*:refs/*"])?;
    }
    let name = format!("{commit}:{path}");
    let size = process::run_in(folder, &["cat-file", "-s", &name])?;
    let size: u64 = String::from_utf8_lossy(&size).trim().parse().unwrap_or(u64::MAX);
    if size > most {
        return Err(GitError::Other(format!(
            "{} is larger than {} MB",
            printable(path.as_bytes()),
            most >> 20
        )));
    }
    process::run_in(folder, &["cat-file", "blob", &name])
}

/// Fetches objects that a partial clone left out.
///
/// # Errors
/// As for [`fetch`].
pub fn fetch_objects(remote: &str, ids: &[Oid]) -> Result<(), GitError> {
    let list: String = ids.iter().map(|id| format!("{id}\n")).collect();
    let args = [
        "-c",
        "fetch.negotiationAlgorithm=noop",
        "fetch",
        "-q",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-recurse-submodules",
        "--filter=blob:none",
        "--stdin",
        "--",
        remote,
    ];
    process::run_network(&args, list.as_bytes()).map(drop)
}
