//! `stanch agent doctor` and `stanch agent list`.

use super::HOSTS;
use super::install::with_stanch;
use std::fs;

#[test]
fn doctor_feeds_every_installed_hook_a_secret_and_says_which_refuse() {
    let s = with_stanch();
    let run = s.stanch(["agent", "doctor"]);
    assert!(run.code == 1 && run.stdout.contains("no hooks of coding assistants"), "{run:#?}");
    for host in HOSTS {
        s.stanch(["agent", "install", host]).ok();
    }
    let run = s.stanch(["agent", "doctor"]);
    let good = run.stdout.lines().filter(|l| l.ends_with("installed, refuses a made-up secret")).count();
    assert!(run.code == 0 && good == HOSTS.len(), "{run:#?}");
}

#[test]
fn doctor_tells_installed_from_in_force() {
    let s = with_stanch();
    s.stanch(["agent", "install", "claude"]).ok();
    let path = s.dir().join(".claude/settings.json");
    let text = fs::read_to_string(&path).unwrap();
    for (from, to, why) in [
        ("stanch agent hook", "/nowhere/stanch agent hook", "did not run"),
        ("agent hook claude || ", "agent hook claude < /dev/null; true || ", "could not check"),
        ("\"PreToolUse\"", "\"PreTool\"", "nothing runs at PreToolUse"),
        ("{\n", "{\n  \"disableAllHooks\": true,\n", "disableAllHooks is true"),
    ] {
        fs::write(&path, text.replacen(from, to, if from.len() > 4 { 9 } else { 1 })).unwrap();
        let run = s.stanch(["agent", "doctor"]);
        assert!(
            run.code == 1 && run.stdout.contains("NOT in force") && run.stdout.contains(why),
            "{to}: {run:#?}"
        );
    }
}

#[test]
fn list_has_a_row_for_every_host_that_says_what_its_hooks_can_do() {
    let s = with_stanch();
    let text = s.stanch(["agent", "list"]).ok().stdout;
    for host in HOSTS {
        assert!(text.lines().any(|l| l.split_whitespace().next() == Some(host)), "{host}: {text}");
    }
    let row = |host: &str| -> Vec<&str> {
        text.lines().find(|l| l.starts_with(host)).unwrap().split_whitespace().skip(1).collect()
    };
    assert_eq!(row("claude"), ["refuse"; 7]);
    assert_eq!(row("kiro"), ["warn", "refuse", "refuse", "refuse", "refuse", "warn", "warn"]);
}
