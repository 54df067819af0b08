//! Windows over a large text: the memory of a scan beside the text grows with a window, not with the text.
//!
//! A window has a core and a margin on either side. A finding belongs to the window whose core contains its first
//! byte, so none is lost or reported twice, and each is scanned with at least a margin of text around it. A text
//! that fits in one window is scanned as a whole.

use super::candidate::Candidate;
use std::ops::Range;

/// Bytes of a core. Hits and views take up to 17 times as much memory.
const CORE: usize = 4 << 20;
/// Bytes of text on either side of a core: more than any pattern, wrapped block or stretch needs.
const MARGIN: usize = 256 << 10;
/// Bytes before the end of a core in which a newline is searched.
const NEWLINE: usize = 64 << 10;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// The range that is scanned.
    pub(super) all: Range<usize>,
    /// The range of starts of this window's findings.
    pub(super) core: Range<usize>,
}

/// The windows of a text, in order. Their cores cover the text, and the last one extends beyond its end: a finding
/// may start there. They are about equally long, so that threads share the work.
pub(super) fn of(text: &[u8]) -> Vec<Window> {
    let count = text.len().saturating_sub(MARGIN).div_ceil(CORE).max(1);
    cut(text, text.len().div_ceil(count).min(CORE), MARGIN, NEWLINE).collect()
}

fn cut(text: &[u8], core: usize, margin: usize, newline: usize) -> impl Iterator<Item = Window> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let end = match text.len() - start {
            left if left <= core + margin => usize::MAX,
            _ => line_start(text, start + core, newline),
        };
        next = (end < usize::MAX).then_some(end);
        // A window starts at the start of a line, as a text does.
        let from = if start > margin { line_start(text, start - margin, newline) } else { 0 };
        let to = text.len().min(end.saturating_add(margin));
        Some(Window { all: from..to, core: start..end })
    })
}

/// The start of the last line that starts before `at` and within reach; else `at`.
fn line_start(text: &[u8], at: usize, reach: usize) -> usize {
    let from = at.saturating_sub(reach);
    memchr::memrchr(b'\n', &text[from..at]).map_or(at, |i| from + i + 1)
}

