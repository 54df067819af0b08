//! What replaces a literal, or a part of it.

use super::Refusal;
use super::lex::{Code, Escape, Hole, Literal, Sort, is_word};
use super::spot::Spot;
use std::ops::Range;

/// The expression that reads a variable in a language.
pub(super) fn expression(code: Code, var: &str) -> String {
    match code {
        Code::Python => format!("os.environ[\"{var}\"]"),
        Code::JavaScript => format!("process.env.{var}"),
        // A variable may be missing, which the type checker reports.
        Code::TypeScript => format!("process.env.{var}!"),
        Code::Go => format!("os.Getenv(\"{var}\")"),
        Code::Java | Code::Groovy | Code::Kotlin => format!("System.getenv(\"{var}\")"),
        Code::Scala => format!("sys.env(\"{var}\")"),
        Code::Ruby => format!("ENV.fetch(\"{var}\")"),
        Code::Php => format!("getenv('{var}')"),
        Code::CSharp => format!("System.Environment.GetEnvironmentVariable(\"{var}\")"),
        // The only form that is allowed wherever a literal is, including a const and a static.
        Code::Rust => format!("env!(\"{var}\")"),
        Code::PowerShell => format!("$env:{var}"),
        Code::Perl => format!("$ENV{{{var}}}"),
        Code::Lua => format!("os.getenv(\"{var}\")"),
        Code::Terraform => format!("var.{}", var.to_ascii_lowercase()),
    }
}

/// The same inside a literal with interpolation; `None` if it has none.
fn hole(code: Code, literal: &Literal, var: &str, expression: &str) -> Option<String> {
    match (code, literal.form.hole) {
        (Code::JavaScript | Code::TypeScript | Code::Kotlin | Code::Terraform, Hole::Dollar) => {
            Some(format!("${{{}}}", expression.trim_end_matches('!')))
        }
        (Code::Ruby, Hole::Hash) => Some(format!("#{{{expression}}}")),
        // Before Python 3.12 the literal's quotes end it, even in a hole.
        (Code::Python, Hole::Brace) if literal.form.open.starts_with('"') => {
            Some(format!("{{{}}}", expression.replace('"', "'")))
        }
        (Code::Python, Hole::Brace) => Some(format!("{{{expression}}}")),
        (Code::Perl, Hole::Names) => Some(expression.to_owned()),
        (Code::PowerShell, Hole::Paren) => Some(format!("${{env:{var}}}")),
        _ => None,
    }
}

/// A literal and the values in it.
pub(super) struct Task<'t> {
    pub(super) spot: Spot<'t>,
    pub(super) literal: &'t Literal,
    pub(super) values: Vec<Range<usize>>,
    pub(super) var: &'t str,
    /// The expression as written in this file.
    pub(super) expression: &'t str,
}

/// What replaces the whole literal.
pub(super) fn replace(task: &Task<'_>) -> Result<String, Refusal> {
    let Task { spot, literal, values, expression, .. } = task;
    let range = spot.range();
    let text = match &values[..] {
        [value] if *value == literal.body => whole(spot, literal, expression)?,
        _ => part(task)?,
    };
    // `return"..."`, and `!` before an equals sign.
    let before = range.start.checked_sub(1).and_then(|i| spot.text.get(i)).copied().unwrap_or(b' ');
    let after = spot.text.get(range.end).copied().unwrap_or(b' ');
    let meets = |b: u8, edge: Option<char>| {
        is_word(b) && edge.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
    };
    let left = if meets(before, text.chars().next()) { " " } else { "" };
    let right =
        if meets(after, text.chars().last()) || text.ends_with('!') && after == b'=' { " " } else { "" };
    Ok(format!("{left}{text}{right}"))
}

/// Keywords of Lua and similar languages that a value may follow, so it is not an argument of a call.
const KEYWORDS: &[&[u8]] =
    &[b"return", b"and", b"or", b"not", b"in", b"then", b"else", b"do", b"until", b"if", b"while", b"elseif"];

