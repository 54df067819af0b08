//! What a commit records: real repositories, real commits, the real hook.

use crate::support::{Sandbox, key};

/// A line with a made-up key in it.
pub(crate) fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// Many plain lines, so that a file stays alike when one line is added.
pub(crate) fn plain(n: usize) -> String {
    (0..n).map(|i| format!("plain line number {i}\n")).collect()
}

#[test]
fn a_staged_key_stops_the_commit_and_a_clean_file_passes() {
    let s = Sandbox::guarded();
    s.stage("a.env", "A=1\n");
    s.commit().ok();
    s.stage("a.env", format!("A=1\n{}", line(1)));
    s.commit().stopped_at("a.env:2:");
}

#[test]
fn a_value_that_the_file_had_before_warns_and_a_new_one_stops() {
    let s = Sandbox::guarded();
    let json = |n: u32| format!("{{\"a\": [{{\"klaviyo_api_key\": \"{}\"}}], \"n\": {n}}}\n", key(3));
    s.record(&[("a.py", &format!("KEY = \"{}\"\n", key(1))), ("b.json", &json(1))]);
    // Indented, moved, and in the only line of its file.
    s.stage("a.py", format!("def f():\n    x = 1\n    KEY = \"{}\"\n", key(1)));
    s.stage("b.json", json(2));
    let run = s.commit().ok();
    assert!(run.stderr.contains("a.py:3:") && run.stderr.contains("b.json:1:"), "{run:?}");
    // Its line says why it does not stop, however narrow.
    assert!(run.stderr.contains("the file had it before"), "{run:?}");
    // The same in another file, another value in this one, and one that was taken out in between.
    s.stage("c.py", format!("KEY = \"{}\"\n", key(1)));
    s.commit().stopped_at("c.py:1:");
    s.git(["reset", "-q", "--hard"]);
    s.stage("a.py", format!("def f():\n    KEY = \"{}\"\n", key(2)));
    s.commit().stopped_at("a.py:2:");
    s.stage("a.py", "def f():\n    pass\n");
    s.commit().ok();
    s.stage("a.py", format!("KEY = \"{}\"\n", key(1)));
    s.commit().stopped_at("a.py:1:");
}

#[test]
fn a_value_that_a_marker_lets_through_stops_in_another_line() {
    let s = Sandbox::guarded();
    let allowed =
        format!("FIXTURE = \"{}\"  # stanch:allow klaviyo-private-api-key -- revoked, for a test\n", key(1));
    s.stage("a.py", &allowed);
    s.commit().ok();
    s.stage("a.py", format!("{allowed}\n\nKEY = \"{}\"\n", key(1)));
    s.commit().stopped_at("a.py:4:");
}

#[test]
fn a_value_that_only_warned_before_stops_where_it_is_sure() {
    let s = Sandbox::guarded();
    let value = "kQ7xR2T9zLm4pWv8nB3cY6dF1hJ5s";
    s.record(&[("guide.md", &format!("For example, api_token={value}\n"))]);
    s.stage("guide.md", format!("Ours:\n\n    api_token={value}\n"));
    s.commit().stopped_at("guide.md:3:");
}

#[test]
fn an_unstaged_key_does_not_stop_the_commit() {
    let s = Sandbox::guarded();
    s.stage("a.env", "A=1\n");
    s.write("a.env", line(1));
    s.write("untracked.env", line(2));
    s.commit().ok();
}

#[test]
fn a_staged_key_stops_the_commit_though_the_work_tree_is_clean_again() {
    let s = Sandbox::guarded();
    s.stage("a.env", line(1));
    s.write("a.env", "A=1\n");
    s.commit().stopped_at("a.env:1:");
}

// ---- which index -----------------------------------------------------------------------------------------------

#[test]
fn commit_a_reads_the_index_that_git_made_for_it() {
    let s = Sandbox::guarded();
    s.record(&[("a.env", "A=1\n")]);
    s.write("a.env", line(1));
    s.try_git(["commit", "-q", "-a", "-m", "x"]).stopped_at("a.env:1:");
}

#[test]
fn commit_include_reads_the_index_that_git_made_for_it() {
    let s = Sandbox::guarded();
    s.record(&[("a.env", "A=1\n"), ("b.env", "B=1\n")]);
    s.stage("b.env", "B=2\n");
    s.write("a.env", line(1));
    s.try_git(["commit", "-q", "--include", "-m", "x", "a.env"]).stopped_at("a.env:1:");
}

#[test]
fn commit_of_one_path_reads_that_path_alone() {
    let s = Sandbox::guarded();
    s.record(&[("a.env", "A=1\n"), ("b.env", "B=1\n")]);
    s.stage("b.env", line(1));
    s.write("a.env", "A=2\n");
    // The key in b.env is staged, and this commit does not record it.
    s.try_git(["commit", "-q", "-m", "x", "--", "a.env"]).ok();
    s.write("a.env", line(2));
    let run = s.try_git(["commit", "-q", "-m", "x", "--", "a.env"]);
    run.stopped_at("a.env:1:");
    assert!(!run.stderr.contains("b.env"), "{run:#?}");
    s.commit().stopped_at("b.env:1:");
}

