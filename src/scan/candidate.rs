//! Candidates: matches before they become findings, and which of two overlapping ones is kept.

use crate::finding::{Confidence, Evidence, Score, Severity};
use crate::rules::{Detector, Rule, SecretKind};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A match of one rule.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) rule: &'static Rule,
    /// The secret itself, in bytes of the scanned text.
    pub(super) secret: Range<usize>,
    /// Everything that the pattern matched.
    pub(super) whole: Range<usize>,
    pub(super) confidence: Confidence,
    pub(super) severity: Severity,
    pub(super) evidence: Vec<Evidence>,
    /// The name that the value is assigned to.
    pub(super) name: Option<String>,
    /// The decoded value, if the text has it encoded.
    pub(super) decoded: Option<Vec<u8>>,
    /// How the generic detector got its confidence, if requested.
    pub(super) score: Option<Score>,
    /// Why a filter rejected it; such a candidate exists only to be explained.
    pub(super) rejected: Option<&'static str>,
    /// Version 0.1's confidence from the evidence, if evidence was weighed.
    pub(super) formerly: Option<Option<Confidence>>,
    /// The same for a generic rule that this one displaced.
    pub(super) outdone: Option<Confidence>,
}

impl Candidate {
    /// A match with its rule's confidence, before any check.
    pub(super) fn new(rule: &'static Rule, secret: Range<usize>, whole: Range<usize>) -> Candidate {
        Candidate {
            rule,
            secret,
            whole,
            confidence: rule.confidence,
            severity: rule.severity,
            evidence: Vec::new(),
            name: None,
            decoded: None,
            score: None,
            rejected: None,
            formerly: None,
            outdone: None,
        }
    }

    /// Marks it as rejected by a filter, so that the reason can be shown.
    pub(super) fn reject(&mut self, why: &'static str) {
        (self.rejected, self.confidence) = (Some(why), Confidence::Low);
    }

    /// The same candidate, rejected by a filter.
    pub(super) fn rejected(mut self, why: &'static str) -> Candidate {
        self.reject(why);
        self
    }

    /// Returns whether it exists only to be explained.
    pub(super) fn is_only_explained(&self) -> bool {
        self.rejected.is_some() || self.score.as_ref().is_some_and(|s| s.confidence.is_none())
    }
}

/// Candidates of a growing list, ordered by the start of their secrets.
#[derive(Debug, Default)]
pub(super) struct ByPlace {
    /// Start and index of each.
    starts: BTreeSet<(usize, usize)>,
    /// Number of candidates of the list that are included.
    seen: usize,
}

impl ByPlace {
    /// The highest confidence of the candidates among `all` that have the same rule and lie within `outer`. The
    /// list may only have grown since the last call.
    pub(super) fn surest(&mut self, all: &[Candidate], outer: &Candidate) -> Option<Confidence> {
        let new = all.iter().enumerate().skip(self.seen);
        self.starts.extend(new.map(|(i, c)| (c.secret.start, i)));
        self.seen = all.len();
        let from = (outer.secret.start, 0);
        let within = self.starts.range(from..).take_while(|(start, _)| *start <= outer.secret.end);
        let of_rule = within.map(|(_, i)| &all[*i]).filter(|c| c.rule.id == outer.rule.id);
        of_rule.filter(|c| c.secret.end <= outer.secret.end).map(|c| c.confidence).max()
    }
}

/// How much a rule knows about its secret's form: scoring, names around it, a format.
fn rank(rule: &Rule) -> u8 {
    match rule.detector {
        // An argument's place tells where the secret starts.
        Detector::Judged => u8::from(rule.id == "generic-argument"),
        Detector::File(_) => 1,
        Detector::Context(_) => 2,
        Detector::Regex(_) => 3,
    }
}

/// Returns whether the rule knows the provider of a value. Scoring, and a file's name, only tell that it is secret.
fn knows_its_value(rule: &Rule) -> bool {
    matches!(rule.detector, Detector::Context(_) | Detector::Regex(_))
}

