//! `stanch fix` on real repositories, after a real stop.

mod value;

use crate::support::Sandbox;
use stanch::scan::template;
use std::fs;

const KEY: &str = "pk_${hex-lower:34}";

/// A repository where a commit of these files was blocked, the message, and the fingerprint that it names.
fn blocked(files: &[(&str, &str)]) -> (Sandbox, String, String) {
    let s = Sandbox::guarded();
    for (path, text) in files {
        s.write(path, text.replace("KEY", &template::expand(KEY, 3).unwrap()));
    }
    s.git(["add", "."]);
    let run = s.run_with("git", ["commit", "-m", "x"], b"");
    assert_eq!(run.code, 1, "{}", run.stderr);
    let at = run.stderr.find("stanch allow ").expect("the message names the fingerprint") + 13;
    let fingerprint = run.stderr[at..at + 8].to_owned();
    (s, run.stderr, fingerprint)
}

/// The same without the message.
fn stopped(files: &[(&str, &str)]) -> (Sandbox, String) {
    let (s, _, fingerprint) = blocked(files);
    (s, fingerprint)
}

fn read(s: &Sandbox, path: &str) -> String {
    fs::read_to_string(s.dir().join(path)).unwrap()
}

#[test]
fn a_blocked_commit_passes_after_the_two_commands_of_the_message() {
    let (s, f) = stopped(&[("app/mail.py", "import re\n\nkey = \"KEY\"\n")]);
    let run = s.stanch(["fix", &f]).ok();
    assert!(run.stderr.contains("app/mail.py:4 has os.environ[\"KLAVIYO_API_KEY\"]"), "{}", run.stderr);
    assert_eq!(read(&s, "app/mail.py"), "import os\nimport re\n\nkey = os.environ[\"KLAVIYO_API_KEY\"]\n");
    // Nothing was staged: the index has the old content until the person stages the new one.
    assert!(s.git(["diff", "--name-only"]).contains("app/mail.py"));
    s.git(["add", "app/mail.py"]);
    s.git(["commit", "-q", "-m", "x"]);
}

#[test]
fn every_file_that_has_the_secret_is_fixed_in_its_own_language() {
    let (s, f) = stopped(&[
        ("a.go", "package a\n\nvar k = \"KEY\"\n"),
        ("b.rb", "K = 'KEY'\nL = 'KEY'\n"),
        ("c.json", "{\"k\": \"KEY\"}\n"),
    ]);
    let run = s.stanch(["fix", &f]);
    assert_eq!(run.code, 1, "one file could not be mended: {}", run.stderr);
    assert_eq!(read(&s, "a.go"), "package a\n\nimport \"os\"\n\nvar k = os.Getenv(\"KLAVIYO_API_KEY\")\n");
    assert_eq!(read(&s, "b.rb"), "K = ENV.fetch(\"KLAVIYO_API_KEY\")\nL = ENV.fetch(\"KLAVIYO_API_KEY\")\n");
    assert!(run.stderr.contains("c.json stays as it is: line 1: JSON reads no variables"), "{}", run.stderr);
    assert!(read(&s, "c.json").contains("pk_"));
}

#[test]
fn all_blocked_secrets_are_fixed_at_once_and_two_never_share_a_variable() {
    let other = template::expand("pk_${hex-lower:34}", 4).unwrap();
    let (s, _) = stopped(&[
        ("a b.go", "package a\n\nvar k = \"KEY\"\n"),
        ("c.rb", &format!("K = '{other}'\nL = 'KEY'\nSTAGING_KLAVIYO = '{other}'\n")),
    ]);
    let run = s.stanch(["fix", "--all"]).ok();
    let env = read(&s, ".env");
    let (one, two) = (template::expand(KEY, 3).unwrap(), other);
    let name = |value: &str| {
        let line = env.lines().find(|l| l.ends_with(value)).unwrap_or_else(|| panic!("{}", run.stderr));
        line.split('=').next().unwrap().to_owned()
    };
    let (one, two) = (name(&one), name(&two));
    assert_ne!(one, two);
    assert!([&one, &two].iter().any(|n| *n == "KLAVIYO_API_KEY"), "{env}");
    assert_eq!(read(&s, "a b.go"), format!("package a\n\nimport \"os\"\n\nvar k = os.Getenv(\"{one}\")\n"));
    assert_eq!(
        read(&s, "c.rb"),
        format!(
            "K = ENV.fetch(\"{two}\")\nL = ENV.fetch(\"{one}\")\nSTAGING_KLAVIYO = ENV.fetch(\"{two}\")\n"
        )
    );
    assert!(run.stderr.contains("git add 'a b.go' c.rb"), "{}", run.stderr);
    s.git(["add", "."]);
    s.git(["commit", "-q", "-m", "x"]);
}

