//! The examples of schemas: below a key `example`, in an annotation, behind the tag of a comment.

use crate::scan::candidate::Candidate;
use crate::text::line;
use crate::text::short::holds;

/// Bytes of a line, or of a comment, that are read.
const REACH: usize = 400;

/// Marks of a comment's line in settings.
const OF_SETTINGS: [&[u8]; 2] = [b"#", b"//"];

/// Marks of a comment's line in programs.
pub(super) const COMMENTS: [&[u8]; 4] = [b"#", b"//", b"*", b"--"];

/// Why a value is shown and not used: it is the example of a schema.
pub(super) fn why_shown(text: &[u8], c: &Candidate) -> Option<&'static str> {
    let at = c.secret.start;
    (is_example(text, at) || is_in_example_tag(text, at)).then_some("stands where a schema gives an example")
}

/// Returns whether the value is in a comment, below its `@example` tag.
fn is_in_example_tag(text: &[u8], at: usize) -> bool {
    let near = &text[at.saturating_sub(2 * REACH)..at];
    let lines = near.rsplit(|b| *b == b'\n').map(<[u8]>::trim_ascii_start);
    let mut is_in_other_tag = false;
    for line in lines {
        let says = holds(line, &[b"@example"]);
        match line {
            // The line that opens the comment; another tag may have followed.
            [b'/', b'*', ..] => return says && !is_in_other_tag,
            [b'*', ..] | [b'#', ..] | [b'/', b'/', ..] if says => return true,
            [b'*', rest @ ..] => is_in_other_tag |= rest.trim_ascii_start().starts_with(b"@"),
            [b'#', ..] | [b'/', b'/', ..] => {}
            _ => return false,
        }
    }
    false
}

/// Lines above a value in which its parent key is searched.
const LINES: usize = 512;

/// Returns whether the value is below a key `example` or `examples`, as in OpenAPI and JSON Schema.
fn is_example(text: &[u8], at: usize) -> bool {
    let own = line::around(text, at, REACH);
    if names_example(&text[own.start..at]) || is_in_long_example(&text[..own.start]) {
        return true;
    }
    let (mut depth, mut is_item) = depth(&text[own.clone()]);
    let in_comment = line::is_comment(&text[own.clone()], &COMMENTS);
    let mut end = own.start;
    for _ in 0..LINES {
        if end == 0 || depth == 0 && !is_item {
            return false;
        }
        let above = line::around(text, end - 1, REACH);
        end = above.start;
        let said = &text[above];
        // A comment is a parent only in a schema that is a comment as a whole.
        if said.trim_ascii().is_empty() || !in_comment && line::is_comment(said, &OF_SETTINGS) {
            continue;
        }
        let (its_depth, item) = self::depth(said);
        if its_depth < depth || its_depth == depth && is_item && !item {
            (depth, is_item) = (its_depth, item);
            if names_example(said) {
                return true;
            }
        }
    }
    false
}

/// Bytes before a string in which the annotation that has it may begin.
const ANNOTATION: usize = 240;

/// Bytes before a value in which the string that contains it may begin.
const LONG_STRING: usize = 8 << 10;

/// Returns whether the last string of several lines that begins before is one of a key `example`: `Example = '''`.
fn is_in_long_example(before: &[u8]) -> bool {
    let marks = [&b"\"\"\""[..], b"'''"];
    let near = &before[before.len().saturating_sub(LONG_STRING)..];
    let last = marks.iter().filter_map(|mark| memchr::memmem::rfind(near, mark)).max();
    last.is_some_and(|at| {
        let line = line::around(near, at, REACH);
        let before = &near[line.start..at];
        // A string that begins on the same line ends here.
        !holds(before, &marks) && (names_example(before) || is_of_ansible(before))
            || holds(&near[at.saturating_sub(ANNOTATION)..at], &[b"@ExampleObject("])
    })
}

