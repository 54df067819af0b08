//! Objects against git's own answer, and files that are broken in a few places.

use super::Store;
use crate::git::backend::Backend;
use crate::git::libgit2::Libgit2;
use crate::git::object::{Found, Lookup};
use crate::git::reader::Reader;
use crate::git::{GitError, Oid};
use crate::reader::ReaderKind;
use crate::test_support::{breaks, cases};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ALL: u64 = u64::MAX;

fn git(dir: &Path, args: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("git")
        .args(["-c", "core.autocrlf=false", "-c", "user.name=t", "-c", "user.email=t@t", "-c", "gc.auto=0"])
        .args(args)
        .current_dir(dir)
        .env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" })
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GIT_DIR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "git {args:?}");
    out.stdout
}

/// A history in which a large file, a folder and a small file change repeatedly, with a tag; all objects loose.
fn history(dir: &Path) {
    git(dir, &["init", "-q"], b"");
    let mut large: Vec<String> = (0..3000).map(|i| format!("line {i} {}", i * 7919 % 1009)).collect();
    for step in 0..24 {
        large[step * 97] = format!("changed {step}");
        fs::write(dir.join("large.txt"), large.join("\n")).unwrap();
        fs::create_dir_all(dir.join("folder")).unwrap();
        fs::write(dir.join(format!("folder/file{step}")), format!("{step}\n")).unwrap();
        fs::write(dir.join("empty"), "").unwrap();
        git(dir, &["add", "-A"], b"");
        git(dir, &["commit", "-q", "-m", &format!("step {step}")], b"");
    }
    git(dir, &["tag", "-a", "-m", "a tag", "v1"], b"");
}

/// Every object that git knows: id, kind and bytes.
fn objects(dir: &Path) -> Vec<(Oid, String, Vec<u8>)> {
    let out = git(dir, &["cat-file", "--batch", "--batch-all-objects"], b"");
    let (mut rest, mut all) = (&out[..], Vec::new());
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest).unwrap();
        let head = std::str::from_utf8(&rest[..end]).unwrap();
        let [id, kind, size] = head.split(' ').collect::<Vec<_>>()[..] else { panic!("{head}") };
        let size: usize = size.parse().unwrap();
        all.push((Oid::from_hex(id.as_bytes()).unwrap(), kind.to_owned(), rest[end + 1..][..size].to_vec()));
        rest = &rest[end + 2 + size..];
    }
    all
}

fn open(dir: &Path, kind: ReaderKind) -> Libgit2 {
    let backend = Libgit2::new(git2::Repository::open(dir).unwrap());
    backend.choose(kind);
    backend
}

/// Checks that a reader reads every object, with every size limit.
fn reads_all(reader: &dyn Reader, all: &[(Oid, String, Vec<u8>)]) {
    for (id, kind, bytes) in all.iter().chain(all.iter().rev()) {
        let size = bytes.len() as u64;
        let object = reader.read(id).unwrap();
        assert!((object.kind.word(), &*object.bytes) == (&**kind, bytes), "{id}");
        let (told, length) = reader.header(id).unwrap().unwrap();
        assert_eq!((told.word(), length), (&**kind, size), "{id}");
        assert!(matches!(reader.read_within(id, size), Ok(Found::Whole(o)) if *o.bytes == *bytes), "{id}");
        if let Some(most) = size.checked_sub(1) {
            assert!(matches!(reader.read_within(id, most), Ok(Found::Larger(_, n)) if n == size), "{id}");
        }
    }
    let none = Oid::from_bytes(&[7; 20]).unwrap();
    assert!(reader.header(&none).unwrap().is_none());
    for read in [reader.read(&none).map(drop), reader.read_within(&none, 9).map(drop)] {
        assert!(matches!(read, Err(GitError::Missing(ids)) if ids == [none]));
    }
}

/// Checks that every object is read as git has it, in any order and with every size limit.
fn holds(dir: &Path) {
    let all = objects(dir);
    assert!(all.len() > 90, "{}", all.len());
    let store = Store::new(&dir.join(".git"));
    for (id, kind, bytes) in all.iter().chain(all.iter().rev()) {
        let size = bytes.len() as u64;
        match store.read(id, ALL).unwrap() {
            Lookup::Found(Found::Whole(o)) => {
                assert!((o.kind.word(), &*o.bytes) == (&**kind, bytes), "{id}");
            }
            other => panic!("{id}: {other:?}"),
        }
        let read = store.read(id, size);
        assert!(matches!(read, Ok(Lookup::Found(Found::Whole(o))) if *o.bytes == *bytes), "{id}");
        for most in [0, size / 2, size.saturating_sub(1)].into_iter().filter(|most| *most < size) {
            let told = |f: &Lookup| matches!(f, Lookup::Found(Found::Larger(k, n)) if (k.word(), *n) == (&**kind, size));
            // A second handle has an empty cache.
            for store in [&store, &Store::new(&dir.join(".git"))] {
                assert!(told(&store.read(id, most).unwrap()), "{id} {most}");
            }
        }
    }
    for kind in [ReaderKind::Plain, ReaderKind::Fast] {
        let backend = open(dir, kind);
        reads_all(backend.reader(), &all);
    }
    let of = |id: &[u8]| store.read(&Oid::from_bytes(id).unwrap(), ALL).unwrap();
    assert!(matches!(of(&[7; 20]), Lookup::Absent));
    assert!(matches!(of(&[7; 32]), Lookup::Unknown));
}

