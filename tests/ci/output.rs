//! What the systems show: annotations, summaries, report files, folds; and the options that say where reports go.

use super::world::{World, ci, line};
use crate::support::{Run, Sandbox, key};
use serde_json::{Value, json};

/// A request on GitHub that brings these files.
fn request(files: &[(&str, &str)]) -> (World, Sandbox) {
    let w = World::new();
    w.s.git(["checkout", "-q", "-b", "change", "main"]);
    let head = w.s.record(files);
    w.s.git(["push", "-q", "origin", "change"]);
    let c = w.clone_at(&head, 1).env("GITHUB_ACTIONS", "true").env("GITHUB_EVENT_NAME", "pull_request");
    let event =
        json!({ "pull_request": { "number": 9, "head": { "sha": head }, "base": { "ref": "main" } } });
    let c = w.event(&c, &event);
    (w, c)
}

/// The lines that a runner of GitHub would take for commands.
fn commands(run: &Run) -> Vec<String> {
    let all = run.stdout.lines().chain(run.stderr.lines());
    all.filter(|l| l.trim_start().starts_with("::") || l.contains("##[")).map(str::to_owned).collect()
}

#[test]
fn github_gets_ten_annotations_of_a_level_and_the_rest_in_the_summary() {
    let text: String = (10..25).map(line).collect();
    let (_w, c) = request(&[("many.env", &text)]);
    let summary = c.root().join("summary.md");
    std::fs::write(&summary, "before\n").unwrap();
    let run = ci(&c.env("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()), &[]);
    assert_eq!(run.code, 1, "{run:#?}");
    let errors: Vec<String> = commands(&run).into_iter().filter(|l| l.starts_with("::error ")).collect();
    assert_eq!(errors.len(), 10, "{run:#?}");
    assert!(errors[0].starts_with("::error file=many.env,line="), "{errors:#?}");
    assert!(run.stdout.contains("::notice title=stanch::and 5 more"), "{run:#?}");
    let summary = std::fs::read_to_string(&summary).unwrap();
    assert!(summary.starts_with("before\n"), "{summary}");
    assert_eq!(summary.matches("many.env&#").count() + summary.matches("many.env:").count(), 15, "{summary}");
    assert!(!run.stdout.contains(&key(10)[4..]) && !summary.contains(&key(10)[4..]));
}

#[cfg(unix)]
#[test]
fn no_name_or_text_of_a_repository_becomes_a_command() {
    let evil =
        "x,line=1::error::a\n::set-output name=a::b\r::stop-commands::c ##[error]d ##vso[task.complete].env";
    let (_w, c) =
        request(&[(evil, &line(4)), ("./::add-mask::e.env", &line(5)), ("a|b`<img src=x>.env", &line(6))]);
    let summary = c.root().join("summary.md");
    let run = ci(&c.env("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()), &[]);
    assert_eq!(run.code, 1, "{run:#?}");
    for command in commands(&run) {
        let ours = [
            "::error file=",
            "::error title=",
            "::warning file=",
            "::notice title=stanch",
            "::group::stanch",
            "::endgroup::",
        ];
        assert!(ours.iter().any(|o| command.starts_with(o)), "{command}");
        if let Some(rest) = command.strip_prefix("::error ") {
            let (properties, data) = rest.split_once("::").unwrap();
            assert!(properties.matches("title=").count() == 1 && !data.contains("##["), "{command}");
        }
    }
    let summary = std::fs::read_to_string(&summary).unwrap();
    assert!(!summary.contains("<img"), "{summary}");
    for row in summary.lines().filter(|l| l.starts_with("| ")) {
        assert_eq!(row.matches('|').count(), 6, "{row}");
    }
    let azure = c.env("GITHUB_ACTIONS", "").env("TF_BUILD", "True");
    let run = ci(&azure, &["--base", "main"]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(!run.stdout.contains("##vso["), "{run:#?}");
}

#[test]
fn gitlab_finds_its_reports_where_it_looks() {
    let w = World::new();
    let c = w.clone_at("t3", 1);
    let c = c.env("GITLAB_CI", "1").env("CI_COMMIT_BRANCH", "topic").env("CI_DEFAULT_BRANCH", "main");
    let run = ci(&c, &["--report", "junit=out/junit.xml"]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stderr.contains("section_start") && run.stderr.contains("section_end"), "{run:#?}");
    let report: Value = serde_json::from_slice(&c.read("gl-secret-detection-report.json")).unwrap();
    let found = &report["vulnerabilities"][0];
    assert_eq!(found["location"]["commit"]["sha"], w.id("t1"), "{report:#}");
    assert_eq!(found["location"]["file"], "app.env");
    let quality: Value = serde_json::from_slice(&c.read("gl-code-quality-report.json")).unwrap();
    assert_eq!(quality[0]["location"]["lines"]["begin"], 1);
    assert!(String::from_utf8(c.read("out/junit.xml")).unwrap().contains("failures=\"1\""));
}

#[test]
fn several_reports_of_one_run_and_the_options_of_each() {
    let s = Sandbox::new();
    s.write("app.env", line(1));
    s.write("other.env", line(2));
    let run = s.stanch([
        "scan",
        "--quiet",
        "--report",
        "sarif=a/b.sarif",
        "--report",
        "csv=x.csv",
        "--report",
        "markdown=x.md",
        "--report",
        "html=x.html",
        "--report",
        "text=x.txt",
        "--report",
        "json=-",
    ]);
    assert_eq!(run.code, 1, "{run:#?}");
    let rows: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 2);
    let sarif: Value = serde_json::from_slice(&s.read("a/b.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 2);
    for file in ["x.csv", "x.md", "x.html", "x.txt"] {
        let text = String::from_utf8(s.read(file)).unwrap();
        assert!(
            text.contains("other.env") && !text.contains(&key(2)) && !text.contains('\u{1b}'),
            "{file}: {text}"
        );
    }
    // The reports were in the folder: they hold nothing that a scan would find.
    let run = s.stanch(["scan", "--exit-zero", "--output", "y.json", "--format", "json"]).ok();
    assert!(run.stdout.is_empty(), "{run:#?}");
    let rows: Value = serde_json::from_slice(&s.read("y.json")).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 2, "{rows:#}");
    let run = s.stanch(["scan", "--max-findings", "1", "--format", "jsonl"]);
    assert_eq!((run.code, run.stdout.lines().count()), (1, 1), "{run:#?}");
    assert!(run.stderr.contains("1 findings are not shown"), "{run:#?}");
    let run = s.stanch(["scan", "--max-findings", "1"]);
    assert!(run.code == 1 && run.stdout.contains("and 1 more"), "{run:#?}");
    for wrong in ["sarif", "nope=x", "csv="] {
        assert_eq!(s.stanch(["scan", "--report", wrong]).code, 2, "{wrong}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_an_error_and_the_finding_counts() {
    let s = Sandbox::new();
    s.write("file", "x\n");
    let run = s.stanch(["scan", "--report", "sarif=file/x.sarif", "file"]);
    run.could_not_check("file/x.sarif");
    s.write("app.env", line(1));
    let run = s.stanch(["scan", "--report", "sarif=file/x.sarif"]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stderr.contains("cannot write the report"), "{run:#?}");
    let run = s.stanch(["scan", "--report", "sarif=file/x.sarif", "--exit-zero"]);
    assert_eq!(run.code, 2, "{run:#?}");
    // What could not be read is not a finding that a switch could ignore.
    s.record(&[(".stanch.toml", "[limits]\nmax_blob_mb = 1\n")]);
    s.write("big.txt", vec![b'a'; 2 << 20]);
    assert_eq!(s.stanch(["scan", "--exit-zero", "big.txt"]).code, 2);
}

#[test]
fn colours_are_written_where_a_log_shows_them() {
    let w = World::new();
    let c = w
        .clone_at("t3", 1)
        .env("GITLAB_CI", "1")
        .env("CI_COMMIT_BRANCH", "topic")
        .env("CI_DEFAULT_BRANCH", "main");
    assert!(ci(&c, &[]).stdout.contains("\u{1b}["));
    assert!(!ci(&c.env("NO_COLOR", "1"), &[]).stdout.contains("\u{1b}["));
    let jenkins =
        w.clone_at("t3", 1).env("JENKINS_URL", "x").env("CHANGE_ID", "7").env("CHANGE_TARGET", "main");
    assert!(!ci(&jenkins, &[]).stdout.contains("\u{1b}["));
}
