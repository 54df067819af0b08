//! What version 0.1 would have reported for a finding, so that a team can keep that version's decisions.
//!
//! Three things decided in 0.1, and each is kept here as data or code that never changes: the rules with their
//! severity, confidence and pattern (`0.1.txt`), the weights of the evidence with their two thresholds (the same
//! file), and the paths that made a finding less sure ([`paths`]). A current finding is decided by them again. What
//! no rule or weight of 0.1 reports was not reported. Values that 0.1 did not read because it did not support the
//! notation cannot all be recognised; docs/policy.md says how often that happens.

mod paths;
pub(super) mod table;

use super::candidate::Candidate;
use super::detect::files::ends_in;
use super::detect::generic::Surroundings;
use crate::finding::{Confidence, Former, Severity};
use crate::rules::{self, Detector, Rule, SecretKind, Validator};
use table::{FormerRule, LookedFor, table};

/// Bytes on both sides of a match in which the former pattern searches for the words that must be beside the value.
const REACH: usize = 200;

/// What 0.1 would have reported for a candidate that becomes a finding. `text` is the text that contains it.
pub(super) fn of(c: &Candidate, text: &[u8], path: &[u8], place: &Surroundings<'_>) -> Former {
    // A team may change its own rules.
    if c.rule.owner().is_some() {
        return Former::Reported { severity: c.severity, confidence: c.confidence };
    }
    let is_soft = || paths::is_soft(path) || place.in_docstring(text, c.secret.start);
    let in_place = |confidence: Confidence| match is_soft() {
        true => confidence.min(Confidence::Medium),
        false => confidence,
    };
    let Some(former) = table().rule(c.rule).filter(|former| former.finds(c, text, path)) else {
        // Without that rule the name alone decided.
        return c.outdone.map_or(Former::Silent, |confidence| {
            let severity = c.severity.min(Severity::High);
            Former::Reported { severity, confidence: in_place(confidence.min(c.confidence)) }
        });
    };
    let severity = former.severity.min(c.severity);
    let proved = c.confidence == Confidence::Certain && c.rule.validator != Validator::None;
    // Anyone can write a token that parses.
    let by_rule = !proved || c.rule.validator == Validator::Jwt && paths::is_soft(path);
    if !by_rule {
        return Former::Reported { severity, confidence: c.confidence };
    }
    let said = match c.formerly {
        Some(judged) => judged,
        // A manifest's value without evidence.
        None if c.rule.is_generic() => None,
        None => Some(former.confidence),
    };
    let Some(mut confidence) = said.map(|said| said.min(c.confidence)) else { return Former::Silent };
    if is_made_up(c.rule) {
        confidence = in_place(confidence);
    }
    // Only the surrounding lines name the provider.
    if c.evidence.iter().any(|e| e.weight < 0 && e.code == "name") {
        confidence = confidence.min(Confidence::Medium);
    }
    let expired = c.evidence.iter().any(|e| e.weight < 0 && e.code == "expiry");
    if expired || c.rule.kind == SecretKind::PasswordHash && paths::is_soft(path) {
        confidence = lower(confidence);
    }
    Former::Reported { severity, confidence }
}

impl FormerRule {
    /// Returns whether the former rule finds the candidate.
    fn finds(&self, c: &Candidate, text: &[u8], path: &[u8]) -> bool {
        match (&c.rule.detector, &self.looked_for) {
            (Detector::Regex(now), LookedFor::Pattern(then)) => now == then || has_match(then, c, text),
            (Detector::Context(now), LookedFor::Words(then)) => {
                // An argument of the provider's client, and a value beside an id, are forms that
                // 0.1 did not read.
                let by_client = c.evidence.iter().any(|e| matches!(e.code, "client" | "pair"));
                let from = c.whole.start.saturating_sub(REACH);
                let around = &text[from..text.len().min(c.whole.end + REACH)];
                let same = || now.words.iter().copied().eq(then.split(','));
                !by_client && (same() || then.split(',').any(|word| holds(around, word)))
            }
            (Detector::File(now), LookedFor::Names(then)) => {
                let same = now.names.iter().copied().eq(then.split(','));
                same || then.split(',').any(|name| ends_in(path, name.as_bytes()))
            }
            (Detector::Judged, LookedFor::Judged) => true,
            _ => false,
        }
    }
}

