//! Git run by a coding assistant: a short message, the assistant's name in the audit log, and no way around the check
//! in anything that is printed.

use crate::support::{Run, Sandbox, key};
use serde_json::Value;

/// A guarded repository in which an assistant runs git.
fn assisted() -> Sandbox {
    Sandbox::guarded().env("CLAUDECODE", "1")
}

fn python(seed: u64) -> String {
    format!("import os\n\nKLAVIYO_API_KEY = \"{}\"\n", key(seed))
}

/// The lines that stanch printed.
fn lines(run: &Run) -> Vec<&str> {
    run.stderr.lines().filter(|line| !line.is_empty()).collect()
}

#[track_caller]
fn names_no_way_around(text: &str) {
    for word in ["allow", "BYPASS", "no-verify", "--store", "hooksPath"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

#[test]
fn an_assistant_gets_one_line_a_finding_and_one_line_of_what_to_do() {
    let s = assisted();
    s.stage("app/a.py", python(1));
    s.stage("b.ts", format!("const x = 1;\nexport const klaviyoApiKey = \"{}\";\n", key(2)));
    let run = s.commit();
    assert_eq!(run.code, 1);
    let lines = lines(&run);
    assert_eq!(lines.len(), 3, "{run:#?}");
    assert!(
        lines[0].starts_with("app/a.py:3:20 klaviyo-") && lines[0].contains(" -> os.environ["),
        "{lines:?}"
    );
    assert!(lines[1].starts_with("b.ts:2:") && lines[1].contains(" -> process.env."), "{lines:?}");
    assert!(lines[2].starts_with("stanch: commit blocked. "), "{lines:?}");
    assert!(lines[2].contains("stanch fix --all"), "{lines:?}");
    names_no_way_around(&run.stderr);
    assert!(!run.stderr.contains(&key(1)) && !run.stderr.contains('\u{1b}'), "{run:#?}");
    // A second try says the same.
    assert_eq!(s.commit().stderr, run.stderr);
    // What it says leads to a commit.
    s.stanch(["fix", "--all"]).ok();
    s.git(["add", "app/a.py", "b.ts"]);
    s.commit().ok();
}

#[test]
fn a_person_gets_the_message_for_a_person() {
    let s = Sandbox::guarded();
    s.stage("a.py", python(1));
    let run = s.commit();
    assert!(run.stderr.contains("stanch allow") && run.stderr.lines().count() > 10, "{run:#?}");
}

#[test]
fn a_clean_commit_prints_nothing() {
    let s = assisted();
    s.stage("a.py", "x = 1\n");
    assert_eq!(s.commit().ok().stderr, "");
}

#[test]
fn the_message_is_one_json_object_if_asked_for() {
    for (agent, named) in [(Some("CODEX_CI"), Some("codex")), (None, None)] {
        let mut s = Sandbox::guarded().env("STANCH_FORMAT", "json");
        if let Some(variable) = agent {
            s = s.env(variable, "1");
        }
        s.stage("a.py", python(3));
        let run = s.commit();
        assert_eq!(run.code, 1);
        let object: Value =
            serde_json::from_str(run.stderr.trim()).unwrap_or_else(|e| panic!("{e}: {run:#?}"));
        assert_eq!(object["result"], "blocked");
        assert_eq!(object["stage"], "commit");
        assert_eq!(object["agent"].as_str(), named);
        let finding = &object["findings"][0];
        assert_eq!((finding["path"].as_str(), finding["line"].as_u64()), (Some("a.py"), Some(3)));
        assert_eq!(finding["decision"], "block");
        assert_eq!(finding["by_fix"], true);
        assert!(finding["replacement"].as_str().unwrap().starts_with("os.environ["), "{finding}");
        assert!(!run.stderr.contains(&key(3)), "{run:#?}");
        names_no_way_around(&run.stderr);
    }
}

#[test]
fn a_message_and_a_push_are_named_as_what_they_are() {
    let s = assisted();
    s.hook("commit-msg");
    s.stage("a.txt", "a\n");
    let run = s.try_git(["commit", "-q", "-m", &format!("use KLAVIYO_API_KEY={}", key(4))]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains(":1:21 klaviyo-") && run.stderr.contains("without the value"), "{run:#?}");
    names_no_way_around(&run.stderr);

    let s = assisted();
    s.git(["init", "-q", "--bare", "../remote.git"]);
    s.git(["remote", "add", "origin", "../remote.git"]);
    let commit = s.record(&[("a.py", &python(5))]);
    s.hook("pre-push");
    let run = s.try_git(["push", "-q", "origin", "main"]);
    assert_ne!(run.code, 0);
    let short = format!(" (commit {})", &commit[..12]);
    assert!(run.stderr.contains("a.py:3:20 ") && run.stderr.contains(&short), "{run:#?}");
    assert!(run.stderr.contains("stanch: push blocked. "), "{run:#?}");
    names_no_way_around(&run.stderr);
}

#[test]
fn a_warning_and_unread_content_have_their_lines() {
    let s = assisted();
    s.stage("notes.txt", format!("{}\n", "x".repeat(100)));
    s.write(".stanch.toml", "[limits]\nmax_blob_mb = 1\n");
    s.record(&[(".stanch.toml", "[limits]\nmax_blob_mb = 1\n")]);
    s.stage("big.txt", "word ".repeat(500_000));
    let run = s.commit();
    assert_eq!(run.code, 1, "git turns every failure of a hook into 1");
    let lines = lines(&run);
    assert!(lines.iter().any(|l| l.starts_with("big.txt not read: ")), "{run:#?}");
    names_no_way_around(&run.stderr);
}

#[test]
fn the_audit_log_names_the_assistant_and_nobody_else() {
    let s = Sandbox::guarded();
    s.stage("a.py", python(6));
    s.commit();
    s.env("AI_AGENT", "gemini-cli").commit();
    let text = String::from_utf8(s.read(".git/stanch/audit.jsonl")).unwrap();
    let records: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(records.len(), 2, "{text}");
    assert!(records[0].get("agent").is_none(), "{text}");
    assert_eq!(records[1]["agent"], "gemini-cli");
    let shown = s.stanch(["audit"]).ok().stdout;
    assert!(shown.lines().nth(1).unwrap().contains(" via gemini-cli"), "{shown}");
}

#[test]
fn the_paragraph_for_an_assistant_is_printed_and_nothing_is_written() {
    let s = assisted();
    let text = s.stanch(["agent", "rules"]).ok().stdout;
    assert!(text.starts_with("## Secrets\n") && text.lines().count() < 20, "{text}");
    names_no_way_around(&text);
    assert_eq!(s.git(["status", "--porcelain"]), "");
    // The commands that it names exist, and it may be committed.
    s.stage("app.env", format!("KLAVIYO_API_KEY={}\n", key(8)));
    let masked = s.stanch(["agent", "read", "app.env"]).ok().stdout;
    assert!(masked.contains("KLAVIYO_API_KEY=") && !masked.contains(&key(8)), "{masked}");
    assert_eq!(s.stanch(["scan", "--staged"]).code, 1);
    s.git(["rm", "-qf", "--cached", "app.env"]);
    s.stage("AGENTS.md", text);
    s.commit().ok();
}
