//! Every gate and command on the members of archives that a repository has.

use super::*;

pub(super) fn env_zip(seed: u64) -> Vec<u8> {
    zip(&[
        ("README.md", b"# app\n"),
        ("conf/.env", format!("DEBUG=1\nKLAVIYO_API_KEY={}\n", key(seed)).as_bytes()),
    ])
}

#[test]
fn every_gate_reads_what_a_committed_archive_brings() {
    let s = Sandbox::guarded();
    s.stage("app.zip", env_zip(1));
    let run = s.commit();
    run.stopped_at("app.zip!conf/.env:2:");
    assert!(run.stderr.contains("make the archive again"), "{run:#?}");
    assert!(run.stderr.contains("git add app.zip && git commit"), "{run:#?}");
    let run = s.stanch(["scan", "app.zip"]);
    assert!(run.code == 1 && run.stdout.contains("app.zip!conf/.env:2:"), "{run:#?}");
    let run = s.run_with(STANCH, ["scan", "-"], &env_zip(1));
    assert!(run.code == 1 && run.stdout.contains("-!conf/.env:2:"), "{run:#?}");
    s.git(["commit", "-qm", "it", "--no-verify"]);
    let run = s.stanch(["scan", "--history"]);
    assert!(run.code == 1 && run.stdout.contains("app.zip!conf/.env:2:"), "{run:#?}");
    s.git(["init", "-q", "--bare", "../remote.git"]);
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.hook("pre-push");
    let run = s.try_git(["push", "-q", "origin", "main"]);
    assert!(run.code != 0 && run.stderr.contains("app.zip!conf/.env:2:"), "{run:#?}");
}

#[test]
fn an_archive_that_is_made_again_brings_only_what_its_former_version_lacks() {
    let s = Sandbox::guarded();
    s.stage("app.zip", env_zip(1));
    s.git(["commit", "-qm", "old", "--no-verify"]);
    let old = format!("A=1\nB=2\nKLAVIYO_API_KEY={}\n", key(1));
    s.stage("app.zip", zip(&[("moved/.env", old.as_bytes()), ("new.txt", b"hello\n")]));
    s.commit().ok();
    let new = format!("{old}OTHER_KLAVIYO={}\n", key(2));
    s.stage("app.zip", zip(&[("moved/.env", new.as_bytes())]));
    let run = s.commit();
    run.stopped_at("app.zip!moved/.env:4:");
    assert!(!run.stderr.contains("moved/.env:3:"), "{run:#?}");
}

#[test]
fn a_member_is_allowed_fixed_explained_and_reported_as_a_place_in_its_archive() {
    let s = Sandbox::guarded();
    s.stage("app.zip", env_zip(1));
    s.commit().stopped_at("app.zip!conf/.env:2:");
    let row = s.stanch(["scan", "--format", "jsonl", "app.zip"]).stdout;
    let row: serde_json::Value = serde_json::from_str(row.lines().next().unwrap()).unwrap();
    assert_eq!((&row["path"], &row["member"]), (&"app.zip!conf/.env".into(), &"conf/.env".into()));
    let sarif = s.stanch(["scan", "--format", "sarif", "app.zip"]).stdout;
    assert!(sarif.contains("\"uri\": \"app.zip\"") && sarif.contains(" in conf/.env ("), "{sarif}");
    let fix = s.stanch(["fix", "--all"]);
    assert!(fix.code == 1 && fix.stderr.contains("make the archive again"), "{fix:#?}");
    assert_eq!(s.read("app.zip"), env_zip(1));
    let json = s.stanch(["scan", "--format", "json", "app.zip"]).stdout;
    let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
    let id = rows[0]["fingerprint"].as_str().unwrap().to_owned();
    let explained = s.stanch(["explain", &id[..8]]).ok();
    assert!(explained.stdout.contains("app.zip!conf/.env:2"), "{explained:#?}");
    let history = s.stanch(["explain", "--history", &id[..8]]);
    assert!(history.code == 2 && history.stderr.contains("is in an archive"), "{history:#?}");
    s.stanch(["allow", &id[..8], "--reason", "a sample"]).ok();
    s.commit().ok();
    assert_eq!(s.stanch(["allow", "--stale"]).ok().stdout.matches("allows nothing").count(), 0);
}

