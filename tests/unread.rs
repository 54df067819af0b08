//! What is not read is never called clean: the table of docs/limits.md, held row by row, and what a walk passes over.

use crate::archives::{gz, zip};
use crate::support::{Run, STANCH, Sandbox, executable, key};
use std::fs;
use std::path::Path;

/// A page, from the top of the repository.
fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
}

/// The rows of the table below a heading, each as its cells.
fn table(heading: &str) -> Vec<Vec<String>> {
    let text = page("limits.md");
    let part = text.split("\n## ").find(|p| p.starts_with(heading)).unwrap();
    let rows = part.lines().filter(|l| l.starts_with("| ")).skip(1);
    rows.map(|l| l.trim_matches('|').split('|').map(|c| c.trim().replace('`', "")).collect()).collect()
}

/// A content that is not read: a file's name and its bytes.
fn content(kind: &str) -> Option<(&'static str, Vec<u8>)> {
    Some(match kind {
        "over the size limit" => ("big.txt", vec![b'x'; (1 << 20) + 1]),
        "budget spent" => ("nested.js", nested()),
        "an archive that is not read" => ("app.7z", b"7z\xbc\xaf\x27\x1c\0\x04\0\0\0\0\0\0".to_vec()),
        "an encrypted member of an archive" => ("app.zip", encrypted_zip()),
        "a damaged archive" => ("app.gz", gz(&b"hello\n".repeat(99))[..20].to_vec()),
        "an archive over its limits" => ("bomb.gz", gz(&vec![0; 17 << 20])),
        "encrypted" => ("app.env.age", b"age-encryption.org/v1\n-> X25519 abc\n\x01\x02".to_vec()),
        "a Git LFS pointer" => (
            "a.psd",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n".to_vec(),
        ),
        _ => return None,
    })
}

/// A zip whose one member is encrypted.
fn encrypted_zip() -> Vec<u8> {
    let mut bytes = zip(&[("a.txt", b"not really")]);
    for header in [&b"PK\x03\x04"[..], b"PK\x01\x02"] {
        let at = bytes.windows(4).position(|w| w == header).unwrap();
        bytes[at + if header[2] == 3 { 6 } else { 8 }] |= 1;
    }
    bytes
}

/// Strings in pieces with escapes of escapes: each layer doubles what is to be read.
fn nested() -> Vec<u8> {
    "password = \"\\x5cx5cx5cx5cx41bc\" + \"d\\x5cx5cx5cx5cx42\";\n".repeat(40_000).into_bytes()
}

/// A real archive, with a key in it.
fn archive(format: &str) -> Vec<u8> {
    let s = Sandbox::new();
    // Enough text around it that it is compressed.
    let text = format!("{0}KLAVIYO_API_KEY={1}\n{0}", "# the quick brown fox\n".repeat(99), key(1));
    s.record(&[("secret.env", &text)]);
    s.git(["archive", &format!("--format={format}"), "-o", "out", "HEAD"]);
    s.read("out")
}

/// A repository that reads files up to 1 MB.
fn small() -> Sandbox {
    let s = Sandbox::new();
    s.record(&[(".stanch.toml", "[limits]\nmax_blob_mb = 1\n")]);
    s
}

fn at_commit(s: &Sandbox, (name, bytes): &(&str, Vec<u8>)) -> Run {
    s.hook("pre-commit");
    s.stage(name, bytes);
    s.commit()
}

/// A push to an empty remote by a clone with the hook.
fn at_push(s: &Sandbox, (name, bytes): &(&str, Vec<u8>)) -> Run {
    s.git(["init", "-q", "--bare", "../remote.git"]);
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.hook("pre-push");
    s.stage(name, bytes);
    s.git(["commit", "-qm", "it", "--no-verify"]);
    s.try_git(["push", "-q", "origin", "main"])
}

