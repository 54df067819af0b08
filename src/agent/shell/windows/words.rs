//! Words of PowerShell and cmd.exe: quotes, escapes, variables and commands in brackets.

use super::{Reader, static_call};
use crate::agent::shell::ast::{Piece, Word, flush};
use crate::agent::shell::parse::{WORD, Why, spend};

/// Where `[CLASS]::METHOD` begins at the end of a text.
fn method_at(bare: &str) -> Option<usize> {
    let at = bare.rfind('[')?;
    bare[at..].contains("]::").then_some(at)
}

impl Reader<'_> {
    /// The word at this place; `None` at a blank or an operator.
    pub(super) fn word(&mut self) -> Result<Option<Word>, Why> {
        // The next word of a list.
        while self.powershell && self.eat(",") {
            self.blanks();
        }
        spend(&mut self.left, WORD)?;
        let (start, mut pieces, mut bare) = (self.at, Vec::new(), String::new());
        while let Some(c) = self.rest().chars().next() {
            let piece = match c {
                ' ' | '\t' | '\r' | '\n' | '|' | '>' | ')' | '}' => break,
                ';' | ',' if self.powershell => break,
                '&' | '<' if !self.powershell => break,
                '&' if self.rest().starts_with("&&") => break,
                '\'' if self.powershell => {
                    self.at += 1;
                    self.single()?
                }
                '"' => {
                    self.at += 1;
                    flush(&mut bare, Piece::Bare, &mut pieces);
                    pieces.push(Piece::Quoted(String::new()));
                    self.double(&mut pieces)?;
                    continue;
                }
                '`' | '^' if self.powershell == (c == '`') => {
                    self.at += 1;
                    match self.next() {
                        Some('\n') | None => continue,
                        Some(c) => Piece::Quoted(c.to_string()),
                    }
                }
                '$' | '%' if self.powershell == (c == '$') => match self.expansion()? {
                    Some(piece) => piece,
                    None => {
                        bare.push(c);
                        continue;
                    }
                },
                '(' if self.powershell && method_at(&bare).is_some() => {
                    let method = bare.split_off(method_at(&bare).unwrap_or_default());
                    self.at += 1;
                    let body = self.script()?;
                    if !self.eat(")") {
                        return Err("a bracket is not closed");
                    }
                    static_call(&method, body)
                }
                '(' | '{' => {
                    self.at += 1;
                    self.bracket(if c == '(' { ")" } else { "}" })?
                }
                '\\' => {
                    self.at += 1;
                    bare.push('/');
                    continue;
                }
                c => {
                    self.at += c.len_utf8();
                    bare.push(c);
                    continue;
                }
            };
            flush(&mut bare, Piece::Bare, &mut pieces);
            pieces.push(piece);
            // `(Get-Content FILE).Length`, `(Get-Content FILE)[0]`: the value goes on.
        }
        flush(&mut bare, Piece::Bare, &mut pieces);
        Ok((self.at > start).then_some(Word(pieces)))
    }

    /// The rest of `'...'`.
    fn single(&mut self) -> Result<Piece, Why> {
        let mut text = String::new();
        loop {
            match self.next() {
                Some('\'') if self.eat("'") => text.push('\''),
                Some('\'') => return Ok(Piece::Quoted(text)),
                Some(c) => text.push(c),
                None => return Err("a quote is not closed"),
            }
        }
    }

    /// The rest of `"..."`.
    fn double(&mut self, pieces: &mut Vec<Piece>) -> Result<(), Why> {
        let mut text = String::new();
        loop {
            match self.rest().chars().next() {
                None => return Err("a quote is not closed"),
                Some('"') => {
                    self.at += 1;
                    if self.powershell && self.eat("\"") {
                        text.push('"');
                        continue;
                    }
                    flush(&mut text, Piece::Quoted, pieces);
                    return Ok(());
                }
                Some('`') if self.powershell => {
                    self.at += 1;
                    text.extend(self.next());
                }
                Some(c @ ('$' | '%')) if self.powershell == (c == '$') => match self.expansion()? {
                    Some(piece) => {
                        flush(&mut text, Piece::Quoted, pieces);
                        pieces.push(piece);
                    }
                    None => text.push(c),
                },
                // A path's separator.
                Some('\\') => {
                    self.at += 1;
                    text.push('/');
                }
                Some(c) => {
                    self.at += c.len_utf8();
                    text.push(c);
                }
            }
        }
    }

    /// The rest of a command in brackets.
    fn bracket(&mut self, close: &str) -> Result<Piece, Why> {
        let body = self.script()?;
        if self.eat(close) { Ok(Piece::command(body, true)) } else { Err("a bracket is not closed") }
    }

    /// The expansion at a `$` or `%`; moves past the sign alone if it is text.
    fn expansion(&mut self) -> Result<Option<Piece>, Why> {
        spend(&mut self.left, WORD)?;
        self.at += 1;
        if self.powershell { self.dollar() } else { Ok(self.percent()) }
    }

    /// The rest of `$name`, `$env:NAME`, `${env:NAME}`, `$(...)`.
    fn dollar(&mut self) -> Result<Option<Piece>, Why> {
        if self.eat("(") {
            return self.bracket(")").map(Some);
        }
        let braced = self.eat("{");
        let rest = self.rest();
        let end =
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':').unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        if name.is_empty() {
            return Ok(None);
        }
        self.at += end;
        if braced {
            self.eat("}");
        }
        let plain =
            name.split_once(':').filter(|(scope, _)| scope.eq_ignore_ascii_case("env")).map(|(_, name)| name);
        Ok(Some(Piece::variable(plain.unwrap_or(&name), true)))
    }

    /// The rest of `%NAME%`.
    fn percent(&mut self) -> Option<Piece> {
        let (name, _) = self.rest().split_once('%')?;
        let valid = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let piece = valid.then(|| Piece::variable(name, true))?;
        self.at += name.len() + 1;
        Some(piece)
    }
}