#[test]
fn a_file_that_changed_since_is_left_alone() {
    let (s, f) = stopped(&[("a.js", "k = 'KEY'\n")]);
    s.write("a.js", "k = 1\n");
    let run = s.stanch(["fix", &f]);
    assert_eq!((run.code, read(&s, "a.js").as_str()), (1, "k = 1\n"));
    assert!(run.stderr.contains("the secret is not in it any more"), "{}", run.stderr);
}

#[test]
fn an_unknown_fingerprint_is_reported_and_no_secret_is_ever_printed() {
    let (s, f) = stopped(&[("a.py", "h = \"a\" \"KEY\"\n")]);
    let run = s.stanch(["fix", "00000000"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("no blocked secret has the fingerprint 00000000"), "{}", run.stderr);
    let run = s.stanch(["fix", &f]);
    assert!(
        run.stderr
            .contains("make this text by hand, with os.environ[\"KLAVIYO_API_KEY\"] in place of the value"),
        "{}",
        run.stderr
    );
    let raw = template::expand(KEY, 3).unwrap();
    assert!(!run.stderr.contains(&raw[3..]) && !run.stdout.contains(&raw[3..]));
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_a_symbolic_link_is_not_followed() {
    use std::os::unix::fs::PermissionsExt;
    let (s, f) = stopped(&[("run.sh", "#!/bin/sh\nK=KEY\n"), ("b.sh", "K=KEY\n")]);
    let path = s.dir().join("run.sh");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(s.dir().join("b.sh"), s.root().join("elsewhere.sh")).unwrap();
    std::os::unix::fs::symlink(s.root().join("elsewhere.sh"), s.dir().join("b.sh")).unwrap();
    let run = s.stanch(["fix", &f]);
    assert!(run.stderr.contains("b.sh stays as it is: it is not a plain file"), "{}", run.stderr);
    assert_eq!(read(&s, "run.sh"), "#!/bin/sh\nK=\"${KLAVIYO_API_KEY:?}\"\n");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o755);
    assert!(fs::read_to_string(s.root().join("elsewhere.sh")).unwrap().contains("pk_"));
}

/// An environment file with two keys, blocked at its commit.
fn env_file(s: &Sandbox) -> crate::support::Run {
    let other = template::expand(KEY, 4).unwrap();
    let first = template::expand(KEY, 3).unwrap();
    s.write(
        ".env",
        format!("# both are live\nKLAVIYO_API_KEY={first}\nexport OTHER_KLAVIYO_KEY={other}\nPORT=80\n"),
    );
    s.git(["add", "."]);
    let run = s.run_with("git", ["commit", "-m", "x"], b"");
    assert_eq!(run.code, 1, "{}", run.stderr);
    run
}

#[test]
fn an_environment_file_with_two_keys_leaves_the_commit_and_the_next_one_passes() {
    for ignored in [false, true] {
        let s = Sandbox::guarded();
        s.write("a.txt", "a\n");
        if ignored {
            s.write(".gitignore", ".env\n");
        }
        let s2 = s.clone();
        if ignored {
            s2.git(["add", "."]);
            s2.git(["commit", "-q", "-m", "ignore"]);
            s2.write(".env", "");
            s2.git(["add", "-f", ".env"]);
        }
        let run = env_file(&s);
        assert!(
            run.stderr.contains("stanch fix --all   takes .env out of the commit and ignores it"),
            "{}",
            run.stderr
        );
        assert!(!run.stderr.contains("git add -p"), "{}", run.stderr);
        let run = s.stanch(["fix", "--all"]).ok();
        assert!(run.stderr.contains(".env is out of the commit"), "{}", run.stderr);
        assert_eq!(read(&s, ".env.example"), "KLAVIYO_API_KEY=\nOTHER_KLAVIYO_KEY=\nPORT=\n");
        assert_eq!(read(&s, ".gitignore"), if ignored { ".env\n" } else { "/.env\n" });
        s.git(["commit", "-q", "-m", "x"]);
        assert!(read(&s, ".env").contains("pk_"), "the file itself stays");
        assert!(!s.git(["ls-files"]).lines().any(|l| l == ".env"));
        assert_eq!(s.git(["status", "--porcelain"]), "");
    }
}

#[test]
fn an_environment_file_that_others_have_is_not_deleted_for_them_without_a_word() {
    let s = Sandbox::guarded();
    s.write(".env", "PORT=80\n");
    s.git(["add", "."]);
    s.git(["commit", "-q", "-m", "env"]);
    let run = env_file(&s);
    let text = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("it is deleted in every checkout at the next pull"), "{text}");
    assert!(text.contains("git restore --staged .env && git commit"), "{text}");
    let run = s.stanch(["fix", "--all"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("deleted in every checkout"), "{}", run.stderr);
    assert!(s.git(["ls-files"]).lines().any(|l| l == ".env"), "it is still in git");
    // The command of the message leads on.
    s.write("b.txt", "b\n");
    s.git(["add", "b.txt"]);
    s.git(["restore", "--staged", ".env"]);
    s.git(["commit", "-q", "-m", "the rest"]);
}

#[test]
fn the_second_try_keeps_the_fix_and_the_page_and_is_forgotten_after_a_day() {
    let (s, f) = stopped(&[("a.go", "package a\n\nvar k = \"KEY\"\n")]);
    let again = s.run_with("git", ["commit", "-m", "x"], b"");
    for needed in
        ["blocked again", &format!("stanch fix {f}"), &format!("stanch explain {f}"), "Ever shared?"]
    {
        assert!(again.stderr.contains(needed), "{needed}\n{}", again.stderr);
    }
    let path = s.dir().join(".git/stanch/last.json");
    let mut last: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    last["at"] = (last["at"].as_i64().unwrap() - 25 * 60 * 60).into();
    fs::write(&path, last.to_string()).unwrap();
    let next_day = s.run_with("git", ["commit", "-m", "x"], b"");
    assert!(
        !next_day.stderr.contains("again") && next_day.stderr.contains("If it was ever shared"),
        "{}",
        next_day.stderr
    );
}

fn mode(s: &Sandbox, path: &str) -> u32 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(s.dir().join(path)).unwrap().permissions().mode() & 0o777
    }
    #[cfg(not(unix))]
    {
        let _ = (s, path);
        0o600
    }
}

