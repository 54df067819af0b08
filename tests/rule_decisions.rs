//! The catalogue under the built-in policy: what a rule finds is reported, and knowing whose secret it is never makes
//! the decision milder.

use std::borrow::Cow;

use jiff::civil::date;
use stanch::config::Config;
use stanch::finding::{RepoPath, Severity, Source, SourceKind};
use stanch::policy::{Action, Markers, Policy, Verdict};
use stanch::rules::spec::RuleSpec;
use stanch::rules::{RuleSet, SecretKind};
use stanch::scan::{Engine, Fragment, Options};

use super::rules::{example, expand, rules};

/// Made-up values per template.
const SEEDS: u64 = 1;

/// What the built-in policy decides about an example, with the rules of an engine.
fn decided(engine: &Engine, spec: &RuleSpec, template: &str, seed: u64) -> Vec<Verdict> {
    let (path, bytes) = example(spec, &expand(template, seed));
    // A neutral path: an example's own name would lower what is in it.
    let path = if path == "example" { "app" } else { &path };
    let source = Source::new(SourceKind::File, RepoPath::new(path));
    let found = engine.scan(&Fragment { source, bytes: Cow::Borrowed(&bytes) });
    let policy = Policy::new(Config::default(), date(2026, 1, 1));
    found.into_iter().map(|f| policy.decide(f, &Markers::default())).collect()
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_example_of_every_rule_gets_a_warning_at_least() {
    let engine = Engine::new(&RuleSet::builtin(), Options::default());
    let mut faults = Vec::new();
    for spec in rules().filter(|r| !r.public) {
        for (i, template) in spec.examples.iter().enumerate() {
            for seed in 1..=SEEDS {
                let all = decided(&engine, spec, template, seed);
                let of_rule = |v: &&Verdict| {
                    let pair = v.finding.pair.as_ref().is_some_and(|id| id.rule.id == spec.id);
                    v.finding.rule.id == spec.id || pair
                };
                if !all.iter().filter(of_rule).any(|v| v.action >= Action::Warn) {
                    let because: Vec<_> = all.iter().map(|v| (v.finding.rule.id, &v.because)).collect();
                    faults.push(format!("{} example {i}: {template:?}: {because:?}", spec.id));
                }
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn a_rule_of_a_provider_never_makes_a_decision_milder() {
    let all = Engine::new(&RuleSet::builtin(), Options::default());
    let mut only_generic = RuleSet::empty();
    RuleSet::builtin().iter().filter(|r| r.is_generic()).for_each(|r| only_generic.push(r));
    let only_generic = Engine::new(&only_generic, Options::default());
    let strictest = |verdicts: &[Verdict]| verdicts.iter().map(|v| v.action).max();
    let mut faults = Vec::new();
    // What a vendor prints in pages, a key of a test mode and a hash are known to be worth less than an unknown value.
    for spec in rules().filter(|r| !r.public && r.severity > Severity::Low) {
        for template in spec.examples.iter().chain(&spec.negative_examples) {
            for seed in 1..=SEEDS {
                let without = strictest(&decided(&only_generic, spec, template, seed));
                let with = decided(&all, spec, template, seed);
                let is_worth_less = with.iter().any(|v| {
                    let rule = v.finding.rule;
                    rule.public
                        || rule.kind == SecretKind::PasswordHash
                        || v.finding.severity == Severity::Low
                });
                if strictest(&with) < without && !is_worth_less {
                    let found: Vec<_> = with.iter().map(|v| (v.finding.rule.id, v.action)).collect();
                    faults.push(format!("{}: {template:?}: {without:?} without, {found:?} with", spec.id));
                }
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn each_variable_of_a_rule_is_found_by_it_or_by_another_rule_of_that_variable() {
    let engine = Engine::new(&RuleSet::builtin(), Options::default());
    let variables = |r: &RuleSpec| r.env_var.iter().chain(&r.env_var_aliases).cloned().collect::<Vec<_>>();
    let is_name = |n: &str| n.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let (mut faults, mut tried) = (Vec::new(), 0);
    for spec in rules().filter(|r| r.regex.is_some() || r.context.is_some()) {
        let given =
            |e: &String| e.split_once('=').filter(|(name, _)| is_name(name)).map(|(_, v)| v.to_owned());
        let Some(value) = spec.examples.iter().find_map(given) else { continue };
        for variable in variables(spec) {
            tried += 1;
            let all = decided(&engine, spec, &format!("{variable}={value}"), 1);
            let rules = all.iter().flat_map(|v| {
                let of_pair = v.finding.pair.as_ref().map(|id| id.rule);
                of_pair.into_iter().chain([v.finding.rule])
            });
            let found: Vec<_> = rules.map(|r| (r.id, r.env_var == Some(&variable))).collect();
            let by_it = |(id, is_its): &(&str, bool)| *id == spec.id || *is_its;
            if !found.iter().any(by_it) {
                faults.push(format!("{}: {variable} is found as {found:?}", spec.id));
            }
        }
    }
    assert!(tried > 700, "{tried} variables were tried");
    assert_none(&faults);
}