#[test]
fn markers_baselines_and_path_rules_hold_for_members() {
    let text = |seed, marker: &str| format!("KLAVIYO_API_KEY={} {marker}\n", key(seed));
    let s = Sandbox::guarded();
    // An inline marker is in the member.
    let marked = text(1, "# stanch:allow klaviyo-private-api-key -- a sample");
    s.stage("a.zip", zip(&[("a.env", marked.as_bytes())]));
    s.commit().ok();
    // A baseline knows the value, once it is committed.
    s.write("b.zip", env_zip(2));
    s.stage("b.zip", env_zip(2));
    s.commit().stopped_at("b.zip!conf/.env:2:");
    s.stanch(["baseline", "create"]).ok();
    s.git(["add", ".stanch-baseline"]);
    s.git(["commit", "-qm", "baseline", "--no-verify", "--", ".stanch-baseline"]);
    s.commit().ok();
    let shown = s.stanch(["baseline", "show"]).ok().stdout;
    assert!(shown.contains("b.zip!conf/.env:2"), "{shown}");
    for (glob, holds) in [("c.zip", true), ("**/.env", true), ("c.zip!conf/*", true), ("*.txt", false)] {
        let s = Sandbox::guarded();
        let rule = format!("[[path]]\nglob = '{glob}'\nmode = 'skip'\nreason = 'samples'\n");
        s.record(&[(".stanch.toml", &rule)]);
        s.stage("c.zip", env_zip(3));
        assert_eq!(s.commit().code == 0, holds, "{glob}");
    }
}

#[test]
fn a_member_in_tests_is_judged_as_a_file_in_tests() {
    let s = Sandbox::new();
    let text = "db_password = \"Tr0ub4dor-9fK2xQ\"\n";
    for (name, path) in [("app.zip", "tests/settings.py"), ("tests/app.zip", "settings.py")] {
        s.write(name, zip(&[(path, text.as_bytes())]));
        let of_file = s.dir().join("tests/settings.py");
        fs::create_dir_all(of_file.parent().unwrap()).unwrap();
        fs::write(&of_file, text).unwrap();
        assert_eq!(s.stanch(["scan", name]).code, s.stanch(["scan", "tests/settings.py"]).code, "{name}");
    }
}

#[test]
fn a_word_in_pieces_of_a_document_is_one_word() {
    let secret = key(5);
    let (head, tail) = secret.split_at(9);
    let xml = format!(
        "<?xml version=\"1.0\"?><w:document><w:body><w:p><w:r><w:t>Key &amp; more:</w:t></w:r></w:p>\
         <w:p><w:r><w:t>KLAVIYO_API_KEY={head}</w:t></w:r><w:r><w:rPr/><w:t>{tail}</w:t></w:r></w:p></w:body></w:document>"
    );
    let s = Sandbox::new();
    s.write(
        "letter.docx",
        zip(&[("[Content_Types].xml", b"<?xml?>"), ("word/document.xml", xml.as_bytes())]),
    );
    let run = s.stanch(["scan", "letter.docx"]);
    assert!(run.code == 1 && run.stdout.contains("letter.docx!word/document.xml:2:"), "{run:#?}");
}

#[test]
fn an_escape_in_a_members_name_is_never_printed() {
    let s = Sandbox::guarded();
    let name = format!("a\x1b]0;x\x07\n{}/.env", key(9));
    s.stage("a.zip", zip(&[(&name, format!("KLAVIYO_API_KEY={}\n", key(1)).as_bytes())]));
    let run = s.commit();
    assert_ne!(run.code, 0);
    for run in [run, s.stanch(["scan", "a.zip"]), s.stanch(["scan", "--format", "json", "a.zip"])] {
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(!said.contains('\x1b') && !said.contains('\x07'), "{said:?}");
        assert!(!said.contains(&key(9)) && !said.contains(&key(1)), "{said:?}");
    }
}

#[test]
fn a_hook_reads_less_than_a_scan_and_says_which_key_reads_more() {
    let s = Sandbox::guarded();
    s.record(&[(".stanch.toml", "[limits]\narchive_hook_mb = 64\narchive_ratio = 100000\n")]);
    let parts: Vec<Part> = (0..11).map(|i| Part::deflated(&format!("{i}"), &vec![b'\n'; 6 << 20])).collect();
    s.stage("a.zip", zip_of(&parts));
    let run = s.commit();
    assert!(run.code != 0 && run.stderr.contains("limits.archive_hook_mb"), "{run:#?}");
    assert!(run.stderr.contains("stanch allow --unread"), "{run:#?}");
    s.stanch(["scan", "a.zip"]).ok();
}
