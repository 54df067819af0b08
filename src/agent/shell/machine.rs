//! The state of a shell that is followed: its folder, variables and functions, and where contents were copied.

use super::ast::{Stage, Word};
use super::flow::{Content, Field, Flow};
use super::{Act, Part, Place, Sent};
use crate::finding::plain_path;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Programs that one command may run.
const STEPS: u32 = 2_000;
/// Acts of one command.
const ACTS: usize = 512;
/// Bytes of texts that variables and substitutions bring into words, and contents that they carry.
const BYTES: usize = 4 << 20;
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
    pub(super) functions: HashMap<String, Stage>,
    /// The documents of every script that was parsed.
    pub(super) documents: Vec<Word>,
    /// Files that earlier commands wrote, with what they wrote into them.
    copies: Vec<(PathBuf, Vec<Content>)>,
    /// `<(...)`: the made-up name and what is read from it.
    pipes: Vec<(String, Flow)>,
    pub(super) acts: Vec<Act>,
    steps: u32,
    bytes: usize,
    depth: u8,
}

impl<'p> Machine<'p> {
    pub(super) fn new(place: &'p Place<'p>) -> Machine<'p> {
        Machine {
            place,
            dir: plain_path(place.dir),
            variables: HashMap::new(),
            loaded: Vec::new(),
            functions: HashMap::new(),
            documents: Vec::new(),
            copies: Vec::new(),
            pipes: Vec::new(),
            acts: Vec::new(),
            steps: 0,
            bytes: 0,
            depth: 0,
        }
    }

    pub(super) fn act(&mut self, act: Act) {
        if self.acts.len() == ACTS {
            self.acts.push(Act::Unknown { why: "the command does too much" });
        } else if self.acts.len() < ACTS && !self.acts.contains(&act) {
            self.acts.push(act);
        }
    }

    pub(super) fn around(&mut self, what: impl Into<String>) {
        self.act(Act::GoesAround { what: what.into() });
    }

    /// Counts a program; `None` if there were too many.
    pub(super) fn step(&mut self) -> Option<()> {
        self.steps += 1;
        if self.steps > STEPS {
            self.unknown("the command runs too many programs");
            return None;
        }
        Some(())
    }

    /// Counts what a value brings into a word; a value that is too much is left out.
    pub(super) fn spend(&mut self, value: &mut Field) {
        self.bytes = self.bytes.saturating_add(1 + value.text.len() + 64 * value.carries.len());
        if self.bytes > BYTES {
            *value = Field::default();
            self.unknown("the words of the command become too long");
        }
    }

    /// Runs `inner` one level deeper; what is too deep prints nothing.
    pub(super) fn deeper(&mut self, inner: impl FnOnce(&mut Self) -> Flow) -> Flow {
        if self.depth >= DEPTH {
            self.unknown("the command is nested too deep");
            return Flow::default();
        }
        self.depth += 1;
        let flow = inner(self);
        self.depth -= 1;
        flow
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
        self.pipes.push((name.clone(), flow));
        name
    }

    /// What is read from a file.
    pub(super) fn read(&mut self, file: &Field, stdin: &Flow) -> Flow {
        let name = file.text.as_str();
        if let Some((_, flow)) = self.pipes.iter().find(|(pipe, _)| pipe == name) {
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

    /// What a file holds when the command reads it.
    pub(super) fn contents(&self, path: &Path) -> Vec<Content> {
        let mut out = vec![Content::File(path.to_owned(), Part::Whole, None)];
        for (_, contents) in self.copies.iter().filter(|(copy, _)| copy == path) {
            out.extend(contents.iter().cloned());
        }
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
            self.copies.push((path.clone(), flow.contents));
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
