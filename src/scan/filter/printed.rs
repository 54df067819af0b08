//! What programs print, in documentation: messages with their times, values that a command made.

use crate::scan::detect::generic::begins_with_time;
use crate::text::line;
use crate::text::short::holds;
use std::ops::Range;

/// Bytes of a line that are read.
const REACH: usize = 400;
/// Bytes around a value in which the block that contains it may begin and end.
const BLOCK: usize = 1200;
/// Bytes above a value in which fences are counted.
const FENCES: usize = 4 << 10;

/// Why a value in documentation is one that a program printed.
pub(super) fn why_shown(text: &[u8], value: &Range<usize>) -> Option<&'static str> {
    match () {
        () if is_generated_output(text, value) => {
            Some("stands in documentation, in the output of a program that generated it")
        }
        () if is_printed_by_command(text, value) => {
            Some("stands in documentation, which shows the command that printed it")
        }
        () if is_in_output(text, value.start) => Some("stands in documentation, in what a program printed"),
        () => None,
    }
}

/// Returns whether the line says behind a value that a program generated it: `Password=... # generated`.
fn is_generated_output(text: &[u8], value: &Range<usize>) -> bool {
    let rest = &text[value.end..line::end(text, value.end, REACH)];
    let rest = rest.trim_ascii_start().trim_ascii_end();
    matches!(rest.strip_prefix(b"#").map(<[u8]>::trim_ascii_start), Some(b"generated"))
}

/// Returns whether the fenced block around the value is what a program printed: one of its lines begins with a time.
fn is_in_output(text: &[u8], at: usize) -> bool {
    let is_fence = |line: &[u8]| {
        let line = line.trim_ascii_start();
        line.starts_with(b"```") || line.starts_with(b"~~~")
    };
    let end = line::start(text, at, REACH);
    if is_behind_block(text, end) {
        return false;
    }
    let above = text[end.saturating_sub(BLOCK)..end].rsplit(|b| *b == b'\n');
    let below = text[at..text.len().min(at + BLOCK)].split(|b| *b == b'\n').skip(1);
    let mut is_fenced = false;
    let mut above = above.take_while(|line| {
        is_fenced = is_fence(line);
        !is_fenced
    });
    let begins = |line: &[u8]| begins_with_time(line) || begins_with_level(line);
    let timed = above.any(begins);
    // Having met a time, the rest is read up to the fence.
    above.for_each(drop);
    is_fenced && (timed || below.take_while(|line| !is_fence(line)).any(begins))
}

/// Returns whether the fence above a line ends a block, as the fences above it tell: one that names a language opens a block.
fn is_behind_block(text: &[u8], end: usize) -> bool {
    let from = end.saturating_sub(FENCES);
    let lines = text[from..end].rsplit(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    let fences = lines.filter_map(|l| l.strip_prefix(b"```").or_else(|| l.strip_prefix(b"~~~")));
    let mut bare = 0;
    let is_named = fences.map(<[u8]>::is_empty).any(|is_bare| {
        bare += usize::from(is_bare);
        !is_bare
    });
    bare % 2 == usize::from(is_named) && (is_named || from == 0) && bare > 0
}

/// Returns whether a line is a message of a program with its level: `INFO:cephadm:Enabling ...`.
fn begins_with_level(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    [&b"INFO:"[..], b"DEBUG:", b"WARNING:", b"[INFO]", b"level=info"]
        .iter()
        .any(|level| line.starts_with(level))
}

/// Bytes before and after a value in which a command may have printed it.
const PRINTED: usize = 2 << 10;

/// Commands that print a random value.
const GENERATORS: [&[u8]; 7] =
    [b"openssl rand", b"urandom", b"uuidgen", b"pwgen", b"secrets.token", b"randomBytes", b"generate"];

/// Returns whether the same value is in another place a line of its own, below a command that prints a random one.
fn is_printed_by_command(text: &[u8], value: &Range<usize>) -> bool {
    let from = value.start.saturating_sub(PRINTED);
    let area = &text[from..text.len().min(value.end + PRINTED)];
    memchr::memmem::find_iter(area, &text[value.clone()]).map(|at| from + at).any(|at| {
        let start = line::start(text, at, REACH);
        let above = &text[line::start(text, start.saturating_sub(1), REACH)..start];
        text[start..at].trim_ascii().is_empty()
            && above.trim_ascii_start().starts_with(b"$ ")
            && holds(above, &GENERATORS)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Range<usize> {
        let at = text.find("VALUE").unwrap();
        at..at + 5
    }

    #[test]
    fn what_a_program_says_that_it_made_is_its_output() {
        let output = |text: &str| is_generated_output(text.as_bytes(), &place(text));
        assert!(output("* Password=VALUE # generated\n") && !output("* Password=VALUE # of staging\n"));
    }

    #[test]
    fn a_line_below_a_block_is_not_in_it() {
        let output = |text: &str| is_in_output(text.as_bytes(), text.find("VALUE").unwrap());
        for open in ["```", "```sh", "~~~"] {
            let close = &open[..3];
            assert!(output(&format!("{open}\n10:30:00 up\npassword: VALUE\n{close}\n")), "{open}");
            assert!(!output(&format!("{open}\nls\n{close}\n\n10:30:00 up\npassword: VALUE\n")), "{open}");
            let two = format!("{open}\nls\n{close}\n{open}\n10:30:00 up\npassword: VALUE\n{close}\n");
            assert!(output(&two), "{open}");
        }
    }

    #[test]
    fn what_a_command_of_the_same_page_printed_is_an_example() {
        let printed = |text: &str| is_printed_by_command(text.as_bytes(), &place(text));
        assert!(!printed("secret = VALUE\n"));
        let twice = |above: &str| format!("{above}\nVALUE -\n```\n\n```\nsecret = VALUE\n");
        assert!(printed(&twice("$ head -c 20 /dev/urandom | sha1sum")));
        assert!(!printed(&twice("$ cat token")) && !printed(&twice("Run openssl rand -hex 20 and take")));
    }
}
