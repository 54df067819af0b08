//! Each language's own literals: prefixes, `%q(...)`, raw strings, interpolators, lifetimes. Forms that several languages
//! share are in `quotes`.

use super::quotes::{
    at_line_start, begins, character, closer, delimited, heredoc, opener, page, rest_of, slashes, word,
};
use super::tables::chosen;
use super::{Code, Escape, Form, Hole, Kind, Lexer, Sort, Token, Unsure, is_word};

/// Reads a literal in the language's own form; returns whether there was one.
pub(super) fn special(lexer: &mut Lexer<'_>, out: &mut Vec<Token>) -> Result<bool, Unsure> {
    match lexer.code {
        Code::Python => python(lexer, out),
        Code::JavaScript | Code::TypeScript => script(lexer, out),
        Code::Groovy => slashes(lexer, out),
        Code::Ruby => ruby(lexer, out),
        Code::Php => php(lexer, out),
        Code::CSharp => csharp(lexer, out),
        Code::Rust => rust(lexer, out),
        Code::Scala => scala(lexer, out),
        Code::Perl => perl(lexer, out),
        Code::PowerShell => powershell(lexer, out),
        Code::Lua => lua(lexer, out),
        Code::Terraform => terraform(lexer, out),
        Code::Go | Code::Java | Code::Kotlin => Ok(false),
    }
}

fn script(lexer: &mut Lexer<'_>, out: &mut Vec<Token>) -> Result<bool, Unsure> {
    // Markup: what follows has its own syntax.
    let next = lexer.peek(1);
    if lexer.peek(0) == b'<' && (next.is_ascii_alphabetic() || next == b'>') && begins(lexer, out) {
        let line = &lexer.text[lexer.at..lexer.line_end(lexer.at)];
        let generic = lexer.code == Code::TypeScript && line.contains(&b'(') && !line.contains(&b'/');
        if !generic {
            return Err(Unsure(lexer.at));
        }
    }
    slashes(lexer, out)
}

fn python(lexer: &mut Lexer<'_>, out: &mut Vec<Token>) -> Result<bool, Unsure> {
    let start = lexer.at;
    let prefix = word(lexer).to_ascii_lowercase();
    let quote = lexer.text.get(start + prefix.len()).copied();
    if !(1..=2).contains(&prefix.len())
        || !prefix.iter().all(|b| b"rbuft".contains(b))
        || !matches!(quote, Some(b'"' | b'\''))
    {
        return Ok(false);
    }
    let rest = &lexer.text[start + prefix.len()..];
    let base = lexer.syntax.forms.iter().find(|f| rest.starts_with(f.open.as_bytes()));
    let Some(base) = base.copied() else { return Ok(false) };
    let has = |b| prefix.contains(&b);
    let form = Form {
        escape: if has(b'r') { Escape::Kept } else { Escape::Backslash },
        hole: if has(b'f') || has(b't') { Hole::Brace } else { Hole::None },
        ..base
    };
    lexer.at += prefix.len() + base.open.len();
    let sort = match () {
        () if has(b't') => Sort::Other,
        () if has(b'b') => Sort::Bytes,
        () => Sort::Text,
    };
    lexer.finish(out, start, form, base.close.as_bytes(), sort)?;
    Ok(true)
}

fn ruby(lexer: &mut Lexer<'_>, out: &mut Vec<Token>) -> Result<bool, Unsure> {
    let start = lexer.at;
    if at_line_start(lexer) {
        if lexer.rest().starts_with(b"=begin") {
            rest_of(lexer, out, Kind::Comment, Some(b"=end"));
            return Ok(true);
        }
        if word(lexer) == b"__END__" {
            rest_of(lexer, out, Kind::Data, None);
            return Ok(true);
        }
    }
    let (b, next) = (lexer.peek(0), lexer.peek(1));
    let touching = start > 0 && (is_word(lexer.text[start - 1]) || b")]}".contains(&lexer.text[start - 1]));
    match b {
        b'$' if !is_word(next) => {
            lexer.at += 2.min(lexer.text.len() - start);
            out.push(Token { kind: Kind::Word, range: start..lexer.at });
            Ok(true)
        }
        b'?' if !touching && next > b' ' && !is_word(lexer.peek(2)) && begins(lexer, out) => {
            lexer.at += 2;
            out.push(Token { kind: Kind::Word, range: start..lexer.at });
            Ok(true)
        }
        b':' if matches!(next, b'"' | b'\'') && lexer.text.get(start.wrapping_sub(1)) != Some(&b':') => {
            lexer.at += 1;
            let hole = if next == b'"' { Hole::Hash } else { Hole::None };
            // `a ?b :"c"` is not a symbol; it is rare, and refused all the same.
            delimited(lexer, out, start, (Escape::Backslash, hole), Sort::Other)
        }
        b'%' if !touching => {
            let letter = next.is_ascii_alphabetic();
            let open = if letter { lexer.peek(2) } else { next };
            let known = !letter || b"qQwWiIrxs".contains(&next);
            let plain = letter || (b"([{<|!".contains(&open) && begins(lexer, out));
            if !known || !plain || open.is_ascii_alphanumeric() || open <= b' ' || open == b'=' {
                return Ok(false);
            }
            lexer.at += 1 + usize::from(letter);
            let (hole, sort) = match next {
                b'q' => (Hole::None, Sort::Text),
                b'w' | b'i' | b's' => (Hole::None, Sort::Other),
                b'W' | b'I' | b'r' => (Hole::Hash, Sort::Other),
                _ => (Hole::Hash, Sort::Text),
            };
            delimited(lexer, out, start, (Escape::Backslash, hole), sort)
        }
        b'<' if !touching || lexer.peek(2) == b'~' => Ok(heredoc(lexer, out, "<<", Hole::Hash)),
        b'/' => slashes(lexer, out),
        _ => Ok(false),
    }
}

