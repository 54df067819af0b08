//! Policy on real repositories: who may loosen what, and what a person is told about it.

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

// ---- a commit cannot loosen the policy that judges it ----------------------------------------------------------

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
fn what_a_configuration_loosens_counts_once_it_is_committed_and_the_person_is_told_so() {
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
fn a_baseline_that_is_not_committed_lets_nothing_through() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    let fp = stopped_fingerprint(&s);
    s.stage(".stanch-baseline", format!("{fp} {RULE}\n"));
    s.commit().stopped_at("a.txt:1:");
    s.git(["reset", "-q", "a.txt"]);
    s.commit().ok();
    s.git(["add", "a.txt"]);
    s.commit().ok();
}

#[test]
fn a_commit_that_names_another_baseline_does_not_choose_what_lets_its_secrets_through() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    let fp = stopped_fingerprint(&s);
    s.git(["reset", "-q", "a.txt"]);
    // Harmless by itself: no configuration names it.
    s.record(&[("docs/notes.txt", &format!("{fp} {RULE}\n"))]);
    s.git(["add", "a.txt"]);
    s.stage(".stanch.toml", "baseline = 'docs/notes.txt'\n");
    for hook in [vec!["hook", "pre-commit"], vec!["scan", "--staged"], vec!["scan", "a.txt"]] {
        let run = s.stanch(&hook);
        assert_eq!(run.code, 1, "{hook:?}: {run:#?}");
    }
    s.commit().stopped_at("a.txt:1:");
    // Nor does a name in the work tree alone, whatever is committed under it.
    s.git(["reset", "-q", ".stanch.toml"]);
    s.commit().stopped_at("a.txt:1:");
    // From the next commit on it counts, and another name in the work tree does not take it away.
    s.git(["reset", "-q", "a.txt"]);
    s.git(["add", ".stanch.toml"]);
    s.commit().ok();
    s.write(".stanch.toml", "");
    s.git(["add", "a.txt"]);
    s.commit().ok();
}

#[test]
fn a_push_is_judged_by_the_baseline_that_the_commit_names_and_not_by_the_work_trees() {
    let s = Sandbox::guarded();
    s.hook("pre-push");
    s.git(["init", "-q", "--bare", "../remote.git"]);
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    let fp = stopped_fingerprint(&s);
    s.record(&[("docs/notes.txt", &format!("{fp} {RULE}\n"))]);
    s.write(".stanch.toml", "baseline = 'docs/notes.txt'\n");
    let run = s.try_git(["push", "-q", "origin", "main"]);
    assert!(run.code != 0 && run.stderr.contains("a.txt:1"), "{run:#?}");
    let run = s.stanch(["scan", "--history"]);
    assert_eq!(run.code, 1, "{run:#?}");
}

#[test]
fn a_baseline_is_no_file_of_the_git_directory_and_writes_over_nothing_else() {
    let s = Sandbox::guarded();
    s.write("a.txt", line(1));
    for name in [
        ".git/config",
        ".GIT/hooks/x",
        "sub/.git/config",
        "GIT~1/config",
        ".git./config",
        ".git::$INDEX_ALLOCATION/x",
    ] {
        s.write(".stanch.toml", format!("baseline = '{name}'\n"));
        s.stanch(["baseline", "create"]).could_not_check(".stanch.toml:1: baseline is not a file inside");
    }
    s.write("notes.md", "mine\nand mine\n");
    s.write(".stanch.toml", "baseline = 'notes.md'\n");
    s.stanch(["baseline", "create"]).could_not_check("notes.md:1: is no baseline");
    assert_eq!(s.read("notes.md"), b"mine\nand mine\n");
    s.write(".stanch.toml", "baseline = 'known'\n");
    let run = s.stanch(["baseline", "create"]).ok();
    assert!(run.stderr.contains("counts once .stanch.toml is committed"), "{run:#?}");
}

#[test]
fn a_committed_configuration_or_baseline_that_cannot_be_used_is_told_and_loosens_nothing() {
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
    assert!(said.contains("the committed .stanch.toml: is larger than 4 MB; until it is mended"), "{run:#?}");
}

