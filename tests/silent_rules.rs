//! The rule for reviewing rules: a change that makes one silent is the attack. Every example that a rule found before the
//! change is given to the scanner of now.
//!
//! `packaging/silent-rules.sh BASE` names the catalogue of before in `STANCH_BASE_CATALOGUE`. That its examples were found
//! then, the tests of then have shown.

use crate::rules::{example, expand, scan_as};
use stanch::finding::Confidence;
use stanch::rules::spec::FileSpec;
use std::fs;
use std::path::Path;

/// The examples in the catalogue files of a folder that their rule does not find any more, each as "RULE: EXAMPLE: why".
fn silent(catalogue: &Path) -> Vec<String> {
    let mut out = Vec::new();
    for entry in fs::read_dir(catalogue).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        // What the format of now does not read is looked at by a person.
        let file: FileSpec = match toml::from_str(&text) {
            Ok(file) => file,
            Err(e) => {
                out.push(format!("{}: cannot be read any more: {e}", path.display()));
                continue;
            }
        };
        for rule in &file.rules {
            for template in &rule.examples {
                let (path, bytes) = example(rule, &expand(template, 1));
                // A path that softens nothing.
                let path = if rule.file.is_none() { "app/settings".to_owned() } else { path };
                let found = scan_as(&path, &bytes);
                let seen = found.iter().map(|f| f.confidence).max();
                let why = match seen {
                    None => "nothing is found",
                    Some(Confidence::Low) if rule.confidence != Confidence::Low => {
                        "only a low confidence is left"
                    }
                    Some(_) if found.iter().all(|f| f.rule.id != rule.id) => "another rule finds it",
                    Some(_) => continue,
                };
                out.push(format!("{}: {template}: {why}", rule.id));
            }
        }
    }
    out.sort();
    out
}

#[test]
fn no_example_of_before_is_silent_now() {
    let now = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules/catalogue");
    let base = std::env::var_os("STANCH_BASE_CATALOGUE");
    let silent = silent(base.as_deref().map_or(&now, Path::new));
    assert!(silent.is_empty(), "SILENT {}\n{}", silent.len(), silent.join("\n"));
}

#[test]
fn a_rule_that_fell_silent_is_named_with_its_example() {
    let folder = tempfile::tempdir().unwrap();
    let file = r#"
        schema = 1
        provider = { id = "acme", name = "Acme" }
        [[rule]]
        id = "acme-token"
        name = "Acme token"
        kind = "api-key"
        severity = "high"
        confidence = "high"
        keywords = ["acme."]
        regex = 'acme\.[0-9]{6}'
        examples = ["acme.123456"]
        negative_examples = ["acme.1"]
    "#;
    fs::write(folder.path().join("acme.toml"), file).unwrap();
    assert_eq!(silent(folder.path()), ["acme-token: acme.123456: nothing is found"]);
}
