//! Policy on real repositories: who may loosen what, and the messages about it.

mod allow_file;
mod baseline;
mod decisions;
mod excepts;
mod extends;
mod floors;
mod folders;
mod messages;

use crate::support::{Run, Sandbox, key};
use std::fs;

const RULE: &str = "klaviyo-private-api-key";

/// A line with a made-up key in it, which blocks by itself.
fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// The sandbox with this as the machine's configuration.
fn governed(s: &Sandbox, text: &str) -> Sandbox {
    let path = s.root().join("system.toml");
    fs::write(&path, text).unwrap();
    s.env("STANCH_SYSTEM_CONFIG", path.to_str().unwrap())
}

/// The fingerprint of what the last commit was stopped for.
fn stopped_fingerprint(s: &Sandbox) -> String {
    let last: serde_json::Value = serde_json::from_slice(&s.read(".git/stanch/last.json")).unwrap();
    last["findings"][0]["fingerprint"].as_str().unwrap().to_owned()
}

/// Fails the test unless the hook could not check, said why, and git made no commit.
#[track_caller]
fn unchecked(run: &Run, why: &str) {
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stderr.contains("could not check: ") && run.stderr.contains(why), "no {why:?} in {run:#?}");
}

/// Every way in which a configuration can loosen.
fn loosenings() -> Vec<(&'static str, String)> {
    let fp = "0123456789abcdef0123";
    vec![
        ("a threshold", "[block]\nconfidence = 'certain'\nseverity = 'critical'\n".into()),
        ("a rule off", format!("[rules.{RULE}]\nenabled = false\n")),
        (
            "a rule's severity and confidence",
            format!("[rules.{RULE}]\nseverity = 'low'\nconfidence = 'low'\n"),
        ),
        ("a path", "[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'x'\n".into()),
        ("a path that only reports", "[[path]]\nglob = '*.txt'\nmode = 'report'\nreason = 'x'\n".into()),
        ("an allow entry by pattern", "[[allow]]\nregex = '.*'\nreason = 'x'\n".into()),
        (
            "an allow entry by path",
            format!("[[allow]]\npath = '*.txt'\nrule = '{RULE}'\nreason = 'x'\n"),
        ),
        ("a size", "[limits]\nmax_blob_mb = 0\n".into()),
        ("no decoding", "[limits]\ndecode_depth = 0\n".into()),
        ("foreign markers", "[inline]\nforeign = true\n".into()),
        ("another baseline and salt", format!("salt = 'x'\nbaseline = 'mine'\n# {fp}\n")),
        (
            "an own rule that is said to be public",
            "[[rule]]\nid = 'mine'\nname = 'mine'\nkind = 'token'\nseverity = 'low'\nconfidence = 'certain'\n\
             public = true\nkeywords = ['pk_']\nregex = '(?P<secret>pk_[0-9a-z]+)'\nsupersedes = ['klaviyo-private-api-key']\n\
             examples = ['pk_${hex-lower:40}']\nnegative_examples = ['x']\n"
                .into(),
        ),
    ]
}

/// Secrets of every sort that those could hide.
fn secrets() -> String {
    let encoded = data_encoding::BASE64.encode(format!("key {}", key(2)).as_bytes());
    format!("{}x {} # gitleaks:allow\nencoded = {encoded}\n", line(1), key(3))
}

// ---- a commit cannot loosen the policy that decides on it ----------------------------------------------------------

#[test]
fn a_commit_that_loosens_the_configuration_is_judged_by_the_committed_one() {
    for (what, text) in loosenings() {
        let s = Sandbox::guarded();
        s.stage(".stanch.toml", &text);
        s.stage("a.txt", secrets());
        let run = s.commit();
        for place in ["a.txt:1:", "a.txt:2:", "a.txt:3:"] {
            assert!(run.code == 1 && run.stderr.contains(place), "{what}: {place}: {run:#?}");
        }
    }
}

