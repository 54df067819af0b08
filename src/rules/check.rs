//! Checks of a rule file: those for every file, and the stricter ones for the catalogue.
//!
//! Pure: `build.rs` includes it by `#[path]`, as it does the format.

use super::literals;
use super::remediation::{LINE, PROVIDER, RemediationSpec, RemedySpec};
use super::spec::{ExceptSpec, FileSpec, RuleSpec, SCHEMA};
use super::vocabulary::{Holds, SecretKind, Window};
use regex_syntax::hir::Hir;

/// A fault in a rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule's index in the file; `None` if the fault concerns the file itself.
    pub rule: Option<usize>,
    /// What is wrong, and how to fix it.
    pub what: String,
}

/// A further check of each pattern that parses; returns what is wrong with it. Parsing is expensive, so each
/// pattern is parsed once.
pub type Asked<'a> = &'a dyn Fn(&str, &Hir) -> Option<String>;

/// Lists the faults of a catalogue file, one sentence each, with the rule's name.
pub fn all(file: &FileSpec) -> Vec<String> {
    let faults = own(file, &|_, _| None).into_iter().chain(untaken(file)).chain(catalogue(file));
    faults.map(|f| f.describe(&file.rules)).collect()
}

/// Lists the faults against the stricter rules for catalogue files.
pub fn catalogue(file: &FileSpec) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !file.except.is_empty() {
        faults.push(Fault { rule: None, what: "except is for own rules".to_owned() });
    }
    for (i, rule) in file.rules.iter().enumerate() {
        let mut fault = |what: &str| faults.push(Fault { rule: Some(i), what: what.to_owned() });
        if rule.path.is_some() || !rule.except.is_empty() {
            fault("path and except are for own rules");
        }
        if rule.file.is_none() && rule.effective_keywords().is_empty() {
            fault("no keyword");
        }
        if rule.examples.is_empty() {
            fault("no example");
        }
        if rule.negative_examples.is_empty() {
            fault("no negative example");
        }
    }
    faults
}

impl Fault {
    /// The sentence, preceded by the rule's name.
    pub fn describe(&self, rules: &[RuleSpec]) -> String {
        match self.rule.and_then(|i| rules.get(i)) {
            Some(rule) => format!("rule {}: {}", rule.id, self.what),
            None => self.what.clone(),
        }
    }
}

/// Lists the faults of a user's rule file. It needs no examples, unlike the catalogue.
pub fn own(file: &FileSpec, asked: Asked<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut of_file = |what: String| faults.push(Fault { rule: None, what });
    if file.schema != SCHEMA {
        of_file(format!("schema is {}, this program reads {SCHEMA}", file.schema));
    }
    if !is_slug(&file.provider.id) {
        of_file(format!("provider id {:?} is not lower-case-with-dashes", file.provider.id));
    }
    if file.provider.name.trim().is_empty() {
        of_file("provider name is empty".to_owned());
    }
    for (name, r) in blocks(file) {
        check_remediation(name, r, file, &mut of_file);
        check_takers(name, r, file, &mut of_file);
    }
    check_excepts(&file.except, asked, &mut of_file);
    for (i, rule) in file.rules.iter().enumerate() {
        check_rule(rule, file, asked, &mut |what| faults.push(Fault { rule: Some(i), what }));
    }
    faults
}

