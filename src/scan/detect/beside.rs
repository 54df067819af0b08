//! A secret beside its id, without a name: `connect("AKIA...", "v")`, `AKIA...:v`.

use crate::finding::Evidence;
use crate::rules::{Context, Detector, Rule, SecretKind};
use crate::scan::candidate::Candidate;
use crate::text::placeholder;
use std::collections::BTreeMap;
use std::ops::Range;

/// Most bytes between an id and its secret.
const GAP: usize = 40;
/// Most bytes of a pair's secret.
const REACH: usize = 200;

/// The values beside ids among `found` that have the shape of the ids' secrets.
pub(in crate::scan) fn secrets(rules: &[&'static Rule], found: &[Candidate], text: &[u8]) -> Vec<Candidate> {
    let mut out = Vec::new();
    // By the id's rule, because a text may have very many of one.
    let mut partners: BTreeMap<&str, Vec<(&'static Rule, &'static Context)>> = BTreeMap::new();
    for id in found.iter().filter(|c| is_id(c.rule) && c.rejected.is_none()) {
        let Some(value) = next_value(text, id.secret.end) else { continue };
        let said = &text[value.clone()];
        if placeholder::is_reference(said) || placeholder::is_placeholder(said) {
            continue;
        }
        for (rule, context) in partners.entry(id.rule.id).or_insert_with(|| used_with(rules, id.rule)) {
            if context.value.matches(said) {
                let mut c = Candidate::new(rule, value.clone(), id.secret.start..value.end);
                c.evidence.push(Evidence::raises("pair", format!("is beside a {}", id.rule.name)));
                out.push(c);
            }
        }
    }
    out
}

/// The rules of an id's secrets, and the shape of each.
fn used_with(rules: &[&'static Rule], id: &Rule) -> Vec<(&'static Rule, &'static Context)> {
    let named = rules.iter().filter(|r| !is_id(r) && id.pairs.iter().any(|pair| r.is_called(pair)));
    let shaped = |rule: &&'static Rule| match &rule.detector {
        Detector::Context(context) => Some((*rule, context)),
        _ => None,
    };
    named.filter_map(shaped).collect()
}

/// Returns whether a rule finds values that are useless without their secret.
fn is_id(rule: &Rule) -> bool {
    (rule.public || rule.kind == SecretKind::Identifier) && !rule.pairs.is_empty()
}

/// The value after the one that ends at `end`: the next argument, cell or line.
fn next_value(text: &[u8], end: usize) -> Option<Range<usize>> {
    let separates =
        |b: &&u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b',' | b':' | b';' | b'|');
    let gap = text[end..].iter().take(GAP).take_while(separates).count();
    let between = &text[end..end + gap];
    let lines = memchr::memchr_iter(b'\n', between).count();
    // Only quotes, or a blank line: nothing belongs to it.
    let is_apart = between.iter().all(|b| matches!(b, b'"' | b'\'' | b'`')) || lines > 1;
    let start = end + gap;
    let is_value =
        |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_' | b'.' | b'~');
    let length = text[start..].iter().take(REACH).take_while(is_value).count();
    (!is_apart && length > 0).then(|| start..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_next_argument_cell_or_line_is_beside() {
        for (text, value) in [
            ("f('id', 'v1')", Some("v1")),
            ("f(\"id\",\n  \"v1\"\n)", Some("v1")),
            ("id:v1", Some("v1")),
            ("id,v1\n", Some("v1")),
            ("id\nv1\n", Some("v1")),
            ("id\n\nv1\n", None),
            ("'id''v1'", None),
            ("f('id', name='v1')", Some("name=")),
            ("id", None),
        ] {
            let end = text.find("id").unwrap() + 2;
            assert_eq!(next_value(text.as_bytes(), end).map(|r| &text[r]), value, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(text in prop::collection::vec(prop::sample::select(b"id'\",:\n a=".to_vec()), 0..60), end in 0usize..60) {
            let end = end.min(text.len());
            if let Some(value) = next_value(&text, end) {
                prop_assert!(value.start > end && value.end <= text.len() && value.start < value.end);
            }
        }
    }
}
