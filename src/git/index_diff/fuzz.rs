//! The fast reader of a made-up index, against libgit2 on the same bytes. Compiled only for `cargo fuzz`.

use super::index::Index;
use super::index_against;
use crate::git::backend::Backend;
use crate::git::libgit2::Libgit2;
use crate::git::object::TREE_MODE;
use crate::git::{Blob, Delta, Oid, tree};
use sha1::Digest;
use std::path::{Path, PathBuf};

/// The files of HEAD, each with its name as content; `fuzz/seeds.sh` makes indexes over the same.
const FILES: [&str; 8] = ["a/b/c", "a/d", "a.b", "e", "f/g", "f/h/i", "f/h/j", "z/y/x/w"];

struct Sandbox {
    dir: PathBuf,
    backend: Libgit2,
    head: Oid,
}

impl Sandbox {
    fn new() -> Sandbox {
        let dir = std::env::temp_dir().join(format!("stanch-fuzz-{}", std::process::id()));
        let open = || -> Result<Sandbox, git2::Error> {
            let inner = git2::Repository::init(&dir)?;
            let entry = |name: &str| git2::IndexEntry {
                ctime: git2::IndexTime::new(0, 0),
                mtime: git2::IndexTime::new(0, 0),
                dev: 0,
                ino: 0,
                mode: 0o100_644,
                uid: 0,
                gid: 0,
                file_size: 0,
                id: git2::Oid::ZERO_SHA1,
                flags: 0,
                flags_extended: 0,
                path: name.into(),
            };
            let mut index = inner.index()?;
            for name in FILES {
                index.add_frombuffer(&entry(name), name.as_bytes())?;
            }
            let head = index.write_tree()?;
            drop(index);
            let head = Oid::from_bytes(head.as_bytes()).expect("internal: an id of libgit2's");
            Ok(Sandbox { dir: dir.clone(), backend: Libgit2::new(inner), head })
        };
        open().expect("internal: a repository can be made in the temporary folder")
    }

    /// libgit2's reading of the index: every entry that a commit records, in git's order; `None` if git refuses
    /// it.
    fn entries(&self, file: &Path) -> Option<Vec<(Vec<u8>, Blob)>> {
        let index = git2::Index::open(file).ok()?;
        let mut out: Vec<(Vec<u8>, Blob)> = Vec::new();
        let mut last = Vec::new();
        for entry in index.iter() {
            if entry.flags & 0x3000 != 0 || entry.path <= last {
                return None;
            }
            last.clone_from(&entry.path);
            if entry.flags_extended & (1 << 13) == 0 {
                let id = Oid::from_bytes(entry.id.as_bytes())?;
                out.push((entry.path, Blob { id, mode: entry.mode }));
            }
        }
        Some(out)
    }

    /// Returns whether a path is in a folder for which the TREE extension has HEAD's tree. Git's commit relies
    /// on it too.
    fn is_vouched(&self, index: &Index, path: &[u8]) -> bool {
        let mut folder = 0;
        let mut id = self.head;
        let mut rest = path;
        loop {
            if index.whole(folder).is_some_and(|(known, _)| known == id) {
                return true;
            }
            let Some(slash) = memchr::memchr(b'/', rest) else { return false };
            let name = &rest[..slash];
            let Some((_, next)) = index.inside(folder).into_iter().find(|(n, _)| *n == name) else {
                return false;
            };
            match tree::lookup(self.backend.reader(), &id, name) {
                Ok(Some(at)) if at.mode == TREE_MODE => {
                    (folder, id, rest) = (next, at.id, &rest[slash + 1..])
                }
                _ => return false,
            }
        }
    }
}

/// The fast reader lists nothing that is not in the index, and misses only what the TREE extension vouches for.
pub fn index(data: &[u8]) {
    thread_local!(static SANDBOX: Sandbox = Sandbox::new());
    SANDBOX.with(|sandbox| {
        // The checksum is corrected, so that libgit2 reads further.
        let body = &data[..data.len().saturating_sub(20)];
        let file = sandbox.dir.join("broken-index");
        let bytes = [body, &sha1::Sha1::digest(body)[..]].concat();
        std::fs::write(&file, bytes).expect("internal: the temporary folder can be written");
        let Some(short) = index_against(sandbox.backend.reader(), &file, Some(&sandbox.head)) else { return };
        let Some(entries) = sandbox.entries(&file) else { return };
        let listed = tree::flatten(sandbox.backend.reader(), &sandbox.head)
            .map(|old| tree::compare_lists(old, entries));
        let listed = listed.expect("internal: HEAD is whole");
        let brings = |d: &&Delta| d.new.is_some();
        for delta in short.iter().filter(brings) {
            assert!(listed.contains(delta), "{delta:?} is not in the index");
        }
        // If the end of the file says that nothing is staged, no entry is read.
        let Some(index) = Index::open(&file) else { return };
        for delta in listed.iter().filter(brings) {
            let path = delta.path.as_bytes();
            assert!(
                short.contains(delta) || sandbox.is_vouched(&index, path),
                "{delta:?} is missing: {short:?}"
            );
        }
    });
}
