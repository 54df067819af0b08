//! Strings made of constants: `f"{A}{B}"`, `` `${a}${b}` ``, `A + B`. The names are replaced by their strings, if
//! these are assigned shortly above.

use super::{Budget, View};
use crate::text::lang::Lang;
use crate::text::line;
use std::ops::Range;

/// Bytes of a line before and after its hit.
const LINE: usize = 512;
/// Bytes above an expression in which its names must be assigned.
const REACH: usize = 2 << 10;
/// Most parts of one string.
const PARTS: usize = 8;
/// Most bytes of a name and of the string assigned to it.
const LONGEST: usize = 96;

/// The lines of `hits` (in order) with a string of constants, put together.
pub(super) fn views(text: &[u8], lang: Lang, hits: &[usize], budget: &mut Budget) -> Vec<View> {
    let mut out = Vec::new();
    if !lang.is_program() && lang != Lang::Shell {
        return out;
    }
    let mut done = 0;
    for &hit in hits {
        if hit < done {
            continue;
        }
        let start = line::start(text, hit, LINE.min(hit - done));
        let end = line::end(text, hit, LINE);
        done = end;
        let Some((parts, place)) = sign(text, hit..end).and_then(|at| parts(text, at, end)) else { continue };
        let Some(value) = value(text, start, &parts) else { continue };
        if budget.pay(place.start - start + value.len()) {
            out.push(view(text, start, place, &value));
        }
    }
    out
}

/// A part of a string.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Name(Range<usize>),
    Text(Range<usize>),
}

/// The start of the assigned expression: after the first assignment operator in this stretch.
fn sign(text: &[u8], line: Range<usize>) -> Option<usize> {
    let sign = line.start + text[line.clone()].iter().position(|b| matches!(b, b'=' | b':'))?;
    let signs = text[sign..line.end].iter().take_while(|b| matches!(b, b'=' | b':' | b'>')).count();
    let blank = |at: usize| at + text[at..line.end].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    (signs < 3).then(|| blank(sign + signs)).filter(|at| *at < line.end)
}

/// The parts of the expression at `at`, if it contains a constant, and its range.
fn parts(text: &[u8], at: usize, end: usize) -> Option<(Vec<Part>, Range<usize>)> {
    let letters =
        text[at..end].iter().take(2).take_while(|b| matches!(b, b'f' | b'F' | b'r' | b's' | b'$')).count();
    let quote = at + letters;
    let (parts, place) = match text.get(quote)? {
        q @ (b'"' | b'\'' | b'`') => template(text, quote + 1, *q, end)?,
        _ => sum(text, at, end)?,
    };
    let names = parts.iter().filter(|p| matches!(p, Part::Name(_))).count();
    (names > 0 && parts.len() > 1).then_some((parts, place))
}

/// The parts of a string with names in braces.
fn template(text: &[u8], from: usize, quote: u8, end: usize) -> Option<(Vec<Part>, Range<usize>)> {
    let (mut parts, mut at) = (Vec::new(), from);
    while at < end && parts.len() < PARTS {
        let rest = &text[at..end];
        if rest[0] == quote {
            return Some((parts, from..at));
        }
        let open = [&b"${"[..], b"#{", b"{"].iter().find(|o| rest.starts_with(o)).map_or(0, |o| o.len());
        let length = name_length(&rest[open..]);
        if open > 0 {
            let close = rest.get(open + length) == Some(&b'}');
            (close && length > 0).then_some(())?;
            parts.push(Part::Name(at + open..at + open + length));
            at += open + length + 1;
        } else {
            let plain =
                |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+' | b'/' | b'=' | b'.');
            let length = rest.iter().take_while(|b| plain(b)).count();
            (length > 0).then_some(())?;
            parts.push(Part::Text(at..at + length));
            at += length;
        }
    }
    None
}

/// The parts of `A + "b" + C`.
fn sum(text: &[u8], from: usize, end: usize) -> Option<(Vec<Part>, Range<usize>)> {
    let (mut parts, mut at) = (Vec::new(), from);
    loop {
        let rest = text.get(at..end)?;
        let last = match rest.first()? {
            quote @ (b'"' | b'\'') => {
                let length = memchr::memchr(*quote, &rest[1..])?;
                parts.push(Part::Text(at + 1..at + 1 + length));
                at + length + 2
            }
            _ => {
                let length = name_length(rest);
                (length > 0).then_some(())?;
                parts.push(Part::Name(at..at + length));
                at + length
            }
        };
        let blank = |at: usize| at + text[at..end].iter().take_while(|b| **b == b' ').count();
        let sign = blank(last);
        let length =
            [&b".."[..], b"+", b".", b"&"].iter().find(|s| text[sign..end].starts_with(s)).map(|s| s.len());
        match length {
            Some(length) if sign > last && parts.len() < PARTS => at = blank(sign + length),
            _ => return Some((parts, from..last)),
        }
    }
}

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$')
}

fn name_length(rest: &[u8]) -> usize {
    if rest.first().is_none_or(u8::is_ascii_digit) {
        return 0;
    }
    rest.iter().take(LONGEST).take_while(|b| is_name(**b)).count()
}

