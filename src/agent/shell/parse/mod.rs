//! The grammar of sh and bash, as far as it decides which words reach which program.
//!
//! Bounded: one pass over the text, and nesting up to [`DEPTH`]; deeper or broken text is an error, never a guess.

mod compound;
mod redirects;
mod words;

use super::ast::{Assign, Kind, Op, Pipeline, Redirect, Script, Stage, Value, Word};
use redirects::Pending;

/// Nesting of substitutions, groups and loops.
const DEPTH: u8 = 32;
/// Bytes of a command line.
const BYTES: usize = 1 << 20;

/// Bytes in which the end of a short form is looked for.
const SHORT: usize = 1024;
/// Units of work (see `machine`) for a command, a word and a piece of it.
pub(super) const STAGE: usize = 12;
pub(super) const WORD: usize = 6;
const PIECE: usize = 2;

/// Why a text does not parse.
pub(super) type Why = &'static str;

pub(super) const TOO_LONG: Why = "it is longer than 1 MB";
pub(super) const TOO_DEEP: Why = "it is nested too deep";
pub(super) const TOO_LARGE: Why = "it is too large";
const NOT_PARSED: Why = "the command does not parse";

/// Refuses a text that is too long for any of the grammars.
pub(super) fn check_length(text: &str) -> Result<(), Why> {
    if text.len() > BYTES { Err(TOO_LONG) } else { Ok(()) }
}

/// What a text is.
pub(super) struct Parsed<'t> {
    /// The commands before a fault.
    pub(super) script: Script,
    /// The documents (`<<`) that redirections number.
    pub(super) documents: Vec<Word>,
    /// Why it does not parse, and the text behind the fault that may begin with a command.
    pub(super) fault: Option<(Why, &'t str)>,
}

/// Takes units of work.
pub(super) fn spend(left: &mut usize, units: usize) -> Result<(), Why> {
    *left = left.saturating_sub(units);
    if *left == 0 { Err(TOO_LARGE) } else { Ok(()) }
}

/// Parses a text; its documents are numbered from `first` on, and its work is taken from `left`.
pub(super) fn parse<'t>(text: &'t str, first: usize, left: &mut usize) -> Parsed<'t> {
    let mut parser = Parser::new(text, first, *left);
    let mut script = Script::default();
    let ended = check_length(text)
        .and_then(|()| parser.commands(&[], &mut script))
        .and_then(|()| if parser.at < text.len() { Err(NOT_PARSED) } else { parser.read_documents() });
    *left = parser.left;
    let rest = after_separator(text, parser.begun);
    Parsed { script, documents: parser.documents, fault: ended.err().map(|why| (why, rest)) }
}

/// What follows the first character from `at` on behind which a command may begin.
pub(super) fn after_separator(text: &str, at: usize) -> &str {
    let next = text.as_bytes()[at..].iter().position(|b| b"\n;&|(){}`".contains(b));
    next.map_or("", |next| &text[at + next + 1..])
}

pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) depth: u8,
    pub(super) first: usize,
    pub(super) documents: Vec<Word>,
    pending: Vec<Pending>,
    /// Where the last command of the text itself begins.
    begun: usize,
    /// Bytes of expansions in which the end was looked for.
    skipped: usize,
    /// Units of work that are left.
    left: usize,
}

pub(super) const UNCLOSED: Why = "a quote or bracket is not closed";

