//! What a push sends: real pushes to real bare repositories, through the real hook.

use crate::support::{Run, Sandbox, key, secret};
use std::fs;

pub(crate) fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// A repository with one clean commit, a bare remote `origin` that has it, and the pre-push hook.
pub(crate) fn pushing() -> Sandbox {
    let s = unpushed();
    s.record(&[("README.md", "hello\n")]);
    s.git(["push", "-q", "origin", "main"]);
    s
}

/// The same before anything was committed or pushed.
pub(crate) fn unpushed() -> Sandbox {
    let s = Sandbox::new();
    bare(&s, "remote.git");
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.hook("pre-push");
    s
}

pub(crate) fn bare(s: &Sandbox, name: &str) -> Sandbox {
    s.at("..").git(["init", "-q", "--bare", "-b", "main", name]);
    s.at(format!("../{name}"))
}

pub(crate) fn push(s: &Sandbox, args: &[&str]) -> Run {
    s.try_git([&["push", "-q"], args].concat())
}

/// The refs of the remote, so that a test can show that nothing came through.
pub(crate) fn remote_refs(s: &Sandbox) -> String {
    s.at("../remote.git").try_git(["for-each-ref", "--format=%(refname)"]).stdout
}

#[test]
fn a_key_in_a_new_commit_stops_the_push_and_the_commit_is_named() {
    let s = pushing();
    let id = s.record(&[("a.env", &line(1))]);
    let run = push(&s, &["origin", "main"]);
    run.stopped_at("a.env:1:");
    assert!(run.stderr.contains(&id[..7]), "{run:#?}");
    assert!(!run.stderr.contains(&key(1)), "{run:#?}");
    assert_ne!(s.at("../remote.git").git(["rev-parse", "main"]), id);
}

#[test]
fn a_key_that_a_later_commit_only_indents_stops_the_push_at_the_commit_that_brought_it() {
    let s = pushing();
    let id = s.record(&[("a.py", &format!("KEY = \"{}\"\n", key(1)))]);
    s.record(&[("a.py", &format!("if x:\n    KEY = \"{}\"\n", key(1)))]);
    let run = push(&s, &["origin", "main"]);
    run.stopped_at("a.py:1:");
    assert!(run.stderr.contains(&id[..7]), "{run:#?}");
    assert_ne!(s.at("../remote.git").git(["rev-parse", "main"]), id);
}

#[test]
fn a_push_judges_a_file_by_the_name_that_makes_it_a_secret() {
    let s = pushing();
    let text = format!("PORT=3000\nDB_PASSWORD={}\n", secret("${base62:9}", 1));
    s.record(&[("env.sample", &text)]);
    s.git(["mv", "env.sample", ".env"]);
    s.git(["commit", "-q", "-m", "move"]);
    let moved = s.git(["rev-parse", "HEAD"]);
    let run = push(&s, &["origin", "main"]);
    run.stopped_at(".env:2:13");
    assert!(run.stderr.contains(&moved[..7]), "{run:#?}");
}

#[test]
fn clean_commits_are_pushed() {
    let s = pushing();
    for i in 0..3 {
        s.record(&[("a.txt", &format!("{i}\n"))]);
    }
    push(&s, &["origin", "main"]).ok();
}

#[test]
fn a_key_added_and_taken_out_again_in_the_range_stops_the_push() {
    let s = pushing();
    s.record(&[("a.env", &line(1))]);
    s.record(&[("a.env", "A=1\n")]);
    push(&s, &["origin", "main"]).stopped_at("a.env:1:");
}

#[test]
fn a_finding_belongs_to_the_commit_that_brings_its_line() {
    let s = pushing();
    s.record(&[("a.env", "A=1\n")]);
    let bad = s.record(&[("a.env", &format!("A=1\n{}", line(1)))]);
    s.record(&[("a.env", &format!("A=1\n{}B=2\n", line(1)))]);
    let last = s.record(&[("a.env", &format!("# c\nA=1\n{}B=2\n", line(1)))]);
    let run = push(&s, &["origin", "main"]);
    run.stopped_at("a.env:2:");
    assert!(run.stderr.contains(&bad[..7]) && !run.stderr.contains(&last[..7]), "{run:#?}");
    assert!(!run.stderr.contains("a.env:3:"), "{run:#?}");
}

