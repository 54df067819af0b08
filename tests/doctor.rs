//! `stanch doctor` on real repositories: what it says is what git does.

use crate::support::{STANCH, Sandbox, key};
use std::fs;

#[track_caller]
fn says(s: &Sandbox, code: i32, words: &[&str]) {
    let run = s.stanch(["doctor", "--hooks", "pre-commit"]);
    assert_eq!(run.code, code, "{run:#?}");
    for word in words {
        assert!(run.stdout.contains(word), "no {word:?} in {run:#?}");
    }
    // The doctor's word against git's deed.
    if s.git(["rev-parse", "--is-bare-repository"]) == "false" {
        s.stage("leak.py", format!("key = \"{}\"\n", key(9)));
        let stopped = s.commit().stderr.contains("leak.py:1");
        assert_eq!(stopped, code == 0, "doctor and git do not agree");
    }
}

#[test]
fn with_no_hook_it_is_not_in_force_and_the_command_is_reported() {
    says(&Sandbox::new(), 1, &["NOT in force", "no hook is there", "fix: stanch install"]);
}

#[test]
fn after_install_it_is_in_force() {
    let s = Sandbox::new();
    s.stanch(["install"]).ok();
    says(&s, 0, &["pre-commit", "in force", "stanch's hook"]);
    let all = s.stanch(["doctor"]).ok();
    assert!(all.stdout.contains("pre-merge-commit"), "{all:?}");
}

#[cfg(unix)]
#[test]
fn a_hook_that_is_not_executable_is_found() {
    use std::os::unix::fs::PermissionsExt;
    let s = Sandbox::new();
    s.stanch(["install"]).ok();
    fs::set_permissions(s.dir().join(".git/hooks/pre-commit"), fs::Permissions::from_mode(0o644)).unwrap();
    says(&s, 1, &["not executable", "fix: chmod +x"]);
}

#[test]
fn a_hook_shadowed_by_a_hooks_path_is_found_with_the_file_that_says_so() {
    let s = Sandbox::new();
    s.stanch(["install"]).ok();
    s.git(["config", "--global", "core.hooksPath", "/nowhere/hooks"]);
    says(&s, 1, &["leads git past it", "core.hooksPath = /nowhere/hooks (global", ".gitconfig"]);
}

#[test]
fn another_hook_in_our_place_is_found() {
    let s = Sandbox::new();
    s.hook_script("pre-commit", "true # stanch hook pre-commit\n");
    says(&s, 1, &["is another hook"]);
}

#[test]
fn a_hook_that_calls_us_is_in_force() {
    let s = Sandbox::new();
    s.hook_script("pre-commit", &format!("'{STANCH}' --version\n{STANCH} hook pre-commit \"$@\" || exit\n"));
    says(&s, 0, &["calls it"]);
}

#[test]
fn a_hook_that_ignores_our_exit_code_or_was_changed_is_not_in_force() {
    let s = Sandbox::new();
    for ignored in ["&", "|| true"] {
        s.hook_script("pre-commit", &format!("{STANCH} hook pre-commit \"$@\" {ignored}\n"));
        let run = s.stanch(["doctor", "--hooks", "pre-commit"]);
        assert!(run.code == 1 && run.stdout.contains("is another hook"), "{ignored}: {run:#?}");
    }
    fs::remove_file(s.dir().join(".git/hooks/pre-commit")).unwrap();
    s.stanch(["install"]).ok();
    let hook = s.dir().join(".git/hooks/pre-commit");
    let text = fs::read_to_string(&hook).unwrap();
    fs::write(&hook, text.replacen('\n', "\nexit 0\n", 1)).unwrap();
    says(&s, 1, &["was written by stanch install and changed since", "then stanch install"]);
    fs::remove_file(&hook).unwrap();
    s.stanch(["install"]).ok();
    assert_eq!(s.stanch(["doctor", "--hooks", "pre-commit"]).code, 0);
}

/// Between any two lines of our own file: what ends it there, or names another program, keeps git from ours.
#[test]
fn a_line_inside_of_our_hook_that_keeps_it_from_us_is_found() {
    for event in ["pre-commit", "pre-push"] {
        let s = Sandbox::new();
        s.stanch(["install"]).ok();
        let hook = s.dir().join(".git/hooks").join(event);
        let whole = fs::read_to_string(&hook).unwrap();
        let doctor = || s.stanch(["doctor", "--hooks", event]);
        let lines: Vec<&str> = whole.lines().collect();
        let ends = ["exit 0", "exec true", "return 0 2>/dev/null || exit", "stanch=/bin/true", "kill $$"];
        for (at, end) in (3..lines.len()).zip(ends.iter().cycle()) {
            let changed = [&lines[..at], &[*end], &lines[at..]].concat().join("\n");
            fs::write(&hook, changed + "\n").unwrap();
            let run = doctor();
            assert!(
                run.code == 1 && run.stdout.contains("was changed since stanch install wrote it"),
                "{end} before line {at}: {run:#?}"
            );
        }
        fs::write(&hook, lines[..lines.len() - 1].join("\n")).unwrap();
        assert_eq!(doctor().code, 1, "without its last line");
        // What follows is read when the program has decided.
        fs::write(&hook, format!("{whole}exit 0\n")).unwrap();
        assert_eq!(doctor().code, 0);
    }
    let s = Sandbox::new();
    s.stanch(["install"]).ok();
    let hook = s.dir().join(".git/hooks/pre-commit");
    let changed = fs::read_to_string(&hook).unwrap().replace("\nset +f\n", "\nset +f\nexec true\n");
    fs::write(&hook, changed).unwrap();
    says(&s, 1, &["NOT in force", "stanch install, which writes it again"]);
    s.stanch(["install"]).ok();
    assert_eq!(s.stanch(["doctor", "--hooks", "pre-commit"]).code, 0);
}

