//! The plain reader and the fast one: who chooses, and that they answer alike where something is wrong.

use crate::support::{Run, STANCH, Sandbox, key};
use std::fs;
use std::path::PathBuf;

const READERS: [&str; 2] = ["plain", "fast"];

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

fn with_config(s: &Sandbox, text: &str) {
    fs::create_dir_all(s.home().join(".config/stanch")).unwrap();
    fs::write(s.home().join(".config/stanch/config.toml"), text).unwrap();
}

/// The rows of `config show` about the reader.
fn shown(s: &Sandbox) -> String {
    let all = s.stanch(["config", "show"]).ok().stdout;
    all.lines().filter(|l| l.contains("engine.reader")).collect()
}

/// An index that lies about a key: its entry has it, and the TREE extension, which a commit goes by, does not. Only the
/// plain reader looks at the entry.
fn lying() -> Sandbox {
    let s = Sandbox::new();
    s.record(&[("dir/a.env", "A=1\n"), ("b.txt", "x\n")]);
    let raw = |hex: &str| -> Vec<u8> {
        (0..20).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect()
    };
    let old = raw(&s.git(["rev-parse", ":dir/a.env"]));
    s.write("key", line(1));
    let new = raw(&s.git(["hash-object", "-w", "key"]));
    s.git(["write-tree"]);
    let mut index = s.read(".git/index");
    let at = index.windows(20).position(|w| w == old).unwrap();
    index[at..at + 20].copy_from_slice(&new);
    // Without a sum at the end, git and libgit2 do not compare it.
    let end = index.len() - 20;
    index[end..].fill(0);
    fs::write(s.dir().join(".git/index"), index).unwrap();
    s
}

/// Which reader runs here, recognised by what it finds in an index that lies.
fn reader_of(s: &Sandbox) -> &'static str {
    match s.stanch(["hook", "pre-commit"]).code {
        1 => "plain",
        0 => "fast",
        code => panic!("{code}"),
    }
}

#[test]
fn the_configuration_of_the_machine_or_the_person_and_the_variable_before_it_choose_the_reader() {
    // The variable under which these tests may run is removed: an empty one counts as missing.
    let s = lying().env("STANCH_ENGINE", "");
    assert_eq!((reader_of(&s), shown(&s).contains("\"fast\"")), ("fast", true));
    with_config(&s, "[engine]\nreader = 'plain'\n");
    assert_eq!(reader_of(&s), "plain");
    assert!(shown(&s).ends_with("\"plain\"  # user"), "{}", shown(&s));
    let fast = s.env("STANCH_ENGINE", "fast");
    assert_eq!(reader_of(&fast), "fast");
    assert!(shown(&fast).ends_with("\"fast\"  # environment"), "{}", shown(&fast));
    let system = s.root().join("system.toml");
    fs::write(&system, "[engine]\nreader = 'plain'\n").unwrap();
    let s = s.env("STANCH_SYSTEM_CONFIG", system.to_str().unwrap());
    with_config(&s, "");
    assert_eq!(reader_of(&s), "plain");
    with_config(&s, "[engine]\nreader = 'fast'\n");
    assert_eq!(reader_of(&s), "fast");
}

#[test]
fn an_unknown_reader_is_an_error_that_names_the_two() {
    let s = Sandbox::guarded();
    s.stage("a.env", line(1));
    let run = s.env("STANCH_ENGINE", "quick").stanch(["hook", "pre-commit"]);
    run.could_not_check("STANCH_ENGINE is neither `plain` nor `fast`");
    with_config(&s, "[engine]\nreader = 'quick'\n");
    let run = s.stanch(["hook", "pre-commit"]);
    run.could_not_check("config.toml:2: unknown value; known here: plain, fast");
}

#[test]
fn a_repository_has_no_say_in_the_reader() {
    let s = lying().env("STANCH_ENGINE", "");
    s.write(".stanch.toml", "salt = 'x'\n[engine]\nreader = 'plain'\n");
    let run = s.stanch(["hook", "pre-commit"]);
    run.could_not_check(".stanch.toml:2: engine.reader counts in the system and user files only");
    fs::remove_file(s.dir().join(".stanch.toml")).unwrap();
    assert_eq!(reader_of(&s), "fast");
    // Committed, nothing in the file counts, and a note says so.
    let s = Sandbox::new();
    s.record(&[(".stanch.toml", "[engine]\nreader = 'plain'\n")]);
    s.write(".stanch.toml", "");
    s.stage("a.env", line(1));
    let run = s.stanch(["hook", "pre-commit"]);
    run.stopped_at("a.env:1:");
    assert!(run.stderr.contains("engine.reader counts in"), "{run:#?}");
}

#[test]
fn new_files_with_the_assume_unchanged_bit_are_read_by_both() {
    for reader in READERS {
        let s = Sandbox::guarded().env("STANCH_ENGINE", reader);
        for (i, bit) in ["--assume-unchanged", "--skip-worktree"].into_iter().enumerate() {
            let name = format!("a{i}.env");
            s.stage(&name, line(i as u64));
            s.git(["update-index", bit, &name]);
            s.commit().stopped_at(&format!("{name}:1:"));
            s.git(["update-index", "--force-remove", &name]);
        }
    }
}

