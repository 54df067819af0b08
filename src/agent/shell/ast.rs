//! A parsed command line: what the readers of sh, PowerShell and cmd.exe make, and what is run.

use std::rc::Rc;

/// Commands in the order in which they may run.
#[derive(Debug, Clone, Default)]
pub(super) struct Script(pub(super) Vec<Pipeline>);

/// Stages, each of which reads what the one before it prints.
#[derive(Debug, Clone, Default)]
pub(super) struct Pipeline(pub(super) Vec<Stage>);

#[derive(Debug, Clone)]
pub(super) struct Stage {
    pub(super) kind: Kind,
    pub(super) redirects: Vec<Redirect>,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// Assignments, then a program and its arguments.
    Simple { assigns: Vec<Assign>, words: Vec<Word> },
    /// A group, a condition with its branches, a loop without a variable. True if changes of it stay inside of it.
    Group(Script, bool),
    /// `for NAME in WORDS`.
    For(String, Vec<Word>, Script),
    /// `NAME() BODY`.
    Function(String, Rc<Stage>),
}

/// `NAME=VALUE`, `NAME=(VALUES)`.
#[derive(Debug, Clone)]
pub(super) struct Assign {
    pub(super) name: String,
    pub(super) value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    One(Word),
    Array(Vec<Word>),
}

#[derive(Debug, Clone)]
pub(super) struct Redirect {
    /// The descriptor as written.
    pub(super) fd: Option<u32>,
    pub(super) op: Op,
    pub(super) target: Word,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    /// `<`, `<>`
    In,
    /// `>`, `>|`
    Out,
    /// `>>`
    Append,
    /// `&>`, `&>>`, `>&FILE`
    Both,
    /// `>&N`
    Copy,
    /// `<<<`
    Text,
    /// `<<`: the document with this number.
    Document(usize),
    /// `<&N`
    CopyIn,
}

/// A word: pieces without a space between them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Word(pub(super) Vec<Piece>);

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// Quoted text.
    Quoted(String),
    /// Text in which globs, braces and a tilde count.
    Bare(String),
    /// The value of a variable. With `else_`, the word to use without one.
    Variable { name: String, quoted: bool, exact: bool, else_: Option<Word> },
    /// What a command prints. True if it is quoted.
    Command(Box<ScriptPiece>, bool),
    /// The name of a pipe to or from a command. True if the command's output is read.
    Process(Box<ScriptPiece>, bool),
    /// A value that this parser does not work out.
    Opaque,
}

/// A nested script; only [`Piece`] compares it, and no two are equal.
#[derive(Debug, Clone)]
pub(super) struct ScriptPiece(pub(super) Script);

impl PartialEq for ScriptPiece {
    fn eq(&self, _: &ScriptPiece) -> bool {
        false
    }
}

impl Word {
    pub(super) fn text(text: &str) -> Word {
        Word(vec![Piece::Quoted(text.to_owned())])
    }

    /// The word's text if it has no quote and no expansion: only then it can be a keyword.
    pub(super) fn bare(&self) -> Option<&str> {
        match &self.0[..] {
            [Piece::Bare(text)] => Some(text),
            _ => None,
        }
    }

    /// The word `"$NAME"`.
    pub(super) fn variable(name: &str) -> Word {
        Word(vec![Piece::variable(name, true)])
    }
}

impl Piece {
    /// `$NAME`.
    pub(super) fn variable(name: &str, quoted: bool) -> Piece {
        Piece::Variable { name: name.to_owned(), quoted, exact: true, else_: None }
    }

    /// `$(SCRIPT)`.
    pub(super) fn command(script: Script, quoted: bool) -> Piece {
        Piece::Command(Box::new(ScriptPiece(script)), quoted)
    }
}

/// Ends a run of text: it becomes a piece unless it is empty.
pub(super) fn flush(text: &mut String, kind: fn(String) -> Piece, pieces: &mut Vec<Piece>) {
    if !text.is_empty() {
        pieces.push(kind(std::mem::take(text)));
    }
}
