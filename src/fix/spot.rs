//! One literal among the tokens of its file, and what is before, after and around it.

use super::lex::{Code, Kind, Literal, Token};
use std::ops::Range;

/// A literal in its file.
#[derive(Clone, Copy)]
pub(super) struct Spot<'t> {
    pub(super) code: Code,
    pub(super) text: &'t [u8],
    /// The tokens of the file, or of the hole that contains the literal.
    list: &'t [Token],
    index: usize,
    /// True if it is in a hole of another literal.
    pub(super) nested: bool,
}

/// What contains a range of the file.
pub(super) enum Found<'t> {
    Literal(Spot<'t>, &'t Literal),
    Comment,
    Data,
    /// Code, or several tokens.
    Code,
}

/// Finds the innermost token that contains a range.
pub(super) fn find<'t>(code: Code, text: &'t [u8], list: &'t [Token], at: &Range<usize>) -> Found<'t> {
    find_in(code, text, list, at, false)
}

fn find_in<'t>(code: Code, text: &'t [u8], list: &'t [Token], at: &Range<usize>, nested: bool) -> Found<'t> {
    let index = list.partition_point(|t| t.range.end <= at.start);
    let Some(token) = list.get(index).filter(|t| t.range.start <= at.start && at.end <= t.range.end) else {
        return Found::Code;
    };
    match &token.kind {
        Kind::Comment => Found::Comment,
        Kind::Data => Found::Data,
        Kind::Literal(literal) => {
            for (hole, inner) in &literal.holes {
                if hole.start <= at.start && at.end <= hole.end {
                    return find_in(code, text, inner, at, true);
                }
                if hole.start < at.end && at.start < hole.end {
                    return Found::Code;
                }
            }
            if literal.body.start <= at.start && at.end <= literal.body.end {
                Found::Literal(Spot { code, text, list, index, nested }, literal)
            } else {
                Found::Code
            }
        }
        _ => Found::Code,
    }
}

fn counts(token: &Token) -> bool {
    !matches!(token.kind, Kind::Line | Kind::Comment)
}

impl<'t> Spot<'t> {
    pub(super) fn range(&self) -> Range<usize> {
        self.list[self.index].range.clone()
    }

