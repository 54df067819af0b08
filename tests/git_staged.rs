//! What a commit records: real repositories, real commits, the real hook.

use crate::support::{Sandbox, key, secret};

/// A line with a made-up key in it.
fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// Many plain lines, so that a file stays alike when one line is added.
fn plain(n: usize) -> String {
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
fn a_commit_from_a_subfolder_is_read_whole_and_paths_are_told_from_there() {
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
fn outside_a_repository_the_answer_is_no_clean_bill() {
    let s = Sandbox::empty();
    s.stanch(["hook", "pre-commit"]).could_not_check("cannot open the repository");
}

// ---- merges ----------------------------------------------------------------------------------------------------

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
fn unresolved_conflicts_are_no_clean_bill() {
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

#[test]
fn only_added_lines_count_and_an_old_key_stays_silent() {
    let s = Sandbox::guarded();
    s.record(&[("a.env", &line(1))]);
    s.stage("a.env", format!("# a comment\n{}B=1\n", line(1)));
    s.commit().ok();
    s.stage("a.env", format!("# a comment\n{}{}", line(1), line(2)));
    let run = s.commit();
    run.stopped_at("a.env:3:");
    assert!(!run.stderr.contains("a.env:2:"), "{run:#?}");
}

#[test]
fn a_key_in_place_of_another_is_new() {
    let s = Sandbox::guarded();
    s.record(&[("a.env", &line(1))]);
    s.stage("a.env", line(2));
    s.commit().stopped_at("a.env:1:");
}

#[test]
fn a_pure_rename_is_silent() {
    let s = Sandbox::guarded();
    s.record(&[("a.env", &line(1))]);
    s.git(["mv", "a.env", "b.env"]);
    s.commit().ok();
}

#[test]
fn a_rename_with_an_edit_is_read_for_its_new_lines() {
    let s = Sandbox::guarded();
    let old = format!("{}{}", line(1), plain(20));
    s.record(&[("a.env", &old)]);
    s.git(["mv", "a.env", "b.env"]);
    s.stage("b.env", format!("{old}B=1\n"));
    s.commit().ok();
    s.git(["mv", "b.env", "c.env"]);
    s.stage("c.env", format!("{old}B=1\n{}", line(2)));
    let run = s.commit();
    run.stopped_at("c.env:23:");
    assert!(!run.stderr.contains("c.env:1:"), "{run:#?}");
}

#[test]
fn a_file_unlike_the_removed_one_is_all_new() {
    let s = Sandbox::guarded();
    s.record(&[("a.env", &format!("{}{}", line(1), plain(20)))]);
    s.git(["rm", "-q", "a.env"]);
    s.stage("b.env", format!("{}quite another text\nand more of it\n", line(1)));
    s.commit().stopped_at("b.env:1:");
}

#[test]
fn of_several_removed_files_the_most_alike_is_the_former_one() {
    let s = Sandbox::guarded();
    let alike = format!("{}{}", line(1), plain(20));
    s.record(&[("x/a.env", &plain(21)), ("y/b.env", &alike)]);
    s.git(["rm", "-q", "-r", "x", "y"]);
    s.stage("z/a.env", format!("{alike}C=1\n"));
    s.commit().ok();
}

#[test]
fn a_copy_is_new() {
    let s = Sandbox::guarded();
    s.record(&[("a.env", &line(1))]);
    s.stage("copy.env", line(1));
    s.commit().stopped_at("copy.env:1:");
}

#[test]
fn a_removal_is_silent() {
    let s = Sandbox::guarded();
    s.record(&[("a.env", &line(1)), ("b.env", &format!("B=1\n{}", line(2)))]);
    s.git(["rm", "-q", "a.env"]);
    s.stage("b.env", "B=1\n");
    s.commit().ok();
}

#[test]
fn a_change_of_mode_alone_is_silent() {
    let s = Sandbox::guarded();
    s.record(&[("a.sh", &line(1))]);
    s.git(["update-index", "--chmod=+x", "a.sh"]);
    s.commit().ok();
    assert!(s.git(["ls-tree", "HEAD", "a.sh"]).starts_with("100755"));
}

#[test]
fn a_submodule_commit_is_passed_over_and_gitmodules_is_read() {
    let s = Sandbox::guarded();
    s.stage("a.txt", "x\n");
    let head = s.git(["rev-parse", "HEAD"]);
    s.git(["update-index", "--add", "--cacheinfo", &format!("160000,{head},sub")]);
    s.commit().ok();
    let url = format!("[submodule \"sub\"]\n\tpath = sub\n\turl = https://host.invalid/{}/sub.git\n", key(1));
    s.stage(".gitmodules", url);
    s.commit().stopped_at(".gitmodules:3:");
}

#[test]
fn a_file_in_place_of_a_submodule_and_of_a_folder_is_read() {
    let s = Sandbox::guarded();
    let head = s.git(["rev-parse", "HEAD"]);
    s.git(["update-index", "--add", "--cacheinfo", &format!("160000,{head},sub")]);
    s.record(&[("folder/a.txt", "x\n")]);
    s.git(["rm", "-q", "--cached", "sub"]);
    s.git(["rm", "-q", "-r", "folder"]);
    s.stage("sub", line(1));
    s.stage("folder", line(2));
    let run = s.commit();
    run.stopped_at("sub:1:");
    run.stopped_at("folder:1:");
}

#[cfg(unix)]
#[test]
fn a_symlinks_target_is_read() {
    let s = Sandbox::guarded();
    std::os::unix::fs::symlink(format!("/run/{}/x", key(1)), s.dir().join("link")).unwrap();
    s.git(["add", "link"]);
    s.commit().stopped_at("link:1:");
}

#[test]
fn a_file_only_announced_is_not_recorded_and_stops_nothing() {
    let s = Sandbox::guarded();
    s.write("later.env", line(1));
    s.git(["add", "-N", "later.env"]);
    s.stage("a.txt", "x\n");
    s.commit().ok();
    s.try_git(["commit", "-q", "-a", "-m", "x"]).stopped_at("later.env:1:");
}

#[test]
fn a_file_in_skip_worktree_or_assumed_unchanged_is_read_from_the_index() {
    let s = Sandbox::guarded();
    s.stage("a.env", line(1));
    s.git(["update-index", "--skip-worktree", "a.env"]);
    s.commit().stopped_at("a.env:1:");
    s.git(["update-index", "--no-skip-worktree", "--assume-unchanged", "a.env"]);
    s.commit().stopped_at("a.env:1:");
}

// ---- names -----------------------------------------------------------------------------------------------------

#[test]
fn names_with_spaces_quotes_and_letters_of_any_script_are_read() {
    for name in ["with space.env", "quo\"te's.env", "naïve-日本.env", "-dash.env", "a:b\\c.env", "*.env"] {
        if cfg!(windows) && name.contains(['"', ':', '*']) {
            continue;
        }
        let s = Sandbox::guarded();
        s.stage(&format!("./{name}"), line(1));
        s.commit().stopped_at(&format!("{name}:1:"));
    }
}

#[cfg(unix)]
#[test]
fn names_with_newlines_and_bytes_that_are_no_utf8_are_read_and_printed_safely() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let s = Sandbox::guarded();
    let newline = "new\nline\u{1b}[2J.env";
    s.write(newline, line(1));
    let latin = OsStr::from_bytes(b"caf\xe9.env");
    // Some file systems take no such name; the index always does.
    if std::fs::write(s.dir().join(latin), line(2)).is_ok() {
        s.git(["add", "."]);
        s.commit().stopped_at("caf\\xe9.env:1:");
    }
    s.git(["add", "."]);
    let run = s.commit();
    run.stopped_at("new\\nline\\u{1b}[2J.env:1:");
    assert!(!run.stderr.contains('\u{1b}'), "{run:#?}");
}

#[test]
fn a_key_in_a_files_name_stops_the_commit_and_is_masked() {
    let s = Sandbox::guarded();
    s.stage(&format!("keys/{}.txt", key(1)), "x\n");
    let run = s.commit();
    run.stopped_at("pk_");
    assert!(!run.stderr.contains(&key(1)), "{run:#?}");
}

#[test]
fn a_rename_to_a_name_with_a_key_stops_the_commit() {
    let s = Sandbox::guarded();
    s.record(&[("a.txt", "x\n")]);
    s.git(["mv", "a.txt", &format!("{}.txt", key(1))]);
    s.commit().stopped_at("pk_");
}

#[test]
fn an_edit_of_a_file_whose_old_name_has_a_key_is_silent_and_never_prints_it() {
    let s = Sandbox::guarded();
    let name = format!("{}.txt", key(1));
    s.record(&[(&name, "x\n")]);
    s.stage(&name, "y\n");
    s.commit().ok();
    s.stage(&name, line(2));
    let run = s.commit();
    run.stopped_at(".txt:1:");
    assert!(!run.stderr.contains(&key(1)), "{run:#?}");
}

#[test]
fn an_empty_file_passes() {
    let s = Sandbox::guarded();
    s.stage("empty", "");
    s.commit().ok();
}

#[test]
fn a_file_renamed_to_a_credential_file_is_judged_by_its_new_name() {
    let s = Sandbox::guarded();
    let text = format!("PORT=3000\nDB_HOST=db\nDB_PASSWORD={}\n", secret("${base62:9}", 1));
    s.record(&[("env.sample", &text), ("old/.env", &format!("A_PASSWORD={}\n", secret("${base62:9}", 2)))]);
    s.git(["mv", "env.sample", ".env"]);
    let run = s.commit();
    assert!(run.code == 1 && run.stderr.contains(".env:3:13"), "moved as it was: {run:#?}");
    s.stage(".env", format!("{text}DEBUG=true\n"));
    let run = s.commit();
    assert!(run.code == 1 && run.stderr.contains(".env:3:13"), "moved and edited: {run:#?}");
    s.git(["reset", "-q", "--hard"]);
    s.git(["mv", "old/.env", ".env"]);
    s.commit().ok();
}
