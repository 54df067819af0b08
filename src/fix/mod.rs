//! Removes a secret from a file: replaces the value by the expression that reads a variable in the file's language.
//!
//! Pure: bytes in, bytes out. A change is made only if it certainly keeps the meaning: the value must be (part of)
//! a literal where an expression is allowed, or in a place where the file's reader substitutes variables.
//! Everything else is refused with what to write instead. [`suggest`] tells a message beforehand what [`rewrite`]
//! will do: both use `File::edit`.

mod constant;
pub mod dotenv;
mod format;
mod import;
pub mod keep_out;
mod lex;
pub mod replacement;
mod spot;
mod write;
mod yaml;

use crate::finding::{Edit, Finding, Replacement, Suggestion};
use crate::rules::SecretKind;
use crate::secret::Secret;
use crate::text::encoding::{self, Encoding};
use lex::{Code, Tokens};
use spot::Found;
use std::ops::Range;

/// A file without its secret.
#[derive(Debug)]
pub struct Fixed {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// The expression that replaced the value.
    pub expression: String,
    /// The variable that must hold the value from now on; empty if the value was removed from a sample.
    pub variable: String,
    /// What was also changed or remains to do in this file.
    pub note: String,
    /// What to add to the file unless it is declared nearby: the declaration of a Terraform variable.
    pub declaration: Option<String>,
    /// The value that the variable must hold, if that is certain.
    pub value: Option<Secret>,
    /// Lines whose value stays, and why.
    pub left: Vec<(u32, Refusal)>,
}

/// Why a value was left in its file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The file's format cannot read a variable, or the file must not be in git.
    #[error("{0}")]
    NoExpression(String),
    /// UTF-16 or binary.
    #[error("it is not plain text")]
    Encoding,
    /// The value is encoded in the text.
    #[error("the value is encoded here")]
    Encoded,
    /// The file does not parse as its language.
    #[error("the text around it could not be read for certain")]
    Language,
    /// Not in a literal that can be split.
    #[error("the value is a part of a text that cannot be taken apart for certain")]
    Part,
    /// The language requires a constant there; what to write instead.
    #[error("{0}")]
    Constant(String),
    /// The text at the location has changed.
    #[error("the file has changed since it was blocked")]
    Changed,
}

/// Bytes of the largest file that is lexed.
const LARGEST: usize = 8 << 20;

/// A file, parsed once for all of its findings.
struct File<'a> {
    text: &'a [u8],
    encoding: Encoding,
    /// True if decoding took a byte-order mark off the text.
    has_mark: bool,
    code: Option<(Code, Tokens)>,
}

/// One change, and what it was made with.
struct Change {
    range: Range<usize>,
    with: String,
    /// The expression as it was written.
    expression: String,
    /// True if the expression stands in code.
    in_code: bool,
    /// The import that the expression needs: its offset and text; `None` if the file has it.
    import: Option<(usize, String)>,
}

