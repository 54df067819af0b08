//! Literals that do not fit in a table, in forms that several languages share: delimiters chosen by the text, heredocs,
//! patterns, characters.

use super::tables::chosen;
use super::{Code, Escape, Form, Hole, Kind, Lexer, Pending, Sort, Token, Unsure, is_word};

/// The hole at the start of a text: `(0, n)` means `n` bytes that only look like one, `(n, _)` a hole whose opening
/// has `n` bytes.
pub(super) fn hole(form: Hole, rest: &[u8]) -> Option<(usize, usize)> {
    let starts = |mark: &[u8]| rest.starts_with(mark);
    match form {
        Hole::Dollar if starts(b"$${") || starts(b"%%{") => Some((0, 3)),
        Hole::Dollar if starts(b"${") => Some((2, 0)),
        Hole::Hash if starts(b"#{") => Some((2, 0)),
        Hole::Brace if starts(b"{{") || starts(b"}}") => Some((0, 2)),
        Hole::Brace if starts(b"{") => Some((1, 0)),
        Hole::Php if starts(b"{$") => Some((1, 0)),
        Hole::Php if starts(b"${") => Some((2, 0)),
        Hole::Paren if starts(b"$(") => Some((2, 0)),
        _ => None,
    }
}

/// The opening bracket for a closing one.
pub(super) fn opener(close: &[u8]) -> Option<u8> {
    match close {
        b")" => Some(b'('),
        b"]" => Some(b'['),
        b"}" => Some(b'{'),
        b">" => Some(b'<'),
        _ => None,
    }
}

pub(super) fn closer(open: u8) -> u8 {
    match open {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        b'<' => b'>',
        other => other,
    }
}

/// Reads the page around PHP's code, up to and including the next opening tag.
pub(super) fn page(lexer: &mut Lexer<'_>, out: &mut Vec<Token>) {
    let start = lexer.at;
    let open = memchr::memmem::find(lexer.rest(), b"<?");
    let end = match open {
        Some(i) => {
            let tag = lexer.text[start + i..].iter().take(5).map(u8::to_ascii_lowercase).collect::<Vec<_>>();
            let len = if tag == b"<?php" { 5 } else { 2 + usize::from(tag.starts_with(b"<?=")) };
            start + i + len
        }
        None => lexer.text.len(),
    };
    lexer.at = end;
    if end > start {
        out.push(Token { kind: Kind::Data, range: start..end });
    }
}

/// The word at the lexer's position, of letters and digits.
pub(super) fn word<'t>(lexer: &'t Lexer<'_>) -> &'t [u8] {
    let rest = lexer.rest();
    &rest[..rest.iter().position(|b| !is_word(*b)).unwrap_or(rest.len())]
}

/// Returns whether an expression may start here, because the token before is not a value.
pub(super) fn begins(lexer: &Lexer<'_>, out: &[Token]) -> bool {
    let last = out.iter().rfind(|t| !matches!(t.kind, Kind::Line | Kind::Comment));
    match last.map(|t| (&t.kind, &lexer.text[t.range.clone()])) {
        None => true,
        Some((Kind::Punct(b), _)) => !matches!(b, b')' | b']' | b'}'),
        Some((Kind::Word, word)) => matches!(
            word,
            b"return"
                | b"case"
                | b"typeof"
                | b"in"
                | b"of"
                | b"do"
                | b"else"
                | b"await"
                | b"yield"
                | b"and"
                | b"or"
                | b"not"
                | b"if"
                | b"unless"
                | b"when"
                | b"while"
                | b"split"
                | b"grep"
                | b"delete"
                | b"void"
                | b"throw"
                | b"new"
        ),
        _ => false,
    }
}

/// Reads a pattern between slashes, if a value may start here and the pattern ends on this line.
pub(super) fn slashes(lexer: &mut Lexer<'_>, out: &mut Vec<Token>) -> Result<bool, Unsure> {
    let comment = matches!(lexer.code, Code::JavaScript | Code::TypeScript | Code::Groovy)
        && matches!(lexer.peek(1), b'/' | b'*');
    if lexer.peek(0) != b'/' || comment || !begins(lexer, out) {
        return Ok(false);
    }
    let start = lexer.at;
    let line = &lexer.text[start..lexer.line_end(start)];
    let (mut at, mut class) = (1, false);
    while let Some(b) = line.get(at) {
        match b {
            b'\\' => at += 1,
            b'[' => class = true,
            b']' => class = false,
            b'/' if !class => {
                lexer.at += 1;
                let end = start + at;
                let hole = if lexer.code == Code::Ruby { Hole::Hash } else { Hole::None };
                let form = chosen(Escape::Backslash, hole);
                let literal =
                    super::Literal { body: start + 1..end, holes: Vec::new(), form, sort: Sort::Other };
                lexer.at = end + 1;
                out.push(Token { kind: Kind::Literal(Box::new(literal)), range: start..end + 1 });
                return Ok(true);
            }
            _ => {}
        }
        at += 1;
    }
    Ok(false)
}