impl<'t> Parser<'t> {
    fn new(text: &'t str, first: usize, left: usize) -> Parser<'t> {
        let (documents, pending) = (Vec::new(), Vec::new());
        Parser { text, at: 0, depth: 0, first, documents, pending, begun: 0, skipped: 0, left }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn eat(&mut self, what: &str) -> bool {
        let found = self.text.as_bytes()[self.at..].starts_with(what.as_bytes());
        self.at += if found { what.len() } else { 0 };
        found
    }

    pub(super) fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Why>) -> Result<T, Why> {
        if self.depth >= DEPTH {
            return Err(TOO_DEEP);
        }
        self.depth += 1;
        let out = inner(self);
        self.depth -= 1;
        out
    }

    /// Skips blanks, continued lines and comments, but no line end.
    pub(super) fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'\\') if self.rest().starts_with("\\\n") => self.at += 2,
                Some(b'\\') if self.rest().starts_with("\\\r\n") => self.at += 3,
                Some(b'#') => {
                    let line = self.rest();
                    self.at += line.find('\n').unwrap_or(line.len());
                }
                _ => return,
            }
        }
    }

    fn line_end(&mut self) -> Result<(), Why> {
        self.at += 1;
        self.read_documents()
    }

    /// Skips blanks and line ends.
    pub(super) fn lines(&mut self) -> Result<(), Why> {
        loop {
            self.blanks();
            if self.peek() != Some(b'\n') {
                return Ok(());
            }
            self.line_end()?;
        }
    }

    /// Commands up to the end, an unmatched bracket, `;;`, or a word of `ends` in a command's place.
    pub(super) fn script(&mut self, ends: &[&str]) -> Result<Script, Why> {
        let mut out = Script::default();
        self.commands(ends, &mut out)?;
        Ok(out)
    }

    /// The same; what stands before a fault is in `out`.
    fn commands(&mut self, ends: &[&str], out: &mut Script) -> Result<(), Why> {
        self.nested(|p| {
            loop {
                p.lines()?;
                match p.peek() {
                    None | Some(b')') => return Ok(()),
                    Some(b';') if p.rest().starts_with(";;") => return Ok(()),
                    _ => {}
                }
                if p.keyword().is_some_and(|word| ends.contains(&word)) {
                    return Ok(());
                }
                if p.depth == 1 {
                    p.begun = p.at;
                }
                out.0.push(p.pipeline()?);
                p.blanks();
                let ended = p.eat("&&") || p.eat("||") || p.eat("&");
                if !ended && p.peek() == Some(b';') && !p.rest().starts_with(";;") {
                    p.at += 1;
                } else if !ended && !matches!(p.peek(), None | Some(b'\n' | b')' | b';')) {
                    return Err(NOT_PARSED);
                }
            }
        })
    }

    /// The plain word at this place, without moving.
    fn keyword(&self) -> Option<&str> {
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || ";&|()<>".contains(c)).unwrap_or(rest.len());
        (end > 0).then(|| &rest[..end])
    }

    fn pipeline(&mut self) -> Result<Pipeline, Why> {
        let mut out = Pipeline::default();
        while matches!(self.keyword(), Some("!" | "time")) {
            let words = self.keyword().map_or(0, str::len);
            self.at += words;
            self.blanks();
        }
        loop {
            out.0.push(self.stage()?);
            self.blanks();
            if self.rest().starts_with("||") || !self.eat("|") {
                return Ok(out);
            }
            if self.eat("&")
                && let Some(last) = out.0.last_mut()
            {
                last.redirects.push(Redirect { fd: Some(2), op: Op::Copy, target: Word::text("1") });
            }
            self.lines()?;
        }
    }

    pub(super) fn expect(&mut self, what: &str) -> Result<(), Why> {
        self.lines()?;
        if self.eat(what) { Ok(()) } else { Err(UNCLOSED) }
    }

    fn simple(&mut self) -> Result<Stage, Why> {
        let (mut assigns, mut words, mut redirects) = (Vec::new(), Vec::<Word>::new(), Vec::new());
        let start = self.at;
        loop {
            self.blanks();
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            if words.is_empty()
                && let Some(assign) = self.assignment()?
            {
                assigns.push(assign);
                continue;
            }
            let test = words.first().is_some_and(|w| w.bare() == Some("[["));
            match self.word()? {
                Some(word) => {
                    let last = test && word.bare() == Some("]]");
                    words.push(word);
                    if last {
                        break;
                    }
                }
                // Inside of [[ ]] these are operators.
                None if test && self.peek().is_some_and(|b| b"()<>&|".contains(&b)) => self.at += 1,
                None if words.len() == 1
                    && assigns.is_empty()
                    && redirects.is_empty()
                    && self.rest().starts_with('(') =>
                {
                    let name = words[0].bare().unwrap_or_default().to_owned();
                    self.at += 1;
                    self.blanks();
                    self.expect(")")?;
                    let kind = self.function(name)?;
                    return Ok(Stage { kind, redirects });
                }
                None => break,
            }
        }
        if self.at == start {
            return Err(NOT_PARSED);
        }
        Ok(Stage { kind: Kind::Simple { assigns, words }, redirects })
    }

    /// `NAME=VALUE`, `NAME+=VALUE`, `NAME[...]=VALUE`, `NAME=(...)` at this place.
    fn assignment(&mut self) -> Result<Option<Assign>, Why> {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let name = rest[..length].to_owned();
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return Ok(None);
        }
        let mut after = length;
        if rest[after..].starts_with('[') {
            let near = &rest.as_bytes()[after..rest.len().min(after + SHORT)];
            let Some(close) = near.iter().position(|b| *b == b']') else { return Ok(None) };
            after += close + 1;
        }
        after += usize::from(rest[after..].starts_with('+'));
        if !rest[after..].starts_with('=') {
            return Ok(None);
        }
        self.at += after + 1;
        if self.eat("(") {
            let mut words = Vec::new();
            self.lines()?;
            while let Some(word) = self.word()? {
                words.push(word);
                self.lines()?;
            }
            self.expect(")")?;
            return Ok(Some(Assign { name, value: Value::Array(words) }));
        }
        let value = Value::One(self.word()?.unwrap_or_default());
        Ok(Some(Assign { name, value }))
    }
}