#[test]
fn texts_that_are_shown_are_short() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    let long = "x".repeat(2_000);
    for (text, told) in [
        (format!("\ncontact = '{long}'\n"), ".stanch.toml:2: contact is longer than 300 bytes"),
        (format!("\nlink = 'https://{long}'\n"), ".stanch.toml:2: link is longer than 300 bytes"),
        (
            format!("\n[[path]]\nglob = 'x'\nmode = 'skip'\nreason = '{long}'\n"),
            ".stanch.toml:2: reason is longer",
        ),
        (
            format!("\n[[allow]]\nfingerprint = '0123456789abcdef0123'\nreason = 'x'\nwho = '{long}'\n"),
            ".stanch.toml:2: who is longer",
        ),
    ] {
        s.write(".stanch.toml", text);
        unchecked(&s.commit(), told);
    }
}

#[test]
fn a_closed_floor_holds_against_the_rules_of_the_command_line_and_by_a_rules_former_name() {
    let s = governed(&Sandbox::guarded(), "[enforce]\ndefault = 'closed'\n");
    s.stage("a.txt", line(1));
    let outside = s.root().join("loose.toml");
    let loose = "[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'x'\n[[allow]]\nregex = '.*'\nreason = 'x'\n";
    fs::write(&outside, loose).unwrap();
    let run = s.stanch(["scan", "--staged", "--rules", outside.to_str().unwrap()]);
    assert_eq!(run.code, 1, "{run:#?}");
    s.write("inside.toml", loose);
    let run = s.stanch(["scan", "--staged", "--rules", "inside.toml"]);
    assert_eq!(run.code, 1, "{run:#?}");
    s.record(&[("inside.toml", loose), (".stanch.toml", "rule_files = ['inside.toml']\n")]);
    s.stage("b.txt", line(2));
    s.commit().stopped_at("b.txt:1:");
}

#[test]
fn a_reminder_is_not_put_off_by_the_work_tree() {
    let s = governed(&Sandbox::guarded(), "[audit]\nremind_days = 30\n[enforce]\ndefault = 'closed'\n");
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    let fp = stopped_fingerprint(&s);
    s.stanch(["allow", &fp, "--reason", "made for the tests"]).ok();
    let audit = s.dir().join(".git/stanch/audit.jsonl");
    let old = fs::read_to_string(&audit)
        .unwrap()
        .replace(&fs::read_to_string(&audit).unwrap()[..20], "{\"time\":\"2020-01-01T");
    fs::write(&audit, old).unwrap();
    // The list of first times is made from the record again.
    fs::remove_file(s.dir().join(".git/stanch/audit.jsonl.known")).unwrap();
    let mut text = String::from_utf8(s.read(".stanch.toml")).unwrap();
    text.push_str("[audit]\nremind_days = 0\n");
    s.write(".stanch.toml", text);
    let run = s.commit().ok();
    assert!(run.stderr.contains("rotate it"), "{run:#?}");
}

