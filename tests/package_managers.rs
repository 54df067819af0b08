//! Programs that a package manager brought: they move, and caches are emptied; the hooks outlast both.
#![cfg(unix)]

use crate::support::{STANCH, Sandbox, key};
use std::fs;
use std::path::Path;

/// The binary under test at another place.
fn program_at(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    if fs::hard_link(STANCH, path).is_err() {
        fs::copy(STANCH, path).unwrap();
    }
}

/// A repository in which this program, by its path from the top, installed the hooks.
fn installed_by(inside: &str) -> Sandbox {
    let s = Sandbox::new();
    s.record(&[("README.md", "hello\n")]);
    let program = s.dir().join(inside);
    program_at(&program);
    s.run_with(&program, ["install"], b"").ok();
    s
}

fn blocks(s: &Sandbox, seed: u64) {
    s.stage("app.py", format!("key = \"{}\"\n", key(seed)));
    s.commit().stopped_at("app.py:1");
}

/// The same sandbox after its work tree was moved.
fn moved(s: &Sandbox) -> Sandbox {
    fs::rename(s.dir(), s.root().join("moved")).unwrap();
    fs::create_dir(s.dir()).unwrap();
    s.at("../moved")
}

#[test]
fn a_program_in_the_work_tree_moves_with_it() {
    for inside in ["node_modules/@stanch/linux-x64/bin/stanch", ".venv/bin/stanch"] {
        let s = moved(&installed_by(inside));
        blocks(&s, 1);
        let doctor = s.run_with(s.dir().join(inside), ["doctor"], b"").ok();
        assert!(doctor.stdout.contains("in force"), "{doctor:?}");
    }
}

#[test]
fn a_node_modules_that_was_arranged_anew_is_found_by_its_bin() {
    let s =
        installed_by("node_modules/.pnpm/@stanch+linux-x64@0.1.0/node_modules/@stanch/linux-x64/bin/stanch");
    fs::remove_dir_all(s.dir().join("node_modules")).unwrap();
    // The launcher as the npm package has it.
    program_at(&s.dir().join("node_modules/.bin/stanch"));
    blocks(&s, 1);
}

#[test]
fn a_hook_runs_nothing_of_the_work_tree_unless_it_was_installed_from_there() {
    let s = Sandbox::new();
    s.record(&[("README.md", "hello\n")]);
    let program = s.root().join("elsewhere/stanch");
    program_at(&program);
    s.run_with(&program, ["install", "--hooks", "pre-commit"], b"").ok();
    fs::remove_file(&program).unwrap();
    s.write("node_modules/.bin/stanch", "#!/bin/sh\ntouch ran\n");
    crate::support::executable(&s.dir().join("node_modules/.bin/stanch"));
    s.stage("a.txt", "x\n");
    let s = s.env("PATH", "/usr/bin:/bin");
    let run = s.commit();
    assert!(run.code != 0 && !s.dir().join("ran").exists(), "{run:?}");
}

#[test]
fn a_program_in_a_cache_leaves_a_copy_in_the_git_directory() {
    for cache in [
        ".npm/_npx/0a1b2c/node_modules/@stanch/linux-x64/bin/stanch",
        ".cache/uv/archive-v0/x1y2/bin/stanch",
        "Library/Caches/uv/archive-v0/x1y2/bin/stanch",
        ".local/share/uv/archive-v0/x/stanch",
    ] {
        let s = Sandbox::new();
        s.record(&[("README.md", "hello\n")]);
        let program = s.home().join(cache);
        program_at(&program);
        let run = s.run_with(&program, ["install"], b"").ok();
        assert!(run.stdout.contains("a copy stays as "), "{cache}: {run:?}");
        fs::remove_file(&program).unwrap();
        blocks(&s, 1);
        s.stanch(["uninstall"]).ok();
        assert!(!s.dir().join(".git/stanch/program").exists(), "{cache}");
    }
}

#[test]
fn a_program_in_a_cache_is_not_installed_for_every_repository() {
    let s = Sandbox::new();
    let program = s.home().join(".cache/uv/archive-v0/x1y2/bin/stanch");
    program_at(&program);
    let run = s.run_with(&program, ["install", "--global", "--yes"], b"");
    run.could_not_check("lies in a cache");
    assert!(run.stderr.contains("uv tool install stanch"), "{run:?}");
    assert_eq!(fs::read(s.home().join(".gitconfig")).unwrap(), b"");
}
