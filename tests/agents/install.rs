//! The settings of assistants: what stands in them stays, and goes back to what it was.

use super::HOSTS;
use crate::support::{STANCH, Sandbox, key};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Where the hooks of a project are.
fn file(host: &str) -> &'static str {
    match host {
        "claude" => ".claude/settings.json",
        "codex" => ".codex/hooks.json",
        "cursor" => ".cursor/hooks.json",
        "copilot" => ".github/hooks/stanch.json",
        "vscode" => ".github/hooks/stanch-vscode.json",
        "gemini" => ".gemini/settings.json",
        "windsurf" => ".windsurf/hooks.json",
        "cline" => ".clinerules/hooks/PreToolUse",
        "opencode" => ".opencode/plugins/stanch.js",
        "kiro" => ".kiro/hooks/stanch.json",
        other => panic!("{other}"),
    }
}

/// A sandbox in which `stanch` is on PATH.
pub(super) fn with_stanch() -> Sandbox {
    let s = Sandbox::new();
    let bin = s.root().join("bin");
    fs::create_dir(&bin).unwrap();
    let name = format!("stanch{}", std::env::consts::EXE_SUFFIX);
    #[cfg(unix)]
    std::os::unix::fs::symlink(STANCH, bin.join(&name)).unwrap();
    #[cfg(not(unix))]
    fs::copy(STANCH, bin.join(&name)).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    s.env("PATH", &format!("{}:{path}", bin.display()))
}

/// Settings as people have them.
const SETTINGS: &[&str] = &[
    "{}",
    "{\n  \"model\": \"opus\",\n  \"permissions\": { \"deny\": [\"Read(./.env)\"] }\n}\n",
    "{\n  // mine\n  \"hooks\": {\n    \"PreToolUse\": [\n      { \"matcher\": \"Bash\", \"hooks\": [{ \"type\": \"command\", \"command\": \"./check.sh\" }] }, // keep\n    ],\n    \"beforeReadFile\": [{ \"command\": \"./read.sh\" }],\n    \"BeforeTool\": [{ \"hooks\": [{ \"type\": \"command\", \"command\": \"./b.sh\" }] }],\n    \"pre_run_command\": [{ \"command\": \"./w.sh\" }]\n  },\n  \"z\": 1, /* last */\n  \"a\": [1, 2,\n    3]\n}\n",
    "{\"version\":1,\"hooks\":{\"stop\":[{\"command\":\"./s.sh\"}],\"Stop\":[{\"hooks\":[{\"type\":\"command\",\"command\":\"x\"}]}]},\"b\":true}",
    "{\r\n\t\"a\": 1,\r\n\t\"hooks\": {\r\n\t\t\"Notification\": []\r\n\t}\r\n}\r\n",
];

/// The parts of settings that have to stay: hooks of others, other settings, comments.
fn parts(old: &str) -> impl Iterator<Item = &'static str> {
    [
        "{ \"type\": \"command\", \"command\": \"./check.sh\" }",
        "{ \"command\": \"./read.sh\" }",
        "{ \"type\": \"command\", \"command\": \"./b.sh\" }",
        "{ \"command\": \"./w.sh\" }",
        "{\"command\":\"./s.sh\"}",
        "{\"type\":\"command\",\"command\":\"x\"}",
        "// mine",
        "// keep",
        "/* last */",
        "[1, 2,\n    3]",
        "\"deny\": [\"Read(./.env)\"]",
        "\"model\": \"opus\"",
        "\"Notification\": []",
        "\"b\":true",
    ]
    .into_iter()
    .filter(move |part| old.contains(part))
}

/// The hosts whose file has other settings too.
const SHARED: [&str; 5] = ["claude", "codex", "cursor", "gemini", "windsurf"];

/// The text of a host's file.
fn text(s: &Sandbox, host: &str) -> String {
    String::from_utf8(s.read(file(host))).unwrap()
}

/// A project with these settings and our hooks in them, and the text of the file.
fn installed(host: &str, old: &str) -> (Sandbox, String) {
    let s = Sandbox::new();
    s.write(file(host), old);
    s.stanch(["agent", "install", host]).ok();
    let new = text(&s, host);
    assert!(new.contains(&format!("agent hook {host}")), "{new}");
    (s, new)
}

/// Fails if a part of the old settings that has to stay is gone.
fn assert_kept(host: &str, old: &str, new: &str) {
    for part in parts(old) {
        assert!(new.contains(part), "{host}: {part:?} is gone: {new}");
    }
}

