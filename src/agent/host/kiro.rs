//! Kiro and Amazon Q: exit code 2 and a text on standard error refuse a tool; any other failing exit shows the text and
//! goes on. Standard output stays empty: at a prompt it would become part of it.

use super::{Answer, BadPayload, by_exit_code, claude, needed, text};
use crate::agent::event::{Call, Event, Powers};
use crate::agent::judge::Ruling;
use crate::agent::tools;
use serde_json::Value;

pub(super) fn call(payload: &Value) -> Result<Call, BadPayload> {
    let name = needed(payload, &["hook_event_name"])?;
    let input = &payload["tool_input"];
    let event = match name {
        // The editor gives the prompt in a variable of the environment.
        "userPromptSubmit" | "promptSubmit" => {
            let given = std::env::var("USER_PROMPT").ok();
            let prompt = text(payload, &["prompt"]).map(str::to_owned).or(given);
            Event::Prompt { text: prompt.unwrap_or_default(), files: Vec::new() }
        }
        "preToolUse" => tools::before(needed(payload, &["tool_name"])?, input),
        "postToolUse" => tools::after(needed(payload, &["tool_name"])?, input, &payload["tool_response"]),
        "stop" => Event::Stop { again: false },
        other => claude::event(other, payload)?,
    };
    Ok(super::call(event, name, payload))
}

pub(super) fn powers(call: &Call) -> Powers {
    let deny = !matches!(call.event, Event::Prompt { .. } | Event::Output { .. } | Event::Stop { .. });
    Powers { warn: true, deny, ..Powers::default() }
}

pub(super) fn answer(ruling: &Ruling) -> Answer {
    by_exit_code(ruling, 1)
}
