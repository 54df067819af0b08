//! Rule tests: run a rule's examples and negatives through the real scanner and explain each failure.

use super::Fragment;
use super::detect::generic::Surroundings;
use super::engine::{Engine, Options};
use super::filter::Rejection;
use super::scope::TextInfo;
use super::template;
use crate::finding::{Finding, RepoPath, Source, SourceKind};
use crate::rules::spec::RuleSpec;
use crate::rules::{self, Detector, Rule, RuleSet};
use crate::text::lang::Lang;
use std::borrow::Cow;

/// An example that fails.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// True if it is one of the negatives.
    pub negative: bool,
    /// Its index in the list, from 0.
    pub index: usize,
    /// What is wrong.
    pub why: Why,
}

/// Why an example fails.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// The template cannot be expanded.
    Template(String),
    /// None of the rule's keywords is in the text.
    NoKeyword,
    /// The rule is limited to other paths.
    Path,
    /// Nothing in the text matches the rule.
    NoMatch,
    /// The pattern matches, but not in the window around a keyword.
    Window,
    /// It matches, and is rejected.
    Rejected(Rejection),
    /// Other rules take precedence there, because they know more or are surer.
    Others(Vec<&'static str>),
    /// A negative that is found.
    Found,
}

impl Why {
    /// A slug for programs.
    pub fn slug(&self) -> &'static str {
        match self {
            Why::Template(_) => "template",
            Why::NoKeyword => "no-keyword",
            Why::Path => "path",
            Why::NoMatch => "no-match",
            Why::Window => "window",
            Why::Rejected(Rejection::Entropy(_)) => "entropy",
            Why::Rejected(Rejection::Disproved) => "disproved",
            Why::Rejected(Rejection::Placeholder(_)) => "placeholder",
            Why::Rejected(Rejection::Reference) => "reference",
            Why::Rejected(Rejection::Identifier(_)) => "identifier",
            Why::Rejected(Rejection::Weak) => "weak",
            Why::Rejected(Rejection::Public(_)) => "public",
            Why::Rejected(Rejection::Excepted) => "excepted",
            Why::Others(_) => "other-rule",
            Why::Found => "found",
        }
    }

    /// The reason in words, for this rule.
    pub fn describe(&self, rule: &Rule) -> String {
        match self {
            Why::Template(e) => e.clone(),
            Why::NoKeyword => format!("none of its keywords is in it: {}", rule.keywords.join(", ")),
            Why::Path => {
                "its path is not one of the rule's (`path`); the first line of such an example is the file's \
                          path"
                    .to_owned()
            }
            Why::NoMatch => match rule.detector {
                Detector::Regex(_) => "the regex does not match".to_owned(),
                Detector::Context(_) => "no name in it is given a value of this shape".to_owned(),
                Detector::Judged => "no value in it is judged to be a secret".to_owned(),
                Detector::File(_) => "no such file, or nothing in it".to_owned(),
            },
            Why::Window => format!(
                "the regex matches, but not in the window of a keyword ({}): window = \"hunk\" covers more lines, \
                 \"file\" all of them",
                rule.window.slug()
            ),
            Why::Rejected(refused) => match refused {
                Rejection::Entropy(bits) => {
                    format!(
                        "entropy: it has {bits:.2} bits per character, but the rule requires {:.2}",
                        rule.entropy
                    )
                }
                Rejection::Disproved => format!("the validator {} disproves it", rule.validator.slug()),
                Rejection::Excepted => "an except of the rule leaves it out".to_owned(),
                other => format!("it is rejected: {}", other.why()),
            },
            Why::Others(ids) => format!(
                "it is found as {}, which takes precedence: it is surer, or knows more; `supersedes` reverses that",
                ids.join(", ")
            ),
            Why::Found => "it is found".to_owned(),
        }
    }
}

/// Tries the examples of rules, each with `seeds` made-up values.
#[derive(Debug)]
pub struct Tester {
    engine: Engine,
    seeds: u64,
}

impl Tester {
    /// A tester with these rules in force.
    pub fn new(rules: &RuleSet, seeds: u64) -> Tester {
        Tester { engine: Engine::new(rules, Options::default()), seeds }
    }

