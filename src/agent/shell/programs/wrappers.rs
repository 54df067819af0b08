//! Programs that run another program.

use super::senders::host_of;
use crate::agent::shell::flow::{Content, Field, Flow, Options, joined};
use crate::agent::shell::machine::Machine;
use crate::agent::shell::run::Call;

/// Programs whose operands are a command: name, options with a value, operands before the command.
const PLAIN: &[(&str, &str, usize)] = &[
    ("sudo", "u g h p C T R D user group host prompt chdir", 0),
    ("doas", "u C", 0),
    ("nice", "n adjustment", 0),
    ("ionice", "c n p", 0),
    ("nohup", "", 0),
    ("setsid", "", 0),
    ("stdbuf", "i o e", 0),
    ("unbuffer", "", 0),
    ("time", "f o", 0),
    ("gtime", "f o", 0),
    ("timeout", "k s kill-after signal", 1),
    ("gtimeout", "k s kill-after signal", 1),
    ("command", "", 0),
    ("builtin", "", 0),
    ("exec", "a", 0),
    ("chronic", "", 0),
    ("coproc", "", 0),
    ("watch", "n interval", 0),
    ("strace", "e o p s", 0),
    ("ltrace", "e o p s", 0),
    ("caffeinate", "t w", 0),
    ("winpty", "", 0),
    ("busybox", "", 0),
    ("toybox", "", 0),
    ("systemd-run", "p u M H E property unit setenv uid gid", 0),
    ("flock", "w E timeout conflict-exit-code", 1),
    ("unshare", "S G R setuid setgid root", 0),
    ("fakeroot", "l s i", 0),
    ("taskset", "", 1),
    ("chrt", "T P D", 1),
    ("prlimit", "", 0),
    ("firejail", "", 0),
    ("git bisect run", "", 0),
    ("npx", "p package c call", 0),
    ("bunx", "", 0),
    ("pnpx", "", 0),
    ("uvx", "from with", 0),
    ("direnv exec", "", 1),
    ("dotenv", "f e c p", 0),
    ("dotenvx run", "f env-file", 0),
    ("uv run", "with python p extra group env-file", 0),
    ("poetry run", "", 0),
    ("pipenv run", "", 0),
    ("pdm run", "", 0),
    ("hatch run", "", 0),
    ("rye run", "", 0),
    ("conda run", "n name p prefix", 0),
    ("bundle exec", "", 0),
    ("mise exec", "", 0),
    ("mise x", "", 0),
    ("asdf exec", "", 0),
    ("nix develop -c", "", 0),
    ("npm exec", "", 0),
    ("pnpm exec", "", 0),
    ("pnpm dlx", "", 0),
    ("yarn dlx", "", 0),
    ("yarn exec", "", 0),
    ("op run", "env-file", 0),
    ("doppler run", "p c project config", 0),
    ("infisical run", "env path", 0),
    ("git submodule foreach", "", 0),
];

/// Programs that run a command elsewhere: a container, a machine.
const ELSEWHERE: &[(&str, &str, usize)] = &[
    ("docker exec", "e u w env user workdir env-file", 1),
    ("podman exec", "e u w env user workdir env-file", 1),
    ("docker container exec", "e u w env user workdir env-file", 1),
    ("docker compose exec", "e u w env user workdir index f p", 1),
    ("docker-compose exec", "e u w env user workdir index f p", 1),
    ("docker compose run", "e u w v p env user workdir volume name entrypoint", 1),
    ("docker-compose run", "e u w v p env user workdir volume name entrypoint", 1),
    (
        "docker run",
        "e u w v p l m h env user workdir volume publish name network entrypoint env-file mount label memory cpus hostname add-host platform",
        1,
    ),
    (
        "podman run",
        "e u w v p l m h env user workdir volume publish name network entrypoint env-file mount",
        1,
    ),
    ("kubectl exec", "n c namespace container context kubeconfig f", 1),
    ("oc exec", "n c namespace container", 1),
    ("oc rsh", "n c namespace container", 1),
    ("ssh", SSH, 1),
    ("heroku run", "a app r remote s size", 0),
    ("fly ssh console -C", "a app", 0),
    ("flyctl ssh console -C", "a app", 0),
    ("wsl", "d u e", 0),
    ("vagrant ssh -c", "", 0),
];

const SSH: &str = "b c D E e F I i J L l m O o p Q R S W w";

