//! Tokens of a source file, as far as a fix needs them: where literals, comments and code begin and end.
//!
//! One lexer for all languages, driven by a table for each ([`tables`]); what does not fit in a table is in
//! [`quotes`] and [`languages`]. Nothing is guessed about a text that does not lex: [`Tokens::sure`] says up to where the tokens
//! hold.

mod languages;
mod quotes;
pub(super) mod shell;
mod tables;

pub(super) use tables::Code;
use tables::Syntax;

use std::ops::Range;

/// The kind of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// An identifier, keyword or number.
    Word,
    /// One byte of punctuation.
    Punct(u8),
    /// A text in delimiters.
    Literal(Box<Literal>),
    /// A comment.
    Comment,
    /// Not code: a page around PHP, data after `__END__`.
    Data,
    /// The end of a line.
    Line,
}

/// A token and its range in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

/// A literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    /// The range between the delimiters.
    pub(super) body: Range<usize>,
    /// Code inside of it, with the range between the hole's own delimiters.
    pub(super) holes: Vec<(Range<usize>, Vec<Token>)>,
    pub(super) form: Form,
    pub(super) sort: Sort,
}

/// The meaning of a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Text,
    Bytes,
    /// A list of words, a pattern, a symbol: not text that an expression could replace.
    Other,
    Heredoc,
}

/// How a literal is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    pub(super) escape: Escape,
    pub(super) hole: Hole,
    /// True if it may contain line breaks.
    pub(super) lines: bool,
}

/// How a delimiter is escaped in a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    None,
    Backslash,
    /// The closing quote, doubled.
    Doubled,
    /// A backtick before it, or doubled.
    Backtick,
    /// A backslash that stays in the text (Python's raw literals).
    Kept,
}

/// How code is embedded in a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hole {
    None,
    /// `${...}`
    Dollar,
    /// `#{...}`
    Hash,
    /// `{...}`, where `{{` is a literal brace.
    Brace,
    /// `{$...}` and `${...}`
    Php,
    /// `$(...)`
    Paren,
    /// Only names, found once the literal's end is known.
    Names,
}

/// A file's tokens.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) list: Vec<Token>,
    /// The offset up to which they are certain.
    pub(super) sure: usize,
}

/// Most nested holes that are lexed.
const DEEPEST: u8 = 12;

/// Lexes a text.
pub(super) fn tokens(code: Code, text: &[u8]) -> Tokens {
    let mut lexer = Lexer { text, at: 0, syntax: code.syntax(), code, heredocs: Vec::new(), depth: 0 };
    if text.starts_with(b"#!") {
        lexer.at = lexer.line_end(0);
    }
    let mut list = Vec::new();
    if lexer.at > 0 {
        list.push(Token { kind: Kind::Comment, range: 0..lexer.at });
    }
    if code == Code::Php {
        quotes::page(&mut lexer, &mut list);
    }
    match lexer.run(&mut list, None) {
        Ok(()) => Tokens { list, sure: text.len() },
        Err(Unsure(sure)) => Tokens { list, sure },
    }
}

/// The text does not lex from this offset on.
#[derive(Debug, Clone, Copy)]
struct Unsure(usize);

/// A heredoc whose body starts on the next line, and its token.
struct Pending {
    tag: Vec<u8>,
    /// True if the closing tag may be indented.
    indented: bool,
    form: Form,
}

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    code: Code,
    syntax: &'static Syntax,
    heredocs: Vec<Pending>,
    depth: u8,
}

