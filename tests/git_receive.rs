//! What a server takes in: real pushes to bare repositories with stanch as their pre-receive hook.

use crate::support::{Run, Sandbox, key};

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// A repository without hooks of its own, and a guarded server `origin` that has its first, clean commit.
fn served() -> (Sandbox, Sandbox) {
    served_in(&[])
}

fn served_in(format: &[&str]) -> (Sandbox, Sandbox) {
    let s = Sandbox::empty();
    s.git([&["init", "-q", "-b", "main", "."], format].concat());
    s.at("..").git([&["init", "-q", "--bare", "-b", "main", "server.git"], format].concat());
    let server = s.at("../server.git");
    server.hook("pre-receive");
    s.git(["remote", "add", "origin", "../server.git"]);
    s.record(&[("README.md", "hello\n")]);
    s.git(["push", "-q", "origin", "main"]);
    (s, server)
}

fn push(s: &Sandbox, args: &[&str]) -> Run {
    s.try_git([&["push", "-q"], args].concat())
}

/// How many objects the server has.
fn objects(server: &Sandbox) -> String {
    server.git(["count-objects", "-v"])
}

#[test]
fn a_key_is_refused_by_the_server_and_its_objects_are_not_kept() {
    let (s, server) = served();
    let before = objects(&server);
    let id = s.record(&[("a.env", &line(1))]);
    let run = push(&s, &["origin", "main"]);
    run.stopped_at("a.env:1:");
    assert!(run.stderr.contains(&id[..7]) && !run.stderr.contains(&key(1)), "{run:#?}");
    assert_eq!(objects(&server), before);
    assert_ne!(server.git(["rev-parse", "main"]), id);
}

#[test]
fn the_servers_answer_is_readable_behind_remote() {
    let (s, _) = served();
    s.record(&[("a.env", &line(1)), ("b.env", &line(2))]);
    let run = push(&s, &["origin", "main"]);
    for text in run.stderr.lines().filter_map(|l| l.strip_prefix("remote: ")) {
        assert!(text.trim_end().chars().count() <= 70, "{text:?} in {run:#?}");
    }
    assert!(run.stderr.contains("remote: "), "{run:#?}");
}

#[test]
fn clean_pushes_of_every_kind_are_taken() {
    let (s, server) = served();
    s.record(&[("a.txt", "x\n")]);
    s.git(["tag", "-a", "-m", "release", "v1"]);
    s.git(["branch", "topic"]);
    push(&s, &["origin", "main", "topic", "v1"]).ok();
    push(&s, &["origin", ":topic"]).ok();
    assert_eq!(server.git(["for-each-ref", "--format=%(refname)"]), "refs/heads/main\nrefs/tags/v1");
}

#[test]
fn all_refs_of_a_push_are_read_in_one_call() {
    let (s, _) = served();
    s.git(["checkout", "-q", "-b", "topic"]);
    s.record(&[("a.env", &line(1))]);
    s.git(["checkout", "-q", "main"]);
    s.record(&[("b.txt", "x\n")]);
    s.git(["tag", "-a", "-m", &line(2), "v1"]);
    let run = push(&s, &["origin", "main", "topic", "v1"]);
    run.stopped_at("a.env:1:");
    assert!(run.stderr.contains("2 secrets"), "{run:#?}");
}

#[test]
fn a_key_added_and_taken_out_again_is_refused() {
    let (s, _) = served();
    s.record(&[("a.env", &line(1))]);
    s.record(&[("a.env", "A=1\n")]);
    push(&s, &["origin", "main"]).stopped_at("a.env:1:");
}

#[test]
fn what_the_server_has_on_any_ref_is_not_read_again() {
    let (s, server) = served();
    s.record(&[("old.env", &line(1))]);
    std::fs::rename(server.dir().join("hooks/pre-receive"), server.dir().join("hooks/off")).unwrap();
    s.git(["push", "-q", "origin", "main"]);
    std::fs::rename(server.dir().join("hooks/off"), server.dir().join("hooks/pre-receive")).unwrap();
    s.git(["checkout", "-q", "-b", "topic"]);
    s.record(&[("b.txt", "x\n")]);
    push(&s, &["origin", "topic", "main:copy"]).ok();
}

