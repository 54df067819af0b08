//! Context rules: values without a form of their own, known by the names around them.

use super::candidate::Candidate;
use super::prefilter::Hit;
use crate::rules::{Context, Rule};
use crate::text::lang::Lang;

/// The matches of a context rule around its keyword hits.
pub(super) fn matches(
    rule: &'static Rule,
    context: &Context,
    text: &[u8],
    lang: Lang,
    hits: &[Hit],
) -> Vec<Candidate> {
    let _ = (rule, context, text, lang, hits);
    Vec::new()
}