#[test]
fn what_the_remote_has_already_is_not_read_again() {
    let s = pushing();
    s.record(&[("a.env", &line(1))]);
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    s.record(&[("a.env", &format!("# edited\n{}", line(1))), ("b.txt", "x\n")]);
    push(&s, &["origin", "main"]).ok();
    // A new branch from there brings nothing old either.
    s.git(["checkout", "-q", "-b", "topic"]);
    s.record(&[("c.txt", "x\n")]);
    push(&s, &["origin", "topic"]).ok();
}

#[test]
fn what_the_remote_has_had_before_is_said_to_be_out() {
    let s = pushing();
    let leaked = s.record(&[("a.env", &line(1))]);
    s.record(&[("a.env", "A=1\n")]);
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    // Taken out over there, and now it would come again.
    s.record(&[("a.env", &format!("A=2\n{}", line(1)))]);
    let run = push(&s, &["origin", "main"]);
    run.stopped_at("a.env:2:");
    assert!(run.stderr.contains(&format!("origin has it since {} of 2025-01-02", &leaked[..9])), "{run:#?}");
    s.git(["reset", "-q", "--hard", "origin/main"]);
    s.record(&[("a.env", &line(3))]);
    let run = push(&s, &["origin", "main"]);
    assert!(run.stderr.contains("nothing was sent"), "{run:#?}");
}

// ---- refs of every kind ----------------------------------------------------------------------------------------

#[test]
fn the_first_push_of_a_root_commit_to_an_empty_remote_is_read() {
    let s = unpushed();
    s.record(&[("a.env", &line(1))]);
    push(&s, &["origin", "main"]).stopped_at("a.env:1:");
    assert_eq!(remote_refs(&s), "");
}

#[test]
fn a_new_branch_is_read_back_to_what_the_remote_has() {
    let s = pushing();
    s.git(["checkout", "-q", "-b", "topic"]);
    s.record(&[("a.env", &line(1))]);
    s.record(&[("b.txt", "x\n")]);
    push(&s, &["origin", "topic"]).stopped_at("a.env:1:");
    push(&s, &["-u", "origin", "HEAD:refs/heads/another/name"]).stopped_at("a.env:1:");
}

#[test]
fn a_branch_of_unrelated_history_is_read_to_its_root() {
    let s = pushing();
    s.git(["checkout", "-q", "--orphan", "pages"]);
    s.record(&[("a.env", &line(1))]);
    s.record(&[("a.env", "A=1\n")]);
    push(&s, &["origin", "pages"]).stopped_at("a.env:1:");
}

#[test]
fn a_push_of_nothing_new_passes() {
    let s = pushing();
    let run = s.try_git(["push", "origin", "main"]).ok();
    assert!(run.stderr.contains("up-to-date"), "{run:#?}");
}

#[test]
fn lines_that_only_a_merge_brings_are_read() {
    let s = pushing();
    s.git(["checkout", "-q", "-b", "side"]);
    s.record(&[("side.txt", "x\n")]);
    s.git(["checkout", "-q", "main"]);
    s.record(&[("main.txt", "x\n")]);
    s.git(["push", "-q", "--no-verify", "origin", "main", "side"]);
    s.git(["merge", "-q", "--no-commit", "--no-ff", "side"]);
    s.stage("evil.env", line(1));
    s.git(["commit", "-q", "--no-verify", "-m", "merge"]);
    push(&s, &["origin", "main"]).stopped_at("evil.env:1:");
}

#[test]
fn a_merge_of_what_the_remote_has_is_silent() {
    let s = pushing();
    s.git(["checkout", "-q", "-b", "side"]);
    s.record(&[("side.env", &line(1))]);
    s.git(["checkout", "-q", "main"]);
    s.record(&[("main.txt", "x\n")]);
    s.git(["push", "-q", "--no-verify", "origin", "main", "side"]);
    s.git(["merge", "-q", "--no-edit", "side"]);
    push(&s, &["origin", "main"]).ok();
}

#[test]
fn what_a_merge_brings_from_a_branch_that_was_never_pushed_is_found_once() {
    let s = pushing();
    s.git(["checkout", "-q", "-b", "side"]);
    let id = s.record(&[("side.env", &line(1))]);
    s.git(["checkout", "-q", "main"]);
    s.record(&[("main.txt", "x\n")]);
    s.git(["merge", "-q", "--no-edit", "side"]);
    let run = push(&s, &["origin", "main"]);
    run.stopped_at("side.env:1:");
    assert!(run.stderr.contains(&id[..7]), "{run:#?}");
    assert_eq!(run.stderr.matches("side.env:1:").count(), 1, "{run:#?}");
}

