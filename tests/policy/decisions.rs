//! Decisions about one secret: allow entries, markers, bypasses, reminders.

use super::{RULE, governed, line, stopped_fingerprint, unchecked};
use crate::support::Sandbox;
use std::fs;

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
    s.stanch(["allow", "4c1e", "--reason", "x"]).could_not_check("no secret here has the fingerprint 4c1e");
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
