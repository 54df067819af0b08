//! Bringing stanch, or a newer version of it, to a team: `[policy] since`, `warn_only_until`, `stanch trial`, and warnings
//! that reach a person.

mod terminal;

use crate::managers::tool;
use crate::support::{Run, Sandbox, key, secret};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn in_days(days: i32) -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date().saturating_add(days.days())
}

fn leak(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// A warning of version 0.1, which blocks today: an explicit name in JSON with a random value.
fn newly_blocked(seed: u64) -> String {
    format!("{{\"internal_api_key\": \"{}\"}}\n", secret("${hex-lower:40}", seed))
}

/// A warning: the password of a test.
fn warned(seed: u64) -> String {
    format!("db_password = \"{}\"\n", secret("${base62:20}", seed))
}

/// A guarded repository with this configuration, committed.
fn with(policy: &str) -> Sandbox {
    let s = Sandbox::guarded();
    s.record(&[(".stanch.toml", policy)]);
    s
}

/// The sandbox with this as the machine's configuration.
fn governed(s: &Sandbox, text: &str) -> Sandbox {
    let path = s.root().join("system.toml");
    fs::write(&path, text).unwrap();
    s.env("STANCH_SYSTEM_CONFIG", path.to_str().unwrap())
}

#[track_caller]
fn warns(run: &Run, place: &str) {
    assert!(run.code == 0 && run.stderr.contains("does not block"), "{run:#?}");
    assert!(run.stderr.contains(place), "no {place} in {run:#?}");
}

const SINCE: &str = "[policy]\nsince = \"0.1\"\n";

// ---- since --------------------------------------------------------------------------------------------------------

#[test]
fn what_0_1_only_warned_of_stays_a_warning_and_what_it_blocked_blocks() {
    let s = with(SINCE);
    s.stage("a.json", newly_blocked(1));
    warns(&s.commit(), "a.json:1");
    s.stage("b.env", leak(1));
    s.commit().stopped_at("b.env:1");
    let s = with("");
    s.stage("a.json", newly_blocked(1));
    s.commit().stopped_at("a.json:1");
}

#[test]
fn a_rule_that_0_1_did_not_have_and_one_that_it_was_less_sure_of_only_warn() {
    // (path, text): a new rule, a raised confidence, a wider pattern.
    for (path, text) in [
        ("a.env", format!("X={}\n", secret("crsr_${hex-lower:64}", 1))),
        ("b.env", format!("CIRCLE={}\n", secret("CCIPRJ_${base62:22}_${hex-lower:40}", 2))),
        ("c.env", format!("K={}\n", secret("pk_${base62:34}", 3))),
    ] {
        let s = with("");
        s.stage(path, &text);
        s.commit().stopped_at(&format!("{path}:1"));
        let s = with(SINCE);
        s.stage(path, &text);
        warns(&s.commit(), &format!("{path}:1"));
    }
}

#[test]
fn an_own_rule_blocks_whatever_version_decides() {
    let own = "[[rule]]\nid = 'acme-key'\nname = 'Acme key'\nkind = 'api-key'\nseverity = 'high'\nconfidence = 'high'\n\
               regex = '(?P<secret>acme_[0-9a-f]{20})'\n";
    let s = with(&format!("{SINCE}{own}"));
    s.stage("a.txt", format!("x {}\n", secret("acme_${hex-lower:20}", 4)));
    s.commit().stopped_at("a.txt:1");
}

#[test]
fn a_version_that_is_not_known_is_an_error_with_what_is() {
    for (text, what) in [
        ("since = '0.3'", "cannot keep; it knows 0.1, 0.2"),
        ("since = '9'", "newer one needs a newer stanch"),
        ("since = 'main'", "cannot keep"),
        ("since = 0.1", "in quotes"),
        ("since = true", "in quotes"),
    ] {
        let s = Sandbox::guarded();
        s.write(".stanch.toml", format!("[policy]\n{text}\n"));
        let run = s.stanch(["hook", "pre-commit"]);
        run.could_not_check(what);
        assert!(run.stderr.contains(".stanch.toml:2: "), "{text}: {run:#?}");
    }
}

#[test]
fn a_commit_cannot_lower_the_version_that_judges_it_and_a_repository_not_that_of_its_organisation() {
    let s = Sandbox::guarded();
    s.stage(".stanch.toml", SINCE);
    s.stage("a.json", newly_blocked(1));
    let run = s.commit();
    run.stopped_at("a.json:1");
    assert!(run.stderr.contains("counts once it is committed"), "{run:#?}");
    for machine in [
        "[policy]\nsince = '0.2'\n",
        "[enforce]\nsince = '0.2'\n",
        "[enforce]\ndefault = 'closed'\n",
        "[enforce.block]\nseverity = 'medium'\n",
    ] {
        let s = governed(&with(SINCE), machine);
        s.stage("a.json", newly_blocked(1));
        s.commit().stopped_at("a.json:1");
    }
    // It may take over the newer version where the organisation keeps the earlier one.
    let s = governed(&with("[policy]\nsince = '0.2'\n"), SINCE);
    s.stage("a.json", newly_blocked(1));
    s.commit().stopped_at("a.json:1");
    let s = governed(&with(""), SINCE);
    s.stage("a.json", newly_blocked(1));
    warns(&s.commit(), "a.json:1");
}

#[test]
fn the_decision_and_config_show_name_the_version() {
    let s = with(SINCE);
    s.stage("a.json", newly_blocked(1));
    let run = s.stanch(["scan", "--staged", "--explain-decision"]);
    assert!(run.stderr.contains("policy.since = 0.1 (repository)"), "{run:#?}");
    let shown = s.stanch(["config", "show"]).ok().stdout;
    assert!(shown.contains("policy.since") && shown.contains("\"0.1\"  # repository"), "{shown}");
    assert!(shown.contains("what 0.1 did not block only warns"), "{shown}");
    assert!(shown.contains("#   policy.since\n"), "{shown}");
    let shown = governed(&s, "[enforce]\nsince = '0.2'\n").stanch(["config", "show"]).ok().stdout;
    assert!(shown.contains("enforce.since") && !shown.contains("#   policy.since\n"), "{shown}");
    assert!(!shown.contains("only warns"), "{shown}");
}

// ---- a rollout ----------------------------------------------------------------------------------------------------

fn until(day: Date) -> String {
    format!("[policy]\nwarn_only_until = \"{day}\"\n")
}

#[test]
fn everything_that_would_block_warns_until_the_last_day_and_blocks_after_it() {
    for days in [0, 30, 180] {
        let day = in_days(days);
        let s = with(&until(day));
        s.stage("a.env", leak(1));
        s.stage("id_rsa", secret("${seal:private-key:rsa}\n", 1).trim_start());
        let run = s.commit();
        warns_all(&run, &["a.env:1", "id_rsa:1"]);
        assert!(run.stderr.contains(&format!("after {day} (policy.warn_only_until)")), "{run:#?}");
        let rows = s.stanch(["scan", "--format", "jsonl", "a.env"]).ok().stdout;
        let row: Value = serde_json::from_str(rows.lines().next().unwrap()).unwrap();
        assert_eq!(
            (row["decision"].as_str(), row["warns_until"].as_str()),
            (Some("warn"), Some(&*day.to_string()))
        );
    }
    let s = with(&until(in_days(-1)));
    s.stage("a.env", leak(1));
    s.commit().stopped_at("a.env:1");
    let shown = s.stanch(["config", "show"]).ok().stdout;
    assert!(shown.contains("over: what blocks blocks"), "{shown}");
}

#[track_caller]
fn warns_all(run: &Run, places: &[&str]) {
    assert_eq!(run.code, 0, "{run:#?}");
    for place in places {
        assert!(run.stderr.contains(place), "no {place} in {run:#?}");
    }
}

#[test]
fn a_rollout_warns_of_what_cannot_be_read_too() {
    let s = with(&format!("{}[block]\nunread = true\n", until(in_days(5))));
    s.stage("a.zip", b"PK\x03\x04\x14\0\0\0\x08\0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    let run = s.commit().ok();
    assert!(run.stderr.contains("a.zip"), "{run:#?}");
    assert_eq!(s.stanch(["scan", "--strict", "a.zip"]).code, 2);
}

#[test]
fn an_invalid_or_too_distant_day_is_an_error() {
    let far = in_days(181);
    for (text, what) in [
        (format!("warn_only_until = \"{far}\""), "is more than 180 days away"),
        ("warn_only_until = \"9999-12-31\"".to_owned(), "is more than 180 days away"),
        ("warn_only_until = \"31.01.2027\"".to_owned(), "is no date: write 2027-01-31"),
        ("warn_only_until = \"2027-02-30\"".to_owned(), "is no date: write 2027-01-31"),
        ("warn_only_until = \"2027-01-31T10:00:00\"".to_owned(), "is no date: write 2027-01-31"),
        ("warn_only_until = 30".to_owned(), "is no date: write 2027-01-31"),
        ("warn_only_until = 10:00:00".to_owned(), "is no date: write 2027-01-31"),
        ("warn_only_until = true".to_owned(), "is no date: write 2027-01-31"),
    ] {
        let s = Sandbox::guarded();
        s.write(".stanch.toml", format!("[policy]\n{text}\n"));
        let run = s.stanch(["hook", "pre-commit"]);
        run.could_not_check(what);
        assert!(run.stderr.contains(".stanch.toml:2: "), "{text}: {run:#?}");
    }
    // A date of TOML is one too.
    let s = with(&format!("[policy]\nwarn_only_until = {}\n", in_days(3)));
    s.stage("a.env", leak(1));
    warns(&s.commit(), "a.env:1");
}

#[test]
fn a_floor_forbids_a_rollout_and_a_repository_cannot_outlast_its_organisations() {
    for machine in [
        "[enforce]\nwarn_only = false\n",
        "[enforce]\ndefault = 'closed'\n",
        "[enforce.block]\nseverity = 'medium'\n",
    ] {
        let s = governed(&with(&until(in_days(9))), machine);
        s.stage("a.env", leak(1));
        let run = s.commit();
        run.stopped_at("a.env:1");
        assert!(run.stderr.contains("does not count, for the system configuration forbids it"), "{run:#?}");
    }
    let s = governed(&with(&until(in_days(9))), &until(in_days(-1)));
    s.stage("a.env", leak(1));
    s.commit().stopped_at("a.env:1");
    // It may end it.
    let s = governed(&with(&until(in_days(-1))), &until(in_days(9)));
    s.stage("a.env", leak(1));
    s.commit().stopped_at("a.env:1");
    // Not by the commit that leaks.
    let s = Sandbox::guarded();
    s.stage(".stanch.toml", until(in_days(9)));
    s.stage("a.env", leak(1));
    s.commit().stopped_at("a.env:1");
}

// ---- trial --------------------------------------------------------------------------------------------------------

/// A history of three commits without hooks: a key, a value that 0.1 only warned of, and nothing.
fn history(policy: &str) -> Sandbox {
    let s = Sandbox::new();
    s.record(&[(".stanch.toml", policy)]);
    s.git(["tag", "begin"]);
    s.record(&[("a.env", &leak(1))]);
    s.record(&[("b.json", &newly_blocked(2))]);
    s.record(&[("README.md", "hello\n")]);
    s
}

fn trial(s: &Sandbox, since: &str) -> Value {
    let run = s.stanch(["trial", "--since", since, "--format", "json"]).ok();
    assert!(!run.stdout.contains(&key(1)), "{run:#?}");
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_trial_tells_what_the_commits_would_have_met() {
    let s = history("");
    let told = trial(&s, "begin");
    assert_eq!(told["commits"], 3, "{told:#}");
    assert_eq!(told["blocked"], serde_json::json!({"commits": 2, "secrets": 2}), "{told:#}");
    assert_eq!(told["former"]["blocked"], serde_json::json!({"commits": 1, "secrets": 1}), "{told:#}");
    assert_eq!(told["former"]["in_force"], false);
    assert_eq!(told["findings"][0]["decision"], "block");
    assert_eq!(trial(&s, "HEAD~1..HEAD")["blocked"]["commits"], 0);
    // The sandbox's commits are of 2025-01-02.
    assert_eq!(trial(&s, "2025-01-01")["commits"], 4);
    assert_eq!(trial(&s, "30.days")["commits"], 0);
    let text = s.stanch(["trial", "--since", "begin"]).ok().stdout;
    for part in [
        "trial of 3 commits in begin..HEAD",
        "2 commits with 2 secrets",
        "klaviyo-private-api-key",
        "a.env:1",
        "about one in 2",
        "stanch allow FINGERPRINT",
        "stanch baseline create",
        "warn_only_until = \"",
        "since = \"0.1\"",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    assert!(!text.contains(&key(1)), "{text}");
    // What it prints can be run: the fingerprint is whole.
    let fingerprint = told["findings"][0]["fingerprint"].as_str().unwrap();
    assert!(text.contains(fingerprint), "{text}");
    s.stanch(["allow", fingerprint, "--reason", "the key of the public demo"]).ok();
    assert_eq!(trial(&s, "begin")["blocked"]["commits"], 1);
}

#[test]
fn a_trial_compares_the_versions_and_looks_past_a_rollout() {
    let s = history(&format!("{SINCE}warn_only_until = \"{}\"\n", in_days(20)));
    let told = trial(&s, "begin");
    assert_eq!((&told["blocked"]["commits"], &told["former"]["blocked"]["commits"]), (&2.into(), &1.into()));
    assert_eq!(told["former"]["in_force"], true);
    let text = s.stanch(["trial", "--since", "begin"]).ok().stdout;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("policy.since = \"0.1\" is set: it blocks 1 commit of these 3"), "{text}");
    assert!(text.contains("Without the key 1 more"), "{text}");
}

#[test]
fn a_trial_of_a_shallow_clone_says_so_and_one_of_nothing_too() {
    let s = history("");
    let clone = s.at("../clone");
    let from = format!("file://{}", s.dir().display());
    clone.git(["clone", "-q", "--depth", "1", &from, "."]);
    let run = clone.stanch(["trial", "--since", "2025-01-01"]).ok();
    assert!(run.stdout.contains("shallow clone: history ends at"), "{run:#?}");
    let empty = Sandbox::new();
    let run = empty.stanch(["trial"]).ok();
    assert!(run.stdout.contains("trial of 0 commits") && run.stdout.contains("nothing to stop"), "{run:#?}");
    empty.stanch(["trial", "--since", "nowhere"]).could_not_check("nowhere");
    empty.stanch(["trial", "--since", "3.fortnights"]).could_not_check("write 30.days");
}

// ---- neighbours ---------------------------------------------------------------------------------------------------

#[test]
fn a_warned_value_beside_a_proved_secret_blocks_and_beside_an_allowed_one_it_warns() {
    // Chosen and commented: only a warning by itself.
    let soft = format!("# session_token = {}\n", secret("${base62:9}", 5));
    let s = Sandbox::guarded();
    s.stage("a.ini", &soft);
    let alone = s.stanch(["scan", "--staged", "--format", "jsonl"]).stdout;
    let row: Value = serde_json::from_str(alone.lines().next().unwrap()).unwrap();
    assert_eq!(row["decision"], "warn", "{row:#}");
    let beside = format!("{}{soft}", leak(1));
    s.stage("a.ini", &beside);
    let run = s.commit();
    run.stopped_at("a.ini:2");
    let rows = s.stanch(["scan", "--staged", "--format", "jsonl"]).stdout;
    assert!(rows.contains("is beside a Klaviyo private API key on line 1"), "{rows}");
    // A blank line parts them.
    s.stage("a.ini", format!("{}\n{soft}", leak(1)));
    let rows = s.stanch(["scan", "--staged", "--format", "jsonl"]).stdout;
    assert!(!rows.contains("is beside"), "{rows}");
    // An allowed one raises nothing.
    s.stage("a.ini", &beside);
    s.commit().stopped_at("a.ini:1");
    let last: Value = serde_json::from_slice(&s.read(".git/stanch/last.json")).unwrap();
    let all = last["findings"].as_array().unwrap();
    let proved = all.iter().find(|f| f["line"] == 1).unwrap()["fingerprint"].as_str().unwrap();
    s.stanch(["allow", proved, "--reason", "the key of the public demo"]).ok();
    warns(&s.commit(), "a.ini:2");
}
