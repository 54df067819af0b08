//! Faults of the system: closed pipes, full disks, streams that fail. A decision stays what it is.
#![cfg(unix)]

use crate::support::{Run, STANCH, Sandbox, key};
use std::fs::{File, OpenOptions};
use std::process::{Command, Stdio};

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// A stream whose reader is gone.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

/// A read-only stream in the place of a stream to write to.
fn unwritable() -> Stdio {
    File::open("/dev/null").unwrap().into()
}

type Stream = fn() -> Stdio;

const BROKEN: [(&str, Stream); 3] = [("closed", closed), ("full", full), ("unwritable", unwritable)];

fn code(command: &mut Command) -> i32 {
    command.stdin(Stdio::null()).status().unwrap().code().unwrap_or(-1)
}

fn shell(s: &Sandbox, script: &str) -> Run {
    s.run_with("bash", ["-c", script], b"")
}

#[test]
fn a_blocked_commit_stays_blocked_whatever_becomes_of_the_message() {
    let s = Sandbox::guarded();
    let head = s.git(["rev-parse", "HEAD"]);
    s.stage("a.txt", line(1));
    for ending in ["2>&1 | true", "2>&1 | head -1", "2>&-", "2>/dev/full", ">/dev/full 2>&1", ">&- 2>&-"] {
        for _ in 0..8 {
            shell(&s, &format!("git commit -q -m x {ending}"));
            assert_eq!(s.git(["rev-parse", "HEAD"]), head, "{ending} let the commit in");
        }
    }
    let record = String::from_utf8(s.read(".git/stanch/audit.jsonl")).unwrap();
    assert_eq!(record.lines().count(), 48);
    assert!(record.lines().all(|l| l.contains("\"decision\":\"block\"")), "{record}");
}

#[test]
fn the_exit_code_of_a_hook_is_its_decision_s_with_any_stream() {
    let s = Sandbox::guarded();
    let hook = |err: Stdio, out: Stdio| {
        code(s.command(STANCH).args(["hook", "pre-commit", "-v"]).stderr(err).stdout(out))
    };
    for (staged, expected) in [("nothing\n".to_owned(), 0), (line(1), 1)] {
        s.stage("a.txt", staged);
        for (name, stream) in BROKEN {
            assert_eq!(hook(stream(), Stdio::null()), expected, "{name}");
            assert_eq!(hook(stream(), stream()), expected, "{name}");
        }
    }
    // A warning is said, and changes nothing when it is lost.
    s.record(&[(".stanch.toml", "[[path]]\nglob = 'a.txt'\nmode = 'report'\nreason = 'x'\n")]);
    s.stage("a.txt", line(2));
    for (name, stream) in BROKEN {
        assert_eq!(hook(stream(), Stdio::null()), 0, "{name}");
    }
    // What cannot be checked is 2 with any stream too.
    s.write(".stanch.toml", "nonsense = 1\n");
    for (name, stream) in BROKEN {
        assert_eq!(hook(stream(), Stdio::null()), 2, "{name}");
    }
}

#[test]
fn a_scan_keeps_its_exit_code_with_any_stream() {
    let s = Sandbox::empty();
    s.write("clean.txt", "hello\n");
    s.write("bad.txt", line(1));
    for format in ["human", "json", "jsonl", "sarif"] {
        let scan = |path: &str, out: Stdio, err: Stdio| {
            code(s.command(STANCH).args(["scan", path, "--format", format]).stdout(out).stderr(err))
        };
        for (name, stream) in BROKEN {
            assert_eq!(scan("bad.txt", stream(), stream()), 1, "{format}, {name}");
            assert_eq!(scan("bad.txt", stream(), Stdio::null()), 1, "{format}, {name}");
            assert_eq!(scan("missing.txt", stream(), stream()), 2, "{format}, {name}");
        }
        // A reader that had enough is not a fault; a report that is cut short is one.
        assert_eq!(scan("clean.txt", closed(), Stdio::null()), 0, "{format}");
        assert_eq!(scan("clean.txt", Stdio::null(), full()), 0, "{format}");
    }
    let cut = s.command(STANCH).args(["scan", "clean.txt"]).stdout(full()).stderr(Stdio::null()).status();
    assert_eq!(cut.unwrap().code(), Some(2));
}

