//! From the findings of a text to verdicts: the policy on each, then what holds for all of them.

use super::content::{MemberText, MemberTexts};
use super::{Checker, neighbours};
use crate::finding::{Finding, SourceKind};
use crate::fix;
use crate::policy::{Action, Markers, Verdict};
use crate::scan::Fragment;
use crate::sort;
use crate::text::encoding;
use std::collections::BTreeMap;

impl Checker {
    /// Decides on the findings of a fragment.
    pub(crate) fn decide(
        &self,
        fragment: &Fragment<'_>,
        findings: Vec<Finding>,
        members: &MemberTexts,
    ) -> Vec<Verdict> {
        if findings.is_empty() {
            return Vec::new();
        }
        let text = encoding::decode(&fragment.bytes).0;
        let markers = Markers::of(&text);
        let mut of_member: BTreeMap<Vec<u8>, Vec<Finding>> = BTreeMap::new();
        let mut own = Vec::new();
        for f in findings {
            match f.source.path.member() {
                None => own.push(f),
                Some(member) => of_member.entry(member.to_vec()).or_default().push(f),
            }
        }
        let mut decided = self.decide_text(&text, &markers, own);
        suggest(fragment, &mut decided);
        let none = MemberText::default();
        for (member, findings) in of_member {
            let of = members.get(&member).unwrap_or(&none);
            decided.extend(self.decide_text(&of.text, &of.markers, findings));
        }
        decided
    }

    fn decide_text(&self, text: &[u8], markers: &Markers, findings: Vec<Finding>) -> Vec<Verdict> {
        let decided = findings.into_iter().map(|f| self.policy.decide(f, markers)).collect();
        let mut decided = strictest_per_span(decided);
        neighbours::raise(&self.policy, text, markers, &mut decided);
        decided
    }
}

/// Findings of one text for which a replacement is worked out: more than a message shows.
const SUGGESTIONS: usize = 100;

/// Works out a replacement for each blocked value while the text is at hand.
fn suggest(fragment: &Fragment<'_>, decided: &mut [Verdict]) {
    let in_file = matches!(fragment.source.kind, SourceKind::Staged | SourceKind::Commit | SourceKind::File);
    let blocked =
        || decided.iter().enumerate().filter(|(_, d)| in_file && d.action == Action::Block).take(SUGGESTIONS);
    let (places, findings): (Vec<usize>, Vec<&Finding>) = blocked().map(|(i, d)| (i, &d.finding)).unzip();
    for (i, suggestion) in places.into_iter().zip(fix::suggest(&fragment.bytes, &findings)) {
        decided[i].finding.suggestion = Some(Box::new(suggestion));
    }
}

/// Of findings in the same place, keeps the one with the strictest decision; if equal, that of a user rule.
fn strictest_per_span(mut all: Vec<Verdict>) -> Vec<Verdict> {
    if all.iter().all(|d| d.finding.rule.owner().is_none()) {
        return all;
    }
    sort::by_key(&mut all, |d| d.finding.location.bytes.start);
    let strictness = |d: &Verdict| (d.action, d.finding.rule.owner().is_some());
    let mut kept: Vec<Verdict> = Vec::new();
    for d in all {
        match kept.last_mut().filter(|k| d.finding.location.bytes.start < k.finding.location.bytes.end) {
            None => kept.push(d),
            Some(last) if strictness(&d) > strictness(last) => *last = d,
            Some(_) => {}
        }
    }
    kept
}