#[test]
fn a_broken_committed_file_loosens_nothing_and_the_next_commit_may_mend_it() {
    let s = Sandbox::guarded();
    let fp = "0123456789abcdef0123";
    s.record(&[
        (".stanch.toml", "[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'x'\nnonsense = 1\n"),
        (".stanch-baseline", &format!("<<<<<<< ours\n{fp} r\n")),
    ]);
    s.stage("a.txt", line(1));
    unchecked(&s.commit(), ".stanch.toml:5: unknown key `nonsense`");
    s.stage(".stanch.toml", "");
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
fn a_huge_configuration_or_one_that_is_no_text_is_refused() {
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
fn allow_lets_this_secret_through_at_once_and_no_other() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    let fp = stopped_fingerprint(&s);
    let run = s.stanch(["allow", &fp[..8], "--reason", "made for the tests"]).ok();
    assert!(run.stderr.contains("git add .stanch.toml"), "{run:#?}");
    s.git(["add", ".stanch.toml"]);
    s.commit().ok();
    s.stage("a.txt", format!("{}{}", line(1), line(2)));
    s.commit().stopped_at("a.txt:2:");
}

#[test]
fn allow_wants_a_reason_and_a_fingerprint_that_was_seen() {
    let s = Sandbox::guarded();
    s.stanch(["allow", "4c1e"]).could_not_check("--reason");
    s.stanch(["allow", "4c1e", "--reason", " "]).could_not_check("reason");
    s.stanch(["allow", "4c1e", "--reason", "x"])
        .could_not_check("no blocked secret has the fingerprint 4c1e");
    s.stanch(["allow", "--regex", "(", "--reason", "x"]).could_not_check("regex does not compile");
    s.stanch(["allow", "--path", "x/", "--reason", "x"]).could_not_check("path with rule");
    s.stanch(["allow", "--path", "x/", "--rule", "klavio", "--reason", "x"]).could_not_check("unknown rule");
    let expires = ["allow", "0123456789abcdef0123", "--reason", "x", "--expires", "soon"];
    s.stanch(expires).could_not_check("2026-12-31");
    assert!(!s.dir().join(".stanch.toml").exists(), "nothing is written by what is refused");
}

#[test]
fn an_expired_entry_stops_again_says_so_and_is_listed_with_those_that_nothing_needs() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    let fp = stopped_fingerprint(&s);
    s.write(
        ".stanch.toml",
        format!(
            "allow = [\n  {{ fingerprint = '{fp}', reason = 'old', expires = 2020-01-31 }},\n  \
             {{ fingerprint = '0123456789abcdef0123', reason = 'gone' }},\n]\n"
        ),
    );
    let run = s.commit();
    assert_eq!(run.code, 1, "{run:#?}");
    let said = run.stderr.replace("\n   ", "");
    assert!(said.contains("line 2 of the repository configuration expired on 2020-01-31"), "{run:#?}");
    let stale = s.stanch(["allow", "--stale"]).ok();
    assert!(stale.stdout.contains(".stanch.toml:2: ") && stale.stdout.contains("expired"), "{stale:#?}");
    assert!(stale.stdout.contains(".stanch.toml:3: 01234567: allows nothing"), "{stale:#?}");
    assert!(stale.stderr.contains("stale allow entries: 2 of 2"), "{stale:#?}");
}

#[test]
fn an_inline_marker_counts_at_once_and_another_tools_only_once_the_committed_policy_says_so() {
    let s = Sandbox::guarded();
    let own = |seed| format!("{} # stanch:allow {RULE} -- made for the tests\n", line(seed).trim_end());
    s.stage("a.txt", own(1));
    s.commit().ok();
    s.stage("b.txt", format!("{} # gitleaks:allow\n", line(2).trim_end()));
    s.commit().stopped_at("b.txt:1:");
    s.git(["reset", "-q", "b.txt"]);
    s.stage(".stanch.toml", "[inline]\nforeign = true\n");
    s.commit().ok();
    s.git(["add", "b.txt"]);
    s.commit().ok();
    s.stage(".stanch.toml", "[inline]\nenabled = false\n");
    s.commit().ok();
    // Turning them on again is loosening.
    s.stage(".stanch.toml", "");
    s.stage("c.txt", own(3));
    s.commit().stopped_at("c.txt:1:");
}

// ---- floors ----------------------------------------------------------------------------------------------------

#[test]
fn no_committed_configuration_goes_under_the_floor_of_an_organisation() {
    let floor = "[enforce]\nallow = false\ninline = false\nbaseline = false\nlimits = { max_blob_mb = 5, decode_depth = 1 }\n\
                 [enforce.block]\nseverity = 'medium'\nconfidence = 'high'\n";
    for (what, text) in loosenings() {
        let plain = Sandbox::guarded();
        plain.record(&[(".stanch.toml", &text)]);
        let s = governed(&plain, floor);
        s.stage("a.txt", secrets());
        let run = s.commit();
        for place in ["a.txt:1:", "a.txt:2:", "a.txt:3:"] {
            assert!(run.code == 1 && run.stderr.contains(place), "{what}: {place}: {run:#?}");
        }
    }
}

#[test]
fn a_closed_floor_holds_everything_that_a_repository_could_loosen() {
    for (what, text) in loosenings() {
        let plain = Sandbox::guarded();
        plain.record(&[(".stanch.toml", &text)]);
        let s = governed(&plain, "[enforce]\ndefault = 'closed'\n");
        s.stage("a.txt", secrets());
        let run = s.commit();
        for place in ["a.txt:1:", "a.txt:2:", "a.txt:3:"] {
            assert!(run.code == 1 && run.stderr.contains(place), "{what}: {place}: {run:#?}");
        }
    }
}

