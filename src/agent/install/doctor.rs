//! Feeds each installed hook a made-up secret, the way its host would, and says whether the host would refuse it.

use super::places::{Form, Surface};
use super::{json, mark, ours, read};
use crate::agent::host::Host;
use crate::error::Error;
use crate::finding::printable;
use crate::hooks::git::Git;
use crate::scan::template;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// How a host's hooks are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing of ours is there.
    Absent,
    /// Something is there, and does not refuse.
    Broken(String),
    /// The hook refuses a made-up secret; whether the host runs it is the host's matter.
    Refuses,
}

/// Examines a surface.
pub(crate) fn examine(surface: &Surface) -> Result<State, Error> {
    let Some(commands) = commands(surface)? else { return Ok(State::Absent) };
    for event in surface.events {
        if !commands.iter().any(|(name, _)| name == event.name) {
            return Ok(State::Broken(format!("nothing runs at {}; install again", event.name)));
        }
    }
    if surface.form == Form::Settings
        && let Some(why) = read(&surface.path)?.as_deref().and_then(json::switched_off)
    {
        return Ok(State::Broken(why.to_owned()));
    }
    let temp = tempfile::tempdir().map_err(Error::io("a folder for the proof"))?;
    // A repository of its own: no policy and no entry of another one decides here.
    Git::apart(temp.path()).must(&["init", "-q", "--template="])?;
    let secret =
        template::expand("pk_${hex-lower:34}", 1).map_err(|e| Error::Usage(format!("internal: {e}")))?;
    for (event, command) in commands {
        let Some(payload) = payload(surface.host, &event, &secret, temp.path()) else { continue };
        if let Err(why) = refuses(surface.host, &event, &command, &payload, temp.path()) {
            return Ok(State::Broken(format!("at {event}: {why}")));
        }
    }
    Ok(State::Refuses)
}

/// Our commands with their events; `None` if nothing of ours is there.
fn commands(surface: &Surface) -> Result<Option<Vec<(String, String)>>, Error> {
    match surface.form {
        Form::Settings | Form::Own { .. } => {
            Ok(ours(surface, &surface.path)?.map(|text| json::commands(&text, surface)))
        }
        Form::Plugin => Ok(ours(surface, &surface.path)?.map(|text| {
            let line = text.lines().find_map(|l| l.strip_prefix("const PROGRAM = "));
            let program = line.and_then(|l| serde_json::from_str::<String>(l).ok()).unwrap_or_default();
            let program = super::quoted(Path::new(&program));
            vec![("tool.execute.before".to_owned(), format!("{program} {}", mark(surface.host)))]
        })),
        Form::Scripts => {
            let mut out = Vec::new();
            for event in surface.events {
                let path = surface.path.join(event.name);
                if ours(surface, &path)?.is_some() {
                    out.push((event.name.to_owned(), super::quoted(&path)));
                }
            }
            Ok((!out.is_empty()).then_some(out))
        }
    }
}

