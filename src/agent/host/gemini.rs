//! Gemini CLI: a decision in JSON with exit code 0. A denied result is replaced by the reason, which then is the masked
//! output. Nothing else may be printed: the host takes any other text for a yes.

use super::{Answer, BadPayload, is_quiet, masked, needed};
use crate::agent::event::{Call, Event, Powers};
use crate::agent::judge::Ruling;
use crate::agent::tools;
use crate::config::AgentAction;
use serde_json::{Value, json};

pub(super) fn call(payload: &Value) -> Result<Call, BadPayload> {
    let name = needed(payload, &["hook_event_name"])?;
    let input = &payload["tool_input"];
    let event = match name {
        "BeforeAgent" => Event::Prompt { text: needed(payload, &["prompt"])?.to_owned(), files: Vec::new() },
        "BeforeTool" => tools::before(needed(payload, &["tool_name"])?, input),
        "AfterTool" => {
            // What the model sees; the rest is for the screen.
            let response = &payload["tool_response"];
            let output = response.get("llmContent").unwrap_or(response);
            tools::after(needed(payload, &["tool_name"])?, input, output)
        }
        "AfterAgent" => Event::Stop { again: payload["stop_hook_active"] == true },
        _ => Event::Other,
    };
    Ok(super::call(event, name, payload))
}

pub(super) fn powers(call: &Call) -> Powers {
    let replace = !matches!(call.event, Event::Prompt { .. } | Event::Stop { .. });
    Powers { warn: true, ask: false, deny: true, replace }
}

pub(super) fn answer(call: &Call, ruling: &Ruling) -> Answer {
    if is_quiet(ruling) {
        return Answer::json(json!({}));
    }
    let reason = &ruling.reason;
    if ruling.action == AgentAction::Warn {
        return Answer::json(json!({ "systemMessage": reason }));
    }
    let reason = if matches!(call.event, Event::Output { .. }) { masked(ruling) } else { reason.clone() };
    Answer::json(json!({ "decision": "deny", "reason": reason }))
}
