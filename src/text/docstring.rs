//! Docstrings of Python: prose and examples about code, in the place where other languages have comments.

use std::ops::Range;

/// The docstrings of a module, from their first quotes to their last: strings in three quotes that stand alone at the
/// head of the file, or after the colon of a `def` or `class`. Any other such string is a value.
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

/// The next three quotes of one kind.
fn first_quotes(text: &[u8], from: usize) -> Option<(usize, &'static [u8])> {
    memchr::memchr2_iter(b'"', b'\'', &text[from..]).map(|i| from + i).find_map(|at| match text[at..] {
        [b'"', b'"', b'"', ..] => Some((at, &b"\"\"\""[..])),
        [b'\'', b'\'', b'\'', ..] => Some((at, &b"'''"[..])),
        _ => None,
    })
}

/// Does a block begin after this text?
fn is_head_of_block(before: &[u8]) -> bool {
    let prefix = before.iter().rev().take_while(|b| b"rRuU".contains(b)).count();
    let before = &before[..before.len() - prefix];
    let line = memchr::memrchr(b'\n', before).map_or(0, |i| i + 1);
    if !before[line..].trim_ascii().is_empty() {
        return false;
    }
    let code = before[..line].rsplit(|b| *b == b'\n').map(|line| {
        let end = memchr::memchr(b'#', line).unwrap_or(line.len());
        line[..end].trim_ascii()
    });
    match code.into_iter().find(|line| !line.is_empty()) {
        None => true,
        // The key of a dictionary ends in a colon as well.
        Some(line) => line.ends_with(b":") && !matches!(line, [b'"' | b'\'', ..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_string_that_is_a_value_is_none() {
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