/// The fix that a message offers for these files, if it offers one, and what became of it.
fn offer(files: &[(&str, &str)]) -> (Sandbox, String, crate::support::Run) {
    let (s, f) = stopped(files);
    let text = s.run_with("git", ["commit", "-m", "x"], b"").stderr;
    let run = s.stanch(["fix", &f]);
    (s, text, run)
}

#[test]
fn a_value_without_quotes_is_not_promised_to_be_fixed() {
    for (path, text) in [
        ("a.py", "KLAVIYO = KEY\n"),
        ("a.rb", "KLAVIYO = KEY\n"),
        ("a.go", "package a\n\nvar k = KEY\n"),
        ("a.ts", "const k = KEY;\n"),
        ("A.java", "class A { String k = KEY; }\n"),
        ("a.tf", "k = KEY\n"),
    ] {
        let (s, message, run) = offer(&[(path, text)]);
        assert!(!message.contains("stanch fix"), "{message}");
        assert!(message.contains("in place of the value"), "{message}");
        assert_eq!(run.code, 1, "{path}");
        assert!(run.stderr.contains("there by hand"), "{}", run.stderr);
        assert_eq!(read(&s, path), text.replace("KEY", &template::expand(KEY, 3).unwrap()));
    }
}

#[test]
fn a_file_of_which_one_place_must_be_edited_by_hand_is_not_promised_to_be_fixed() {
    let (s, message, run) = offer(&[("a.py", "a = 1\nk = f(KEY, \"KEY\")\n")]);
    assert!(!message.contains("stanch fix"), "{message}");
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("a.py stays as it is: line 2:"), "{}", run.stderr);
    assert_eq!(read(&s, "a.py").matches("pk_").count(), 2);
}

