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
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Seconds for which an answer counts.
const KEEP: i64 = 60 * 60;

/// Most bytes that are read.
const MAX_BYTES: u64 = 4 << 20;

/// Most answers that are kept: the newest.
const MOST: usize = 1000;

/// The answers, and their file.
#[derive(Debug)]
pub struct Cache {
    path: PathBuf,
    known: BTreeMap<String, Kept>,
    /// What this process learned since the file was read or written; `None` is forgotten.
    changed: BTreeMap<String, Option<Kept>>,
    /// Secrets of which nothing that the file has counts.
    forgotten: BTreeSet<String>,
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
        Cache {
            path: path.to_owned(),
            known: in_file(path),
            changed: BTreeMap::new(),
            forgotten: BTreeSet::new(),
        }
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
            (Answer { is_refused: state == State::Dead, state, owner, scopes }, age)
        })
    }

    /// Keeps an answer that is certain. Another one ends what was certain before.
    pub fn put(&mut self, key: &str, answer: &Answer, now: Timestamp) {
        let kept = |is_live| Kept {
            at: now.as_second(),
            is_live,
            owner: answer.owner.clone(),
            scopes: answer.scopes.clone(),
        };
        let kept = match answer.state {
            State::Live => Some(kept(true)),
            State::Dead => Some(kept(false)),
            State::Unsure(_) => None,
            State::NotChecked(_) => return,
        };
        match &kept {
            Some(kept) => self.known.insert(key.to_owned(), kept.clone()),
            None => self.known.remove(key),
        };
        self.changed.insert(key.to_owned(), kept);
    }

    /// Forgets every answer about a secret.
    pub fn forget(&mut self, fingerprint: &str) {
        let is_other = |key: &str| key.split('-').next() != Some(fingerprint);
        self.known.retain(|key, _| is_other(key));
        self.changed.retain(|key, _| is_other(key));
        self.forgotten.insert(fingerprint.to_owned());
    }

    /// Writes what is new, beside what other processes wrote meanwhile and is not too old.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&mut self, now: Timestamp) -> io::Result<()> {
        if self.changed.is_empty() && self.forgotten.is_empty() {
            return Ok(());
        }
        let mut all = in_file(&self.path);
        all.retain(|key, _| key.split('-').next().is_none_or(|of| !self.forgotten.contains(of)));
        for (key, kept) in std::mem::take(&mut self.changed) {
            match kept {
                Some(kept) => all.insert(key, kept),
                None => all.remove(&key),
            };
        }
        self.forgotten.clear();
        // Another process may have written later than this one began.
        all.retain(|_, kept| now.as_second().saturating_sub(kept.at) < KEEP);
        if all.len() > MOST {
            let mut newest: Vec<(i64, String)> =
                all.iter().map(|(key, kept)| (kept.at, key.clone())).collect();
            newest.sort_unstable_by(|a, b| b.cmp(a));
            for (_, key) in newest.split_off(MOST) {
                all.remove(&key);
            }
        }
        let json = serde_json::to_vec(&all)?;
        self.known = all;
        if let Some(folder) = self.path.parent() {
            disk::make_folder(folder, Links::Refuse)?;
        }
        disk::replace(&self.path, &json, Mode::Private, Beside::File)
    }
}

/// The answers in a file; none if they cannot be read.
fn in_file(path: &Path) -> BTreeMap<String, Kept> {
    let bytes = own_bytes(path).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
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
        let live = Answer { owner, ..Answer::of(State::Live) };
        let mut cache = Cache::read(&path);
        cache.put("a", &live, at(1_000));
        cache.put("b", &Answer::of(State::Dead), at(1_000));
        cache.put("c", &Answer::of(State::Unsure("x".into())), at(1_000));
        cache.put("d-1", &Answer::of(State::Live), at(1_000));
        cache.put("d-2", &Answer::of(State::Dead), at(1_000));
        cache.forget("d");
        cache.write(at(1_000)).unwrap();
        // Another process wrote meanwhile; what it forgot stays forgotten.
        let (mut one, mut other) = (Cache::read(&path), Cache::read(&path));
        one.put("e-1", &Answer::of(State::Live), at(1_000));
        one.write(at(1_000)).unwrap();
        other.forget("e");
        other.put("f", &Answer::of(State::Dead), at(1_000));
        other.write(at(1_000)).unwrap();
        one.put("g", &Answer::of(State::Live), at(1_000));
        one.write(at(1_000)).unwrap();
        let mut cache = Cache::read(&path);
        assert!(cache.get("e-1", at(1_000)).is_none());
        assert!(cache.get("f", at(1_000)).is_some() && cache.get("g", at(1_000)).is_some());
        // What was certain before.
        cache.put("g", &Answer::of(State::Unsure("x".into())), at(1_001));
        cache.write(at(1_001)).unwrap();
        let cache = Cache::read(&path);
        assert!(cache.get("g", at(1_001)).is_none());
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
        let mut cache = Cache::read(&path);
        assert!(cache.get("a", at(1_010)).is_none());
        // The newest are kept, and never so many that the file is too large to be read.
        for n in 0..MOST as i64 + 200 {
            cache.put(&format!("{n}-x"), &Answer::of(State::Dead), at(1_000 + n / 100));
        }
        cache.write(at(1_005)).unwrap();
        let cache = Cache::read(&path);
        assert!(cache.get("0-x", at(2_500)).is_none() && cache.get("1199-x", at(2_500)).is_some());
        assert_eq!(cache.known.len(), MOST);
    }
}
