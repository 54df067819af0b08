//! The base's policy decides on what a request brings.

use super::world::{World, ci, line};
use crate::support::{Run, Sandbox};
use serde_json::json;

/// A request of a branch, as GitHub checks it out.
struct Pull {
    w: World,
    c: Sandbox,
}

/// Commits files on a new branch of `base`, and asks to merge it.
fn pull(base: &[(&str, &str)], files: &[(&str, &str)], fork: bool) -> Pull {
    let w = World::new();
    w.s.git(["checkout", "-q", "main"]);
    if !base.is_empty() {
        w.s.record(base);
        w.s.git(["push", "-q", "origin", "main"]);
    }
    w.s.git(["checkout", "-q", "-b", "change"]);
    let head = w.s.record(files);
    w.s.git(["push", "-q", "origin", "change"]);
    let c = w.clone_at(&head, 1).env("GITHUB_ACTIONS", "true").env("GITHUB_EVENT_NAME", "pull_request");
    let of = if fork { "you/x" } else { "me/x" };
    let event = json!({
        "pull_request": {
            "number": 9, "head": { "sha": head, "repo": { "full_name": of } },
            "base": { "ref": "main", "repo": { "full_name": "me/x" } },
        },
    });
    let c = w.event(&c, &event);
    Pull { w, c }
}

