//! What providers said of secrets, as evidence of the findings of a scan.

use super::ask::Sending;
use super::outcome::identity;
use super::targets::Targets;
use crate::check::Checker;
use crate::error::Error;
use crate::finding::{Evidence, Fingerprint};
use crate::git::Repo;
use crate::policy::Decision;
use crate::verify::State;
use std::collections::BTreeMap;

/// What providers said of secrets, as evidence; true if it is live.
pub(in crate::cli) type Said = BTreeMap<Fingerprint, (bool, Evidence)>;

/// Asks about each secret of a decision, and adds the answer to its evidence.
pub(in crate::cli) fn note(
    decision: &mut Decision,
    yes: bool,
    repo: Option<&Repo>,
    checker: &Checker,
) -> Result<(), Error> {
    let mut targets = Targets::new(checker);
    decision.findings.iter().for_each(|d| targets.add(&d.finding));
    apply(decision, &said(targets, yes, repo, checker)?);
    Ok(())
}

/// Adds what was said of its secrets to the evidence of a decision. A live one is one step more severe; what is decided about
/// it stays.
pub(in crate::cli) fn apply(decision: &mut Decision, said: &Said) {
    for d in &mut decision.findings {
        let Some((is_live, evidence)) = said.get(&d.finding.fingerprint) else { continue };
        if *is_live {
            d.finding.severity = d.finding.severity.raised();
        }
        d.finding.evidence.insert(0, evidence.clone());
    }
    decision.live_first();
}

/// Asks about each secret, once.
pub(in crate::cli) fn said(
    targets: Targets<'_>,
    yes: bool,
    repo: Option<&Repo>,
    checker: &Checker,
) -> Result<Said, Error> {
    let targets = targets.into_list();
    let sending = Sending::with_yes(yes);
    let mut said = Said::new();
    for outcome in sending.ask(&targets, repo, checker)? {
        let state = &outcome.answer.state;
        let code = state.slug();
        let evidence = match state {
            State::Live => {
                let whose = identity(&outcome, &checker.screen());
                Evidence::raises(
                    code,
                    format!("live{}", whose.map_or_else(String::new, |w| format!(": {w}"))),
                )
            }
            State::Dead => Evidence::lowers(code, "dead: its provider says so"),
            State::Unsure(why) => Evidence::tells(code, format!("not known to be live or dead: {why}")),
            State::NotChecked(why) => Evidence::tells(code, format!("its provider was not asked: {why}")),
        };
        said.insert(outcome.target.finding.fingerprint, (*state == State::Live, evidence));
    }
    Ok(said)
}