#[test]
fn a_closed_floor_leaves_entries_by_fingerprint_and_the_baseline_until_they_are_closed_by_name() {
    let plain = Sandbox::guarded();
    let closed = |more: &str| governed(&plain, &format!("[enforce]\ndefault = 'closed'\n{more}"));
    let s = closed("");
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    let fp = stopped_fingerprint(&s);
    let allowed = format!("[[allow]]\nfingerprint = '{fp}'\nreason = 'made for the tests'\n");
    for (file, text, switch) in [
        (".stanch.toml", allowed, "allow = false\n"),
        (".stanch-baseline", format!("{fp} {RULE}\n"), "baseline = false\n"),
    ] {
        s.git(["reset", "-q"]);
        s.record(&[(file, &text)]);
        s.git(["add", "a.txt"]);
        let _ = closed("");
        assert_eq!(s.stanch(["scan", "--staged"]).code, 0, "{file}");
        let _ = closed(switch);
        assert_eq!(s.stanch(["scan", "--staged"]).code, 1, "{file}");
        s.git(["reset", "-q", "--hard", "HEAD^"]);
        s.stage("a.txt", line(1));
    }
}

#[test]
fn switches_alone_do_not_let_limits_go_under_the_built_in_minimum() {
    let switches =
        "[enforce]\nallow = false\ninline = false\nbaseline = false\nbypass = false\naudit = true\n";
    for floor in ["", switches] {
        for text in ["[limits]\nmax_blob_mb = 0\n", "[limits]\ndecode_depth = 0\n"] {
            let plain = Sandbox::guarded();
            plain.record(&[(".stanch.toml", text)]);
            let s = governed(&plain, floor);
            s.stage("a.txt", secrets());
            let run = s.commit();
            for place in ["a.txt:1:", "a.txt:3:"] {
                assert!(run.code == 1 && run.stderr.contains(place), "{floor} {text}: {run:#?}");
            }
        }
    }
}

#[test]
fn contact_and_link_of_an_organisation_or_a_person_stand_over_a_repositorys() {
    let ours = "contact = 'ask #security'\nlink = 'https://example.org/secrets'\n";
    let theirs = "contact = 'ask the author'\nlink = 'https://evil.example/'\n";
    let plain = Sandbox::guarded();
    plain.record(&[(".stanch.toml", theirs)]);
    plain.stage("a.txt", line(1));
    let said = |s: &Sandbox| s.commit().stderr;
    let run = said(&plain);
    assert!(run.contains("ask the author") && run.contains("https://evil.example/"), "{run}");
    fs::create_dir_all(plain.home().join(".config/stanch")).unwrap();
    let user = plain.home().join(".config/stanch/config.toml");
    for (system, person) in [(ours, ""), ("", ours), ("contact = 'x'\n", ours)] {
        fs::write(&user, person).unwrap();
        let run = said(&governed(&plain, system));
        assert!(run.contains("ask #security") && run.contains("https://example.org/secrets"), "{run}");
        assert!(!run.contains("author") && !run.contains("evil"), "{run}");
    }
    let shown = plain.stanch(["config", "show"]).ok().stdout;
    assert!(shown.lines().any(|l| l.starts_with("contact") && l.ends_with("# user")), "{shown}");
}