fn php(lexer: &mut Lexer<'_>, out: &mut Vec<Token>) -> Result<bool, Unsure> {
    if lexer.rest().starts_with(b"?>") {
        lexer.at += 2;
        out.push(Token { kind: Kind::Punct(b';'), range: lexer.at - 2..lexer.at });
        page(lexer, out);
        return Ok(true);
    }
    if lexer.rest().starts_with(b"__halt_compiler") {
        rest_of(lexer, out, Kind::Data, None);
        return Ok(true);
    }
    // An attribute starts like a comment.
    if lexer.rest().starts_with(b"#[") {
        lexer.at += 1;
        out.push(Token { kind: Kind::Punct(b'#'), range: lexer.at - 1..lexer.at });
        return Ok(true);
    }
    Ok(heredoc(lexer, out, "<<<", Hole::Php))
}

fn csharp(lexer: &mut Lexer<'_>, out: &mut Vec<Token>) -> Result<bool, Unsure> {
    let start = lexer.at;
    let dollars = lexer.rest().iter().take_while(|b| **b == b'$').count();
    let quotes = lexer.rest()[dollars..].iter().take_while(|b| **b == b'"').count();
    if quotes >= 3 {
        let close = vec![b'"'; quotes];
        lexer.at += dollars + quotes;
        // With several dollars, that many braces open a hole: an expression must be written by hand.
        let sort = if dollars > 1 { Sort::Other } else { Sort::Text };
        let hole = if dollars == 1 { Hole::Brace } else { Hole::None };
        lexer.finish(out, start, chosen(Escape::None, hole), &close, sort)?;
        return Ok(true);
    }
    let blank = lexer.text[..start].iter().rev().take_while(|b| **b != b'\n').all(u8::is_ascii_whitespace);
    if lexer.peek(0) == b'#' && blank {
        lexer.at = lexer.line_end(start);
        out.push(Token { kind: Kind::Comment, range: start..lexer.at });
        return Ok(true);
    }
    Ok(false)
}

fn rust(lexer: &mut Lexer<'_>, out: &mut Vec<Token>) -> Result<bool, Unsure> {
    let start = lexer.at;
    let prefix = word(lexer).to_vec();
    let after = &lexer.text[start + prefix.len()..];
    let hashes = after.iter().take_while(|b| **b == b'#').count();
    let quoted = after.get(hashes) == Some(&b'"');
    let sort = if prefix.len() <= 1 && prefix != b"b" && prefix != b"c" { Sort::Text } else { Sort::Bytes };
    match &*prefix {
        b"r" | b"br" | b"cr" if quoted => {
            lexer.at += prefix.len() + hashes + 1;
            let close = [&b"\""[..], &vec![b'#'; hashes]].concat();
            lexer.finish(out, start, chosen(Escape::None, Hole::None), &close, sort)?;
            Ok(true)
        }
        b"b" | b"c" if after.first() == Some(&b'"') => {
            lexer.at += 2;
            lexer.finish(out, start, chosen(Escape::Backslash, Hole::None), b"\"", Sort::Bytes)?;
            Ok(true)
        }
        b"" => character(lexer, out),
        _ => Ok(false),
    }
}

fn scala(lexer: &mut Lexer<'_>, out: &mut Vec<Token>) -> Result<bool, Unsure> {
    let start = lexer.at;
    let prefix = word(lexer).to_vec();
    if prefix.is_empty() {
        return character(lexer, out);
    }
    let after = &lexer.text[start + prefix.len()..];
    if after.first() != Some(&b'"') || prefix[0].is_ascii_digit() {
        return Ok(false);
    }
    let long = after.starts_with(b"\"\"\"");
    let quotes: &[u8] = if long { b"\"\"\"" } else { b"\"" };
    let escape = if long { Escape::None } else { Escape::Backslash };
    lexer.at += prefix.len() + quotes.len();
    // What other interpolators do depends on their library.
    let sort = if [&b"s"[..], b"f", b"raw"].contains(&&*prefix) { Sort::Text } else { Sort::Other };
    let form = Form { lines: long, ..chosen(escape, Hole::Dollar) };
    lexer.finish(out, start, form, quotes, sort)?;
    Ok(true)
}

