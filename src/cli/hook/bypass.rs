//! A bypass: blocked findings are allowed for a reason, if the policy permits it.

use crate::check::Checker;
use crate::policy::{self, Action, Decision, Stage};

/// The variable with a reason that lets a commit or push through, if the policy permits it.
pub(super) const BYPASS: &str = "STANCH_BYPASS";

/// Allows what would be blocked, for a reason, if the policy permits it; adds a note either way. `by` is what holds
/// the reason: the variable, or a push option.
pub(super) fn bypass(checker: &Checker, decision: &mut Decision, by: &str, reason: &str) {
    let reason = match reason.trim() {
        "tests" => "used in tests",
        "false-positive" => "false positive",
        "later" => "will fix later",
        other => other,
    };
    let reason = crate::finding::printable(reason.as_bytes());
    if !policy::is_reason(&reason) {
        decision.reading.notes.push(format!("{by} needs a reason: {by}=\"used in tests\""));
        return;
    }
    if !checker.policy.ways().bypass {
        decision.reading.notes.push(format!("{by} does not count here: the policy forbids a bypass"));
        return;
    }
    let blocked = decision.findings.iter().filter(|d| d.action == Action::Block);
    let reason = blocked.fold(reason, |text, d| d.finding.secret.hidden_in(&text));
    let mut count = 0;
    for d in decision.findings.iter_mut().filter(|d| d.action == Action::Block) {
        d.action = Action::Suppress;
        d.deliberate = true;
        d.bypassed = true;
        d.because = format!("bypass: {reason}");
        count += 1;
    }
    let before_push = matches!(decision.stage, Stage::Commit | Stage::Message);
    let again = if before_push { "; the push is checked again" } else { "" };
    decision.reading.notes.push(format!("{count} allowed by {by} ({reason}){again}"));
}
