//! Redirections, and the documents (`<<`) that follow a line.

use super::{Parser, Why};
use crate::agent::shell::ast::{Op, Piece, Redirect, Word};

/// A document whose text begins after the next line end.
pub(super) struct Pending {
    delimiter: String,
    strip: bool,
    literal: bool,
    number: usize,
}

impl Parser<'_> {
    /// The redirection at this place.
    pub(super) fn redirect(&mut self) -> Result<Option<Redirect>, Why> {
        let start = self.at;
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let fd = self.rest()[..digits].parse().ok();
        self.at += digits;
        if digits == 0 && self.rest().starts_with('{') {
            // {name}> opens a descriptor.
            let name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
            let close = 1 + self.rest().bytes().skip(1).take_while(name).count();
            if self.rest()[close..].starts_with('}')
                && matches!(self.text.as_bytes().get(self.at + close + 1), Some(b'<' | b'>'))
            {
                self.at += close + 1;
            }
        }
        let op = match () {
            () if self.rest().starts_with("<(") || self.rest().starts_with(">(") => None,
            () if self.eat("<<<") => Some(Op::Text),
            () if self.eat("<<-") => return self.document(fd, true).map(Some),
            () if self.eat("<<") => return self.document(fd, false).map(Some),
            () if self.eat("<&") => Some(Op::CopyIn),
            () if self.eat("<>") || self.eat("<") => Some(Op::In),
            () if self.eat(">>") => Some(Op::Append),
            () if self.eat(">&") => Some(Op::Copy),
            () if self.eat(">|") || self.eat(">") => Some(Op::Out),
            () if digits == 0 && (self.eat("&>>") || self.eat("&>")) => Some(Op::Both),
            () => None,
        };
        let Some(mut op) = op else {
            self.at = start;
            return Ok(None);
        };
        self.blanks();
        let Some(target) = self.word()? else { return Err("a redirection has no target") };
        if op == Op::Copy
            && !target.bare().is_some_and(|t| t == "-" || t.bytes().all(|b| b.is_ascii_digit() || b == b'-'))
        {
            op = Op::Both;
        }
        Ok(Some(Redirect { fd, op, target }))
    }

    fn document(&mut self, fd: Option<u32>, strip: bool) -> Result<Redirect, Why> {
        self.blanks();
        let Some(word) = self.word()? else { return Err("a document has no delimiter") };
        let literal = word.0.iter().any(|p| matches!(p, Piece::Quoted(_)));
        let mut delimiter = String::new();
        for piece in &word.0 {
            match piece {
                Piece::Quoted(text) | Piece::Bare(text) => delimiter.push_str(text),
                _ => return Err("a document's delimiter is not a plain word"),
            }
        }
        let number = self.first + self.documents.len();
        self.documents.push(Word::default());
        self.pending.push(Pending { delimiter, strip, literal, number });
        Ok(Redirect { fd, op: Op::Document(number), target: Word::default() })
    }

    /// Reads the documents that begin here.
    pub(super) fn read_documents(&mut self) -> Result<(), Why> {
        for document in std::mem::take(&mut self.pending) {
            let mut body = String::new();
            let mut closed = false;
            while self.at < self.text.len() && !closed {
                let line = self.rest();
                let line = &line[..line.find('\n').map_or(line.len(), |n| n + 1)];
                self.at += line.len();
                let shown = if document.strip { line.trim_start_matches('\t') } else { line };
                closed = shown.trim_end_matches(['\n', '\r']) == document.delimiter;
                if !closed {
                    body.push_str(shown);
                }
            }
            let word = if document.literal { Word::text(&body) } else { self.inner_word(&body)? };
            self.documents[document.number - self.first] = word;
        }
        Ok(())
    }
}
