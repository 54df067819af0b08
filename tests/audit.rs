//! The audit record: complete, private, and never with a value in it.

use crate::support::{Sandbox, key};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Stdio;

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// The records of a file; each line must be one.
fn records(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn own_record(s: &Sandbox) -> Vec<Value> {
    records(&s.dir().join(".git/stanch/audit.jsonl"))
}

fn words(records: &[Value], key: &str) -> Vec<String> {
    records.iter().map(|r| r[key].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn twenty_gits_at_once_lose_no_line_even_while_the_file_is_rotated() {
    let repos: Vec<Sandbox> = (0..20).map(|_| Sandbox::guarded()).collect();
    let path = repos[0].root().join("audit/all.jsonl");
    let system = repos[0].root().join("system.toml");
    fs::write(&system, format!("[audit]\npath = '{}'\n", path.display())).unwrap();
    let rotated = path.with_extension("1");
    for round in 0..3u64 {
        let children: Vec<_> = repos
            .iter()
            .enumerate()
            .map(|(i, s)| {
                s.stage("a.txt", line(100 * round + i as u64));
                s.command("git")
                    .args(["commit", "-q", "-m", "x"])
                    .env("STANCH_SYSTEM_CONFIG", &system)
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap()
            })
            .collect();
        if round == 1 {
            fs::rename(&path, &rotated).unwrap();
        }
        for mut child in children {
            assert!(!child.wait().unwrap().success(), "each commit is stopped");
        }
    }
    let (old, new) = (records(&rotated), records(&path));
    assert_eq!(old.len() + new.len(), 60);
    assert!(old.len() >= 20 && new.len() >= 20, "{} and {}", old.len(), new.len());
    let mut places = words(&old, "repository");
    places.extend(words(&new, "repository"));
    places.sort();
    places.dedup();
    assert_eq!(places.len(), 20);
}

#[test]
fn every_block_warning_bypass_and_allow_is_recorded_with_its_reason_and_a_clean_commit_is_not() {
    let s = Sandbox::guarded();
    s.stage("a.txt", "clean\n");
    s.commit().ok();
    assert!(!s.dir().join(".git/stanch/audit.jsonl").exists());
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    s.env("STANCH_BYPASS", "tests").commit().ok();
    let marker = "# stanch:allow klaviyo-private-api-key -- a fixture";
    s.stage("b.txt", format!("{} {marker}\n", line(2).trim_end()));
    s.commit().ok();
    s.record(&[(".stanch.toml", "[[path]]\nglob = 'c.txt'\nmode = 'report'\nreason = 'x'\n")]);
    s.stage("c.txt", line(3));
    s.commit().ok();
    let all = own_record(&s);
    assert_eq!(words(&all, "decision"), ["block", "bypass", "suppress", "warn"]);
    let reasons = words(&all, "reason");
    assert_eq!(reasons[1], "bypass: used in tests");
    assert_eq!(reasons[2], "inline marker: a fixture");
    assert_eq!(all[0]["stage"], "commit");
    assert_eq!(all[0]["author"], "A. Person <person@example.org>");
    assert_eq!(all[0]["severity"], "high");
    assert_eq!(all[0]["fingerprint"], all[1]["fingerprint"]);
    assert_eq!(all[0]["repository"], s.dir().to_str().unwrap());
}

#[test]
fn no_value_is_in_the_record_nor_in_what_the_last_hook_left() {
    let s = Sandbox::guarded();
    // In a file, in a file's name, and in the reasons that a person pasted it into.
    s.stage("a.txt", line(1));
    s.stage(&format!("{}.txt", key(2)), "x\n");
    let marker =
        format!("{} # stanch:allow klaviyo-private-api-key -- {} is old\n", line(3).trim_end(), key(3));
    s.stage("b.txt", marker);
    s.commit().stopped_at("a.txt:1:");
    let run = s.env("STANCH_BYPASS", &format!("{} is made up", key(1))).commit().ok();
    assert!(run.stderr.contains("is made up") && !run.stderr.contains(&key(1)), "{run:#?}");
    s.stage("c.txt", line(4));
    s.commit().stopped_at("c.txt:1:");
    let bytes = [s.read(".git/stanch/audit.jsonl"), s.read(".git/stanch/last.json")].concat();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("a.txt"));
    for seed in 1..5 {
        let value = key(seed);
        assert!(!text.contains(&value[3..18]) && !text.contains(&value[20..]), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_the_record() {
    use std::os::unix::fs::PermissionsExt;
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    for name in ["audit.jsonl", "last.json"] {
        let mode = fs::metadata(s.dir().join(".git/stanch").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_repository_cannot_switch_off_the_record_that_an_organisation_wants() {
    let s = Sandbox::guarded();
    s.record(&[(".stanch.toml", "[audit]\nenabled = false\n")]);
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    assert!(!s.dir().join(".git/stanch/audit.jsonl").exists());
    let system = s.root().join("system.toml");
    fs::write(&system, "[enforce]\naudit = true\n").unwrap();
    s.env("STANCH_SYSTEM_CONFIG", system.to_str().unwrap()).commit().stopped_at("a.txt:1:");
    assert_eq!(own_record(&s).len(), 1);
}

#[test]
fn a_record_that_cannot_be_written_stops_the_commit_and_says_where() {
    let s = Sandbox::guarded();
    s.write(".git/stanch", "a file in the folder's place");
    s.stage("a.txt", "clean\n");
    s.commit().ok();
    s.stage("a.txt", format!("{} # stanch:allow klaviyo-private-api-key -- x\n", line(1).trim_end()));
    let run = s.commit();
    assert!(run.code == 1 && run.stderr.contains("the audit record"), "{run:#?}");
}

#[test]
fn a_secret_that_was_allowed_long_ago_is_to_be_rotated() {
    let s = Sandbox::guarded();
    let text = format!("{} # stanch:allow klaviyo-private-api-key -- old\n", line(1).trim_end());
    s.stage("a.txt", &text);
    let run = s.commit().ok();
    assert!(!run.stderr.contains("rotate it"), "{run:#?}");
    let mut all = own_record(&s);
    let now: jiff::Timestamp = all[0]["time"].as_str().unwrap().parse().unwrap();
    let then = now.checked_sub(jiff::SignedDuration::from_hours(94 * 24 + 1)).unwrap();
    all[0]["time"] = then.to_string().into();
    s.write(".git/stanch/audit.jsonl", format!("{}\n", all[0]));
    // The list of first times is made from the record again.
    fs::remove_file(s.dir().join(".git/stanch/audit.jsonl.known")).unwrap();
    s.stage("b.txt", &text);
    let run = s.commit().ok();
    let said = run.stderr.replace("\n   ", "");
    assert!(said.contains("has been known here for 94 days: rotate it"), "{run:#?}");
    s.record(&[(".stanch.toml", "[audit]\nremind_days = 120\n")]);
    s.stage("c.txt", &text);
    let run = s.commit().ok();
    assert!(!run.stderr.contains("rotate it"), "{run:#?}");
}

#[test]
fn audit_reads_the_record_by_date_as_a_table_or_as_lines() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    let old = "{\"time\":\"2020-01-01T00:00:00Z\",\"decision\":\"block\",\"stage\":\"commit\",\"host\":\"h\",\"user\":\"u\",\
               \"repository\":\"r\",\"path\":\"old\\u001b[2J\",\"line\":1,\"rule\":\"r\",\"severity\":\"high\",\
               \"confidence\":\"high\",\"fingerprint\":\"f\",\"reason\":\"x\"}";
    let mut text = format!("{old}\nnonsense\n").into_bytes();
    text.extend(s.read(".git/stanch/audit.jsonl"));
    s.write(".git/stanch/audit.jsonl", text);
    let all = s.stanch(["audit"]).ok();
    assert_eq!(all.stdout.lines().count(), 2, "{all:#?}");
    assert!(!all.stdout.contains('\u{1b}'), "{all:#?}");
    assert!(all.stderr.contains("1 lines"), "{all:#?}");
    let recent = s.stanch(["audit", "--since", "30d", "--format", "jsonl"]).ok();
    let rows: Vec<Value> = recent.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(words(&rows, "path"), ["a.txt"]);
    assert_eq!(s.stanch(["audit", "--since", "2019-12-31"]).ok().stdout.lines().count(), 2);
    s.stanch(["audit", "--since", "yesterday"])
        .could_not_check("no date (2026-11-01) and no span (30.days, 2.weeks, 30d)");
}

#[test]
fn secrets_that_were_allowed_long_ago_are_to_be_rotated() {
    let old = "2024-01-02T03:04:05+00:00";
    let s = Sandbox::guarded();
    s.stage("a.py", format!("k = \"{}\"\n", key(1)));
    let run = s.commit();
    let at = run.stderr.find("stanch allow ").unwrap() + 13;
    s.stanch(["allow", &run.stderr[at..at + 8], "--reason", "key of the public demo"]).ok();
    s.git(["add", "."]);
    let then = s.env("GIT_COMMITTER_DATE", old);
    then.git(["commit", "-q", "--no-verify", "-m", "allowed"]);
    s.write("b.py", format!("k = \"{}\"\n", key(2)));
    s.stanch(["baseline", "create"]).ok();
    s.git(["add", "."]);
    let now = format!("{} +0000", jiff::Timestamp::now().as_second());
    s.env("GIT_COMMITTER_DATE", &now).git(["commit", "-q", "--no-verify", "-m", "baseline"]);
    let out = s.stanch(["audit", "--ages"]).ok().stdout;
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 2, "{out}");
    assert!(lines[0].contains("days  rotate  ") && lines[0].contains("  .stanch.toml:"), "{out}");
    // An entry of today is new, however old its secret may be.
    assert!(!lines[1].contains("rotate") && lines[1].contains("  .stanch-baseline:"), "{out}");
    let told = "1 allowed or baselined secret is older than 90 days (audit.remind_days): rotate";
    for command in [&["scan", "a.py"][..], &["doctor"]] {
        let run = s.stanch(command);
        let text = [run.stdout, run.stderr].concat().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(told), "{command:?}: {text}");
    }
    // A scan of other files has nothing to do with it, and a policy may ask for nothing.
    assert!(!s.stanch(["scan", "README.md"]).stdout.contains("older"));
    let text = String::from_utf8(s.read(".stanch.toml")).unwrap();
    s.write(".stanch.toml", format!("{text}\n[audit]\nremind_days = 0\n"));
    s.git(["add", "."]);
    s.git(["commit", "-q", "--no-verify", "-m", "never"]);
    assert!(!s.stanch(["audit", "--ages"]).ok().stdout.contains("rotate"));
}

#[test]
fn the_log_is_written_in_every_format_each_place_once_in_reports_and_no_value_anywhere() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(41));
    s.commit().stopped_at("a.txt:1:");
    s.commit().stopped_at("a.txt:1:");
    s.env("STANCH_BYPASS", "=tests, and more").commit().ok();
    s.stage("b,\"c.txt", line(42));
    s.commit().stopped_at("c.txt:1:");
    let written = |format: &str| {
        let run = s.stanch(["audit", "--format", format]);
        assert_eq!(run.code, 0, "{format}: {}", run.stderr);
        for seed in [41, 42] {
            assert!(!run.stdout.contains(&key(seed)), "{format} holds a value");
        }
        run.stdout
    };
    let array: Vec<Value> = serde_json::from_str(&written("json")).unwrap();
    assert_eq!(array, own_record(&s));
    assert_eq!(array.len(), 4);
    let lines: Vec<Value> = written("jsonl").lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines, array);
    let csv = written("csv");
    assert_eq!(csv.lines().count(), 5);
    assert!(csv.contains("\"b,\"\"c.txt\""), "{csv}");
    assert_eq!(written("text").lines().count(), 4);
    let sarif: Value = serde_json::from_str(&written("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2, "the second try and the bypass are of the same place");
    for format in
        ["junit", "gitlab", "gitlab-codequality", "github", "markdown", "html", "rdjsonl", "checkstyle"]
    {
        assert!(written(format).contains("c.txt"), "{format}");
    }
    written("sonarqube");
    s.stanch(["audit", "--since", "1d", "--format", "csv", "-o", "log.csv"]).ok();
    assert_eq!(fs::read_to_string(s.dir().join("log.csv")).unwrap(), csv);
    fs::remove_file(s.dir().join(".git/stanch/audit.jsonl")).unwrap();
    assert_eq!(written("json"), "[]\n");
}

#[test]
fn a_report_on_the_log_says_how_many_records_are_of_rules_that_are_gone() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(43));
    s.commit().stopped_at("a.txt:1:");
    let path = s.dir().join(".git/stanch/audit.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}{}", text.replace("klaviyo-private-api-key", "acme-key"))).unwrap();
    let run = s.stanch(["audit", "--format", "markdown"]);
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("1 record of rules that are not known here"), "{}", run.stderr);
    assert!(run.stdout.contains("a.txt"), "{}", run.stdout);
}
