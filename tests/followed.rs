//! The commands of every message are typed as shown, and lead to a commit or a push that passes.

use crate::commands::{follow, of_message};
use crate::support::{Sandbox, key};

/// A blocked commit of these files, and its message as a terminal shows it.
fn blocked(s: &Sandbox, files: &[(&str, String)]) -> String {
    for (path, text) in files {
        s.stage(path, text);
    }
    let run = s.try_git(["commit", "-q", "-m", "x"]);
    assert_eq!(run.code, 1, "{run:#?}");
    run.stderr
}

/// Nothing that was committed holds the keys.
fn is_clean(s: &Sandbox) {
    let log = s.git(["log", "-p", "--format=%B", "HEAD"]);
    assert!((1..9).all(|seed| !log.contains(&key(seed))), "{log}");
    assert_eq!(s.git(["diff", "--cached", "--name-only"]), "");
}

#[test]
fn one_key_in_each_language_leaves_by_the_commands_of_its_message() {
    for (path, text) in [
        ("app/mail.py", "key = \"KEY\"\n"),
        ("a.js", "const k = require('fs') && 'KEY';\n"),
        ("a.go", "package a\n\nvar k = \"KEY\"\n"),
        ("it's here/a b.rb", "K = 'KEY'\n"),
        ("\u{5de5}\u{4f5c}/\u{5d0}\u{5d1}.php", "<?php $k = 'KEY';\n"),
        ("-dash.sh", "K=KEY\n"),
        (".github/workflows/ci.yml", "env:\n  K: KEY\n"),
        ("compose.yml", "services:\n  a:\n    environment:\n      - K=KEY\n"),
        ("main.tf", "x = \"KEY\"\n"),
        ("application.properties", "k=KEY\n"),
        (".env.example", "K=KEY\n"),
        (".env", "KLAVIYO_API_KEY=KEY\n"),
        ("web/.env", "KLAVIYO_API_KEY=KEY\n"),
    ] {
        let s = Sandbox::guarded();
        let text = blocked(
            &s,
            &[(
                path,
                text.replace("KEY\"", &format!("{}\"", key(1)))
                    .replace("=KEY\n", &format!("={}\n", key(1)))
                    .replace("'KEY'", &format!("'{}'", key(1)))
                    .replace(": KEY\n", &format!(": {}\n", key(1))),
            )],
        );
        follow(&s, &text);
        is_clean(&s);
        assert!(s.git(["log", "--oneline"]).lines().count() > 1, "{path}: {text}");
    }
}

#[test]
fn the_second_try_says_what_works_too() {
    let s = Sandbox::guarded();
    blocked(&s, &[("a.py", format!("key = \"{}\"\n", key(1)))]);
    let again = s.commit().stderr;
    assert!(again.contains("blocked again"), "{again}");
    follow(&s, &again);
    is_clean(&s);
}

#[test]
fn several_keys_leave_together_also_from_a_folder_below() {
    for below in [None, Some("web")] {
        let s = Sandbox::guarded();
        let text = {
            let here = below.map_or_else(|| s.clone(), |b| s.at(b));
            for (path, text) in [
                ("web/a.py", format!("key = \"{}\"\n", key(1))),
                ("b c.rb", format!("K = '{}'\n", key(2))),
                (".env", format!("A_KLAVIYO_KEY={}\nB_KLAVIYO_KEY={}\n", key(3), key(4))),
            ] {
                s.stage(path, text);
            }
            let run = here.try_git(["commit", "-q", "-m", "x"]);
            assert_eq!(run.code, 1, "{run:#?}");
            follow(&here, &run.stderr);
            run.stderr
        };
        is_clean(&s);
        assert!(!s.git(["ls-files"]).lines().any(|l| l == ".env"), "{text}");
    }
}

