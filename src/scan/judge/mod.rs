//! Judgement: secrets that have no format, told from what only looks like one.
//!
//! A value that is given to a name that speaks of a secret is a subject. Pure functions collect evidence about it, each
//! piece a code: what the [`name`] says, what the [`value`] looks like, what its [`place`] is. [`score`] adds up their
//! weights, and the sum is the confidence. All work is done on the lines of keyword hits.

mod name;
mod place;
mod score;
mod special;
mod value;

use super::assign::{self, Assignment};
use super::candidate::Candidate;
use super::matcher;
use super::prefilter::Hit;
use crate::finding::{Confidence, Evidence, printable};
use crate::rules::{Rule, Window};
use crate::text::lang::Lang;
use crate::text::placeholder;
use place::Place;

/// What the judgement is asked.
#[derive(Debug)]
pub(super) struct Question<'a> {
    pub(super) rules: &'a [&'static Rule],
    /// Those of them that are judged.
    pub(super) generic: &'a [&'static Rule],
    pub(super) text: &'a [u8],
    pub(super) lang: Lang,
    pub(super) path: &'a [u8],
    /// Answer with all subjects, those that are likely no secrets too.
    pub(super) explain: bool,
}

/// The candidates of the judged rules; `hits` are the keyword hits of all of them, in order of rule, then place.
pub(super) fn candidates(q: &Question<'_>, hits: &[Hit]) -> Vec<Candidate> {
    let place = Place::new(q.lang, q.path);
    let mut out = Vec::new();
    let mut named = Vec::with_capacity(hits.len());
    for hit in hits {
        let rule = q.rules[hit.rule as usize];
        match rule.id {
            special::URL => {
                out.extend(special::url(q.text, hit.at).and_then(|a| in_url(q, rule, &place, &a)));
            }
            special::HEADER => {
                out.extend(special::header(q.text, hit.at).and_then(|a| in_header(q, rule, &place, &a)));
            }
            _ => named.push(*hit),
        }
    }
    named.sort_unstable_by_key(|h| h.at);
    let mut done = 0;
    for window in matcher::windows(Window::Line, q.text, &named) {
        for found in assign::assignments(q.text, window.start.max(done)..window.end, q.lang) {
            out.extend(judged(q, &place, found));
        }
        done = window.end;
    }
    out
}

/// A value that is given to a name.
fn judged(q: &Question<'_>, place: &Place, mut found: Assignment) -> Option<Candidate> {
    let reading = name::read(&q.text[found.name.clone()])?;
    let rule = *q.generic.iter().find(|r| r.id == reading.kind.rule())?;
    let whole = found.value.clone();
    found.value = special::without_scheme(q.text, found.value);
    let mut codes = Vec::with_capacity(32);
    codes.push(reading.kind.code());
    for (says, code) in [
        (reading.about, "name-about"),
        (reading.of, "name-of"),
        (reading.alone, "name-alone"),
        (reading.prose, "name-prose"),
        (reading.plural, "name-plural"),
        (found.value != whole, "value-scheme"),
    ] {
        if says {
            codes.push(code);
        }
    }
    weigh(q, rule, place, &found, codes)
}

/// A password in a URL.
fn in_url(q: &Question<'_>, rule: &'static Rule, place: &Place, found: &Assignment) -> Option<Candidate> {
    let mut codes = vec!["url-credential"];
    if special::is_local(q.text, found.value.end) {
        codes.push("url-local");
    }
    weigh(q, rule, place, found, codes)
}

/// A credential in a header.
fn in_header(q: &Question<'_>, rule: &'static Rule, place: &Place, found: &Assignment) -> Option<Candidate> {
    let is_basic = q.text[found.name.start].eq_ignore_ascii_case(&b'b') && found.name.len() == 5;
    if !is_basic {
        return weigh(q, rule, place, found, vec!["header-bearer"]);
    }
    let password = special::basic(&q.text[found.value.clone()])?;
    if placeholder::is_reference(&password) || placeholder::is_placeholder(&password) {
        return None;
    }
    let mut codes = vec!["header-basic"];
    if placeholder::is_weak(&password) {
        codes.push("value-weak");
    }
    weigh(q, rule, place, found, codes)
}

/// Collects the rest of the evidence, and decides.
fn weigh(
    q: &Question<'_>,
    rule: &'static Rule,
    place: &Place,
    found: &Assignment,
    mut codes: Vec<&'static str>,
) -> Option<Candidate> {
    let text = &q.text[found.value.clone()];
    if text.len() < 4 || placeholder::is_reference(text) || placeholder::is_placeholder(text) {
        return None;
    }
    value::evidence(text, &mut codes);
    if placeholder::is_weak(text) {
        codes.push("value-weak");
    }
    if name::read(text).is_some() && text.len() < 48 {
        codes.push("value-names-kind");
    }
    place.evidence(q.text, found, &mut codes);
    let sum = score::sum(&codes);
    let confidence = score::confidence(sum, &codes);
    if confidence.is_none() && !q.explain {
        return None;
    }
    let mut c =
        Candidate::new(rule, found.value.clone(), found.name.start.min(found.value.start)..found.value.end);
    c.confidence = confidence.unwrap_or(Confidence::Low);
    c.name = Some(printable(&q.text[found.name.clone()]));
    c.evidence = explained(&codes, sum);
    Some(c)
}

/// The evidence for a person: the sum, then each piece, heaviest first.
fn explained(codes: &[&'static str], sum: f32) -> Vec<Evidence> {
    let mut all: Vec<(&'static str, f32)> = codes.iter().map(|c| (*c, score::weight(c))).collect();
    all.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let mut out = vec![Evidence::tells("score", format!("{sum:+.2}"))];
    out.extend(all.into_iter().map(|(code, weight)| Evidence::tells(code, format!("{weight:+.2}"))));
    out
}

#[cfg(test)]
mod tests;
