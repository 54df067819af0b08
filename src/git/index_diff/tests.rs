//! The fast reader of the index against git's own answer, over generated repositories and states.

use super::index_against;
use crate::finding::RepoPath;
use crate::git::backend::Backend;
use crate::git::libgit2::Libgit2;
use crate::git::{Blob, Delta, Oid, tree};
use crate::reader::ReaderKind;
use crate::test_support::{breaks, cases, tries};
use proptest::prelude::*;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A repository that is isolated from the machine's configuration.
struct Sandbox {
    dir: tempfile::TempDir,
}

impl Sandbox {
    fn new() -> Sandbox {
        let sandbox = Sandbox { dir: tempfile::tempdir().unwrap() };
        sandbox.git(&["init", "-q"], b"");
        sandbox
    }

    fn git(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        let out = self.try_git(args, input);
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        out.stdout
    }

    fn try_git(&self, args: &[&str], input: &[u8]) -> Output {
        let null = if cfg!(windows) { "NUL" } else { "/dev/null" };
        let mut child = Command::new("git")
            .args(["-c", "core.autocrlf=false", "-c", "core.protectNTFS=false"])
            .args(["-c", "user.name=t", "-c", "user.email=t@t"])
            .args(args)
            .current_dir(self.dir.path())
            .env("GIT_CONFIG_GLOBAL", null)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env_remove("GIT_INDEX_FILE")
            .env_remove("GIT_DIR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap()
    }

    fn line(&self, args: &[&str]) -> String {
        String::from_utf8(self.git(args, b"")).unwrap().trim().to_owned()
    }

    fn index(&self) -> std::path::PathBuf {
        self.dir.path().join(".git/index")
    }

    fn open(&self) -> Libgit2 {
        Libgit2::new(git2::Repository::open(self.dir.path()).unwrap())
    }

    fn short_way(&self, file: &Path, tree: &str) -> Option<Vec<Delta>> {
        index_against(self.open().reader(), file, Some(&Oid::from_hex(tree.as_bytes()).unwrap()))
    }

    /// The output of `git diff-index --cached`.
    fn git_says(&self, tree: &str) -> Vec<Delta> {
        self.diff_index(tree).unwrap()
    }

    fn diff_index(&self, tree: &str) -> Option<Vec<Delta>> {
        // An announced file is not in the next commit.
        self.raw(&["diff-index", "--cached", "--ita-invisible-in-index", tree])
    }

    /// What a commit of this index brings: git takes a folder's tree from the TREE extension.
    fn recorded(&self, tree: &str) -> Option<Vec<Delta>> {
        // Left by a git that crashed.
        let _ = std::fs::remove_file(self.index().with_extension("lock"));
        let out = self.try_git(&["write-tree", "--missing-ok"], b"");
        let written = String::from_utf8(out.stdout).unwrap();
        self.raw(&["diff-tree", "-r", tree, written.trim()]).filter(|_| out.status.success())
    }

    fn raw(&self, command: &[&str]) -> Option<Vec<Delta>> {
        let options =
            [&command[..1], &["--raw", "-z", "--no-renames", "--no-abbrev"], &command[1..]].concat();
        let out = self.try_git(&options, b"");
        let raw = Some(out.stdout).filter(|_| out.status.success())?;
        let mut parts = raw.split(|b| *b == 0);
        let mut out = Vec::new();
        while let (Some(meta), Some(path)) = (parts.next(), parts.next()) {
            let meta = String::from_utf8(meta[1..].to_vec()).unwrap();
            let fields: Vec<&str> = meta.split(' ').collect();
            let blob = |mode: &str, id: &str| {
                let mode = u32::from_str_radix(mode, 8).unwrap();
                (mode != 0).then(|| Blob { id: Oid::from_hex(id.as_bytes()).unwrap(), mode })
            };
            let (old, new) = (blob(fields[0], fields[2]), blob(fields[1], fields[3]));
            // An unmerged path: no commit is possible.
            old.or(new)?;
            out.push(Delta { path: RepoPath::new(path), old, new });
        }
        out.sort_by(|a, b| a.path.cmp(&b.path));
        Some(out)
    }
}

/// A change to the index between two comparisons.
#[derive(Debug, Clone)]
enum Step {
    /// Writes one of a few contents with a mode to a path.
    Put(String, u8, &'static str),
    Remove(String),
    RemoveFolder(String),
    /// Fills in the TREE extension.
    WriteTree,
    Commit,
    /// `git add -N`.
    Announce(String),
    ReadTree,
    SkipWorktree(String),
    AssumeUnchanged(String),
    /// Another form of index.
    Version(&'static str),
}

/// Few names, so that files and folders meet; some sort around the slash.
fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec!["a", "A", "b", "a.b", "a0", "ab", "é", "x-y", "lib"]),
        1..4,
    )
    .prop_map(|parts| parts.join("/"))
}