impl Lexer<'_> {
    fn rest(&self) -> &[u8] {
        &self.text[self.at..]
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// The offset of the end of the line that contains `at`, without its line break.
    fn line_end(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.text[at..]).map_or(self.text.len(), |i| at + i)
    }

    /// Reads code up to the end, or up to a closing byte without an opening one.
    fn run(&mut self, out: &mut Vec<Token>, until: Option<u8>) -> Result<(), Unsure> {
        let mut open = 0usize;
        while self.at < self.text.len() {
            let start = self.at;
            let b = self.text[start];
            match b {
                b'\n' => {
                    self.at += 1;
                    out.push(Token { kind: Kind::Line, range: start..self.at });
                    for pending in std::mem::take(&mut self.heredocs) {
                        let token = self.heredoc(&pending)?;
                        out.push(token);
                    }
                    continue;
                }
                b if b.is_ascii_whitespace() || b == 0x0b => {
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            if languages::special(self, out)? || self.comment(out)? || self.literal(out)? || self.word(out) {
                continue;
            }
            if let Some(until) = until {
                let opener = if until == b')' { b'(' } else { b'{' };
                if b == until && open == 0 {
                    return Ok(());
                }
                open = if b == opener { open + 1 } else { open - usize::from(b == until) };
            }
            self.at += 1;
            out.push(Token { kind: Kind::Punct(b), range: start..self.at });
        }
        if until.is_some() { Err(Unsure(self.at)) } else { Ok(()) }
    }

    fn comment(&mut self, out: &mut Vec<Token>) -> Result<bool, Unsure> {
        let start = self.at;
        for (open, close, nested) in self.syntax.blocks {
            if self.rest().starts_with(open.as_bytes()) {
                let mut depth = 1;
                self.at += open.len();
                while depth > 0 {
                    if self.at >= self.text.len() {
                        return Err(Unsure(start));
                    }
                    if self.rest().starts_with(close.as_bytes()) {
                        (depth, self.at) = (depth - 1, self.at + close.len());
                    } else if *nested && self.rest().starts_with(open.as_bytes()) {
                        (depth, self.at) = (depth + 1, self.at + open.len());
                    } else {
                        self.at += 1;
                    }
                }
                out.push(Token { kind: Kind::Comment, range: start..self.at });
                return Ok(true);
            }
        }
        if self.syntax.lines.iter().any(|mark| self.rest().starts_with(mark.as_bytes())) {
            self.at = self.line_end(start);
            // In PHP the end of the code also ends the comment.
            if self.code == Code::Php
                && let Some(end) = memchr::memmem::find(&self.text[start..self.at], b"?>")
            {
                self.at = start + end;
            }
            out.push(Token { kind: Kind::Comment, range: start..self.at });
            return Ok(true);
        }
        Ok(false)
    }

    fn literal(&mut self, out: &mut Vec<Token>) -> Result<bool, Unsure> {
        let form = self.syntax.forms.iter().find(|f| self.rest().starts_with(f.open.as_bytes()));
        let Some(form) = form else { return Ok(false) };
        let start = self.at;
        self.at += form.open.len();
        self.finish(out, start, *form, form.close.as_bytes(), Sort::Text)?;
        Ok(true)
    }

    fn word(&mut self, out: &mut Vec<Token>) -> bool {
        let start = self.at;
        while self.text.get(self.at).is_some_and(|b| is_word(*b) || self.syntax.sigils.contains(b)) {
            self.at += 1;
        }
        if self.at > start {
            out.push(Token { kind: Kind::Word, range: start..self.at });
        }
        self.at > start
    }

    /// Reads a literal after its opening delimiter, and adds it.
    fn finish(
        &mut self,
        out: &mut Vec<Token>,
        start: usize,
        form: Form,
        close: &[u8],
        sort: Sort,
    ) -> Result<(), Unsure> {
        let from = self.at;
        let mut holes = Vec::new();
        // `q(a (b) c)`: brackets nest.
        let pairs = quotes::opener(close).filter(|_| form.open.is_empty());
        let mut nested = 0usize;
        loop {
            let Some(b) = self.text.get(self.at).copied() else { return Err(Unsure(start)) };
            if b == b'\n' && !form.lines {
                return Err(Unsure(start));
            }
            let escaped = match form.escape {
                Escape::Backslash | Escape::Kept => b == b'\\',
                Escape::Backtick => b == b'`',
                Escape::None | Escape::Doubled => false,
            };
            if escaped {
                self.at += if self.peek(1) == b'\r' && self.peek(2) == b'\n' { 3 } else { 2 };
                continue;
            }
            if self.rest().starts_with(close) && nested == 0 {
                let doubled = matches!(form.escape, Escape::Doubled | Escape::Backtick);
                if doubled && self.text[self.at + close.len()..].starts_with(close) {
                    self.at += 2 * close.len();
                    continue;
                }
                break;
            }
            if let Some(open) = pairs {
                nested = nested + usize::from(b == open) - usize::from(close == [b] && nested > 0);
            }
            let hole = quotes::hole(form.hole, self.rest());
            match hole {
                Some((0, skip)) => self.at += skip,
                Some((opens, _)) => {
                    if self.depth >= DEEPEST {
                        return Err(Unsure(start));
                    }
                    self.at += opens;
                    let (inside, mut tokens) = (self.at, Vec::new());
                    self.depth += 1;
                    let until = if form.hole == Hole::Paren { b')' } else { b'}' };
                    let read = self.run(&mut tokens, Some(until));
                    self.depth -= 1;
                    read.map_err(|_| Unsure(start))?;
                    holes.push((inside..self.at, tokens));
                    self.at += 1;
                }
                None => self.at += 1,
            }
        }
        let mut end = self.at;
        self.at += close.len();
        // `"""a""""`: the last three close it.
        if close == b"\"\"\"" && self.syntax.greedy {
            while self.peek(0) == b'"' {
                (self.at, end) = (self.at + 1, end + 1);
            }
        }
        let literal = Literal { body: from..end, holes, form, sort };
        out.push(Token { kind: Kind::Literal(Box::new(literal)), range: start..self.at });
        Ok(())
    }

    /// Reads a heredoc's body, from the start of a line.
    fn heredoc(&mut self, pending: &Pending) -> Result<Token, Unsure> {
        let start = self.at;
        let mut holes = Vec::new();
        loop {
            if self.at >= self.text.len() {
                return Err(Unsure(start));
            }
            let end = self.line_end(self.at);
            let line = self.text[self.at..end].strip_suffix(b"\r").unwrap_or(&self.text[self.at..end]);
            let bare = if pending.indented { line.trim_ascii_start() } else { line };
            let after = bare.strip_prefix(&*pending.tag);
            // PHP continues after the closing tag.
            let closes = match (after, self.code) {
                (Some(after), Code::Php) => !after.first().is_some_and(|b| is_word(*b)),
                (Some(after), _) => after.is_empty(),
                _ => false,
            };
            if closes {
                break;
            }
            while self.at < end {
                match quotes::hole(pending.form.hole, self.rest()) {
                    _ if self.text[self.at] == b'\\' && pending.form.escape == Escape::Backslash => {
                        self.at += 2;
                    }
                    Some((0, skip)) => self.at += skip,
                    Some((opens, _)) => {
                        self.at += opens;
                        let (inside, mut tokens) = (self.at, Vec::new());
                        self.run(&mut tokens, Some(b'}')).map_err(|_| Unsure(start))?;
                        holes.push((inside..self.at, tokens));
                        self.at += 1;
                    }
                    None => self.at += 1,
                }
            }
            self.at = (self.line_end(self.at.min(self.text.len())) + 1).min(self.text.len());
        }
        let end = self.at;
        // The tag itself; a line break after it is a token of its own.
        self.at += memchr::memmem::find(self.rest(), &pending.tag).unwrap_or(0) + pending.tag.len();
        let literal = Literal { body: start..end, holes, form: pending.form, sort: Sort::Heredoc };
        Ok(Token { kind: Kind::Literal(Box::new(literal)), range: start..self.at })
    }
}

pub(super) fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80
}

#[cfg(test)]
mod tests;