fn whole(spot: &Spot<'_>, literal: &Literal, e: &str) -> Result<String, Refusal> {
    let before = spot.before(0);
    // C#'s `"a"u8`.
    let suffixed = spot.text.get(spot.range().end).is_some_and(|b| is_word(*b));
    if spot.code == Code::CSharp && suffixed {
        return Err(Refusal::Constant(format!("bytes are System.Text.Encoding.UTF8.GetBytes({e})")));
    }
    if spot.is_joined() {
        return Err(Refusal::Part);
    }
    Ok(match (spot.code, literal.sort) {
        (_, Sort::Heredoc) => return Err(Refusal::Part),
        (Code::Python, Sort::Bytes) => format!("{e}.encode()"),
        (_, Sort::Bytes) => {
            return Err(Refusal::Constant(format!("bytes are {e}.as_bytes(), where a slice will do")));
        }
        (Code::JavaScript | Code::TypeScript, _) if literal.form.hole == Hole::Dollar && is_tagged(spot) => {
            return Err(Refusal::Constant(format!(
                "a tag takes what is in its template as it likes: write {e} by hand"
            )));
        }
        (Code::JavaScript | Code::TypeScript, _) if is_key(spot) => format!("[{e}]"),
        (Code::Go, _) => match declared_type(spot) {
            Some(ty) => format!("{ty}({e})"),
            None => e.to_owned(),
        },
        (Code::Lua, _) if is_argument(before) => format!("({e})"),
        (Code::Terraform, _) if spot.after(0) == b"=" => format!("({e})"),
        _ => e.to_owned(),
    })
}

/// `{"a": 1}`
fn is_key(spot: &Spot<'_>) -> bool {
    matches!(spot.before(0), b"{" | b",") && spot.after(0) == b":"
}

/// A template after a name is an argument of that function.
fn is_tagged(spot: &Spot<'_>) -> bool {
    let before = spot.before(0);
    let word = before.first().is_some_and(|b| is_word(*b) || *b == b'$');
    let keyword = [
        &b"return"[..],
        b"case",
        b"typeof",
        b"in",
        b"of",
        b"await",
        b"yield",
        b"else",
        b"default",
        b"throw",
        b"new",
        b"void",
    ];
    word && !keyword.contains(&before) || matches!(before, b")" | b"]")
}

/// Lua's `f"a"`.
fn is_argument(before: &[u8]) -> bool {
    let word = before.first().is_some_and(|b| is_word(*b)) && !KEYWORDS.contains(&before);
    word || matches!(before, b")" | b"]")
}

/// The type of `var x T = "..."`, if it is not string.
fn declared_type(spot: &Spot<'_>) -> Option<String> {
    let statement = spot.statement();
    let [b"var", _, ty @ .., b"="] = &statement[..] else { return None };
    let ty: String = ty.iter().map(|t| String::from_utf8_lossy(t)).collect();
    (!matches!(&*ty, "" | "string" | "any" | "interface{}" | "interface")).then_some(ty)
}

/// The text of a literal in pieces: before the first value, between two, and after the last.
fn pieces(task: &Task<'_>) -> Result<Vec<Range<usize>>, Refusal> {
    let (mut out, mut from) = (Vec::new(), task.literal.body.start);
    for value in &task.values {
        out.push(from..value.start);
        from = value.end;
    }
    out.push(from..task.literal.body.end);
    if out.iter().any(|p| p.start > p.end) {
        return Err(Refusal::Part);
    }
    for cut in out.iter().flat_map(|p| [p.start, p.end]) {
        if !is_cut(task.spot.text, task.literal, cut) {
            return Err(Refusal::Part);
        }
    }
    Ok(out)
}