/// Moves a window's candidate to its place in the whole text; `None` if it belongs to another window.
pub(super) fn of_window(mut c: Candidate, window: &Window) -> Option<Candidate> {
    let by = window.all.start;
    for range in [&mut c.secret, &mut c.whole] {
        *range = range.start + by..range.end + by;
    }
    window.core.contains(&c.secret.start).then_some(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Finding, RepoPath, Source, SourceKind};
    use crate::rules::RuleSet;
    use crate::scan::template::expand;
    use crate::scan::{Engine, Fragment, Options, Spent};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cores_are_the_text_in_order_and_every_window_has_its_margins(
            text in prop::collection::vec(prop_oneof![9 => Just(b'a'), 1 => Just(b'\n')], 0..400),
            core in 10usize..60,
        ) {
            let (margin, newline) = (8, 4);
            let all: Vec<Window> = cut(&text, core, margin, newline).collect();
            prop_assert_eq!(all[0].core.start, 0);
            prop_assert_eq!(all[all.len() - 1].core.end, usize::MAX);
            for pair in all.windows(2) {
                prop_assert_eq!(pair[0].core.end, pair[1].core.start);
            }
            for w in &all {
                prop_assert!(w.all.start + margin <= w.core.start || w.all.start == 0);
                prop_assert!(w.all.end == text.len() || w.all.end >= w.core.end + margin);
                prop_assert!(w.all.len() <= core + 2 * margin + newline);
            }
        }
    }

    #[test]
    fn windows_are_no_longer_than_they_may_be_and_about_alike() {
        for (length, count) in
            [(0, 1), (CORE + MARGIN, 1), (CORE + MARGIN + 1, 2), (4_800_000, 2), (3 * CORE, 3)]
        {
            let text = vec![b'a'; length];
            let all = of(&text);
            assert_eq!(all.len(), count, "{length}");
            let cores: Vec<usize> = all.iter().map(|w| w.core.end.min(length) - w.core.start).collect();
            assert!(
                cores.iter().all(|c| *c <= CORE + MARGIN && *c + MARGIN >= cores[0]),
                "{length}: {cores:?}"
            );
        }
    }

    fn scan(text: &[u8]) -> Vec<Finding> {
        let source = Source::new(SourceKind::File, RepoPath::new("a.txt"));
        Engine::new(&RuleSet::builtin(), Options::default()).scan(&Fragment { source, bytes: text.into() })
    }

    #[test]
    fn a_key_at_the_edge_of_a_window_is_found_once_at_its_line_and_column() {
        let key = expand("pk_${hex-lower:34}", 7).unwrap();
        for separator in ["\n", " "] {
            // Two bytes per character: columns count characters.
            let filler = format!("{}{separator}", "é".repeat(39)).repeat((CORE + 2 * MARGIN) / 79 + 1);
            for shift in [0, 2, 4] {
                // Before the cut, across it, and after it.
                let mut at = of(filler.as_bytes())[1].core.start - 40 + 20 * shift;
                while !filler.is_char_boundary(at) {
                    at += 1;
                }
                let text = format!("{} {key} {}", &filler[..at], &filler[at..]);
                let found = scan(text.as_bytes());
                assert_eq!(found.len(), 1, "{separator:?} {shift}");
                let before = &text[..text.find(&key).unwrap()];
                let (line, last) = (before.lines().count(), before.rsplit('\n').next().unwrap());
                let place = &found[0].location;
                assert_eq!((place.line, place.column), (line as u32, last.chars().count() as u32 + 1));
                assert_eq!(&text.as_bytes()[place.bytes.clone()], key.as_bytes());
            }
        }
    }

    #[test]
    fn every_key_of_a_large_text_is_found_once_and_in_order() {
        let keys: Vec<String> = (0..300).map(|i| expand("pk_${hex-lower:34}", i).unwrap()).collect();
        let text: String =
            keys.iter().map(|k| format!("{}\nkey={k}\n", "lorem ipsum ".repeat(4_000))).collect();
        assert!(text.len() > 3 * CORE);
        let found: Vec<Vec<u8>> =
            scan(text.as_bytes()).into_iter().map(|f| text.as_bytes()[f.location.bytes].to_vec()).collect();
        assert_eq!(found, keys.iter().map(|k| k.as_bytes().to_vec()).collect::<Vec<_>>());
    }

    #[test]
    fn compressed_content_that_a_window_cuts_is_read_to_its_end() {
        use std::io::Write;
        let key = expand("pk_${hex-lower:34}", 7).unwrap();
        // Numbers hardly compress; the key is the last of it.
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        for n in 0..200_000u32 {
            writeln!(packed, "{:08x}", n.wrapping_mul(2_654_435_761)).unwrap();
        }
        writeln!(packed, "key={key}").unwrap();
        let run = data_encoding::BASE64.encode(&packed.finish().unwrap());
        let lines: Vec<&str> = run.as_bytes().chunks(76).map(|l| std::str::from_utf8(l).unwrap()).collect();
        for block in [run.clone(), lines.join("\n")] {
            assert!(block.len() > 2 * MARGIN, "{}", block.len());
            let filler = "lorem ipsum dolor sit amet\n".repeat(6 << 20 >> 5);
            // It begins shortly before a core ends.
            let at = of(&vec![b'a'; filler.len() + block.len()])[0].core.end - 20_000;
            let at = line_start(filler.as_bytes(), at, NEWLINE);
            let text = format!("{}{block}\n{}", &filler[..at], &filler[at..]);
            assert!(of(text.as_bytes())[0].all.end < at + block.len());
            let found = scan(text.as_bytes());
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].location.bytes.start, at);
        }
    }

    #[test]
    fn more_findings_than_are_kept_are_said_to_be_unread() {
        let key = expand("pk_${hex-lower:34}", 7).unwrap();
        let text = format!("{key}\n").repeat(330_000);
        let source = Source::new(SourceKind::File, RepoPath::new("a.txt"));
        let engine = Engine::new(&RuleSet::builtin(), Options::default());
        let scanned = engine.scan_within(&Fragment { source, bytes: text.as_bytes().into() });
        assert_eq!(scanned.unread, Some(Spent::Findings));
        assert!(scanned.findings.len() < 330_000);
    }
}
