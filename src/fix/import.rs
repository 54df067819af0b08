//! The import that an expression needs: where to insert it, and the module's name in the file.

use super::lex::{Code, Kind, Token};
use super::spot::Spot;

/// The name of the module `os` in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Module {
    /// The name: `os`, or another if `os` means something else in this file.
    pub(super) name: String,
    /// The import to insert: its offset and text; `None` if the file has it.
    pub(super) insert: Option<(usize, String)>,
}

/// The name of `os` in a Python or Go file, for code at `from`. `None` if no place for the import is certain.
pub(super) fn module(code: Code, text: &[u8], list: &[Token], from: usize) -> Option<Module> {
    match code {
        Code::Python => python(text, list, from),
        Code::Go => go(text, list),
        _ => Some(Module { name: "os".to_owned(), insert: None }),
    }
}

fn newline(text: &[u8]) -> &'static str {
    if memchr::memmem::find(text, b"\r\n").is_some() { "\r\n" } else { "\n" }
}

/// A line of code: its tokens, and the offset of its first byte.
struct Line<'t> {
    start: usize,
    tokens: Vec<&'t Token>,
}

/// The statements of a file; lines are joined while brackets are open.
fn statements<'t>(text: &[u8], list: &'t [Token]) -> Vec<Line<'t>> {
    let (mut out, mut depth) = (Vec::new(), 0usize);
    let mut line = Line { start: 0, tokens: Vec::new() };
    for token in list {
        match token.kind {
            Kind::Punct(b'(' | b'[' | b'{') => depth += 1,
            Kind::Punct(b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        let joined =
            token.kind == Kind::Line && line.tokens.last().is_some_and(|t| t.kind == Kind::Punct(b'\\'));
        if token.kind == Kind::Line && depth == 0 && !joined {
            out.push(std::mem::replace(&mut line, Line { start: token.range.end, tokens: Vec::new() }));
        } else if token.kind != Kind::Line {
            line.tokens.push(token);
        }
    }
    if line.start < text.len() {
        out.push(line);
    }
    out
}

fn python(text: &[u8], list: &[Token], from: usize) -> Option<Module> {
    let bytes = |t: &Token| &text[t.range.clone()];
    let lines = statements(text, list);
    let words = |l: &Line<'_>| {
        l.tokens.iter().filter(|t| t.kind != Kind::Comment).map(|t| bytes(t)).collect::<Vec<_>>()
    };
    let at_margin = |l: &Line<'_>| l.tokens.first().is_some_and(|t| t.range.start == l.start);
    let imports = |l: &Line<'_>| {
        let words = words(l);
        words.first() == Some(&&b"import"[..])
            && words[1..]
                .split(|w| *w == b",")
                .any(|n| n == [b"os"] || n.len() > 1 && n[0] == b"os" && n[1] == b".")
    };
    // Any use but `os.x` and `import os` may give the name another meaning.
    let shadowed = Spot::uses(Code::Python, text, list, b"os").iter().any(|u| {
        let (before, after) = (u.before(0), u.after(0));
        let member = before == b"." || before == b"from";
        let read = after == b"." && before != b"import" || before == b"del";
        let named = before == b"import"
            && u.before(1) != b"as"
            && after != b"as"
            && u.statement().first() != Some(&&b"from"[..]);
        let listed = before == b"," && u.statement().first() == Some(&&b"import"[..]) && after != b"as";
        let value = matches!(after, b")" | b"]" | b"")
            && matches!(before, b"(" | b"[" | b"=" | b"return")
            && u.statement().first() != Some(&&b"def"[..]);
        !(member || read || named || listed || value)
    });
    let name = if shadowed { "_os" } else { "os" };
    if !shadowed && lines.iter().any(|l| at_margin(l) && imports(l) && l.start < from) {
        return Some(Module { name: name.to_owned(), insert: None });
    }
    let statement = if shadowed { "import os as _os" } else { "import os" };
    if shadowed && memchr::memmem::find(text, statement.as_bytes()).is_some() {
        return Some(Module { name: name.to_owned(), insert: None });
    }
    let newline = newline(text);
    // After the docstring and imports from __future__, before the first other statement.
    let mut code = lines.iter().filter(|l| l.tokens.iter().any(|t| t.kind != Kind::Comment)).peekable();
    let docstring = |l: &Line<'_>| {
        let rest: Vec<_> = l.tokens.iter().filter(|t| t.kind != Kind::Comment).collect();
        rest.len() == 1 && matches!(rest[0].kind, Kind::Literal(_))
    };
    code.next_if(|l| docstring(l));
    while code.next_if(|l| words(l).starts_with(&[b"from", b"__future__"])).is_some() {}
    let next = code.next()?;
    if !at_margin(next) || next.start > from {
        return None;
    }
    let import = matches!(words(next).first(), Some(&b"import" | &b"from"));
    let gap = if import { "" } else { newline };
    Some(Module { name: name.to_owned(), insert: Some((next.start, format!("{statement}{newline}{gap}"))) })
}