/// Returns whether the line begins one of the strings in which a module of Ansible documents itself.
fn is_of_ansible(line: &[u8]) -> bool {
    [&b"EXAMPLES = "[..], b"RETURN = ", b"DOCUMENTATION = "].iter().any(|name| line.starts_with(name))
}

/// The indentation of a line, and whether it is a list item.
fn depth(line: &[u8]) -> (usize, bool) {
    let blanks = line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    (blanks, line.get(blanks) == Some(&b'-'))
}

/// Returns whether part of a line has a key `example` or `examples`, with its separator.
fn names_example(line: &[u8]) -> bool {
    memchr::memmem::find_iter(line, b"xample").filter(|at| *at > 0).any(|at| {
        let before = at.checked_sub(2).map(|i| line[i]);
        let rest = &line[at + 6..];
        let rest = rest.strip_prefix(b"s").unwrap_or(rest);
        let rest = rest.strip_prefix(b"\"").or(rest.strip_prefix(b"'")).unwrap_or(rest).trim_ascii_start();
        // `x-examples` is an extension.
        let is_key = line[..at - 1].ends_with(b"x-")
            || before.is_none_or(|b| matches!(b, b' ' | b'\t' | b'"' | b'\'' | b'(' | b'{' | b','));
        line[at - 1].eq_ignore_ascii_case(&b'e') && matches!(rest, [b':' | b'=', ..]) && is_key
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn example(text: &str) -> bool {
        is_example(text.as_bytes(), text.find("VALUE").unwrap())
    }

    #[test]
    fn the_example_of_a_schema_is_known_by_the_key_above_it() {
        for text in [
            "token:\n  type: string\n  example: VALUE\n",
            "token:\n  examples:\n    - 'VALUE'\n",
            "token:\n  examples:\n  - VALUE\n",
            "{\"token\": {\"type\": \"string\", \"examples\": [\"Bearer VALUE\"]}}",
            "example:\n  user: a\n  auth:\n    token: VALUE\n",
            "@Schema(example = \"VALUE\")",
            "Token:\n  x-examples:\n    create:\n      token: VALUE\n",
            "examples:\n  Example:\n    value:\n      - a\n      - token: VALUE\n",
            "Field(None, example=\"VALUE\")",
            "@ExampleObject(\n  name = 'x',\n  value = '''{\n  \"token\": \"VALUE\"}''')",
            "EXAMPLES = r\"\"\"\n- name: a\n  token: VALUE\n\"\"\"\n",
            "Name = 'x'\nExample = '''\nX_USER=a \\\nX_TOKEN=VALUE \\\nrun\n'''\n",
        ] {
            assert!(example(text), "{text}");
        }
        for text in [
            "example: a\ntoken: VALUE\n",
            "auth:\n  example: a\n  token: VALUE\n",
            "examples:\n  - a\ntoken:\n  VALUE\n",
            "# for example: x\ntoken: VALUE",
            "env:\n# example: see the wiki\n  token: VALUE\n",
            "def f():\n    \"\"\"Example: f(1).\"\"\"\n\ntoken = 'VALUE'\n",
            "url: https://example.com\n  token: VALUE\n",
            "Example = '''\nX_USER=a\n'''\ntoken = 'VALUE'\n",
        ] {
            assert!(!example(text), "{text}");
        }
    }

    #[test]
    fn a_value_below_the_example_tag_of_a_comment_is_known() {
        let tagged = |text: &str| is_in_example_tag(text.as_bytes(), text.find("VALUE").unwrap());
        assert!(tagged("/**\n * Does it.\n * @example\n * ```ts\n * run({ token: 'VALUE' });\n"));
        assert!(tagged("# @example\n#   run(token: 'VALUE')\n"));
        assert!(!tagged("/**\n * @example\n * run()\n */\nconst token = 'VALUE';\n"));
        assert!(!tagged("/**\n * Our token: VALUE\n"));
        assert!(tagged("/** @example {\n *   token: 'VALUE'\n * } */\n"));
        assert!(!tagged("/** @example f()\n * @internal\n *   token: 'VALUE'\n */\n"));
    }
}