impl<'a> File<'a> {
    fn new(text: &'a [u8], bytes: &[u8], encoding: Encoding, f: &Finding) -> File<'a> {
        let code = Code::of(replacement::lang(f), f.source.path.as_bytes()).filter(|_| text.len() <= LARGEST);
        File {
            text,
            encoding,
            has_mark: text.len() < bytes.len(),
            code: code.map(|code| (code, lex::tokens(code, text))),
        }
    }

    /// The range of a finding's value, or of the whole address that contains a password.
    fn value(&self, f: &Finding) -> Result<Range<usize>, Refusal> {
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
    fn in_line(&self, f: &Finding, change: &Change) -> Option<Edit> {
        let (range, at) = (&change.range, f.location.bytes.start);
        let start = self.text[..range.start].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
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
    fn edit(&self, f: &Finding, at: &Range<usize>, suggestion: &Suggestion) -> Result<Change, Refusal> {
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
        Ok(Change { range, expression: with.clone(), with, in_code: false, import: None })
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
            Ok(Change { range: at.clone(), expression: with.clone(), with, in_code: false, import: None })
        };
        match spot::find(code, self.text, &tokens.list, at) {
            Found::Comment => named(),
            Found::Data if code == Code::Php => Err(Refusal::NoExpression(
                "this part of the file is sent to every visitor as it is: take it out".into(),
            )),
            Found::Data => Err(Refusal::Constant(
                "data behind the code is read as it is: move the value to a variable".into(),
            )),
            Found::Code => Err(Refusal::Part),
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
                let with = write::replace(&task)?;
                Ok(Change { range: spot.range(), with, expression, in_code: true, import })
            }
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

/// For each finding, what can replace its value in its file. `bytes` is the content that was scanned.
pub fn suggest(bytes: &[u8], findings: &[&Finding]) -> Vec<Suggestion> {
    let (text, encoding) = encoding::decode(bytes);
    let Some(first) = findings.first() else { return Vec::new() };
    let file = File::new(&text, bytes, encoding, first);
    let one = |f: &&Finding| {
        let mut suggestion = replacement::by_path(f, Some(&text));
        if f.source.kind == crate::finding::SourceKind::FileName {
            return suggestion;
        }
        let edit = file.value(f).and_then(|at| file.edit(f, &at, &suggestion));
        if let Replacement::Expression { text, by_fix, .. } = &mut suggestion.way {
            match edit {
                Ok(change) => {
                    *by_fix = true;
                    suggestion.edit = file.in_line(f, &change);
                    if change.in_code {
                        *text = change.expression;
                    }
                }
                Err(Refusal::Constant(note)) => suggestion.way = Replacement::TakeOut { note },
                Err(_) => *by_fix = false,
            }
        }
        suggestion
    };
    findings.iter().map(one).collect()
}

/// Removes one secret from a file; `findings` are its locations in exactly this content. `variable` is the name to use,
/// if not the usual one.
///
/// # Errors
/// If no place of the value can be changed with certainty.
pub fn rewrite(bytes: &[u8], findings: &[&Finding], variable: Option<&str>) -> Result<Fixed, Refusal> {
    let first = findings.first().ok_or(Refusal::Changed)?;
    let (text, encoding) = encoding::decode(bytes);
    let file = File::new(&text, bytes, encoding, first);
    let (mut changes, mut left, mut value): (Vec<(Range<usize>, Change)>, _, _) =
        (Vec::new(), Vec::new(), None);
    let mut suggestion = replacement::by_path(first, Some(&text));
    if let Some(variable) = variable {
        suggestion = renamed(suggestion, variable);
    }
    for f in findings {
        match file.value(f).and_then(|at| Ok((at.clone(), file.edit(f, &at, &suggestion)?))) {
            Ok((at, change)) => {
                value.get_or_insert_with(|| Secret::new(&text[at.clone()]));
                changes.push((at, change));
            }
            Err(why) => left.push((f.location.line, why)),
        }
    }
    if changes.is_empty() {
        return Err(left.pop().map_or(Refusal::Changed, |(_, why)| why));
    }
    changes.sort_by_key(|(at, _)| at.start);
    let mut new = Vec::with_capacity(text.len());
    let mut from = 0;
    let mut i = 0;
    while i < changes.len() {
        let (_, change) = &changes[i];
        // Several values of one literal are written at once.
        let same = changes[i..].iter().take_while(|(_, c)| c.range == change.range).count();
        let with = if same > 1 && change.in_code {
            let values: Vec<_> = changes[i..i + same].iter().map(|(at, _)| at.clone()).collect();
            file.together(&values, &suggestion.variable, &change.expression)?
        } else {
            change.with.clone()
        };
        new.extend_from_slice(text.get(from..change.range.start).ok_or(Refusal::Part)?);
        new.extend_from_slice(with.as_bytes());
        from = change.range.end;
        i += same;
    }
    new.extend_from_slice(text.get(from..).ok_or(Refusal::Part)?);
    let code = file.code.as_ref().map(|(code, _)| *code);
    let in_code = changes.iter().find(|(_, c)| c.in_code).or(changes.first());
    let expression = in_code.map_or_else(String::new, |(_, c)| c.expression.clone());
    if let Some((at, import)) = in_code.and_then(|(_, change)| change.import.as_ref()) {
        // Imports come before everything that is changed.
        new.splice(at..at, import.bytes());
    }
    // The byte-order mark that decoding removed.
    let mark = &bytes[..bytes.len() - text.len()];
    let mut variable = suggestion.variable;
    let small = variable.to_ascii_lowercase();
    let declared = format!("variable \"{small}\"");
    let declaration = (code == Some(Code::Terraform)
        && in_code.is_some_and(|(_, c)| c.in_code)
        && memchr::memmem::find(&text, declared.as_bytes()).is_none())
    .then(|| format!("\n{declared} {{\n  type      = string\n  sensitive = true\n}}\n"));
    if code == Some(Code::Terraform) {
        variable = format!("TF_VAR_{small}");
    }
    let note = match suggestion.way {
        Replacement::Expression { note, .. }
            if !matches!(code, Some(Code::Python | Code::Go | Code::Terraform)) =>
        {
            note
        }
        _ => String::new(),
    };
    if expression.is_empty() {
        variable = String::new();
    }
    let value = value.and_then(|v| plain(v, code));
    Ok(Fixed { bytes: [mark, &new].concat(), expression, variable, note, declaration, value, left })
}

/// The same suggestion with another variable.
fn renamed(mut suggestion: Suggestion, variable: &str) -> Suggestion {
    let old = std::mem::replace(&mut suggestion.variable, variable.to_owned());
    if let Replacement::Expression { text, note, .. } = &mut suggestion.way {
        for s in [text, note] {
            *s = s.replace(&old, variable);
        }
    }
    suggestion
}

/// The value that a variable must hold: the literal text, unless it has escapes.
fn plain(value: Secret, code: Option<Code>) -> Option<Secret> {
    let bytes = value.expose();
    if code.is_none() || !bytes.contains(&b'\\') {
        return Some(value);
    }
    let mut out = Vec::new();
    let mut rest = bytes.iter();
    while let Some(b) = rest.next() {
        match b {
            b'\\' => out.push(match rest.next()? {
                b'n' => b'\n',
                b't' => b'\t',
                b'r' => b'\r',
                b @ (b'\\' | b'"' | b'\'' | b'/') => *b,
                _ => return None,
            }),
            b => out.push(*b),
        }
    }
    Some(Secret::new(&out))
}

impl File<'_> {
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

#[cfg(test)]
mod tests;
