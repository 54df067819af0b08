//! What may be pushed besides a branch: tags, objects by id, notes, stashes, mirrors; and how git lists it.

use crate::git_push::{bare, line, push, pushing, remote_refs, unpushed};
use crate::support::{Run, Sandbox, key};

#[test]
fn every_ref_of_one_push_is_read() {
    let s = pushing();
    for name in ["one", "two", "three"] {
        s.git(["checkout", "-q", "-b", name, "main"]);
        s.record(&[(&format!("{name}.txt"), "x\n")]);
    }
    s.record(&[("a.env", &line(1))]);
    push(&s, &["origin", "one", "two", "three"]).stopped_at("a.env:1:");
    push(&s, &["--all", "origin"]).stopped_at("a.env:1:");
    push(&s, &["origin", "one", "two"]).ok();
}

#[test]
fn what_was_committed_past_the_hook_is_stopped_at_the_push_however_it_was_merged() {
    let s = pushing();
    s.hook("pre-commit");
    s.hook("pre-merge-commit");
    s.git(["checkout", "-q", "-b", "side"]);
    s.write("a.env", line(1));
    s.git(["add", "a.env"]);
    s.git(["commit", "-q", "--no-verify", "-m", "past the hook"]);
    s.git(["checkout", "-q", "main"]);
    let start = s.git(["rev-parse", "HEAD"]);
    // The side has the key already, so a merge brings nothing new; a push does.
    for how in [&["--ff"][..], &["--no-ff", "--no-edit"], &["--no-ff", "--no-edit", "--no-verify"]] {
        s.git(["reset", "-q", "--hard", start.trim()]);
        s.git([&["merge", "-q"][..], how, &["side"]].concat());
        push(&s, &["origin", "main"]).stopped_at("a.env:1:");
    }
    s.git(["reset", "-q", "--hard", start.trim()]);
    s.git(["merge", "-q", "--squash", "side"]);
    s.try_git(["commit", "-q", "-m", "squashed"]).stopped_at("a.env:1:");
}

#[test]
fn deleting_a_branch_passes_beside_a_clean_one_and_by_itself() {
    let s = pushing();
    s.git(["branch", "old"]);
    s.git(["push", "-q", "origin", "old"]);
    push(&s, &["origin", ":old"]).ok();
    assert!(!remote_refs(&s).contains("old"));
    s.git(["push", "-q", "origin", "old"]);
    s.record(&[("a.env", &line(1))]);
    push(&s, &["origin", ":old", "main"]).stopped_at("a.env:1:");
}

#[test]
fn a_dry_run_is_checked_too() {
    let s = pushing();
    s.record(&[("a.env", &line(1))]);
    push(&s, &["--dry-run", "origin", "main"]).stopped_at("a.env:1:");
}

#[test]
fn an_annotated_tag_is_read_with_its_message() {
    let s = pushing();
    s.git(["tag", "-a", "v1", "-m", &format!("release\n\n{}", line(1))]);
    let run = push(&s, &["origin", "v1"]);
    run.stopped_at("tag");
    assert!(!run.stderr.contains(&key(1)), "{run:#?}");
    // A tag of a tag holds both messages.
    s.git(["tag", "-a", "v2", "-m", "clean", "v1"]);
    assert_eq!(push(&s, &["origin", "v2"]).code, 1);
    s.git(["tag", "-a", "v3", "-m", "clean"]);
    push(&s, &["origin", "v3"]).ok();
}

#[test]
fn the_message_of_a_signed_tag_that_was_merged_is_read() {
    let s = pushing();
    let head = s.git(["rev-parse", "HEAD"]);
    let tag = format!(" object {head}\n type commit\n tag v1\n \n release\n {}", line(1));
    // The merge commit carries the tag's text in a header, as git writes it for signed tags.
    let raw = s.git(["cat-file", "commit", "HEAD"]);
    let (headers, message) = raw.split_once("\n\n").unwrap();
    let raw = format!("{headers}\nmergetag{}\n{message}\n", tag.replace("\n\n", "\n \n"));
    let id = s.run_with("git", ["hash-object", "-t", "commit", "-w", "--stdin"], raw.as_bytes()).ok().stdout;
    assert_eq!(push(&s, &["origin", &format!("{}:refs/heads/merged", id.trim())]).code, 1);
}

