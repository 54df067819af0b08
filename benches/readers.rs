//! The readers: staged changes, the changes of a commit, new lines, decoding.
//!
//! Git makes the repositories in a temporary folder. `cargo bench --bench readers`.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use stanch::finding::{RepoPath, Source, SourceKind};
use stanch::git::Repo;
use stanch::rules::RuleSet;
use stanch::scan::{Engine, Fragment, Options};
use stanch::text::encoding;
use stanch::text::lines::AddedLines;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The folder of the repositories.
static FOLDER: OnceLock<PathBuf> = OnceLock::new();

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    FOLDER.get_or_init(|| folder.path().to_owned());
    divan::main();
    // Some systems cannot remove the working directory of a process.
    std::env::set_current_dir(std::env::temp_dir()).expect("the folder of temporary files is there");
}

fn git(repo: &Path, args: &[&str], input: &str) -> String {
    let null = if cfg!(windows) { "NUL" } else { "/dev/null" };
    let mut child = Command::new("git")
        .args([
            "-c",
            "user.name=b",
            "-c",
            "user.email=b@localhost",
            "-c",
            "gc.auto=0",
            "-c",
            "core.fsync=none",
        ])
        .args(args)
        .current_dir(repo)
        .envs([("GIT_CONFIG_GLOBAL", null), ("GIT_CONFIG_SYSTEM", null)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git can be run");
    child.stdin.take().expect("it is piped").write_all(input.as_bytes()).expect("git reads its input");
    let out = child.wait_with_output().expect("git ends");
    assert!(out.status.success(), "git {args:?}");
    String::from_utf8(out.stdout).expect("git prints ids").trim().to_owned()
}

/// A repository of `entries` files, thirty per folder; made once. Enters it.
fn repository(entries: usize) -> PathBuf {
    let repo = FOLDER.get().expect("main sets it").join(entries.to_string());
    if !repo.exists() {
        std::fs::create_dir(&repo).expect("a folder can be made");
        git(&repo, &["init", "-q", "-b", "main"], "");
        let blob = git(&repo, &["hash-object", "-w", "--stdin"], "unchanged\n");
        let mut listing = String::new();
        for i in 0..entries {
            let (a, b, c) = (i / 900, i / 30 % 30, i % 30);
            writeln!(listing, "100644 {blob}\tsrc/{a}/{b}/file{c}.c").expect("a string can be written to");
        }
        git(&repo, &["update-index", "--index-info"], &listing);
        git(&repo, &["commit", "-q", "-m", "base"], "");
    }
    std::env::set_current_dir(&repo).expect("it was made");
    repo
}

fn stage(repo: &Path, path: &str, text: &str) {
    let blob = git(repo, &["hash-object", "-w", "--stdin"], text);
    git(repo, &["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{path}")], "");
}

fn open() -> Repo {
    Repo::open_from_env().expect("the repository can be opened")
}

const SIZES: [usize; 3] = [1_000, 22_000, 78_000];

#[divan::bench(args = SIZES)]
fn open_and_see_that_nothing_is_staged(bencher: Bencher<'_, '_>, entries: usize) {
    let repo = repository(entries);
    git(&repo, &["read-tree", "HEAD"], "");
    bencher.counter(ItemsCount::new(entries)).bench_local(|| open().staged().expect("the index can be read"));
}

#[divan::bench(args = SIZES)]
fn open_and_list_one_staged_file(bencher: Bencher<'_, '_>, entries: usize) {
    let repo = repository(entries);
    git(&repo, &["read-tree", "HEAD"], "");
    stage(&repo, "src/0/3/file7.c", "changed\n");
    bencher.counter(ItemsCount::new(entries)).bench_local(|| open().staged().expect("the index can be read"));
}

/// The slow reader: for an index that the fast one does not support.
#[divan::bench(args = SIZES)]
fn open_and_list_by_libgit2(bencher: Bencher<'_, '_>, entries: usize) {
    let repo = repository(entries);
    git(&repo, &["read-tree", "HEAD"], "");
    stage(&repo, "src/0/3/file7.c", "changed\n");
    git(&repo, &["update-index", "--index-version", "4"], "");
    bencher.counter(ItemsCount::new(entries)).bench_local(|| open().staged().expect("the index can be read"));
    git(&repo, &["update-index", "--index-version", "2"], "");
}

/// A commit's tree against its parent's: one changed file in each of `folders` folders.
#[divan::bench(args = [1, 20, 700])]
fn compare_trees(bencher: Bencher<'_, '_>, folders: usize) {
    let repo = repository(22_000);
    git(&repo, &["read-tree", "HEAD"], "");
    let blob = git(&repo, &["hash-object", "-w", "--stdin"], "changed\n");
    let mut listing = String::new();
    for i in 0..folders {
        writeln!(listing, "100644 {blob}\tsrc/{}/{}/file7.c", i / 30, i % 30)
            .expect("a string can be written to");
    }
    git(&repo, &["update-index", "--index-info"], &listing);
    let tree = git(&repo, &["write-tree"], "");
    let commit = git(&repo, &["commit-tree", "-p", "HEAD", "-m", "step", &tree], "");
    let opened = open();
    let commit = opened.resolve(&commit).expect("it can be read").expect("it was made");
    bencher
        .counter(ItemsCount::new(folders))
        .bench_local(|| opened.brought_by(black_box(&commit)).expect("it can be read"));
}

/// Lines of code, with another number in every `every`th line.
fn lines(count: usize, every: usize) -> String {
    let mut out = String::new();
    for n in 0..count {
        let step = if n % every == 0 { n + 1 } else { n };
        writeln!(out, "    total_{n} = combine(left_{n}, right_{step});")
            .expect("a string can be written to");
    }
    out
}

#[divan::bench(args = [100, 10_000])]
fn find_new_lines(bencher: Bencher<'_, '_>, count: usize) {
    let (old, new) = (lines(count, usize::MAX), lines(count, 50));
    bencher
        .counter(ItemsCount::new(count))
        .bench(|| AddedLines::between(black_box(old.as_bytes()), black_box(new.as_bytes())));
}

#[divan::bench]
fn decode_utf16(bencher: Bencher<'_, '_>) {
    let text: Vec<u8> = lines(10_000, 50).encode_utf16().flat_map(u16::to_be_bytes).collect();
    bencher.counter(BytesCount::of_slice(&text)).bench(|| encoding::decode(black_box(&text)).0.len());
}

/// Text in base64, hex and escapes, which the engine decodes and scans again.
#[divan::bench(args = ["base64", "hex", "percent"])]
fn decode_and_scan(bencher: Bencher<'_, '_>, form: &str) {
    let mut text = String::new();
    for line in lines(10_000, 50).lines() {
        match form {
            "base64" => text.push_str(&data_encoding::BASE64.encode(line.as_bytes())),
            "hex" => text.push_str(&data_encoding::HEXLOWER.encode(line.as_bytes())),
            _ => text.push_str(&line.replace('(', "%28").replace(')', "%29")),
        }
        text.push('\n');
    }
    let engine = Engine::new(&RuleSet::builtin(), Options::default());
    let source = Source::new(SourceKind::File, RepoPath::new("notes.txt"));
    let fragment = Fragment { source, bytes: text.as_bytes().into() };
    bencher.counter(BytesCount::of_str(&text)).bench(|| engine.scan(black_box(&fragment)));
}
