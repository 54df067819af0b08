//! Hooks that were there before stanch: they still run, and `uninstall` restores them.

use crate::install::{hooks, server, with_a_leak_staged};
use crate::support::{Sandbox, key};
use std::fs;

#[test]
fn a_hook_that_was_there_still_runs_with_its_arguments_before_ours() {
    let s = Sandbox::new();
    s.record(&[("README.md", "hello\n")]);
    // It stages a leak itself: ours comes after it and sees that.
    s.hook_script("pre-commit", &format!("echo 'k = \"{}\"' > late.py\ngit add late.py\n", key(3)));
    s.stanch(["install"]).ok();
    s.stage("a.txt", "harmless\n");
    s.commit().stopped_at("late.py:1");
}

#[test]
fn a_hook_that_was_there_can_still_refuse() {
    let s = Sandbox::new();
    s.hook_script("pre-commit", "echo 'not on a Friday' >&2\nexit 7\n");
    s.stanch(["install"]).ok();
    s.stage("a.txt", "harmless\n");
    let run = s.commit();
    assert_ne!(run.code, 0);
    assert!(run.stderr.contains("not on a Friday"), "{run:?}");
}

#[test]
fn uninstall_restores_a_hook_byte_for_byte_with_its_mode() {
    let s = Sandbox::new();
    let dir = s.dir().join(".git/hooks");
    fs::create_dir_all(&dir).unwrap();
    let odd = b"#!/usr/bin/env bash\r\n\x00\xff no newline at the end";
    fs::write(dir.join("pre-commit"), odd).unwrap();
    set_mode(&dir.join("pre-commit"), 0o641);
    s.stanch(["install"]).ok();
    s.stanch(["install"]).ok();
    s.stanch(["uninstall"]).ok();
    assert_eq!(s.read(".git/hooks/pre-commit"), odd);
    assert_eq!(mode(&dir.join("pre-commit")), 0o641);
    assert_eq!(hooks(&s), ["pre-commit"]);
    let nothing = s.stanch(["uninstall"]).ok();
    assert!(nothing.stdout.contains("no hook of stanch's"), "{nothing:?}");
}

#[cfg(unix)]
#[test]
fn a_hook_that_is_a_symbolic_link_runs_and_comes_back_as_a_link() {
    let s = with_a_leak_staged();
    s.write("tools/check.sh", "#!/bin/sh\necho checked by tools >&2\n");
    crate::support::executable(&s.dir().join("tools/check.sh"));
    let hook = s.dir().join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink("../../tools/check.sh", &hook).unwrap();
    s.stanch(["install"]).ok();
    let run = s.commit();
    run.stopped_at("app.py:1");
    assert!(run.stderr.contains("checked by tools"), "{run:?}");
    s.stanch(["uninstall"]).ok();
    assert_eq!(fs::read_link(&hook).unwrap().to_str(), Some("../../tools/check.sh"));
}

#[cfg(unix)]
#[test]
fn a_hook_that_was_switched_off_stays_off_and_is_restored_switched_off() {
    let s = with_a_leak_staged();
    s.hook_script("pre-commit", "echo switched off >&2\n");
    let hook = s.dir().join(".git/hooks/pre-commit");
    set_mode(&hook, 0o644);
    s.stanch(["install"]).ok();
    let run = s.commit();
    run.stopped_at("app.py:1");
    assert!(!run.stderr.contains("switched off"), "{run:?}");
    s.stanch(["uninstall"]).ok();
    assert_eq!(mode(&hook), 0o644);
}

#[test]
fn a_hook_that_replaced_ours_is_not_touched() {
    let s = Sandbox::new();
    s.hook_script("pre-commit", "echo first\n");
    s.stanch(["install"]).ok();
    s.hook_script("pre-commit", "echo second\n");
    s.stanch(["install"]).could_not_check("something replaced stanch's hook");
    let run = s.stanch(["uninstall"]).ok();
    assert!(run.stdout.contains("left alone"), "{run:?}");
    assert_eq!(s.read(".git/hooks/pre-commit"), b"#!/bin/sh\necho second\n");
    assert_eq!(s.read(".git/hooks/pre-commit.stanch-kept"), b"#!/bin/sh\necho first\n");
}

