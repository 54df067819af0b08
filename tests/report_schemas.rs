//! Reports, and the files of `ci init`, against the schemas of those who read them.
//!
//! SARIF by Microsoft's own validator with the rules of GitHub's code scanning, JUnit by the schema of Jenkins' xUnit plugin
//! (pytest ships it), workflow files by the schemas that check-jsonschema ships. Where no package has a schema, ours in
//! `report_schemas/` is used: the fields that the reader's documentation names, and no other.
//!
//! Each test needs its tool: a variable names it, or PATH has it; otherwise it says that it was skipped.

use crate::managers::tool;
use crate::support::{Sandbox, key, secret};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is scanned: all kinds of places, names that must be escaped, and content that is not read.
fn sample() -> Sandbox {
    let s = Sandbox::new();
    s.write(".stanch.toml", "[limits]\nmax_blob_mb = 1\n");
    s.write("a b/\u{e9}&<'\">.py", format!("x = 1\nkey = \"{}\" # \u{65e5}\u{672c}\n", key(1)));
    let jar = crate::archives::zip(&[("in/.env", format!("KLAVIYO_API_KEY={}\n", key(2)).as_bytes())]);
    s.write("lib.jar", jar);
    s.write(format!("{}.txt", key(3)), "x\n");
    s.write("guess.txt", format!("key: \"{}\"\n", secret("${base62:32}", 4)));
    s.write(
        "pem",
        secret("-----BEGIN PRIVATE KEY-----\n${base64:64}\n${base64:64}\n-----END PRIVATE KEY-----\n", 5),
    );
    s.git(["add", "-A"]);
    s.git(["commit", "-q", "--no-verify", "-m", &format!("first\n\nKLAVIYO_API_KEY={}", key(6))]);
    s.write("large.txt", "a line of text\n".repeat(100_000));
    s.git(["add", "-A"]);
    s.git(["commit", "-q", "--no-verify", "-m", "second"]);
    s
}

/// The reports of a format: of the work tree, of the history, of a text on standard input, and of nothing.
fn reports(s: &Sandbox, format: &str) -> Vec<PathBuf> {
    let all = [("tree", &["scan"][..]), ("history", &["scan", "--history"]), ("stdin", &["scan", "-"])];
    let mut files: Vec<PathBuf> = all
        .iter()
        .map(|(name, args)| {
            let file = s.root().join(format!("{name}.{format}"));
            let output = ["--format", format, "--output", file.to_str().unwrap()];
            let input = format!("KLAVIYO_API_KEY={}\n", key(7));
            let run = s.run_with(crate::support::STANCH, [args, &output[..]].concat(), input.as_bytes());
            assert!(matches!(run.code, 1 | 2) && file.is_file(), "{run:#?}");
            file
        })
        .collect();
    let clean = s.at("../clean");
    clean.git(["init", "-q", "."]);
    clean.write("a.txt", "x\n");
    let file = s.root().join(format!("clean.{format}"));
    clean.stanch(["scan", "--format", format, "--output", file.to_str().unwrap()]).ok();
    files.push(file);
    files
}

/// Fails unless the program accepts the files; returns what it said.
fn accepts(program: &Path, args: &[&str], files: &[PathBuf]) -> String {
    let out = Command::new(program).args(args).args(files).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{} {args:?}: {said}", program.display());
    said
}