#[test]
fn what_a_configuration_loosens_counts_once_it_is_committed_and_the_person_is_informed() {
    let s = Sandbox::guarded();
    s.stage(".stanch.toml", "[[path]]\nglob = 'tests/**'\nmode = 'skip'\nreason = 'made for tests'\n");
    s.stage("tests/a.txt", line(1));
    let run = s.commit();
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stderr.contains("counts once it is committed: path tests/** (repository)"), "{run:#?}");
    s.git(["reset", "-q", "tests"]);
    s.commit().ok();
    s.git(["add", "tests"]);
    s.commit().ok();
}

#[test]
fn an_orphan_branch_and_a_first_commit_have_no_policy_of_their_own_to_loosen_by() {
    for orphan in [true, false] {
        let s = if orphan { Sandbox::guarded() } else { Sandbox::new() };
        if orphan {
            s.git(["checkout", "-q", "--orphan", "other"]);
        } else {
            s.hook("pre-commit");
        }
        s.stage(".stanch.toml", "[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'x'\n");
        s.stage("a.txt", line(1));
        s.commit().stopped_at("a.txt:1:");
    }
}

#[test]
fn what_a_configuration_tightens_counts_at_once_from_the_work_tree() {
    let s = Sandbox::guarded();
    s.record(&[(".stanch.toml", "[[path]]\nglob = 'tests/**'\nmode = 'skip'\nreason = 'x'\n")]);
    s.stage("tests/a.txt", line(1));
    s.write(".stanch.toml", "");
    s.commit().stopped_at("tests/a.txt:1:");
}

#[test]
fn a_configuration_that_is_in_the_index_only_loosens_nothing() {
    let s = Sandbox::guarded();
    s.stage(".stanch.toml", "[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'x'\n");
    fs::remove_file(s.dir().join(".stanch.toml")).unwrap();
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
}

#[test]
fn a_commit_cannot_take_away_the_own_rule_that_would_stop_it() {
    let s = Sandbox::guarded();
    let own = "[[rule]]\nid = 'acme-key'\nname = 'Acme key'\nkind = 'api-key'\nseverity = 'high'\nconfidence = 'high'\n\
               keywords = ['acme_']\nregex = '(?P<secret>acme_[0-9a-f]{20})'\nexamples = ['acme_${hex-lower:20}']\n\
               negative_examples = ['acme_x']\n";
    s.record(&[(".stanch.toml", own)]);
    let value = format!("acme_{}\n", &key(4)[3..23]);
    s.stage("a.txt", &value);
    s.commit().stopped_at("a.txt:1:");
    for text in ["", &own.replace("{20})", "{30})"), &own.replace("'high'", "'low'")] {
        s.stage(".stanch.toml", text);
        s.commit().stopped_at("a.txt:1:");
    }
}

#[test]
fn an_own_rule_cannot_take_the_place_of_a_known_one_even_when_committed() {
    let own = |id: &str| {
        format!(
            "[[rule]]\nid = '{id}'\nname = 'mine'\nkind = 'token'\nseverity = 'low'\nconfidence = 'certain'\npublic = true\n\
             keywords = ['pk_']\nregex = '(?P<secret>pk_[0-9a-z]+)'\nsupersedes = ['{RULE}']\n\
             examples = ['pk_${{hex-lower:40}}']\nnegative_examples = ['x']\n"
        )
    };
    let s = Sandbox::guarded();
    s.record(&[(".stanch.toml", &own("mine"))]);
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    s.write(".stanch.toml", own(RULE));
    unchecked(&s.commit(), ".stanch.toml:1: the rule id `klaviyo-private-api-key` is taken");
}