#[test]
fn a_listing_ends_well_when_its_reader_had_enough_and_a_verdict_stays_one() {
    let s = Sandbox::new();
    for args in [&["rules", "list"][..], &["config", "show"], &["config", "schema"], &["man"], &["--help"]] {
        assert_eq!(code(s.command(STANCH).args(args).stdout(closed()).stderr(closed())), 0, "{args:?}");
    }
    // Nothing is installed here: not in force, with any reader.
    assert_eq!(s.stanch(["doctor"]).code, 1);
    assert_eq!(code(s.command(STANCH).arg("doctor").stdout(closed()).stderr(closed())), 1);
    assert_eq!(code(s.command(STANCH).arg("nonsense").stdout(closed()).stderr(closed())), 2);
}

#[test]
fn a_server_refuses_although_the_client_hung_up() {
    let s = Sandbox::new();
    let server = s.at("../server.git");
    server.git(["init", "-q", "--bare", "-b", "main", "."]);
    server.hook("pre-receive");
    s.record(&[("a.txt", &line(1))]);
    // Without side-band, what a hook says goes straight to a connection that nobody reads any more.
    let script = s.root().join("receive");
    std::fs::write(
        &script,
        "#!/bin/bash\n{ { git receive-pack \"$1\" 2>&3 3>&- 4>&- | perl -e 'while (sysread STDIN, $b, 65536) \
         { $b =~ s/side-band-64k/xide-band-64k/; syswrite STDOUT, $b }' >&4; } 3>&1 | true; } 4>&1\n",
    )
    .unwrap();
    crate::support::executable(&script);
    let receive = format!("--receive-pack={}", script.display());
    for _ in 0..5 {
        let run = s.try_git(["push", &receive, server.dir().to_str().unwrap(), "main"]);
        assert_ne!(run.code, 0, "{run:#?}");
        assert!(run.stderr.contains("pre-receive hook declined"), "{run:#?}");
        assert_eq!(server.git(["for-each-ref"]), "");
    }
    // What is clean gets in the same way.
    let clean = s.at("../clean");
    clean.git(["init", "-q", "-b", "main", "."]);
    clean.record(&[("a.txt", "hello\n")]);
    clean.git(["push", "-q", &receive, server.dir().to_str().unwrap(), "main"]);
    assert_ne!(server.git(["for-each-ref"]), "");
}

#[test]
fn a_push_stays_blocked_when_its_message_is_not_read() {
    let s = Sandbox::new();
    let server = s.at("../server.git");
    server.git(["init", "-q", "--bare", "."]);
    s.record(&[("a.txt", &line(1))]);
    s.hook("pre-push");
    s.git(["remote", "add", "origin", server.dir().to_str().unwrap()]);
    for ending in ["2>&1 | true", "2>&1 | head -1", "2>&-", "2>/dev/full"] {
        for _ in 0..5 {
            shell(&s, &format!("git push origin main {ending}"));
            assert_eq!(server.git(["for-each-ref"]), "", "{ending} let the push out");
        }
    }
}

#[test]
fn a_record_that_cannot_be_written_comes_after_the_finding() {
    let s = Sandbox::guarded();
    let hook = || s.stanch(["hook", "pre-commit"]);
    s.stage("a.txt", line(1));
    std::fs::create_dir_all(s.dir().join(".git/stanch")).unwrap();
    std::os::unix::fs::symlink("/dev/full", s.dir().join(".git/stanch/audit.jsonl")).unwrap();
    let run = hook();
    let at = |text: &str| run.stderr.find(text).unwrap_or_else(|| panic!("no {text:?} in {run:#?}"));
    assert!(at("commit blocked") < at("a.txt:1:") && at("a.txt:1:") < at("the audit record"), "{run:#?}");
    assert_eq!(run.code, 1, "blocked is blocked");
    // Nothing blocks, but what was allowed is not on record: that is not clean.
    let record = s.dir().join(".git/stanch/audit.jsonl");
    std::fs::remove_file(&record).unwrap();
    std::fs::create_dir(&record).unwrap();
    s.stage("a.txt", format!("{} # stanch:allow klaviyo-private-api-key -- x\n", line(1).trim_end()));
    hook().could_not_check("the audit record");
    assert_ne!(s.commit().code, 0);
    // Neither of the two can be written.
    std::fs::remove_dir_all(s.dir().join(".git/stanch")).unwrap();
    s.write(".git/stanch", "a file in the folder's place");
    s.stage("a.txt", line(1));
    let run = hook();
    assert!(run.code == 1 && run.stderr.contains("a.txt:1:"), "{run:#?}");
    assert_eq!(run.stderr.matches("could not check").count(), 2, "{run:#?}");
}
