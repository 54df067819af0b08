//! Kiro and Amazon Q: exit code 2 and a text on standard error refuse a tool; any other failing exit shows the text and
//! goes on. Standard output stays empty: at a prompt it would become part of it.

use super::{Answer, BadPayload, claude, is_quiet, needed, text};
use crate::agent::event::{Call, Event, Powers};
use crate::agent::judge::Ruling;
use crate::agent::tools;
use crate::config::AgentAction;
use serde_json::Value;

pub(super) fn call(payload: &Value) -> Result<Call, BadPayload> {
    let name = needed(payload, &["hook_event_name"])?;
    let none = Value::Null;
    let input = payload.get("tool_input").unwrap_or(&none);
    let event = match name {
        // The editor gives the prompt in a variable of the environment.
        "userPromptSubmit" | "promptSubmit" => {
            let given = std::env::var("USER_PROMPT").ok();
            let prompt = text(payload, &["prompt"]).map(str::to_owned).or(given);
            Event::Prompt { text: prompt.unwrap_or_default(), files: Vec::new() }
        }
        "preToolUse" => tools::before(needed(payload, &["tool_name"])?, input),
        "postToolUse" => {
            let output = payload.get("tool_response").unwrap_or(&none);
            tools::after(needed(payload, &["tool_name"])?, input, output)
        }
        "stop" => Event::Stop { again: false },
        other => claude::event(other, payload)?,
    };
    Ok(super::call(event, name, payload))
}

pub(super) fn powers(call: &Call) -> Powers {
    let deny = !matches!(call.event, Event::Prompt { .. } | Event::Output { .. } | Event::Stop { .. });
    Powers { warn: true, deny, ..Powers::default() }
}

pub(super) fn answer(_: &Call, ruling: &Ruling) -> Answer {
    match ruling.action {
        _ if is_quiet(ruling) => Answer::default(),
        AgentAction::Warn => Answer::text(&ruling.reason, 1),
        _ => Answer::text(&ruling.reason, 2),
    }
}
