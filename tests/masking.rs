//! Nothing that the engine would stop leaves the tool: subjects, authors, names, addresses, reasons, arguments.

use crate::style::commands_of;
use crate::support::{Run, STANCH, Sandbox, key};
use std::fs;

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// True if most of the key is in a text.
fn shows(text: &str, seed: u64) -> bool {
    let value = key(seed);
    text.contains(&value[8..30])
}

#[track_caller]
fn hides(run: &Run, seed: u64) {
    assert!(!shows(&run.stdout, seed) && !shows(&run.stderr, seed), "the key is shown: {run:#?}");
}

fn audit(s: &Sandbox) -> String {
    String::from_utf8(s.read(".git/stanch/audit.jsonl")).unwrap()
}

/// A repository with a bare one beside it, called `origin`; no hook yet.
fn with_server() -> (Sandbox, Sandbox) {
    let s = Sandbox::new();
    let server = s.at("../server.git");
    server.git(["init", "-q", "--bare", "-b", "main", "."]);
    s.git(["remote", "add", "origin", server.dir().to_str().unwrap()]);
    (s, server)
}

#[test]
fn a_subject_is_masked_beside_its_findings_in_every_output() {
    let (s, server) = with_server();
    // A known form, and a password that only the file gives away.
    let password = "Qv7-rolling-Tape-93x";
    for (i, subject) in [format!("use {} now", key(1)), format!("set {password} up")].iter().enumerate() {
        s.stage(&format!("a{i}.env"), format!("DATABASE_PASSWORD={password}\n{}", line(1)));
        s.git(["commit", "-q", "--no-verify", "-m", subject]);
    }
    let hidden = |run: &Run| {
        hides(run, 1);
        assert!(!run.stdout.contains(password) && !run.stderr.contains(password), "{run:#?}");
    };
    for format in ["human", "json", "jsonl", "sarif"] {
        for range in [&["--history"][..], &["--commits", "HEAD"]] {
            let run = s.stanch([&["scan", "--format", format], range].concat());
            assert_eq!(run.code, 1, "{run:#?}");
            hidden(&run);
        }
    }
    s.hook("pre-push");
    let run = s.try_git(["push", "origin", "main"]);
    assert!(run.code != 0 && run.stderr.contains("\"use pk_"), "{run:#?}");
    hidden(&run);
    fs::remove_file(s.dir().join(".git/hooks/pre-push")).unwrap();
    server.hook("pre-receive");
    let run = s.try_git(["push", "origin", "main"]);
    assert!(run.code != 0 && run.stderr.contains("remote: "), "{run:#?}");
    hidden(&run);
    assert!(!shows(&audit(&s), 1) && !audit(&s).contains(password));
}

#[test]
fn an_author_a_branch_and_a_remote_s_address_are_masked_in_the_record() {
    let (s, _) = with_server();
    s.record(&[("a.txt", &line(1))]);
    s.git(["config", "user.name", &key(2)]);
    s.git(["config", "user.email", "me@example.org"]);
    let s = s.env("USER", &key(6));
    let head = s.git(["rev-parse", "HEAD"]);
    let refs = format!("refs/heads/{} {head} refs/heads/{} {}\n", key(3), key(3), "0".repeat(40));
    let url = format!("https://me:{}@git.example/x?access_token={}", "hunter-2-pass", key(4));
    let run = s.run_with(STANCH, ["hook", "pre-push", &url, &url], refs.as_bytes());
    assert_eq!(run.code, 1, "{run:#?}");
    let record = audit(&s);
    for seed in [1, 2, 3, 4, 6] {
        hides(&run, seed);
        assert!(!shows(&record, seed), "{seed}: {record}");
    }
    assert!(!record.contains("hunter-2-pass") && !run.stderr.contains("hunter-2-pass"), "{record}");
    assert!(record.contains("https://git.example/x"), "{record}");
    // One of an older version was written as it was.
    let raw = record.replace("https://git.example/x", &format!("https://me:{}@git.example/x", key(5)));
    s.write(".git/stanch/audit.jsonl", raw);
    for format in ["text", "jsonl"] {
        let run = s.stanch(["audit", "--format", format]).ok();
        hides(&run, 5);
    }
}

