//! Words: quotes, expansions and what is nested in them.

use super::{BYTES, PIECE, Parser, STAGE, TOO_DEEP, UNCLOSED, WORD, Why, spend};
use crate::agent::shell::ast::{Piece, Script, ScriptPiece, Word, flush};

impl Parser<'_> {
    /// Parses text in which only expansions count, as between double quotes.
    pub(super) fn inner_word(&mut self, text: &str) -> Result<Word, Why> {
        self.inner(text, |p| {
            let mut pieces = Vec::new();
            p.quoted(None, &mut pieces)?;
            Ok(Word(pieces))
        })
    }

    /// Parses a text of its own as a script (backquotes).
    fn inner_script(&mut self, text: &str) -> Result<Script, Why> {
        self.inner(text, |p| {
            let script = p.script(&[])?;
            p.read_documents()?;
            if p.at == text.len() { Ok(script) } else { Err("a substitution does not parse") }
        })
    }

    /// Parses a text of its own, one level deeper; documents are numbered on.
    fn inner<T>(
        &mut self,
        text: &str,
        parse: impl FnOnce(&mut Parser<'_>) -> Result<T, Why>,
    ) -> Result<T, Why> {
        self.nested(|p| {
            spend(&mut p.left, STAGE)?;
            let mut inner = Parser::new(text, p.first, p.left);
            inner.documents = std::mem::take(&mut p.documents);
            (inner.depth, inner.skipped) = (p.depth, p.skipped);
            let out = parse(&mut inner);
            (p.documents, p.skipped, p.left) = (inner.documents, inner.skipped, inner.left);
            out
        })
    }

    /// The word at this place; `None` at a blank or an operator.
    pub(super) fn word(&mut self) -> Result<Option<Word>, Why> {
        spend(&mut self.left, WORD)?;
        let mut pieces = Vec::new();
        let mut bare = String::new();
        let start = self.at;
        while let Some(byte) = self.peek() {
            let piece = match byte {
                b'<' | b'>' if self.at == start && self.rest()[1..].starts_with('(') => {
                    self.at += 2;
                    let body = self.script(&[])?;
                    self.expect(")")?;
                    Piece::Process(Box::new(ScriptPiece(body)), byte == b'<')
                }
                b' ' | b'\t' | b'\r' | b'\n' | b'|' | b'&' | b';' | b'<' | b'>' | b')' => break,
                b'(' if bare.ends_with(['?', '*', '+', '@', '!']) => {
                    self.skip_bracket(b'(', b')')?;
                    Piece::Opaque
                }
                b'(' => break,
                b'\\' => {
                    spend(&mut self.left, PIECE)?;
                    self.at += 1;
                    let Some(next) = self.rest().chars().next() else { break };
                    self.at += next.len_utf8();
                    if next == '\n' {
                        continue;
                    }
                    Piece::Quoted(next.to_string())
                }
                b'\'' => {
                    spend(&mut self.left, PIECE)?;
                    self.at += 1;
                    let Some(end) = self.rest().find('\'') else { return Err(UNCLOSED) };
                    let text = self.rest()[..end].to_owned();
                    self.at += end + 1;
                    Piece::Quoted(text)
                }
                b'"' => {
                    spend(&mut self.left, PIECE)?;
                    self.at += 1;
                    flush(&mut bare, Piece::Bare, &mut pieces);
                    // An empty text in quotes is still a word.
                    pieces.push(Piece::Quoted(String::new()));
                    self.quoted(Some(b'"'), &mut pieces)?;
                    continue;
                }
                b'$' | b'`' => match self.expansion(false)? {
                    Some(piece) => piece,
                    None => {
                        bare.push('$');
                        self.at += 1;
                        continue;
                    }
                },
                _ => {
                    let Some(next) = self.rest().chars().next() else { break };
                    self.at += next.len_utf8();
                    bare.push(next);
                    continue;
                }
            };
            flush(&mut bare, Piece::Bare, &mut pieces);
            pieces.push(piece);
        }
        flush(&mut bare, Piece::Bare, &mut pieces);
        Ok((self.at > start).then_some(Word(pieces)))
    }

    /// Text in which only expansions and escapes count, up to `end`.
    pub(super) fn quoted(&mut self, end: Option<u8>, pieces: &mut Vec<Piece>) -> Result<(), Why> {
        let mut text = String::new();
        loop {
            match self.peek() {
                byte if byte == end => {
                    self.at += usize::from(end.is_some());
                    flush(&mut text, Piece::Quoted, pieces);
                    return Ok(());
                }
                None => return Err(UNCLOSED),
                Some(b'\\') => {
                    let next = self.rest()[1..].chars().next();
                    match next {
                        Some('\n') => {}
                        Some(c @ ('$' | '`' | '\\')) => text.push(c),
                        Some('"') if end.is_some() => text.push('"'),
                        Some(c) => text.extend(['\\', c]),
                        None => text.push('\\'),
                    }
                    self.at += 1 + next.map_or(0, char::len_utf8);
                }
                Some(b'$' | b'`') => {
                    if let Some(piece) = self.expansion(true)? {
                        flush(&mut text, Piece::Quoted, pieces);
                        pieces.push(piece);
                    } else {
                        text.push('$');
                        self.at += 1;
                    }
                }
                Some(_) => {
                    let rest = self.rest();
                    let stop = rest.find(['\\', '$', '`', '"']).unwrap_or(rest.len());
                    // A double quote is text where it does not end this.
                    let stop = stop.max(usize::from(stop == 0));
                    text.push_str(&rest[..stop]);
                    self.at += stop;
                }
            }
        }
    }

    /// The expansion at this place; `None` if the dollar sign is text.
    fn expansion(&mut self, quoted: bool) -> Result<Option<Piece>, Why> {
        spend(&mut self.left, PIECE)?;
        if self.eat("`") {
            let mut body = String::new();
            loop {
                let Some(next) = self.rest().chars().next() else { return Err(UNCLOSED) };
                self.at += next.len_utf8();
                match next {
                    '`' => break,
                    '\\' => {
                        let Some(escaped) = self.rest().chars().next() else { return Err(UNCLOSED) };
                        self.at += escaped.len_utf8();
                        if !"$`\\".contains(escaped) {
                            body.push('\\');
                        }
                        body.push(escaped);
                    }
                    c => body.push(c),
                }
            }
            let script = self.inner_script(&body)?;
            return Ok(Some(Piece::command(script, quoted)));
        }
        let rest = &self.rest()[1..];
        if rest.starts_with("((") {
            self.at += 3;
            self.skip_arithmetic()?;
            return Ok(Some(Piece::Opaque));
        }
        if rest.starts_with('(') {
            self.at += 2;
            let body = self.script(&[])?;
            self.expect(")")?;
            return Ok(Some(Piece::command(body, quoted)));
        }
        if rest.starts_with('{') {
            self.at += 1;
            let start = self.at + 1;
            self.skip_bracket(b'{', b'}')?;
            let inner = self.text[start..self.at - 1].to_owned();
            return self.parameter(&inner, quoted).map(Some);
        }
        if rest.starts_with('\'') && !quoted {
            self.at += 2;
            return self.ansi().map(|text| Some(Piece::Quoted(text)));
        }
        if rest.starts_with('"') && !quoted {
            self.at += 2;
            let mut pieces = Vec::new();
            self.quoted(Some(b'"'), &mut pieces)?;
            return Ok(Some(match &mut pieces[..] {
                [Piece::Quoted(text)] => Piece::Quoted(std::mem::take(text)),
                [] => Piece::Quoted(String::new()),
                _ => Piece::Opaque,
            }));
        }
        let name = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        let name = match rest.bytes().next() {
            Some(b'0'..=b'9') => 1,
            Some(b'@' | b'*' | b'#' | b'?' | b'$' | b'!' | b'-') => 1,
            _ => name,
        };
        if name == 0 {
            return Ok(None);
        }
        let piece = Piece::variable(&rest[..name], quoted);
        self.at += 1 + name;
        Ok(Some(piece))
    }

    /// The inside of `${...}`.
    fn parameter(&mut self, inner: &str, quoted: bool) -> Result<Piece, Why> {
        if inner.starts_with(['#', '!']) && inner.len() > 1 {
            return Ok(Piece::Opaque);
        }
        let length = inner.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        let length = length.max(usize::from(inner.starts_with(['@', '*', '?', '$', '!', '-', '#'])));
        let (name, mut after) = inner.split_at(length);
        if after.starts_with('[') {
            after = after.split_once(']').map_or("", |(_, rest)| rest);
        }
        let other = after.strip_prefix(':').unwrap_or(after);
        let else_ = match other.strip_prefix(['-', '=', '+']) {
            Some(word) => Some(self.inner_word(word)?),
            None => None,
        };
        let exact = after.is_empty() || else_.is_some() || other.starts_with('?');
        Ok(Piece::Variable { name: name.to_owned(), quoted, exact, else_ })
    }

    /// The rest of `$'...'`.
    fn ansi(&mut self) -> Result<String, Why> {
        let mut out = String::new();
        loop {
            let Some(next) = self.rest().chars().next() else { return Err(UNCLOSED) };
            self.at += next.len_utf8();
            if next == '\'' {
                return Ok(out);
            }
            if next != '\\' {
                out.push(next);
                continue;
            }
            let Some(escaped) = self.rest().chars().next() else { return Err(UNCLOSED) };
            self.at += escaped.len_utf8();
            let mut number = |radix: u32, most: usize, p: &mut Self| {
                let digits = p.rest().chars().take(most).take_while(|c| c.is_digit(radix)).count();
                let code = u32::from_str_radix(&p.rest()[..digits], radix).ok();
                p.at += digits;
                out.extend(code.and_then(char::from_u32));
            };
            match escaped {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'r' => out.push('\r'),
                'e' | 'E' => out.push('\u{1b}'),
                'x' => number(16, 2, self),
                'u' => number(16, 4, self),
                'U' => number(16, 8, self),
                '0'..='7' => {
                    self.at -= 1;
                    number(8, 3, self);
                }
                c => out.push(c),
            }
        }
    }

    /// Skips an arithmetic expression up to its `))`.
    pub(super) fn skip_arithmetic(&mut self) -> Result<(), Why> {
        let mut open = 0_u32;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => open += 1,
                b')' if open > 0 => open -= 1,
                b')' if self.eat(")") => return Ok(()),
                b')' => return Err(UNCLOSED),
                _ => {}
            }
        }
        Err(UNCLOSED)
    }

    /// Skips from an opening to its closing bracket, with the quotes in between.
    fn skip_bracket(&mut self, open: u8, close: u8) -> Result<(), Why> {
        let (mut depth, start) = (0_u32, self.at);
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => self.at += self.rest().chars().next().map_or(0, char::len_utf8),
                b'\'' => {
                    let Some(end) = self.rest().find('\'') else { return Err(UNCLOSED) };
                    self.at += end + 1;
                }
                _ if byte == open => depth += 1,
                _ if byte == close => {
                    depth -= 1;
                    if depth == 0 {
                        // What is nested is skipped once for each level.
                        self.skipped += self.at - start;
                        return if self.skipped > BYTES { Err(TOO_DEEP) } else { Ok(()) };
                    }
                }
                _ => {}
            }
        }
        Err(UNCLOSED)
    }
}
