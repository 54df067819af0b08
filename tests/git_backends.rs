//! Repositories that libgit2 does not read, and the same answer through git itself.

use crate::support::{Run, STANCH, Sandbox, key};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;
use std::collections::BTreeSet;

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// A guarded repository of another format, and a remote of the same.
fn of_format(args: &[&str]) -> Sandbox {
    let s = Sandbox::empty();
    s.git([&["init", "-q", "-b", "main", "."], args].concat());
    s.git([&["init", "-q", "--bare", "-b", "main", "../remote.git"], args].concat());
    s.git(["remote", "add", "origin", "../remote.git"]);
    for hook in ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"] {
        s.hook(hook);
    }
    s
}

/// What every repository must be able to do.
fn gate_holds(s: &Sandbox) {
    // The first commit.
    s.stage("a.env", line(1));
    s.commit().stopped_at("a.env:1:");
    s.stage("a.env", "A=1\n");
    s.commit().ok();
    // The first push.
    s.try_git(["push", "-q", "origin", "main"]).ok();
    // An edit, a removal, a rename, a name with odd bytes.
    s.record(&[("b.env", &line(2)), ("c.txt", "x\n"), ("deep/d.txt", "x\n")]);
    s.try_git(["push", "-q", "origin", "main"]).stopped_at("b.env:1:");
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    s.git(["mv", "b.env", "moved.env"]);
    s.git(["rm", "-q", "c.txt"]);
    s.stage("deep/na\u{ef}ve \"x\".txt", "x\n");
    s.commit().ok();
    s.stage("deep/na\u{ef}ve \"x\".txt", format!("x\n{}", line(3)));
    s.commit().stopped_at(":2:");
    s.git(["reset", "-q", "--hard"]);
    // commit -a, intent to add, and messages.
    s.write("a.env", line(4));
    s.try_git(["commit", "-q", "-a", "-m", "x"]).stopped_at("a.env:1:");
    s.write("later.env", line(5));
    s.git(["checkout", "-q", "a.env"]);
    s.git(["add", "-N", "later.env"]);
    s.stage("a.env", "A=2\n");
    s.commit().ok();
    s.git(["reset", "-q"]);
    assert_ne!(s.try_git(["commit", "--allow-empty", "-m", &line(6)]).code, 0);
    // A merge that only brings what a branch has, and a tag.
    s.git(["checkout", "-q", "-b", "side", "HEAD^"]);
    s.record(&[("side.env", &line(7))]);
    s.git(["push", "-q", "--no-verify", "origin", "side"]);
    s.git(["checkout", "-q", "main"]);
    s.try_git(["merge", "-q", "--no-edit", "side"]).ok();
    s.try_git(["push", "-q", "origin", "main"]).ok();
    s.git(["tag", "-a", "v1", "-m", &line(8)]);
    assert_ne!(s.try_git(["push", "-q", "origin", "v1"]).code, 0);
    s.try_git(["push", "-q", "origin", "main:another", ":side"]).ok();
}

#[test]
fn a_plain_repository_holds_through_both_readers_and_through_git() {
    gate_holds(&of_format(&[]).env("STANCH_ENGINE", "fast"));
    gate_holds(&of_format(&[]).env("STANCH_ENGINE", "plain"));
    gate_holds(&of_format(&[]).env("STANCH_GIT_BACKEND", "git"));
}

#[test]
fn a_sha256_repository_is_read() {
    gate_holds(&of_format(&["--object-format=sha256"]));
}

#[test]
fn a_reftable_repository_is_read() {
    gate_holds(&of_format(&["--ref-format=reftable"]));
}

#[test]
fn a_split_index_is_read() {
    let s = of_format(&[]);
    s.git(["config", "core.splitIndex", "true"]);
    gate_holds(&s);
    s.git(["update-index", "--split-index"]);
    s.stage("z.env", line(9));
    assert!(
        std::fs::read_dir(s.dir().join(".git"))
            .unwrap()
            .any(|f| { f.unwrap().file_name().to_string_lossy().starts_with("sharedindex") })
    );
    s.commit().stopped_at("z.env:1:");
}

