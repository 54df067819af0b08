//! `stanch install` and `uninstall` on real repositories, with the real git running the hooks.

use crate::support::{STANCH, Sandbox, key};
use std::fs;

/// A repository with one commit and a leak staged.
pub(crate) fn with_a_leak_staged() -> Sandbox {
    let s = Sandbox::new();
    s.record(&[("README.md", "hello\n")]);
    s.stage("app.py", format!("key = \"{}\"\n", key(1)));
    s
}

pub(crate) fn hooks(s: &Sandbox) -> Vec<String> {
    let dir = s.dir().join(s.git(["rev-parse", "--git-path", "hooks"]));
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| !n.ends_with(".sample"))
        .collect();
    names.sort();
    names
}

#[test]
fn after_install_git_refuses_a_commit_with_a_leak_and_takes_a_clean_one() {
    let s = with_a_leak_staged();
    s.stanch(["install"]).ok();
    s.commit().stopped_at("app.py:1");
    s.stage("app.py", "key = os.environ[\"KLAVIYO_API_KEY\"]\n");
    s.commit().ok();
}

#[test]
fn the_hook_stays_in_force_in_a_subfolder_a_linked_worktree_and_from_outside() {
    let s = with_a_leak_staged();
    s.at("sub").stanch(["install"]).ok();
    s.at("sub").commit().stopped_at("app.py:1");
    s.git(["worktree", "add", "-q", "../linked"]);
    let linked = s.at("../linked");
    linked.stage("b.py", format!("key = \"{}\"\n", key(2)));
    linked.commit().stopped_at("b.py:1");
    let outside = s.at("..");
    outside.try_git(["-C", "repo", "commit", "-m", "x"]).stopped_at("app.py:1");
}

#[test]
fn installing_from_a_linked_worktree_guards_the_main_one_too() {
    let s = Sandbox::new();
    s.record(&[("README.md", "hello\n")]);
    s.git(["worktree", "add", "-q", "../linked"]);
    s.at("../linked").stanch(["install"]).ok();
    s.stage("app.py", format!("key = \"{}\"\n", key(1)));
    s.commit().stopped_at("app.py:1");
}

#[test]
fn in_a_submodule_the_hooks_of_the_submodule_alone_are_installed() {
    let s = Sandbox::new();
    let part = s.at("../part");
    part.git(["init", "-q", "-b", "main", "."]);
    part.record(&[("README.md", "part\n")]);
    s.git([
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        part.dir().to_str().unwrap(),
        "part",
    ]);
    let inside = s.at("part");
    inside.stanch(["install"]).ok();
    inside.stage("app.py", format!("key = \"{}\"\n", key(1)));
    inside.commit().stopped_at("app.py:1");
    assert!(!s.dir().join(".git/hooks/pre-commit").exists());
}

#[test]
fn installing_twice_changes_nothing_and_says_so() {
    let s = with_a_leak_staged();
    s.hook_script("pre-commit", "echo mine\n");
    s.stanch(["install"]).ok();
    let (names, text) = (hooks(&s), s.read(".git/hooks/pre-commit"));
    let again = s.stanch(["install"]).ok();
    assert!(again.stdout.contains("already there"), "{again:?}");
    assert_eq!((hooks(&s), s.read(".git/hooks/pre-commit")), (names, text));
}

#[test]
fn a_folder_named_like_a_hook_is_refused_before_anything_is_written() {
    let s = Sandbox::new();
    s.write(".git/hooks/pre-push/notes.txt", "mine\n");
    let run = s.stanch(["install"]);
    run.could_not_check("pre-push is not a file, so not a hook; move it away");
    assert_eq!(hooks(&s), ["pre-push"]);
    s.stanch(["uninstall"]).ok();
    assert_eq!(s.read(".git/hooks/pre-push/notes.txt"), b"mine\n");
}

#[test]
fn a_hooks_folder_that_installing_made_goes_with_the_last_hook() {
    let s = Sandbox::new();
    fs::remove_dir_all(s.dir().join(".git/hooks")).unwrap();
    s.stanch(["install"]).ok();
    s.stanch(["uninstall"]).ok();
    assert!(!s.dir().join(".git/hooks").exists());
    s.hook_script("post-commit", "true\n");
    s.stanch(["install"]).ok();
    s.stanch(["uninstall"]).ok();
    assert_eq!(hooks(&s), ["post-commit"]);
}

