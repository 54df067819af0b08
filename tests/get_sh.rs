//! `get.sh`, the download of a release: from a server on this machine, with what may go wrong on the way.
#![cfg(unix)]

use crate::support::{Run, STANCH, Sandbox, executable, key};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/get.sh");
/// What it needs beside a shell's own.
const TOOLS: &[&str] =
    &["git", "tar", "gzip", "sha256sum", "shasum", "perl", "curl", "wget", "uname", "grep", "tail"];
const INSTALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/install.sh");

/// The name of the archive for this machine, as `get.sh` makes it.
pub fn archive_name() -> String {
    let os = if cfg!(target_os = "macos") { "apple-darwin" } else { "unknown-linux-musl" };
    format!("stanch-{}-{}-{os}.tar.gz", env!("CARGO_PKG_VERSION"), std::env::consts::ARCH)
}

/// Writes an archive of a release into `folder`: its program runs the binary under test. Returns its name.
pub fn archive(s: &Sandbox, folder: &Path) -> String {
    let name = archive_name();
    let inside = folder.join(name.trim_end_matches(".tar.gz"));
    fs::create_dir_all(&inside).unwrap();
    fs::write(inside.join("stanch"), format!("#!/bin/sh\nexec '{STANCH}' \"$@\"\n")).unwrap();
    executable(&inside.join("stanch"));
    fs::copy(INSTALL, inside.join("install.sh")).unwrap();
    let inside = inside.file_name().unwrap().to_str().unwrap();
    s.run_with("tar", ["-czf", &name, "-C", folder.to_str().unwrap(), inside], b"").ok();
    fs::rename(s.dir().join(&name), folder.join(&name)).unwrap();
    let sum = hex(&fs::read(folder.join(&name)).unwrap());
    fs::write(folder.join(format!("{name}.sha256")), format!("{sum}  {name}\n")).unwrap();
    name
}

pub fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

/// Serves a folder on the loopback interface until the test ends. Of a file in `cut`, half is sent.
fn serve(folder: &Path, cut: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let folder = folder.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let request = lines.next().and_then(Result::ok).unwrap_or_default();
            while lines.next().and_then(Result::ok).is_some_and(|l| !l.is_empty()) {}
            let name = request.split(' ').nth(1).unwrap_or("/").trim_start_matches('/').to_owned();
            let answer = match fs::read(folder.join(&name)) {
                Ok(bytes) => {
                    let sent =
                        if !cut.is_empty() && name.ends_with(cut) { bytes.len() / 2 } else { bytes.len() };
                    let head = format!(
                        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                        bytes.len()
                    );
                    [head.as_bytes(), &bytes[..sent]].concat()
                }
                Err(_) => {
                    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec()
                }
            };
            let _ = stream.write_all(&answer);
        }
    });
    address
}

/// A repository with a commit, and a release in `release` beside it.
fn release() -> (Sandbox, std::path::PathBuf, String) {
    // Without gh and cosign, which a machine may have.
    let s = crate::install_sh::machine(TOOLS);
    let folder = s.root().join("release");
    fs::create_dir(&folder).unwrap();
    let name = archive(&s, &folder);
    (s, folder, name)
}

fn get(s: &Sandbox, address: &str, args: &[&str]) -> Run {
    let mut all = vec![SCRIPT];
    all.extend(args);
    s.env("STANCH_DOWNLOAD", address).run_with("sh", all, b"")
}

fn nothing_was_installed(s: &Sandbox, run: &Run, why: &str) {
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.stderr.contains(why) && run.stderr.contains("nothing was installed"),
        "no {why:?} in {run:?}"
    );
    assert!(!s.home().join(".local").exists(), "{run:?}");
    assert!(!s.dir().join(".git/hooks/pre-commit").exists(), "{run:?}");
}

#[test]
fn a_release_is_downloaded_checked_and_installed_and_blocks_a_commit() {
    let (s, folder, name) = release();
    let run = get(&s, &serve(&folder, ""), &[]).ok();
    assert!(run.stdout.contains("downloading http://127.0.0.1"), "{run:?}");
    assert!(run.stdout.contains(&format!("{name}\n")) && run.stdout.contains("sum checked: "), "{run:?}");
    assert!(run.stdout.contains("provenance"), "{run:?}");
    assert!(s.home().join(".local/bin/stanch").is_file());
    assert!(s.home().join(".local/share/man/man1/stanch-scan.1").is_file());
    s.stage("app.py", format!("key = \"{}\"\n", key(1)));
    s.commit().stopped_at("app.py:1");
}

