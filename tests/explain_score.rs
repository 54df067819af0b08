//! `scan --explain-score`: a value that a filter rejects is shown with the reason, and one that its place softened names
//! the place.

use crate::support::{Run, Sandbox, secret};
use serde_json::Value;

/// The explained row of the first line of a file.
fn row(s: &Sandbox, path: &str) -> Option<Value> {
    let run = s.stanch(["scan", "--explain-score", "--format", "jsonl", path]);
    let rows = run.stdout.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
    rows.into_iter().find(|r| r["line"] == 1)
}

/// The explanation as text, its lines joined.
fn text(run: &Run) -> String {
    run.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// File, its text as a template, what is said of the value in its first line.
const REJECTED: [(&str, &str, &str); 30] = [
    ("a.yml", "db_password: changeme", "a placeholder (it has a word such as `changeme`)"),
    ("a.yml", "api_key: aaaaaaaaaaaaaaaa", "a placeholder (all characters alike)"),
    ("a.yml", "api_key: abababababababab", "a placeholder (four different characters at most)"),
    ("a.yml", "api_key: abcdefghijkl", "a placeholder (a sequence, or a row of the keyboard)"),
    ("a.yml", "api_key: kq8zpkq8zpkq8zp", "a placeholder (repeats or sequences)"),
    ("a.yml", "api_key: ${base62:8}****${base62:4}", "a placeholder (masked or shortened)"),
    ("a.yml", "db_password: <password>", "a reference to a value, or a template, not a value"),
    (".env", "SECRET_KEY=$OTHER_SECRET", "a reference to a value, or a template, not a value"),
    ("a.yml", "db_password: ab", "shorter than four characters"),
    ("a.js", "log(`token: %s-%d`)", "a format for numbers and strings"),
    ("a.css", "token-key: '#1a2b3c'", "a colour"),
    ("a.yml", "api_token: 'ssh-rsa AAAAB3NzaC1${base62:40}'", "a public key, or its fingerprint"),
    ("a.js", "publicKey = '${base62:40}'", "the name says that the value is public"),
    (".env", "NEXT_PUBLIC_API_TOKEN=${base62:40}", "the name says that the value is public"),
    ("a.yml", "password_hash: ${hex-lower:64}", "the name says that the value is a hash"),
    ("a.yml", "encrypted_password: ${base62:64}", "the name says that the value is encrypted or hashed"),
    ("a.js", "mockToken = '${base62:30}'", "the name says that the value is made up"),
    ("a.js", "csrfToken = '${base62:30}'", "a token against cross-site requests, which pages show"),
    ("a.js", "passwordSalt = '${base62:30}'", "the name is that of a salt or a nonce"),
    ("a.js", "pageToken = '${base62:30}'", "the name is that of a position in a list, or of a form's token"),
    ("a.js", "foreignKey = '${base62:30}'", "the name is that of a key of data or of a page"),
    ("a.yml", "gpg_key: ${hex-upper:40}", "the id or fingerprint of a key"),
    ("a.js", "usdcToken = '0x${hex-lower:40}'", "an address on a blockchain, which everyone sees"),
    ("a.js", "segment_key = '${base62:32}'", "a page sends this value to its visitors"),
    ("a.yml", "s3_key: avatars/${hex-lower:32}.png", "the name of a file"),
    (
        "a.md",
        "![x](https://ci.acme.io/badge.svg?token=${base62:24})",
        "part of a link that everyone is to follow",
    ),
    ("yarn.lock", "api_key: ${hex-lower:40}", "a checksum in a lock file"),
    ("i18n/de.json", "{\"password\": \"Kennwort vergessen\"}", "words of a translation"),
    ("a.py", "key = 'sk_live_ThisIsMyStripeSecretKey1'", "a placeholder (words behind the prefix)"),
    ("a.c", "api_secret = \"kennwort\"", "the label of a field: the word for it in a language"),
];

#[test]
fn a_rejected_value_is_shown_with_the_reason_of_its_filter_and_changes_nothing() {
    let s = Sandbox::new();
    let mut faults = Vec::new();
    for (path, template, why) in REJECTED {
        let content = secret(&format!("{template}\n"), 11);
        s.write(path, &content);
        let Some(row) = row(&s, path) else {
            faults.push(format!("{path}: {template}: no row"));
            continue;
        };
        if row["rejected"] != why || row["decision"] != "suppress" {
            faults.push(format!("{path}: {template}: {} {}", row["rejected"], row["decision"]));
        }
        let plain = s.stanch(["scan", "--format", "jsonl", path]);
        if plain.code != 0 || !plain.stdout.is_empty() {
            faults.push(format!("{path}: {template}: {plain:?}"));
        }
        let shown = s.stanch(["scan", "--explain-score", path]);
        if shown.code != 0 || !text(&shown).contains(&format!("silent: {why}")) {
            faults.push(format!("{path}: {template}: {shown:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_value_of_a_manual_is_passed_over_in_a_file_of_settings_and_its_neighbour_is_not() {
    let s = Sandbox::new();
    let shown = [("sk_test_", "4eC39HqLyjWDarjtT1zdp7dc"), ("AIzaSyDaGmWKa4JsXZ-HjG", "w7ISLn_3namBGewQe")];
    for (head, tail) in shown {
        s.write(".env", format!("SERVICE_API_KEY={head}{tail}\n"));
        assert_eq!(row(&s, ".env").unwrap()["rejected"], "a value that a manual shows", "{head}");
        assert_eq!(s.stanch(["scan"]).code, 0, "{head}");
    }
    s.write(".env", secret("SERVICE_API_KEY=AIzaSy${base64url:33}\n", 9));
    assert_eq!(s.stanch(["scan"]).code, 1);
}

#[test]
fn the_name_and_the_masked_value_of_what_is_rejected_are_shown_and_its_neighbour_still_blocks() {
    let s = Sandbox::new();
    let content = secret("public_key = '${base62:40}'\ndb_password = '${base62:24}'\n", 5);
    s.write("a.py", &content);
    let run = s.stanch(["scan", "--explain-score"]);
    let (said, plain) = (text(&run), s.stanch(["scan"]));
    assert!(said.contains("a.py:1:15") && said.contains("public_key") && said.contains("(40)"), "{said}");
    assert!(said.contains("silent: the name says that the value is public"), "{said}");
    assert_eq!((run.code, plain.code), (1, 1));
    for value in content.split('\'').filter(|v| v.len() >= 24) {
        assert!(!run.stdout.contains(value), "{said}");
    }
    let sarif = s.stanch(["scan", "--explain-score", "--report", "sarif=out.sarif"]);
    let report: Value = serde_json::from_slice(&s.read("out.sarif")).unwrap();
    assert_eq!(report["runs"][0]["results"].as_array().unwrap().len(), 1, "{sarif:?}");
}

#[test]
fn a_warning_names_the_place_that_softened_it() {
    let s = Sandbox::new();
    for (path, template, why) in [
        ("docs/a.md", "db_password: Meadow1234!", "one step less for path-docs (stands in documentation)"),
        ("a.sample.yml", "db_password: Meadow1234!", "one step less for path-example (stands in a sample)"),
        (
            "README.md",
            "curl -H 'Authorization: Bearer ${base62:40}' http://localhost/",
            "an address of the reader's own machine",
        ),
        ("tests/test_a.py", "db_password = '${base62:24}'", "in a test, and block.tests = false (built-in)"),
        (
            "proptest-regressions/tests.txt",
            "cc 1f # shrinks to (State { key: PrivateKey(\"${hex-lower:64}\") })",
            "in a test, and block.tests = false (built-in)",
        ),
        ("a.py", "# e.g. api_key = '${base62:32}'", "in a comment, after words that call it an example"),
    ] {
        s.write(path, secret(&format!("{template}\n"), 7));
        let said = text(&s.stanch(["scan", "--explain-score", path]));
        assert!(said.contains(why) && said.contains("warn: "), "{path}: {said}");
    }
}
