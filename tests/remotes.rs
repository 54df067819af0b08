//! Remotes that change their address: what is known of the old one says nothing of the new one.

use crate::support::{Run, Sandbox, key};
use std::fs;

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// A clone whose remote `origin` has an old key, and was pushed to with the hook before. `elsewhere.git` is empty.
fn cloned() -> Sandbox {
    let s = Sandbox::new();
    for name in ["remote.git", "elsewhere.git"] {
        s.at("..").git(["init", "-q", "--bare", "-b", "main", name]);
    }
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.hook("pre-push");
    s.record(&[("README.md", "hello\n")]);
    s.git(["push", "-q", "origin", "main"]);
    s.record(&[("old.env", &line(1))]);
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    s.record(&[("b.txt", "x\n")]);
    s
}

fn push(s: &Sandbox, args: &[&str]) -> Run {
    s.try_git([&["push", "-q"], args].concat())
}

/// Does the message have these words, wherever its lines end?
fn says(run: &Run, words: &str) -> bool {
    run.stderr.split_whitespace().collect::<Vec<_>>().join(" ").contains(words)
}

/// The push is stopped for what the new address lacks, and says how to go on.
#[track_caller]
fn is_read(s: &Sandbox, remote: &str) {
    let run = push(s, &[remote, "main"]);
    run.stopped_at("old.env:1:");
    assert!(says(&run, &format!("stanch remote trust {remote}")), "{run:#?}");
    assert_eq!(s.at("../elsewhere.git").git(["for-each-ref"]), "");
}

fn record_of(s: &Sandbox) -> std::path::PathBuf {
    s.dir().join(".git/stanch/remotes")
}

#[test]
fn a_remote_that_changed_its_address_is_known_by_what_it_names_itself() {
    let s = cloned();
    s.git(["remote", "set-url", "origin", "../elsewhere.git"]);
    is_read(&s, "origin");
    // The note names both addresses, and a second try is not a first sight.
    let run = push(&s, &["origin", "main"]);
    assert!(says(&run, "remote.git and is ") && says(&run, "elsewhere.git now"), "{run:#?}");
    is_read(&s, "origin");
    // The address itself is matched to the remote, and known no better.
    push(&s, &["../elsewhere.git", "main"]).stopped_at("old.env:1:");
    // What it names itself counts.
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    s.record(&[("c.txt", "x\n")]);
    push(&s, &["origin", "main"]).ok();
    // Back at the old address all is as it was.
    s.git(["remote", "set-url", "origin", "../remote.git"]);
    let run = push(&s, &["origin", "main"]).ok();
    assert!(!run.stderr.contains("trust"), "{run:#?}");
}

#[test]
fn trust_lets_what_is_known_count_for_the_new_address() {
    let s = cloned();
    s.git(["remote", "set-url", "origin", "../elsewhere.git"]);
    is_read(&s, "origin");
    let run = s.stanch(["remote", "trust", "origin"]).ok();
    assert!(
        run.stdout.contains("elsewhere.git now; it was ") && run.stdout.contains("remote.git"),
        "{run:#?}"
    );
    push(&s, &["origin", "main"]).ok();
    assert!(s.stanch(["remote", "trust", "origin"]).ok().stdout.contains("as before"));
    s.stanch(["remote", "trust", "nobody"]).could_not_check("there is no remote nobody");
    let help = s.stanch(["remote", "trust", "--help"]).ok().stdout;
    assert!(help.contains("git fetch --prune origin"), "{help}");
}

#[test]
fn the_first_push_of_a_clone_trusts_the_address_that_it_finds() {
    let s = cloned();
    fs::remove_file(record_of(&s)).unwrap();
    s.git(["remote", "set-url", "origin", "../elsewhere.git"]);
    push(&s, &["origin", "main"]).ok();
}

#[test]
fn a_commit_is_a_first_sight_too_and_of_every_remote() {
    let s = cloned();
    fs::remove_file(record_of(&s)).unwrap();
    s.git(["remote", "add", "other", "../remote.git"]);
    s.git(["fetch", "-q", "other"]);
    s.hook("pre-commit");
    s.stage("c.txt", "x\n");
    s.commit().ok();
    for remote in ["origin", "other"] {
        s.git(["remote", "set-url", remote, "../elsewhere.git"]);
        is_read(&s, remote);
    }
}

#[test]
fn another_spelling_of_one_address_is_not_a_change() {
    let s = cloned();
    let root = s.root().display().to_string();
    for url in [
        "../remote",
        "../remote.git/",
        &format!("file://{root}/remote.git"),
        &format!("{root}/remote.git"),
        &format!("{root}/repo/../remote"),
    ] {
        s.git(["remote", "set-url", "origin", url]);
        let run = push(&s, &["origin", "HEAD:refs/heads/topic"]).ok();
        assert_eq!(run.stderr, "", "{url}");
        s.git(["push", "-q", "--no-verify", "origin", ":topic"]);
    }
    // Rewritten on its way, or with an address to push to that is the same repository.
    s.git(["remote", "set-url", "origin", "here:remote.git"]);
    s.git(["config", &format!("url.{root}/.insteadOf"), "here:"]);
    push(&s, &["origin", "HEAD:refs/heads/one"]).ok();
    s.git(["remote", "set-url", "origin", "../remote.git"]);
    s.git(["remote", "set-url", "--push", "origin", &format!("file://{root}/remote.git")]);
    push(&s, &["origin", "HEAD:refs/heads/two"]).ok();
}