/// The program is gone, and the repository has files with the names of all that the hook runs.
#[cfg(unix)]
#[test]
fn a_hook_runs_nothing_of_the_repository_by_relative_entries_of_the_path() {
    let s = with_a_leak_staged();
    s.hook_script("pre-push", "exit 0\n");
    s.stanch(["install"]).ok();
    for event in ["pre-commit", "pre-push"] {
        let hook = s.dir().join(".git/hooks").join(event);
        let text = fs::read_to_string(&hook).unwrap().replace(STANCH, "/gone/stanch");
        fs::write(&hook, text).unwrap();
    }
    for name in ["stanch", "grep", "cat"] {
        s.write(name, format!("#!/bin/sh\necho ran {name} of the repository >&2\nexit 0\n"));
        crate::support::executable(&s.dir().join(name));
        s.write(format!("bin/{name}"), s.read(name));
        crate::support::executable(&s.dir().join("bin").join(name));
    }
    let path = std::env::var("PATH").unwrap();
    for odd in [
        format!(".:{path}"),
        format!(":{path}"),
        format!("{path}:"),
        format!("bin:{path}:."),
        format!("*:{path}::"),
    ] {
        for legacy in ["", "1"] {
            let there = s.env("PATH", &odd).env("PRE_COMMIT_RUNNING_LEGACY", legacy);
            let run = there.commit();
            assert_ne!(run.code, 0, "{odd}");
            assert!(
                run.stderr.contains("nothing was checked") && !run.stderr.contains("of the repository"),
                "{run:?}"
            );
            let run = there.run_with(".git/hooks/pre-push", ["origin", "url"], b"");
            assert_eq!(run.code, 1, "{run:?}");
            assert!(!run.stderr.contains("of the repository"), "{run:?}");
            // The remedy restores the previous hook.
            assert!(
                run.stderr.contains("mv '.git/hooks/pre-push.stanch-kept' '.git/hooks/pre-push'"),
                "{run:?}"
            );
        }
    }
    let doctor = s.env("PATH", &format!(".:{path}")).stanch(["doctor", "--hooks", "pre-commit"]);
    assert!(doctor.code == 1 && doctor.stdout.contains("is gone"), "{doctor:?}");
    // A program in an absolute entry is found behind the odd ones.
    let bin = s.root().join("absolute bin");
    fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(STANCH, bin.join("stanch")).unwrap();
    s.env("PATH", &format!(".::{}:{path}", bin.display())).commit().stopped_at("app.py:1");
}

#[test]
fn installing_in_many_processes_at_once_keeps_the_hook_from_before() {
    for _ in 0..5 {
        let s = Sandbox::new();
        s.hook_script("pre-commit", "echo mine >&2\n");
        let mine = s.read(".git/hooks/pre-commit");
        let children: Vec<_> = (0..8).map(|_| s.command(STANCH).arg("install").spawn().unwrap()).collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        assert_eq!(s.read(".git/hooks/pre-commit.stanch-kept"), mine);
        s.stanch(["uninstall"]).ok();
        assert_eq!(s.read(".git/hooks/pre-commit"), mine);
    }
}

#[test]
fn only_the_chosen_hooks_are_installed() {
    let s = Sandbox::new();
    s.stanch(["install", "--hooks", "pre-merge-commit"]).ok();
    assert_eq!(hooks(&s), ["pre-merge-commit"]);
    s.stanch(["install", "--hooks", "post-coffee"]).could_not_check("post-coffee");
}

#[test]
fn a_hook_whose_program_is_gone_stops_the_commit_and_names_the_way_out() {
    let s = with_a_leak_staged();
    s.stanch(["install"]).ok();
    let hook = s.dir().join(".git/hooks/pre-commit");
    let text = fs::read_to_string(&hook).unwrap().replace(&STANCH.replace('\\', "/"), "/gone/stanch");
    fs::write(&hook, text).unwrap();
    let run = s.commit();
    assert_ne!(run.code, 0);
    assert!(run.stderr.contains("nothing was checked") && run.stderr.contains("rm '"), "{run:?}");
}

#[cfg(unix)]
#[test]
fn a_hook_whose_program_has_moved_finds_it_on_the_path() {
    let s = with_a_leak_staged();
    s.stanch(["install"]).ok();
    let hook = s.dir().join(".git/hooks/pre-commit");
    let text = fs::read_to_string(&hook).unwrap().replace(STANCH, "/gone/stanch");
    fs::write(&hook, text).unwrap();
    let bin = s.root().join("bin");
    fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(STANCH, bin.join("stanch")).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    s.env("PATH", &path).commit().stopped_at("app.py:1");
}

