//! A file that has a secret: the change at each place of its value, and the text with these changes.

use super::lex::{self, Code, Tokens};
use super::spot::{self, Found};
use super::{Refusal, constant, format, import, replacement, write};
use crate::finding::{Edit, Finding, Replacement, Suggestion};
use crate::rules::SecretKind;
use crate::text::encoding::Encoding;
use crate::text::lang::Lang;
use crate::text::line;
use std::ops::Range;

/// Bytes of the largest file that is lexed.
const LARGEST: usize = 8 << 20;

/// A file, parsed once for all of its findings.
pub(super) struct File<'a> {
    pub(super) text: &'a [u8],
    encoding: Encoding,
    /// True if decoding took a byte-order mark off the text.
    has_mark: bool,
    pub(super) code: Option<(Code, Tokens)>,
}

/// One change, and what it was made with.
pub(super) struct Change {
    range: Range<usize>,
    with: String,
    /// The expression as it was written.
    pub(super) expression: String,
    /// True if the expression stands in code.
    pub(super) in_code: bool,
    /// True if what is written reads the variable.
    pub(super) reads: bool,
    /// The import that the expression needs: its offset and text; `None` if the file has it.
    import: Option<(usize, String)>,
}

impl Change {
    /// A change outside of code.
    fn plain(range: Range<usize>, with: String, reads: bool) -> Change {
        Change { range, expression: with.clone(), with, in_code: false, reads, import: None }
    }
}

