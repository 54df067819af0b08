//! What the policy does at each event of a coding assistant: `[agent]`.

use super::layer::{From, Sourced};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What happens to an event that would show or spread a secret, from the loosest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgentAction {
    /// Nothing.
    Allow,
    /// It goes on, and the person is warned.
    Warn,
    /// The person is asked.
    Ask,
    /// It goes on with the values masked.
    Mask,
    /// It is refused.
    Deny,
}

impl AgentAction {
    /// As a configuration writes it.
    pub fn slug(self) -> &'static str {
        match self {
            AgentAction::Allow => "allow",
            AgentAction::Warn => "warn",
            AgentAction::Ask => "ask",
            AgentAction::Mask => "mask",
            AgentAction::Deny => "deny",
        }
    }
}

/// The events that the policy tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgentEvent {
    /// A prompt with a secret in it.
    Prompt,
    /// Reading a file with a secret, by a tool or a command.
    Read,
    /// The output of a tool with a secret in it.
    Output,
    /// A file that would get a secret.
    Write,
    /// A command line with a secret in it.
    Command,
    /// The arguments of an MCP call with a secret in them.
    Mcp,
    /// A command that sends a file or variable with a secret to another machine.
    Send,
    /// A command that goes around the gate.
    Gate,
    /// The end of a turn, with a secret in what the work tree changes.
    Stop,
}

impl AgentEvent {
    /// All events.
    pub const ALL: [AgentEvent; 9] = [
        AgentEvent::Prompt,
        AgentEvent::Read,
        AgentEvent::Output,
        AgentEvent::Write,
        AgentEvent::Command,
        AgentEvent::Mcp,
        AgentEvent::Send,
        AgentEvent::Gate,
        AgentEvent::Stop,
    ];

    /// Its key in `[agent]`.
    pub fn key(self) -> &'static str {
        match self {
            AgentEvent::Prompt => "prompt",
            AgentEvent::Read => "read",
            AgentEvent::Output => "output",
            AgentEvent::Write => "write",
            AgentEvent::Command => "command",
            AgentEvent::Mcp => "mcp",
            AgentEvent::Send => "send",
            AgentEvent::Gate => "gate",
            AgentEvent::Stop => "stop",
        }
    }

    /// The action without a configuration.
    fn default_action(self) -> AgentAction {
        match self {
            AgentEvent::Prompt
            | AgentEvent::Read
            | AgentEvent::Write
            | AgentEvent::Command
            | AgentEvent::Mcp
            | AgentEvent::Gate => AgentAction::Deny,
            AgentEvent::Output => AgentAction::Mask,
            AgentEvent::Send => AgentAction::Ask,
            AgentEvent::Stop => AgentAction::Warn,
        }
    }
}

/// `[agent]` as written.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "as in AgentEvent")]
pub struct AgentSpec {
    pub prompt: Option<AgentAction>,
    pub read: Option<AgentAction>,
    pub output: Option<AgentAction>,
    pub write: Option<AgentAction>,
    pub command: Option<AgentAction>,
    pub mcp: Option<AgentAction>,
    pub send: Option<AgentAction>,
    pub gate: Option<AgentAction>,
    pub stop: Option<AgentAction>,
}

impl AgentSpec {
    /// The action of an event, if it is set.
    pub fn get(&self, event: AgentEvent) -> Option<AgentAction> {
        match event {
            AgentEvent::Prompt => self.prompt,
            AgentEvent::Read => self.read,
            AgentEvent::Output => self.output,
            AgentEvent::Write => self.write,
            AgentEvent::Command => self.command,
            AgentEvent::Mcp => self.mcp,
            AgentEvent::Send => self.send,
            AgentEvent::Gate => self.gate,
            AgentEvent::Stop => self.stop,
        }
    }
}

/// The action of every event, each with the layer that set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentActions(BTreeMap<AgentEvent, Sourced<AgentAction>>);

impl Default for AgentActions {
    fn default() -> Self {
        AgentActions(AgentEvent::ALL.map(|e| (e, Sourced::builtin(e.default_action()))).into())
    }
}

impl AgentActions {
    /// The action of an event.
    pub fn of(&self, event: AgentEvent) -> Sourced<AgentAction> {
        self.0.get(&event).cloned().unwrap_or_else(|| Sourced::builtin(event.default_action()))
    }

    pub(super) fn take(&mut self, spec: &AgentSpec, from: From) {
        for event in AgentEvent::ALL {
            if let Some(action) = spec.get(event) {
                self.0.insert(event, from.set(action));
            }
        }
    }
}