#[test]
fn a_file_with_another_sum_is_not_installed() {
    let (s, folder, name) = release();
    let mut bytes = fs::read(folder.join(&name)).unwrap();
    bytes.push(0);
    fs::write(folder.join(&name), bytes).unwrap();
    nothing_was_installed(&s, &get(&s, &serve(&folder, ""), &[]), "is not what was released");
}

#[test]
fn a_download_that_ends_early_is_not_installed() {
    let (s, folder, _) = release();
    nothing_was_installed(&s, &get(&s, &serve(&folder, ".tar.gz"), &[]), "could not be downloaded");
    // The same with a server that sends no length: the checksum shows it.
    let (s, folder, name) = release();
    let bytes = fs::read(folder.join(&name)).unwrap();
    fs::write(folder.join(&name), &bytes[..bytes.len() / 2]).unwrap();
    nothing_was_installed(&s, &get(&s, &serve(&folder, ""), &[]), "is not what was released");
}

#[test]
fn a_malformed_sum_and_a_missing_release_are_named() {
    let (s, folder, name) = release();
    fs::write(folder.join(format!("{name}.sha256")), "<html>try later</html>\n").unwrap();
    nothing_was_installed(&s, &get(&s, &serve(&folder, ""), &[]), "holds no sum");
    let run = get(&s, &serve(&folder, ""), &["--version", "v99.0.0"]);
    nothing_was_installed(&s, &run, "is there a release 99.0.0");
}

#[test]
fn plain_http_is_refused_before_anything_is_asked() {
    let (s, ..) = release();
    for address in ["http://example.org/x", "ftp://example.org/x", "http://127.0.0.1.example.org/x"] {
        let run = get(&s, address, &[]);
        assert!(run.code == 1 && run.stderr.contains("is not HTTPS"), "{run:?}");
    }
}

#[test]
fn a_provenance_that_does_not_verify_stops_it() {
    for (verdict, installed) in [(0, true), (1, false)] {
        let (s, folder, name) = release();
        fs::write(folder.join(format!("{name}.sigstore.json")), "{}\n").unwrap();
        let tools = s.root().join("tools");
        let gh = format!(
            "#!/bin/sh\n[ \"$2\" = --help ] && exit 0\necho \"$@\" >'{}'\nexit {verdict}\n",
            s.root().join("asked").display()
        );
        fs::write(tools.join("gh"), gh).unwrap();
        executable(&tools.join("gh"));
        let run = get(&s, &serve(&folder, ""), &["--no-hooks"]);
        let asked = fs::read_to_string(s.root().join("asked")).unwrap();
        assert!(asked.starts_with("attestation verify ") && asked.contains("--bundle"), "{asked}");
        assert!(
            asked.contains(env!("CARGO_PKG_REPOSITORY").trim_start_matches("https://github.com/")),
            "{asked}"
        );
        if installed {
            assert!(run.ok().stdout.contains("provenance checked"));
        } else {
            nothing_was_installed(&s, &run, "could not be verified");
        }
    }
}

#[test]
fn an_address_with_a_user_name_is_refused() {
    let (s, _, _) = release();
    for address in ["http://127.0.0.1:80@elsewhere.example/x", "https://me@elsewhere.example/x"] {
        let run = get(&s, address, &[]);
        assert!(run.code == 1 && run.stderr.contains("has a user name in it"), "{run:?}");
        assert!(!run.stdout.contains("downloading"), "{run:?}");
    }
}

#[test]
fn half_a_script_does_nothing() {
    let (s, folder, _) = release();
    let text = fs::read_to_string(SCRIPT).unwrap();
    let address = serve(&folder, "");
    for part in [text.len() / 3, text.len() / 2, text.rfind("main \"$@\"").unwrap()] {
        let s = s.env("STANCH_DOWNLOAD", &address);
        s.run_with("sh", ["-s"], &text.as_bytes()[..part]);
        assert!(!s.home().join(".local").exists());
    }
    // The whole of it from standard input, as `curl ... | sh` gives it.
    s.env("STANCH_DOWNLOAD", &address).run_with("sh", ["-s", "--", "--no-hooks"], text.as_bytes()).ok();
    assert!(s.home().join(".local/bin/stanch").is_file());
}

#[test]
fn the_script_downloads_the_version_of_the_sources() {
    let text = fs::read_to_string(SCRIPT).unwrap();
    assert!(text.contains(&format!("\n    version={}\n", env!("CARGO_PKG_VERSION"))));
    assert!(text.contains(&format!("\n    repository={}\n", env!("CARGO_PKG_REPOSITORY"))));
}
