//! Pairs: an id and its secret that stand near each other are one leak with two places.

use crate::finding::{Finding, Pair};
use crate::rules::Rule;

/// How far apart two halves may stand, in lines.
const REACH: u32 = 20;

/// Names to each half of a pair where the other one is: of several the nearest, each half in one pair only.
pub(super) fn join(findings: &mut [Finding]) {
    let mut near: Vec<(usize, usize, usize)> = Vec::new();
    for (i, a) in findings.iter().enumerate() {
        for (j, b) in findings.iter().enumerate().skip(i + 1) {
            // Findings stand in order of place: all further ones are further away.
            if b.location.line.saturating_sub(a.location.end_line) > REACH {
                break;
            }
            if names(a.rule, b.rule) || names(b.rule, a.rule) {
                near.push((b.location.bytes.start.saturating_sub(a.location.bytes.end), i, j));
            }
        }
    }
    near.sort_unstable();
    for (_, i, j) in near {
        if findings[i].pair.is_none() && findings[j].pair.is_none() {
            findings[i].pair = Some(half(&findings[j]));
            findings[j].pair = Some(half(&findings[i]));
        }
    }
}

fn names(rule: &Rule, other: &Rule) -> bool {
    rule.pairs.iter().any(|id| other.is_called(id))
}

fn half(f: &Finding) -> Pair {
    Pair { rule: f.rule, location: f.location.clone() }
}

#[cfg(test)]
mod tests {
    use crate::finding::{Finding, RepoPath, Source, SourceKind};
    use crate::rules::RuleSet;
    use crate::scan::{Engine, Fragment, Options};

    const RULES: &str = r#"
        schema = 1
        [provider]
        id = "acme"
        name = "Acme"
        [[rule]]
        id = "acme-id"
        name = "Acme id"
        kind = "identifier"
        severity = "low"
        confidence = "high"
        keywords = ["aid_"]
        regex = '''\b(?P<secret>aid_[0-9a-z]{8})\b'''
        pairs = ["acme-secret"]
        examples = ["aid_${alnum-lower:8}"]
        negative_examples = ["aid_"]
        [[rule]]
        id = "acme-secret"
        name = "Acme secret"
        kind = "api-key"
        severity = "high"
        confidence = "high"
        keywords = ["asec_"]
        regex = '''\b(?P<secret>asec_[0-9a-z]{8})\b'''
        examples = ["asec_${alnum-lower:8}"]
        negative_examples = ["asec_"]
    "#;

    fn found(text: &str) -> Vec<Finding> {
        let mut rules = RuleSet::empty();
        rules.add_toml(RULES).unwrap();
        let source = Source::new(SourceKind::File, RepoPath::new("a.env"));
        Engine::new(&rules, Options::default()).scan(&Fragment { source, bytes: text.as_bytes().into() })
    }

    fn partners(text: &str) -> Vec<Option<u32>> {
        found(text).iter().map(|f| f.pair.as_ref().map(|p| p.location.line)).collect()
    }

    #[test]
    fn both_halves_name_the_other_whichever_comes_first() {
        assert_eq!(partners("aid_k2m4p6r8\n\nasec_q1w3e5r7\n"), [Some(3), Some(1)]);
        assert_eq!(partners("asec_q1w3e5r7\naid_k2m4p6r8\n"), [Some(2), Some(1)]);
        let found = found("aid_k2m4p6r8 asec_q1w3e5r7");
        assert_eq!(found[0].pair.as_ref().map(|p| p.rule.id), Some("acme-secret"));
    }

    #[test]
    fn of_several_the_nearest_belongs_and_what_stands_far_does_not() {
        let text = "aid_k2m4p6r8\n\n\naid_z9x7c5v3\nasec_q1w3e5r7\n";
        assert_eq!(partners(text), [None, Some(5), Some(4)]);
        let far = format!("aid_k2m4p6r8{}asec_q1w3e5r7", "\n".repeat(21));
        assert_eq!(partners(&far), [None, None]);
        let near = format!("aid_k2m4p6r8{}asec_q1w3e5r7", "\n".repeat(20));
        assert_eq!(partners(&near), [Some(21), Some(1)]);
    }

    #[test]
    fn two_of_one_kind_are_no_pair() {
        assert_eq!(partners("aid_k2m4p6r8\naid_z9x7c5v3\n"), [None, None]);
    }
}