/// Returns whether a pattern matches at the candidate.
fn has_match(pattern: &str, c: &Candidate, text: &[u8]) -> bool {
    let Ok(regex) = rules::compile(pattern) else { return false };
    if let Some(decoded) = &c.decoded {
        return regex.is_match(decoded);
    }
    let from = c.whole.start.saturating_sub(REACH);
    let around = &text[from..text.len().min(c.whole.end + REACH)];
    let secret = c.secret.start - from..c.secret.end - from;
    regex.find_iter(around).any(|found| found.start() < secret.end && secret.start < found.end())
}

/// Returns whether a text contains a word, ignoring case and separators.
fn holds(text: &[u8], word: &str) -> bool {
    let plain = |bytes: &[u8]| -> Vec<u8> {
        let separator = |b: &u8| matches!(b, b'_' | b'-' | b'.' | b' ');
        bytes.iter().filter(|b| !separator(b)).map(u8::to_ascii_lowercase).collect()
    };
    memchr::memmem::find(&plain(text), &plain(word.as_bytes())).is_some()
}

/// Returns whether 0.1 was less sure of the rule's values in tests, examples and documentation.
fn is_made_up(rule: &Rule) -> bool {
    match rule.kind {
        SecretKind::Password | SecretKind::ConnectionString | SecretKind::CredentialFile => true,
        SecretKind::SigningKey if rule.validator == Validator::None => true,
        _ => matches!(rule.detector, Detector::Context(_) | Detector::Judged | Detector::File(_)),
    }
}

fn lower(c: Confidence) -> Confidence {
    match c {
        Confidence::Certain => Confidence::High,
        Confidence::High => Confidence::Medium,
        Confidence::Medium | Confidence::Low => Confidence::Low,
    }
}

#[cfg(test)]
mod tests {
    use super::table::confidence;
    use super::*;
    use crate::rules::RuleSet;

    #[test]
    fn the_table_has_every_rule_of_0_1_with_what_it_looked_for() {
        let table = table();
        assert_eq!(table.rules.len(), 1235);
        let count = |is: fn(&LookedFor) -> bool| table.rules.values().filter(|r| is(&r.looked_for)).count();
        assert!(count(|l| matches!(l, LookedFor::Pattern(_))) > 650);
        assert!(count(|l| matches!(l, LookedFor::Words(_))) > 400);
        assert!(count(|l| matches!(l, LookedFor::Names(_))) > 15);
        assert_eq!(count(|l| matches!(l, LookedFor::Judged)), 10);
        assert!(table.weight("bias") < -3.0 && table.weight("at-high") > 2.0);
        let patterns = table.rules.values().filter_map(|r| match r.looked_for {
            LookedFor::Pattern(pattern) => Some(pattern),
            _ => None,
        });
        for pattern in patterns {
            assert!(rules::compile(pattern).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn every_rule_of_0_1_is_still_called_by_its_id() {
        let set = RuleSet::builtin();
        let lost: Vec<_> = table().rules.keys().filter(|id| set.get(id).is_none()).collect();
        assert!(lost.is_empty(), "renamed without an alias: {lost:?}");
    }

    #[test]
    fn the_sum_of_the_evidence_decides_and_what_is_new_weighs_nothing() {
        let sure = [
            "name-password",
            "form-equals",
            "bare",
            "in-config",
            "words-none",
            "letters-wild",
            "length-11",
            "own-line",
        ];
        assert_eq!(confidence(&sure), Some(Confidence::High));
        assert_eq!(
            confidence(&[&sure[..], &["name-explicit", "value-random"]].concat()),
            Some(Confidence::High)
        );
        assert_eq!(confidence(&[&sure[..], &["line-comment"]].concat()), Some(Confidence::Medium));
        assert_eq!(confidence(&["name-explicit", "value-random", "letters-likely"]), None);
        let twice = [&sure[..2], &sure[..2], &sure[..2], &sure[..2]].concat();
        assert_eq!(confidence(&twice), confidence(&sure[..2]));
    }
}
