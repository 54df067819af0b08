//! What a remote is known to have: other remotes, addresses, rewritten histories.

use crate::git_push::{bare, line, push, pushing};

#[test]
fn a_forced_push_after_a_rewrite_is_read_for_what_is_new() {
    let s = pushing();
    s.record(&[("a.txt", "x\n")]);
    s.git(["push", "-q", "origin", "main"]);
    s.stage("a.env", line(1));
    s.git(["commit", "-q", "--amend", "-m", "rewritten"]);
    push(&s, &["--force", "origin", "main"]).stopped_at("a.env:1:");
    s.git(["rm", "-q", "--cached", "a.env"]);
    s.git(["commit", "-q", "--amend", "-m", "clean again"]);
    push(&s, &["--force", "origin", "main"]).ok();
}

#[test]
fn a_remote_moved_by_someone_else_is_not_an_obstacle() {
    let s = pushing();
    let other = s.at("../other");
    other.git(["clone", "-q", "../remote.git", "."]);
    other.record(&[("theirs.txt", "x\n")]);
    other.git(["push", "-q", "origin", "main"]);
    // The remote's id is not in this clone now.
    s.record(&[("a.env", &line(1))]);
    push(&s, &["--force", "origin", "main"]).stopped_at("a.env:1:");
    s.git(["reset", "-q", "--hard", "HEAD^"]);
    s.record(&[("b.txt", "x\n")]);
    push(&s, &["--force", "origin", "main"]).ok();
}

#[test]
fn what_another_remote_has_may_be_new_here() {
    let s = pushing();
    bare(&s, "private.git");
    s.git(["remote", "add", "private", "../private.git"]);
    s.record(&[("a.env", &line(1))]);
    s.git(["push", "-q", "--no-verify", "private", "main"]);
    push(&s, &["origin", "main"]).stopped_at("a.env:1:");
}

#[test]
fn a_remote_whose_name_begins_another_ones_does_not_vouch_for_it() {
    let s = pushing();
    bare(&s, "private.git");
    // Configured by hand: git itself refuses to add one inside the other.
    s.git(["config", "remote.origin/private.url", "../private.git"]);
    s.git(["config", "remote.origin/private.fetch", "+refs/heads/*:refs/remotes/origin/private/*"]);
    s.record(&[("a.env", &line(1))]);
    s.git(["push", "-q", "--no-verify", "origin/private", "main"]);
    push(&s, &["origin", "main"]).stopped_at("a.env:1:");
}

#[test]
fn a_push_to_an_address_uses_what_its_remote_is_known_to_have() {
    let s = pushing();
    s.record(&[("old.env", &line(1))]);
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    s.git(["checkout", "-q", "-b", "topic"]);
    s.record(&[("b.txt", "x\n")]);
    push(&s, &["../remote.git", "topic"]).ok();
    s.record(&[("a.env", &line(2))]);
    let run = push(&s, &["../remote.git", "topic"]);
    run.stopped_at("a.env:1:");
    assert!(!run.stderr.contains("old.env"), "{run:#?}");
}

#[test]
fn a_push_to_an_address_of_no_remote_is_read_from_the_root() {
    let s = pushing();
    s.record(&[("old.env", &line(1))]);
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    let elsewhere = bare(&s, "elsewhere.git");
    push(&s, &["../elsewhere.git", "main"]).stopped_at("old.env:1:");
    assert_eq!(elsewhere.git(["for-each-ref"]), "");
}

#[test]
fn a_rewritten_address_is_matched_to_its_remote() {
    let s = pushing();
    let root = s.root().to_string_lossy().into_owned();
    s.git(["config", &format!("url.{root}/.insteadOf"), "here:"]);
    s.git(["remote", "set-url", "origin", "here:remote.git"]);
    s.record(&[("old.env", &line(1))]);
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    s.git(["checkout", "-q", "-b", "topic"]);
    s.record(&[("b.txt", "x\n")]);
    push(&s, &["here:remote.git", "topic"]).ok();
}

#[test]
fn every_one_of_several_push_addresses_is_checked_for_what_it_lacks() {
    let s = pushing();
    s.record(&[("old.env", &line(1))]);
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    let second = bare(&s, "second.git");
    for url in ["../remote.git", "../second.git"] {
        s.git(["remote", "set-url", "--add", "--push", "origin", url]);
    }
    s.record(&[("b.txt", "x\n")]);
    // The first address has the old key, the second would get it now.
    push(&s, &["origin", "main"]).stopped_at("old.env:1:");
    assert_eq!(second.git(["for-each-ref"]), "");
}

#[test]
fn a_push_over_the_file_protocol_is_checked() {
    let s = pushing();
    let url = format!("file://{}/remote.git", s.root().display());
    s.git(["remote", "set-url", "origin", &url]);
    s.record(&[("a.env", &line(1))]);
    push(&s, &["origin", "main"]).stopped_at("a.env:1:");
}

// ---- kinds of commit -------------------------------------------------------------------------------------------
