//! `install.sh`, the README's first command. The build itself is stood in for by the binary that the tests have
//! built already; all else is real.
#![cfg(unix)]

use crate::support::{Run, STANCH, Sandbox, executable, key};
use std::fs;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/install.sh");

/// A sandbox with a `cargo` that installs the binary under test, and with only the named tools on PATH.
pub fn machine(tools: &[&str]) -> Sandbox {
    let s = Sandbox::new();
    s.record(&[("README.md", "hello\n")]);
    let bin = s.root().join("tools");
    fs::create_dir(&bin).unwrap();
    let all = ["sh", "sed", "mktemp", "rm", "dirname", "cat", "env", "cp", "mkdir", "mv", "chmod", "cut"];
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

#[test]
fn all_that_is_missing_is_reported_at_once_and_nothing_is_changed() {
    let s = machine(&[]).env("PREFIX", "/dev/null/prefix");
    let run = install(&s, &[]);
    assert_eq!(run.code, 1, "{run:?}");
    for words in [
        "4 things are missing; nothing was changed",
        "git is missing",
        "/dev/null/prefix/bin cannot be written",
        "cargo is missing",
        "a C compiler is missing",
    ] {
        assert!(run.stderr.contains(words), "no {words:?} in {run:?}");
    }
    assert_eq!(run.stdout, "");
}

#[test]
fn a_prefix_that_cannot_be_written_is_reported_before_the_build() {
    let s = machine(ALL);
    let cargo = s.root().join("tools/cargo");
    let text = fs::read_to_string(&cargo).unwrap().replace("while", "touch '../built'; while");
    fs::write(&cargo, text).unwrap();
    let file = s.root().join("a file");
    fs::write(&file, "").unwrap();
    let run = install(&s.env("PREFIX", file.to_str().unwrap()), &[]);
    assert!(run.code == 1 && run.stderr.contains("cannot be written"), "{run:?}");
    assert!(run.stderr.contains("PREFIX="), "{run:?}");
    assert!(!s.root().join("built").exists());
}

#[test]
fn the_pages_and_completions_come_and_go_with_the_program() {
    let s = machine(ALL);
    install(&s, &["--no-hooks"]).ok();
    let share = s.home().join(".local/share");
    let all = [
        "man/man1/stanch.1",
        "man/man1/stanch-scan.1",
        "bash-completion/completions/stanch",
        "zsh/site-functions/_stanch",
        "fish/vendor_completions.d/stanch.fish",
    ];
    assert!(all.iter().all(|f| share.join(f).is_file()));
    install(&s, &["--uninstall"]).ok();
    assert!(all.iter().all(|f| !share.join(f).exists()));
}

/// A machine without Rust and a C compiler, with the archive of a release.
fn machine_with_an_archive() -> (Sandbox, String) {
    let s = machine(&["git", "tar", "gzip", "sha256sum", "shasum", "perl"]);
    let name = crate::get_sh::archive(&s, &s.root());
    (s.clone(), s.root().join(name).to_str().unwrap().to_owned())
}

#[test]
fn an_archive_is_installed_without_rust_after_its_sum_was_checked() {
    let (s, archive) = machine_with_an_archive();
    let run = install(&s, &["--from", &archive]).ok();
    assert!(run.stdout.contains("sum checked: "), "{run:?}");
    s.stage("app.py", format!("key = \"{}\"\n", key(1)));
    s.commit().stopped_at("app.py:1");
}

#[test]
fn an_archive_with_a_wrong_sum_or_none_is_not_installed() {
    let (s, archive) = machine_with_an_archive();
    let sum = fs::read_to_string(format!("{archive}.sha256")).unwrap();
    let refused = |args: &[&str], words: &str| {
        let run = install(&s, args);
        assert!(run.code == 1 && run.stderr.contains(words), "no {words:?} in {run:?}");
        assert!(!s.home().join(".local/bin/stanch").exists());
    };
    refused(&["--from", &archive, "--sum", &"0".repeat(64)], "is not what it should be");
    let half = fs::read(&archive).unwrap();
    fs::write(&archive, &half[..half.len() / 2]).unwrap();
    refused(&["--from", &archive], "is not what it should be");
    fs::remove_file(format!("{archive}.sha256")).unwrap();
    refused(&["--from", &archive], "sha256 is missing");
    refused(&["--from", "/nowhere.tar.gz"], "there is no file /nowhere.tar.gz");
    // What has the right sum, and holds no program.
    let other = s.root().join("other.tar.gz");
    fs::write(&other, half).unwrap();
    let given = sum.split(' ').next().unwrap();
    install(&s, &["--from", other.to_str().unwrap(), "--sum", given]).ok();
}

#[test]
fn in_an_unpacked_archive_it_installs_the_program_beside_it() {
    let (s, archive) = machine_with_an_archive();
    let folder = archive.trim_end_matches(".tar.gz");
    s.run_with("sh", [&format!("{folder}/install.sh")], b"").ok();
    s.stage("app.py", format!("key = \"{}\"\n", key(1)));
    s.commit().stopped_at("app.py:1");
}
