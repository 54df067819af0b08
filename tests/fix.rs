//! `stanch fix` on real repositories, after a real stop.

use crate::support::Sandbox;
use stanch::scan::template;
use std::fs;

const KEY: &str = "pk_${hex-lower:34}";

/// A repository where a commit of these files was stopped, and the fingerprint that the message names.
fn stopped(files: &[(&str, &str)]) -> (Sandbox, String) {
    let s = Sandbox::guarded();
    for (path, text) in files {
        s.write(path, text.replace("KEY", &template::expand(KEY, 3).unwrap()));
    }
    s.git(["add", "."]);
    let run = s.run_with("git", ["commit", "-m", "x"], b"");
    assert_eq!(run.code, 1, "{}", run.stderr);
    let at = run.stderr.find("stanch allow ").expect("the message names the fingerprint") + 13;
    let fingerprint = run.stderr[at..at + 8].to_owned();
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
        ("c.rb", &format!("K = '{other}'\nL = 'KEY'\n")),
    ]);
    let run = s.stanch(["fix", "--all"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("KLAVIYO_API_KEY holds another secret"), "{}", run.stderr);
    assert_eq!(read(&s, "a b.go"), "package a\n\nimport \"os\"\n\nvar k = os.Getenv(\"KLAVIYO_API_KEY\")\n");
    assert_eq!(read(&s, "c.rb"), format!("K = '{other}'\nL = ENV.fetch(\"KLAVIYO_API_KEY\")\n"));
    assert!(run.stderr.contains("git add 'a b.go' c.rb"), "{}", run.stderr);
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
        run.stderr.contains("the value is a part of a text that cannot be taken apart"),
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
    assert!(run.stderr.contains("b.sh stays as it is: it is no plain file"), "{}", run.stderr);
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
