//! The surroundings of a value: whether it is a complete literal, and whether an expression is allowed there.

use super::Refusal;
use crate::text::lang::Lang;
use std::ops::Range;

/// The range to replace, and the replacement.
pub(super) fn edit(
    lang: Lang,
    path: &[u8],
    text: &[u8],
    at: Range<usize>,
    expression: &str,
) -> Result<(Range<usize>, String), Refusal> {
    let text = Text { text, at };
    match lang {
        Lang::Shell => shell(&text, expression),
        Lang::Yaml => {
            if !is_entry(text.line_before(), text.line_after()) {
                return Err(Refusal::Part);
            }
            Ok((text.at, expression.to_owned()))
        }
        Lang::Properties | Lang::Ini | Lang::DotEnv | Lang::Markdown => Ok((text.at, expression.to_owned())),
        _ => {
            let literal = text.literal(lang, path).ok_or(Refusal::Part)?;
            if text.wants_constant(lang, &literal) {
                return Err(Refusal::Constant(instead_of_constant(lang)));
            }
            Ok((literal, expression.to_owned()))
        }
    }
}

/// What to write where the language requires a constant.
fn instead_of_constant(lang: Lang) -> &'static str {
    match lang {
        Lang::Go => "a const takes no call; make it a var, or read it in a function",
        Lang::Php => "a property or constant takes no call; set it in the constructor",
        Lang::CSharp => {
            "a const or an attribute takes no call; make it static readonly, or read it where it is used"
        }
        Lang::Kotlin => {
            "a const val or an annotation takes no call; make it a val, or read it where it is used"
        }
        Lang::Java | Lang::Scala => "an annotation or a case takes no call; read it where it is used",
        _ => "a key, an import or a case takes no expression; read it into a variable before",
    }
}

/// A value in its text.
struct Text<'a> {
    text: &'a [u8],
    at: Range<usize>,
}

impl Text<'_> {
    fn line_before(&self) -> &[u8] {
        let start = memchr::memrchr(b'\n', &self.text[..self.at.start]).map_or(0, |i| i + 1);
        &self.text[start..self.at.start]
    }

    fn line_after(&self) -> &[u8] {
        let rest = &self.text[self.at.end..];
        rest.split(|b| *b == b'\n').next().unwrap_or_default()
    }

    /// The literal with its quotes, if the value is all of it. `None` if something around it changes its meaning: a
    /// prefix, a second literal, a triple quote.
    fn literal(&self, lang: Lang, path: &[u8]) -> Option<Range<usize>> {
        let range = self.at.start.checked_sub(1)?..self.at.end + 1;
        let quote = *self.text.get(range.start)?;
        let backtick = matches!(lang, Lang::JavaScript | Lang::TypeScript | Lang::Go);
        let known = quote == b'"' || quote == b'\'' || (quote == b'`' && backtick);
        if !known || self.text.get(self.at.end) != Some(&quote) || path.ends_with(b".ipynb") {
            return None;
        }
        let before = self.text[..range.start].trim_ascii_end().last().copied();
        let after = self.text[range.end..].trim_ascii_start().first().copied();
        let is_quote = |b: Option<u8>| b.is_some_and(|b| matches!(b, b'"' | b'\'' | b'`'));
        let touching = self.text[..range.start].last();
        let prefixed = touching.is_some_and(|b| b.is_ascii_alphanumeric() || b"_@$\\%#&".contains(b));
        (!is_quote(before) && !is_quote(after) && !prefixed).then_some(range)
    }

    /// Returns whether the language requires a constant or a name here.
    fn wants_constant(&self, lang: Lang, literal: &Range<usize>) -> bool {
        let line = self.line_before().trim_ascii();
        let has = |word: &[u8]| line.split(|b| !b.is_ascii_alphanumeric() && *b != b'_').any(|w| w == word);
        let before = &self.text[..literal.start];
        match lang {
            Lang::JavaScript | Lang::TypeScript => {
                let after = self.text[literal.end..].trim_ascii_start();
                let key = matches!(before.trim_ascii_end().last(), Some(b'{' | b',') | None);
                has(b"import") || has(b"from") || has(b"case") || (key && after.starts_with(b":"))
            }
            Lang::Go => {
                // In an open `const (` block: no closing line follows the last opening one.
                let open = memchr::memmem::rfind(before, b"const (");
                let in_block = open.is_some_and(|i| memchr::memmem::find(&before[i..], b"\n)").is_none());
                has(b"const") || has(b"case") || in_block
            }
            Lang::Php => [&b"const"[..], b"private", b"public", b"protected", b"static", b"var", b"case"]
                .iter()
                .any(|w| has(w)),
            Lang::CSharp | Lang::Kotlin => {
                has(b"const") || has(b"case") || line.starts_with(b"[") || line.starts_with(b"@")
            }
            Lang::Java | Lang::Scala => has(b"case") || line.starts_with(b"@"),
            _ => false,
        }
    }
}

/// A shell expands a bare word and text in double quotes, but not in single quotes.
fn shell(text: &Text<'_>, expression: &str) -> Result<(Range<usize>, String), Refusal> {
    let Range { start, end } = text.at.clone();
    let (before, after) = (text.line_before(), text.line_after());
    if before.contains(&b'\'') || before.contains(&b'`') || before.ends_with(b"\\") {
        return Err(Refusal::Part);
    }
    let quotes = before.iter().filter(|b| **b == b'"').count();
    let inside = quotes % 2 == 1;
    if inside && before.ends_with(b"\"") && after.starts_with(b"\"") {
        return Ok((start - 1..end + 1, expression.to_owned()));
    }
    if inside {
        // The expression has its own quotes.
        return Ok((start..end, expression.trim_matches('"').to_owned()));
    }
    let ends = after.first().is_none_or(|b| b" \t\r;&|)".contains(b));
    let starts = before.last().is_none_or(|b| b" \t=:(".contains(b));
    if starts && ends { Ok((start..end, expression.to_owned())) } else { Err(Refusal::Part) }
}

/// Returns whether the value is the whole right side of an entry: `key: value`, `- KEY=value`, quoted or not.
fn is_entry(before: &[u8], after: &[u8]) -> bool {
    let trim = |t: &[u8]| -> Vec<u8> { t.trim_ascii().to_vec() };
    let (mut before, mut after) = (trim(before), trim(after));
    for quote in [b'"', b'\''] {
        if before.last() == Some(&quote) && after.first() == Some(&quote) {
            before.pop();
            after.remove(0);
            break;
        }
    }
    let name = trim(&before);
    let Some((sign, name)) = name.split_last() else {
        return false;
    };
    let name = name.strip_prefix(b"- ").unwrap_or(name).trim_ascii();
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_-.\"'".contains(b);
    let rest = after.trim_ascii();
    b":=".contains(sign)
        && !name.is_empty()
        && name.iter().all(plain)
        && (rest.is_empty() || rest.starts_with(b"#"))
}
