//! Pairs: an id and a secret near each other are one leak, and one finding with two places.

use crate::finding::{Evidence, Finding};
use crate::rules::{Rule, SecretKind};
use crate::text::line;
use crate::text::short::holds;

/// Most lines between the two halves.
const REACH: u32 = 20;

/// Bytes of a line that are read before a finding.
const REACH_BACK: usize = 400;

/// Marks at the start of a comment's line, in any language.
const COMMENTS: [&[u8]; 9] = [b"#", b"//", b"/*", b"* ", b"-- ", b";", b"<!--", b"REM ", b"%"];

/// Findings after each one that are considered on a line with very many; keeps the work proportional to their
/// number.
const NEIGHBOURS: usize = 32;

/// Joins each secret with its id into one finding: with the nearest of several, each in one pair only. Two secrets
/// stay two findings that refer to each other, since an entry that allows one must not hide the other. What a comment
/// says beside code is often an old value: it is of no pair with what is not commented out.
pub(super) fn join(findings: Vec<Finding>, text: &[u8]) -> Vec<Finding> {
    let mut near: Vec<(usize, usize, usize)> = Vec::new();
    for (i, a) in findings.iter().enumerate() {
        for (j, b) in findings.iter().enumerate().skip(i + 1).take(NEIGHBOURS) {
            // Findings are in order of place: all further ones are farther away.
            if b.location.line.saturating_sub(a.location.end_line) > REACH {
                break;
            }
            let are_found = || a.rejected.or(b.rejected).is_none();
            if (names(a.rule, b.rule) || names(b.rule, a.rule)) && are_found() && !is_apart(a, b, text) {
                near.push((b.location.bytes.start.saturating_sub(a.location.bytes.end), i, j));
            }
        }
    }
    if near.is_empty() {
        return findings;
    }
    near.sort_unstable();
    let mut left: Vec<Option<Finding>> = findings.into_iter().map(Some).collect();
    let mut joined = vec![false; left.len()];
    for (_, i, j) in near {
        if joined[i] || joined[j] {
            continue;
        }
        (joined[i], joined[j]) = (true, true);
        let (a, b) = (left[i].take(), left[j].take());
        let (Some(mut a), Some(mut b)) = (a, b) else { continue };
        match (is_id(a.rule), is_id(b.rule)) {
            (true, false) => left[j] = Some(with(b, a)),
            (false, true) => left[i] = Some(with(a, b)),
            _ => {
                let (of_a, of_b) = (beside(&b), beside(&a));
                a.evidence.push(of_a);
                b.evidence.push(of_b);
                (left[i], left[j]) = (Some(a), Some(b));
            }
        }
    }
    left.into_iter().flatten().collect()
}

fn names(rule: &Rule, other: &Rule) -> bool {
    rule.pairs.iter().any(|id| other.is_called(id))
}

/// Returns whether a comment or the header of a section separates two findings.
fn is_apart(a: &Finding, b: &Finding, text: &[u8]) -> bool {
    let in_comment = |f: &Finding| {
        let at = f.location.bytes.start;
        line::is_comment(&text[line::start(text, at, REACH_BACK)..at], &COMMENTS)
    };
    if in_comment(a) != in_comment(b) {
        return true;
    }
    let between = &text[a.location.bytes.end.min(b.location.bytes.start)..b.location.bytes.start];
    match a.location.end_line == b.location.line {
        true => holds(between, &[b" #", b" //", b"/*", b"<!--"]),
        false => holds(between, &[b"\n["]),
    }
}

/// Returns whether it is useless without its secret.
fn is_id(rule: &Rule) -> bool {
    rule.public || rule.kind == SecretKind::Identifier
}

fn with(secret: Finding, id: Finding) -> Finding {
    Finding { pair: Some(Box::new(id)), ..secret }
}

