//! Commit messages: real commits and mails, through the real hooks.

use crate::support::{Sandbox, key};

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}", key(seed))
}

fn writing() -> Sandbox {
    let s = Sandbox::new();
    s.record(&[("a.txt", "x\n")]);
    s.hook("commit-msg");
    s
}

/// Commits with an editor that puts this text in front of what git prepared.
fn edited(s: &Sandbox, text: &str, args: &[&str]) -> crate::support::Run {
    s.write("../typed", text);
    let typed = s.root().join("typed");
    let editor = format!("f() {{ cat '{0}' \"$1\" >'{0}.new' && mv '{0}.new' \"$1\"; }}; f", typed.display());
    s.env("GIT_EDITOR", &editor).try_git([&["commit", "-q", "--allow-empty"], args].concat())
}

#[test]
fn a_key_in_the_message_stops_the_commit() {
    let s = writing();
    let run = s.try_git(["commit", "-q", "--allow-empty", "-m", &format!("use {}", line(1))]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stderr.contains("commit message") && !run.stderr.contains(&key(1)), "{run:#?}");
    s.try_git(["commit", "-q", "--allow-empty", "-m", "clean"]).ok();
}

#[test]
fn a_key_in_an_edited_message_stops_the_commit_and_one_in_a_comment_does_not() {
    let s = writing();
    assert_eq!(edited(&s, &format!("subject\n\n{}\n", line(1)), &[]).code, 1);
    edited(&s, &format!("subject\n# {}\n", line(1)), &[]).ok();
    assert!(!s.git(["log", "-1", "--format=%B"]).contains(&key(1)));
}

#[test]
fn the_diff_below_the_scissors_of_a_verbose_commit_is_not_a_message() {
    let s = writing();
    s.stage("a.env", line(1));
    edited(&s, "subject\n", &["-v"]).ok();
    s.stage("a.env", line(2));
    edited(&s, "subject\n", &["--cleanup=scissors", "-v"]).ok();
}

#[test]
fn another_comment_character_or_string_is_honoured() {
    for (name, value) in [("core.commentChar", ";"), ("core.commentString", "//")] {
        let s = writing();
        s.git(["config", name, value]);
        edited(&s, &format!("subject\n{value} {}\n", line(1)), &[]).ok();
        // What others use for comments is text here.
        assert_eq!(edited(&s, &format!("subject\n# {}\n", line(2)), &[]).code, 1, "{name}");
    }
}

#[test]
fn a_comment_character_chosen_by_git_hides_nothing() {
    let s = writing();
    s.git(["config", "core.commentChar", "auto"]);
    assert_eq!(edited(&s, &format!("# subject\n\n# {}\n", line(1)), &[]).code, 1);
}

#[test]
fn lines_that_look_like_comments_are_kept_without_an_editor_and_read() {
    let s = writing();
    let run = s.try_git(["commit", "-q", "--allow-empty", "-m", &format!("subject\n\n# {}", line(1))]);
    assert_eq!(run.code, 1, "{run:#?}");
    s.git(["config", "commit.cleanup", "whitespace"]);
    assert_eq!(edited(&s, &format!("subject\n\n# {}\n", line(1)), &[]).code, 1);
}

#[test]
fn comments_that_a_cleanup_on_the_command_line_keeps_are_read() {
    for cleanup in ["verbatim", "whitespace", "scissors"] {
        let s = writing();
        let arg = format!("--cleanup={cleanup}");
        let text = format!("subject\n\n# {}\n", line(1));
        assert_eq!(edited(&s, &text, &[&arg]).code, 1, "{cleanup}");
        assert_eq!(edited(&s, &text, &[&arg, "-v"]).code, 1, "{cleanup}");
        edited(&s, "subject\n\n# a comment\n", &[&arg]).ok();
    }
    let s = writing();
    for cleanup in ["strip", "default"] {
        edited(&s, &format!("subject\n\n# {}\n", line(1)), &[&format!("--cleanup={cleanup}")]).ok();
        assert!(!s.git(["log", "-1", "--format=%B"]).contains(&key(1)));
    }
    // Without the words that git writes into the message nobody knows: they are read.
    assert_eq!(edited(&s, &format!("subject\n\n# {}\n", line(1)), &["--no-status"]).code, 1);
}

