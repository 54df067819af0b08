//! Regex rules: each pattern is compiled on first use and run only on a window around its keywords.

use crate::rules::{self, Rule, Window};
use crate::scan::candidate::Candidate;
use crate::scan::deadline;
use crate::scan::prefilter::Hit;
use crate::text::line;
use regex::bytes::{Captures, Match, Regex};
use std::ops::Range;
use std::sync::OnceLock;

/// Bytes on both sides of the keyword that are read of a longer line.
const LINE_REACH: usize = 8 << 10;
/// Bytes from the keyword's line on that are read for a multi-line format.
const HUNK_REACH: usize = 32 << 10;

/// A pattern, compiled on first use.
#[derive(Debug, Default)]
pub(in crate::scan) struct LazyRegex(OnceLock<Regex>);

impl LazyRegex {
    fn get(&self, pattern: &str) -> &Regex {
        self.0.get_or_init(|| {
            rules::compile(pattern).expect("internal: patterns are compiled by the tests or on loading")
        })
    }
}

/// The matches of `rule` in the windows around `hits`, which all belong to this rule, in order.
pub(in crate::scan) fn matches(
    rule: &'static Rule,
    pattern: &str,
    regex: &LazyRegex,
    text: &[u8],
    hits: &[Hit],
) -> Vec<Candidate> {
    let mut out = Vec::new();
    for window in windows(rule.window, text, hits) {
        if deadline::is_up() {
            break;
        }
        if !rule.run().is_in(&text[window.clone()]) {
            continue;
        }
        let regex = regex.get(pattern);
        for found in regex.captures_iter(&text[window.clone()]).take_while(|_| !deadline::is_up()) {
            let (Some(whole), Some(secret)) = (found.get(0), secret(&found)) else {
                continue;
            };
            let shift = |r: Range<usize>| r.start + window.start..r.end + window.start;
            out.push(Candidate::new(rule, shift(secret.range()), shift(whole.range())));
        }
    }
    out
}

/// The secret in a match: the group of the branch that matched.
fn secret<'t>(found: &Captures<'t>) -> Option<Match<'t>> {
    let first = found.name("secret").filter(|m| !m.is_empty());
    first.or_else(|| (2..=9).find_map(|i| found.name(&format!("secret_{i}")).filter(|m| !m.is_empty())))
}

/// The windows of the hits, merged where they touch. A hit inside the last window only extends it, and of many such
/// hits the last one does, so that each byte is read once, however many hits a line has.
pub(in crate::scan) fn windows(kind: Window, text: &[u8], hits: &[Hit]) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    // The last hit inside of the last window that has not extended it yet.
    let mut inside = None;
    for hit in hits {
        let at = hit.at();
        if let Some(last) = out.last_mut() {
            if at >= last.end
                && let Some(inside) = inside.take()
            {
                last.end = extended(kind, text, inside, last.end);
            }
            if at < last.end {
                inside = Some(at);
                continue;
            }
        }
        let window = window(kind, text, at);
        match out.last_mut() {
            Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
            _ => out.push(window),
        }
    }
    if let Some((last, inside)) = out.last_mut().zip(inside) {
        last.end = extended(kind, text, inside, last.end);
    }
    out
}

/// The end of a window that ends at `end` once it includes the context of the hit at `at`, which lies in it.
fn extended(kind: Window, text: &[u8], at: usize, end: usize) -> usize {
    match kind {
        // No line ends between `at` and `end`.
        Window::Line => {
            let to = text.len().min(at + LINE_REACH);
            let behind = text.get(end..to).unwrap_or_default();
            memchr::memchr(b'\n', behind).map_or(end.max(to), |i| end + i)
        }
        Window::Hunk => end.max(text.len().min(at + HUNK_REACH)),
        Window::File => end,
    }
}

fn window(kind: Window, text: &[u8], at: usize) -> Range<usize> {
    match kind {
        Window::Line => line::around(text, at, LINE_REACH),
        Window::Hunk => line::start(text, at, LINE_REACH)..text.len().min(at + HUNK_REACH),
        Window::File => 0..text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The reference implementation: each window by itself, then merged.
    fn plain(kind: Window, text: &[u8], hits: &[Hit]) -> Vec<Range<usize>> {
        let mut out: Vec<Range<usize>> = Vec::new();
        for window in hits.iter().map(|hit| window(kind, text, hit.at())) {
            match out.last_mut() {
                Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
                _ => out.push(window),
            }
        }
        out
    }

    proptest! {
        #[test]
        fn windows_that_are_extended_are_those_that_are_made_one_by_one(
            lines in prop::collection::vec((prop::sample::select(vec![0usize, 3, 100, 5000, 9000, 20_000]), any::<bool>()), 1..8),
            hits in prop::collection::vec(0usize..60_000, 0..60),
        ) {
            let line = |(length, ends): &(usize, bool)| "x".repeat(*length) + if *ends { "\n" } else { "" };
            let text = lines.iter().map(line).collect::<String>().into_bytes();
            let mut hits: Vec<_> = hits.into_iter().filter(|at| *at < text.len()).map(|at| Hit::new(0, at)).collect();
            hits.sort_unstable();
            for kind in [Window::Line, Window::Hunk, Window::File] {
                prop_assert_eq!(windows(kind, &text, &hits), plain(kind, &text, &hits));
            }
        }
    }
}