#[test]
fn the_name_of_a_file_or_folder_is_found_once_by_a_scan_and_masked_in_every_format() {
    let s = Sandbox::new();
    let (folder, file) = (key(1), key(2));
    for name in ["a.txt", "b.txt", "deep/c.txt"] {
        s.write(format!("src/{folder}/{name}"), "nothing\n");
    }
    s.write(format!("src/{file}.txt"), "nothing\n");
    for format in ["human", "json", "jsonl", "sarif"] {
        let run = s.stanch(["scan", "--format", format]);
        assert_eq!(run.code, 1, "{run:#?}");
        hides(&run, 1);
        hides(&run, 2);
        if format == "jsonl" {
            let rows: Vec<serde_json::Value> =
                run.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
            assert_eq!(rows.len(), 2, "{run:#?}");
            assert!(rows.iter().all(|r| r["source"] == "file-name"), "{run:#?}");
        }
    }
    // Named by the path itself, and seen from above.
    let run = s.stanch(["scan", &format!("src/{folder}/a.txt")]);
    assert_eq!(run.code, 1, "{run:#?}");
    hides(&run, 1);
    s.git(["add", "."]);
    s.stanch(["baseline", "create"]).ok();
    let run = s.stanch(["baseline", "show"]).ok();
    assert_eq!(run.stdout.lines().count(), 2, "{run:#?}");
    assert!(!run.stdout.contains("gone"), "{run:#?}");
    hides(&run, 1);
    hides(&run, 2);
    s.git(["add", "."]);
    s.git(["commit", "-q", "-m", "x"]);
    assert_eq!(s.stanch(["scan"]).code, 0, "the baseline holds for names too");
}

/// The glob for a name that is a key: what the mask shows, and nothing else.
fn glob(seed: u64) -> String {
    let key = key(seed);
    format!("{}*{}", &key[..6], &key[key.len() - 2..])
}

#[test]
fn a_masked_path_has_its_blob_and_a_command_that_works() {
    let s = Sandbox::guarded();
    let name = format!("conf files/{}.txt", key(1));
    s.stage(&name, "nothing\n");
    let run = s.commit();
    assert_ne!(run.code, 0, "{run:#?}");
    hides(&run, 1);
    let blob = s.git(["rev-parse", &format!(":{name}")]);
    assert!(run.stderr.contains(&format!("(blob {})", &blob[..9])), "{run:#?}");
    let command = run.stderr.lines().find_map(|l| l.split_once("git mv ")).unwrap().1;
    let shown = command.split_once(" NAME").unwrap().0;
    let moved = s.run_with("sh", ["-c", &format!("git mv {shown} plain.txt")], b"");
    assert_eq!(moved.code, 0, "{moved:#?}");
    s.commit().ok();
    // A key in the content of such a file: the file is staged again by a glob.
    let name = format!("{}.txt", key(2));
    s.record(&[(&name, "nothing\n")]);
    s.stage(&name, line(3));
    let run = s.commit();
    run.stopped_at(".txt:1:");
    hides(&run, 2);
    assert!(run.stderr.contains(&format!("git add {}.txt && git commit", glob(2))), "{run:#?}");
    s.stanch(["fix", "--all"]).ok();
    for file in ["last.json", "audit.jsonl"] {
        let text = String::from_utf8(s.read(format!(".git/stanch/{file}"))).unwrap();
        assert!(!shows(&text, 1) && !shows(&text, 2), "{file}: {text}");
    }
}