#[test]
fn names_that_differ_in_case_alone_are_read_by_both() {
    for reader in READERS {
        for version in ["2", "4"] {
            let s = Sandbox::guarded().env("STANCH_ENGINE", reader);
            s.record(&[("B/x.env", "A=1\n"), ("a/x.env", "A=1\n")]);
            s.git(["config", "core.ignoreCase", "true"]);
            s.git(["update-index", "--index-version", version]);
            s.stage("B/x.env", line(1));
            let run = s.stanch(["scan", "--staged", "--format", "jsonl"]);
            let is_right = run.stdout.contains("B/x.env") && !run.stdout.contains("a/x.env");
            assert!(is_right, "{reader} {version}: {run:#?}");
        }
    }
}

// ---- what is wrong ---------------------------------------------------------------------------------------------

/// A repository in one pack, with a key that is to be pushed.
fn packed() -> Sandbox {
    let s = Sandbox::new();
    s.git(["remote", "add", "origin", "../remote.git"]);
    for i in 0..8 {
        s.record(&[("a.txt", &format!("{i}\n").repeat(50)), (&format!("f{i}"), "x\n")]);
    }
    s.record(&[("a.env", &line(1))]);
    s.git(["repack", "-q", "-a", "-d"]);
    s
}

fn push(s: &Sandbox, reader: &str) -> Run {
    drop(fs::remove_dir_all(s.dir().join(".git/stanch")));
    let id = fs::read_to_string(s.dir().join(".git/refs/heads/main")).unwrap();
    let refs = format!("refs/heads/main {} refs/heads/main {}\n", id.trim(), "0".repeat(40));
    let args = ["hook", "pre-push", "origin", "../remote.git"];
    s.env("STANCH_ENGINE", reader).run_with(STANCH, args, refs.as_bytes())
}

fn commit(s: &Sandbox, reader: &str) -> Run {
    drop(fs::remove_dir_all(s.dir().join(".git/stanch")));
    s.env("STANCH_ENGINE", reader).stanch(["hook", "pre-commit"])
}

/// The pack's file with this end, writable.
fn file(s: &Sandbox, end: &str) -> PathBuf {
    let mut all = fs::read_dir(s.dir().join(".git/objects/pack")).unwrap().map(|e| e.unwrap().path());
    let path = all.find(|p| p.extension().unwrap() == end).unwrap();
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn both_readers_tell_the_same_of_a_pack_an_index_or_an_object_that_is_damaged() {
    let s = packed();
    for (end, what) in [("idx", "is damaged: "), ("pack", "is damaged: ")] {
        let path = file(&s, end);
        let whole = fs::read(&path).unwrap();
        for size in [0, 11, whole.len() / 2, whole.len() - 1] {
            fs::write(&path, &whole[..size]).unwrap();
            let [plain, fast] = READERS.map(|reader| push(&s, reader));
            plain.could_not_check(what);
            assert_eq!(plain.stderr, fast.stderr, "{end} {size}");
        }
        fs::write(&path, &whole).unwrap();
    }
    READERS.into_iter().for_each(|reader| push(&s, reader).stopped_at("a.env:1:"));
    // A staged object that was cut off, and one that is gone.
    s.stage("new.env", line(2));
    let id = s.git(["rev-parse", ":new.env"]);
    let loose = s.dir().join(".git/objects").join(&id[..2]).join(&id[2..]);
    let whole = fs::read(&loose).unwrap();
    for size in [0, whole.len() / 2, whole.len() - 1] {
        fs::remove_file(&loose).unwrap();
        fs::write(&loose, &whole[..size]).unwrap();
        let [plain, fast] = READERS.map(|reader| commit(&s, reader));
        plain.could_not_check("damaged");
        assert!(plain.stderr.contains("git fsck"), "{plain:#?}");
        assert_eq!(plain.stderr, fast.stderr, "{size}");
    }
    fs::remove_file(&loose).unwrap();
    let [plain, fast] = READERS.map(|reader| commit(&s, reader));
    plain.could_not_check(&id[..12]);
    assert_eq!(plain.stderr, fast.stderr);
}

#[test]
fn both_readers_tell_the_same_of_an_index_that_is_damaged() {
    let s = Sandbox::guarded();
    s.stage("dir/a.env", line(1));
    let path = s.dir().join(".git/index");
    let whole = fs::read(&path).unwrap();
    for bytes in
        [&whole[..12], &whole[..whole.len() / 2], b"DIRC\0\0\0\x09\0\0\0\0", &whole[..whole.len() - 1]]
    {
        fs::write(&path, bytes).unwrap();
        let [plain, fast] = READERS.map(|reader| commit(&s, reader));
        assert_eq!((plain.code, &plain.stderr), (fast.code, &fast.stderr));
        // Git reads the last one: all entries are there.
        if bytes.len() < whole.len() - 1 {
            plain.could_not_check("cannot read the index");
        }
    }
}

#[test]
fn what_the_fast_reader_does_not_read_it_hands_to_the_plain_one() {
    let s = packed();
    // A pack's index of version 1: of that only git is asked.
    let (pack, idx) = (file(&s, "pack"), file(&s, "idx"));
    fs::remove_file(&idx).unwrap();
    s.git(["index-pack", "--index-version=1", pack.to_str().unwrap()]);
    let [plain, fast] = READERS.map(|reader| push(&s, reader));
    fast.stopped_at("a.env:1:");
    assert_eq!(plain.stderr, fast.stderr);
    // An index of version 4: libgit2 reads it, so git is not needed.
    let s = Sandbox::guarded();
    s.git(["update-index", "--index-version", "4"]);
    s.stage("b.env", line(2));
    let without_git = s.env("STANCH_ENGINE", "fast").env("PATH", "/nowhere");
    without_git.stanch(["hook", "pre-commit"]).stopped_at("b.env:1:");
}
