//! Allow entries one a line in a file of their own, and what merges make of it and of the baseline.

use super::{RULE, governed, line, stopped_fingerprint};
use crate::support::{Run, Sandbox};

/// A repository whose entries have their own file, with the first in it.
fn with_lines() -> Sandbox {
    let s = Sandbox::guarded();
    s.stanch(["allow", "--split"]).ok();
    s.write(".gitattributes", ".stanch-allow merge=union\n");
    s.git(["add", "."]);
    s.commit().ok();
    s
}

/// A message on one line.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Stages a secret in a file, and allows it.
fn allow(s: &Sandbox, path: &str, seed: u64) {
    s.stage(path, line(seed));
    s.commit().stopped_at(&format!("{path}:1:"));
    let run = s.stanch(["allow", &stopped_fingerprint(s)[..8], "--reason", "made for the tests"]).ok();
    assert!(run.stderr.contains("allowed in .stanch-allow; now: git add .stanch-allow"), "{run:#?}");
    s.git(["add", ".stanch-allow"]);
}

#[test]
fn an_entry_in_a_line_of_its_own_counts_at_once_and_on_a_server_once_it_has_it() {
    let s = with_lines();
    s.git(["init", "-q", "--bare", "-b", "main", "../server.git"]);
    s.at("../server.git").hook("pre-receive");
    s.git(["remote", "add", "origin", "../server.git"]);
    let push = || s.try_git(["push", "-q", "origin", "main"]);
    push().ok();
    allow(&s, "a.txt", 1);
    s.commit().ok();
    let run = push();
    assert!(run.code != 0 && run.stderr.contains("a.txt:1"), "{run:#?}");
    let lines = String::from_utf8(s.read(".stanch-allow")).unwrap();
    s.git(["reset", "-q", "--hard", "HEAD^"]);
    s.record(&[(".stanch-allow", &lines)]);
    push().ok();
    s.stage("a.txt", line(1));
    s.commit().ok();
    push().ok();
}

#[test]
fn two_branches_that_each_allow_one_secret_merge_without_a_conflict() {
    let s = with_lines();
    for (branch, seed) in [("one", 1), ("two", 2), ("three", 3)] {
        s.git(["checkout", "-q", "-b", branch, "main"]);
        allow(&s, &format!("{branch}.txt"), seed);
        s.commit().ok();
    }
    s.git(["checkout", "-q", "main"]);
    for branch in ["one", "two", "three"] {
        s.try_git(["merge", "-q", "--no-edit", branch]).ok();
    }
    let lines = String::from_utf8(s.read(".stanch-allow")).unwrap();
    assert_eq!(lines.lines().filter(|l| l.contains(RULE)).count(), 3, "{lines}");
    s.stanch(["scan", "--history"]).ok();
    let stale = s.stanch(["allow", "--stale"]).ok();
    assert!(stale.stderr.contains("stale allow entries: 0 of 3"), "{stale:#?}");
    // Without the attribute git cannot merge them, and nothing is taken for right.
    s.git(["reset", "-q", "--hard", "one"]);
    s.record(&[(".gitattributes", "")]);
    let run = s.try_git(["merge", "-q", "--no-edit", "two"]);
    assert_ne!(run.code, 0, "{run:#?}");
    s.stage("d.txt", "clean\n");
    s.stanch(["hook", "pre-commit"]).could_not_check(".stanch-allow:2: is a marker of a merge conflict");
    s.stanch(["config", "check", ".stanch-allow"]).could_not_check(".stanch-allow:2: is a marker");
}

#[test]
fn split_moves_what_names_one_secret_and_leaves_the_rest_of_the_file() {
    let s = Sandbox::guarded();
    let fp = "0123456789abcdef0123";
    let blob = "b".repeat(40);
    s.record(&[(
        ".stanch.toml",
        &format!(
            "# ours\ncontact = 'x'\nallow = [\n  {{ fingerprint = '{fp}', rule = 'jwt', reason = 'old one', who = 'A <a@b>', expires = 2031-01-31 }},\n  \
             {{ blob = '{blob}', reason = 'big' }},\n  {{ regex = 'x+', reason = 'by form' }},\n]\n[block]\nseverity = 'low'\n"
        ),
    )]);
    let run = s.stanch(["allow", "--split"]).ok();
    assert!(run.stderr.contains("2 entries moved to .stanch-allow"), "{run:#?}");
    for offered in ["  .stanch-allow merge=union\n", "  .stanch-baseline merge=union\n"] {
        assert!(run.stderr.contains(offered), "{run:#?}");
    }
    assert!(!run.stderr.contains(".stanch.toml merge=union"));
    let lines = String::from_utf8(s.read(".stanch-allow")).unwrap();
    assert!(lines.contains(&format!("{fp} jwt until=2031-01-31 by=A <a@b> -- old one\n")), "{lines}");
    assert!(lines.contains(&format!("blob={blob} -- big\n")), "{lines}");
    let rest = String::from_utf8(s.read(".stanch.toml")).unwrap();
    assert!(
        rest.starts_with("# ours\ncontact = 'x'\n") && rest.ends_with("[block]\nseverity = 'low'\n"),
        "{rest}"
    );
    assert!(rest.contains("by form") && !rest.contains(fp), "{rest}");
    let shown = s.stanch(["config", "show"]).ok().stdout;
    assert!(shown.contains(fp) && shown.contains("by form"), "{shown}");
}