#[test]
fn a_push_over_the_file_protocol_is_refused_too() {
    let (s, _) = served();
    let url = format!("file://{}/server.git", s.root().display());
    s.record(&[("a.env", &line(1))]);
    push(&s, &[&url, "main"]).stopped_at("a.env:1:");
}

#[test]
fn a_first_push_to_an_empty_server_is_read() {
    let (s, _) = served();
    s.at("..").git(["init", "-q", "--bare", "-b", "main", "empty.git"]);
    s.at("../empty.git").hook("pre-receive");
    s.record(&[("a.env", &line(1))]);
    push(&s, &["../empty.git", "main"]).stopped_at("a.env:1:");
}

#[test]
fn servers_of_other_formats_read_their_quarantine_too() {
    for format in ["--object-format=sha256", "--ref-format=reftable"] {
        let (s, _) = served_in(&[format]);
        s.record(&[("a.txt", "x\n")]);
        push(&s, &["origin", "main"]).ok();
        s.record(&[("a.env", &line(1))]);
        push(&s, &["origin", "main"]).stopped_at("a.env:1:");
    }
}

#[test]
fn the_pushers_environment_is_no_bypass_and_a_push_option_with_a_reason_is() {
    let (s, server) = served();
    s.record(&[("a.env", &line(1))]);
    push(&s.env("STANCH_BYPASS", "tests"), &["origin", "main"]).stopped_at("a.env:1:");
    server.git(["config", "receive.advertisePushOptions", "true"]);
    let run = push(&s, &["-o", "stanch.bypass=", "origin", "main"]);
    run.stopped_at("a.env:1:");
    assert!(run.stderr.contains("needs a reason"), "{run:#?}");
    push(&s, &["-o", "other", "-o", "stanch.bypass=rotated, ticket 7", "origin", "main"]).ok();
    assert_eq!(server.git(["rev-parse", "main"]), s.git(["rev-parse", "HEAD"]));
}

#[test]
fn each_branch_is_judged_by_what_it_has_on_the_server() {
    let (s, _) = served();
    s.record(&[(".stanch.toml", "[[path]]\nglob = \"*.env\"\nmode = \"report\"\nreason = \"made up\"\n")]);
    push(&s, &["origin", "HEAD:refs/heads/loose"]).ok();
    s.record(&[("a.env", &line(1))]);
    // The default branch has no such rule, and a new branch is judged by the default branch.
    push(&s, &["origin", "HEAD:refs/heads/main"]).stopped_at("a.env:1:");
    push(&s, &["origin", "HEAD:refs/heads/new"]).stopped_at("a.env:1:");
    // One push, two branches: each by its own.
    push(&s, &["origin", "HEAD:refs/heads/loose", "HEAD:refs/heads/main"]).stopped_at("a.env:1:");
    push(&s, &["origin", "HEAD:refs/heads/loose"]).ok();
}

#[test]
fn a_time_budget_that_is_used_up_refuses_the_push() {
    let (s, server) = served();
    s.record(&[("a.txt", "x\n")]);
    server.git(["config", "stanch.receiveSeconds", "0"]);
    let run = push(&s, &["origin", "main"]);
    assert_ne!(run.code, 0);
    assert!(run.stderr.contains("the time allowed is up"), "{run:#?}");
    server.git(["config", "stanch.receiveSeconds", "soon"]);
    assert!(push(&s, &["origin", "main"]).stderr.contains("no number of seconds"));
    server.git(["config", "stanch.receiveSeconds", "600"]);
    push(&s, &["origin", "main"]).ok();
}

#[test]
fn an_update_hook_is_served_with_advice() {
    let (s, server) = served();
    std::fs::remove_file(server.dir().join("hooks/pre-receive")).unwrap();
    server.hook("update");
    s.git(["branch", "clean"]);
    s.record(&[("a.env", &line(1))]);
    let run = push(&s, &["origin", "main", "clean"]);
    run.stopped_at("a.env:1:");
    assert!(run.stderr.contains("use pre-receive"), "{run:#?}");
    // One ref at a time: the clean one came through.
    assert_eq!(server.git(["for-each-ref", "--format=%(refname)"]), "refs/heads/clean\nrefs/heads/main");
}
