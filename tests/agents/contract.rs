//! What each host does with the answer of a hook, from its documentation: an answer that it would ignore fails the test.

use crate::support::Run;
use serde_json::Value;

/// What happens.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Effect {
    /// It goes on, and nobody hears of it.
    Goes,
    /// It goes on, and somebody reads this.
    Warned(String),
    /// The person is asked, with this.
    Asked(String),
    /// It does not happen, with this reason.
    Refused(String),
    /// The model sees this in place of the output.
    Replaced(String),
}

impl Effect {
    pub(super) fn slug(&self) -> &'static str {
        match self {
            Effect::Goes => "goes",
            Effect::Warned(_) => "warned",
            Effect::Asked(_) => "asked",
            Effect::Refused(_) => "refused",
            Effect::Replaced(_) => "replaced",
        }
    }

    pub(super) fn said(&self) -> &str {
        match self {
            Effect::Goes => "",
            Effect::Warned(t) | Effect::Asked(t) | Effect::Refused(t) | Effect::Replaced(t) => t,
        }
    }
}

/// The effect of an answer; an error says why the host ignores it.
pub(super) fn effect(host: &str, event: &str, run: &Run) -> Result<Effect, String> {
    let json = || -> Result<Value, String> {
        let value: Value =
            serde_json::from_str(&run.stdout).map_err(|e| format!("stdout is not JSON: {e}"))?;
        if value.is_object() { Ok(value) } else { Err("stdout is not an object".to_owned()) }
    };
    let text = |v: &Value, key: &str| v.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let stderr = run.stderr.trim().to_owned();
    let reason =
        |text: String| if text.is_empty() { Err("a refusal without a reason".to_owned()) } else { Ok(text) };
    let is_silent = run.stdout.trim().is_empty();
    match host {
        "claude" | "codex" | "vscode" => {
            if run.code == 2 {
                return reason(stderr).map(Effect::Refused);
            }
            if run.code != 0 {
                return Err(format!("exit code {} blocks nothing", run.code));
            }
            if is_silent {
                return Ok(Effect::Goes);
            }
            let v = json()?;
            let own = v.get("hookSpecificOutput");
            if host == "codex" {
                known(
                    &v,
                    &["continue", "decision", "hookSpecificOutput", "reason", "stopReason", "systemMessage"],
                )?;
                if let Some(own) = own {
                    let fields = [
                        "hookEventName",
                        "permissionDecision",
                        "permissionDecisionReason",
                        "additionalContext",
                    ];
                    known(own, &fields)?;
                }
            }
            if let Some(own) = own.filter(|own| own["hookEventName"] != event) {
                return Err(format!("it is for {}", own["hookEventName"]));
            }
            let blocks = v["decision"] == "block";
            match event {
                "PreToolUse" => {
                    let Some(own) = own else {
                        return Ok(Effect::Warned(reason(text(&v, "systemMessage"))?));
                    };
                    let why = reason(text(own, "permissionDecisionReason"))?;
                    match own["permissionDecision"].as_str() {
                        Some("deny") => Ok(Effect::Refused(why)),
                        Some("ask") if host != "codex" => Ok(Effect::Asked(why)),
                        other => Err(format!("the decision {other:?} is not valid")),
                    }
                }
                "UserPromptSubmit" if host == "vscode" && v["continue"] == false => {
                    reason(text(&v, "stopReason")).map(Effect::Refused)
                }
                "UserPromptSubmit" if blocks => {
                    if host == "claude" && own.is_none_or(|own| own["suppressOriginalPrompt"] != true) {
                        return Err("the host prints the prompt again".to_owned());
                    }
                    reason(text(&v, "reason")).map(Effect::Refused)
                }
                "PostToolUse" => match (own.and_then(|own| own.get("updatedToolOutput")), host) {
                    (Some(output), "claude") => Ok(Effect::Replaced(output.to_string())),
                    // The reason stands in the output's place.
                    _ if blocks && host == "codex" => reason(text(&v, "reason")).map(Effect::Replaced),
                    _ => reason(text(&v, "systemMessage")).map(Effect::Warned),
                },
                _ if blocks => reason(text(&v, "reason")).map(Effect::Refused),
                _ => reason(text(&v, "systemMessage")).map(Effect::Warned),
            }
        }
        "copilot" => {
            if run.code != 0 {
                return Ok(Effect::Refused(stderr));
            }
            if is_silent {
                return Ok(Effect::Goes);
            }
            let v = json()?;
            match event {
                "preToolUse" => {
                    let why = text(&v, "permissionDecisionReason");
                    match v["permissionDecision"].as_str() {
                        Some("deny") => reason(why).map(Effect::Refused),
                        Some("ask") => reason(why).map(Effect::Asked),
                        None => Ok(Effect::Warned(reason(stderr)?)),
                        other => Err(format!("the decision {other:?} is not valid")),
                    }
                }
                _ if v["decision"] == "block" => reason(text(&v, "reason")).map(Effect::Refused),
                "postToolUse" => reason(text(&v, "additionalContext")).map(Effect::Warned),
                _ => reason(stderr).map(Effect::Warned),
            }
        }
        "cursor" => {
            // The hooks are installed so that they fail closed.
            let asks = event.starts_with("before") || event == "preToolUse";
            if run.code == 2 {
                return reason(stderr).map(Effect::Refused);
            }
            if run.code != 0 || (asks && is_silent) {
                return if asks {
                    Ok(Effect::Refused("the hook failed".to_owned()))
                } else {
                    Err("it failed".to_owned())
                };
            }
            let v = json()?;
            match event {
                "beforeSubmitPrompt" if v["continue"] == false => {
                    reason(text(&v, "user_message")).map(Effect::Refused)
                }
                "beforeSubmitPrompt" if v["continue"] != true => Err("no `continue`".to_owned()),
                "beforeSubmitPrompt" | "stop" => {
                    Ok(if stderr.is_empty() { Effect::Goes } else { Effect::Warned(stderr) })
                }
                _ if !asks => Ok(if stderr.is_empty() { Effect::Goes } else { Effect::Warned(stderr) }),
                _ => match v["permission"].as_str() {
                    Some("allow") if stderr.is_empty() => Ok(Effect::Goes),
                    Some("allow") => Ok(Effect::Warned(stderr)),
                    Some("ask") => reason(text(&v, "user_message")).map(Effect::Asked),
                    Some("deny") => reason(text(&v, "agent_message")).map(Effect::Refused),
                    other => Err(format!("the permission {other:?} is not valid")),
                },
            }
        }
        "gemini" => {
            if run.code == 2 {
                return reason(stderr).map(Effect::Refused);
            }
            if run.code != 0 {
                return Err(format!("exit code {} blocks nothing", run.code));
            }
            // Any other text is taken for a yes.
            let v = json()?;
            match v["decision"].as_str() {
                Some("deny") if event == "AfterTool" => reason(text(&v, "reason")).map(Effect::Replaced),
                Some("deny") => reason(text(&v, "reason")).map(Effect::Refused),
                Some(other) => Err(format!("the decision {other} is not valid")),
                None if v.get("systemMessage").is_some() => Ok(Effect::Warned(text(&v, "systemMessage"))),
                None => Ok(Effect::Goes),
            }
        }
        "windsurf" => match run.code {
            2 if event.starts_with("pre_") => reason(stderr).map(Effect::Refused),
            0 if stderr.is_empty() => Ok(Effect::Goes),
            0 => Ok(Effect::Warned(stderr)),
            code => Err(format!("exit code {code} blocks nothing")),
        },
        "cline" => {
            if run.code != 0 {
                return Err(format!("exit code {} is an error of the hook", run.code));
            }
            let v = json()?;
            match v["cancel"].as_bool() {
                Some(true) => reason(text(&v, "errorMessage")).map(Effect::Refused),
                Some(false) if v.get("contextModification").is_some() => {
                    Ok(Effect::Warned(text(&v, "contextModification")))
                }
                Some(false) => Ok(Effect::Goes),
                None => Err("no `cancel`".to_owned()),
            }
        }
        "kiro" => {
            if !is_silent {
                return Err("standard output becomes part of the prompt".to_owned());
            }
            match run.code {
                0 => Ok(Effect::Goes),
                2 if event == "preToolUse" || event == "PreToolUse" => reason(stderr).map(Effect::Refused),
                2 => Err("nothing can be refused at this event".to_owned()),
                _ => reason(stderr).map(Effect::Warned),
            }
        }
        // The plugin is ours; tests/agents/install.rs runs it.
        "opencode" => {
            let v = json()?;
            let why = || reason(text(&v, "reason"));
            match v["action"].as_str() {
                Some("allow") => Ok(Effect::Goes),
                Some("warn") => why().map(Effect::Warned),
                Some("deny") if v.get("output").is_none() => why().map(Effect::Refused),
                Some("mask" | "deny") => Ok(Effect::Replaced(text(&v, "output"))),
                other => Err(format!("the action {other:?} is not valid")),
            }
        }
        other => panic!("no contract of {other}"),
    }
}

/// Fails for a field that the host does not know: it refuses the whole answer then.
fn known(v: &Value, fields: &[&str]) -> Result<(), String> {
    match v.as_object().into_iter().flatten().find(|(name, _)| !fields.contains(&name.as_str())) {
        Some((name, _)) => Err(format!("the host does not know the field {name}")),
        None => Ok(()),
    }
}