fn beside(other: &Finding) -> Evidence {
    Evidence::tells("pair", format!("used with the {} on line {}", other.rule.name, other.location.line))
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
        found_by(RULES, text)
    }

    fn found_by(toml: &str, text: &str) -> Vec<Finding> {
        let mut rules = RuleSet::empty();
        rules.add_toml(toml).unwrap();
        let source = Source::new(SourceKind::File, RepoPath::new("a.env"));
        Engine::new(&rules, Options::default()).scan(&Fragment { source, bytes: text.as_bytes().into() })
    }

    /// The line of each finding, and of its paired id.
    fn places(text: &str) -> Vec<(&'static str, u32, Option<u32>)> {
        let line = |f: &Finding| f.location.line;
        found(text).iter().map(|f| (f.rule.id, line(f), f.pair.as_deref().map(line))).collect()
    }

    const ID: &str = "acme-id";
    const SECRET: &str = "acme-secret";

    #[test]
    fn a_secret_and_its_id_are_one_finding_whichever_comes_first() {
        assert_eq!(places("aid_k2m4p6r8\n\nasec_q1w3e5r7\n"), [(SECRET, 3, Some(1))]);
        assert_eq!(places("asec_q1w3e5r7\naid_k2m4p6r8\n"), [(SECRET, 1, Some(2))]);
        let found = found("aid_k2m4p6r8 asec_q1w3e5r7");
        let id = found[0].pair.as_deref().unwrap();
        assert_eq!((id.rule.id, id.secret.expose()), (ID, &b"aid_k2m4p6r8"[..]));
    }

    #[test]
    fn the_nearest_of_several_is_paired_and_a_distant_one_is_not() {
        let text = "aid_k2m4p6r8\n\n\naid_z9x7c5v3\nasec_q1w3e5r7\n";
        assert_eq!(places(text), [(ID, 1, None), (SECRET, 5, Some(4))]);
        let far = format!("aid_k2m4p6r8{}asec_q1w3e5r7", "\n".repeat(21));
        assert_eq!(places(&far), [(ID, 1, None), (SECRET, 22, None)]);
        let near = format!("aid_k2m4p6r8{}asec_q1w3e5r7", "\n".repeat(20));
        assert_eq!(places(&near), [(SECRET, 21, Some(1))]);
    }

    #[test]
    fn an_old_id_in_a_comment_is_of_no_pair_with_what_is_in_force() {
        assert_eq!(places("# was aid_k2m4p6r8\nasec_q1w3e5r7\n"), [(ID, 1, None), (SECRET, 2, None)]);
        assert_eq!(places("# aid_k2m4p6r8\n# asec_q1w3e5r7\n"), [(SECRET, 2, Some(1))]);
        for apart in [
            "asec_q1w3e5r7 # was aid_k2m4p6r8",
            "asec_q1w3e5r7 // aid_k2m4p6r8",
            "aid_k2m4p6r8\n[new]\nasec_q1w3e5r7",
        ] {
            assert_eq!(places(apart).len(), 2, "{apart}");
        }
        assert_eq!(places("--id aid_k2m4p6r8 \\\nasec_q1w3e5r7\n"), [(SECRET, 2, Some(1))]);
        let text = "id = aid_z9x7c5v3\n// aid_k2m4p6r8\nasec_q1w3e5r7\n";
        assert_eq!(places(text), [(ID, 2, None), (SECRET, 3, Some(1))]);
    }

    #[test]
    fn two_of_one_kind_are_no_pair() {
        assert_eq!(places("aid_k2m4p6r8\naid_z9x7c5v3\n"), [(ID, 1, None), (ID, 2, None)]);
    }

    #[test]
    fn each_of_many_on_one_line_finds_its_own() {
        let one = |i: usize| format!("aid_k2m4p6{i:02} asec_q1w3e5{i:02} ");
        let text: String = (0..50).map(one).collect();
        let found = found(&text);
        assert_eq!(found.len(), 50);
        for f in found {
            let id = f.pair.unwrap();
            assert_eq!(f.secret.expose()[11..], id.secret.expose()[10..]);
        }
    }

    #[test]
    fn two_secrets_stay_two_findings_that_tell_of_each_other() {
        let rules = RULES.replace("\"identifier\"", "\"token\"");
        let found = found_by(&rules, "aid_k2m4p6r8\nasec_q1w3e5r7\n");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].evidence.last().unwrap().text, "used with the Acme secret on line 2");
        assert_eq!(found[1].evidence.last().unwrap().text, "used with the Acme id on line 1");
        assert!(found.iter().all(|f| f.pair.is_none()));
    }

    #[test]
    fn only_what_is_new_of_a_pair_is_split_off() {
        let pair = || found("aid_k2m4p6r8\nasec_q1w3e5r7\n").remove(0);
        let parts = |new: &[u32]| {
            let line = |f: Finding| (f.rule.id, f.pair.is_some());
            let (here, rest) = pair().split(|f| new.contains(&f.location.line));
            (here.map(line), rest.map(line))
        };
        assert_eq!(parts(&[2]), (Some((SECRET, true)), None), "the id on an old line still belongs");
        assert_eq!(parts(&[1]), (Some((ID, false)), Some((SECRET, false))));
        assert_eq!(parts(&[]), (None, Some((SECRET, true))));
    }
}
