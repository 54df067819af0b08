//! What could not be read at all is in every report: none of them reads as clean.

use crate::support::{Sandbox, key};

/// Formats that can say it, with what a clean run has in each and an incomplete one must not have.
const FORMATS: [(&str, &str); 10] = [
    ("text", "blocks in 0 files\n"),
    ("junit", "no secret in"),
    ("gitlab", "\"success\""),
    ("gitlab-codequality", "[]"),
    ("github", "::notice"),
    ("markdown", ":white_check_mark:"),
    ("html", "<h1>stanch: no secret that blocks"),
    ("sarif", "\"executionSuccessful\": true"),
    ("checkstyle", "<checkstyle version=\"4.3\">\n</checkstyle>"),
    ("sonarqube", "\"issues\": []"),
];

/// Runs in each format; the report, or for text the errors beside it, must name what is missing.
#[track_caller]
fn incomplete(s: &Sandbox, args: &[&str], name: &str) {
    for (format, clean) in FORMATS {
        let run = s.stanch([args, &["--format", format]].concat());
        assert_eq!(run.code, 2, "{format}: {run:#?}");
        let report = if format == "text" { &run.stderr } else { &run.stdout };
        assert!(report.contains(name), "{format} does not name {name}: {run:#?}");
        assert!(!run.stdout.contains(clean), "{format} reads as clean: {run:#?}");
        assert!(run.stderr.contains("could not check"), "{format}: {run:#?}");
    }
}

#[test]
fn a_path_that_does_not_exist_is_in_every_report() {
    let s = Sandbox::new();
    incomplete(&s, &["scan", "no-such-file"], "no-such-file");
    // A setting accepts no error, and a switch that passes over findings passes over none.
    s.record(&[(".stanch.toml", "[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'all'\n")]);
    assert_eq!(s.stanch(["scan", "no-such-file", "--exit-zero"]).code, 2);
    // What could be read counts all the same.
    s.write("a.env", format!("KLAVIYO_API_KEY={}\n", key(1)));
    s.record(&[(".stanch.toml", "")]);
    let run = s.stanch(["scan", "a.env", "no-such-file", "--format", "jsonl"]);
    assert!(run.code == 2 && run.stdout.lines().count() == 1, "{run:#?}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_entered_is_named_by_its_path() {
    use std::os::unix::fs::PermissionsExt;
    let s = Sandbox::new();
    s.write("sub/closed/a.txt", "x\n");
    let closed = s.dir().join("sub/closed");
    let set = |mode| std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(mode)).unwrap();
    set(0o000);
    // Root reads it all the same.
    if std::fs::read_dir(&closed).is_err() {
        incomplete(&s.at("sub"), &["scan"], "sub/closed");
    }
    set(0o755);
}

#[test]
fn repositories_that_cannot_be_read_are_in_every_report() {
    let s = Sandbox::new();
    s.write("list/all.txt", "first\nsecond\n");
    s.write("list/second/a.txt", "x\n");
    incomplete(&s, &["scan", "--repos", "list/all.txt"], "second");
}

#[test]
fn a_layer_that_is_missing_is_in_every_report() {
    let s = Sandbox::new();
    s.write(
        "app/manifest.json",
        r#"[{ "Config": "c.json", "RepoTags": ["app:1"], "Layers": ["gone/layer.tar"] }]"#,
    );
    s.write("app/c.json", r#"{ "architecture": "amd64", "os": "linux", "config": {}, "rootfs": { "type": "layers", "diff_ids": [] } }"#);
    incomplete(&s, &["image", "app"], "gone/layer.tar");
}