fn go(text: &[u8], list: &[Token]) -> Option<Module> {
    let bytes = |t: &Token| &text[t.range.clone()];
    let tokens: Vec<&Token> = list.iter().filter(|t| !matches!(t.kind, Kind::Line | Kind::Comment)).collect();
    let word = |i: usize| tokens.get(i).map_or(&b""[..], |t| bytes(t));
    let newline = newline(text);
    // The imports: every literal of import statements, with the name before it.
    let (mut at, mut block, mut last) = (0, None, None);
    let (mut has_os, mut taken) = (None::<String>, false);
    let package = (0..tokens.len()).find(|i| word(*i) == b"package")?;
    at = at.max(package + 2);
    while word(at) == b"import" || word(at) == b";" {
        if word(at) == b";" {
            at += 1;
            continue;
        }
        let in_block = word(at + 1) == b"(";
        let mut i = at + 1 + usize::from(in_block);
        if in_block {
            block.get_or_insert(tokens[at + 1].range.end);
        }
        loop {
            let mut alias = None;
            if i < tokens.len()
                && !matches!(tokens[i].kind, Kind::Literal(_))
                && !matches!(word(i), b")" | b";")
            {
                alias = Some(String::from_utf8_lossy(word(i)).into_owned());
                i += 1;
            }
            let Some(token) = tokens.get(i).filter(|t| matches!(t.kind, Kind::Literal(_))) else { break };
            let path = bytes(token);
            let path = &path[1..path.len() - 1];
            match (path == b"os", &alias) {
                (true, None) => has_os = Some("os".to_owned()),
                (true, Some(a)) if a != "_" && a != "." => has_os = Some(a.clone()),
                (false, Some(a)) if a == "os" => taken = true,
                (false, None) if path.ends_with(b"/os") => taken = true,
                _ => {}
            }
            last = Some(token.range.end);
            i += 1;
            while word(i) == b";" && in_block {
                i += 1;
            }
            if !in_block || word(i) == b")" {
                break;
            }
        }
        at = i + usize::from(in_block);
    }
    // A local name hides the package.
    let wanted = has_os.clone().unwrap_or_else(|| "os".to_owned());
    let hidden = Spot::uses(Code::Go, text, list, wanted.as_bytes()).iter().any(|u| {
        let imported = u.after(0).starts_with(b"\"") && u.before(0) != b".";
        u.after(0) != b"." && u.before(0) != b"." && !imported
    });
    if let (Some(name), false) = (&has_os, hidden) {
        return Some(Module { name: name.clone(), insert: None });
    }
    let (name, spec) = if hidden || taken { ("stdos", "stdos \"os\"") } else { ("os", "\"os\"") };
    if !Spot::uses(Code::Go, text, list, b"stdos").is_empty() && name == "stdos" {
        return None;
    }
    let insert = match (block, last) {
        (Some(end), _) => {
            let line_end = memchr::memchr(b'\n', &text[end..]).map_or(end, |i| end + i + 1);
            if text[end..line_end].trim_ascii().is_empty() && line_end > end {
                (sorted(text, line_end, spec), format!("\t{spec}{newline}"))
            } else {
                (end, format!("{spec}; "))
            }
        }
        (None, Some(end)) => {
            let line_end = memchr::memchr(b'\n', &text[end..]).map_or(text.len(), |i| end + i + 1);
            (line_end, format!("import {spec}{newline}"))
        }
        (None, None) => {
            let end = tokens.get(package + 1)?.range.end;
            let line_end = memchr::memchr(b'\n', &text[end..]).map_or(text.len(), |i| end + i + 1);
            (line_end, format!("{newline}import {spec}{newline}"))
        }
    };
    Some(Module { name: name.to_owned(), insert: Some(insert) })
}

/// The offset in a block of imports that keeps its first group sorted.
fn sorted(text: &[u8], mut at: usize, spec: &str) -> usize {
    while at < text.len() {
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i + 1);
        let line = text[at..end].trim_ascii();
        if !line.starts_with(b"\"") || line >= spec.as_bytes() {
            break;
        }
        at = end;
    }
    at
}
