//! Answers of the last hour, by secret, id and address, so that asking twice sends once. It holds no value, and is readable by its
//! owner alone.

use super::answer::{Answer, State};
use super::call::Request;
use crate::disk::{self, Beside, Links, Mode};
use crate::finding::printable;
use crate::secret::Secret;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Seconds for which an answer counts.
const KEEP: i64 = 60 * 60;

/// Most bytes that are read.
const MAX_BYTES: u64 = 4 << 20;

/// The answers, and their file.
#[derive(Debug)]
pub struct Cache {
    path: PathBuf,
    known: BTreeMap<String, Kept>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    at: i64,
    is_live: bool,
    #[serde(default)]
    owner: Vec<(String, String)>,
    #[serde(default)]
    scopes: Vec<String>,
}

impl Cache {
    /// The answers in a file; none if it cannot be read, or if this program did not write it for this user: another owns it,
    /// or may read or write it, or a link leads to it.
    pub fn read(path: &Path) -> Cache {
        let bytes = own_bytes(path).unwrap_or_default();
        Cache { path: path.to_owned(), known: serde_json::from_slice(&bytes).unwrap_or_default() }
    }

    /// The name of an answer: of which secret, with which id, and from which addresses. A person who names a host vouches that
    /// it issued the secret; without that word the same answer says less.
    pub fn key(fingerprint: &str, id: Option<&Secret>, requests: &[Request], is_of_host: bool) -> String {
        let mut hash = Sha1::new();
        hash.update([u8::from(is_of_host), u8::from(id.is_some())]);
        hash.update(id.map_or(&[][..], Secret::expose));
        for request in requests {
            hash.update([0]);
            hash.update(&request.shown);
        }
        format!("{fingerprint}-{}", HEXLOWER.encode(&hash.finalize()))
    }

    /// An answer, and how many seconds ago it was given.
    pub fn get(&self, key: &str, now: Timestamp) -> Option<(Answer, i64)> {
        let kept = self.known.get(key)?;
        let age = now.as_second().checked_sub(kept.at)?;
        let state = if kept.is_live { State::Live } else { State::Dead };
        let text = |text: &String| printable(text.as_bytes());
        (0..KEEP).contains(&age).then(|| {
            let owner = kept.owner.iter().map(|(name, value)| (text(name), text(value))).collect();
            let scopes = kept.scopes.iter().map(text).collect();
            (Answer { state, owner, scopes, is_heard: true }, age)
        })
    }

    /// Keeps an answer that is certain.
    pub fn put(&mut self, key: &str, answer: &Answer, now: Timestamp) {
        let is_live = match answer.state {
            State::Live => true,
            State::Dead => false,
            _ => return,
        };
        let (owner, scopes) = (answer.owner.clone(), answer.scopes.clone());
        self.known.insert(key.to_owned(), Kept { at: now.as_second(), is_live, owner, scopes });
    }

    /// Forgets every answer about a secret.
    pub fn forget(&mut self, fingerprint: &str) {
        self.known.retain(|key, _| key.split('-').next() != Some(fingerprint));
    }

    /// Writes what is not too old.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&mut self, now: Timestamp) -> io::Result<()> {
        self.known.retain(|_, kept| (0..KEEP).contains(&now.as_second().saturating_sub(kept.at)));
        let json = serde_json::to_vec(&self.known)?;
        if let Some(folder) = self.path.parent() {
            disk::make_folder(folder, Links::Refuse)?;
        }
        disk::replace(&self.path, &json, Mode::Private, Beside::File)
    }
}

/// The bytes of a file that this user alone may read and write, in a folder that is not a link.
fn own_bytes(path: &Path) -> Option<Vec<u8>> {
    if path.parent().is_some_and(Path::is_symlink) {
        return None;
    }
    let file = disk::open(path, Links::Refuse).ok()?;
    if !is_own(&file) {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= MAX_BYTES).then_some(bytes)
}

/// Returns whether an open file is this user's, and nobody else's to read or write.
#[cfg(unix)]
fn is_own(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    let me = rustix::process::geteuid().as_raw();
    file.metadata().is_ok_and(|found| found.uid() == me && found.mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_own(_: &File) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_certain_answers_are_kept_and_for_an_hour() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stanch").join("verified.json");
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let owner = vec![("login".into(), "ann".into())];
        let live = Answer { owner, is_heard: true, ..Answer::of(State::Live) };
        let mut cache = Cache::read(&path);
        cache.put("a", &live, at(1_000));
        cache.put("b", &Answer::of(State::Dead), at(1_000));
        cache.put("c", &Answer::of(State::Unsure("x".into())), at(1_000));
        cache.put("d-1", &Answer::of(State::Live), at(1_000));
        cache.put("d-2", &Answer::of(State::Dead), at(1_000));
        cache.forget("d");
        cache.write(at(1_000)).unwrap();
        let cache = Cache::read(&path);
        assert_eq!(cache.get("a", at(1_010)), Some((live, 10)));
        assert_eq!(cache.get("b", at(1_000)).unwrap().0.state, State::Dead);
        assert!(cache.get("c", at(1_000)).is_none() && cache.get("d-1", at(1_000)).is_none());
        assert!(cache.get("d-2", at(1_000)).is_none());
        assert!(cache.get("a", at(4_600)).is_none(), "an hour later");
        assert!(cache.get("a", at(900)).is_none(), "from the future");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        // Written by somebody else: into a file that others may write, or with what a terminal obeys.
        let planted = r#"{"a":{"at":1000,"is_live":true,"owner":[["login","a\u001b]0;x\u0007b"]],"scopes":["\u0000"]}}"#;
        std::fs::write(&path, planted).unwrap();
        let answer = Cache::read(&path).get("a", at(1_010)).unwrap().0;
        assert!(
            !format!("{}{}", answer.owner[0].1, answer.scopes[0]).contains(char::is_control),
            "{answer:?}"
        );
        #[cfg(unix)]
        for mode in [0o660, 0o602, 0o640, 0o604] {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert!(Cache::read(&path).get("a", at(1_010)).is_none(), "{mode:o}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        std::fs::write(&path, "not json").unwrap();
        assert!(Cache::read(&path).get("a", at(1_010)).is_none());
    }
}
