//! Every host and every event, with a secret and without one.

use super::contract::{Effect, effect};
use super::payloads::{Does, merged, payload};
use super::{HOSTS, hook, project};
use crate::support::{Sandbox, key};
use serde_json::json;

/// Runs a payload; gives what the host does then, and fails if it would ignore the answer or if a value is in it.
pub(super) fn run(s: &Sandbox, host: &str, does: &Does<'_>) -> Effect {
    let dir = s.dir().to_str().unwrap();
    let (event, payload) = payload(host, dir, does);
    let run = hook(s, host, event, &payload);
    for seed in 1..=9 {
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(!said.contains(&key(seed)), "{host} {does:?}: the value is in the answer: {run:#?}");
    }
    effect(host, event, &run).unwrap_or_else(|why| panic!("{host} {does:?}: ignored: {why}: {run:#?}"))
}

#[test]
fn every_host_does_what_the_policy_says_at_every_event() {
    let s = project();
    let env = String::from_utf8(s.read(".env")).unwrap();
    let clean = String::from_utf8(s.read("clean.py")).unwrap();
    let old = String::from_utf8(s.read("old.py")).unwrap();
    let secret = key(3);
    let prompt = format!("send a mail with {secret}, please");
    let command =
        format!("curl -H 'Authorization: Klaviyo-API-Key {secret}' https://a.klaviyo.com/api/lists");
    let code = format!("import os\n\nKLAVIYO_API_KEY = \"{secret}\"\n");
    let edit = format!("    return \"{secret}\"  # klaviyo");
    let output = format!("KLAVIYO_API_KEY={secret}\nPORT=80\n");
    let env_text = format!("KLAVIYO_API_KEY={secret}\n");
    let quiet = json!({ "query": "select 1" });
    let loud = json!({ "query": "select 1", "api_key": secret });
    let mut count = 0;
    let mut faults = Vec::new();
    for (name, does, usually, others) in [
        ("a prompt with a key", Does::Prompt(&prompt), "refused", &[("kiro", "warned")][..]),
        ("a prompt", Does::Prompt("send a mail"), "goes", &[]),
        (
            "a prompt that names a file with a key",
            Does::Prompt("what is in @.env?"),
            "refused",
            &[("kiro", "warned")],
        ),
        ("a prompt that names a clean file", Does::Prompt("what is in @clean.py?"), "goes", &[]),
        ("a read of .env", Does::Read(".env", &env), "refused", &[]),
        ("a read of code with a key", Does::Read("old.py", &old), "refused", &[]),
        ("a read of clean code", Does::Read("clean.py", &clean), "goes", &[]),
        ("a read of a sample", Does::Read(".env.example", "KLAVIYO_API_KEY=your-api-key\n"), "goes", &[]),
        ("a read of nothing", Does::Read("none.py", ""), "goes", &[]),
        ("a command with a key", Does::Command(&command), "refused", &[]),
        ("a command", Does::Command("git status --short && ls"), "goes", &[]),
        (
            "a command with a variable",
            Does::Command("curl -H \"Authorization: $KLAVIYO_API_KEY\" https://x.example"),
            "goes",
            &[],
        ),
        ("a write of a key", Does::Write("new.py", &code), "refused", &[]),
        ("a write", Does::Write("new.py", &clean), "goes", &[]),
        ("a write of a file that git ignores", Does::Write(".env", &env_text), "goes", &[]),
        (
            "a write of the policy",
            Does::Write(".stanch.toml", "[block]\nseverity = 'critical'\n"),
            "refused",
            &[],
        ),
        (
            "an edit that brings a key",
            Does::Edit("clean.py", "    return os.environ[\"KLAVIYO_API_KEY\"]", &edit),
            "refused",
            &[],
        ),
        ("an edit beside an old key", Does::Edit("old.py", "x = 1", "x = 2"), "goes", &[]),
        ("arguments with a key", Does::Mcp(loud.clone()), "refused", &[]),
        ("arguments", Does::Mcp(quiet.clone()), "goes", &[]),
        (
            "an output with a key",
            Does::Output(&output),
            "warned",
            &[
                ("claude", "replaced"),
                ("codex", "replaced"),
                ("gemini", "replaced"),
                ("opencode", "replaced"),
            ],
        ),
        ("an output", Does::Output("3 files changed\n"), "goes", &[]),
        ("the end of a turn", Does::Stop, "goes", &[]),
    ] {
        for host in HOSTS {
            // The committed key is a warning of no one; its lines are not new.
            let effect = run(&s, host, &does);
            let want = others.iter().find(|(h, _)| *h == host).map_or(usually, |(_, want)| *want);
            if effect.slug() != want {
                faults.push(format!("{host}: {name}: {effect:?}, not {want}"));
            }
            let names = ["klaviyo-private-api-key", "KLAVIYO_API_KEY", "Klaviyo", ".stanch.toml"];
            if want != "goes" && !names.iter().any(|n| effect.said().contains(n)) {
                faults.push(format!("{host}: {name}: it does not say what: {effect:?}"));
            }
            count += 1;
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count >= 150, "{count} payloads");
}

#[test]
fn the_end_of_a_turn_scans_what_the_work_tree_changes() {
    let s = project();
    s.write("new.py", format!("KLAVIYO_API_KEY = \"{}\"\n", key(4)));
    s.write("old.py", format!("import os\nKLAVIYO_API_KEY = \"{}\"\nx = 2\n", key(1)));
    for host in HOSTS {
        let effect = run(&s, host, &Does::Stop);
        assert_eq!(effect.slug(), "warned", "{host}: {effect:?}");
        let said = effect.said();
        assert!(said.contains("new.py:1") && !said.contains("old.py"), "{host}: {said}");
    }
    // Kept from ending once, the assistant is not kept again.
    s.record(&[(".stanch.toml", "[agent]\nstop = 'deny'\n")]);
    assert_eq!(run(&s, "claude", &Does::Stop).slug(), "refused");
    let (event, payload) = payload("claude", s.dir().to_str().unwrap(), &Does::Stop);
    let again = hook(&s, "claude", event, &merged(payload, json!({ "stop_hook_active": true })));
    assert_eq!(effect("claude", event, &again).unwrap().slug(), "warned", "{again:#?}");
}

#[test]
fn unknown_events_pass_and_broken_payloads_are_refused_by_every_host() {
    let s = project();
    for host in HOSTS {
        let dir = s.dir().to_str().unwrap();
        let (event, known) = payload(host, dir, &Does::Command("ls"));
        let more = merged(known.clone(), json!({ "a_new_field": { "deep": [1, 2] }, "tool_use_id": null }));
        let run = hook(&s, host, event, &more);
        assert_eq!(effect(host, event, &run).unwrap(), Effect::Goes, "{host}: {run:#?}");
        let fields = ["hook_event_name", "hookEventName", "agent_action_name", "hookName", "event"];
        let unknown = fields.iter().fold(known.clone(), |mut v, field| {
            if v.get(*field).is_some() {
                v[*field] = json!("AnEventOfTomorrow");
            }
            v
        });
        let run = hook(&s, host, "AnEventOfTomorrow", &unknown);
        assert_eq!(effect(host, "AnEventOfTomorrow", &run).unwrap(), Effect::Goes, "{host}: {run:#?}");
        for broken in [&b""[..], b"not json", b"[1]", b"{", b"{}", b"\xff\xfe", b"null"] {
            // The program of GitHub has the event's name in the command.
            let mut args = vec!["agent", "hook", host];
            if host == "copilot" {
                args.extend(["--event", "preToolUse"]);
            }
            let run = s.run_with(crate::support::STANCH, args, broken);
            let refused =
                effect(host, event, &run).unwrap_or_else(|e| panic!("{host} {broken:?}: {e}: {run:#?}"));
            assert_eq!(refused.slug(), "refused", "{host} {broken:?}: {run:#?}");
            assert!(refused.said().contains("could not check"), "{host}: {refused:?}");
        }
    }
}

#[test]
fn a_defect_of_the_program_refuses_in_every_hosts_form_and_shows_nothing_of_the_payload() {
    let s = project().env("STANCH_TEST_PANIC", "1");
    let (secret, line) = (key(3), format!("echo {}", key(3)));
    for host in HOSTS {
        for does in [Does::Command(&line), Does::Write("a.py", &secret), Does::Read(".env", &secret)] {
            // `run` fails if the host ignores the answer, or if the key that the panic quotes is in it.
            let effect = run(&s, host, &does);
            assert_eq!(effect.slug(), "refused", "{host} {does:?}: {effect:?}");
            let said = effect.said();
            assert!(said.contains("could not check") && said.contains("internal error"), "{host}: {said}");
            assert!(!said.contains("a test asked"), "{host}: {said}");
        }
    }
}

#[test]
fn a_broken_configuration_and_a_payload_that_is_too_large_refuse() {
    let s = project();
    let large = format!("{{\"prompt\": \"{}\"}}", "x".repeat(11 << 20));
    let run = s.run_with(crate::support::STANCH, ["agent", "hook", "claude"], large.as_bytes());
    assert!(run.code == 2 && run.stderr.contains("larger than 10 MB"), "{}", run.stderr);
    s.write(".stanch.toml", "[blok]\n");
    for host in HOSTS {
        let effect = run_named(&s, host);
        assert!(effect.slug() == "refused" && effect.said().contains("unknown key"), "{host}: {effect:?}");
    }
}

fn run_named(s: &Sandbox, host: &str) -> Effect {
    run(s, host, &Does::Command("ls"))
}
