//! Code on the command line: `python -c`, `node -e`, a document on an interpreter's input.
//!
//! The code is not parsed. It prints what it names if it prints at all: files by their literals, variables where they
//! stand in the call that prints.

use super::literals::{decoded, joined, opens_to_change, quoted};
use crate::agent::shell::flow::{Field, Flow};
use crate::agent::shell::machine::Machine;
use crate::agent::shell::run::Call;

/// Interpreters, and the options after which code follows.
const INTERPRETERS: &[(&str, &[&str])] = &[
    ("python", &["-c"]),
    ("python3", &["-c"]),
    ("python2", &["-c"]),
    ("pypy3", &["-c"]),
    ("ipython", &["-c"]),
    ("py", &["-c"]),
    ("node", &["-e", "--eval", "-p", "--print", "-pe"]),
    ("nodejs", &["-e", "--eval", "-p", "--print", "-pe"]),
    ("bun", &["-e", "--eval", "-p"]),
    ("deno", &["eval", "-p"]),
    ("tsx", &["-e"]),
    ("ts-node", &["-e"]),
    ("ruby", &["-e", "-ne", "-pe"]),
    ("perl", &["-e", "-E", "-ne", "-pe", "-nle", "-lne", "-ple", "-lpe", "-0777", "-0pe"]),
    ("php", &["-r"]),
    ("lua", &["-e"]),
    ("Rscript", &["-e"]),
    ("elixir", &["-e"]),
    ("osascript", &["-e"]),
    ("julia", &["-e", "-E"]),
    ("groovy", &["-e"]),
    ("raku", &["-e"]),
    ("guile", &["-c"]),
    ("racket", &["-e"]),
    ("swift", &["-e"]),
    ("scala", &["-e"]),
    ("R", &["-e"]),
    ("octave", &["--eval"]),
    ("emacs", &["--eval", "-eval"]),
    ("tclsh", &[]),
    ("expect", &["-c"]),
];

pub(super) const PRINTS: &[&str] = &[
    "print", "console.", "stdout", "puts", "echo", "say", "p ", "pp ", "dump", "inspect", "write(", "cat(",
    "log(", "IO.",
];
pub(super) const NETWORK: &[&str] = &[
    "requests.",
    "urllib",
    "http.client",
    "httpx",
    "aiohttp",
    "fetch(",
    "axios",
    "http.request",
    "https.request",
    "require('http",
    "require(\"http",
    "node:http",
    "Net::HTTP",
    "LWP",
    "socket",
    "curl_exec",
    "file_get_contents('http",
    "smtplib",
    "paramiko",
    "boto3",
];

/// Calls that change a file.
const CHANGES: &[&str] = &[
    "write",
    "Write",
    "put_contents",
    "O_WRONLY",
    "O_RDWR",
    "O_TRUNC",
    "remove",
    "delete",
    "unlink",
    "rename",
    "rmtree",
    "rm_rf",
    "rm_f",
    "rmSync",
    "rm(",
    "rm!",
    "chmod",
    "truncate",
    "copy",
    "cpSync",
    "symlink",
    "link(",
    "move(",
    "replace(",
    "spew",
    "spurt",
];
/// Calls that start another program.
const STARTS: &[&str] = &[
    "system(",
    "subprocess",
    "exec(",
    "execSync",
    "execFile",
    "execute(",
    "execv",
    "execl",
    "execve",
    "spawn",
    "popen",
    "Popen",
    "Open3",
    "%x",
    "shell_exec",
    "passthru",
    "proc_open",
    "qx",
    "system ",
    "exec ",
    "do shell script",
    "Deno.Command",
    "System.cmd",
    ":os.cmd",
    "ProcessBuilder",
    "getRuntime",
    "shell-command",
    "call-process",
    "`",
];
/// Calls that decode base64.
const DECODES: &[&str] =
    &["b64decode", "atob(", "base64", "Base64", "decode64", "unpack('m", "unpack(\"m", "unpack1"];

/// What the code gets to read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Input {
    /// Each line of the files that follow, or of the input (`perl -ne`).
    Lines,
    /// What the code itself asks for.
    ByCode,
}