#[test]
fn loose_objects_are_read_as_git_has_them() {
    let dir = tempfile::tempdir().unwrap();
    history(dir.path());
    holds(dir.path());
}

#[test]
fn packed_objects_are_read_as_git_has_them_whatever_their_deltas_name() {
    let dir = tempfile::tempdir().unwrap();
    history(dir.path());
    for over in ["true", "false"] {
        let setting = format!("repack.useDeltaBaseOffset={over}");
        git(
            dir.path(),
            &["-c", &setting, "repack", "-q", "-a", "-d", "-f", "--depth=40", "--window=40"],
            b"",
        );
        assert!(!dir.path().join(".git/objects/00").exists());
        holds(dir.path());
    }
}

#[test]
fn objects_of_several_packs_and_of_repositories_that_one_borrows_from_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (dir.path().join("first"), dir.path().join("second"));
    fs::create_dir(&first).unwrap();
    history(&first);
    git(&first, &["repack", "-q", "-d"], b"");
    fs::write(first.join("more"), "more\n").unwrap();
    git(&first, &["add", "-A"], b"");
    git(&first, &["commit", "-q", "-m", "more"], b"");
    git(&first, &["repack", "-q", "-d"], b"");
    git(dir.path(), &["clone", "-q", "--shared", "first", "second"], b"");
    fs::write(second.join("own"), "own\n").unwrap();
    git(&second, &["add", "-A"], b"");
    git(&second, &["commit", "-q", "-m", "own"], b"");
    holds(&first);
    holds(&second);
}

/// The object files under a folder.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut todo = vec![dir.to_owned()];
    while let Some(dir) = todo.pop() {
        for entry in fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() { todo.push(entry) } else { out.push(entry) }
        }
    }
    out.sort();
    out
}

#[test]
fn broken_packs_indexes_and_loose_objects_are_refused_or_read_within_bounds() {
    let dir = tempfile::tempdir().unwrap();
    history(dir.path());
    git(dir.path(), &["repack", "-q", "-a", "-d", "-f", "--depth=40"], b"");
    git(dir.path(), &["commit", "-q", "--allow-empty", "-m", "loose"], b"");
    let all = objects(dir.path());
    let ids: Vec<Oid> = all.iter().map(|o| o.0).collect();
    let files = files(&dir.path().join(".git/objects"));
    let whole: Vec<Vec<u8>> = files.iter().map(|f| fs::read(f).unwrap()).collect();
    let mut refused = 0;
    cases("packs", 150, |dice| {
        let which = dice.below(files.len());
        let mut bytes = whole[which].clone();
        breaks(&mut bytes, &whole[dice.below(whole.len())], dice);
        // Git writes these read-only.
        fs::remove_file(&files[which]).unwrap();
        fs::write(&files[which], &bytes).unwrap();
        let store = Store::new(&dir.path().join(".git"));
        for id in &ids {
            match store.read(id, 5000) {
                Ok(Lookup::Absent | Lookup::Unreadable | Lookup::Unknown) | Err(_) => refused += 1,
                Ok(Lookup::Found(Found::Whole(object))) => assert!(object.bytes.len() <= 5000),
                Ok(Lookup::Found(Found::Larger(_, size))) => assert!(size > 5000),
            }
        }
        let [plain, fast] = [ReaderKind::Plain, ReaderKind::Fast].map(|kind| open(dir.path(), kind));
        for (id, _, bytes) in &all {
            match (plain.reader().read(id), fast.reader().read(id)) {
                (Ok(plain), Ok(fast)) => assert!(plain.bytes == fast.bytes, "{id}"),
                // Whichever reads it reads it right.
                (Ok(one), Err(_)) | (Err(_), Ok(one)) => assert!(*one.bytes == *bytes, "{id}"),
                (Err(plain), Err(fast)) => assert_eq!(plain.help(), fast.help(), "{plain} {fast}"),
            }
        }
        drop((plain, fast));
        fs::remove_file(&files[which]).unwrap();
        fs::write(&files[which], &whole[which]).unwrap();
    });
    assert!(refused > 100, "{refused}");
}

