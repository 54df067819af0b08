//! The code of a Jupyter notebook: the strings of a cell's `"source"`, as the program reads them. A string or an
//! expression may go on from one of them to the next.

use super::{Budget, SOURCE, View, byte_of};
use crate::text::lang::Lang;
use memchr::memmem;

/// The name of a cell's code.
const NAME: &[u8] = b"\"source\"";

/// The code of the cells that contain a hit (`hits` are in order), each with its lines put together.
pub(super) fn views(text: &[u8], lang: Lang, hits: &[usize], budget: &mut Budget) -> Vec<View> {
    let mut out = Vec::new();
    // A notebook has the extension of its language's programs, and is JSON.
    if lang != Lang::Python || text.iter().find(|b| !b.is_ascii_whitespace()) != Some(&b'{') {
        return out;
    }
    let mut done = 0;
    for at in memmem::find_iter(text, NAME) {
        if at < done {
            continue;
        }
        let (cell, end) = cell(text, at + NAME.len());
        let Some(first) = cell.first() else { continue };
        let range = first.1..end;
        done = range.end;
        let next = hits.partition_point(|hit| *hit < range.start);
        if hits.get(next).is_none_or(|hit| *hit >= range.end) {
            continue;
        }
        if !budget.pay(cell.len()) {
            break;
        }
        let (bytes, mut places): (Vec<u8>, Vec<usize>) = cell.into_iter().unzip();
        places.push(range.end);
        out.push(View { bytes, at: range, form: SOURCE, places, as_is: false });
    }
    out
}

/// The bytes of the string, or of the list of strings, after the colon that follows `at`, each with its offset; and the
/// end of the last one.
fn cell(text: &[u8], at: usize) -> (Vec<(u8, usize)>, usize) {
    let skip = |at: usize| at + text[at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
    let (mut out, mut end) = (Vec::new(), at);
    let colon = skip(at);
    if text.get(colon) != Some(&b':') {
        return (out, end);
    }
    let open = skip(colon + 1);
    if text.get(open) != Some(&b'[') {
        string(text, open, &mut out, &mut end);
        return (out, end);
    }
    let mut at = skip(open + 1);
    while string(text, at, &mut out, &mut end) {
        // Behind the closing quote.
        let comma = skip(end + 1);
        if text.get(comma) != Some(&b',') {
            break;
        }
        at = skip(comma + 1);
    }
    (out, end)
}

/// Adds the bytes of the string at `at`, and sets the end of its content. Returns whether there is one that ends.
fn string(text: &[u8], mut at: usize, out: &mut Vec<(u8, usize)>, end: &mut usize) -> bool {
    if text.get(at) != Some(&b'"') {
        return false;
    }
    at += 1;
    loop {
        *end = at;
        let (byte, length) = match &text[at..] {
            [b'"', ..] => return true,
            [b'\\', b'u', b'0', b'0', a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
                (byte_of(*a, *b).filter(u8::is_ascii).unwrap_or(b'?'), 6)
            }
            [b'\\', sign, ..] => match sign {
                b'n' => (b'\n', 2),
                b't' => (b'\t', 2),
                b'r' => (b'\r', 2),
                b'"' | b'\\' | b'/' => (*sign, 2),
                // Of other characters only that there is one.
                _ => (b'?', 2),
            },
            [b, ..] => (*b, 1),
            [] => return false,
        };
        out.push((byte, at));
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<String> {
        let hits: Vec<usize> = memmem::find_iter(text.as_bytes(), b"key").collect();
        testing::texts(views(text.as_bytes(), Lang::Python, &hits, &mut Budget::of(1 << 16)))
    }

    #[test]
    fn the_lines_of_a_cell_are_put_together() {
        for (text, code) in [
            (r#"{"cells": [{"source": ["key = 'ab' \\\n", "  'cd'"]}]}"#, "key = 'ab' \\\n  'cd'"),
            ("{\n \"source\": [\n  \"key = \\\"ab\", \n  \"cd\\\"\\n\"\n ]}", "key = \"abcd\"\n"),
            (r#" {"source" : "key = 'ab'\n\tcd \u0022\u00e9\/"}"#, "key = 'ab'\n\tcd \"?/"),
            (r#"{"source": ["key", 1]}"#, "key"),
            (r#"{"source": ["key = "#, "key = "),
        ] {
            assert_eq!(read(text), [code], "{text}");
        }
        for text in
            [r#"{"source": ["a = 'b'"]}"#, r#"{"source" "key"}"#, r#"["source": "key"]"#, r#"{"source": []}"#]
        {
            assert_eq!(read(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn every_byte_has_its_place() {
        let text = r#"{"source": ["key = \"ab\",\n", "x\n"]}"#;
        let view = &views(text.as_bytes(), Lang::Python, &[13], &mut Budget::of(100))[0];
        for (i, byte) in view.bytes.iter().enumerate() {
            let raw = &text[view.place(&(i..i + 1))];
            let escaped = [("\n", "\\n"), ("\"", "\\\"")].map(|(b, e)| (b.as_bytes()[0], e));
            let want =
                escaped.iter().find(|(b, _)| b == byte).map_or(&text[view.places[i]..][..1], |(_, e)| e);
            assert!(raw.starts_with(want), "{i}: {raw} {want}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(
            text in prop::collection::vec(prop::sample::select(b"\"\"source:[,]\\nu0041 key".to_vec()), 0..200),
            hits in prop::collection::vec(0usize..200, 0..4),
        ) {
            let text = [b"{\"source\":", &text[..]].concat();
            let hits = testing::hits(&text, hits);
            for v in views(&text, Lang::Python, &hits, &mut Budget::of(1000)) {
                prop_assert_eq!(v.places.len(), v.bytes.len() + 1);
                prop_assert!(v.at.end <= text.len() && v.places.windows(2).all(|w| w[0] < w[1]));
            }
        }
    }
}