#[cfg(unix)]
#[test]
fn a_program_path_with_quotes_and_blanks_works() {
    let s = with_a_leak_staged();
    let odd = s.root().join("it's a $HOME/`x`");
    fs::create_dir_all(&odd).unwrap();
    // By another process: a file that this one has open for writing could not be run yet.
    s.run_with("cp", [STANCH.as_ref(), odd.join("stanch").as_os_str()], b"").ok();
    s.run_with(odd.join("stanch"), ["install"], b"").ok();
    s.commit().stopped_at("app.py:1");
}

#[test]
fn a_hooks_folder_of_the_work_tree_is_not_written_to_and_the_lines_are_printed() {
    let s = Sandbox::new();
    s.git(["config", "core.hooksPath", "tools/hooks"]);
    s.write("tools/hooks/pre-commit", "#!/bin/sh\n");
    let run = s.stanch(["install"]);
    run.could_not_check("stanch hook pre-commit \"$@\" || exit");
    assert!(run.stderr.contains("core.hooksPath = tools/hooks (local"), "{run:?}");
    assert_eq!(s.read("tools/hooks/pre-commit"), b"#!/bin/sh\n");
    assert!(!s.dir().join(".git/hooks/pre-commit").exists());
}

#[test]
fn a_hooks_path_inside_the_git_directory_is_followed() {
    let s = with_a_leak_staged();
    s.git(["config", "core.hooksPath", ".git/our-hooks"]);
    s.at("sub").stanch(["install"]).ok();
    assert!(hooks(&s).contains(&"pre-commit".to_owned()));
    s.commit().stopped_at("app.py:1");
}

#[test]
fn a_hooks_path_of_the_whole_machine_is_left_alone() {
    let s = Sandbox::new();
    let shared = s.root().join("shared-hooks");
    s.git(["config", "--global", "core.hooksPath", shared.to_str().unwrap()]);
    s.stanch(["install"]).could_not_check("global");
    assert!(!shared.exists());
}

#[test]
fn outside_of_a_repository_install_says_where_to_run_it() {
    let s = Sandbox::empty();
    s.stanch(["install"]).could_not_check("not in a git repository");
    s.stanch(["uninstall"]).could_not_check("not in a git repository");
}

#[test]
fn every_hook_file_is_posix_shell() {
    let s = Sandbox::empty();
    for shell in ["sh", "dash", "bash"] {
        if s.command(shell).arg("-c").arg("true").output().is_err() {
            continue;
        }
        for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/hooks")).unwrap() {
            let path = entry.unwrap().path();
            let run = s.run_with(shell, ["-n".as_ref(), path.as_os_str()], b"");
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{shell} {}", path.display());
        }
    }
}

/// A bare repository with stanch's hook and a hook from before, and a clone with a leak in its newest commit.
pub(crate) fn server() -> (Sandbox, Sandbox) {
    let server = Sandbox::empty();
    server.git(["init", "-q", "--bare", "-b", "main", "."]);
    server.hook_script(
        "pre-receive",
        "echo from-before >&2\nwhile read -r line; do echo \"got $line\" >&2; done\n",
    );
    server.stanch(["install"]).ok();
    server.stanch(["doctor"]).ok();
    let person = server.at("../person");
    person.git(["init", "-q", "-b", "main", "."]);
    person.git(["remote", "add", "origin", server.dir().to_str().unwrap()]);
    (server, person)
}

#[test]
fn in_a_bare_repository_the_servers_hook_is_installed_and_refuses_a_push_with_a_leak() {
    let (server, person) = server();
    person.record(&[("app.py", &format!("key = \"{}\"\n", key(1)))]);
    person.try_git(["push", "-q", "origin", "main"]).stopped_at("app.py:1");
    assert_eq!(server.git(["for-each-ref"]), "");
}

#[test]
fn completions_and_manual_pages_name_every_command() {
    let s = Sandbox::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = s.stanch(["completions", shell]).ok();
        assert!(run.stdout.contains("uninstall"), "{shell}");
    }
    assert!(s.stanch(["man"]).ok().stdout.contains("stanch\\-install"));
    s.stanch(["man", "pages"]).ok();
    assert!(s.dir().join("pages/stanch-install.1").exists());
}