    /// The bytes of a token.
    fn bytes(&self, token: &Token) -> &'t [u8] {
        &self.text[token.range.clone()]
    }

    /// The `n`th token before the literal, not counting comments; empty without one.
    pub(super) fn before(&self, n: usize) -> &'t [u8] {
        self.list[..self.index].iter().rev().filter(|t| counts(t)).nth(n).map_or(b"", |t| self.bytes(t))
    }

    /// The same after the literal.
    pub(super) fn after(&self, n: usize) -> &'t [u8] {
        self.list[self.index + 1..].iter().filter(|t| counts(t)).nth(n).map_or(b"", |t| self.bytes(t))
    }

    /// Returns whether the literal is the first on its line, not counting comments.
    pub(super) fn first_of_line(&self) -> bool {
        self.list[..self.index]
            .iter()
            .rev()
            .find(|t| t.kind != Kind::Comment)
            .is_none_or(|t| t.kind == Kind::Line)
    }

    pub(super) fn last_of_line(&self) -> bool {
        self.list[self.index + 1..]
            .iter()
            .find(|t| t.kind != Kind::Comment)
            .is_none_or(|t| t.kind == Kind::Line)
    }

    /// Returns whether another literal is beside it that the language joins with it.
    pub(super) fn is_joined(&self) -> bool {
        let literal = |t: &Token| matches!(t.kind, Kind::Literal(_));
        let skip = |t: &&Token| counts(t) && t.kind != Kind::Punct(b'\\');
        self.list[..self.index].iter().rev().find(skip).is_some_and(literal)
            || self.list[self.index + 1..].iter().find(skip).is_some_and(literal)
    }

    /// The index of the innermost open bracket at `index`.
    fn opener(&self, index: usize) -> Option<usize> {
        let mut depth = 0usize;
        for (i, token) in self.list[..index].iter().enumerate().rev() {
            match token.kind {
                Kind::Punct(b')' | b']' | b'}') => depth += 1,
                Kind::Punct(b'(' | b'[' | b'{') if depth == 0 => return Some(i),
                Kind::Punct(b'(' | b'[' | b'{') => depth -= 1,
                _ => {}
            }
        }
        None
    }

    /// The brackets around the literal, the innermost first.
    pub(super) fn around(&self) -> Vec<Around<'t>> {
        let (mut out, mut at) = (Vec::new(), self.index);
        while let Some(i) = self.opener(at) {
            let spot = Spot { index: i, ..*self };
            out.push(Around { open: self.bytes(&self.list[i])[0], spot });
            at = i;
        }
        out
    }

    /// The tokens from the start of the statement up to the literal, without bracketed ones.
    pub(super) fn statement(&self) -> Vec<&'t [u8]> {
        let lines = matches!(
            self.code,
            Code::Python
                | Code::JavaScript
                | Code::TypeScript
                | Code::Go
                | Code::Kotlin
                | Code::Scala
                | Code::Ruby
                | Code::Groovy
                | Code::PowerShell
                | Code::Lua
                | Code::Terraform
        );
        let mut out = Vec::new();
        let mut depth = 0usize;
        for (i, token) in self.list[..self.index].iter().enumerate().rev() {
            match token.kind {
                Kind::Punct(b'}') if depth == 0 && !matches!(self.code, Code::Terraform | Code::Lua) => break,
                Kind::Punct(b')' | b']' | b'}') => depth += 1,
                Kind::Punct(b'(' | b'[' | b'{') if depth == 0 => break,
                Kind::Punct(b'(' | b'[' | b'{') => depth -= 1,
                _ if depth > 0 => {}
                Kind::Punct(b';') => break,
                Kind::Line if lines && self.ends_statement(i) => break,
                Kind::Line | Kind::Comment | Kind::Data => {}
                _ => out.push(self.bytes(token)),
            }
        }
        out.reverse();
        out
    }

    /// Returns whether a line break ends a statement, because what precedes it is complete.
    fn ends_statement(&self, line: usize) -> bool {
        let colon = self.code == Code::Python;
        let last = self.list[..line].iter().rev().find(|t| t.kind != Kind::Comment);
        match last.map(|t| &t.kind) {
            Some(Kind::Punct(b':')) => colon,
            Some(Kind::Punct(b'=' | b',' | b'+' | b'.' | b'|' | b'&' | b'?' | b'\\')) => false,
            _ => true,
        }
    }

    /// Returns whether the statement has this word.
    pub(super) fn says(&self, word: &str) -> bool {
        self.statement().contains(&word.as_bytes())
    }

    /// The name that a statement assigns to: the word before its `=`.
    pub(super) fn name(&self) -> String {
        let statement = self.statement();
        let end = statement.iter().position(|t| matches!(*t, b"=" | b":")).unwrap_or(statement.len());
        let name = statement[..end].iter().rev().find(|t| {
            t.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_' || *b == b'$')
                && !matches!(**t, b"string" | b"String" | b"str" | b"static" | b"const")
        });
        name.map_or_else(|| "NAME".to_owned(), |n| String::from_utf8_lossy(n).into_owned())
    }

    /// Every use of a word in the file's code.
    pub(super) fn uses(code: Code, text: &'t [u8], list: &'t [Token], word: &[u8]) -> Vec<Spot<'t>> {
        let mut out = Vec::new();
        for (index, token) in list.iter().enumerate() {
            match &token.kind {
                Kind::Literal(literal) => {
                    literal
                        .holes
                        .iter()
                        .for_each(|(_, inner)| out.extend(Spot::uses(code, text, inner, word)));
                }
                Kind::Word if &text[token.range.clone()] == word => {
                    out.push(Spot { code, text, list, index, nested: false });
                }
                _ => {}
            }
        }
        out
    }
}

/// A bracket around a literal.
pub(super) struct Around<'t> {
    pub(super) open: u8,
    /// The bracket's own place, for what precedes it.
    pub(super) spot: Spot<'t>,
}
