//! `stanch import`: what other tools ignored is allowed, and nothing else is.

use crate::support::{Run, Sandbox, key};
use sha1::Digest;

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn sha256(text: &str) -> String {
    hex(&sha2::Sha256::digest(text.as_bytes()))
}

/// Imports a file, then commits `now` on top of what is there.
fn import(s: &Sandbox, name: &str, text: &str) -> Run {
    s.write(name, text);
    s.stanch(["import", name]).ok()
}

fn allowed(s: &Sandbox, path: &str, text: &str) -> bool {
    s.stage(path, text);
    let run = s.commit();
    s.git(["reset", "-q", "--", "."]);
    run.code == 0
}

#[test]
fn ignored_lines_are_looked_up_in_their_commit_or_in_the_work_tree() {
    let s = Sandbox::guarded();
    let old = s.record(&[("a.txt", &format!("x\n{}", line(1)))]);
    s.record(&[("a.txt", "moved\n"), ("b:c.txt", &line(2)), ("d.txt", &line(3))]);
    let gone = "0".repeat(40);
    let run = import(
        &s,
        ".gitleaksignore",
        &format!(
            "# ours\n{old}:a.txt:klaviyo-api-key:2\nb:c.txt:klaviyo:1\n{gone}:a.txt:x:2\nnone.txt:x:1\nd.txt:x:9\nwhat\n"
        ),
    );
    assert!(
        run.stderr.contains("2 allow entries written") && run.stderr.contains("4 not carried"),
        "{run:#?}"
    );
    for said in [
        "line 4: a.txt:2 (x): not carried: that commit is not in this repository",
        "line 5: none.txt:1 (x): not carried: there is no such file here",
        "line 6: d.txt:9 (x): not carried: stanch finds nothing there",
        "not carried: line 7: not of the form",
    ] {
        assert!(run.stdout.contains(said), "no {said:?} in {run:#?}");
    }
    assert!(allowed(&s, "new.txt", &format!("{}{}", line(1), line(2))));
    assert!(!allowed(&s, "other.txt", &line(3)));
    assert!(!allowed(&s, "a.txt", &format!("x\n{}", line(4))), "the place alone allows nothing");
}

#[test]
fn a_baseline_of_hashes_is_carried_by_value_wherever_the_line_went() {
    let s = Sandbox::guarded();
    s.record(&[("a.txt", &format!("\n\n\n{}{}", line(1), line(2)))]);
    let hash = hex(&sha1::Sha1::digest(key(1).as_bytes()));
    let json = format!(
        r#"{{"version": "1.5.0", "plugins_used": [{{"name": "AWSKeyDetector"}}], "results": {{"a.txt": [
            {{"type": "Secret Keyword", "hashed_secret": "{hash}", "is_secret": true, "line_number": 1}},
            {{"type": "Secret Keyword", "hashed_secret": "{}", "line_number": 5}}]}}}}"#,
        "0".repeat(40)
    );
    let run = import(&s, ".secrets.baseline", &json);
    assert!(run.stderr.contains("1 allow entry written") && run.stderr.contains("2 not carried"), "{run:#?}");
    let config = String::from_utf8(s.read(".stanch.toml")).unwrap();
    assert!(config.contains("audited as a real secret in .secrets.baseline: rotate it"), "{config}");
    assert!(allowed(&s, "b.txt", &line(1)));
    assert!(!allowed(&s, "c.txt", &line(2)));
}