fn step() -> impl Strategy<Value = Step> {
    let mode = prop::sample::select(vec!["100644", "100644", "100755", "120000", "160000"]);
    prop_oneof![
        10 => (path(), any::<u8>(), mode).prop_map(|(p, c, m)| Step::Put(p, c % 5, m)),
        3 => path().prop_map(Step::Remove),
        2 => path().prop_map(Step::RemoveFolder),
        3 => Just(Step::WriteTree),
        2 => Just(Step::Commit),
        1 => path().prop_map(Step::Announce),
        1 => Just(Step::ReadTree),
        1 => path().prop_map(Step::SkipWorktree),
        1 => path().prop_map(Step::AssumeUnchanged),
        1 => prop::sample::select(vec!["2", "4"]).prop_map(Step::Version),
    ]
}

fn apply(sandbox: &Sandbox, head: &mut String, blobs: &[String], step: &Step) {
    match step {
        Step::Put(path, content, mode) => {
            let id = &blobs[usize::from(*content)];
            let info = format!("{mode},{id},{path}");
            sandbox.git(&["update-index", "--add", "--replace", "--cacheinfo", &info], b"");
        }
        Step::Remove(path) => {
            sandbox.git(&["update-index", "--force-remove", path], b"");
        }
        Step::RemoveFolder(path) => {
            sandbox.git(&["rm", "-r", "-q", "-f", "--cached", "--ignore-unmatch", path], b"");
        }
        Step::WriteTree => {
            sandbox.git(&["write-tree", "--missing-ok"], b"");
        }
        Step::Commit => *head = sandbox.line(&["write-tree", "--missing-ok"]),
        Step::Announce(path) => {
            let file = sandbox.dir.path().join(path);
            // Only if the work tree has room for it.
            if std::fs::create_dir_all(file.parent().unwrap()).is_ok() && std::fs::write(&file, "x").is_ok() {
                // Refused inside a submodule.
                let _ = sandbox.try_git(&["add", "-N", "-f", path], b"");
            }
        }
        Step::ReadTree => {
            sandbox.git(&["read-tree", head], b"");
        }
        Step::SkipWorktree(path) => mark(sandbox, "--skip-worktree", path),
        Step::AssumeUnchanged(path) => mark(sandbox, "--assume-unchanged", path),
        Step::Version(version) => {
            sandbox.git(&["update-index", "--index-version", version], b"");
        }
    }
}

fn mark(sandbox: &Sandbox, how: &str, path: &str) {
    if sandbox.line(&["ls-files", "--", path]) == path {
        sandbox.git(&["update-index", how, path], b"");
    }
}

