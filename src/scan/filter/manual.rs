//! Manuals of an interface: pages with a request and an answer for each call.

use crate::text::line;
use std::ops::Range;

/// Bytes before and after a value in which blocks are counted.
const AREA: usize = 32 << 10;
/// Bytes of a line that are read.
const REACH: usize = 400;
/// Marks of fences in that area: twenty blocks.
const MARKS: usize = 40;
/// Least lines of the value's own block: in a shorter one, people paste what they use.
const LINES: usize = 4;
/// Languages of requests and answers, as fences name them.
const LANGUAGES: [&[u8]; 5] = [b"json", b"jsonc", b"json5", b"javascript", b"js"];

/// Returns whether the value stands in an object of several lines, in a page with many blocks.
pub(super) fn is_in_object(text: &[u8], value: &Range<usize>) -> bool {
    let from = value.start.saturating_sub(AREA);
    let area = &text[from..text.len().min(value.end + AREA)];
    if [&b"```"[..], b"~~~"].iter().all(|mark| memchr::memmem::find_iter(area, mark).count() < MARKS) {
        return false;
    }
    let start = line::start(text, value.start, REACH);
    let end = line::end(text, value.end, REACH);
    let mut above = text[from..start].rsplit(|b| *b == b'\n').skip(1);
    let below = area[end - from..].split(|b| *b == b'\n').skip(1);
    let mut lines = 1 + below.take_while(|line| fence(line).is_none()).count();
    let mut first = &text[start..end];
    let language = above.find_map(|line| {
        let language = fence(line);
        if language.is_none() {
            lines += 1;
            first = line;
        }
        language
    });
    // A fence that names a language opens a block. A program in it may be the reader's own.
    lines >= LINES
        && matches!(first.trim_ascii_start(), [b'{' | b'[', ..])
        && language.is_some_and(|language| LANGUAGES.contains(&language))
}

/// What a line says behind the mark of a fence: the language where a block opens, nothing where it ends.
fn fence(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii();
    let rest = line.strip_prefix(b"```").or_else(|| line.strip_prefix(b"~~~"))?;
    rest.split(|b| *b == b' ').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(text: &str) -> bool {
        let at = text.find("VALUE").unwrap();
        is_in_object(text.as_bytes(), &(at..at + 5))
    }

    #[test]
    fn an_object_in_a_page_of_many_blocks_is_known_by_its_fences() {
        let many = "```sh\na\n```\n\nThen:\n\n".repeat(20);
        let block = "{\n  \"id\": 1,\n  \"key\": \"VALUE\"\n}\n";
        for open in ["```json", "```js title=a", "~~~json"] {
            assert!(is_in(&format!("{many}{open}\n{block}{}\n", &open[..3])));
            assert!(is_in(&format!("{open}\n{block}{}\n\n{many}", &open[..3])));
        }
        // Few blocks, between two blocks, a file of settings, and a line that somebody pasted.
        assert!(!is_in(&format!("```json\n{block}```\n")));
        assert!(!is_in(&format!("{many}{block}")));
        assert!(!is_in(&format!("{many}```yaml\na: 1\nb: 2\nc: 3\nkey: VALUE\n```\n")));
        assert!(!is_in(&format!("{many}```json\n{{\"key\": \"VALUE\"}}\n```\n")));
        assert!(!is_in(&format!("{many}```js\nconst a = new A({{\n  b: 1,\n  key: \"VALUE\"\n}});\n```\n")));
    }
}
