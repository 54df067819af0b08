//! Processes that are killed at any step: what they leave is never staged, and can be finished or taken back.

use super::kept::{RULE, allowed, leak, on_a_small_disk, saved, skipped, untracked};
use crate::support::{STANCH, Sandbox};
use std::collections::BTreeSet;
use std::fs::{self};
use std::path::Path;

/// Runs stanch so that the system kills it at the first byte it writes.
fn killed_at_its_first_byte(s: &Sandbox, args: &str) {
    let run = s.run_with("sh", ["-c", &format!("ulimit -c 0; ulimit -f 0; exec '{STANCH}' {args}")], b"");
    assert_eq!(run.code, -1, "a signal ends it: {run:#?}");
}

#[test]
fn what_a_killed_fix_leaves_is_never_staged() {
    let s = Sandbox::guarded();
    s.stage("deep/app.py", leak(1));
    s.commit().stopped_at("deep/app.py:1");
    killed_at_its_first_byte(&s, "fix --all");
    assert_eq!(s.read("deep/app.py"), leak(1).as_bytes());
    assert_eq!(untracked(&s), Vec::<String>::new());
    let kept: Vec<_> =
        fs::read_dir(s.dir().join(".git/stanch")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(
        kept.iter().any(|n| n.to_string_lossy().starts_with(".stanch-")),
        "it was killed midway: {kept:?}"
    );
    s.stanch(["fix", "--all"]).ok();
    s.git(["add", "-A"]);
    s.commit().ok();
    assert_eq!(s.git(["ls-files"]), ".gitignore\nREADME.md\ndeep/app.py");
}

#[test]
fn what_a_killed_fix_leaves_on_another_disk_than_the_git_directory_is_never_staged() {
    let s = Sandbox::new();
    if !can_trace(&s) {
        return;
    }
    fs::write(s.root().join("leak.py"), leak(1)).unwrap();
    let Some(run) = on_a_small_disk(
        &s,
        "mkdir deep
         cp ../leak.py deep/app.py
         git add deep
         $STANCH hook pre-commit 2>/dev/null && echo not stopped
         # The first rename is from the git directory and fails, the second is beside the file.
         strace -o /dev/null -e inject=rename,renameat,renameat2:signal=KILL:when=2 $STANCH fix --all --store none 2>/dev/null || :
         cmp deep/app.py ../leak.py || echo changed
         ls -A deep > ../names
         git status --porcelain --untracked-files=all > ../status",
    ) else {
        return;
    };
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:#?}");
    assert_eq!(saved(&s, "status"), "A  deep/app.py\n");
    assert!(saved(&s, "names").contains(".stanch-"), "it was killed midway: {}", saved(&s, "names"));
}

/// Runs stanch under strace, killed at its `n`th change of the file system; false once it ends by itself.
fn killed_at_change(s: &Sandbox, n: usize, args: &[&str]) -> bool {
    let calls =
        "write,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,mkdir,fchmod,fsync,ftruncate";
    let inject = format!("inject={calls}:signal=KILL:when={n}");
    let log = s.root().join("strace.log");
    let head = ["-o", log.to_str().unwrap(), "-e", &inject, STANCH];
    let run = s.run_with("strace", [&head[..], args].concat(), b"");
    let log = fs::read_to_string(log).unwrap_or_default();
    assert!(log.contains("exited with") || log.contains("killed by SIGKILL"), "{run:#?} {log}");
    log.contains("killed by SIGKILL")
}

fn can_trace(s: &Sandbox) -> bool {
    let ok = s.command("strace").args(["-o", "/dev/null", "true"]).output().is_ok_and(|o| o.status.success());
    if !ok {
        skipped("strace cannot run here: apt-get install strace");
    }
    ok
}

fn names(dir: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(dir).into_iter().flatten();
    let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
    names.filter(|n| !n.ends_with(".sample")).collect()
}

#[test]
fn an_installation_killed_at_any_step_leaves_hooks_that_run_and_can_be_finished_or_taken_back() {
    if !can_trace(&Sandbox::new()) {
        return;
    }
    let mut steps = 0;
    for n in 1.. {
        let s = Sandbox::new();
        s.record(&[("README.md", "hello\n")]);
        s.hook_script("pre-commit", "echo mine >&2\n");
        let mine = s.read(".git/hooks/pre-commit");
        let going_on = killed_at_change(&s, n, &["install"]);
        // The hook of before runs at every moment, alone or under ours.
        s.stage("a.txt", format!("{n}\n"));
        assert!(s.commit().ok().stderr.contains("mine"), "step {n}");
        if n % 2 == 0 {
            s.stanch(["install"]).ok();
            s.stage("a.py", leak(1));
            let run = s.commit();
            run.stopped_at("a.py:1");
            assert_eq!(run.stderr.matches("mine").count(), 1, "step {n}: {run:#?}");
        }
        s.stanch(["uninstall"]).ok();
        assert_eq!(s.read(".git/hooks/pre-commit"), mine, "step {n}");
        let left = names(&s.dir().join(".git/hooks"));
        assert!(left.iter().all(|n| n == "pre-commit" || n.starts_with(".stanch-")), "step {n}: {left:?}");
        if !going_on {
            break;
        }
        steps = n;
    }
    assert!(steps > 5, "it was killed {steps} times only");
}

#[test]
fn an_uninstallation_killed_at_any_step_loses_no_hook() {
    if !can_trace(&Sandbox::new()) {
        return;
    }
    for n in 1.. {
        let s = Sandbox::new();
        s.record(&[("README.md", "hello\n")]);
        s.hook_script("pre-commit", "echo mine >&2\n");
        let mine = s.read(".git/hooks/pre-commit");
        s.stanch(["install"]).ok();
        let going_on = killed_at_change(&s, n, &["uninstall"]);
        s.stage("a.txt", format!("{n}\n"));
        assert!(s.commit().ok().stderr.contains("mine"), "step {n}");
        s.stanch(["uninstall"]).ok();
        assert_eq!(s.read(".git/hooks/pre-commit"), mine, "step {n}");
        assert_eq!(names(&s.dir().join(".git/hooks")).len(), 1, "step {n}");
        if !going_on {
            assert!(n > 3);
            break;
        }
    }
}

#[test]
fn a_renewal_killed_at_any_step_loses_no_hook() {
    if !can_trace(&Sandbox::new()) {
        return;
    }
    for n in 1.. {
        let s = Sandbox::new();
        s.hook_script("pre-commit", "echo mine >&2\n");
        let mine = s.read(".git/hooks/pre-commit");
        s.stanch(["install"]).ok();
        let hook = s.dir().join(".git/hooks/pre-commit");
        fs::write(&hook, fs::read_to_string(&hook).unwrap().replace(STANCH, "/gone/stanch")).unwrap();
        let going_on = killed_at_change(&s, n, &["install"]);
        s.stanch(["uninstall"]).ok();
        assert_eq!(s.read(".git/hooks/pre-commit"), mine, "step {n}");
        assert_eq!(names(&s.dir().join(".git/hooks")).len(), 1, "step {n}");
        if !going_on {
            assert!(n > 3);
            break;
        }
    }
}

#[test]
fn an_edit_killed_at_any_step_leaves_the_old_file_or_the_new_one() {
    if !can_trace(&Sandbox::new()) {
        return;
    }
    for n in 1.. {
        let s = Sandbox::new();
        s.stanch(["allow", "--path", "a/", "--rule", RULE, "--reason", "x"]).ok();
        let old = s.read(".stanch.toml");
        let going_on = killed_at_change(&s, n, &["allow", "--path", "b/", "--rule", RULE, "--reason", "x"]);
        let now = s.read(".stanch.toml");
        assert!(now == old || allowed(&s) == 2, "step {n}");
        assert_eq!(untracked(&s), [".stanch.toml"], "step {n}");
        s.stanch(["allow", "--path", "b/", "--rule", RULE, "--reason", "x"]).ok();
        assert_eq!(allowed(&s), 2);
        if !going_on {
            assert!(n > 2);
            break;
        }
    }
}
