//! What goes around the gate, or takes a decision that is a person's.

use super::Act;
use super::flow::{Field, Flow, Options};
use super::machine::Machine;
use super::programs::git_command;
use super::run::Call;
use crate::config::extends::LOCK_FILE;
use crate::config::{ALLOW_FILE, FILE_NAME};
use crate::disk::{self, Links};
use crate::hooks::managers;
use std::path::Path;

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
];

/// Settings of git that decide which hooks run, or name a file that may have them.
const SETTINGS: &[&str] = &["core.hookspath", "init.templatedir", "include.path"];

/// Variables whose value git runs as a command.
const COMMANDS: &[&str] = &[
    "GIT_EDITOR",
    "GIT_SEQUENCE_EDITOR",
    "GIT_PAGER",
    "GIT_SSH_COMMAND",
    "GIT_EXTERNAL_DIFF",
    "GIT_ASKPASS",
    "EDITOR",
    "VISUAL",
    "PAGER",
];

/// Editors: a file that they are given may change.
const EDITORS: &[&str] = &["ed", "ex", "vi", "vim", "nvim", "emacs", "nano"];

/// Commands of hook managers that remove hooks.
const UNINSTALLS: &[&str] = &["pre-commit", "prek", "lefthook", "husky", "overcommit", "simple-git-hooks"];

/// What a file has to do with the gate; `None` if writing it leaves the gate as it is.
pub fn gate_file(path: &Path) -> Option<&'static str> {
    let text = path.to_string_lossy().replace('\\', "/");
    let name = text.rsplit('/').next().unwrap_or_default();
    let begins = |before: &str| before.is_empty() || before.ends_with('/');
    let within = |folder: &str| {
        text.match_indices(folder)
            .any(|(at, _)| begins(&text[..at]) && text[at + folder.len()..].starts_with('/'))
    };
    let ends = |end: &str| text.strip_suffix(end).is_some_and(begins);
    if matches!(name, FILE_NAME | ALLOW_FILE | LOCK_FILE | ".stanch-baseline") {
        return Some("stanch's policy");
    }
    if within(".git/hooks") || ends(".git/hooks") || within(".git/stanch") {
        return Some("git's hooks");
    }
    if text.contains("/.git/") && (within("hooks") || ends("hooks"))
        || [".git/config", ".git/config.worktree", ".gitconfig", ".config/git/config", "etc/gitconfig"]
            .iter()
            .any(|file| ends(file))
    {
        return Some("git's configuration");
    }
    if within(".husky")
        && matches!(
            name,
            "_" | "pre-commit"
                | "pre-push"
                | "commit-msg"
                | "prepare-commit-msg"
                | "pre-merge-commit"
                | "h"
                | "husky.sh"
        )
        || ends(".husky")
    {
        return Some("husky's hooks");
    }
    if (within(".config/stanch") || within("etc/stanch")) && name.ends_with(".toml") {
        return Some("stanch's policy");
    }
    let hosts = [
        ".claude/settings.json",
        ".claude/settings.local.json",
        ".codex/hooks.json",
        ".cursor/hooks.json",
        ".gemini/settings.json",
        ".windsurf/hooks.json",
        ".devin/hooks.v1.json",
        ".agents/hooks.json",
    ];
    if hosts.iter().any(|file| ends(file))
        || within(".github/hooks")
        || within(".kiro/hooks")
        || within(".clinerules/hooks")
    {
        return Some("the assistant's hooks");
    }
    None
}

/// Files of managers that stanch does not install into.
const OTHERS: &[&str] = &[".overcommit.yml", ".simple-git-hooks.json"];

/// Files whose removal switches hooks off, beside those of [`gate_file`].
fn is_manager_file(path: &Path) -> bool {
    managers::reads(path) || OTHERS.iter().any(|file| path.ends_with(file))
}

/// Units of work for looking at the name of a file.
const GATE_FILE: usize = 20;

