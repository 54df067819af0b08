//! Refs, grafts, replacements and shallow ends that somebody wrote by hand: a push is read for what git sends.

use crate::support::{Run, Sandbox, key};
use std::fs;

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// A clone of a bare remote with one clean commit, the pre-push hook, and a commit with a key that is not pushed.
fn with_a_key() -> Sandbox {
    let s = Sandbox::new();
    s.at("..").git(["init", "-q", "--bare", "-b", "main", "remote.git"]);
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.record(&[("README.md", "hello\n")]);
    s.git(["push", "-q", "origin", "main"]);
    s.hook("pre-push");
    s.record(&[("a.env", &line(1))]);
    s
}

fn push(s: &Sandbox, args: &[&str]) -> Run {
    s.try_git([&["push", "-q"], args].concat())
}

/// Nothing of the key came to the remote.
#[track_caller]
fn stays_here(s: &Sandbox) {
    let id = s.git(["rev-parse", "main:a.env"]);
    assert_ne!(s.at("../remote.git").try_git(["cat-file", "-e", &id]).code, 0);
}

#[test]
fn a_tracking_ref_that_came_from_no_fetch_or_push_hides_nothing() {
    let forge: [&dyn Fn(&Sandbox); 6] = [
        &|s| drop(s.git(["update-ref", "refs/remotes/origin/x", "HEAD"])),
        &|s| drop(s.git(["update-ref", "-m", "mine", "refs/remotes/origin/main", "HEAD"])),
        &|s| drop(s.git(["fetch", "-q", ".", "HEAD:refs/remotes/origin/x"])),
        &|s| {
            drop(s.git(["-c", "core.logAllRefUpdates=false", "update-ref", "refs/remotes/origin/x", "HEAD"]));
        },
        &|s| {
            let id = s.git(["rev-parse", "HEAD"]);
            s.write(".git/refs/remotes/origin/main", format!("{id}\n"));
        },
        &|s| {
            s.git(["update-ref", "refs/remotes/origin/x", "HEAD"]);
            s.git(["pack-refs", "--all"]);
        },
    ];
    for (i, forge) in forge.iter().enumerate() {
        let s = with_a_key();
        forge(&s);
        let run = push(&s, &["origin", "HEAD:refs/heads/topic"]);
        run.stopped_at("a.env:1:");
        assert!(run.stderr.contains("came from no fetch or push"), "{i}: {run:#?}");
        stays_here(&s);
        // A hook manager works out where to begin from the same refs.
        let mut managed = s.env("PRE_COMMIT", "1").env("PRE_COMMIT_REMOTE_NAME", "origin");
        for (name, value) in [("FROM_REF", "HEAD"), ("TO_REF", "HEAD"), ("REMOTE_URL", "../remote.git")] {
            managed = managed.env(&format!("PRE_COMMIT_{name}"), value);
        }
        managed.stanch(["hook", "pre-push"]).stopped_at("a.env:1:");
    }
}

#[test]
fn what_a_fetch_a_push_or_a_clone_wrote_counts() {
    let s = with_a_key();
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    s.record(&[("b.txt", "x\n")]);
    push(&s, &["origin", "HEAD:refs/heads/pushed"]).ok();
    let clone = s.at("../clone");
    clone.git(["clone", "-q", "../remote.git", "."]);
    clone.hook("pre-push");
    clone.record(&[("c.txt", "x\n")]);
    push(&clone, &["origin", "HEAD:refs/heads/cloned"]).ok();
    s.record(&[("e.env", &line(2))]);
    s.git(["push", "-q", "--no-verify", "origin", "HEAD:refs/heads/main"]);
    for fetch in [&["fetch", "-q", "origin"][..], &["pull", "-q", "origin", "main"]] {
        clone.git(["update-ref", "-d", "refs/remotes/origin/main"]);
        clone.git(["config", "pull.rebase", "false"]);
        clone.git(fetch);
        push(&clone, &["origin", "HEAD:refs/heads/fetched"]).ok();
    }
    clone.git(["checkout", "-q", "-b", "on", "origin/main"]);
    clone.record(&[("d.txt", "x\n")]);
    clone.git(["reflog", "expire", "--expire=now", "--all"]);
    push(&clone, &["origin", "HEAD:refs/heads/expired"]).ok();
    fs::remove_dir_all(clone.dir().join(".git/logs")).unwrap();
    clone.record(&[("d.txt", "y\n")]);
    push(&clone, &["origin", "HEAD:refs/heads/copied"]).ok();
}

#[test]
fn grafts_hide_nothing() {
    let s = with_a_key();
    let (bad, first) = (s.git(["rev-parse", "HEAD"]), s.git(["rev-parse", "HEAD^"]));
    let last = s.record(&[("a.env", "A=1\n")]);
    // The commit with the key is taken out of history, and put behind what the remote has.
    for grafts in [format!("{last} {first}\n"), format!("{first} {bad}\n"), format!("{last}\n")] {
        s.write(".git/info/grafts", &grafts);
        push(&s, &["origin", "main"]).stopped_at("a.env:1:");
        let plumbing = s.env("STANCH_GIT_BACKEND", "git");
        push(&plumbing, &["origin", "main"]).stopped_at("a.env:1:");
    }
}

#[test]
fn replaced_commits_and_trees_are_read_as_they_are_sent() {
    let s = with_a_key();
    let (bad, first) = (s.git(["rev-parse", "HEAD"]), s.git(["rev-parse", "HEAD^"]));
    for (what, by) in [(bad.clone(), first.clone()), (format!("{bad}^{{tree}}"), format!("{first}^{{tree}}"))]
    {
        s.git(["replace", &what, &by]);
        push(&s, &["origin", "main"]).stopped_at("a.env:1:");
        push(&s.env("STANCH_GIT_BACKEND", "git"), &["origin", "main"]).stopped_at("a.env:1:");
        s.git(["replace", "-d", &s.git(["--no-replace-objects", "rev-parse", &what])]);
        stays_here(&s);
    }
}

#[test]
fn a_shallow_end_written_by_hand_sends_nothing_unread() {
    let s = with_a_key();
    s.record(&[("a.env", "A=1\n")]);
    let id = s.git(["rev-parse", "HEAD"]);
    s.write(".git/shallow", format!("{id}\n"));
    // Git takes history to end there too, and the server refuses a push without its beginning.
    push(&s, &["origin", "main"]);
    let whole = s.env("GIT_SHALLOW_FILE", "");
    let key = whole.git(["rev-parse", "HEAD^:a.env"]);
    assert_ne!(s.at("../remote.git").try_git(["cat-file", "-e", &key]).code, 0);
    // With another file for its shallow end, it sends what lies behind.
    push(&whole, &["origin", "main"]).stopped_at("a.env:1:");
    assert_ne!(s.at("../remote.git").try_git(["cat-file", "-e", &key]).code, 0);
}
