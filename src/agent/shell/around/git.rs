//! Git's own ways around its hooks: options, settings, aliases and commands that run none.

use crate::agent::shell::flow::{Field, Flow, Options};
use crate::agent::shell::machine::Machine;
use crate::agent::shell::programs::git_command;
use crate::agent::shell::run::Call;

/// Settings of git that decide which hooks run, or name a file that may have them.
const SETTINGS: &[&str] = &["core.hookspath", "init.templatedir", "include.path"];

impl Machine<'_> {
    pub(super) fn gate_git(&mut self, call: &Call) {
        let mut settings = call.args.iter().map(|a| a.text.as_str());
        while let Some(arg) = settings.next() {
            let setting = match arg {
                "-c" | "--config-env" => settings.next().unwrap_or_default(),
                "-C" | "--git-dir" | "--work-tree" | "--namespace" => {
                    settings.next();
                    continue;
                }
                option if option.starts_with("--config-env=") => &option["--config-env=".len()..],
                // Programs of another folder run as git's own.
                option if option.starts_with("--exec-path=") => {
                    self.around("git --exec-path");
                    continue;
                }
                option if option.starts_with('-') => continue,
                _ => break,
            };
            let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
            if is_setting(key) {
                self.around(format!("git -c {key}"));
            } else {
                self.gate_value(key, value);
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
            "commit" => self.commits(call, rest),
            "add" | "stage" | "update-index" => self.stages(call, rest),
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
            // Another version of the policy.
            "checkout" if rest.iter().any(|a| a.text == "--") => {
                let mut words = rest.iter().filter(|a| !a.text.starts_with('-') || a.text == "--");
                if words.next().is_some_and(|first| first.text != "--") {
                    self.gate_paths(call, rest.iter().skip_while(|a| a.text != "--").skip(1));
                }
            }
            "restore" if Options::of(rest, "s source").value("s source").is_some() => {
                let options = Options::of(rest, "s source");
                self.gate_paths(call, options.operands.iter());
            }
            "for-each-repo" => {
                let first = Options::of(rest, "config").operands.into_iter().next();
                let words = rest
                    .iter()
                    .skip_while(|a| first.as_ref().is_none_or(|f| f.text != a.text))
                    .cloned()
                    .collect();
                let inner = Call { name: "git".to_owned(), args: words, ..Call::default() };
                self.gate_git(&inner);
            }
            "clone" | "fetch" | "pull" | "push" | "ls-remote" | "difftool" | "grep" => {
                self.gate_helpers(command, rest);
            }
            "rebase" | "bisect" | "submodule" | "filter-branch" => {
                for arg in rest.iter().filter(|a| a.text.contains(' ')) {
                    self.source(&arg.text, &Flow::default());
                }
            }
            _ => {}
        }
    }

    /// Files that a command of git writes.
    fn gate_paths<'a>(&mut self, call: &Call, files: impl Iterator<Item = &'a Field>) {
        let (_, folder) = git_command(&call.args);
        let base = folder.map_or_else(|| self.dir.clone(), |folder| self.path(&folder));
        for file in files.filter(|f| f.known) {
            self.gate_write(&crate::finding::plain_path(&base.join(&file.text)));
        }
    }

    /// Programs that a command of git runs by an option or an address, and settings of a new clone.
    fn gate_helpers(&mut self, command: &str, rest: &[Field]) {
        let short: &[&str] = match command {
            "clone" | "ls-remote" => &["-u"],
            "difftool" => &["-x"],
            "grep" => &["-O"],
            _ => &[],
        };
        let long = ["--upload-pack=", "--receive-pack=", "--exec=", "--extcmd=", "--open-files-in-pager="];
        for (at, arg) in rest.iter().enumerate() {
            let next = || rest.get(at + 1).map_or("", |next| next.text.as_str());
            let text = arg.text.as_str();
            if command == "clone" && matches!(text, "-c" | "--config") {
                let key = next().split('=').next().unwrap_or_default();
                if is_setting(key) {
                    self.around(format!("git clone -c {key}"));
                }
            }
            let glued = short
                .iter()
                .chain(&long)
                .find_map(|option| text.strip_prefix(option))
                .filter(|v| !v.is_empty());
            let apart =
                short.contains(&text) || long.iter().any(|option| option.strip_suffix('=') == Some(text));
            if let Some(value) = glued.or_else(|| apart.then(next)) {
                self.gate_only(value);
            }
            // A transport that runs a command.
            if let Some(program) = text.strip_prefix("ext::") {
                self.gate_only(&program.replace("% ", " "));
            }
        }
    }

    /// A value of git's configuration that git may run: an alias, an editor, a pager, a transport.
    pub(super) fn gate_value(&mut self, key: &str, value: &str) {
        if key.to_ascii_lowercase().starts_with("alias.") {
            let command = match value.strip_prefix('!') {
                Some(command) => command.to_owned(),
                None => format!("git {value}"),
            };
            self.gate_only(&command);
        } else if value.contains(' ') {
            self.gate_only(value.trim_start_matches('!'));
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
            self.gate_value(key, value);
        }
    }
}

pub(super) fn is_setting(key: &str) -> bool {
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