#[test]
fn what_stands_in_a_signature_is_read() {
    let s = pushing();
    let raw = s.git(["cat-file", "commit", "HEAD"]);
    let (headers, message) = raw.split_once("\n\n").unwrap();
    let signature = |comment: &str| {
        format!("-----BEGIN PGP SIGNATURE-----\n Comment: {comment}\n \n iQEz\n -----END PGP SIGNATURE-----")
    };
    for (comment, code) in [("made by hand", 0), (line(1).trim(), 1)] {
        let raw = format!("{headers}\ngpgsig {}\n\n{message}\n", signature(comment));
        let id =
            s.run_with("git", ["hash-object", "-t", "commit", "-w", "--stdin"], raw.as_bytes()).ok().stdout;
        assert_eq!(
            push(&s, &["origin", &format!("{}:refs/heads/signed", id.trim())]).code,
            code,
            "{comment}"
        );
    }
}

#[test]
fn what_any_other_header_of_a_commit_or_tag_holds_is_read() {
    let s = pushing();
    let commit = s.git(["cat-file", "commit", "HEAD"]);
    let head = s.git(["rev-parse", "HEAD"]);
    let tag = format!("object {head}\ntype commit\ntag odd\ntagger A <a@b.example> 1 +0000\n\nrelease");
    for (kind, raw, to) in [("commit", &commit, "refs/heads/odd"), ("tag", &tag, "refs/tags/odd")] {
        let (headers, message) = raw.split_once("\n\n").unwrap();
        for header in [
            "encoding UTF-8".to_owned(),
            format!("encoding {}", line(1)),
            format!("x-note {}", line(1)),
            line(1),
        ] {
            let raw = format!("{headers}\n{}\n\n{message}\n", header.trim_end());
            let args = ["hash-object", "-t", kind, "-w", "--literally", "--stdin"];
            let id = s.run_with("git", args, raw.as_bytes()).ok().stdout;
            let run = push(&s, &["origin", &format!("{}:{to}", id.trim())]);
            assert_eq!(run.code, i32::from(header != "encoding UTF-8"), "{kind} {header}: {run:#?}");
        }
        s.try_git(["push", "-q", "--no-verify", "origin", &format!(":{to}")]);
    }
}

#[test]
fn a_tree_or_parent_that_git_does_not_take_for_one_hides_nothing() {
    let s = pushing();
    let head = s.git(["rev-parse", "HEAD"]);
    let clean = s.git(["rev-parse", "HEAD^{tree}"]);
    s.stage("leak.env", line(1));
    let leaky = s.git(["write-tree"]);
    s.git(["reset", "-q", "--hard"]);
    let who = "author A <a@b.example> 1 +0000\ncommitter A <a@b.example> 1 +0000";
    let write = |headers: &str| {
        let args = ["hash-object", "-t", "commit", "-w", "--literally", "--stdin"];
        s.run_with("git", args, format!("{headers}\n\nx\n").as_bytes()).ok().stdout.trim().to_owned()
    };
    let local = write(&format!("tree {leaky}\nparent {head}\n{who}"));
    for headers in [
        format!("tree {leaky}\ntree {clean}\nparent {head}\n{who}"),
        format!("tree {leaky}\nparent {head}\n{who}\ntree {clean}"),
        format!("tree {leaky}\nparent {head}\n{who}\nparent {local}"),
        format!("tree {leaky}\nparent {head}\n{}\nparent {local}", who.lines().next().unwrap()),
        format!("parent {local}\ntree {leaky}\nparent {head}\n{who}"),
    ] {
        let id = write(&headers);
        let run = push(&s, &["origin", &format!("{id}:refs/heads/odd")]);
        assert_ne!(run.code, 0, "{headers}: {run:#?}");
    }
}

#[test]
fn folders_that_are_nested_without_end_end_in_an_error() {
    let s = pushing();
    let blob = s.git(["rev-parse", "HEAD:README.md"]);
    let mut mark = 1;
    let mut stream =
        format!("commit refs/heads/deep\nmark :{mark}\ncommitter A <a@b.example> 1 +0000\ndata 1\nx");
    stream += &format!("\nM 100644 {blob} {}a\n", "d/".repeat(1500));
    mark += 1;
    stream +=
        &format!("commit refs/heads/deeper\nmark :{mark}\ncommitter A <a@b.example> 1 +0000\ndata 1\nx");
    stream += &format!("\nM 100644 {blob} {}a\n", "d/".repeat(3000));
    let import = ["-c", "core.maxTreeDepth=9999", "fast-import", "--quiet"];
    s.run_with("git", import, stream.as_bytes()).ok();
    s.stanch(["scan", "--commits", "deep"]).ok();
    s.stanch(["scan", "--commits", "deeper"]).could_not_check("nested in 3000 folders");
}