/// True if the folder is a repository's own, with a hook of ours in it.
fn has_our_hook(path: &Path) -> bool {
    let calls_us = |name: &str| {
        disk::read(&path.join("hooks").join(name), Links::Follow, 1 << 16)
            .is_ok_and(|text| memchr::memmem::find(&text, b"stanch").is_some())
    };
    path.ends_with(".git") && ["pre-commit", "pre-push"].iter().any(|name| calls_us(name))
}

impl Machine<'_> {
    pub(super) fn gate_write(&mut self, path: &Path) {
        if !self.work(GATE_FILE + path.as_os_str().len() / 4) {
            return;
        }
        if let Some(what) = gate_file(path) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            self.around(format!("write {what} ({name})"));
        }
    }

    pub(super) fn gate_remove(&mut self, path: &Path) {
        if !self.work(GATE_FILE + path.as_os_str().len() / 4) {
            return;
        }
        if gate_file(path).is_some() || is_manager_file(path) || has_our_hook(path) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            self.around(format!("remove or disable {name}"));
        }
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
        } else if COMMANDS.contains(&name) && value.text.contains(' ') {
            self.gate_only(&value.text);
        }
    }

    /// Follows a command whose effects are another program's or machine's: only what it goes around counts here.
    pub(super) fn gate_only(&mut self, command: &str) {
        let acts = self.apart(|m| {
            m.source(command, &Flow::default());
        });
        for act in acts {
            if matches!(act, Act::GoesAround { .. } | Act::Unread { .. }) {
                self.act(act);
            }
        }
    }

    /// What a program's arguments say about the gate.
    pub(super) fn gate(&mut self, call: &Call) {
        let options = Options::of(&call.args, "");
        let words = options.words();
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
            ["config", "set" | "unset" | "update", ..] => true,
            ["fix", ..] => has("--store") || call.args.iter().any(|a| a.text.starts_with("--store=")),
            _ => false,
        };
        if decision {
            let shown = match words {
                ["fix", ..] => "stanch fix --store".to_owned(),
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

    fn gate_git(&mut self, call: &Call) {
        let mut settings = call.args.iter().map(|a| a.text.as_str());
        while let Some(arg) = settings.next() {
            let setting = match arg {
                "-c" | "--config-env" => settings.next().unwrap_or_default(),
                "-C" | "--git-dir" | "--work-tree" | "--namespace" => {
                    settings.next();
                    continue;
                }
                option if option.starts_with("--config-env=") => &option["--config-env=".len()..],
                option if option.starts_with('-') => continue,
                _ => break,
            };
            let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
            if is_setting(key) {
                self.around(format!("git -c {key}"));
            } else if key.to_ascii_lowercase().starts_with("alias.") {
                self.gate_alias(key, value);
            } else if value.contains(' ') {
                // An editor, a pager, a transport.
                self.gate_only(value);
            }
        }
        let (words, _) = git_command(&call.args);
        let Some((command, rest)) = words.split_first() else { return };
        let command = command.text.as_str();
        // `--no-verify` may be cut short, to `--no-veri`.
        let before_dashes = || rest.iter().take_while(|a| a.text != "--").map(|a| a.text.as_str());
        let long = before_dashes().any(|a| a.len() >= 9 && "--no-verify".starts_with(a));
        let runs_hooks = matches!(
            command,
            "commit" | "merge" | "push" | "am" | "rebase" | "pull" | "cherry-pick" | "revert" | "ci"
        );
        if runs_hooks && long && !value_follows(rest) {
            self.around(format!("git {command} --no-verify"));
        }
        let short = match command {
            "commit" | "ci" => has_letter(rest, 'n', "mFCctuS"),
            "am" => has_letter(rest, 'n', "CpS"),
            _ => false,
        };
        if short {
            self.around(format!("git {command} -n"));
        }
        if runs_hooks {
            self.gate_left_out();
            self.gate_home();
        }
        match command {
            "config" => self.gate_git_config(rest),
            // Commits and pushes that run no hook.
            "commit-tree" | "fast-import" | "send-pack" | "http-push" => {
                self.around(format!("git {command}"));
            }
            // An object of its own making.
            "hash-object" if Options::of(rest, "t").value("t").is_some_and(|kind| kind.text == "commit") => {
                self.around("git hash-object -t commit");
            }
            "rm" | "mv" => {
                let options = Options::of(rest, "");
                for operand in options.operands.iter().filter(|o| o.known) {
                    let path = self.path(&operand.text);
                    self.gate_remove(&path);
                }
            }
            "rebase" | "bisect" | "submodule" | "filter-branch" => {
                for arg in rest.iter().filter(|a| a.text.contains(' ')) {
                    self.source(&arg.text, &Flow::default());
                }
            }
            _ => {}
        }
    }

    fn gate_git_config(&mut self, rest: &[Field]) {
        let options = Options::of(rest, "f file blob type default value comment");
        let mut words = options.words();
        let reads = options
            .has("get get-all get-regexp get-urlmatch list l show-origin show-scope name-only")
            || words.first().is_some_and(|w| matches!(*w, "get" | "list"));
        if reads {
            return;
        }
        let removes = options.has("unset unset-all remove-section rename-section")
            || words.first().is_some_and(|w| matches!(*w, "unset" | "remove-section" | "rename-section"));
        if words.first().is_some_and(|w| matches!(*w, "set" | "unset" | "remove-section" | "rename-section"))
        {
            words.remove(0);
        }
        if options.has("e edit") || words.first() == Some(&"edit") {
            self.around("git config --edit");
            return;
        }
        let Some((key, values)) = words.split_first() else { return };
        if is_setting(key) && (removes || !values.is_empty()) || removes && key.eq_ignore_ascii_case("core") {
            self.around(format!("git config {key}"));
        } else if let Some(value) = values.first() {
            self.gate_alias(key, value);
        }
    }

    /// An alias of git's configuration, as it would run.
    fn gate_alias(&mut self, key: &str, value: &str) {
        if key.to_ascii_lowercase().starts_with("alias.") {
            let command = match value.strip_prefix('!') {
                Some(command) => command.to_owned(),
                None => format!("git {value}"),
            };
            // What it prints is seen when it runs.
            self.source(&command, &Flow::default());
        }
    }
}

fn is_setting(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    // `includeIf.*.path`, and hooks that are settings.
    SETTINGS.contains(&key.as_str()) || key.starts_with("includeif.") || key.starts_with("hook.")
}

/// True if the long option is the value of another option: `-m --no-verify`.
fn value_follows(rest: &[Field]) -> bool {
    let at = rest.iter().position(|a| a.text.len() >= 9 && "--no-verify".starts_with(&a.text));
    at.is_some_and(|at| {
        at > 0 && matches!(rest[at - 1].text.as_str(), "-m" | "-am" | "--message" | "-F" | "--file")
    })
}

/// True if the letter is among the short options. Letters of `valued` end a group: their value follows.
fn has_letter(args: &[Field], letter: char, valued: &str) -> bool {
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg.text == "--" {
            return false;
        }
        let Some(word) = arg.text.strip_prefix('-').filter(|w| !w.starts_with('-')) else {
            // The value of a long option is a word of its own.
            if matches!(
                arg.text.as_str(),
                "--message" | "--file" | "--author" | "--date" | "--template" | "--reuse-message"
            ) {
                args.next();
            }
            continue;
        };
        for (at, c) in word.char_indices() {
            if c == letter {
                return true;
            }
            if valued.contains(c) {
                // Those of `-u` and `-S` may be left out, and stand in the same word.
                if at + 1 == word.len() && !"uS".contains(c) {
                    args.next();
                }
                break;
            }
        }
    }
    false
}
