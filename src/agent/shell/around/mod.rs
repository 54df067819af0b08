//! What goes around the gate, or takes a decision that is a person's.

mod alias;
mod commit;
mod files;
mod git;
mod programs;

use super::flow::{Field, Flow, Options};
use super::machine::Machine;
use super::run::Call;
use files::{has_our_hook, is_manager_file};
use git::is_setting;
use std::path::Path;

pub use files::gate_file;

/// Variables that switch hooks off for every git command: name, and the values that do it (an empty list: any).
const VARIABLES: &[(&str, &[&str])] = &[
    ("HUSKY", &["0"]),
    ("HUSKY_SKIP_HOOKS", &[]),
    ("HUSKY_SKIP_INSTALL", &[]),
    ("LEFTHOOK", &["0", "false"]),
    ("LEFTHOOK_BIN", &[]),
    ("OVERCOMMIT_DISABLE", &[]),
    ("PRE_COMMIT_ALLOW_NO_CONFIG", &[]),
    ("SKIP_SIMPLE_GIT_HOOKS", &[]),
    ("STANCH_BYPASS", &[]),
    ("STANCH_SYSTEM_CONFIG", &[]),
    ("GIT_CONFIG_PARAMETERS", &[]),
];

/// Variables that name hooks to leave out; other programs have the same names, so they count at a git command.
const LEFT_OUT: &[&str] = &[
    "SKIP",
    "LEFTHOOK_EXCLUDE",
    "LEFTHOOK_SKIP",
    "OVERCOMMIT_SKIP",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_EXEC_PATH",
];

/// Variables whose value git runs as a command.
const COMMANDS: &[&str] = &[
    "GIT_EDITOR",
    "GIT_SEQUENCE_EDITOR",
    "GIT_PAGER",
    "GIT_SSH_COMMAND",
    "GIT_EXTERNAL_DIFF",
    "GIT_ASKPASS",
    "GIT_PROXY_COMMAND",
    "PROMPT_COMMAND",
    "MANPAGER",
    "EDITOR",
    "VISUAL",
    "PAGER",
];

/// Editors: a file that they are given may change.
const EDITORS: &[&str] = &["ed", "ex", "vi", "vim", "nvim", "emacs", "nano"];

/// Commands of hook managers that remove hooks.
const UNINSTALLS: &[&str] = &["pre-commit", "prek", "lefthook", "husky", "overcommit", "simple-git-hooks"];

/// Units of work for looking at the name of a file.
const GATE_FILE: usize = 20;