#[test]
fn text_below_scissors_that_somebody_wrote_is_read() {
    let s = writing();
    let scissors = "# ------------------------ >8 ------------------------";
    let text = format!("subject\n\n{scissors}\n{}\n", line(1));
    for args in [&[][..], &["--cleanup=verbatim"], &["--cleanup=whitespace"]] {
        assert_eq!(edited(&s, &text, args).code, 1, "{args:?}");
    }
    let text = format!("subject\n\n{scissors}\n# {}\n", line(1));
    assert_eq!(edited(&s, &text, &["--cleanup=verbatim"]).code, 1);
}

#[test]
fn comments_that_a_merge_keeps_are_read() {
    let s = writing();
    s.git(["checkout", "-q", "-b", "side"]);
    s.record(&[("b.txt", "x\n")]);
    s.git(["checkout", "-q", "main"]);
    s.record(&[("c.txt", "x\n")]);
    s.write("../typed", format!("subject\n\n# {}\n", line(1)));
    let typed = s.root().join("typed");
    let editor = format!("f() {{ cat '{0}' \"$1\" >'{0}.new' && mv '{0}.new' \"$1\"; }}; f", typed.display());
    let run = s.env("GIT_EDITOR", &editor).try_git(["merge", "-q", "-e", "--cleanup=verbatim", "side"]);
    assert_ne!(run.code, 0, "{run:#?}");
    assert!(run.stderr.contains("commit message"), "{run:#?}");
}

#[test]
fn a_merges_message_is_read() {
    let s = writing();
    s.git(["checkout", "-q", "-b", "side"]);
    s.record(&[("b.txt", "x\n")]);
    s.git(["checkout", "-q", "main"]);
    s.record(&[("c.txt", "x\n")]);
    let run = s.try_git(["merge", "-q", "-m", &line(1), "side"]);
    assert_ne!(run.code, 0, "{run:#?}");
    assert!(run.stderr.contains("commit message"), "{run:#?}");
}

#[test]
fn a_message_in_a_linked_worktree_is_read() {
    let s = writing();
    s.git(["worktree", "add", "-q", "-b", "side", "../linked"]);
    let run = s.at("../linked").try_git(["commit", "-q", "--allow-empty", "-m", &line(1)]);
    assert_eq!(run.code, 1, "{run:#?}");
}

#[test]
fn a_message_file_that_is_not_there_cannot_be_checked() {
    let s = writing();
    s.stanch(["hook", "commit-msg", "nowhere"]).could_not_check("cannot read nowhere");
    s.stanch(["hook", "commit-msg"]).could_not_check("commit-msg needs");
}

#[test]
fn a_mailed_patch_is_read_with_its_message() {
    let s = Sandbox::new();
    s.record(&[("a.txt", "x\n")]);
    s.git(["checkout", "-q", "-b", "side"]);
    s.record(&[("b.env", &format!("{}\n", line(1)))]);
    s.git(["format-patch", "-q", "-1", "-o", "../mail"]);
    s.git(["commit", "-q", "--allow-empty", "-m", &format!("subject\n\n# {}", line(2))]);
    s.stage("c.txt", "x\n");
    s.git(["commit", "-q", "--amend", "--no-edit"]);
    s.git(["format-patch", "-q", "-1", "-o", "../message"]);
    s.git(["checkout", "-q", "main"]);
    s.hook("pre-applypatch");
    s.hook("applypatch-msg");
    let mail = s.root().join("mail/0001-before.patch");
    s.try_git(["am", "-q", mail.to_str().unwrap()]).stopped_at("b.env:1:");
    s.git(["am", "--abort"]);
    let mail = s.root().join("message/0001-subject.patch");
    let run = s.try_git(["am", "-q", mail.to_str().unwrap()]);
    assert_ne!(run.code, 0, "{run:#?}");
    assert!(run.stderr.contains("commit message"), "{run:#?}");
}
