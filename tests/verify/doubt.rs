//! Nothing is called dead on less than the provider's word, and nothing is sent that a person did not send.

use super::vendor::{Reply, Vendor, json};
use super::{ALLOWED, blocked, fingerprint, github, live_github, person};
use crate::support::{STANCH, secret};
use serde_json::Value;
use std::fs;

fn dead_github() -> Vendor {
    Vendor::start(|_| json(401, "{\"message\":\"Bad credentials\"}"))
}

#[test]
fn what_was_not_read_is_named_and_not_passed_off_as_dead() {
    let vendor = dead_github();
    let s = blocked(&vendor, &github(91));
    s.write("d/app.env", format!("GITHUB_TOKEN={}\n", github(91)));
    assert_eq!(s.stanch(["verify", "--yes", "d"]).code, 0);
    // An archive that is cut off.
    s.write("d/cut.zip", b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\x40\0\0\0\x80\0\0\0\x05\0\0\0a.env");
    let run = s.stanch(["verify", "--yes", "d"]);
    assert!(run.code == 2 && run.stderr.contains("cut.zip"), "{run:#?}");
}

#[test]
fn a_history_of_which_a_part_is_not_here_is_refused() {
    let vendor = dead_github();
    let s = blocked(&vendor, &github(92));
    s.git(["commit", "-q", "--no-verify", "-m", "one"]);
    s.git(["commit", "-q", "--no-verify", "--allow-empty", "-m", "two"]);
    let url = format!("file://{}", s.dir().display());
    s.git(["clone", "-q", "--depth", "1", &url, "../shallow"]);
    s.at("../shallow").stanch(["verify", "--yes", "--history"]).could_not_check("this clone is shallow");
    assert_eq!(vendor.received().len(), 0);
}

#[cfg(unix)]
#[test]
fn a_hook_of_a_server_sends_nothing_and_ends_nothing() {
    let vendor = Vendor::start(live_github);
    let s = blocked(&vendor, &github(93));
    let id = fingerprint(&s);
    s.git(["commit", "-q", "--no-verify", "-m", "leak"]);
    let remote = s.at("../remote.git");
    remote.git(["init", "-q", "--bare", "."]);
    remote.git(["config", "receive.advertisePushOptions", "true"]);
    let said = s.root().join("said.txt");
    // As hooks that deploy do it: in another folder, without what git named.
    let script = format!(
        "#!/bin/sh\ncd '{}'\nexec >>'{}' 2>&1 </dev/null\n'{STANCH}' verify --yes app.env\nunset GIT_DIR GIT_QUARANTINE_PATH\n\
         '{STANCH}' verify --yes app.env\n'{STANCH}' revoke --history {id} --confirm github\nexit 0\n",
        s.dir().display(),
        said.display()
    );
    for hook in
        ["pre-receive", "update", "reference-transaction", "post-receive", "post-update", "push-to-checkout"]
    {
        let path = remote.dir().join("hooks").join(hook);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &script).unwrap();
        crate::support::executable(&path);
    }
    s.git(["push", "-q", "../remote.git", "HEAD:refs/heads/x"]);
    s.git(["push", "-q", "-o", "x", "../remote.git", "HEAD:refs/heads/y"]);
    assert_eq!(vendor.received().len(), 0);
    let said = fs::read_to_string(said).unwrap();
    assert!(
        said.contains("never run by a hook") && said.contains("in a hook --yes does not count"),
        "{said}"
    );
    assert!(said.contains("in a hook --confirm github does not count"), "{said}");
    // Filters of `git filter-branch` have the index of a hook, and no prefix.
    let filter = s.env("GIT_EXEC_PATH", "/x").env("GIT_INDEX_FILE", "/x");
    filter.stanch(["verify", "--yes", "app.env"]).could_not_check("never run by a hook");
    assert_eq!(vendor.received().len(), 0);
}

