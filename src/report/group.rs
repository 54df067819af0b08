//! Groups findings by secret: the same value in five files is one thing to rotate, shown once.

use crate::finding::Finding;
use crate::policy::{Action, Decision, Past, Step};
use crate::sort;
use std::collections::HashMap;

/// One secret and every place where it was found.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// Its findings with the same action, in order; never empty.
    pub(super) findings: Vec<&'a Finding>,
}

impl<'a> Group<'a> {
    /// The first place.
    pub(super) fn first(&self) -> &'a Finding {
        self.findings[0]
    }

    /// The other places.
    pub(super) fn others(&self) -> &[&'a Finding] {
        &self.findings[1..]
    }
}

/// The secrets with this action, the most severe first, then in order of place.
pub(super) fn groups(decision: &Decision, action: Action) -> Vec<Group<'_>> {
    let mut out: Vec<Group<'_>> = Vec::new();
    let mut known = HashMap::new();
    for finding in decision.with(action).map(|d| &d.finding) {
        let at = *known.entry(finding.fingerprint).or_insert(out.len());
        match out.get_mut(at) {
            Some(group) => group.findings.push(finding),
            None => out.push(Group { findings: vec![finding] }),
        }
    }
    // A stable sort: equal ones stay in order of place.
    sort::by_key(&mut out, |g| std::cmp::Reverse((g.first().severity, g.first().confidence)));
    out
}

/// What to do first about the secrets of a history: each step that some of them need, with these.
pub(super) fn plan(decision: &Decision) -> Vec<(Step, Vec<&Past>)> {
    let of = |step: Step| decision.reading.past.iter().filter(|p| p.step == step).collect::<Vec<_>>();
    Step::ALL.map(|step| (step, of(step))).into_iter().filter(|(_, all)| !all.is_empty()).collect()
}
