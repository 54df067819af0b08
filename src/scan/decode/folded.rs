//! Values that continue over several lines: after a backslash in shell scripts, in properties and in strings of programs, in
//! a block of YAML. Joined like strings in pieces.

use super::pieces::{Cut, joined};
use super::{Budget, View};
use crate::text::lang::Lang;
use crate::text::line;
use std::ops::Range;

/// Bytes of a line before its hit, and of each following line.
const LINE: usize = 2 << 10;
/// Most lines of one value.
const LINES: usize = 40;
/// Least bytes of a line in a block: a word of prose is shorter.
const SHORTEST: usize = 12;

/// The values around `hits` (in order) that continue on following lines, joined.
pub(super) fn views(text: &[u8], lang: Lang, hits: &[usize], budget: &mut Budget) -> Vec<View> {
    let mut out = Vec::new();
    let folds = matches!(lang, Lang::Shell | Lang::Dockerfile | Lang::Properties | Lang::Yaml)
        || lang.is_program()
            && [&b"\\\n"[..], b"\\\r"].iter().any(|end| memchr::memmem::find(text, end).is_some());
    if !folds {
        return out;
    }
    let mut done = 0;
    for &hit in hits {
        if hit < done {
            continue;
        }
        let start = line::start(text, hit, LINE.min(hit - done));
        let first = rest_of_line(text, hit);
        let (cuts, end) = match lang {
            Lang::Yaml if is_block(&text[start..first.end]) => block(text, first.end),
            _ => continued(text, lang, start..first.end),
        };
        done = end;
        if !cuts.is_empty() && budget.pay(end - start) {
            out.push(joined(text, start, end, &cuts));
        }
    }
    out
}

/// From `at` to the end of its line, without a carriage return.
fn rest_of_line(text: &[u8], at: usize) -> Range<usize> {
    let end = line::end(text, at, LINE);
    at..end - usize::from(text[at..end].ends_with(b"\r"))
}

/// The line below the one that ends at `end`.
fn below(text: &[u8], end: usize) -> Option<Range<usize>> {
    let end = end + usize::from(text.get(end) == Some(&b'\r'));
    (text.get(end) == Some(&b'\n')).then(|| rest_of_line(text, end + 1))
}

fn indent(text: &[u8], line: &Range<usize>) -> usize {
    text[line.clone()].iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
}

/// The line ends that a backslash removes, and the end of the last line.
fn continued(text: &[u8], lang: Lang, mut current: Range<usize>) -> (Vec<Cut>, usize) {
    let mut cuts = Vec::new();
    let body = |line: &Range<usize>| &text[line.start..line.end];
    let first = current.clone();
    let is_open = |quote: u8| text[first.clone()].iter().filter(|b| **b == quote).count() % 2 == 1;
    while cuts.len() < LINES
        && body(&current).iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
        && let Some(next) = below(text, current.end)
    {
        let (end, indent) = (current.end - 1, indent(text, &next));
        let goes_on = match lang {
            Lang::Properties => true,
            Lang::Yaml => is_open(b'"'),
            // A string goes on where its next line starts.
            _ if lang.is_program() => indent == 0 && (is_open(b'"') || is_open(b'\'')),
            // Words separated by a blank stay two words.
            _ => indent == 0 && end > current.start && text[end - 1] > b' ',
        };
        if !goes_on || next.is_empty() {
            break;
        }
        cuts.push(Cut::plain(end..next.start + indent));
        current = next;
    }
    (cuts, current.end)
}

/// Returns whether a line of YAML starts a block: `key: >-`, `key: |`.
fn is_block(line: &[u8]) -> bool {
    let head = line.trim_ascii_end();
    let head = head.strip_suffix(b"-").or_else(|| head.strip_suffix(b"+")).unwrap_or(head);
    [&b": |"[..], b": >"].iter().any(|s| head.ends_with(s))
}

/// The line ends in a block of words without blanks, below the line that ends at `end`.
fn block(text: &[u8], end: usize) -> (Vec<Cut>, usize) {
    let is_word = |line: &Range<usize>| {
        let word = &text[line.start + indent(text, line)..line.end];
        word.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_' | b'.'))
    };
    let mut cuts = Vec::new();
    let Some(mut current) = below(text, end).filter(is_word) else { return (cuts, end) };
    let depth = indent(text, &current);
    while cuts.len() < LINES
        && current.len() >= depth + SHORTEST
        && let Some(next) = below(text, current.end).filter(|n| is_word(n) && n.len() > depth)
        && indent(text, &next) == depth
    {
        cuts.push(Cut::plain(current.end..next.start + depth));
        current = next;
    }
    (cuts, if depth == 0 { end } else { current.end })
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use proptest::prelude::*;

    fn together(text: &str, lang: Lang) -> Vec<String> {
        testing::texts(views(text.as_bytes(), lang, &[0], &mut Budget::of(1 << 16)))
    }

    #[test]
    fn lines_of_one_value_are_put_together() {
        for (lang, text, whole) in [
            (Lang::Shell, "KEY=ab\\\ncd\nx", "KEY=abcd"),
            (Lang::Properties, "key=ab\\\n    cd\\\r\n  ef\nx=1", "key=abcdef"),
            (Lang::Yaml, "key: \"ab\\\n  cd\"\nx: 1", "key: \"abcd\""),
            (Lang::Yaml, "key: >-\n  abcdefghijkl\n  mnop\nx: 1", "key: >-\n  abcdefghijklmnop"),
            (Lang::Yaml, "key: |\n  abcdefghijkl\r\n  mnop\r\n", "key: |\n  abcdefghijklmnop"),
            (Lang::Python, "key = 'ab\\\ncd'\nx", "key = 'abcd'"),
            (Lang::C, "key = \"ab\\\r\ncd\\\r\nef\";\r\nx", "key = \"abcdef\";"),
        ] {
            assert_eq!(together(text, lang), [whole], "{text}");
        }
    }

    #[test]
    fn lines_of_their_own_are_not() {
        for (lang, text) in [
            (Lang::Shell, "run --key ab \\\n  --x cd"),
            (Lang::Shell, "KEY=ab\\\n  cd"),
            (Lang::Properties, "key=ab\\\\\ncd=1"),
            (Lang::Yaml, "key: ab\\\n  cd"),
            (Lang::Yaml, "key: |\n  two words\n  cd"),
            (Lang::Yaml, "key: |\n  abcdefghijkl\n    mnop"),
            (Lang::Yaml, "key: |\n  short\n  mnop"),
            (Lang::Python, "key = ab\\\ncd"),
            (Lang::Python, "key = 'ab' \\\n'cd'"),
            (Lang::Python, "key = 'ab\\\n  cd'"),
        ] {
            assert_eq!(together(text, lang), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(
            text in prop::collection::vec(prop::sample::select(b"a: |>-\"\\\r\n\n  ".to_vec()), 0..120),
            hits in prop::collection::vec(0usize..120, 0..5),
            lang in prop::sample::select(vec![Lang::Shell, Lang::Properties, Lang::Yaml]),
        ) {
            let hits = testing::hits(&text, hits);
            for v in views(&text, lang, &hits, &mut Budget::of(1000)) {
                prop_assert_eq!(v.places.len(), v.bytes.len() + 1);
                prop_assert!(v.places.windows(2).all(|w| w[0] < w[1]));
            }
        }
    }
}
