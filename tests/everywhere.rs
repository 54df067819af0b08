//! `stanch install --global` and hooks in git's configuration, with the sandbox's own home and system files.

use crate::support::{Sandbox, key};
use std::io::Write;

fn leaky() -> Sandbox {
    let s = Sandbox::new();
    s.record(&[("README.md", "hello\n")]);
    s.stage("app.py", format!("key = \"{}\"\n", key(1)));
    s
}

/// Git 2.54 or later: the one on PATH, or one in the folder that `STANCH_TEST_NEW_GIT` names.
fn with_new_git(s: &Sandbox) -> Option<Sandbox> {
    let new = |s: &Sandbox| {
        let version = s.git(["--version"]);
        let mut parts = version.split(' ').nth(2).unwrap().split('.').map(|p| p.parse::<u32>().unwrap_or(0));
        (parts.next().unwrap(), parts.next().unwrap()) >= (2, 54)
    };
    if new(s) {
        return Some(s.clone());
    }
    let Ok(bin) = std::env::var("STANCH_TEST_NEW_GIT") else {
        let note =
            "\nskipped: git on PATH is older than 2.54; STANCH_TEST_NEW_GIT may name the folder of one\n";
        std::io::stderr().write_all(note.as_bytes()).unwrap();
        return None;
    };
    let s = s.env("PATH", &format!("{bin}:{}", std::env::var("PATH").unwrap()));
    assert!(new(&s), "STANCH_TEST_NEW_GIT is not new");
    Some(s)
}

fn global(s: &Sandbox, key: &str) -> String {
    s.try_git(["config", "--global", "--get", key]).stdout.trim().to_owned()
}

#[test]
fn a_global_installation_is_explained_and_not_done_without_a_word() {
    let s = leaky();
    let run = s.stanch(["install", "--global", "--by", "files"]).ok();
    assert!(run.stdout.contains("set core.hooksPath") && run.stdout.contains("--yes"), "{run:?}");
    assert_eq!(global(&s, "core.hooksPath"), "");
    assert!(!s.home().join(".config/stanch").exists());
    s.commit().ok();
}

#[test]
fn a_global_installation_guards_every_repository_and_its_own_hooks_still_run() {
    let s = leaky();
    s.hook_script("pre-commit", "echo own-pre-commit >&2\n");
    s.hook_script("post-commit", "echo own-post-commit >&2\n");
    s.stanch(["install", "--global", "--by", "files", "--yes"]).ok();
    s.stanch(["install", "--global", "--by", "files", "--yes"]).ok();
    let run = s.commit();
    run.stopped_at("app.py:1");
    assert!(run.stderr.contains("own-pre-commit"), "{run:?}");
    s.stanch(["doctor"]).ok();
    let other = s.at("../other");
    other.git(["init", "-q", "."]);
    other.stage("b.py", format!("key = \"{}\"\n", key(2)));
    other.commit().stopped_at("b.py:1");
    s.stage("app.py", "x = 1\n");
    let run = s.commit().ok();
    assert!(run.stderr.contains("own-pre-commit") && run.stderr.contains("own-post-commit"), "{run:?}");
    // In a linked worktree too, whose git directory holds no hooks.
    s.git(["worktree", "add", "-q", "../linked"]);
    let linked = s.at("../linked");
    linked.stage("c.py", "x = 1\n");
    assert!(linked.commit().ok().stderr.contains("own-pre-commit"));

    s.stanch(["uninstall", "--global"]).ok();
    assert_eq!(global(&s, "core.hooksPath"), "");
    assert!(!s.home().join(".config/stanch/hooks").exists());
    other.commit().ok();
}

#[test]
fn a_global_installation_keeps_a_hook_that_a_person_put_into_its_folder() {
    let s = leaky();
    let mine = s.home().join(".config/stanch/hooks/post-commit");
    std::fs::create_dir_all(mine.parent().unwrap()).unwrap();
    std::fs::write(&mine, "#!/bin/sh\necho mine\n").unwrap();
    s.stanch(["install", "--global", "--by", "files", "--yes"]).ok();
    assert_eq!(std::fs::read(&mine).unwrap(), b"#!/bin/sh\necho mine\n");
    // As after a run that was killed: the setting is gone, the files are there.
    s.git(["config", "--global", "--unset", "core.hooksPath"]);
    s.stanch(["uninstall", "--global"]).ok();
    let left: Vec<_> =
        std::fs::read_dir(mine.parent().unwrap()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["post-commit"]);
}

#[test]
fn a_push_through_a_global_installation_gives_the_refs_to_the_repositorys_own_hook_too() {
    let s = leaky();
    s.git(["reset", "-q", "--hard"]);
    s.hook_script("pre-push", "echo \"own-pre-push $1\" >&2; cat >&2\n");
    s.stanch(["install", "--global", "--by", "files", "--yes"]).ok();
    let remote = s.at("../remote");
    remote.git(["init", "-q", "--bare", "."]);
    s.git(["remote", "add", "origin", remote.dir().to_str().unwrap()]);
    let run = s.try_git(["push", "-q", "origin", "main"]).ok();
    assert!(run.stderr.contains("own-pre-push origin") && run.stderr.contains("refs/heads/main"), "{run:?}");
}

