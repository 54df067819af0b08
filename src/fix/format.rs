//! Formats whose reader substitutes variables: a value becomes a variable in place; in a shell script according to
//! its quotes.

use super::Refusal;
use super::lex::shell::{Quoting, quoting};
use super::replacement::yaml as yaml_reader;
use super::yaml;
use crate::text::lang::Lang;
use crate::text::line;
use std::ops::Range;

/// A change: a range, and its replacement.
pub(super) type Edit = (Range<usize>, String);

/// A value in a file with substitution.
pub(super) struct Slot<'a> {
    pub(super) lang: Lang,
    pub(super) path: &'a [u8],
    pub(super) text: &'a [u8],
    pub(super) at: Range<usize>,
    pub(super) var: &'a str,
    /// What the reader substitutes.
    pub(super) expression: &'a str,
}

/// The change for a value.
pub(super) fn edit(slot: &Slot<'_>) -> Result<Edit, Refusal> {
    match slot.lang {
        Lang::Shell => shell(slot),
        Lang::Yaml => yaml(slot),
        Lang::Properties | Lang::Ini => {
            let line = line_before(slot);
            if matches!(line.trim_ascii_start().first(), Some(b'#' | b'!' | b';')) {
                return Ok((slot.at.clone(), name(slot)));
            }
            let value = line.iter().any(|b| matches!(b, b'=' | b':')) || goes_on(slot);
            if value { Ok((slot.at.clone(), slot.expression.to_owned())) } else { Err(Refusal::Part) }
        }
        Lang::Xml if in_xml_comment(slot) => Ok((slot.at.clone(), slot.var.to_owned())),
        _ => Ok((slot.at.clone(), slot.expression.to_owned())),
    }
}

/// What replaces a value in a comment.
fn name(slot: &Slot<'_>) -> String {
    format!("<{}>", slot.var)
}

fn line_before<'a>(slot: &Slot<'a>) -> &'a [u8] {
    let start = line::start(slot.text, slot.at.start, usize::MAX);
    &slot.text[start..slot.at.start]
}

/// Returns whether the line before ends in a backslash, so that this line continues it.
fn goes_on(slot: &Slot<'_>) -> bool {
    let start = slot.at.start - line_before(slot).len();
    slot.text[..start].trim_ascii_end().ends_with(b"\\")
}

fn in_xml_comment(slot: &Slot<'_>) -> bool {
    let before = &slot.text[..slot.at.start];
    let open = memchr::memmem::rfind(before, b"<!--");
    open.is_some_and(|i| memchr::memmem::find(&before[i..], b"-->").is_none())
}

fn shell(slot: &Slot<'_>) -> Result<Edit, Refusal> {
    let Range { start, end } = slot.at.clone();
    let text = slot.text;
    let first = text.split(|b| *b == b'\n').next().unwrap_or_default();
    if first.starts_with(b"#!")
        && [&b"csh"[..], b"fish", b"python", b"node", b"perl", b"ruby"]
            .iter()
            .any(|s| memchr::memmem::find(first, s).is_some())
    {
        return Err(Refusal::Language);
    }
    if text[slot.at.clone()].contains(&b'\\') {
        return Err(Refusal::Part);
    }
    let escaped = text[..start].iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1;
    let bare = slot.expression.trim_matches('"').to_owned();
    let quoted = format!("\"{bare}\"");
    match quoting(text, slot.at.clone()) {
        Quoting::Comment => Ok((slot.at.clone(), name(slot))),
        Quoting::Bare | Quoting::Double(_) if escaped => Err(Refusal::Part),
        Quoting::Bare => Ok((slot.at.clone(), quoted)),
        Quoting::Double(_) => Ok((slot.at.clone(), bare)),
        Quoting::Single(range) => {
            let dollar = text[range.start] == b'$';
            let open = if dollar { "$'" } else { "'" };
            let body = range.start + open.len()..range.end - 1;
            if dollar && escaped {
                return Err(Refusal::Part);
            }
            let (left, from) = if start == body.start { ("", range.start) } else { ("'", start) };
            let (right, to) = if end == body.end { ("", range.end) } else { (open, end) };
            Ok((from..to, format!("{left}{quoted}{right}")))
        }
        Quoting::Raw => Err(Refusal::Constant(format!(
            "this heredoc expands nothing: write its tag without quotes, a backslash before each $ that is to stay, and {bare}"
        ))),
        Quoting::Unsure => Err(Refusal::Language),
    }
}

fn yaml(slot: &Slot<'_>) -> Result<Edit, Refusal> {
    use yaml_reader::Reader;
    let path = String::from_utf8_lossy(slot.path).to_ascii_lowercase();
    let file = path.rsplit('/').next().unwrap_or_default();
    let reader = yaml_reader::reader(&path, file, slot.text);
    let place = yaml::place(slot.text, &slot.at).ok_or(Refusal::Part)?;
    let has = |names: &[&str]| place.keys.iter().any(|k| names.contains(&k.as_str()));
    let name = place.keys.last().map_or("", String::as_str);
    match place.kind {
        yaml::Kind::Comment => return Ok((slot.at.clone(), self::name(slot))),
        yaml::Kind::Key => {
            return Err(Refusal::Constant("a name takes no variable; read it where it is used".to_owned()));
        }
        _ => {}
    }
    if reader == Reader::Workflow && !has(&["env", "with", "run", "credentials", "secrets"]) {
        return Err(Refusal::Constant(format!(
            "secrets can stand in env, with and run alone: set an env there to {}, and read that",
            slot.expression
        )));
    }
    if reader == Reader::GitLab {
        let single = memchr::memchr_iter(b'\'', line_before(slot)).count()
            - usize::from(place.kind == yaml::Kind::Single);
        if has(&["variables"]) && name == slot.var {
            return Err(Refusal::Constant(format!(
                "take the line out: a masked variable {} of the project's CI settings is there by itself",
                slot.var
            )));
        }
        let script = ["script", "before_script", "after_script"].iter().any(|k| has(&[k]));
        if script
            && (single % 2 == 1 || place.kind == yaml::Kind::Double && line_before(slot).contains(&b'\''))
        {
            return Err(Refusal::Constant(format!(
                "the shell's single quotes keep it from being filled in: write double ones, and {}",
                slot.expression
            )));
        }
        if !script && !has(&["variables"]) {
            return Err(Refusal::Part);
        }
    }
    let whole = place.kind == yaml::Kind::Plain && place.scalar == slot.at;
    let special = |b: u8| b"{}[],".contains(&b);
    match place.kind {
        yaml::Kind::Plain if place.flow && slot.expression.bytes().any(special) => {
            if whole {
                Ok((slot.at.clone(), format!("\"{}\"", slot.expression)))
            } else {
                Err(Refusal::Part)
            }
        }
        yaml::Kind::Double if slot.expression.contains('"') && reader != Reader::Rails => Err(Refusal::Part),
        _ => Ok((slot.at.clone(), slot.expression.to_owned())),
    }
}
