//! `stanch report`: everything a maintainer needs, and no value.

use crate::support::{Sandbox, key, secret};

/// Fails the test if a part of the value is shown.
#[track_caller]
fn hides(text: &str, value: &str) {
    for part in value.as_bytes().windows(6).map(|w| std::str::from_utf8(w).unwrap()) {
        assert!(!text.contains(part), "{part} in {text}");
    }
}

#[test]
fn a_wrong_alarm_is_reported_without_its_value() {
    let s = Sandbox::guarded();
    let value = key(1);
    s.stage("tests/app.py", format!("api_key = \"{value}\"  # of Ann\n"));
    let run = s.commit();
    let id = run.stderr.split("stanch allow ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let run = s.stanch(["report", "--wrong", &id]).ok();
    hides(&run.stdout, &value[3..]);
    for part in [
        "wrong alarm",
        "klaviyo-private-api-key",
        "| evidence | ",
        "`api_key = \"VALUE\"  # [a]{2} [aA]{3}`",
        "`[a]{2}_[a9]{34}`",
        "*.py, its path has test",
    ] {
        assert!(run.stdout.contains(part), "no {part:?} in {run:?}");
    }
    assert!(run.stderr.contains("issues/new?template=wrong-alarm.yml"), "{run:?}");
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/.github/ISSUE_TEMPLATE/");
    for name in ["wrong-alarm.yml", "missed-secret.yml"] {
        assert!(std::path::Path::new(template).join(name).is_file(), "{name}");
    }
}

#[test]
fn a_missed_secret_is_reported_without_its_value_though_nothing_knows_it() {
    let s = Sandbox::new();
    let value = secret("${base62:22}", 5);
    s.write("conf.txt", format!("first line\nthe blob is {value} today\n"));
    let run = s.stanch(["report", "--missed", "conf.txt:2"]).ok();
    hides(&run.stdout, &value);
    assert!(run.stdout.contains("missed secret") && run.stdout.contains("{22}"), "{run:?}");
    assert!(!run.stdout.contains("today"), "{run:?}");
    // A value below the threshold is listed with its score.
    let value = secret("${hex-lower:9}", 5);
    s.write("b.py", format!("session_token = \"{value}\"\n"));
    let run = s.stanch(["report", "--missed", "b.py:1"]).ok();
    hides(&run.stdout, &value);
    assert!(run.stdout.contains("`session_token = \""), "{run:?}");
}

#[test]
fn what_cannot_be_told_is_an_error_with_the_remedy() {
    let s = Sandbox::guarded();
    s.write("a.txt", "one\ntwo\n");
    for (args, words) in [
        (&["--missed", "a.txt:9"][..], "a.txt has no line 9"),
        (&["--missed", "a.txt:0"], "a.txt has no line 0"),
        (&["--missed", "a.txt"], "is not FILE:LINE"),
        (&["--missed", "nowhere.txt:1"], "cannot read nowhere.txt"),
        (&["--wrong", "abcd1234"], "run the commit again"),
        (&[], "--wrong"),
        (&["--wrong", "abcd1234", "--missed", "a.txt:1"], "cannot be used with"),
    ] {
        let all: Vec<&str> = ["report"].into_iter().chain(args.iter().copied()).collect();
        s.stanch(all).could_not_check(words);
    }
}