proptest! {
    // A git run takes milliseconds; PROPTEST_CASES sets more cases.
    #![proptest_config(ProptestConfig {
        cases: tries(8),
        max_shrink_iters: 60,
        ..ProptestConfig::default()
    })]

    #[test]
    fn both_readers_and_the_short_way_say_what_diff_index_says(
        steps in prop::collection::vec(step(), 1..25),
        ignore_case in any::<bool>(),
    ) {
        let sandbox = Sandbox::new();
        sandbox.git(&["config", "core.ignoreCase", if ignore_case { "true" } else { "false" }], b"");
        let blobs: Vec<String> = (0..5)
            .map(|i| {
                let text = format!("content {i}\n");
                let id = sandbox.git(&["hash-object", "-w", "--stdin"], text.as_bytes());
                String::from_utf8(id).unwrap().trim().to_owned()
            })
            .collect();
        let mut head = sandbox.line(&["mktree"]);
        for step in &steps {
            let before = head.clone();
            apply(&sandbox, &mut head, &blobs, step);
            let trees = sandbox.raw(&["diff-tree", "-r", &before, &head]);
            let (from, to) = (Oid::from_hex(before.as_bytes()), Oid::from_hex(head.as_bytes()));
            for kind in [ReaderKind::Plain, ReaderKind::Fast] {
                let backend = sandbox.open();
                backend.choose(kind);
                let reader = backend.reader();
                if sandbox.index().exists() {
                    let staged = reader.index_against(to.as_ref()).unwrap();
                    prop_assert_eq!(staged, sandbox.git_says(&head), "{:?} after {:?}", kind, step);
                }
                let changed = tree::compare(reader, from.as_ref(), to.as_ref()).unwrap();
                prop_assert_eq!(Some(changed), trees.clone(), "{:?} after {:?}", kind, step);
            }
            // Without an index or a TREE extension the plain reader compares.
            if let Some(short) = sandbox.short_way(&sandbox.index(), &head) {
                prop_assert_eq!(short, sandbox.git_says(&head), "after {:?}", step);
            }
        }
        // With a complete TREE extension there is an answer.
        sandbox.git(&["update-index", "--index-version", "2"], b"");
        sandbox.git(&["write-tree", "--missing-ok"], b"");
        prop_assert_eq!(sandbox.short_way(&sandbox.index(), &head), Some(sandbox.git_says(&head)));
    }
}

/// An index with some of each: whole folders, changed ones, extended flags, other extensions.
fn indexes(sandbox: &Sandbox) -> (String, Vec<Vec<u8>>) {
    for name in ["a/b/c", "a/d", "a.b", "e", "f/g", "f/h/i", "f/h/j", "z/y/x/w"] {
        let file = sandbox.dir.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, name).unwrap();
    }
    sandbox.git(&["add", "."], b"");
    let head = sandbox.line(&["write-tree"]);
    let read = || std::fs::read(sandbox.index()).unwrap();
    let mut out = vec![read()];
    sandbox.git(&["update-index", "--force-remove", "a/d"], b"");
    out.push(read());
    std::fs::write(sandbox.dir.path().join("f/new"), "new").unwrap();
    sandbox.git(&["add", "f/new"], b"");
    sandbox.git(&["write-tree"], b"");
    out.push(read());
    std::fs::write(sandbox.dir.path().join("announced"), "x").unwrap();
    sandbox.git(&["add", "-N", "announced"], b"");
    sandbox.git(&["update-index", "--skip-worktree", "e"], b"");
    out.push(read());
    (head, out)
}

/// Git verifies the checksum at the end of the index; corrected here, so that git reads further.
fn sealed(bytes: &mut Vec<u8>) {
    use sha1::Digest;
    let body = bytes.len().saturating_sub(20);
    bytes.truncate(body);
    let sum = sha1::Sha1::digest(&*bytes);
    bytes.extend(sum);
}

#[test]
fn of_a_broken_index_nothing_that_git_would_commit_is_missed() {
    let sandbox = Sandbox::new();
    let (head, valid) = indexes(&sandbox);
    let tree = Oid::from_hex(head.as_bytes()).unwrap();
    let backend = sandbox.open();
    let (mut answers, mut refused) = (0, 0);
    cases("indexes", 60, |dice| {
        // The first has nothing staged, which its end alone shows: only the end is broken.
        let which = dice.below(valid.len());
        let whole = &valid[which];
        // Breaks the entries or what follows them: git trusts the TREE extension for a folder, so a
        // consistent lie in both could not be detected.
        let (entries, rest) = whole.split_at(memchr::memmem::find(whole, b"TREE").unwrap());
        let (mut entries, mut rest) = (entries.to_vec(), rest.to_vec());
        let part = if which > 0 && dice.below(2) == 0 { &mut entries } else { &mut rest };
        breaks(part, &valid[dice.below(valid.len())], dice);
        let mut bytes = [entries, rest].concat();
        sealed(&mut bytes);
        std::fs::write(sandbox.index(), &bytes).unwrap();
        let Some(short) = index_against(backend.reader(), &sandbox.index(), Some(&tree)) else {
            return;
        };
        let (Some(listed), Some(recorded)) = (sandbox.diff_index(&head), sandbox.recorded(&head)) else {
            refused += 1;
            return;
        };
        answers += 1;
        // If an entry and its folder's tree disagree, git lists by one and commits by the other. What both
        // have is certainly staged, and must be listed.
        for delta in listed.iter().filter(|d| d.new.is_some() && recorded.contains(d)) {
            assert!(short.contains(delta), "{delta:?} is missing: {short:?}");
        }
    });
    // Git cannot commit what it cannot read.
    assert!(answers > refused, "{answers} {refused}");
}