#[test]
fn a_kept_hook_that_is_not_from_here_never_becomes_one_unasked() {
    let s = Sandbox::new();
    let foreign = "#!/bin/sh\necho foreign >&2\n";
    for event in ["pre-commit", "post-commit"] {
        let name = format!("{event}.stanch-kept");
        s.write(format!(".git/hooks/{name}"), foreign);
        crate::support::executable(&s.dir().join(".git/hooks").join(name));
    }
    s.stanch(["install", "--hooks", "pre-commit"]).could_not_check("pre-commit.stanch-kept is there");
    s.stanch(["install", "--hooks", "pre-push"]).ok();
    let run = s.stanch(["uninstall"]).ok();
    assert!(run.stdout.contains("left alone") && run.stdout.contains("to use it: mv"), "{run:?}");
    s.stage("a.txt", "x\n");
    assert!(!s.commit().ok().stderr.contains("foreign"));
    assert_eq!(hooks(&s), ["post-commit.stanch-kept", "pre-commit.stanch-kept"]);
    // The remedy of the message.
    let at = |name: &str| s.dir().join(".git/hooks").join(name);
    fs::rename(at("pre-commit.stanch-kept"), at("pre-commit")).unwrap();
    s.stanch(["install", "--hooks", "pre-commit"]).ok();
    s.stage("a.txt", "y\n");
    assert!(s.commit().ok().stderr.contains("foreign"));
}

#[test]
fn on_a_server_the_hook_from_before_gets_all_refs_too() {
    let (server, person) = server();
    person.record(&[("app.py", "x = 1\n")]);
    person.git(["branch", "other"]);
    let run = person.try_git(["push", "origin", "main", "other"]).ok();
    assert!(run.stderr.contains("from-before"), "{run:?}");
    assert!(run.stderr.contains("refs/heads/main") && run.stderr.contains("refs/heads/other"), "{run:?}");
    assert_eq!(server.git(["for-each-ref"]).lines().count(), 2);
}

#[test]
fn at_a_push_the_hook_from_before_gets_all_refs_too_and_runs_only_when_ours_passes() {
    let s = Sandbox::new();
    s.record(&[("app.py", "x = 1\n")]);
    s.git(["branch", "other"]);
    s.hook_script("pre-push", "echo \"from-before $1 $2\" >&2\ncat >&2\nexit 3\n");
    s.stanch(["install"]).ok();
    let remote = s.at("../remote");
    remote.git(["init", "-q", "--bare", "."]);
    s.git(["remote", "add", "origin", remote.dir().to_str().unwrap()]);
    let run = s.try_git(["push", "origin", "main", "other"]);
    assert_ne!(run.code, 0, "its refusal counts: {run:?}");
    assert!(run.stderr.contains(&format!("from-before origin {}", remote.dir().display())), "{run:?}");
    assert!(run.stderr.contains("refs/heads/main") && run.stderr.contains("refs/heads/other"), "{run:?}");
    s.record(&[("app.py", &format!("key = \"{}\"\n", key(1)))]);
    let run = s.try_git(["push", "origin", "main"]);
    run.stopped_at("app.py:1");
    assert!(!run.stderr.contains("from-before"), "{run:?}");
}

#[test]
fn a_hook_from_before_that_does_not_read_the_refs_harms_nothing() {
    let s = Sandbox::new();
    s.record(&[("app.py", "x = 1\n")]);
    s.hook_script("pre-push", "exit 0\n");
    let head = s.git(["rev-parse", "HEAD"]) + "\n";
    for i in 0..1000 {
        // More than a pipe holds: writing on would end with a broken pipe.
        s.write(format!(".git/refs/heads/many/{i}"), &head);
    }
    s.stanch(["install"]).ok();
    let remote = s.at("../remote");
    remote.git(["init", "-q", "--bare", "."]);
    s.git(["remote", "add", "origin", remote.dir().to_str().unwrap()]);
    let run = s.try_git(["push", "-q", "origin", "--all"]).ok();
    assert_eq!(run.stderr, "");
}

#[cfg(unix)]
fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[cfg(unix)]
fn set_mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn mode(_: &std::path::Path) -> u32 {
    0o641
}

#[cfg(not(unix))]
fn set_mode(_: &std::path::Path, _: u32) {}
