//! `install.sh`, the README's first command. The build itself is stood in for by the binary that the tests have
//! built already; all else is real.
#![cfg(unix)]

use crate::support::{Run, STANCH, Sandbox, executable, key};
use std::fs;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/install.sh");

/// A sandbox with a `cargo` that installs the binary under test, and with only the named tools on PATH.
fn machine(tools: &[&str]) -> Sandbox {
    let s = Sandbox::new();
    s.record(&[("README.md", "hello\n")]);
    let bin = s.root().join("tools");
    fs::create_dir(&bin).unwrap();
    let all = ["sh", "sed", "mktemp", "rm", "dirname", "cat", "env", "cp", "mkdir"];
    for tool in all.iter().chain(tools) {
        if let Some(real) = find(tool) {
            std::os::unix::fs::symlink(real, bin.join(tool)).unwrap();
        }
    }
    let s = s.env("PATH", bin.to_str().unwrap());
    if tools.contains(&"cargo") {
        fs::remove_file(bin.join("cargo")).unwrap();
        let script = format!(
            "#!/bin/sh\n[ \"$1\" = --version ] && echo 'cargo 1.95.0 (x)' && exit\n\
             while [ $# -gt 1 ]; do [ \"$1\" = --root ] && root=$2; shift; done\n\
             mkdir -p \"$root/bin\" && cp '{STANCH}' \"$root/bin/stanch\"\n"
        );
        fs::write(bin.join("cargo"), script).unwrap();
        executable(&bin.join("cargo"));
    }
    s
}

fn find(tool: &str) -> Option<std::path::PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|d| d.join(tool)).find(|p| p.is_file())
}

const ALL: &[&str] = &["cargo", "git", "cc", "ld", "as", "collect2"];

fn install(s: &Sandbox, args: &[&str]) -> Run {
    let mut all = vec![SCRIPT];
    all.extend(args);
    s.run_with("sh", all, b"")
}

#[test]
fn it_installs_the_program_and_the_hooks_and_ends_with_the_proof() {
    let s = machine(ALL);
    for _ in 0..2 {
        let run = install(&s, &[]).ok();
        assert!(run.stdout.contains("home/.local/bin/stanch"), "{run:?}");
        assert!(run.stdout.contains("is not on PATH") && run.stdout.contains("export PATH="), "{run:?}");
        assert!(run.stdout.trim_end().ends_with("and took it once the key was out"), "{run:?}");
    }
    s.stage("app.py", format!("key = \"{}\"\n", key(1)));
    s.commit().stopped_at("app.py:1");
}

#[test]
fn a_folder_on_the_path_is_preferred_and_prefix_decides() {
    let s = machine(ALL);
    let path = format!("{}:{}/bin", s.root().join("tools").display(), s.home().display());
    let run = install(&s.env("PATH", &path), &["--no-hooks"]).ok();
    assert!(s.home().join("bin/stanch").is_file() && !run.stdout.contains("not on PATH"), "{run:?}");
    assert!(!s.dir().join(".git/hooks/pre-commit").exists());
    let odd = s.root().join("it's a prefix");
    install(&s.env("PREFIX", odd.to_str().unwrap()), &[]).ok();
    assert!(odd.join("bin/stanch").is_file());
    s.stage("app.py", format!("key = \"{}\"\n", key(1)));
    s.commit().stopped_at("app.py:1");
}

#[test]
fn uninstall_takes_the_hooks_and_the_program_away() {
    let s = machine(ALL);
    s.hook_script("pre-commit", "exit 0\n");
    install(&s, &[]).ok();
    install(&s, &["--uninstall"]).ok();
    assert!(!s.home().join(".local/bin/stanch").exists());
    assert_eq!(s.read(".git/hooks/pre-commit"), b"#!/bin/sh\nexit 0\n");
    let again = install(&s, &["--uninstall"]);
    assert!(again.code == 1 && again.stderr.contains("PREFIX"), "{again:?}");
}

#[test]
fn what_is_missing_is_named_with_its_remedy() {
    for (tools, words) in [
        (&["git", "cc"][..], "cargo is missing"),
        (&["cargo", "cc", "ld", "as"], "git is missing"),
        (&["cargo", "git"], "a C compiler is missing"),
    ] {
        let run = install(&machine(tools), &[]);
        assert!(run.code == 1 && run.stderr.contains(words) && run.stderr.contains("install"), "{run:?}");
    }
}

#[test]
fn a_cargo_that_is_too_old_is_named_before_the_build() {
    let s = machine(ALL);
    let cargo = s.root().join("tools/cargo");
    fs::write(&cargo, "#!/bin/sh\necho 'cargo 1.63.0 (x)'\n").unwrap();
    let run = install(&s, &[]);
    assert!(run.code == 1 && run.stderr.contains("cargo 1.63 is too old"), "{run:?}");
}

#[test]
fn outside_of_a_repository_it_installs_the_program_alone() {
    let s = machine(ALL).at("..").at("elsewhere");
    let run = install(&s, &[]).ok();
    assert!(run.stdout.contains("not in a git repository"), "{run:?}");
}

#[test]
fn where_the_hooks_belong_to_someone_else_it_ends_with_an_error() {
    let s = machine(ALL);
    s.git(["config", "core.hooksPath", "tools/hooks"]);
    let run = install(&s, &[]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("add the line"), "{run:?}");
}
