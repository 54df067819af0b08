//! Git LFS: the content that a pointer stands for, if this clone has it.

use crate::disk::{self, Links};
use crate::error::Error;
use crate::git::Repo;
use std::path::PathBuf;

/// The objects of Git LFS in a clone.
#[derive(Debug)]
pub(crate) struct Store {
    objects: PathBuf,
    /// True if a person asked for them: one over the limit fails the check, as any other content does.
    pub(crate) asked: bool,
}

/// What there is of a pointer's content.
pub(super) enum Object {
    Whole(Vec<u8>),
    /// It is larger than what is read.
    Larger(u64),
    Absent,
}

impl Store {
    /// The store of a repository; `None` if Git LFS never made one and nobody asks.
    pub(crate) fn of(repo: &Repo, asked: bool) -> Result<Option<Store>, Error> {
        let usual = repo.common_dir().join("lfs");
        if !asked && !usual.is_dir() {
            return Ok(None);
        }
        let moved = repo.config_value("lfs.storage")?.filter(|place| !place.is_empty());
        let place = moved.map_or(usual, |place| repo.common_dir().join(place));
        Ok(Some(Store { objects: place.join("objects"), asked }))
    }

    /// The content of a pointer.
    pub(super) fn find(&self, pointer: &[u8], most: u64) -> Object {
        let Some(id) = id(pointer) else { return Object::Absent };
        let path = self.objects.join(&id[..2]).join(&id[2..4]).join(id);
        let Ok(file) = disk::open(&path, Links::Refuse) else { return Object::Absent };
        match file.metadata().map(|m| m.len()) {
            Ok(size) if size > most => Object::Larger(size),
            _ => disk::read(&path, Links::Refuse, most).map_or(Object::Absent, Object::Whole),
        }
    }
}

/// The digits of `oid sha256:...`.
fn id(pointer: &[u8]) -> Option<&str> {
    let line = pointer.split(|b| *b == b'\n').find_map(|l| l.strip_prefix(b"oid sha256:"))?;
    let id = std::str::from_utf8(line).ok()?.trim_end();
    (id.len() == 64 && id.bytes().all(|b| b.is_ascii_hexdigit())).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::id;

    #[test]
    fn an_id_leads_to_an_object_and_nowhere_else() {
        let good = "0123456789abcdef".repeat(4);
        let pointer =
            |id: &str| format!("version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize 3\n");
        assert_eq!(id(pointer(&good).as_bytes()), Some(&*good));
        for bad in
            ["../../../../etc/passwd", "", &good[1..], &format!("{good}0"), &format!("/{}", &good[1..])]
        {
            assert_eq!(id(pointer(bad).as_bytes()), None, "{bad}");
        }
    }
}