/// A push to a server with the hook; what it has is the first commit.
fn at_server(s: &Sandbox, (name, bytes): &(&str, Vec<u8>)) -> Run {
    s.git(["init", "-q", "--bare", "-b", "main", "../server.git"]);
    s.git(["remote", "add", "server", "../server.git"]);
    s.git(["push", "-q", "server", "main"]);
    let hook = s.root().join("server.git/hooks/pre-receive");
    let code = s.root().join("code");
    fs::write(
        &hook,
        format!("#!/bin/sh\n'{STANCH}' hook pre-receive\nc=$?\necho $c >'{}'\nexit $c\n", code.display()),
    )
    .unwrap();
    executable(&hook);
    s.stage(name, bytes);
    s.git(["commit", "-qm", "it", "--no-verify"]);
    let run = s.try_git(["push", "-q", "server", "main"]);
    Run { code: fs::read_to_string(code).unwrap().trim().parse().unwrap(), ..run }
}

fn scanned(s: &Sandbox, (name, bytes): &(&str, Vec<u8>), args: &[&str]) -> Run {
    s.write(name, bytes);
    s.stanch([&["scan"], args].concat())
}

#[test]
fn the_table_of_unread_content_is_what_happens() {
    let rows = table("What is not read");
    let mut held = 0;
    for row in &rows {
        let [kind, commit, push, server, named, walk, strict, key, test] = &row[..] else {
            panic!("a row has nine cells: {row:?}")
        };
        assert!(exists(test), "{kind}: there is no test {test}");
        assert!(
            key == "none" || page("configuration.md").contains(&format!("`{key}`")),
            "{kind}: no key {key}"
        );
        let Some(content) = content(kind) else { continue };
        held += 1;
        let name = content.0;
        for (place, want, run) in [
            ("commit", commit, at_commit(&small(), &content)),
            ("push", push, at_push(&small(), &content)),
            ("server", server, at_server(&small(), &content)),
            ("named", named, scanned(&small(), &content, &[name])),
            ("walk", walk, scanned(&small(), &content, &[])),
            ("strict", strict, scanned(&small(), &content, &["--strict"])),
        ] {
            // Git turns any failure of pre-commit and pre-push into 1.
            let code = if matches!(place, "commit" | "push") && run.code != 0 { 2 } else { run.code };
            assert_eq!(&code.to_string(), want, "{kind} at {place}: {run:#?}");
            let said = format!("{}{}", run.stdout, run.stderr);
            let blocks =
                said.replace("the content of 1 file was not read", "").contains("1 file was not read");
            assert!(said.contains(name) && said.contains("not read"), "{kind} at {place}: {run:#?}");
            assert_eq!(code == 2, blocks, "{kind} at {place}: {run:#?}");
            assert_eq!(code == 2, said.contains("stanch allow --unread"), "{kind} at {place}: {run:#?}");
        }
        // `[block] unread = true` does at every gate what --strict does in a scan.
        let s = small();
        s.record(&[(".stanch.toml", "[limits]\nmax_blob_mb = 1\n[block]\nunread = true\n")]);
        assert_ne!(at_commit(&s, &content).code, 0, "{kind}");
        assert_eq!(s.stanch(["scan", name]).code, 2, "{kind}");
        s.git(["reset", "-q"]);
        assert_eq!(at_server(&s, &content).code, 2, "{kind}");
    }
    assert_eq!(held, 8, "{rows:#?}");
    assert!(rows.len() >= 9);
}

/// Returns whether the suite has a test of this name: `file::name`, or `name` in this file.
fn exists(test: &str) -> bool {
    let (file, name) = test.split_once("::").unwrap_or(("unread", test));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/{file}.rs"));
    fs::read_to_string(path).is_ok_and(|text| text.contains(&format!("#[test]\nfn {name}(")))
}

