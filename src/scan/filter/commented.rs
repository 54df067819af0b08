//! Values in comments and messages, which show people how to call or to configure something.

use super::documented::names_this_machine;
use super::schema::COMMENTS;
use crate::text::line;
use crate::text::short::holds;

/// Bytes of a line, and before a value, that are read.
const REACH: usize = 400;

/// Why the value at `at` is shown and not used; `None` if no comment and no message says so. `is_program` is true for the file of a
/// program: settings in comments are often those of another machine.
pub(super) fn why_shown(text: &[u8], at: usize, name: &str, is_program: bool) -> Option<&'static str> {
    match () {
        () if is_program && is_among_stand_ins(text, at) => {
            Some("stands in a comment, among stand-ins for what its reader fills in")
        }
        () if is_program && is_told_for_this_machine(text, at) => {
            Some("stands in a comment, in a call to this machine")
        }
        () if is_program && is_in_fence(text, at) => Some("stands in a comment, in an example of code"),
        () if is_quoted_example(text, at) => Some("stands in a call that a text gives as an example"),
        () if !name.contains("secret") && is_called_publishable(text, at) => {
            Some("stands below a comment that calls it publishable")
        }
        () if is_example(text, at) => Some("stands in a comment, after words that call it an example"),
        () => None,
    }
}

/// Returns whether the line is a comment with an address of the local machine.
fn is_told_for_this_machine(text: &[u8], at: usize) -> bool {
    let line = &text[line::around(text, at, REACH)];
    line::is_comment(line, &COMMENTS) && names_this_machine(line)
}

/// Lines above a value in a comment in which a fence is looked for.
const FENCED: usize = 40;

/// Returns whether the value stands in a comment, in the fenced block of an example.
fn is_in_fence(text: &[u8], at: usize) -> bool {
    let own = line::around(text, at, REACH);
    let is_comment = |line: &&[u8]| line::is_comment(line, &COMMENTS);
    // What follows a fence: the language where it opens, nothing where it closes.
    let of_fence = |line: &[u8]| -> Option<bool> {
        let marks = line.iter().take_while(|b| b.is_ascii_whitespace() || b"/*#-!".contains(b)).count();
        let language = line[marks..].strip_prefix(b"```")?;
        Some(language.first().is_some_and(u8::is_ascii_alphabetic))
    };
    let above = text[own.start.saturating_sub(4 * REACH)..own.start].rsplit(|b| *b == b'\n').skip(1);
    let is_in = |line: &&[u8]| is_comment(line) || line.trim_ascii_start().starts_with(b"/*");
    is_comment(&&text[own]) && above.take(FENCED).take_while(is_in).find_map(of_fence) == Some(true)
}

/// Returns whether the value is in a call in backticks, behind `e.g.`, in a text for people.
fn is_quoted_example(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(REACH / 2)..at];
    let Some(eg) = memchr::memmem::rfind(before, b"e.g.") else { return false };
    let between = &before[eg..];
    let ticks = between.iter().filter(|b| **b == b'`').count();
    let called = between.rsplit(|b| *b == b'`').next().unwrap_or_default();
    ticks == 1 && called.contains(&b'(') && between.iter().filter(|b| **b == b'\n').count() <= 1
}

/// Returns whether a line speaks of publishable keys alone.
fn is_of_publishable(line: &[u8]) -> bool {
    holds(line, &[b"publishable"]) && !holds(line, &[b"secret key", b"private"])
}

/// Returns whether a comment at most three lines above the value calls it publishable.
fn is_called_publishable(text: &[u8], at: usize) -> bool {
    let near = &text[at.saturating_sub(REACH)..at];
    let mut lines =
        near.rsplit(|b| *b == b'\n').skip(1).take_while(|line| !line.trim_ascii().is_empty()).take(4);
    lines.any(|line| {
        (line::is_comment(line, &COMMENTS) || line.trim_ascii_start().starts_with(b"/*"))
            && is_of_publishable(&line.to_ascii_lowercase())
    })
}

/// Returns whether the line is a comment in which the words before the value call it an example:
/// `# -- MongoDB URI, eg mongodb://...`.
fn is_example(text: &[u8], at: usize) -> bool {
    let line = line::around(text, at, REACH);
    let before = text[line.start..at].to_ascii_lowercase();
    line::is_comment(&text[line], &COMMENTS)
        && holds(&before, &[b"e.g.", b" eg ", b"eg. ", b"for example", b"example:", b"for instance"])
}

/// Lines of a comment on both sides of a value that are read.
const BLOCK: usize = 6;

/// Returns whether the comment around the value assigns stand-ins to other names, as samples list what their reader has
/// to fill in: `# bucket = "your-bucket-name"`.
fn is_among_stand_ins(text: &[u8], at: usize) -> bool {
    let own = line::around(text, at, REACH);
    let is_comment = |line: &&[u8]| line::is_comment(line, &COMMENTS);
    if !is_comment(&&text[own.clone()]) {
        return false;
    }
    let above = text[own.start.saturating_sub(2 * REACH)..own.start].rsplit(|b| *b == b'\n').skip(1);
    let below = text[own.end..text.len().min(own.end + 2 * REACH)].split(|b| *b == b'\n').skip(1);
    above
        .take(BLOCK)
        .take_while(is_comment)
        .chain(below.take(BLOCK).take_while(is_comment))
        .any(assigns_stand_in)
}

/// Returns whether a line assigns a string that stands for the reader's own: `"your-bucket-name"`, `'<project>'`.
fn assigns_stand_in(line: &[u8]) -> bool {
    let Some(sign) = memchr::memchr2(b'=', b':', line) else { return false };
    let value = line[sign + 1..].trim_ascii_start();
    // `:=`
    let value = value.strip_prefix(b"=").unwrap_or(value).trim_ascii_start();
    let Some((quote @ (b'"' | b'\''), value)) = value.split_first() else { return false };
    let Some(end) = memchr::memchr(*quote, value) else { return false };
    let lower = value[..end].to_ascii_lowercase();
    lower.starts_with(b"your") || lower.starts_with(b"<") || holds(&lower, &[b"path/to/"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_in_a_comment_is_known_by_its_words() {
        let is = |text: &str| is_example(text.as_bytes(), text.find("VALUE").unwrap());
        assert!(is("# -- the address, eg VALUE") && is("// For example: VALUE"));
        assert!(!is("# address: VALUE") && !is("key: VALUE # e.g. this") && !is("e.g. VALUE"));
    }

    #[test]
    fn a_comment_that_lists_what_to_fill_in_is_known() {
        let among = |text: &str| is_among_stand_ins(text.as_bytes(), text.find("VALUE").unwrap());
        assert!(among("# bucket = \"your-bucket-name\"\n# key = \"VALUE\"\n"));
        assert!(among("// key := \"VALUE\"\n// file := \"local/path/to/file\"\n"));
        assert!(!among("# bucket = \"acme-media\"\n# key = \"VALUE\"\n"));
        assert!(!among("bucket = \"your-bucket-name\"\nkey = \"VALUE\"\n"));
        assert!(!among("# bucket = \"your-bucket-name\"\n\n# key = \"VALUE\"\n"));
    }
}
