//! Programs that run another program.

use crate::agent::shell::expand::ENTRIES;
use crate::agent::shell::flow::{Content, Field, Flow, Options};
use crate::agent::shell::machine::Machine;
use crate::agent::shell::run::Call;
use std::path::{Path, PathBuf};

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
    ("ssh", "b c D E e F I i J L l m O o p Q R S W w", 1),
    ("heroku run", "a app r remote s size", 0),
    ("fly ssh console -C", "a app", 0),
    ("flyctl ssh console -C", "a app", 0),
    ("wsl", "d u e", 0),
    ("vagrant ssh -c", "", 0),
];

/// Files that a search hands on.
const FILES: usize = 256;

const SHELLS: &[&str] = &["sh", "bash", "zsh", "dash", "ksh", "ash", "fish"];

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
                let at = args.iter().position(|a| {
                    let flag = a.text.to_ascii_lowercase();
                    flag.len() > 1 && ("-command".starts_with(&flag) || flag == "/c")
                })?;
                let text = join(&args[at + 1..]);
                return Some(self.powershell(&text, &call.stdin));
            }
            "cmd" => {
                let at = args
                    .iter()
                    .position(|a| matches!(a.text.as_str(), "/c" | "/C" | "/k" | "/K" | "//c" | "//C"))?;
                let text = join(&args[at + 1..]);
                return Some(self.cmd(&text, &call.stdin));
            }
            shell if SHELLS.contains(&shell) => return Some(self.shell(call)),
            _ => {}
        }
        if let Some(rest) = self.unwrap(call, PLAIN) {
            return Some(self.run(&rest, call.stdin.clone()));
        }
        let rest = self.unwrap(call, ELSEWHERE)?;
        // Files of another machine are not read here; its environment has secrets like this one's.
        let inner = match &rest[..] {
            [] if call.name == "ssh" => {
                let host = Options::of(args, "b c D E e F I i J L l m O o p Q R S W w")
                    .operands
                    .into_iter()
                    .next()?;
                self.sends(Some(host_of(&host.text)), call.stdin.contents.clone());
                return Some(Flow::default());
            }
            // A script in one word, as for ssh.
            [text] => text.text.clone(),
            words => join(words),
        };
        if call.name == "ssh" {
            let host =
                Options::of(args, "b c D E e F I i J L l m O o p Q R S W w").operands.into_iter().next();
            let mut contents = call.stdin.contents.clone();
            contents.extend(Machine::carried(&rest));
            self.sends(host.map(|h| host_of(&h.text)), contents);
        }
        let words: Vec<&str> =
            inner.split(|c: char| c.is_whitespace() || c == ';' || c == '\'' || c == '"').collect();
        let prints = words.iter().any(|w| matches!(*w, "env" | "printenv")) || inner.contains("/environ");
        let what = format!("the environment that {} reaches", call.name);
        Some(Flow::of(if prints { vec![Content::Stored(what)] } else { Vec::new() }))
    }

    /// The words of the command that a wrapper runs.
    fn unwrap(&mut self, call: &Call, table: &[(&str, &str, usize)]) -> Option<Vec<Field>> {
        for (name, valued, skipped) in table {
            let mut words = name.split(' ');
            if words.next() != Some(call.name.as_str()) {
                continue;
            }
            let mut args = &call.args[..];
            let mut matches = true;
            for word in words {
                // Options of the program itself may stand before its command.
                let at = args.iter().position(|a| a.text == word);
                match at {
                    Some(at)
                        if args[..at].iter().enumerate().all(|(n, a)| {
                            a.text.starts_with('-') || n > 0 && args[n - 1].text.starts_with('-')
                        }) =>
                    {
                        args = &args[at + 1..];
                    }
                    _ => matches = false,
                }
            }
            if matches {
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

    /// Runs words as a command.
    pub(super) fn run(&mut self, words: &[Field], stdin: Flow) -> Flow {
        let mut words = words;
        // VAR=value before the program, as for sudo and env.
        while let [first, rest @ ..] = words {
            let Some((name, value)) = assignment(first) else { break };
            self.gate_variable(&name, &value);
            self.variables.insert(name, vec![value]);
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
        let split = Options::of(args, "u C S P a unset chdir split-string argv0");
        if let Some(text) = split.value("S split-string") {
            let mut text = text.text.clone();
            for operand in &split.operands {
                text.push(' ');
                text.push_str(&operand.text);
            }
            return self.source(&text, stdin);
        }
        let rest = after_options(args, "u C S P a unset chdir split-string argv0");
        let program = rest.iter().position(|word| assignment(word).is_none() && !word.text.is_empty());
        self.forked(|m| {
            let assigns = &rest[..program.unwrap_or(rest.len())];
            for word in assigns {
                match assignment(word) {
                    Some((name, value)) => {
                        m.gate_variable(&name, &value);
                        m.variables.insert(name, vec![value]);
                    }
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
            .position(|a| a.text.starts_with('-') && !a.text.starts_with("--") && a.text.ends_with('c'));
        if let Some(at) = command {
            let mut rest = call.args[at + 1..].iter().filter(|a| !matches!(a.text.as_str(), "--"));
            let Some(script) = rest.next().cloned() else { return Flow::default() };
            let values: Vec<Field> = rest.skip(1).cloned().collect();
            if !script.known && script.text.is_empty() {
                self.unknown("the text that a shell runs is not known");
                return Flow::default();
            }
            return self.forked(|m| {
                for (n, value) in values.into_iter().enumerate() {
                    m.variables.insert((n + 1).to_string(), vec![value]);
                }
                m.source(&script.text, &call.stdin)
            });
        }
        let script = call.args.iter().find(|a| !a.text.starts_with('-'));
        match (script, &call.stdin.text) {
            (None, Some(text)) => {
                let text = text.clone();
                self.forked(|m| m.source(&text, &Flow::default()))
            }
            (None, None) => {
                self.unknown("the text that a shell runs is not known");
                Flow::default()
            }
            // A script's own file is judged when it is written, and by its output.
            _ => Flow::default(),
        }
    }

    fn xargs(&mut self, args: &[Field], stdin: &Flow) -> Flow {
        const VALUED: &str = "a d E I L n P s arg-file delimiter max-args max-procs replace j";
        let options = Options::of(args, VALUED);
        let mut command = after_options(args, VALUED);
        let from = options.value("a arg-file").map(|file| self.read(file, stdin));
        let stdin = from.as_ref().unwrap_or(stdin);
        let mut given: Vec<Field> =
            stdin.names.iter().map(|path| Field::known(path.display().to_string())).collect();
        if let Some(text) = &stdin.text {
            given.extend(text.split_whitespace().take(FILES).map(Field::known));
        }
        if given.is_empty() {
            given.push(Field { carries: stdin.contents.clone(), ..Field::default() });
        }
        let mark = options.value("I replace").map_or("{}", |f| f.text.as_str());
        if command.is_empty() {
            command.push(Field::known("echo"));
        }
        let replaced = replace(&command, mark, &given);
        let command = match replaced {
            Some(command) => command,
            None => [command, given].concat(),
        };
        self.run(&command, Flow::default())
    }

    /// find and fd: the names that they print, and the commands that they run.
    fn find(&mut self, call: &Call) -> Flow {
        let args = &call.args;
        let runs = args.iter().position(|a| {
            matches!(
                a.text.as_str(),
                "-exec" | "-execdir" | "-ok" | "-okdir" | "-x" | "-X" | "--exec" | "--exec-batch"
            )
        });
        let conditions = &args[..runs.unwrap_or(args.len())];
        let names = if call.name == "find" { self.found(conditions) } else { self.found_by_fd(conditions) };
        let Some(at) = runs else {
            let deletes = args.iter().any(|a| a.text == "-delete");
            if deletes {
                names.iter().for_each(|path| self.gate_remove(path));
            }
            return Flow { names, ..Flow::default() };
        };
        let end = args[at + 1..].iter().position(|a| matches!(a.text.as_str(), ";" | "+"));
        let mut command = args[at + 1..end.map_or(args.len(), |end| at + 1 + end)].to_vec();
        let given: Vec<Field> = names.iter().map(|path| Field::known(path.display().to_string())).collect();
        if call.name != "find" && !command.iter().any(|w| w.text.contains("{}")) {
            command.push(Field::known("{}"));
        }
        if given.is_empty() {
            // What the command goes around counts without a file.
            return self.run(&command, Flow::default());
        }
        let command = replace(&command, "{}", &given).unwrap_or(command);
        self.run(&command, Flow::default())
    }

    fn found(&self, conditions: &[Field]) -> Vec<PathBuf> {
        let starts = conditions.iter().take_while(|a| !a.text.starts_with(['-', '(', '!']));
        let mut starts: Vec<PathBuf> = starts.map(|a| self.path(&a.text)).collect();
        if starts.is_empty() {
            starts.push(self.dir.clone());
        }
        let value = |names: &[&str]| {
            let at = conditions.iter().position(|a| names.contains(&a.text.as_str()))?;
            conditions.get(at + 1).map(|a| a.text.clone())
        };
        let name = value(&["-name", "-iname"]);
        let path = value(&["-path", "-wholename", "-ipath"]);
        let folders = value(&["-type"]).is_some_and(|t| t == "d");
        if folders {
            return Vec::new();
        }
        search(&starts, name.as_deref().or(path.as_deref()), true)
    }

    fn found_by_fd(&self, conditions: &[Field]) -> Vec<PathBuf> {
        let options = Options::of(conditions, "e E t d x extension exclude type max-depth glob");
        let hidden = options.has("H hidden u unrestricted");
        let operands = &options.operands;
        let starts: Vec<PathBuf> = match operands.get(1..) {
            Some(rest @ [_, ..]) => rest.iter().map(|a| self.path(&a.text)).collect(),
            _ => vec![self.dir.clone()],
        };
        let pattern =
            operands.first().map(|p| format!("*{}*", p.text.trim_matches(['^', '$']).replace('\\', "")));
        search(&starts, pattern.as_deref(), hidden)
    }
}

/// Files under folders whose name, or path, matches a glob; bounded in depth and number.
fn search(starts: &[PathBuf], pattern: Option<&str>, hidden: bool) -> Vec<PathBuf> {
    let glob = pattern.map(|p| globset::GlobBuilder::new(p).case_insensitive(true).build());
    let glob = match glob {
        Some(Ok(glob)) => Some(glob.compile_matcher()),
        Some(Err(_)) => return Vec::new(),
        None => None,
    };
    let whole = pattern.is_some_and(|p| p.contains('/'));
    let matches = |path: &Path| match &glob {
        Some(glob) if whole => glob.is_match(path),
        Some(glob) => path.file_name().is_some_and(|name| glob.is_match(name)),
        None => true,
    };
    let (mut out, mut seen) = (Vec::new(), 0);
    let mut todo: Vec<(PathBuf, u8)> = starts.iter().map(|start| (start.clone(), 0)).collect();
    while let Some((folder, depth)) = todo.pop() {
        if folder.is_file() && matches(&folder) {
            out.push(folder);
            continue;
        }
        for entry in std::fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok) {
            seen += 1;
            if seen > ENTRIES || out.len() >= FILES {
                return out;
            }
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if !hidden && name.starts_with('.') {
                continue;
            }
            match entry.file_type() {
                Ok(kind)
                    if kind.is_dir()
                        && depth < 6
                        && !matches!(&*name, ".git" | "node_modules" | "target" | ".venv" | "vendor") =>
                {
                    todo.push((path, depth + 1));
                }
                Ok(kind) if kind.is_file() && matches(&path) => out.push(path),
                _ => {}
            }
        }
    }
    out
}

/// The words with `mark` replaced by what is given, each once; `None` if no word has the mark.
fn replace(command: &[Field], mark: &str, given: &[Field]) -> Option<Vec<Field>> {
    if mark.is_empty() || !command.iter().any(|word| word.text.contains(mark)) {
        return None;
    }
    let mut out = Vec::new();
    for word in command {
        if !word.text.contains(mark) {
            out.push(word.clone());
            continue;
        }
        for value in given.iter().take(FILES) {
            let mut carries = word.carries.clone();
            carries.extend(value.carries.iter().cloned());
            let text = word.text.replace(mark, &value.text);
            out.push(Field { text, known: word.known && value.known, carries });
        }
    }
    Some(out)
}

/// What follows the options: a command that has options of its own.
fn after_options(args: &[Field], valued: &str) -> Vec<Field> {
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

fn join(words: &[Field]) -> String {
    words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ")
}

fn host_of(target: &str) -> String {
    let target = target.rsplit('@').next().unwrap_or(target);
    target.split(':').next().unwrap_or(target).to_owned()
}