#[test]
fn a_committed_configuration_or_baseline_that_cannot_be_used_is_reported_and_loosens_nothing() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    let entry = format!("{} {RULE}\n", stopped_fingerprint(&s));
    s.git(["reset", "-q"]);
    let huge = format!("{entry}{}", "# x\n".repeat((16 << 20) / 4));
    let skip = format!("[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'x'\n{}", "# x\n".repeat(1 << 20));
    s.record(&[(".stanch-baseline", &huge), (".stanch.toml", &skip)]);
    s.write(".stanch.toml", "");
    s.git(["add", "a.txt"]);
    let run = s.commit();
    assert_eq!(run.code, 1, "{run:#?}");
    let said = run.stderr.replace("\n   ", "");
    assert!(
        said.contains("the committed .stanch-baseline is larger than 16 MB; it allows nothing"),
        "{run:#?}"
    );
    assert!(said.contains("the committed .stanch.toml: is larger than 4 MB; until it is fixed"), "{run:#?}");
}

#[test]
fn a_broken_committed_file_loosens_nothing_and_the_next_commit_may_fix_it() {
    let s = Sandbox::guarded();
    let fp = "0123456789abcdef0123";
    s.record(&[
        (".stanch.toml", "[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'x'\nnonsense = 1\n"),
        (".stanch-baseline", &format!("<<<<<<< ours\n{fp} r\n")),
    ]);
    s.stage("a.txt", line(1));
    unchecked(&s.commit(), ".stanch.toml:5: unknown key `nonsense`");
    s.stage(".stanch.toml", "");
    unchecked(&s.commit(), ".stanch-baseline:1: is left with the markers of a merge conflict");
    s.stage(".stanch-baseline", "");
    let run = s.commit();
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stderr.contains("the committed .stanch.toml:5:"), "{run:#?}");
    assert!(run.stderr.contains(".stanch-baseline:1: not a line"), "{run:#?}");
    s.stage("a.txt", "clean\n");
    s.commit().ok();
}

// ---- a configuration is data of an unknown hand ----------------------------------------------------------------

#[cfg(unix)]
#[test]
fn a_linked_configuration_or_baseline_is_refused_and_nothing_is_written_through_it() {
    let s = Sandbox::guarded();
    let outside = s.root().join("outside");
    fs::write(&outside, "").unwrap();
    let link = |name: &str| std::os::unix::fs::symlink(&outside, s.dir().join(name)).unwrap();
    link(".stanch.toml");
    s.stage("a.txt", "clean\n");
    unchecked(&s.commit(), ".stanch.toml: is a symbolic link");
    s.stanch(["allow", "0123456789abcdef0123", "--reason", "x"]).could_not_check("symbolic link");
    fs::remove_file(s.dir().join(".stanch.toml")).unwrap();
    link(".stanch-baseline");
    s.stanch(["baseline", "create"]).could_not_check("symbolic link");
    fs::remove_file(s.dir().join(".stanch-baseline")).unwrap();
    std::os::unix::fs::symlink(s.root(), s.dir().join("folder")).unwrap();
    s.write(".stanch.toml", "baseline = 'folder/outside'\n");
    s.stanch(["baseline", "create"]).could_not_check("symbolic link");
    assert_eq!(fs::read(&outside).unwrap(), b"");
}

#[cfg(unix)]
#[test]
fn a_link_at_head_in_place_of_the_configuration_loosens_nothing() {
    let s = Sandbox::guarded();
    s.write("loose", "[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'x'\n");
    std::os::unix::fs::symlink("loose", s.dir().join(".stanch.toml")).unwrap();
    s.git(["add", "."]);
    s.git(["commit", "-q", "--no-verify", "-m", "x"]);
    fs::remove_file(s.dir().join(".stanch.toml")).unwrap();
    s.write(".stanch.toml", "[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'x'\n");
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
}

