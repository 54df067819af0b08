//! The state of a shell that is followed: its folder, variables and functions, and where contents were copied.

use super::ast::{Stage, Word};
use super::flow::{Content, Field, Flow};
use super::{Act, Part, Place, Sent};
use crate::finding::plain_path;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Units of work for one command line; a unit is a few hundred instructions.
const WORK: usize = 120_000;
/// Units for a program, or for a group or loop of them.
pub(super) const PROGRAM: usize = 40;
/// Units for an argument of a program.
pub(super) const ARGUMENT: usize = 8;
/// Acts of one command.
const ACTS: usize = 512;
/// Entries of folders that the searches and globs of one command look at.
const ENTRIES: usize = 10_000;
/// Bytes of a path that a system takes.
const NAME: usize = 4096;
/// Nesting of scripts that run scripts.
const DEPTH: u8 = 16;

pub(super) struct Machine<'p> {
    pub(super) place: &'p Place<'p>,
    pub(super) dir: PathBuf,
    pub(super) variables: HashMap<String, Vec<Field>>,
    /// Contents that the shell has read as definitions of variables (`source`).
    pub(super) loaded: Vec<Content>,
    pub(super) functions: HashMap<String, Rc<Stage>>,
    /// The documents of every script that was parsed.
    pub(super) documents: Vec<Rc<Word>>,
    /// Files that earlier commands wrote, with what they wrote into them.
    copies: HashMap<PathBuf, Vec<Content>>,
    /// The texts that they wrote.
    pub(super) texts: HashMap<PathBuf, String>,
    /// Files and folders that earlier commands staged; the folder itself for all of a work tree.
    pub(super) staged: Vec<PathBuf>,
    /// `<(...)`: the made-up name and what is read from it.
    pipes: HashMap<String, Flow>,
    pub(super) acts: Vec<Act>,
    known: HashSet<Act>,
    /// True if a limit was reached.
    unread: bool,
    /// Units of work that are left; with none, nothing more is followed.
    pub(super) left: usize,
    entries: usize,
    depth: u8,
}

