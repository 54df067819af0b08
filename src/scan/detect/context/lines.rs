//! The lines around a place that belong to it: neighbours, a command continued over lines, a tag that starts above.

use crate::scan::extract::assign;
use crate::text::lang::Lang;
use crate::text::line;
use std::ops::Range;

/// Bytes of a neighbouring line that are read.
const NEAR_REACH: usize = 2 << 10;
/// Most lines of a command.
const COMMAND_LINES: usize = 12;

/// The line that contains `at`, cut if it is long.
pub(super) fn line_of(text: &[u8], at: usize) -> Range<usize> {
    line::around(text, at, NEAR_REACH)
}

/// The start of the line above the one that starts at `start`.
fn line_above(text: &[u8], start: usize) -> usize {
    line::start(text, start - 1, NEAR_REACH - 1)
}

/// The end of the line after the one that ends at `end`.
pub(super) fn next_line(text: &[u8], end: usize) -> usize {
    if text.get(end) != Some(&b'\n') {
        return end;
    }
    let to = text.len().min(end + NEAR_REACH);
    memchr::memchr(b'\n', &text[end + 1..to]).map_or(to, |i| end + 1 + i)
}

/// Extends a window by the lines that a command continues on, and by those above on which a tag starts.
pub(super) fn continued(text: &[u8], lang: Lang, window: Range<usize>) -> Range<usize> {
    let Range { mut start, mut end } = window;
    if matches!(lang, Lang::Xml | Lang::Html)
        && let Some(open) = assign::tag(text, start)
    {
        start = line_of(text, open).start;
    }
    // Of a shell, PowerShell, and Windows' own; a backtick may end something else, as in Markdown.
    let goes_on = |end: usize| {
        let line = text[..end].strip_suffix(b"\r").unwrap_or(&text[..end]);
        matches!(line, [.., b'\\'] | [.., b' ', b'`' | b'^'])
    };
    for _ in 0..COMMAND_LINES {
        if start < 2 || text[start - 1] != b'\n' || !goes_on(start - 1) {
            break;
        }
        start = line_above(text, start);
    }
    for _ in 0..COMMAND_LINES {
        if text.get(end) != Some(&b'\n') || !goes_on(end) {
            break;
        }
        end = next_line(text, end);
    }
    start..end
}

/// Extends a window by this many lines above and below.
pub(super) fn widen(text: &[u8], window: Range<usize>, lines: u8) -> Range<usize> {
    let Range { mut start, mut end } = window;
    for _ in 0..lines {
        if start > 0 && text[start - 1] == b'\n' {
            start = line_above(text, start);
        }
        end = next_line(text, end);
    }
    start..end
}