fn ours(name: &str) -> String {
    format!("{}/tests/report_schemas/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn gitlab_reviewdog_and_sonarqube_get_the_fields_that_they_document() {
    let Some(check) = tool("STANCH_TEST_CHECK_JSONSCHEMA", "check-jsonschema") else { return };
    let s = sample();
    for (format, schema) in [
        ("gitlab", "gitlab-secret-detection.json"),
        ("gitlab-codequality", "gitlab-codequality.json"),
        ("sonarqube", "sonarqube.json"),
    ] {
        accepts(&check, &["--schemafile", &ours(schema)], &reports(&s, format));
    }
    let mut lines = Vec::new();
    for file in reports(&s, "rdjsonl") {
        for (i, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
            let path = file.with_extension(format!("{i}.json"));
            std::fs::write(&path, line).unwrap();
            lines.push(path);
        }
    }
    assert!(lines.len() > 8, "{lines:?}");
    accepts(&check, &["--schemafile", &ours("rdjsonl.json")], &lines);
    // The schemas refuse: a report with a field that nobody documents, and one without its commit.
    let file = &reports(&s, "gitlab")[0];
    let good = std::fs::read_to_string(file).unwrap();
    for (old, new) in [("\"start_line\"", "\"line\""), ("\"sha\"", "\"id\"")] {
        let bad = file.with_extension("bad.json");
        std::fs::write(&bad, good.replacen(old, new, 1)).unwrap();
        let schema = ours("gitlab-secret-detection.json");
        let out = Command::new(&check).args(["--schemafile", &schema]).arg(&bad).output().unwrap();
        assert!(!out.status.success(), "{old}");
    }
}

#[test]
fn sarif_is_valid_and_code_scanning_has_nothing_against_it() {
    let Some(multitool) = tool("STANCH_TEST_SARIF", "Sarif.Multitool") else { return };
    let s = sample();
    let files = reports(&s, "sarif");
    let log = s.root().join("validation.sarif");
    let args =
        ["validate", "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--log", "ForceOverwrite"];
    let args = [&args[..], &["--output", log.to_str().unwrap()]].concat();
    let said = accepts(&multitool, &args, &files);
    assert!(said.contains(&format!("{} files scanned", files.len())), "{said}");
    let found: serde_json::Value = serde_json::from_slice(&std::fs::read(&log).unwrap()).unwrap();
    let against: Vec<String> = found["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        // The address of the project is not known yet.
        .filter(|r| r["ruleId"] != "SARIF2005")
        .map(|r| format!("{} {} {}", r["level"], r["ruleId"], r["message"]))
        .collect();
    assert!(against.is_empty(), "{against:#?}");
}

#[test]
fn junit_and_checkstyle_are_what_their_readers_take() {
    let Some(check) = tool("STANCH_TEST_XMLSCHEMA", "xmlschema-validate") else { return };
    let s = sample();
    accepts(&check, &["--schema", &ours("checkstyle.xsd")], &reports(&s, "checkstyle"));
    let Some(schema) = tool("STANCH_TEST_JUNIT_XSD", "junit-10.xsd") else { return };
    let files = reports(&s, "junit");
    let place = regex::Regex::new(r#" (file|line)="[^"]*""#).unwrap();
    for file in &files {
        // GitLab shows the file that a case names, and the schema does not know the attribute; readers pass over it.
        let text = std::fs::read_to_string(file).unwrap();
        std::fs::write(file, &*place.replace_all(&text, "")).unwrap();
    }
    accepts(&check, &["--schema", schema.to_str().unwrap()], &files);
}

#[test]
fn the_files_of_ci_init_are_what_each_system_reads() {
    let Some(check) = tool("STANCH_TEST_CHECK_JSONSCHEMA", "check-jsonschema") else { return };
    let s = Sandbox::empty();
    for (system, schema, more) in [
        ("github", "vendor.github-workflows", &[][..]),
        ("gitlab", "vendor.gitlab-ci", &[]),
        ("circleci", "vendor.circle-ci", &[]),
        ("travis", "vendor.travis", &[]),
        (
            "azure",
            "vendor.azure-pipelines",
            // The schema writes its patterns in an older dialect.
            &["--regex-variant", "nonunicode"],
        ),
        ("bitbucket", "vendor.bitbucket-pipelines", &[]),
        ("buildkite", "vendor.buildkite", &[]),
        ("drone", "vendor.drone-ci", &[]),
        ("woodpecker", "vendor.woodpecker-ci", &[]),
    ] {
        let file = s.root().join(format!("{system}.yml"));
        // Azure's schema knows no values but strings, and its pipelines take `true` for one.
        let text =
            s.stanch(["ci", "init", system]).ok().stdout.replace("Credentials: true", "Credentials: 'true'");
        std::fs::write(&file, text).unwrap();
        accepts(&check, &[&["--builtin-schema", schema], more].concat(), &[file]);
    }
    let action = Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml");
    accepts(&check, &["--builtin-schema", "vendor.github-actions"], &[action]);
}
