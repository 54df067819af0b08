//! The candidates of a text: what each rule matches around its hits, and in the text's decoded views.

use super::Engine;
use crate::finding::{Confidence, Evidence};
use crate::rules::{Detector, Rule, Validator, Window};
use crate::scan::candidate::{self, Candidate};
use crate::scan::decode::{self, Budget};
use crate::scan::detect::generic::Surroundings;
use crate::scan::detect::{beside, context, generic, pattern};
use crate::scan::extract::request;
use crate::scan::prefilter::Hit;
use crate::scan::scope::TextInfo;
use crate::scan::{boundary, deadline, filter, windows};
use crate::text::lang::Lang;
use std::cell::OnceCell;
use std::ops::Range;

impl Engine {
    /// All matches, before any check.
    pub(in crate::scan) fn matches(
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
        let mut found = self.matches_at(hits, text, scope, place);
        found.retain_mut(|c| {
            c.rejected.is_some()
                || match filter::filter(c, text, scope.path, place) {
                    Ok(()) => true,
                    Err(_) if !scope.explain => false,
                    Err(why) => {
                        c.reject(why.told(&text[c.secret.clone()]));
                        true
                    }
                }
        });
        found
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
        self.candidates_of(text, text.len(), None, scope, depth, escapes, budget)
    }

    /// The same for the first `length` bytes of `whole`, the window of a text; with `parts`, for hits in these only.
    #[allow(clippy::too_many_arguments, reason = "the state of one scan")]
    pub(super) fn candidates_of(
        &self,
        whole: &[u8],
        length: usize,
        parts: Option<&[Range<usize>]>,
        scope: &TextInfo<'_>,
        depth: u8,
        escapes: bool,
        budget: &mut Budget,
    ) -> Vec<Candidate> {
        let text = &whole[..length];
        let hits = self.hits_in(text, parts);
        let place = Surroundings::new(scope);
        let mut out = self.filtered(&hits, text, scope, &place);
        if depth > 0 && !scope.binary {
            let mut places: Vec<usize> = hits.iter().map(|h| h.at()).collect();
            // Each rule's hits are in order: a sort that merges them takes half the time.
            places.sort();
            places.dedup();
            let mut pieces = candidate::ByPlace::default();
            let (views, shapes) = decode::views_in(whole, length, parts, scope.lang, &places, budget);
            for (rule, at) in shapes {
                // Even without any of its keywords there.
                let Some(index) = self.rules.iter().position(|r| r.id == rule) else { continue };
                let right = self.filtered(&[Hit::new(index as u32, at)], text, scope, &place).into_iter();
                // A rule with a checksum proves its match: no keyword says whose it is.
                let proved = |c: &Candidate| {
                    c.rejected.is_none()
                        && (c.rule.validator == Validator::None || c.confidence == Confidence::Certain)
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
                for mut inner in self.inside(&view.bytes, &inner_scope, depth - 1, budget) {
                    let is_in_a_line = view.form == decode::SOURCE && view.is_plain(&inner.secret);
                    if view.is_plain(&inner.whole) || is_in_a_line {
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
                let found = found.into_iter().filter_map(|c| parted.restore(c));
                // The whole text may tell more than the part around the escape.
                let is_public = |c: &Candidate| {
                    c.rejected.is_none() && filter::why_public_in_file(c, text, scope.path).is_some()
                };
                out.extend(found.filter(|c| !is_public(c)).map(|mut c| {
                    filter::soften_by_place(&mut c, text, &place);
                    c
                }));
            }
        }
        out
    }

    /// The candidates of a decoded text. A large one is scanned in windows, as any text is.
    fn inside(&self, text: &[u8], scope: &TextInfo<'_>, depth: u8, budget: &mut Budget) -> Vec<Candidate> {
        let mut out = Vec::new();
        for window in windows::of(text) {
            let length = window.all.len();
            let found =
                self.candidates_of(&text[window.all.start..], length, None, scope, depth, true, budget);
            out.extend(found.into_iter().filter_map(|c| windows::of_window(c, &window)));
        }
        out
    }

    /// The hits in these parts of a text, or in all of it, in order of rule, then place.
    fn hits_in(&self, text: &[u8], parts: Option<&[Range<usize>]>) -> Vec<Hit> {
        let Some(parts) = parts else { return self.prefilter.hits(text) };
        let of_part = |part: &Range<usize>| {
            let by = part.start;
            self.prefilter.hits(&text[part.clone()]).into_iter().map(move |hit| hit.shifted(by))
        };
        let mut hits: Vec<Hit> = parts.iter().flat_map(of_part).collect();
        // Each part's hits are in order, which a stable sort makes use of.
        hits.sort();
        hits
    }

    /// The windows around these hits, as each rule needs them; merged, in order.
    fn windows(&self, hits: &[Hit], text: &[u8]) -> Vec<Range<usize>> {
        // The hits of all rules together: a line with many keywords is searched for its ends once.
        let (mut lines, mut hunks, mut out) = (Vec::new(), Vec::new(), Vec::new());
        for of_rule in hits.chunk_by(|a, b| a.rule() == b.rule()) {
            let rule = self.rules[of_rule[0].rule()];
            let places = of_rule.iter().map(|hit| Hit::new(0, hit.at()));
            // A rule without keywords scans everything.
            let window = if rule.keywords.is_empty() { Window::File } else { rule.window };
            match window {
                Window::File => out.push(0..text.len()),
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
}
