//! `docs/schema/finding.json` says what `--format json` and `jsonl` print, and all of it.

use crate::report_message::{decision, rules, shown};
use crate::support::{Sandbox, key};
use serde_json::Value;
use stanch::finding::{Confidence, Severity, SourceKind};
use stanch::policy::Stage;
use stanch::report;

fn schema() -> Value {
    serde_json::from_str(include_str!("../docs/schema/finding.json")).unwrap()
}

/// Checks a value by the part of JSON Schema that the file uses; says where it does not hold.
fn check(value: &Value, schema: &Value, at: &str) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_i64() || n.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is = |t: &Value| t == kind || (t == "number" && kind == "integer");
    let kinds = &schema["type"];
    assert!(
        kinds.as_array().map_or_else(|| is(kinds), |all| all.iter().any(is)),
        "{at} is {kind}, not {kinds}"
    );
    if let Some(all) = schema["enum"].as_array() {
        assert!(all.contains(value), "{at} is {value}, not one of {all:?}");
    }
    if let Some(least) = schema["minimum"].as_i64() {
        assert!(value.as_i64().unwrap() >= least, "{at} is {value}");
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        let pattern = regex::Regex::new(pattern).unwrap();
        assert!(pattern.is_match(value.as_str().unwrap()), "{at} is {value}");
    }
    for item in value.as_array().into_iter().flatten() {
        check(item, &schema["items"], &format!("{at}[]"));
    }
    if let Some(object) = value.as_object() {
        for name in schema["required"].as_array().into_iter().flatten() {
            assert!(object.contains_key(name.as_str().unwrap()), "{at} has no {name}");
        }
        for (name, value) in object {
            let known = &schema["properties"][name];
            assert!(!known.is_null(), "{at}.{name} is not in the schema");
            check(value, known, &format!("{at}.{name}"));
        }
    }
}

fn check_output(text: &str) -> usize {
    let rows: Vec<Value> = match serde_json::from_str(text) {
        Ok(Value::Array(rows)) => rows,
        _ => text.lines().map(|l| serde_json::from_str(l).unwrap()).collect(),
    };
    rows.iter().for_each(|row| check(row, &schema(), "finding"));
    rows.len()
}

#[test]
fn what_scan_prints_is_what_the_schema_says() {
    let s = Sandbox::new();
    s.record(&[("a.py", &format!("key = \"{}\"\n", key(1)))]);
    let id = crate::support::secret("AKIA${base32:16}", 3);
    let secret = crate::support::secret("${base62:40}", 3);
    s.write("b.env", format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\npassword={secret}\n"));
    s.write(format!("{}.txt", key(2)), "x\n");
    for format in ["json", "jsonl"] {
        let mut rows = 0;
        for args in [&["scan", "."][..], &["scan", "--history"], &["scan", "--explain-score", "."]] {
            let all: Vec<&str> = args.iter().copied().chain(["--format", format]).collect();
            rows += check_output(&s.stanch(all).stdout);
        }
        assert!(rows > 4, "{format}: {rows}");
    }
}

#[test]
fn every_sort_of_source_has_a_name_in_the_schema() {
    use SourceKind::*;
    let key = "pk_${hex-lower:34}";
    for kind in [Staged, Commit, File, Stdin, FileName, CommitMessage, TagMessage, RefName] {
        let d = decision(&rules(), Stage::Scan, &[(kind, "a.py", key, None)]);
        let mut out = Vec::new();
        report::json::render(&shown(&d), &mut out).unwrap();
        assert_eq!(check_output(&String::from_utf8(out).unwrap()), 1, "{kind:?}");
    }
    let schema = schema();
    let names = |field: &str| schema["properties"][field]["enum"].as_array().unwrap().clone();
    assert!(Severity::ALL.iter().all(|s| names("severity").contains(&s.slug().into())));
    assert!(Confidence::ALL.iter().all(|s| names("confidence").contains(&s.slug().into())));
}
