//! Ways around that other programs offer: files that they write by an option, commands that they run from an argument, and
//! the removal of stanch itself.

use super::files::is_program;
use crate::agent::shell::Act;
use crate::agent::shell::flow::{Flow, Options};
use crate::agent::shell::machine::Machine;
use crate::agent::shell::run::Call;

/// Options whose value is the file that a program writes.
const OUTPUTS: &[&str] = &[
    "-o",
    "-O",
    "-out",
    "--output",
    "--out",
    "--output-file",
    "--outfile",
    "--out-file",
    "--output-document",
];

/// Programs in which such an option means something else.
const NO_OUTPUTS: &[&str] =
    &["grep", "egrep", "fgrep", "rg", "ls", "ps", "ssh", "scp", "mount", "find", "git", "bash", "set"];

/// Package managers: programs that remove others.
const REMOVERS: &[&str] = &[
    "cargo", "pip", "pip3", "pipx", "uv", "brew", "apt", "apt-get", "dnf", "yum", "npm", "pnpm", "yarn",
    "bun",
];

/// Options of assistants that switch their hooks off.
const HOOKS_OFF: &[&str] = &["--bare", "--safe-mode", "disableAllHooks", "--dangerously-bypass-hook-trust"];

/// Programs without an entry whose arguments are not commands.
const NO_COMMANDS: &[&str] = &[
    "git", "hub", "gh", "glab", "stanch", "apt", "apt-get", "brew", "pip", "which", "man", "info", "type",
    "hash",
];

/// Options whose value is prose.
const TEXTS: &[&str] = &[
    "-m",
    "-t",
    "-b",
    "-d",
    "--message",
    "--title",
    "--body",
    "--description",
    "--notes",
    "--comment",
    "--text",
];

/// What an argument that is a command may begin with.
const STARTS: &[&str] = &["git", "stanch", "sh", "bash", "env", "exec", "sudo", "cd", "command"];

/// What stands before a command in the language of a debugger or a database.
const SHELL_ESCAPES: &[&str] = &["shell ", ".shell ", ".system ", "system ", "\\! ", "\\!", "!"];

impl Machine<'_> {
    /// What any program does by its options.
    pub(super) fn gate_options(&mut self, call: &Call) {
        if !NO_OUTPUTS.contains(&call.name.as_str()) {
            for (at, arg) in call.args.iter().enumerate() {
                let (flag, value) = arg.text.split_once('=').unwrap_or((arg.text.as_str(), ""));
                if !OUTPUTS.contains(&flag) {
                    continue;
                }
                let next =
                    call.args.get(at + 1).filter(|next| next.known).map_or("", |next| next.text.as_str());
                let path = self.path(if value.is_empty() { next } else { value });
                self.gate_write(&path);
            }
        }
        let words = Options::of(&call.args, "").operands;
        let has = |names: &[&str]| words.iter().any(|w| names.contains(&w.text.as_str()));
        let name = call.name.as_str();
        if REMOVERS.contains(&name) && has(&["uninstall", "remove", "rm", "purge", "un"]) && has(&["stanch"])
        {
            self.around(format!("{name} uninstall stanch"));
        }
        if matches!(name, "claude" | "codex" | "gemini" | "copilot")
            && let Some(off) = HOOKS_OFF.iter().find(|off| call.args.iter().any(|a| a.text.contains(**off)))
        {
            self.around(format!("{name} {off}"));
        }
        if name == "make" {
            let recipes = call.args.iter().filter_map(|a| a.text.strip_prefix("--eval="));
            let recipes: Vec<String> = recipes.map(str::to_owned).chain(call.stdin.text.clone()).collect();
            for text in recipes.iter().flat_map(|text| text.split([';', '\n', '\t'])) {
                self.gate_text(text);
            }
        }
    }

    /// What the arguments of a program that is not known go around, if it runs them as a command: from the word on that is
    /// git or stanch, or a text of their own that begins so.
    pub(in crate::agent::shell) fn gate_arguments(&mut self, call: &Call) {
        if NO_COMMANDS.contains(&call.name.as_str()) {
            return;
        }
        for (at, arg) in call.args.iter().enumerate() {
            let is_prose = at > 0 && TEXTS.contains(&call.args[at - 1].text.as_str());
            let name = arg.text.rsplit('/').next().unwrap_or_default();
            if is_prose {
                continue;
            }
            if STARTS.contains(&name) {
                let acts = self.apart(|m| {
                    m.run(&call.args[at..], Flow::default());
                });
                self.keep_around(acts);
            } else {
                self.gate_text(&arg.text);
            }
        }
    }

    /// A text that a program runs, if it begins as a command that matters here.
    fn gate_text(&mut self, text: &str) {
        let mut text = text.trim_start();
        for escape in SHELL_ESCAPES {
            text = text.strip_prefix(escape).unwrap_or(text).trim_start();
        }
        let name_of = |text: &str| {
            let first = text.split(' ').next().unwrap_or_default();
            first.rsplit('/').next().unwrap_or_default().to_owned()
        };
        // `KEY=COMMAND`.
        if let Some((_, value)) = text.split_once('=').filter(|(key, _)| !key.contains(' ')) {
            text = if STARTS.contains(&name_of(value).as_str()) { value } else { text };
        }
        if text.contains(' ') && STARTS.contains(&name_of(text).as_str()) {
            self.gate_only(text);
        }
    }

    /// Keeps of the acts of another program or machine what they go around.
    pub(super) fn keep_around(&mut self, acts: Vec<Act>) {
        for act in acts {
            if matches!(act, Act::GoesAround { .. } | Act::Unread { .. }) {
                self.act(act);
            }
        }
    }

    /// The installed program itself.
    pub(super) fn gate_program(&mut self, path: &std::path::Path) {
        if is_program(path) {
            self.around("remove or replace the program stanch");
        }
    }
}
