//! An id and its secret are one leak: one finding with two places, at every gate and in every format.

use crate::support::{Run, Sandbox, secret};
use serde_json::Value;

fn id(seed: u64) -> String {
    secret("AKIA${base32:16}", seed)
}

fn key(seed: u64) -> String {
    secret("${base64:40}", seed)
}

fn id_line(seed: u64) -> String {
    format!("aws_access_key_id = \"{}\"\n", id(seed))
}

fn key_line(seed: u64) -> String {
    format!("aws_secret_access_key = \"{}\"\n", key(seed))
}

/// The findings of a scan of the staged files.
fn staged(s: &Sandbox) -> Vec<Value> {
    serde_json::from_str(&s.stanch(["scan", "--staged", "--format", "json"]).stdout).unwrap()
}

/// Rule and line of each finding and of its id.
fn places(found: &[Value]) -> Vec<String> {
    let place = |v: &Value| format!("{}:{}", v["rule"].as_str().unwrap(), v["line"]);
    let both = |f: &Value| match &f["pair"] {
        Value::Null => place(f),
        id => format!("{} {}", place(f), place(id)),
    };
    found.iter().map(both).collect()
}

#[track_caller]
fn hides_both(run: &Run, seed: u64) {
    let all = [&*run.stdout, &*run.stderr].concat();
    assert!(!all.contains(&id(seed)) && !all.contains(&key(seed)), "{run:#?}");
}

#[test]
fn a_commit_of_both_is_blocked_for_one_secret_and_names_both_places() {
    let s = Sandbox::guarded();
    s.stage("app.py", format!("import boto3\n{}{}", id_line(1), key_line(1)));
    let run = s.commit();
    assert_eq!(run.code, 1);
    for told in ["secret in", "AWS secret access key", "app.py:3:26", "with its AWS access key ID on line 2"]
    {
        assert!(run.stderr.contains(told), "no {told:?} in {run:#?}");
    }
    hides_both(&run, 1);
    assert_eq!(places(&staged(&s)), ["aws-secret-access-key:3 aws-access-key-id:2"]);
    let record: Value = serde_json::from_slice(&s.read(".git/stanch/audit.jsonl")).unwrap();
    assert_eq!((&record["rule"], &record["line"]), (&"aws-secret-access-key".into(), &3.into()));
    assert_eq!((&record["pair"]["rule"], &record["pair"]["line"]), (&"aws-access-key-id".into(), &2.into()));
}

#[test]
fn json_lines_have_the_ids_place_as_part_of_the_finding() {
    let s = Sandbox::new();
    s.stage("app.py", [id_line(1), key_line(1)].concat());
    let run = s.stanch(["scan", "--staged", "--format", "jsonl"]);
    hides_both(&run, 1);
    let rows: Vec<Value> = run.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(places(&rows), ["aws-secret-access-key:2 aws-access-key-id:1", "aws-access-key-id:1"]);
    assert_eq!((&rows[1]["part_of"], &rows[1]["path"]), (&rows[0]["fingerprint"], &"app.py".into()));
    assert_eq!(rows[1]["decision"], rows[0]["decision"]);
    assert!(rows[0].get("part_of").is_none());
}

#[test]
fn sarif_relates_the_id_to_the_one_result() {
    let s = Sandbox::guarded();
    s.stage("app.py", [id_line(1), key_line(1)].concat());
    let run = s.stanch(["scan", "--staged", "--format", "sarif"]);
    hides_both(&run, 1);
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!((results.len(), &results[0]["ruleId"]), (1, &"aws-secret-access-key".into()));
    let related = &results[0]["relatedLocations"];
    assert_eq!(related[0]["physicalLocation"]["region"]["startLine"], 1);
    assert!(
        related[0]["message"]["text"].as_str().unwrap().starts_with("AWS access key ID AKI"),
        "{related}"
    );
}

#[test]
fn an_id_alone_is_a_finding() {
    let s = Sandbox::guarded();
    s.stage("app.py", id_line(1));
    assert_eq!(places(&staged(&s)), ["aws-access-key-id:1"]);
    assert_eq!(s.commit().code, 1);
}

#[test]
fn a_new_secret_beside_an_old_id_is_one_finding_and_a_new_id_beside_an_old_secret_is_the_id() {
    for (old, new, want) in [
        (id_line(1), key_line(1), "aws-secret-access-key:2 aws-access-key-id:1"),
        (key_line(1), id_line(1), "aws-access-key-id:2"),
    ] {
        let s = Sandbox::guarded();
        s.record(&[("app.py", &old)]);
        s.stage("app.py", [old, new].concat());
        assert_eq!(places(&staged(&s)), [want]);
    }
}