#[test]
fn accepted_content_passes_every_gate_with_its_reason_and_other_content_does_not() {
    let content = content("over the size limit").unwrap();
    let s = small();
    assert_ne!(at_commit(&s, &content).code, 0);
    let told = s.commit().stderr;
    let command = told.lines().find_map(|l| l.split_once("stanch allow ")).unwrap().1;
    let id = command.split_whitespace().nth(1).unwrap();
    assert!(s.git(["rev-parse", ":big.txt"]).starts_with(id) && id.len() == 12, "{told}");
    s.stanch(["allow", "--unread", id, "--reason", "a dump of the tests"]).ok();
    let entry = String::from_utf8(s.read(".stanch.toml")).unwrap();
    assert!(entry.contains(&format!("blob = \"{}\"", s.git(["rev-parse", ":big.txt"]))), "{entry}");
    // It counts at once, as an entry by fingerprint does; for a scan of the file too.
    s.commit().ok();
    s.stanch(["scan", "big.txt"]).ok();
    let shown = s.stanch(["scan", "--show-suppressed"]).ok().stdout;
    assert!(shown.contains("accepted unread: big.txt") && shown.contains("a dump of the tests"), "{shown}");
    // At a server once the entry is in the branch.
    s.git(["rm", "-q", "--cached", "big.txt"]);
    s.git(["add", ".stanch.toml"]);
    s.git(["commit", "-q", "--no-verify", "-m", "entry"]);
    assert_eq!(at_server(&s, &content).code, 0);
    let other = ("big.txt", vec![b'y'; (1 << 20) + 1]);
    s.stage(other.0, &other.1);
    assert_ne!(s.commit().code, 0);
    assert_eq!(s.stanch(["scan", "big.txt"]).code, 2);
    let stale = s.stanch(["allow", "--stale"]).ok();
    assert!(stale.stdout.contains("blob ") && stale.stdout.contains("allows nothing"), "{stale:?}");
}

#[test]
fn a_push_does_not_bring_the_entry_that_accepts_it() {
    let content = content("over the size limit").unwrap();
    let s = small();
    s.stage(content.0, &content.1);
    s.stanch(["allow", "--unread", "big.txt", "--reason", "x"]).ok();
    s.git(["add", ".stanch.toml"]);
    assert_eq!(at_server(&s, &content).code, 2);
}

#[test]
fn an_entry_for_unread_content_has_a_reason_ends_and_bows_to_floors() {
    let content = content("over the size limit").unwrap();
    let s = small();
    assert_ne!(at_commit(&s, &content).code, 0);
    let id = s.git(["rev-parse", ":big.txt"]);
    assert_eq!(s.stanch(["allow", "--unread", "big.txt"]).code, 2, "no reason");
    let base = "[limits]\nmax_blob_mb = 1\n[[allow]]\n";
    for (entry, why) in [
        (format!("blob = '{id}'\n"), "needs a reason"),
        ("blob = '12ab'\nreason = 'x'\n".to_owned(), "not a whole object id"),
        (format!("blob = '{id}'\npath = '*'\nreason = 'x'\n"), "it excludes fingerprint"),
    ] {
        s.write(".stanch.toml", format!("{base}{entry}"));
        assert!(s.commit().stderr.contains(why), "{entry}");
    }
    s.write(".stanch.toml", format!("{base}blob = '{id}'\nreason = 'x'\nexpires = 2020-01-01\n"));
    assert_ne!(s.commit().code, 0, "expired");
    s.write(".stanch.toml", format!("{base}blob = '{id}'\nreason = 'x'\n"));
    let system = s.root().join("system.toml");
    fs::write(&system, "[enforce]\nallow = false\n").unwrap();
    let floor = s.env("STANCH_SYSTEM_CONFIG", system.to_str().unwrap());
    let run = floor.commit();
    assert!(run.code != 0 && run.stderr.contains("does not let one person accept it"), "{run:#?}");
    s.commit().ok();
}

#[test]
fn a_path_rule_holds_for_unread_content_once_it_is_committed() {
    let content = content("over the size limit").unwrap();
    let s = small();
    let skip = "[limits]\nmax_blob_mb = 1\n[[path]]\nglob = 'big.txt'\nmode = 'skip'\nreason = 'a dump'\n";
    s.write(".stanch.toml", skip);
    assert_ne!(at_commit(&s, &content).code, 0, "not yet committed");
    s.git(["reset", "-q"]);
    s.record(&[(".stanch.toml", skip)]);
    s.stage(content.0, &content.1);
    // Elsewhere it still blocks.
    s.stage("copy.txt", &content.1);
    let run = s.commit();
    assert!(run.code != 0 && run.stderr.contains("copy.txt") && !run.stderr.contains("big.txt"), "{run:#?}");
    s.git(["rm", "-q", "--cached", "copy.txt"]);
    s.commit().ok();
    // Nor does a later commit of one push carry it out from under the rule.
    s.git(["init", "-q", "--bare", "../remote.git"]);
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.hook("pre-push");
    s.stage("copy.txt", &content.1);
    s.git(["commit", "-qm", "copy", "--no-verify"]);
    let run = s.try_git(["push", "-q", "origin", "main"]);
    assert!(run.code != 0 && run.stderr.contains("copy.txt"), "{run:#?}");
    // A floor with a bar asks its own layer.
    let system = s.root().join("system.toml");
    fs::write(&system, "[enforce.block]\nseverity = 'medium'\n").unwrap();
    s.stage("big.txt", vec![b'z'; (1 << 20) + 1]);
    s.git(["rm", "-qf", "--cached", "copy.txt"]);
    s.commit().ok();
    s.stage("big.txt", vec![b'w'; (1 << 20) + 1]);
    assert_ne!(s.env("STANCH_SYSTEM_CONFIG", system.to_str().unwrap()).commit().code, 0);
}