#[test]
fn a_comment_gets_the_name_and_the_message_says_so() {
    let (s, message, run) = offer(&[("a.py", "# key: KEY\nx = 1\n")]);
    assert!(message.contains("writes <KLAVIYO_API_KEY> there (a name in place of the value)"), "{message}");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(read(&s, "a.py"), "# key: <KLAVIYO_API_KEY>\nx = 1\n");
    // Nothing reads the variable.
    assert!(!run.stderr.contains("restart"), "{}", run.stderr);
}

#[test]
fn a_value_that_is_gone_from_the_file_only_has_to_be_staged() {
    let (s, f) = stopped(&[("app/a.js", "k = 'KEY'\n")]);
    s.write("app/a.js", "k = 1\n");
    let run = s.stanch(["fix", &f]);
    assert!(run.stderr.contains("git add app/a.js stages it without"), "{}", run.stderr);
    s.git(["add", "app/a.js"]);
    s.git(["commit", "-q", "-m", "x"]);
}

/// The message of a blocked commit of one file, in one line.
fn message_about(path: &str, text: &str) -> (Sandbox, String, String) {
    let (s, message, fingerprint) = blocked(&[(path, text)]);
    (s, message.split_whitespace().collect::<Vec<_>>().join(" "), fingerprint)
}

#[test]
fn what_ships_to_a_browser_is_told_by_what_the_file_says_and_gets_the_public_key() {
    let cases = [
        (
            "index.html",
            "<script src=\"https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=KEY\"></script>\n",
        ),
        (
            "page.php",
            "<script src=\"https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=KEY\"></script>\n",
        ),
        ("show.erb", "<script>var _learnq = []; _learnq.push(['account', 'KEY']);</script>\n"),
        ("theme.liquid", "<script>var k = 'KEY';</script>\n"),
        ("buy.vue", "<script>\nwindow.klOnsite = 'KEY';\n</script>\n"),
        ("src/mail.js", "var _learnq = _learnq || [];\n_learnq.push(['account', 'KEY']);\n"),
        ("src/mail.js", "window.klaviyoKey = 'KEY';\n"),
        ("next.config.js", "module.exports = { env: { NEXT_PUBLIC_KLAVIYO_KEY: 'KEY' } };\n"),
        ("env.json", "{\"NEXT_PUBLIC_KLAVIYO_KEY\": \"KEY\"}\n"),
        ("Dockerfile", "FROM node\nENV REACT_APP_KLAVIYO=KEY\n"),
        (".github/workflows/ci.yml", "env:\n  VITE_KLAVIYO_KEY: KEY\n"),
    ];
    for (path, text) in cases {
        let (s, message, f) = message_about(path, text);
        assert!(message.contains("each visitor can read the key"), "{path}: {message}");
        assert!(message.contains("Put the Klaviyo public API key / site ID there"), "{path}: {message}");
        // No variable that a bundler would write into the page.
        let run = s.stanch(["fix", &f]);
        assert_eq!(run.code, 1, "{path}: {}", run.stderr);
        assert!(read(&s, path).contains("pk_"), "{path}");
    }
    for (path, text) in [
        ("public/app.js", "const express = require('express');\nconst k = 'KEY';\n"),
        ("server.php", "<?php\n$key = 'KEY';\n"),
        (".env", "KLAVIYO_API_KEY=KEY\n"),
    ] {
        let (_, message, _) = message_about(path, text);
        assert!(!message.contains("visitor"), "{path}: {message}");
    }
    for name in ["NEXT_PUBLIC_KLAVIYO_KEY", "VITE_KLAVIYO", "REACT_APP_KLAVIYO_KEY", "PUBLIC_KLAVIYO_KEY"] {
        let (s, message, f) = message_about(".env", &format!("{name}=KEY\n"));
        assert!(message.contains("A bundler writes a variable of this name into the page"), "{message}");
        let run = s.stanch(["fix", &f]).ok();
        assert!(run.stderr.contains("call it KLAVIYO_API_KEY and read it on your server"), "{}", run.stderr);
        s.git(["commit", "-q", "--allow-empty", "-m", "x"]);
        assert!(!s.git(["ls-files"]).lines().any(|l| l == ".env"));
    }
}