#[test]
fn a_file_whose_name_is_not_shown_as_it_is_is_fixed_all_the_same() {
    let masked = format!("./a/{}.py", glob(2));
    for (name, word) in [(format!("a/{}.py", key(2)), &*masked), ("a\tb.py".to_owned(), r"$'a\011b.py'")] {
        let s = Sandbox::guarded();
        s.record(&[(&name, "nothing = 1\n"), ("other.py", "nothing = 1\n")]);
        s.stage(&name, format!("key = \"{}\"\n", key(3)));
        s.commit().stopped_at(":1:");
        let run = s.stanch(["fix", "--all"]).ok();
        hides(&run, 2);
        assert!(run.stderr.contains(&format!("git add {word} .gitignore\n")), "{run:#?}");
        assert!(String::from_utf8(s.read(&name)).unwrap().contains("os.environ["), "{run:#?}");
        assert_eq!(s.run_with("bash", ["-c", &format!("git add {word}")], b"").code, 0);
        s.commit().ok();
    }
    // The same content under a name that is shown is another finding's.
    let s = Sandbox::guarded();
    let text = format!("key = \"{}\"\n", key(3));
    let hidden = format!("{}.py", key(2));
    s.record(&[(&hidden, ""), ("b.py", "")]);
    s.stage(&hidden, &text);
    s.stage("b.py", &text);
    s.commit().stopped_at("b.py:1:");
    let run = s.stanch(["fix", "--all"]).ok();
    hides(&run, 2);
    assert!(run.stderr.contains(&format!("git add b.py ./{}.py .gitignore\n", glob(2))), "{run:#?}");
    // A name that is the secret.
    let s = Sandbox::guarded();
    s.stage(&hidden, "nothing\n");
    s.commit().stopped_at("file name");
    let run = s.stanch(["fix", "--all"]);
    hides(&run, 2);
    assert!(run.code == 1 && run.stderr.contains("the secret is its name"), "{run:#?}");
}

#[test]
fn a_path_that_only_looks_a_little_like_a_secret_stays_whole() {
    let s = Sandbox::guarded();
    let name = "dist/token-4f1c0d9e2b7a63c85d1e.password_reset.js";
    s.stage(name, line(1));
    s.commit().stopped_at(&format!("{name}:1:"));
}

/// Every command, given a key in each place of an argument.
#[test]
fn no_command_repeats_a_value_that_was_given_by_mistake() {
    let s = Sandbox::guarded();
    s.write("a.txt", "hello\n");
    let key = key(1);
    let long = format!("--{key}");
    let with = |option: &str| format!("{option}={key}");
    let commands = commands_of(&s.stanch(["--help"]).ok().stdout);
    assert!(commands.len() > 20, "{commands:?}");
    let subcommands = [
        "pre-commit",
        "pre-push",
        "bash",
        "a.txt",
        "--rules",
        "--hooks",
        "--format",
        "--since",
        "--reason",
        "--regex",
        "--path",
        "--expires",
        "--commits",
        "--lang",
        "--store",
    ];
    let mut seen = 0;
    let mut try_with = |args: &[&str]| {
        let run = s.stanch(args);
        seen += usize::from(run.code != 0);
        hides(&run, 1);
    };
    try_with(&[&key]);
    try_with(&[&long]);
    for command in commands.iter().map(String::as_str) {
        for sub in commands_of(&s.stanch([command, "--help"]).stdout) {
            try_with(&[command, &sub, &key]);
            try_with(&[command, &sub, &key, &key, "x"]);
        }
        try_with(&[command, &key]);
        try_with(&[command, &long]);
        try_with(&[command, "a.txt", &key]);
        for sub in subcommands {
            try_with(&[command, sub, &key]);
            try_with(&[command, sub, &key, &key, "x"]);
            try_with(&[command, &with(sub)]);
        }
        // An argument that is not UTF-8, and a variable.
        let missing = format!("/nowhere/{key}");
        let run = s.env("STANCH_SYSTEM_CONFIG", &missing).stanch([command, &with("--format")]);
        hides(&run, 1);
    }
    assert!(seen > 700, "most of them are errors: {seen}");
}

