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
use crate::text::lang::Lang;
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
    /// True if the file reads the variable from now on; false for a comment or a text, which only names it.
    pub reads: bool,
}

/// The place because of which a file stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Refused {
    /// Its line.
    pub line: u32,
    /// Why nothing can be written there.
    pub why: Refusal,
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
    /// True if what is written reads the variable.
    reads: bool,
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
        // A comment gets the name alone.
        let reads =
            !matches!(lang, Lang::Markdown | Lang::DotEnv) && with != var && with != format!("<{var}>");
        Ok(Change { range, expression: with.clone(), with, in_code: false, reads, import: None })
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
            Ok(Change {
                range: at.clone(),
                expression: with.clone(),
                with,
                in_code: false,
                reads: false,
                import: None,
            })
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

/// What becomes of one place of a secret.
struct Step {
    suggestion: Suggestion,
    change: Result<(Range<usize>, Change), Refusal>,
}

/// What becomes of each place of one secret in its file: the file is written only if all of them can be changed.
fn steps(file: &File<'_>, places: &[&Finding], variable: &str) -> Vec<Step> {
    let step = |f: &&Finding| {
        let suggestion = replacement::with_variable(f, Some(file.text), variable.to_owned());
        let change = file.value(f).and_then(|at| Ok((at.clone(), file.edit(f, &at, &suggestion)?)));
        Step { suggestion, change }
    };
    places.iter().map(step).collect()
}

/// For each finding, what can replace its value in its file. `bytes` is the content that was scanned.
pub fn suggest(bytes: &[u8], findings: &[&Finding]) -> Vec<Suggestion> {
    let (text, encoding) = encoding::decode(bytes);
    let Some(first) = findings.first() else { return Vec::new() };
    let file = File::new(&text, bytes, encoding, first);
    let mut out: Vec<Option<Suggestion>> = findings.iter().map(|_| None).collect();
    for (i, first) in findings.iter().enumerate() {
        if out[i].is_some() {
            continue;
        }
        let of = |j: &usize| findings[*j].fingerprint == first.fingerprint;
        let all: Vec<usize> = (i..findings.len()).filter(of).collect();
        let places: Vec<&Finding> = all.iter().map(|j| findings[*j]).collect();
        let variable = replacement::variable_in(first, Some(&text));
        let steps = steps(&file, &places, &variable);
        let is_whole = steps.iter().all(|step| step.change.is_ok());
        for (j, step) in all.into_iter().zip(steps) {
            out[j] = Some(offered(&file, findings[j], step, is_whole));
        }
    }
    out.into_iter().flatten().collect()
}

/// The suggestion of a step. `is_whole` is true if all places of the secret in the file can be changed.
fn offered(file: &File<'_>, f: &Finding, step: Step, is_whole: bool) -> Suggestion {
    let Step { mut suggestion, change } = step;
    if f.source.kind == crate::finding::SourceKind::FileName {
        return suggestion;
    }
    if let Replacement::Expression { text: expression, by_fix, note } = &mut suggestion.way {
        match change {
            Ok((_, change)) => {
                *by_fix = is_whole;
                suggestion.edit = is_whole.then(|| file.in_line(f, &change)).flatten();
                if change.in_code || !change.reads {
                    *expression = change.expression;
                }
                if !change.reads && Code::of(replacement::lang(f), f.source.path.as_bytes()).is_some() {
                    *note = "a name in place of the value".to_owned();
                }
            }
            Err(Refusal::Constant(note)) => suggestion.way = Replacement::TakeOut { note },
            Err(_) => match by_hand(replacement::lang(f), file.text, &f.location.bytes) {
                ByHand::Bare => {}
                ByHand::Quoted => {
                    *note = [&*note, "with its quotes"].join("; ").trim_start_matches("; ").to_owned();
                }
                ByHand::Part => {
                    let note = format!("make this text by hand, with {expression} in place of the value");
                    suggestion.way = Replacement::TakeOut { note };
                }
            },
        }
    }
    suggestion
}

/// How a value that a person replaces stands in its line.
enum ByHand {
    /// Without quotes, or in a format in which they stay.
    Bare,
    /// As the whole of a literal.
    Quoted,
    /// As a part of one.
    Part,
}

