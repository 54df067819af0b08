//! Masks values in what a tool gave back, whatever its shape is.

use super::session::Session;
use crate::finding::Finding;
use crate::sort;
use crate::text::encoding;
use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value;
use std::ops::Range;

/// Least bytes of a value that is masked wherever it is: a shorter one is part of ordinary words.
const SHORTEST: usize = 6;

/// Every text in a value.
pub(super) fn texts<'a>(value: &'a Value, each: &mut dyn FnMut(&'a str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(all) => all.iter().for_each(|v| texts(v, each)),
        Value::Object(map) => map.values().for_each(|v| texts(v, each)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The values to mask.
pub(super) struct Masker {
    search: Option<AhoCorasick>,
    masks: Vec<String>,
}

impl Masker {
    /// Masks the values of these findings.
    pub(super) fn new<'a>(findings: impl Iterator<Item = &'a Finding>, session: &Session) -> Masker {
        let (mut values, mut masks): (Vec<&[u8]>, Vec<String>) = (Vec::new(), Vec::new());
        for f in findings {
            let value = f.secret.expose();
            if value.len() >= SHORTEST && !values.contains(&value) {
                values.push(value);
                masks.push(session.mask(f));
            }
        }
        let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(values).ok();
        Masker { search, masks }
    }

    /// Masks the values in a text, and these places of it.
    pub(super) fn text(&self, text: &str, places: &[(Range<usize>, String)]) -> String {
        let mut all: Vec<(Range<usize>, &str)> =
            places.iter().map(|(r, mask)| (r.clone(), mask.as_str())).collect();
        if let Some(search) = self.search.as_ref().filter(|_| !self.masks.is_empty()) {
            all.extend(
                search.find_iter(text).map(|m| (m.range(), self.masks[m.pattern().as_usize()].as_str())),
            );
        }
        if all.is_empty() {
            return text.to_owned();
        }
        sort::by_key(&mut all, |(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let (mut out, mut at) = (String::with_capacity(text.len()), 0);
        for (range, mask) in all {
            let (start, end) = (floor(text, range.start), ceiling(text, range.end));
            if start >= at {
                out.push_str(&text[at..start]);
                out.push_str(mask);
            }
            at = at.max(end);
        }
        out.push_str(&text[at..]);
        out
    }
}

/// Where the findings of a text stand in it; the scan leaves a byte-order mark out.
pub(super) fn places(text: &str, findings: &[Finding], session: &Session) -> Vec<(Range<usize>, String)> {
    let decoded = encoding::decode(text.as_bytes()).0;
    let mark = text.len().saturating_sub(decoded.len());
    let place = |f: &Finding| {
        let bytes = f.location.bytes.start + mark..f.location.bytes.end + mark;
        (bytes.end <= text.len() && !bytes.is_empty()).then(|| (bytes, session.mask(f)))
    };
    findings.iter().filter_map(place).collect()
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceiling(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// The same value with every text replaced.
pub(super) fn map(value: &Value, each: &mut dyn FnMut(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(each(text)),
        Value::Array(all) => Value::Array(all.iter().map(|v| map(v, each)).collect()),
        Value::Object(fields) => fields.iter().map(|(k, v)| (k.clone(), map(v, each))).collect(),
        other => other.clone(),
    }
}
