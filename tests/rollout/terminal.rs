//! Warnings that a hook manager keeps back reach a person at a terminal.

use super::*;
use crate::managers::{configure, lefthook, on_a_terminal, team};

/// What the hook writes to the terminal alone, as under a manager that keeps its output.
const HOOK: &str = "PRE_COMMIT=1 GIT_INDEX_FILE=.git/index stanch hook pre-commit 2>/dev/null";

#[test]
fn a_warning_that_a_manager_keeps_back_goes_to_the_terminal() {
    let s = team();
    s.stage("tests/a\u{1b}[31m.py", warned(1));
    let Some(run) = on_a_terminal(&s, HOOK) else { return };
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(run.stdout.contains("1 warning, which does not block"), "{run:#?}");
    assert!(run.stdout.contains("\\u{1b}[31m.py:1") && !run.stdout.contains('\u{1b}'), "{run:#?}");
    assert!(!run.stdout.contains(&secret("${base62:20}", 1)), "{run:#?}");
    let silent = |command: &str| {
        let run = on_a_terminal(&s, command).unwrap();
        assert!(run.code == 0 && !run.stdout.contains("warning"), "{command}: {run:#?}");
    };
    silent(&format!("export CI=true; {HOOK}"));
    silent("GIT_INDEX_FILE=.git/index stanch hook pre-commit 2>/dev/null");
    // As a job in the background, and without a terminal.
    silent(&format!("set -m; ( {HOOK} ) & wait $!"));
    silent(&format!("setsid -w sh -c '{HOOK}'"));
    let no_terminal = s.run_with("sh", ["-c", &format!("setsid -w sh -c '{HOOK}'")], b"").ok();
    assert_eq!(no_terminal.stdout, "", "{no_terminal:#?}");
    assert_eq!(
        on_a_terminal(&s, &format!("export CI=false; {HOOK}")).unwrap().stdout.matches("1 warning").count(),
        1
    );
    // The manager shows what blocks.
    s.stage("a.env", leak(1));
    let run = on_a_terminal(&s, HOOK).unwrap();
    assert!(run.code == 1 && run.stdout.is_empty(), "{run:#?}");
}

#[test]
fn the_terminal_gets_ten_lines_at_most() {
    let s = team();
    let many: String = (0..40).map(warned).collect();
    s.stage("tests/a.py", many);
    let Some(run) = on_a_terminal(&s, HOOK) else { return };
    let lines: Vec<&str> = run.stdout.trim().lines().collect();
    assert!(lines.len() <= 10 && lines[0].contains("40 warnings"), "{run:#?}");
    assert!(run.stdout.contains("more: stanch scan --staged"), "{run:#?}");
}

/// Under the real program: shown at the commit and again at the push.
fn is_told_at_the_commit_and_at_the_push(program: &Path) {
    let s = team();
    configure(&s, &["stanch-system", "stanch-pre-push-system"]);
    let remote = s.at("../remote");
    remote.git(["init", "-q", "--bare", "."]);
    s.git(["remote", "add", "origin", remote.dir().to_str().unwrap()]);
    s.git(["push", "-q", "origin", "main"]);
    for stage in ["pre-commit", "pre-push"] {
        s.run_with(program, ["install", "--hook-type", stage], b"").ok();
    }
    s.stage("tests/a.py", warned(1));
    let Some(commit) = on_a_terminal(&s, "git commit -q -m change") else { return };
    assert_eq!(commit.code, 0, "{commit:#?}");
    assert_eq!(commit.stdout.matches("1 warning, which does not block").count(), 1, "{commit:#?}");
    let push = on_a_terminal(&s, "git push -q origin main").unwrap();
    assert_eq!(push.code, 0, "{push:#?}");
    assert_eq!(push.stdout.matches("1 warning, which does not block").count(), 1, "{push:#?}");
    // Sent once, shown once.
    s.stage("b.py", "x = 1\n");
    on_a_terminal(&s, "git commit -q -m change").unwrap().ok();
    let push = on_a_terminal(&s, "git push -q origin main").unwrap().ok();
    assert!(!push.stdout.contains("warning"), "{push:#?}");
}

#[test]
fn pre_commit_keeps_no_warning_from_a_person() {
    if let Some(program) = tool("STANCH_TEST_PRE_COMMIT", "pre-commit") {
        is_told_at_the_commit_and_at_the_push(&program);
    }
}

#[test]
fn prek_keeps_no_warning_from_a_person() {
    if let Some(program) = tool("STANCH_TEST_PREK", "prek") {
        is_told_at_the_commit_and_at_the_push(&program);
    }
}

#[test]
fn lefthook_shows_a_warning_and_it_is_not_told_twice() {
    let config = "pre-commit:\n  jobs:\n    - name: stanch\n      run: stanch hook pre-commit {0}\n";
    let Some(s) = lefthook(config) else { return };
    s.stage("tests/a.py", warned(1));
    let Some(run) = on_a_terminal(&s, "git commit -q -m change") else { return };
    assert_eq!(run.stdout.matches("1 warning, which does not block").count(), 1, "{run:#?}");
}