/// Reads the quotes around a value in a language that is not lexed.
fn by_hand(lang: Lang, text: &[u8], at: &Range<usize>) -> ByHand {
    let is_code = matches!(
        lang,
        Lang::Python
            | Lang::JavaScript
            | Lang::TypeScript
            | Lang::Java
            | Lang::Kotlin
            | Lang::Ruby
            | Lang::CSharp
            | Lang::Swift
            | Lang::C
    );
    if !is_code || at.end > text.len() {
        return ByHand::Bare;
    }
    let line = crate::text::line::start(text, at.start, usize::MAX);
    let before = &text[line..at.start];
    let after = &text[at.end..];
    // In a notebook the quotes of the code are escaped.
    let after = after.strip_prefix(b"\\").unwrap_or(after);
    let quote = |b: Option<&u8>| b.copied().filter(|b| matches!(b, b'"' | b'\'' | b'`'));
    match (quote(before.last()), quote(after.first())) {
        (Some(open), Some(close)) if open == close => ByHand::Quoted,
        (None, None) if !before.iter().any(|b| quote(Some(b)).is_some()) => ByHand::Bare,
        _ => ByHand::Part,
    }
}

/// Removes one secret from a file; `findings` are its locations in exactly this content. `variable` is the name to use,
/// if not the usual one.
///
/// # Errors
/// If a place of the value cannot be changed with certainty: the file stays as it is.
pub fn rewrite(bytes: &[u8], findings: &[&Finding], variable: Option<&str>) -> Result<Fixed, Refused> {
    let (text, encoding) = encoding::decode(bytes);
    let Some(first) = findings.first() else { return Err(Refused { line: 0, why: Refusal::Changed }) };
    let file = File::new(&text, bytes, encoding, first);
    let mut variable = variable.map_or_else(|| replacement::variable_in(first, Some(&text)), str::to_owned);
    let mut changes: Vec<(Range<usize>, Change)> = Vec::new();
    let mut note = String::new();
    for (f, step) in findings.iter().zip(steps(&file, findings, &variable)) {
        let (at, change) = step.change.map_err(|why| Refused { line: f.location.line, why })?;
        if let Replacement::Expression { note: needs, .. } = step.suggestion.way
            && change.reads
        {
            note = needs;
        }
        changes.push((at, change));
    }
    let refused = |why| Refused { line: first.location.line, why };
    let value = changes.first().map(|(at, _)| Secret::new(&text[at.clone()]));
    changes.sort_by_key(|(at, _)| at.start);
    let new = file.written(&changes, &variable).map_err(refused)?;
    let code = file.code.as_ref().map(|(code, _)| *code);
    let in_code = changes.iter().find(|(_, c)| c.in_code).or(changes.first());
    let expression = in_code.map_or_else(String::new, |(_, c)| c.expression.clone());
    // The byte-order mark that decoding removed.
    let mark = &bytes[..bytes.len() - text.len()];
    let small = variable.to_ascii_lowercase();
    let declared = format!("variable \"{small}\"");
    let declaration = (code == Some(Code::Terraform)
        && in_code.is_some_and(|(_, c)| c.in_code)
        && memchr::memmem::find(&text, declared.as_bytes()).is_none())
    .then(|| format!("\n{declared} {{\n  type      = string\n  sensitive = true\n}}\n"));
    if code == Some(Code::Terraform) {
        variable = format!("TF_VAR_{small}");
    }
    // What these need is written with the expression.
    if matches!(code, Some(Code::Python | Code::Go | Code::Terraform)) {
        note.clear();
    }
    if expression.is_empty() {
        variable.clear();
    }
    let reads = changes.iter().any(|(_, c)| c.reads);
    let value = value.and_then(|v| plain(v, code));
    Ok(Fixed { bytes: [mark, &new].concat(), expression, variable, note, declaration, value, reads })
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
    /// The text with these changes, which are in its order.
    fn written(&self, changes: &[(Range<usize>, Change)], variable: &str) -> Result<Vec<u8>, Refusal> {
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

#[cfg(test)]
mod tests;
