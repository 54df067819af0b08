//! `stanch revoke` against the same stand-in.

use super::vendor::{Reply, Vendor, json};
use super::{ALLOWED, blocked, example, fingerprint, github, is_nowhere, live_github, person};
use crate::support::Sandbox;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};

/// GitHub with a live token, until the call that revokes it, which gets this answer.
fn until_revoked(answer: Reply) -> Vendor {
    let ended = AtomicBool::new(false);
    Vendor::start(move |r| match r.line() {
        "POST /credentials/revoke HTTP/1.1" => {
            ended.store(true, Ordering::Relaxed);
            answer.clone()
        }
        _ if ended.load(Ordering::Relaxed) => json(401, "{\"message\":\"Bad credentials\"}"),
        _ => live_github(r),
    })
}

#[test]
fn a_revocation_whose_answer_is_lost_is_asked_about() {
    let page = "<!doctype html><p>wait</p>".to_owned();
    for (seed, answer) in
        [Reply::Close, Reply::Plain(202, "Content-Type: text/html\r\n".to_owned(), page), json(502, "{}")]
            .into_iter()
            .enumerate()
    {
        let vendor = until_revoked(answer);
        let s = blocked(&vendor, &github(110 + seed as u64));
        let run = s.stanch(["revoke", &fingerprint(&s), "--confirm", "github"]);
        assert!(run.code == 0 && run.stderr.contains("had no clear answer"), "{run:#?}");
        assert!(run.stderr.contains("the provider says that it is dead"), "{run:#?}");
        let audit = s.stanch(["audit", "--format", "jsonl"]).stdout;
        assert!(audit.lines().last().unwrap().contains("says that it is dead"), "{audit}");
    }
    // It was not taken.
    let vendor = Vendor::start(|r| match r.line().starts_with("POST") {
        true => Reply::Close,
        false => live_github(r),
    });
    let s = blocked(&vendor, &github(115));
    let run = s.stanch(["revoke", &fingerprint(&s), "--confirm", "github"]);
    assert!(run.code == 1 && run.stderr.contains("and the secret still works"), "{run:#?}");
}

#[test]
fn what_the_provider_never_knew_is_not_called_revoked() {
    let vendor = Vendor::start(|r| match r.line().starts_with("POST") {
        true => json(202, ""),
        false => json(401, "{\"message\":\"Bad credentials\"}"),
    });
    let s = blocked(&vendor, &github(116));
    let run = s.stanch(["revoke", &fingerprint(&s), "--confirm", "github"]);
    assert_eq!(run.code, 2, "{run:#?}");
    assert!(run.stderr.contains("it was not seen to work before the call"), "{run:#?}");
    assert!(run.stderr.contains("asks    GET https://api.github.com/user"), "shown before: {run:#?}");
    assert!(!run.stderr.contains("stanch allow"), "{run:#?}");
    // Nor where the first question had no answer, or a host of the person's file takes any value.
    let vendor = Vendor::start(|r| match r.line().starts_with("POST") {
        true => json(202, ""),
        false => json(500, "{}"),
    });
    let s = blocked(&vendor, &github(117));
    let run = s.stanch(["revoke", &fingerprint(&s), "--confirm", "github"]);
    assert!(run.code == 2 && run.stderr.contains("could not be checked"), "{run:#?}");
    let vendor = Vendor::start(|r| match r.line().starts_with("POST") {
        true => json(202, ""),
        false => json(401, "{\"message\":\"Bad credentials\"}"),
    });
    let s = blocked(&vendor, &github(118));
    person(&s, &format!("{ALLOWED}private = true\nhosts = {{ github = \"{}\" }}\n", vendor.url()));
    let run = s.stanch(["revoke", &fingerprint(&s), "--confirm", "github"]);
    assert!(run.code == 2 && !run.stderr.contains("stanch: revoked"), "{run:#?}");
}

#[test]
fn a_revocation_is_shown_typed_made_checked_and_recorded() {
    let vendor = until_revoked(json(202, ""));
    let value = github(12);
    let s = blocked(&vendor, &value);
    let id = fingerprint(&s)[..8].to_owned();
    s.stanch(["revoke", &id]).could_not_check("in a script give --confirm github");
    s.stanch(["revoke", &id, "--confirm", "gitlab"]).could_not_check("does not name github");
    s.stanch(["revoke", &id, "--yes"]).could_not_check("--yes");
    assert_eq!(vendor.received().len(), 0);
    // In any case, as when it is typed.
    let run = s.stanch(["revoke", &id, "--confirm", "GitHub"]);
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
    assert_eq!(received.len(), 3, "the check, the call and the check: {received:?}");
    assert_eq!(received[1].body, format!("{{\"credentials\":[\"{value}\"]}}"));
    assert!(!received[1].head.contains("authorization"), "GitHub refuses this call with a credential");
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

#[test]
fn a_registrys_token_is_asked_about_and_ended_where_a_person_says() {
    let vendor = Vendor::start(|r| match r.line() {
        "GET /-/whoami HTTP/1.1" => json(200, "{\"username\":\"ann\"}"),
        line if line.starts_with("DELETE /-/user/token/npm_") => json(204, ""),
        _ => json(404, "{}"),
    });
    let s = blocked(&vendor, &github(14));
    s.write("ci.env", format!("{}\n", example("npm-access-token", 4)));
    let run = s.stanch(["verify", "--yes", "ci.env"]);
    assert!(run.code == 2 && run.stdout.contains("--host npm=https://"), "{run:#?}");
    assert!(run.stderr.is_empty() && vendor.received().is_empty(), "{run:#?}");
    let own = format!("npm={}", vendor.url());
    let asked = ["verify", "--yes", "ci.env", "--host", &own, "--private", "--format", "json"];
    let run = s.stanch(asked);
    assert_eq!(run.code, 1, "{run:#?}");
    let rows: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&rows[0]["state"], &rows[0]["owner"]["username"]), (&"live".into(), &"ann".into()));
    let id = rows[0]["fingerprint"].as_str().unwrap();
    let run = s.stanch(["revoke", id, "--confirm", "npm", "--host", &own, "--private"]);
    // The stand-in goes on calling it live.
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stderr.contains(&format!("DELETE {}/-/user/token/***", vendor.url())), "{run:#?}");
    assert!(
        run.stderr.contains("the secret still works") && !run.stderr.contains("stanch allow"),
        "{run:#?}"
    );
    assert!(run.stderr.contains("stanch explain npm-access-token has the steps"), "{run:#?}");
    assert!(vendor.received().iter().any(|r| r.line().starts_with("DELETE /-/user/token/npm_")));
}

