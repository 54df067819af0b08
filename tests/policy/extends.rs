//! `extends`: files of the repository, of another one at a commit, and of a package; and what a hostile one can do.

use super::{RULE, governed, line, unchecked};
use crate::support::{Sandbox, secret};

const SKIP: &str = "[[path]]\nglob = 'a.txt'\nmode = 'skip'\nreason = 'x'\n";

/// A bare repository beside the sandbox's with a policy in it, and the commit.
fn mirror(s: &Sandbox, text: &str) -> String {
    let work = s.at("../policy");
    work.git(["init", "-q", "-b", "main", "."]);
    let id = work.record(&[("team/stanch.toml", text)]);
    work.git(["clone", "-q", "--bare", ".", "../policy.git"]);
    id
}

fn extends_git(id: &str) -> String {
    format!("extends = [{{ git = '../policy.git', commit = '{id}', path = 'team/stanch.toml' }}]\n")
}

#[test]
fn a_configuration_is_laid_over_what_it_extends_and_show_says_which_file_set_a_value() {
    let s = Sandbox::guarded();
    s.record(&[
        (
            ".stanch.toml",
            "extends = ['policy/base.toml', 'policy/more.toml']\n[block]\nconfidence = 'medium'\n",
        ),
        (
            "policy/base.toml",
            &format!("extends = ['policy/root.toml']\ncontact = 'base'\n[block]\nconfidence = 'low'\n{SKIP}"),
        ),
        (
            "policy/root.toml",
            "contact = 'root'\nlink = 'https://example.org/root'\n[audit]\nremind_days = 7\n",
        ),
        // Both name it: it is laid once.
        ("policy/more.toml", "extends = ['policy/root.toml']\n[[except]]\nname = '^DEMO'\nreason = 'y'\n"),
    ]);
    let shown = s.stanch(["config", "show"]).ok().stdout;
    for row in [
        "= \"base\"  # repository, policy/base.toml\n",
        "= \"https://example.org/root\"  # repository, policy/root.toml\n",
        "= 7  # repository, policy/root.toml\n",
        "= \"medium\"  # repository\n",
        "Skip: \"x\"  # repository, policy/base.toml\n",
        "any rule by name (line 2): \"y\"  # repository, policy/more.toml\n",
    ] {
        assert!(shown.contains(row), "no {row:?} in {shown}");
    }
    s.stage("a.txt", line(1));
    s.commit().ok();
    s.stage("b.txt", line(2));
    s.commit().stopped_at("b.txt:1:");
}

#[test]
fn what_an_extended_file_loosens_counts_once_it_is_committed_and_what_it_tightens_at_once() {
    let s = Sandbox::guarded();
    s.record(&[(".stanch.toml", "extends = ['base.toml']\n"), ("base.toml", "")]);
    s.stage("base.toml", SKIP);
    s.stage("a.txt", line(1));
    let run = s.commit();
    run.stopped_at("a.txt:1:");
    assert!(run.stderr.contains("counts once it is committed"), "{run:#?}");
    s.record(&[]);
    s.stage("a.txt", line(2));
    s.commit().ok();
    s.write("base.toml", "");
    s.stage("a.txt", line(3));
    s.commit().stopped_at("a.txt:1:");
    // The file still decides on a commit that removes the line.
    s.record(&[("base.toml", "[block]\ngeneric_confidence = 'low'\nconfidence = 'low'\n")]);
    s.stage(".stanch.toml", "");
    s.stage("b.txt", format!("key: \"{}\"\n", secret("${base62:32}", 2)));
    s.commit().stopped_at("b.txt:1:");
}

