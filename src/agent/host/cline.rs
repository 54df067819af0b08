//! Cline: an object with `cancel` on standard output, and exit code 0 whatever it says. The editor and the program for the
//! command line send different payloads.

use super::{Answer, BadPayload, needed, parsed};
use crate::agent::event::{Call, Event, Powers};
use crate::agent::judge::Ruling;
use crate::agent::tools;
use crate::config::AgentAction;
use serde_json::{Value, json};

pub(super) fn call(payload: &Value) -> Result<Call, BadPayload> {
    let name = needed(payload, &["hookName"])?;
    let part =
        |key: &str| payload.get(key).ok_or_else(|| BadPayload(format!("the payload has no object `{key}`")));
    let event = match name {
        "UserPromptSubmit" | "TaskStart" | "prompt_submit" => match payload.get("userPromptSubmit") {
            Some(of) => Event::Prompt {
                text: needed(of, &["prompt"])?.to_owned(),
                files: super::copilot::attachments(of),
            },
            None => Event::Other,
        },
        "PreToolUse" => tool(part("preToolUse")?)?,
        "PostToolUse" => {
            let of = part("postToolUse")?;
            tools::after(needed(of, &["toolName"])?, &of["parameters"], &of["result"])
        }
        "tool_call" => {
            let of = part("tool_call")?;
            tools::before(needed(of, &["name"])?, &of["input"])
        }
        "tool_result" => {
            let of = part("tool_result")?;
            tools::after(needed(of, &["name"])?, &of["input"], &of["output"])
        }
        "TaskComplete" | "agent_end" => Event::Stop { again: false },
        _ => Event::Other,
    };
    Ok(super::call(event, name, payload))
}

/// A tool of the editor. The arguments of an MCP server are a text within the arguments.
fn tool(of: &Value) -> Result<Event, BadPayload> {
    let name = needed(of, &["toolName"])?;
    let input = &of["parameters"];
    if name == "use_mcp_tool" {
        let tool = input["tool_name"].as_str().unwrap_or(name).to_owned();
        return Ok(Event::Mcp { tool, arguments: parsed(&input["arguments"]) });
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
