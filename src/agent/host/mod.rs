//! The hosts: what each sends to a hook, what its hooks may do, and the form in which it takes an answer.
//!
//! The host is named on the command line and never guessed from the payload. An event that is not known passes; a payload
//! that cannot be read is refused, in the form that the host takes for a refusal.

mod claude;
mod cline;
mod copilot;
mod cursor;
mod gemini;
mod kiro;
mod opencode;
mod windsurf;

use super::event::{Call, Change, Event, FileChange, Powers, Reading};
use super::judge::Ruling;
use super::shell::{Language, Part};
use crate::config::AgentAction;
use claude::Dialect;
use serde_json::{Value, json};

/// A coding assistant that runs hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Host {
    /// Claude Code
    Claude,
    /// Codex
    Codex,
    /// Cursor
    Cursor,
    /// GitHub Copilot CLI and cloud agent
    Copilot,
    /// Copilot in VS Code
    Vscode,
    /// Gemini CLI
    Gemini,
    /// Windsurf
    Windsurf,
    /// Cline
    Cline,
    /// opencode
    Opencode,
    /// Kiro and Amazon Q
    Kiro,
}

/// What a hook gives back to its host.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Answer {
    /// Printed on standard output.
    pub(crate) json: Option<Value>,
    /// Printed on standard error.
    pub(crate) text: Option<String>,
    pub(crate) code: u8,
}

impl Answer {
    fn json(value: Value) -> Answer {
        Answer { json: Some(value), ..Answer::default() }
    }

    fn text(text: impl Into<String>, code: u8) -> Answer {
        Answer { text: Some(text.into()), code, ..Answer::default() }
    }
}

/// A payload that a host does not send.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadPayload(pub(crate) String);

impl Host {
    /// All hosts.
    pub(crate) const ALL: [Host; 10] = [
        Host::Claude,
        Host::Codex,
        Host::Cursor,
        Host::Copilot,
        Host::Vscode,
        Host::Gemini,
        Host::Windsurf,
        Host::Cline,
        Host::Opencode,
        Host::Kiro,
    ];

    /// Its name on the command line.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Host::Claude => "claude",
            Host::Codex => "codex",
            Host::Cursor => "cursor",
            Host::Copilot => "copilot",
            Host::Vscode => "vscode",
            Host::Gemini => "gemini",
            Host::Windsurf => "windsurf",
            Host::Cline => "cline",
            Host::Opencode => "opencode",
            Host::Kiro => "kiro",
        }
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Host::Claude => "Claude Code",
            Host::Codex => "Codex",
            Host::Cursor => "Cursor",
            Host::Copilot => "GitHub Copilot CLI and cloud agent",
            Host::Vscode => "Copilot in VS Code",
            Host::Gemini => "Gemini CLI",
            Host::Windsurf => "Windsurf",
            Host::Cline => "Cline",
            Host::Opencode => "opencode",
            Host::Kiro => "Kiro and Amazon Q",
        }
    }

    /// Reads a payload. `event` is the event's name, where the host does not send it.
    pub(crate) fn call(self, payload: &Value, event: Option<&str>) -> Result<Call, BadPayload> {
        if !payload.is_object() {
            return Err(BadPayload("the payload is not a JSON object".to_owned()));
        }
        match self {
            Host::Claude | Host::Codex => claude::call(payload),
            Host::Vscode | Host::Copilot => copilot::call(payload, event),
            Host::Cursor => cursor::call(payload),
            Host::Gemini => gemini::call(payload),
            Host::Windsurf => windsurf::call(payload),
            Host::Cline => cline::call(payload),
            Host::Opencode => opencode::call(payload),
            Host::Kiro => kiro::call(payload),
        }
    }

    /// What its hooks may do at an event.
    pub(crate) fn powers(self, call: &Call) -> Powers {
        match self {
            Host::Claude => claude::powers(Dialect::Claude, call),
            Host::Codex => claude::powers(Dialect::Codex, call),
            Host::Vscode => copilot::powers(true, call),
            Host::Copilot => copilot::powers(false, call),
            Host::Cursor => cursor::powers(call),
            Host::Gemini => gemini::powers(call),
            Host::Windsurf => windsurf::powers(call),
            Host::Cline => cline::powers(call),
            Host::Opencode => opencode::powers(call),
            Host::Kiro => kiro::powers(call),
        }
    }

    /// A ruling in the host's form.
    pub(crate) fn answer(self, call: &Call, ruling: &Ruling) -> Answer {
        match self {
            Host::Claude => claude::answer(Dialect::Claude, call, ruling),
            Host::Codex => claude::answer(Dialect::Codex, call, ruling),
            Host::Vscode => copilot::answer(true, call, ruling),
            Host::Copilot => copilot::answer(false, call, ruling),
            Host::Cursor => cursor::answer(call, ruling),
            Host::Gemini => gemini::answer(call, ruling),
            Host::Windsurf => windsurf::answer(ruling),
            Host::Cline => cline::answer(ruling),
            Host::Opencode => opencode::answer(ruling),
            Host::Kiro => kiro::answer(ruling),
        }
    }

    /// The refusal of an event that could not be checked, whichever it is.
    pub(crate) fn failure(self, why: &str) -> Answer {
        let why = format!("stanch could not check this, so it is refused: {why}");
        match self {
            // A failing exit refuses there, and the texts are read from either stream.
            Host::Claude | Host::Codex | Host::Gemini | Host::Windsurf | Host::Kiro => Answer::text(why, 2),
            Host::Vscode | Host::Copilot => Answer { text: Some(why.clone()), ..copilot::refusal(&why, 2) },
            Host::Cursor => cursor::refusal(&why),
            Host::Cline => Answer::json(json!({ "cancel": true, "errorMessage": why })),
            Host::Opencode => Answer::json(json!({ "action": "deny", "reason": why })),
        }
    }
}