#[test]
fn where_no_call_may_stand_the_message_says_what_to_write_in_that_language() {
    for (path, text, says) in [
        ("a.go", "package a\n\nconst k = \"KEY\"\n", "write `var k = os.Getenv(\"KLAVIYO_API_KEY\")`"),
        (
            "A.cs",
            "class A { const string K = \"KEY\"; }\n",
            "write `static readonly string K = System.Environment",
        ),
        ("A.cs", "[Key(\"KEY\")]\nclass A {}\n", "An attribute takes no call; read System.Environment"),
        (
            "A.cs",
            "class A { void F(string k = \"KEY\") {} }\n",
            "make it null, and write `k ?? System.Environment",
        ),
        ("A.java", "@Value(\"KEY\")\nclass A {}\n", "An annotation takes no call; read System.getenv"),
        (
            "A.java",
            "class A { void f(String s) { switch (s) { case \"KEY\": break; } } }\n",
            "compare with System.getenv(\"KLAVIYO_API_KEY\").equals(...)",
        ),
        ("a.ts", "enum A { B = \"KEY\" }\n", "`export const B = process.env.KLAVIYO_API_KEY!`"),
        ("a.kt", "const val K = \"KEY\"\n", "write `val K = System.getenv(\"KLAVIYO_API_KEY\")`"),
        ("a.php", "<?php function f($k = \"KEY\") {}\n", "write `$k ??= getenv('KLAVIYO_API_KEY');`"),
        ("a.py", "match x:\n    case \"KEY\":\n        pass\n", "write `case value if value == os.environ"),
        (
            "k8s/secret.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  klaviyo: KEY\n",
            "secretKeyRef",
        ),
    ] {
        let (s, message, f) = message_about(path, text);
        assert!(message.contains(says), "{path}: {message}");
        assert!(!message.contains("stanch fix"), "{path}: {message}");
        let run = s.stanch(["fix", &f]);
        let wrapped = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        let start: String = says.chars().skip(1).collect();
        assert!(run.code == 1 && wrapped.contains(&start), "{path}: {wrapped}");
    }
    for (path, text, after) in [
        ("a.rs", "const K: &str = \"KEY\";\n", "const K: &str = env!(\"KLAVIYO_API_KEY\");\n"),
        (
            "config/database.yml",
            "a:\n  klaviyo: KEY\n",
            "a:\n  klaviyo: <%= ENV.fetch(\"KLAVIYO_API_KEY\") %>\n",
        ),
        (
            "src/main/resources/application.yml",
            "klaviyo:\n  key: KEY\n",
            "klaviyo:\n  key: ${KLAVIYO_API_KEY}\n",
        ),
    ] {
        let (s, message, f) = message_about(path, text);
        assert!(message.contains(&format!("stanch fix {f}")), "{path}: {message}");
        s.stanch(["fix", &f]).ok();
        assert_eq!(read(&s, path), after, "{path}");
        s.git(["add", "."]);
        s.git(["commit", "-q", "-m", "x"]);
    }
}

#[test]
fn a_key_of_a_service_that_has_ended_has_nothing_to_rotate() {
    let s = Sandbox::guarded();
    let token = template::expand("amzn.mws.${uuid:36}", 3).unwrap();
    s.stage("shop.py", format!("MWS_AUTH_TOKEN = \"{token}\"\n"));
    let run = s.run_with("git", ["commit", "-m", "x"], b"");
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("Nothing to rotate: Amazon ended MWS on 1 April 2024"), "{}", run.stderr);
    assert!(!run.stderr.contains("new key") && !run.stderr.contains("  revoke"), "{}", run.stderr);
    let page = s.stanch(["explain", "aws-mws-auth-token"]).ok().stdout;
    assert!(page.contains("Nothing any more: Amazon ended MWS on 1 April 2024"), "{page}");
    assert!(!page.contains("How to make the new one") && !page.contains("Revoke it"), "{page}");
}