/// Returns whether a literal may be split here: not in an escape, and not in a variable's name or index.
fn is_cut(text: &[u8], literal: &Literal, at: usize) -> bool {
    let before = &text[literal.body.start..at];
    if matches!(literal.form.escape, Escape::Backslash | Escape::Kept | Escape::Backtick) {
        let mark = if literal.form.escape == Escape::Backtick { b'`' } else { b'\\' };
        let run = |bytes: &[u8]| bytes.iter().rev().take_while(|b| **b == mark).count();
        if run(before) % 2 == 1 {
            return false;
        }
        // `\x41`, `\u{41}`, `\101`, `\N{...}`
        let digits = before.iter().rev().take_while(|b| b.is_ascii_hexdigit() || b"{}_".contains(b)).count();
        let head = &before[..before.len() - digits];
        let lettered = head.strip_suffix(b"x").or(head.strip_suffix(b"u")).or(head.strip_suffix(b"U"));
        let open =
            before.rsplit(|b| *b == b'}').next().is_some_and(|t| memchr::memmem::find(t, b"\\N{").is_some());
        let octal = digits > 0 && run(head) % 2 == 1;
        if lettered.is_some_and(|h| run(h) % 2 == 1) && digits < 9 || octal && digits < 4 || open {
            return false;
        }
    }
    if matches!(literal.form.hole, Hole::Names | Hole::Php | Hole::Paren) {
        // `$a[`, `$a->`, `$a`: the name might continue.
        let word = before.iter().rev().take_while(|b| is_word(**b) || b"[->{$@:'\"".contains(b)).count();
        let word = &before[before.len() - word..];
        if word.contains(&b'$') && at < literal.body.end {
            return false;
        }
    }
    true
}

/// Returns whether pieces mean the same in a literal with more special characters.
fn is_plain(text: &[u8], pieces: &[Range<usize>], special: &[u8]) -> bool {
    pieces.iter().all(|p| !text[p.clone()].iter().any(|b| special.contains(b)))
}

fn joined(text: &[u8], pieces: &[Range<usize>], with: &str) -> Result<String, Refusal> {
    let utf8 = |p: &Range<usize>| std::str::from_utf8(&text[p.clone()]).map_err(|_| Refusal::Encoding);
    Ok(pieces.iter().map(utf8).collect::<Result<Vec<_>, _>>()?.join(with))
}

fn part(task: &Task<'_>) -> Result<String, Refusal> {
    let Task { spot, literal, var, expression: e, .. } = task;
    let (text, range) = (spot.text, spot.range());
    if spot.is_joined() {
        return Err(Refusal::Part);
    }
    let script = matches!(spot.code, Code::JavaScript | Code::TypeScript);
    if script && literal.form.hole == Hole::Dollar && is_tagged(spot) {
        return Err(Refusal::Constant(format!(
            "a tag takes what is in its template as it likes: write {e} by hand"
        )));
    }
    let pieces = pieces(task)?;
    // A literal with interpolation takes the expression.
    if let Some(hole) = hole(spot.code, literal, var, e) {
        let next = |p: &Range<usize>| text.get(p.start).copied().unwrap_or(0);
        if spot.code == Code::Perl
            && pieces[1..].iter().any(|p| p.start < p.end && b"[{-(".contains(&next(p)))
        {
            return Err(Refusal::Part);
        }
        let (open, close) = (&text[range.start..literal.body.start], &text[literal.body.end..range.end]);
        return Ok(utf8(open)?.to_owned() + &joined(text, &pieces, &hole)? + utf8(close)?);
    }
    let converted = match spot.code {
        Code::JavaScript | Code::TypeScript if is_plain(text, &pieces, b"`\\$") => {
            let hole = format!("${{{}}}", e.trim_end_matches('!'));
            Some(format!("`{}`", joined(text, &pieces, &hole)?))
        }
        Code::Ruby if literal.sort == Sort::Text && is_plain(text, &pieces, b"\"\\#") => {
            Some(format!("\"{}\"", joined(text, &pieces, &format!("#{{{e}}}"))?))
        }
        Code::Perl if literal.sort == Sort::Text && is_plain(text, &pieces, b"\"\\$@") => {
            let next = |p: &Range<usize>| text.get(p.start).copied().unwrap_or(0);
            let goes_on = pieces[1..].iter().any(|p| p.start < p.end && b"[{-(".contains(&next(p)));
            (!goes_on).then_some(format!("\"{}\"", joined(text, &pieces, e)?))
        }
        Code::PowerShell if literal.sort == Sort::Text && is_plain(text, &pieces, b"\"`$'") => {
            Some(format!("\"{}\"", joined(text, &pieces, &format!("${{env:{var}}}"))?))
        }
        _ => None,
    };
    if let Some(converted) = converted {
        return Ok(if script && is_key(spot) { format!("[{converted}]") } else { converted });
    }
    if literal.sort == Sort::Heredoc || matches!(spot.code, Code::Perl | Code::PowerShell | Code::Terraform) {
        return Err(Refusal::Part);
    }
    if spot.code == Code::Java && literal.form.lines {
        if !is_plain(text, &pieces, b"%") || spot.after(0) == b"." && spot.after(1) == b"formatted" {
            return Err(Refusal::Part);
        }
        return Ok(format!("\"\"\"{}\"\"\".formatted({e})", joined(text, &pieces, "%1$s")?));
    }
    let raw_lines = spot.code == Code::CSharp
        && text[range.start..].starts_with(b"\"\"\"")
        && text[range.clone()].contains(&b'\n');
    let dollar_raw = spot.code == Code::CSharp && text[range.start..].starts_with(b"$\"\"\"");
    if raw_lines || dollar_raw {
        return Err(Refusal::Part);
    }
    concatenated(task, &pieces)
}