#[test]
fn a_floor_for_unread_content_cannot_be_loosened() {
    let s = small();
    let system = s.root().join("system.toml");
    fs::write(&system, "[enforce.block]\nunread = true\n").unwrap();
    s.record(&[(
        ".stanch.toml",
        "[block]\nunread = false\n[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'x'\n",
    )]);
    let floor = s.env("STANCH_SYSTEM_CONFIG", system.to_str().unwrap());
    let content = content("an archive that is not read").unwrap();
    assert_ne!(at_commit(&floor, &content).code, 0);
    s.commit().ok();
}

#[test]
fn a_damaged_object_is_named_and_the_rest_is_read_all_the_same() {
    let s = Sandbox::guarded();
    s.stage("a.txt", "hello\n".repeat(99));
    s.stage("b.txt", format!("K={}\n", key(1)));
    let id = s.git(["rev-parse", ":a.txt"]);
    let object = s.dir().join(".git/objects").join(&id[..2]).join(&id[2..]);
    let mut bytes = fs::read(&object).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0);
    fs::remove_file(&object).unwrap();
    fs::write(&object, bytes).unwrap();
    let run = s.stanch(["hook", "pre-commit"]);
    run.could_not_check("a.txt");
    assert!(run.stderr.contains("b.txt:1") && run.stderr.contains("damaged"), "{run:#?}");
    assert!(run.stderr.contains("git fsck"), "{run:#?}");
}

#[test]
fn archives_are_one_line_and_told_by_their_bytes() {
    let s = Sandbox::guarded();
    let bytes = content("an archive that is not read").unwrap().1;
    for name in ["a.zip", "b.jar", "c.docx", "d.tgz", "picture.png"] {
        s.stage(name, &bytes);
    }
    s.stage("notes.zip", "no archive\n");
    let run = s.commit().ok();
    assert_eq!(run.stderr.lines().count(), 1, "{run:#?}");
    assert!(run.stderr.contains("the content of 5 files was not read: a.zip (7z), b.jar"), "{run:#?}");
    // Those that are read need no word.
    for format in ["tar", "zip", "tar.gz"] {
        s.stage("it", archive(format));
        s.commit().stopped_at("it!secret.env");
    }
}

#[test]
fn standard_input_is_read_whole_or_not_at_all_whatever_layer_sets_the_limit() {
    // The system's limit is larger than the repository's.
    let s = Sandbox::new();
    s.record(&[(".stanch.toml", "[limits]\nmax_blob_mb = 1\n")]);
    let system = s.root().join("system.toml");
    fs::write(&system, "[enforce.limits]\nmax_blob_mb = 3\n").unwrap();
    let both = s.env("STANCH_SYSTEM_CONFIG", system.to_str().unwrap());
    let text = format!("{}\nK={}\n", "lorem ipsum\n".repeat(2 << 17), key(1));
    assert!(text.len() > 3 << 20);
    let text = &text.as_bytes()[text.len() - (5 << 19)..];
    for args in [["scan", "--stdin"], ["scan", "-"]] {
        assert_eq!(both.run_with(STANCH, args, text).code, 1);
        let run = s.run_with(STANCH, args, text);
        assert!(
            run.code == 2 && format!("{}{}", run.stdout, run.stderr).contains("limits.max_blob_mb"),
            "{run:#?}"
        );
    }
    let run = s.run_with(STANCH, ["scan", "--stdin"], &content("an archive that is not read").unwrap().1);
    assert!(run.code == 0 && run.stdout.contains("not read"), "{run:#?}");
    assert_eq!(s.run_with(STANCH, ["scan", "--stdin"], &archive("zip")).code, 1);
}

