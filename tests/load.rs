//! A server under load: many pushes at once to one repository of many refs. The large form is benches/server.py.

use crate::support::{Sandbox, key};
use std::process::Stdio;

const PUSHES: u64 = 12;
const REFS: usize = 400;

#[test]
fn many_pushes_at_once_are_each_judged_and_none_with_a_key_comes_in() {
    let s = Sandbox::new();
    s.at("..").git(["init", "-q", "--bare", "-b", "main", "server.git"]);
    let server = s.at("../server.git");
    server.git(["config", "receive.autogc", "false"]);
    s.git(["remote", "add", "origin", "../server.git"]);
    let first = s.record(&[("README.md", "hello\n")]);
    s.git(["push", "-q", "origin", "main"]);
    let refs: String = (0..REFS).map(|i| format!("create refs/heads/old/{i} {first}\n")).collect();
    server.run_with("git", ["update-ref", "--stdin"], refs.as_bytes()).ok();
    server.hook("pre-receive");
    for i in 0..PUSHES {
        s.git(["checkout", "-q", "-b", &format!("topic{i}"), "main"]);
        s.record(&[("a.txt", &format!("{i}\n"))]);
        if i % 2 == 0 {
            s.record(&[("a.env", &format!("KLAVIYO_API_KEY={}\n", key(i)))]);
            s.record(&[("a.env", "A=1\n")]);
        }
    }
    let running: Vec<_> = (0..PUSHES)
        .map(|i| {
            let mut git = s.command("git");
            git.args(["push", "-q", "origin", &format!("topic{i}")]);
            git.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for (i, push) in running.into_iter().enumerate() {
        let out = push.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.success(), i % 2 == 1, "push {i}: {said}");
        assert!(i % 2 == 1 || said.contains("a.env:1:"), "push {i}: {said}");
    }
    let refs = server.git(["for-each-ref", "--format=%(refname)"]);
    assert_eq!(refs.lines().count(), REFS + 1 + PUSHES as usize / 2);
    for i in (0..PUSHES).step_by(2) {
        let id = s.git(["rev-parse", &format!("topic{i}~1:a.env")]);
        assert_ne!(server.try_git(["cat-file", "-e", &id]).code, 0, "the key of topic{i} came in");
    }
    // Every accepted commit is noted, one entry each, whichever process wrote first.
    let noted = std::fs::metadata(server.dir().join("stanch/passed")).unwrap().len();
    assert_eq!(noted, 32 * (1 + PUSHES / 2));
}