#[test]
fn a_cut_index_has_no_answer() {
    let sandbox = Sandbox::new();
    let (head, valid) = indexes(&sandbox);
    let whole = &valid[2];
    for end in 0..whole.len() {
        std::fs::write(sandbox.index(), &whole[..end]).unwrap();
        assert_eq!(sandbox.short_way(&sandbox.index(), &head), None, "{end}");
    }
}

#[test]
fn a_tree_extension_whose_counts_do_not_add_up_has_no_answer() {
    let sandbox = Sandbox::new();
    let (head, valid) = indexes(&sandbox);
    let whole = &valid[2];
    let place = memchr::memmem::find(whole, b"TREE").unwrap();
    let mut tried = 0;
    // Each folder's count, which is between its name and its number of subfolders, plus and minus one.
    for at in place + 8..whole.len() - 20 {
        if whole[at - 1] != 0 || !whole[at].is_ascii_digit() || whole[at + 1] != b' ' {
            continue;
        }
        for other in [whole[at] - 1, whole[at] + 1] {
            let mut bytes = whole.clone();
            bytes[at] = other;
            sealed(&mut bytes);
            std::fs::write(sandbox.index(), &bytes).unwrap();
            let short = sandbox.short_way(&sandbox.index(), &head);
            // A folder that is skipped as part of another need not add up to give the right answer.
            assert!(short.is_none() || short == sandbox.diff_index(&head), "{at}: {short:?}");
            tried += usize::from(short.is_none());
        }
    }
    assert!(tried >= 6, "{tried}");
}

#[test]
fn a_commit_of_a_false_index_records_no_more_than_is_listed() {
    let sandbox = Sandbox::new();
    let (head, valid) = indexes(&sandbox);
    // Another content for f/h/i, which the folders' trees in the extension do not reflect.
    let (old, new) = (sandbox.git(&["hash-object", "--stdin"], b"f/h/i"), b"a secret");
    let new = sandbox.git(&["hash-object", "-w", "--stdin"], new);
    let raw = |hex: &[u8]| Oid::from_hex(hex.trim_ascii()).unwrap();
    let mut bytes = valid[0].clone();
    let at = memchr::memmem::find(&bytes, raw(&old).as_bytes()).unwrap();
    bytes[at..at + 20].copy_from_slice(raw(&new).as_bytes());
    sealed(&mut bytes);
    std::fs::write(sandbox.index(), &bytes).unwrap();
    assert_eq!(sandbox.short_way(&sandbox.index(), &head), Some(Vec::new()));
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "a lie"], b"");
    assert_eq!(sandbox.line(&["rev-parse", "HEAD^{tree}"]), head);
}

#[test]
fn unmerged_entries_and_other_versions_are_left_to_the_long_way() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.dir.path().join("a"), "1").unwrap();
    sandbox.git(&["add", "a"], b"");
    let head = sandbox.line(&["write-tree"]);
    assert_eq!(sandbox.short_way(&sandbox.index(), &head), Some(Vec::new()));
    // Whether anything is staged is visible at the end of the file, whatever its version.
    sandbox.git(&["update-index", "--index-version", "4"], b"");
    assert_eq!(sandbox.short_way(&sandbox.index(), &head), Some(Vec::new()));
    std::fs::write(sandbox.dir.path().join("b"), "1").unwrap();
    sandbox.git(&["add", "b"], b"");
    assert_eq!(sandbox.short_way(&sandbox.index(), &head), None);
    sandbox.git(&["update-index", "--index-version", "2"], b"");
    let id = sandbox.line(&["rev-parse", ":a"]);
    let stages: String = (1..4).map(|s| format!("100644 {id} {s}\ta\n")).collect();
    sandbox.git(&["update-index", "--index-info"], format!("0 {id} 0\ta\n{stages}").as_bytes());
    assert_eq!(sandbox.short_way(&sandbox.index(), &head), None);
    assert_eq!(sandbox.short_way(&sandbox.dir.path().join("none"), &head), None);
}