#[test]
fn a_delta_that_does_not_fit_makes_nothing() {
    let base = b"0123456789";
    let made = |delta: &[u8]| super::delta::apply(base, delta);
    // A base of ten bytes gives six: three copied from the second on, three new ones.
    assert_eq!(made(&[10, 6, 0x91, 2, 3, 3, b'a', b'b', b'c']), Some(b"234abc".to_vec()));
    assert_eq!(made(&[9, 6, 0x91, 2, 3, 3, b'a', b'b', b'c']), None, "another base");
    assert_eq!(made(&[10, 7, 0x91, 2, 3, 3, b'a', b'b', b'c']), None, "too little");
    assert_eq!(made(&[10, 5, 0x91, 2, 3, 3, b'a', b'b', b'c']), None, "too much");
    assert_eq!(made(&[10, 6, 0x91, 8, 3, 3, b'a', b'b', b'c']), None, "past the base");
    assert_eq!(made(&[10, 6, 0x91, 2, 3, 3, b'a']), None, "cut");
    assert_eq!(made(&[10, 6, 0, 2]), None, "an instruction that is none");
    assert_eq!(made(&[0xff; 20]), None, "a size that is none");
}

/// A pack of two objects that are deltas of each other: git never makes one, and follows it for ever.
#[test]
fn deltas_that_go_round_in_a_circle_are_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("objects/pack");
    fs::create_dir_all(&folder).unwrap();
    let ids = [[0x10; 20], [0x20; 20]];
    let mut pack = b"PACK\0\0\0\x02\0\0\0\x02".to_vec();
    let mut idx = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=u8::MAX {
        idx.extend([0, 0, 0, ids.iter().filter(|id| id[0] <= first).count() as u8]);
    }
    idx.extend(ids.concat());
    idx.extend([0; 8]);
    for over in [ids[1], ids[0]] {
        idx.extend((pack.len() as u32).to_be_bytes());
        // Ten bytes from a base of ten.
        let delta = [10, 10, 0x90, 10];
        pack.push(7 << 4 | delta.len() as u8);
        pack.extend(over);
        let mut stream = flate2::write::ZlibEncoder::new(&mut pack, flate2::Compression::fast());
        stream.write_all(&delta).unwrap();
        stream.finish().unwrap();
    }
    pack.extend([0; 20]);
    idx.extend([0; 40]);
    fs::write(folder.join("pack-1.pack"), pack).unwrap();
    fs::write(folder.join("pack-1.idx"), idx).unwrap();
    let id = Oid::from_bytes(&ids[0]).unwrap();
    for most in [0, 5, ALL] {
        let found = Store::new(dir.path()).read(&id, most);
        assert!(found.unwrap_err().to_string().contains("circle"), "{most}");
    }
    git(dir.path(), &["init", "-q", "--bare", "."], b"");
    let backend = open(dir.path(), ReaderKind::Plain);
    let plain = backend.reader();
    for error in [
        plain.read(&id).unwrap_err(),
        plain.header(&id).unwrap_err(),
        plain.unlike(None, Some(&id)).unwrap_err(),
    ] {
        assert!(error.to_string().contains("circle"), "{error}");
    }
}

#[test]
fn a_damaged_object_or_index_of_a_pack_is_the_same_error_for_both_readers() {
    let dir = tempfile::tempdir().unwrap();
    history(dir.path());
    let loose = objects(dir.path()).into_iter().find(|o| o.2.len() > 9000).unwrap().0;
    let hex = loose.to_string();
    let file = dir.path().join(".git/objects").join(&hex[..2]).join(&hex[2..]);
    let whole = fs::read(&file).unwrap();
    let told = |kind| {
        let backend = open(dir.path(), kind);
        let error = backend.reader().read(&loose).unwrap_err();
        (error.to_string(), error.help().into_owned())
    };
    for size in [0, 1, 9, whole.len() / 2, whole.len() - 1] {
        fs::remove_file(&file).unwrap();
        fs::write(&file, &whole[..size]).unwrap();
        let (plain, fast) = (told(ReaderKind::Plain), told(ReaderKind::Fast));
        assert_eq!(plain, fast, "{size}");
        assert!(plain.0.contains("damaged") && plain.1.contains("git fsck"), "{size}: {plain:?}");
    }
    fs::remove_file(&file).unwrap();
    fs::write(&file, &whole).unwrap();
    git(dir.path(), &["repack", "-q", "-a", "-d", "-f"], b"");
    let idx = files(&dir.path().join(".git/objects/pack"))
        .into_iter()
        .find(|f| f.extension().is_some_and(|e| e == "idx"));
    let idx = idx.unwrap();
    let whole = fs::read(&idx).unwrap();
    fs::remove_file(&idx).unwrap();
    let long = [&whole[..], b"x"].concat();
    for bytes in [&whole[..0], &whole[..700], &whole[..whole.len() - 300], &whole[..whole.len() - 1], &long] {
        fs::write(&idx, bytes).unwrap();
        let (plain, fast) = (told(ReaderKind::Plain), told(ReaderKind::Fast));
        assert_eq!(plain, fast, "{}", bytes.len());
        assert!(plain.0.contains("is damaged: ") && plain.1.contains("git index-pack"), "{plain:?}");
    }
}