impl Machine<'_> {
    pub(super) fn gate_write(&mut self, path: &Path) {
        if !self.work(GATE_FILE + path.as_os_str().len() / 4) {
            return;
        }
        if let Some(what) = gate_file(path) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            self.around(format!("write {what} ({name})"));
        }
        self.gate_program(path);
    }

    pub(super) fn gate_remove(&mut self, path: &Path) {
        if !self.work(GATE_FILE + path.as_os_str().len() / 4) {
            return;
        }
        if gate_file(path).is_some() || is_manager_file(path) || has_our_hook(path) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            self.around(format!("remove or disable {name}"));
        }
        self.gate_program(path);
    }

    pub(super) fn gate_variable(&mut self, name: &str, value: &Field) {
        let upper = if cfg!(windows) { name.to_ascii_uppercase() } else { name.to_owned() };
        let off = VARIABLES.iter().any(|(variable, values)| {
            *variable == upper && (values.is_empty() || !value.known || values.contains(&value.text.as_str()))
        });
        if off {
            self.around(upper);
        } else if name.starts_with("GIT_CONFIG_KEY_") && is_setting(&value.text) {
            self.around(format!("{name}={}", value.text));
        } else if name.starts_with("GIT_CONFIG_VALUE_") {
            self.gate_value("", &value.text);
        } else if COMMANDS.contains(&name) && value.text.contains(' ') {
            self.gate_only(&value.text);
        }
    }

    /// Follows a command whose effects are another program's or machine's: only what it goes around counts here.
    pub(super) fn gate_only(&mut self, command: &str) {
        let acts = self.apart(|m| {
            m.source(command, &Flow::default());
        });
        self.keep_around(acts);
    }

    /// What a program's arguments say about the gate.
    pub(super) fn gate(&mut self, call: &Call) {
        let options = Options::of(&call.args, "");
        let words = options.words();
        self.gate_options(call);
        let help = call.args.iter().any(|a| matches!(a.text.as_str(), "--help" | "-h"));
        match call.name.as_str() {
            "git" | "hub" => self.gate_git(call),
            editor if EDITORS.contains(&editor) => {
                // Without a script a person edits.
                let script = |a: &Field| a.text.starts_with(['-', '+']);
                let scripted = matches!(editor, "ed" | "ex") || call.args.iter().any(script);
                for file in options.operands.iter().filter(|o| scripted && o.known) {
                    let path = self.path(&file.text);
                    self.gate_write(&path);
                }
                // vim -c '!git ...'
                for arg in &call.args {
                    if let Some(command) = arg.text.trim_start_matches(['-', 'c', '+', ':']).strip_prefix('!')
                    {
                        self.gate_only(command);
                    }
                }
            }
            "gh" if call.args.iter().any(|a| a.text.contains("push-protection-bypasses")) => {
                self.around("gh api push-protection-bypasses");
            }
            "tmux" | "screen" | "Start-Process" | "start" => {
                let words = call.args.iter().filter(|a| !a.text.starts_with('-'));
                let words: Vec<&str> = words.map(|a| a.text.as_str()).collect();
                // The command is one word, or begins at one.
                for at in 0..words.len().min(5) {
                    self.gate_only(&words[at..].join(" "));
                }
            }
            "at" | "batch" => {
                if let Some(text) = &call.stdin.text {
                    self.gate_only(text);
                }
            }
            "stanch" if !help => self.gate_stanch(&words, call),
            name if UNINSTALLS.contains(&name) => {
                if words.first() == Some(&"uninstall") || call.args.iter().any(|a| a.text == "--uninstall") {
                    self.around(format!("{name} uninstall"));
                }
                if words.first() == Some(&"run") || words.first() == Some(&"install") {
                    self.gate_left_out();
                }
            }
            "npm" | "pnpm" | "yarn" | "bun" => {
                let removes =
                    words.first().is_some_and(|w| matches!(*w, "uninstall" | "remove" | "rm" | "un"));
                if let Some(package) =
                    words.iter().skip(1).find(|w| UNINSTALLS.contains(w)).filter(|_| removes)
                {
                    self.around(format!("{} {} {package}", call.name, words[0]));
                }
            }
            _ => {}
        }
    }

    fn gate_stanch(&mut self, words: &[&str], call: &Call) {
        let has = |flag: &str| call.args.iter().any(|a| a.text == flag);
        let decision = match words {
            ["allow", ..] => !has("--list"),
            ["baseline", "create" | "update" | "resolve", ..] => true,
            ["remote", "trust", ..] | ["revoke" | "uninstall", ..] | ["agent", "uninstall", ..] => true,
            ["import", ..] => true,
            // They send values, if the person's own file allows it: to whom is a person's decision.
            ["verify", ..] => true,
            ["scan", ..] => has("--verify"),
            ["config", "set" | "unset" | "update", ..] => true,
            ["fix", ..] => has("--store") || call.args.iter().any(|a| a.text.starts_with("--store=")),
            _ => false,
        };
        if decision {
            let shown = match words {
                ["fix", ..] => "stanch fix --store".to_owned(),
                ["scan", ..] => "stanch scan --verify".to_owned(),
                [first @ ("remote" | "baseline" | "agent" | "config"), second, ..] => {
                    format!("stanch {first} {second}")
                }
                [first, ..] => format!("stanch {first}"),
                [] => "stanch".to_owned(),
            };
            self.around(shown);
        }
    }

    /// A variable that names hooks to leave out, at a command that runs hooks.
    fn gate_left_out(&mut self) {
        for name in LEFT_OUT {
            let set = self
                .variables
                .get(*name)
                .is_some_and(|values| values.iter().any(|v| !v.text.is_empty() || !v.known));
            if set {
                self.around(*name);
            }
        }
    }

    /// Another home has another configuration of git.
    fn gate_home(&mut self) {
        for name in ["HOME", "XDG_CONFIG_HOME"] {
            let elsewhere = |v: &Field| self.place.home.is_none_or(|home| Path::new(&v.text) != home);
            if self.variables.get(name).is_some_and(|values| values.iter().any(elsewhere)) {
                self.around(name);
            }
        }
    }
}
