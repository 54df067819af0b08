//! GitHub Copilot: its command-line program, its cloud agent and VS Code. Events have the names of Claude Code, or begin in
//! lower case and then lack their name: the hook's command has it.
//!
//! The command-line program reads the decision at the top of the answer, VS Code in `hookSpecificOutput`: both get both.

use super::{Answer, BadPayload, claude, is_quiet, needed, text};
use crate::agent::event::{Call, Event, Powers};
use crate::agent::judge::Ruling;
use crate::agent::tools;
use crate::config::AgentAction;
use serde_json::{Value, json};
use std::path::PathBuf;

pub(super) fn call(payload: &Value, event: Option<&str>) -> Result<Call, BadPayload> {
    let name = text(payload, claude::NAME).or(event).ok_or_else(|| {
        BadPayload("the payload has no text `hook_event_name`; name the event by --event".to_owned())
    })?;
    let input = payload.get("toolArgs").unwrap_or(&payload["tool_input"]);
    let tool = || needed(payload, &["toolName", "tool_name"]);
    let event = match name {
        "userPromptSubmitted" | "userPromptSubmit" | "UserPromptSubmit" => {
            Event::Prompt { text: needed(payload, &["prompt"])?.to_owned(), files: attachments(payload) }
        }
        "preToolUse" | "PreToolUse" => tools::before(tool()?, input),
        "postToolUse" | "postToolUseFailure" | "PostToolUse" | "PostToolUseFailure" => {
            let fields = ["toolResult", "tool_result", "tool_response", "error"];
            let output = fields.iter().find_map(|f| payload.get(*f)).unwrap_or(&Value::Null);
            tools::after(tool()?, input, output)
        }
        "agentStop" | "subagentStop" => claude::event("Stop", payload)?,
        other => claude::event(other, payload)?,
    };
    Ok(super::call(event, name, payload))
}

/// The files that go with a prompt.
pub(super) fn attachments(payload: &Value) -> Vec<PathBuf> {
    let all = payload.get("attachments").and_then(Value::as_array);
    let path =
        |v: &Value| v.as_str().or_else(|| text(v, &["file_path", "filePath", "path"])).map(PathBuf::from);
    all.into_iter().flatten().filter_map(path).collect()
}

pub(super) fn powers(in_editor: bool, call: &Call) -> Powers {
    match &call.event {
        Event::Prompt { .. } => Powers { warn: true, deny: true, ..Powers::default() },
        // What a tool gave back stays as it is, so it is only said.
        Event::Output { .. } => Powers { warn: true, ..Powers::default() },
        Event::Stop { .. } => Powers { warn: true, deny: in_editor, ..Powers::default() },
        _ => Powers { warn: true, ask: true, deny: true, replace: false },
    }
}

pub(super) fn answer(in_editor: bool, call: &Call, ruling: &Ruling) -> Answer {
    if is_quiet(ruling) {
        return Answer::default();
    }
    let reason = &ruling.reason;
    if ruling.action == AgentAction::Warn {
        let key = if matches!(call.event, Event::Output { .. }) && !in_editor {
            "additionalContext"
        } else {
            "systemMessage"
        };
        return Answer { text: Some(reason.clone()), ..Answer::json(json!({ key: reason })) };
    }
    match &call.event {
        Event::Prompt { .. } if in_editor => Answer::json(
            json!({ "continue": false, "stopReason": reason, "decision": "block", "reason": reason }),
        ),
        Event::Prompt { .. } | Event::Stop { .. } => {
            Answer::json(json!({ "decision": "block", "reason": reason }))
        }
        _ if ruling.action == AgentAction::Ask => Answer::json(permission("ask", reason)),
        _ => Answer::json(permission("deny", reason)),
    }
}

/// A refusal that both read, whatever the event is.
pub(super) fn refusal(reason: &str, code: u8) -> Answer {
    let mut json = permission("deny", reason);
    for (key, value) in [("decision", json!("block")), ("reason", json!(reason))] {
        json[key] = value;
    }
    Answer { code, ..Answer::json(json) }
}

fn permission(decision: &str, reason: &str) -> Value {
    json!({
        "permissionDecision": decision,
        "permissionDecisionReason": reason,
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": decision,
            "permissionDecisionReason": reason,
        },
    })
}
