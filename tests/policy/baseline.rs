//! The baseline: only a committed one suppresses, and it is a file of the repository.

use super::{RULE, line, stopped_fingerprint};
use crate::support::Sandbox;

#[test]
fn a_baseline_that_is_not_committed_lets_nothing_through() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    let fp = stopped_fingerprint(&s);
    s.stage(".stanch-baseline", format!("{fp} {RULE}\n"));
    s.commit().stopped_at("a.txt:1:");
    s.git(["reset", "-q", "a.txt"]);
    s.commit().ok();
    s.git(["add", "a.txt"]);
    s.commit().ok();
}

#[test]
fn a_commit_that_names_another_baseline_does_not_choose_what_lets_its_secrets_through() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    let fp = stopped_fingerprint(&s);
    s.git(["reset", "-q", "a.txt"]);
    // Harmless by itself: no configuration names it.
    s.record(&[("docs/notes.txt", &format!("{fp} {RULE}\n"))]);
    s.git(["add", "a.txt"]);
    s.stage(".stanch.toml", "baseline = 'docs/notes.txt'\n");
    for hook in [vec!["hook", "pre-commit"], vec!["scan", "--staged"], vec!["scan", "a.txt"]] {
        let run = s.stanch(&hook);
        assert_eq!(run.code, 1, "{hook:?}: {run:#?}");
    }
    s.commit().stopped_at("a.txt:1:");
    // Nor does a name in the work tree alone, whatever is committed under it.
    s.git(["reset", "-q", ".stanch.toml"]);
    s.commit().stopped_at("a.txt:1:");
    // From the next commit on it counts, and another name in the work tree does not take it away.
    s.git(["reset", "-q", "a.txt"]);
    s.git(["add", ".stanch.toml"]);
    s.commit().ok();
    s.write(".stanch.toml", "");
    s.git(["add", "a.txt"]);
    s.commit().ok();
}

#[test]
fn a_push_is_judged_by_the_baseline_that_the_commit_names_and_not_by_the_work_trees() {
    let s = Sandbox::guarded();
    s.hook("pre-push");
    s.git(["init", "-q", "--bare", "../remote.git"]);
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    let fp = stopped_fingerprint(&s);
    s.record(&[("docs/notes.txt", &format!("{fp} {RULE}\n"))]);
    s.write(".stanch.toml", "baseline = 'docs/notes.txt'\n");
    let run = s.try_git(["push", "-q", "origin", "main"]);
    assert!(run.code != 0 && run.stderr.contains("a.txt:1"), "{run:#?}");
    let run = s.stanch(["scan", "--history"]);
    assert_eq!(run.code, 1, "{run:#?}");
}

#[test]
fn a_baseline_is_no_file_of_the_git_directory_and_writes_over_nothing_else() {
    let s = Sandbox::guarded();
    s.write("a.txt", line(1));
    for name in [
        ".git/config",
        ".GIT/hooks/x",
        "sub/.git/config",
        "GIT~1/config",
        ".git./config",
        ".git::$INDEX_ALLOCATION/x",
    ] {
        s.write(".stanch.toml", format!("baseline = '{name}'\n"));
        s.stanch(["baseline", "create"]).could_not_check(".stanch.toml:1: baseline is not a file inside");
    }
    s.write("notes.md", "mine\nand mine\n");
    s.write(".stanch.toml", "baseline = 'notes.md'\n");
    s.stanch(["baseline", "create"]).could_not_check("notes.md:1: is no baseline");
    assert_eq!(s.read("notes.md"), b"mine\nand mine\n");
    s.write(".stanch.toml", "baseline = 'known'\n");
    let run = s.stanch(["baseline", "create"]).ok();
    assert!(run.stderr.contains("counts once .stanch.toml is committed"), "{run:#?}");
}
