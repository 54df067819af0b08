//! Follows a script: which program gets which words, what passes through pipes and redirections.

use super::ast::{Assign, Kind, Op, Pipeline, Redirect, Script, Stage, Value, Word};
use super::flow::{Content, Field, Flow};
use super::machine::{ARGUMENT, Machine, PROGRAM};
use super::parse;
use std::path::Path;
use std::rc::Rc;

/// A program that runs, with what reaches it.
#[derive(Debug, Default)]
pub(super) struct Call {
    /// Its name without a folder.
    pub(super) name: String,
    pub(super) args: Vec<Field>,
    pub(super) stdin: Flow,
}

/// Where standard output goes.
enum Target {
    Out,
    Error,
    Nowhere,
    File(Field),
}

impl Machine<'_> {
    /// Parses and runs a text; what it prints is returned.
    pub(super) fn source(&mut self, text: &str, stdin: &Flow) -> Flow {
        let (mut out, mut rest) = (Flow::text(String::new()), text);
        // A shell runs what stands before a fault. Behind it the next command is looked for, since the fault may be this
        // parser's alone.
        while self.work(PROGRAM + rest.len() / 16) {
            let parsed = parse::parse(rest, self.documents.len(), &mut self.left);
            self.documents.extend(parsed.documents.into_iter().map(Rc::new));
            out.and(self.deeper(|m| m.script_with(&parsed.script, stdin)));
            let Some((why, behind)) = parsed.fault else { break };
            self.fault(why);
            out.text = None;
            rest = behind;
        }
        out
    }

    /// Reports why a text does not parse.
    pub(super) fn fault(&mut self, why: parse::Why) {
        if matches!(why, parse::TOO_LONG | parse::TOO_DEEP | parse::TOO_LARGE) {
            self.limit(why);
        } else {
            self.unknown(why);
        }
    }

    pub(super) fn script_with(&mut self, script: &Script, stdin: &Flow) -> Flow {
        let mut out = Flow::text(String::new());
        for pipeline in &script.0 {
            if self.ended() {
                return Flow::default();
            }
            let flow = self.pipeline(pipeline, stdin.clone());
            out.and(flow);
        }
        out
    }

    /// What `$(...)` gets. Changes of folder and variables stay inside.
    pub(super) fn captured(&mut self, script: &Script) -> Flow {
        self.deeper(|m| m.forked(|m| m.script_with(script, &Flow::default())))
    }

    pub(super) fn forked(&mut self, inner: impl FnOnce(&mut Self) -> Flow) -> Flow {
        let size = |values: &Vec<Field>| 2 + values.iter().map(|v| 2 + v.text.len() / 16).sum::<usize>();
        let units = self.variables.values().map(size).sum::<usize>() + 2 * self.loaded.len();
        if !self.work(units) {
            return Flow::default();
        }
        let (dir, variables, loaded) = (self.dir.clone(), self.variables.clone(), self.loaded.clone());
        let flow = inner(self);
        (self.dir, self.variables, self.loaded) = (dir, variables, loaded);
        flow
    }

    fn pipeline(&mut self, pipeline: &Pipeline, stdin: Flow) -> Flow {
        let mut flow = stdin;
        for stage in &pipeline.0 {
            flow = self.stage(stage, flow);
        }
        flow
    }

    pub(super) fn stage(&mut self, stage: &Stage, mut stdin: Flow) -> Flow {
        if !self.work(PROGRAM + stdin.size()) {
            return Flow::default();
        }
        let mut target = Target::Out;
        for redirect in &stage.redirects {
            self.redirect(redirect, &mut stdin, &mut target);
        }
        let flow = match &stage.kind {
            Kind::Simple { assigns, words } => self.simple(assigns, words, stdin),
            Kind::Group(script, true) => self.deeper(|m| m.forked(|m| m.script_with(script, &stdin))),
            Kind::Group(script, false) => self.deeper(|m| m.script_with(script, &stdin)),
            Kind::For(name, words, script) => {
                let values = self.fields(words);
                self.deeper(|m| m.each(name, values, script, &stdin))
            }
            Kind::Function(name, body) => {
                self.functions.insert(name.clone(), body.clone());
                Flow::default()
            }
        };
        self.work(flow.size());
        match target {
            Target::Out => flow,
            Target::Error => {
                self.visible(flow);
                Flow::default()
            }
            Target::Nowhere => Flow::default(),
            Target::File(file) => {
                self.printed_into(&file, flow);
                Flow::default()
            }
        }
    }

    /// Runs a loop's body once for each value.
    fn each(&mut self, name: &str, values: Vec<Field>, script: &Script, stdin: &Flow) -> Flow {
        let mut out = Flow::default();
        let values = if values.is_empty() { vec![Field::default()] } else { values };
        for value in values {
            if self.ended() {
                break;
            }
            self.variables.insert(name.to_owned(), vec![value]);
            let flow = self.script_with(script, stdin);
            out.add(flow.contents);
            out.names.extend(flow.names);
        }
        out
    }

    fn redirect(&mut self, redirect: &Redirect, stdin: &mut Flow, target: &mut Target) {
        let out = redirect.fd.is_none_or(|fd| fd == 1);
        match redirect.op {
            Op::In => {
                let file = self.field(&redirect.target);
                let flow = self.read(&file, stdin);
                if redirect.fd.is_none_or(|fd| fd == 0) {
                    *stdin = flow;
                }
            }
            Op::Text => {
                let field = self.field(&redirect.target);
                let text = field.known.then(|| format!("{}\n", field.text));
                *stdin = Flow { contents: field.carries, text, ..Flow::default() };
            }
            Op::Document(number) => {
                let word = self.documents.get(number).cloned().unwrap_or_default();
                let field = self.field(&word);
                let text = field.known.then_some(field.text);
                *stdin = Flow { contents: field.carries, text, ..Flow::default() };
            }
            Op::Out | Op::Append | Op::Both if out => {
                let file = self.field(&redirect.target);
                *target = match file.text.as_str() {
                    "/dev/null" => Target::Nowhere,
                    "/dev/stdout" | "/dev/fd/1" => Target::Out,
                    "/dev/stderr" | "/dev/tty" | "/dev/fd/2" => Target::Error,
                    _ => Target::File(file),
                };
            }
            Op::Copy if out && self.field(&redirect.target).text == "2" => *target = Target::Error,
            // Errors of programs are not followed.
            Op::Out | Op::Append | Op::Both | Op::Copy | Op::CopyIn => {}
        }
    }

    /// What a program prints goes into a file.
    pub(super) fn printed_into(&mut self, file: &Field, flow: Flow) {
        if let Some(address) = file.text.strip_prefix("/dev/tcp/").or(file.text.strip_prefix("/dev/udp/")) {
            let host = address.split('/').next().unwrap_or_default().to_owned();
            return self.sends(Some(host), flow.contents);
        }
        if !file.known {
            return self.unknown("the name of a file is not known");
        }
        let text = flow.text.clone().filter(|_| flow.contents.is_empty());
        let path = self.path(&file.text);
        self.write(path, flow, text);
    }

    fn simple(&mut self, assigns: &[Assign], words: &[Word], stdin: Flow) -> Flow {
        if !self.work(ARGUMENT * assigns.len()) {
            return Flow::default();
        }
        let mut set = Vec::new();
        for Assign { name, value } in assigns {
            let values = match value {
                Value::One(word) => vec![self.field(word)],
                Value::Array(words) => self.fields(words),
            };
            values.iter().for_each(|value| self.gate_variable(name, value));
            set.push((name.clone(), values));
        }
        let mut fields = self.fields(words).into_iter();
        let Some(program) = fields.next() else {
            self.variables.extend(set);
            // `$(< FILE)`, and a plain `< FILE` in zsh.
            return stdin;
        };
        let args: Vec<Field> = fields.collect();
        if !program.known {
            self.unknown("the name of a program is not known");
            return Flow::default();
        }
        let mut before = Vec::new();
        for (name, values) in set {
            let old = self.variables.insert(name.clone(), values);
            before.push((name, old));
        }
        let flow = self.call(&program.text, args, stdin);
        for (name, old) in before {
            match old {
                Some(old) => self.variables.insert(name, old),
                None => self.variables.remove(&name),
            };
        }
        flow
    }

    pub(super) fn assign(&mut self, name: &str, value: Field) {
        self.gate_variable(name, &value);
        self.variables.insert(name.to_owned(), vec![value]);
    }

    /// Sets `$1`, `$2` and so on, `$@` and `$*`.
    pub(super) fn positional(&mut self, args: &[Field]) {
        for (at, arg) in args.iter().enumerate() {
            self.variables.insert((at + 1).to_string(), vec![arg.clone()]);
        }
        for all in ["@", "*"] {
            self.variables.insert(all.to_owned(), args.to_vec());
        }
    }

    /// Runs a program or function by name.
    pub(super) fn call(&mut self, program: &str, args: Vec<Field>, stdin: Flow) -> Flow {
        let units: usize = args.iter().map(|arg| ARGUMENT + arg.text.len() / 4).sum();
        if !self.work(PROGRAM + units) {
            return Flow::default();
        }
        if let Some(body) = self.functions.get(program).cloned() {
            return self.deeper(|m| {
                m.forked(|m| {
                    m.positional(&args);
                    m.stage(&body, stdin)
                })
            });
        }
        // A script that this command has written.
        if program.contains('/')
            && let Some(text) = self.texts.get(&self.path(program)).cloned()
        {
            return self.script_file(&text, &args, &stdin);
        }
        let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
        let name = Path::new(name)
            .with_extension("")
            .to_str()
            .filter(|_| name.ends_with(".exe"))
            .unwrap_or(name)
            .to_owned();
        // git's own commands are programs too.
        let (name, args) = match name.strip_prefix("git-") {
            Some(command) => ("git".to_owned(), [vec![Field::known(command)], args].concat()),
            None => (name, args),
        };
        self.deeper(|m| m.program(&Call { name, args, stdin }))
    }

    /// Runs the text of a script with its arguments, in a shell of its own.
    pub(super) fn script_file(&mut self, text: &str, args: &[Field], stdin: &Flow) -> Flow {
        self.forked(|m| {
            m.positional(args);
            m.source(text, stdin)
        })
    }

    /// All that arguments carry.
    pub(super) fn carried<'a>(args: impl IntoIterator<Item = &'a Field>) -> Vec<Content> {
        args.into_iter().flat_map(|arg| arg.carries.iter().cloned()).collect()
    }
}
