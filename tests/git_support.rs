//! The table of support in docs/git.md: the oldest git that each part works with, and programs beside git.
//!
//! `STANCH_TEST_GIT` names another git to run these tests with; without it they run with the one on PATH.

use crate::managers::tool;
use crate::support::{Sandbox, key};
use std::path::Path;

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// The sandbox with the folder of a program in the first place on PATH.
fn beside(s: &Sandbox, program: &Path) -> Sandbox {
    let folder = program.parent().unwrap().display();
    s.env("PATH", &format!("{folder}:{}", std::env::var("PATH").unwrap()))
}

/// An empty sandbox whose git is the one to test.
fn with_git() -> Sandbox {
    let s = Sandbox::empty();
    match std::env::var_os("STANCH_TEST_GIT") {
        Some(git) => beside(&s, Path::new(&git)),
        None => s,
    }
}

/// A version as docs/git.md and `git --version` write it: the first two numbers.
fn version(text: &str) -> (u32, u32) {
    let mut numbers = text.split('.').map(|n| n.parse().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap())
}

/// A commit, a push and a server, each with a key and without one.
fn gates_hold(s: &Sandbox, format: &[&str]) {
    s.git([&["init", "-q", "-b", "main", "."], format].concat());
    let bare = [&["init", "-q", "--bare", "-b", "main", "../server.git"], format].concat();
    s.git(bare);
    s.at("../server.git").hook("pre-receive");
    s.git(["remote", "add", "origin", "../server.git"]);
    s.stanch(["install"]).ok();
    assert_eq!(s.stanch(["doctor"]).code, 0);
    s.stage("a.env", line(1));
    s.commit().stopped_at("a.env:1:");
    s.stage("a.env", "A=1\n");
    s.commit().ok();
    s.git(["push", "-q", "origin", "main"]);
    s.record(&[("b.env", &line(2))]);
    s.try_git(["push", "-q", "origin", "main"]).stopped_at("b.env:1:");
    let run = s.try_git(["push", "-q", "--no-verify", "origin", "main"]);
    run.stopped_at("b.env:1:");
    assert!(run.stderr.contains("remote: "), "{run:#?}");
}

#[test]
fn every_part_works_from_the_git_on_that_the_table_names() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/git.md")).unwrap();
    let text = text.split_once("\n## Support\n").unwrap().1;
    let since = |part: &str| {
        let row = text.lines().find(|l| l.starts_with(&format!("| {part} |"))).unwrap();
        version(row.split('|').nth(2).unwrap().trim())
    };
    let here = with_git().git(["version"]);
    let here = version(here.trim_start_matches("git version "));
    let mut held = 0;
    for (part, format) in [
        ("commits, pushes and servers", &[][..]),
        ("SHA-256", &["--object-format=sha256"]),
        ("reftable", &["--ref-format=reftable"]),
    ] {
        if here < since(part) {
            let s = with_git();
            assert_ne!(s.try_git([&["init", "-q", "."], format].concat()).code, 0, "{part} works before");
        } else {
            gates_hold(&with_git(), format);
            held += 1;
        }
    }
    assert!(held > 0, "this git is older than any that is supported");
}

#[test]
fn a_worktree_a_submodule_a_sparse_and_a_shallow_clone_are_guarded() {
    let s = with_git();
    s.git(["init", "-q", "-b", "main", "."]);
    s.record(&[("in/a.txt", "x\n"), ("out/b.txt", "x\n")]);
    s.record(&[("in/a.txt", "y\n")]);
    s.git(["worktree", "add", "-q", "../linked", "-b", "linked"]);
    let address = format!("file://{}", s.dir().display());
    s.git(["clone", "-q", "--depth", "1", &address, "../shallow"]);
    s.git(["clone", "-q", "--filter=blob:none", "--sparse", &address, "../sparse"]);
    s.git(["init", "-q", "-b", "main", "../outer"]);
    let outer = s.at("../outer");
    outer.git(["-c", "protocol.file.allow=always", "submodule", "add", "-q", &address, "sub"]);
    for folder in ["../linked", "../shallow", "../sparse", "../outer/sub"] {
        let s = s.at(folder);
        s.stanch(["install"]).ok();
        s.stage("key.env", line(1));
        s.commit().stopped_at("key.env:1:");
        s.stage("key.env", "A=1\n");
        s.commit().ok();
    }
}

/// Made by git as jj makes it beside git: a commit on no branch, HEAD detached at its parent, and a ref that keeps it.
fn jj_commit(s: &Sandbox, path: &str, text: &str) -> String {
    s.stage(path, text);
    let (tree, parent) = (s.git(["write-tree"]), s.git(["rev-parse", "HEAD"]));
    let id = s.git(["commit-tree", tree.trim(), "-p", parent.trim(), "-m", "a change"]).trim().to_owned();
    s.git(["update-ref", &format!("refs/jj/keep/{id}"), &id]);
    s.git(["update-ref", "--no-deref", "HEAD", &id]);
    id
}