/// The pieces as separate literals, with the expression between them.
fn concatenated(task: &Task<'_>, pieces: &[Range<usize>]) -> Result<String, Refusal> {
    let Task { spot, literal, expression: e, .. } = task;
    let (text, range) = (spot.text, spot.range());
    // A bracket at the start of a statement would continue the line before.
    if spot.statement().is_empty()
        && !spot.nested
        && spot.around().is_empty()
        && spot.first_of_line()
        && spot.code != Code::Python
    {
        return Err(Refusal::Part);
    }
    if spot.code == Code::Rust && inline_names(spot, text, pieces) {
        return Err(Refusal::Constant(format!(
            "names in braces want a literal: give {e} as an argument, with {{}} in the text"
        )));
    }
    let e = if literal.sort == Sort::Bytes { format!("{e}.encode()") } else { (*e).to_owned() };
    if literal.sort == Sort::Bytes && spot.code != Code::Python {
        return Err(Refusal::Part);
    }
    let (open, close) =
        (utf8(&text[range.start..literal.body.start])?, utf8(&text[literal.body.end..range.end])?);
    let mut parts = Vec::new();
    for (i, piece) in pieces.iter().enumerate() {
        if i > 0 {
            parts.push(e.clone());
        }
        if piece.is_empty() {
            continue;
        }
        let mut inner = utf8(&text[piece.clone()])?.to_owned();
        // In `"""a "` + `"""` the first three quotes would end it.
        if close.len() > 1 && close.bytes().all(|b| b == b'"' || b == b'\'') && inner.ends_with(&close[..1]) {
            if literal.form.escape != Escape::Backslash {
                return Err(Refusal::Part);
            }
            let quote = inner.pop().unwrap_or('"');
            inner.extend(['\\', quote]);
        }
        parts.push(format!("{open}{inner}{close}"));
    }
    let sign = match spot.code {
        Code::Php => " . ",
        Code::Lua => " .. ",
        Code::Rust => return Ok(format!("concat!({})", parts.join(", "))),
        _ => " + ",
    };
    let sum = parts.join(sign);
    let sum = if is_alone(spot) { sum } else { format!("({sum})") };
    let script = matches!(spot.code, Code::JavaScript | Code::TypeScript);
    Ok(if script && is_key(spot) { format!("[{sum}]") } else { sum })
}

/// Returns whether a literal is a whole expression, so that a sum in its place needs no brackets.
fn is_alone(spot: &Spot<'_>) -> bool {
    let before = matches!(spot.before(0), b"(" | b"," | b"=" | b"[") && !spot.nested;
    let after =
        matches!(spot.after(0), b")" | b"," | b"]" | b";") || spot.around().is_empty() && spot.last_of_line();
    before && after
}

/// Returns whether the text is the first argument of a formatting macro and names variables in braces.
fn inline_names(spot: &Spot<'_>, text: &[u8], pieces: &[Range<usize>]) -> bool {
    let in_macro = spot.around().first().is_some_and(|a| a.spot.before(0) == b"!");
    let named = |p: &Range<usize>| {
        text[p.clone()].windows(2).any(|w| w[0] == b'{' && (w[1].is_ascii_alphabetic() || w[1] == b'_'))
    };
    in_macro && pieces.iter().any(named)
}

fn utf8(bytes: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(bytes).map_err(|_| Refusal::Encoding)
}