#[test]
fn a_tag_of_a_commit_on_no_branch_is_read() {
    let s = pushing();
    s.git(["checkout", "-q", "--detach"]);
    s.record(&[("a.env", &line(1))]);
    s.git(["tag", "light"]);
    s.git(["tag", "-a", "-m", "x", "heavy"]);
    s.git(["checkout", "-q", "main"]);
    push(&s, &["origin", "light"]).stopped_at("a.env:1:");
    push(&s, &["origin", "heavy"]).stopped_at("a.env:1:");
    push(&s, &["--tags", "origin"]).stopped_at("a.env:1:");
    s.record(&[("b.txt", "x\n")]);
    push(&s, &["--follow-tags", "origin", "main"]).ok();
}

#[test]
fn a_detached_head_is_read() {
    let s = pushing();
    s.git(["checkout", "-q", "--detach"]);
    s.record(&[("a.env", &line(1))]);
    push(&s, &["origin", "HEAD:refs/heads/topic"]).stopped_at("a.env:1:");
}

#[test]
fn an_object_id_as_the_source_is_read() {
    let s = pushing();
    let id = s.record(&[("a.env", &line(1))]);
    push(&s, &["origin", &format!("{id}:refs/heads/topic")]).stopped_at("a.env:1:");
}

#[test]
fn a_revision_with_spaces_as_the_source_is_read() {
    let s = pushing();
    s.record(&[("a.env", &line(1))]);
    let source = "HEAD^{/be fore}".replace(' ', "");
    push(&s, &["origin", &format!("{source}:refs/heads/topic")]).stopped_at("a.env:1:");
    s.git(["commit", "-q", "--allow-empty", "-m", "with two spaces"]);
    push(&s, &["origin", "HEAD^{/with two spaces}:refs/heads/topic"]).stopped_at("a.env:1:");
}

#[test]
fn a_tree_as_the_source_is_read() {
    let s = pushing();
    s.record(&[("deep/a.env", &line(1))]);
    push(&s, &["origin", "HEAD^{tree}:refs/trees/x"]).stopped_at("deep/a.env:1:");
    s.record(&[("deep/a.env", "A=1\n")]);
    push(&s, &["origin", "HEAD^{tree}:refs/trees/x"]).ok();
}

#[test]
fn a_blob_as_the_source_is_read() {
    let s = pushing();
    s.write("../loose.env", line(1));
    let id = s.git(["hash-object", "-w", "../loose.env"]);
    push(&s, &["origin", &format!("{id}:refs/blobs/x")]).stopped_at("refs/blobs/x:1:");
    s.git(["tag", "-a", "-m", "x", "of-a-blob", &id]);
    push(&s, &["origin", "of-a-blob"]).stopped_at("of-a-blob:1:");
    s.write("../clean.env", "A=1\n");
    let id = s.git(["hash-object", "-w", "../clean.env"]);
    push(&s, &["origin", &format!("{id}:refs/blobs/x")]).ok();
}

#[test]
fn notes_are_read() {
    let s = pushing();
    s.git(["notes", "add", "-m", &line(1)]);
    assert_eq!(push(&s, &["origin", "refs/notes/commits"]).code, 1);
    s.git(["notes", "add", "-f", "-m", "clean"]);
    // The first note is still in the history of the notes.
    assert_eq!(push(&s, &["origin", "refs/notes/commits"]).code, 1);
    s.git(["update-ref", "-d", "refs/notes/commits"]);
    s.git(["notes", "add", "-m", "clean"]);
    push(&s, &["origin", "refs/notes/commits"]).ok();
}

#[test]
fn a_mirror_push_is_read_with_notes_and_what_other_remotes_have() {
    let s = pushing();
    bare(&s, "mirror.git");
    s.git(["remote", "add", "--mirror=push", "mirror", "../mirror.git"]);
    push(&s, &["mirror"]).ok();
    s.git(["notes", "add", "-m", &line(1)]);
    assert_eq!(push(&s, &["mirror"]).code, 1);
    s.git(["update-ref", "-d", "refs/notes/commits"]);
    // What only a tracking branch has is sent by a mirror push.
    s.record(&[("a.env", &line(2))]);
    s.git(["push", "-q", "--no-verify", "origin", "HEAD:refs/heads/topic"]);
    s.git(["reset", "-q", "--hard", "HEAD^"]);
    push(&s, &["mirror"]).stopped_at("a.env:1:");
    s.git(["update-ref", "-d", "refs/remotes/origin/topic"]);
    push(&s, &["mirror"]).ok();
}

