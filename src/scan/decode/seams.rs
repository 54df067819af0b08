//! Where the pieces of a string meet: an operator, nothing, the comma of a joined list, a call.

use crate::text::lang::Lang;
use crate::text::short;

/// Most bytes between two pieces.
const GAP: usize = 160;
/// Bytes before the first piece that are examined.
const HEAD: usize = 64;

/// What is between two pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// It joins them in any context.
    Joins,
    /// A comma, which joins the pieces if the list or call does.
    Comma,
    /// `.append(`, `.concat(`: it joins them, and the text before the first piece is a call as well.
    Call,
    /// `key += `, on a line of its own: it joins them if the first is assigned to this name.
    Appends(usize, usize),
    /// If the first is blank, it only says how the others are joined: `"".join([`, `"%s%s" % (`.
    Opens,
}

/// The start of the piece that follows the string ending at `close`, and what is between them.
pub(super) fn gap(text: &[u8], close: usize, lang: Lang) -> Option<(usize, Gap)> {
    let mut said = [0u8; 16];
    let mut length = 0;
    let mut newlines = 0;
    let mut at = close + 1;
    let end = text.len().min(close + GAP);
    while at < end {
        match text[at] {
            // In a shell a space separates two words.
            b' ' | b'\t' if matches!(lang, Lang::Shell | Lang::Dockerfile) => return None,
            b' ' | b'\t' | b'\r' => {}
            b'\n' if newlines == 2 => return None,
            b'\n' => newlines += 1,
            b'/' | b'#' | b'-' if comment(&text[at..end], lang).is_some() => {
                at += comment(&text[at..end], lang)?;
                continue;
            }
            // A shell joins strings with nothing in between.
            b'"' | b'\''
                if length == 0 && newlines == 0 && matches!(lang, Lang::Shell | Lang::Dockerfile) =>
            {
                return Some((at + 1, Gap::Joins));
            }
            b'"' | b'\'' | b'`' => return meaning(&said[..length], lang).map(|g| (at + 1, g)),
            // Prefixes of a string: b"", @"", N''.
            b'b' | b'r' | b'u' | b'f' | b'@' | b'$' | b'N' | b'L'
                if matches!(text.get(at + 1), Some(b'"' | b'\'' | b'@')) => {}
            b if (newlines > 0 || &said[..length] == b";") && is_name(b) && b != b'.' => {
                return appended(text, at, end);
            }
            b => {
                *said.get_mut(length)? = b.to_ascii_lowercase();
                length += 1;
                // Most strings are followed by something else.
                if length == 1 && !b"+&|.<\\,);%".contains(&b) {
                    return None;
                }
            }
        }
        at += 1;
    }
    None
}

/// The length of the comment that starts here.
fn comment(rest: &[u8], lang: Lang) -> Option<usize> {
    let line = || memchr::memchr(b'\n', rest);
    match rest {
        [b'/', b'/', ..] => line(),
        [b'/', b'*', ..] => memchr::memmem::find(rest, b"*/").map(|i| i + 2),
        [b'#', ..] if matches!(lang, Lang::Python | Lang::Ruby | Lang::Perl | Lang::Php) => line(),
        [b'-', b'-', ..] if matches!(lang, Lang::Lua | Lang::Sql) => line(),
        _ => None,
    }
}

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'@' | b'.')
}

fn name_length(rest: &[u8]) -> usize {
    rest.iter().take(GAP).take_while(|b| is_name(**b)).count()
}

/// The piece after `name += ` or `name = name + `, if the name starts at `start`.
fn appended(text: &[u8], start: usize, end: usize) -> Option<(usize, Gap)> {
    let blank = |at: usize| at + text[at..end].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let name = start..start + name_length(&text[start..end]);
    let mut at = blank(name.end);
    let again = text[at..end].strip_prefix(b"=").map(|_| blank(at + 1));
    if let Some(again) = again.filter(|a| text[*a..end].starts_with(&text[name.clone()])) {
        at = blank(again + name.len());
    }
    let signs: &[&[u8]] =
        if again.is_some() { &[b"..", b".", b"+", b"&"] } else { &[b"+=", b".=", b"<<", b"&="] };
    let sign = signs.iter().find(|s| text[at..end].starts_with(s))?;
    at = blank(at + sign.len());
    matches!(text.get(at), Some(b'"' | b'\'' | b'`')).then_some((at + 1, Gap::Appends(name.start, name.end)))
}

/// Returns whether the string that starts at `open` is assigned to this name.
pub(super) fn is_given_to(text: &[u8], open: usize, name: &[u8]) -> bool {
    let head = text[open.saturating_sub(HEAD)..open].trim_ascii_end();
    let Some(head) = head.strip_suffix(b"=").or_else(|| head.strip_suffix(b"<<")) else { return false };
    let head =
        [&b":"[..], b"+", b"."].iter().find_map(|s| head.strip_suffix(*s)).unwrap_or(head).trim_ascii_end();
    let before = head.strip_suffix(name).map(<[u8]>::last);
    before.is_some_and(|b| b.is_none_or(|b| !is_name(*b)))
}

