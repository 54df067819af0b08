//! The configuration's schema and pages say what the program reads: no key more, no key less, and their examples run.

use crate::support::{Sandbox, key, secret};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
}

fn schema() -> Value {
    let text = include_str!("../src/config/schema.json");
    serde_json::from_str(text).unwrap()
}

/// What a node of the schema refers to, or the node itself.
fn deref<'a>(root: &'a Value, node: &'a Value) -> &'a Value {
    let link = node.get("$ref").or_else(|| node.get("allOf")?.get(0)?.get("$ref"));
    match link.and_then(Value::as_str) {
        Some(link) => deref(root, root.pointer(link.trim_start_matches('#')).unwrap()),
        None => node,
    }
}

/// Says what in a document is not as the schema has it; as much of draft 7 as the schema uses.
fn faults(root: &Value, node: &Value, doc: &Value, at: &str, out: &mut Vec<String>) {
    let s = deref(root, node);
    let known = [
        "$schema",
        "title",
        "type",
        "description",
        "properties",
        "additionalProperties",
        "required",
        "enum",
        "items",
        "minItems",
        "maxItems",
        "minLength",
        "minimum",
        "maximum",
        "pattern",
        "format",
        "anyOf",
        "definitions",
    ];
    for word in s.as_object().unwrap().keys() {
        assert!(known.contains(&word.as_str()), "the test knows no {word}");
    }
    let is = match s.get("type").and_then(Value::as_str) {
        Some("object") => doc.is_object(),
        Some("array") => doc.is_array(),
        Some("string") => doc.is_string(),
        Some("integer") => doc.is_i64() || doc.is_u64(),
        Some("number") => doc.is_number(),
        Some("boolean") => doc.is_boolean(),
        Some(other) => panic!("the test knows no type {other}"),
        None => true,
    };
    if !is {
        return out.push(format!("{at}: not of type {}", s["type"]));
    }
    if s.get("enum").is_some_and(|e| !e.as_array().unwrap().contains(doc)) {
        out.push(format!("{at}: not one of {}", s["enum"]));
    }
    if let (Some(p), Some(text)) = (s.get("pattern"), doc.as_str())
        && !stanch::rules::compile(p.as_str().unwrap()).unwrap().is_match(text.as_bytes())
    {
        out.push(format!("{at}: not as {p}"));
    }
    if let (Some(least), Some(text)) = (s.get("minLength"), doc.as_str())
        && (text.len() as u64) < least.as_u64().unwrap()
    {
        out.push(format!("{at}: too short"));
    }
    if let Some(any) = s.get("anyOf") {
        let fits = |option: &Value| {
            let mut inner = Vec::new();
            faults(root, option, doc, at, &mut inner);
            inner.is_empty()
        };
        if !any.as_array().unwrap().iter().any(fits) {
            out.push(format!("{at}: fits none of {any}"));
        }
    }
    for (i, item) in doc.as_array().into_iter().flatten().enumerate() {
        if let Some(of) = s.get("items") {
            faults(root, of, item, &format!("{at}[{i}]"), out);
        }
    }
    let Some(table) = doc.as_object() else { return };
    for needed in s.get("required").and_then(Value::as_array).into_iter().flatten() {
        if !table.contains_key(needed.as_str().unwrap()) {
            out.push(format!("{at}: no {needed}"));
        }
    }
    for (name, value) in table {
        let at = format!("{at}.{name}");
        match (s.pointer(&format!("/properties/{name}")), s.get("additionalProperties")) {
            (Some(of), _) => faults(root, of, value, &at, out),
            (None, Some(Value::Bool(false))) => out.push(format!("{at}: unknown")),
            (None, Some(of)) => faults(root, of, value, &at, out),
            (None, None) => {}
        }
    }
}

/// A TOML text as the schema sees it: dates are strings.
fn json(text: &str) -> Value {
    fn turn(v: toml::Value) -> Value {
        match v {
            toml::Value::Datetime(d) => Value::String(d.to_string()),
            toml::Value::Array(list) => list.into_iter().map(turn).collect(),
            toml::Value::Table(t) => t.into_iter().map(|(k, v)| (k, turn(v))).collect(),
            other => serde_json::to_value(other).unwrap(),
        }
    }
    turn(toml::Value::Table(toml::from_str(text).unwrap()))
}

fn faults_of(text: &str) -> Vec<String> {
    let root = schema();
    let mut out = Vec::new();
    faults(&root, &root, &json(text), "", &mut out);
    out
}

