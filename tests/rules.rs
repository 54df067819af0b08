//! The catalogue, tested: every rule finds its own examples through the real scanner and ignores its
//! negatives.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use stanch::finding::{Finding, RepoPath, Source, SourceKind};
use stanch::rules::check;
use stanch::rules::remediation::RemedySpec;
use stanch::rules::spec::{FileSpec, RuleSpec};
use stanch::rules::{self, Detector, RuleSet};
use stanch::scan::rule_test::{Fault, Tester};
use stanch::scan::{Engine, Fragment, Options, template};

/// Made-up values per template.
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

/// The files of the catalogue.
pub(super) fn files() -> impl Iterator<Item = &'static FileSpec> {
    FILES.iter().map(|(_, f)| f)
}

pub(super) fn rules() -> impl Iterator<Item = &'static RuleSpec> {
    FILES.iter().flat_map(|(_, f)| &f.rules)
}

fn scan(text: &str) -> Vec<Finding> {
    scan_as("example", text.as_bytes())
}

pub(super) fn scan_as(path: &str, bytes: &[u8]) -> Vec<Finding> {
    scan_by(&ENGINE, path, bytes)
}

/// The findings of an engine; a secret and its id count as two here.
fn scan_by(engine: &Engine, path: &str, bytes: &[u8]) -> Vec<Finding> {
    let source = Source::new(SourceKind::File, RepoPath::new(path));
    let found = engine.scan(&Fragment { source, bytes: Cow::Borrowed(bytes) });
    found.into_iter().flat_map(Finding::apart).collect()
}

/// Path and bytes of an example: of a file's rule, the first line is its path, and `hex:` comes before bytes.
pub(super) fn example(rule: &RuleSpec, text: &str) -> (String, Vec<u8>) {
    let Some((path, text)) = rule.file.as_ref().and_then(|_| text.split_once('\n')) else {
        return ("example".to_owned(), text.as_bytes().to_vec());
    };
    let bytes = match text.strip_prefix("hex:") {
        Some(hex) => data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap(),
        None => text.as_bytes().to_vec(),
    };
    (path.to_owned(), bytes)
}