/// Reads a literal in delimiters chosen by the text, starting at the opening one.
pub(super) fn delimited(
    lexer: &mut Lexer<'_>,
    out: &mut Vec<Token>,
    start: usize,
    (escape, hole): (Escape, Hole),
    sort: Sort,
) -> Result<bool, Unsure> {
    let close = closer(lexer.peek(0));
    lexer.at += 1;
    lexer.finish(out, start, chosen(escape, hole), &[close], sort)?;
    Ok(true)
}

/// Reads `<<TAG` with its modifiers and quotes; the body follows on the next line.
pub(super) fn heredoc(lexer: &mut Lexer<'_>, out: &mut Vec<Token>, mark: &str, hole: Hole) -> bool {
    let rest = lexer.rest();
    let Some(after) = rest.strip_prefix(mark.as_bytes()) else { return false };
    let mut at = mark.len();
    let mut after = after;
    let mut indented = lexer.code == Code::Php;
    if lexer.code == Code::Php {
        let blanks = after.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        (after, at) = (&after[blanks..], at + blanks);
    } else if matches!(after.first(), Some(b'-' | b'~')) {
        (after, at, indented) = (&after[1..], at + 1, true);
    }
    let quote = after.first().copied().filter(|b| matches!(b, b'"' | b'\''));
    let name = &after[usize::from(quote.is_some())..];
    let tag = match quote {
        Some(q) => memchr::memchr2(q, b'\n', name).filter(|i| name[*i] == q).map(|i| &name[..i]),
        None => Some(&name[..name.iter().position(|b| !is_word(*b)).unwrap_or(name.len())]),
    };
    let Some(tag) = tag.filter(|t| t.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')) else {
        return false;
    };
    let tag = tag.to_vec();
    let end = lexer.at + at + tag.len() + 2 * usize::from(quote.is_some());
    let raw = quote == Some(b'\'');
    let form = if raw { chosen(Escape::None, Hole::None) } else { chosen(Escape::Backslash, hole) };
    let form = if lexer.code == Code::Terraform { Form { escape: Escape::None, ..form } } else { form };
    out.push(Token { kind: Kind::Word, range: lexer.at..end });
    lexer.heredocs.push(Pending { tag, indented, form });
    lexer.at = end;
    true
}

pub(super) fn at_line_start(lexer: &Lexer<'_>) -> bool {
    lexer.at == 0 || lexer.text[lexer.at - 1] == b'\n'
}

/// Reads everything up to the end, or up to a line that starts with `close`, as one token.
pub(super) fn rest_of(lexer: &mut Lexer<'_>, out: &mut Vec<Token>, kind: Kind, close: Option<&[u8]>) {
    let start = lexer.at;
    let end = close.and_then(|c| memchr::memmem::find(&lexer.text[start..], &[b"\n", c].concat()));
    lexer.at = end.map_or(lexer.text.len(), |i| lexer.line_end(start + i + 1));
    out.push(Token { kind, range: start..lexer.at });
}

/// Reads `'a'` and `'\n'`; `'a` alone is a name.
pub(super) fn character(lexer: &mut Lexer<'_>, out: &mut Vec<Token>) -> Result<bool, Unsure> {
    if lexer.peek(0) != b'\'' {
        return Ok(false);
    }
    let start = lexer.at;
    let first = lexer.text.get(start + 1..).and_then(|t| {
        std::str::from_utf8(&t[..t.len().min(4)]).ok().or({
            // A character cut off at the fourth byte.
            t.utf8_chunks().next().map(|c| c.valid())
        })
    });
    let width = first.and_then(|t| t.chars().next()).map_or(1, char::len_utf8);
    if lexer.peek(1) == b'\\' || lexer.peek(1 + width) == b'\'' && lexer.peek(1) != b'\'' {
        lexer.at += 1;
        let form = Form { lines: false, ..chosen(Escape::Backslash, Hole::None) };
        lexer.finish(out, start, form, b"'", Sort::Other)?;
    } else {
        lexer.at += 1;
        out.push(Token { kind: Kind::Punct(b'\''), range: start..lexer.at });
    }
    Ok(true)
}
