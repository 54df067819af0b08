//! Python docstrings: prose and examples about code, where other languages have comments.

use std::ops::Range;

/// The docstrings of a module, from their first quotes to their last. A docstring is a triple-quoted string alone
/// at the start of the file, or after the colon of a `def` or `class`. Any other such string is a value.
pub fn docstrings(text: &[u8]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    while let Some((open, quotes)) = first_quotes(text, from) {
        let inside = open + quotes.len();
        let Some(close) = memchr::memmem::find(&text[inside..], quotes) else { break };
        let end = inside + close + quotes.len();
        if is_head_of_block(&text[..open]) {
            out.push(open..end);
        }
        from = end;
    }
    out
}

/// Returns whether one of these docstrings, which are in order, contains `at`.
pub fn contain(docstrings: &[Range<usize>], at: usize) -> bool {
    docstrings.get(docstrings.partition_point(|d| d.end <= at)).is_some_and(|d| d.start <= at)
}

/// The next triple quotes.
fn first_quotes(text: &[u8], from: usize) -> Option<(usize, &'static [u8])> {
    memchr::memchr2_iter(b'"', b'\'', &text[from..]).map(|i| from + i).find_map(|at| match text[at..] {
        [b'"', b'"', b'"', ..] => Some((at, &b"\"\"\""[..])),
        [b'\'', b'\'', b'\'', ..] => Some((at, &b"'''"[..])),
        _ => None,
    })
}

/// Returns whether a block starts after this text.
fn is_head_of_block(before: &[u8]) -> bool {
    let prefix = before.iter().rev().take_while(|b| b"rRuU".contains(b)).count();
    let before = &before[..before.len() - prefix];
    // Only white space may precede it on its line, so the walk ends at the first other byte.
    let space = before.iter().rev().take_while(|b| **b != b'\n' && b.is_ascii_whitespace()).count();
    let line = before.len() - space;
    if !matches!(before[..line].last(), None | Some(b'\n')) {
        return false;
    }
    let code = before[..line].rsplit(|b| *b == b'\n').map(|line| {
        let end = memchr::memchr(b'#', line).unwrap_or(line.len());
        line[..end].trim_ascii()
    });
    match code.into_iter().find(|line| !line.is_empty()) {
        None => true,
        // A dictionary key ends in a colon as well.
        Some(line) => line.ends_with(b":") && !matches!(line, [b'"' | b'\'', ..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The reference implementation: decides by the whole line before it.
    fn plain_head(before: &[u8]) -> bool {
        let prefix = before.iter().rev().take_while(|b| b"rRuU".contains(b)).count();
        let before = &before[..before.len() - prefix];
        let line = memchr::memrchr(b'\n', before).map_or(0, |i| i + 1);
        let mut code = before[..line].rsplit(|b| *b == b'\n').map(|line| {
            let end = memchr::memchr(b'#', line).unwrap_or(line.len());
            line[..end].trim_ascii()
        });
        let above = code.find(|line| !line.is_empty());
        let is_block = |line: &[u8]| line.ends_with(b":") && !matches!(line, [b'"' | b'\'', ..]);
        before[line..].trim_ascii().is_empty() && above.is_none_or(is_block)
    }

    proptest! {
        #[test]
        fn the_head_of_a_block_is_found_as_from_whole_lines(before in "[a:# \t\r\nru\"']{0,30}") {
            prop_assert_eq!(is_head_of_block(before.as_bytes()), plain_head(before.as_bytes()));
        }

        #[test]
        fn a_place_in_a_docstring_is_found_as_by_a_look_at_each(steps in prop::collection::vec((0usize..4, 1usize..6), 0..8)) {
            let next = |end: &mut usize, (gap, length): (usize, usize)| {
                let start = *end + gap;
                *end = start + length;
                Some(start..*end)
            };
            let all: Vec<_> = steps.into_iter().scan(0, next).collect();
            for at in 0..80 {
                prop_assert_eq!(contain(&all, at), all.iter().any(|d| d.contains(&at)));
            }
        }
    }

    fn found(text: &str) -> Vec<&str> {
        docstrings(text.as_bytes()).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn the_string_at_the_head_of_a_block_is_a_docstring() {
        for text in [
            "\"\"\"a\"\"\"\nx = 1\n",
            "#!/usr/bin/python\n# coding: utf-8\n\n\"\"\"a\"\"\"\n",
            "def f(x):\n    \"\"\"a\"\"\"\n    return x\n",
            "class A(\n    B,\n):  # a class\n\n    \"\"\"a\"\"\"\n",
        ] {
            assert_eq!(found(text), ["\"\"\"a\"\"\""], "{text}");
        }
        assert_eq!(found("def f():\n    r'''a \"b\"\n    '''\n"), ["'''a \"b\"\n    '''"]);
    }

    #[test]
    fn a_string_that_is_a_value_is_not_a_docstring() {
        for text in [
            "x = \"\"\"a\"\"\"",
            "import a\n\"\"\"a\"\"\"",
            "f(\n  \"\"\"a\"\"\"\n)",
            "x = {\n  'k':\n  \"\"\"a\"\"\"\n}",
            "def f():\n    return \"\"\"a\"\"\"",
            "\"\"\"never closed",
            "def f():\n    x = '''\n    a:\n    '''\n",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
