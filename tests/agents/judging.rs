//! What is judged at an event, and in which context.

use super::contract::{Effect, effect};
use super::payloads::{Does, payload};
use super::table::run;
use super::{HOSTS, hook, project};
use crate::support::{STANCH, Sandbox, key, secret};
use serde_json::{Value, json};
use std::fs;

/// The effect of a tool of Claude Code.
#[allow(clippy::needless_pass_by_value, reason = "each call makes its own")]
pub(super) fn tool(s: &Sandbox, name: &str, input: Value) -> Effect {
    let payload = json!({
        "session_id": "s1", "cwd": s.dir().to_str().unwrap(), "hook_event_name": "PreToolUse",
        "tool_name": name, "tool_input": input,
    });
    let run = hook(s, "claude", "PreToolUse", &payload);
    effect("claude", "PreToolUse", &run).unwrap_or_else(|e| panic!("{e}: {run:#?}"))
}

/// What Claude Code's model sees of an output, and what is said about it.
fn output(s: &Sandbox, session: &str, response: &Value) -> (Option<Value>, String) {
    let payload = json!({
        "session_id": session, "cwd": s.dir().to_str().unwrap(), "hook_event_name": "PostToolUse",
        "tool_name": "Bash", "tool_input": { "command": "x" }, "tool_response": response,
    });
    let run = hook(s, "claude", "PostToolUse", &payload);
    if run.stdout.is_empty() {
        return (None, String::new());
    }
    let v: Value = serde_json::from_str(&run.stdout).unwrap();
    let own = &v["hookSpecificOutput"];
    (own.get("updatedToolOutput").cloned(), own["additionalContext"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_denied_read_gives_the_names_and_how_to_go_on() {
    let s = project();
    let effect = tool(&s, "Read", json!({ "file_path": s.dir().join(".env") }));
    let said = effect.said();
    assert!(said.contains("It defines DEBUG, KLAVIYO_API_KEY, PORT."), "{said}");
    assert!(said.contains("line 2: KLAVIYO_API_KEY") && said.contains("stanch agent read .env"), "{said}");
    let shown = s.stanch(["agent", "read", ".env"]).ok().stdout;
    assert!(shown.starts_with("DEBUG=1\nKLAVIYO_API_KEY=<masked klaviyo-private-api-key "), "{shown}");
    assert!(shown.ends_with(">\nPORT=80\n") && !shown.contains(&key(2)), "{shown}");
}

#[test]
fn only_the_lines_that_are_read_count() {
    let s = project();
    let file = s.dir().join("old.py");
    for (input, slug) in [
        (json!({ "file_path": file, "offset": 3, "limit": 1 }), "goes"),
        (json!({ "file_path": file, "offset": 2, "limit": 1 }), "refused"),
        (json!({ "file_path": file, "limit": 2 }), "refused"),
    ] {
        assert_eq!(tool(&s, "Read", input.clone()).slug(), slug, "{input}");
    }
    for (pattern, mode, slug) in [
        ("KLAVIYO", "content", "refused"),
        ("^x = ", "content", "goes"),
        ("KLAVIYO", "files_with_matches", "goes"),
        ("(", "content", "refused"),
    ] {
        let input = json!({ "pattern": pattern, "path": file, "output_mode": mode });
        assert_eq!(tool(&s, "Grep", input).slug(), slug, "{pattern} {mode}");
    }
}

#[test]
fn a_file_that_an_mcp_server_reads_is_a_read() {
    let s = project();
    for (name, file, slug) in [
        ("mcp__fs__read_file", ".env", "refused"),
        ("mcp__fs__read_file", "clean.py", "goes"),
        ("mcp__fs__stat", ".env", "goes"),
    ] {
        assert_eq!(tool(&s, name, json!({ "path": s.dir().join(file) })).slug(), slug, "{name} {file}");
    }
}

#[test]
fn a_denied_write_gives_each_place_with_its_replacement_in_the_language() {
    let s = project();
    let value = key(5);
    for (file, text, expression) in [
        ("mail.py", format!("import os\nKLAVIYO_API_KEY = \"{value}\"\n"), "os.environ[\"KLAVIYO_API_KEY\"]"),
        ("mail.ts", format!("const klaviyoKey = \"{value}\";\n"), "process.env.KLAVIYO_API_KEY"),
        ("mail.go", format!("package a\n\nvar klaviyo = \"{value}\"\n"), "os.Getenv(\"KLAVIYO_API_KEY\")"),
        ("mail.rb", format!("KLAVIYO_KEY = \"{value}\"\n"), "ENV.fetch(\"KLAVIYO_API_KEY\")"),
        ("mail.sh", format!("klaviyo=\"{value}\"\n"), "KLAVIYO_API_KEY"),
    ] {
        let effect = tool(&s, "Write", json!({ "file_path": s.dir().join(file), "content": text }));
        let said = effect.said();
        assert_eq!(effect.slug(), "refused", "{file}");
        let line = text.lines().position(|l| l.contains(&value)).unwrap() + 1;
        let row = said
            .lines()
            .find(|l| l.starts_with(&format!("{file}:{line}:")))
            .unwrap_or_else(|| panic!("{said}"));
        assert!(row.contains("klaviyo-private-api-key") && row.contains(expression), "{row}");
    }
}

#[test]
fn a_write_is_judged_in_the_context_of_the_whole_file_and_old_values_may_move() {
    let s = project();
    // The name is in the old part of the line, its value comes in the edit.
    let value = secret("${base62:24}", 7);
    s.record(&[("conf.py", "import os\n\ndb_password = PLACEHOLDER\n")]);
    let input = json!({
        "file_path": s.dir().join("conf.py"), "old_string": "PLACEHOLDER", "new_string": format!("\"{value}\""),
    });
    let effect = tool(&s, "Edit", input);
    assert!(effect.slug() == "refused" && effect.said().contains("conf.py:3:"), "{effect:?}");
    // The value of old.py moves within its file.
    let old = String::from_utf8(s.read("old.py")).unwrap();
    let moved = format!("# moved\n\n{}", old.replace("x = 1\n", ""));
    let effect = tool(&s, "Write", json!({ "file_path": s.dir().join("old.py"), "content": moved }));
    assert_eq!(effect, Effect::Goes);
    // In another file it is new.
    let effect = tool(&s, "Write", json!({ "file_path": s.dir().join("copy.py"), "content": old }));
    assert_eq!(effect.slug(), "refused");
}

#[test]
fn cells_of_notebooks_and_patches_of_several_files_are_judged() {
    let s = project();
    let source = format!("import os\nklaviyo_api_key = \"{}\"", key(6));
    let input =
        json!({ "notebook_path": s.dir().join("a.ipynb"), "new_source": source, "edit_mode": "insert" });
    let effect = tool(&s, "NotebookEdit", input);
    assert!(effect.slug() == "refused" && effect.said().contains("os.environ"), "{effect:?}");
    let patch = format!(
        "*** Begin Patch\n*** Update File: clean.py\n@@\n-import os\n+import os, sys\n*** Add File: b.py\n+K = \"{}\"\n*** End Patch",
        key(7)
    );
    let effect = tool(&s, "apply_patch", json!({ "command": patch }));
    assert!(effect.slug() == "refused" && effect.said().contains("b.py:1:"), "{effect:?}");
}

#[test]
fn outputs_keep_their_shape_and_equal_values_have_equal_names_within_a_session() {
    let s = project();
    let (a, b) = (key(3), key(4));
    let response = json!({
        "stdout": format!("A={a}\nagain {a}\nB={b}\n"), "stderr": "", "interrupted": false,
        "lines": [1, null, { "api_key": a }], "text": "nothing here",
    });
    let (masked, said) = output(&s, "s1", &response);
    let masked = masked.unwrap();
    let stdout = masked["stdout"].as_str().unwrap();
    let names: Vec<&str> =
        stdout.split("<masked klaviyo-private-api-key ").skip(1).map(|p| &p[..8]).collect();
    assert!(names.len() == 3 && names[0] == names[1] && names[0] != names[2], "{stdout}");
    assert_eq!(stdout.lines().next().unwrap(), format!("A=<masked klaviyo-private-api-key {}>", names[0]));
    assert_eq!(masked["interrupted"], false);
    assert_eq!(masked["lines"][0], 1);
    assert!(masked["lines"][2]["api_key"].as_str().unwrap().contains(names[0]), "{masked}");
    assert!(
        said.contains("stanch masked this: the output has 2 secrets")
            && said.contains("klaviyo-private-api-key"),
        "{said}"
    );
    // What was masked is clean, and masked the same again; another session has other names.
    assert_eq!(output(&s, "s1", &masked), (None, String::new()));
    assert_eq!(output(&s, "s1", &response).0.unwrap(), masked);
    let other = output(&s, "s2", &response).0.unwrap();
    assert!(!other.to_string().contains(names[0]), "{other}");
    // The names are not those of the repository, which everyone can compute.
    s.write("a.txt", &a);
    let scan = s.stanch(["scan", "a.txt", "--format", "json"]).stdout;
    assert!(!scan.contains(names[0]), "{scan}");
}

#[test]
fn a_relative_home_does_not_put_the_key_of_names_into_the_repository() {
    let s = project().env("HOME", "home").env("XDG_STATE_HOME", "state");
    let (masked, _) = output(&s, "s1", &json!({ "stdout": format!("A={}\n", key(3)) }));
    assert!(masked.unwrap().to_string().contains("<masked klaviyo-private-api-key "));
    assert!(!s.dir().join("home").exists() && !s.dir().join("state").exists());
}

#[test]
fn a_value_under_its_key_in_another_field_is_masked_too() {
    let s = project();
    let password = secret("${base62:24}", 3);
    let response =
        json!({ "content": [{ "type": "text", "text": format!("{{\"db_password\": \"{password}\"}}") }] });
    let (masked, _) = output(&s, "s1", &response);
    assert!(!masked.unwrap().to_string().contains(&password));
    let response = json!({ "rows": [{ "db_password": password }], "echo": format!("it is {password}.") });
    let (masked, _) = output(&s, "s1", &response);
    assert!(!masked.unwrap().to_string().contains(&password));
}

#[test]
fn decisions_of_a_person_are_not_the_assistants() {
    let s = project();
    s.stanch(["install"]).ok();
    s.write(
        ".claude/settings.json",
        "{\"hooks\": {\"Stop\": [{\"hooks\": [{\"command\": \"stanch agent hook claude\"}]}]}}\n",
    );
    let marked = format!("K = \"{}\"  # stanch:allow klaviyo-private-api-key -- a test\n", key(8));
    let at = |file: &str| s.dir().join(file);
    for (name, input) in [
        ("Write", json!({ "file_path": at(".stanch.toml"), "content": "[block]\nseverity = 'critical'\n" })),
        ("Write", json!({ "file_path": at(".stanch-baseline"), "content": "x\n" })),
        ("Write", json!({ "file_path": at("sub/.stanch.toml"), "content": "x = 1\n" })),
        ("Write", json!({ "file_path": at(".git/hooks/pre-commit"), "content": "#!/bin/sh\n" })),
        ("Write", json!({ "file_path": at("new.py"), "content": marked })),
        ("Write", json!({ "file_path": at(".claude/settings.json"), "content": "{}\n" })),
        (
            "Write",
            json!({ "file_path": at(".claude/settings.local.json"), "content": "{\"disableAllHooks\": true}" }),
        ),
        (
            "Edit",
            json!({
                "file_path": at(".claude/settings.json"), "old_string": "stanch agent hook claude", "new_string": "true",
            }),
        ),
    ] {
        let effect = tool(&s, name, input.clone());
        assert!(effect.slug() == "refused" && effect.said().contains("a person"), "{input}: {effect:?}");
    }
    let effect = tool(
        &s,
        "Edit",
        json!({ "file_path": at(".claude/settings.json"), "old_string": "Stop", "new_string": "End" }),
    );
    assert_eq!(effect, Effect::Goes);
    // The audit log has them, without a value.
    let log = fs::read_to_string(s.dir().join(".git/stanch/audit.jsonl")).unwrap();
    assert!(
        log.lines().count() == 8
            && log.contains("\"stage\":\"agent gate\"")
            && log.contains("stanch's policy")
            && !log.contains(&key(8)),
        "{log}"
    );
    let shown = s.stanch(["audit"]).ok().stdout;
    assert!(shown.contains("agent"), "{shown}");
}

#[test]
fn the_policy_says_what_happens_and_a_repository_cannot_go_under_a_floor() {
    let s = project();
    let secret = key(3);
    let prompt = format!("use {secret}");
    let read = |s: &Sandbox, host: &str| run(s, host, &Does::Read("old.py", "x"));
    s.record(&[(".stanch.toml", "[agent]\nread = 'ask'\nprompt = 'warn'\noutput = 'deny'\n")]);
    assert_eq!(read(&s, "claude").slug(), "asked");
    // A host that cannot ask refuses.
    assert_eq!(read(&s, "windsurf").slug(), "refused");
    assert_eq!(run(&s, "claude", &Does::Prompt(&prompt)).slug(), "warned");
    assert_eq!(run(&s, "claude", &Does::Output(&prompt)).slug(), "replaced");
    s.record(&[(
        ".stanch.toml",
        "[agent]\nread = 'mask'\nprompt = 'allow'\noutput = 'allow'\nwrite = 'allow'\n",
    )]);
    // The output will be masked where the host lets it be.
    assert_eq!(read(&s, "claude").slug(), "goes");
    assert_eq!(read(&s, "windsurf").slug(), "refused");
    for does in [Does::Prompt(&prompt), Does::Output(&prompt), Does::Write("a.py", &prompt)] {
        assert_eq!(run(&s, "claude", &does), Effect::Goes, "{does:?}");
    }
    let system = s.root().join("system.toml");
    fs::write(&system, "[enforce.agent]\nread = 'deny'\nprompt = 'deny'\noutput = 'mask'\nwrite = 'deny'\n")
        .unwrap();
    let s = s.env("STANCH_SYSTEM_CONFIG", system.to_str().unwrap());
    assert_eq!(read(&s, "claude").slug(), "refused");
    for (does, slug) in [
        (Does::Prompt(&prompt), "refused"),
        (Does::Output(&prompt), "replaced"),
        (Does::Write("a.py", &prompt), "refused"),
    ] {
        assert_eq!(run(&s, "claude", &does).slug(), slug, "{does:?}");
    }
    // A secret that a person has allowed is allowed here too.
    s.write("a.py", format!("K = \"{secret}\"\n"));
    let scan = s.stanch(["scan", "a.py", "--format", "jsonl"]).stdout;
    let scan: Value = serde_json::from_str(scan.lines().next().unwrap()).unwrap();
    s.stanch(["allow", scan["fingerprint"].as_str().unwrap(), "--reason", "made for a test"]).ok();
    assert_eq!(run(&s, "claude", &Does::Prompt(&prompt)), Effect::Goes);
}

#[test]
fn it_works_outside_of_a_repository_and_for_paths_of_every_kind() {
    let s = Sandbox::empty();
    s.write("a b/ü.env", format!("KLAVIYO_API_KEY={}\n", key(2)));
    for host in HOSTS {
        if host == "codex" {
            continue;
        }
        let effect = run(&s, host, &Does::Read("a b/ü.env", &format!("KLAVIYO_API_KEY={}\n", key(2))));
        assert!(effect.slug() == "refused" && effect.said().contains("a b/ü.env"), "{host}: {effect:?}");
    }
    let file = json!({ "file_path": "a b/../a b/ü.env" });
    assert_eq!(tool(&s, "Read", file).slug(), "refused");
    // Not in a project: only reported.
    let elsewhere = s.root().join("notes.py");
    let effect =
        tool(&s, "Write", json!({ "file_path": elsewhere, "content": format!("K = \"{}\"\n", key(2)) }));
    assert_eq!(effect, Effect::Goes);
    let effect = tool(
        &s,
        "Write",
        json!({ "file_path": s.dir().join("n.py"), "content": format!("K = \"{}\"\n", key(2)) }),
    );
    assert_eq!(effect.slug(), "refused");
    let (event, payload) = payload("claude", s.dir().to_str().unwrap(), &Does::Stop);
    assert_eq!(effect_of(&s, event, &payload), Effect::Goes);
    // A folder that is gone: the hook's own is used.
    let gone = json!({
        "session_id": "s1", "cwd": "/nowhere/at/all", "hook_event_name": "PreToolUse", "tool_name": "Bash",
        "tool_input": { "command": "ls" },
    });
    assert_eq!(effect_of(&s, "PreToolUse", &gone), Effect::Goes);
    let run = s.run_with(STANCH, ["agent", "hook", "nobody"], b"{}");
    assert!(run.code == 2 && run.stderr.contains("invalid value"), "{run:#?}");
}

fn effect_of(s: &Sandbox, event: &str, payload: &Value) -> Effect {
    effect("claude", event, &hook(s, "claude", event, payload)).unwrap()
}

#[test]
fn the_program_for_the_command_line_of_cline_names_its_events_and_tools_in_its_own_way() {
    let s = project();
    let ask = |name: &str, part: &str, of: Value| {
        // Of version 3.0.65.
        let payload = json!({
            "clineVersion": "", "timestamp": "2026-11-29T23:39:26.573Z", "taskId": "conv_1",
            "sessionContext": { "rootSessionId": "1" }, "workspaceRoots": [s.dir()],
            "workspaceInfo": { "rootPath": s.dir(), "hint": "repo" }, "userId": "unknown", "agent_id": "agent_1",
            "parent_agent_id": null, "hookName": name, "iteration": 1, part: of,
        });
        let run = hook(&s, "cline", name, &payload);
        serde_json::from_str::<Value>(&run.stdout).unwrap_or_else(|_| panic!("{run:#?}"))
    };
    let call = |tool: &str, input: Value| {
        ask("tool_call", "tool_call", json!({ "id": "c1", "name": tool, "input": input }))
    };
    let leak = format!("KLAVIYO_API_KEY = \"{}\"\n", key(6));
    for (tool, input, cancels) in [
        ("run_commands", json!({ "commands": ["ls", "cat .env"] }), true),
        ("run_commands", json!({ "commands": ["ls"] }), false),
        ("read_files", json!({ "files": [{ "path": ".env" }] }), true),
        ("read_files", json!({ "file_paths": ["clean.py"] }), false),
        ("editor", json!({ "path": "new.py", "new_text": leak }), true),
        ("editor", json!({ "path": "clean.py", "old_text": "import os", "new_text": "import sys" }), false),
        ("editor", json!({ "path": ".stanch.toml", "new_text": "[block]\n" }), true),
    ] {
        let answer = call(tool, input.clone());
        assert_eq!(answer["cancel"], json!(cancels), "{tool} {input}: {answer}");
    }
    let prompt = ask("prompt_submit", "userPromptSubmit", json!({ "prompt": leak, "attachments": [] }));
    assert_eq!(prompt["cancel"], json!(true), "{prompt}");
    s.write("left.py", leak);
    let end = ask("agent_end", "turn", json!({ "outputText": "done", "status": "completed" }));
    assert!(end["contextModification"].as_str().is_some_and(|said| said.contains("left.py:1")), "{end}");
}
