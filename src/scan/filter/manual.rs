//! Manuals: pages that consist of blocks of code, which their author wrote to be read.

use crate::text::line;
use std::ops::Range;

/// Bytes before and after a value in which blocks are counted.
const AREA: usize = 32 << 10;
/// Bytes of a line that are read.
const REACH: usize = 400;
/// Marks of fences in that area: ten blocks.
const MARKS: usize = 20;
/// Least lines of the value's own block: in a shorter one, people paste what they use.
const LINES: usize = 4;

/// Returns whether the value stands in a block of several lines, in a page with many such blocks.
pub(super) fn is_in_block(text: &[u8], value: &Range<usize>) -> bool {
    let from = value.start.saturating_sub(AREA);
    let start = line::start(text, value.start, REACH);
    let end = line::end(text, value.end, REACH);
    let above = || text[from..start].rsplit(|b| *b == b'\n').skip(1);
    let below = || text[end..text.len().min(value.end + AREA)].split(|b| *b == b'\n').skip(1);
    let marks = above().chain(below()).filter(|line| fence(line).is_some()).count();
    let lines = 1
        + above().take_while(|line| fence(line).is_none()).count()
        + below().take_while(|line| fence(line).is_none()).count();
    marks >= MARKS && lines >= LINES && is_open(above().filter_map(fence), from == 0)
}

/// Returns whether a block is open behind these fences, the nearest first. `is_all` says that there are no more above.
fn is_open<'t>(mut above: impl Iterator<Item = &'t [u8]>, is_all: bool) -> bool {
    // A fence that names a language opens a block, so each one behind it closes or opens in turn.
    let mut bare = 0;
    let named = above.by_ref().find(|info| {
        bare += usize::from(info.is_empty());
        !info.is_empty()
    });
    match named {
        Some(_) => bare % 2 == 0,
        None => is_all && bare % 2 == 1,
    }
}

/// What a line says behind the mark of a fence: the language where a block opens, nothing where it ends.
fn fence(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii();
    line.strip_prefix(b"```").or_else(|| line.strip_prefix(b"~~~"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(text: &str) -> bool {
        let at = text.find("VALUE").unwrap();
        is_in_block(text.as_bytes(), &(at..at + 5))
    }

    #[test]
    fn a_block_of_a_page_with_many_is_known_by_its_fences() {
        let many = |open: &str| format!("{open}\na\n```\n\nThen:\n\n").repeat(10);
        let block = "{\n  \"id\": 1,\n  \"key\": \"VALUE\"\n}\n";
        for open in ["```json", "~~~json"] {
            let many = many("```sh");
            assert!(is_in(&format!("{many}{open}\n{block}{}\n", &open[..3])));
            assert!(is_in(&format!("{open}\n{block}{}\n\n{many}", &open[..3])));
        }
        assert!(is_in(&format!("{}```\n{block}```\n", many("```"))), "from the page's start");
        // Few blocks, between two blocks, and a line that somebody pasted.
        assert!(!is_in(&format!("```json\n{block}```\n")));
        assert!(!is_in(&format!("{}{block}", many("```sh"))));
        assert!(!is_in(&format!("{}{block}", many("```"))));
        assert!(!is_in(&format!("{}```sh\nkey=VALUE\n```\n", many("```sh"))));
    }
}
