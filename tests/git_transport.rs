//! Pushes over the network's protocols: the client's hook and the server's hook see the same over each.

use crate::support::{Sandbox, executable, key};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// A repository with a pre-push hook, and a bare server without one that takes pushes.
fn served() -> (Sandbox, Sandbox) {
    let s = Sandbox::new();
    s.at("..").git(["init", "-q", "--bare", "-b", "main", "server.git"]);
    s.hook("pre-push");
    s.record(&[("README.md", "hello\n")]);
    let server = s.at("../server.git");
    (s, server)
}

/// Pushes clean commits, a key past the client's hook, and one past the server's.
fn both_gates_hold(s: &Sandbox, server: &Sandbox, url: &str) {
    s.git(["remote", "add", "origin", url]);
    s.try_git(["push", "-q", "origin", "main"]).ok();
    s.record(&[("a.env", &line(1))]);
    s.try_git(["push", "-q", "origin", "main"]).stopped_at("a.env:1:");
    server.hook("pre-receive");
    let run = s.try_git(["push", "-q", "--no-verify", "origin", "main"]);
    run.stopped_at("a.env:1:");
    assert!(run.stderr.contains("remote: "), "{run:#?}");
    s.git(["reset", "-q", "--hard", "HEAD^"]);
    s.record(&[("b.txt", "x\n")]);
    s.try_git(["push", "-q", "origin", "main"]).ok();
    assert_eq!(server.git(["rev-parse", "main"]), s.git(["rev-parse", "HEAD"]));
}

#[test]
fn a_push_over_ssh_is_checked_at_both_ends() {
    let (s, server) = served();
    // In place of ssh: what it would run on the other machine runs here. Git's own side is the real one.
    let ssh = s.root().join("ssh");
    std::fs::write(&ssh, "#!/bin/sh\nfor last; do :; done\neval \"$last\"\n").unwrap();
    executable(&ssh);
    let s = s.env("GIT_SSH", ssh.to_str().unwrap()).env("GIT_SSH_VARIANT", "simple");
    both_gates_hold(&s, &server, &format!("ssh://host.invalid{}", server.dir().display()));
}

#[test]
fn a_push_over_http_is_checked_at_both_ends() {
    let (s, server) = served();
    let program = std::path::Path::new(&s.git(["--exec-path"])).join("git-http-backend");
    if !program.exists() {
        // Some packages of git leave the server's side of http out.
        eprintln!("skipped: {} is missing", program.display());
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/server.git", listener.local_addr().unwrap());
    let (root, path) = (s.root(), std::env::var_os("PATH").unwrap_or_default());
    // It ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut c = std::process::Command::new(&program);
            c.env_clear().env("PATH", &path).env("HOME", &root);
            c.env("GIT_PROJECT_ROOT", &root).env("GIT_HTTP_EXPORT_ALL", "1").env("REMOTE_USER", "person");
            answer(stream, c);
        }
    });
    both_gates_hold(&s, &server, &url);
}

/// One request through git's own CGI program. The connection closes after it.
fn answer(mut stream: TcpStream, mut cgi: std::process::Command) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    if reader.read_line(&mut first).unwrap_or(0) == 0 {
        return;
    }
    let mut parts = first.split(' ');
    let (method, target) = (parts.next().unwrap(), parts.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "content-type" => drop(cgi.env("CONTENT_TYPE", value)),
            "content-encoding" => drop(cgi.env("HTTP_CONTENT_ENCODING", value)),
            "git-protocol" => drop(cgi.env("HTTP_GIT_PROTOCOL", value)),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    cgi.env("REQUEST_METHOD", method).env("PATH_INFO", path).env("QUERY_STRING", query);
    cgi.env("CONTENT_LENGTH", length.to_string()).env("REMOTE_ADDR", "127.0.0.1");
    cgi.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = cgi.spawn().unwrap();
    child.stdin.take().unwrap().write_all(&body).unwrap();
    let out = child.wait_with_output().unwrap().stdout;
    let text = String::from_utf8_lossy(&out);
    let status = text.lines().find_map(|l| l.strip_prefix("Status: ")).unwrap_or("200 OK").to_owned();
    let _ = stream.write_all(format!("HTTP/1.1 {status}\r\nConnection: close\r\n").as_bytes());
    let _ = stream.write_all(&out);
}