#[test]
fn config_show_tells_what_is_not_protected() {
    let plain = Sandbox::guarded();
    let open = |floor: &str| {
        let out = governed(&plain, floor).stanch(["config", "show"]).ok().stdout;
        let (_, rest) = out.split_once("protected by [enforce]").unwrap();
        rest.lines().filter_map(|l| l.strip_prefix("#   ")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(open("").len(), 11);
    assert_eq!(open("[enforce]\ninline = false\n").len(), 10);
    assert_eq!(
        open("[enforce]\ndefault = 'closed'\n"),
        ["[[allow]] by fingerprint, with a reason", "the committed baseline"]
    );
    assert!(open("[enforce]\ndefault = 'closed'\nallow = false\nbaseline = false\n").is_empty());
    // A file that sets switches only, as before there was a default, leaves much open, and is told how to close it.
    let out =
        governed(&plain, "[enforce]\nallow = false\ninline = false\n").stanch(["config", "show"]).ok().stdout;
    assert!(out.contains("default = \"closed\" protects most of it"), "{out}");
    assert!(out.contains("#   thresholds, [rules], [[path]]"), "{out}");
}

#[test]
fn an_attempt_to_go_under_a_floor_is_named_and_no_way_is_offered_that_does_not_count() {
    let plain = Sandbox::guarded();
    let s = governed(
        &plain,
        "contact = 'ask #security'\n[enforce]\ninline = false\nallow = false\nbypass = false\n",
    );
    s.stage("a.txt", format!("{} # stanch:allow {RULE} -- fixture\n", line(1).trim_end()));
    let run = s.commit();
    assert_eq!(run.code, 1, "{run:#?}");
    let said = run.stderr.replace("\n   ", "");
    assert!(said.contains("the system configuration forbids it: inline marker: fixture"), "{run:#?}");
    assert!(said.contains("ask #security"), "{run:#?}");
    let fp = stopped_fingerprint(&s);
    s.stanch(["allow", &fp, "--reason", "mine"]).ok();
    let run = s.env("STANCH_BYPASS", "tests").commit();
    assert_eq!(run.code, 1, "{run:#?}");
    for offer in ["stanch allow ", "STANCH_BYPASS=", "on its line"] {
        assert!(!run.stderr.contains(offer), "{offer}: {run:#?}");
    }
    assert!(run.stderr.contains("STANCH_BYPASS does not count here"), "{run:#?}");
}

#[test]
fn a_floor_keeps_what_its_own_layer_lets_through() {
    let plain = Sandbox::guarded();
    let s = governed(
        &plain,
        &format!(
            "[rules.{RULE}]\nenabled = false\n[enforce]\nallow = false\n[enforce.block]\nseverity = 'low'\n"
        ),
    );
    s.stage("a.txt", line(1));
    s.commit().ok();
}

#[test]
fn a_repository_may_be_stricter_than_the_floor() {
    let plain = Sandbox::guarded();
    plain.record(&[(".stanch.toml", "[block]\nseverity = 'low'\nconfidence = 'low'\n")]);
    let s = governed(&plain, "[enforce.block]\nseverity = 'critical'\nconfidence = 'certain'\n");
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
}

#[test]
fn a_person_sets_floors_too_and_cannot_go_under_those_of_the_system() {
    let s = Sandbox::guarded();
    fs::create_dir_all(s.home().join(".config/stanch")).unwrap();
    let user = s.home().join(".config/stanch/config.toml");
    fs::write(&user, "[enforce]\ninline = false\n").unwrap();
    s.stage("a.txt", format!("{} # stanch:allow {RULE} -- fixture\n", line(1).trim_end()));
    let run = s.commit();
    assert!(run.code == 1 && run.stderr.contains("the user configuration forbids it"), "{run:#?}");
    fs::write(&user, format!("[rules.{RULE}]\nenabled = false\n")).unwrap();
    s.commit().ok();
    let s = governed(&s, "[enforce.block]\nseverity = 'medium'\n");
    s.stage("a.txt", line(2));
    let run = s.commit();
    let said = run.stderr.replace("\n   ", "");
    assert!(run.code == 1 && said.contains("enabled = false (user)"), "{run:#?}");
}

// ---- bypass ----------------------------------------------------------------------------------------------------

#[test]
fn a_bypass_has_a_reason_with_three_short_forms() {
    for (word, reason) in [
        ("tests", "used in tests"),
        ("false-positive", "false positive"),
        ("later", "will fix later"),
        ("the demo must go out", "the demo must go out"),
    ] {
        let s = Sandbox::guarded();
        s.stage("a.txt", line(1));
        let run = s.env("STANCH_BYPASS", word).commit().ok();
        assert!(run.stderr.contains(&format!("1 allowed by STANCH_BYPASS ({reason})")), "{run:#?}");
    }
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    let run = s.env("STANCH_BYPASS", " ").commit();
    assert!(run.code == 1 && run.stderr.contains("STANCH_BYPASS needs a reason"), "{run:#?}");
}

#[test]
fn a_commit_cannot_permit_its_own_bypass() {
    let s = Sandbox::guarded();
    s.record(&[(".stanch.toml", "[bypass]\nallowed = false\n")]);
    s.stage(".stanch.toml", "");
    s.stage("a.txt", line(1));
    let run = s.env("STANCH_BYPASS", "tests").commit();
    assert!(run.code == 1 && run.stderr.contains("the policy forbids a bypass"), "{run:#?}");
}

#[test]
fn a_bypass_does_not_pass_what_could_not_be_checked() {
    let s = Sandbox::guarded();
    s.write(".stanch.toml", "nonsense = 1\n");
    s.stage("a.txt", line(1));
    unchecked(&s.env("STANCH_BYPASS", "tests").commit(), "unknown key");
}

#[test]
fn the_push_sees_what_a_bypass_or_no_verify_let_by() {
    let s = Sandbox::guarded();
    s.hook("pre-push");
    s.git(["init", "-q", "--bare", "../remote.git"]);
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.git(["push", "-q", "origin", "main"]);
    s.stage("a.txt", line(1));
    s.git(["commit", "-q", "--no-verify", "-m", "hurry"]);
    s.stage("b.txt", line(2));
    s.env("STANCH_BYPASS", "tests").commit().ok();
    let run = s.try_git(["push", "origin", "main"]);
    assert_ne!(run.code, 0, "{run:#?}");
    assert!(run.stderr.contains("a.txt:1") && run.stderr.contains("b.txt:1"), "{run:#?}");
    s.env("STANCH_BYPASS", "will rotate").try_git(["push", "-q", "origin", "main"]).ok();
}

// ---- on a server -----------------------------------------------------------------------------------------------

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

#[test]
fn the_same_secret_stopped_twice_in_a_row_is_told_shorter_and_another_one_in_full() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    let (first, second) = (s.commit(), s.commit());
    assert!(second.stderr.lines().count() * 2 < first.stderr.lines().count(), "{second:#?}");
    for needed in ["blocked again", "a.txt:1:", "stanch allow ", "STANCH_BYPASS="] {
        assert!(second.stderr.contains(needed), "no {needed} in {second:#?}");
    }
    s.stage("a.txt", line(2));
    let other = s.commit();
    assert_eq!(other.stderr.lines().count(), first.stderr.lines().count(), "{other:#?}");
}

#[test]
fn contact_and_link_stand_in_every_block_and_cannot_break_the_terminal() {
    let s = Sandbox::guarded();
    s.write(".stanch.toml", "contact = \"ask \\u001b[31m#security\"\nlink = 'https://example.org/secrets'\n");
    s.stage("a.txt", line(1));
    for _ in 0..2 {
        let run = s.commit();
        assert!(run.stderr.contains("https://example.org/secrets"), "{run:#?}");
        assert!(run.stderr.contains("#security") && !run.stderr.contains('\u{1b}'), "{run:#?}");
    }
}

#[test]
fn what_decided_and_how_long_it_took_are_told_to_those_who_ask() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    let plain = s.stanch(["scan", "--staged"]);
    assert!(!plain.stderr.contains(" ms"), "{plain:#?}");
    let run = s.stanch(["scan", "--staged", "--explain-decision", "-v"]);
    let decided = "block: high confidence reaches block.confidence = high (built-in)";
    assert!(run.stderr.contains(decided) && run.stderr.contains(" ms"), "{run:#?}");
    let hook = s.stanch(["hook", "--explain-decision", "pre-commit"]);
    assert!(hook.stderr.contains(decided), "{hook:#?}");
}

#[test]
fn config_show_names_the_layer_that_set_each_value() {
    let s = governed(&Sandbox::guarded(), "[block]\nseverity = 'low'\n[enforce]\nbypass = false\n");
    s.write(".stanch.toml", "[warn]\nconfidence = 'low'\n");
    let out = s.stanch(["config", "show"]).ok().stdout;
    let row = |key: &str| out.lines().find(|l| l.starts_with(key)).unwrap_or_default().to_owned();
    assert!(row("block.severity").ends_with("\"low\"  # system"), "{out}");
    assert!(row("warn.confidence").ends_with("\"low\"  # repository"), "{out}");
    assert!(row("block.confidence").ends_with("# built-in"), "{out}");
    assert!(row("enforce.bypass").ends_with("false  # system"), "{out}");
    s.write("bad.toml", "\n[blok]\n");
    s.stanch(["config", "check", "bad.toml"])
        .could_not_check("bad.toml:2: unknown key `blok`; did you mean `block`?");
    s.write("good.toml", "[enforce]\nbypass = false\n");
    s.stanch(["config", "check", "good.toml"]).could_not_check("[enforce] counts in");
    s.stanch(["config", "check", "--enforcing", "good.toml"]).ok();
}
