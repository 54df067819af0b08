//! What the shell does itself.

use crate::agent::shell::flow::{Content, Field, Flow, Options, joined};
use crate::agent::shell::machine::Machine;
use crate::agent::shell::run::Call;

impl Machine<'_> {
    pub(super) fn builtin(&mut self, call: &Call) -> Option<Flow> {
        let args = &call.args;
        Some(match call.name.as_str() {
            "cd" | "pushd" | "Set-Location" | "sl" | "chdir" => {
                let to = args.iter().find(|a| !a.text.starts_with('-') && a.text != "/d");
                match to {
                    Some(to) if to.known => self.dir = self.path(&to.text),
                    Some(_) => self.unknown("the working folder is not known"),
                    None => self.dir = self.place.home.map_or_else(|| self.dir.clone(), ToOwned::to_owned),
                }
                Flow::default()
            }
            "pwd" => Flow::text(format!("{}\n", self.dir.display())),
            "echo" | "printf" | "print" | "Write-Output" | "Write-Host" => self.echo(call),
            "export" | "declare" | "typeset" | "local" | "readonly" | "setenv" => self.declare(call),
            "set" if args.is_empty() => Flow::of(self.environment()),
            "set" if args[0].text == "--" => {
                self.positional(&args[1..]);
                Flow::default()
            }
            "set" | "shopt" | "unset" | ":" | "true" | "false" | "exit" | "return" | "wait" | "sleep" => {
                Flow::default()
            }
            "trap" => match args.first() {
                Some(script) => self.source(&script.text.clone(), &Flow::default()),
                None => Flow::default(),
            },
            "." | "source" => {
                if let Some(file) = args.first() {
                    let flow = self.read(file, &call.stdin);
                    self.loaded.extend(flow.contents);
                    if let Some(text) = self.written(file, &call.stdin) {
                        return Some(self.source(&text, &call.stdin));
                    }
                }
                Flow::default()
            }
            "eval" | "Invoke-Expression" | "iex" => {
                if args.iter().all(|a| a.known) {
                    self.source(&joined(args), &call.stdin)
                } else {
                    // `eval "$(cat FILE)"` defines variables.
                    self.loaded.extend(Machine::carried(args));
                    self.unknown("the text that eval runs is not known");
                    Flow::default()
                }
            }
            "read" | "mapfile" | "readarray" => {
                let valued = if call.name == "read" { "d i n N p t u a" } else { "d n O s c C u" };
                let options = Options::of(args, valued);
                // mapfile -C COMMAND
                if let Some(command) = options.value("C") {
                    self.gate_only(&command.text);
                }
                let value = Field { carries: call.stdin.contents.clone(), ..Field::default() };
                let array = options.value("a").into_iter();
                for name in options.operands.iter().chain(array).chain([&Field::known("REPLY")]) {
                    self.variables.insert(name.text.clone(), vec![value.clone()]);
                }
                Flow::default()
            }
            "alias" => {
                for arg in args {
                    if let Some((_, body)) = arg.text.split_once('=') {
                        self.source(body, &Flow::default());
                    }
                }
                Flow::default()
            }
            "which" => match &args[..] {
                // Where it is does not matter, its name does.
                [program] if program.known && !program.text.contains('/') => {
                    Flow::text(format!("/usr/bin/{}\n", program.text))
                }
                _ => Flow::default(),
            },
            "printenv" => self.printenv(&call.args),
            "history" | "fc" => {
                let home = self.place.home?;
                let path = home.join(".bash_history");
                Flow::of(self.contents(&path))
            }
            _ => return None,
        })
    }

    fn echo(&mut self, call: &Call) -> Flow {
        let args = &call.args;
        let known = args.iter().all(|a| a.known);
        let flags = args.iter().take_while(|a| {
            matches!(a.text.as_str(), "-n" | "-e" | "-ne" | "-en" | "-E" | "--" | "-NoNewline")
        });
        let (flags, format) = (flags.count(), call.name == "printf");
        let words: Vec<&str> = args[flags..].iter().map(|a| a.text.as_str()).collect();
        let text = match (format, &words[..]) {
            (true, [format, rest @ ..]) => {
                let times = 1 + rest.len() / format.matches('%').count().max(1);
                if !self.work(times * format.len() / 4) {
                    return Flow::default();
                }
                printf(format, rest)
            }
            _ => {
                format!("{}{}", words.join(" "), if args.iter().any(|a| a.text == "-n") { "" } else { "\n" })
            }
        };
        Flow { contents: Machine::carried(args), text: known.then_some(text), ..Flow::default() }
    }

    fn declare(&mut self, call: &Call) -> Flow {
        let options = Options::of(&call.args, "");
        if options.operands.is_empty() || options.has("p") {
            if options.operands.is_empty() {
                return Flow::of(self.environment());
            }
            return Flow::of(options.operands.into_iter().map(|o| Content::Variable(o.text)).collect());
        }
        for operand in options.operands {
            match operand.text.split_once('=') {
                Some((name, value)) => {
                    let value = Field { text: value.to_owned(), ..operand.clone() };
                    self.assign(name, value);
                }
                // `export $(cat FILE)`.
                None => self.loaded.extend(operand.carries),
            }
        }
        Flow::default()
    }

    pub(super) fn printenv(&mut self, args: &[Field]) -> Flow {
        let options = Options::of(args, "");
        if options.operands.is_empty() {
            return Flow::of(self.environment());
        }
        let mut flow = Flow::default();
        for name in options.operands {
            let word = crate::agent::shell::ast::Word::variable(&name.text);
            let value = self.field(&word);
            flow.add(value.carries);
        }
        flow
    }
}

/// What printf writes, as far as `%s` and escapes go.
fn printf(format: &str, args: &[&str]) -> String {
    let mut out = String::new();
    let mut args = args.iter();
    loop {
        let before = args.len();
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            match c {
                '%' => match chars.next() {
                    Some('%') | None => out.push('%'),
                    Some(_) => out.push_str(args.next().copied().unwrap_or_default()),
                },
                '\\' => match chars.next() {
                    Some('n') => out.push('\n'),
                    Some('t') => out.push('\t'),
                    Some('x') => out.extend(number(&mut chars, 2, 16)),
                    Some(first @ '0'..='7') => {
                        let rest: String = chars.clone().take(2).take_while(|c| c.is_digit(8)).collect();
                        chars.by_ref().take(rest.len()).for_each(drop);
                        let code = u32::from_str_radix(&format!("{first}{rest}"), 8);
                        out.extend(code.ok().and_then(char::from_u32));
                    }
                    Some('\\') => out.push('\\'),
                    Some(c) => out.extend(['\\', c]),
                    None => out.push('\\'),
                },
                c => out.push(c),
            }
        }
        if args.len() == 0 || args.len() == before {
            return out;
        }
    }
}

/// The character of up to `most` digits that come next.
fn number(chars: &mut std::str::Chars<'_>, most: usize, radix: u32) -> Option<char> {
    let mut digits = String::new();
    while digits.len() < most
        && let Some(next) = chars.clone().next().filter(|c| c.is_digit(radix))
    {
        digits.push(next);
        chars.next();
    }
    char::from_u32(u32::from_str_radix(&digits, radix).ok()?)
}
