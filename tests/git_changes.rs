//! The kinds of change that a commit records: edits, renames, copies, modes, links, submodules, names.

use crate::git_staged::{line, plain};
use crate::support::{Sandbox, key, secret};

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
fn names_with_newlines_and_bytes_that_are_not_utf8_are_read_and_printed_safely() {
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