fn perl(lexer: &mut Lexer<'_>, out: &mut Vec<Token>) -> Result<bool, Unsure> {
    let start = lexer.at;
    if at_line_start(lexer) && lexer.peek(0) == b'=' && lexer.peek(1).is_ascii_alphabetic() {
        rest_of(lexer, out, Kind::Comment, Some(b"=cut"));
        return Ok(true);
    }
    let (b, next) = (lexer.peek(0), lexer.peek(1));
    if matches!(b, b'$' | b'@') && !is_word(next) && !matches!(next, b'{' | b'$' | b'@' | b'(') && next > b' '
    {
        // `$'`, `$#`, `$/`
        lexer.at += 2;
        out.push(Token { kind: Kind::Word, range: start..lexer.at });
        return Ok(true);
    }
    if b == b'<' {
        return Ok(heredoc(lexer, out, "<<", Hole::Names));
    }
    if b == b'/' {
        return slashes(lexer, out);
    }
    let name = word(lexer).to_vec();
    if at_line_start(lexer) && [&b"__END__"[..], b"__DATA__"].contains(&&*name) {
        rest_of(lexer, out, Kind::Data, None);
        return Ok(true);
    }
    let last = out.iter().rfind(|t| t.kind != Kind::Line);
    let named = last
        .is_some_and(|t| matches!(t.kind, Kind::Punct(b'>' | b'{')) && b"}".contains(&closing(lexer, &name)));
    let twice = matches!(&*name, b"s" | b"tr" | b"y");
    if !twice && !matches!(&*name, b"q" | b"qq" | b"qw" | b"qr" | b"qx" | b"m") || named {
        return Ok(false);
    }
    let blanks = lexer.text[start + name.len()..].iter().take_while(|b| b.is_ascii_whitespace()).count();
    let open = lexer.text.get(start + name.len() + blanks).copied().unwrap_or(0);
    let odd = open == 0 || is_word(open) || b"=,;)".contains(&open) || blanks > 0 && open == b'#';
    if odd {
        return Ok(false);
    }
    lexer.at += name.len() + blanks;
    let hole = if name == b"q" || open == b'\'' { Hole::None } else { Hole::Names };
    let sort = if matches!(&*name, b"q" | b"qq") { Sort::Text } else { Sort::Other };
    delimited(lexer, out, start, (Escape::Backslash, hole), sort)?;
    if twice {
        let second = lexer.at;
        if opener(&[closer(open)]).is_some() {
            while lexer.peek(0).is_ascii_whitespace() {
                lexer.at += 1;
            }
            delimited(lexer, out, second, (Escape::Backslash, hole), Sort::Other)?;
        } else {
            let form = chosen(Escape::Backslash, hole);
            lexer.finish(out, second, form, &[open], Sort::Other)?;
        }
    }
    Ok(true)
}

/// The byte after a name.
fn closing(lexer: &Lexer<'_>, name: &[u8]) -> u8 {
    lexer.peek(name.len())
}

fn powershell(lexer: &mut Lexer<'_>, out: &mut Vec<Token>) -> Result<bool, Unsure> {
    let start = lexer.at;
    let (b, quote) = (lexer.peek(0), lexer.peek(1));
    if b == b'`' {
        lexer.at += 2.min(lexer.text.len() - start);
        return Ok(true);
    }
    let line = lexer.line_end(start);
    let alone = b == b'@'
        && matches!(quote, b'"' | b'\'')
        && lexer.text[start + 2..line.max(start + 2)].trim_ascii().is_empty();
    if !alone {
        return Ok(false);
    }
    let close = [b'\n', quote, b'@'];
    lexer.at = line;
    let hole = if quote == b'"' { Hole::Paren } else { Hole::None };
    lexer.finish(out, start, chosen(Escape::None, hole), &close, Sort::Heredoc)?;
    Ok(true)
}

fn lua(lexer: &mut Lexer<'_>, out: &mut Vec<Token>) -> Result<bool, Unsure> {
    let start = lexer.at;
    let comment = lexer.rest().starts_with(b"--");
    let at = start + 2 * usize::from(comment);
    let rest = &lexer.text[at.min(lexer.text.len())..];
    if rest.first() != Some(&b'[') {
        return Ok(false);
    }
    let level = rest[1..].iter().take_while(|b| **b == b'=').count();
    if rest.get(1 + level) != Some(&b'[') {
        return Ok(false);
    }
    lexer.at = at + level + 2;
    let close = [&b"]"[..], &vec![b'='; level], b"]"].concat();
    lexer.finish(out, start, chosen(Escape::None, Hole::None), &close, Sort::Text)?;
    if comment && let Some(last) = out.last_mut() {
        last.kind = Kind::Comment;
    }
    Ok(true)
}

fn terraform(lexer: &mut Lexer<'_>, out: &mut Vec<Token>) -> Result<bool, Unsure> {
    Ok(lexer.peek(0) == b'<' && heredoc(lexer, out, "<<", Hole::Dollar))
}