#[test]
fn at_a_push_each_half_belongs_to_the_commit_that_brings_it() {
    let s = Sandbox::guarded();
    let remote = s.root().join("remote.git");
    s.git(["init", "-q", "--bare", remote.to_str().unwrap()]);
    s.git(["remote", "add", "origin", remote.to_str().unwrap()]);
    s.git(["push", "-q", "origin", "main"]);
    s.hook("pre-push");
    s.record(&[("app.py", &id_line(1))]);
    s.record(&[("app.py", &[id_line(1), key_line(1)].concat())]);
    let run = s.try_git(["push", "-q", "origin", "main"]);
    assert_ne!(run.code, 0);
    hides_both(&run, 1);
    for told in ["2 secrets in", "app.py:1:22", "app.py:2:26", "its id: line 1"] {
        assert!(run.stderr.contains(told), "no {told:?} in {run:#?}");
    }
}

#[test]
fn a_decision_about_the_secret_holds_for_the_pair_and_one_about_the_id_does_not() {
    let s = Sandbox::guarded();
    let text = [id_line(1), key_line(1)].concat();
    s.stage("app.py", &text);
    let found = staged(&s);
    let (secret, id) = (found[0]["fingerprint"].clone(), found[0]["pair"]["fingerprint"].clone());
    let allow = |f: &Value| format!("[[allow]]\nfingerprint = {f}\nreason = 'made up'\n");
    s.write(".stanch.toml", allow(&id));
    assert_eq!(s.commit().code, 1, "an entry for the id does not allow the secret");
    s.write(".stanch.toml", allow(&secret));
    s.commit().ok();

    let s = Sandbox::guarded();
    let line = |f: &Value| format!("{} x\n", f.as_str().unwrap());
    s.record(&[(".stanch-baseline", &line(&id))]);
    s.stage("app.py", &text);
    assert_eq!(s.commit().code, 1);
    s.record(&[(".stanch-baseline", &[line(&id), line(&secret)].concat()), ("app.py", "")]);
    s.stage("app.py", &text);
    s.commit().ok();
    // Both entries match something present: the id may occur alone one day.
    s.stanch(["baseline", "update"]).ok();
    assert_eq!(s.read(".stanch-baseline").iter().filter(|b| **b == b'\n').count(), 3);
}

#[test]
fn a_marker_beside_the_secret_allows_the_pair_and_one_beside_the_id_does_not() {
    let marked = |rule: &str| format!("  # stanch:allow {rule} -- made up\n");
    let s = Sandbox::guarded();
    let beside_id = id_line(1).replace('\n', &marked("aws-access-key-id"));
    s.stage("app.py", format!("{beside_id}\n\n{}", key_line(1)));
    assert_eq!(s.commit().code, 1);
    let beside_secret = key_line(1).replace('\n', &marked("aws-secret-access-key"));
    s.stage("app.py", format!("{}\n\n{beside_secret}", id_line(1)));
    s.commit().ok();
}

#[test]
fn an_id_that_would_be_blocked_alone_is_blocked_with_a_secret_that_the_configuration_allows() {
    let s = Sandbox::guarded();
    s.record(&[(".stanch.toml", "[rules.aws-secret-access-key]\nenabled = false\n")]);
    s.stage("app.py", [id_line(1), key_line(1)].concat());
    let run = s.commit();
    assert!(run.code == 1 && run.stderr.contains("app.py:2:26"), "{run:#?}");
}

#[test]
fn fix_takes_both_out_and_the_commit_passes() {
    let s = Sandbox::guarded();
    s.stage("app.py", format!("import os\n{}{}", id_line(1), key_line(1)));
    assert_eq!(s.commit().code, 1);
    s.stanch(["fix", "--all"]).ok();
    assert_eq!(
        String::from_utf8(s.read("app.py")).unwrap(),
        "import os\naws_access_key_id = os.environ[\"AWS_ACCESS_KEY_ID\"]\n\
         aws_secret_access_key = os.environ[\"AWS_SECRET_ACCESS_KEY\"]\n"
    );
    s.git(["add", "app.py"]);
    s.commit().ok();
}

#[test]
fn the_pairs_that_people_have_are_one_finding() {
    for (text, want) in [
        (
            "TWILIO_ACCOUNT_SID=AC${hex-lower:32}\nTWILIO_AUTH_TOKEN=${hex-lower:32}\n",
            "twilio-auth-token:2 twilio-account-sid:1",
        ),
        (
            "MJ_APIKEY_PUBLIC=${hex-lower:32}\nMJ_APIKEY_PRIVATE=${hex-lower:32}\n",
            "mailjet-api-secret:2 mailjet-api-key:1",
        ),
        (
            "id = '${digits:12}-${alnum-lower:32}.apps.googleusercontent.com'\nsecret = 'GOCSPX-${base64url:28}'\n",
            "google-oauth-client-secret:2 google-oauth-client-id:1",
        ),
    ] {
        let s = Sandbox::guarded();
        s.stage("settings.txt", secret(text, 3));
        assert_eq!(places(&staged(&s)), [want]);
    }
}
