//! Code on the command line: `python -c`, `node -e`, a document on an interpreter's input.
//!
//! The code is not parsed. It prints what it names if it prints at all: files by their literals, variables where they
//! stand in the call that prints.

use super::patterns::between;
use crate::agent::shell::flow::{Content, Field, Flow};
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
];

const PRINTS: &[&str] = &[
    "print", "console.", "stdout", "puts", "echo", "say", "p ", "pp ", "dump", "inspect", "write(", "cat(",
    "log(", "IO.",
];
const NETWORK: &[&str] = &[
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
    "write", "'w'", "\"w\"", "'a'", "\"a\"", "remove", "unlink", "rename", "rmtree", "rmSync", "chmod",
    "truncate", "copy", "cpSync", "symlink", "link(", "move(", "replace(",
];

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
        let code_follows = |a: &Field| {
            let word = a.text.strip_prefix('-').filter(|_| lines).unwrap_or_default();
            let letters = word.len() < 8 && word.bytes().all(|b| b.is_ascii_alphanumeric());
            options.contains(&a.text.as_str()) || letters && word.ends_with(['e', 'E'])
        };
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
                // A document that is run.
                if call.args.iter().any(|a| !a.text.starts_with('-')) {
                    return Some(Flow::default());
                }
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
        let spawns = [
            "system(",
            "subprocess",
            "exec(",
            "execSync",
            "spawn",
            "popen",
            "Popen",
            "%x",
            "shell_exec",
            "qx",
            "system ",
            "exec ",
            "`",
        ];
        if spawns.iter().any(|s| text.contains(s)) {
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
        if CHANGES.iter().any(|c| text.contains(c)) {
            for literal in &literals {
                let path = self.path(literal);
                self.gate_write(&path);
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
            let host = quoted(text).into_iter().find_map(|l| {
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
        Flow { text: None, ..flow }
    }

    /// The variables of the environment in the calls that print.
    fn variables_of(&self, text: &str) -> Vec<Content> {
        let mut out = Vec::new();
        let all = [
            "environ.items()",
            "environ.values()",
            "dict(os.environ)",
            "entries(process.env)",
            "values(process.env)",
            "in process.env",
            "stringify(process.env",
            "ENV.each",
            "ENV.to_h",
            "ENV.inspect",
            "values %ENV",
            "keys %ENV",
        ];
        if all.iter().any(|a| text.contains(a)) {
            return self.environment();
        }
        for statement in text.split(['\n', ';']) {
            if !PRINTS.iter().chain(NETWORK).any(|p| statement.contains(p))
                && !statement.trim_start().starts_with(['p', 'E'])
            {
                continue;
            }
            // Whether there is one, or how long it is.
            if [
                "bool(",
                "len(",
                "!!",
                ".length",
                " in os.environ",
                "is None",
                "is not None",
                "typeof",
                ".nil?",
                "keys",
                "sorted(os.environ)",
            ]
            .iter()
            .any(|f| statement.contains(f))
            {
                continue;
            }
            let pairs = [
                ("os.environ[\"", "\""),
                ("os.environ['", "'"),
                ("os.environ.get(\"", "\""),
                ("os.environ.get('", "'"),
                ("environ[\"", "\""),
                ("environ['", "'"),
                ("getenv(\"", "\""),
                ("getenv('", "'"),
                ("ENV[\"", "\""),
                ("ENV['", "'"),
                ("ENV.fetch(\"", "\""),
                ("ENV.fetch('", "'"),
                ("$ENV{", "}"),
                ("process.env[\"", "\""),
                ("process.env['", "'"),
                ("Deno.env.get(\"", "\""),
            ];
            let mut names: Vec<String> =
                pairs.iter().flat_map(|(open, close)| between(statement, open, close)).collect();
            for rest in statement.split("process.env.").skip(1) {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                names.push(rest[..end].to_owned());
            }
            let whole = [
                "os.environ",
                "process.env",
                "ENV.",
                "%ENV",
                "getenv()",
                "Deno.env.toObject",
                "$_ENV",
                "$_SERVER",
                "ENV)",
            ];
            if names.is_empty() && whole.iter().any(|w| statement.contains(w)) {
                out.extend(self.environment());
            }
            for name in names.into_iter().filter(|n| !n.is_empty()) {
                out.extend(self.definitions(&name));
                out.push(Content::Variable(name));
            }
        }
        out
    }
}

/// The texts between quotes, of any kind.
fn quoted(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['"', '\'', '`']) {
        let mark = rest.as_bytes()[open] as char;
        let body = &rest[open + 1..];
        match body.find(mark) {
            Some(close) => {
                out.push(&body[..close]);
                rest = &body[close + 1..];
            }
            None => break,
        }
    }
    out
}
