//! Where each host reads its hooks, and in which form.

use crate::agent::folders::home;
use crate::agent::host::Host;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// For whom hooks are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everyone who works in this project: the file is committed.
    Project,
    /// This person.
    User,
    /// Everyone on this machine.
    Machine,
}

/// The form in which a host reads its hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A JSON file with other settings.
    Settings,
    /// A JSON file that only we write; `list` if `hooks` is a list of entries, not an object of events.
    Own { list: bool },
    /// A folder with one executable an event.
    Scripts,
    /// A plugin in JavaScript.
    Plugin,
}

impl Form {
    pub(super) fn is_own(self) -> bool {
        self != Form::Settings
    }
}

/// An event at which a host runs hooks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hook {
    pub(crate) name: &'static str,
    /// True if something can be refused there.
    pub(crate) refuses: bool,
}

/// The place of a host's hooks.
pub(crate) struct Surface {
    pub(crate) host: Host,
    pub(crate) path: PathBuf,
    pub(super) form: Form,
    pub(crate) events: &'static [Hook],
    /// The version of the format, as JSON.
    pub(super) version: Option<&'static str>,
    /// The entry of an event, with its command.
    pub(super) entry: fn(&Hook, &str) -> Value,
    /// True if the host does not send the event's name.
    pub(super) names_events: bool,
    /// What the host asks of the person before it runs the hooks.
    pub(crate) trust: &'static str,
}

const fn hook(name: &'static str, refuses: bool) -> Hook {
    Hook { name, refuses }
}

const CLAUDE: &[Hook] = &[
    hook("UserPromptSubmit", true),
    hook("PreToolUse", true),
    hook("PostToolUse", true),
    hook("Stop", false),
];
const COPILOT: &[Hook] = &[
    hook("userPromptSubmitted", true),
    hook("preToolUse", true),
    hook("postToolUse", false),
    hook("agentStop", false),
];
const CURSOR: &[Hook] = &[
    hook("beforeSubmitPrompt", true),
    hook("beforeReadFile", true),
    hook("beforeTabFileRead", true),
    hook("beforeShellExecution", true),
    hook("beforeMCPExecution", true),
    hook("preToolUse", true),
    hook("afterShellExecution", false),
    hook("afterMCPExecution", false),
    hook("stop", false),
];
const GEMINI: &[Hook] = &[
    hook("BeforeAgent", true),
    hook("BeforeTool", true),
    hook("AfterTool", true),
    hook("AfterAgent", false),
];
const WINDSURF: &[Hook] = &[
    hook("pre_user_prompt", true),
    hook("pre_read_code", true),
    hook("pre_write_code", true),
    hook("pre_run_command", true),
    hook("pre_mcp_tool_use", true),
    hook("post_mcp_tool_use", false),
    hook("post_cascade_response", false),
];
const CLINE: &[Hook] = &[
    hook("UserPromptSubmit", true),
    hook("PreToolUse", true),
    hook("PostToolUse", false),
    hook("TaskComplete", false),
];
const KIRO: &[Hook] = &[
    hook("UserPromptSubmit", false),
    hook("PreToolUse", true),
    hook("PostToolUse", false),
    hook("Stop", false),
];

/// Seconds that a host waits for an answer; one takes milliseconds.
const SECONDS: u32 = 30;

fn group(hook: &Hook, command: &str) -> Value {
    let mut inner = json!({ "type": "command", "command": command, "timeout": SECONDS });
    if hook.refuses {
        inner["onFailure"] = json!("block");
    }
    if is_tool(hook) { json!({ "matcher": "*", "hooks": [inner] }) } else { json!({ "hooks": [inner] }) }
}

/// Codex refuses fields that it does not know.
fn plain_group(_: &Hook, command: &str) -> Value {
    json!({ "hooks": [{ "type": "command", "command": command, "timeout": SECONDS }] })
}

/// Gemini counts in milliseconds.
fn named_group(hook: &Hook, command: &str) -> Value {
    let inner = json!({ "name": "stanch", "type": "command", "command": command, "timeout": SECONDS * 1000 });
    if is_tool(hook) { json!({ "matcher": "*", "hooks": [inner] }) } else { json!({ "hooks": [inner] }) }
}

