//! Cline: an object with `cancel` on standard output, and exit code 0 whatever it says. The editor and the program for the
//! command line send different payloads.

use super::{Answer, BadPayload, needed};
use crate::agent::event::{Call, Event, Powers};
use crate::agent::judge::Ruling;
use crate::agent::tools;
use crate::config::AgentAction;
use serde_json::{Value, json};

pub(super) fn call(payload: &Value) -> Result<Call, BadPayload> {
    let name = needed(payload, &["hookName"])?;
    let none = Value::Null;
    let part =
        |key: &str| payload.get(key).ok_or_else(|| BadPayload(format!("the payload has no object `{key}`")));
    let field = |part: &'_ Value, key: &str| part.get(key).cloned().unwrap_or_default();
    let event = match name {
        "UserPromptSubmit" | "TaskStart" => match payload.get("userPromptSubmit") {
            Some(of) => Event::Prompt {
                text: needed(of, &["prompt"])?.to_owned(),
                files: super::copilot::attachments(of),
            },
            None => Event::Other,
        },
        "PreToolUse" => tool(part("preToolUse")?)?,
        "PostToolUse" => {
            let of = part("postToolUse")?;
            let input = of.get("parameters").unwrap_or(&none);
            tools::after(needed(of, &["toolName"])?, input, &field(of, "result"))
        }
        "tool_call" => {
            let of = part("tool_call")?;
            tools::before(needed(of, &["name"])?, of.get("input").unwrap_or(&none))
        }
        "tool_result" => {
            let of = part("tool_result")?;
            tools::after(needed(of, &["name"])?, of.get("input").unwrap_or(&none), &field(of, "output"))
        }
        "TaskComplete" => Event::Stop { again: false },
        _ => Event::Other,
    };
    Ok(super::call(event, name, payload))
}

/// A tool of the editor. The arguments of an MCP server are a text within the arguments.
fn tool(of: &Value) -> Result<Event, BadPayload> {
    let name = needed(of, &["toolName"])?;
    let none = Value::Null;
    let input = of.get("parameters").unwrap_or(&none);
    if name == "use_mcp_tool" {
        let arguments = input.get("arguments").map(super::parsed).unwrap_or_default();
        let tool = input.get("tool_name").and_then(Value::as_str).unwrap_or(name).to_owned();
        return Ok(Event::Mcp { tool, arguments });
    }
    Ok(tools::before(name, input))
}

pub(super) fn powers(call: &Call) -> Powers {
    let deny = !matches!(call.event, Event::Output { .. } | Event::Stop { .. });
    Powers { warn: true, deny, ..Powers::default() }
}

pub(super) fn answer(ruling: &Ruling) -> Answer {
    Answer::json(match ruling.action {
        AgentAction::Allow => json!({ "cancel": false }),
        // The assistant reads it; the person sees it in the task.
        AgentAction::Warn => json!({ "cancel": false, "contextModification": ruling.reason }),
        _ => json!({ "cancel": true, "errorMessage": ruling.reason }),
    })
}