/// The place of each table of the format: a text that leads to it, and its place in the schema.
const TABLES: &[(&str, &str)] = &[
    ("", ""),
    ("[block]\n", "/properties/block"),
    ("[warn]\n", "/properties/warn"),
    ("[limits]\n", "/properties/limits"),
    ("[inline]\n", "/properties/inline"),
    ("[audit]\n", "/properties/audit"),
    ("[bypass]\n", "/properties/bypass"),
    ("[engine]\n", "/properties/engine"),
    ("[verify]\n", "/properties/verify"),
    ("[agent]\n", "/properties/agent"),
    ("[rules.x]\n", "/definitions/rule-setting"),
    ("[[path]]\n", "/definitions/path-rule"),
    ("[[allow]]\n", "/definitions/allow-entry"),
    ("[[rule]]\n", "/definitions/rule"),
    ("[[rule]]\n[rule.context]\n", "/definitions/rule/properties/context"),
    ("[[rule]]\n[rule.context]\n[rule.context.value]\n", "/definitions/value"),
    ("[[rule]]\n[rule.file]\n", "/definitions/rule/properties/file"),
    ("[[rule]]\n[rule.remediation]\n", "/definitions/remediation"),
    ("[[rule]]\n[[rule.except]]\n", "/definitions/except"),
    ("[provider]\n", "/properties/provider"),
    ("[remediation]\n", "/properties/remediation"),
    ("[variant.x]\n", "/definitions/remediation"),
    ("[[except]]\n", "/definitions/except-entry"),
    ("[[extends]]\n", "/definitions/extends"),
    ("[folders]\n", "/properties/folders"),
    ("[enforce]\n", "/properties/enforce"),
    ("[enforce.block]\n", "/properties/enforce/properties/block"),
    ("[enforce.limits]\n", "/properties/enforce/properties/limits"),
    ("[enforce.agent]\n", "/properties/enforce/properties/agent"),
];

#[test]
fn every_key_that_the_program_reads_is_in_the_schema_and_the_other_way_about() {
    let root = schema();
    for (text, place) in TABLES {
        // The reader names the keys that it knows when it meets one that it does not.
        let text = format!("{text}zzzz = 1\n");
        let error = toml::from_str::<stanch::config::file::File>(&text).unwrap_err();
        let message = error.message();
        assert!(message.starts_with("unknown field `zzzz`"), "{text}: {message}");
        let known: BTreeSet<&str> = message.split('`').skip(3).step_by(2).collect();
        let node = deref(&root, root.pointer(place).unwrap());
        let described = node["properties"].as_object().unwrap();
        assert_eq!(described.keys().map(String::as_str).collect::<BTreeSet<_>>(), known, "{text}");
        assert_eq!(node["additionalProperties"], false, "{place}");
        for (name, of) in described {
            let said = of.get("description").or_else(|| deref(&root, of).get("description"));
            assert!(said.is_some_and(|d| d.as_str().unwrap().len() > 10), "{place}: {name} is not described");
        }
    }
}

#[test]
fn the_page_on_configuration_has_every_key_of_the_schema() {
    let page = page("configuration.md");
    let root = schema();
    for (_, place) in TABLES {
        let node = deref(&root, root.pointer(place).unwrap());
        for name in node["properties"].as_object().unwrap().keys() {
            let row = page.lines().any(|l| {
                let key = l.trim_start_matches("| `").split('`').next().unwrap_or_default();
                l.starts_with("| `") && key.rsplit('.').next() == Some(name)
            });
            let table = page.contains(&format!("[[{name}]]")) || page.contains(&format!("[{name}."));
            let nested = page.contains(&format!("`{name}.")) || page.contains(&format!(".{name}."));
            assert!(row || table || nested, "{place}: {name} is not on the page");
        }
    }
}

#[test]
fn the_schema_refuses_what_the_program_refuses() {
    for text in [
        "blok = 1\n",
        "[block]\nseverity = 'huge'\n",
        "[limits]\nmax_blob_mb = 'x'\n",
        "[[path]]\nglob = 'x'\nmode = 'skip'\n",
        "[[path]]\nglob = 'x'\nmode = 'maybe'\nreason = 'x'\n",
        "[[path]]\nmode = 'skip'\nreason = 'x'\n",
        "[provider]\nid = 'x'\n",
        "[[allow]]\nreason = 'x'\n",
        "[[allow]]\nfingerprint = 'zz'\nreason = 'x'\n",
        "[[allow]]\nregex = 'x'\n",
        "link = 'http://x'\n",
        "schema = 2\n",
        "[[rule]]\nid = 'a b'\n",
    ] {
        assert!(!faults_of(text).is_empty(), "the schema takes {text}");
        let mut config = stanch::config::Config::default();
        let read = config.lay(stanch::config::Layer::System, text, "t");
        assert!(read.is_err(), "the program takes {text}");
    }
}