#[test]
fn another_address_to_push_to_is_a_change() {
    let s = cloned();
    s.git(["remote", "set-url", "--push", "origin", "../elsewhere.git"]);
    is_read(&s, "origin");
}

#[test]
fn a_renamed_remote_keeps_what_is_remembered_of_it() {
    let s = cloned();
    s.git(["remote", "rename", "origin", "upstream"]);
    push(&s, &["upstream", "HEAD:refs/heads/topic"]).ok();
    // Renamed again and moved in one go, with no push between.
    s.git(["remote", "rename", "upstream", "third"]);
    s.git(["remote", "set-url", "third", "../elsewhere.git"]);
    is_read(&s, "third");
}

#[test]
fn a_remote_that_was_made_anew_has_no_refs_to_be_mistaken() {
    let s = cloned();
    s.git(["remote", "remove", "origin"]);
    s.git(["remote", "add", "origin", "../elsewhere.git"]);
    // Nothing is known of it: everything is read, and its address counts from now on.
    let run = push(&s, &["origin", "main"]);
    run.stopped_at("old.env:1:");
    assert!(!run.stderr.contains("trust"), "{run:#?}");
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    push(&s, &["origin", "HEAD:refs/heads/topic"]).ok();
}

#[test]
fn remotes_of_one_address_are_kept_apart_and_worktrees_share_what_is_known() {
    let s = cloned();
    s.git(["remote", "add", "second", "../remote.git"]);
    s.git(["fetch", "-q", "second"]);
    push(&s, &["second", "HEAD:refs/heads/topic"]).ok();
    s.git(["remote", "set-url", "second", "../elsewhere.git"]);
    push(&s, &["origin", "HEAD:refs/heads/other"]).ok();
    s.git(["worktree", "add", "-q", "-b", "side", "../linked"]);
    let w = s.at("../linked");
    let run = push(&w, &["second", "side"]);
    run.stopped_at("old.env:1:");
    assert!(says(&run, "stanch remote trust second"), "{run:#?}");
    w.stanch(["remote", "trust", "second"]).ok();
    push(&s, &["second", "main"]).ok();
}

#[test]
fn so_much_that_counts_as_new_is_not_read_unless_asked() {
    let s = cloned();
    s.git(["remote", "set-url", "origin", "../elsewhere.git"]);
    s.git(["config", "stanch.pushCommits", "2"]);
    let run = push(&s, &["origin", "main"]);
    assert!(run.code != 0 && run.stderr.contains("3 commits count as new for origin"), "{run:#?}");
    assert!(says(&run, "git fetch --prune origin"), "{run:#?}");
    s.git(["config", "stanch.pushCommits", "3"]);
    is_read(&s, "origin");
    s.git(["config", "stanch.pushCommits", "many"]);
    let run = push(&s, &["origin", "main"]);
    assert!(says(&run, "stanch.pushCommits is no number"), "{run:#?}");
}

#[test]
fn a_record_that_cannot_be_read_cannot_be_checked_and_one_that_cannot_be_written_is_reported() {
    let s = cloned();
    for broken in ["", "{", "[]", "{\"remotes\":{\"origin\":7}}"] {
        fs::write(record_of(&s), broken).unwrap();
        let run = push(&s, &["origin", "main"]);
        assert!(run.code != 0 && run.stderr.contains("stanch/remotes"), "{broken}: {run:#?}");
        assert!(says(&run, "stanch remote trust NAME"), "{run:#?}");
    }
    s.stanch(["remote", "trust", "origin"]).ok();
    push(&s, &["origin", "main"]).ok();
    fs::remove_dir_all(s.dir().join(".git/stanch")).unwrap();
    fs::write(s.dir().join(".git/stanch"), "in the way").unwrap();
    s.record(&[("c.txt", "x\n")]);
    let run = push(&s, &["origin", "main"]).ok();
    assert!(says(&run, "cannot be remembered"), "{run:#?}");
}

#[test]
fn an_address_is_remembered_without_user_and_password() {
    let s = cloned();
    s.git(["remote", "add", "far", &format!("https://me:{}@example.invalid/me/x.git?key={0}", key(7))]);
    push(&s, &["origin", "main"]).ok();
    let text = fs::read_to_string(record_of(&s)).unwrap();
    assert!(text.contains("example.invalid/me/x") && !text.contains(&key(7)), "{text}");
}
