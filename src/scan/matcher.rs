//! Regex rules: each pattern compiled on first need and run only on a window around its keywords.

use super::candidate::Candidate;
use super::prefilter::Hit;
use crate::rules::{self, Rule, Window};
use crate::text::line;
use regex::bytes::{Captures, Match, Regex};
use std::ops::Range;
use std::sync::OnceLock;

/// Of a longer line, so many bytes on both sides of the keyword are looked at.
const LINE_REACH: usize = 8 << 10;
/// Of a shape of many lines, so many bytes from the keyword's line on.
const HUNK_REACH: usize = 32 << 10;

/// A pattern, compiled when it is first needed.
#[derive(Debug, Default)]
pub(super) struct LazyRegex(OnceLock<Regex>);

impl LazyRegex {
    fn get(&self, pattern: &str) -> &Regex {
        self.0.get_or_init(|| {
            rules::compile(pattern).expect("internal: patterns are compiled by the tests or on loading")
        })
    }
}

/// The matches of `rule` in the windows around `hits`, which are all this rule's, in order.
pub(super) fn matches(
    rule: &'static Rule,
    pattern: &str,
    regex: &LazyRegex,
    text: &[u8],
    hits: &[Hit],
) -> Vec<Candidate> {
    let mut out = Vec::new();
    for window in windows(rule.window, text, hits) {
        if !rule.run().is_in(&text[window.clone()]) {
            continue;
        }
        let regex = regex.get(pattern);
        for found in regex.captures_iter(&text[window.clone()]) {
            let (Some(whole), Some(secret)) = (found.get(0), secret(&found)) else {
                continue;
            };
            let shift = |r: Range<usize>| r.start + window.start..r.end + window.start;
            out.push(Candidate::new(rule, shift(secret.range()), shift(whole.range())));
        }
    }
    out
}

/// What is secret in a match: the group of the branch that matched.
fn secret<'t>(found: &Captures<'t>) -> Option<Match<'t>> {
    let first = found.name("secret").filter(|m| !m.is_empty());
    first.or_else(|| (2..=9).find_map(|i| found.name(&format!("secret_{i}")).filter(|m| !m.is_empty())))
}

/// The line windows of the hits, merged where they touch.
pub(super) fn windows(kind: Window, text: &[u8], hits: &[Hit]) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for hit in hits {
        if let Some(last) = out.last()
            && kind == Window::Line
            && hit.at() < last.end
            && (last.end - hit.at() >= LINE_REACH || text.get(last.end).is_none_or(|b| *b == b'\n'))
        {
            continue;
        }
        let window = window(kind, text, hit.at());
        match out.last_mut() {
            Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
            _ => out.push(window),
        }
    }
    out
}

fn window(kind: Window, text: &[u8], at: usize) -> Range<usize> {
    match kind {
        Window::Line => line::around(text, at, LINE_REACH),
        Window::Hunk => line::start(text, at, LINE_REACH)..text.len().min(at + HUNK_REACH),
        Window::File => 0..text.len(),
    }
}