    /// The faults of a rule's examples.
    pub fn faults(&self, rule: &'static Rule, spec: &RuleSpec) -> Vec<Fault> {
        let examples = spec.examples.iter().enumerate().map(|e| (false, e));
        let negatives = spec.negative_examples.iter().enumerate().map(|e| (true, e));
        let all = examples.chain(negatives);
        all.filter_map(|(negative, (index, text))| {
            let why = (1..=self.seeds).find_map(|seed| self.fault(rule, spec, text, seed, negative))?;
            Some(Fault { negative, index, why })
        })
        .collect()
    }

    fn fault(
        &self,
        rule: &'static Rule,
        spec: &RuleSpec,
        text: &str,
        seed: u64,
        negative: bool,
    ) -> Option<Why> {
        let text = match template::expand(text, seed) {
            Ok(text) => text,
            Err(e) => return Some(Why::Template(e.to_string())),
        };
        let Some(fragment) = fragment(spec, &text) else {
            return Some(Why::Template("what follows `hex:` is not hex".to_owned()));
        };
        match (negative, self.text(rule, &fragment).1) {
            (false, why) => why,
            (true, Some(_)) => None,
            (true, None) => Some(Why::Found),
        }
    }

    /// What a rule finds in a text; if nothing, why.
    pub fn text(&self, rule: &'static Rule, fragment: &Fragment<'_>) -> (Vec<Finding>, Option<Why>) {
        let all: Vec<Finding> = self.engine.scan(fragment).into_iter().flat_map(Finding::apart).collect();
        if all.iter().any(|f| f.rule.id == rule.id) {
            return (all.into_iter().filter(|f| f.rule.id == rule.id).collect(), None);
        }
        let why = why(rule, fragment, &all);
        (Vec::new(), Some(why))
    }
}

/// An example as the scanner gets it. If the rule uses paths, the first line is the file's path, and `hex:`
/// precedes bytes.
fn fragment<'a>(spec: &RuleSpec, text: &'a str) -> Option<Fragment<'a>> {
    let (path, text) = match text.split_once('\n') {
        Some((path, text)) if spec.speaks_of_paths() => (path, text),
        _ => ("example", text),
    };
    let bytes = match text.strip_prefix("hex:") {
        Some(hex) if spec.file.is_some() => data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?.into(),
        _ => Cow::Borrowed(text.as_bytes()),
    };
    Some(Fragment { source: Source::new(SourceKind::File, RepoPath::new(path)), bytes })
}

/// Why a rule does not find an example; `found` lists the findings of all rules.
fn why(rule: &'static Rule, fragment: &Fragment<'_>, found: &[Finding]) -> Why {
    let (text, path) = (&*fragment.bytes, fragment.source.path.as_bytes());
    let lower = text.to_ascii_lowercase();
    let has = |k: &&str| memchr::memmem::find(&lower, k.as_bytes()).is_some();
    let mut alone = RuleSet::empty();
    alone.push(rule);
    let engine = Engine::new(&alone, Options::default());
    let seen: Vec<Finding> = engine.scan(fragment).into_iter().flat_map(Finding::apart).collect();
    if let [first, ..] = &seen[..] {
        let at = &first.location.bytes;
        let over = |f: &&Finding| f.location.bytes.start < at.end && at.start < f.location.bytes.end;
        let mut ids: Vec<_> = found.iter().filter(over).map(|f| f.rule.id).collect();
        ids.dedup();
        return Why::Others(ids);
    }
    if !rule.keywords.is_empty() && !rule.keywords.iter().any(has) {
        return Why::NoKeyword;
    }
    if rule.own.is_some_and(|own| !super::filter::is_at(own, path)) {
        return Why::Path;
    }
    let scope = TextInfo { lang: Lang::of_path(path), path, binary: false, explain: false, former: false };
    let place = Surroundings::new(&scope);
    let mut all = engine.matches(text, &scope, &place).into_iter();
    if let Some(refused) = all.find_map(|mut c| super::filter::filter(&mut c, text, path, &place).err()) {
        return Why::Rejected(refused);
    }
    match rule.detector {
        Detector::Regex(pattern) if rules::compile(pattern).is_ok_and(|p| p.is_match(text)) => Why::Window,
        _ => Why::NoMatch,
    }
}