#[test]
fn entries_in_lines_are_closed_as_the_others_are_and_a_broken_committed_line_allows_nothing() {
    let s = with_lines();
    allow(&s, "a.txt", 1);
    s.git(["reset", "-q", "a.txt"]);
    s.commit().ok();
    s.stage("a.txt", line(1));
    let closed = governed(&s, "[enforce]\nallow = false\n");
    let run = closed.commit();
    run.stopped_at("a.txt:1:");
    assert!(flat(&run.stderr).contains("forbids it: allowed in .stanch-allow, line 2"), "{run:#?}");
    s.commit().ok();
    s.record(&[(".stanch-allow", "nonsense\n")]);
    s.stage("b.txt", line(2));
    s.stanch(["hook", "pre-commit"])
        .could_not_check(".stanch-allow:1: is not a line `FINGERPRINT RULE -- REASON`");
    s.write(".stanch-allow", "");
    let run = s.commit();
    run.stopped_at("b.txt:1:");
    assert!(flat(&run.stderr).contains("the committed .stanch-allow:1: is not a line"), "{run:#?}");
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_the_file_is_refused() {
    let s = Sandbox::guarded();
    std::os::unix::fs::symlink("/etc/hostname", s.dir().join(".stanch-allow")).unwrap();
    s.stage("a.txt", "clean\n");
    s.stanch(["hook", "pre-commit"]).could_not_check(".stanch-allow: is a symbolic link");
    s.stanch(["allow", "0123456789abcdef0123", "--reason", "x"]).could_not_check("symbolic link");
}

// ---- the baseline ----------------------------------------------------------------------------------------------

/// Commits a baseline on main, and on each of the branches `one` and `two`, at which it ends, another secret with its own;
/// returns what was said there.
fn baselines_on_two_branches(s: &Sandbox) -> [Run; 2] {
    let create = || {
        let run = s.stanch(["baseline", "create"]).ok();
        s.git(["add", "."]);
        s.commit().ok();
        run
    };
    create();
    [("one", 1), ("two", 2)].map(|(branch, seed)| {
        s.git(["checkout", "-q", "-b", branch, "main"]);
        s.record(&[(&format!("{branch}.txt"), &line(seed))]);
        create()
    })
}

#[test]
fn a_baseline_with_conflict_markers_stops_and_resolve_keeps_both_sides() {
    for style in ["merge", "diff3"] {
        let s = Sandbox::guarded();
        s.git(["config", "merge.conflictStyle", style]);
        s.record(&[("old.txt", &line(9))]);
        for run in baselines_on_two_branches(&s) {
            assert!(run.stderr.contains("  .stanch-baseline merge=union\n"), "{run:#?}");
        }
        let run = s.try_git(["merge", "-q", "--no-edit", "one"]);
        // The entries are sorted by fingerprint: those of the two may not touch.
        if run.code == 0 {
            let text = String::from_utf8(s.read(".stanch-baseline")).unwrap();
            s.write(
                ".stanch-baseline",
                format!("{}\n{text}{}\n{text}{}\n", "<".repeat(7), "=".repeat(7), ">".repeat(7)),
            );
        }
        s.stage("c.txt", "clean\n");
        let told = ".stanch-baseline:";
        s.stanch(["hook", "pre-commit"]).could_not_check(told);
        s.stanch(["hook", "pre-commit"]).could_not_check("run `stanch baseline resolve`");
        s.stanch(["baseline", "update"]).could_not_check("run `stanch baseline resolve`");
        let run = s.stanch(["baseline", "resolve"]).ok();
        assert!(run.stderr.contains("3 entries of both sides kept"), "{run:#?}");
        s.git(["add", "."]);
        s.commit().ok();
        s.stanch(["scan", "."]).ok();
        let run = s.stanch(["baseline", "resolve"]).ok();
        assert!(run.stderr.contains("has no merge conflict"), "{run:#?}");
    }
}

#[test]
fn a_baseline_merges_by_union() {
    let s = Sandbox::guarded();
    s.record(&[(".gitattributes", ".stanch-baseline merge=union\n"), ("old.txt", &line(9))]);
    for run in baselines_on_two_branches(&s) {
        assert!(!run.stderr.contains("merge=union"), "{run:#?}");
    }
    s.try_git(["merge", "-q", "--no-edit", "one"]).ok();
    s.stanch(["scan", "."]).ok();
}

#[test]
fn union_on_the_configuration_itself_is_told() {
    let s = Sandbox::guarded();
    s.record(&[(".gitattributes", "/.stanch.toml text merge=union\n"), (".stanch.toml", "contact = 'x'\n")]);
    let shown = s.stanch(["config", "show"]).ok().stdout;
    assert!(
        shown.contains(".gitattributes merges .stanch.toml by union, which tears tables apart"),
        "{shown}"
    );
}
