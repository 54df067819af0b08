//! The coding assistant that runs this process, known by the environment.
//!
//! Assistants set these variables for the programs that they start, git and its hooks among them. A variable that a
//! person sets for themselves (a key, a setting) does not count, nor one that an editor gives to its terminal.

/// Variables that name the assistant in their value.
const NAMED: &[&str] = &["AI_AGENT", "AGENT"];

/// Names that `AGENT` may hold: others use this variable too.
const AGENTS: &[&str] =
    &["amp", "crush", "goose", "kilo", "opencode", "pi", "codex", "claude-code", "gemini-cli", "qwen-code"];

/// Variables of one assistant each; any value but an empty one, `0` and `false` counts.
const VARIABLES: &[(&str, &str)] = &[
    ("CLAUDECODE", "claude-code"),
    ("CODEX_THREAD_ID", "codex"),
    ("CODEX_SANDBOX", "codex"),
    ("CODEX_CI", "codex"),
    ("CURSOR_AGENT", "cursor"),
    ("GEMINI_CLI", "gemini-cli"),
    ("ANTIGRAVITY_AGENT", "antigravity"),
    ("COPILOT_CLI", "copilot"),
    ("COPILOT_AGENT", "copilot"),
    ("OPENCODE", "opencode"),
    ("OPENCODE_CLIENT", "opencode"),
    ("CLINE_ACTIVE", "cline"),
    ("AUGMENT_AGENT", "augment"),
    ("QWEN_CODE", "qwen-code"),
    ("AMP_CURRENT_THREAD_ID", "amp"),
    ("CRUSH", "crush"),
    ("PI_CODING_AGENT", "pi"),
    ("JUNIE_DATA", "junie"),
    ("JUNIE_SHIM_PATH", "junie"),
];

/// Characters of an assistant's name.
const NAME: usize = 40;

/// The name of the assistant that runs this process.
pub(crate) fn assistant() -> Option<String> {
    assistant_by(&|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

fn assistant_by(variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let set = |name: &str| variable(name).filter(|v| !matches!(v.trim(), "" | "0" | "false"));
    for name in NAMED {
        let Some(value) = set(name) else { continue };
        let value = value.trim().to_ascii_lowercase();
        match (*name, value.as_str()) {
            (_, "1" | "true") => {
                // The others say which one.
                return Some(by_variable(&set).unwrap_or("agent").to_owned());
            }
            ("AGENT", value) if !AGENTS.contains(&value) => {}
            (_, value) => return Some(name_of(value)),
        }
    }
    if variable("CURSOR_EXTENSION_HOST_ROLE").is_some_and(|role| role == "agent-exec") {
        return Some("cursor".to_owned());
    }
    by_variable(&set).map(str::to_owned)
}

fn by_variable(set: &dyn Fn(&str) -> Option<String>) -> Option<&'static str> {
    VARIABLES.iter().find(|(name, _)| set(name).is_some()).map(|(_, agent)| *agent)
}

/// A name that is safe to show and record: letters, digits, `-`, `_`, `.` and `/`.
fn name_of(value: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || "-_./".contains(c) { c } else { '-' };
    value.chars().take(NAME).map(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(set: &[(&str, &str)]) -> Option<String> {
        assistant_by(&|name| set.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn every_assistant_is_known_by_its_variable() {
        for (variable, agent) in VARIABLES {
            assert_eq!(of(&[(variable, "1")]).as_deref(), Some(*agent), "{variable}");
            assert_eq!(of(&[(variable, "")]), None, "{variable} is empty");
            assert_eq!(of(&[(variable, "0")]), None, "{variable} is off");
        }
        assert_eq!(of(&[("AI_AGENT", "claude-code")]).as_deref(), Some("claude-code"));
        assert_eq!(of(&[("AI_AGENT", "1"), ("CODEX_CI", "1")]).as_deref(), Some("codex"));
        assert_eq!(of(&[("AGENT", "goose")]).as_deref(), Some("goose"));
        assert_eq!(of(&[("AGENT", "1")]).as_deref(), Some("agent"));
        assert_eq!(of(&[("CURSOR_EXTENSION_HOST_ROLE", "agent-exec")]).as_deref(), Some("cursor"));
    }

    #[test]
    fn what_a_person_or_an_editor_sets_is_not_an_assistant() {
        for set in [
            ("AGENT", "build-agent-7"),
            ("CODEX_HOME", "/home/me/.codex"),
            ("CURSOR_TRACE_ID", "x"),
            ("CURSOR_EXTENSION_HOST_ROLE", "user"),
            ("ANTHROPIC_API_KEY", "x"),
            ("AIDER_MODEL", "x"),
            ("TERM_PROGRAM", "kiro"),
            ("REPL_ID", "x"),
            ("CI", "1"),
        ] {
            assert_eq!(of(&[set]), None, "{set:?}");
        }
    }

    #[test]
    fn a_name_has_no_control_character_and_an_end() {
        let name = of(&[("AI_AGENT", &format!("X\u{1b}[31m y{}", "z".repeat(100)))]).unwrap();
        assert!(name.starts_with("x--31m-yzzz") && name.len() == NAME, "{name}");
    }
}
