//! opencode: a plugin of ours runs in it, sends what it is called with, and does what the answer says. So this form is
//! our own: `event`, `tool`, `args`, `output` in, `action`, `reason`, `output` out.

use super::{Answer, BadPayload, needed};
use crate::agent::event::{Call, Event, Powers};
use crate::agent::judge::Ruling;
use crate::agent::tools;
use crate::config::AgentAction;
use serde_json::{Value, json};

pub(super) fn call(payload: &Value) -> Result<Call, BadPayload> {
    let name = needed(payload, &["event"])?;
    let input = &payload["args"];
    let event = match name {
        "chat.message" => Event::Prompt { text: needed(payload, &["text"])?.to_owned(), files: Vec::new() },
        "tool.execute.before" => tools::before(needed(payload, &["tool"])?, input),
        "tool.execute.after" => tools::after(needed(payload, &["tool"])?, input, &payload["output"]),
        "session.idle" => Event::Stop { again: true },
        _ => Event::Other,
    };
    Ok(super::call(event, name, payload))
}

pub(super) fn powers(call: &Call) -> Powers {
    let deny = !matches!(call.event, Event::Stop { .. });
    // Not every version calls the plugin after a tool: a read does not rely on it.
    Powers { warn: true, ask: false, deny, replace: matches!(call.event, Event::Output { .. }) }
}

pub(super) fn answer(ruling: &Ruling) -> Answer {
    let action = match ruling.action {
        AgentAction::Ask => AgentAction::Deny,
        action => action,
    };
    let mut answer = json!({ "action": action.slug() });
    if action != AgentAction::Allow {
        answer["reason"] = json!(ruling.reason);
    }
    if let Some(output) = &ruling.replaced {
        answer["output"] = output.clone();
    }
    Answer::json(answer)
}
