//! Commits that an assistant makes where git runs no hook of stanch, and aliases that the person's configuration has.

use super::judging::tool;
use super::project;
use crate::support::{Sandbox, key};
use serde_json::json;
use std::fs;

/// The answer to a command, and what is said.
fn command(s: &Sandbox, line: &str) -> (&'static str, String) {
    let effect = tool(s, "Bash", json!({ "command": line }));
    (effect.slug(), effect.said().to_owned())
}

/// A file with a secret that no commit has.
fn leak(n: u64) -> String {
    format!("import os\nKLAVIYO_API_KEY = \"{}\"\n", key(n))
}

#[test]
fn a_commit_that_no_hook_of_git_judges_is_judged_by_what_is_staged() {
    let s = project();
    s.write("mail.py", leak(3));
    // Nothing is staged yet.
    assert_eq!(command(&s, "git commit -m x").0, "goes");
    s.git(["add", "mail.py"]);
    let (slug, said) = command(&s, "git commit -m x");
    assert_eq!(slug, "refused", "{said}");
    assert!(said.contains("mail.py:2:") && said.contains("os.environ[\"KLAVIYO_API_KEY\"]"), "{said}");
    assert!(said.contains("runs no hook of stanch in") && !said.contains(&key(3)), "{said}");
    // Only a dry run.
    assert_eq!(command(&s, "git commit --dry-run -m x").0, "goes");
    // In any form of the command, from anywhere.
    let dir = s.dir().display().to_string();
    for line in [
        "git -c user.name=a commit -qm x".to_owned(),
        format!("cd / && git -C {dir} commit -m x"),
        format!("cd /; git --git-dir={dir}/.git --work-tree={dir} commit -m x"),
        "bash -c 'git commit -m x'".to_owned(),
    ] {
        let (slug, said) = command(&s, &line);
        assert_eq!(slug, "refused", "{line}: {said}");
    }
}

#[test]
fn what_the_command_stages_itself_is_judged_too() {
    let s = project();
    s.write("mail.py", leak(3));
    s.write("sub/other.py", "x = 1\n");
    for (line, slug) in [
        ("git add mail.py && git commit -m x", "refused"),
        ("git add -A && git commit -m x", "refused"),
        ("git add . ; git commit -m x", "refused"),
        ("git add sub && git commit -m x", "goes"),
        ("git add *.py && git commit -m x", "refused"),
        // Git does not track it.
        ("git commit -am x", "goes"),
        ("git commit -m x sub/other.py", "goes"),
        ("git commit -m x -- mail.py", "refused"),
    ] {
        assert_eq!(command(&s, line).0, slug, "{line}");
    }
    // A tracked file.
    s.write("clean.py", leak(4));
    assert_eq!(command(&s, "git commit -am x").0, "refused");
    assert_eq!(command(&s, "git commit -m x").0, "goes");
}

#[test]
fn where_git_runs_stanch_its_hook_decides() {
    let s = project();
    s.stanch(["install"]).ok();
    s.write("mail.py", leak(3));
    s.git(["add", "mail.py"]);
    assert_eq!(command(&s, "git commit -m x").0, "goes");
    // Another clone has none.
    let other = s.dir().parent().unwrap().join("other");
    s.git(["clone", "-q", ".", other.to_str().unwrap()]);
    fs::write(other.join("mail.py"), leak(5)).unwrap();
    let line = format!("cd {} && git add mail.py && git commit -m x", other.display());
    let (slug, said) = command(&s, &line);
    assert_eq!(slug, "refused", "{said}");
    // A hook that is not in force does not count.
    fs::remove_file(s.dir().join(".git/hooks/pre-commit")).unwrap();
    assert_eq!(command(&s, "git commit -m x").0, "refused");
}

#[test]
fn a_commit_that_cannot_be_judged_is_said() {
    let s = project();
    s.write("mail.py", leak(3));
    let (slug, said) = command(&s, "GIT_INDEX_FILE=/tmp/i git commit -m x");
    assert_eq!(slug, "refused", "{said}");
    assert!(said.contains("another index") && said.contains("`stanch install`"), "{said}");
}

#[test]
fn an_alias_of_the_person_is_judged_by_what_it_stands_for() {
    let s = project();
    for (name, value) in [
        ("ci", "commit --no-verify"),
        ("sneak", "!sh -c 'git commit -n \"$@\"' -"),
        ("sneakily", "ci -q"),
        ("env", "!cat .env"),
        ("st", "status --short"),
        ("first", "second"),
        ("second", "first"),
        ("record", "commit -m x"),
    ] {
        s.git(["config", &format!("alias.{name}"), value]);
    }
    s.write("mail.py", leak(3));
    s.git(["add", "mail.py"]);
    for (line, slug, what) in [
        ("git ci -m x", "refused", "git commit --no-verify"),
        ("git CI -m x", "refused", "git commit --no-verify"),
        ("git sneak -m x", "refused", "git commit -n"),
        ("git sneakily", "refused", "git commit --no-verify"),
        ("git env", "refused", "KLAVIYO_API_KEY"),
        ("git st", "goes", ""),
        ("git unheard-of", "goes", ""),
        ("git first", "refused", "nested too deep"),
        ("git record", "refused", "mail.py:2"),
        ("git -c alias.new='commit -n' new", "refused", "git commit -n"),
    ] {
        let (answer, said) = command(&s, line);
        assert_eq!(answer, slug, "{line}: {said}");
        assert!(said.contains(what), "{line}: {said}");
    }
    // Of many folders it is said that they are too many.
    let line: String = (0..12).map(|n| format!("git -C /tmp/none{n}/x st{n}; ")).collect();
    assert_eq!(command(&s, &line).0, "goes");
    for n in 0..12 {
        s.write(format!("d{n}/x"), "");
    }
    let line: String = (0..12).map(|n| format!("git -C d{n} st; ")).collect();
    let (slug, said) = command(&s, &line);
    assert!(slug == "refused" && said.contains("too many folders"), "{said}");
}
