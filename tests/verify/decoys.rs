//! A live secret is not called dead because of an id, an address or a file that somebody put beside it.

use super::vendor::{Reply, Vendor, json};
use super::{ALLOWED, blocked, example, fingerprint, github, person};
use crate::support::{Sandbox, secret};
use serde_json::Value;
use std::fs;

/// AWS as it knows one pair.
fn aws(live: &str) -> Vendor {
    let live = format!("Credential={live}/");
    Vendor::start(move |r| {
        let kind = "Content-Type: text/xml\r\n".to_owned();
        match r.head.contains(&live) {
            true => Reply::Plain(
                200,
                kind,
                "<GetCallerIdentityResponse><Arn>arn:x</Arn></GetCallerIdentityResponse>".into(),
            ),
            false => Reply::Plain(
                403,
                kind,
                "<ErrorResponse><Code>InvalidClientTokenId</Code></ErrorResponse>".into(),
            ),
        }
    })
}

fn state_of(s: &Sandbox, args: &[&str]) -> (i32, Value) {
    let run = s.stanch([&["verify", "--yes", "--format", "json"], args].concat());
    let rows: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {run:#?}"));
    let row = rows.as_array().unwrap().iter().find(|row| row["rule"] == "aws-secret-access-key");
    (run.code, row.unwrap_or_else(|| panic!("{rows}"))["state"].clone())
}

#[test]
fn a_secret_is_asked_about_with_each_id_that_stands_beside_it() {
    let (dead, live) = (secret("AKIA${base32:16}", 1), secret("AKIA${base32:16}", 2));
    let vendor = aws(&live);
    let s = blocked(&vendor, &github(61));
    let value = secret("${base64:40}", 3);
    let pair = |id: &str| format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={value}\n");
    s.write("pairs/a.env", pair(&dead));
    s.write("pairs/b.env", pair(&live));
    assert_eq!(state_of(&s, &["pairs"]), (1, "live".into()), "both pairs");
    // An answer about one pair says nothing about the other.
    assert_eq!(state_of(&s, &["--fresh", "pairs/a.env"]), (0, "dead".into()));
    assert_eq!(state_of(&s, &["pairs/b.env"]), (1, "live".into()));
    assert_eq!(state_of(&s, &["pairs/a.env"]), (0, "dead".into()), "kept");
    // In one file, the nearer id is an old one.
    s.write("one.env", format!("id = {live}\n# old id: {dead}\nAWS_SECRET_ACCESS_KEY={value}\n"));
    assert_eq!(state_of(&s, &["one.env"]), (1, "live".into()));
    let third = secret("AKIA${base32:16}", 4);
    s.write("none.env", format!("id = {third}\n# old id: {dead}\nAWS_SECRET_ACCESS_KEY={value}\n"));
    let run = s.stanch(["verify", "--yes", "none.env"]);
    assert!(run.stdout.contains("asked with 2 ids beside it"), "{run:#?}");
}

#[test]
fn an_answer_of_a_host_that_a_person_vouched_for_ends_with_their_word() {
    let vendor = Vendor::start(|_| json(401, "{\"message\":\"401 Unauthorized\"}"));
    let s = blocked(&vendor, &github(62));
    s.write("ci.env", format!("{}\n", example("gitlab-personal-access-token", 6)));
    let state = |more: &[&str]| {
        let run = s.stanch([&["verify", "--yes", "ci.env", "--format", "json"], more].concat());
        let rows: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {run:#?}"));
        rows[0]["state"].as_str().unwrap().to_owned()
    };
    for own in ["https://git.example.org", "https://gitlab.com"] {
        assert_eq!(state(&["--host", &format!("gitlab={own}")]), "dead", "{own}");
        assert_eq!(state(&[]), "unsure", "{own}: gitlab.com does not know the tokens of others");
        person(&s, &format!("{ALLOWED}hosts = {{ gitlab = \"{own}\" }}\n"));
        assert_eq!(state(&[]), "unsure", "{own}: nobody says that it issued this one");
        person(&s, ALLOWED);
    }
}

#[cfg(unix)]
#[test]
fn a_file_of_answers_that_a_repository_brings_is_not_believed() {
    let vendor = Vendor::start(super::live_github);
    let s = blocked(&vendor, &github(63));
    let kept = s.dir().join(".git/stanch/verified.json");
    s.stanch(["verify", "--yes"]);
    assert_eq!(vendor.received().len(), 1);
    let planted = fs::read_to_string(&kept).unwrap().replace("true", "false");
    let id = fingerprint(&s);
    let is_asked = |s: &Sandbox, args: &[&str], what: &str| {
        let run = s.stanch([&["verify", "--yes"], args].concat());
        assert_eq!((run.code, vendor.received().len()), (1, 1), "{what}: {run:#?}");
    };
    let private = |path: &std::path::Path| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    };
    // Behind a link.
    let folder = s.dir().join(".git/stanch");
    let elsewhere = s.root().join("elsewhere");
    fs::rename(&folder, &elsewhere).unwrap();
    fs::write(elsewhere.join("verified.json"), &planted).unwrap();
    private(&elsewhere.join("verified.json"));
    std::os::unix::fs::symlink(&elsewhere, &folder).unwrap();
    is_asked(&s, &[&id], "a link");
    fs::remove_file(&folder).unwrap();
    fs::rename(&elsewhere, &folder).unwrap();
    // Of somebody else: only root can give a file away.
    fs::write(&kept, &planted).unwrap();
    private(&kept);
    if std::os::unix::fs::chown(&kept, Some(12_345), None).is_ok() {
        is_asked(&s, &[&id], "another owner");
    }
    // A bare repository that is checked out as a folder.
    let bare = s.dir().join("sub");
    s.git(["init", "-q", "--bare", "sub"]);
    fs::create_dir_all(bare.join("stanch")).unwrap();
    fs::write(bare.join("stanch/verified.json"), &planted).unwrap();
    private(&bare.join("stanch/verified.json"));
    fs::copy(s.dir().join("app.env"), bare.join("app.env")).unwrap();
    is_asked(&s.at("sub"), &["app.env"], "a bare repository in a folder");
}