#[test]
fn what_jj_leaves_is_read_at_a_push_and_at_the_server() {
    let s = with_git();
    s.git(["init", "-q", "-b", "main", "."]);
    s.git(["init", "-q", "--bare", "-b", "main", "../server.git"]);
    s.at("../server.git").hook("pre-receive");
    s.git(["remote", "add", "origin", "../server.git"]);
    s.record(&[("README.md", "hello\n")]);
    s.git(["checkout", "-q", "--detach"]);
    s.stanch(["install"]).ok();
    assert_eq!(s.stanch(["doctor"]).code, 0);
    s.git(["push", "-q", "origin", "main"]);
    let clean = jj_commit(&s, "a.txt", "a\n");
    s.git(["push", "-q", "origin", &format!("{clean}:refs/heads/clean")]);
    let id = jj_commit(&s, "a.env", &line(1));
    // `git push` of the bookmark, then the command that `jj git push` runs.
    s.git(["update-ref", "refs/heads/topic", &id]);
    s.try_git(["push", "-q", "origin", "topic"]).stopped_at("a.env:1:");
    let jj = ["push", "--porcelain", "--no-verify", "--force-with-lease=refs/heads/topic:", "--", "origin"];
    let run = s.try_git([&jj[..], &[&format!("{id}:refs/heads/topic")]].concat());
    run.stopped_at("a.env:1:");
    assert!(run.stderr.contains("remote: "), "{run:#?}");
    // jj's refs are nothing that the remote has.
    assert_eq!(s.stanch(["scan", "--commits", &format!("{clean}..{id}")]).code, 1);
    assert_eq!(s.stanch(["scan", "--history"]).code, 1);
}

#[test]
fn with_git_lfs_both_hooks_run_and_its_pointers_pass() {
    let Some(lfs) = tool("STANCH_TEST_GIT_LFS", "git-lfs") else { return };
    let s = beside(&Sandbox::new(), &lfs);
    s.at("..").git(["init", "-q", "--bare", "-b", "main", "remote.git"]);
    s.git(["remote", "add", "origin", &format!("file://{}", s.root().join("remote.git").display())]);
    s.git(["lfs", "install", "--local"]);
    s.stanch(["install"]).ok();
    s.git(["lfs", "track", "*.bin"]);
    s.git(["add", ".gitattributes"]);
    s.stage("a.bin", [7; 4096]);
    s.stage("a.env", line(1));
    s.commit().stopped_at("a.env:1:");
    s.stage("a.env", "A=1\n");
    s.commit().ok();
    assert!(s.git(["show", "HEAD:a.bin"]).starts_with("version https://git-lfs"));
    s.git(["push", "-q", "origin", "main"]);
    // Its own pre-push hook sent the object.
    assert!(s.root().join("remote.git/lfs/objects").is_dir());
    // A commit takes a pointer; a push reads the object behind it, which is sent too.
    s.stage("b.bin", line(3));
    s.commit().ok();
    s.try_git(["push", "-q", "origin", "main"]).stopped_at("b.bin!b.bin:1:");
    s.git(["reset", "-q", "--hard", "HEAD^"]);
    s.record(&[("b.env", &line(2))]);
    s.try_git(["push", "-q", "origin", "main"]).stopped_at("b.env:1:");
}

#[test]
fn what_passes_a_persons_hooks_is_refused_by_the_server() {
    let s = Sandbox::new();
    s.at("..").git(["init", "-q", "--bare", "-b", "main", "server.git"]);
    let server = s.at("../server.git");
    server.hook("pre-receive");
    s.git(["remote", "add", "origin", "../server.git"]);
    s.stanch(["install"]).ok();
    s.stage("a.env", line(1));
    assert_ne!(s.commit().code, 0);
    let push = |args: &[&str]| {
        let run = s.try_git([args, &["origin", "HEAD:refs/heads/main"]].concat());
        run.stopped_at("a.env:1:");
        assert!(run.stderr.contains("remote: "), "{run:#?}");
        assert_eq!(server.git(["for-each-ref"]), "");
    };
    // The hooks are not asked.
    s.git(["commit", "-q", "--no-verify", "-m", "x"]);
    push(&["push", "-q", "--no-verify"]);
    // Another folder of hooks, for one command.
    s.git(["-c", "core.hooksPath=/nowhere", "commit", "-q", "--amend", "-m", "y"]);
    push(&["-c", "core.hooksPath=/nowhere", "push", "-q"]);
    // Commands below `git commit`, as another client uses them.
    let tree = s.git(["write-tree"]);
    let id = s.git(["commit-tree", "-m", "z", &tree]);
    s.git(["update-ref", "HEAD", &id]);
    push(&["push", "-q", "--no-verify"]);
    // The hooks are taken out.
    for hook in ["pre-commit", "commit-msg", "pre-push"] {
        std::fs::remove_file(s.dir().join(".git/hooks").join(hook)).unwrap();
    }
    assert_ne!(s.stanch(["doctor"]).code, 0);
    push(&["push", "-q"]);
}
