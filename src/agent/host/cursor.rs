//! Cursor: an answer to every question, also a clean one, since a hook that fails closed and says nothing is refused. A
//! refusal is said twice, in JSON and by exit code 2.

use super::{Answer, BadPayload, SHELL, is_quiet, needed, parsed};
use crate::agent::event::{Call, Event, Powers, Reading};
use crate::agent::judge::Ruling;
use crate::agent::shell::Part;
use crate::agent::tools;
use crate::config::AgentAction;
use serde_json::{Value, json};
use std::path::PathBuf;

pub(super) fn call(payload: &Value) -> Result<Call, BadPayload> {
    let name = needed(payload, &["hook_event_name"])?;
    let event = match name {
        "beforeSubmitPrompt" => Event::Prompt {
            text: needed(payload, &["prompt"])?.to_owned(),
            files: super::copilot::attachments(payload),
        },
        "beforeReadFile" | "beforeTabFileRead" => Event::Read(vec![Reading {
            path: PathBuf::from(needed(payload, &["file_path"])?),
            part: Part::Whole,
            content: payload["content"].as_str().map(str::to_owned),
        }]),
        "beforeShellExecution" => {
            Event::Command { line: needed(payload, &["command"])?.to_owned(), language: SHELL }
        }
        "beforeMCPExecution" => Event::Mcp {
            tool: needed(payload, &["tool_name"])?.to_owned(),
            arguments: parsed(&payload["tool_input"]),
        },
        "preToolUse" => tools::before(needed(payload, &["tool_name"])?, &payload["tool_input"]),
        "afterShellExecution" => Event::Output { value: payload["output"].clone(), path: None },
        "afterMCPExecution" => Event::Output { value: parsed(&payload["result_json"]), path: None },
        "postToolUse" => {
            let output = parsed(&payload["tool_output"]);
            tools::after(needed(payload, &["tool_name"])?, &payload["tool_input"], &output)
        }
        "stop" => Event::Stop { again: payload["loop_count"].as_u64().is_some_and(|n| n > 0) },
        _ => Event::Other,
    };
    Ok(super::call(event, name, payload))
}

/// Returns whether the host waits for a permission at this event.
fn asks(call: &Call) -> bool {
    matches!(
        call.name.as_str(),
        "beforeReadFile" | "beforeTabFileRead" | "beforeShellExecution" | "beforeMCPExecution" | "preToolUse"
    )
}

pub(super) fn powers(call: &Call) -> Powers {
    let reads = matches!(call.name.as_str(), "beforeReadFile" | "beforeTabFileRead");
    match &call.event {
        Event::Output { .. } => Powers { warn: true, ..Powers::default() },
        Event::Prompt { .. } | Event::Stop { .. } => Powers { warn: true, deny: true, ..Powers::default() },
        _ => Powers { warn: true, ask: !reads, deny: true, replace: false },
    }
}

pub(super) fn answer(call: &Call, ruling: &Ruling) -> Answer {
    let reason = &ruling.reason;
    let goes_on = is_quiet(ruling) || ruling.action == AgentAction::Warn;
    let said = (!is_quiet(ruling)).then(|| reason.clone());
    match &call.event {
        Event::Prompt { .. } if goes_on => Answer { text: said, ..Answer::json(json!({ "continue": true })) },
        Event::Prompt { .. } => {
            Answer { text: said, code: 2, json: Some(json!({ "continue": false, "user_message": reason })) }
        }
        Event::Stop { .. } if !goes_on => Answer::json(json!({ "followup_message": reason })),
        _ if !asks(call) => Answer { text: said, ..Answer::json(json!({})) },
        _ if is_quiet(ruling) => Answer::json(json!({ "permission": "allow" })),
        _ if goes_on => {
            Answer { text: said, ..Answer::json(json!({ "permission": "allow", "user_message": reason })) }
        }
        _ if ruling.action == AgentAction::Ask => {
            Answer::json(json!({ "permission": "ask", "user_message": reason, "agent_message": reason }))
        }
        _ => refusal(reason),
    }
}

/// A refusal of anything: of a permission and of a prompt.
pub(super) fn refusal(reason: &str) -> Answer {
    let json =
        json!({ "permission": "deny", "continue": false, "user_message": reason, "agent_message": reason });
    Answer { json: Some(json), text: Some(reason.to_owned()), code: 2 }
}