#[test]
fn matches_given_as_a_hash_or_as_a_value_are_found_in_the_work_tree() {
    let s = Sandbox::guarded();
    s.record(&[("a.txt", &line(1)), ("b.txt", &line(2)), ("c.txt", &line(3))]);
    let yaml = format!(
        "version: 2\nsecret:\n  ignored_matches:\n    - name: a fixture\n      match: {}\n    - match: {}\n    - match: {}\n  \
         ignored_paths:\n    - tests/**\n",
        sha256(&format!("{},apikey", key(1))),
        key(2),
        "ab".repeat(32)
    );
    let run = import(&s, ".gitguardian.yaml", &yaml);
    assert!(
        run.stderr.contains("2 allow entries written") && run.stderr.contains("2 not carried"),
        "{run:#?}"
    );
    assert!(run.stdout.contains("entry 3: not carried: no secret in the work tree"), "{run:#?}");
    assert!(run.stdout.contains("tests/**"), "{run:#?}");
    let said = format!("{}{}{}", run.stdout, run.stderr, String::from_utf8(s.read(".stanch.toml")).unwrap());
    assert!(said.contains("a fixture") && !said.contains(&key(2)), "{said}");
    assert!(allowed(&s, "d.txt", &format!("{}{}", line(1), line(2))));
    assert!(!allowed(&s, "e.txt", &line(3)));
}

#[test]
fn a_file_is_carried_as_its_secrets_of_today_if_its_checksum_still_holds() {
    let s = Sandbox::guarded();
    let text = format!("{}{}", line(1), line(2));
    s.record(&[("a.txt", &text), ("b.txt", &line(3))]);
    let checksum = sha256(&[sha256(""), sha256(&text), sha256("a.txt")].concat());
    let yaml = format!(
        "fileignoreconfig:\n- filename: a.txt\n  checksum: {checksum}\n- filename: b.txt\n  checksum: {checksum}\n\
         - filename: c/*\n  ignore_detectors: [filecontent]\nallowed_patterns: [x]\nversion: \"1.0\"\n"
    );
    let run = import(&s, ".talismanrc", &yaml);
    assert!(
        run.stderr.contains("2 allow entries written") && run.stderr.contains("3 not carried"),
        "{run:#?}"
    );
    assert!(run.stdout.contains("b.txt: not carried: the file has changed since"), "{run:#?}");
    assert!(run.stdout.contains("allowed_patterns: has no counterpart"), "{run:#?}");
    assert!(allowed(&s, "d.txt", &text));
    assert!(
        !allowed(&s, "a.txt", &format!("{text}{}", line(4))),
        "what comes into the file later is stopped"
    );
}

#[test]
fn importing_twice_adds_nothing_keeps_what_a_person_wrote_and_a_dry_run_writes_nothing() {
    let s = Sandbox::guarded();
    s.record(&[("a.txt", &line(1))]);
    s.write(".gitleaksignore", "a.txt:x:1\n");
    let run = s.stanch(["import", "--dry-run", ".gitleaksignore"]).ok();
    assert!(run.stderr.contains("1 allow entry would be written"), "{run:#?}");
    assert!(!s.dir().join(".stanch.toml").exists());
    s.stanch(["import", ".gitleaksignore"]).ok();
    let before = String::from_utf8(s.read(".stanch.toml")).unwrap();
    s.write(".stanch.toml", before.replace("ignored in .gitleaksignore", "a fixture of ours"));
    let run = s.stanch(["import", ".gitleaksignore"]).ok();
    assert!(run.stderr.contains("0 allow entries written to .stanch.toml, 1 were there"), "{run:#?}");
    assert!(String::from_utf8(s.read(".stanch.toml")).unwrap().contains("a fixture of ours"));
}

#[test]
fn a_file_of_an_unknown_tool_is_refused() {
    let s = Sandbox::guarded();
    s.write("ignore.txt", "x");
    s.stanch(["import", "ignore.txt"]).could_not_check("is not one of .gitleaksignore");
    s.write(".talismanrc", "a: [\n");
    s.stanch(["import", ".talismanrc"]).could_not_check("not YAML");
    s.write(".gitleaksignore", "../../etc/passwd:x:1\n");
    let run = s.stanch(["import", ".gitleaksignore"]).ok();
    assert!(run.stdout.contains("there is no such file here"), "{run:#?}");
}
