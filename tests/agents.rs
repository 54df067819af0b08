//! Hooks of coding assistants: each host's payloads as it documents them, and what the host does with each answer.

mod commits;
mod contract;
mod doctor;
mod install;
mod judging;
mod payloads;
mod table;

use crate::support::{STANCH, Sandbox, key};

/// All hosts.
const HOSTS: [&str; 10] =
    ["claude", "codex", "cursor", "copilot", "vscode", "gemini", "windsurf", "cline", "opencode", "kiro"];

/// A repository with files as a project has them: one with a secret that is committed, one that git ignores, and clean ones.
fn project() -> Sandbox {
    let s = Sandbox::new();
    s.record(&[
        (".gitignore", ".env\n"),
        ("README.md", "hello\n"),
        ("old.py", &format!("import os\nKLAVIYO_API_KEY = \"{}\"\nx = 1\n", key(1))),
        ("clean.py", "import os\n\n\ndef send():\n    return os.environ[\"KLAVIYO_API_KEY\"]\n"),
        (".env.example", "KLAVIYO_API_KEY=your-api-key\nDEBUG=1\n"),
    ]);
    s.write(".env", format!("DEBUG=1\nKLAVIYO_API_KEY={}\nPORT=80\n", key(2)));
    s
}

/// Runs a hook on a payload.
fn hook(s: &Sandbox, host: &str, event: &str, payload: &serde_json::Value) -> crate::support::Run {
    let mut args = vec!["agent", "hook", host];
    if host == "copilot" {
        args.extend(["--event", event]);
    }
    s.run_with(STANCH, args, payload.to_string().as_bytes())
}