#[test]
fn cherry_pick_revert_and_rebase_run_no_commit_hook_and_the_push_stops_their_keys() {
    let s = pushing();
    s.hook("pre-commit");
    s.git(["checkout", "-q", "-b", "side"]);
    s.record(&[("a.env", &line(1))]);
    s.git(["checkout", "-q", "main"]);
    s.git(["cherry-pick", "side"]);
    push(&s, &["origin", "main"]).stopped_at("a.env:1:");
    s.git(["rm", "-q", "a.env"]);
    s.git(["commit", "-q", "-m", "out again"]);
    s.git(["revert", "--no-edit", "HEAD"]);
    push(&s, &["origin", "main"]).stopped_at("a.env:1:");
    s.git(["checkout", "-q", "-b", "rebased", "side"]);
    s.record(&[("b.txt", "x\n")]);
    s.git(["rebase", "-q", "--onto", "origin/main", "side^"]);
    push(&s, &["origin", "rebased"]).stopped_at("a.env:1:");
}

#[test]
fn a_key_in_a_commits_message_stops_the_push_and_the_authors_name_does_not() {
    let s = pushing();
    s.git(["commit", "-q", "--allow-empty", "-m", &format!("use {}", line(1))]);
    let run = push(&s, &["origin", "main"]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stderr.contains("commit message"), "{run:#?}");
    s.git(["reset", "-q", "--hard", "HEAD^"]);
    s.git(["-c", &format!("user.name={}", key(2)), "commit", "-q", "--allow-empty", "-m", "x"]);
    push(&s, &["origin", "main"]).ok();
}

#[test]
fn a_key_in_a_files_name_stops_the_push() {
    let s = pushing();
    s.record(&[(&format!("{}.txt", key(1)), "x\n")]);
    let run = push(&s, &["origin", "main"]);
    run.stopped_at("pk_");
    assert!(!run.stderr.contains(&key(1)), "{run:#?}");
}

#[test]
fn a_pure_rename_in_the_range_is_silent_and_an_edit_after_it_is_read() {
    let s = pushing();
    s.record(&[("a.env", &line(1))]);
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    s.git(["mv", "a.env", "b.env"]);
    s.record(&[]);
    push(&s, &["origin", "main"]).ok();
    s.record(&[("b.env", &format!("{}{}", line(1), line(2)))]);
    let run = push(&s, &["origin", "main"]);
    run.stopped_at("b.env:2:");
    assert!(!run.stderr.contains("b.env:1:"), "{run:#?}");
}

#[test]
fn one_key_in_many_commits_is_reported_once_a_place() {
    let s = pushing();
    for i in 0..40 {
        s.record(&[("a.env", &format!("A={i}\n")), (&format!("f{i}.txt"), &format!("{i}\n"))]);
    }
    s.record(&[("a.env", &line(1))]);
    s.record(&[("a.env", "A=1\n")]);
    s.record(&[("a.env", &line(1))]);
    let run = push(&s, &["origin", "main"]);
    run.stopped_at("a.env:1:");
    assert_eq!(run.stderr.matches("a.env:1:").count(), 1, "{run:#?}");
}

/// What `scan --history` finds, in its order: rule, path, line and the message of the commit. Between the steps so many
/// commits pass; each step writes files, or removes one where there is no text.
fn found_in(steps: &[Vec<(&str, Option<String>)>], between: usize) -> Vec<(String, String, u64, String)> {
    let s = Sandbox::new();
    let mut stream = String::new();
    let mut commit = |message: &str, files: &[(&str, Option<String>)]| {
        let length = message.len();
        stream.push_str(&format!(
            "commit refs/heads/main\ncommitter t <t@t> 1700000000 +0000\ndata {length}\n{message}\n"
        ));
        for (path, text) in files {
            match text {
                Some(text) => {
                    stream.push_str(&format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len()));
                }
                None => stream.push_str(&format!("D {path}\n")),
            }
        }
        stream.push('\n');
    };
    for (i, files) in steps.iter().enumerate() {
        commit(&format!("step {i}"), files);
        for j in 0..between {
            commit("nothing", &[("filler.txt", Some(format!("{i} {j}")))]);
        }
    }
    s.run_with("git", ["fast-import", "--quiet"], stream.as_bytes()).ok();
    let run = s.stanch(["scan", "--history", "--show-suppressed", "--format", "json"]);
    let all: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    all.as_array()
        .unwrap()
        .iter()
        .map(|f| {
            let step = s.git(["log", "-1", "--format=%s", &text(&f["commit"])]);
            (text(&f["rule"]), text(&f["path"]), f["line"].as_u64().unwrap_or(0), step)
        })
        .collect()
}

