//! Raises warnings beside a proved secret: values in the same lines as a real key are likely real too.
//!
//! A value gets the highest confidence that its rule allows, and the policy decides on it again. So thresholds,
//! path rules, tests and the decisions of an earlier version hold. An allowed secret raises nothing, because it is
//! not blocked.

use crate::finding::{Confidence, Evidence, Finding};
use crate::policy::{Action, Markers, Policy, Verdict};
use crate::rules::{Detector, SecretKind};
use crate::sort;

/// Most bytes between two values of one block; bounds the search.
const REACH: usize = 2000;
/// Most lines between them.
const LINES: u32 = 20;

/// Raises warnings in the same block of lines as a proved secret that blocks. `text` is the decoded text that
/// contains all findings.
pub(super) fn raise(policy: &Policy, text: &[u8], markers: &Markers, verdicts: &mut [Verdict]) {
    let mut proved: Vec<usize> = (0..verdicts.len()).filter(|i| is_proved(&verdicts[*i])).collect();
    if proved.is_empty() {
        return;
    }
    let start = |i: usize| verdicts[i].finding.location.bytes.start;
    sort::by_key(&mut proved, |i| start(*i));
    let mut raised = Vec::new();
    for (i, verdict) in verdicts.iter().enumerate().filter(|(_, d)| may_be_raised(d)) {
        // The nearest on both sides: anything farther away has one of them in between.
        let after = proved.partition_point(|p| start(*p) < verdict.finding.location.bytes.start);
        let near = [after.checked_sub(1), Some(after)].into_iter().flatten().filter_map(|at| proved.get(at));
        let beside = near.map(|p| &verdicts[*p].finding).find(|f| stand_together(text, f, &verdict.finding));
        let Some(beside) = beside else { continue };
        let mut finding = verdict.finding.clone();
        finding.confidence = Confidence::High;
        let why = format!("is beside a {} on line {}", beside.rule.name, beside.location.line);
        finding.evidence.insert(0, Evidence::raises("beside", why.clone()));
        let again = policy.decide(finding, markers);
        if again.action == Action::Block || again.warns_until.is_some() {
            let because = format!("it {why}; {}", again.because);
            raised.push((i, Verdict { because, ..again }));
        }
    }
    for (i, verdict) in raised {
        verdicts[i] = verdict;
    }
}

/// Returns whether a blocked value is certainly a secret: proved, or of a provider's own format.
fn is_proved(verdict: &Verdict) -> bool {
    let f = &verdict.finding;
    let format = matches!(f.rule.detector, Detector::Regex(_)) && f.rule.provider.is_issuer();
    (verdict.action == Action::Block || verdict.warns_until.is_some())
        && f.rule.owner().is_none()
        && (f.confidence == Confidence::Certain || format && f.confidence == Confidence::High)
}

/// Returns whether a warning is about a value that only its name or its place makes a secret.
fn may_be_raised(verdict: &Verdict) -> bool {
    let f = &verdict.finding;
    verdict.action == Action::Warn
        && verdict.warns_until.is_none()
        && f.confidence == Confidence::Medium
        && f.rule.kind != SecretKind::PasswordHash
        && matches!(f.rule.detector, Detector::Judged | Detector::Context(_))
}

/// Returns whether two findings have no blank line and at most [`REACH`] bytes between them.
fn stand_together(text: &[u8], a: &Finding, b: &Finding) -> bool {
    let (first, last) = if a.location.bytes.start <= b.location.bytes.start { (a, b) } else { (b, a) };
    if last.location.line.saturating_sub(first.location.end_line) > LINES {
        return false;
    }
    let (from, to) = (first.location.bytes.end, last.location.bytes.start);
    if to <= from {
        return true;
    }
    let Some(between) = text.get(from..to).filter(|between| between.len() <= REACH) else { return false };
    let mut lines = between.split(|b| *b == b'\n');
    // The rest of the first line and the start of the last are not blank: they hold a value.
    let (_, _) = (lines.next(), lines.next_back());
    lines.all(|line| !line.trim_ascii().is_empty())
}
