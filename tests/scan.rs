//! `stanch scan`: what is read, what is said, and the exit code.

use crate::support::{Sandbox, key, secret};

fn lines(run: &crate::support::Run) -> Vec<serde_json::Value> {
    run.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn a_tree_is_read_with_hidden_files_and_without_what_git_ignores() {
    let s = Sandbox::new();
    let secret = key(7);
    s.write(".gitignore", "out/\n");
    for path in ["b.txt", "a/deep.txt", ".env", "out/ignored.txt"] {
        s.write(path, format!("K={secret}\n"));
    }
    let run = s.stanch(["scan", "--format", "jsonl"]);
    assert_eq!(run.code, 1);
    let paths: Vec<String> = lines(&run).iter().map(|r| r["path"].as_str().unwrap().to_owned()).collect();
    assert_eq!(paths, [".env", "a/deep.txt", "b.txt"]);
    let all = lines(&s.stanch(["scan", "--no-ignore", "--format", "jsonl"]));
    assert_eq!(all.len(), 4);
}

#[test]
fn what_a_test_makes_up_warns_and_the_hash_of_its_password_is_not_reported() {
    let s = Sandbox::new();
    let text = secret("WEBHOOK_SECRET = 'whsec_${base62:32}'\nHASH = '$2b$12$${crypt64:53}'\n", 7);
    for (path, expected) in [
        ("src/app.rb", [("stripe-webhook-signing-secret", "block"), ("hash-bcrypt", "warn")].as_slice()),
        ("spec/app.rb", &[("stripe-webhook-signing-secret", "warn")]),
    ] {
        s.write(path, &text);
        let rows = lines(&s.stanch(["scan", "--format", "jsonl", path]));
        let said = |r: &serde_json::Value, field: &str| r[field].as_str().unwrap().to_owned();
        let told: Vec<_> = rows.iter().map(|r| (said(r, "rule"), said(r, "decision"))).collect();
        let told: Vec<_> = told.iter().map(|(rule, decision)| (rule.as_str(), decision.as_str())).collect();
        assert_eq!(told, expected, "{path}");
    }
}

#[test]
fn every_field_of_a_json_line_is_there_and_the_value_is_not() {
    let s = Sandbox::new();
    let secret = key(7);
    s.write("a.py", format!("x = 1\nkey = \"{secret}\"\n"));
    let run = s.stanch(["scan", "--format", "jsonl"]);
    assert!(!run.stdout.contains(&secret) && !run.stderr.contains(&secret));
    let row = &lines(&run)[0];
    for (field, value) in [
        ("rule", "klaviyo-private-api-key"),
        ("provider", "klaviyo"),
        ("kind", "api-key"),
        ("severity", "high"),
        ("confidence", "high"),
        ("decision", "block"),
        ("path", "a.py"),
    ] {
        assert_eq!(row[field], value, "{field}");
    }
    let place = ["line", "column", "end_line", "end_column"].map(|f| row[f].as_u64().unwrap());
    assert_eq!(place, [2, 8, 2, 45]);
    assert_eq!(row["fingerprint"].as_str().unwrap().len(), 20);
    assert!(row["redacted"].as_str().unwrap().contains("****"));
}

#[test]
fn named_files_are_read_even_when_git_ignores_them() {
    let s = Sandbox::new();
    s.write(".gitignore", "*.local\n");
    s.write("x.local", format!("K={}\n", key(7)));
    assert_eq!(s.stanch(["scan"]).code, 0);
    assert_eq!(s.stanch(["scan", "x.local"]).code, 1);
}

#[test]
fn standard_input_is_read() {
    let s = Sandbox::empty();
    let run = s.run_with(crate::support::STANCH, ["scan", "--stdin"], format!("K={}", key(7)).as_bytes());
    assert_eq!(run.code, 1, "{run:?}");
    let run = s.run_with(crate::support::STANCH, ["scan", "--stdin"], b"hello\n");
    assert_eq!(run.code, 0, "{run:?}");
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_others_are_read_all_the_same() {
    let s = Sandbox::new();
    s.write("a.txt", format!("K={}\n", key(7)));
    let run = s.stanch(["scan", "--format", "jsonl", "a.txt", "missing.txt"]);
    run.could_not_check("missing.txt");
    assert_eq!(lines(&run).len(), 1);
}

#[test]
fn files_come_in_the_order_of_their_paths_whatever_thread_reads_them_and_once_each() {
    let s = Sandbox::new();
    let mut want = Vec::new();
    for folder in 0..12 {
        for file in 0..12 {
            let path = format!("{folder:02}/sub/{file:02}.txt");
            s.write(
                &path,
                format!("a = 1\n{}K={}\n", "# filler\n".repeat(folder * file * 7), key(file as u64)),
            );
            want.push(path);
        }
    }
    let paths = |args: &[&str]| -> Vec<String> {
        let run = s.stanch(["scan", "--format", "jsonl"].iter().chain(args));
        assert_eq!(run.code, 1, "{run:?}");
        lines(&run).iter().map(|l| l["path"].as_str().unwrap().to_owned()).collect()
    };
    for _ in 0..5 {
        assert_eq!(paths(&[]), want);
    }
    // Roots that lie in one another.
    assert_eq!(paths(&["00", "00/sub", "00/sub/03.txt"]), want[..12]);
}

#[test]
fn every_path_that_cannot_be_read_is_named() {
    let s = Sandbox::new();
    s.write("a/b.txt", format!("K={}\n", key(7)));
    let run = s.stanch(["scan", "--format", "jsonl", "missing-2", "a", "missing-1", "missing-3"]);
    let named: Vec<&str> = run.stderr.lines().filter(|l| l.contains("missing-")).collect();
    assert_eq!((run.code, lines(&run).len(), named.len()), (2, 1, 3), "{run:?}");
    assert!(named.iter().zip(1..).all(|(l, n)| l.contains(&format!("missing-{n}"))), "{run:?}");
}

#[test]
fn a_broken_configuration_stops_the_scan_with_its_line() {
    let s = Sandbox::new();
    s.write(".stanch.toml", "# ours\n[limits]\nmax_blob_mbs = 3\n");
    s.stanch(["scan"])
        .could_not_check(".stanch.toml:3: unknown key `max_blob_mbs`; did you mean `max_blob_mb`?");
}

#[test]
fn what_is_over_the_limit_is_said() {
    let s = Sandbox::new();
    s.write(".stanch.toml", "[limits]\nmax_blob_mb = 1\n");
    s.git(["add", "."]);
    s.git(["commit", "-qm", "a smaller limit counts once it is committed"]);
    s.write("big.txt", "x".repeat((1 << 20) + 1));
    let run = s.stanch(["scan", "--format", "jsonl"]);
    assert_eq!(run.code, 2);
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(said.contains("big.txt") && said.contains("limits.max_blob_mb"), "{said}");
}

#[test]
fn a_reader_that_had_enough_changes_nothing_of_what_was_found() {
    let s = Sandbox::new();
    for i in 0..2000 {
        s.write(format!("f{i}.txt"), format!("K={}\n", key(7)));
    }
    let line = format!("{} scan --format jsonl | head -n 1; echo ${{PIPESTATUS[0]}}", crate::support::STANCH);
    let run = s.run_with("bash", ["-c", &line], b"");
    assert_eq!(run.stdout.lines().last(), Some("1"), "{run:?}");
    assert_eq!(run.stderr, "", "{run:?}");
}

#[test]
fn a_range_is_read_commit_by_commit_and_history_to_its_root() {
    let s = Sandbox::new();
    s.record(&[("a.txt", "x\n")]);
    let bad = s.record(&[("b.txt", &format!("K={}\n", key(7)))]);
    s.record(&[("b.txt", "K=\n")]);
    let commit = |args: &[&str]| -> Vec<String> {
        let run = s.stanch([&["scan", "--format", "jsonl"], args].concat());
        lines(&run).iter().map(|f| f["commit"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let one = vec![bad.clone()];
    assert_eq!(commit(&["--history"]), one);
    for range in ["HEAD~2..HEAD", "HEAD~2...", "HEAD", "HEAD~1"] {
        assert_eq!(commit(&["--commits", range]), one, "{range}");
    }
    assert_eq!(commit(&["--commits", "HEAD", "--commits", "^HEAD~2"]), one);
    assert!(commit(&["--commits", "HEAD~1..HEAD"]).is_empty());
    let run = s.stanch(["scan", "--history"]);
    assert!(run.code == 1 && run.stdout.contains(&bad[..7]), "{run:?}");
    assert!(run.stdout.contains("git branch -r --contains"), "{run:?}");
}

#[test]
fn history_has_the_messages_of_commits_and_tags_and_what_no_branch_has() {
    let s = Sandbox::new();
    s.record(&[("a.txt", "x\n")]);
    s.git(["commit", "-q", "--allow-empty", "-m", &format!("use {}", key(1))]);
    s.git(["tag", "-a", "v1", "-m", &format!("signed with {}", key(2))]);
    s.git(["reset", "-q", "--hard", "HEAD~1"]);
    let run = s.stanch(["scan", "--history", "--format", "jsonl"]);
    let mut kinds: Vec<String> =
        lines(&run).iter().map(|f| f["source"].as_str().unwrap_or_default().to_owned()).collect();
    kinds.sort();
    assert_eq!((run.code, kinds), (1, vec!["commit-message".to_owned(), "tag-message".to_owned()]));
}

#[test]
fn a_revision_that_names_nothing_cannot_be_checked() {
    let s = Sandbox::new();
    s.record(&[("a.txt", "x\n")]);
    s.stanch(["scan", "--commits", "nowhere..HEAD"]).could_not_check("nowhere names no commit here");
}

#[test]
fn a_score_is_explained_with_every_piece_and_without_the_value() {
    let s = Sandbox::new();
    let password = stanch::scan::template::expand("${base62:16}", 3).unwrap();
    let (secret, word) = (key(7), "birthdaycake");
    s.write(
        "app.py",
        format!("db_password = '{password}'\napi_key = '{secret}'\nreset_password_link = '{word}'\n"),
    );
    let run = s.stanch(["scan", "--explain-score", "--format", "jsonl"]);
    let rows = lines(&run);
    let of = |line: u64| rows.iter().find(|r| r["line"] == line).unwrap();
    let score = &of(1)["score"];
    let terms = score["terms"].as_array().unwrap();
    let sum: f64 = terms.iter().map(|t| t["weight"].as_f64().unwrap()).sum();
    assert!((sum - score["sum"].as_f64().unwrap()).abs() < 0.01, "{score}");
    assert!(terms.iter().any(|t| t["code"] == "name-password") && terms.iter().any(|t| t["code"] == "bias"));
    assert_eq!(score["confidence"], of(1)["confidence"]);
    assert!(of(2).get("score").is_none(), "its form says it");
    // What is silent is shown, changes nothing, and is not there when nobody asks.
    assert_eq!((&of(3)["score"]["confidence"], &of(3)["decision"]), (&"silent".into(), &"suppress".into()));
    let plain = s.stanch(["scan", "--format", "jsonl"]);
    assert_eq!((lines(&plain).len(), plain.code), (2, run.code));
    let human = s.stanch(["scan", "--explain-score"]);
    assert!(
        human.stdout.contains("name-password") && human.stdout.contains("silent: the sum alone; sum -"),
        "{human:?}"
    );
    assert!(human.stdout.contains("no score; "), "{human:?}");
    for raw in [&secret[..], &password, word] {
        assert!(!run.stdout.contains(raw) && !human.stdout.contains(raw), "{raw}");
    }
    assert_eq!(s.stanch(["scan", "--explain-score", "--format", "sarif"]).code, 2);
}

#[test]
fn a_token_that_only_parses_blocks_in_code_and_warns_in_tests() {
    let s = Sandbox::new();
    let jwt = stanch::scan::template::expand("jwt = '${seal:jwt:}'\n", 3).unwrap();
    s.write("src/app.py", &jwt);
    s.write("tests/app.py", &jwt);
    let told = |path: &str| lines(&s.stanch(["scan", "--format", "jsonl", path]))[0]["decision"].clone();
    assert_eq!((told("src/app.py"), told("tests/app.py")), ("block".into(), "warn".into()));
}

/// A file has one path, one policy and one evidence, however and wherever it is named.
#[test]
fn a_file_is_judged_by_its_path_in_the_repository_wherever_the_scan_is_called() {
    let s = Sandbox::new();
    let rule = |glob, mode| format!("[[path]]\nglob = '{glob}'\nmode = '{mode}'\nreason = 'ours'\n");
    s.record(&[
        (".stanch.toml", &rule("web/skipped/**", "skip")),
        ("web/strict/.stanch.toml", &rule("**", "strict")),
    ]);
    let guess = |seed| format!("key: \"{}\"\n", secret("${base62:32}", seed));
    s.write("web/skipped/a.txt", format!("K={}\n", key(1)));
    s.write("web/strict/b.txt", guess(2));
    s.write("web/c.txt", guess(3));
    s.write("web/spec/d.rb", secret("WEBHOOK_SECRET = 'whsec_${base62:32}'\n", 4));
    let wanted = [("web/c.txt", "warn"), ("web/spec/d.rb", "warn"), ("web/strict/b.txt", "block")];
    let top = s.root().join("repo").canonicalize().unwrap_or_else(|_| s.dir().to_owned());
    let whole = top.join("web");
    for (folder, args) in [
        (".", vec![]),
        (".", vec!["web"]),
        ("web", vec![]),
        ("web", vec!["skipped", "./strict", "c.txt", "spec"]),
        ("web/spec", vec![".."]),
        ("web/strict", vec![".", "../c.txt", "../spec/d.rb", "../skipped/a.txt"]),
        ("web", vec![whole.to_str().unwrap()]),
    ] {
        let run = s.at(folder).stanch([&["scan", "--format", "jsonl"], &args[..]].concat());
        let said: Vec<(String, String)> = lines(&run)
            .iter()
            .map(|r| (r["path"].as_str().unwrap().to_owned(), r["decision"].as_str().unwrap().to_owned()))
            .collect();
        let mut said: Vec<(&str, &str)> = said.iter().map(|(p, d)| (p.as_str(), d.as_str())).collect();
        said.sort_unstable();
        assert_eq!((run.code, &said[..]), (1, &wanted[..]), "{folder} {args:?}: {run:#?}");
    }
    // A reader at a terminal clicks and pastes paths where the call was.
    let run = s.at("web/strict").stanch(["scan", ".."]);
    assert!(run.stdout.contains("  b.txt:1:") && !run.stdout.contains("skipped"), "{run:#?}");
    // A file outside has its whole path.
    s.at("..").write("outside.txt", format!("K={}\n", key(5)));
    let run = s.at("web").stanch(["scan", "../../outside.txt"]);
    assert!(run.stdout.contains("/outside.txt:1:") && !run.stdout.contains(".."), "{run:#?}");
}

#[test]
fn a_mail_in_quoted_printable_is_read_as_it_is_shown() {
    let s = Sandbox::new();
    let (one, two) = (key(1), key(2));
    let mail = |key: &str| {
        format!(
            "From: a@example.org\nContent-Transfer-Encoding: quoted-printable\n\nHello =E2=80=93\nKLAVIYO_API_KEY=3D{key}\n"
        )
    };
    s.write("a.eml", mail(&one));
    s.write("b.eml", mail(&format!("{}=\n{}", &two[..20], &two[20..])));
    let run = s.stanch(["scan", "--format", "jsonl"]);
    let rows: Vec<(String, u64)> = lines(&run)
        .iter()
        .map(|r| (r["path"].as_str().unwrap().to_owned(), r["line"].as_u64().unwrap()))
        .collect();
    assert_eq!(rows, [("a.eml".to_owned(), 5), ("b.eml".to_owned(), 5)], "{run:#?}");
    assert!(lines(&run).iter().all(|r| r["rule"] == "klaviyo-private-api-key"), "{run:#?}");
    assert!(!run.stdout.contains(&one) && !run.stdout.contains(&two), "{run:#?}");
}

#[test]
fn a_key_in_pairs_of_hex_digits_is_found() {
    let pairs = |text: &str, by: &str| text.bytes().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(by);
    for (text, line) in [
        (format!("data = {}\n", pairs(&key(1), ":")), 1),
        (format!("# sent\ndata: {} end\n", pairs(&format!("key={}", key(1)), " ").to_uppercase()), 2),
        // As openssl and od write them.
        (format!("a\n    {}\n", pairs(&key(1), ":").replace("35:", "35:\n    ")), 2),
        (format!(" {}\n", pairs(&key(1), " ").replace("36 ", "36\n ")), 1),
    ] {
        let s = Sandbox::new();
        s.write("a.txt", &text);
        let run = s.stanch(["scan", "--format", "jsonl", "a.txt"]);
        let found = lines(&run);
        assert_eq!(found.len(), 1, "{text}: {run:#?}");
        assert_eq!(found[0]["rule"], "klaviyo-private-api-key", "{text}");
        assert_eq!(found[0]["line"], line, "{text}");
    }
}

#[test]
fn a_key_over_two_lines_of_a_notebook_is_found() {
    let key = key(1);
    let (one, two) = key.split_at(20);
    let cell = |source: serde_json::Value| serde_json::json!({ "cells": [{ "cell_type": "code", "source": source }], "nbformat": 4 });
    for (name, source) in [
        (
            "joined",
            serde_json::json!(["import a\n", format!("client = A('{one}'\n"), format!("   '{two}')\n")]),
        ),
        ("continued", serde_json::json!([format!("client = A('{one}' \\\n"), format!("   \"{two}\")\n")])),
        ("added", serde_json::json!([format!("client = A(\"{one}\" +\n"), format!("   \"{two}\")\n")])),
        ("in a string", serde_json::json!([format!("client = A('{one}\\\n"), format!("{two}')\n")])),
        ("cut anywhere", serde_json::json!([format!("client = A('{one}"), format!("{two}')\n")])),
        ("one string", serde_json::json!(format!("client = A('{one}' \\\n  '{two}')\n"))),
    ] {
        for pretty in [false, true] {
            let s = Sandbox::new();
            let cell = cell(source.clone());
            let text =
                if pretty { serde_json::to_string_pretty(&cell) } else { serde_json::to_string(&cell) };
            s.write("a.ipynb", text.unwrap());
            let run = s.stanch(["scan", "--format", "jsonl", "a.ipynb"]);
            let rules: Vec<String> =
                lines(&run).iter().map(|r| r["rule"].as_str().unwrap().to_owned()).collect();
            assert_eq!(rules, ["klaviyo-private-api-key"], "{name}, {pretty}: {run:#?}");
        }
    }
}

#[test]
fn a_key_that_a_backslash_continues_in_a_string_is_found() {
    let key = key(1);
    let (one, two) = key.split_at(20);
    for name in ["a.py", "a.js", "a.c", "a.rb"] {
        let s = Sandbox::new();
        s.write(name, format!("client = A(\"{one}\\\n{two}\")\n"));
        let run = s.stanch(["scan", "--format", "jsonl", name]);
        assert_eq!(lines(&run).len(), 1, "{name}: {run:#?}");
    }
}