#[test]
fn a_sparse_index_is_read() {
    let s = of_format(&[]);
    s.record(&[("in/a.txt", "x\n"), ("out/b.txt", "x\n"), ("out/deep/c.txt", "x\n")]);
    s.git(["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    assert!(
        s.git(["ls-files", "--sparse"]).contains("out/\n")
            || s.git(["ls-files", "--sparse"]).ends_with("out/")
    );
    s.stage("in/a.txt", line(1));
    s.commit().stopped_at("in/a.txt:1:");
    s.stage("in/a.txt", "y\n");
    s.commit().ok();
    s.try_git(["push", "-q", "origin", "main"]).ok();
}

#[test]
fn an_extension_that_neither_knows_cannot_be_checked() {
    let s = of_format(&[]);
    s.stage("a.env", line(1));
    s.git(["config", "core.repositoryFormatVersion", "1"]);
    s.git(["config", "extensions.madeUp", "true"]);
    let run = s.stanch(["hook", "pre-commit"]);
    run.could_not_check("madeup");
    assert!(run.stderr.contains("git status"), "{run:#?}");
}

#[test]
fn without_git_a_repository_that_only_git_reads_cannot_be_checked() {
    let s = of_format(&["--object-format=sha256"]);
    s.stage("a.env", line(1));
    s.env("PATH", "/nowhere").stanch(["hook", "pre-commit"]).could_not_check("git cannot be run");
    // One that libgit2 reads needs no git at all.
    let s = Sandbox::guarded();
    s.stage("a.env", line(1));
    s.env("PATH", "/nowhere").stanch(["hook", "pre-commit"]).stopped_at("a.env:1:");
}

/// A clone without blobs, of a repository with a key in an old version of a file.
fn partial() -> Sandbox {
    let s = of_format(&[]);
    s.record(&[("old.env", &line(1)), ("a.txt", "x\n")]);
    s.record(&[("old.env", "A=1\n")]);
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    s.at("../remote.git").git(["config", "uploadpack.allowFilter", "true"]);
    s.at("../remote.git").git(["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let clone = s.at("../partial");
    let url = format!("file://{}/remote.git", s.root().display());
    clone.git(["clone", "-q", "--filter=blob:none", &url, "."]);
    clone.hook("pre-commit");
    clone.hook("pre-push");
    clone
}

#[test]
fn a_partial_clone_is_read_where_its_objects_are_here() {
    let s = partial();
    s.stage("b.env", line(2));
    s.commit().stopped_at("b.env:1:");
    s.stage("b.env", "B=1\n");
    s.commit().ok();
    s.try_git(["push", "-q", "origin", "main"]).ok();
    s.record(&[("c.env", &line(3))]);
    s.try_git(["push", "-q", "origin", "main"]).stopped_at("c.env:1:");
}

#[test]
fn objects_that_a_partial_clone_lacks_are_named_with_the_command_that_fetches_them() {
    let s = partial();
    s.at("..").git(["init", "-q", "--bare", "elsewhere.git"]);
    let missing = s.git(["rev-parse", "HEAD^:old.env"]);
    let elsewhere = s.root().join("elsewhere.git");
    let run = s.try_git(["push", "-q", elsewhere.to_str().unwrap(), "main"]);
    assert_ne!(run.code, 0);
    assert!(run.stderr.contains("could not check") && run.stderr.contains(&missing), "{run:#?}");
    // The command that the message gives brings them, and then the key in them is found.
    let command = run.stderr.split('`').find(|part| part.starts_with("git fetch")).unwrap().to_owned();
    s.git(command.split(' ').skip(1));
    s.try_git(["push", "-q", elsewhere.to_str().unwrap(), "main"]).stopped_at("old.env:1:");
}

// ---- all of them say the same ----------------------------------------------------------------------------------

/// One step in the life of a repository.
#[derive(Debug, Clone)]
enum Step {
    Write(u8, u8, bool),
    Remove(u8),
    Move(u8, u8),
    Commit,
    Branch(u8),
    Merge(u8),
    Tag(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..5u8, any::<u8>(), any::<bool>()).prop_map(|(f, s, k)| Step::Write(f, s, k)),
        1 => (0..5u8).prop_map(Step::Remove),
        1 => (0..5u8, 0..5u8).prop_map(|(a, b)| Step::Move(a, b)),
        3 => Just(Step::Commit),
        1 => (0..3u8).prop_map(Step::Branch),
        1 => (0..3u8).prop_map(Step::Merge),
        1 => any::<u8>().prop_map(Step::Tag),
    ]
}

const FILES: [&str; 5] = ["a.env", "dir/b.env", "dir/c d.txt", "dir.x/e.py", "na\u{ef}ve.txt"];

/// Whatever git says to a step is fine: some cannot be done.
fn act(s: &Sandbox, step: &Step) {
    match step {
        Step::Write(file, seed, with_key) => {
            let mut text: String = (0..8).map(|i| format!("line {i} of {file}\n")).collect();
            text.push_str(&format!("value {seed}\n"));
            if *with_key {
                text.push_str(&line(u64::from(*seed)));
            }
            s.stage(FILES[*file as usize], text);
        }
        Step::Remove(file) => drop(s.try_git(["rm", "-q", "-f", FILES[*file as usize]])),
        Step::Move(a, b) => drop(s.try_git(["mv", FILES[*a as usize], FILES[*b as usize]])),
        Step::Commit => drop(s.try_git(["commit", "-q", "-m", "x"])),
        Step::Branch(name) => drop(s.try_git(["checkout", "-q", "-B", &format!("branch{name}")])),
        Step::Merge(name) => {
            let run = s.try_git(["merge", "-q", "--no-edit", &format!("branch{name}")]);
            if run.code != 0 {
                drop(s.try_git(["merge", "--abort"]));
            }
        }
        Step::Tag(n) => drop(s.try_git(["tag", "-f", "-a", "-m", &line(u64::from(*n)), &format!("tag{n}")])),
    }
}

/// What the two hooks say of a repository: the staged change, and all of it sent to an empty remote.
fn answers(s: &Sandbox) -> Vec<Run> {
    // A second telling of the same is shorter.
    drop(std::fs::remove_dir_all(s.dir().join(".git/stanch")));
    let refs = s.git([
        "for-each-ref",
        "--format=%(refname) %(objectname) %(refname) 0000000000000000000000000000000000000000",
    ]);
    let push = ["hook", "pre-push", "nowhere", "nowhere"];
    vec![
        s.stanch(["scan", "--staged", "--format", "jsonl"]),
        s.run_with(STANCH, push, format!("{refs}\n").as_bytes()),
    ]
}

#[test]
fn both_readers_and_git_give_the_same_answer() {
    let steps = prop::collection::vec(step(), 4..24);
    let stopped = Cell::new(0);
    TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() })
        .run(&steps, |steps| {
            let s = Sandbox::new();
            s.record(&[("README.md", "x\n")]);
            steps.iter().for_each(|step| act(&s, step));
            let fast = answers(&s.env("STANCH_ENGINE", "fast"));
            let plain = answers(&s.env("STANCH_ENGINE", "plain"));
            let git = answers(&s.env("STANCH_GIT_BACKEND", "git"));
            for ((a, b), c) in fast.iter().zip(&plain).zip(&git) {
                prop_assert!(a.code < 2, "{:#?}", a);
                stopped.set(stopped.get() + a.code);
                for other in [b, c] {
                    prop_assert_eq!(a.code, other.code);
                    prop_assert_eq!(&a.stdout, &other.stdout);
                    prop_assert_eq!(&a.stderr, &other.stderr);
                }
            }
            Ok(())
        })
        .unwrap();
    assert!(stopped.get() > 3, "the repositories have something to find");
}

