//! Removes a secret from a file: replaces the value by the expression that reads a variable in the file's language.
//!
//! Pure: bytes in, bytes out. A change is made only if it certainly keeps the meaning: the value must be (part of)
//! a literal where an expression is allowed, or in a place where the file's reader substitutes variables.
//! Everything else is refused with what to write instead. [`suggest`] tells a message beforehand what [`rewrite`]
//! will do: both use `File::edit`.

mod constant;
pub mod dotenv;
mod file;
mod format;
mod import;
pub mod keep_out;
mod lex;
pub mod replacement;
mod spot;
mod write;
mod yaml;

use crate::finding::{Finding, Replacement, SourceKind, Suggestion};
use crate::secret::Secret;
use crate::sort;
use crate::text::encoding;
use crate::text::lang::Lang;
use crate::text::line;
use file::{Change, File};
use lex::Code;
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
    #[error("the value is encoded here: take the whole encoded text out by hand")]
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
    if f.source.kind == SourceKind::FileName {
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
            Err(Refusal::Encoded) => {
                let note = format!(
                    "the value is encoded here: take the whole encoded text out; what decodes it can read {} instead",
                    suggestion.variable
                );
                suggestion.way = Replacement::TakeOut { note };
            }
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
    let line = line::start(text, at.start, usize::MAX);
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
    sort::by_key(&mut changes, |(at, _)| at.start);
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

#[cfg(test)]
mod tests;