#[test]
fn what_stands_in_settings_stays_and_uninstall_gives_the_old_bytes() {
    for host in SHARED {
        for old in SETTINGS {
            let (s, new) = installed(host, old);
            assert_kept(host, old, &new);
            let again = s.stanch(["agent", "install", host]).ok();
            assert!(again.stdout.contains("unchanged"), "{again:#?}");
            assert_eq!(text(&s, host), new, "{host}: twice");
            s.stanch(["agent", "uninstall", host]).ok();
            assert_eq!(text(&s, host), *old, "{host}: after {new}");
        }
    }
}

#[test]
fn a_file_that_was_changed_since_loses_our_entries_only() {
    for host in SHARED {
        for old in SETTINGS {
            let (s, new) = installed(host, old);
            s.write(file(host), format!("// changed\n{new}"));
            s.stanch(["agent", "uninstall", host]).ok();
            let after = text(&s, host);
            assert!(after.starts_with("// changed\n") && !after.contains("agent hook"), "{after}");
            assert_kept(host, old, &after);
        }
    }
}

#[test]
fn a_file_that_only_we_wrote_is_deleted_again_with_its_folder() {
    for host in HOSTS {
        let s = Sandbox::new();
        let run = s.stanch(["agent", "install", host]).ok();
        assert!(run.stdout.contains("hooks written"), "{run:#?}");
        let text = text(&s, host);
        assert!(text.contains("stanch"), "{text}");
        s.stanch(["agent", "uninstall", host]).ok();
        assert!(!s.dir().join(file(host)).exists(), "{host}");
        assert!(!s.dir().join(file(host)).parent().unwrap().exists(), "{host}: the folder stays");
        let run = s.stanch(["agent", "uninstall", host]).ok();
        assert!(run.stdout.contains("unchanged"), "{run:#?}");
    }
}

#[test]
fn what_is_not_understood_is_left_as_it_is() {
    for (text, why) in [
        ("[1]\n", "not a JSON object"),
        ("{ \"hooks\": 3 }\n", "`hooks` in it is not an object"),
        ("{ \"hooks\": { \"PreToolUse\": {} } }\n", "`hooks.PreToolUse` in it is not a list"),
        ("{ \"a\": \n", "does not parse"),
        ("\u{feff}{", "does not parse"),
    ] {
        let s = Sandbox::new();
        s.write(file("claude"), text);
        let run = s.stanch(["agent", "install", "claude"]);
        assert!(
            run.code == 2 && run.stderr.contains(why) && run.stderr.contains("left as it is"),
            "{text}: {run:#?}"
        );
        assert_eq!(s.read(file("claude")), text.as_bytes());
    }
    let s = Sandbox::new();
    s.write(file("cline"), "#!/bin/sh\n./mine\n");
    s.stanch(["agent", "install", "cline"]).could_not_check("another hook is there");
    assert_eq!(s.stanch(["agent", "install", "codex", "--machine"]).code, 2);
    assert_eq!(s.stanch(["agent", "install"]).code, 2);
}

#[test]
fn the_fail_closed_switch_is_set_where_the_host_has_one() {
    let s = Sandbox::new();
    for host in ["claude", "cursor", "codex"] {
        s.stanch(["agent", "install", host]).ok();
    }
    let json = |host: &str| -> Value { serde_json::from_slice(&s.read(file(host))).unwrap() };
    let claude = json("claude");
    for event in ["UserPromptSubmit", "PreToolUse", "PostToolUse"] {
        assert_eq!(claude["hooks"][event][0]["hooks"][0]["onFailure"], "block", "{claude}");
    }
    assert_eq!(json("cursor")["hooks"]["beforeReadFile"][0]["failClosed"], true);
    // Codex does not know other fields.
    let codex = json("codex");
    let entry = codex["hooks"]["PreToolUse"][0]["hooks"][0].as_object().unwrap();
    assert_eq!(entry.keys().collect::<Vec<_>>(), ["command", "timeout", "type"]);
}

#[cfg(unix)]
#[test]
fn a_missing_program_refuses() {
    let s = Sandbox::new();
    for host in ["claude", "codex", "gemini", "windsurf", "kiro", "cline"] {
        s.stanch(["agent", "install", host]).ok();
        let text = text(&s, host);
        let command = match host {
            "cline" => s.dir().join(file(host)).to_str().unwrap().to_owned(),
            _ => {
                let v: Value = serde_json::from_str(&text).unwrap();
                strings(&v).into_iter().find(|t| t.contains("agent hook")).unwrap()
            }
        };
        let s = s.env("PATH", "/nowhere:/bin:/usr/bin");
        let run = s.run_with("/bin/sh", ["-c", &command], b"{}");
        match host {
            "cline" => assert!(run.code == 0 && run.stdout.contains("\"cancel\":true"), "{run:#?}"),
            _ => assert!(run.code == 2 && !run.stderr.is_empty(), "{host}: {run:#?}"),
        }
    }
}