#[test]
fn a_folder_that_all_repositories_share_already_is_used_and_restored() {
    let s = leaky();
    let shared = s.at("../shared");
    s.git(["config", "--global", "core.hooksPath", "~/../shared"]);
    shared.write("pre-commit", "#!/bin/sh\necho company >&2\n");
    crate::support::executable(&shared.dir().join("pre-commit"));
    s.stanch(["install"]).could_not_check("stanch install --global");
    let plan = s.stanch(["install", "--global", "--by", "files"]).ok();
    assert!(plan.stdout.contains("already"), "{plan:?}");
    s.stanch(["install", "--global", "--by", "files", "--yes"]).ok();
    let run = s.commit();
    run.stopped_at("app.py:1");
    assert!(run.stderr.contains("company"), "{run:?}");
    s.stanch(["uninstall", "--global"]).ok();
    assert_eq!(shared.read("pre-commit"), b"#!/bin/sh\necho company >&2\n");
    assert_eq!(global(&s, "core.hooksPath"), "~/../shared");
    s.commit().ok();
}

#[test]
fn a_shared_path_that_is_relative_is_refused_with_the_reason() {
    let s = leaky();
    s.git(["config", "--global", "core.hooksPath", ".githooks"]);
    s.stanch(["install", "--global", "--by", "files"]).could_not_check("another folder in each repository");
}

#[test]
fn the_systems_configuration_is_served_the_same_way() {
    let s = leaky();
    let at = s.root().join("etc/config.toml");
    let s = s.env("STANCH_SYSTEM_CONFIG", at.to_str().unwrap());
    s.stanch(["install", "--system", "--by", "files", "--yes"]).ok();
    s.commit().stopped_at("app.py:1");
    s.stanch(["uninstall", "--system"]).ok();
    s.commit().ok();
}

#[test]
fn hooks_in_the_configuration_of_an_old_git_are_refused_and_not_believed() {
    let s = leaky();
    if with_new_git(&s).is_some_and(|n| n.git(["--version"]) == s.git(["--version"])) {
        return;
    }
    s.stanch(["install", "--by", "config"]).could_not_check("2.54 or later");
    s.stanch(["install", "--global", "--by", "config", "--yes"]).could_not_check("2.54 or later");
    s.git(["config", "--global", "hook.stanch-pre-commit.command", "stanch hook pre-commit"]);
    s.git(["config", "--global", "hook.stanch-pre-commit.event", "pre-commit"]);
    let run = s.stanch(["doctor", "--hooks", "pre-commit"]);
    assert!(
        run.code == 1 && run.stdout.contains("hook.stanch-pre-commit.command is set, but git"),
        "{run:?}"
    );
    s.commit().ok();
}

#[test]
fn hooks_in_the_configuration_guard_beside_another_hooks_path() {
    let Some(s) = with_new_git(&leaky()) else { return };
    s.git(["config", "core.hooksPath", ".husky/_"]);
    s.stanch(["install", "--by", "config"]).ok();
    let doctor = s.stanch(["doctor"]).ok();
    assert!(doctor.stdout.contains("hook.stanch-pre-commit.command (local)"), "{doctor:?}");
    s.commit().stopped_at("app.py:1");
    s.git(["config", "hook.stanch-pre-commit.enabled", "false"]);
    let doctor = s.stanch(["doctor", "--hooks", "pre-commit"]);
    assert!(doctor.code == 1 && doctor.stdout.contains("switched off by"), "{doctor:?}");
    s.stanch(["uninstall"]).ok();
    assert_eq!(s.try_git(["config", "--get-regexp", "^hook"]).stdout, "");
    s.commit().ok();
}

#[test]
fn a_global_installation_on_a_new_git_is_settings_alone_and_reads_pushes() {
    let Some(s) = with_new_git(&leaky()) else { return };
    s.stanch(["install", "--global", "--yes"]).ok();
    assert_eq!(global(&s, "core.hooksPath"), "");
    s.commit().stopped_at("app.py:1");
    s.git(["commit", "-q", "--no-verify", "-m", "past the hook"]);
    let remote = s.at("../remote");
    remote.git(["init", "-q", "--bare", "."]);
    s.try_git(["push", remote.dir().to_str().unwrap(), "main"]).stopped_at("app.py:1");
    s.git(["config", "--global", "hook.stanch-pre-push.command", "'/gone/stanch' hook pre-push"]);
    let doctor = s.stanch(["doctor", "--hooks", "pre-push"]);
    assert!(doctor.code == 1 && doctor.stdout.contains("/gone/stanch is gone"), "{doctor:?}");
    assert_ne!(s.try_git(["push", remote.dir().to_str().unwrap(), "main"]).code, 0);
    s.stanch(["uninstall", "--global"]).ok();
    s.git(["push", "-q", remote.dir().to_str().unwrap(), "main"]);
}