#[test]
fn a_huge_configuration_or_one_that_is_not_text_is_refused() {
    let s = Sandbox::guarded();
    s.stage("a.txt", "clean\n");
    s.write(".stanch.toml", "#".repeat((4 << 20) + 1));
    unchecked(&s.commit(), "too large for a configuration");
    s.write(".stanch.toml", b"contact = 'a'\n\xff\n");
    unchecked(&s.commit(), ".stanch.toml:2: is not UTF-8");
    fs::remove_file(s.dir().join(".stanch.toml")).unwrap();
    fs::create_dir(s.dir().join(".stanch.toml")).unwrap();
    unchecked(&s.commit(), ".stanch.toml: is no file");
}

#[test]
fn a_repository_has_no_say_in_what_is_written_outside_of_it() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    for (text, what) in [
        (
            "[audit]\npath = '~/.profile'\n",
            ".stanch.toml:2: audit.path counts in the system and user files only",
        ),
        ("baseline = '../outside'\n", ".stanch.toml:1: baseline is not a file inside the repository"),
        ("baseline = '/etc/outside'\n", "baseline is not a file inside the repository"),
        ("[enforce]\nbypass = true\n", ".stanch.toml:1: [enforce] counts in the system and user files only"),
        ("link = 'javascript:x'\n", "link does not begin with https://"),
    ] {
        s.write(".stanch.toml", text);
        unchecked(&s.commit(), what);
    }
}

#[test]
fn a_configuration_in_a_submodule_or_a_folder_says_nothing_about_the_repository_above_it() {
    let loose = "[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'x'\n";
    let inner = Sandbox::new();
    inner.record(&[(".stanch.toml", loose)]);
    let s = Sandbox::guarded();
    let from = inner.dir().to_str().unwrap().to_owned();
    s.git(["-c", "protocol.file.allow=always", "submodule", "add", "-q", &from, "sub"]);
    s.record(&[("folder/.stanch.toml", loose)]);
    s.stage("folder/a.txt", line(1));
    s.commit().stopped_at("folder/a.txt:1:");
}

#[test]
fn attributes_of_a_repository_hide_nothing() {
    let s = Sandbox::guarded();
    s.record(&[(".gitattributes", "* -diff -text binary linguist-generated export-ignore\n")]);
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
}

// ---- allow and inline ------------------------------------------------------------------------------------------

#[test]
fn a_server_judges_a_push_by_what_is_committed_there_and_by_nothing_that_the_push_brings() {
    let s = Sandbox::guarded();
    s.git(["init", "-q", "--bare", "-b", "main", "../server.git"]);
    s.at("../server.git").hook("pre-receive");
    s.git(["remote", "add", "origin", "../server.git"]);
    let push = || s.try_git(["push", "-q", "origin", "main"]);
    push().ok();
    let loose = "[[path]]\nglob = 'tests/**'\nmode = 'skip'\nreason = 'made for tests'\n";
    s.record(&[(".stanch.toml", loose), ("tests/a.txt", &line(1))]);
    let run = push();
    assert!(run.code != 0 && run.stderr.contains("tests/a.txt:1"), "{run:#?}");
    s.git(["reset", "-q", "--hard", "HEAD^"]);
    s.record(&[(".stanch.toml", loose)]);
    push().ok();
    s.record(&[("tests/a.txt", &line(1))]);
    push().ok();
    // An allow entry counts there once the server has it.
    s.stage("b.txt", line(2));
    s.commit().stopped_at("b.txt:1:");
    let entry = format!("[[allow]]\nfingerprint = '{}'\nreason = 'x'\n{loose}", stopped_fingerprint(&s));
    s.record(&[(".stanch.toml", &entry), ("b.txt", &line(2))]);
    let run = push();
    assert!(run.code != 0 && run.stderr.contains("b.txt:1"), "{run:#?}");
    s.git(["reset", "-q", "--hard", "HEAD^"]);
    s.record(&[(".stanch.toml", &entry)]);
    push().ok();
    s.record(&[("b.txt", &line(2))]);
    push().ok();
}

// ---- kind to a person ------------------------------------------------------------------------------------------
