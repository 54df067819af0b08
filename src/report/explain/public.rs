//! The page of a value that is public by design: why, and how to recognise its secret sibling.

use super::sheet::{Block, Section, bullets};
use crate::report::facts::Facts;
use crate::rules::{Detector, Rule, RuleSet, SecretKind};

/// The sections.
pub(super) fn sections(rule: &'static Rule, facts: Facts) -> Vec<Section> {
    let mut why =
        vec![Block::Text("It is public by design: stanch recognises it and never blocks it.".into())];
    why.extend(rule.remediation.public_by_design.map(|t| Block::Text(t.to_owned())));
    why.push(Block::Text(format!("Rule: {}.", rule.id)));
    let set = RuleSet::builtin();
    let siblings: Vec<String> = set
        .of_provider(rule.provider.id)
        .filter(|r| !r.public && r.kind != SecretKind::Identifier)
        .map(|r| format!("{}: {} (stanch explain {})", r.name, form(r), r.id))
        .collect();
    let mut sections = vec![Section { heading: "Public by design", blocks: why }];
    let check = facts.known_list("create", rule.remediation.create);
    if !check.is_empty() {
        sections.push(Section { heading: "What keeps it harmless", blocks: vec![bullets(check)] });
    }
    if !siblings.is_empty() {
        sections.push(Section { heading: "Related secrets", blocks: vec![Block::Bullets(siblings)] });
    }
    sections
}

/// How to tell a secret from its public sibling.
fn form(rule: &Rule) -> String {
    let prefix: String = match rule.detector {
        Detector::Regex(pattern) => {
            let (_, secret) = pattern.split_once("(?P<secret>").unwrap_or_default();
            let length = secret.find(|c: char| !c.is_ascii_alphanumeric() && !"_-".contains(c)).unwrap_or(0);
            // A quantifier applies to the character before it, a branch to the whole.
            match secret.as_bytes().get(length) {
                Some(b'|') => String::new(),
                Some(b'?' | b'*' | b'{' | b'+') => secret[..length.saturating_sub(1)].to_owned(),
                _ => secret[..length].to_owned(),
            }
        }
        Detector::Context(ref c) => c.value.prefix.to_owned(),
        Detector::Judged | Detector::File(_) => String::new(),
    };
    match (prefix.len(), rule.env_var) {
        (2.., _) => format!("it starts with {prefix}"),
        (_, Some(variable)) => format!("it is named like {variable}"),
        _ => "it is recognised by the names around it".to_owned(),
    }
}
