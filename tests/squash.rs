//! A key that one commit adds and the next takes out: the way out of the blocked push.

use crate::support::{Sandbox, key};

/// A repository with a remote that has its first commit, guarded at the push.
fn with_remote() -> Sandbox {
    let s = Sandbox::new();
    s.record(&[("README.md", "hello\n")]);
    s.git(["init", "-q", "--bare", "../remote.git"]);
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.git(["push", "-q", "-u", "origin", "main"]);
    s.hook("pre-push");
    s
}

fn in_and_out(s: &Sandbox) {
    s.record(&[("a.py", &format!("k = \"{}\"\n", key(1)))]);
    s.record(&[("a.py", "k = 1\n"), ("b.py", "b = 1\n")]);
}

/// The command of the message that makes the commits one.
fn command(text: &str) -> String {
    let from = text.find("git reset --soft ").unwrap_or_else(|| panic!("{text}"));
    text[from..].lines().next().unwrap().split(" && ").next().unwrap().to_owned()
}

#[test]
fn the_commits_become_one_and_the_push_passes() {
    let s = with_remote();
    in_and_out(&s);
    let tree = s.git(["rev-parse", "HEAD^{tree}"]);
    let run = s.try_git(["push", "-q", "origin", "main"]);
    assert!(run.code != 0 && run.stderr.contains("makes the 2 commits one: HEAD is clean"), "{run:#?}");
    assert!(!run.stderr.contains("git rebase"), "{run:#?}");
    let command = command(&run.stderr);
    s.run_with("git", command.split(' ').skip(1), b"");
    s.git(["commit", "-q", "-m", "both"]);
    assert_eq!(s.git(["rev-parse", "HEAD^{tree}"]), tree, "nothing of the work is lost");
    s.git(["push", "-q", "origin", "main"]);
}

#[test]
fn the_base_is_what_the_remote_has_and_never_its_newest_commit() {
    let s = with_remote();
    // A colleague pushed; this clone fetched, and diverged.
    s.git(["clone", "-q", "-b", "main", "../remote.git", "../colleague"]);
    let other = s.at("../colleague");
    other.record(&[("theirs.py", "x = 1\n")]);
    other.git(["push", "-q", "origin", "main"]);
    s.git(["fetch", "-q"]);
    in_and_out(&s);
    let run = s.try_git(["push", "-q", "origin", "main:topic"]);
    let command = command(&run.stderr);
    s.run_with("git", command.split(' ').skip(1), b"");
    assert_eq!(s.git(["status", "--porcelain"]), "A  a.py\nA  b.py", "no file of the colleague is deleted");
}

#[test]
fn it_is_not_offered_where_head_has_the_key_or_a_merge_lies_between() {
    let s = with_remote();
    s.record(&[("a.py", &format!("k = \"{}\"\n", key(1)))]);
    s.record(&[("b.py", "b = 1\n")]);
    let run = s.try_git(["push", "-q", "origin", "main"]);
    assert!(run.code != 0 && !run.stderr.contains("reset --soft"), "{run:#?}");

    let s = with_remote();
    s.git(["checkout", "-q", "-b", "side"]);
    in_and_out(&s);
    s.git(["checkout", "-q", "main"]);
    s.record(&[("c.py", "c = 1\n")]);
    s.git(["merge", "-q", "--no-verify", "-m", "merge", "side"]);
    let run = s.try_git(["push", "-q", "origin", "main"]);
    assert!(run.code != 0 && !run.stderr.contains("reset --soft"), "{run:#?}");
}

#[test]
fn another_branch_than_the_one_at_hand_is_switched_to_first() {
    let s = with_remote();
    s.git(["checkout", "-q", "-b", "topic"]);
    in_and_out(&s);
    s.git(["checkout", "-q", "main"]);
    let run = s.try_git(["push", "-q", "origin", "topic"]);
    assert!(run.code != 0 && run.stderr.contains("git switch topic"), "{run:#?}");
}
