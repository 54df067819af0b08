//! `docs/migrate.md`: each block is run in a repository that the other tool guarded. In the end what was allowed is still
//! allowed, the other tool's files are gone, and a new secret blocks.

use crate::support::{STANCH, Sandbox, executable, key};
use sha1::Digest;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/migrate.md");
    fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// The commands of a tool's section.
fn commands(tool: &str) -> String {
    let page = page();
    let section = page.split("\n## ").find(|s| s.lines().next() == Some(tool)).unwrap();
    section.split("```sh\n").nth(1).unwrap().split("```").next().unwrap().to_owned()
}

/// A repository with these files, and with this build of stanch first on PATH.
fn repository(files: &[(&str, &str)]) -> Sandbox {
    let s = Sandbox::new();
    let bin = Path::new(STANCH).parent().unwrap();
    let s = s.env("PATH", &format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()));
    s.record(files);
    s
}

/// A hook of the other tool: it leaves a trace when it runs.
fn their_hook(s: &Sandbox, name: &str) {
    let path = s.dir().join(".git/hooks").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "#!/bin/sh\necho ran >>.git/theirs\n").unwrap();
    executable(&path);
}

/// Runs the tool's block line by line. Every line succeeds: the scan at the end finds nothing that is not allowed.
#[track_caller]
fn follow(s: &Sandbox, tool: &str) -> String {
    let mut said = String::new();
    for command in commands(tool).lines() {
        let run = s.run_with("sh", ["-c", command], b"");
        assert!(run.code == 0, "{tool}: {command}: {run:#?}");
        said += &format!("{}{}", run.stdout, run.stderr);
    }
    assert_eq!(s.git(["status", "--porcelain"]), "", "{tool}: all is committed");
    said
}

#[track_caller]
fn now_guarded(s: &Sandbox, allowed: &str) {
    s.stage("moved.env", allowed);
    assert_eq!(s.commit().code, 0, "what was allowed stays so, wherever it is");
    s.stage("new.env", line(90));
    s.commit().stopped_at("new.env:1");
}

#[test]
fn every_tool_of_the_page_has_its_test() {
    let page = page();
    let of_page: BTreeSet<&str> = page.split("\n## ").skip(1).map(|s| s.lines().next().unwrap()).collect();
    let tested = ["gitleaks", "detect-secrets", "ggshield", "git-secrets", "talisman", "trufflehog"];
    assert_eq!(of_page, BTreeSet::from(tested));
}

#[test]
fn from_gitleaks() {
    let config = "[[rules]]\nid = \"acme\"\ndescription = \"Acme token\"\nregex = '''acme_[0-9a-f]{32}'''\nkeywords = [\"acme_\"]\n";
    let marked = format!("key = \"{}\"  # gitleaks:allow\n", key(2));
    let s = repository(&[
        ("a.env", &line(1)),
        ("b.py", &marked),
        (".gitleaks.toml", config),
        (".gitleaksignore", "a.env:klaviyo-api-key:1\n"),
    ]);
    their_hook(&s, "pre-commit");
    follow(&s, "gitleaks");
    assert!(s.dir().join(".git/theirs").exists(), "the other hook still ran at the commit");
    fs::remove_file(s.dir().join(".git/theirs")).unwrap();
    fs::remove_file(s.dir().join(".git/hooks/pre-commit.stanch-kept")).unwrap();
    let own = crate::support::secret("acme_${hex-lower:32}", 3);
    s.stage("c.txt", format!("token {own}\n"));
    s.commit().stopped_at("c.txt:1");
    assert!(!s.dir().join(".git/theirs").exists(), "and no more once its file is gone");
    s.git(["reset", "-q", "--", "."]);
    now_guarded(&s, &line(1));
}

#[test]
fn from_detect_secrets() {
    let hash = hex(&sha1::Sha1::digest(key(1).as_bytes()));
    let baseline = format!(
        r#"{{"version": "1.5.0", "results": {{"a.env": [{{"type": "Secret Keyword", "hashed_secret": "{hash}",
            "is_secret": false, "line_number": 1}}]}}}}"#
    );
    let marked = format!("key = \"{}\"  # pragma: allowlist secret\n", key(2));
    let s = repository(&[("a.env", &line(1)), ("b.py", &marked), (".secrets.baseline", &baseline)]);
    follow(&s, "detect-secrets");
    now_guarded(&s, &line(1));
}

#[test]
fn from_ggshield() {
    let sha = hex(&sha2::Sha256::digest(format!("{},apikey", key(1)).as_bytes()));
    let config = format!(
        "version: 2\nsecret:\n  ignored_matches:\n    - name: a sample\n      match: {sha}\n  ignored_paths:\n    - fixtures/**\n"
    );
    let s = repository(&[("a.env", &line(1)), ("fixtures/b.env", &line(2)), (".gitguardian.yaml", &config)]);
    let said = follow(&s, "ggshield");
    assert!(said.contains("fixtures/**"), "paths are listed: {said}");
    now_guarded(&s, &line(1));
}

#[test]
fn from_git_secrets() {
    let s = repository(&[("a.env", &line(1)), (".gitallowed", "a\\.env\n")]);
    for hook in ["pre-commit", "commit-msg", "prepare-commit-msg"] {
        their_hook(&s, hook);
    }
    s.git(["config", "--add", "secrets.patterns", "acme_[0-9a-f]{32}"]);
    let said = follow(&s, "git-secrets");
    assert!(said.contains("acme_[0-9a-f]{32}"), "{said}");
    assert!(!s.dir().join(".git/theirs").exists());
    now_guarded(&s, &line(1));
}

#[test]
fn from_talisman() {
    let sha256 = |bytes: &[u8]| hex(&sha2::Sha256::digest(bytes));
    let checksum = sha256([sha256(b""), sha256(line(1).as_bytes()), sha256(b"a.env")].concat().as_bytes());
    let config = format!("fileignoreconfig:\n- filename: a.env\n  checksum: {checksum}\nversion: \"1.0\"\n");
    let s = repository(&[("a.env", &line(1)), (".talismanrc", &config)]);
    their_hook(&s, "pre-commit");
    follow(&s, "talisman");
    now_guarded(&s, &line(1));
}

#[test]
fn from_trufflehog() {
    let marked = format!("key = \"{}\"  # trufflehog:ignore\n", key(2));
    let s = repository(&[("vendor/a.env", &line(1)), ("b.py", &marked)]);
    their_hook(&s, "pre-commit");
    follow(&s, "trufflehog");
    assert!(!s.dir().join(".git/theirs").exists());
    s.stage("c.env", line(90));
    s.commit().stopped_at("c.env:1");
}