/// Returns whether it only knows a place of passwords, as on curl's command line; another rule knows the provider.
fn knows_its_place(rule: &Rule) -> bool {
    matches!(rule.detector, Detector::Regex(_))
        && rule.kind == SecretKind::Password
        && !rule.provider.is_issuer()
}

/// Keeps one candidate per secret for each owner of rules. A repository's own rules never displace one of the
/// catalogue or of an organisation, or a pattern could hide their findings: the policy decides between them.
pub(super) fn resolve(all: Vec<Candidate>) -> Vec<Candidate> {
    let mut owners: Vec<_> = all.iter().map(|c| c.rule.owner()).collect();
    owners.sort_unstable();
    owners.dedup();
    if let [] | [_] = owners[..] {
        return resolve_equals(all);
    }
    let mut kept: Vec<Candidate> = owners
        .iter()
        .flat_map(|o| resolve_equals(all.iter().filter(|c| c.rule.owner() == *o).cloned().collect()))
        .collect();
    kept.sort_by_key(|c| c.secret.start);
    kept
}

/// The same, with rejected candidates where no other one stands. What a provider's rule says of a rejected value is worth
/// more than a generic rule's low score.
pub(super) fn resolve_explained(all: Vec<Candidate>) -> Vec<Candidate> {
    let (rejected, others) = all.into_iter().partition(|c| c.rejected.is_some());
    let mut kept = resolve(others);
    for c in resolve(rejected) {
        let is_over = |k: &Candidate| k.secret.start < c.secret.end && c.secret.start < k.secret.end;
        let gives_way = |k: &Candidate| k.is_only_explained() && knows_its_value(c.rule);
        if kept.iter().filter(|k| is_over(k)).all(gives_way) {
            kept.retain(|k| !is_over(k));
            kept.push(c);
        }
    }
    kept.sort_by_key(|c| c.secret.start);
    kept
}