const SHELLS: &[&str] = &[
    "sh", "bash", "zsh", "dash", "ksh", "mksh", "ash", "yash", "fish", "csh", "tcsh", "rbash", "xonsh", "nu",
    "elvish",
];

impl Machine<'_> {
    pub(super) fn wrapper(&mut self, call: &Call) -> Option<Flow> {
        let args = &call.args;
        match call.name.as_str() {
            "env" => return Some(self.env(args, &call.stdin)),
            "xargs" | "parallel" => return Some(self.xargs(args, &call.stdin)),
            "find" | "fd" | "fdfind" => return Some(self.find(call)),
            "su" | "runuser" | "script" => {
                let options = Options::of(args, "c s g command");
                let text = options.value("c command")?.clone();
                return Some(self.source(&text.text, &call.stdin));
            }
            "pwsh" | "powershell" => {
                let flag = |a: &Field| a.text.to_ascii_lowercase().replacen('/', "-", 1);
                if let Some(at) = args.iter().position(|a| {
                    let flag = flag(a);
                    flag == "-ec" || flag.len() > 1 && "-encodedcommand".starts_with(&flag)
                }) {
                    let value = args.get(at + 1)?.clone();
                    return Some(self.encoded_command(&value, &call.stdin));
                }
                let at = args.iter().position(|a| {
                    let flag = flag(a);
                    flag.len() > 1 && "-command".starts_with(&flag)
                })?;
                let text = joined(&args[at + 1..]);
                return Some(self.powershell(&text, &call.stdin));
            }
            "cmd" => {
                let at = args
                    .iter()
                    .position(|a| matches!(a.text.as_str(), "/c" | "/C" | "/k" | "/K" | "//c" | "//C"))?;
                let text = joined(&args[at + 1..]);
                return Some(self.cmd(&text, &call.stdin));
            }
            shell if SHELLS.contains(&shell) => return Some(self.shell(call)),
            _ => {}
        }
        // `npx -c 'COMMAND'`.
        if matches!(call.name.as_str(), "npx" | "npm" | "pnpx")
            && let Some(script) = Options::of(args, "c call p package").value("c call")
        {
            return Some(self.source(&script.text.clone(), &call.stdin));
        }
        if let Some(rest) = wrapped(call, PLAIN) {
            // These pass over functions.
            let plain = matches!(call.name.as_str(), "command" | "builtin");
            let name = rest.first().filter(|_| plain).map(|first| first.text.clone());
            let function = name.as_ref().and_then(|name| self.functions.remove(name));
            let flow = self.run(&rest, call.stdin.clone());
            self.functions.extend(name.zip(function));
            return Some(flow);
        }
        let rest = wrapped(call, ELSEWHERE)?;
        // Files of another machine are not read here; its environment has secrets like this one's.
        if call.name == "ssh" {
            let host = Options::of(args, SSH).operands.into_iter().next()?;
            let mut contents = call.stdin.contents.clone();
            contents.extend(Machine::carried(&rest));
            self.sends(Some(host_of(&host.text)), contents);
        }
        let inner = joined(&rest);
        self.gate_only(&inner);
        let words: Vec<&str> =
            inner.split(|c: char| c.is_whitespace() || c == ';' || c == '\'' || c == '"').collect();
        let prints = words.iter().any(|w| matches!(*w, "env" | "printenv")) || inner.contains("/environ");
        let what = format!("the environment that {} reaches", call.name);
        Some(Flow::of(if prints { vec![Content::Stored(what)] } else { Vec::new() }))
    }

    /// Runs words as a command.
    pub(in crate::agent::shell) fn run(&mut self, words: &[Field], stdin: Flow) -> Flow {
        let mut words = words;
        // VAR=value before the program, as for sudo and env.
        while let [first, rest @ ..] = words {
            let Some((name, value)) = assignment(first) else { break };
            self.assign(&name, value);
            words = rest;
        }
        let Some((program, args)) = words.split_first() else { return Flow::default() };
        if !program.known {
            self.unknown("the name of a program is not known");
            return Flow::default();
        }
        self.call(&program.text, args.to_vec(), stdin)
    }

    fn env(&mut self, args: &[Field], stdin: &Flow) -> Flow {
        const VALUED: &str = "u C S P a unset chdir split-string argv0";
        let split = Options::of(args, VALUED);
        if let Some(text) = split.value("S split-string") {
            let mut text = text.text.clone();
            for operand in &split.operands {
                text.push(' ');
                text.push_str(&operand.text);
            }
            return self.source(&text, stdin);
        }
        let rest = after_options(args, VALUED);
        let program = rest.iter().position(|word| assignment(word).is_none() && !word.text.is_empty());
        self.forked(|m| {
            let assigns = &rest[..program.unwrap_or(rest.len())];
            for word in assigns {
                match assignment(word) {
                    Some((name, value)) => m.assign(&name, value),
                    // `env $(cat FILE) program`.
                    None => m.loaded.extend(word.carries.iter().cloned()),
                }
            }
            match program {
                Some(at) => m.run(&rest[at..], stdin.clone()),
                None if split.has("i ignore-environment") || args.iter().any(|a| a.text == "-") => {
                    Flow::default()
                }
                None => Flow::of(m.environment()),
            }
        })
    }

    fn shell(&mut self, call: &Call) -> Flow {
        let command = call
            .args
            .iter()
            .position(|a| a.text.starts_with('-') && !a.text.starts_with("--") && a.text.contains('c'));
        if let Some(at) = command {
            let mut rest = call.args[at + 1..].iter().filter(|a| !matches!(a.text.as_str(), "--"));
            let Some(script) = rest.next().cloned() else { return Flow::default() };
            let values: Vec<Field> = rest.skip(1).cloned().collect();
            if !script.known && script.text.is_empty() {
                self.unknown("the text that a shell runs is not known");
                return Flow::default();
            }
            return self.script_file(&script.text, &values, &call.stdin);
        }
        // With -s the script is the input, and operands are its arguments.
        let from_input = call.args.iter().any(|a| a.text == "-s");
        let at = call.args.iter().position(|a| !a.text.starts_with('-')).filter(|_| !from_input);
        let script = at.map(|at| call.args[at].clone());
        let written = script.as_ref().and_then(|file| self.written(file, &call.stdin));
        if let Some((text, at)) = written.zip(at) {
            return self.script_file(&text, &call.args[at + 1..], &call.stdin);
        }
        match (&script, &call.stdin.text) {
            (None, Some(text)) => {
                let text = text.clone();
                self.forked(|m| m.source(&text, &Flow::default()))
            }
            (None, None) => {
                self.unknown("the text that a shell runs is not known");
                Flow::default()
            }
            // What a script prints is judged by its output.
            _ => Flow::default(),
        }
    }
}