#[test]
fn what_is_tracked_is_read_though_git_ignores_it() {
    let s = Sandbox::new();
    let text = format!("K={}\n", key(1));
    s.write(".gitignore", "*.local\nout/\n");
    for path in ["a.local", "out/deep/b.txt", "sub/c.local"] {
        s.stage(path, &text);
    }
    s.write("d.local", &text);
    s.write("out/e.txt", &text);
    let found = |s: &Sandbox, args: &[&str]| -> Vec<String> {
        let run = s.stanch([&["scan", "--format", "jsonl"], args].concat());
        let path = |l: &str| {
            serde_json::from_str::<serde_json::Value>(l).unwrap()["path"].as_str().unwrap().to_owned()
        };
        run.stdout.lines().map(path).collect()
    };
    assert_eq!(found(&s, &[]), ["a.local", "out/deep/b.txt", "sub/c.local"]);
    assert_eq!(found(&s, &["sub"]), ["sub/c.local"]);
    assert_eq!(found(&s.at("sub"), &[]), ["sub/c.local"]);
    // What is named is read, ignored or not, and once.
    assert_eq!(found(&s, &["out", "out/deep"]), ["out/deep/b.txt", "out/e.txt"]);
    // A repository elsewhere, and one in a folder that is scanned, have their own lists.
    let elsewhere = s.at("../elsewhere");
    assert_eq!(found(&elsewhere, &["../repo"]).len(), 3);
    let inner = s.at("inner");
    inner.git(["init", "-q"]);
    inner.write(".gitignore", "*\n");
    inner.stage("f.txt", &text);
    inner.write("g.txt", &text);
    assert_eq!(found(&s, &[]), ["a.local", "inner/f.txt", "out/deep/b.txt", "sub/c.local"]);
    // What is deleted is not looked for.
    fs::remove_file(s.dir().join("a.local")).unwrap();
    assert_eq!(found(&s, &[]).len(), 3);
}

#[test]
fn where_the_index_cannot_be_read_nothing_is_ignored() {
    let s = Sandbox::new();
    s.record(&[(".gitignore", "*.local\n")]);
    s.write("a.local", format!("K={}\n", key(1)));
    s.stanch(["scan"]).ok();
    fs::write(s.dir().join(".git/index"), "no index").unwrap();
    assert_eq!(s.stanch(["scan"]).code, 1);
    // A submodule that was copied without its repository.
    let s = Sandbox::new();
    s.write("sub/.git", "gitdir: ../.git/modules/sub\n");
    s.write("sub/.gitignore", "*.local\n");
    s.write("sub/a.local", format!("K={}\n", key(1)));
    assert_eq!(s.stanch(["scan"]).code, 1);
}

#[cfg(unix)]
#[test]
fn streams_that_are_named_are_read_under_the_limit() {
    let s = small();
    let text = format!("K={}\n", key(1));
    s.write("key.txt", &text);
    let bash = |line: &str| s.run_with("bash", ["-c", &line.replace("stanch", STANCH)], text.as_bytes());
    for line in [
        "stanch scan /dev/stdin",
        "stanch scan -",
        "stanch scan <(cat key.txt)",
        "mkfifo pipe && (cat key.txt >pipe & stanch scan pipe)",
        "ln -s key.txt link && stanch scan link",
        "mkdir d && cp key.txt d && ln -s d to-d && stanch scan to-d",
    ] {
        let run = bash(line);
        assert_eq!(run.code, 1, "{line}: {run:#?}");
    }
    for line in ["stanch scan /dev/zero", "stanch scan <(head -c 2000000 /dev/zero)", "stanch scan missing -"]
    {
        assert_eq!(bash(line).code, 2, "{line}");
    }
    bash("ln -s nowhere dangling; stanch scan dangling").could_not_check("dangling");
}