#[test]
fn where_a_person_edits_the_rest_works_as_it_is_written() {
    for (path, before, after) in [
        ("c.json", "{\"k\": \"KEY\"}\n", "{\"k\": \"\"}\n"),
        ("Dockerfile", "FROM a\nENV K=KEY\n", "FROM a\n"),
        ("a.go", "package a\n\nconst k = \"KEY\"\n", "package a\n\nvar k = f()\n"),
    ] {
        let s = Sandbox::guarded();
        let text = blocked(&s, &[(path, before.replace("KEY", &key(1)))]);
        s.write(path, after);
        assert!(!of_message(&text).iter().any(|c| c.starts_with("stanch fix")), "{text}");
        follow(&s, &text);
        is_clean(&s);
    }
}

#[test]
fn a_key_in_a_message_or_a_name_leaves_by_the_commands_too() {
    let s = Sandbox::guarded();
    s.hook("commit-msg");
    s.stage("a.py", "a = 1\n");
    let run = s.try_git(["commit", "-q", "-m", &format!("use {}", key(1))]);
    assert_eq!(run.code, 1, "{run:#?}");
    let editor = format!("sed -i s/{}/it/", key(1));
    let command = of_message(&run.stderr).into_iter().next().unwrap();
    s.env("GIT_EDITOR", &editor).run_with("sh", ["-c", &command], b"").ok();
    is_clean(&s);
    assert_eq!(s.git(["log", "-1", "--format=%s"]), "use it");

    let s = Sandbox::guarded();
    let text = blocked(&s, &[(&format!("{}.txt", key(1)), "x\n".to_owned())]);
    let commands = of_message(&text);
    assert!(commands[0].starts_with("git mv ") && commands[0].ends_with(" NAME"), "{text}");
    follow(&s, &text);
    is_clean(&s);
}

/// A repository with a remote, guarded at the push.
fn with_remote() -> Sandbox {
    let s = Sandbox::guarded();
    s.git(["init", "-q", "--bare", "../remote.git"]);
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.git(["push", "-q", "-u", "origin", "main"]);
    s.hook("pre-push");
    s
}

#[test]
fn a_blocked_push_passes_after_the_commands_of_its_message() {
    let one = |s: &Sandbox| s.record(&[("a.py", &format!("k = \"{}\"\n", key(1)))]);
    type Case<'a> = (&'a str, &'a dyn Fn(&Sandbox));
    let cases: [Case<'_>; 5] = [
        ("the newest commit", &|s| {
            one(s);
        }),
        ("an older one", &|s| {
            one(s);
            s.record(&[("b.py", "b = 1\n")]);
        }),
        ("one that is clean again", &|s| {
            one(s);
            s.record(&[("a.py", "k = 1\n")]);
        }),
        ("several keys", &|s| {
            one(s);
            s.record(&[("b.rb", &format!("K = '{}'\n", key(2)))]);
            s.record(&[("c.py", "c = 1\n")]);
        }),
        ("a file that stays out", &|s| {
            s.record(&[(".env", &format!("KLAVIYO_API_KEY={}\n", key(1)))]);
            s.record(&[("c.py", "c = 1\n")]);
        }),
    ];
    for (what, make) in cases {
        let s = with_remote();
        make(&s);
        let run = s.try_git(["push", "-q", "origin", "main"]);
        assert_ne!(run.code, 0, "{what}");
        follow(&s, &run.stderr);
        let sent = s.git(["log", "-p", "origin/main"]);
        assert!(!sent.contains(&key(1)) && !sent.contains(&key(2)), "{what}: {}", run.stderr);
        assert_eq!(
            s.git(["rev-parse", "origin/main"]),
            s.git(["rev-parse", "main"]),
            "{what}: {}",
            run.stderr
        );
    }
}

#[test]
fn another_branch_is_switched_to_and_cleaned() {
    let s = with_remote();
    s.git(["checkout", "-q", "-b", "topic"]);
    s.record(&[("a.py", &format!("k = \"{}\"\n", key(1)))]);
    s.git(["checkout", "-q", "main"]);
    let run = s.try_git(["push", "-q", "origin", "topic"]);
    let commands = of_message(&run.stderr);
    assert_eq!(commands[0], "git switch topic", "{}", run.stderr);
    let text = run.stderr.replace("git push\n", "git push origin topic\n");
    follow(&s, &text);
    assert!(!s.git(["log", "-p", "origin/topic"]).contains(&key(1)));
}