#[test]
fn commit_only_reads_its_path_alone() {
    let s = Sandbox::guarded();
    s.record(&[("a.env", "A=1\n"), ("b.env", "B=1\n")]);
    s.stage("b.env", line(1));
    s.write("a.env", "A=2\n");
    s.try_git(["commit", "-q", "-m", "x", "--only", "a.env"]).ok();
}

#[test]
fn commit_p_reads_the_hunks_that_were_chosen() {
    let s = Sandbox::guarded();
    let middle = plain(30);
    s.record(&[("a.env", &format!("A=1\n{middle}B=1\n"))]);
    let text = format!("A=2\n{middle}{}", line(1));
    s.write("a.env", &text);
    let first = s.run_with("git", ["commit", "-q", "-p", "-m", "x"], b"y\nn\n");
    assert_eq!(first.code, 0, "{first:#?}");
    assert_eq!(s.git(["show", "HEAD:a.env"]).lines().next(), Some("A=2"));
    s.run_with("git", ["commit", "-q", "-p", "-m", "x"], b"y\n").stopped_at("a.env:32:");
}

#[test]
fn an_index_of_ones_own_is_honoured() {
    let s = Sandbox::guarded();
    s.stage("a.env", line(1));
    let index = s.root().join("other-index");
    let other = s.env("GIT_INDEX_FILE", index.to_str().unwrap());
    other.git(["read-tree", "HEAD"]);
    other.stage("b.env", line(2));
    let run = other.commit();
    run.stopped_at("b.env:1:");
    assert!(!run.stderr.contains("a.env"), "{run:#?}");
}

// ---- where -----------------------------------------------------------------------------------------------------

#[test]
fn the_first_commit_of_a_repository_is_read() {
    let s = Sandbox::new();
    s.hook("pre-commit");
    s.stage("a.env", line(1));
    s.commit().stopped_at("a.env:1:");
    s.stage("a.env", "A=1\n");
    s.commit().ok();
}

#[test]
fn the_first_commit_of_an_orphan_branch_is_read() {
    let s = Sandbox::guarded();
    s.git(["checkout", "-q", "--orphan", "new"]);
    s.stage("a.env", line(1));
    s.commit().stopped_at("a.env:1:");
}

#[test]
fn an_amended_commit_is_read_for_what_it_adds() {
    let s = Sandbox::guarded();
    s.record(&[("a.env", "A=1\n")]);
    s.stage("a.env", format!("A=1\n{}", line(1)));
    s.try_git(["commit", "-q", "--amend", "--no-edit"]).stopped_at("a.env:2:");
    s.stage("a.env", "A=1\nB=1\n");
    s.try_git(["commit", "-q", "--amend", "--no-edit"]).ok();
}

#[test]
fn an_empty_commit_passes() {
    let s = Sandbox::guarded();
    s.try_git(["commit", "-q", "--allow-empty", "-m", "x"]).ok();
}

#[test]
fn a_detached_head_is_read() {
    let s = Sandbox::guarded();
    s.git(["checkout", "-q", "--detach"]);
    s.stage("a.env", line(1));
    s.commit().stopped_at("a.env:1:");
}

#[test]
fn a_commit_from_a_subfolder_is_read_whole_and_paths_are_reported_from_there() {
    let s = Sandbox::guarded();
    s.stage("deep/er/a.env", line(1));
    s.stage("above.env", line(2));
    let run = s.at("deep/er").commit();
    run.stopped_at(" a.env:1:");
    run.stopped_at("above.env:1:");
}

#[test]
fn a_commit_given_by_git_dir_and_work_tree_is_read() {
    let s = Sandbox::guarded();
    s.stage("a.env", line(1));
    let (git_dir, work_tree) = (s.dir().join(".git"), s.dir().to_owned());
    let away = s.at("../away");
    let run = away.try_git([
        "--git-dir".as_ref(),
        git_dir.as_os_str(),
        "--work-tree".as_ref(),
        work_tree.as_os_str(),
        "commit".as_ref(),
        "-m".as_ref(),
        "x".as_ref(),
    ]);
    run.stopped_at("a.env:1:");
}

#[test]
fn a_linked_worktree_has_its_own_index_and_head() {
    let s = Sandbox::guarded();
    s.git(["worktree", "add", "-q", "-b", "side", "../linked"]);
    s.stage("main-only.env", line(1));
    let w = s.at("../linked");
    w.stage("a.txt", "clean\n");
    w.commit().ok();
    w.stage("a.txt", line(2));
    let run = w.commit();
    run.stopped_at("a.txt:1:");
    assert!(!run.stderr.contains("main-only"), "{run:#?}");
}

#[test]
fn a_submodule_work_tree_is_read() {
    let s = Sandbox::guarded();
    let library = s.at("../library");
    library.git(["init", "-q", "-b", "main", "."]);
    library.record(&[("l.txt", "x\n")]);
    s.git(["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../library", "sub"]);
    s.commit().ok();
    let sub = s.at("sub");
    sub.hook("pre-commit");
    sub.stage("a.env", line(1));
    sub.commit().stopped_at("a.env:1:");
}

#[test]
fn outside_a_repository_nothing_can_be_checked() {
    let s = Sandbox::empty();
    s.stanch(["hook", "pre-commit"]).could_not_check("cannot open the repository");
}

// ---- merges ----------------------------------------------------------------------------------------------------
