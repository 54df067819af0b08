//! The detector's input, and how a value that is assigned to a name becomes a candidate: with its score, or with the reason
//! of the filter that rejected it.

use super::name::NameKind;
use super::surroundings::Surroundings;
use super::{evidence, score};
use crate::finding::{Confidence, Evidence, Score, printable};
use crate::rules::Rule;
use crate::scan::candidate::Candidate;
use crate::scan::extract::assign::Assignment;
use crate::scan::former::table as former;
use crate::scan::scope::TextInfo;

/// The detector's input.
#[derive(Debug)]
pub(in crate::scan) struct Input<'a> {
    pub(in crate::scan) rules: &'a [&'static Rule],
    pub(in crate::scan) generic: &'a Rules,
    pub(in crate::scan) text: &'a [u8],
    pub(in crate::scan) scope: &'a TextInfo<'a>,
    pub(in crate::scan) place: &'a Surroundings<'a>,
}

impl Input<'_> {
    /// A value that a filter rejected, if values are to be explained.
    pub(super) fn rejected(
        &self,
        rule: &'static Rule,
        found: &Assignment,
        why: &'static str,
    ) -> Option<Candidate> {
        self.scope.explain.then(|| explained(self.text, rule, found, why))
    }
}

/// A candidate that exists only to show why a filter rejected the value.
pub(in crate::scan) fn explained(
    text: &[u8],
    rule: &'static Rule,
    found: &Assignment,
    why: &'static str,
) -> Candidate {
    let whole = found.name.start.min(found.value.start)..found.value.end;
    let mut c = Candidate::new(rule, found.value.clone(), whole).rejected(why);
    c.name = Some(printable(&text[found.name.clone()]));
    c
}

/// The generic rules of an engine.
#[derive(Debug)]
pub(in crate::scan) struct Rules {
    /// Those of the catalogue, by [`NameKind`].
    by_kind: Vec<Option<&'static Rule>>,
    /// User rules.
    pub(super) own: Vec<&'static Rule>,
}

impl Rules {
    pub(in crate::scan) fn of(all: &[&'static Rule]) -> Rules {
        let (of_catalogue, own): (Vec<_>, Vec<_>) =
            all.iter().copied().filter(|r| r.is_generic()).partition(|r| r.owner().is_none());
        let find = |kind: &NameKind| of_catalogue.iter().copied().find(|r| r.id == kind.rule());
        Rules { by_kind: NameKind::ALL.iter().map(find).collect(), own }
    }

    pub(super) fn of_kind(&self, kind: NameKind) -> Option<&'static Rule> {
        self.by_kind[kind as usize]
    }
}

/// Collects the remaining evidence, and decides.
pub(super) fn score_candidate(
    q: &Input<'_>,
    rule: &'static Rule,
    found: &Assignment,
    mut codes: Vec<&'static str>,
) -> Option<Candidate> {
    if let Err(why) = evidence::of_value(q.text, q.scope, q.place, found, &mut codes) {
        return q.rejected(rule, found, why);
    }
    let (confidence, score) = confidence(q.scope, &codes)?;
    let formerly = q.scope.former.then(|| former::confidence(&codes));
    let whole = found.name.start.min(found.value.start)..found.value.end;
    let mut c = Candidate::new(rule, found.value.clone(), whole);
    c.confidence = confidence;
    if codes.contains(&"url-public") && codes.contains(&"value-weak") {
        c.evidence.push(Evidence::tells("host", "weak, and everybody can reach the host"));
    }
    c.name = Some(printable(&q.text[found.name.clone()]));
    c.score = score;
    c.formerly = formerly;
    Some(c)
}

/// The confidence from the evidence. If it is to be explained, a value that is not reported is a candidate as well.
pub(super) fn confidence(
    scope: &TextInfo<'_>,
    codes: &[&'static str],
) -> Option<(Confidence, Option<Score>)> {
    if scope.explain {
        let score = score::explained(codes);
        return Some((score.confidence.unwrap_or(Confidence::Low), Some(score)));
    }
    score::confidence(codes).map(|c| (c, None))
}
