//! Whole histories: read object by object, they give the answer that reading them commit by commit gives.

use crate::support::{Run, Sandbox, key, secret};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;
use std::fmt::Write as _;

/// Paths with different decisions: code, prose, tests, a name that makes the file a secret, folders that move.
const PATHS: [&str; 9] = [
    "a.txt",
    "src/app.py",
    "src/deep/er/app.js",
    "tests/app.py",
    "docs/guide.md",
    ".env",
    "old/config.yml",
    "new/config.yml",
    "home/.netrc",
];

/// What a commit does to a path.
#[derive(Debug, Clone)]
enum Edit {
    /// The lines of the file, by number.
    Write(usize, Vec<u8>),
    /// Takes away a file or a folder.
    Delete(usize),
    /// A submodule.
    Link(usize, u8),
    /// A file whose name is a key.
    Name(u8),
}

#[derive(Debug, Clone)]
struct Step {
    /// How far back its parents are; empty for a history of its own.
    parents: Vec<usize>,
    edits: Vec<Edit>,
    /// A key in the message.
    message: Option<u8>,
}

fn edit() -> impl Strategy<Value = Edit> {
    let path = 0..PATHS.len();
    prop_oneof![
        8 => (path.clone(), prop::collection::vec(0u8..10, 0..5)).prop_map(|(p, lines)| Edit::Write(p, lines)),
        3 => path.clone().prop_map(Edit::Delete),
        1 => (path, 0u8..3).prop_map(|(p, n)| Edit::Link(p, n)),
        1 => (20u8..22).prop_map(Edit::Name),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let parents = prop_oneof![
        6 => Just(vec![1]),
        2 => (1usize..6).prop_map(|back| vec![back]),
        2 => (1usize..3, 3usize..8).prop_map(|(a, b)| vec![a, b]),
        1 => Just(Vec::new()),
    ];
    let message = prop_oneof![8 => Just(None), 1 => (30u8..32).prop_map(Some)];
    (parents, prop::collection::vec(edit(), 0..4), message).prop_map(|(parents, edits, message)| Step {
        parents,
        edits,
        message,
    })
}

/// A line by its number: four with a key, one a password that only some files make one, the others without. Two are many
/// lines: of a version of a long file, only what changed is scanned.
fn line(number: u8) -> String {
    match number {
        0..4 => format!("KLAVIYO_API_KEY={}\n", key(u64::from(number))),
        4 => format!("password = \"{}\"\n", secret("${base62:14}", 4)),
        8.. => (0..90).map(|i| format!("line {number} and {i} of a long file without a secret\n")).collect(),
        n => format!("line {n} of a file without a secret\n"),
    }
}

fn data(out: &mut String, text: &str) {
    writeln!(out, "data {}\n{text}", text.len()).unwrap();
}

/// The history as git fast-import reads it; each commit has a branch of its own.
fn stream(steps: &[Step]) -> String {
    let mut out = String::new();
    for (n, step) in steps.iter().enumerate() {
        let mark = n + 1;
        let time = 1_700_000_000 + n;
        writeln!(out, "commit refs/heads/b{mark}\nmark :{mark}").unwrap();
        writeln!(out, "committer A. Person <person@example.org> {time} +0000").unwrap();
        let message =
            step.message.map_or_else(|| format!("change {n}"), |k| format!("use {}", key(u64::from(k))));
        data(&mut out, &message);
        let mut parents: Vec<usize> =
            step.parents.iter().filter_map(|back| mark.checked_sub(*back)).collect();
        parents.retain(|p| *p > 0);
        parents.dedup();
        for (i, parent) in parents.iter().enumerate() {
            writeln!(out, "{} :{parent}", if i == 0 { "from" } else { "merge" }).unwrap();
        }
        for edit in &step.edits {
            match edit {
                Edit::Write(path, lines) => {
                    writeln!(out, "M 100644 inline {}", PATHS[*path]).unwrap();
                    data(&mut out, &lines.iter().map(|l| line(*l)).collect::<String>());
                }
                Edit::Delete(path) => writeln!(out, "D {}", PATHS[*path]).unwrap(),
                Edit::Link(path, n) => writeln!(out, "M 160000 {:040x} {}", n + 1, PATHS[*path]).unwrap(),
                Edit::Name(k) => {
                    writeln!(out, "M 100644 inline notes/{}", key(u64::from(*k))).unwrap();
                    data(&mut out, "a note\n");
                }
            }
        }
    }
    out
}

fn answers(s: &Sandbox, engine: &str) -> [Run; 2] {
    let s = s.env("STANCH_ENGINE", engine);
    let json = ["scan", "--history", "--show-suppressed", "--strict", "--format", "json"];
    [s.stanch(json), s.stanch(["scan", "--history", "--verbose"])]
}

/// A run without the time that it took.
fn said(run: &Run) -> (i32, &str, &str) {
    (run.code, &run.stdout, run.stderr.rsplit_once(" in ").map_or(&*run.stderr, |(told, _)| told))
}

#[test]
fn a_history_read_object_by_object_gives_the_answer_of_reading_it_commit_by_commit() {
    let found = Cell::new(0);
    let steps = prop::collection::vec(step(), 1..40);
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(24);
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
        .run(&(steps, any::<bool>()), |(steps, packed)| {
            let s = Sandbox::new();
            s.run_with("git", ["fast-import", "--quiet"], stream(&steps).as_bytes()).ok();
            // What refs name beside commits: a tag with a message, and a tree.
            s.git(["tag", "-a", "-m", &format!("with {}", key(40)), "v1", "b1"]);
            s.git(["update-ref", "refs/trees/one", "b1^{tree}"]);
            if packed {
                s.git(["repack", "-adq"]);
            }
            for (by_object, by_commit) in answers(&s, "fast").iter().zip(&answers(&s, "plain")) {
                prop_assert!(by_object.code < 2, "{:#?}", by_object);
                prop_assert_eq!(said(by_object), said(by_commit));
                found.set(found.get() + by_object.stdout.matches("\"rule\"").count());
            }
            Ok(())
        })
        .unwrap();
    assert!(found.get() > 40, "the histories have something to find: {}", found.get());
}

#[test]
fn a_file_that_is_first_a_sample_and_later_an_env_file_belongs_to_the_commit_that_renames_it() {
    let s = Sandbox::new();
    let text = format!("PORT=3000\nDB_PASSWORD={}\n", secret("${base62:9}", 1));
    s.record(&[("env.sample", &text)]);
    // More commits than are read at a time.
    let mut more = String::new();
    for n in 0..70 {
        let from = if n == 0 { "from refs/heads/main^0\n" } else { "" };
        write!(
            more,
            "commit refs/heads/main\ncommitter A <a@example.org> {} +0000\ndata 1\nx\n{from}",
            1_800_000_000 + n
        )
        .unwrap();
        write!(more, "M 100644 inline n.txt\ndata 3\n{n:02}\n\n").unwrap();
    }
    s.run_with("git", ["fast-import", "--quiet", "--force"], more.as_bytes()).ok();
    s.git(["reset", "-q", "--hard"]);
    s.git(["mv", "env.sample", ".env"]);
    s.git(["commit", "-q", "-m", "rename"]);
    let head = s.git(["rev-parse", "HEAD"]);
    for engine in ["fast", "plain"] {
        let run = s.env("STANCH_ENGINE", engine).stanch(["scan", "--history", "--format", "json"]);
        let rows: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let of_head =
            rows.as_array().unwrap().iter().find(|r| r["commit"] == head.as_str() && r["path"] == ".env");
        assert!(of_head.is_some(), "{engine}: {run:#?}");
    }
}

#[test]
fn a_blob_that_is_missing_or_damaged_is_the_same_error_however_the_history_is_read() {
    for damage in [false, true] {
        let s = Sandbox::new();
        s.record(&[("a.txt", "one\n"), ("b.txt", "two\n")]);
        let id = s.git(["rev-parse", "HEAD:b.txt"]);
        let file = s.dir().join(".git/objects").join(&id[..2]).join(&id[2..]);
        std::fs::remove_file(&file).unwrap();
        if damage {
            std::fs::write(&file, "no zlib stream").unwrap();
        }
        let [fast, plain] =
            ["fast", "plain"].map(|engine| s.env("STANCH_ENGINE", engine).stanch(["scan", "--history"]));
        assert_eq!(fast.code, 2, "{fast:#?}");
        let all = format!("{}{}", fast.stdout, fast.stderr);
        assert!(all.contains(&id[..7]), "{fast:#?}");
        assert_eq!(said(&fast), said(&plain));
    }
}