fn is_tool(hook: &Hook) -> bool {
    hook.name.contains("Tool")
}

fn copilot(_: &Hook, command: &str) -> Value {
    json!({ "type": "command", "bash": command, "powershell": windows(command), "timeoutSec": SECONDS })
}

/// The command for PowerShell, which has no `||` before version 7 and calls a quoted program by `&`.
fn windows(command: &str) -> String {
    let plain = command.split(" || ").next().unwrap_or_default();
    if plain.starts_with('\'') { format!("& {plain}") } else { plain.to_owned() }
}

fn vscode(_: &Hook, command: &str) -> Value {
    json!({ "type": "command", "command": command, "timeout": SECONDS })
}

fn cursor(hook: &Hook, command: &str) -> Value {
    if hook.refuses {
        json!({ "command": command, "failClosed": true })
    } else {
        json!({ "command": command })
    }
}

fn windsurf(_: &Hook, command: &str) -> Value {
    json!({ "command": command, "show_output": true })
}

fn kiro(hook: &Hook, command: &str) -> Value {
    json!({
        "name": format!("stanch-{}", hook.name),
        "trigger": hook.name,
        "action": { "type": "command", "command": command },
        "timeout": SECONDS,
        "enabled": true,
    })
}

fn none(_: &Hook, _: &str) -> Value {
    Value::Null
}

