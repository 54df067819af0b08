//! "Has it leaked?" says what was looked at, and no more than that.

use crate::support::{Sandbox, key};

fn blocked(s: &Sandbox) -> String {
    let run = s.commit();
    assert_eq!(run.code, 1, "{run:#?}");
    // One line, however it was wrapped.
    run.stderr.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A guarded repository whose history holds the key in `old.py`, brought past the hook, and taken out again.
fn with_history(push: bool) -> Sandbox {
    let s = Sandbox::guarded();
    s.write("old.py", format!("k = \"{}\"\n", key(1)));
    s.git(["add", "."]);
    s.git(["commit", "-q", "--no-verify", "-m", "leak"]);
    if push {
        s.git(["init", "-q", "--bare", "../remote.git"]);
        s.git(["remote", "add", "origin", "../remote.git"]);
        s.git(["push", "-q", "--no-verify", "origin", "main"]);
    }
    s
}

#[test]
fn a_key_that_a_remote_has_is_said_to_be_out_wherever_it_moves() {
    let s = with_history(true);
    s.stage("new.py", format!("import os\n\nx = 1\nkey = \"{}\"\n", key(1)));
    let text = blocked(&s);
    assert!(text.contains("Has it leaked? Yes: origin/main has it since "), "{text}");
    assert!(text.contains("Treat it as public: revoke it first."), "{text}");
}

#[test]
fn a_key_in_a_commit_that_no_remote_has_is_said_to_be_there() {
    let s = with_history(false);
    s.stage("new.py", format!("k = \"{}\"\n", key(1)));
    let text = blocked(&s);
    assert!(text.contains("Not as far as is known, but commit "), "{text}");
    assert!(text.contains("has it already: taking it out here leaves it there."), "{text}");
}

#[test]
fn a_new_key_is_not_called_safe_yet_what_was_looked_at_is_named() {
    let s = Sandbox::guarded();
    s.stage("new.py", format!("k = \"{}\"\n", key(1)));
    let text = blocked(&s);
    assert!(text.contains("Not by this commit. Looked at its file in 1 commit, 1 file of HEAD and the record of pushes from here: it is not there."), "{text}");
    assert!(!text.contains("nothing has left this machine"), "{text}");
}

#[test]
fn a_key_that_an_earlier_push_took_along_is_remembered() {
    let s = Sandbox::guarded();
    s.hook("pre-push");
    s.git(["init", "-q", "--bare", "../remote.git"]);
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.stage("a.py", format!("k = \"{}\"\n", key(1)));
    s.git(["commit", "-q", "--no-verify", "-m", "leak"]);
    s.env("STANCH_BYPASS", "the demo must go out").git(["push", "-q", "origin", "main"]);
    // The remote-tracking branch is gone, and the history was rewritten: only the record knows.
    s.git(["reset", "-q", "--hard", "HEAD^"]);
    s.git(["update-ref", "-d", "refs/remotes/origin/main"]);
    s.stage("b.py", format!("k = \"{}\"\n", key(1)));
    let text = blocked(&s);
    assert!(text.contains("Has it leaked? Yes: origin got it by a push of 20"), "{text}");
}

#[test]
fn another_key_is_not_taken_for_the_one_that_is_out() {
    let s = with_history(true);
    s.stage("new.py", format!("k = \"{}\"\n", key(2)));
    assert!(blocked(&s).contains("Not by this commit."), "another value");
    s.stage("both.py", format!("k = \"{}\"\n", key(1)));
    let text = blocked(&s);
    assert!(text.contains("Has it leaked? Yes: origin/main has 1 of the 2 since "), "{text}");
}

#[test]
fn the_history_of_a_blocked_secret_is_listed_on_request() {
    let s = with_history(true);
    s.write("old.py", "k = 1\n");
    s.git(["add", "."]);
    s.git(["commit", "-q", "-m", "out again"]);
    s.git(["checkout", "-q", "-b", "side"]);
    s.record(&[("side.py", &format!("k = \"{}\"\n", key(1)))]);
    s.stage("new.py", format!("k = \"{}\"\n", key(1)));
    let run = s.commit();
    let at = run.stderr.find("stanch allow ").unwrap() + 13;
    let out = s.stanch(["explain", &run.stderr[at..at + 8], "--history"]).ok().stdout;
    assert!(out.contains("a remote has it  old.py") && out.contains("only here  side.py"), "{out}");
    assert!(out.contains("2 of 4 commits bring it, 1 of them a remote has."), "{out}");
    assert!(!out.contains(&key(1)), "{out}");
    let other = s.stanch(["explain", "00000000", "--history"]);
    assert!(other.code == 2 && other.stderr.contains("no secret here has the fingerprint"), "{other:?}");
}
