//! What a shell command of an assistant does that concerns secrets: the files it prints, the hosts it sends to, the
//! hooks it goes around.
//!
//! A command is parsed, never matched by its first word. What the parser does not support becomes [`Act::Unknown`];
//! the caller then goes by the command's output. Its work is bounded, whatever the command is: one that takes more ends
//! with [`Act::Unread`], which is never an answer that allows.

mod around;
mod ast;
mod braces;
mod expand;
mod flow;
mod machine;
mod parse;
mod programs;
mod run;
mod windows;

pub use around::gate_file;

use flow::Flow;
use machine::Machine;
use std::path::{Path, PathBuf};

/// The language of a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// sh, bash, zsh, dash.
    Posix,
    /// Windows PowerShell and pwsh.
    PowerShell,
    /// cmd.exe.
    Cmd,
}

/// Looks up an alias of git in the configuration that counts in a folder.
pub type Aliases<'a> = dyn Fn(&Path, &str) -> Result<Option<String>, &'static str> + 'a;

/// Where a command runs.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The working folder, absolute.
    pub dir: &'a Path,
    /// The home folder.
    pub home: Option<&'a Path>,
    /// Looks up an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Looks up an alias of git, as the configuration of a folder has it; an error says why that was not done.
    pub alias: &'a Aliases<'a>,
}

/// The lines of a file that a command prints.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Part {
    /// Every line.
    Whole,
    /// The first lines.
    First(usize),
    /// The last lines.
    Last(usize),
    /// These lines, counted from 1, both inclusive.
    Lines(usize, usize),
    /// The lines that match this regular expression.
    Matching(String),
}

/// Something that a command sends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Sent {
    /// The content of a file.
    File(PathBuf),
    /// The value of an environment variable.
    Variable(String),
    /// The value of an environment variable, as what authorises the request (a header, a login).
    Credential(String),
    /// All environment variables.
    Environment,
    /// What a program with stored secrets prints, by its name.
    Stored(String),
}

/// A commit that git makes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Commit {
    /// The folder in which git runs, or the git directory that the command names; absolute.
    pub dir: PathBuf,
    /// Files and folders of the work tree that the command stages before, absolute; beside what is staged already.
    pub paths: Vec<PathBuf>,
    /// True if every changed file of the work tree may go along.
    pub all: bool,
    /// True if git takes another index.
    pub other_index: bool,
}

/// One thing that a command does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Act {
    /// Prints lines of a file.
    Reads {
        /// The file, absolute. It may not exist.
        path: PathBuf,
        /// The lines.
        part: Part,
        /// The revision that git reads it from; without one the work tree's file is read.
        revision: Option<String>,
    },
    /// Prints environment variables: these, or all.
    PrintsEnvironment {
        /// The names; `None` means all.
        names: Option<Vec<String>>,
    },
    /// Prints secrets that a program or service keeps (`kubectl get secret`).
    PrintsStored {
        /// The program and what it prints.
        what: String,
    },
    /// Sends something to another host.
    Sends {
        /// The host, if the command names it.
        host: Option<String>,
        /// What is sent.
        what: Vec<Sent>,
    },
    /// Goes around the gate, or takes a decision that is a person's.
    GoesAround {
        /// The option, variable or command, without any value.
        what: String,
    },
    /// Makes a commit.
    Commits(Commit),
    /// Writes a file.
    Writes {
        /// The file, absolute.
        path: PathBuf,
        /// The text, if the command line has it.
        text: Option<String>,
    },
    /// A part of the command could not be judged; its output tells.
    Unknown {
        /// Why.
        why: &'static str,
    },
    /// The command reached a limit of the reader, and what follows there was not looked at.
    Unread {
        /// Why: what the command is.
        why: &'static str,
    },
}

impl Part {
    /// The numbers of the lines of a text that are printed, from 1.
    pub fn numbers(&self, text: &str) -> Vec<usize> {
        let lines: Vec<&str> = text.lines().collect();
        let pattern = match self {
            Part::Matching(pattern) => flow::compiled(pattern),
            _ => None,
        };
        let printed = |number: usize, line: &str| match self {
            Part::Whole => true,
            Part::First(count) => number <= *count,
            Part::Last(count) => number + count > lines.len(),
            Part::Lines(from, to) => (*from..=*to).contains(&number),
            Part::Matching(_) => pattern.as_ref().is_none_or(|p| p.is_match(line.as_bytes())),
        };
        let numbered = lines.iter().enumerate().map(|(at, line)| (at + 1, *line));
        numbered.filter(|(number, line)| printed(*number, line)).map(|(number, _)| number).collect()
    }
}

/// What `command` does when it runs at `place`.
pub fn acts(command: &str, language: Language, place: &Place<'_>) -> Vec<Act> {
    let mut machine = Machine::new(place);
    let flow = match language {
        Language::Posix => machine.source(command, &Flow::default()),
        Language::PowerShell => machine.powershell(command, &Flow::default()),
        Language::Cmd => machine.cmd(command, &Flow::default()),
    };
    machine.visible(flow);
    machine.acts
}
