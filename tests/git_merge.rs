//! What a merge, a squash or a cherry-pick records: lines that no parent has.

use crate::git_staged::{line, plain};
use crate::support::Sandbox;

/// A repository in which `side` and `main` both changed `a.txt`; on `main`.
fn two_sides(side: &str, main: &str) -> Sandbox {
    let s = Sandbox::guarded();
    s.record(&[("a.txt", "base\n")]);
    s.git(["checkout", "-q", "-b", "side"]);
    s.record(&[("a.txt", side)]);
    s.git(["checkout", "-q", "main"]);
    s.record(&[("a.txt", main)]);
    s
}

#[test]
fn a_merge_with_conflicts_is_read_for_lines_that_no_parent_has() {
    let (ours, theirs) = (line(1), line(2));
    let s = two_sides(&theirs, &ours);
    assert_ne!(s.try_git(["merge", "side"]).code, 0);
    // Both sides' lines are old, whatever their order.
    s.stage("a.txt", format!("{theirs}{ours}"));
    s.commit().ok();

    let s = two_sides("theirs\n", "ours\n");
    assert_ne!(s.try_git(["merge", "side"]).code, 0);
    s.stage("a.txt", format!("ours\ntheirs\n{}", line(3)));
    s.commit().stopped_at("a.txt:3:");
}

#[test]
fn a_file_added_in_a_conflicted_merge_is_read() {
    let s = two_sides("theirs\n", "ours\n");
    assert_ne!(s.try_git(["merge", "side"]).code, 0);
    s.stage("a.txt", "both\n");
    s.stage("b.env", line(1));
    s.commit().stopped_at("b.env:1:");
}

#[test]
fn a_merge_that_brings_old_lines_is_silent() {
    let s = Sandbox::guarded();
    s.git(["checkout", "-q", "-b", "side"]);
    s.record(&[("brought.env", &line(1))]);
    s.git(["checkout", "-q", "main"]);
    s.record(&[("own.txt", "x\n")]);
    // A clean merge runs pre-merge-commit.
    s.try_git(["merge", "-q", "--no-edit", "side"]).ok();
    assert_eq!(s.git(["rev-list", "--count", "--min-parents=2", "HEAD"]), "1");
}

#[test]
fn a_pull_that_merges_old_lines_is_silent() {
    let s = Sandbox::guarded();
    let other = s.at("../other");
    other.git(["clone", "-q", "../repo", "."]);
    other.record(&[("brought.env", &line(1))]);
    s.record(&[("own.txt", "x\n")]);
    s.try_git(["pull", "-q", "--no-rebase", "--no-edit", "../other", "main"]).ok();
    assert_eq!(s.git(["rev-list", "--count", "--min-parents=2", "HEAD"]), "1");
}

#[test]
fn a_squashed_merge_is_read_as_the_commit_that_it_becomes() {
    let s = Sandbox::guarded();
    s.git(["checkout", "-q", "-b", "side"]);
    s.record(&[("brought.env", &line(1))]);
    s.git(["checkout", "-q", "main"]);
    s.record(&[("own.txt", "x\n")]);
    s.git(["merge", "-q", "--squash", "side"]);
    s.commit().stopped_at("brought.env:1:");
}

#[test]
fn a_clean_merge_held_back_is_read_when_it_is_committed() {
    let s = Sandbox::guarded();
    s.git(["checkout", "-q", "-b", "side"]);
    s.record(&[("brought.env", &line(1))]);
    s.git(["checkout", "-q", "main"]);
    s.record(&[("own.txt", "x\n")]);
    s.git(["merge", "-q", "--no-commit", "--no-ff", "side"]);
    s.stage("slipped-in.env", line(2));
    let run = s.commit();
    run.stopped_at("slipped-in.env:1:");
    assert!(!run.stderr.contains("brought.env"), "{run:#?}");
}

#[test]
fn an_octopus_merge_is_read_against_every_parent() {
    let s = Sandbox::guarded();
    for (i, name) in ["one", "two"].into_iter().enumerate() {
        s.git(["checkout", "-q", "-b", name, "main"]);
        s.record(&[(&format!("{name}.env"), &line(i as u64))]);
    }
    s.git(["checkout", "-q", "main"]);
    s.record(&[("own.txt", "x\n")]);
    s.try_git(["merge", "-q", "--no-edit", "one", "two"]).ok();
    s.git(["reset", "-q", "--hard", "HEAD^"]);
    s.git(["merge", "-q", "--no-commit", "one", "two"]);
    s.stage("new.env", line(9));
    let run = s.commit();
    run.stopped_at("new.env:1:");
    assert!(!run.stderr.contains("one.env") && !run.stderr.contains("two.env"), "{run:#?}");
}

#[test]
fn a_file_renamed_by_one_side_of_a_merge_and_edited_by_the_other_has_no_new_line() {
    let s = Sandbox::guarded();
    let text = format!("{}{}", plain(20), line(1));
    s.record(&[("old.env", &text)]);
    s.git(["checkout", "-q", "-b", "side"]);
    s.record(&[("old.env", &format!("edited\n{text}"))]);
    s.git(["checkout", "-q", "main"]);
    s.git(["mv", "old.env", "new.env"]);
    s.record(&[]);
    s.try_git(["merge", "-q", "--no-edit", "side"]).ok();
    assert!(s.git(["show", "HEAD:new.env"]).starts_with("edited"));
}

#[test]
fn unresolved_conflicts_cannot_be_checked() {
    let s = two_sides("theirs\n", "ours\n");
    assert_ne!(s.try_git(["merge", "side"]).code, 0);
    s.stanch(["hook", "pre-commit"]).could_not_check("a.txt has an unresolved merge conflict");
}

#[test]
fn a_cherry_pick_with_conflicts_is_read_when_it_is_committed() {
    let s = two_sides("theirs\n", "ours\n");
    assert_ne!(s.try_git(["cherry-pick", "side"]).code, 0);
    s.stage("a.txt", format!("ours\n{}", line(1)));
    s.commit().stopped_at("a.txt:2:");
}

// ---- kinds of change -------------------------------------------------------------------------------------------