#[test]
fn a_stash_sent_by_name_is_read_with_its_untracked_files() {
    let s = pushing();
    s.write("README.md", format!("hello\n{}", line(1)));
    s.git(["stash", "-q"]);
    push(&s, &["origin", "refs/stash:refs/heads/wip"]).stopped_at("README.md:2:");
    s.git(["stash", "drop", "-q"]);
    s.write("untracked.env", line(2));
    s.git(["stash", "-q", "--include-untracked"]);
    push(&s, &["origin", "refs/stash:refs/heads/wip"]).stopped_at("untracked.env:1:");
}

#[test]
fn a_key_in_a_branchs_name_stops_the_push() {
    let s = pushing();
    s.git(["checkout", "-q", "-b", &format!("fix/{}", key(1))]);
    s.record(&[("b.txt", "x\n")]);
    let run = push(&s, &["origin", "HEAD"]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stderr.contains("pk_") && !run.stderr.contains(&key(1)), "{run:#?}");
}

// ---- remotes ---------------------------------------------------------------------------------------------------

#[test]
fn a_list_of_refs_that_cannot_be_read_cannot_be_checked() {
    let s = pushing();
    let args = ["hook", "pre-push", "origin", "../remote.git"];
    s.run_with(crate::support::STANCH, args, b"no list of refs\n").could_not_check("no ref update");
    s.stanch(["hook", "pre-push"]).could_not_check("pre-push needs");
}

#[test]
fn a_list_that_a_hook_manager_keeps_to_itself_cannot_be_checked() {
    let s = pushing();
    s.record(&[("a.env", &line(1))]);
    let mut hook = s.command(crate::support::STANCH);
    hook.args(["hook", "pre-push", "origin", "../remote.git"]).stdin(std::process::Stdio::null());
    let out = hook.output().unwrap();
    if cfg!(unix) {
        assert_eq!(out.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&out.stderr).contains("use_stdin"));
    }
    // An empty pipe may be git's own, when nothing is pushed: the branch at hand is read all the same.
    let run = s.stanch(["hook", "pre-push", "origin", "../remote.git"]);
    run.stopped_at("a.env:1:");
    assert!(run.stderr.contains("use_stdin"), "{run:#?}");
    s.git(["reset", "-q", "--hard", "HEAD^"]);
    let run = s.stanch(["hook", "pre-push", "origin", "../remote.git"]).ok();
    assert_eq!(run.stderr, "");
    s.at("../remote.git").stanch(["hook", "pre-receive"]).could_not_check("no list of refs");
}

/// The variables that pre-commit sets.
fn managed(s: &Sandbox, vars: &[(&str, &str)]) -> Run {
    let mut s = s.env("PRE_COMMIT", "1");
    for (name, value) in vars {
        s = s.env(&format!("PRE_COMMIT_{name}"), value);
    }
    s.stanch(["hook", "pre-push"])
}

#[test]
fn under_pre_commit_the_range_comes_from_its_variables_and_the_limit_is_said() {
    let s = pushing();
    let from = s.git(["rev-parse", "HEAD"]);
    s.record(&[("a.env", &line(1))]);
    let to = s.record(&[("a.env", "A=1\n")]);
    let remote = [
        ("REMOTE_NAME", "origin"),
        ("REMOTE_URL", "../remote.git"),
        ("LOCAL_BRANCH", "refs/heads/main"),
        ("REMOTE_BRANCH", "refs/heads/main"),
    ];
    let run = managed(&s, &[&[("FROM_REF", from.as_str()), ("TO_REF", &to)][..], &remote].concat());
    run.stopped_at("a.env:1:");
    assert!(run.stderr.contains("other refs"), "{run:#?}");
    // The first push of a root commit sets neither end.
    managed(&s, &remote).stopped_at("a.env:1:");
}

#[test]
fn under_pre_commit_a_root_commit_and_a_plain_range_are_read() {
    let s = unpushed();
    s.record(&[("a.env", &line(1))]);
    managed(&s, &[("LOCAL_BRANCH", "refs/heads/main"), ("REMOTE_NAME", "origin")]).stopped_at("a.env:1:");
    s.record(&[("b.txt", "x\n")]);
    managed(&s, &[("FROM_REF", "HEAD^"), ("TO_REF", "HEAD")]).ok();
    managed(&s, &[]).could_not_check("PRE_COMMIT_TO_REF");
}