/// The words of the command that a wrapper runs.
fn wrapped(call: &Call, table: &[(&str, &str, usize)]) -> Option<Vec<Field>> {
    for (name, valued, skipped) in table {
        let Some(words) = name.strip_prefix(call.name.as_str()) else { continue };
        if !words.is_empty() && !words.starts_with(' ') {
            continue;
        }
        if let Some(args) = words.split_ascii_whitespace().try_fold(&call.args[..], after_word) {
            let mut rest = after_options(args, valued);
            rest.drain(..(*skipped).min(rest.len()));
            if rest.first().is_some_and(|w| w.text == "--") {
                rest.remove(0);
            }
            return Some(rest);
        }
    }
    None
}

/// What follows a word of a wrapper's name; only options of the wrapper may stand before it.
fn after_word<'a>(args: &'a [Field], word: &str) -> Option<&'a [Field]> {
    let at = args.iter().position(|a| a.text == word)?;
    let option = |n: usize| args[n].text.starts_with('-');
    (0..at).all(|n| option(n) || n > 0 && option(n - 1)).then(|| &args[at + 1..])
}

/// What follows the options: a command that has options of its own.
pub(super) fn after_options(args: &[Field], valued: &str) -> Vec<Field> {
    let takes = |name: &str| valued.split(' ').any(|v| v == name);
    let mut at = 0;
    while let Some(arg) = args.get(at) {
        let text = arg.text.as_str();
        if text == "--" {
            at += 1;
            break;
        }
        let Some(word) = text.strip_prefix('-') else { break };
        at += 1;
        let value_follows = match word.strip_prefix('-') {
            Some(long) => takes(long),
            None => word
                .char_indices()
                .find(|(_, c)| takes(&c.to_string()))
                .is_some_and(|(n, c)| n + c.len_utf8() == word.len()),
        };
        at += usize::from(value_follows);
    }
    args.get(at..).unwrap_or_default().to_vec()
}

fn assignment(word: &Field) -> Option<(String, Field)> {
    let (name, value) = word.text.split_once('=')?;
    let valid = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    valid.then(|| (name.to_owned(), Field { text: value.to_owned(), ..word.clone() }))
}