/// Where the hooks of a host are for a scope; `None` if the host has no such place that is documented. `project` is the top
/// of the work tree, `root` the root of the machine's files, which is `/` but for an image that is being built.
pub(crate) fn surface(host: Host, scope: Scope, project: &Path, root: &Path) -> Option<Surface> {
    // A host's own variable is what the host makes of it, a relative path too; an empty one counts as unset.
    let named = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let user = |name: &str, or: &str| named(name).or_else(|| Some(home()?.join(or)));
    let machine = |linux: &str, mac: &str, windows: &str| {
        let path = match () {
            () if cfg!(windows) => windows,
            () if cfg!(target_os = "macos") => mac,
            () => linux,
        };
        root.join(path.trim_start_matches('/'))
    };
    let settings = Form::Settings;
    let own = Form::Own { list: false };
    let path = |project_file: &str, user_file: Option<PathBuf>, machine_file: Option<PathBuf>| match scope {
        Scope::Project => Some(project.join(project_file)),
        Scope::User => user_file,
        Scope::Machine => machine_file,
    };
    let by_scope = |machine: Form, other: Form| if scope == Scope::Machine { machine } else { other };
    let made = |path: Option<PathBuf>, form: Form, events, version, entry, trust| {
        Some(Surface { host, path: path?, form, events, version, entry, names_events: false, trust })
    };
    const WORKSPACE: &str =
        "the host runs project hooks in trusted folders only: trust this one when it asks";
    match host {
        Host::Claude => {
            let user = user("CLAUDE_CONFIG_DIR", ".claude").map(|d| d.join("settings.json"));
            let managed = machine(
                "/etc/claude-code/managed-settings.d/stanch.json",
                "/Library/Application Support/ClaudeCode/managed-settings.d/stanch.json",
                "C:\\Program Files\\ClaudeCode\\managed-settings.d\\stanch.json",
            );
            made(
                path(".claude/settings.json", user, Some(managed)),
                by_scope(own, settings),
                CLAUDE,
                None,
                group,
                WORKSPACE,
            )
        }
        Host::Codex => {
            let user = user("CODEX_HOME", ".codex").map(|d| d.join("hooks.json"));
            const REVIEW: &str =
                "Codex asks to review each new or changed hook (/hooks): until then it does not run it";
            made(path(".codex/hooks.json", user, None), settings, CLAUDE, None, plain_group, REVIEW)
        }
        Host::Cursor => {
            let user = home().map(|h| h.join(".cursor/hooks.json"));
            let managed = machine(
                "/etc/cursor/hooks.json",
                "/Library/Application Support/Cursor/hooks.json",
                "C:\\ProgramData\\Cursor\\hooks.json",
            );
            made(
                path(".cursor/hooks.json", user, Some(managed)),
                settings,
                CURSOR,
                Some("1"),
                cursor,
                WORKSPACE,
            )
        }
        Host::Copilot => {
            let user = user("COPILOT_HOME", ".copilot").map(|d| d.join("hooks/stanch.json"));
            let managed = machine(
                "/etc/github-copilot/policy.d/stanch.json",
                "/etc/github-copilot/policy.d/stanch.json",
                "C:\\ProgramData\\GitHub\\Copilot\\policy.d\\stanch.json",
            );
            const TRUST: &str = "the program runs project hooks in trusted folders only; the cloud agent reads the default branch, \
                                 and needs stanch on its machine";
            let made = made(
                path(".github/hooks/stanch.json", user, Some(managed)),
                own,
                COPILOT,
                Some("1"),
                copilot,
                TRUST,
            );
            made.map(|s| Surface { names_events: true, ..s })
        }
        Host::Vscode => {
            made(path(".github/hooks/stanch-vscode.json", None, None), own, CLAUDE, None, vscode, WORKSPACE)
        }
        Host::Gemini => {
            let user = home().map(|h| h.join(".gemini/settings.json"));
            let managed = machine(
                "/etc/gemini-cli/settings.json",
                "/Library/Application Support/GeminiCli/settings.json",
                "C:\\ProgramData\\gemini-cli\\settings.json",
            );
            const TRUST: &str = "Gemini CLI warns of a new project hook, and runs it";
            made(
                path(".gemini/settings.json", user, Some(managed)),
                settings,
                GEMINI,
                None,
                named_group,
                TRUST,
            )
        }
        Host::Windsurf => {
            let user = home().map(|h| h.join(".codeium/windsurf/hooks.json"));
            let managed = machine(
                "/etc/windsurf/hooks.json",
                "/Library/Application Support/Windsurf/hooks.json",
                "C:\\ProgramData\\Windsurf\\hooks.json",
            );
            made(
                path(".windsurf/hooks.json", user, Some(managed)),
                settings,
                WINDSURF,
                None,
                windsurf,
                WORKSPACE,
            )
        }
        Host::Cline => {
            let user = user("CLINE_HOOKS_DIR", ".cline/hooks");
            const TRUST: &str = "enable hooks in Cline's settings; the program for the command line reads .cline/hooks, the editor \
                                 .clinerules/hooks";
            made(path(".clinerules/hooks", user, None), Form::Scripts, CLINE, None, none, TRUST)
        }
        Host::Opencode => {
            let config = user("XDG_CONFIG_HOME", ".config").map(|d| d.join("opencode/plugins/stanch.js"));
            const TRUST: &str = "opencode loads plugins without a question, when it starts";
            made(path(".opencode/plugins/stanch.js", config, None), Form::Plugin, &[], None, none, TRUST)
        }
        Host::Kiro => {
            let user = user("KIRO_HOME", ".kiro").map(|d| d.join("hooks/stanch.json"));
            const TRUST: &str = "Kiro CLI 3 and Kiro IDE 1 read this file; older ones and Amazon Q have hooks in each agent's file";
            made(
                path(".kiro/hooks/stanch.json", user, None),
                Form::Own { list: true },
                KIRO,
                Some("\"v1\""),
                kiro,
                TRUST,
            )
        }
    }
}

/// A hook file of Cline: a missing program cancels too.
pub(super) fn script(command: &str) -> String {
    let command = command.split(" || ").next().unwrap_or_default();
    format!(
        "#!/bin/sh\n# Written by `stanch agent install cline`.\n{command} ||\n  printf '%s\\n' '{{\"cancel\":true,\"errorMessage\":\"stanch \
         could not run, so this is refused\"}}'\n"
    )
}

/// The first line of the plugin.
pub(super) const PLUGIN_MARK: &str = "// Written by `stanch agent install opencode`";

/// The plugin of opencode.
pub(super) fn plugin(program: Option<&Path>) -> String {
    let program = program.map_or_else(|| "stanch".to_owned(), |p| p.to_string_lossy().into_owned());
    let program = serde_json::to_string(&program).unwrap_or_default();
    include_str!("opencode.js").replacen("\"stanch\"", &program, 1)
}