impl<'a> File<'a> {
    pub(super) fn new(text: &'a [u8], bytes: &[u8], encoding: Encoding, f: &Finding) -> File<'a> {
        let code = Code::of(replacement::lang(f), f.source.path.as_bytes()).filter(|_| text.len() <= LARGEST);
        File {
            text,
            encoding,
            has_mark: text.len() < bytes.len(),
            code: code.map(|code| (code, lex::tokens(code, text))),
        }
    }

    /// The range of a finding's value, or of the whole address that contains a password.
    pub(super) fn value(&self, f: &Finding) -> Result<Range<usize>, Refusal> {
        if self.encoding != Encoding::Ascii {
            return Err(Refusal::Encoding);
        }
        let at = f.location.bytes.clone();
        if self.text.get(at.clone()) != Some(f.secret.expose()) {
            let encoded = f.evidence.iter().any(|e| e.code == "encoded");
            return Err(if encoded { Refusal::Encoded } else { Refusal::Changed });
        }
        if f.rule.kind == SecretKind::ConnectionString {
            return Ok(address(self.text, at));
        }
        Ok(at)
    }

    /// The change as a place in its line; `None` if it is in several, or in a line that begins with a mark that was not
    /// scanned.
    pub(super) fn in_line(&self, f: &Finding, change: &Change) -> Option<Edit> {
        let (range, at) = (&change.range, f.location.bytes.start);
        let start = line::start(self.text, range.start, usize::MAX);
        let is_one =
            range.contains(&at) && !self.text[range.clone()].contains(&b'\n') && !change.with.contains('\n');
        (is_one && (start > 0 || !self.has_mark)).then(|| Edit {
            line: f.location.line,
            columns: range.start - start + 1..range.end - start + 1,
            text: change.with.clone(),
            needs_import: change.import.is_some(),
        })
    }

    /// What to write in place of a finding's value, or why nothing can be written.
    pub(super) fn edit(
        &self,
        f: &Finding,
        at: &Range<usize>,
        suggestion: &Suggestion,
    ) -> Result<Change, Refusal> {
        let expression = match &suggestion.way {
            Replacement::Expression { text, .. } => text.as_str(),
            Replacement::KeepOut { note } => {
                return Err(Refusal::NoExpression(format!("keep it out of git: {note}")));
            }
            Replacement::TakeOut { note } => return Err(Refusal::NoExpression(note.clone())),
        };
        let var = &*suggestion.variable;
        let path = f.source.path.as_bytes();
        if let Some((code, tokens)) = &self.code {
            return self.in_language(*code, tokens, at, var);
        }
        let lang = replacement::lang(f);
        if !replacement::is_filled_in(lang, path, self.text) {
            return Err(Refusal::NoExpression(format!("write {expression} there by hand")));
        }
        let slot = format::Slot { lang, path, text: self.text, at: at.clone(), var, expression };
        let (range, with) = format::edit(&slot)?;
        // A comment gets the name alone.
        let reads =
            !matches!(lang, Lang::Markdown | Lang::DotEnv) && with != var && with != format!("<{var}>");
        Ok(Change::plain(range, with, reads))
    }

    fn in_language(
        &self,
        code: Code,
        tokens: &Tokens,
        at: &Range<usize>,
        var: &str,
    ) -> Result<Change, Refusal> {
        if at.end > tokens.sure {
            return Err(Refusal::Language);
        }
        let named = || {
            let with = if code == Code::CSharp { var.to_owned() } else { format!("<{var}>") };
            Ok(Change::plain(at.clone(), with, false))
        };
        match spot::find(code, self.text, &tokens.list, at) {
            Found::Comment => named(),
            Found::Data if code == Code::Php => Err(Refusal::NoExpression(
                "this part of the file is sent to every visitor as it is: take it out".into(),
            )),
            Found::Data => Err(Refusal::Constant(
                "data behind the code is read as it is: move the value to a variable".into(),
            )),
            Found::Code => {
                Err(Refusal::NoExpression(format!("write {} there by hand", write::expression(code, var))))
            }
            Found::Literal(spot, literal) => {
                // Text that is only for a reader.
                let alone = spot.first_of_line() && spot.last_of_line() && !spot.is_joined();
                if code == Code::Python
                    && alone
                    && !spot.nested
                    && spot.around().is_empty()
                    && spot.statement().is_empty()
                {
                    return named();
                }
                if let Some(instead) = constant::instead(&spot, literal.sort, var)
                    .or_else(|| constant::needed_elsewhere(&spot, &tokens.list, var))
                {
                    return Err(Refusal::Constant(instead));
                }
                let mut expression = write::expression(code, var);
                let mut import = None;
                if matches!(code, Code::Python | Code::Go) {
                    let module =
                        import::module(code, self.text, &tokens.list, at.start).ok_or_else(|| {
                            Refusal::Constant(format!(
                                "import os at the top of the file, and write {expression}"
                            ))
                        })?;
                    expression = expression.replacen("os.", &format!("{}.", module.name), 1);
                    import = module.insert;
                }
                // Before Python 3.12 the quotes of the surrounding literal end it.
                if code == Code::Python && spot.nested && self.text[spot.range()].ends_with(b"'") {
                    expression = expression.replace('"', "'");
                }
                let task =
                    write::Task { spot, literal, values: vec![at.clone()], var, expression: &expression };
                let with = write::replace(&task).map_err(|why| match why {
                    Refusal::Part => Refusal::Constant(format!(
                        "make this text by hand, with {expression} in place of the value"
                    )),
                    why => why,
                })?;
                Ok(Change { range: spot.range(), with, expression, in_code: true, reads: true, import })
            }
        }
    }

    /// The text with these changes, which are in its order.
    pub(super) fn written(
        &self,
        changes: &[(Range<usize>, Change)],
        variable: &str,
    ) -> Result<Vec<u8>, Refusal> {
        let text = self.text;
        let mut new = Vec::with_capacity(text.len());
        let (mut from, mut i) = (0, 0);
        let in_code = changes.iter().find(|(_, c)| c.in_code);
        let mut import = in_code.and_then(|(_, change)| change.import.as_ref());
        while let Some((_, change)) = changes.get(i) {
            // A comment that is changed may stand before the import.
            if let Some((at, line)) = import.take_if(|(at, _)| *at <= change.range.start) {
                new.extend_from_slice(text.get(from..*at).ok_or(Refusal::Part)?);
                new.extend_from_slice(line.as_bytes());
                from = *at;
            }
            // Several values of one literal are written at once.
            let same = changes[i..].iter().take_while(|(_, c)| c.range == change.range).count();
            let with = if same > 1 && change.in_code {
                let values: Vec<_> = changes[i..i + same].iter().map(|(at, _)| at.clone()).collect();
                self.together(&values, variable, &change.expression)?
            } else {
                change.with.clone()
            };
            new.extend_from_slice(text.get(from..change.range.start).ok_or(Refusal::Part)?);
            new.extend_from_slice(with.as_bytes());
            from = change.range.end;
            i += same;
        }
        new.extend_from_slice(text.get(from..).ok_or(Refusal::Part)?);
        // The literal that needs the import is behind it.
        if import.is_some() { Err(Refusal::Part) } else { Ok(new) }
    }

    /// What replaces a literal with several values.
    fn together(&self, values: &[Range<usize>], var: &str, expression: &str) -> Result<String, Refusal> {
        let Some((code, tokens)) = &self.code else { return Err(Refusal::Part) };
        match spot::find(*code, self.text, &tokens.list, values.first().ok_or(Refusal::Part)?) {
            Found::Literal(spot, literal) => {
                write::replace(&write::Task { spot, literal, values: values.to_vec(), var, expression })
            }
            _ => Err(Refusal::Part),
        }
    }
}

/// The address around a password: from the scheme to the end of the word.
fn address(text: &[u8], at: Range<usize>) -> Range<usize> {
    let ends = |b: &u8| b.is_ascii_whitespace() || b"\"'`<>(){}[],;|".contains(b);
    let start = text[..at.start].iter().rposition(ends).map_or(0, |i| i + 1);
    let end = text[at.end..].iter().position(ends).map_or(text.len(), |i| at.end + i);
    // `KEY=scheme://`
    let head = &text[start..at.start];
    let scheme = memchr::memmem::find(head, b"://");
    let scheme = scheme.map(|i| {
        start
            + head[..i]
                .iter()
                .rposition(|b| !b.is_ascii_alphanumeric() && !b"+-.".contains(b))
                .map_or(0, |j| j + 1)
    });
    scheme.map_or(at, |start| start..end)
}