#[test]
fn a_file_of_another_repository_is_read_from_the_lock_and_never_fetched_by_a_check() {
    let s = Sandbox::guarded();
    let id = mirror(&s, SKIP);
    s.write(".stanch.toml", extends_git(&id));
    s.stage("a.txt", line(1));
    unchecked(&s.commit(), "is not in .stanch.lock; run `stanch config update`, and commit both");
    s.stanch(["config", "update", "--check"]).could_not_check(".stanch.lock: is not what");
    let run = s.stanch(["config", "update"]).ok();
    assert!(
        run.stdout.contains(&format!("  ../policy.git at {}, team/stanch.toml\n", &id[..12])),
        "{run:#?}"
    );
    s.stanch(["config", "update", "--check"]).ok();
    std::fs::remove_dir_all(s.root().join("policy.git")).unwrap();
    s.git(["add", ".stanch.toml", ".stanch.lock"]);
    s.commit().stopped_at("a.txt:1:");
    s.git(["reset", "-q", "a.txt"]);
    s.commit().ok();
    s.git(["add", "a.txt"]);
    s.commit().ok();
    let shown = s.stanch(["config", "show"]).ok().stdout;
    assert!(
        shown.contains(&format!(
            "Skip: \"x\"  # repository, ../policy.git at {}, team/stanch.toml",
            &id[..12]
        )),
        "{shown}"
    );
    s.stanch(["config", "update"]).could_not_check("cannot be fetched");
    // Every clone has it, and so has a server.
    s.git(["clone", "-q", "--bare", ".", "../server.git"]);
    s.at("../server.git").hook("pre-receive");
    s.git(["remote", "add", "origin", "../server.git"]);
    s.stage("a.txt", line(2));
    s.commit().ok();
    s.try_git(["push", "-q", "origin", "main"]).ok();
}

#[test]
fn a_commit_that_no_branch_has_is_found_and_one_that_is_not_there_is_an_error() {
    let s = Sandbox::guarded();
    let id = mirror(&s, SKIP);
    let work = s.at("../policy");
    work.record(&[("team/stanch.toml", "nonsense = 1\n")]);
    work.git(["push", "-q", "../policy.git", "main"]);
    s.write(".stanch.toml", extends_git(&id));
    s.stanch(["config", "update"]).ok();
    let newer = work.git(["rev-parse", "HEAD"]);
    let before = s.read(".stanch.lock");
    s.write(".stanch.toml", extends_git(&newer));
    s.stanch(["config", "update"]).could_not_check("unknown key `nonsense`");
    s.write(".stanch.toml", extends_git(&"d".repeat(40)));
    s.stanch(["config", "update"]).could_not_check("cannot be fetched");
    assert_eq!(s.read(".stanch.lock"), before);
}

#[test]
fn a_file_of_an_installed_package_is_copied_into_the_lock() {
    let s = Sandbox::guarded();
    s.record(&[
        (".gitignore", "node_modules/\n"),
        (".stanch.toml", "extends = [{ package = 'node_modules/@acme/policy/stanch.toml' }]\n"),
    ]);
    s.stanch(["config", "update"]).could_not_check("install the package first");
    s.write("node_modules/.store/policy/stanch.toml", SKIP);
    s.write("node_modules/@acme/x", "");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../.store/policy", s.dir().join("node_modules/@acme/policy")).unwrap();
    #[cfg(not(unix))]
    s.write("node_modules/@acme/policy/stanch.toml", SKIP);
    s.stanch(["config", "update"]).ok();
    std::fs::remove_dir_all(s.dir().join("node_modules")).unwrap();
    s.git(["add", "."]);
    s.commit().ok();
    s.stage("a.txt", line(1));
    s.commit().ok();
}

// ---- hostile ---------------------------------------------------------------------------------------------------

#[test]
fn a_lock_whose_text_was_changed_stops_every_check_and_loosens_nothing() {
    let s = Sandbox::guarded();
    let id = mirror(&s, "[audit]\nremind_days = 7\n");
    s.write(".stanch.toml", extends_git(&id));
    s.stanch(["config", "update"]).ok();
    s.git(["add", "."]);
    s.commit().ok();
    let lock = String::from_utf8(s.read(".stanch.lock")).unwrap();
    let loose = lock.replace("remind_days = 7\n", &format!("remind_days = 7\n{SKIP}"));
    assert_ne!(lock, loose);
    s.stage("a.txt", line(1));
    s.stage(".stanch.lock", &loose);
    unchecked(&s.commit(), "was changed: its hash is another; run `stanch config update`");
    // As committed it loosens nothing either.
    s.record(&[(".stanch.lock", &loose)]);
    s.write(".stanch.lock", &lock);
    s.stage("b.txt", line(2));
    s.commit().stopped_at("b.txt:1:");
}