fn is_slug(s: &str) -> bool {
    !s.is_empty() && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn check_rule(rule: &RuleSpec, file: &FileSpec, asked: Asked<'_>, fault: &mut dyn FnMut(String)) {
    if !is_slug(&rule.id) {
        fault(format!("id {:?} is not lower-case-with-dashes", rule.id));
    }
    if rule.name.trim().is_empty() {
        fault("name is empty".to_owned());
    }
    let detectors = [rule.regex.is_some(), rule.context.is_some(), rule.judged, rule.file.is_some()];
    if detectors.iter().filter(|d| **d).count() != 1 {
        fault("give one of regex, context, judged and file".to_owned());
    }
    let parses = rule.regex.as_deref().is_none_or(|regex| check_pattern("regex", regex, asked, fault));
    if let Some(regex) = rule.regex.as_deref().filter(|_| parses) {
        let has_group = regex.contains("(?P<secret>") || regex.contains("(?<secret>");
        if !has_group {
            fault("regex has no group (?P<secret>...) around the secret".to_owned());
        }
    }
    if let Some(c) = &rule.context {
        let (least, most) = c.value.length.bounds();
        if least == 0 || most < least {
            fault("context.value.length is empty".to_owned());
        }
        if c.words.is_empty() {
            fault("context.words is empty".to_owned());
        }
    }
    if let Some(f) = &rule.file {
        if f.names.is_empty() {
            fault("file.names is empty".to_owned());
        }
        let has_group = f.pattern.as_ref().is_some_and(|p| p.contains("(?P<secret>"));
        if (f.holds == Holds::Pattern) != has_group {
            fault("file.pattern, with a group (?P<secret>...), goes with holds = \"pattern\"".to_owned());
        }
        if let Some(pattern) = &f.pattern {
            check_pattern("file.pattern", pattern, asked, fault);
        }
    }
    let keywords = rule.effective_keywords();
    let everywhere = rule.regex.is_some() && rule.window == Window::File;
    if keywords.is_empty() && rule.file.is_none() && !everywhere && parses {
        fault(match rule.regex {
            Some(_) => "no keyword, and the pattern has no three characters that every match has: give keywords = \
                        [...] of which one stands beside each secret, or window = \"file\" to have it run over every \
                        text"
                .to_owned(),
            None => "no keyword: give keywords = [...]".to_owned(),
        });
    }
    for k in &keywords {
        if k.len() < 3 || k.bytes().any(|b| b.is_ascii_control()) {
            fault(format!("keyword {k:?} is not 3 or more printable bytes"));
        }
    }
    match &rule.remediation {
        Some(RemedySpec::Named(v)) if file.block(v).is_none() => {
            fault(format!("remediation {v:?} is not a [variant.{v}] of this file"));
        }
        Some(RemedySpec::Own(r)) => check_remediation("of its own", r, file, fault),
        _ => {}
    }
    if let Some(path) = &rule.path {
        check_pattern("path", path, asked, fault);
    }
    check_excepts(&rule.except, asked, fault);
}

/// Reports a pattern's faults; returns whether it parses.
fn check_pattern(key: &str, pattern: &str, asked: Asked<'_>, fault: &mut dyn FnMut(String)) -> bool {
    match literals::parse(pattern) {
        Err(e) => fault(format!("{key} does not parse: {}", reason(&e))),
        Ok(hir) => {
            if let Some(what) = asked(pattern, &hir) {
                fault(format!("{key} {what}"));
            }
            return true;
        }
    }
    false
}

/// The last line of the parser's message; the lines before it draw the pattern.
fn reason(e: &regex_syntax::Error) -> String {
    let text = e.to_string();
    let last = text.trim_end().lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

fn check_excepts(excepts: &[ExceptSpec], asked: Asked<'_>, fault: &mut dyn FnMut(String)) {
    for e in excepts {
        if e.words.is_empty() && e.patterns().next().is_none() {
            fault("an except needs one of value, words, match, line and path".to_owned());
        }
        if e.words.iter().any(String::is_empty) {
            fault("except.words has an empty word".to_owned());
        }
        for (key, pattern) in e.patterns() {
            check_pattern(&format!("except.{key}"), pattern, asked, fault);
        }
    }
}

/// The blocks of a file that rules can take, by name.
fn blocks(file: &FileSpec) -> impl Iterator<Item = (&str, &RemediationSpec)> {
    let variants = file.variant.iter().map(|(n, r)| (n.as_str(), r));
    std::iter::once((PROVIDER, &file.remediation)).chain(variants)
}

/// Returns whether a rule takes the block, by its name or as the base of another block.
fn takes(rule: &RuleSpec, name: &str, file: &FileSpec) -> bool {
    let mut next = match &rule.remediation {
        Some(RemedySpec::Named(first)) => Some(first.as_str()),
        Some(RemedySpec::Own(own)) => own.base.as_deref(),
        None => None,
    };
    // A circle of bases ends after as many steps as there are blocks.
    for _ in 0..=file.variant.len() {
        match next {
            Some(at) if at == name => return true,
            Some(at) => next = file.block(at).and_then(|b| b.base.as_deref()),
            None => return false,
        }
    }
    false
}

/// Lists the blocks that no rule takes, whose facts would never be shown. Only a partial file may have such.
pub fn untaken(file: &FileSpec) -> Vec<Fault> {
    let is_taken = |name: &str| file.rules.iter().any(|rule| takes(rule, name, file));
    blocks(file)
        .filter(|(name, r)| **r != RemediationSpec::default() && !is_taken(name))
        .map(|(name, _)| Fault {
            rule: None,
            what: format!(
                "no rule takes the remediation {name:?}: write remediation = {name:?} in each rule that it holds for"
            ),
        })
        .collect()
}

/// The facts of a block must be of the kind of every rule that takes it.
fn check_takers(name: &str, r: &RemediationSpec, file: &FileSpec, fault: &mut dyn FnMut(String)) {
    let mut kinds: Vec<SecretKind> = Vec::new();
    let takers: Vec<&RuleSpec> = file.rules.iter().filter(|rule| takes(rule, name, file)).collect();
    let of_secrets = takers.iter().any(|rule| !rule.public);
    for rule in &takers {
        if !kinds.contains(&rule.kind) {
            kinds.push(rule.kind);
        }
        if rule.public && of_secrets && !r.steps.is_empty() {
            fault(format!(
                "rule {} is public by design, and takes the steps of {name:?} for secrets",
                rule.id
            ));
        }
        if !r.kinds.is_empty() && !r.kinds.contains(&rule.kind) {
            fault(format!(
                "rule {} is of the kind {}, which {name:?} does not hold for",
                rule.id,
                rule.kind.slug()
            ));
        }
    }
    if r.kinds.is_empty() && kinds.len() > 1 {
        let slugs: Vec<&str> = kinds.iter().map(|k| k.slug()).collect();
        fault(format!(
            "remediation {name:?} is taken by rules of several kinds ({}): name in kinds those that it holds for",
            slugs.join(", ")
        ));
    }
}

fn check_remediation(name: &str, r: &RemediationSpec, file: &FileSpec, fault: &mut dyn FnMut(String)) {
    let mut fault = |text: String| fault(format!("remediation {name}: {text}"));
    if let Some(base) = &r.base
        && (file.block(base).is_none() || base == name)
    {
        fault(format!("base {base:?} is not {PROVIDER:?} or a [variant.{base}] of this file"));
    }
    for (field, line) in [
        ("short_revoke", &r.short_revoke),
        ("short_check", &r.short_check),
        ("short_breaks", &r.short_breaks),
        ("short_new_key", &r.short_new_key),
        ("ended", &r.ended),
    ] {
        if let Some(line) = line
            && (line.chars().count() > LINE || line.contains(['\n', '\u{2026}']) || line.ends_with("..."))
        {
            fault(format!("{field} is not one whole line of at most {LINE} characters"));
        }
    }
    let read_in = r.read_in.as_deref().is_none_or(|m| {
        let b = m.as_bytes();
        b.len() == 7 && b[4] == b'-' && b.iter().enumerate().all(|(i, c)| i == 4 || c.is_ascii_digit())
    });
    if !read_in {
        fault("read_in is not a month such as \"2026-11\"".to_owned());
    }
    let texts = [
        ("impact", &r.impact),
        ("rotation", &r.rotation),
        ("audit", &r.audit),
        ("breaks", &r.breaks),
        ("limits", &r.limits),
        ("auto_revoked", &r.auto_revoked),
        ("public_by_design", &r.public_by_design),
        ("notes", &r.notes),
    ];
    for (field, value) in texts {
        if value.as_ref().is_some_and(|v| v.trim().is_empty()) {
            fault(format!("{field} is empty"));
        }
    }
    for (field, value) in
        [("revoke_url", &r.revoke_url), ("audit_url", &r.audit_url), ("docs_url", &r.docs_url)]
    {
        if let Some(v) = value
            && !v.starts_with("https://")
        {
            fault(format!("{field} {v:?} is not an https:// link"));
        }
    }
    for (field, list) in
        [("steps", &r.steps), ("commands", &r.commands), ("create", &r.create), ("sources", &r.sources)]
    {
        if list.iter().any(|s| s.trim().is_empty()) {
            fault(format!("{field} has an empty entry"));
        }
    }
}
