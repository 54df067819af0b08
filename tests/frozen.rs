//! What version 0.1 wrote keeps its meaning: configuration, allow entries, baseline, markers, fingerprints, rule ids and hook
//! files.
//!
//! `frozen/0.1` holds a repository as templates, what that version wrote into it, and what it decided there;
//! `frozen/make.py` made it with that version itself. It is never made again.

use crate::support::{STANCH, Sandbox, secret};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn frozen() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen/0.1")
}

fn kept(name: &str) -> String {
    fs::read_to_string(frozen().join(name)).unwrap()
}

/// The repository as 0.1 left it.
fn repository() -> Sandbox {
    let s = Sandbox::new();
    let data: toml::Table = kept("repository.toml").parse().unwrap();
    for file in data["file"].as_array().unwrap() {
        let seed = file["seed"].as_integer().unwrap() as u64;
        let lines = file["lines"].as_array().unwrap().iter().zip(seed..);
        let text: String = lines.map(|(line, seed)| secret(line.as_str().unwrap(), seed) + "\n").collect();
        s.write(file["path"].as_str().unwrap(), text);
    }
    s.write(".stanch.toml", kept("stanch.toml"));
    s.write(".stanch-baseline", kept("baseline"));
    s.git(["add", "-A"]);
    s.git(["commit", "-q", "-m", "as 0.1 left it"]);
    s
}

/// What is found: place, rule, fingerprint and decision, as `decisions.txt` has it.
fn decisions(s: &Sandbox) -> BTreeMap<String, String> {
    let run = s.stanch(["scan", "--format", "jsonl", "--show-suppressed"]);
    let rows = run.stdout.lines().map(|line| {
        let f: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| f[key].as_str().unwrap().to_owned();
        let said = format!("{} {} {}", text("rule"), text("fingerprint"), text("decision"));
        (format!("{}:{}", text("path"), f["line"]), said)
    });
    rows.collect()
}

#[test]
fn every_fingerprint_allow_entry_marker_and_baseline_of_0_1_counts_today() {
    let s = repository();
    let now = decisions(&s);
    let then = kept("decisions.txt");
    assert_eq!(then.lines().count(), 12);
    for row in then.lines() {
        let (place, said) = row.split_once(' ').unwrap();
        assert_eq!(now.get(place).map(String::as_str), Some(said), "{place}: {now:#?}");
    }
    assert_eq!(now.len(), 12, "{now:#?}");
    // Without them they would block: nothing here is suppressed by chance.
    s.record(&[(".stanch.toml", "salt = \"of the frozen repository\"\n"), (".stanch-baseline", "")]);
    let bare = decisions(&s);
    let suppressed = bare.values().filter(|said| said.ends_with("suppress")).count();
    assert_eq!(suppressed, 2, "the marker alone is in the file, for its line and the next: {bare:#?}");
}

#[test]
fn a_commit_in_a_repository_of_0_1_is_decided_as_it_was() {
    let s = repository();
    s.hook("pre-commit");
    // Lines that are touched again: what was allowed still is.
    let text = String::from_utf8(s.read("app.py")).unwrap();
    let moved: Vec<&str> = text.lines().filter(|line| !line.starts_with("BLOCKED")).collect();
    s.stage("moved.py", moved.join("\n") + "\n");
    s.commit().ok();
    s.stage("again.py", text.lines().last().unwrap());
    s.commit().stopped_at("again.py:1");
}

#[test]
fn every_configuration_that_0_1_documents_is_read() {
    let s = Sandbox::new();
    for name in ["person", "team", "organisation", "stanch"] {
        let path = frozen().join(format!("{name}.toml"));
        s.stanch(["config", "check", "--enforcing", path.to_str().unwrap()]).ok();
    }
}

#[test]
fn the_hook_file_of_0_1_still_runs_the_program() {
    let s = Sandbox::new();
    s.record(&[("README.md", "hello\n")]);
    let hook = kept("pre-commit");
    let body = hook.strip_prefix("#!/bin/sh\n").expect("a shell script");
    s.hook_script("pre-commit", body);
    let bin = Path::new(STANCH).parent().unwrap();
    let s = s.env("PATH", &format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()));
    s.stage("a.py", secret("key = \"pk_${hex-lower:34}\"\n", 3));
    s.commit().stopped_at("a.py:1");
    s.stage("a.py", "key = 1\n");
    s.commit().ok();
}
