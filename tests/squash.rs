//! A key in unpushed commits: how to remove it after the blocked push.

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
    assert!(run.code != 0 && run.stderr.contains("makes the 2 commits one: the newest is clean"), "{run:#?}");
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

fn subjects(s: &Sandbox) -> Vec<String> {
    s.git(["log", "--format=%s", "origin/main..HEAD"]).lines().map(str::to_owned).collect()
}

/// Five commits: the second brings the key, the fourth takes it out.
fn five(s: &Sandbox) {
    for (n, files) in [
        &[("one.py", "x = 1\n".to_owned())][..],
        &[("a.py", format!("k = \"{}\"\n", key(1)))],
        &[("three.py", "x = 3\n".to_owned())],
        &[("a.py", "k = 1\n".to_owned())],
        &[("five.py", "x = 5\n".to_owned())],
    ]
    .iter()
    .enumerate()
    {
        for (path, text) in *files {
            s.stage(path, text);
        }
        s.git(["commit", "-q", "--no-verify", "-m", &format!("commit {}", n + 1)]);
    }
}

#[test]
fn clean_commits_stay_and_those_with_the_key_become_part_of_the_next() {
    let s = with_remote();
    five(&s);
    s.git(["tag", "old"]);
    let (head, tree) = (s.git(["rev-parse", "HEAD"]), s.git(["rev-parse", "HEAD^{tree}"]));
    s.write("untracked.txt", "u\n");
    s.stage("staged.txt", "s\n");
    let plan = s.stanch(["fix", "--commits"]);
    assert_eq!(plan.code, 1, "{plan:#?}");
    assert!(plan.stderr.contains("4 unpushed commits of main become 2; no file changes"), "{}", plan.stderr);
    assert!(plan.stderr.contains("refs/tags/old has the old commits"), "{}", plan.stderr);
    assert_eq!(s.git(["rev-parse", "HEAD"]), head, "a plan changes nothing");
    let done = s.stanch(["fix", "--commits", "--yes"]).ok();
    assert_eq!(subjects(&s), ["commit 5", "commit 2", "commit 1"]);
    let message = s.git(["log", "-1", "--format=%B", "HEAD^"]);
    assert_eq!(message.trim_end(), "commit 2\n\ncommit 3\n\ncommit 4");
    assert_eq!(s.git(["rev-parse", "HEAD^{tree}"]), tree);
    assert_eq!(s.git(["status", "--porcelain"]), "A  staged.txt\n?? untracked.txt", "the work is untouched");
    // The backup is not a ref, only its owner reads it, and it brings the old commits back.
    assert!(!s.git(["for-each-ref"]).contains("stanch"));
    let fetch = done.stderr.split('`').nth(1).unwrap();
    s.git(fetch.split(' ').skip(1));
    assert_eq!(s.git(["rev-parse", "FETCH_HEAD"]), head);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = fetch.split(' ').nth(2).unwrap();
        let mode = std::fs::metadata(s.dir().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    s.git(["push", "-q", "origin", "main"]);
    assert!(s.stanch(["fix", "--commits"]).ok().stderr.contains("no unpushed commit"));
}

#[test]
fn what_a_remote_has_stays_and_head_is_cleaned_first() {
    let s = with_remote();
    // Pushed past the hook: no new commit takes it back.
    s.record(&[("old.py", &format!("k = \"{}\"\n", key(2)))]);
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    let pushed = s.git(["rev-parse", "HEAD"]);
    s.record(&[("a.py", &format!("k = \"{}\"\n", key(1)))]);
    s.record(&[("b.py", "b = 1\n")]);
    let run = s.stanch(["fix", "--commits", "--yes"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("the newest commit still has the secret, in a.py"), "{}", run.stderr);
    s.record(&[("a.py", "k = 1\n")]);
    s.stanch(["fix", "--commits", "--yes"]).ok();
    assert_eq!(s.git(["rev-parse", "HEAD^"]), pushed, "made anew from there on");
    s.git(["push", "-q", "origin", "main"]);
}

#[test]
fn a_message_with_a_key_is_left_out_and_author_and_time_stay() {
    let s = with_remote();
    let who = s.env("GIT_AUTHOR_NAME", "B. Other").env("GIT_AUTHOR_DATE", "2024-05-06T07:08:09+02:00");
    s.stage("a.py", "a = 1\n");
    s.git(["commit", "-q", "--no-verify", "-m", &format!("use {}", key(1))]);
    who.stage("b.py", "b = 1\n");
    who.git(["commit", "-q", "--no-verify", "-m", "second"]);
    s.stanch(["fix", "--commits", "--yes"]).ok();
    assert_eq!(
        s.git(["log", "--format=%an %ad %B", "--date=iso", "origin/main.."]).trim_end(),
        "B. Other 2024-05-06 07:08:09 +0200 second"
    );
    s.git(["push", "-q", "origin", "main"]);
}

#[test]
fn a_merge_a_detached_head_and_a_rebase_under_way_are_told_what_to_do() {
    let s = with_remote();
    s.git(["checkout", "-q", "-b", "side"]);
    in_and_out(&s);
    s.git(["checkout", "-q", "main"]);
    s.record(&[("c.py", "c = 1\n")]);
    s.git(["merge", "-q", "--no-verify", "-m", "merge", "side"]);
    let run = s.stanch(["fix", "--commits", "--yes"]);
    assert!(run.code == 1 && run.stderr.contains("lies between the secret and HEAD"), "{run:#?}");
    s.git(["checkout", "-q", "--detach"]);
    let run = s.stanch(["fix", "--commits"]);
    assert!(run.code == 2 && run.stderr.contains("HEAD is not on a branch"), "{run:#?}");
    s.write(".git/MERGE_HEAD", "");
    let run = s.stanch(["fix", "--commits"]);
    assert!(run.code == 2 && run.stderr.contains("a merge is under way"), "{run:#?}");
}

#[test]
fn the_commands_of_the_message_lead_an_older_key_out_of_the_push() {
    let s = with_remote();
    s.record(&[("a.py", &format!("k = \"{}\"\n", key(1)))]);
    s.record(&[("b.py", "b = 1\n")]);
    let run = s.try_git(["push", "-q", "origin", "main"]);
    assert!(run.stderr.starts_with("stanch: push blocked, secret in a.py:1; stanch fix\n"), "{}", run.stderr);
    crate::commands::follow(&s, &run.stderr);
    assert_eq!(s.git(["rev-parse", "origin/main"]), s.git(["rev-parse", "main"]), "{}", run.stderr);
    assert!(!s.git(["log", "-p", "origin/main"]).contains(&key(1)));
}