/// The value of all parts together; `None` if a name is not assigned a string above `line`.
fn value(text: &[u8], line: usize, parts: &[Part]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for part in parts {
        let range = match part {
            Part::Text(range) => range.clone(),
            Part::Name(name) => constant(&text[..line], &text[name.clone()])?,
        };
        out.extend_from_slice(&text[range]);
    }
    Some(out)
}

/// The string last assigned to the name.
fn constant(above: &[u8], name: &[u8]) -> Option<Range<usize>> {
    let floor = above.len().saturating_sub(REACH);
    let mut end = above.len();
    for _ in 0..PARTS {
        let at = floor + memchr::memmem::rfind(&above[floor..end], name)?;
        end = at;
        let whole = at == 0 || !is_name(above[at - 1]);
        let line = &above[at..];
        let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
        let rest = line[name.len()..].trim_ascii_start();
        // `name: Type =`.
        let sign = rest.strip_prefix(b"=").or_else(|| match rest.strip_prefix(b":") {
            Some(typed) => typed[memchr::memchr(b'=', typed)?..].strip_prefix(b"="),
            None => None,
        });
        let Some(given) = sign.filter(|_| whole).map(<[u8]>::trim_ascii_start) else { continue };
        let Some(quote @ (b'"' | b'\'' | b'`')) = given.first() else { continue };
        let start = at + line.len() - given.len() + 1;
        let length = memchr::memchr(*quote, &given[1..])?;
        return (1..=LONGEST).contains(&length).then_some(start..start + length);
    }
    None
}

/// The line up to the expression, with a string of its value in its place.
fn view(text: &[u8], start: usize, place: Range<usize>, value: &[u8]) -> View {
    let quoted = matches!(text[place.start - 1], b'"' | b'\'' | b'`');
    let quote = if quoted { text[place.start - 1] } else { b'"' };
    let mut bytes = text[start..place.start].to_vec();
    let mut places: Vec<usize> = (start..place.start).collect();
    if !quoted {
        bytes.push(quote);
        places.push(place.start);
    }
    bytes.extend_from_slice(value);
    places.resize(bytes.len(), place.start);
    bytes.push(quote);
    places.push(place.end);
    places.push(place.end);
    View { bytes, at: start..place.end, form: "constants", places, as_is: false }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use proptest::prelude::*;

    fn together(text: &str, lang: Lang) -> Vec<String> {
        let hit = text.rfind("key").unwrap();
        testing::texts(views(text.as_bytes(), lang, &[hit], &mut Budget::of(1 << 16)))
    }

    #[test]
    fn names_of_constants_are_read_as_what_they_stand_for() {
        for (lang, text, whole) in [
            (Lang::Python, "A = 'ab'\nB = 'cd'\nkey = f\"{A}{B}\"", "key = f\"abcd\""),
            (Lang::Python, "A = 'ab'\nB = 'cd'\nkey = A + B", "key = \"abcd\""),
            (Lang::JavaScript, "const a = 'ab', b = 'cd';\nconst key = `${a}${b}`;", "const key = `abcd`"),
            (Lang::JavaScript, "const a = 'ab';\nconst key = a + 'cd';", "const key = \"abcd\""),
            (
                Lang::TypeScript,
                "const a: string = 'ab';\nconst o = { key: `x${a}` };",
                "const o = { key: `xab`",
            ),
            (Lang::Ruby, "A = 'ab'\nkey = \"#{A}cd\"", "key = \"abcd\""),
            (Lang::Go, "a := \"ab\"\nconst b = \"cd\"\nkey := b + a", "key := \"cdab\""),
            (Lang::Shell, "A=ab\nA='ab'\nkey=\"${A}cd\"", "key=\"abcd\""),
            (Lang::CSharp, "var a = \"ab\";\nvar key = $\"{a}cd\";", "var key = $\"abcd\""),
        ] {
            assert_eq!(together(text, lang), [whole], "{text}");
        }
    }

    #[test]
    fn names_of_other_things_are_left_alone() {
        for (lang, text) in [
            (Lang::Python, "A = 'ab'\nkey = A"),
            (Lang::Python, "A = f()\nkey = f\"{A}cd\""),
            (Lang::Python, "AB = 'ab'\nkey = f\"{B}cd\""),
            (Lang::JavaScript, "const a = 'ab';\nconst key = `${f(a)}cd`;"),
            (Lang::JavaScript, "const a = 'ab';\nconst key = a.b + c;"),
            (Lang::JavaScript, "const key = 'ab';"),
            (Lang::Yaml, "a: 'ab'\nkey: \"${a}cd\""),
        ] {
            assert_eq!(together(text, lang), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(
            text in prop::collection::vec(prop::sample::select(b"ab\"'`{}$# =:+.\n".to_vec()), 0..120),
            hits in prop::collection::vec(0usize..120, 0..5),
        ) {
            let hits = testing::hits(&text, hits);
            for v in views(&text, Lang::Python, &hits, &mut Budget::of(1000)) {
                prop_assert_eq!(v.places.len(), v.bytes.len() + 1);
                prop_assert!(v.places.windows(2).all(|w| w[0] <= w[1]) && v.at.end <= text.len());
            }
        }
    }
}