#[test]
fn a_host_that_only_a_file_names_does_not_make_a_secret_dead() {
    let vendor = Vendor::start(|r| match r.line().contains("/user") {
        true => json(401, "{\"message\":\"Bad credentials\"}"),
        false => json(403, "{\"errors\":[\"bad token\"]}"),
    });
    let s = blocked(&vendor, &github(94));
    s.write("vault.env", format!("VAULT_TOKEN={}\n", secret("hvs.${base64url:92}", 94)));
    let url = vendor.url();
    let hosts = format!("private = true\nhosts = {{ vault = \"{url}\", github = \"{url}\" }}\n");
    person(&s, &format!("{ALLOWED}{hosts}"));
    for (file, provider) in [("vault.env", "vault"), ("app.env", "github")] {
        let verify = |more: &[&str]| {
            let args = [&["verify", "--yes", "--fresh", "--format", "json", file], more].concat();
            let run = s.stanch(args);
            let rows: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {run:#?}"));
            (run.code, rows[0].clone())
        };
        let (code, row) = verify(&[]);
        assert_eq!((code, &row["state"]), (2, &"unsure".into()), "{row}");
        assert!(row["why"].as_str().unwrap().contains("if it was issued there"), "{row}");
        assert_eq!(row["host"], url, "{row}");
        // For this call the person says so.
        let (code, row) = verify(&["--host", &format!("{provider}={url}")]);
        assert_eq!((code, &row["state"]), (0, &"dead".into()), "{row}");
        assert_eq!(row["host"], url, "{row}");
    }
}

#[test]
fn an_id_that_only_stands_near_a_secret_does_not_make_it_dead() {
    let vendor = Vendor::start(|_| {
        let body = "<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>";
        Reply::Plain(403, "Content-Type: text/xml\r\n".to_owned(), body.to_owned())
    });
    let s = blocked(&vendor, &github(95));
    let (old, value) = (secret("AKIA${base32:16}", 95), secret("${base64:40}", 96));
    s.write("near.env", format!("# was {old} until May\n\n\nAWS_SECRET_ACCESS_KEY={value}\n"));
    let run = s.stanch(["verify", "--yes", "near.env", "--format", "json"]);
    let rows: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {run:#?}"));
    let row = rows.as_array().unwrap().iter().find(|row| row["rule"] == "aws-secret-access-key").unwrap();
    assert_eq!((run.code, &row["state"], &row["ids"]), (2, &"unsure".into(), &1.into()), "{rows}");
    s.write("verified.json", &run.stdout);
    let run = s.stanch(["baseline", "create", "--from", "verified.json"]);
    assert!(run.code == 1 && run.stderr.contains("0 added"), "{run:#?}");
    // Named by the person it counts.
    let run = s.stanch(["verify", "--yes", "near.env", "--with", &format!("ACCESS_KEY_ID={old}")]);
    assert!(run.stdout.contains("dead"), "{run:#?}");
}

#[test]
fn a_report_that_says_both_of_a_secret_does_not_take_it_into_the_baseline() {
    let vendor = dead_github();
    let s = blocked(&vendor, &github(97));
    s.git(["commit", "-q", "--no-verify", "-m", "leak"]);
    let row = |state: &str| serde_json::json!({ "fingerprint": fingerprint(&s), "rule": "github-pat-classic", "state": state });
    for states in [["dead", "live"], ["live", "dead"], ["unsure", "dead"]] {
        s.write("r.json", Value::from(states.map(row).to_vec()).to_string());
        let run = s.stanch(["baseline", "create", "--from", "r.json"]);
        assert!(run.code == 1 && run.stderr.contains("0 added"), "{run:#?}");
        assert_eq!(run.stderr.matches("left out").count(), 1, "{run:#?}");
    }
    s.write("r.json", Value::from(["dead", "dead"].map(row).to_vec()).to_string());
    let run = s.stanch(["baseline", "create", "--from", "r.json"]).ok();
    assert!(run.stderr.contains("1 added, 1 in all"), "{run:#?}");
    let audit = s.stanch(["audit", "--format", "jsonl"]).stdout;
    assert!(audit.lines().last().unwrap().contains("r.json calls it dead"), "{audit}");
}