#[cfg(unix)]
#[test]
fn what_a_walk_passes_over_is_counted_and_reported() {
    let s = Sandbox::new();
    s.write("a.txt", "hello\n");
    s.write("other/.git/HEAD", "ref: refs/heads/main\n");
    s.write("other/.git/config", format!("K={}\n", key(1)));
    let bash = |line: &str| s.run_with("bash", ["-c", &line.replace("stanch", STANCH)], b"");
    bash("mkfifo pipe; ln -s a.txt link; ln -s /etc away").ok();
    let run = s.stanch(["scan"]).ok();
    assert!(run.stdout.contains("passed over: 2 symbolic links, 1 FIFO, 1 nested .git"), "{run:#?}");
    assert!(run.stdout.contains("no secret that blocks in 1 file"), "{run:#?}");
    let run = s.stanch(["scan", "other"]).ok();
    assert!(run.stdout.contains("1 nested .git"), "{run:#?}");
    for format in ["json", "jsonl", "sarif"] {
        assert!(s.stanch(["scan", "--format", format]).stderr.contains("passed over: 2"), "{format}");
    }
    // Links lead out of what was scanned; the others hold something that nobody read.
    assert_eq!(s.stanch(["scan", "--strict"]).code, 2);
    fs::remove_file(s.dir().join("pipe")).unwrap();
    fs::remove_dir_all(s.dir().join("other")).unwrap();
    s.stanch(["scan", "--strict"]).ok();
    // What is named is read, and a folder that is only called so as well.
    s.write("other/.git/config", format!("K={}\n", key(1)));
    assert_eq!(s.stanch(["scan"]).code, 1);
    s.write("other/.git/HEAD", "ref: refs/heads/main\n");
    s.stanch(["scan"]).ok();
    assert_eq!(s.stanch(["scan", "other/.git"]).code, 1);
    // Git records where a link leads: so is it read.
    std::os::unix::fs::symlink(key(2), s.dir().join("secret-link")).unwrap();
    assert_eq!(s.stanch(["scan"]).code, 1);
}

#[test]
fn a_repository_s_own_git_directory_is_not_reported() {
    let s = Sandbox::new();
    s.record(&[("sub/a.txt", "hello\n")]);
    for run in [s.stanch(["scan"]), s.at("sub").stanch(["scan", ".."]), s.stanch(["scan", "."])] {
        assert!(run.code == 0 && !run.stdout.contains("passed over"), "{run:#?}");
    }
}

#[test]
fn what_was_not_read_is_in_the_record_with_what_became_of_it() {
    let s = small();
    s.hook("pre-commit");
    let big = vec![b'x'; (1 << 20) + 1];
    let name = format!("{}.txt", key(1));
    s.stage("big.txt", &big);
    s.stage(&format!("in/{name}/big.txt"), &big);
    s.stage("app.7z", content("an archive that is not read").unwrap().1);
    assert_ne!(s.commit().code, 0);
    let blob = s.git(["rev-parse", ":big.txt"]);
    s.git(["rm", "-q", "--cached", &format!("in/{name}/big.txt")]);
    s.stanch(["allow", "--unread", "big.txt", "--reason", "made by the build"]).ok();
    s.commit().ok();
    let text = String::from_utf8(s.read(".git/stanch/audit.jsonl")).unwrap();
    assert!(!text.contains(&name[8..]), "{text}");
    let records: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let of = |path: &str| -> Vec<(&str, &str, &str)> {
        let of_path = records.iter().filter(|r| r["path"] == path);
        let cell = |r: &'_ serde_json::Value, key: &str| -> &'static str {
            r[key].as_str().unwrap_or_default().to_owned().leak()
        };
        of_path.map(|r| (cell(r, "decision"), cell(r, "unread"), cell(r, "reason"))).collect()
    };
    let big = of("big.txt");
    assert_eq!((big.len(), big[0].0, big[1].0), (2, "block", "suppress"), "{text}");
    assert!(big[0].1.contains("over the limit of 1 MB") && big[1].2.contains("made by the build"), "{text}");
    assert!(records.iter().filter(|r| r["path"] == "big.txt").all(|r| r["blob"] == *blob), "{text}");
    assert!(!of("app.7z").is_empty() && of("app.7z").iter().all(|r| r.0 == "warn"), "{text}");
    let stopped = |r: &&serde_json::Value| r["decision"] == "block" && r["unread"].is_string();
    assert_eq!(records.iter().filter(stopped).count(), 2, "{text}");
    let table = s.stanch(["audit"]).ok().stdout;
    assert!(table.contains("unread  big.txt") && table.contains("made by the build"), "{table}");
}