impl Pull {
    fn run(&self) -> (Run, String) {
        let summary = self.c.root().join("summary.md");
        let run = ci(&self.c.env("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()), &[]);
        (run, std::fs::read_to_string(summary).unwrap_or_default())
    }
}

fn entry(seed: u64) -> String {
    // The fingerprint that a scan gives.
    let s = Sandbox::new();
    s.write("app.env", line(seed));
    let run = s.stanch(["scan", "--format", "jsonl", "app.env"]);
    let row: serde_json::Value = serde_json::from_str(run.stdout.lines().next().unwrap()).unwrap();
    let fingerprint = row["fingerprint"].as_str().unwrap();
    format!("[[allow]]\nfingerprint = \"{fingerprint}\"\nreason = \"a made-up key\"\n")
}

#[test]
fn an_entry_of_the_same_repository_counts_and_is_listed() {
    let p = pull(&[], &[("app.env", &line(4)), (".stanch.toml", &entry(4))], false);
    let (run, summary) = p.run();
    assert_eq!(run.code, 0, "{run:#?}");
    for text in [&run.stdout, &summary] {
        assert!(text.contains("allowed by this change") && text.contains("a made-up key"), "{text}");
    }
}

#[test]
fn an_entry_of_a_fork_does_not_and_the_maintainer_gets_the_command() {
    let p = pull(&[], &[("app.env", &line(4)), (".stanch.toml", &entry(4))], true);
    let (run, summary) = p.run();
    assert_eq!(run.code, 1, "{run:#?}");
    let entry = entry(4);
    let fingerprint = entry.split('"').nth(1).unwrap();
    assert!(summary.contains(&format!("stanch allow {fingerprint}")), "{summary}");
    // The command works on the target branch, and then the fork's request passes.
    let s = &p.w.s;
    s.git(["checkout", "-q", "main"]);
    s.stanch(["allow", fingerprint, "--rule", "klaviyo-private-api-key", "--reason", "a made-up key"]).ok();
    s.git(["add", ".stanch.toml"]);
    s.git(["commit", "-q", "--no-verify", "-m", "allow"]);
    s.git(["push", "-q", "origin", "main"]);
    let (run, _) = p.run();
    assert_eq!(run.code, 0, "{run:#?}");
}

/// The same entry in a line of its own.
fn entry_line(seed: u64) -> String {
    let entry = entry(seed);
    format!("{} klaviyo-private-api-key -- a made-up key\n", entry.split('"').nth(1).unwrap())
}

#[test]
fn an_entry_in_a_line_of_its_own_is_judged_as_the_others_are() {
    let files = [("app.env", line(4)), (".stanch-allow", entry_line(4))];
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let (run, summary) = pull(&[], &files, false).run();
    assert!(run.code == 0 && summary.contains("allowed by this change"), "{run:#?}\n{summary}");
    // A merge by union brings a fork's line without a conflict: it counts once a maintainer has merged it.
    let attributes = (".gitattributes", ".stanch-allow merge=union\n");
    let (run, summary) = pull(&[attributes, (".stanch-allow", &entry_line(5))], &files, true).run();
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(summary.contains("the fork's entry in .stanch-allow for app.env:"), "{summary}");
    let (run, _) = pull(&[(".stanch-allow", &entry_line(4))], &files, true).run();
    assert_eq!(run.code, 0, "{run:#?}");
    // What a request takes away with a broken line is not taken away yet.
    let broken = [("app.env", files[0].1), (".stanch-allow", "<<<<<<< x\n")];
    let (run, _) = pull(&[(".stanch-allow", &entry_line(4))], &broken, true).run();
    assert_eq!(run.code, 0, "{run:#?}");
}

#[test]
fn what_a_request_extends_loosens_nothing() {
    let skip = "[[path]]\nglob = \"*.env\"\nmode = \"skip\"\nreason = \"x\"\n";
    let secret = line(4);
    for fork in [false, true] {
        // It brings the line and the file, or only changes the file that the base extends.
        let brought = [
            (".stanch.toml", "extends = [\"loose.toml\"]\n"),
            ("loose.toml", skip),
            ("app.env", secret.as_str()),
        ];
        let (run, _) = pull(&[], &brought, fork).run();
        assert!(run.code == 1 && run.stdout.contains("app.env:"), "{run:#?}");
        let (run, _) = pull(&[brought[0], ("loose.toml", "")], &brought[1..], fork).run();
        assert!(run.code == 1 && run.stdout.contains("app.env:"), "{run:#?}");
    }
    let (run, _) = pull(
        &[(".stanch.toml", "extends = [\"loose.toml\"]\n"), ("loose.toml", skip)],
        &[("app.env", &secret)],
        true,
    )
    .run();
    assert_eq!(run.code, 0, "{run:#?}");
}

#[test]
fn nothing_else_that_a_request_brings_can_loosen() {
    let marked = format!("# stanch:allow klaviyo-private-api-key -- made up\n{}", line(4));
    let foreign = format!("# gitleaks:allow\n{}", line(4));
    for (path, text) in [
        ("app.env", marked.as_str()),
        ("app.env", &foreign),
        (".stanch.toml", "[rules.klaviyo-private-api-key]\nenabled = false\n"),
        (".stanch.toml", "[[path]]\nglob = \"*.env\"\nmode = \"skip\"\nreason = \"x\"\n"),
        (".stanch.toml", "[[allow]]\npath = \"*.env\"\nrule = \"klaviyo-private-api-key\"\nreason = \"x\"\n"),
        (".stanch.toml", "[block]\nseverity = \"critical\"\n"),
        (".stanch.toml", "[[except]]\nvalue = \".\"\nreason = \"x\"\n"),
        ("sub/.stanch.toml", "[[path]]\nglob = \"**\"\nmode = \"skip\"\nreason = \"x\"\n"),
        (".stanch.toml", "this is no TOML\n"),
    ] {
        for fork in [false, true] {
            let secret = line(4);
            let mut files = vec![(path, text)];
            if path != "app.env" {
                files.push(("app.env", &secret));
            }
            let (run, _) = pull(&[], &files, fork).run();
            assert_eq!(run.code, 1, "{path} {text:?} {fork}: {run:#?}");
            assert!(run.stdout.contains("app.env:"), "{run:#?}");
            if text.contains("stanch:allow") {
                assert!(run.stdout.contains("inline marker"), "{run:#?}");
            }
        }
    }
}

#[test]
fn what_the_base_allows_is_allowed() {
    let (run, _) = pull(&[(".stanch.toml", &entry(4))], &[("app.env", &line(4))], true).run();
    assert_eq!(run.code, 0, "{run:#?}");
    // And what the request takes away from the policy is not taken away yet.
    let strict = "[block]\ntests = true\n";
    let (run, _) =
        pull(&[(".stanch.toml", strict)], &[(".stanch.toml", ""), ("app.env", &line(4))], true).run();
    assert_eq!(run.code, 1, "{run:#?}");
}
