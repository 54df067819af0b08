//! The engine: from a fragment to findings.

use super::candidate::{self, Candidate};
use super::decode::Budget;
use super::detect::files::Files;
use super::detect::generic::Surroundings;
use super::detect::pattern::LazyRegex;
use super::detect::{beside, context, generic, pattern};
use super::extract::request;
use super::prefilter::{self, Hit, Prefilter};
use super::windows;
use super::{Fragment, boundary, deadline, decode, filter, former, pairs};
use crate::finding::{Confidence, Evidence, Finding, Fingerprints, LineCounter, Lines, Salt, SourceKind};
use crate::reader::ReaderKind;
use crate::rules::{Detector, Rule, RuleSet, Validator, Window};
use crate::scan::scope::TextInfo;
use crate::secret::Secret;
use crate::text::encoding::{self, Encoding};
use crate::text::lang::Lang;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::OnceLock;

/// Options of an engine.
#[derive(Debug, Clone)]
pub struct Options {
    /// Layers of encoding that are decoded; 0 means none.
    pub decode_depth: u8,
    /// Mixed into fingerprints.
    pub salt: Salt,
    /// True to also return values that are probably not secret, with low confidence, so that their score can be
    /// shown.
    pub explain: bool,
    /// True to add what an earlier version would have reported.
    pub former: bool,
    /// Keep the lines that a finding stands on.
    pub lines: bool,
    /// What finds the keywords; both kinds find the same.
    pub reader: ReaderKind,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            decode_depth: 3,
            salt: Salt::default(),
            explain: false,
            former: false,
            lines: false,
            reader: ReaderKind::default(),
        }
    }
}

/// Scans fragments with a set of rules. Building one is cheap: automata and patterns are built on first use.
/// Threads share it by reference.
#[derive(Debug)]
pub struct Engine {
    rules: Vec<&'static Rule>,
    patterns: Vec<LazyRegex>,
    prefilter: Box<dyn Prefilter>,
    /// The generic rules, selected for the first text: reading every rule causes page faults.
    generic: OnceLock<generic::Rules>,
    /// The first rule with the keyword `basic `, looked up on first use.
    basic: OnceLock<Option<usize>>,
    /// The rules of files recognised by name.
    files: Files,
    fingerprints: Fingerprints,
    options: Options,
}

impl Engine {
    /// An engine for these rules.
    pub fn new(rules: &RuleSet, options: Options) -> Engine {
        let all = rules.as_slice().to_vec();
        Engine {
            patterns: all.iter().map(|_| LazyRegex::default()).collect(),
            prefilter: prefilter::of(&all, options.reader),
            generic: OnceLock::new(),
            basic: OnceLock::new(),
            files: Files::of(rules.of_files()),
            rules: all,
            fingerprints: Fingerprints::default(),
            options,
        }
    }

    /// The findings in a fragment, in order of place. They include values that are public by design, which the
    /// policy suppresses.
    pub fn scan(&self, fragment: &Fragment<'_>) -> Vec<Finding> {
        self.scan_within(fragment).findings
    }

