//! The first line alone: what a graphical client shows of a hook's output in its dialog, in plain text.

use crate::report_message::{Text, decision, message, rules};
use crate::support::{Sandbox, key};
use stanch::finding::SourceKind;
use stanch::policy::{Commit, Decision, Stage};
use stanch::report::Terminal;

const KEY: &str = "api_key = \"pk_${hex-lower:34}\"\n";
const OLD: &str = "9f2c1ab3d4e5f60718293a4b5c6d7e8f90a1b2c3";
/// What a narrow dialog shows of a line.
const COLUMNS: usize = 60;

fn dialog(d: &Decision) -> String {
    let look = Terminal { width: COLUMNS, unicode: false, limit: 5, prefix: Vec::new() };
    message(&look, d).lines().next().unwrap().chars().take(COLUMNS).collect()
}

fn of(stage: Stage, texts: &[Text<'_>]) -> String {
    let mut d = decision(&rules(), stage, texts);
    d.reading.history =
        vec![Commit { id: OLD.into(), summary: "wip".into(), tip: texts.len() == 1, root: false }];
    d.reading.commits = 3;
    dialog(&d)
}

#[test]
fn it_says_what_where_and_the_next_step() {
    let push = || Stage::Push { remote: "origin".into() };
    let staged = |path| (SourceKind::Staged, path, KEY, None);
    let sent = |path| (SourceKind::Commit, path, KEY, Some(OLD));
    let long = "services/payments/internal/gateway/configuration/production.settings.json";
    for (line, stage, texts) in [
        (
            "stanch: commit blocked, secret in app/mail.py:1; stanch fix",
            Stage::Commit,
            &[staged("app/mail.py")][..],
        ),
        ("stanch: commit blocked, secret in ...ettings.json:1; edit it", Stage::Commit, &[staged(long)]),
        (
            "stanch: commit blocked, secret in 2 files; stanch fix",
            Stage::Commit,
            &[staged("a.py"), staged("b.py")],
        ),
        (
            "stanch: commit blocked, secret in a file's name; rename it",
            Stage::Commit,
            &[(SourceKind::FileName, "a", KEY, None)],
        ),
        (
            "stanch: commit blocked, secret in the message; edit it",
            Stage::Message,
            &[(SourceKind::CommitMessage, "", KEY, None)],
        ),
        ("stanch: push blocked, secret in .env.prod:1; amend 9f2c1ab3d", push(), &[sent(".env.prod")]),
        ("stanch: push blocked, secret in 2 files; edit 9f2c1ab3d", push(), &[sent("a.py"), sent("b.py")]),
        (
            "stanch: push blocked, secret in a tag's message; tag again",
            push(),
            &[(SourceKind::TagMessage, "", KEY, None)],
        ),
        (
            "stanch: push blocked, secret in a ref's name; rename it",
            push(),
            &[(SourceKind::RefName, "", KEY, None)],
        ),
        (
            "stanch: push refused, secret in mail.py:1; amend 9f2c1ab3d",
            Stage::Receive,
            &[sent("app/mail.py")],
        ),
    ] {
        assert_eq!(of(stage, texts), line);
    }
}

#[test]
fn several_secrets_are_counted_in_it() {
    let two = format!("{KEY}other_key = \"pk_${{hex-lower:34}}\"\n");
    let d = decision(&rules(), Stage::Commit, &[(SourceKind::Staged, "app/mail.py", &two, None)]);
    assert_eq!(dialog(&d), "stanch: commit blocked, 2 secrets in app/mail.py; stanch fix");
}

#[test]
fn the_step_that_it_names_works() {
    let s = Sandbox::new();
    s.record(&[("README.md", "hello\n")]);
    s.stanch(["install"]).ok();
    s.stage("app/mail.py", format!("import os\n\napi_key = \"{}\"\n", key(1)));
    s.stage("b.py", format!("import os\n\napi_key = \"{}\"\n", key(1)));
    let run = s.commit();
    assert!(
        run.code != 0 && run.stderr.starts_with("stanch: commit blocked, secret in 2 files; stanch fix\n"),
        "{run:?}"
    );
    s.stanch(["fix"]).ok();
    s.git(["add", "-A"]);
    s.commit().ok();
    assert!(String::from_utf8(s.read("b.py")).unwrap().contains("os.environ"));
    // The same once more says so.
    s.stage("c.py", format!("api_key = \"{}\"\n", key(3)));
    s.commit();
    let again = s.commit();
    assert!(
        again.stderr.starts_with("stanch: commit blocked again, secret in c.py:1; stanch fix\n"),
        "{again:?}"
    );
}