#[test]
fn a_chain_that_leads_back_or_is_too_long_is_refused_with_its_line() {
    let s = Sandbox::guarded();
    s.stage("x.txt", "clean\n");
    for (files, told) in [
        (
            vec![
                (".stanch.toml", "extends = ['a.toml']\n".to_owned()),
                ("a.toml", "\nextends = ['a.toml']\n".to_owned()),
            ],
            "a.toml:2: extends: leads back to itself: a.toml -> a.toml",
        ),
        (
            vec![
                (".stanch.toml", "extends = ['a.toml']\n".to_owned()),
                ("a.toml", "extends = ['b.toml']\n".to_owned()),
                ("b.toml", "extends = ['a.toml']\n".to_owned()),
            ],
            "leads back to itself: a.toml -> b.toml -> a.toml",
        ),
        (vec![(".stanch.toml", "extends = ['.stanch.toml']\n".to_owned())], "leads back to itself"),
        (
            vec![(".stanch.toml", "\nextends = ['gone.toml']\n".to_owned())],
            ".stanch.toml:2: extends: there is no file gone.toml",
        ),
        (
            vec![(".stanch.toml", "extends = ['../outside.toml']\n".to_owned())],
            ".stanch.toml:1: extends: is no file inside the repository",
        ),
        (
            vec![
                (".stanch.toml", "extends = ['a.toml']\n".to_owned()),
                ("a.toml", "[enforce]\ninline = false\n".to_owned()),
            ],
            "a.toml:1: [enforce] counts in the system and user files only",
        ),
        (
            vec![
                (".stanch.toml", "extends = ['a.toml']\n".to_owned()),
                ("a.toml", "[audit]\npath = '~/x'\n".to_owned()),
            ],
            "a.toml:2: audit.path counts in",
        ),
    ] {
        for (path, text) in &files {
            s.write(path, text);
        }
        s.stanch(["hook", "pre-commit"]).could_not_check(told);
        s.stanch(["config", "check", ".stanch.toml"]).could_not_check(told);
    }
    for i in 0..40 {
        s.write(format!("c{i}.toml"), format!("extends = ['c{}.toml']\n", i + 1));
    }
    s.write("c40.toml", "");
    s.write(".stanch.toml", "extends = ['c0.toml']\n");
    s.stanch(["hook", "pre-commit"]).could_not_check("extends: is one file too many: 32 are the most");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_of_the_repository_is_not_followed() {
    let s = Sandbox::guarded();
    std::fs::create_dir(s.root().join("outside")).unwrap();
    std::fs::write(s.root().join("outside/a.toml"), SKIP).unwrap();
    std::os::unix::fs::symlink(s.root().join("outside"), s.dir().join("in")).unwrap();
    std::os::unix::fs::symlink(s.root().join("outside/a.toml"), s.dir().join("a.toml")).unwrap();
    s.stage("x.txt", "clean\n");
    for (text, told) in [
        ("extends = ['in/a.toml']\n", "in/a.toml: lies behind a symbolic link"),
        ("extends = ['a.toml']\n", "a.toml: is a symbolic link"),
        ("rule_files = ['in/a.toml']\n", "in/a.toml: lies behind a symbolic link"),
    ] {
        s.write(".stanch.toml", text);
        s.stanch(["hook", "pre-commit"]).could_not_check(told);
        s.git(["add", "."]);
        s.git(["commit", "-q", "--no-verify", "-m", "x"]);
        let run = s.stanch(["scan", "--history"]);
        assert_eq!(run.code, 2, "{run:#?}");
    }
}

#[test]
fn an_extended_file_goes_under_no_floor_and_one_of_the_machine_s_layer_sets_them() {
    let s = Sandbox::guarded();
    s.record(&[
        (".stanch.toml", "extends = ['base.toml']\n"),
        ("base.toml", &format!("[rules.{RULE}]\nenabled = false\n{SKIP}")),
    ]);
    std::fs::write(s.root().join("floor.toml"), "[enforce]\ndefault = 'closed'\n").unwrap();
    let s = governed(&s, "extends = ['floor.toml']\ncontact = 'the organisation'\n");
    s.stage("a.txt", line(1));
    let run = s.commit();
    run.stopped_at("a.txt:1:");
    assert!(run.stderr.contains("the system configuration forbids it"), "{run:#?}");
    let shown = s.stanch(["config", "show"]).ok().stdout;
    assert!(shown.contains("enforce.default") && shown.contains("\"closed\"  # system"), "{shown}");
    let s = governed(&s, &extends_git(&"a".repeat(40)));
    s.stanch(["hook", "pre-commit"]).could_not_check("only a repository extends another repository");
}
