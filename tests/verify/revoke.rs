//! `stanch revoke` against the same stand-in.

use super::vendor::{Vendor, json};
use super::{ALLOWED, blocked, fingerprint, github, is_nowhere, person};
use crate::support::Sandbox;
use serde_json::Value;

#[test]
fn a_revocation_is_shown_typed_made_checked_and_recorded() {
    let vendor = Vendor::start(|r| match r.line() {
        "POST /credentials/revoke HTTP/1.1" => json(202, ""),
        _ => json(401, "{\"message\":\"Bad credentials\"}"),
    });
    let value = github(12);
    let s = blocked(&vendor, &value);
    let id = fingerprint(&s)[..8].to_owned();
    s.stanch(["revoke", &id]).could_not_check("in a script give --confirm github");
    s.stanch(["revoke", &id, "--confirm", "gitlab"]).could_not_check("does not name github");
    s.stanch(["revoke", &id, "--yes"]).could_not_check("nothing was sent");
    assert_eq!(vendor.received().len(), 0);
    let run = s.stanch(["revoke", &id, "--confirm", "github"]);
    assert_eq!(run.code, 0, "{run:#?}");
    for text in [
        "sends   POST https://api.github.com/credentials/revoke",
        "effect  the token ends",
        "undo    cannot be undone",
        "revoked; the provider says that it is dead",
        "next    make a new one",
    ] {
        assert!(run.stderr.contains(text), "{text}: {run:#?}");
    }
    is_nowhere(&s, &value, &run);
    let received = vendor.received();
    assert_eq!(received.len(), 2, "the call and the check: {received:?}");
    assert_eq!(received[0].body, format!("{{\"credentials\":[\"{value}\"]}}"));
    assert!(!received[0].head.contains("authorization"), "GitHub refuses this call with a credential");
    let audit = s.stanch(["audit", "--format", "jsonl"]).stdout;
    let record: Value = serde_json::from_str(audit.lines().last().unwrap()).unwrap();
    assert_eq!((&record["decision"], &record["rule"]), (&"revoke".into(), &"github-pat-classic".into()));
    assert_eq!(record["reason"], "revoked; the provider says that it is dead");
    assert!(record["fingerprint"].as_str().unwrap().starts_with(&id), "{record}");
}

#[test]
fn a_revocation_that_fails_or_changes_nothing_says_so() {
    let vendor = Vendor::start(|_| json(422, "{}"));
    let s = blocked(&vendor, &github(13));
    let run = s.stanch(["revoke", &fingerprint(&s), "--confirm", "github"]);
    assert!(run.code == 2 && run.stderr.contains("not revoked: refused (422)"), "{run:#?}");
    assert!(run.stderr.contains("https://github.com/settings"), "the page to do it by hand: {run:#?}");
    let audit = s.stanch(["audit", "--format", "jsonl"]).stdout;
    assert!(audit.lines().last().unwrap().contains("not revoked"), "{audit}");
    // A provider without such a call: nothing is sent.
    let s = Sandbox::guarded();
    person(&s, ALLOWED);
    s.stage("a.env", format!("KLAVIYO_KEY={}\n", crate::support::key(1)));
    s.commit();
    s.stanch(["revoke", &fingerprint(&s)]).could_not_check("no documented call ends a Klaviyo");
}
