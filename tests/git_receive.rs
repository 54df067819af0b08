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

/// The hook that Gitea writes: it runs every file of a folder beside it with the list of refs.
const DELEGATE: &str = "data=$(cat)\nexitcodes=\"\"\nhookname=$(basename $0)\nfor hook in \"$(dirname \"$0\")/$hookname.d\"/*; do\n  test -x \"$hook\" || continue\n  echo \"$data\" | \"$hook\"\n  exitcodes=\"$exitcodes $?\"\ndone\nfor i in $exitcodes; do [ \"$i\" -eq 0 ] || exit \"$i\"; done\n";

#[test]
fn a_hook_in_a_folder_of_hooks_is_served() {
    let (s, server) = served();
    server.hook_script("pre-receive.d/gitea", "cat >/dev/null\n");
    server.hook("pre-receive");
    std::fs::rename(server.dir().join("hooks/pre-receive"), server.dir().join("hooks/pre-receive.d/stanch"))
        .unwrap();
    server.hook_script("pre-receive", DELEGATE);
    s.record(&[("b.txt", "x\n")]);
    push(&s, &["origin", "main", "HEAD:refs/heads/topic"]).ok();
    s.record(&[("a.env", &line(1))]);
    push(&s, &["origin", "main"]).stopped_at("a.env:1:");
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
fn the_pushers_environment_is_not_a_bypass_and_a_push_option_with_a_reason_is() {
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
    // The default branch has no such rule, and its policy decides on a new branch.
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
    for wrong in ["soon", "", "-1", "-0.1", "nan", "inf", "-inf", "1e300", "86401", "0x10"] {
        server.git(["config", "stanch.receiveSeconds", wrong]);
        let run = push(&s, &["origin", "main"]);
        assert!(run.code != 0 && run.stderr.contains("no number of seconds from 0"), "{wrong}: {run:#?}");
        assert!(!run.stderr.contains("internal error"), "{wrong}: {run:#?}");
    }
    server.git(["config", "stanch.receiveSeconds", "600"]);
    push(&s, &["origin", "main"]).ok();
}

#[test]
fn a_time_budget_bounds_one_large_file_and_one_long_message() {
    let (s, server) = served();
    server.git(["config", "stanch.receiveSeconds", "0.02"]);
    let dense = "let token = password(api_key, secret); // \"value\": \"customer\"\n".repeat(60_000);
    s.record(&[("a.js", &dense)]);
    let run = push(&s, &["origin", "main"]);
    assert!(run.code != 0 && run.stderr.contains("the time allowed is up"), "{run:#?}");
    s.git(["reset", "-q", "--hard", "HEAD^"]);
    s.write("../message", &dense);
    s.git(["commit", "-q", "--allow-empty", "-F", "../message"]);
    let run = push(&s, &["origin", "main"]);
    assert!(run.code != 0 && run.stderr.contains("the time allowed is up"), "{run:#?}");
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

// ---- what one branch takes over from another -------------------------------------------------------------------

const LOOSE: &str = "[[path]]\nglob = \"*.env\"\nmode = \"skip\"\nreason = \"made up\"\n";

/// A server with a branch `loose` that skips `*.env`, and a key in it.
fn with_a_loose_branch() -> (Sandbox, Sandbox) {
    let (s, server) = served();
    s.git(["checkout", "-q", "-b", "loose"]);
    s.record(&[(".stanch.toml", LOOSE)]);
    push(&s, &["origin", "loose"]).ok();
    s.record(&[("a.env", &line(1))]);
    push(&s, &["origin", "loose"]).ok();
    (s, server)
}

#[test]
fn a_branch_judges_what_it_takes_over_from_a_looser_one() {
    let (s, server) = with_a_loose_branch();
    let before = server.git(["rev-parse", "main"]);
    let run = push(&s, &["origin", "loose:main"]);
    run.stopped_at("a.env:1:");
    assert!(run.stderr.contains("other branches have were read too"), "{run:#?}");
    push(&s, &["--force", "origin", "loose:main"]).stopped_at("a.env:1:");
    // Nor when the loose branch is strict again, or the commits come by a third branch, a tag or a merge.
    s.git(["rm", "-q", ".stanch.toml"]);
    s.record(&[]);
    push(&s, &["origin", "loose"]).ok();
    push(&s, &["origin", "loose:main"]).stopped_at("a.env:1:");
    push(&s, &["origin", "loose:refs/heads/third", "loose:refs/tags/v1"]).ok();
    push(&s, &["origin", "third:main"]);
    push(&s, &["origin", "v1:main"]);
    s.git(["checkout", "-q", "main"]);
    s.git(["merge", "-q", "--no-ff", "--no-edit", "loose"]);
    push(&s, &["origin", "main"]).stopped_at("a.env:1:");
    assert_eq!(server.git(["rev-parse", "main"]), before);
    s.git(["reset", "-q", "--hard", "origin/main"]);
    s.record(&[("b.txt", "x\n")]);
    push(&s, &["origin", "main"]).ok();
}

#[test]
fn what_passed_by_a_branchs_policy_is_not_read_again_for_it() {
    let (s, server) = served();
    s.git(["checkout", "-q", "-b", "develop"]);
    s.record(&[(".stanch.toml", "[warn]\nconfidence = \"low\"\n")]);
    push(&s, &["origin", "develop"]).ok();
    for i in 0..3 {
        s.record(&[("a.txt", &format!("{i}\n"))]);
        push(&s, &["origin", "develop"]).ok();
    }
    // To a branch whose policy is another one: read, and noted.
    s.git(["checkout", "-q", "-b", "release", "main"]);
    let own = s.record(&[(".stanch.toml", "[warn]\nseverity = \"low\"\n")]);
    push(&s, &["origin", "release"]).ok();
    let size = |server: &Sandbox| std::fs::metadata(server.dir().join("stanch/passed")).unwrap().len();
    let noted = size(&server);
    push(&s, &["--force", "origin", "develop:release"]).ok();
    assert_eq!(size(&server), noted + 4 * 32);
    // The same commits again are known by then: nothing is read, and nothing noted.
    server.git(["update-ref", "refs/heads/release", &own]);
    push(&s, &["--force", "origin", "develop:release"]).ok();
    assert_eq!(size(&server), noted + 4 * 32);
}

#[test]
fn branches_of_one_policy_take_over_what_was_there_before() {
    let (s, server) = served();
    // A key that came before the hook did, in a branch that has no policy of its own.
    s.git(["checkout", "-q", "-b", "develop"]);
    s.record(&[("old.env", &line(1))]);
    std::fs::rename(server.dir().join("hooks/pre-receive"), server.dir().join("hooks/off")).unwrap();
    s.git(["push", "-q", "origin", "develop"]);
    std::fs::rename(server.dir().join("hooks/off"), server.dir().join("hooks/pre-receive")).unwrap();
    push(&s, &["origin", "develop:main"]).ok();
    // And one in a branch with another policy.
    s.git(["checkout", "-q", "-b", "loose"]);
    s.record(&[(".stanch.toml", LOOSE), ("b.env", &line(2))]);
    std::fs::rename(server.dir().join("hooks/pre-receive"), server.dir().join("hooks/off")).unwrap();
    s.git(["push", "-q", "origin", "loose"]);
    std::fs::rename(server.dir().join("hooks/off"), server.dir().join("hooks/pre-receive")).unwrap();
    push(&s, &["origin", "loose:main"]).stopped_at("b.env:1:");
}

#[test]
fn a_branch_that_lags_behind_takes_over_what_the_default_branch_allows() {
    let (s, server) = served();
    s.git(["branch", "topic"]);
    s.git(["push", "-q", "origin", "topic"]);
    // The default branch allows its samples, in two steps.
    s.record(&[(".stanch.toml", LOOSE)]);
    push(&s, &["origin", "main"]).ok();
    s.record(&[("a.env", &line(1))]);
    push(&s, &["origin", "main"]).ok();
    s.git(["checkout", "-q", "topic"]);
    s.record(&[("b.txt", "x\n")]);
    push(&s, &["origin", "topic"]).ok();
    s.git(["merge", "-q", "--no-edit", "main"]);
    push(&s, &["origin", "topic"]).ok();
    // The own policy of a branch decides on them.
    s.git(["checkout", "-q", "-b", "release", "topic^1"]);
    s.record(&[(".stanch.toml", "[[path]]\nglob = \"**\"\nmode = \"strict\"\nreason = \"sent out\"\n")]);
    push(&s, &["origin", "release"]).ok();
    push(&s, &["--force", "origin", "main:release"]).stopped_at("a.env:1:");
    assert_eq!(server.git(["rev-parse", "release"]), s.git(["rev-parse", "release"]));
}

#[test]
fn the_first_default_branch_judges_what_other_branches_brought_before_it() {
    let (s, _) = served();
    s.at("..").git(["init", "-q", "--bare", "-b", "main", "empty.git"]);
    let server = s.at("../empty.git");
    server.hook("pre-receive");
    s.git(["checkout", "-q", "-b", "loose"]);
    s.record(&[(".stanch.toml", LOOSE)]);
    push(&s, &["../empty.git", "loose"]).ok();
    s.record(&[("a.env", &line(1))]);
    push(&s, &["../empty.git", "loose"]).ok();
    push(&s, &["../empty.git", "loose:main"]).stopped_at("a.env:1:");
}

#[test]
fn what_another_hook_refused_is_read_when_it_is_pushed_again() {
    let (s, server) = served();
    server.git(["config", "receive.advertisePushOptions", "true"]);
    server.hook_script("update", "exit 1\n");
    s.record(&[("a.env", &line(1))]);
    let bypass = ["-o", "stanch.bypass=made up", "origin", "HEAD:refs/heads/topic"];
    assert_ne!(push(&s, &bypass).code, 0);
    std::fs::remove_file(server.dir().join("hooks/update")).unwrap();
    push(&s, &["origin", "HEAD:refs/heads/topic"]).stopped_at("a.env:1:");
    push(&s, &["origin", "main"]).stopped_at("a.env:1:");
}

#[test]
fn a_record_of_what_passed_that_cannot_be_written_refuses_the_push() {
    let (s, server) = served();
    std::fs::write(server.dir().join("stanch"), "in the way").unwrap();
    s.record(&[("b.txt", "x\n")]);
    let run = push(&s, &["origin", "HEAD:refs/heads/topic"]);
    assert!(run.code != 0 && run.stderr.contains("which says what has passed here"), "{run:#?}");
}