/// Of two that overlap, keeps the one that supersedes the other, else the surer one, else the more specific kind of
/// rule, else the longer one, else the first in the catalogue.
fn resolve_equals(mut all: Vec<Candidate>) -> Vec<Candidate> {
    // The one that knows more stays, and takes over the other's confidence.
    let knows = |rule: &Rule| match rule.detector {
        Detector::Judged => 0,
        Detector::File(_) => 1,
        _ if knows_its_place(rule) => 2,
        _ => 3,
    };
    // Of two readings of one place, the one that is in the text as it is: `fix` can replace it.
    let key =
        |c: &Candidate| (knows(c.rule), c.confidence, rank(c.rule), c.secret.len(), c.decoded.is_none());
    // A stable sort keeps catalogue order between equals.
    all.sort_by_key(|c| std::cmp::Reverse(key(c)));
    // Kept candidates never overlap, so ordering them by start also orders them by end, and a text with very
    // many candidates costs no more than sorting them.
    let mut kept: BTreeMap<usize, Candidate> = BTreeMap::new();
    for c in all {
        let overlapping = |kept: &BTreeMap<usize, Candidate>| -> Vec<usize> {
            let before_end = kept.range(..c.secret.end.max(c.secret.start + 1)).rev();
            before_end.take_while(|(_, k)| k.secret.end > c.secret.start).map(|(start, _)| *start).collect()
        };
        let rivals = overlapping(&kept);
        if !knows_its_value(c.rule) {
            // Knowing a value's provider never makes it less secret: the confidence of scoring or of
            // the file's name still counts. A value that is public by design is not a secret, and a
            // hash keeps its rule's confidence.
            let is_open = |k: &Rule| !k.public && k.kind != SecretKind::PasswordHash;
            for start in &rivals {
                if let Some(k) = kept.get_mut(start) {
                    k.outdone = k.outdone.max(c.formerly.flatten());
                }
                if let Some(k) = kept.get_mut(start).filter(|k| is_open(k.rule)) {
                    k.confidence = k.confidence.max(c.confidence.min(Confidence::High));
                }
            }
        }
        if rivals.iter().all(|start| c.rule.supersedes.contains(&kept[start].rule.id)) {
            // The same for a rule that replaces another.
            let mut c = c;
            for rival in rivals.into_iter().filter_map(|start| kept.remove(&start)) {
                c.confidence = c.confidence.max(rival.confidence);
            }
            kept.insert(c.secret.start, c);
        }
    }
    kept.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;
    use proptest::prelude::*;

    fn candidate(rule: &str, secret: Range<usize>) -> Candidate {
        Candidate::new(RuleSet::builtin().get(rule).unwrap(), secret.clone(), secret)
    }

    #[test]
    fn a_provider_s_rule_stays_and_a_generic_one_gives_way() {
        let kept = resolve(vec![
            candidate("generic-password", 0..50),
            candidate("klaviyo-private-api-key", 10..47),
            candidate("generic-password", 60..70),
        ]);
        let found: Vec<_> = kept.iter().map(|c| (c.rule.id, c.secret.clone())).collect();
        assert_eq!(found, [("klaviyo-private-api-key", 10..47), ("generic-password", 60..70)]);
    }

    #[test]
    fn a_provider_s_rule_is_as_sure_of_the_value_as_judgement_is() {
        let sure = |rule: &str, confidence| Candidate { confidence, ..candidate(rule, 0..40) };
        // A rule that knows names, one that knows a format, and one with a checksum.
        for rule in ["klaviyo-oauth-client-secret", "klaviyo-private-api-key", "jwt"] {
            let kept = |a, b| resolve(vec![sure(rule, a), sure("generic-secret", b)]).remove(0);
            assert_eq!(kept(Confidence::Low, Confidence::High).rule.id, rule);
            assert_eq!(kept(Confidence::Low, Confidence::High).confidence, Confidence::High, "{rule}");
            assert_eq!(kept(Confidence::High, Confidence::Low).confidence, Confidence::High, "{rule}");
        }
    }

    #[test]
    fn judgement_does_not_make_a_public_value_a_secret() {
        let public = Candidate { confidence: Confidence::Low, ..candidate("firebase-web-api-key", 0..39) };
        let judged = Candidate { confidence: Confidence::High, ..candidate("generic-api-key", 0..39) };
        let kept = resolve(vec![public, judged]).remove(0);
        assert_eq!((kept.rule.id, kept.confidence), ("firebase-web-api-key", Confidence::Low));
    }

    proptest! {
        #[test]
        fn the_surest_within_is_that_of_a_look_at_all(
            spans in prop::collection::vec((0usize..60, 0usize..20, any::<bool>(), any::<bool>()), 0..40),
            outer in (0usize..60, 0usize..40),
        ) {
            let all: Vec<_> = spans.into_iter().map(|(start, length, generic, sure)| Candidate {
                confidence: if sure { Confidence::High } else { Confidence::Medium },
                ..candidate(if generic { "generic-password" } else { "klaviyo-private-api-key" }, start..start + length)
            }).collect();
            let outer = candidate("generic-password", outer.0..outer.0 + outer.1);
            let within = |c: &&Candidate| {
                c.rule.id == outer.rule.id && c.secret.start >= outer.secret.start && c.secret.end <= outer.secret.end
            };
            let mut by_place = ByPlace::default();
            for known in [all.len() / 2, all.len()] {
                let plain = all[..known].iter().filter(within).map(|c| c.confidence).max();
                prop_assert_eq!(by_place.surest(&all[..known], &outer), plain);
            }
        }

        #[test]
        fn what_is_kept_is_ordered_and_never_overlaps(spans in proptest::collection::vec((0usize..60, 1usize..20), 0..40)) {
            let all = spans.iter().enumerate().map(|(i, (start, len))| {
                candidate(["generic-password", "klaviyo-private-api-key"][i % 2], *start..start + len)
            });
            let kept = resolve(all.clone().collect());
            prop_assert!(kept.windows(2).all(|w| w[0].secret.end <= w[1].secret.start));
            // Nothing is dropped unless a rival stayed.
            for c in all {
                prop_assert!(kept.iter().any(|k| k.secret.start < c.secret.end && c.secret.start < k.secret.end));
            }
        }
    }
}