/// The TOML blocks of a page under the heading that begins with this.
fn examples(of: &str, heading: &str) -> Vec<String> {
    let text = page(of);
    let part = text.split("\n## ").find(|p| p.starts_with(heading)).unwrap();
    let blocks = part.split("```toml\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

/// The first of them.
fn example(of: &str, heading: &str) -> String {
    examples(of, heading).remove(0)
}

#[test]
fn the_examples_of_what_a_configuration_extends_and_of_its_folders_are_right() {
    let text = example("policy.md", "One policy");
    assert_eq!(faults_of(&text), Vec::<String>::new());
    let (layer, name) = (stanch::config::Layer::Repository, "t");
    stanch::config::Config::default().lay(layer, &text, name).unwrap();
    assert_eq!(stanch::config::extends::extends(layer, &text, name).unwrap().len(), 3);
    let text = example("policy.md", "Folders of one");
    assert_eq!(faults_of(&text), Vec::<String>::new());
    stanch::config::Config::default().lay(layer, &text, name).unwrap();
}

#[test]
fn every_example_of_the_page_on_policy_is_right_by_the_program_and_by_the_schema() {
    for (heading, layer) in [("A person", "--enforcing"), ("A team", ""), ("An organisation", "--enforcing")]
    {
        for text in examples("policy.md", heading) {
            assert_eq!(faults_of(&text), Vec::<String>::new(), "{heading}");
            assert!(heading != "An organisation" || text.contains("default = \"closed\""), "{text}");
            let s = Sandbox::empty();
            s.write("c.toml", &text);
            s.stanch(["config", "check", "c.toml"].into_iter().chain((!layer.is_empty()).then_some(layer)))
                .ok();
        }
    }
}

fn marked(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={} # stanch:allow klaviyo-private-api-key -- x\n", key(seed))
}

fn plain(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

#[test]
fn the_person_of_the_page_is_blocked_by_keys_marker_or_not_and_spared_guesses() {
    let s = Sandbox::guarded();
    let guess = format!("key: \"{}\"\n", secret("${base62:32}", 2));
    s.stage("notes.txt", &guess);
    let before = s.stanch(["scan", "--staged", "--format", "jsonl"]).stdout;
    fs::create_dir_all(s.home().join(".config/stanch")).unwrap();
    fs::write(s.home().join(".config/stanch/config.toml"), example("policy.md", "A person")).unwrap();
    let after = s.stanch(["scan", "--staged", "--format", "jsonl"]).stdout;
    assert!(before.contains("\"warn\"") && !after.contains("\"warn\""), "{before}\n{after}");
    s.stage("a.txt", marked(1));
    let run = s.commit();
    assert!(run.code == 1 && run.stderr.contains("the user configuration forbids it"), "{run:#?}");
    let shown = s.stanch(["config", "show"]).ok().stdout;
    assert!(shown.contains("audit.remind_days") && shown.contains("30  # user"), "{shown}");
}

#[test]
fn the_team_of_the_page_has_fixtures_markers_and_a_rule_of_its_own() {
    let s = Sandbox::guarded();
    s.record(&[(".stanch.toml", &example("policy.md", "A team"))]);
    s.stage("tests/fixtures/a.txt", plain(1));
    s.stage("b.txt", format!("{} # gitleaks:allow\n", plain(2).trim_end()));
    s.commit().ok();
    s.stage("c.txt", format!("k = {}\n", secret("acme_${hex-lower:20}", 1)));
    let run = s.commit();
    assert!(run.code == 1 && run.stderr.contains("Acme service key"), "{run:#?}");
    assert!(
        run.stderr.contains("ask in #security") && run.stderr.contains("https://wiki.example.org/secrets")
    );
    s.git(["reset", "-q", "c.txt"]);
    // What is only a warning elsewhere stops where it reaches production.
    let guess = format!("key: \"{}\"\n", secret("${base62:32}", 2));
    s.stage("notes.txt", &guess);
    s.commit().ok();
    s.stage("deploy/notes.txt", format!("# 2\n{guess}"));
    s.commit().stopped_at("deploy/notes.txt:2:");
}

#[test]
fn the_organisation_of_the_page_holds_its_floor_and_its_record() {
    let s = Sandbox::guarded();
    let system = s.root().join("system.toml");
    fs::write(&system, example("policy.md", "An organisation")).unwrap();
    let loose = "[audit]\nenabled = false\n[limits]\nmax_blob_mb = 0\n[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'x'\n";
    s.record(&[(".stanch.toml", loose)]);
    let s = s.env("STANCH_SYSTEM_CONFIG", system.to_str().unwrap());
    s.stage("a.txt", plain(1));
    let run = s.commit();
    let said = run.stderr.replace("\n   ", "");
    assert!(run.code == 1 && said.contains("the system configuration forbids it: path **"), "{run:#?}");
    assert!(said.contains("security@example.org"), "{run:#?}");
    s.env("STANCH_BYPASS", "the demo must go out").commit().ok();
    let record = fs::read_to_string(s.home().join(".local/state/stanch/audit.jsonl")).unwrap();
    assert!(record.contains("bypass: the demo must go out") && record.lines().count() == 2, "{record}");
}
