//! The formats for machines: what they promise, and that none of them shows a secret.

use crate::report_message::{decision, message, rules, shown};
use stanch::finding::SourceKind;
use stanch::policy::{Decision, Screened, Stage};
use stanch::report::{self, Terminal};
use stanch::scan::template;

type Render = fn(&Screened, &mut dyn std::io::Write) -> std::io::Result<()>;

const FORMATS: [(&str, Render); 3] =
    [("json", report::json::render), ("jsonl", report::json::render_lines), ("sarif", report::sarif::render)];

fn rendered(render: Render, d: &Decision) -> String {
    let mut out = Vec::new();
    render(&shown(d), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// One key in a file, in a commit, and in a file's name.
fn everywhere() -> Decision {
    let key = "pk_${hex-lower:34}";
    let (file, name) = (format!("\u{e9} = \"{key}\"\n"), format!("{key}.txt"));
    decision(
        &rules(),
        Stage::Scan,
        &[
            (SourceKind::File, "a b.py", &file, None),
            (SourceKind::Commit, "src/x.py", &file, Some("9f2c1ab3d4e5f60718293a4b5c6d7e8f90a1b2c3")),
            (SourceKind::FileName, &name, &name, None),
            (SourceKind::File, &name, &file, None),
        ],
    )
}

#[test]
fn no_format_shows_a_secret_wherever_it_stands() {
    let d = everywhere();
    assert_eq!(d.findings.len(), 4);
    let raw = template::expand("pk_${hex-lower:34}", 7).unwrap();
    let look = Terminal { width: 100, unicode: true, limit: 5, prefix: Vec::new() };
    let human = message(&look, &d);
    for (name, text) in FORMATS.iter().map(|(n, r)| (*n, rendered(*r, &d))).chain([("human", human)]) {
        // Not even most of it.
        assert!(!text.contains(&raw[8..raw.len() - 8]), "{name}: {text}");
        assert!(text.contains("****"), "{name}");
    }
}

#[test]
fn every_format_says_each_finding_and_no_secret() {
    let d = everywhere();
    let raw = template::expand("pk_${hex-lower:34}", 7).unwrap();
    let terminal = Terminal { width: 100, unicode: true, limit: 5, prefix: Vec::new() };
    for format in report::Format::all() {
        let mut out = Vec::new();
        format.render(&shown(&d), &report::About::default(), &terminal, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains(&raw[8..raw.len() - 8]), "{}: {text}", format.name());
        for part in ["x.py", "klaviyo"] {
            let found = text.to_lowercase().contains(part);
            assert!(found, "no {part} in {}: {text}", format.name());
        }
        match format.name() {
            "json" | "sarif" | "gitlab" | "gitlab-codequality" | "sonarqube" => {
                serde_json::from_str::<serde_json::Value>(&text).unwrap();
            }
            "jsonl" | "rdjsonl" => {
                assert_eq!(text.lines().count(), 4, "{text}");
                text.lines().for_each(|l| drop(serde_json::from_str::<serde_json::Value>(l).unwrap()));
            }
            "csv" => assert_eq!(text.lines().count(), 5, "{text}"),
            _ => {}
        }
    }
}

#[test]
fn json_has_the_promised_fields_in_each_object() {
    let d = everywhere();
    let array: serde_json::Value = serde_json::from_str(&rendered(report::json::render, &d)).unwrap();
    let lines = rendered(report::json::render_lines, &d);
    let lines: Vec<serde_json::Value> = lines.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(array.as_array().unwrap(), &lines);
    for field in [
        "rule",
        "provider",
        "kind",
        "severity",
        "confidence",
        "decision",
        "because",
        "path",
        "line",
        "column",
        "end_line",
        "end_column",
        "fingerprint",
        "redacted",
        "evidence",
    ] {
        assert!(lines.iter().all(|l| !l[field].is_null()), "{field}");
    }
    let first = &lines[0];
    assert_eq!((&first["line"], &first["column"], &first["end_column"]), (&1.into(), &6.into(), &43.into()));
    assert_eq!(first["decision"], "block");
    assert_eq!(lines[1]["commit"], "9f2c1ab3d4e5f60718293a4b5c6d7e8f90a1b2c3");
}

#[test]
fn sarif_counts_code_points_and_names_each_rule_once() {
    let d = everywhere();
    let log: serde_json::Value = serde_json::from_str(&rendered(report::sarif::render, &d)).unwrap();
    let run = &log["runs"][0];
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0]["id"], "klaviyo-private-api-key");
    assert!(rules[0]["help"]["text"].as_str().unwrap().contains("Look for abuse"));
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 4);
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b.py");
    assert_eq!(
        place["region"],
        serde_json::json!({"startLine": 1, "startColumn": 6, "endLine": 1, "endColumn": 43})
    );
    for r in results {
        assert_eq!(r["ruleIndex"], 0);
        assert_eq!(r["level"], "error");
        assert_eq!(r["partialFingerprints"]["stanch/v1"], results[0]["partialFingerprints"]["stanch/v1"]);
    }
}