#[test]
fn a_long_history_is_judged_as_a_short_one_is() {
    let settings = format!("PORT=3000\nDB_PASSWORD={}\n", secret("${base62:9}", 1));
    let moved = format!("# first\n{}", line(1));
    let named = format!("{}.txt", key(3));
    let steps = [
        vec![("env.sample", Some(settings.clone())), ("a.txt", Some("A=1\n".to_owned()))],
        vec![("a.txt", Some(line(1)))],
        // The line is old here, and this very content comes as a new file later.
        vec![("a.txt", Some(moved.clone())), (&named, Some("x".to_owned()))],
        vec![("b.txt", Some(moved.clone()))],
        // The name that makes it a secret comes with old content.
        vec![("env.sample", None), (".env", Some(settings))],
        vec![("a.txt", None), (&named, None), ("c.txt", Some(line(2)))],
        // What was reported once is not reported again.
        vec![("a.txt", Some(line(1))), (&named, Some("x".to_owned())), ("d.txt", Some(moved))],
    ];
    let short = found_in(&steps, 0);
    let places: Vec<_> = short.iter().map(|(_, path, line, step)| (&**path, *line, &**step)).collect();
    for place in
        [("a.txt", 1, "step 1"), ("b.txt", 2, "step 3"), (".env", 2, "step 4"), ("c.txt", 1, "step 5")]
    {
        assert!(places.contains(&place), "{place:?}: {short:#?}");
    }
    assert_eq!(short.len(), 5, "{short:#?}");
    assert_eq!(found_in(&steps, 100), short);
}

// ---- strange clones --------------------------------------------------------------------------------------------

#[test]
fn the_end_of_a_shallow_history_counts_as_new_and_is_said() {
    let s = pushing();
    s.record(&[("old.env", &line(1))]);
    s.record(&[("b.txt", "x\n")]);
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    let shallow = s.at("../shallow");
    let url = format!("file://{}/remote.git", s.root().display());
    shallow.git(["clone", "-q", "--depth=1", &url, "."]);
    shallow.hook("pre-push");
    // Towards the remote that it came from nothing is new but the commit on top.
    shallow.record(&[("c.txt", "x\n")]);
    push(&shallow, &["origin", "main"]).ok();
    // Towards another everything is, as far as this clone goes.
    bare(&s, "elsewhere.git");
    let run = push(&shallow, &["../elsewhere.git", "main"]);
    run.stopped_at("old.env:1:");
    assert!(run.stderr.contains("shallow"), "{run:#?}");
}

#[test]
fn objects_that_a_damaged_clone_lacks_cannot_be_checked() {
    let s = pushing();
    s.record(&[("a.env", &line(1))]);
    let id = s.git(["rev-parse", "HEAD:a.env"]);
    fs::remove_file(s.dir().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    let run = push(&s, &["origin", "main"]);
    assert_ne!(run.code, 0);
    assert!(run.stderr.contains("could not check") && run.stderr.contains(&id), "{run:#?}");
}

#[test]
fn a_push_from_a_linked_worktree_is_read() {
    let s = pushing();
    s.git(["worktree", "add", "-q", "-b", "side", "../linked"]);
    let w = s.at("../linked");
    w.record(&[("a.env", &line(1))]);
    push(&w, &["origin", "side"]).stopped_at("a.env:1:");
}

#[test]
fn a_replaced_object_is_read_as_it_is_sent() {
    let s = pushing();
    s.record(&[("a.env", &line(1))]);
    let bad = s.git(["rev-parse", "HEAD:a.env"]);
    s.write("../clean.env", "A=1\n");
    let clean = s.git(["hash-object", "-w", "../clean.env"]);
    s.git(["replace", &bad, &clean]);
    push(&s, &["origin", "main"]).stopped_at("a.env:1:");
}

// ---- what the hook is given ------------------------------------------------------------------------------------
