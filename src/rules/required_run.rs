//! The required run: a minimum number of consecutive bytes of one set that every match of a rule contains.
//!
//! `\b(?P<secret>xk_[0-9a-f]{32})\b` matches nothing in a line without 32 consecutive bytes of `0-9a-f`.
//! Searching for such a run is nearly free; compiling the pattern takes a tenth of a millisecond. Few lines
//! that contain only the keyword contain the run too.
//!
//! Pure: `build.rs` derives it for the catalogue, the library for user rules.

use super::literals;
use regex_syntax::hir::{Class, Hir, HirKind};
use std::ops::Range;

/// At least `least` consecutive bytes, each in `set`. Every text contains an empty run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// One bit for each byte value.
    pub set: [u64; 4],
    /// Minimum number of consecutive bytes.
    pub least: u16,
}

/// Longest run, in bytes; longer runs select no better and may exceed a window.
const MOST: usize = 64;

impl Run {
    /// The empty run, which every text contains.
    pub const NONE: Run = Run { set: [0; 4], least: 0 };

    /// A run of these bytes.
    pub fn of(bytes: impl IntoIterator<Item = u8>, least: usize) -> Run {
        let mut set = [0; 4];
        bytes.into_iter().for_each(|b| set[usize::from(b / 64)] |= 1 << (b % 64));
        Run { set, least: least.min(MOST) as u16 }
    }

    /// The most selective run of a pattern (bytes, ASCII classes), or `NONE` if it does not parse.
    pub fn of_pattern(pattern: &str) -> Run {
        literals::parse(pattern).map_or(Run::NONE, |hir| best(&hir))
    }

    fn contains(&self, b: u8) -> bool {
        self.set[usize::from(b / 64)] >> (b % 64) & 1 == 1
    }

    /// Returns whether the text contains such a run.
    pub fn is_in(&self, text: &[u8]) -> bool {
        let least = usize::from(self.least);
        if least == 0 {
            return true;
        }
        self.find(text, 0).is_ok()
    }

    /// The start of the first run at or after `from`; otherwise, as an error, the first place where one could
    /// start if more text followed.
    fn find(&self, text: &[u8], mut from: usize) -> Result<usize, usize> {
        // As far as is known, the bytes from `from` on belong to the current run.
        while let Some(window) = text.get(from..from + usize::from(self.least)) {
            match window.iter().rposition(|b| !self.contains(*b)) {
                None => return Ok(from),
                Some(other) => from += other + 1,
            }
        }
        Err(from)
    }

    /// Searches for the run in windows of one text.
    pub fn cursor<'t>(&self, text: &'t [u8]) -> Cursor<'t> {
        Cursor { run: *self, text, start: 0, from: 0, found: false }
    }

    /// The run of two parts that follow each other directly.
    fn then(self, next: Run) -> Run {
        Run { set: union(self.set, next.set), least: (self.least + next.least).min(MOST as u16) }
    }

    /// The run that is present if either of two is.
    fn or(self, other: Run) -> Run {
        Run { set: union(self.set, other.set), least: self.least.min(other.least) }
    }

    /// How selective it is: its length times the bits by which the set narrows each byte.
    fn weight(&self) -> f32 {
        let size: u32 = self.set.iter().map(|w| w.count_ones()).sum();
        f32::from(self.least) * (100.0 / size.max(1) as f32).log2().max(0.0)
    }
}

/// A search for a run in windows of one text. If the windows move forward, each byte is read once.
#[derive(Debug)]
pub struct Cursor<'t> {
    run: Run,
    text: &'t [u8],
    /// No run starts in `start..from`.
    start: usize,
    from: usize,
    /// True if a run starts at `from`.
    found: bool,
}

impl Cursor<'_> {
    /// Returns whether the window contains the run.
    pub fn is_in(&mut self, window: Range<usize>) -> bool {
        if window.start < self.start || window.start > self.from {
            (self.start, self.from, self.found) = (window.start, window.start, false);
        }
        if !self.found {
            let found = self.run.find(&self.text[..window.end], self.from);
            self.found = found.is_ok();
            self.from = found.unwrap_or_else(|from| from);
        }
        self.found && self.from + usize::from(self.run.least) <= window.end
    }
}

fn union(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    std::array::from_fn(|i| a[i] | b[i])
}

/// The whole match as a run: all bytes that it may have, and its minimum length.
fn whole(hir: &Hir) -> Run {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Run::NONE,
        HirKind::Literal(l) => Run::of(l.0.iter().copied(), l.0.len()),
        HirKind::Class(Class::Bytes(c)) => Run::of(c.iter().flat_map(|r| r.start()..=r.end()), 1),
        // Does not occur with Unicode off; treated as any byte.
        HirKind::Class(Class::Unicode(_)) => Run::of(0..=255, 1),
        HirKind::Repetition(r) => {
            let one = whole(&r.sub);
            Run { least: usize::from(one.least).saturating_mul(r.min as usize).min(MOST) as u16, ..one }
        }
        HirKind::Capture(c) => whole(&c.sub),
        HirKind::Concat(parts) => parts.iter().map(whole).fold(Run::NONE, Run::then),
        HirKind::Alternation(parts) => parts.iter().map(whole).reduce(Run::or).unwrap_or(Run::NONE),
    }
}

