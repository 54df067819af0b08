//! Objects of Git LFS, for which a pointer stands.

use super::gates::env_zip;
use super::*;

/// Puts a content into the clone's store; the pointer that git records.
fn lfs(s: &Sandbox, store: &str, content: &[u8]) -> String {
    let id = crate::images::sha(content);
    s.write(format!("{store}/objects/{}/{}/{id}", &id[..2], &id[2..4]), content);
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize {}\n", content.len())
}

#[test]
fn what_a_pointer_of_git_lfs_stands_for_is_read_where_it_is_asked_and_at_a_push() {
    let s = Sandbox::guarded();
    let text = format!("-- dump\nKLAVIYO_API_KEY={}\n", key(1));
    let zipped = env_zip(2);
    s.stage("dump.sql", lfs(&s, ".git/lfs", text.as_bytes()));
    s.stage("app.zip", lfs(&s, ".git/lfs", &zipped));
    s.stage("absent.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n");
    s.git(["commit", "-qm", "lfs", "--no-verify"]);
    s.stanch(["scan"]).ok();
    for args in
        [&["scan", "--lfs"][..], &["scan", "--lfs", "--history"], &["scan", "--lfs", "app.zip", "dump.sql"]]
    {
        let run = s.stanch(args);
        assert!(run.code == 1 && run.stdout.contains("dump.sql!dump.sql:2:"), "{args:?}: {run:#?}");
        assert!(run.stdout.contains("app.zip!app.zip!conf/.env:2:"), "{args:?}: {run:#?}");
    }
    // What is not here is reported as before.
    let run = s.stanch(["scan", "--lfs", "--strict", "absent.bin"]);
    assert!(run.code == 2 && run.stdout.contains("Git LFS"), "{run:#?}");
    s.git(["init", "-q", "--bare", "../remote.git"]);
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.hook("pre-push");
    let run = s.try_git(["push", "-q", "origin", "main"]);
    assert!(run.code != 0 && run.stderr.contains("dump.sql!dump.sql:2:"), "{run:#?}");
    assert!(run.stderr.contains("app.zip!app.zip!conf/.env:2:"), "{run:#?}");
    // What the remote has already is not new in another object.
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    s.stage("dump.sql", lfs(&s, ".git/lfs", format!("-- more\n{text}").as_bytes()));
    s.git(["commit", "-qm", "more", "--no-verify"]);
    s.git(["push", "-q", "origin", "main"]);
    // Another place, as lfs.storage names it from the git directory.
    s.git(["config", "lfs.storage", "elsewhere"]);
    let moved = lfs(&s, ".git/elsewhere", format!("KLAVIYO_API_KEY={}\n", key(3)).as_bytes());
    s.write("moved.sql", moved);
    let run = s.stanch(["scan", "--lfs", "moved.sql"]);
    assert!(run.code == 1 && run.stdout.contains("moved.sql!moved.sql:1:"), "{run:#?}");
    let outside = Sandbox::empty();
    assert_eq!(outside.stanch(["scan", "--lfs"]).code, 2);
}
