//! `.stanch.toml` in folders below the top: they tighten, and loosen where the top lets them.

use super::{RULE, governed, line};
use crate::support::{Sandbox, secret};

const SKIP: &str = "[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'ours'\n";
const STRICT: &str = "[[path]]\nglob = '**'\nmode = 'strict'\nreason = 'ours'\n";
const MAY: &str = "[folders]\nloosen = ['services/a/']\n";

/// A message on one line.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A line that only warns.
fn guess(seed: u64) -> String {
    format!("key: \"{}\"\n", secret("${base62:32}", seed))
}

/// Fails the test unless all of these files are stopped and none of those.
#[track_caller]
fn stopped(s: &Sandbox, files: &[&str], passing: &[&str]) {
    for (seed, path) in files.iter().chain(passing).enumerate() {
        s.stage(path, line(seed as u64 + 1));
    }
    let run = s.stanch(["scan", "--staged"]);
    let blocked = run.stdout.split("which do not block").next().unwrap();
    for path in files {
        assert!(blocked.contains(&format!("{path}:1:")), "{path} passes: {run:#?}");
    }
    for path in passing {
        assert!(!blocked.contains(&format!("{path}:1:")), "{path} is stopped: {run:#?}");
    }
    assert_eq!(run.code, i32::from(!files.is_empty()), "{run:#?}");
    s.git(["reset", "-q"]);
}

#[test]
fn a_folder_tightens_at_once_and_in_itself_only() {
    let s = Sandbox::guarded();
    s.stage("services/a/x.txt", guess(1));
    s.stage("services/ab/x.txt", guess(2));
    s.commit().ok();
    s.write("services/a/.stanch.toml", STRICT);
    s.stage("services/a/y.txt", guess(3));
    s.commit().stopped_at("services/a/y.txt:1:");
    s.git(["reset", "-q"]);
    s.stage("services/ab/y.txt", guess(4));
    s.stage("y.txt", guess(5));
    s.commit().ok();
    // Committed, it still decides on the commit that removes or breaks it.
    s.record(&[("services/a/.stanch.toml", STRICT)]);
    for text in ["", "nonsense = 1\n"] {
        s.stage("services/a/.stanch.toml", text);
        s.stage("services/a/y.txt", guess(3));
        let run = s.commit();
        run.stopped_at("services/a/y.txt:1:");
        let told = "services/a/.stanch.toml:1: unknown key `nonsense`";
        assert_eq!(flat(&run.stderr).contains(told), !text.is_empty(), "{run:#?}");
    }
}

#[test]
fn a_folder_loosens_nothing_unless_the_top_names_it_and_the_person_is_told() {
    for loose in [
        SKIP.to_owned(),
        format!("[rules.{RULE}]\nenabled = false\n"),
        "[block]\nseverity = 'critical'\nconfidence = 'certain'\n".to_owned(),
        "[[except]]\nvalue = '.'\nreason = 'ours'\n".to_owned(),
        format!("[[allow]]\npath = '*.txt'\nrule = '{RULE}'\nreason = 'ours'\n"),
        format!("{MAY}{SKIP}"),
    ] {
        let s = Sandbox::guarded();
        s.record(&[("services/a/.stanch.toml", &loose)]);
        s.stage("services/a/x.txt", line(1));
        let run = s.commit();
        run.stopped_at("services/a/x.txt:1:");
        let said = flat(&run.stderr);
        assert!(said.contains("services/a/.stanch.toml may tighten only"), "{loose}: {run:#?}");
        s.git(["reset", "-q"]);
        s.record(&[(".stanch.toml", MAY)]);
        stopped(
            &s,
            &["x.txt", "services/ab/x.txt", "services/x.txt"],
            &["services/a/x.txt", "services/a/deep/x.txt"],
        );
        // An organisation's floor holds it as it holds the rest.
        let closed = governed(&s, "[enforce]\ndefault = 'closed'\n");
        stopped(&closed, &["services/a/x.txt"], &[]);
    }
}

#[test]
fn what_a_folder_loosens_and_that_it_may_count_once_they_are_committed() {
    let s = Sandbox::guarded();
    s.record(&[("services/a/.stanch.toml", SKIP)]);
    s.stage(".stanch.toml", MAY);
    stopped(&s, &["services/a/x.txt"], &[]);
    s.record(&[(".stanch.toml", MAY), ("services/a/.stanch.toml", "")]);
    s.write("services/a/.stanch.toml", SKIP);
    stopped(&s, &["services/a/x.txt"], &[]);
    s.record(&[("services/a/.stanch.toml", SKIP)]);
    stopped(&s, &[], &["services/a/x.txt"]);
    // What a person decided about one secret counts at once, where the folder may loosen.
    s.record(&[("services/a/.stanch.toml", "")]);
    s.stage("services/a/x.txt", line(1));
    s.commit().stopped_at("services/a/x.txt:1:");
    let entry = format!("[[allow]]\nfingerprint = '{}'\nreason = 'ours'\n", super::stopped_fingerprint(&s));
    s.write("services/a/.stanch.toml", &entry);
    s.commit().ok();
    s.stage("x.txt", line(1));
    s.commit().stopped_at("x.txt:1:");
}

