//! Scans that are shared out, resumed and limited: the parts together say what the whole says.

use crate::support::{Run, Sandbox, key};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A repository with keys in files, messages and names, over twelve commits.
fn history() -> Sandbox {
    let s = Sandbox::new();
    for n in 0..12u64 {
        let path = format!("src/{n}.py");
        let text = if n % 2 == 0 { format!("KLAVIYO_API_KEY={}\n", key(n)) } else { format!("x = {n}\n") };
        s.stage(&path, text);
        let message = if n % 5 == 0 { format!("use {}", key(100 + n)) } else { format!("change {n}") };
        s.git(["commit", "-q", "-m", &message]);
    }
    s
}

fn json(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

/// The results of a report.
fn told(report: &Value) -> BTreeSet<String> {
    let run = &report["runs"][0];
    let results = run["results"].as_array().unwrap().iter().map(|r| {
        let mut r = r.clone();
        r.as_object_mut().unwrap().remove("ruleIndex");
        r.to_string()
    });
    results.collect()
}

fn shard(s: &Sandbox, of: &str, name: &str) -> Run {
    s.stanch(["scan", "--history", "--shard", of, "--format", "sarif", "-o", name])
}

#[test]
fn the_shards_of_a_history_together_say_what_the_whole_says() {
    let s = history();
    for engine in ["fast", "plain"] {
        let s = s.env("STANCH_ENGINE", engine);
        s.stanch(["scan", "--history", "--format", "sarif", "-o", "../whole.sarif"]);
        for n in 1..=3 {
            assert!(shard(&s, &format!("{n}/3"), &format!("../{n}.sarif")).code < 2);
        }
        // One that was run twice counts once.
        let files = ["../3.sarif", "../1.sarif", "../2.sarif", "../3.sarif"];
        let run = s.stanch([&["merge", "-o", "../merged.sarif"][..], &files].concat());
        assert_eq!(run.code, 1, "{run:#?}");
        let (whole, merged) = (json(&s.root().join("whole.sarif")), json(&s.root().join("merged.sarif")));
        assert_eq!(told(&merged), told(&whole), "{engine}");
        let read = &merged["runs"][0]["properties"]["read"];
        let counts = (told(&whole).len(), &read["commits"], &read["files"]);
        assert_eq!(counts, (9, &12.into(), &12.into()), "{engine}");
        assert!(run.stderr.contains("3 shards: 9 blocked, 0 warned of"), "{run:#?}");
        let rules = merged["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        let at = merged["runs"][0]["results"][0]["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[at]["id"], merged["runs"][0]["results"][0]["ruleId"]);
    }
}

#[test]
fn a_shard_that_is_missing_or_of_another_scan_is_refused() {
    let s = history();
    for n in 1..=3 {
        shard(&s, &format!("{n}/3"), &format!("../{n}.sarif"));
    }
    let run = s.stanch(["merge", "../1.sarif", "../3.sarif", "-o", "../merged.sarif"]);
    run.could_not_check("1 of 3 shards missing (2)");
    assert!(!s.root().join("merged.sarif").exists());
    shard(&s, "2/4", "../other.sarif");
    s.stanch(["merge", "../1.sarif", "../other.sarif"])
        .could_not_check("../1.sarif is one of 3 shards, ../other.sarif one of 4");
    s.record(&[("new.txt", "x\n")]);
    shard(&s, "2/3", "../2.sarif");
    s.stanch(["merge", "../1.sarif", "../2.sarif", "../3.sarif"])
        .could_not_check("different commits or repositories");
    s.stanch(["scan", "--history", "--format", "sarif", "-o", "../whole.sarif"]);
    s.stanch(["merge", "../whole.sarif"]).could_not_check("../whole.sarif: it is the report of no shard");
    for (text, said) in [("{", "it is no JSON"), ("{}", "no SARIF report"), ("[1]", "no SARIF report")] {
        s.write("bad", text);
        s.stanch(["merge", "bad"]).could_not_check(said);
    }
    s.stanch(["merge", "absent"]).could_not_check("cannot read the report absent");
}

#[test]
fn what_one_shard_did_not_read_counts_for_the_whole() {
    let s = history();
    s.record(&[("long.txt", &"x".repeat(3 << 20))]);
    s.record(&[(".stanch.toml", "[limits]\nmax_blob_mb = 1\n")]);
    let codes: BTreeSet<i32> =
        (1..=2).map(|n| shard(&s, &format!("{n}/2"), &format!("../{n}.sarif")).code).collect();
    assert!(codes.contains(&2), "{codes:?}");
    assert_eq!(s.stanch(["merge", "../1.sarif", "../2.sarif", "--exit-zero"]).code, 2);
}

#[test]
fn a_share_comes_from_the_variables_of_the_system_only_when_asked() {
    let s = history().env("CI_NODE_INDEX", "2").env("CI_NODE_TOTAL", "3");
    shard(&s, "auto", "../auto.sarif");
    assert_eq!(json(&s.root().join("auto.sarif"))["runs"][0]["properties"]["shard"]["number"], 2);
    s.stanch(["scan", "--history", "--format", "sarif", "-o", "../whole.sarif"]);
    assert!(json(&s.root().join("whole.sarif"))["runs"][0]["properties"]["shard"].is_null());
    s.stanch(["scan", "--history", "--shard", "4/3"]).could_not_check("I from 1 to N");
    s.stanch(["scan", "--shard", "1/3"]).could_not_check("--shard needs --history or --repos");
}

#[test]
fn many_repositories_are_one_report_each_judged_by_its_own_configuration() {
    let s = Sandbox::empty();
    let all = [("team/a", 1), ("team/b", 2), ("c", 3)];
    for (name, seed) in all {
        let at = s.at(format!("mirrors/{name}"));
        at.git(["init", "-q", "-b", "main", "."]);
        at.record(&[("app.py", &format!("KLAVIYO_API_KEY={}\n", key(seed)))]);
    }
    s.git(["clone", "-q", "--bare", "mirrors/c", "mirrors/bare.git"]);
    // Its own configuration lets its own key through, and says nothing about others.
    let b = s.at("mirrors/team/b");
    b.record(&[(
        ".stanch.toml",
        "[[allow]]\npath = 'app.py'\nrule = 'klaviyo-private-api-key'\nreason = 'a sample'\n",
    )]);
    let places = |run: &Run| -> Vec<String> {
        let rows: Value = serde_json::from_str(&run.stdout).unwrap();
        rows.as_array().unwrap().iter().map(|r| r["path"].as_str().unwrap().to_owned()).collect()
    };
    let run = s.stanch(["scan", "--repos", "mirrors", "--format", "json"]);
    assert_eq!(
        (run.code, places(&run)),
        (1, vec!["bare.git/app.py".into(), "c/app.py".into(), "team/a/app.py".into()]),
        "{run:#?}"
    );
    let text = s.stanch(["scan", "--repos", "mirrors"]);
    assert!(text.stdout.contains("team/a/app.py:1:"), "{text:#?}");
    // A list has what it names; one that cannot be read does not keep the others from being read.
    s.write("list", "# ours\nmirrors/c\n\nmirrors/gone\nmirrors/team/a/\n");
    let run = s.stanch(["scan", "--repos", "list", "--format", "json"]);
    assert_eq!((run.code, places(&run).len()), (2, 2), "{run:#?}");
    assert!(run.stderr.contains("could not check the repository mirrors/gone"), "{run:#?}");
    s.write("empty", "# none\n");
    s.stanch(["scan", "--repos", "empty"]).could_not_check("no repository is in empty");
    let s = s.env("GIT_DIR", "x");
    s.stanch(["scan", "--repos", "mirrors"]).could_not_check("GIT_DIR");
}

#[test]
fn the_shards_of_many_repositories_together_say_what_the_whole_says() {
    let s = Sandbox::empty();
    for n in 0..6 {
        let at = s.at(format!("mirrors/r{n}"));
        at.git(["init", "-q", "-b", "main", "."]);
        at.record(&[("app.py", &format!("KLAVIYO_API_KEY={}\n", key(n)))]);
    }
    s.stanch(["scan", "--repos", "mirrors", "--format", "sarif", "-o", "whole.sarif"]);
    for n in 1..=3 {
        let (share, file) = (format!("{n}/3"), format!("{n}.sarif"));
        s.stanch(["scan", "--repos", "mirrors", "--shard", &share, "--format", "sarif", "-o", &file]);
    }
    assert_eq!(s.stanch(["merge", "1.sarif", "2.sarif", "3.sarif", "-o", "merged.sarif"]).code, 1);
    let (whole, merged) = (json(&s.dir().join("whole.sarif")), json(&s.dir().join("merged.sarif")));
    assert_eq!(told(&merged), told(&whole));
    assert_eq!(told(&whole).len(), 6);
}

#[test]
fn a_state_file_keeps_what_was_clean_and_counts_for_nothing_under_another_configuration() {
    let s = history().env("STANCH_ENGINE", "plain");
    s.stanch(["scan", "--history", "--state", "../none"]).could_not_check("--state needs the fast reader");
    let s = s.env("STANCH_ENGINE", "fast");
    let run =
        |s: &Sandbox| s.stanch(["scan", "--history", "--state", "../state", "--verbose", "--format", "json"]);
    let first = run(&s);
    let bytes = |r: &Run| -> u64 {
        let at = r.stderr.split(" files, ").nth(1).unwrap();
        at.split(' ').next().unwrap().parse().unwrap()
    };
    let file = s.root().join("state");
    let kept = fs::read(&file).unwrap();
    let second = run(&s);
    assert_eq!(second.stdout, first.stdout);
    assert!(bytes(&second) < bytes(&first), "{first:#?} {second:#?}");
    assert_eq!(fs::read(&file).unwrap(), kept, "nothing new was clean");
    // A run that was cut off wrote half a record: it goes on from the last whole one.
    fs::write(&file, &kept[..kept.len() - 7]).unwrap();
    assert_eq!(run(&s).stdout, first.stdout);
    assert_eq!(fs::read(&file).unwrap().len(), kept.len());
    // What is new is read.
    s.record(&[("late.py", &format!("KLAVIYO_API_KEY={}\n", key(50)))]);
    assert!(run(&s).stdout.contains("late.py"));
    // A rule that was added may find something in what was clean.
    s.write(".stanch.toml", "[[rule]]\nid = 'ours'\nname = 'Ours'\nkind = 'api-key'\nseverity = 'high'\nconfidence = 'high'\nregex = '(?P<secret>x = [0-9])'\nkeywords = ['x = ']\n");
    let other = run(&s);
    assert!(other.stdout.contains("ours"), "{other:#?}");
    s.write("foreign", "something else\n");
    s.stanch(["scan", "--history", "--state", "foreign"])
        .could_not_check("foreign is no state file of stanch");
    assert_eq!(s.read("foreign"), b"something else\n");
}

#[test]
fn a_history_can_be_limited_to_a_branch_and_to_a_time() {
    let s = Sandbox::new();
    let at = |day: &str| s.env("GIT_COMMITTER_DATE", &format!("{day}T00:00:00+00:00"));
    at("2020-01-01").record(&[("old.py", &format!("KLAVIYO_API_KEY={}\n", key(1)))]);
    at("2024-01-01").record(&[("new.py", &format!("KLAVIYO_API_KEY={}\n", key(2)))]);
    s.git(["checkout", "-q", "-b", "side"]);
    at("2024-02-01").record(&[("side.py", &format!("KLAVIYO_API_KEY={}\n", key(3)))]);
    let found = |args: &[&str]| -> Vec<String> {
        let run = s.stanch([&["scan", "--history", "--format", "json"][..], args].concat());
        let rows: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:#?}"));
        rows.as_array().unwrap().iter().map(|r| r["path"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(found(&[]), ["old.py", "new.py", "side.py"]);
    assert_eq!(found(&["--branch", "main"]), ["old.py", "new.py"]);
    assert_eq!(found(&["--since", "2023-01-01"]), ["new.py", "side.py"]);
    assert_eq!(found(&["--branch", "main", "--since", "2023-01-01"]), ["new.py"]);
    assert_eq!(found(&["--since", "2025-01-01"]), Vec::<String>::new());
    s.git(["checkout", "-q", "main"]);
    assert_eq!(found(&["--since", "2024-01-15"]), ["side.py"], "of every branch, not of HEAD alone");
    let run = s.stanch(["scan", "--history", "--branch", "none"]);
    run.could_not_check("none");
    s.stanch(["scan", "--since", "2.weeks"]).could_not_check("--since needs --history or --repos");
}

#[test]
fn the_files_of_the_guide_are_yaml_and_share_out_and_merge() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scale.md")).unwrap();
    let files: Vec<&str> = text.split("```yaml\n").skip(1).map(|t| t.split("```").next().unwrap()).collect();
    assert_eq!(files.len(), 3);
    for file in files {
        let parsed = yaml_rust2::YamlLoader::load_from_str(file).unwrap();
        assert_eq!(parsed.len(), 1);
        assert!(file.contains("--shard auto"), "{file}");
    }
}