impl Machine<'_> {
    pub(super) fn interpreter(&mut self, call: &Call) -> Option<Flow> {
        let plain = call.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        let (_, options) = INTERPRETERS.iter().find(|(name, _)| *name == call.name || *name == plain)?;
        let lines = matches!(plain, "perl" | "ruby");
        if call.args.iter().any(|a| a.text.contains("dotenv")) {
            self.load_dotenv();
        }
        if let Some(at) = call.args.iter().position(|a| a.text == "-m") {
            let module = call.args.get(at + 1).map_or("", |m| m.text.as_str());
            let prints = matches!(module, "json.tool" | "base64" | "tokenize" | "gzip");
            let files = call.args.iter().skip(at + 2).filter(|a| prints && !a.text.starts_with('-'));
            let files: Vec<Field> = files.cloned().collect();
            return Some(if prints { self.files_or_input(&files, &call.stdin) } else { Flow::default() });
        }
        // perl -lane, ruby -ne: letters that end with the one after which code follows.
        let ends: &[char] = if lines { &['e', 'E'] } else { &['c'] };
        let grouped = lines || plain.starts_with("py");
        let code_follows = |a: &Field| {
            let word = a.text.strip_prefix('-').filter(|_| grouped).unwrap_or_default();
            let letters = word.len() < 8 && word.bytes().all(|b| b.is_ascii_alphanumeric());
            options.contains(&a.text.as_str()) || letters && word.ends_with(ends)
        };
        // `-e'CODE'`, `--eval=CODE`: in one word.
        let glued = |a: &Field| {
            let short = options.iter().filter(|o| o.len() == 2).find_map(|o| a.text.strip_prefix(*o));
            let code =
                a.text.strip_prefix("--eval=").or_else(|| a.text.strip_prefix("--print=")).or(short)?;
            let is_code = code.bytes().any(|b| !b.is_ascii_alphanumeric());
            is_code.then(|| Field { text: code.to_owned(), ..a.clone() })
        };
        let own = call.args.iter().take_while(|a| a.text.starts_with('-'));
        if let Some((at, code)) = own.enumerate().find_map(|(at, a)| Some((at, glued(a)?))) {
            let rest = call.args[at + 1..].to_vec();
            return Some(self.code(&code, &rest, &call.stdin, Input::ByCode, false));
        }
        let at = call.args.iter().position(code_follows);
        let mut stdin = call.stdin.clone();
        let (mut printing, mut looping) = (false, false);
        let (code, rest) = match at {
            Some(at) => {
                let flag = call.args[at].text.trim_start_matches('-');
                // perl -pi -e
                let before = call.args[..at].iter().filter(|a| a.text.starts_with('-'));
                let flags: String = before.map(|a| a.text.as_str()).chain([flag]).collect();
                looping = lines && flags.contains(['n', 'p']);
                if lines && flags.contains('i') {
                    for file in call.args.iter().skip(at + 2).filter(|f| f.known && !f.text.starts_with('-'))
                    {
                        let path = self.path(&file.text);
                        self.write(path, Flow::default(), None);
                    }
                    return Some(Flow::default());
                }
                printing = if lines { flag.contains('p') } else { matches!(flag, "p" | "pe" | "print") };
                let code = call.args.get(at + 1)?.clone();
                (code, call.args.get(at + 2..).unwrap_or_default().to_vec())
            }
            None => {
                // A file that is run is followed if this command has written it.
                if let Some(at) = call.args.iter().position(|a| !a.text.starts_with('-')) {
                    let text = self.texts.get(&self.path(&call.args[at].text)).cloned()?;
                    let rest = call.args[at + 1..].to_vec();
                    return Some(self.code(&Field::known(text), &rest, &stdin, Input::ByCode, false));
                }
                // A document that is run.
                let text = stdin.text.take()?;
                (Field { text, known: true, carries: std::mem::take(&mut stdin.contents) }, Vec::new())
            }
        };
        let input = if looping { Input::Lines } else { Input::ByCode };
        Some(self.code(&code, &rest, &stdin, input, printing))
    }

    /// The code reads the definitions of `.env`.
    fn load_dotenv(&mut self) {
        let path = self.path(".env");
        self.loaded.extend(self.contents(&path));
    }

    fn code(&mut self, code: &Field, rest: &[Field], stdin: &Flow, input: Input, printing: bool) -> Flow {
        let text = code.text.as_str();
        let mut flow = Flow::of(code.carries.clone());
        // Files by their literals, and by the arguments of the code.
        let arguments = ["argv", "ARGV", "ARGF", "<>", "process.argv"].iter().any(|a| text.contains(a))
            || input == Input::Lines;
        for argument in rest.iter().filter(|a| arguments && !a.text.starts_with('-')) {
            let read = self.read(argument, stdin);
            flow.add(read.contents);
        }
        let mut literals: Vec<&str> = quoted(text);
        let in_order = literals.clone();
        literals.sort_unstable();
        literals.dedup();
        // The text is searched for each of the words above.
        if !self.work(text.len() + 30 * literals.len()) {
            return Flow::default();
        }
        // A shell inside of the code.
        if STARTS.iter().any(|s| text.contains(s)) {
            for literal in literals.iter().filter(|l| l.contains(' ')) {
                let inner = self.forked(|m| m.source(literal, &Flow::default()));
                flow.add(inner.contents);
            }
            // `["git", "commit"]`: a list of words.
            let programs = ["git", "cat", "env", "stanch", "gh", "curl", "sh", "bash"];
            if let Some(at) = in_order.iter().rposition(|literal| programs.contains(literal)) {
                let words: Vec<Field> = in_order[at..].iter().map(|literal| Field::known(*literal)).collect();
                let inner = self.forked(|m| m.run(&words, Flow::default()));
                flow.add(inner.contents);
            }
        }
        // Words without quotes: `exec git commit`.
        for statement in text.split([';', '\n', '{', '}']) {
            let command =
                ["spawn ", "exec ", "system "].iter().find_map(|s| statement.trim_start().strip_prefix(s));
            if let Some(command) = command.filter(|c| !c.starts_with(['"', '\'', '('])) {
                self.gate_only(command);
            }
        }
        let opens = literals.iter().any(|literal| opens_to_change(literal));
        if opens || CHANGES.iter().any(|c| text.contains(c)) {
            let plain =
                literals.iter().map(|literal| literal.trim_start_matches(['>', '<', '+', ' ']).to_owned());
            for literal in plain.chain(joined(text)) {
                let path = self.path(&literal);
                self.gate_write(&path);
            }
        }
        if DECODES.iter().any(|d| text.contains(d)) {
            for text in decoded(&literals) {
                self.gate_only(&text);
                let code = Field::known(text);
                flow.add(
                    self.deeper(|m| m.code(&code, &[], &Flow::default(), Input::ByCode, printing)).contents,
                );
            }
        }
        for literal in literals {
            let named = !literal.is_empty() && literal.len() < 200 && !literal.contains(['\n', '*']);
            let path = self.path(literal.strip_prefix("file://").unwrap_or(literal));
            if named && path.is_file() {
                flow.add(self.contents(&path));
            }
        }
        if ["load_dotenv", "dotenv.config", "Dotenv.load", "dotenv/config"].iter().any(|l| text.contains(l)) {
            self.load_dotenv();
        }
        if ["stdin", "STDIN", "gets", "<>", "/dev/fd/0", "readFileSync(0"].iter().any(|s| text.contains(s))
            || input == Input::Lines && rest.is_empty()
        {
            flow.add(stdin.contents.iter().cloned());
        }
        let variables = self.variables_of(text);
        let network = NETWORK.iter().any(|n| text.contains(n));
        if network {
            let mut sent = flow.contents.clone();
            sent.extend(variables.iter().cloned());
            let host = in_order.iter().find_map(|l| {
                let rest = l.strip_prefix("https://").or_else(|| l.strip_prefix("http://"))?;
                Some(rest.split(['/', ':', '?']).next().unwrap_or(rest).to_owned())
            });
            self.sends(host, sent);
        }
        // Code that writes elsewhere, or prints nothing.
        if !printing && !PRINTS.iter().any(|p| text.contains(p)) {
            return Flow::default();
        }
        flow.add(variables);
        // `print("TEXT")` and nothing else.
        let is_print = |literal: &&&str| {
            let rest = text.replacen(**literal, "", 1);
            let call: String = rest.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
            matches!(call.as_str(), "print" | "console.log" | "puts" | "say" | "echo")
        };
        let only = in_order.first().filter(|_| in_order.len() == 1).filter(is_print);
        Flow { text: only.map(|text| format!("{text}\n")), ..flow }
    }
}