/// What a host sends at an event of a made-up secret; `None` for one that refuses nothing.
pub(crate) fn payload(host: Host, event: &str, secret: &str, dir: &Path) -> Option<Value> {
    let line = format!("curl -H 'Authorization: Klaviyo-API-Key {secret}' https://a.klaviyo.com/api/lists");
    let text = format!("use the key {secret} for mail");
    let dir = dir.to_string_lossy();
    Some(match (host, event) {
        (Host::Claude | Host::Codex | Host::Vscode, "UserPromptSubmit") => {
            json!({ "session_id": "doctor", "cwd": dir, "hook_event_name": event, "prompt": text })
        }
        (Host::Claude | Host::Codex | Host::Vscode, "PreToolUse") => json!({
            "session_id": "doctor", "cwd": dir, "hook_event_name": event,
            "tool_name": "Bash", "tool_input": { "command": line },
        }),
        (Host::Copilot, "userPromptSubmitted") => {
            json!({ "sessionId": "doctor", "cwd": dir, "prompt": text })
        }
        (Host::Copilot, "preToolUse") => {
            json!({ "sessionId": "doctor", "cwd": dir, "toolName": "bash", "toolArgs": { "command": line } })
        }
        (Host::Cursor, "beforeSubmitPrompt") => {
            json!({ "conversation_id": "doctor", "workspace_roots": [dir], "hook_event_name": event, "prompt": text })
        }
        (Host::Cursor, "beforeShellExecution") => json!({
            "conversation_id": "doctor", "workspace_roots": [dir], "hook_event_name": event, "command": line, "cwd": dir,
        }),
        (Host::Gemini, "BeforeAgent") => {
            json!({ "session_id": "doctor", "cwd": dir, "hook_event_name": event, "prompt": text })
        }
        (Host::Gemini, "BeforeTool") => json!({
            "session_id": "doctor", "cwd": dir, "hook_event_name": event,
            "tool_name": "run_shell_command", "tool_input": { "command": line },
        }),
        (Host::Windsurf, "pre_user_prompt") => {
            json!({ "trajectory_id": "doctor", "agent_action_name": event, "tool_info": { "user_prompt": text } })
        }
        (Host::Windsurf, "pre_run_command") => json!({
            "trajectory_id": "doctor", "agent_action_name": event, "tool_info": { "command_line": line, "cwd": dir },
        }),
        (Host::Cline, "PreToolUse") => json!({
            "taskId": "doctor", "workspaceRoots": [dir], "hookName": event,
            "preToolUse": { "toolName": "execute_command", "parameters": { "command": line } },
        }),
        (Host::Opencode, "tool.execute.before") => json!({
            "event": event, "sessionID": "doctor", "directory": dir, "tool": "bash", "args": { "command": line },
        }),
        (Host::Kiro, "PreToolUse") => json!({
            "session_id": "doctor", "cwd": dir, "hook_event_name": event,
            "tool_name": "execute_bash", "tool_input": { "command": line },
        }),
        _ => return None,
    })
}

/// Runs a hook's command as the host would, and reads its answer as the host would.
fn refuses(host: Host, event: &str, command: &str, payload: &Value, dir: &Path) -> Result<(), String> {
    let mut shell = if cfg!(windows) { Command::new("powershell") } else { Command::new("sh") };
    shell.arg(if cfg!(windows) { "-Command" } else { "-c" }).arg(command).current_dir(dir);
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        shell.env_remove(name);
    }
    let started = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = started.map_err(|e| format!("cannot run it: {e}"))?;
    // A program that reads nothing closes the pipe; its answer says what is wrong.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(payload.to_string().as_bytes()));
    let out = child.wait_with_output().map_err(|e| format!("cannot run it: {e}"))?;
    let code = out.status.code().unwrap_or(-1);
    let answer: Value = serde_json::from_slice(&out.stdout).unwrap_or_default();
    let is = |path: &str, value: Value| answer.pointer(path) == Some(&value);
    let denied = is("/hookSpecificOutput/permissionDecision", json!("deny"))
        || is("/permissionDecision", json!("deny"))
        || is("/decision", json!("block"))
        || is("/decision", json!("deny"))
        || is("/permission", json!("deny"))
        || is("/continue", json!(false))
        || is("/cancel", json!(true))
        || is("/action", json!("deny"));
    let text = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    let by_code = matches!(host, Host::Windsurf | Host::Kiro) && code == 2 && text.contains("stanch refused");
    if text.contains("could not check") || text.contains("could not run") {
        return Err("stanch could not check it, so everything is refused".to_owned());
    }
    if code == 2 && !denied && !by_code {
        let first = text.lines().next().unwrap_or_default();
        return Err(format!("stanch did not run, so everything is refused: {}", printable(first.as_bytes())));
    }
    match denied || by_code {
        true => Ok(()),
        false => Err(format!("the answer does not refuse a secret at {event} (exit code {code})")),
    }
}