    /// The same, and whether a budget left part of the fragment unread.
    pub fn scan_within(&self, fragment: &Fragment<'_>) -> Scanned {
        let (text, encoding) = encoding::decode(&fragment.bytes);
        let path = match fragment.source.kind {
            SourceKind::Image => Cow::Owned(fragment.source.path.member_as_folders()),
            _ => fragment.source.path.as_folders(),
        };
        let is_file = matches!(
            fragment.source.kind,
            SourceKind::Staged | SourceKind::Commit | SourceKind::File | SourceKind::Image
        );
        let lang = if is_file { Lang::of_path(&path) } else { Lang::Other };
        let scope = TextInfo {
            lang,
            path: &path,
            binary: encoding == Encoding::Binary,
            explain: self.options.explain,
            former: self.options.former,
        };
        let scan = |window: &windows::Window| self.window(&text, window, &scope, is_file);
        let windows = windows::of(&text);
        let (mut candidates, mut unread) = (Vec::new(), None);
        // A thread that waits for others takes more work, so only one that has no other shares its own.
        let at_once = if windows.len() > 1 && rayon::current_thread_index().is_none() { THREADS } else { 1 };
        'all: for some in windows.chunks(at_once) {
            let found = match some {
                [one] => vec![scan(one)],
                some => deadline::shared(some, scan),
            };
            for (found, is_spent) in found {
                if candidates.len() > MOST_FINDINGS {
                    unread = Some(Spent::Findings);
                    break 'all;
                }
                candidates.extend(found);
                unread = if is_spent { Some(Spent::Decoding) } else { unread };
            }
        }
        let mut lines = LineCounter::new(&text);
        let found = candidate::resolve(candidates).into_iter();
        let findings =
            pairs::join(found.map(|c| self.finding(c, &text, &mut lines, &scope, fragment)).collect());
        Scanned { findings, unread }
    }

    /// The candidates of a window, at their places in the text; and whether the budget for decoding was spent.
    fn window(
        &self,
        text: &[u8],
        window: &windows::Window,
        scope: &TextInfo<'_>,
        is_file: bool,
    ) -> (Vec<Candidate>, bool) {
        let part = &text[window.all.clone()];
        let mut budget = Budget::of(part.len());
        let mut found = self.candidates(part, scope, self.options.decode_depth, true, &mut budget);
        if is_file {
            let known =
                self.files.candidates(part, scope.path, scope.lang, window.all.start == 0).into_iter();
            found.extend(known.filter(|c| !filter::says_public(c, part, scope.path)));
        }
        (found.into_iter().filter_map(|c| of_window(c, window)).collect(), budget.is_spent())
    }

    /// Returns whether a file of this name is a secret as a whole, as `.env` may be.
    pub fn knows_by_name(&self, path: &[u8]) -> bool {
        self.files.known(path).is_some()
    }

    /// All matches, before any check.
    pub(super) fn matches(
        &self,
        text: &[u8],
        scope: &TextInfo<'_>,
        place: &Surroundings<'_>,
    ) -> Vec<Candidate> {
        self.matches_at(&self.prefilter.hits(text), text, scope, place)
    }

    /// All matches around these hits.
    fn matches_at(
        &self,
        hits: &[Hit],
        text: &[u8],
        scope: &TextInfo<'_>,
        place: &Surroundings<'_>,
    ) -> Vec<Candidate> {
        // In order of rules; those of context rules are computed together.
        let mut found: Vec<Vec<Candidate>> = Vec::new();
        let (mut by_context, mut judged) = (Vec::new(), Vec::new());
        for of_rule in hits.chunk_by(|a, b| a.rule() == b.rule()) {
            if deadline::is_up() {
                break;
            }
            let index = of_rule[0].rule();
            let rule = self.rules[index];
            if rule.own.is_some_and(|own| !filter::is_at(own, scope.path)) {
                continue;
            }
            match &rule.detector {
                Detector::Regex(pattern) => {
                    found.push(pattern::matches(rule, pattern, &self.patterns[index], text, of_rule));
                }
                // Values without a format are noise in binary files.
                Detector::Context(_) | Detector::Judged if scope.binary => {}
                Detector::Context(context) => {
                    by_context.push((found.len(), context::Asker { rule, context, hits: of_rule }));
                    found.push(Vec::new());
                }
                Detector::Judged => judged.extend_from_slice(of_rule),
                Detector::File(_) => {}
            }
        }
        if !by_context.is_empty() {
            let find_basic = || self.find_basic(hits, text);
            let page =
                context::ContextInput { text, scope, place, find_basic: &find_basic, basic: OnceCell::new() };
            let (slots, askers): (Vec<_>, Vec<_>) = by_context.into_iter().unzip();
            for (slot, of_rule) in slots.into_iter().zip(context::matches(&page, &askers)) {
                found[slot] = of_rule;
            }
        }
        if !judged.is_empty() {
            let question = generic::Input { rules: &self.rules, generic: self.generic(), text, scope, place };
            found.push(generic::candidates(&question, &judged));
        }
        let mut all: Vec<_> = found.into_iter().flatten().collect();
        all.extend(beside::secrets(&self.rules, &all, text));
        all
    }

    /// All matches around these hits that pass their own checks.
    fn filtered(
        &self,
        hits: &[Hit],
        text: &[u8],
        scope: &TextInfo<'_>,
        place: &Surroundings<'_>,
    ) -> Vec<Candidate> {
        let found = self.matches_at(hits, text, scope, place).into_iter();
        found.filter_map(|c| filter::filter(c, text, scope.path, place).ok()).collect()
    }

    /// All matches that pass their own checks, overlaps included. With `escapes`, also those after an escape.
    fn candidates(
        &self,
        text: &[u8],
        scope: &TextInfo<'_>,
        depth: u8,
        escapes: bool,
        budget: &mut Budget,
    ) -> Vec<Candidate> {
        let hits = self.prefilter.hits(text);
        let place = Surroundings::new(scope);
        let mut out = self.filtered(&hits, text, scope, &place);
        if depth > 0 && !scope.binary {
            let mut places: Vec<usize> = hits.iter().map(|h| h.at()).collect();
            // Each rule's hits are in order: a sort that merges them takes half the time.
            places.sort();
            let mut pieces = candidate::ByPlace::default();
            let (views, shapes) = decode::views(text, scope.lang, &places, budget);
            for (rule, at) in shapes {
                let found = self.matches_of(rule, at, text, scope, &place).into_iter();
                let right = found.filter_map(|c| filter::filter(c, text, scope.path, &place).ok());
                // A rule with a checksum proves its match: no keyword says whose it is.
                let proved = |c: &Candidate| {
                    c.rule.validator == Validator::None || c.confidence == Confidence::Certain
                };
                out.extend(right.filter(proved));
            }
            for view in views {
                if deadline::is_up() {
                    break;
                }
                // A decoded run has no file type of its own.
                let inner_lang = if view.is_whole() { Lang::Other } else { scope.lang };
                let inner_scope = TextInfo { lang: inner_lang, ..*scope };
                for mut inner in self.candidates(&view.bytes, &inner_scope, depth - 1, true, budget) {
                    if view.is_plain(&inner.whole) {
                        continue;
                    }
                    if !view.is_plain(&inner.secret) {
                        let value = inner.decoded.take();
                        inner.decoded =
                            Some(value.unwrap_or_else(|| view.bytes[inner.secret.clone()].to_vec()));
                    }
                    inner.secret = view.place(&inner.secret);
                    inner.whole = view.place(&inner.whole);
                    let value = inner.decoded.as_deref().unwrap_or_default();
                    if let Some(lead) = boundary::value_start(&text[inner.secret.clone()], value) {
                        inner.secret.start += lead;
                        inner.decoded = None;
                    }
                    if view.form == decode::PIECES {
                        // A joined string is as certain as its surest piece.
                        let sure = pieces.surest(&out, &inner);
                        inner.confidence = sure.unwrap_or(inner.confidence).max(inner.confidence);
                    }
                    filter::soften_by_place(&mut inner, text, &place);
                    inner.evidence.push(Evidence::tells("encoded", format!("stands here in {}", view.form)));
                    out.push(inner);
                }
            }
        }
        if escapes {
            for parted in boundary::parted(text, self.windows(&hits, text)) {
                let depth = if parted.blanks { 0 } else { depth.saturating_sub(1) };
                let found = self.candidates(&parted.bytes, scope, depth, false, budget);
                out.extend(found.into_iter().filter_map(|c| parted.restore(c)));
            }
        }
        out
    }

    /// What the rule with this id finds around `at`, even without any of its keywords there.
    fn matches_of(
        &self,
        rule: &str,
        at: usize,
        text: &[u8],
        scope: &TextInfo<'_>,
        place: &Surroundings<'_>,
    ) -> Vec<Candidate> {
        let Some(index) = self.rules.iter().position(|r| r.id == rule) else { return Vec::new() };
        self.matches_at(&[Hit::new(index as u32, at)], text, scope, place)
    }

    /// The windows around these hits, as each rule needs them; merged, in order.
    fn windows(&self, hits: &[Hit], text: &[u8]) -> Vec<Range<usize>> {
        // The hits of all rules together: a line with many keywords is searched for its ends once.
        let (mut lines, mut hunks, mut out) = (Vec::new(), Vec::new(), Vec::new());
        for of_rule in hits.chunk_by(|a, b| a.rule() == b.rule()) {
            let rule = self.rules[of_rule[0].rule()];
            let places = of_rule.iter().map(|hit| Hit::new(0, hit.at()));
            match rule.window {
                // A rule without keywords scans everything.
                _ if rule.keywords.is_empty() => out.push(0..text.len()),
                Window::File => out.extend(pattern::windows(Window::File, text, of_rule)),
                Window::Line => lines.extend(places),
                Window::Hunk => hunks.extend(places),
            }
        }
        for (window, mut hits) in [(Window::Line, lines), (Window::Hunk, hunks)] {
            // Each rule's hits are in order, which a stable sort makes use of.
            hits.sort();
            out.extend(pattern::windows(window, text, &hits));
        }
        out.sort_unstable_by_key(|w| w.start);
        out.dedup_by(|next, last| {
            let meet = next.start <= last.end;
            if meet {
                last.end = last.end.max(next.end);
            }
            meet
        });
        out
    }

    /// The places of `Basic` in a text, in order.
    fn find_basic(&self, hits: &[Hit], text: &[u8]) -> Vec<usize> {
        // The prefilter searches for it if any rule does.
        let looked_for = |r: &&'static Rule| r.keywords.contains(&"basic ");
        let Some(rule) = *self.basic.get_or_init(|| self.rules.iter().position(looked_for)) else {
            return request::basics(text).collect();
        };
        let of_rule = &hits[hits.partition_point(|h| h.rule() < rule)..];
        let places = of_rule.iter().take_while(|h| h.rule() == rule).map(|h| h.at());
        places.filter(|at| text[*at].eq_ignore_ascii_case(&b'b')).collect()
    }

    fn generic(&self) -> &generic::Rules {
        self.generic.get_or_init(|| generic::Rules::of(&self.rules))
    }

    fn finding(
        &self,
        c: Candidate,
        text: &[u8],
        lines: &mut LineCounter<'_>,
        scope: &TextInfo<'_>,
        fragment: &Fragment<'_>,
    ) -> Finding {
        let value = c.decoded.as_deref().unwrap_or(&text[c.secret.clone()]);
        let place = Surroundings::new(scope);
        let former = self.options.former.then(|| former::of(&c, text, scope.path, &place));
        Finding {
            rule: c.rule,
            source: fragment.source.clone(),
            location: lines.locate(c.secret.clone()),
            secret: Secret::new(value),
            severity: c.severity,
            confidence: c.confidence,
            evidence: c.evidence,
            fingerprint: self.fingerprints.of(&self.options.salt, c.rule.id, value),
            former,
            in_test: c.confidence < Confidence::Certain && filter::can_be_made_up(c.rule) && place.is_test(),
            name: c.name,
            lines: self.options.lines.then(|| Lines::of(text, &c.secret)),
            pair: None,
            suggestion: None,
            score: c.score,
        }
    }
}

/// Windows of one text that are scanned at once; bounds memory.
const THREADS: usize = 4;
/// Findings kept of one text; bounds memory.
const MOST_FINDINGS: usize = 100_000;

/// The result of scanning a fragment.
#[derive(Debug, Default)]
pub struct Scanned {
    /// The findings, in order of place.
    pub findings: Vec<Finding>,
    /// The budget that ran out before everything was read.
    pub unread: Option<Spent>,
}

/// A budget that ran out before a whole text was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spent {
    /// Encoded text that decodes to more than any real one does.
    Decoding,
    /// More findings than are kept.
    Findings,
}

/// Moves a window's candidate to its place in the whole text; `None` if it belongs to another window.
fn of_window(mut c: Candidate, window: &windows::Window) -> Option<Candidate> {
    let by = window.all.start;
    for range in [&mut c.secret, &mut c.whole] {
        *range = range.start + by..range.end + by;
    }
    window.core.contains(&c.secret.start).then_some(c)
}