/// The most selective run inside every match.
fn best(hir: &Hir) -> Run {
    match hir.kind() {
        HirKind::Capture(c) => best(&c.sub),
        // Every match takes one of the branches.
        HirKind::Alternation(parts) => parts.iter().map(best).reduce(Run::or).unwrap_or(Run::NONE),
        HirKind::Repetition(r) if r.min > 0 => heavier(best(&r.sub), whole(hir)),
        HirKind::Concat(_) => {
            let mut parts = Vec::new();
            flatten(hir, &mut parts);
            let mut found = Run::NONE;
            for (i, part) in parts.iter().enumerate() {
                found = heavier(found, best(part));
                let mut run = Run::NONE;
                for next in &parts[i..] {
                    run = run.then(whole(next));
                    found = heavier(found, run);
                }
            }
            found
        }
        _ => whole(hir),
    }
}

fn heavier(a: Run, b: Run) -> Run {
    if b.weight() > a.weight() { b } else { a }
}

/// The parts of a concatenation, with groups inside it opened.
fn flatten<'a>(hir: &'a Hir, out: &mut Vec<&'a Hir>) {
    match hir.kind() {
        HirKind::Concat(parts) => parts.iter().for_each(|p| flatten(p, out)),
        HirKind::Capture(c) => flatten(&c.sub, out),
        _ => out.push(hir),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::literals::tests::patterns;
    use crate::rules::{Detector, RuleSet};
    use proptest::prelude::*;

    fn letters(run: &Run) -> String {
        (0..=255u8).filter(|b| run.contains(*b)).map(char::from).collect()
    }

    #[test]
    fn the_most_selective_run_is_taken_and_optional_parts_are_not_counted() {
        let run = Run::of_pattern(r"\b(?P<secret>xk_[0-9a-f]{32})\b");
        assert_eq!((run.least, letters(&run).as_str()), (32, "0123456789abcdef"));
        let run = Run::of_pattern(r"\b(?P<secret>xk_[0-9a-z]{9})\b");
        assert_eq!((run.least, run.contains(b'_')), (12, true));
        let run = Run::of_pattern(r"(?P<secret>ab(?:zz)?[0-9]{10,20})");
        assert_eq!((run.least, letters(&run).as_str()), (12, "0123456789abz"));
        let run = Run::of_pattern(r#"key\s*=\s*"(?P<secret>[A-Z]{20})""#);
        assert_eq!(run.least, 22);
        let run = Run::of_pattern("(?P<secret>[a-f]{30}|[0-9]{12})");
        assert_eq!((run.least, letters(&run).as_str()), (12, "0123456789abcdef"));
        assert_eq!(Run::of_pattern("(?P<secret>(?:[0-9a-f]{4}-){5})").least, 25);
        assert_eq!(Run::of_pattern("(?P<secret>").least, 0);
        assert_eq!(Run::of_pattern("(?i)(?P<secret>ab)"), Run::of(*b"abAB", 2));
    }

    #[test]
    fn nearly_every_pattern_of_the_catalogue_has_one() {
        let rules = RuleSet::builtin();
        let patterns = || rules.iter().filter(|r| matches!(r.detector, Detector::Regex(_)));
        let told = patterns().filter(|r| r.run().least >= 10).count();
        assert!(told * 10 > patterns().count() * 8, "{told} of {}", patterns().count());
    }

    const LEAVES: &[&str] = &["a", "bc", "[0-9]", "[a-d]{3}", "[a-z]{2,5}", "x?", "\\b", "-", "[^a]", "d*"];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn every_match_has_the_run(pattern in patterns(LEAVES), text in "[a-dx0-9-]{0,40}|[ -~]{0,40}") {
            let regex = crate::rules::compile(&pattern).unwrap();
            let run = Run::of_pattern(&pattern);
            for found in regex.find_iter(text.as_bytes()) {
                prop_assert!(run.is_in(found.as_bytes()), "{:?} {:?} {}", run, found, pattern);
            }
        }

        #[test]
        fn a_cursor_tells_of_each_window_what_a_look_at_it_does(
            text in "[ab ]{0,60}",
            windows in prop::collection::vec((0usize..60, 0usize..30), 0..20),
            forward: bool,
            least in 0usize..9,
        ) {
            let run = Run::of(*b"ab", least);
            let mut cursor = run.cursor(text.as_bytes());
            let within = |(start, length): (usize, usize)| start.min(text.len())..text.len().min(start + length);
            let mut windows: Vec<_> = windows.into_iter().map(within).collect();
            if forward {
                windows.sort_by_key(|w| (w.start, w.end));
            }
            for window in windows {
                prop_assert_eq!(cursor.is_in(window.clone()), run.is_in(&text.as_bytes()[window]));
            }
        }

        #[test]
        fn a_run_is_found_just_where_it_is(text in "[ab ]{0,60}", least in 0usize..9) {
            let run = Run::of(*b"ab", least);
            let there = text.split(' ').any(|w| w.len() >= least);
            prop_assert_eq!(run.is_in(text.as_bytes()), there || least == 0);
        }
    }
}