#[test]
fn a_reason_a_path_or_a_pattern_with_a_key_in_it_is_not_stored() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    let last = String::from_utf8(s.read(".git/stanch/last.json")).unwrap();
    let fingerprint = last.split("\"fingerprint\":\"").nth(1).unwrap()[..20].to_owned();
    let reason = format!("{} is only for tests", key(2));
    for args in [
        &["allow", &fingerprint, "--reason", &reason][..],
        &["allow", "--path", &format!("{}/", key(2)), "--reason", "x"],
        &["allow", "--regex", &key(2), "--reason", "x"],
    ] {
        let run = s.stanch(args);
        run.could_not_check("looks like a secret (klaviyo-private-api-key)");
        hides(&run, 2);
        assert!(!s.dir().join(".stanch.toml").exists());
    }
    let run = s.run_with(STANCH, ["allow", "--regex", "-", "--reason", "x"], key(2).as_bytes());
    run.could_not_check("--regex holds a value");
    hides(&run, 2);
    // The name of who allows it is screened as well.
    s.git(["config", "user.name", &key(3)]);
    s.stanch(["allow", &fingerprint, "--reason", "made for tests"]).ok();
    let stored = String::from_utf8(s.read(".stanch.toml")).unwrap();
    assert!(stored.contains("made for tests") && !shows(&stored, 3), "{stored}");
}

#[test]
fn a_pattern_comes_by_standard_input_and_one_on_the_command_line_is_warned_about() {
    let s = Sandbox::guarded();
    let quiet = s.run_with(STANCH, ["allow", "--regex", "-", "--reason", "ours"], b"test_[0-9a-f]+\n").ok();
    assert!(!quiet.stderr.contains("history"), "{quiet:#?}");
    let stored = String::from_utf8(s.read(".stanch.toml")).unwrap();
    assert!(stored.contains("test_[0-9a-f]+"), "{stored}");
    let warned = s.stanch(["allow", "--regex", "demo_[0-9a-f]+", "--reason", "ours"]).ok();
    assert!(warned.stderr.contains("the shell's history"), "{warned:#?}");
    s.run_with(STANCH, ["allow", "--regex", "-", "--reason", "ours"], b"\n")
        .could_not_check("has no pattern");
}

#[test]
fn whom_to_ask_and_every_reason_of_a_configuration_is_masked_when_shown() {
    let s = Sandbox::guarded();
    let text = format!(
        "contact = \"ask {}\"\nlink = \"https://wiki.example/?token={}\"\n[[path]]\nglob = 'z/'\nmode = 'report'\n\
         reason = '{}'\n",
        key(1),
        key(2),
        key(3)
    );
    s.record(&[(".stanch.toml", &text)]);
    s.stage("a.txt", line(4));
    s.stage("z/b.txt", line(5));
    let run = s.commit();
    run.stopped_at("a.txt:1:");
    assert!(run.stderr.contains("ask pk_"), "{run:#?}");
    let runs = [run, s.stanch(["config", "show"]), s.stanch(["scan", "--staged", "--explain-decision"])];
    for run in &runs {
        (1..6).for_each(|seed| hides(run, seed));
    }
    (1..6).for_each(|seed| assert!(!shows(&audit(&s), seed)));
}

#[test]
fn an_error_masks_the_path_that_it_names() {
    let s = Sandbox::guarded();
    s.git(["config", "core.hooksPath", &key(2)]);
    for args in [&["doctor"][..], &["install"], &["uninstall"]] {
        hides(&s.stanch(args), 2);
    }
    s.git(["config", "--unset", "core.hooksPath"]);
    let s = s.at(format!("../{}", key(1)));
    s.git(["init", "-q", "-b", "main", "."]);
    s.write(".stanch.toml", "nonsense = 1\n");
    for args in [
        &["scan"][..],
        &["doctor"],
        &["install"],
        &["uninstall"],
        &["hook", "pre-commit"],
        &["config", "show"],
    ] {
        hides(&s.stanch(args), 1);
    }
}