fn meaning(said: &[u8], lang: Lang) -> Option<Gap> {
    match said {
        b"" => matches!(lang, Lang::Python | Lang::C | Lang::Ruby).then_some(Gap::Joins),
        b"," | b",[" | b",array(" => Some(Gap::Comma),
        b").append(" | b");append(" | b").concat(" | b".concat(" => Some(Gap::Call),
        b".join([" | b".join((" | b".join(" | b".format(" | b"%(" => Some(Gap::Opens),
        // The members of a type. SQL joins with two.
        b"|" => None,
        _ if said.iter().all(|b| b"+&|.<>\\".contains(b)) => Some(Gap::Joins),
        _ => None,
    }
}

/// What the first piece, with quotes at `open` and `close`, says about the commas that follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Commas {
    /// They separate arguments.
    Part,
    /// They join: `implode('', ['a', 'b'])`, `['a', 'b'].join('')`, `strcat('a', 'b')`.
    Join,
}

/// Functions that join their arguments.
const TOGETHER: [&[u8]; 5] = [b"strcat", b"concat", b"concat!", b"paste0", b"-join"];
/// Functions that join them with their first argument, or in the format that it gives.
const WITH_FIRST: [&[u8]; 4] = [b"join", b"implode", b"sprintf", b"format"];

/// Returns what the commas after this piece do.
pub(super) fn commas(text: &[u8], open: usize, close: usize) -> Commas {
    let head = &text[open.saturating_sub(HEAD)..open];
    let head = &head[memchr::memrchr(b'\n', head.trim_ascii_end()).map_or(0, |i| i + 1)..];
    let called = called(head);
    let is_one_of = |words: &[&[u8]]| words.iter().any(|w| short::ends(called, w));
    let joins = if is_blank(&text[open + 1..close]) {
        is_one_of(&WITH_FIRST)
    } else {
        is_one_of(&TOGETHER) || is_joined_list(text, head, close, is_one_of(&[b"join"]))
    };
    if joins { Commas::Join } else { Commas::Part }
}

/// The function whose first argument, or list, starts after `head`.
fn called(head: &[u8]) -> &[u8] {
    let mut head = head.trim_ascii_end();
    for opens in [&b"[]string{"[..], b"new string[]{", b"array(", b"[", b"("] {
        if head.len() > opens.len() && head[head.len() - opens.len()..].eq_ignore_ascii_case(opens) {
            head = head[..head.len() - opens.len()].trim_ascii_end();
        }
    }
    head.strip_suffix(b"(").unwrap_or(head).trim_ascii_end()
}

/// Returns whether a piece is empty, or has only placeholders for values: `%s%s`, `{}{}`.
pub(super) fn is_blank(piece: &[u8]) -> bool {
    let mut rest = piece;
    while let [b'%', b's' | b'v', after @ ..]
    | [b'{', b'}', after @ ..]
    | [b'{', b'0'..=b'9', b'}', after @ ..] = rest
    {
        rest = after;
    }
    rest.is_empty()
}

/// Returns whether this is the first piece of a list that is joined without a separator: `["a", "b"].join("")`,
/// `Join([]string{"a", "b"}, "")`.
fn is_joined_list(text: &[u8], head: &[u8], close: usize, in_join: bool) -> bool {
    if !matches!(head.trim_ascii_end().last(), Some(b'[' | b'{')) {
        return false;
    }
    let rest = &text[close..text.len().min(close + 2048)];
    let Some(end) = memchr::memchr2(b']', b'}', rest) else { return false };
    let after = &rest[end + 1..];
    let is_empty = |s: &[u8]| [&b"\"\")"[..], b"'')", b"``)"].iter().any(|e| s.starts_with(e));
    if in_join {
        return after.strip_prefix(b", ").is_some_and(is_empty);
    }
    after.trim_ascii_start().strip_prefix(b".join").is_some_and(|s| match s.strip_prefix(b"(") {
        Some(with) => is_empty(with),
        None => s.first().is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'_' && *b != b' '),
    })
}

/// The start of the call that has `open` as its first argument, for a value that it returns: after the assignment
/// operator.
pub(super) fn call_start(text: &[u8], open: usize) -> usize {
    let floor = open.saturating_sub(HEAD);
    let gives = |b: &u8| matches!(b, b'=' | b'\n' | b'"' | b'\'' | b',' | b';' | b':' | b'>');
    let gives = |i: &usize| gives(&text[*i]) || text[*i..].starts_with(b"- ");
    let start = (floor..open).rev().find(gives).map_or(open, |i| i + 1);
    start + text[start..open].iter().take_while(|b| b.is_ascii_whitespace()).count()
}