/// A reviewer accepts a suggestion by a click: applied to the line as reviewdog does it, by bytes, it must give what `stanch
/// fix` writes.
#[test]
fn a_suggestion_for_a_review_is_what_fix_writes_in_the_line() {
    use crate::support::{Sandbox, key};
    let line = |seed| format!("k = \"{}\"", key(seed));
    // Each with the number of suggestions, and whether an import is missing besides.
    let bodies = [
        ("a.py", format!("import os\n\u{e9} = 1; {} # \u{65e5}\n", line(1)), 1, false),
        ("b.js", format!("const {};\n", line(2)), 1, false),
        ("sub/c.rb", format!("{}\n", line(3)), 1, false),
        ("d.go", format!("package d\n\nimport \"os\"\n\nvar _ = os.Args\n\nvar {}\n", line(4)), 1, false),
        ("f.py", format!("{}\n", line(5)), 1, true),
        // A line that begins with a byte-order mark has other places than those that were scanned.
        ("e.py", format!("\u{feff}{}\n", line(6)), 0, false),
        // Two secrets must not end in one variable.
        ("two.py", format!("import os\nx = [\"{}\", \"{}\"]\n", key(7), key(8)), 1, false),
        // What stays of the text has the other secret.
        ("many.py", format!("import os\nx = \"{} {}\"\n", key(9), key(10)), 0, false),
    ];
    for (path, body, wanted, needs_import) in bodies {
        let s = Sandbox::guarded();
        s.stage(path, &body);
        let run = s.stanch(["scan", "--staged", "--format", "rdjsonl"]);
        assert_eq!(run.code, 1, "{path}: {run:#?}");
        let rows = run.stdout.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap());
        let rows: Vec<_> = rows.filter(|row| !row["suggestions"].is_null()).collect();
        assert_eq!(rows.len(), wanted, "{path}: {run:#?}");
        let Some(row) = rows.first().filter(|_| path != "two.py") else { continue };
        let (range, text) =
            (&row["suggestions"][0]["range"], row["suggestions"][0]["text"].as_str().unwrap());
        assert_eq!(range["start"]["line"], row["location"]["range"]["start"]["line"], "{row:#}");
        assert_eq!(range["end"]["line"], range["start"]["line"], "{row:#}");
        let number = |at: &serde_json::Value, name: &str| at[name].as_u64().unwrap() as usize - 1;
        let mut lines: Vec<String> = body.split('\n').map(str::to_owned).collect();
        let line = &mut lines[number(&range["start"], "line")];
        line.replace_range(number(&range["start"], "column")..number(&range["end"], "column"), text);
        let applied = lines.join("\n");
        assert_eq!(row["message"].as_str().unwrap().contains("needs an import"), needs_import, "{row:#}");
        assert_eq!(s.commit().code, 1);
        s.stanch(["fix", "--store", "none"]).ok();
        let fixed = String::from_utf8(s.read(path)).unwrap();
        let applied = if needs_import { format!("import os\n{applied}") } else { applied };
        assert_eq!(applied.replace("\n\n", "\n"), fixed.replace("\n\n", "\n"), "{path}");
    }
}