fn strings(v: &Value) -> Vec<String> {
    match v {
        Value::String(s) => vec![s.clone()],
        Value::Array(all) => all.iter().flat_map(strings).collect(),
        Value::Object(map) => map.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn hooks_of_a_user_and_of_a_machine_have_their_own_places_and_the_programs_path() {
    let s = Sandbox::new();
    for (host, path) in [
        ("claude", ".claude/settings.json"),
        ("codex", ".codex/hooks.json"),
        ("cursor", ".cursor/hooks.json"),
        ("copilot", ".copilot/hooks/stanch.json"),
        ("gemini", ".gemini/settings.json"),
        ("windsurf", ".codeium/windsurf/hooks.json"),
        ("cline", ".cline/hooks/PreToolUse"),
        ("opencode", ".config/opencode/plugins/stanch.js"),
        ("kiro", ".kiro/hooks/stanch.json"),
    ] {
        s.stanch(["agent", "install", host, "--user"]).ok();
        let text = fs::read_to_string(s.home().join(path)).unwrap();
        assert!(text.contains(STANCH), "{host}: {text}");
        s.stanch(["agent", "uninstall", host, "--user"]).ok();
        assert!(!s.home().join(path).exists(), "{host}");
    }
    let root = s.root().join("image");
    let root = root.to_str().unwrap();
    for (host, path) in [
        ("claude", "etc/claude-code/managed-settings.d/stanch.json"),
        ("cursor", "etc/cursor/hooks.json"),
        ("copilot", "etc/github-copilot/policy.d/stanch.json"),
        ("gemini", "etc/gemini-cli/settings.json"),
        ("windsurf", "etc/windsurf/hooks.json"),
    ] {
        s.stanch(["agent", "install", host, "--machine", "--root", root]).ok();
        assert!(Path::new(root).join(path).exists(), "{host}");
    }
}

#[test]
fn the_plugin_of_opencode_refuses_masks_and_fails_closed() {
    let s = with_stanch();
    if !s.command("node").arg("--version").output().is_ok_and(|o| o.status.success()) {
        eprintln!("node was not found: the plugin was not run");
        return;
    }
    s.stanch(["agent", "install", "opencode"]).ok();
    let script = r#"
const { Stanch } = await import(process.argv[2])
const hooks = await Stanch({ directory: process.cwd() })
const out = {}
const key = process.argv[3]
const before = async (args) => {
  try { await hooks["tool.execute.before"]({ tool: "bash", sessionID: "s" }, { args }); return "goes" } catch (e) { return e.message }
}
out.clean = await before({ command: "ls" })
out.secret = await before({ command: `curl -H 'Authorization: Klaviyo-API-Key ${key}' https://a.klaviyo.com` })
const after = { output: `KLAVIYO_API_KEY=${key}\n` }
await hooks["tool.execute.after"]({ tool: "bash", sessionID: "s", args: { command: "x" } }, after)
out.after = after.output
const message = { parts: [{ type: "text", text: `use ${key}` }, { type: "file" }] }
await hooks["chat.message"]({ sessionID: "s" }, message)
out.prompt = message.parts[0].text
console.log(JSON.stringify(out))
"#;
    s.write("run.mjs", script);
    let run = |s: &Sandbox| -> Value {
        let plugin = s.dir().join(file("opencode"));
        let node = s.run_with("node", ["run.mjs", plugin.to_str().unwrap(), &key(3)], b"").ok();
        assert!(!node.stdout.contains(&key(3)), "{node:#?}");
        serde_json::from_str(&node.stdout).unwrap()
    };
    // Node takes a .js file for a module if its folder says so.
    s.write(".opencode/package.json", "{\"type\": \"module\"}\n");
    let out = run(&s);
    assert_eq!(out["clean"], "goes");
    for part in ["secret", "prompt"] {
        assert!(out[part].as_str().unwrap().contains("stanch refused this"), "{out}");
    }
    assert!(
        out["after"].as_str().unwrap().starts_with("KLAVIYO_API_KEY=<masked klaviyo-private-api-key "),
        "{out}"
    );
    let plugin = text(&s, "opencode").replace("\"stanch\"", "\"/nowhere/stanch\"");
    assert!(plugin.contains("/nowhere/stanch"), "{plugin}");
    s.write(file("opencode"), plugin);
    let node =
        s.run_with("node", ["run.mjs", s.dir().join(file("opencode")).to_str().unwrap(), "x"], b"").ok();
    let out: Value = serde_json::from_str(&node.stdout).unwrap();
    assert!(out["clean"].as_str().unwrap().contains("could not check"), "{out}");
    assert_ne!(out, json!({}));
}