/// A refusal alone says that a token may be of another instance; after the host has taken the revocation, it says that the
/// token is dead.
#[test]
fn a_host_that_ended_a_token_is_believed_when_it_refuses_it() {
    let ended = AtomicBool::new(false);
    let vendor = Vendor::start(move |r| match r.line() {
        "DELETE /api/v4/personal_access_tokens/self HTTP/1.1" => {
            ended.store(true, Ordering::SeqCst);
            json(204, "")
        }
        _ if ended.load(Ordering::SeqCst) => json(401, "{\"message\":\"401 Unauthorized\"}"),
        _ => json(200, "{\"name\":\"ci\",\"user_id\":7,\"scopes\":[\"api\"]}"),
    });
    let s = blocked(&vendor, &github(16));
    s.write("ci.env", format!("{}\n", example("gitlab-personal-access-token", 6)));
    let asked = ["verify", "--yes", "--fresh", "ci.env", "--format", "json"];
    let row = |args: &[&str]| {
        let run = s.stanch(args.iter().copied());
        serde_json::from_str::<Value>(&run.stdout).unwrap_or_else(|_| panic!("{run:#?}"))[0].clone()
    };
    let live = row(&asked);
    assert_eq!(live["state"], "live", "{live}");
    let id = live["fingerprint"].as_str().unwrap();
    let run = s.stanch(["revoke", id, "--confirm", "gitlab"]);
    assert!(run.code == 0 && run.stderr.contains("revoked; the provider says that it is dead"), "{run:#?}");
    // gitlab.com does not know the tokens of other instances.
    let later = row(&asked);
    assert_eq!(later["state"], "unsure", "{later}");
    let own = format!("gitlab={}", vendor.url());
    let named = row(&[&asked[..], &["--host", &own, "--private"]].concat());
    assert_eq!(named["state"], "dead", "{named}");
    // That is an answer to this call, and not kept for others.
    let later = row(&["verify", "--yes", "ci.env", "--format", "json"]);
    assert_eq!(later["state"], "unsure", "{later}");
}

#[test]
fn a_token_that_no_call_asks_about_is_ended_and_its_end_is_not_claimed() {
    let vendor = Vendor::start(|r| match r.line() {
        "DELETE /api/v1/tokens/current HTTP/1.1" => json(204, ""),
        _ => json(404, "{}"),
    });
    let s = blocked(&vendor, &github(15));
    s.write("ci.env", format!("{}\n", example("cratesio-api-token", 4)));
    let run = s.stanch(["verify", "--yes", "ci.env", "--format", "json"]);
    let rows: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&rows[0]["state"], &rows[0]["revocable"]), (&"not_checked".into(), &true.into()), "{rows}");
    let id = rows[0]["fingerprint"].as_str().unwrap();
    let own = format!("crates-io={}", vendor.url());
    let run = s.stanch(["revoke", id, "--confirm", "crates-io", "--host", &own, "--private"]);
    assert_eq!(run.code, 2, "{run:#?}");
    assert!(run.stderr.contains("could not be checked: no call is known that asks about it"), "{run:#?}");
    assert_eq!(vendor.received().len(), 1);
}

#[test]
fn nothing_is_ended_of_which_no_record_can_be_kept() {
    let vendor = Vendor::start(|_| json(202, ""));
    let s = blocked(&vendor, &github(17));
    let id = fingerprint(&s);
    let log = s.dir().join(".git/stanch/audit.jsonl");
    std::fs::remove_file(&log).unwrap();
    std::fs::create_dir(&log).unwrap();
    s.stanch(["revoke", &id, "--confirm", "github"]).could_not_check("cannot write the audit record");
    assert_eq!(vendor.received().len(), 0);
}

#[test]
fn the_page_to_end_it_by_hand_is_that_of_the_persons_instance() {
    let vendor = Vendor::start(|_| json(500, "{}"));
    let s = blocked(&vendor, &github(18));
    s.write("vault.env", format!("VAULT_TOKEN={}\n", crate::support::secret("hvs.${base64url:92}", 9)));
    let run = s.stanch(["verify", "vault.env", "--format", "json"]);
    let rows: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {run:#?}"));
    let id = rows[0]["fingerprint"].as_str().unwrap().to_owned();
    let own = ["--host", "vault=https://vault.example.org:8200"];
    let run = s.stanch([&["revoke", &id, "--confirm", "vault"][..], &own].concat());
    assert!(run.code == 2 && run.stderr.contains("end it at https://vault.example.org:8200/"), "{run:#?}");
    assert!(!run.stderr.contains("VAULT_ADDR"), "{run:#?}");
}