/// The name of a folder may end in a line end: git takes it as it is.
#[cfg(unix)]
#[test]
fn a_hooks_path_that_ends_in_a_line_end_is_another_folder() {
    let s = Sandbox::new();
    s.stanch(["install"]).ok();
    let ours = s.dir().join(".git/hooks");
    let path = format!("{}\n", ours.to_str().unwrap());
    s.git(["config", "core.hooksPath", &path]);
    let run = s.stanch(["doctor", "--hooks", "pre-commit"]);
    assert!(run.code == 1 && run.stdout.contains("NOT in force"), "{run:#?}");
    // With our hook in that very folder git runs it.
    fs::create_dir(&path).unwrap();
    fs::copy(ours.join("pre-commit"), std::path::Path::new(&path).join("pre-commit")).unwrap();
    says(&s, 0, &["in force"]);
}

#[test]
fn a_program_that_is_gone_is_found() {
    let s = Sandbox::new();
    s.stanch(["install"]).ok();
    let hook = s.dir().join(".git/hooks/pre-commit");
    let text = fs::read_to_string(&hook).unwrap().replace(&STANCH.replace('\\', "/"), "/gone/stanch");
    fs::write(&hook, text).unwrap();
    says(&s, 1, &["/gone/stanch is gone", "fix: stanch install"]);
}

#[cfg(unix)]
#[test]
fn another_version_in_the_hook_is_reported_with_its_number() {
    let s = Sandbox::new();
    s.stanch(["install"]).ok();
    let old = s.root().join("old stanch");
    fs::write(
        &old,
        format!("#!/bin/sh\n[ \"$1\" = --version ] && echo stanch 0.0.1 && exit\nexec '{STANCH}' \"$@\"\n"),
    )
    .unwrap();
    crate::support::executable(&old);
    let hook = s.dir().join(".git/hooks/pre-commit");
    let text = fs::read_to_string(&hook).unwrap().replace(STANCH, old.to_str().unwrap());
    fs::write(&hook, text).unwrap();
    says(&s, 0, &["old stanch, version 0.0.1", "fix: stanch install"]);
}

#[test]
fn a_configuration_that_cannot_be_used_is_found_before_it_stops_a_commit() {
    let s = Sandbox::new();
    s.stanch(["install"]).ok();
    s.write(".stanch.toml", "nonsense = true\n");
    let run = s.stanch(["doctor"]);
    assert!(run.code == 1 && run.stdout.contains("it cannot check here"), "{run:?}");
    assert!(run.stdout.contains(".stanch.toml:1"), "{run:?}");
}

#[test]
fn a_repository_that_git_refuses_is_not_taken_for_none() {
    let s = Sandbox::new();
    s.write(".git/config", "[core]\n\trepositoryformatversion = 99\n");
    s.stanch(["doctor"]).could_not_check("repo version");
    s.stanch(["install"]).could_not_check("repo version");
}

#[test]
fn outside_of_a_repository_only_the_proof_runs() {
    let s = Sandbox::empty();
    s.stanch(["doctor"]).could_not_check("not in a git repository");
    let run = s.stanch(["doctor", "--prove"]).ok();
    assert!(run.stdout.contains("proved:") && run.stdout.contains("app.py:1"), "{run:?}");
}

#[test]
fn the_proof_shows_the_block_and_never_the_whole_key() {
    let s = Sandbox::new();
    s.stanch(["install"]).ok();
    let run =
        s.env("GIT_DIR", "/nowhere").env("GIT_INDEX_FILE", "/nowhere/index").stanch(["doctor", "--prove"]);
    // Git's own variables point elsewhere: the doctor cannot see this repository, yet the proof holds.
    assert!(run.stdout.contains("proved: git refused the commit"), "{run:?}");
    assert!(run.stdout.contains("app.py:1") && !run.stdout.contains(&key(1)), "{run:?}");
}

#[test]
fn in_a_bare_repository_the_doctor_looks_at_what_a_server_runs() {
    let s = Sandbox::empty();
    s.git(["init", "-q", "--bare", "."]);
    let run = s.stanch(["doctor", "--hooks", "pre-commit"]);
    assert_eq!(run.code, 1, "{run:?}");
}

#[test]
fn a_kept_hook_is_named_with_its_order_and_if_it_cannot_run() {
    let s = Sandbox::new();
    s.hook_script("pre-commit", "true\n");
    s.hook_script("pre-push", "true\n");
    s.stanch(["install"]).ok();
    let run = s.stanch(["doctor"]).ok();
    assert!(run.stdout.contains(", after the hook kept as pre-commit.stanch-kept"), "{run:?}");
    assert!(run.stdout.contains("; then the hook kept as pre-push.stanch-kept"), "{run:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let kept = s.dir().join(".git/hooks/pre-commit.stanch-kept");
        fs::set_permissions(kept, fs::Permissions::from_mode(0o644)).unwrap();
        let run = s.stanch(["doctor"]).ok();
        assert!(run.stdout.contains("pre-commit.stanch-kept is not executable and does not run"), "{run:?}");
    }
}