/// What the hooks of a host may do: at a prompt, a read, a command, a write, a call of an MCP server, an output and the end
/// of a turn.
pub(crate) fn samples(host: Host) -> [Powers; 7] {
    let reading = || Reading { path: "a".into(), part: Part::Whole, content: None };
    let change = || FileChange { path: "a".into(), change: Change::Whole(String::new()) };
    let events = [
        Event::Prompt { text: String::new(), files: Vec::new() },
        Event::Read(vec![reading()]),
        Event::Command { line: String::new(), language: Language::Posix },
        Event::Write(vec![change()]),
        Event::Mcp { tool: String::new(), arguments: Value::Null },
        Event::Output { value: Value::Null, path: None },
        Event::Stop { again: false },
    ];
    let names = |event: &Event| match host {
        Host::Windsurf if matches!(event, Event::Output { .. } | Event::Stop { .. }) => "post_mcp_tool_use",
        Host::Windsurf => "pre_run_command",
        _ => "",
    };
    events.map(|event| {
        let name = names(&event).to_owned();
        host.powers(&Call { event, name, dir: None, session: String::new() })
    })
}

/// The language of command lines, for hosts that do not say which shell they run.
const SHELL: Language = if cfg!(windows) { Language::PowerShell } else { Language::Posix };

/// A text of the payload.
fn text<'a>(payload: &'a Value, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| payload.get(*name)?.as_str())
}

/// A text that the payload must have.
fn needed<'a>(payload: &'a Value, names: &[&str]) -> Result<&'a str, BadPayload> {
    text(payload, names).ok_or_else(|| BadPayload(format!("the payload has no text `{}`", names[0])))
}

/// A value of the payload; a text that is an object or a list in JSON is read as such.
fn parsed(value: &Value) -> Value {
    match value.as_str().map(serde_json::from_str::<Value>) {
        Some(Ok(inner)) if inner.is_object() || inner.is_array() => inner,
        _ => value.clone(),
    }
}

/// A call with these parts.
fn call(event: Event, name: &str, payload: &Value) -> Call {
    let roots = ["workspace_roots", "workspaceRoots"];
    let root = roots.iter().find_map(|name| payload.get(*name)?.get(0)?.as_str());
    let dir = text(payload, &["cwd", "directory"]).or(root).filter(|dir| !dir.is_empty());
    let session = ["session_id", "sessionId", "sessionID", "conversation_id", "trajectory_id", "taskId"];
    Call {
        event,
        name: name.to_owned(),
        dir: dir.map(std::path::PathBuf::from),
        session: text(payload, &session).unwrap_or_default().to_owned(),
    }
}

/// What tools print as one text, for hosts that take a text in place of an output.
fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}

/// The masked output with what was done to it.
fn masked(ruling: &Ruling) -> String {
    let output = ruling.replaced.as_ref().map(as_text).unwrap_or_default();
    format!("{output}\n\n[{}]", ruling.reason)
}

/// The answer of a host that goes by the exit code and shows standard error: 2 refuses, `warns` goes on.
fn by_exit_code(ruling: &Ruling, warns: u8) -> Answer {
    match ruling.action {
        AgentAction::Allow => Answer::default(),
        AgentAction::Warn => Answer::text(&ruling.reason, warns),
        _ => Answer::text(&ruling.reason, 2),
    }
}

/// True if nothing is to be said.
fn is_quiet(ruling: &Ruling) -> bool {
    ruling.action == AgentAction::Allow
}
