//! Every number of a configuration has a range.

use super::schema::{leaves, schema};
use crate::support::{Sandbox, key};
use serde_json::Value;
use stanch::config::{Config, Layer};
use std::collections::BTreeSet;

/// Every number of a configuration: a text with `N` in its place, and the line of it.
const NUMBERS: &[(&str, &str)] = &[
    ("schema", "\nschema = N\n"),
    ("limits.max_blob_mb", "[limits]\nmax_blob_mb = N\n"),
    ("limits.decode_depth", "[limits]\ndecode_depth = N\n"),
    ("limits.archive_mb", "[limits]\narchive_mb = N\n"),
    ("limits.archive_hook_mb", "[limits]\narchive_hook_mb = N\n"),
    ("limits.archive_entries", "[limits]\narchive_entries = N\n"),
    ("limits.archive_ratio", "[limits]\narchive_ratio = N\n"),
    ("limits.archive_depth", "[limits]\narchive_depth = N\n"),
    ("audit.remind_days", "[audit]\nremind_days = N\n"),
    ("enforce.limits.max_blob_mb", "[enforce.limits]\nmax_blob_mb = N\n"),
    ("enforce.limits.decode_depth", "[enforce.limits]\ndecode_depth = N\n"),
    ("enforce.limits.archive_mb", "[enforce.limits]\narchive_mb = N\n"),
    ("enforce.limits.archive_hook_mb", "[enforce.limits]\narchive_hook_mb = N\n"),
    ("enforce.limits.archive_entries", "[enforce.limits]\narchive_entries = N\n"),
    ("enforce.limits.archive_ratio", "[enforce.limits]\narchive_ratio = N\n"),
    ("enforce.limits.archive_depth", "[enforce.limits]\narchive_depth = N\n"),
    (
        "rule[].context.near",
        "[[rule]]\ncontext = { words = ['acme'], value = { alphabet = 'hex', length = 20 }, near = N }\nREST",
    ),
    (
        "rule[].context.value.length",
        "[[rule]]\ncontext = { words = ['acme'], value = { alphabet = 'hex', length = N } }\nREST",
    ),
    (
        "rule[].context.value.length",
        "[[rule]]\ncontext = { words = ['acme'], value = { alphabet = 'hex', length = [1, N] } }\nREST",
    ),
    ("rule[].entropy", "[[rule]]\nentropy = N\nregex = '(?P<secret>acme_[0-9a-f]{20})'\nREST"),
];

#[test]
fn every_number_has_a_range_that_the_page_names_and_is_refused_outside_it_with_its_line() {
    let root = schema();
    let mut all = Vec::new();
    leaves(&root, &root, "", &mut all);
    let is_number = |node: &Value| {
        let text = node.to_string();
        text.contains("\"type\":\"integer\"") || text.contains("\"type\":\"number\"")
    };
    let numbers: BTreeSet<&str> = all.iter().filter(|(_, n)| is_number(n)).map(|(name, _)| &**name).collect();
    let listed: BTreeSet<&str> = NUMBERS.iter().map(|(name, _)| *name).collect();
    assert_eq!(numbers, listed, "a number of the schema is not listed in tests/floors.rs");
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md")).unwrap();
    let rest =
        "id = 'acme-key'\nname = 'Acme key'\nkind = 'api-key'\nseverity = 'high'\nconfidence = 'high'\n";
    for (name, text) in NUMBERS {
        let node = all.iter().find(|(n, _)| n == name).unwrap().1;
        let of = node.get("anyOf").map_or(node, |any| &any[0]);
        let (least, most) = match of.get("enum") {
            Some(_) => (1, 1),
            None => (of["minimum"].as_i64().unwrap(), of["maximum"].as_i64().unwrap()),
        };
        let row = page.lines().find(|l| {
            let key = l.trim_start_matches("| `").split('`').next().unwrap_or_default();
            l.starts_with("| `") && (key == *name || *name == format!("rule[].{key}"))
        });
        let row = row.unwrap_or_else(|| panic!("{name} has no row in docs/configuration.md"));
        let range = format!("Range: {least} to {most}");
        assert!(least == most || row.contains(&range), "{name}: no {range:?} in {row}");
        let lay = |n: &str| {
            let text = text.replace("REST", rest).replace('N', n);
            Config::default().lay(Layer::System, &text, "c.toml").map_err(|e| e.to_string())
        };
        for n in [least, most] {
            lay(&n.to_string()).unwrap_or_else(|e| panic!("{name} = {n}: {e}"));
        }
        for n in [
            (least - 1).to_string(),
            (most + 1).to_string(),
            "-9223372036854775808".to_owned(),
            "9223372036854775807".to_owned(),
            "17592186044416".to_owned(),
            "99999999999999999999".to_owned(),
            "nan".to_owned(),
            "inf".to_owned(),
            "-1e300".to_owned(),
        ] {
            let error = lay(&n).expect_err(&format!("{name} = {n} is taken"));
            assert!(error.starts_with("c.toml:2: "), "{name} = {n}: {error}");
        }
    }
}

#[test]
fn the_greatest_limit_reads_everything_and_the_least_no_less_than_the_minimum() {
    let s = Sandbox::guarded();
    let encoded = data_encoding::BASE64.encode(format!("key {}", key(2)).as_bytes());
    s.stage("a.txt", format!("KLAVIYO_API_KEY={}\nencoded = {encoded}\n", key(1)));
    for limits in ["max_blob_mb = 65536\ndecode_depth = 16\n", "max_blob_mb = 0\ndecode_depth = 0\n"] {
        s.write(".stanch.toml", format!("[limits]\n{limits}"));
        let run = s.commit();
        for place in ["a.txt:1:", "a.txt:2:"] {
            assert!(run.code == 1 && run.stderr.contains(place), "{limits}: {place}: {run:#?}");
        }
    }
    s.write(".stanch.toml", "[limits]\nmax_blob_mb = 17592186044416\n");
    s.stanch(["hook", "pre-commit"]).could_not_check(".stanch.toml:2: 17592186044416 is out of range");
}
