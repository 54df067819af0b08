//! The catalogue, proved: every rule finds its own examples through the real scanner, and leaves its negatives alone.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use stanch::finding::{Finding, RepoPath, Source, SourceKind};
use stanch::rules::spec::{self, FileSpec, RuleSpec};
use stanch::rules::{self, Detector, RuleSet};
use stanch::scan::{Engine, Fragment, Options, template};

/// Each template is tried with so many values.
const SEEDS: u64 = 2;

static FILES: LazyLock<Vec<(PathBuf, FileSpec)>> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules/catalogue");
    let mut paths: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .map(|p| {
            let file = toml::from_str(&fs::read_to_string(&p).unwrap()).unwrap();
            (p, file)
        })
        .collect()
});

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(&RuleSet::builtin(), Options::default()));

pub(super) fn rules() -> impl Iterator<Item = &'static RuleSpec> {
    FILES.iter().flat_map(|(_, f)| &f.rules)
}

fn scan(text: &str) -> Vec<Finding> {
    scan_as("example", text.as_bytes())
}

fn scan_as(path: &str, bytes: &[u8]) -> Vec<Finding> {
    let source = Source::new(SourceKind::File, RepoPath::new(path));
    ENGINE.scan(&Fragment { source, bytes: Cow::Borrowed(bytes) })
}

/// An example of a rule: of a file's rule, the first line is its path, and `hex:` comes before bytes.
fn scan_example(rule: &RuleSpec, text: &str) -> Vec<Finding> {
    let Some(path_and_text) = rule.file.as_ref().and_then(|_| text.split_once('\n')) else {
        return scan(text);
    };
    let (path, text) = path_and_text;
    match text.strip_prefix("hex:") {
        Some(hex) => scan_as(path, &data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap()),
        None => scan_as(path, text.as_bytes()),
    }
}

fn expand(template: &str, seed: u64) -> String {
    template::expand(template, seed).unwrap_or_else(|e| panic!("{e}"))
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_example_is_found_as_its_own_rule() {
    let mut faults = Vec::new();
    for rule in rules() {
        for example in &rule.examples {
            for seed in 1..=SEEDS {
                let found = scan_example(rule, &expand(example, seed));
                if !found.iter().any(|f| f.rule.id == rule.id) {
                    let got: Vec<_> = found.iter().map(|f| f.rule.id).collect();
                    faults.push(format!(
                        "{} is not found in {example:?} (seed {seed}); found {got:?}",
                        rule.id
                    ));
                    break;
                }
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn no_rule_finds_its_negative_examples() {
    let mut faults = Vec::new();
    for rule in rules() {
        for example in &rule.negative_examples {
            for seed in 1..=SEEDS {
                if scan_example(rule, &expand(example, seed)).iter().any(|f| f.rule.id == rule.id) {
                    faults.push(format!("{} is found in its negative {example:?} (seed {seed})", rule.id));
                    break;
                }
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn a_prefix_before_words_is_a_name_in_code() {
    let words = "invalidate_all_of_the_cached_entries_before_the_next_request_is_served_to_a_client";
    let mut faults = Vec::new();
    for keyword in rules().flat_map(|r| &r.keywords).filter(|k| k.ends_with(['_', '-'])) {
        for length in [24, 32, 40, words.len()] {
            let name = format!("{keyword}{}", words[..length].trim_end_matches('_'));
            for text in [format!("{name}();"), format!("#define {}", name.to_ascii_uppercase())] {
                faults.extend(scan(&text).iter().map(|f| format!("{} is found in {text:?}", f.rule.id)));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn a_keyword_stands_in_every_example() {
    let mut faults = Vec::new();
    for rule in rules().filter(|r| r.file.is_none()) {
        let keywords = rule.effective_keywords();
        for example in &rule.examples {
            let text = expand(example, 1).to_ascii_lowercase();
            if !keywords.iter().any(|k| text.contains(k.as_str())) {
                faults.push(format!("{}: no keyword of {keywords:?} in {example:?}", rule.id));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn every_rule_has_two_examples_and_two_negatives() {
    let short = |r: &&RuleSpec| r.examples.len() < 2 || r.negative_examples.len() < 2;
    let faults: Vec<String> = rules().filter(short).map(|r| r.id.clone()).collect();
    assert_none(&faults);
}

#[test]
fn every_file_passes_the_checks_of_the_format_and_bears_its_providers_name() {
    let mut faults = Vec::new();
    for (path, file) in FILES.iter() {
        let name = path.file_stem().unwrap().to_str().unwrap();
        faults.extend(spec::check(file).into_iter().map(|f| format!("{name}: {f}")));
        if file.provider.id != name {
            faults.push(format!("{name}.toml is of provider {}", file.provider.id));
        }
    }
    assert_none(&faults);
}

#[test]
fn ids_are_unique_and_every_reference_to_a_rule_leads_somewhere() {
    let mut seen = BTreeMap::new();
    let mut faults = Vec::new();
    for rule in rules() {
        for id in std::iter::once(&rule.id).chain(&rule.aliases) {
            if seen.insert(id.as_str(), rule.id.as_str()).is_some() {
                faults.push(format!("{id} twice"));
            }
        }
    }
    for rule in rules() {
        for other in rule.supersedes.iter().chain(&rule.pairs) {
            if !seen.contains_key(other.as_str()) || *other == rule.id {
                faults.push(format!("{} names {other}", rule.id));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn every_pattern_compiles_within_the_size_limit() {
    let mut faults = Vec::new();
    for rule in RuleSet::builtin().iter() {
        if let Detector::Regex(pattern) = rule.detector
            && let Err(e) = rules::compile(pattern)
        {
            faults.push(format!("{}: {e}", rule.id));
        }
    }
    assert_none(&faults);
}

#[test]
fn a_public_value_is_never_of_high_severity_and_remediation_says_only_what_it_has() {
    let fields: BTreeSet<&str> = [
        "impact",
        "revoke_url",
        "steps",
        "commands",
        "zero_downtime",
        "rotation",
        "audit",
        "audit_url",
        "breaks",
        "create",
        "limits",
        "auto_revoked",
        "public_by_design",
        "notes",
        "docs_url",
    ]
    .into();
    let mut faults: Vec<String> = rules()
        .filter(|r| r.public && r.severity > rules::Severity::Low)
        .map(|r| format!("{} is public and of severity {}", r.id, r.severity.slug()))
        .collect();
    for (_, file) in FILES.iter() {
        for r in std::iter::once(&file.remediation).chain(file.variant.values()) {
            let unknown = r.read.iter().filter(|f| !fields.contains(f.as_str()));
            faults.extend(unknown.map(|f| format!("{}: read names {f}", file.provider.id)));
        }
    }
    assert_none(&faults);
}

#[test]
fn the_static_tables_equal_the_files() {
    let set = RuleSet::builtin();
    assert_eq!(set.iter().len(), rules().count());
    for spec in rules() {
        let rule = set.get(&spec.id).unwrap();
        assert_eq!((rule.id, rule.name, rule.public), (spec.id.as_str(), spec.name.as_str(), spec.public));
        assert_eq!((rule.kind, rule.severity, rule.confidence), (spec.kind, spec.severity, spec.confidence));
        assert_eq!(rule.keywords, spec.effective_keywords());
        assert_eq!((rule.validator, rule.window, rule.entropy), (spec.validator, spec.window, spec.entropy));
        assert_eq!(rule.env_var, spec.env_var.as_deref());
    }
}
