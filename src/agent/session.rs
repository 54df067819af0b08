//! The names under which an assistant may speak of values that it does not see: fingerprints that are keyed for one session.
//!
//! The fingerprints of a repository are the same for everyone, so that a short value could be looked up by trying. Here
//! the key is a random one of this user, mixed with the host's name for the session: equal values have equal names within a
//! session, and say nothing outside of it.

use super::folders;
use crate::disk::{self, Beside, Links, Mode};
use crate::finding::Finding;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Bytes of the key.
const KEY: usize = 32;

/// Names values within one session.
#[derive(Clone)]
pub(crate) struct Session([u8; 32]);

impl Session {
    /// The session that the host calls `id`.
    pub(crate) fn of(id: &str) -> Session {
        let key = folders::state().and_then(|folder| key(&folder)).unwrap_or_else(random);
        Session::keyed(&key, id)
    }

    fn keyed(key: &[u8; KEY], id: &str) -> Session {
        let mut hash = Sha256::new();
        hash.update(b"stanch agent session");
        hash.update(key);
        hash.update(id.as_bytes());
        Session(hash.finalize().into())
    }

    /// What stands for a value: `<masked RULE NAME>`, which every rule takes for a placeholder.
    pub(crate) fn mask(&self, f: &Finding) -> String {
        format!("<masked {} {}>", f.rule.id, self.name(f))
    }

    /// The name of a value: eight hex digits.
    fn name(&self, f: &Finding) -> String {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(f.fingerprint.to_string());
        data_encoding::HEXLOWER.encode(&hash.finalize()[..4])
    }
}

/// This user's key; made if the file has no valid one. `None` if it can be neither read nor written.
fn key(folder: &Path) -> Option<[u8; KEY]> {
    let path = folder.join("agent.key");
    let known =
        || disk::read(&path, Links::Refuse, KEY as u64).ok().and_then(|b| <[u8; KEY]>::try_from(b).ok());
    if let Some(key) = known() {
        return Some(key);
    }
    disk::make_folder(folder, Links::Refuse).ok()?;
    disk::replace(&path, &random(), Mode::Private, Beside::File).ok()?;
    // Another hook may have been quicker: all of them go by the file.
    known()
}

/// A key from the system's source of randomness; else one that only this process has.
fn random() -> [u8; KEY] {
    let mut key = [0; KEY];
    if getrandom::fill(&mut key).is_err() {
        use std::hash::{BuildHasher, RandomState};
        for (i, part) in key.chunks_mut(8).enumerate() {
            part.copy_from_slice(&RandomState::new().hash_one(i).to_le_bytes());
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_is_its_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("deep");
        let first = key(&folder).unwrap();
        assert_eq!(key(&folder), Some(first));
        assert_ne!(first, [0; KEY]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.join("agent.key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_ne!(Session::keyed(&first, "a").0, Session::keyed(&first, "b").0);
        assert_ne!(Session::keyed(&[1; KEY], "a").0, Session::keyed(&[2; KEY], "a").0);
    }
}