#[test]
fn of_folders_in_folders_each_counts_as_the_top_lets_it() {
    let s = Sandbox::guarded();
    // The outer one may only tighten: what it loosens does not come in through the inner one.
    s.record(&[
        (".stanch.toml", "[folders]\nloosen = ['/a/b/']\n"),
        ("a/.stanch.toml", "[[path]]\nglob = '*.txt'\nmode = 'skip'\nreason = 'x'\n"),
        ("a/b/.stanch.toml", "[[path]]\nglob = '*.md'\nmode = 'skip'\nreason = 'x'\n"),
    ]);
    stopped(&s, &["a/x.txt", "a/x.md", "a/b/x.txt", "a/b/c/y.txt"], &["a/b/x.md", "a/b/c/x.md"]);
    // What it tightens holds in the inner one too.
    s.record(&[("a/.stanch.toml", "[inline]\nenabled = false\n[block]\ngeneric_confidence = 'medium'\n")]);
    s.stage("a/b/z.txt", guess(1));
    s.commit().stopped_at("a/b/z.txt:1:");
}

#[test]
fn paths_in_the_file_of_a_folder_begin_there() {
    let s = Sandbox::guarded();
    s.record(&[
        (".stanch.toml", "[folders]\nloosen = ['tests/']\n"),
        (
            "tests/.stanch.toml",
            &format!(
                "[[path]]\nglob = '/fixtures/'\nmode = 'skip'\nreason = 'x'\n[[path]]\nregex = '^one/'\nmode = 'skip'\nreason = 'x'\n\
                 [[allow]]\npath = '/two/*.txt'\nrule = '{RULE}'\nreason = 'x'\n[[except]]\npath = '^three/'\nreason = 'x'\n\
                 [[path]]\nglob = 'tests/'\nmode = 'skip'\nreason = 'x'\n"
            ),
        ),
    ]);
    stopped(
        &s,
        &["tests/x.txt", "tests/x/fixtures/x.txt", "fixtures/x.txt", "two/x.txt", "tests/x/two/x.txt"],
        &[
            "tests/fixtures/x.txt",
            "tests/one/x.txt",
            "tests/two/x.txt",
            "tests/three/x.txt",
            "tests/tests/x.txt",
        ],
    );
}

#[test]
fn a_file_that_skips_itself_or_says_more_than_a_folder_may_is_no_way_around() {
    let s = Sandbox::guarded();
    let own = format!("# {}[[path]]\nglob = '.stanch.toml'\nmode = 'skip'\nreason = 'x'\n", line(1));
    s.stage("a/.stanch.toml", &own);
    s.commit().stopped_at("a/.stanch.toml:1:");
    s.record(&[(".stanch.toml", "[folders]\nloosen = ['a/']\n"), (
        "a/.stanch.toml",
        "salt = 'x'\nbaseline = 'x'\nextends = ['../x.toml']\n[limits]\nmax_blob_mb = 1\n[bypass]\nallowed = true\n[audit]\nenabled = false\n\
         [enforce]\ninline = false\n[folders]\nloosen = ['**']\n[policy]\nsince = '0.1'\n",
    )]);
    s.stage("a/x.txt", line(1));
    let run = s.commit();
    run.stopped_at("a/x.txt:1:");
    let said = flat(&run.stderr);
    assert!(
        said.contains("a/.stanch.toml: salt, baseline, policy, limits, audit, bypass, extends, folders, enforce counts at the top"),
        "{run:#?}"
    );
    let run = s.stanch(["config", "check", "a/.stanch.toml"]).ok();
    assert!(
        run.stdout.contains("right, as the file of a folder; not counted in a folder: salt, baseline,"),
        "{run:#?}"
    );
    let shown = s.stanch(["config", "show"]).ok().stdout;
    assert!(shown.contains("folders.loosen") && shown.contains("\"**/a/**\"  # repository"), "{shown}");
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_folder_or_its_file_counts_for_nothing() {
    let s = Sandbox::guarded();
    s.record(&[
        (".stanch.toml", "[folders]\nloosen = ['a/', 'b/']\n"),
        ("loose", SKIP),
        ("a/x", ""),
        ("c/.stanch.toml", SKIP),
    ]);
    std::os::unix::fs::symlink("../loose", s.dir().join("a/.stanch.toml")).unwrap();
    s.git(["add", "."]);
    s.git(["commit", "-q", "--no-verify", "-m", "x"]);
    s.stage("a/x.txt", line(1));
    let run = s.commit();
    run.stopped_at("a/x.txt:1:");
    assert!(run.stderr.contains("a/.stanch.toml: is a symbolic link"), "{run:#?}");
}

#[test]
fn a_server_judges_by_the_folders_that_it_has_and_by_nothing_that_a_push_brings() {
    let s = Sandbox::guarded();
    s.git(["init", "-q", "--bare", "-b", "main", "../server.git"]);
    s.at("../server.git").hook("pre-receive");
    s.git(["remote", "add", "origin", "../server.git"]);
    let push = |branch: &str| s.try_git(["push", "-q", "origin", branch]);
    push("main").ok();
    s.record(&[(".stanch.toml", MAY), ("services/a/.stanch.toml", SKIP), ("services/a/x.txt", &line(1))]);
    let run = push("main");
    assert!(run.code != 0 && run.stderr.contains("services/a/x.txt:1"), "{run:#?}");
    s.git(["reset", "-q", "--hard", "HEAD^"]);
    s.record(&[(".stanch.toml", MAY), ("services/a/.stanch.toml", SKIP)]);
    push("main").ok();
    s.git(["branch", "strict"]);
    s.record(&[("services/a/x.txt", &line(1))]);
    push("main").ok();
    // The own file of a branch whose folder is stricter decides on what the branch takes over.
    s.git(["checkout", "-q", "strict"]);
    s.record(&[("services/a/.stanch.toml", "")]);
    push("strict").ok();
    s.git(["merge", "-q", "--no-edit", "--no-verify", "main"]);
    let run = push("strict");
    assert!(run.code != 0 && run.stderr.contains("services/a/x.txt:1"), "{run:#?}");
}
