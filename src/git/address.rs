//! Addresses of remotes, and the record of them.
//!
//! `refs/remotes/NAME/` says what a remote has, but not which address those refs came from. So each remote's
//! address is recorded when it is first seen (trust on first use), in `stanch/remotes` of the git directory that
//! all worktrees share. Refs count only for a recorded address.

use super::GitError;
use crate::disk::{self, Links};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Most bytes of the record: some ten thousand remotes.
const MOST_BYTES: u64 = 4 << 20;

/// Host and path of an address, which identify a repository. Scheme, user, password, port, query and `.git` do not
/// count; a local path is resolved by the file system.
pub(super) fn key(url: &str) -> String {
    let url = url.trim();
    if let Some(path) = url.strip_prefix("file://") {
        // For git, `file://host/path` is the same folder.
        return local(path.find('/').map_or(path, |at| &path[at..]));
    }
    // The meaning of `HELPER::ADDRESS` is up to the helper.
    if url
        .split_once("::")
        .is_some_and(|(helper, _)| helper.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
    {
        return url.to_owned();
    }
    if let Some((scheme, rest)) = url.split_once("://")
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    {
        let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        return far(host, path);
    }
    match colon(url) {
        Some(at) => far(&url[..at], &url[at + 1..]),
        None => local(url),
    }
}

/// The offset of the path in `user@host:path`; `None` for a local path.
fn colon(url: &str) -> Option<usize> {
    let after_bracket =
        url.find('[').filter(|at| *at == 0 || url[..*at].ends_with('@')).and_then(|_| url.find(']'));
    let at = after_bracket.unwrap_or(0) + url[after_bracket.unwrap_or(0)..].find(':')?;
    let is_drive = cfg!(windows) && at == 1;
    (!url[..at].contains('/') && !is_drive).then_some(at)
}

fn far(host: &str, path: &str) -> String {
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let without_port = match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|b| b.is_ascii_digit()) && (!name.contains(':') || name.ends_with(']')) =>
        {
            name
        }
        _ => host,
    };
    let host = without_port.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
    let path = parts.join("/");
    format!("{host}/{}", path.strip_suffix(".git").unwrap_or(&path).trim_end_matches('/'))
}

/// A local path, resolved from git's working directory.
fn local(path: &str) -> String {
    let here = env::current_dir().unwrap_or_default().join(path);
    let dotted = |end: &str| PathBuf::from(format!("{}{end}", here.to_string_lossy().trim_end_matches('/')));
    // Git tries the same candidates.
    let found =
        [here.join(".git"), here.clone(), dotted(".git")].into_iter().find_map(|p| p.canonicalize().ok());
    let text = found.unwrap_or(here).to_string_lossy().into_owned();
    text.strip_suffix("/.git").unwrap_or(&text).trim_end_matches('/').to_owned()
}

/// The addresses that each remote's refs count for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    remotes: BTreeMap<String, BTreeSet<String>>,
}

impl Record {
    /// Reads the record of a git directory; `None` before the first.
    ///
    /// # Errors
    /// If it exists and cannot be read.
    pub(super) fn read(common_dir: &Path) -> Result<Option<Record>, GitError> {
        let path = place(common_dir);
        let fail = |what: String| GitError::Record { path: path.clone(), why: what };
        match path.symlink_metadata() {
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(e) => return Err(fail(e.to_string())),
            Ok(meta) if !meta.is_file() => return Err(fail("it is no file".to_owned())),
            Ok(meta) if meta.len() > MOST_BYTES => return Err(fail("it is too large".to_owned())),
            Ok(_) => {}
        }
        let bytes = fs::read(&path).map_err(|e| fail(e.to_string()))?;
        serde_json::from_slice(&bytes).map(Some).map_err(|_| fail("it is not as it was written".to_owned()))
    }

    /// Writes the record to a temporary file, then renames it.
    pub(super) fn write(&self, common_dir: &Path) -> std::io::Result<()> {
        let path = place(common_dir);
        let dir = path.parent().unwrap_or(common_dir);
        disk::make_folder(dir, Links::Refuse)?;
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.persist(&path)?;
        Ok(())
    }

    /// The addresses that a remote's refs count for; `None` if it was never seen.
    pub(super) fn of(&self, name: &str) -> Option<&BTreeSet<String>> {
        self.remotes.get(name)
    }

    /// Records a remote's addresses in place of earlier ones. Returns whether that changed anything.
    pub(super) fn set(&mut self, name: &str, addresses: BTreeSet<String>) -> bool {
        if self.remotes.get(name) == Some(&addresses) {
            return false;
        }
        self.remotes.insert(name.to_owned(), addresses);
        true
    }

    /// Moves the record of a renamed remote to its new name.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        if let Some(addresses) = self.remotes.remove(from) {
            self.remotes.insert(to.to_owned(), addresses);
        }
    }

    /// The recorded remotes.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.remotes.keys().map(String::as_str)
    }
}

/// The path of the record.
pub(super) fn place(common_dir: &Path) -> PathBuf {
    common_dir.join("stanch").join("remotes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn scheme_user_port_and_git_do_not_count_and_host_and_path_do() {
        for same in [
            "https://github.com/me/x",
            "https://user:word@github.com:8443/me/x.git",
            "http://GitHub.com/me/x.git/",
            "git@github.com:me/x.git",
            "github.com:/me/x",
            "ssh://git@github.com:22/me/x.git",
            "git+ssh://git@github.com./me//x",
            "https://github.com/me/x?token=1",
        ] {
            assert_eq!(key(same), "github.com/me/x", "{same}");
        }
        for (url, is) in [
            ("https://github.com/me/y", "github.com/me/y"),
            ("https://gitlab.com/me/x", "gitlab.com/me/x"),
            ("git@[::1]:me/x", "::1/me/x"),
            ("ssh://git@[2001:db8::1]:2222/me/x.git", "2001:db8::1/me/x"),
            ("https://host/me/x.gitx", "host/me/x.gitx"),
            ("ext::sh -c something", "ext::sh -c something"),
            ("https://github.com.evil.example/me/x", "github.com.evil.example/me/x"),
            ("https://github.com@evil.example/me/x", "evil.example/me/x"),
        ] {
            assert_eq!(key(url), is, "{url}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_local_path_counts_as_the_file_system_has_it() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("a.git")).unwrap();
        fs::create_dir_all(root.join("work/.git")).unwrap();
        std::os::unix::fs::symlink(root.join("a.git"), root.join("link")).unwrap();
        let of = |path: &str| key(&format!("{}/{path}", root.display()));
        assert_eq!(of("a"), of("a.git/"));
        assert_eq!(of("link"), of("work/../a.git"));
        assert_eq!(key(&format!("file://{}/a.git", root.display())), of("a"));
        assert_eq!(of("work"), of("work/.git"));
        assert_ne!(of("a"), of("b"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn no_address_makes_it_stumble_and_a_user_is_never_in_it(host in "[a-z]{1,8}", rest in "\\PC{0,40}", any in "\\PC{0,60}") {
            drop(key(&any));
            let text = key(&format!("https://user:word@{host}/{rest}"));
            let start = format!("{host}/");
            prop_assert!(text.starts_with(&start), "{}", text);
        }
    }
}
