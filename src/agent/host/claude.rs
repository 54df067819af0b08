//! Claude Code, and Codex, which speaks nearly its language: JSON on standard output with exit code 0.
//!
//! No answer says "allow": that would skip the host's own question to the person. Codex refuses a whole answer that has a
//! field it does not know, and would go on; it gets no `ask` and no replaced output, yet a block after a tool puts its
//! reason in the output's place.

use super::{Answer, BadPayload, is_quiet, masked, needed};
use crate::agent::event::{Call, Event, Powers};
use crate::agent::judge::Ruling;
use crate::agent::tools;
use crate::config::AgentAction;
use serde_json::{Value, json};

/// The two hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Claude,
    Codex,
}

/// The fields that hold the event's name.
pub(super) const NAME: &[&str] = &["hook_event_name", "hookEventName"];

pub(super) fn call(payload: &Value) -> Result<Call, BadPayload> {
    let name = needed(payload, NAME)?;
    Ok(super::call(event(name, payload)?, name, payload))
}

/// The event of this name, in the fields of this family.
pub(super) fn event(name: &str, payload: &Value) -> Result<Event, BadPayload> {
    let input = &payload["tool_input"];
    Ok(match name {
        "UserPromptSubmit" | "UserPromptExpansion" => {
            Event::Prompt { text: needed(payload, &["prompt"])?.to_owned(), files: Vec::new() }
        }
        "PreToolUse" => tools::before(needed(payload, &["tool_name"])?, input),
        "PostToolUse" | "PostToolUseFailure" => {
            let fields = ["tool_response", "tool_result", "tool_output", "error"];
            let output = fields.iter().find_map(|f| payload.get(*f)).unwrap_or(&Value::Null);
            tools::after(needed(payload, &["tool_name"])?, input, output)
        }
        "Stop" | "SubagentStop" => Event::Stop { again: payload["stop_hook_active"] == true },
        _ => Event::Other,
    })
}

pub(super) fn powers(dialect: Dialect, call: &Call) -> Powers {
    let all = Powers { warn: true, ask: dialect == Dialect::Claude, deny: true, replace: true };
    match (&call.event, call.name.as_str()) {
        (Event::Output { .. }, "PostToolUseFailure") => Powers { warn: true, ..Powers::default() },
        (Event::Output { .. }, _) => Powers { ask: false, ..all },
        (Event::Prompt { .. } | Event::Stop { .. }, _) => Powers { ask: false, replace: false, ..all },
        _ => all,
    }
}

pub(super) fn answer(dialect: Dialect, call: &Call, ruling: &Ruling) -> Answer {
    if is_quiet(ruling) {
        return Answer::default();
    }
    let reason = &ruling.reason;
    if ruling.action == AgentAction::Warn {
        return Answer::json(json!({ "systemMessage": reason }));
    }
    let block = json!({ "decision": "block", "reason": reason });
    Answer::json(match (&call.event, dialect) {
        (Event::Prompt { .. }, Dialect::Claude) => json!({
            "decision": "block",
            "reason": reason,
            "hookSpecificOutput": { "hookEventName": call.name, "suppressOriginalPrompt": true },
        }),
        (Event::Output { .. }, Dialect::Codex) => json!({ "decision": "block", "reason": masked(ruling) }),
        (Event::Output { .. }, Dialect::Claude) => {
            let mut answer = json!({
                "hookSpecificOutput": {
                    "hookEventName": call.name,
                    "updatedToolOutput": ruling.replaced,
                    "additionalContext": reason,
                },
            });
            if ruling.action == AgentAction::Deny {
                answer["decision"] = json!("block");
                answer["reason"] = json!(reason);
            }
            answer
        }
        (Event::Prompt { .. } | Event::Stop { .. }, _) => block,
        _ => {
            let decision = if ruling.action == AgentAction::Ask { "ask" } else { "deny" };
            json!({
                "hookSpecificOutput": {
                    "hookEventName": call.name,
                    "permissionDecision": decision,
                    "permissionDecisionReason": reason,
                },
            })
        }
    })
}