impl<'p> Machine<'p> {
    pub(super) fn new(place: &'p Place<'p>) -> Machine<'p> {
        Machine {
            place,
            dir: plain_path(place.dir),
            variables: HashMap::from([("IFS".to_owned(), vec![Field::known(" \t\n")])]),
            loaded: Vec::new(),
            functions: HashMap::new(),
            documents: Vec::new(),
            copies: HashMap::new(),
            texts: HashMap::new(),
            staged: Vec::new(),
            pipes: HashMap::new(),
            acts: Vec::new(),
            known: HashSet::new(),
            unread: false,
            left: WORK,
            entries: ENTRIES,
            depth: 0,
        }
    }

    pub(super) fn act(&mut self, act: Act) {
        if self.acts.len() >= ACTS {
            self.limit("it does too much");
        } else if self.known.insert(act.clone()) {
            self.acts.push(act);
        }
    }

    /// Ends the reading: what follows is not judged, and the caller has to know that.
    pub(super) fn limit(&mut self, why: &'static str) {
        self.left = 0;
        if !self.unread {
            self.unread = true;
            self.acts.push(Act::Unread { why });
        }
    }

    /// Takes units of work; false if there are not enough.
    pub(super) fn work(&mut self, units: usize) -> bool {
        match self.left.checked_sub(units) {
            Some(left) if left > 0 => self.left = left,
            _ => self.limit("it is too large"),
        }
        self.left > 0
    }

    /// True if a limit was reached.
    pub(super) fn ended(&self) -> bool {
        self.left == 0
    }

    /// Takes an entry of a folder; false if there were too many.
    pub(super) fn entry(&mut self) -> bool {
        self.entries = self.entries.saturating_sub(1);
        if self.entries == 0 {
            self.unknown("a search finds too many files");
        }
        self.entries > 0
    }

    pub(super) fn around(&mut self, what: impl Into<String>) {
        self.act(Act::GoesAround { what: what.into() });
    }

    /// Runs `inner` one level deeper; what is too deep prints nothing.
    pub(super) fn deeper(&mut self, inner: impl FnOnce(&mut Self) -> Flow) -> Flow {
        if self.depth >= DEPTH {
            self.limit("it is nested too deep");
            return Flow::default();
        }
        self.depth += 1;
        let flow = inner(self);
        self.depth -= 1;
        flow
    }

    /// What `inner` does in a shell of its own.
    pub(super) fn apart(&mut self, inner: impl FnOnce(&mut Machine<'p>)) -> Vec<Act> {
        let mut other = Machine::new(self.place);
        (other.dir, other.left, other.entries) = (self.dir.clone(), self.left, self.entries);
        other.depth = self.depth + 1;
        if other.depth < DEPTH && self.left > 0 {
            inner(&mut other);
        }
        (self.left, self.entries) = (other.left, other.entries);
        other.acts
    }

    /// Reports what the agent will see.
    pub(super) fn visible(&mut self, flow: Flow) {
        for content in flow.contents {
            match content {
                Content::File(path, part, revision) => self.act(Act::Reads { path, part, revision }),
                Content::Variable(name) => self.act(Act::PrintsEnvironment { names: Some(vec![name]) }),
                Content::Environment => self.act(Act::PrintsEnvironment { names: None }),
                Content::Stored(what) => self.act(Act::PrintsStored { what }),
            }
        }
    }

    /// Reports what another host will get.
    pub(super) fn sends(&mut self, host: Option<String>, contents: Vec<Content>) {
        let mut what: Vec<Sent> = contents.into_iter().map(Content::sent).collect();
        what.dedup();
        if !what.is_empty() && !host.as_deref().is_some_and(is_this_machine) {
            self.act(Act::Sends { host, what });
        }
    }

    /// Keeps a flow under a name that a later read finds.
    pub(super) fn pipe(&mut self, flow: Flow) -> String {
        let name = format!("/dev/fd/{}", 63 + self.pipes.len());
        self.pipes.insert(name.clone(), flow);
        name
    }

    /// What is read from a file.
    pub(super) fn read(&mut self, file: &Field, stdin: &Flow) -> Flow {
        let name = file.text.as_str();
        if let Some(flow) = self.pipes.get(name) {
            return flow.clone();
        }
        match name {
            "-" | "/dev/stdin" | "/dev/fd/0" => return stdin.clone(),
            "/dev/null" | "/dev/zero" | "/dev/urandom" | "/dev/random" => return Flow::default(),
            _ if name.starts_with("/proc/") && name.ends_with("/environ") => {
                return Flow::of(self.environment());
            }
            _ => {}
        }
        if !file.known || name.len() > NAME {
            self.unknown("the name of a file is not known");
            // A name that a command prints is not known; what the command reads is not what this one reads.
            return Flow::default();
        }
        Flow::of(self.contents(&self.path(name)))
    }

    /// The text of a script that this command has written, or prints into a pipe.
    pub(super) fn written(&mut self, file: &Field, stdin: &Flow) -> Option<String> {
        if let Some(text) = self.texts.get(&self.path(&file.text)) {
            return Some(text.clone());
        }
        let is_pipe = matches!(file.text.as_str(), "-" | "/dev/stdin") || file.text.starts_with("/dev/fd/");
        if is_pipe { self.read(file, stdin).text } else { None }
    }

    /// What a file holds when the command reads it.
    pub(super) fn contents(&self, path: &Path) -> Vec<Content> {
        let mut out = vec![Content::File(path.to_owned(), Part::Whole, None)];
        out.extend(self.copies.get(path).into_iter().flatten().cloned());
        out
    }

    /// Every environment variable, with those that this command set.
    pub(super) fn environment(&self) -> Vec<Content> {
        let set = self.variables.values().flatten().flat_map(|v| v.carries.iter().cloned());
        let mut out = vec![Content::Environment];
        out.extend(self.loaded.iter().cloned().chain(set));
        out
    }

    /// The lines that define a variable in the files that the shell has read.
    pub(super) fn definitions(&self, name: &str) -> Vec<Content> {
        let line = Part::Matching(format!(r"^\s*(?:export\s+)?{}\s*=", regex::escape(name)));
        Flow::of(self.loaded.clone()).part(&line).contents
    }

    /// Records that a file is written.
    pub(super) fn write(&mut self, path: PathBuf, flow: Flow, text: Option<String>) {
        if path.starts_with("/dev") {
            return;
        }
        self.gate_write(&path);
        if !flow.contents.is_empty() {
            self.copies.entry(path.clone()).or_default().extend(flow.contents);
        }
        // The text is scanned as a file of its own.
        self.work(PROGRAM + text.as_ref().map_or(0, String::len) / 4);
        if let Some(text) = &text {
            self.texts.entry(path.clone()).or_default().push_str(text);
        }
        self.act(Act::Writes { path, text });
    }
}

/// True if a host is this machine.
fn is_this_machine(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    matches!(host, "localhost" | "::1" | "0.0.0.0" | "host.docker.internal")
        || host.ends_with(".localhost")
        || host.strip_prefix("127.").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
}