pub(super) fn expand(template: &str, seed: u64) -> String {
    template::expand(template, seed).unwrap_or_else(|e| panic!("{e}"))
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_example_is_found_as_its_own_rule() {
    assert_none(&trial(|spec| spec.negative_examples.clear()));
}

#[test]
fn which_of_two_rules_gets_a_value_does_not_depend_on_their_order() {
    let mut backwards = RuleSet::empty();
    RuleSet::builtin().as_slice().iter().rev().for_each(|r| backwards.push(r));
    let backwards = Engine::new(&backwards, Options::default());
    let mut faults = Vec::new();
    for rule in rules() {
        for text in &rule.examples {
            let (path, bytes) = example(rule, &expand(text, 1));
            let ids = |e: &Engine| scan_by(e, &path, &bytes).iter().map(|f| f.rule.id).collect::<Vec<_>>();
            let (there, back) = (ids(&ENGINE), ids(&backwards));
            if there != back {
                faults.push(format!("{}: {text:?} is {there:?}, backwards {back:?}", rule.id));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn a_kind_without_a_rule_of_its_own_is_found_by_the_rule_that_answers_to_its_name() {
    const PEM: &str = "MIIEowIBAAKCAQEA${base64:640}\n";
    let rsa = format!("-----BEGIN RSA PRIVATE KEY-----\n{PEM}-----END RSA PRIVATE KEY-----\n");
    let pkcs8 = format!("-----BEGIN PRIVATE KEY-----\n{PEM}-----END PRIVATE KEY-----\n");
    let mut faults = Vec::new();
    for (kind, path, text) in [
        ("android-keystore-password", "app/build.gradle", "storePassword '${base62:14}'"),
        ("cassandra-password", "cassandra.yaml", "cassandra_password: ${base62:16}"),
        ("docker-compose-env-secret", "compose.yml", "environment:\n  APP_PASSWORD: ${base62:16}\n"),
        ("helm-repo-password", "repositories.yaml", "- name: acme\n  password: ${base62:16}\n"),
        ("spring-boot-password", "application.properties", "spring.datasource.password=${base62:14}"),
        ("ssh-password", "deploy.sh", "export SSHPASS=${base62:14}"),
        (
            "basic-auth-header",
            "run.sh",
            "curl -H 'Authorization: Basic ${b64{deploy:${base62:18}}}' https://x.acme-corp.net",
        ),
        ("bearer-token-header", "a.http", "Authorization: Bearer ${base62:40}"),
        ("basic-auth-url", "a.txt", "https://deploy:${base62:20}@git.acme-corp.net/x.git"),
        ("encryption-key-hex", "a.py", "ENCRYPTION_KEY = '${hex-lower:64}'"),
        ("github-app-private-key", "app.pem", &rsa),
        ("oracle-cloud-api-signing-key", "oci_api_key.pem", &rsa),
        ("sealed-secrets-key", "tls.key", &rsa),
        ("apple-p8-key", "AuthKey_1.p8", &pkcs8),
        ("tls-certificate-private-key-env", "tls.key", &pkcs8),
    ] {
        let rule = RuleSet::builtin().get(kind).unwrap_or_else(|| panic!("{kind} is not the name of a rule"));
        let found = scan_as(path, expand(text, 1).as_bytes());
        if !found.iter().any(|f| f.rule.id == rule.id) {
            let got: Vec<_> = found.iter().map(|f| f.rule.id).collect();
            faults.push(format!("{kind}: {} does not find {text:?}; found {got:?}", rule.id));
        }
    }
    assert_none(&faults);
}

#[test]
fn no_rule_finds_its_negative_examples() {
    assert_none(&trial(|spec| spec.examples.clear()));
}

/// The failures after `cut` has removed some examples of each rule.
fn trial(cut: fn(&mut RuleSpec)) -> Vec<String> {
    let set = RuleSet::builtin();
    let tester = Tester::new(&set, SEEDS);
    let mut out = Vec::new();
    for spec in rules() {
        let mut spec = spec.clone();
        cut(&mut spec);
        let rule = set.get(&spec.id).unwrap();
        let told = |f: Fault| format!("{} {}: {}", spec.id, f.index + 1, f.why.describe(rule));
        out.extend(tester.faults(rule, &spec).into_iter().map(told));
    }
    out
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
fn every_file_passes_the_checks_of_the_format_and_has_its_providers_name() {
    let mut faults = Vec::new();
    for (path, file) in FILES.iter() {
        let name = path.file_stem().unwrap().to_str().unwrap();
        faults.extend(check::all(file).into_iter().map(|f| format!("{name}: {f}")));
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

/// Largest pattern of the catalogue, in compiled bytes. Compiling is one pass over its output, so size bounds
/// the time too, and is the same on every machine. Rules without a pattern are not affected.
const LARGEST_OF_CATALOGUE: usize = rules::LARGEST_PATTERN / 2;

#[test]
fn every_pattern_compiles_within_half_of_the_size_limit() {
    let mut faults = Vec::new();
    for rule in RuleSet::builtin().iter() {
        let pattern = match &rule.detector {
            Detector::Regex(pattern) => *pattern,
            Detector::File(names) => names.pattern.unwrap_or_default(),
            Detector::Context(_) | Detector::Judged => continue,
        };
        if pattern.len() > 1000 {
            faults.push(format!("{}: a pattern of {} characters", rule.id, pattern.len()));
        }
        if let Err(e) = rules::compile_within(pattern, LARGEST_OF_CATALOGUE) {
            faults.push(format!("{}: {e}", rule.id));
        }
    }
    assert_none(&faults);
}

#[test]
fn the_examples_of_a_rule_differ_in_their_settings() {
    let mut faults = Vec::new();
    for rule in rules() {
        // The text around the values must differ.
        let around = |t: &String| {
            t.split("${").map(|p| p.split_once('}').map_or(p, |x| x.1).to_owned()).collect::<String>()
        };
        let settings: BTreeSet<String> = rule.examples.iter().map(around).collect();
        if settings.len() < 2 {
            faults.push(format!("{}: its examples differ in nothing but the value", rule.id));
        }
    }
    assert_none(&faults);
}

#[test]
fn a_public_value_is_never_of_high_severity_and_remediation_says_only_what_it_has() {
    let fields: BTreeSet<&str> = [
        "short_revoke",
        "short_check",
        "short_breaks",
        "short_new_key",
        "ended",
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
        let own = file.rules.iter().filter_map(|r| match &r.remediation {
            Some(RemedySpec::Own(own)) => Some(&**own),
            _ => None,
        });
        for r in std::iter::once(&file.remediation).chain(file.variant.values()).chain(own) {
            for (key, list) in [("read", &r.read), ("without", &r.without)] {
                let unknown = list.iter().filter(|f| !fields.contains(f.as_str()));
                faults.extend(unknown.map(|f| format!("{}: {key} names {f}", file.provider.id)));
            }
            if !r.without.is_empty() && r.base.is_none() {
                faults.push(format!("{}: without needs a base", file.provider.id));
            }
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