// ---- and what git's own diff says ------------------------------------------------------------------------------

/// The keys on lines that a patch adds, against all parents where it is a combined one.
fn added_keys(patch: &str) -> BTreeSet<String> {
    let mut parents = 1;
    let mut keys = BTreeSet::new();
    for line in patch.lines() {
        if line.starts_with("@@") {
            // `@@ ` of a plain patch, `@@@ ` of one with two parents.
            parents = line.bytes().take_while(|b| *b == b'@').count() - 1;
        } else if line.len() > parents && line.as_bytes()[..parents].iter().all(|b| *b == b'+') {
            keys.extend(line.split_once("KLAVIYO_API_KEY=").map(|(_, key)| key.to_owned()));
        }
    }
    keys
}

/// How many different secrets a run with `--explain-decision` lists.
fn told(run: &Run) -> usize {
    let prints =
        run.stderr.lines().filter_map(|l| l.split_once(" klaviyo-private-api-key ")?.1.split_once(": block"));
    prints.map(|(fingerprint, _)| fingerprint).collect::<BTreeSet<_>>().len()
}

#[test]
fn what_is_found_is_what_gits_own_diff_adds() {
    let steps = prop::collection::vec(step(), 4..30);
    let seen = Cell::new(0);
    let plain = ["-U0", "-M", "--text", "--no-textconv", "--no-ext-diff", "--no-color"];
    TestRunner::new(Config { cases: 16, failure_persistence: None, ..Config::default() })
        .run(&steps, |steps| {
            let s = Sandbox::new();
            s.record(&[("README.md", "x\n")]);
            steps.iter().for_each(|step| act(&s, step));

            let want = added_keys(&s.git([&["diff", "--cached"], &plain[..]].concat()));
            let run = s.stanch(["hook", "--explain-decision", "pre-commit"]);
            prop_assert_eq!(told(&run), want.len(), "{:?} in {:#?}", want, run);
            seen.set(seen.get() + want.len());

            let log = ["log", "-p", "--cc", "--root", "--format=", "--branches"];
            let want = added_keys(&s.git([&log, &plain[..]].concat()));
            let zero = "0".repeat(40);
            let refs = s.git(["for-each-ref", "--format=%(refname) %(objectname) %(refname)", "refs/heads"]);
            let refs: String = refs.lines().map(|l| format!("{l} {zero}\n")).collect();
            let push = ["hook", "--explain-decision", "pre-push", "nowhere", "nowhere"];
            let run = s.run_with(STANCH, push, refs.as_bytes());
            prop_assert_eq!(told(&run), want.len(), "{:?} in {:#?}", want, run);
            seen.set(seen.get() + want.len());
            Ok(())
        })
        .unwrap();
    assert!(seen.get() > 10, "the repositories have something to find");
}
